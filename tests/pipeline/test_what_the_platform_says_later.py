"""Words of a platform that come when an order is under way: each ends in what a merchant would do."""

from datetime import timedelta

import pytest

from hands import delivers, gives_back, leaders, let_go, order_by_hand, order_ids, run, settle_down, ships
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.fulfilment.consignments import load_consignments
from paidan.orders.commands import ReleaseHolds
from scene import NOW, line, order

A_MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(minutes=11)
SHIPPED = {"status": PlatformStatus.SHIPPED, "version_at": NOW + A_MINUTE}


def orders(scene):
    return scene.query("SELECT state, waits_for FROM sales_order ORDER BY platform_order_no")


def plans(scene):
    return [state for (state,) in scene.query("SELECT state FROM fulfilment ORDER BY id")]


def open_holds(scene):
    return [reason for (reason,) in scene.query("SELECT reason FROM hold WHERE closed_at IS NULL ORDER BY id")]


def go_on(scene, now):
    [order_id] = order_ids(scene)
    assert order_by_hand(scene, order_id, ReleaseHolds(note="seen"), now=now).reason is None
    settle_down(scene, now)


def test_what_only_the_platform_calls_shipped_is_kept_until_a_person_says_go_on(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    run(scene, order("1", line("X"), **SHIPPED), now=NOW + A_MINUTE)
    assert (let_go(scene), plans(scene), open_holds(scene)) == (0, [10], ["already_shipped"])
    assert orders(scene) == [(50, "already_shipped")]
    go_on(scene, LATER)
    assert (plans(scene), open_holds(scene), orders(scene)) == ([30], [], [(60, "")])
    run(scene, order("1", line("X"), status=PlatformStatus.FINISHED, version_at=LATER), now=LATER)
    assert (plans(scene), open_holds(scene)) == ([30], [])


def test_an_order_not_sourced_yet_is_not_sourced_when_the_platform_calls_it_shipped(scene):
    scene.set_up({"A": {"X": 0}})
    run(scene, order("1", line("X")))
    run(scene, order("1", line("X"), **SHIPPED), now=NOW + A_MINUTE)
    with scene.database.transaction() as tx:
        scene.receive(tx, "A", "X", 5)
    settle_down(scene, LATER)
    assert (plans(scene), orders(scene)) == ([], [(20, "already_shipped")])


def test_what_is_at_the_warehouse_is_shown_to_people_and_not_called_back_and_its_parcel_ends_the_doubt(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    run(scene, order("1", line("X"), **SHIPPED), now=LATER)
    assert (plans(scene), open_holds(scene)) == ([30], ["already_shipped"])
    [leader] = leaders(scene)
    ships(scene, leader, now=LATER)
    settle_down(scene, LATER)
    assert (open_holds(scene), orders(scene)) == ([], [(80, "")])
    assert scene.broken_invariants() == {}


@pytest.mark.parametrize(("refund_ref", "status"), [("B", RefundStatus.REQUESTED), ("A", RefundStatus.WITHDRAWN)])
def test_a_further_request_for_a_refund_holds_again(scene, refund_ref, status):
    scene.set_up({"A": {"X": 1}})

    def asks(ref, minutes, refund=RefundStatus.REQUESTED):
        now = NOW + minutes * A_MINUTE
        run(scene, order("1", line("X", refund=refund, refund_ref=ref), version_at=now, seller_flag=minutes % 5), now=now)

    run(scene, order("1", line("X")))
    asks("A", 1)
    assert open_holds(scene) == ["refund_requested"]
    go_on(scene, NOW + 2 * A_MINUTE)
    asks("A", 3)
    assert open_holds(scene) == []
    settle_down(scene, LATER)
    asks("A", 12)
    assert (plans(scene), open_holds(scene)) == ([30], []), "what was decided is not called back"
    asks(refund_ref, 13, status)
    if status == RefundStatus.WITHDRAWN:
        assert (plans(scene), open_holds(scene)) == ([30], [])
        asks("A", 14)
    assert (plans(scene), open_holds(scene)) == ([50], ["refund_requested"])


def merged(scene):
    return scene.query("SELECT state, merged_into_id IS NOT NULL FROM fulfilment ORDER BY id")


def is_cod_at_the_warehouse(scene):
    ids = [row[0] for row in scene.query("SELECT id FROM fulfilment WHERE merged_into_id IS NULL AND state < 90 ORDER BY id")]
    with scene.database.transaction() as tx:
        return [found.is_cod for _, found in sorted(load_consignments(tx, ids, scene.sealer).items())]


def test_cash_on_delivery_told_later_travels_alone_and_is_told_to_the_warehouse(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")), order("2", line("X")))
    run(scene, order("2", line("X"), is_cod=True, version_at=NOW + A_MINUTE), now=NOW + A_MINUTE)
    assert scene.query("SELECT is_cod, merge_key IS NULL FROM sales_order ORDER BY platform_order_no") == [(False, False), (True, True)]
    assert let_go(scene) == 2
    assert merged(scene) == [(30, False), (30, False)]
    assert is_cod_at_the_warehouse(scene) == [False, True]


def test_a_merged_parcel_in_which_one_turns_out_to_be_cash_on_delivery_is_called_back_and_goes_out_as_two(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("X")), order("2", line("X")))
    assert let_go(scene) == 1
    run(scene, order("2", line("X"), is_cod=True, version_at=LATER), now=LATER)
    assert merged(scene) == [(50, False), (20, True)]
    gives_back(scene, leaders(scene)[0], now=LATER)
    settle_down(scene, LATER)
    assert merged(scene) == [(30, False), (30, False)]
    assert is_cod_at_the_warehouse(scene) == [False, True]
    assert scene.broken_invariants() == {}


@pytest.mark.parametrize("more", [{}, {"receiver": None}, {"buyer_remark": "补差价"}, {"status": PlatformStatus.FINISHED}])
def test_an_order_of_services_is_completed_and_not_cancelled(scene, more):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("POSTAGE", is_service=True), **more))
    settle_down(scene, LATER)
    assert (orders(scene), open_holds(scene)) == ([(92, "")], [])
    run(scene, order("1", line("POSTAGE", is_service=True), status=PlatformStatus.CLOSED_REFUNDED, version_at=LATER), now=LATER)
    assert (orders(scene), open_holds(scene)) == ([(92, "")], [])


def test_an_order_of_services_paid_later_is_completed_then(scene):
    scene.set_up({"A": {"X": 5}})
    run(scene, order("1", line("POSTAGE", is_service=True), status=PlatformStatus.UNPAID, paid_at=None))
    assert orders(scene)[0][0] == 10
    run(scene, order("1", line("POSTAGE", is_service=True), version_at=NOW + A_MINUTE))
    assert orders(scene) == [(92, "")]


@pytest.mark.parametrize("arrives_first", [True, False])
def test_a_part_shipped_order_whose_rest_is_cancelled_is_delivered_when_its_parcels_are(scene, arrives_first):
    scene.set_up({"A": {"X": 1}, "B": {"Y": 1}})
    run(scene, order("1", line("X"), line("Y")))
    let_go(scene)
    here, there = leaders(scene)
    ships(scene, here, now=LATER)
    assert orders(scene)[0][0] == 70
    if arrives_first:
        delivers(scene, here, now=LATER)
    run(scene, order("1", line("X"), line("Y", refund=RefundStatus.REFUNDED), version_at=LATER), now=LATER)
    gives_back(scene, there, now=LATER)
    settle_down(scene, LATER)
    if not arrives_first:
        assert orders(scene)[0][0] == 80
        delivers(scene, here, now=LATER)
    assert orders(scene) == [(90, "")]
    assert scene.broken_invariants() == {}


def test_a_line_added_after_all_has_left_goes_out_too(scene):
    scene.set_up({"A": {"X": 1, "Y": 1}})
    run(scene, order("1", line("X")))
    let_go(scene)
    ships(scene, leaders(scene)[0], now=LATER)
    run(scene, order("1", line("X", quantity_shipped=1), line("Y"), version_at=LATER), now=LATER)
    assert (orders(scene)[0][0], plans(scene)) == (70, [70, 10])
