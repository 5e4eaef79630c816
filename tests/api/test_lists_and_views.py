"""The list of orders where it changes under the reader: ended orders, waybills, statement counts; and saved views."""

from datetime import timedelta

import pytest

from browser import told
from counting import counted
from paidan.channels.facts import PlatformStatus
from paidan.entrypoints.api.lists.compose import count, find_page, read_question
from paidan.entrypoints.api.lists.kinds import Moment
from paidan.entrypoints.api.lists.rows import read_rows
from paidan.entrypoints.api.people.caller import Caller
from scene import NOW, line, order, receiver

ALL = Caller(name="all", rights=frozenset())


def listed(world, *filters, **more):
    answer = world.get("/lists/orders", params={"f": list(filters), "limit": 500, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def found(world, text):
    answer = world.post("/lists/orders/find", {"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ended_orders_are_found_by_a_range_of_a_month_or_an_exact_key(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X"), receiver=receiver(1)))
    number = listed(world)[0]["order_no"]
    told(world.scene, order("P1", line("X"), receiver=receiver(1), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + timedelta(hours=1)))
    assert listed(world) == []
    for question in (f"order_no:is:{number}", "platform_order_no:is:P1", "phone:is:0001", "phone:is:13800000001", "placed_at:between:now-1d|now+1d"):
        assert [row["order_no"] for row in listed(world, question)] == [number], question
    assert listed(world, "placed_at:from:now-10d", "placed_at:before:now+1d", "state:is:cancelled") != []
    assert listed(world, "placed_at:from:now-10d") != []
    assert listed(world, "placed_at:from:now-32d") == []
    assert world.get("/lists/orders?f=placed_at:between:now-32d|now&f=state:is:cancelled").status_code == 422
    assert listed(world, "phone:is:13800000002") == []


def test_an_order_is_found_by_its_waybill(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    [row] = listed(world)
    [(fulfilment,)] = world.scene.query("SELECT id FROM fulfilment")
    parcel = "INSERT INTO parcel (id, fulfilment_id, carrier_id, tracking_no, shipped_at) VALUES (77, %s, %s, 'SF100', now()) RETURNING 1"
    world.scene.query(parcel, fulfilment, world.scene.carrier_id)
    link = "INSERT INTO parcel_line (parcel_id, order_id, line_no, fulfilment_id, quantity) VALUES (77, %s, 1, %s, 1) RETURNING 1"
    world.scene.query(link, int(row["id"]), fulfilment)
    assert found(world, "SF100")["found"] == [row["order_no"]]
    assert [one["tracking_nos"] for one in listed(world, "tracking_no:is:SF100")] == [["SF100"]]


@pytest.mark.parametrize("n", [1, 20])
def test_a_page_takes_two_statements_and_a_count_one_however_many_orders(world, n):
    world.scene.set_up({"A": {"X": 1000}})
    told(world.scene, *[order(f"P{i}", line("X"), receiver=receiver(i)) for i in range(n)])
    question = read_question(["state:is:sourced", "sku:is:X"], "-paid_at", ALL, Moment(now=NOW, digest=world.services.sealer.digest))
    with world.scene.database.transaction() as tx, counted(tx) as statements:
        ids, _ = find_page(tx, question, "", 50)
        assert len(read_rows(tx, ids, ALL, NOW)) == n
        assert count(tx, question) == (n, True)
    assert len(statements) == 3


def test_views_are_saved_changed_and_shared(world):
    mine, other = world.person("li", "see"), world.person("wang", "see", "settings")
    body = {
        "list": "orders",
        "name": "加急",
        "filters": ["is_urgent:is:true"],
        "sort": "-paid_at",
        "columns": ["order_no", "state"],
        "is_default": True,
    }
    made = mine.call("POST", "/views", body)
    assert made.status_code == 201, made.text
    view = made.json()
    assert mine.call("POST", "/views", body).status_code == 422
    assert other.call("GET", "/views").json() == []
    assert other.call("PUT", f"/views/{view['id']}", body, headers={"if-match": "*"}).status_code == 404
    assert other.call("DELETE", f"/views/{view['id']}").status_code == 404
    assert mine.call("POST", "/views", {**body, "name": "team", "is_team": True}).status_code == 403
    assert mine.call("POST", "/views", {**body, "name": "bad", "filters": ["nobody:is:1"]}).status_code == 422
    team = other.call("POST", "/views", {**body, "name": "team", "is_team": True}).json()
    assert [(v["name"], v["is_mine"]) for v in mine.call("GET", "/views?list=orders").json()] == [("加急", True), ("team", False)]
    changed = mine.call("PUT", f"/views/{view['id']}", {**body, "name": "急"}, headers={"if-match": '"v1"'})
    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "急", 2)
    assert mine.call("PUT", f"/views/{view['id']}", body, headers={"if-match": '"v1"'}).status_code == 412
    second = mine.call("POST", "/views", {**body, "name": "second"}).json()
    assert {v["name"]: v["is_default"] for v in mine.call("GET", "/views").json() if v["is_mine"]} == {"急": False, "second": True}
    assert mine.call("DELETE", f"/views/{second['id']}").status_code == 204
    assert team["is_team"]
