"""What is taken back, at every place a unit may be: cancelled at once, un-planned, recalled, or too late."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import draft_fulfilment, draft_line, draft_order
from paidan.audit.cancellation import decide
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState as F
from paidan.kernel.states import OrderState as O
from paidan.orders.batch import Hold
from scene import NOW

R = Reason


def at(place, state=None, **more):
    """An order with one line of two units in one place; a fulfilment where that place needs one."""
    line = draft_line(1, 2, **{"open": 0, place: 2}, **more.pop("line", {}))
    fulfilments = [] if state is None else [draft_fulfilment({1: 2}, state=state, **more.pop("plan", {}))]
    if place == "shipped":
        fulfilments[0].lines[0].shipped = 2
    states = {"open": O.RECEIVED, "short": O.BACKORDERED, "reserved": O.SOURCED, "in_fulfilment": O.RELEASED, "shipped": O.SHIPPED}
    return draft_order([line], fulfilments=fulfilments, **{"state": states[place], **more})


PLACES = [
    ("open", None),
    ("short", None),
    ("reserved", F.PLANNED),
    ("in_fulfilment", F.RELEASED),
    ("in_fulfilment", F.ACCEPTED),
    ("in_fulfilment", F.RECALLING),
    ("shipped", F.SHIPPED),
]
WANTS = {
    "closed by the platform": ({"is_closed": True}, {}),
    "cancelled by a person": ({"edits": {"cancel": True}}, {}),
    "taken back by the platform": ({}, {"taken_back": 2}),
}


@pytest.mark.parametrize("want", WANTS)
@pytest.mark.parametrize(("place", "state"), PLACES)
def test_the_matrix_of_cancellation(want, place, state):
    more, line = WANTS[want]
    order = at(place, state, line=line, **more)
    decide(order, NOW)
    [line] = order.lines
    held = [hold.reason for hold in order.holds]
    plan = order.fulfilments[0] if order.fulfilments else None
    if place in {"open", "short", "reserved"}:
        assert (order.state, line.cancelled, order.recalls, held) == (O.CANCELLED, 2, [], [])
        assert plan is None or (plan.state, plan.lines[0].cancelled, plan.release_due_at) == (F.CANCELLED, 2, None)
    elif state in {F.RELEASED, F.ACCEPTED}:
        assert (order.state, line.cancelled, line.in_fulfilment, held) == (O.RELEASED, 0, 2, [])
        assert [fulfilment_id for fulfilment_id, _ in order.recalls] == [plan.id]
    elif state == F.RECALLING:
        assert (line.cancelled, order.recalls, plan.state) == (0, [], F.RECALLING)
    else:
        assert (order.state, line.shipped, held, order.recalls) == (O.SHIPPED, 2, [R.ALREADY_SHIPPED], [])


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ({"is_closed": True}, {}, R.REFUNDED),
        ({"is_closed": True, "paid_at": None}, {}, R.CLOSED_UNPAID),
        ({"edits": {"cancel": True}}, {}, R.CANCELLED_BY_PERSON),
        ({"is_closed": True, "edits": {"cancel": True}}, {}, R.REFUNDED),
        ({}, {"taken_back": 2}, R.BUYER_CANCELLED),
        ({"is_receiver_changed": True}, {"taken_back": 2}, R.BUYER_CANCELLED),
        ({}, {"taken_back": 2, "refund": "requested"}, R.BUYER_CANCELLED),
    ],
)
def test_why_it_ended(more, line, reason):
    order = at("open", line=line, **more)
    decide(order, NOW)
    assert order.waits_for == reason
    assert order.steps[-1] == ("cancelled", {"reason": str(reason)})


@pytest.mark.parametrize(
    ("place", "state", "plan_after", "recalled"),
    [
        ("open", None, None, False),
        ("reserved", F.PLANNED, F.PLANNED, False),
        ("in_fulfilment", F.RELEASED, F.RELEASED, True),
        ("in_fulfilment", F.ACCEPTED, F.ACCEPTED, True),
        ("shipped", F.SHIPPED, F.SHIPPED, False),
    ],
)
def test_a_mere_request_cancels_nothing_and_calls_back_only_what_has_left_us(place, state, plan_after, recalled):
    order = at(place, state, line={"refund": "requested"})
    decide(order, NOW)
    assert order.lines[0].cancelled == 0
    assert bool(order.recalls) == recalled
    assert plan_after is None or order.fulfilments[0].state == plan_after


@pytest.mark.parametrize(
    ("place", "state", "plan_after", "recalled"),
    [
        ("open", None, None, False),
        ("reserved", F.PLANNED, F.CANCELLED, False),
        ("in_fulfilment", F.RELEASED, F.RELEASED, True),
        ("in_fulfilment", F.RECALLING, F.RECALLING, False),
        ("shipped", F.SHIPPED, F.SHIPPED, False),
    ],
)
def test_another_receiver_unplans_or_recalls(place, state, plan_after, recalled):
    order = at(place, state, is_receiver_changed=True)
    decide(order, NOW)
    assert (order.lines[0].cancelled, bool(order.recalls)) == (0, recalled)
    assert plan_after is None or order.fulfilments[0].state == plan_after
    assert order.state != O.CANCELLED


def test_who_travels_with_another_calls_the_leader_back_once():
    mine = draft_fulfilment({1: 1}, id=100, state=F.MERGED, merged_into_id=50)
    more = draft_fulfilment({2: 1}, id=101, state=F.MERGED, merged_into_id=50)
    order = draft_order(
        [draft_line(1, open=0, in_fulfilment=1), draft_line(2, open=0, in_fulfilment=1)], state=O.RELEASED, is_closed=True, fulfilments=[mine, more]
    )
    decide(order, NOW)
    assert order.recalls == [(50, R.REFUNDED)]


def test_only_the_parcels_with_the_line_taken_back_are_touched():
    plans = [draft_fulfilment({1: 1}, id=100), draft_fulfilment({2: 1}, id=101)]
    order = draft_order([draft_line(1, open=0, reserved=1, taken_back=1), draft_line(2, open=0, reserved=1)], state=O.SOURCED, fulfilments=plans)
    decide(order, NOW)
    assert [plan.state for plan in plans] == [F.CANCELLED, F.PLANNED]
    assert [(line.cancelled, line.open, line.reserved) for line in order.lines] == [(1, 0, 0), (0, 0, 1)]


def test_the_rest_of_an_unplanned_parcel_is_open_again():
    plan = draft_fulfilment({1: 2, 2: 1})
    order = draft_order([draft_line(1, 2, open=0, reserved=2, taken_back=1), draft_line(2, open=0, reserved=1)], state=O.SOURCED, fulfilments=[plan])
    decide(order, NOW)
    assert plan.state == F.CANCELLED
    assert [(line.cancelled, line.open) for line in order.lines] == [(1, 1), (0, 1)]


def test_a_bundle_taken_back_takes_its_parts_back():
    bundle = draft_line(1, 2, kind="bundle", open=0, taken_back=1, refund="requested")
    parts = [draft_line(2, 4, kind="part", parent_line_no=1), draft_line(3, 2, kind="part", parent_line_no=1)]
    order = draft_order([bundle, *parts])
    decide(order, NOW)
    assert [(part.taken_back, part.cancelled, part.open, part.refund) for part in parts] == [(2, 2, 2, "requested"), (1, 1, 1, "requested")]


def test_it_is_told_once_that_goods_have_left():
    order = at("shipped", F.SHIPPED, is_closed=True)
    decide(order, NOW)
    decide(order, NOW)
    assert [hold.reason for hold in order.holds] == [R.ALREADY_SHIPPED]


places = st.fixed_dictionaries({place: st.integers(0, 3) for place in ("open", "short", "shipped", "cancelled")})


@given(
    st.lists(st.tuples(places, st.integers(0, 3), st.sampled_from([F.PLANNED, F.RELEASED, F.RECALLING]), st.integers(0, 8)), min_size=1, max_size=3),
    st.booleans(),
)
def test_cancelling_loses_no_unit_and_cancels_no_more_than_was_asked(rows, is_closed):
    lines, plans = [], []
    for n, (units, planned, state, taken_back) in enumerate(rows, 1):
        place = "reserved" if state == F.PLANNED else "in_fulfilment"
        total = sum(units.values()) + planned
        lines.append(draft_line(n, total, **{**units, place: planned}, taken_back=min(taken_back, total)))
        if planned:
            plans.append(draft_fulfilment({n: planned}, id=n, state=state))
    order = draft_order(lines, state=O.RELEASED, is_closed=is_closed, fulfilments=plans)
    before = [line.cancelled for line in lines]
    decide(order, NOW)
    for line, was in zip(lines, before, strict=True):
        assert line.quantity == line.open + line.short + line.reserved + line.in_fulfilment + line.shipped + line.cancelled
        assert line.cancelled >= was
        assert line.cancelled <= max(was, line.quantity if is_closed else line.taken_back)
    for plan in plans:
        assert sum(x.open for x in plan.lines) == (0 if plan.state == F.CANCELLED else sum(x.quantity for x in plan.lines))


def test_what_was_held_on_the_platforms_word_does_not_keep_people_from_hearing_that_it_is_too_late():
    order = at("shipped", F.SHIPPED, is_closed=True)
    order.holds = [Hold(reason=R.ALREADY_SHIPPED, origin="platform", opened_at=NOW, closed_at=NOW, closed_by="user:anna")]
    decide(order, NOW)
    assert [hold.origin for hold in order.holds if hold.closed_at is None] == ["system"]


@pytest.mark.parametrize(("state", "recalled"), [(F.PLANNED, False), (F.RELEASED, True), (F.ACCEPTED, True), (F.RECALLING, False)])
def test_another_way_of_payment_calls_back_what_has_left_us_and_leaves_plans_as_they_are(state, recalled):
    order = at("reserved" if state == F.PLANNED else "in_fulfilment", state, is_cod=True, is_cod_changed=True)
    decide(order, NOW)
    assert [reason for _, reason in order.recalls] == [R.PLATFORM_CHANGED_AFTER_RELEASE] * recalled
    assert order.fulfilments[0].state == state


def test_a_request_that_a_person_has_let_go_calls_nothing_back():
    decided = Hold(reason=R.REFUND_REQUESTED, origin="system", note="A@1", opened_at=NOW, closed_at=NOW, closed_by="user:anna")
    order = at("in_fulfilment", F.ACCEPTED, line={"refund": "requested", "refund_ref": "A@1"}, holds=[decided])
    decide(order, NOW)
    assert order.recalls == []
    order.lines[0].refund_ref = "B@2"
    decide(order, NOW)
    assert [reason for _, reason in order.recalls] == [R.REFUND_REQUESTED]


@pytest.mark.parametrize(("more", "state"), [({"is_closed": True}, O.CANCELLED), ({"edits": {"cancel": True}}, O.CANCELLED), ({}, O.UNPAID)])
def test_an_unpaid_order_of_services_can_be_cancelled(more, state):
    order = draft_order([draft_line(kind="service", open=0)], state=O.UNPAID, **more)
    decide(order, NOW)
    assert order.state == state


@pytest.mark.parametrize(
    ("ended_by", "told", "now_by"),
    [
        (R.BUYER_CANCELLED, {"is_closed": True, "paid_at": NOW}, R.REFUNDED),
        (R.BUYER_CANCELLED, {"is_closed": True, "paid_at": None}, R.CLOSED_UNPAID),
        (R.BUYER_CANCELLED, {}, R.BUYER_CANCELLED),
        (R.CANCELLED_BY_PERSON, {"is_closed": True, "edits": {"cancel": True}}, R.CANCELLED_BY_PERSON),
    ],
)
def test_what_ended_line_by_line_and_is_closed_later_says_what_one_closing_would_have_said(ended_by, told, now_by):
    order = draft_order([draft_line(1, 2, open=0, cancelled=2, taken_back=2)], state=O.CANCELLED, waits_for=str(ended_by), **told)
    decide(order, NOW)
    assert (order.state, order.waits_for) == (O.CANCELLED, str(now_by))
