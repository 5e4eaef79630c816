"""Which plans go to their warehouses now, and which travel together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import draft_fulfilment, draft_line, draft_network, draft_order
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState as F
from paidan.kernel.states import OrderState as O
from paidan.network.load import Shop
from paidan.orders.batch import Hold
from paidan.release.decide import MERGE_CAP, MERGE_WEIGHT_G_MAX, decide
from scene import NOW

NETWORK = draft_network([], shop=Shop(id=7, code="S1", name="一店", platform="direct", shop_group="G"))


def planned(n, **more):
    """Order n with plan 100 + n, all of one buyer unless said."""
    plan = draft_fulfilment({1: 1}, id=100 + n, release_due_at=NOW, **more.pop("plan", {}))
    lines = [draft_line(1, 1, open=0, reserved=1)]
    return draft_order(lines, id=n, state=O.SOURCED, fulfilments=[plan], **{"merge_key": b"one", **more})


def release(orders, due=None):
    """[(leader, (those that travel with it))] in order."""
    ids = {f.id for order in orders for f in order.fulfilments} if due is None else due
    found = decide(orders, ids, NETWORK, NOW)
    return sorted((leader.fulfilment.id, tuple(f.id for _, f in leader.members)) for leader in found)


@pytest.mark.parametrize(
    ("second", "together"),
    [
        ({}, True),
        ({"merge_key": b"other"}, False),
        ({"merge_key": None}, False),
        ({"is_cod": True}, False),
        ({"edits": {"sealed": True}}, False),
        ({"currency": "USD"}, False),
        ({"shop_id": 8}, False),
        ({"plan": {"warehouse_id": 2}}, False),
        ({"plan": {"carrier_id": 2}}, False),
        ({"plan": {"attempt": 2}}, False),
        ({"plan": {"weight_g": MERGE_WEIGHT_G_MAX}}, False),
        ({"plan": {"weight_g": MERGE_WEIGHT_G_MAX - 300}}, True),
    ],
)
def test_what_may_travel_together(second, together):
    orders = [planned(1), planned(2, **second)]
    assert release(orders) == ([(101, (102,))] if together else [(101, ()), (102, ())])


def test_both_without_a_key_or_both_on_delivery_go_alone():
    assert release([planned(1, merge_key=None), planned(2, merge_key=None)]) == [(101, ()), (102, ())]
    assert release([planned(1, is_cod=True), planned(2, is_cod=True)]) == [(101, ()), (102, ())]


def test_what_is_not_due_yet_goes_with_what_is():
    assert release([planned(1), planned(2)], due={102}) == [(101, (102,))]
    assert release([planned(1), planned(2)], due=set()) == []


def test_a_parcel_of_more_orders_than_a_pick_list_bears_is_cut():
    parcels = release([planned(n) for n in range(1, MERGE_CAP + 3)])
    assert [len(members) + 1 for _, members in parcels] == [MERGE_CAP, 2]


@pytest.mark.parametrize(
    ("hold", "goes"),
    [
        (None, True),
        (Hold(id=1, reason=Reason.REFUND_REQUESTED, origin="system", opened_at=NOW), False),
        (Hold(id=1, reason=Reason.HELD_BY_PERSON, origin="user:a", opened_at=NOW, stops=2), False),
        (Hold(id=1, reason=Reason.HELD_BY_PERSON, origin="user:a", opened_at=NOW, closed_at=NOW), True),
    ],
)
def test_an_open_hold_stops_the_release_and_not_the_neighbours(hold, goes):
    held, other = planned(1, holds=[hold] if hold else []), planned(2)
    assert release([held, other]) == ([(101, (102,))] if goes else [(102, ())])
    if not goes:
        assert (held.fulfilments[0].state, held.fulfilments[0].release_due_at, held.waits_for) == (F.PLANNED, None, hold.reason)


def test_released_units_are_in_fulfilment_and_the_states_say_who_leads():
    orders = [planned(2), planned(1)]
    release(orders)
    by_id = {order.id: order for order in orders}
    assert [(line.reserved, line.in_fulfilment) for order in orders for line in order.lines] == [(0, 1), (0, 1)]
    assert (by_id[1].fulfilments[0].state, by_id[1].fulfilments[0].merged_into_id) == (F.RELEASED, None)
    assert (by_id[2].fulfilments[0].state, by_id[2].fulfilments[0].merged_into_id) == (F.MERGED, 101)


@pytest.mark.parametrize("state", [state for state in F if state != F.PLANNED])
def test_only_plans_are_released(state):
    order = planned(1)
    order.fulfilments[0].state = state
    assert release([order]) == []
    assert not order.is_changed


@given(
    st.lists(st.tuples(st.sampled_from([b"one", b"two", None]), st.booleans(), st.integers(1, MERGE_WEIGHT_G_MAX), st.booleans()), max_size=30),
    st.randoms(use_true_random=False),
)
def test_every_due_plan_goes_once_no_parcel_is_too_big_and_rows_may_come_in_any_order(rows, chance):
    def make():
        return [planned(n, merge_key=key, is_cod=cod, plan={"weight_g": grams}) for n, (key, cod, grams, _) in enumerate(rows, 1)]

    due = {100 + n for n, row in enumerate(rows, 1) if row[3]}
    orders, shuffled = make(), make()
    chance.shuffle(shuffled)
    found = release(orders, due)
    assert release(shuffled, due) == found
    sent = [f for leader, members in found for f in (leader, *members)]
    assert len(set(sent)) == len(sent)
    assert due <= set(sent)
    weights = {100 + n: row[2] for n, row in enumerate(rows, 1)}
    for leader, members in found:
        assert leader == min((leader, *members))
        assert len(members) < MERGE_CAP
        assert not members or sum(weights[f] for f in (leader, *members)) <= MERGE_WEIGHT_G_MAX
