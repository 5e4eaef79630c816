"""The dashboard: every number is the count of the list behind it, for whoever asks; what should have left and has not counts against us."""

from datetime import datetime, timedelta

import pytest

from browser import second_shop, told
from hands import leaders, let_go, ships
from scene import NOW, line, order, receiver

HOUR = timedelta(hours=1)


def board(world, person=None, query=""):
    world.client.app.state.queues.forget()
    world.client.app.state.dashboards.kept.clear()
    answer = person.call("GET", f"/dashboard{query}") if person else world.get(f"/dashboard{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def counted(world, filters, person=None):
    call = person.call if person else world.call
    answer = call("GET", "/lists/orders/count", params={"f": filters})
    assert answer.status_code == 200, (filters, answer.text)
    return answer.json()["count"]


def send(scene, *numbers):
    """Release these orders now; gives what warehouses have of them."""
    due = "UPDATE fulfilment f SET release_due_at = %s FROM sales_order o WHERE o.id = f.order_id AND o.platform_order_no = ANY(%s) RETURNING f.id"
    parcels = [row[0] for row in scene.query(due, NOW, list(numbers))]
    let_go(scene, NOW)
    return [parcel for parcel in parcels if parcel in leaders(scene)]


def numbers_of(found):
    """Every number of a dashboard with its filters, by where it stands."""

    def walk(path, value):
        if isinstance(value, dict):
            count = value.get("orders", value.get("count"))
            if "filters" in value and isinstance(count, int):
                yield ".".join(path), count, value["filters"]
            for name, inner in value.items():
                yield from walk([*path, name], inner)
        elif isinstance(value, list):
            for n, inner in enumerate(value):
                yield from walk([*path, str(n)], inner)

    return list(walk([], found))


@pytest.fixture
def town(world):
    """Two shops and two warehouses; orders of every fate."""
    scene = world.scene
    scene.set_up({"A": {"X": 30, "Y": 3}, "B": {"Z": 30}})
    second_shop(scene)
    soon, past = NOW + 2 * HOUR, NOW - HOUR
    mine = [
        order("KEPT", line("X"), receiver=receiver(1), ship_by_at=soon, paid_at=NOW - 3 * HOUR),
        order("LATE", line("X"), receiver=receiver(2), ship_by_at=past, paid_at=NOW - 2 * HOUR),
        order("OVERDUE", line("X"), receiver=receiver(3), ship_by_at=past, placed_at=NOW - 8 * HOUR),
        order("STUCK", line("NONE"), receiver=receiver(4), ship_by_at=past),
        order("RUNNING", line("X"), receiver=receiver(5), ship_by_at=soon, placed_at=NOW - 26 * HOUR),
        order("NO-LIMIT", line("X"), receiver=receiver(6), ship_by_at=None),
        order("OLD", line("X"), receiver=receiver(7), placed_at=NOW - 20 * 24 * HOUR, ship_by_at=past),
        order("SPLIT", line("X"), line("Z"), receiver=receiver(8), ship_by_at=soon),
        order("SHORT", line("Y", 9), receiver=receiver(9), ship_by_at=soon),
        order("GONE", line("X"), receiver=receiver(10), ship_by_at=past),
        order("TOUCHED", line("X"), receiver=receiver(11), ship_by_at=soon),
    ]
    theirs = [
        order("T-KEPT", line("Z"), receiver=receiver(21), ship_by_at=soon),
        order("T-OVERDUE", line("Z"), receiver=receiver(22), ship_by_at=past),
        order("T-DOLLARS", line("Z"), receiver=receiver(23), currency="USD"),
    ]
    told(scene, *mine)
    told(scene, *theirs, shop="S2")
    ids = dict(scene.query("SELECT platform_order_no, id FROM sales_order"))
    assert world.post(f"/orders/{ids['TOUCHED']}/edits", {"is_urgent": True}, headers={"if-match": "*"}).status_code == 200
    assert world.post(f"/orders/{ids['GONE']}/cancel", {"note": "x"}, headers={"if-match": "*"}).status_code == 200
    told(scene, due=[ids["TOUCHED"], ids["GONE"]])
    for number, at in (("KEPT", NOW), ("LATE", NOW), ("T-KEPT", NOW)):
        [parcel] = send(scene, number)
        ships(scene, parcel, now=at)
    send(scene, "RUNNING", "TOUCHED", "SPLIT", "OLD")
    return world


def test_what_should_have_left_and_has_not_lowers_the_share_that_left_in_time(town):
    in_time = board(town)["figures"]["in_time"]
    assert [in_time[part]["orders"] for part in ("part", "rest", "whole")] == [2, 4, 6]
    late = town.get("/lists/orders", params={"f": in_time["rest"]["filters"]}).json()["items"]
    assert {row["platform_order_no"] for row in late} == {"LATE", "OVERDUE", "STUCK", "T-OVERDUE"}


def test_a_deadline_that_passes_counts_from_then_on(town):
    assert board(town)["figures"]["in_time"]["whole"]["orders"] == 6
    town.scene.query("UPDATE sales_order SET ship_by_at = %s WHERE platform_order_no = 'TOUCHED' RETURNING 1", NOW - timedelta(seconds=1))
    assert board(town)["figures"]["in_time"]["rest"]["orders"] == 5


PEOPLE = {
    "all": {},
    "first shop": {"shops": ["S1"]},
    "second shop": {"shops": ["S2"]},
    "one warehouse": {"warehouses": ["B"]},
    "shop and warehouse": {"shops": ["S1"], "warehouses": ["B"]},
    "nothing": {"shops": []},
}


@pytest.mark.parametrize("days", [1, 7, 31])
def test_every_number_is_the_count_of_its_list_whoever_asks(town, days):
    shown = {}
    for n, (name, scope) in enumerate(PEOPLE.items()):
        person = town.person(f"p{n}", "see", **scope)
        found = board(town, person, f"?days={days}")
        numbers = numbers_of(found)
        for path, number, filters in numbers:
            assert counted(town, filters, person) == number, (name, path, filters)
        shown[name] = {path: number for path, number, _ in numbers}
    assert shown["all"]["figures.placed"] == {1: 12, 7: 13, 31: 14}[days]
    assert shown["first shop"]["figures.placed"] + shown["second shop"]["figures.placed"] == shown["all"]["figures.placed"]
    assert shown["nothing"]["figures.placed"] == 0
    assert len({tuple(sorted(numbers.items())) for numbers in shown.values()}) == len(PEOPLE), "scopes that see the same prove nothing"


def test_the_numbers_differ_enough_to_prove_their_lists(town):
    found = board(town, query="?days=31")
    figures = {path.removeprefix("figures."): number for path, number, _ in numbers_of(found) if path.startswith("figures.")}
    assert figures == {
        "placed": 14,
        "cancelled": 1,
        "released": 7,
        "untouched.part": 6,
        "untouched.rest": 1,
        "untouched.whole": 7,
        "in_time.part": 2,
        "in_time.rest": 5,
        "in_time.whole": 7,
        "split.part": 1,
        "split.rest": 6,
        "split.whole": 7,
        "paid_to_released_p50.slower": 7,
        "paid_to_released_p95.slower": 1,
    }
    assert (found["figures"]["paid_to_released_p50"]["seconds"], found["figures"]["paid_to_released_p95"]["seconds"]) == (240, 3 * 3600)
    assert {load["warehouse"]: (load["planned"]["orders"], load["there"]["orders"]) for load in found["warehouses"]} == {"A": (2, 4), "B": (2, 1)}


def test_the_hours_add_up_and_each_bar_is_a_list(town):
    found = board(town, query="?days=31")
    assert sum(hour["orders"] for hour in found["hours"]) == found["figures"]["placed"]["orders"]
    assert {hour["currency"] for hour in found["hours"]} == {"CNY", "USD"}
    for hour in found["hours"]:
        start = max(hour["hour"], found["start"])
        until = min((datetime.fromisoformat(hour["hour"]) + HOUR).isoformat(), found["until"])
        filters = [f"placed_at:between:{start}|{until}", f"shop:is:{hour['shop']}", f"currency:is:{hour['currency']}"]
        assert counted(town, filters) == hour["orders"], hour
        assert hour["shop_name"] in {"一店", "二店"}


def test_a_list_stays_the_list_of_its_number_while_time_passes(town):
    found = board(town)
    lists = [found["figures"]["placed"], *found["open"]]
    town.services.clock.forward(hours=7)
    try:
        assert [counted(town, one["filters"]) for one in lists] == [one["orders"] for one in lists]
    finally:
        town.services.clock.set(NOW)


def test_who_asks_for_the_news_is_not_told_what_was_kept(town, monkeypatch):
    from paidan.entrypoints.api.live import dashboard

    monkeypatch.setattr(dashboard, "KEPT_S", 3600.0)
    before = board(town)
    told(town.scene, order("NEW", line("X"), receiver=receiver(30)))
    assert town.get("/dashboard").json() == before
    monkeypatch.setattr(dashboard, "FRESH_S", 0.0)
    fresh = town.get("/dashboard?is_fresh=true").json()
    assert fresh["figures"]["placed"]["orders"] == before["figures"]["placed"]["orders"] + 1
    assert town.get("/dashboard").json() == fresh
