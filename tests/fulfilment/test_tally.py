"""Scans against what a parcel shall hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.fulfilment.light.tally import Scan, Sku, Want, is_whole, tally
from paidan.kernel.reasons import Reason

SKUS = {"690": Sku(1, "X"), "X": Sku(1, "X"), "691": Sku(2, "Y"), "692": Sku(3, "Z")}
WANTS = [Want(key="7-1", sku_id=1, quantity=2), Want(key="7-2", sku_id=2, quantity=1), Want(key="8-1", sku_id=1, quantity=1)]


def scans(*codes):
    return [Scan(code=code) for code in codes]


def told(*codes):
    puts, problems = tally(WANTS, [scans(*codes)], SKUS)
    return {(put.key): put.quantity for put in puts}, [(problem.field, problem.reason) for problem in problems]


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (["692"], [("scans.0", Reason.NOT_IN_THIS_PARCEL)]),
        (["690", "000"], [("scans.1", Reason.UNKNOWN_BARCODE)]),
        (["691", "691"], [("scans.1", Reason.SCANNED_ENOUGH)]),
        (["690", "X", "690", "690"], [("scans.3", Reason.SCANNED_ENOUGH)]),
        (["692", "000"], [("scans.0", Reason.NOT_IN_THIS_PARCEL), ("scans.1", Reason.UNKNOWN_BARCODE)]),
    ],
)
def test_what_does_not_belong_is_told_by_its_place(codes, problem):
    assert told(*codes)[1] == problem


def test_one_code_fills_the_lines_of_its_goods_one_after_the_other():
    puts, problems = tally(WANTS, [[Scan(code="690", quantity=3)]], SKUS)
    assert [(put.key, put.quantity) for put in puts] == [("7-1", 2), ("8-1", 1)]
    assert (problems, is_whole(WANTS, puts)) == ([], False)


def test_each_parcel_keeps_what_was_scanned_into_it():
    puts, problems = tally(WANTS, [scans("690", "691"), scans("X", "690")], SKUS)
    assert [(put.parcel, put.key, put.quantity) for put in puts] == [(0, "7-1", 1), (0, "7-2", 1), (1, "7-1", 1), (1, "8-1", 1)]
    assert (problems, is_whole(WANTS, puts)) == ([], True)


@given(st.lists(st.tuples(st.sampled_from(["690", "X", "691", "692", "000"]), st.integers(1, 4)), max_size=8))
def test_nothing_is_put_in_twice_and_nothing_scanned_is_lost(given_scans):
    puts, problems = tally(WANTS, [[Scan(code=code, quantity=quantity) for code, quantity in given_scans]], SKUS)
    by_key = {want.key: sum(put.quantity for put in puts if put.key == want.key) for want in WANTS}
    assert all(by_key[want.key] <= want.quantity for want in WANTS)
    if not problems:
        assert sum(by_key.values()) == sum(quantity for _, quantity in given_scans)
