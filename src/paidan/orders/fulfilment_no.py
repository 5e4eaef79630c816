"""The number a warehouse knows a fulfilment by (发货单号): made from its id, so it is unique for ever and needs no index to be found.

FH<id><check>, with -<attempt> when it was recalled and is sent again: a warehouse must not take the second sending for the first.
"""

import re

PREFIX = "FH"
_SHAPE = re.compile(r"FH([1-9]\d{0,18})(\d)(?:-([1-9]\d{0,3}))?", re.ASCII)
_ID_MAX = 2**63 - 1  # a bigint
_BASE = 10


def fulfilment_no(fulfilment_id: int, attempt: int = 1) -> str:
    """The number of a fulfilment in its n-th sending."""
    return f"{PREFIX}{fulfilment_id}{_luhn(str(fulfilment_id))}" + (f"-{attempt}" if attempt > 1 else "")


def read_fulfilment_no(text: str) -> tuple[int, int] | None:
    """(fulfilment id, attempt); None for anything that is not a number of ours or fails its check digit."""
    match = _SHAPE.fullmatch(text)
    if match is None or _luhn(match[1]) != int(match[2]) or int(match[1]) > _ID_MAX:
        return None
    return int(match[1]), int(match[3] or 1)


def _luhn(digits: str) -> int:
    """Check digit, mod 10 (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - (_BASE - 1) if doubled >= _BASE else doubled
    return -total % _BASE
