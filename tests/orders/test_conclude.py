"""Wherever the units of an order come to lie, there is a legal way to the state they imply, and it is never longer than needed."""

import itertools

import pytest

from drafts import draft_fulfilment, draft_line, draft_order
from paidan.kernel.states import ORDER_MOVES, FulfilmentState, OrderState
from paidan.orders.batch import state_by_lines
from paidan.orders.conclude import conclude, path_to

PLACES = ("open", "short", "reserved", "in_fulfilment", "shipped", "cancelled")
BEFORE_SHIPPING = [OrderState.RECEIVED, OrderState.AUDITED, OrderState.BACKORDERED, OrderState.SOURCED, OrderState.RELEASED]


def order_with(state, places):
    lines = [draft_line(n, quantity=1, **{"open": 0, place: 1}) for n, place in enumerate(places, 1)]
    return draft_order(lines, state=state, fulfilments=[sent(n, FulfilmentState.SHIPPED) for n, place in enumerate(places, 1) if place == "shipped"])


def sent(line_no, state, *, units=1):
    """A fulfilment with `units` of this line that have left."""
    fulfilment = draft_fulfilment({line_no: max(units, 1)}, id=100 + line_no * 10 + state, state=state)
    fulfilment.lines[0].shipped = units
    return fulfilment


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


F = FulfilmentState
SENT = (F.PART_SHIPPED, F.SHIPPED, F.DELIVERED)
IDLE = (F.PLANNED, F.MERGED, F.RELEASED, F.ACCEPTED, F.RECALLING, F.PART_SHIPPED, F.SHIPPED, F.DELIVERED, F.REJECTED, F.CANCELLED)


def expected(places, arrived):
    """The state a merchant expects, from where the units are and whether all parcels with units of the order have arrived."""
    working = {"open", "short", "reserved", "in_fulfilment"} & set(places)
    if "shipped" in places:
        return OrderState.PART_SHIPPED if working else OrderState.DELIVERED if arrived else OrderState.SHIPPED
    for place, state in (
        ("in_fulfilment", OrderState.RELEASED),
        ("reserved", OrderState.SOURCED),
        ("short", OrderState.BACKORDERED),
        ("open", OrderState.RECEIVED),
    ):
        if place in places:
            return state
    return OrderState.CANCELLED


@pytest.mark.parametrize("places", [c for n in range(1, 7) for c in itertools.combinations(PLACES, n)], ids="+".join)
def test_where_every_combination_of_units_and_fulfilments_ends(places):
    starts = [OrderState.PART_SHIPPED, OrderState.SHIPPED] if "shipped" in places else BEFORE_SHIPPING
    parcels = [*itertools.combinations_with_replacement(SENT, 1), *itertools.combinations_with_replacement(SENT, 2)]
    # `idle`: a fulfilment of which nothing of this order has left: it keeps nobody from being delivered.
    for start, states, idle in itertools.product(starts, parcels if "shipped" in places else [()], [None, *IDLE]):
        order = order_with(start, places)
        shipped_line = next((n for n, place in enumerate(places, 1) if place == "shipped"), 1)
        order.fulfilments = [sent(shipped_line, state) for state in states]
        order.fulfilments += [] if idle is None else [sent(shipped_line, idle, units=0)]
        conclude(order)
        assert order.state == expected(places, set(states) <= {F.DELIVERED})
        assert all(step in ORDER_MOVES for step in itertools.pairwise([int(start), *order.path]))


@pytest.mark.parametrize(("more", "state"), [({}, OrderState.COMPLETED), ({"is_closed": True}, OrderState.CANCELLED)])
@pytest.mark.parametrize("start", [OrderState.RECEIVED, OrderState.AUDITED])
def test_an_order_of_services_is_completed_without_a_shipment(start, more, state):
    order = draft_order([draft_line(kind="service", open=0)], state=start, **more)
    conclude(order)
    assert order.state == state


def test_a_line_added_to_a_shipped_order_is_work_again():
    order = order_with(OrderState.SHIPPED, ("shipped", "open"))
    conclude(order)
    assert order.path == [OrderState.PART_SHIPPED]


@pytest.mark.parametrize("state", [OrderState.UNPAID, OrderState.DELIVERED, OrderState.COMPLETED, OrderState.CANCELLED])
@pytest.mark.parametrize("place", PLACES)
def test_payment_and_ends_are_not_decided_by_units(state, place):
    order = order_with(state, (place,))
    conclude(order)
    assert (order.state, order.path) == (state, [])


def test_there_is_no_way_back_from_an_end():
    for end in (OrderState.CANCELLED, OrderState.COMPLETED, OrderState.DELIVERED):
        with pytest.raises(ValueError, match="no legal way"):
            path_to(end, OrderState.RECEIVED)
