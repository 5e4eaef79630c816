"""Waybill numbers in the shape each carrier gives them.

Only the S10 numbers of the Universal Postal Union (EMS) have a published check digit; the other shapes are those seen on labels,
without a check, and are unverified. A carrier without a shape here gets its code and twelve digits.
"""

import re
from typing import Final

from paidan.world.carrier.lots import whole

_SHAPES: Final = {
    "SF": ("SF", 13),
    "ZTO": ("73", 12),
    "YTO": ("YT", 13),
    "STO": ("77", 13),
    "YUNDA": ("43", 11),
    "HTKY": ("55", 12),
    "JTSD": ("JT", 13),
    "JD": ("JDV", 12),
    "DBKD": ("DPK", 12),
    "ZJS": ("ZJS", 12),
    "POSTB": ("99", 11),
}
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_CARRIERS: Final = frozenset({"EMS"})
_S10_PATTERN: Final = re.compile(r"E[A-Z](\d{8})(\d)CN")


def s10_check_digit(serial: str) -> int:
    """Give the check digit of an eight-digit S10 serial (UPU standard S10: weights 8 6 4 2 3 5 9 7, modulus 11; 10 gives 0, 11 gives 5)."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def waybill_no(seed: int, carrier_code: str, *what: object) -> str:
    """Make the number a parcel of this carrier would bear; `what` names the parcel."""
    draw = whole(seed, "waybill", carrier_code, *what)
    if carrier_code in _S10_CARRIERS:
        serial = f"{draw % 10**8:08d}"
        return f"E{chr(65 + draw // 10**8 % 26)}{serial}{s10_check_digit(serial)}CN"
    prefix, digits = _SHAPES.get(carrier_code, (carrier_code, 12))
    return f"{prefix}{draw % 10**digits:0{digits}d}"


def looks_right(carrier_code: str, number: str) -> bool:
    """Tell whether a number has the carrier's shape and, where there is one, the right check digit."""
    if carrier_code in _S10_CARRIERS:
        found = _S10_PATTERN.fullmatch(number)
        return found is not None and s10_check_digit(found[1]) == int(found[2])
    prefix, digits = _SHAPES.get(carrier_code, (carrier_code, 12))
    return number.startswith(prefix) and len(number) == len(prefix) + digits and number[len(prefix) :].isdigit()


class WaybillBook:
    """The roll of numbers of one warehouse operator: no number is given twice."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._issued: set[str] = set()

    def issue(self, carrier_code: str, document_no: str, package_no: int) -> str:
        """Give the number for one package of a document; drawn again while it is taken."""
        attempt = 0
        while (number := waybill_no(self._seed, carrier_code, document_no, package_no, attempt)) in self._issued:
            attempt += 1
        self._issued.add(number)
        return number

    def claim(self, number: str) -> bool:
        """Take a number that the sender brought along; False when it is already on a parcel."""
        if number in self._issued:
            return False
        self._issued.add(number)
        return True
