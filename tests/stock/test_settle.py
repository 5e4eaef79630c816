"""Settle on its own: nobody gets what is not there, and nobody is sent away while it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.stock.moves import Enter, GiveBack, Issue, Reserve, StockMoves
from paidan.stock.settle import settle
from scene import NOW


def reserve(sku_id=1, quantity=1, warehouse_id=1, line_no=1):
    return Reserve(fulfilment_id=1, line_no=line_no, sku_id=sku_id, warehouse_id=warehouse_id, quantity=quantity)


wishes = st.lists(
    st.lists(st.builds(reserve, sku_id=st.integers(1, 3), quantity=st.integers(1, 4), warehouse_id=st.integers(1, 2)), max_size=3), max_size=8
)
shelves = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 2)), st.integers(-2, 8))


@pytest.mark.parametrize(
    ("asked", "free", "dropped"),
    [
        ([], {}, set()),
        ([[]], {}, set()),
        ([[reserve()]], {}, {0}),
        ([[reserve()]], {(1, 1): 0}, {0}),
        ([[reserve()]], {(1, 1): -1}, {0}),
        ([[reserve(quantity=2)]], {(1, 1): 2}, set()),
        ([[reserve()], [reserve()]], {(1, 1): 1}, {1}),
        ([[reserve(quantity=2)], [reserve()]], {(1, 1): 1}, {0}),
        ([[reserve(), reserve(line_no=2)]], {(1, 1): 1}, {0}),
        ([[reserve(), reserve(2)], [reserve()]], {(1, 1): 1}, {0}),
        ([[reserve(warehouse_id=2)], [reserve()]], {(1, 1): 1, (1, 2): 1}, set()),
    ],
)
def test_who_is_dropped(asked, free, dropped):
    assert settle(list(enumerate(asked)), free) == dropped


@given(wishes, shelves)
def test_what_is_given_fits_and_who_is_dropped_would_not_have_fitted(asked, free):
    numbered = list(enumerate(asked))
    dropped = settle(numbered, free)
    left = dict(free)
    for number, reserves in numbered:
        after = dict(left)
        for r in reserves:
            after[r.sku_id, r.warehouse_id] = after.get((r.sku_id, r.warehouse_id), 0) - r.quantity
        fits = all(after[r.sku_id, r.warehouse_id] >= 0 for r in reserves)
        assert (number not in dropped) == fits
        if fits:
            left = after


@given(wishes, shelves)
def test_settle_leaves_what_it_was_given_as_it_was(asked, free):
    before = dict(free)
    settle(list(enumerate(asked)), free)
    assert free == before


def test_the_change_of_a_balance_is_the_sum_of_its_moves():
    moves = StockMoves(
        reserve=[reserve(quantity=3), reserve(quantity=2)],
        give_back=[GiveBack(fulfilment_id=1, line_no=1, sku_id=1, warehouse_id=1, quantity=1)],
        issue=[Issue(fulfilment_id=1, line_no=1, sku_id=1, warehouse_id=1, quantity=2, sequence=1, cause="c", occurred_at=NOW)],
        enter=[
            Enter(
                document_id=1, line_no=1, kind="receive", sequence=1, sku_id=1, warehouse_id=1, quantity=9, in_transit=-9, cause="c", occurred_at=NOW
            )
        ],
        owe=[(1, 1, 10)],
    )
    [(key, delta)] = moves.deltas().items()
    assert key == (1, 1, 1)
    assert (delta.reserved, delta.on_hand, delta.in_transit, delta.may_be_short) == (2, 7, 1, False)
