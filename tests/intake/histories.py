"""Histories of one platform order: what its platform says, one message after the other, as a strategy."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import strategies as st

from paidan.channels.facts import PlatformOrder, PlatformStatus, RefundStatus
from scene import NOW, line, order, receiver

CODES = ("X", "Y", "Z")
A_MINUTE = timedelta(minutes=1)
GUANGZHOU = {"province": "广东省", "city": "广州市", "district": "天河区", "detail": "体育西路1号"}


class Telling:
    """The platform's side: each step changes what it shows and tells all of it again."""

    def __init__(self, units: tuple[int, ...], no: str = "1", person: int = 1, **more: Any) -> None:
        lines = [line(code, quantity) for code, quantity in zip(CODES, units, strict=False) if quantity]
        self.person = person
        self.facts = order(no, *lines, **{"status": PlatformStatus.UNPAID, "paid_at": None, "receiver": receiver(person), **more})
        self.told = [self.facts]

    def take(self, step: tuple[str, int, int]) -> None:
        """One step: what happens, to which line, how many minutes after the one before (0: in the same instant)."""
        what, n, minutes = step
        if self.facts.status in {PlatformStatus.CLOSED_UNPAID, PlatformStatus.CLOSED_REFUNDED} and what not in {"flag", "revive"}:
            return
        changed = getattr(self, what)(n % len(self.facts.lines))
        self.facts = msgspec.structs.replace(self.facts, version_at=self.facts.version_at + max(minutes, what == "move") * A_MINUTE, **changed)
        self.told.append(self.facts)

    def pay(self, _n: int) -> dict[str, Any]:
        return {"status": max(PlatformStatus.PAID, self.facts.status), "paid_at": self.facts.paid_at or NOW}

    def forbid(self, _n: int) -> dict[str, Any]:
        return {"status": PlatformStatus.FORBIDDEN, "paid_at": NOW} if self.facts.status == PlatformStatus.UNPAID else {}

    def flag(self, n: int) -> dict[str, Any]:
        return {"seller_flag": (self.facts.seller_flag + n + 1) % 6}

    def remark(self, n: int) -> dict[str, Any]:
        return {"buyer_remark": ("", "请快", "请发顺丰")[n]}

    def move(self, n: int) -> dict[str, Any]:
        places = (receiver(self.person), receiver(self.person + 1000), receiver(self.person, **GUANGZHOU))
        return {"receiver": places[(places.index(self.facts.receiver) + n + 1) % 3]} if self.facts.receiver in places else {"receiver": places[n]}

    def silence(self, _n: int) -> dict[str, Any]:
        return {"seller_flag": self.facts.seller_flag}

    def request(self, n: int) -> dict[str, Any]:
        return self._line(n, refund=RefundStatus.REQUESTED) if self.facts.paid_at else {}

    def withdraw(self, n: int) -> dict[str, Any]:
        return self._line(n, refund=RefundStatus.WITHDRAWN) if self.facts.lines[n].refund == RefundStatus.REQUESTED else {}

    def refund(self, n: int) -> dict[str, Any]:
        return self._line(n, refund=RefundStatus.REFUNDED) if self.facts.paid_at else {}

    def cancel(self, n: int) -> dict[str, Any]:
        units = min(self.facts.lines[n].quantity, self.facts.lines[n].quantity_cancelled + 1)
        return self._line(n, quantity_cancelled=units) if self.facts.paid_at else {}

    def close(self, _n: int) -> dict[str, Any]:
        return {"status": PlatformStatus.CLOSED_REFUNDED if self.facts.paid_at else PlatformStatus.CLOSED_UNPAID}

    def revive(self, _n: int) -> dict[str, Any]:
        """A platform that takes its word back: we do not."""
        return {"status": PlatformStatus.PAID, "paid_at": NOW} if self.facts.status >= PlatformStatus.CLOSED_UNPAID else {}

    def ship(self, n: int) -> dict[str, Any]:
        told = self._line(n, quantity_shipped=self.facts.lines[n].quantity) if self.facts.status >= PlatformStatus.PAID else {}
        return {**told, "status": max(self.facts.status, PlatformStatus.PART_SHIPPED)} if told else {}

    def _line(self, n: int, **change: Any) -> dict[str, Any]:
        if self.facts.lines[n].refund == RefundStatus.REFUNDED and "refund" in change:
            return {}
        lines = list(self.facts.lines)
        lines[n] = msgspec.structs.replace(lines[n], **change)
        return {"lines": tuple(lines)}


ALL = ("pay", "forbid", "flag", "remark", "move", "request", "withdraw", "refund", "cancel", "close", "revive", "ship")
# Of a platform that takes a closing back, which reason an order ended for is a matter of when we heard.
BEFORE_SHIPPING = tuple(step for step in ALL if step not in {"ship", "revive"})


def histories(steps: tuple[str, ...] = ALL, *, size: int = 7) -> st.SearchStrategy[list[PlatformOrder]]:
    """Lists of messages in the order the platform sent them; several may carry one version."""
    step = st.tuples(st.sampled_from(steps), st.integers(0, 2), st.sampled_from([1, 1, 0]))
    return st.builds(_told, st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), st.lists(step, max_size=size))


def _told(units: tuple[int, ...], steps: list[tuple[str, int, int]]) -> list[PlatformOrder]:
    telling = Telling(units)
    for step in steps:
        telling.take(step)
    return telling.told


@st.composite
def deliveries(draw: st.DrawFn, told: list[PlatformOrder]) -> list[list[PlatformOrder]]:
    """The same messages as they may reach us: in any order, some twice, some together; none is lost."""
    again = draw(st.lists(st.sampled_from(told), max_size=3))
    shuffled = draw(st.permutations([*told, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, max(len(shuffled) - 1, 1)), max_size=len(shuffled))))
    edges = [0, *[cut for cut in cuts if cut < len(shuffled)], len(shuffled)]
    return [shuffled[a:b] for a, b in pairwise(edges)]
