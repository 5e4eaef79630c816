"""Wherever the units of an order come to lie, there is a legal way to the state they imply, and it is never longer than needed."""

import itertools

import pytest

from drafts import draft_line, draft_order
from paidan.kernel.states import ORDER_MOVES, OrderState
from paidan.orders.batch import state_by_lines
from paidan.orders.conclude import conclude, path_to

PLACES = ("open", "short", "reserved", "in_fulfilment", "shipped", "cancelled")
BEFORE_SHIPPING = [OrderState.RECEIVED, OrderState.AUDITED, OrderState.BACKORDERED, OrderState.SOURCED, OrderState.RELEASED]


def order_with(state, places):
    lines = [draft_line(n, quantity=1, **{"open": 0, place: 1}) for n, place in enumerate(places, 1)]
    return draft_order(lines, state=state)


@pytest.mark.parametrize("places", [c for n in (1, 2, 3) for c in itertools.combinations(PLACES, n)], ids="+".join)
def test_the_way_to_where_the_units_are_is_legal(places):
    goal = state_by_lines(order_with(OrderState.RECEIVED, places))
    starts = [OrderState.PART_SHIPPED] if "shipped" in places else []
    for start in [*BEFORE_SHIPPING, *starts]:
        order = order_with(start, places)
        conclude(order)
        assert order.state == goal
        way = [int(start), *order.path]
        assert all(step in ORDER_MOVES for step in itertools.pairwise(way))
        assert len(set(way)) == len(way)


@pytest.mark.parametrize(
    ("places", "state"),
    [
        (("open",), OrderState.RECEIVED),
        (("open", "short"), OrderState.BACKORDERED),
        (("reserved", "open"), OrderState.SOURCED),
        (("reserved", "in_fulfilment"), OrderState.RELEASED),
        (("in_fulfilment", "shipped"), OrderState.PART_SHIPPED),
        (("shipped", "short"), OrderState.PART_SHIPPED),
        (("shipped", "cancelled"), OrderState.SHIPPED),
        (("cancelled",), OrderState.CANCELLED),
    ],
)
def test_what_the_units_say(places, state):
    assert state_by_lines(order_with(OrderState.RECEIVED, places)) == state


@pytest.mark.parametrize("state", [OrderState.UNPAID, OrderState.DELIVERED, OrderState.CANCELLED])
@pytest.mark.parametrize("place", PLACES)
def test_payment_and_ends_are_not_decided_by_units(state, place):
    order = order_with(state, (place,))
    conclude(order)
    assert (order.state, order.path) == (state, [])


def test_there_is_no_way_back_from_an_end():
    for end in (OrderState.CANCELLED, OrderState.DELIVERED):
        with pytest.raises(ValueError, match="no legal way"):
            path_to(end, OrderState.RECEIVED)
