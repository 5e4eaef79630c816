"""Money as integer minor units, and splits that lose nothing."""

from collections.abc import Sequence
from decimal import Decimal

from paidan.kernel.errors import ConservationError

# ISO 4217 exponents other than 2, for the currencies shops of ours may use.
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "JOD": 3}


def minor_digits(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def to_minor(text: str | Decimal, currency: str = "CNY") -> int:
    """Turn a decimal amount (`"12.30"`) into minor units (1230).

    Raises ValueError for anything that is not a finite number or has more places than the currency knows.
    """
    try:
        scaled = Decimal(text).scaleb(minor_digits(currency))
    except ArithmeticError as error:
        raise ValueError(f"not an amount: {text!r}") from error
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"not an amount in {currency}: {text!r}")
    return int(scaled)


def from_minor(amount_minor: int, currency: str = "CNY") -> str:
    """Write minor units as the decimal text platforms and warehouses expect (`1230` → `"12.30"`)."""
    digits = minor_digits(currency)
    return f"{Decimal(amount_minor).scaleb(-digits):.{digits}f}"


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an integer amount by weights, largest remainder first, earlier line first on ties; the parts sum to the whole.

    Weights are non-negative; if all are zero the amount is split evenly. A negative amount is split like its absolute value.
    Source: largest-remainder (Hamilton) method.
    """
    if not weights:
        if amount:
            raise ConservationError(f"{amount} cannot be split over nothing")
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    total = sum(weights)
    shares = list(weights) if total else [1] * len(weights)
    total = total or len(weights)
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    parts = [size * share // total for share in shares]
    left = size - sum(parts)
    if left:
        by_remainder = sorted(range(len(shares)), key=lambda i: (-(size * shares[i] % total), i))
        for i in by_remainder[:left]:
            parts[i] += 1
    if sum(parts) != size:
        raise ConservationError(f"{amount} split into {parts}")
    return [sign * part for part in parts]
