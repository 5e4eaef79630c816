"""Seeded chance. A lot depends on the seed and on what it is drawn for, never on the order of drawing."""

from hashlib import blake2b

_RANGE = 1 << 64


def lot(seed: int, *what: object) -> float:
    """Draw a number in [0, 1) for `what`; the same for ever."""
    return whole(seed, *what) / _RANGE


def whole(seed: int, *what: object) -> int:
    """Draw a 64-bit whole number for `what`."""
    text = "\x1f".join(map(str, (seed, *what)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def between(low: int, high: int, seed: int, *what: object) -> int:
    """Draw a whole number in [low, high] for `what`."""
    return low + int(lot(seed, *what) * (high - low + 1))
