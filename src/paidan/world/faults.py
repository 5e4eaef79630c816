"""Seeded trouble: whether a fault hits depends on (seed, kind, key, attempt) alone, never on the order of arrival."""

from hashlib import blake2b

from msgspec import Struct, structs

from paidan.world.wire import Faults

KINDS = tuple(field.name for field in structs.fields(Faults))


def share(seed: int, *words: object) -> float:
    """A number in [0, 1) that belongs to these words: the same words give the same number in any process."""
    text = "\x1f".join(map(str, (seed, *words)))
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / (1 << 56)


class FaultDraw(Struct, frozen=True, kw_only=True):
    """The shares and the seed they are drawn with."""

    faults: Faults = Faults()
    seed: int = 0

    def hits(self, kind: str, key: str, attempt: int = 0) -> bool:
        """Whether the fault `kind` (a field of Faults) befalls this key at this attempt."""
        chance: float = getattr(self.faults, kind)
        return chance > 0 and share(self.seed, kind, key, attempt) < chance

    def delay_s(self, key: str, longest_s: float = 3600.0) -> float:
        """By how many seconds of business time the key is late; 0 when the fault does not hit."""
        return share(self.seed, "how late", key) * longest_s if self.hits("delay", key) else 0.0
