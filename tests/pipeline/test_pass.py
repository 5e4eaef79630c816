from datetime import timedelta

import pytest

from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.pipeline import Passed, run_pass
from scene import NOW, Scene, empty, line, order, receiver


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def run(scene: Scene, *facts, due=(), now=NOW) -> Passed:
    messages = scene.say(*facts) if facts else []
    with scene.database.transaction() as tx:
        report = run_pass(tx, scene.stages, message_ids=messages, order_ids=list(due), now=now)
    assert scene.broken_invariants() == {}
    return report


def states(scene: Scene) -> dict[str, int]:
    return dict(scene.query("SELECT platform_order_no, state FROM sales_order"))


def test_a_paid_order_is_sourced_with_its_stock_held(scene):
    scene.set_up({"A": {"X": 10, "Y": 5}, "B": {"X": 10}})
    report = run(scene, order("1", line("X", 2), line("Y")))
    assert (report.orders_new, report.planned, report.unreadable) == (1, 1, 0)
    assert states(scene) == {"1": 50}
    assert scene.query("SELECT reserved_hard FROM balance ORDER BY reserved_hard DESC LIMIT 2") == [(2,), (1,)]
    assert scene.query("SELECT w.code FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id") == [("A",)]


def test_the_same_message_twice_is_one_order(scene):
    scene.set_up({"A": {"X": 10}})
    run(scene, order("1", line("X")), order("1", line("X")))
    run(scene, order("1", line("X")))
    assert states(scene) == {"1": 50}
    assert scene.query("SELECT SUM(reserved_hard) FROM balance") == [(1,)]


def test_an_order_is_split_when_no_warehouse_has_all(scene):
    scene.set_up({"A": {"X": 10}, "B": {"Y": 10}})
    run(scene, order("1", line("X"), line("Y", 3)))
    assert states(scene) == {"1": 50}
    assert scene.query("SELECT COUNT(*) FROM fulfilment") == [(2,)]


def test_a_short_order_waits_whole_and_newcomers_do_not_take_its_units(scene):
    scene.set_up({"A": {"X": 1, "Y": 5}})
    run(scene, order("1", line("X", 2), line("Y", 5)))
    run(scene, order("2", line("Y", 1), receiver=receiver(2)))
    assert states(scene) == {"1": 40, "2": 40}
    assert scene.query("SELECT SUM(reserved_hard) FROM balance") == [(0,)]


def test_a_bundle_is_reserved_as_its_parts(scene):
    scene.set_up({"A": {"P": 10, "Q": 10}}, bundles={"SET": {"P": 2, "Q": 1}})
    run(scene, order("1", line("SET", 2, 1001)))
    assert states(scene) == {"1": 50}
    assert scene.query("SELECT kind, quantity, payable_minor, reserved FROM order_line ORDER BY line_no") == [
        ("bundle", 2, 2002, 0),
        ("part", 4, 1335, 4),
        ("part", 2, 667, 2),
    ]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"buyer_remark": "请发顺丰"}, "remark_unread"),
        ({"paid_minor": 999}, "amounts_disagree"),
        ({"receiver": receiver(province="", city="", district="", detail="不知道")}, "address_unparsed"),
        ({"status": PlatformStatus.FORBIDDEN}, "platform_forbids"),
    ],
)
def test_a_held_order_waits_for_its_reason_and_its_units_are_kept(scene, facts, reason):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), **facts))
    run(scene, order("2", line("X"), receiver=receiver(2)))
    assert scene.query("SELECT platform_order_no, state, waits_for FROM sales_order ORDER BY 1") == [("1", 20, reason), ("2", 40, "short_of_stock")]


def test_an_unmapped_listing_is_matched_when_the_mapping_changes(scene):
    scene.set_up({"A": {"X": 3}})
    run(scene, order("1", line("NEW")))
    assert scene.query("SELECT waits_for FROM sales_order") == [("listing_unmapped",)]
    scene.query("UPDATE listing SET sku_id = %s WHERE merchant_code = 'NEW' RETURNING id", scene.skus["X"])
    ids = [row[0] for row in scene.query("SELECT id FROM sales_order")]
    run(scene, due=ids)
    assert states(scene) == {"1": 50}


def test_cancelled_before_release_gives_everything_back(scene):
    scene.set_up({"A": {"X": 3}})
    run(scene, order("1", line("X", 2)))
    run(scene, order("1", line("X", 2), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + timedelta(minutes=1)))
    assert states(scene) == {"1": 95}
    assert scene.query("SELECT SUM(reserved_hard) FROM balance") == [(0,)]


def test_a_cancelled_order_never_revives(scene):
    scene.set_up({"A": {"X": 3}})
    run(scene, order("1", line("X"), status=PlatformStatus.CLOSED_UNPAID))
    run(scene, order("1", line("X"), version_at=NOW + timedelta(hours=1)))
    assert states(scene) == {"1": 95}


def test_a_refund_request_holds_and_its_withdrawal_lets_go(scene):
    scene.set_up({"A": {"X": 3}})
    run(scene, order("1", line("X", refund=RefundStatus.REQUESTED)))
    assert scene.query("SELECT waits_for FROM sales_order") == [("refund_requested",)]
    run(scene, order("1", line("X", refund=RefundStatus.WITHDRAWN), version_at=NOW + timedelta(minutes=1)))
    assert states(scene) == {"1": 50}


def test_one_refunded_line_leaves_the_rest_sourced(scene):
    scene.set_up({"A": {"X": 3, "Y": 3}})
    run(scene, order("1", line("X"), line("Y")))
    run(scene, order("1", line("X", refund=RefundStatus.REFUNDED), line("Y"), version_at=NOW + timedelta(minutes=1)))
    assert states(scene) == {"1": 50}
    assert scene.query("SELECT SUM(reserved_hard) FROM balance") == [(1,)]


def test_an_unpaid_order_reserves_nothing_until_paid(scene):
    scene.set_up({"A": {"X": 1}})
    run(scene, order("1", line("X"), status=PlatformStatus.UNPAID, paid_at=None))
    assert states(scene) == {"1": 10}
    run(scene, order("1", line("X"), version_at=NOW + timedelta(minutes=1)))
    assert states(scene) == {"1": 50}


def test_an_unreadable_message_is_set_aside_and_the_others_go_on(scene):
    scene.set_up({"A": {"X": 1}})
    good = scene.say(order("1", line("X")))
    with scene.database.transaction() as tx:
        from paidan.runtime.messages import InboundMessage, keep_inbound

        bad = keep_inbound(tx, scene.ids, scene.sealer, [InboundMessage(counterpart="shop:nobody", kind="order", body=b"{", at=NOW, bucket=1)])
    with scene.database.transaction() as tx:
        report = run_pass(tx, scene.stages, message_ids=[*good, *bad], order_ids=[], now=NOW)
    assert (report.orders_new, report.unreadable) == (1, 1)
    assert scene.query("SELECT state, reason FROM message WHERE id = %s", bad[0]) == [(2, "unknown_shop")]
