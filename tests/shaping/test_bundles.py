"""What was bought becomes what is shipped, and not a cent or a unit is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import draft_bundle, draft_line, draft_order, draft_sku
from paidan.orders.batch import Batch
from paidan.shaping.decide import decide
from scene import NOW

part = st.tuples(st.integers(1, 5), st.integers(0, 100))
bundles = st.lists(part, min_size=1, max_size=6).map(lambda rows: draft_bundle(9, [(n, units, share) for n, (units, share) in enumerate(rows, 1)]))


def shape(order, *skus):
    decide(Batch(now=NOW, orders=[order]), {sku.id: sku for sku in skus})
    return order


def parts_of(order, line_no=1):
    return [line for line in order.lines if line.parent_line_no == line_no]


@given(bundles, st.integers(1, 4), st.integers(0, 10**7), st.integers(0, 4))
def test_the_parts_cost_what_the_bundle_cost_and_are_as_many_as_it_holds(sku, quantity, payable_minor, cancelled):
    cancelled = min(cancelled, quantity)
    order = shape(draft_order([draft_line(1, quantity, 9, payable_minor=payable_minor, open=quantity - cancelled, cancelled=cancelled)]), sku)
    [bundle, *_] = order.lines
    parts = parts_of(order)
    assert (bundle.kind, bundle.open, bundle.cancelled) == ("bundle", 0, 0)
    assert sum(x.payable_minor for x in parts) == payable_minor
    assert [(x.sku_id, x.quantity) for x in parts] == [(p.sku_id, p.quantity * quantity) for p in sku.parts]
    assert all(x.open + x.cancelled == x.quantity and x.cancelled * quantity == x.quantity * cancelled for x in parts)
    assert len({x.line_no for x in order.lines}) == len(order.lines)


@given(bundles, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_new_price_of_a_bundle_reaches_its_parts_to_the_cent(sku, first, second):
    order = shape(draft_order([draft_line(1, 2, 9, payable_minor=first)]), sku)
    order.lines[0].payable_minor = second
    shape(order, sku)
    assert sum(x.payable_minor for x in parts_of(order)) == second
    assert [x.payable_minor for x in parts_of(order)] == [
        x.payable_minor for x in parts_of(shape(draft_order([draft_line(1, 2, 9, payable_minor=second)]), sku))
    ]


def test_a_bundle_whose_recipe_changed_meanwhile_keeps_the_parts_it_was_sold_with():
    order = shape(draft_order([draft_line(1, 1, 9, payable_minor=300)]), draft_bundle(9, [(1, 1, 2), (2, 1, 1)]))
    order.lines[0].payable_minor = 150
    shape(order, draft_bundle(9, [(3, 1, 1)]))
    assert [(x.sku_id, x.payable_minor) for x in parts_of(order)] == [(1, 100), (2, 50)]


@given(bundles)
def test_shaping_twice_is_shaping_once(sku):
    order = shape(draft_order([draft_line(1, 2, 9)]), sku)
    before = list(order.lines)
    order.is_changed = False
    shape(order, sku)
    assert order.lines == before
    assert not order.is_changed


def test_a_bundle_that_has_no_parts_yet_waits_for_them_as_it_was_bought():
    order = shape(draft_order([draft_line(1, 2, 9, payable_minor=300)]), draft_bundle(9, []))
    assert [(line.kind, line.open) for line in order.lines] == [("goods", 2)]
    assert not order.is_changed
    shape(order, draft_bundle(9, [(1, 1, 1)]))
    assert [(line.kind, line.open, line.payable_minor) for line in order.lines] == [("bundle", 0, 300), ("part", 2, 300)]


@pytest.mark.parametrize("place", ["short", "reserved", "in_fulfilment", "shipped"])
def test_what_was_touched_already_is_left_as_it_is(place):
    order = shape(draft_order([draft_line(1, 2, 9, **{"open": 0, place: 2})]), draft_bundle(9, [(1, 1, 1)]))
    assert [line.kind for line in order.lines] == ["goods"]


def test_two_bundles_and_goods_each_keep_their_own():
    order = draft_order([draft_line(1, 1, 9), draft_line(2, 1, 5), draft_line(3, 1, 8)])
    shape(order, draft_bundle(9, [(1, 1, 1), (2, 1, 1)]), draft_bundle(8, [(1, 3, 1)]), draft_sku(5))
    assert [(x.line_no, x.sku_id, x.quantity, x.parent_line_no) for x in order.lines] == [
        (1, 9, 1, None),
        (2, 5, 1, None),
        (3, 8, 1, None),
        (4, 1, 1, 1),
        (5, 2, 1, 1),
        (6, 1, 3, 3),
    ]


def test_a_service_is_nothing_to_ship():
    order = shape(draft_order([draft_line(1, 1, 9)]), draft_sku(9, kind="service"))
    assert [(line.kind, line.open, line.is_work) for line in order.lines] == [("service", 0, False)]


@pytest.mark.parametrize("sku_id", [None, 7])
def test_what_is_not_known_is_left_for_the_audit(sku_id):
    order = shape(draft_order([draft_line(1, 1, sku_id)]), draft_bundle(9, [(1, 1, 1)]))
    assert [line.kind for line in order.lines] == ["goods"]
