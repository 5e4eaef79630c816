"""The list of orders where it changes under the reader: ended orders, waybills, statement counts; and saved views."""

from datetime import timedelta

import pytest

from browser import told
from counting import counted
from paidan.channels.facts import PlatformStatus
from paidan.entrypoints.api.lists.compose import count, find_page, read_question
from paidan.entrypoints.api.lists.find import find
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
    for question in (f"order_no:is:{number}", "platform_order_no:is:P1", "placed_at:between:now-1d|now+1d"):
        assert [row["order_no"] for row in listed(world, question)] == [number], question
    assert listed(world, "placed_at:from:now-10d", "placed_at:before:now+1d", "state:is:cancelled") != []
    assert listed(world, "placed_at:from:now-10d") != []
    assert listed(world, "placed_at:from:now-32d") == []
    assert world.get("/lists/orders?f=placed_at:between:now-32d|now&f=state:is:cancelled").status_code == 422
    for phone, numbers in (("0001", [number]), ("13800000001", [number]), ("13800000002", [])):
        assert found(world, phone)["found"] == numbers


@pytest.mark.parametrize("path", ["/lists/orders", "/lists/orders/count", "/lists/orders/groups"])
@pytest.mark.parametrize(
    ("language", "title"), [("zh", "手机号不能写在网址或视图里"), ("en", "A phone must not stand in an address or a saved view")]
)
def test_a_phone_stands_in_no_address(world, path, language, title):
    asked = {"f": ["is_cod:is:false", "phone:is:13800000001"], **({"group": "shop"} if path.endswith("groups") else {})}
    answer = world.get(path, params=asked, headers={"accept-language": language})
    told_so = answer.json()
    assert (answer.status_code, told_so["errors"][0]["field"], told_so["errors"][0]["reason"]) == (422, "f", "personal_in_address")
    assert title in answer.text
    assert "13800000001" not in answer.text
    body = {"list": "orders", "name": "x", "filters": ["phone:is:13800000001"]}
    assert world.post("/views", body).json()["errors"][0]["reason"] == "personal_in_address"


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


@pytest.mark.parametrize(("text", "reads_names"), [("4711", False), ("47a1", True)])
def test_digits_alone_are_not_looked_for_among_all_names(world, text, reads_names):
    moment = Moment(now=NOW, digest=world.services.sealer.digest)
    with world.scene.database.transaction() as tx, counted(tx) as statements:
        assert find(tx, text, ALL, moment).kind == "nothing"
    assert any("name_initials" in str(statement) for statement in statements) is reads_names


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


BODY = {"list": "orders", "filters": ["is_urgent:is:true"], "sort": "-paid_at", "group": "shop", "columns": ["order_no", "state"]}


def saved(person, name, **more):
    answer = person.call("POST", "/views", {**BODY, "name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def default_of(person):
    return [view["name"] for view in person.call("GET", "/views?list=orders").json() if view["is_default"]]


def test_a_view_keeps_its_grouping(world):
    mine = world.person("li", "see")
    view = saved(mine, "按店铺")
    assert view["group"] == "shop"
    changed = mine.call("PUT", f"/views/{view['id']}", {**BODY, "name": "按店铺", "group": "state"}, headers={"if-match": '"v1"'})
    assert changed.json()["group"] == "state"
    assert [one["group"] for one in mine.call("GET", "/views").json()] == ["state"]


def test_a_view_stored_before_there_was_grouping_is_read(world):
    mine = world.person("li", "see")
    view = saved(mine, "老视图")
    world.scene.query("UPDATE saved_view SET body = body - 'group' WHERE id = %s RETURNING 1", int(view["id"]))
    assert [(one["group"], one["columns"]) for one in mine.call("GET", "/views").json()] == [("", ["order_no", "state"])]


def test_a_team_view_is_the_default_of_whom_it_pleases_and_nobody_elses(world):
    mine, other = world.person("li", "see"), world.person("wang", "see", "settings")
    team = saved(other, "team", is_team=True, is_default=True)
    assert (default_of(other), default_of(mine)) == (["team"], [])
    own = saved(mine, "own", is_default=True)
    assert (default_of(other), default_of(mine)) == (["team"], ["own"])
    assert mine.call("PUT", f"/views/{team['id']}/default", None).status_code == 204
    assert (default_of(other), default_of(mine)) == (["team"], ["team"])
    assert other.call("DELETE", f"/views/{team['id']}/default").status_code == 204
    assert (default_of(other), default_of(mine)) == ([], ["team"])
    assert mine.call("DELETE", f"/views/{own['id']}/default").status_code == 204  # it was not the default
    assert default_of(mine) == ["team"]
    assert mine.call("DELETE", f"/views/{team['id']}/default").status_code == 204
    assert default_of(mine) == []


def test_a_default_is_taken_back_by_saying_so_and_goes_with_its_view(world):
    mine = world.person("li", "see")
    view = saved(mine, "own", is_default=True)
    mine.call("PUT", f"/views/{view['id']}", {**BODY, "name": "own"}, headers={"if-match": '"v1"'})
    assert default_of(mine) == []
    mine.call("PUT", f"/views/{view['id']}", {**BODY, "name": "own", "is_default": True}, headers={"if-match": '"v2"'})
    assert default_of(mine) == ["own"]
    assert mine.call("DELETE", f"/views/{view['id']}").status_code == 204
    assert mine.call("GET", "/views").json() == []


def test_what_is_the_teams_no_more_is_nobody_elses_default(world):
    mine, other = world.person("li", "see"), world.person("wang", "see", "settings")
    team = saved(other, "team", is_team=True, is_default=True)
    mine.call("PUT", f"/views/{team['id']}/default", None)
    for is_team, version in ((False, 1), (True, 2)):
        body = {**BODY, "name": "team", "is_team": is_team, "is_default": True}
        assert other.call("PUT", f"/views/{team['id']}", body, headers={"if-match": f'"v{version}"'}).status_code == 200
    assert (default_of(other), default_of(mine)) == (["team"], [])


def test_a_colleagues_own_view_can_be_nobodys_default(world):
    mine, other = world.person("li", "see"), world.person("wang", "see")
    view = saved(mine, "own")
    assert other.call("PUT", f"/views/{view['id']}/default", None).status_code == 404
    assert other.call("PUT", "/views/1/default", None).status_code == 404
