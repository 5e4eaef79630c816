from datetime import timedelta

import pytest

from paidan.catalog.load import cache_versions
from paidan.channels.facts import RefundStatus
from paidan.orders.store import read_steps
from paidan.pipeline import run_pass
from paidan.release.step import due_fulfilments, release
from paidan.sourcing.waking import to_wake, wake
from scene import NOW, Scene, empty, line, order, receiver

LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def take(scene, *facts, now=NOW):
    messages = scene.say(*facts)
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=[], now=now)


def let_go(scene, now=LATER) -> int:
    with scene.database.transaction() as tx:
        network = scene.stages.network.load(tx, cache_versions(tx)["network"])
        due = due_fulfilments(tx, list(range(64)), 100, now)
        sent = release(tx, due, network=network, ids=scene.ids, sealer=scene.sealer, now=now) if due else 0
    assert scene.broken_invariants() == {}
    return sent


def fulfilments(scene):
    return scene.query("SELECT state, merged_into_id IS NOT NULL FROM fulfilment ORDER BY id")


def test_nothing_is_released_inside_the_merge_window(scene):
    scene.set_up({"A": {"X": 5}})
    take(scene, order("1", line("X")))
    assert let_go(scene, NOW + timedelta(minutes=9)) == 0
    assert let_go(scene) == 1
    assert scene.query("SELECT state FROM sales_order") == [(60,)]
    assert scene.query("SELECT kind, state FROM outbox") == [("wms.create", 0)]


def test_orders_of_one_buyer_travel_together_under_the_first(scene):
    scene.set_up({"A": {"X": 5}})
    take(scene, order("1", line("X")))
    take(scene, order("2", line("X"), version_at=NOW), now=NOW + timedelta(minutes=8))
    take(scene, order("3", line("X"), receiver=receiver(2)))
    assert let_go(scene) == 2
    assert fulfilments(scene) == [(30, False), (20, True), (30, False)]


def test_cash_on_delivery_never_merges_and_waits_for_nobody(scene):
    scene.set_up({"A": {"X": 5}})
    take(scene, order("1", line("X"), is_cod=True), order("2", line("X"), is_cod=True))
    assert fulfilments(scene) == [(30, False), (30, False)]
    assert let_go(scene, NOW) == 0


def without_window(scene):
    scene.query("UPDATE shop SET merge_window_s = 0 RETURNING id")
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING version")


def test_without_a_merge_window_the_pass_itself_releases_each_row_written_once(scene):
    scene.set_up({"A": {"X": 5}})
    without_window(scene)
    take(scene, order("1", line("X")), order("2", line("X")), order("3", line("X"), receiver=receiver(2)))
    assert scene.query("SELECT state, path, version FROM sales_order") == [(60, [20, 30, 50, 60], 1)] * 3
    assert scene.query("SELECT state, path, merged_into_id IS NOT NULL, released_at, version FROM fulfilment ORDER BY id") == [
        (30, [10, 30], False, NOW, 1),
        (20, [10, 20], True, NOW, 1),
        (30, [10, 30], False, NOW, 1),
    ]
    assert scene.query("SELECT kind, state FROM outbox") == [("wms.create", 0)] * 2
    assert [step for row in scene.query("SELECT detail FROM timeline ORDER BY id LIMIT 1") for step, _ in read_steps(row[0])] == [
        "received",
        "sourced",
        "released",
    ]
    assert let_go(scene) == 0


def test_who_could_travel_with_an_older_plan_is_left_to_the_release(scene):
    scene.set_up({"A": {"X": 5}})
    take(scene, order("1", line("X")))
    without_window(scene)
    take(scene, order("2", line("X")))
    assert fulfilments(scene) == [(10, False), (10, False)]
    assert let_go(scene, NOW) == 1
    assert fulfilments(scene) == [(30, False), (20, True)]


def test_a_plan_that_is_stopped_is_not_released_by_the_pass(scene):
    scene.set_up({"A": {"X": 5}})
    without_window(scene)
    take(scene, order("1", line("X"), buyer_remark="急"))
    scene.query("UPDATE hold SET stops = 2, origin = 'user:li' RETURNING id")
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=[], order_ids=[row[0] for row in tx.execute("SELECT id FROM sales_order")], now=NOW)
    assert fulfilments(scene) == [(10, False)]
    assert scene.query("SELECT state, waits_for FROM sales_order") == [(50, "remark_unread")]
    assert scene.broken_invariants() == {}


def test_a_refund_request_in_the_window_stops_the_release_until_withdrawn(scene):
    scene.set_up({"A": {"X": 5}})
    take(scene, order("1", line("X")))
    take(scene, order("1", line("X", refund=RefundStatus.REQUESTED), version_at=NOW + timedelta(minutes=1)))
    assert let_go(scene) == 0
    assert scene.query("SELECT state, waits_for FROM sales_order") == [(50, "refund_requested")]
    take(scene, order("1", line("X", refund=RefundStatus.WITHDRAWN), version_at=NOW + timedelta(minutes=20)), now=LATER)
    assert let_go(scene) == 1


def test_backorders_are_woken_in_the_order_of_promise(scene):
    scene.set_up({"A": {"X": 1}})
    take(scene, order("1", line("X", 2), ship_by_at=NOW + timedelta(hours=30)))
    take(scene, order("2", line("X", 2), ship_by_at=NOW + timedelta(hours=20), receiver=receiver(2)))
    with scene.database.transaction() as tx:
        wake(tx, NOW)
        scene.receive(tx, "A", "X", 2)
    with scene.database.transaction() as tx:
        assert wake(tx, NOW) == 1
        due = [row[0] for row in tx.execute("SELECT id FROM sales_order WHERE due_at IS NOT NULL")]
        run_pass(tx, scene.stages, message_ids=[], order_ids=due, now=NOW)
    assert dict(scene.query("SELECT platform_order_no, state FROM sales_order")) == {"1": 40, "2": 50}
    assert scene.broken_invariants() == {}


@pytest.mark.parametrize(
    ("lines", "free", "held", "woken"),
    [
        ([(1, 10, 2), (1, 11, 1)], {1: 2}, {}, {10}),
        ([(1, 10, 2), (1, 11, 1)], {1: 3}, {}, {10, 11}),
        ([(1, 10, 2), (1, 11, 1)], {1: 1}, {}, set()),
        ([(1, 10, 1)], {1: 2}, {1: 2}, set()),
        ([(1, 10, 1), (2, 10, 5)], {1: 2, 2: 1}, {}, {10}),
    ],
)
def test_who_is_woken(lines, free, held, woken):
    assert to_wake(lines, free, held) == woken


def test_a_named_warehouse_takes_the_place_of_the_one_planned(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    take(scene, order("1", line("X")))
    ((order_id, code),) = scene.query("SELECT f.order_id, w.code FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id")
    assert code == "A"
    edits = f'{{"warehouse_id": "{scene.warehouses["B"]}"}}'
    scene.query("UPDATE sales_order SET edits = %s::jsonb, due_at = %s RETURNING id", edits, NOW)
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=[], order_ids=[order_id], now=NOW)
    found = scene.query("SELECT w.code, f.state FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id ORDER BY f.id")
    assert found == [("A", 95), ("B", 10)]
    assert scene.broken_invariants() == {}
