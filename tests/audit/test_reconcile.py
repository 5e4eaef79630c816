"""Holds open with their cause and close with it; what a person has decided stands."""

from datetime import timedelta

import pytest

from drafts import BERLIN, draft_bundle, draft_line, draft_network, draft_order, draft_sku
from paidan.audit.checks import SYSTEM_REASONS, Finding, check
from paidan.audit.decide import Audit, decide, reconcile
from paidan.audit.fields import ORDER
from paidan.audit.rules import DEFAULT_POLICY, HOLDABLE
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.orders.batch import Hold
from paidan.rules.policies import compiled
from scene import NOW

R = Reason
EARLIER = NOW - timedelta(hours=1)
SKUS = {1: draft_sku(1), 2: draft_sku(2, is_on_sale=False), 3: draft_sku(3, goods_class="dangerous"), 4: draft_bundle(4, [])}


def open_hold(reason, origin="system", **more):
    return Hold(id=1, reason=reason, origin=origin, opened_at=EARLIER, **more)


def released(reason, by):
    return Hold(id=1, reason=reason, origin="system", opened_at=EARLIER, closed_at=EARLIER, closed_by=by)


def audit(order, bans=frozenset()):
    """One order through the whole audit; True when it may go on."""
    context = Audit(network=draft_network([]), skus=SKUS, bans=bans, policy=compiled(DEFAULT_POLICY, ORDER), now=NOW)
    return decide([order], context) == [order]


@pytest.mark.parametrize(
    ("holds", "found", "open_after"),
    [
        ([], [], []),
        ([], [R.ADDRESS_UNPARSED], [R.ADDRESS_UNPARSED]),
        ([], [R.ADDRESS_UNPARSED, R.AMOUNTS_DISAGREE], [R.ADDRESS_UNPARSED, R.AMOUNTS_DISAGREE]),
        # the cause went away
        ([open_hold(R.ADDRESS_UNPARSED)], [], []),
        ([open_hold(R.REMARK_UNREAD, "audit@3#remark")], [], []),
        ([open_hold(R.UNKNOWN_SHOP)], [], []),
        ([open_hold(R.ADDRESS_UNPARSED)], [R.AMOUNTS_DISAGREE], [R.AMOUNTS_DISAGREE]),
        # it is still there: one hold, not two
        ([open_hold(R.ADDRESS_UNPARSED)], [R.ADDRESS_UNPARSED], [R.ADDRESS_UNPARSED]),
        # what a person has released is not held again, but other things are
        ([released(R.REMARK_UNREAD, "user:anna")], [R.REMARK_UNREAD], []),
        ([released(R.REMARK_UNREAD, "user:anna")], [R.REMARK_UNREAD, R.AMOUNT_UNUSUAL], [R.AMOUNT_UNUSUAL]),
        # what went away by itself may come again
        ([released(R.REFUND_REQUESTED, "system")], [R.REFUND_REQUESTED], [R.REFUND_REQUESTED]),
        # holds of people are theirs to close
        ([open_hold(R.HELD_BY_PERSON, "user:anna")], [], [R.HELD_BY_PERSON]),
        ([open_hold(R.RULE_SAYS_HOLD, "user:anna")], [], [R.RULE_SAYS_HOLD]),
        # holds of other stages are not ours
        ([open_hold(R.ALREADY_SHIPPED)], [], [R.ALREADY_SHIPPED]),
        ([open_hold(R.WAREHOUSE_REFUSED_RECALL)], [], [R.WAREHOUSE_REFUSED_RECALL]),
        ([open_hold(R.EDIT_CONFLICT)], [], [R.EDIT_CONFLICT]),
        ([open_hold(R.OVER_SHIPPED)], [], [R.OVER_SHIPPED]),
    ],
)
def test_which_holds_are_open_afterwards(holds, found, open_after):
    order = draft_order([draft_line()], holds=[*holds])
    reconcile(order, [Finding(reason) for reason in found], NOW)
    assert sorted(hold.reason for hold in order.holds if hold.closed_at is None) == sorted(open_after)
    steps = [step for step, _ in order.steps]
    opened = [hold for hold in order.holds if hold.id == 0]
    assert steps.count("held") == len(opened)
    assert steps.count("hold_closed") == sum(hold.closed_at == NOW for hold in order.holds)


@pytest.mark.parametrize(
    ("more", "line", "reason"),
    [
        ({}, {}, None),
        ({"platform_status": 20}, {}, R.PLATFORM_FORBIDS),
        ({"is_presale_open": True}, {}, R.PRESALE_BALANCE_OPEN),
        ({"paid_minor": 999}, {}, R.AMOUNTS_DISAGREE),
        ({"paid_minor": 1500, "freight_minor": 500}, {}, None),
        ({"paid_minor": 1600, "freight_minor": 500, "surcharge_minor": 100}, {}, None),
        ({"goods_minor": 1200, "discount_minor": 200}, {}, None),
        ({"goods_minor": 1200, "discount_minor": 100, "paid_minor": 1100}, {}, R.AMOUNTS_DISAGREE),
        ({"region": None}, {}, R.ADDRESS_UNPARSED),
        ({"address_problem": "failed"}, {}, R.ADDRESS_UNPARSED),
        ({"region": BERLIN}, {}, None),
        ({}, {"refund": "requested"}, R.REFUND_REQUESTED),
        ({}, {"refund": "requested", "taken_back": 1}, None),
        ({}, {"refund": "withdrawn"}, None),
        ({}, {"sku_id": None}, R.LISTING_UNMAPPED),
        ({}, {"sku_id": 2}, R.GOODS_OFF_SALE),
        ({}, {"sku_id": 2, "open": 0, "reserved": 1}, None),
        ({}, {"sku_id": 3}, R.GOODS_FORBIDDEN_HERE),
        ({}, {"sku_id": 4}, R.BUNDLE_WITHOUT_PARTS),
        ({"region": BERLIN}, {"sku_id": 3}, None),
        # the platform says it has left, we have sent nothing; of services alone it may well say so
        ({"platform_status": 50}, {}, R.ALREADY_SHIPPED),
        ({"platform_status": 60}, {"open": 0, "reserved": 1}, R.ALREADY_SHIPPED),
        ({"platform_status": 40}, {}, R.ALREADY_SHIPPED),
        ({"platform_status": 50}, {"open": 0, "shipped": 1}, None),
        ({"platform_status": 40}, {"quantity": 2, "open": 1, "shipped": 1}, None),
        ({"platform_status": 80}, {}, None),
    ],
)
def test_what_the_checks_find(more, line, reason):
    order = draft_order([draft_line(**line)], **more)
    found = {finding.reason for finding in check(order, SKUS, frozenset({("dangerous", "330000")}))}
    assert found == (set() if reason is None else {reason})


@pytest.mark.parametrize("region", ["*", "CN", "330000", "330100", "330106"])
def test_a_ban_holds_for_all_below_its_region(region):
    order = draft_order([draft_line(sku_id=3)])
    assert not audit(order, frozenset({("dangerous", region)}))
    assert order.waits_for == R.GOODS_FORBIDDEN_HERE


def test_the_audit_closes_only_what_it_may_open():
    assert {R.UNKNOWN_SHOP} <= SYSTEM_REASONS
    assert not SYSTEM_REASONS & (HOLDABLE - {R.GOODS_FORBIDDEN_HERE})


@pytest.mark.parametrize(
    ("expires_in", "goes_on", "due"),
    [(timedelta(0), True, None), (timedelta(seconds=-1), True, None), (timedelta(hours=1), False, NOW + timedelta(hours=1)), (None, False, None)],
)
def test_a_hold_that_ends_by_itself(expires_in, goes_on, due):
    hold = open_hold(R.HELD_BY_PERSON, "user:anna", expires_at=None if expires_in is None else NOW + expires_in)
    order = draft_order([draft_line()], holds=[hold], due_at=NOW)
    assert audit(order) == goes_on
    assert order.due_at == due


def test_a_hold_on_the_release_alone_lets_sourcing_go_on_and_its_end_is_not_forgotten():
    end = NOW + timedelta(hours=1)
    order = draft_order([draft_line()], holds=[open_hold(R.HELD_BY_PERSON, "user:anna", stops=2, expires_at=end)])
    assert audit(order)
    assert order.due_at == end


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ({}, R.SHORT_OF_STOCK, R.SHORT_OF_STOCK),  # sourcing looks next and says what it waits for
        ({}, R.REMARK_UNREAD, ""),
        ({}, R.HELD_BY_PERSON, ""),
        ({"open": 0, "reserved": 1}, R.SHORT_OF_STOCK, ""),
        ({"open": 0, "shipped": 1}, R.SHORT_OF_STOCK, ""),
    ],
)
def test_an_order_that_waits_for_nothing_says_so(line, before, after):
    order = draft_order([draft_line(**line)], waits_for=before)
    audit(order)
    assert order.waits_for == after


def test_a_held_order_gives_up_its_place_among_the_short():
    order = draft_order([draft_line(quantity=3, open=1, short=2)], state=OrderState.BACKORDERED, is_presale_open=True)
    assert not audit(order)
    assert [(line.open, line.short) for line in order.lines] == [(3, 0)]


@pytest.mark.parametrize(("state", "left"), [(OrderState.UNPAID, 1), (OrderState.CANCELLED, 0)])
def test_unpaid_and_cancelled_orders_go_nowhere_and_the_cancelled_are_held_no_more(state, left):
    order = draft_order([draft_line()], state=state, due_at=NOW, holds=[open_hold(R.HELD_BY_PERSON, "user:anna")])
    assert not audit(order)
    assert order.due_at is None
    assert sum(hold.closed_at is None for hold in order.holds) == left


def test_a_stopped_release_goes_on_when_its_hold_is_gone():
    from drafts import draft_fulfilment

    plan = draft_fulfilment({1: 1}, state=FulfilmentState.PLANNED, release_due_at=None)
    order = draft_order([draft_line(open=0, reserved=1)], state=OrderState.SOURCED, fulfilments=[plan], holds=[open_hold(R.REFUND_REQUESTED)])
    assert not audit(order)
    assert plan.release_due_at == NOW
    assert plan.is_changed


def test_of_a_service_that_left_by_itself_the_goods_are_not_thought_shipped():
    goods, card = draft_line(), draft_line(2, kind="service", open=0, sku_id=None)
    assert not list(check(draft_order([goods, card], platform_status=40), SKUS, frozenset()))


BY_PLATFORM = {"reason": R.ALREADY_SHIPPED, "opened_at": EARLIER, "origin": "platform"}


@pytest.mark.parametrize(
    ("holds", "shipped", "still_open"),
    [
        ([], 0, ["platform"]),
        ([Hold(**BY_PLATFORM, id=1)], 0, ["platform"]),
        ([Hold(**BY_PLATFORM, id=1)], 1, []),
        # a person has said that it goes out all the same
        ([Hold(**BY_PLATFORM, id=1, closed_at=EARLIER, closed_by="user:anna")], 0, []),
    ],
)
def test_what_only_the_platform_calls_shipped_is_held_until_somebody_says_go_on(holds, shipped, still_open):
    order = draft_order([draft_line(quantity=2, open=2 - shipped, shipped=shipped)], platform_status=50, holds=holds)
    assert audit(order) != bool(still_open)
    assert [hold.origin for hold in order.holds if hold.closed_at is None] == still_open
    assert order.waits_for == (R.ALREADY_SHIPPED if still_open else "")


def request(n, ref, **more):
    return draft_line(n, sku_id=1, refund="requested", refund_ref=ref, **more)


def refund_hold(note, by=""):
    return Hold(id=1, reason=R.REFUND_REQUESTED, origin="system", note=note, opened_at=EARLIER, closed_at=EARLIER if by else None, closed_by=by)


@pytest.mark.parametrize(
    ("holds", "asked", "open_notes"),
    [
        ([], ["A@1"], ["A@1"]),
        ([refund_hold("A@1")], ["A@1"], ["A@1"]),
        # decided by a person: the same one told again changes nothing, another one or the same asked anew does
        ([refund_hold("A@1", "user:anna")], ["A@1"], []),
        ([refund_hold("A@1", "user:anna")], ["B@1"], ["B@1"]),
        ([refund_hold("A@1", "user:anna")], ["A@2"], ["A@2"]),
        ([refund_hold("A@1", "user:anna")], ["A@1", "B@1"], ["B@1"]),
        ([refund_hold("A@1, B@1", "user:anna")], ["A@1", "B@1"], []),
        ([refund_hold("A@1", "system")], ["A@1"], ["A@1"]),
        # more is asked than the open hold tells: a person must see all of it
        ([refund_hold("A@1")], ["A@1", "B@1"], ["A@1, B@1"]),
        ([refund_hold("A@1, B@1")], ["B@1"], ["A@1, B@1"]),
        ([refund_hold("A@1")], [], []),
    ],
)
def test_each_request_for_a_refund_is_decided_once(holds, asked, open_notes):
    order = draft_order([draft_line(9), *(request(n, ref) for n, ref in enumerate(asked, 1))], holds=holds)
    assert audit(order) == (not open_notes)
    assert [hold.note for hold in order.holds if hold.closed_at is None] == open_notes


@pytest.mark.parametrize("holds", [[], [open_hold(R.HELD_BY_PERSON, "user:anna"), open_hold(R.NOTHING_TO_SHIP)]])
def test_an_order_of_services_ends_without_a_hold(holds):
    order = draft_order([draft_line(kind="service", open=0, sku_id=None)], region=None, paid_minor=1, holds=holds, due_at=NOW, waits_for="x")
    assert not audit(order)
    assert (order.due_at, order.waits_for, [hold for hold in order.holds if hold.closed_at is None]) == (None, "", [])
    assert order.steps[-1] == ("completed", {"reason": R.NOTHING_TO_SHIP})
