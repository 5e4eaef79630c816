"""A clerk's slip of the hand through the API: the merge window opens again, what was split is joined, a cancellation stays; the books agree at each step."""

from datetime import timedelta

import pytest

from browser import told
from paidan.catalog.load import cache_versions
from paidan.release.step import release
from scene import NOW, line, order, receiver

NOTE = {"note": "手误"}
DUE = "SELECT o.platform_order_no, f.state, f.release_due_at FROM fulfilment f JOIN sales_order o ON o.id = f.order_id ORDER BY f.id"
PARTS = (
    "SELECT f.id, f.state, f.attempt, f.weight_g, f.freight_minor, l.line_no, l.quantity - l.cancelled"
    " FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id WHERE f.state < 80 ORDER BY 1, 6"
)
BALANCES = "SELECT sku_id, on_hand, reserved_hard FROM balance ORDER BY 1"


def run(world, action, numbers, parameters=None):
    body = {"action": action, "target": {"order_nos": numbers}, "parameters": parameters or {}}
    answer = world.post("/jobs", body)
    assert answer.status_code == 200, answer.text
    job = world.ended(answer.json()["job_id"])
    assert world.scene.broken_invariants() == {}
    return job


def undone(world, job):
    assert world.post(f"/jobs/{job['id']}/undo").status_code == 200
    job = world.ended(job["id"])
    assert (job["state"], world.scene.broken_invariants()) == ("undone", {})
    return job


def reasons(job):
    return [row["reason"] for row in job["refused"]]


def passed(world):
    told(world.scene, due=[row[0] for row in world.scene.query("SELECT id FROM sales_order WHERE due_at <= %s", NOW)])


def number(world, platform_no):
    return world.scene.query("SELECT order_no FROM sales_order WHERE platform_order_no = %s", platform_no)[0][0]


def released(world):
    """What is due goes to the warehouse."""
    with world.scene.database.transaction() as tx:
        network = world.scene.stages.network.load(tx, cache_versions(tx)["network"])
        due = [row[0] for row in tx.execute("SELECT id FROM fulfilment WHERE state = 10 AND release_due_at <= %s", (NOW,))]
        release(tx, due, network=network, ids=world.scene.ids, sealer=world.scene.sealer, now=NOW)
    assert world.scene.broken_invariants() == {}


@pytest.fixture
def two(world):
    """Two orders of one buyer that wait for one another."""
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")), order("P2", line("X", 2)))
    return [number(world, "P1"), number(world, "P2")]


def test_the_window_is_as_it_was_when_its_end_is_undone_in_time(world, two):
    before = world.scene.query(DUE)
    assert [row[2] for row in before] == [NOW + timedelta(seconds=600)] * 2
    job = run(world, "merge", two)
    assert job["can_undo_until"]
    assert {row[2] for row in world.scene.query(DUE)} == {NOW}
    assert undone(world, job)["undone"] == 2
    passed(world)
    released(world)
    assert world.scene.query(DUE) == before
    assert run(world, "merge", two)["done"] == 2, "it can be ended again"


def test_a_parcel_released_meanwhile_is_asked_back_and_taken_apart(world, two):
    job = run(world, "merge", two)
    released(world)
    assert sorted(row[1] for row in world.scene.query(DUE)) == [20, 30]
    job = undone(world, job)
    assert (job["undone"], reasons(job)) == (2, [])
    assert world.scene.query("SELECT count(*) FROM outbox WHERE kind = 'wms.recall'") == [(1,)]
    assert sorted(row[1] for row in world.scene.query(DUE)) == [20, 50]
    assert world.scene.query("SELECT count(*) FROM sales_order WHERE edits ->> 'sealed' = 'true'") == [(2,)]


def test_once_the_warehouse_has_it_the_refusal_says_so(world, two):
    job = run(world, "merge", two)
    released(world)
    world.scene.query("UPDATE fulfilment SET state = 40, path = '{40}', version = version + 1 WHERE state = 30 RETURNING 1")
    job = undone(world, job)
    assert (job["undone"], reasons(job)) == (0, ["at_the_warehouse"] * 2)
    assert world.scene.query("SELECT count(*) FROM outbox WHERE kind = 'wms.recall'") == [(0,)]


def test_what_was_split_is_one_parcel_again_with_its_number_and_its_stock(world):
    scene = world.scene
    scene.set_up({"A": {"X": 3, "Y": 1}})
    told(scene, order("P1", line("X", 3), line("Y", 1)))
    numbers = [number(world, "P1")]
    whole, stock = scene.query(PARTS), scene.query(BALANCES)
    job = run(world, "split", numbers, {"lines": [{"line_no": 1, "quantity": 2}]})
    assert (job["done"], bool(job["can_undo_until"]), len({row[0] for row in scene.query(PARTS)})) == (1, True, 2)
    assert undone(world, job)["undone"] == 1
    assert (scene.query(PARTS), scene.query(BALANCES)) == (whole, stock)
    passed(world)
    assert scene.query(PARTS) == whole
    again = run(world, "split", numbers)
    assert (again["done"], undone(world, again)["undone"]) == (1, 1)
    assert scene.query(PARTS) == whole
    scene.query("UPDATE fulfilment SET release_due_at = %s WHERE state = 10 RETURNING 1", NOW)
    released(world)
    assert [row[1] for row in scene.query(PARTS)] == [30, 30]
    rows = world.get(f"/orders/by-number/{numbers[0]}").json()["timeline"]
    assert [step["text"] for step in rows if step["step"] == "split_undone"] == ["撤销拆单"] * 2


def test_what_was_split_may_merge_again_when_it_is_joined(world):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    told(world.scene, order("P1", line("X"), line("Y")), order("P2", line("X")))
    numbers = [number(world, "P1"), number(world, "P2")]
    job = run(world, "split", numbers[:1])
    assert run(world, "merge", numbers)["done"] == 0
    undone(world, job)
    assert run(world, "merge", numbers)["done"] == 2


def test_parts_that_are_at_the_warehouse_are_not_joined(world):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    told(world.scene, order("P1", line("X"), line("Y")), order("P2", line("X"), line("Y"), receiver=receiver(2)))
    job = run(world, "split", [number(world, "P1"), number(world, "P2")])
    one = "UPDATE fulfilment SET release_due_at = %s WHERE id = (SELECT max(id) FROM fulfilment) RETURNING 1"
    world.scene.query(one, NOW)
    released(world)
    job = undone(world, job)
    assert (job["undone"], reasons(job)) == (1, ["at_the_warehouse"])


def test_no_one_takes_the_units_while_parts_are_joined(world):
    scene = world.scene
    scene.set_up({"A": {"X": 2}})
    told(scene, order("P1", line("X", 2)))
    job = run(world, "split", [number(world, "P1")], {"lines": [{"line_no": 1, "quantity": 1}]})
    told(scene, order("P2", line("X", 1), receiver=receiver(2)))
    assert undone(world, job)["undone"] == 1
    passed(world)
    states = dict(scene.query("SELECT platform_order_no, state FROM sales_order"))
    assert states == {"P1": 50, "P2": 40}


def test_a_cancellation_stays_before_and_after_it_is_carried_out(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    job = run(world, "cancel", [number(world, "P1")], NOTE)
    assert (job["done"], job["can_undo_until"]) == (1, None)
    assert world.post(f"/jobs/{job['id']}/undo").json()["reason"] == "not_to_be_undone"
    passed(world)
    assert world.post(f"/jobs/{job['id']}/undo").status_code == 409
    assert world.scene.query("SELECT state FROM sales_order") == [(95,)]
    assert world.scene.query("SELECT sum(reserved_hard)::int FROM balance") == [(0,)]
