"""Decimal amounts on the wire → integer minor units. Stricter than `Decimal`: ASCII digits only, no exponent, at most 12 digits before the point."""

import re
from functools import lru_cache
from typing import Final

from paidan.kernel.errors import BadInput
from paidan.kernel.money import to_minor
from paidan.kernel.reasons import Reason

_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,8})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_FEN_LENGTH_MAX: Final = 15


@lru_cache(maxsize=16_384)  # prices of a shop's goods, and 0
def minor(text: str, currency: str, field: str) -> int:
    """An amount in minor units of the currency. Raises BadInput when it is none, or has more places than the currency knows."""
    if _AMOUNT.fullmatch(text) is None:
        raise BadInput(Reason.FIELD_INVALID, field)
    try:
        return to_minor(text, currency)
    except ValueError:
        raise BadInput(Reason.FIELD_INVALID, field) from None


@lru_cache(maxsize=16_384)
def fen(text: str | None, field: str) -> int:
    """Yuan with two decimals → fen; the quick way for the hot path. An absent or empty amount is 0."""
    if not text:
        return 0
    if text[-3:-2] == "." and len(text) <= _FEN_LENGTH_MAX and text.isascii():
        digits = text[:-3] + text[-2:]
        if digits.isdigit() and len(digits) > 2:  # noqa: PLR2004 - something must stand before the point
            return int(digits)
    return minor(text, "CNY", field)


def currency_code(text: str, field: str = "currency") -> str:
    """Three capitals, as ISO 4217 codes are. Raises BadInput."""
    if _CURRENCY.fullmatch(text) is None or text in {"XXX", "XTS"}:  # no currency, test currency
        raise BadInput(Reason.FIELD_INVALID, field)
    return text
