"""Messages of one order come in any order, late, twice, several at once: the facts end the same."""

from hashlib import blake2b
from itertools import count

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.histories import A_MINUTE, deliveries, histories
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.intake.decide import Known, Parsed, decide
from paidan.intake.fold import CLOSED, fold, is_paid, new_order, platform_sold
from paidan.kernel.reasons import Reason
from paidan.kernel.states import OrderState
from paidan.network.load import Shop
from paidan.orders.batch import Batch
from scene import NOW, line, order, receiver

SHOP = Shop(id=7, code="S1", name="一店", platform="direct")


def digest(purpose, text):
    return blake2b(f"{purpose}:{text}".encode(), digest_size=8).digest()


def taken_in(batches):
    """The order after these batches of messages, folded as intake does; each batch is a pass."""
    orders = {}
    numbers = count(1)
    for facts in batches:
        parsed = [Parsed(message_id=next(numbers), shop=SHOP, facts=f) for f in facts]
        batch = Batch(now=NOW)
        decide(batch, parsed, Known(orders=dict(orders), listings={}), ids=lambda n: [next(numbers) for _ in range(n)], digest=digest)
        for got in batch.orders:
            got.is_new, got.path, got.receiver_id = False, [], 1
            orders[SHOP.id, got.platform_order_no] = got
    return orders[SHOP.id, "1"]


def facts_of(got):
    lines = {x.line_ref: (x.quantity, x.refund, x.taken_back, x.payable_minor) for x in got.lines}
    told = (got.platform_status, got.platform_version_at, got.platform_digest, got.is_closed, got.paid_at, got.seller_flag)
    return (*told, got.has_buyer_remark, got.remarks or ("", ""), got.receiver_digest, got.receiver_version_at, got.merge_key, lines)


@given(st.data())
def test_any_order_and_any_repetition_of_messages_end_in_the_same_facts(data):
    told = data.draw(histories())
    straight = taken_in([[f] for f in told])
    assert facts_of(taken_in(data.draw(deliveries(told)))) == facts_of(straight)


@given(st.data())
def test_what_was_closed_is_closed_for_ever(data):
    told = data.draw(histories())
    closed = False
    got = None
    for facts in [f for batch in data.draw(deliveries(told)) for f in batch]:
        if got is None:
            got = new_order(facts, order_id=1, shop_id=7, bucket=0, now=NOW)
        else:
            fold(got, facts, now=NOW)
        closed = closed or facts.status in CLOSED
        assert got.is_closed == closed
        assert not closed or platform_sold(got) == {}


def test_a_line_that_only_the_older_message_has_is_bought_whichever_comes_first():
    both = order("1", line("X"), line("Y", 3))
    one = order("1", line("X"), version_at=NOW + A_MINUTE)
    straight = taken_in([[both], [one]])
    assert [x.quantity for x in straight.lines] == [1, 3]
    for batches in ([[one], [both]], [[one, both]], [[one], [both], [both]]):
        assert facts_of(taken_in(batches)) == facts_of(straight)


@pytest.mark.parametrize("closing", sorted(CLOSED))
def test_a_platform_that_takes_its_closing_back_is_not_believed(closing):
    closed = order("1", line("X"), status=closing)
    again = order("1", line("X"), status=PlatformStatus.PAID, version_at=NOW + A_MINUTE)
    for messages in ([closed, again], [again, closed]):
        got = taken_in([[facts] for facts in messages])
        assert (got.is_closed, got.platform_status) == (True, PlatformStatus.PAID)
        assert platform_sold(got) == {}


@given(histories(), st.randoms(use_true_random=False))
def test_an_older_message_overwrites_nothing(told, chance):
    *older, newest = sorted(told, key=lambda f: (f.version_at, f.status))
    got = new_order(newest, order_id=1, shop_id=7, bucket=0, now=NOW)
    before = msgspec.json.encode((got.platform_status, got.paid_at, got.seller_flag, got.has_buyer_remark, [x.refund for x in got.lines]))
    chance.shuffle(older)
    for facts in older:
        if facts.version_at < newest.version_at:
            fold(got, facts, now=NOW)
    assert msgspec.json.encode((got.platform_status, got.paid_at, got.seller_flag, got.has_buyer_remark, [x.refund for x in got.lines])) == before


@given(histories())
def test_the_same_message_again_changes_nothing(told):
    got = taken_in([told])
    got.is_changed = False
    assert [fold(got, facts, now=NOW) for facts in told] == [False] * len(told)
    assert not got.is_changed


@given(histories())
def test_units_taken_back_never_exceed_what_was_bought_and_units_never_get_lost(told):
    got = taken_in([[f] for f in told])
    for x in got.lines:
        assert 0 <= x.taken_back <= x.quantity
        assert x.open + x.cancelled == x.quantity


@pytest.mark.parametrize(
    ("first", "state", "reason"),
    [
        ({"status": PlatformStatus.UNPAID, "paid_at": None}, OrderState.UNPAID, Reason.PAYMENT_MISSING),
        ({"status": PlatformStatus.UNPAID, "paid_at": None, "is_cod": True}, OrderState.RECEIVED, ""),
        ({"status": PlatformStatus.FORBIDDEN}, OrderState.RECEIVED, ""),
        ({"status": PlatformStatus.PAID}, OrderState.RECEIVED, ""),
        ({"status": PlatformStatus.PART_SHIPPED}, OrderState.RECEIVED, ""),
        ({"status": PlatformStatus.SHIPPED}, OrderState.CANCELLED, Reason.ALREADY_SHIPPED),
        ({"status": PlatformStatus.FINISHED}, OrderState.CANCELLED, Reason.ALREADY_SHIPPED),
        ({"status": PlatformStatus.CLOSED_UNPAID, "paid_at": None}, OrderState.CANCELLED, Reason.CLOSED_UNPAID),
        ({"status": PlatformStatus.CLOSED_REFUNDED}, OrderState.CANCELLED, Reason.REFUNDED),
    ],
)
def test_where_an_order_starts(first, state, reason):
    got = new_order(order("1", line("X", 2), **first), order_id=1, shop_id=7, bucket=0, now=NOW)
    assert (got.state, got.waits_for) == (state, reason)
    assert got.lines[0].cancelled == (2 if state == OrderState.CANCELLED else 0)


@pytest.mark.parametrize(
    ("told", "taken_back"),
    [
        ({}, 0),
        ({"quantity_cancelled": 2}, 2),
        ({"refund": RefundStatus.REQUESTED}, 0),
        ({"refund": RefundStatus.WITHDRAWN, "quantity_cancelled": 1}, 1),
        ({"refund": RefundStatus.REFUNDED}, 3),
        ({"refund": RefundStatus.REFUNDED, "quantity_shipped": 1}, 2),
        ({"refund": RefundStatus.REFUNDED, "quantity_shipped": 3}, 0),
        ({"quantity_cancelled": 3, "quantity_shipped": 2}, 1),
        ({"quantity_shipped": 5, "quantity_cancelled": 1}, 0),
    ],
)
def test_what_counts_as_taken_back(told, taken_back):
    got = new_order(order("1", line("X", 3, **told)), order_id=1, shop_id=7, bucket=0, now=NOW)
    assert got.lines[0].taken_back == taken_back


def test_units_a_late_message_tells_as_taken_back_are_taken_back():
    refunded = order("1", line("X", 2, refund=RefundStatus.REFUNDED), version_at=NOW)
    shipped = order("1", line("X", 2, refund=RefundStatus.REFUNDED, quantity_shipped=2), version_at=NOW + A_MINUTE)
    assert facts_of(taken_in([[refunded], [shipped]])) == facts_of(taken_in([[shipped], [refunded]]))


@pytest.mark.parametrize(("status", "paid"), [(10, False), (20, True), (30, True), (40, True), (50, True), (60, True), (80, False), (90, False)])
def test_what_the_platform_counts_as_sold(status, paid):
    assert is_paid(status) == paid


def test_every_status_is_asked_about_above():
    assert {status.value for status in PlatformStatus} == {10, 20, 30, 40, 50, 60, 80, 90}


def test_a_receiver_edited_by_hand_is_never_overwritten_and_the_conflict_is_told_once():
    got = taken_in([[order("1", line("X"))]])
    got.edits = {"receiver": {"theirs": "1"}}
    before = got.their_digest = got.receiver_digest
    batch = Batch(now=NOW)
    parsed = [Parsed(message_id=n, shop=SHOP, facts=order("1", line("X"), receiver=receiver(n), version_at=NOW + n * A_MINUTE)) for n in (2, 3)]
    decide(batch, parsed, Known(orders={(7, "1"): got}, listings={}), ids=lambda n: list(range(n)), digest=digest)
    assert got.receiver_digest == before
    assert [hold.reason for hold in got.holds] == [Reason.EDIT_CONFLICT]
    assert got.receiver_version_at == NOW + 3 * A_MINUTE


def request(ref="", **more):
    return order("1", line("X", refund=RefundStatus.REQUESTED, refund_ref=ref), **more)


@pytest.mark.parametrize(
    ("before", "after", "is_another"),
    [
        ({"refund": "requested", "refund_ref": "A"}, {"refund": "requested", "refund_ref": "A"}, False),
        ({"refund": "requested", "refund_ref": "A"}, {"refund": "requested", "refund_ref": "B"}, True),
        ({"refund": "requested", "refund_ref": "A/1"}, {"refund": "requested", "refund_ref": "A/2"}, True),
        ({"refund": "requested", "refund_ref": "A"}, {"refund": "requested"}, False),
        ({"refund": "requested"}, {"refund": "requested"}, False),
        ({"refund": "requested"}, {"refund": "requested", "refund_ref": "A"}, True),
    ],
)
def test_which_request_for_a_refund_is_another_one(before, after, is_another):
    told = [order("1", line("X", **before)), order("1", line("X", **after), version_at=NOW + A_MINUTE)]
    first = taken_in([[told[0]]]).lines[0].refund_ref
    assert first.startswith(f"{before.get('refund_ref', '')}@")
    assert (taken_in([told]).lines[0].refund_ref != first) == is_another


@pytest.mark.parametrize("ref", ["", "A"])
def test_a_request_withdrawn_and_made_again_is_another_one(ref):
    withdrawn = order("1", line("X", refund=RefundStatus.WITHDRAWN, refund_ref=ref), version_at=NOW + A_MINUTE)
    first = taken_in([[request(ref)]]).lines[0].refund_ref
    assert taken_in([[request(ref), withdrawn]]).lines[0].refund_ref == first
    assert taken_in([[request(ref), withdrawn, request(ref, version_at=NOW + 2 * A_MINUTE)]]).lines[0].refund_ref != first


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("cods", [(False, True), (True, False), (False, True, False), (False, False)])
def test_cash_on_delivery_told_later_is_taken_and_such_an_order_has_no_merge_key(cods, masked):
    who = receiver(1, name="张*", oaid="TOKEN", masked=True) if masked else receiver(1)
    told = [order("1", line("X"), is_cod=cod, receiver=who, version_at=NOW + n * A_MINUTE) for n, cod in enumerate(cods)]
    got = taken_in([[facts] for facts in told])
    assert got.is_cod == cods[-1]
    assert (got.merge_key is None) == (cods[-1] or masked)
    assert got.is_cod_changed == (len(set(cods)) > 1)


MASKED = {"name": "张*", "phone": "138****0001", "detail": "文三路***", "oaid": "T1", "masked": True}


@pytest.mark.parametrize(
    ("more", "is_kept"),
    [
        ({}, True),
        ({"name": "张**", "phone": "*******0001", "detail": "文*路1号"}, True),  # another interface, other asterisks
        ({"oaid": "T2"}, False),
        ({"district": "余杭区"}, False),
        ({"name": "张三", "phone": "13800000001", "masked": False}, False),
    ],
)
def test_a_merge_key_told_by_the_platform_stays_with_its_receiver(more, is_kept):
    got = taken_in([[order("1", line("X"), receiver=receiver(1, **MASKED))]])
    got.merge_key, got.is_receiver_changed = b"told", False
    newer = order("1", line("X"), receiver=receiver(1, **{**MASKED, **more}), version_at=NOW + A_MINUTE)
    decide(
        Batch(now=NOW),
        [Parsed(message_id=9, shop=SHOP, facts=newer)],
        Known(orders={(7, "1"): got}, listings={}),
        ids=lambda n: list(range(n)),
        digest=digest,
    )
    assert (got.merge_key == b"told", got.is_receiver_changed) == (is_kept, not is_kept)
    assert got.receiver_version_at == NOW + A_MINUTE


@pytest.mark.parametrize("state", [OrderState.DELIVERED, OrderState.COMPLETED, OrderState.CANCELLED])
def test_a_line_told_after_the_end_is_nobodys_work(state):
    got = taken_in([[order("1", line("X"))]])
    got.state = state
    fold(got, order("1", line("X"), line("Y", 2), version_at=NOW + A_MINUTE), now=NOW)
    assert [(x.open, x.cancelled) for x in got.lines][1] == (0, 2)


@pytest.mark.parametrize("status", [PlatformStatus.SHIPPED, PlatformStatus.FINISHED])
def test_services_that_left_by_themselves_are_no_cancelled_order(status):
    got = new_order(order("1", line("X", is_service=True), status=status), order_id=1, shop_id=7, bucket=0, now=NOW)
    assert got.state == OrderState.RECEIVED
