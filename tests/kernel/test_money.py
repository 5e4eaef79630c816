from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.kernel.errors import ConservationError
from paidan.kernel.money import MINOR_DIGITS, from_minor, minor_digits, split, to_minor

amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@given(amounts, weights)
def test_the_parts_sum_to_the_whole(amount, shares):
    assert sum(split(amount, shares)) == amount


@given(amounts, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount, shares):
    total = sum(shares)
    even = [1] * len(shares)
    for part, share in zip(split(amount, shares), shares if total else even, strict=True):
        assert abs(part * (total or len(shares)) - amount * share) < (total or len(shares))


@given(amounts, weights)
def test_a_refund_is_split_like_the_payment(amount, shares):
    assert split(-amount, shares) == [-part for part in split(amount, shares)]


@given(st.integers(0, 10**9), weights)
def test_who_has_no_share_gets_nothing_and_nobody_gets_less_than_nothing(amount, shares):
    for part, share in zip(split(amount, shares), shares, strict=True):
        assert part >= 0
        assert share or not sum(shares) or part == 0


@given(st.integers(0, 10**9), weights)
def test_who_has_more_share_never_gets_less(amount, shares):
    by_share = sorted(zip(shares, split(amount, shares), strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(by_share) if a[0] < b[0])


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (-10, [1, 1, 1], [-4, -3, -3]),
        (2002, [2, 1], [1335, 667]),
        (5, [0, 0], [3, 2]),
        (0, [7, 9], [0, 0]),
        (1, [1, 2], [0, 1]),
        (0, [], []),
    ],
)
def test_splits_by_hand(amount, shares, parts):
    assert split(amount, shares) == parts


def test_an_amount_is_never_split_over_nothing():
    with pytest.raises(ConservationError):
        split(1, [])
    with pytest.raises(ValueError, match="negative"):
        split(1, [2, -1])


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "USD", *MINOR_DIGITS]))
def test_an_amount_survives_being_written_and_read(amount_minor, currency):
    text = from_minor(amount_minor, currency)
    assert to_minor(text, currency) == amount_minor
    assert -Decimal(text).as_tuple().exponent == minor_digits(currency)


@pytest.mark.parametrize("text", ["", "1,0", "NaN", "Infinity", "-Infinity", "1.234", "12.3.4", "１２a", "1e-9", "0x10"])
def test_what_is_no_amount_of_money_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        to_minor(text, "CNY")
