"""Orders that a pass looks at a second time: what changed must be taken, what did not must stay, nobody may be forgotten or looked at for ever."""

from datetime import timedelta

import pytest

from hands import delivers, gives_back, leaders, let_go, order_by_hand, order_ids, rejects, run, settle_down, ships
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.orders.commands import Cancel, Edit, PutHold, ReleaseHolds
from paidan.orders.load import due_order_ids
from paidan.stock.store import forget_changes
from scene import NOW, line, order, receiver

A_MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(minutes=11)
GUANGZHOU = {"province": "广东省", "city": "广州市", "district": "天河区", "detail": "体育西路1号"}


def due(scene, now):
    with scene.database.transaction() as tx:
        return due_order_ids(tx, list(range(64)), 100, now)


def state_of(scene):
    return scene.query("SELECT state, waits_for FROM sales_order ORDER BY platform_order_no")


def plans(scene):
    return scene.query("SELECT id, state FROM fulfilment ORDER BY id")


@pytest.mark.parametrize("stops", [1, 2])
def test_a_hold_that_expires_is_looked_at_then_and_not_before(scene, stops):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    [order_id] = order_ids(scene)
    order_by_hand(scene, order_id, PutHold(note="wait", stops=stops, expires_at=NOW + timedelta(hours=1)))
    settle_down(scene, NOW)
    assert due(scene, NOW) == []
    settle_down(scene, LATER)
    assert leaders(scene) == []
    settle_down(scene, NOW + timedelta(hours=1))
    settle_down(scene, NOW + timedelta(hours=2))
    assert len(leaders(scene)) == 1


def test_a_delivered_order_hears_that_the_trade_is_finished(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    assert let_go(scene) == 1
    [leader] = leaders(scene)
    ships(scene, leader)
    delivers(scene, leader)
    assert state_of(scene)[0][0] == 90
    run(scene, order("1", line("X", quantity_shipped=1), status=PlatformStatus.FINISHED, version_at=LATER), now=LATER)
    assert state_of(scene)[0][0] == 90
    assert scene.query("SELECT platform_status FROM sales_order") == [(60,)]


def test_the_same_receiver_told_again_changes_no_plan(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    before = plans(scene)
    run(scene, order("1", line("X"), seller_flag=2, version_at=NOW + A_MINUTE))
    assert plans(scene) == before
    assert let_go(scene) == 1
    run(scene, order("1", line("X"), seller_flag=3, version_at=NOW + 2 * A_MINUTE))
    assert [state for _, state in plans(scene)] == [30]


def test_another_receiver_before_the_release_is_planned_anew(scene):
    scene.set_up({"A": {"X": 1}, "B": {"X": 1}})
    run(scene, order("1", line("X")))
    before = plans(scene)
    run(scene, order("1", line("X"), receiver=receiver(1, **GUANGZHOU), version_at=NOW + A_MINUTE))
    assert plans(scene)[0] == (before[0][0], 95)
    assert [state for _, state in plans(scene)] == [95, 10]
    assert scene.query("SELECT r.city FROM sales_order o JOIN receiver r ON r.id = o.receiver_id") == [("广州市",)]
    assert scene.query(
        "SELECT DISTINCT f.receiver_id = o.receiver_id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id AND f.state = 10"
    ) == [(True,)]


def test_another_receiver_after_the_release_calls_the_parcel_back(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    run(scene, order("1", line("X"), receiver=receiver(1, **GUANGZHOU), version_at=LATER), now=LATER)
    [leader] = leaders(scene)
    assert [state for _, state in plans(scene)] == [50]
    gives_back(scene, leader, LATER)
    settle_down(scene, LATER)
    assert next(state for _, state in plans(scene)) == 95
    settle_down(scene, LATER + timedelta(hours=1))
    assert [state for _, state in plans(scene)] == [95, 30]


def test_an_older_receiver_is_not_taken(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), version_at=NOW + A_MINUTE))
    run(scene, order("1", line("X"), receiver=receiver(1, **GUANGZHOU)))
    assert scene.query("SELECT r.city FROM sales_order o JOIN receiver r ON r.id = o.receiver_id") == [("杭州市",)]


def test_what_stays_of_an_order_keeps_its_last_units(scene):
    scene.set_up({"A": {"X": 1, "Y": 1}})
    run(scene, order("1", line("X"), line("Y")))
    run(scene, order("1", line("X", refund=RefundStatus.REFUNDED), line("Y"), version_at=NOW + A_MINUTE))
    assert state_of(scene) == [(50, "")]


def test_units_given_back_in_a_pass_serve_the_next_order_of_that_pass(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    run(
        scene,
        order("1", line("X"), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + A_MINUTE),
        order("2", line("X"), receiver=receiver(2)),
    )
    assert [state for state, _ in state_of(scene)] == [95, 50]


def test_within_one_pass_newcomers_leave_the_units_of_an_earlier_promise(scene):
    scene.set_up({"A": {"X": 1, "Y": 5}})
    early = order("1", line("X", 2), line("Y", 5), ship_by_at=NOW + timedelta(hours=1))
    run(scene, order("2", line("Y"), receiver=receiver(2)), early)
    assert state_of(scene) == [(40, "short_of_stock"), (40, "short_of_stock")]


def test_an_order_paid_and_held_in_this_pass_keeps_its_units(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), status=PlatformStatus.UNPAID, paid_at=None))
    paid = order("1", line("X"), buyer_remark="急", version_at=NOW + A_MINUTE)
    run(scene, paid, order("2", line("X"), receiver=receiver(2)))
    assert state_of(scene) == [(20, "remark_unread"), (40, "short_of_stock")]


def test_units_of_an_order_that_ends_in_this_pass_are_for_newcomers(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), buyer_remark="急"))
    closed = order("1", line("X"), buyer_remark="急", status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + A_MINUTE)
    run(scene, closed, order("2", line("X"), receiver=receiver(2)))
    assert [state for state, _ in state_of(scene)] == [95, 50]


def test_an_order_without_receiver_that_a_person_lets_go_waits_for_its_address(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), receiver=None))
    assert state_of(scene) == [(20, "address_unparsed")]
    order_by_hand(scene, order_ids(scene)[0], ReleaseHolds(note="let it go"))
    run(scene, due=order_ids(scene))
    assert state_of(scene) == [(20, "address_unparsed")]
    run(scene, order("1", line("X"), version_at=NOW + A_MINUTE))
    assert state_of(scene) == [(50, "")]


def test_what_shall_stay_together_is_never_split(scene):
    scene.set_up({"A": {"X": 1}, "B": {"Y": 1}})
    run(scene, order("1", line("X"), line("Y"), buyer_remark="一起发"))
    order_by_hand(scene, order_ids(scene)[0], Edit(is_alone=True))
    order_by_hand(scene, order_ids(scene)[0], ReleaseHolds(note="read"))
    run(scene, due=order_ids(scene))
    assert plans(scene) == []
    assert state_of(scene)[0][0] == 40


def test_a_person_cancels_before_the_release(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    order_by_hand(scene, order_ids(scene)[0], Cancel(note="asked by phone"))
    run(scene, due=order_ids(scene))
    assert state_of(scene)[0][0] == 95
    assert scene.query("SELECT SUM(reserved_hard) FROM balance") == [(0,)]


def test_a_person_cancels_what_is_at_the_warehouse(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    order_by_hand(scene, order_ids(scene)[0], Cancel(note="asked by phone"), now=LATER)
    settle_down(scene, LATER)
    [leader] = leaders(scene)
    assert [state for _, state in plans(scene)] == [50]
    gives_back(scene, leader, LATER)
    settle_down(scene, LATER)
    assert state_of(scene)[0][0] == 95
    assert scene.broken_invariants() == {}


def test_a_person_sees_that_it_was_too_late_and_says_so(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    [leader] = leaders(scene)
    ships(scene, leader, now=LATER)
    run(scene, order("1", line("X"), status=PlatformStatus.CLOSED_REFUNDED, version_at=LATER), now=LATER)
    assert state_of(scene) == [(80, "already_shipped")]
    answer = order_by_hand(scene, order_ids(scene)[0], ReleaseHolds(note="asked for a return"), now=LATER)
    assert answer.reason is None
    settle_down(scene, LATER)
    assert state_of(scene) == [(80, "")]
    assert order_by_hand(scene, order_ids(scene)[0], Cancel(note=""), now=LATER).reason == "already_shipped"


def test_the_price_of_an_unpaid_bundle_may_change_and_its_parts_follow(scene):
    scene.set_up({"A": {"P": 10, "Q": 10}}, bundles={"SET": {"P": 2, "Q": 1}})
    run(scene, order("1", line("SET", 2, 1001), status=PlatformStatus.UNPAID, paid_at=None))
    cheaper = line("SET", 2, 1001, payable_minor=1000)
    run(scene, order("1", cheaper, discount_minor=1002, paid_minor=1000, version_at=NOW + A_MINUTE))
    assert scene.query("SELECT kind, payable_minor FROM order_line ORDER BY line_no") == [("bundle", 1000), ("part", 667), ("part", 333)]


def test_a_rejected_order_goes_to_the_other_warehouse(scene):
    scene.set_up({"A": {"X": 1}, "B": {"X": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    [leader] = leaders(scene)
    rejects(scene, leader, LATER)
    settle_down(scene, LATER)
    assert scene.query("SELECT w.code, f.state FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id ORDER BY f.id") == [("A", 90), ("B", 10)]
    assert scene.broken_invariants() == {}


@pytest.mark.parametrize("closed", ["1", "2"], ids=["who leads", "who travels with it"])
def test_of_two_that_travel_together_one_is_cancelled_and_the_other_goes_out_again(scene, closed):
    scene.set_up({"A": {"X": 2}})
    run(scene, order("1", line("X")), order("2", line("X"), version_at=NOW + A_MINUTE))
    assert let_go(scene) == 1
    [leader] = leaders(scene)
    run(scene, order(closed, line("X"), status=PlatformStatus.CLOSED_REFUNDED, version_at=LATER), now=LATER)
    gives_back(scene, leader, LATER)
    assert scene.broken_invariants() == {}
    settle_down(scene, LATER)
    other = "2" if closed == "1" else "1"
    assert dict(scene.query("SELECT platform_order_no, state FROM sales_order")) == {closed: 95, other: 60}
    [(attempt, merged_into)] = scene.query("SELECT attempt, merged_into_id FROM fulfilment WHERE state = 30")
    assert merged_into is None
    assert attempt == (1 if closed == "1" else 2)  # who led was known to the warehouse by its number: it needs another
    assert scene.query("SELECT on_hand, reserved_hard FROM balance") == [(2, 1)]
    assert scene.broken_invariants() == {}


def test_changes_of_stock_are_forgotten_when_both_readers_are_done(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    scene.query("UPDATE stock_change SET is_woken = true, is_pushed = true RETURNING id")
    with scene.database.transaction() as tx:
        forget_changes(tx)
    assert scene.query("SELECT COUNT(*) FROM stock_change") == [(0,)]
