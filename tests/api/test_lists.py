"""The list of orders: what SQL finds is what a plain reading of the filter finds; pages never lose or repeat a row; the search box."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from browser import second_shop, told
from hands import leaders, let_go, ships
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.entrypoints.api.lists import compose, groups
from paidan.entrypoints.api.lists.initials import initials_of
from paidan.entrypoints.api.lists.kinds import Op
from paidan.entrypoints.api.lists.order_fields import BY_NAME, FIELDS
from paidan.entrypoints.api.lists.queues import QUEUES
from paidan.entrypoints.api.people.caller import Caller
from scene import NOW, line, order, receiver

ALL = Caller(name="all", rights=frozenset())


def furnish(world):
    """A dozen orders that differ in all that can be asked about."""
    scene = world.scene
    scene.set_up({"A": {"X": 30, "Y": 30}, "B": {"Z": 5}})
    second_shop(scene)
    hours = [timedelta(hours=n) for n in range(-30, 30, 5)]
    first = [
        order("TB-1", line("X", 2), receiver=receiver(1), ship_by_at=NOW - hours[0]),
        order("TB-2", line("X"), line("Y", 3), receiver=receiver(1), ship_by_at=NOW + hours[1]),
        order("TB-3", line("NONE"), receiver=receiver(2, province="广东省", city="广州市", district="天河区"), ship_by_at=None),
        order("TB-4", line("Z", 9), receiver=receiver(3), placed_at=NOW + hours[2]),
        order("TB-5", line("X", refund=RefundStatus.REQUESTED), receiver=receiver(4), seller_flag=3),
        order("TB-6", line("Y"), receiver=receiver(5), status=PlatformStatus.UNPAID, paid_at=None, paid_minor=0),
    ]
    second = [
        order("SH_1", line("Z", 2), receiver=receiver(6, city="宁波市", district="海曙区"), buyer_remark="快点"),
        order("SH_2", line("X", 1, 99), receiver=receiver(7), is_cod=True, paid_minor=0, paid_at=None),
        order("SH%3", line("Y"), receiver=receiver(8), paid_minor=5),
    ]
    told(scene, *first)
    told(scene, *second, shop="S2")
    clerk = {item["platform_order_no"]: item for item in world.get("/orders").json()["items"]}
    world.post(f"/orders/{clerk['TB-1']['id']}/edits", {"is_urgent": True}, headers={"if-match": "*"})
    world.post(f"/orders/{clerk['TB-2']['id']}/hold", {"note": "x", "stops": 2}, headers={"if-match": "*"})
    world.post(f"/orders/{clerk['SH_1']['id']}/edits", {"is_alone": True}, headers={"if-match": "*"})
    third = [order(f"TB-{n}", line("Y"), receiver=receiver(n + 10)) for n in (7, 8, 9)]
    told(scene, *third)
    due = "UPDATE fulfilment f SET release_due_at = %s FROM sales_order o WHERE o.id = f.order_id AND o.platform_order_no = ANY(%s) RETURNING f.id"
    scene.query(due, NOW, [one.platform_order_no for one in third])
    let_go(scene, NOW)
    in_time, late, _ = leaders(scene)
    ships(scene, in_time, now=NOW + timedelta(hours=1))
    ships(scene, late, now=NOW + timedelta(hours=60))


@pytest.fixture(scope="module")
def town(still):
    furnish(still)
    return still


def listed(world, *filters, **more):
    answer = world.get("/lists/orders", params={"f": list(filters), "limit": 500, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


TOUCHED = {"TB-1", "TB-2", "SH_1"}
"""Those that `furnish` has by hand."""


def instant(text):
    return datetime.fromisoformat(text)


def waited_s(row):
    if row["paid_at"] is None or row["released_at"] is None:
        return None
    return max(int((instant(row["released_at"]) - instant(row["paid_at"])).total_seconds()), 0)


def deadline_of(row):
    if row["ship_by_at"] is None or row["state"] in {"cancelled", "completed"}:
        return "none"
    if row["state"] in {"shipped", "delivered"}:
        return "kept" if instant(row["shipped_at"]) <= instant(row["ship_by_at"]) else "missed"
    return "missed" if instant(row["ship_by_at"]) < NOW else "running"


PLAIN = {
    "order_no": lambda row: [row["order_no"]],
    "platform_order_no": lambda row: [row["platform_order_no"]],
    "shop": lambda row: [row["shop"]],
    "platform": lambda row: [row["platform"]],
    "state": lambda row: [row["state"]],
    "waits_for": lambda row: [row["waits_for"]],
    "hold": lambda row: row["holds"],
    "currency": lambda row: [row["currency"]],
    "province": lambda row: [row["province"]],
    "city": lambda row: [row["city"]],
    "district": lambda row: [row["district"]],
    "warehouse": lambda row: row["warehouses"],
    "carrier": lambda row: row["carriers"],
    "sku": lambda row: [goods["sku"] for goods in row["goods"] if goods["sku"]],
    "sku_name": lambda row: [goods["name"] for goods in row["goods"] if goods["sku"]],
    "goods": lambda row: [text for goods in row["goods"] for text in (goods["sku"], goods["name"])],
    "tracking_no": lambda row: row["tracking_nos"],
    "has_remark": lambda row: row["has_buyer_remark"] or row["has_seller_remark"],
    "is_unmapped": lambda row: any(not goods["sku"] for goods in row["goods"]),
    "flag": lambda row: [str(row["flag"])],
    "is_split": lambda row: row["fulfilments"] > 1,
    "is_printed": lambda row: row["printed"] > 0,
    "to_print": lambda row: row["state"] == "released",
    "answer_unknown": lambda _: False,
    "release_wait_s": waited_s,
    "deadline": lambda row: [deadline_of(row)],
    "planned_warehouse": lambda row: row["warehouses"] if row["state"] == "sourced" else [],
    "working_warehouse": lambda row: row["warehouses"] if row["state"] == "released" else [],
    "is_untouched": lambda row: row["platform_order_no"] not in TOUCHED,
    "waits_to_merge": lambda row: row["release_due_at"] is not None and instant(row["release_due_at"]) > NOW,
}


def plainly(row, name, op, values):
    """The filter as a person reads it."""
    kind = str(BY_NAME[name].kind)
    value = PLAIN[name](row) if name in PLAIN else row[name]
    if kind == "flag":
        return any(value == (text == "true") for text in values)
    if kind in {"number", "money"}:
        numbers = [int(text) for text in values]
        low, high = numbers[0], numbers[-1]
        asked = {
            "is": lambda: value in numbers,
            "at_least": lambda: value >= low,
            "at_most": lambda: value <= low,
            "between": lambda: low <= value <= high,
        }
        return value is not None and asked[op]()
    if kind == "instant":
        if op == "none":
            return (value is None) == (values[0] == "true")
        if value is None:
            return False
        ends = [instant(text) for text in values]
        return {"from": instant(value) >= ends[0], "before": instant(value) < ends[0], "between": ends[0] <= instant(value) < ends[-1]}[op]
    return {
        "is": any(text in value for text in values),
        "not": not any(text in value for text in values),
        "starts": any(own.startswith(text) for own in value for text in values),
        "contains": any(text in own for own in value for text in values),
    }[op]


ASKED = [field for field in FIELDS if field.ask is not None and field.name != "phone"]
OFFERED = {
    "order_no": ["SO", "SO26", "%", "_"],
    "platform_order_no": ["TB-1", "TB", "SH_", "SH%", "SH%3", "_", "nobody"],
    "shop": ["S1", "S2", "S3"],
    "warehouse": ["A", "B", "C"],
    "carrier": ["ZTO", "SF"],
    "currency": ["CNY", "C", "USD"],
    "province": ["浙江省", "浙", "省"],
    "city": ["杭州市", "州"],
    "district": ["西湖区", "区"],
    "planned_warehouse": ["A", "B", "C"],
    "working_warehouse": ["A", "B", "C"],
    "sku": ["X", "Y", "Z"],
    "sku_name": ["X", "Y", "q"],
    "goods": ["X", "Y", "q"],
    "tracking_no": ["75", "x"],
}


@st.composite
def questions(draw):
    field = draw(st.sampled_from(ASKED))
    op = draw(st.sampled_from(field.operators))
    kind = str(field.kind)
    if kind == "flag" or op == Op.NONE:
        values = draw(st.lists(st.sampled_from(["true", "false"]), min_size=1, max_size=1 if op == Op.NONE else 2))
    elif kind in {"number", "money"}:
        values = [str(n) for n in draw(st.lists(st.sampled_from([0, 1, 3, 5, 99, 1000, 3000, 10**9]), min_size=2, max_size=2))]
        values = values if op in {Op.BETWEEN, Op.IS} else values[:1]
    elif kind == "instant":
        ends = draw(st.lists(st.integers(-40, 40), min_size=2, max_size=2))
        values = [(NOW + timedelta(hours=n)).isoformat() for n in ends]
        values = values if op == Op.BETWEEN else values[:1]
    else:
        offered = OFFERED.get(field.name) or [value.code for value in field.values]
        values = draw(st.lists(st.sampled_from(offered), min_size=1, max_size=3))
    return field.name, str(op), values


ENDED = {"delivered", "completed", "cancelled"}


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(questions(), min_size=1, max_size=3))
def test_a_filter_in_sql_finds_what_a_plain_reading_finds(town, asked):
    everything = listed(town)
    if any(name == "state" and op == "is" and ENDED & set(values) for name, op, values in asked):
        return
    found = listed(town, *(f"{name}:{op}:{'|'.join(values)}" for name, op, values in asked))
    wanted = [row["order_no"] for row in everything if all(plainly(row, *one) for one in asked)]
    assert [row["order_no"] for row in found] == wanted
    counted_too = town.get("/lists/orders/count", params={"f": [f"{name}:{op}:{'|'.join(values)}" for name, op, values in asked]}).json()
    assert counted_too == {"count": len(wanted), "is_exact": True}


def test_the_dozen_orders_differ_enough_for_the_property_to_mean_something(town):
    rows = listed(town)
    assert len(rows) == 12
    assert {row["state"] for row in rows} >= {"unpaid", "received", "backordered", "sourced", "released", "shipped"}
    assert {deadline_of(row) for row in rows} == {"kept", "missed", "running", "none"}
    assert {waited_s(row) for row in rows} == {None, 240}
    for name in ("is_urgent", "is_alone", "is_cod", "asks_refund", "is_overdue", "has_buyer_remark"):
        assert {row[name] for row in rows} == {True, False}, name


SORTABLE = [field.name for field in FIELDS if field.order_by is not None]


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(SORTABLE), max_size=3, unique=True), falls=st.lists(st.booleans(), min_size=3, max_size=3), limit=st.integers(1, 4)
)
def test_pages_put_together_are_the_whole_list_in_its_order(town, names, falls, limit):
    sort = ",".join(("-" if fall else "") + name for name, fall in zip(names, falls, strict=False))
    whole = [row["id"] for row in listed(town, sort=sort)]
    pages, cursor = [], ""
    while True:
        answer = town.get("/lists/orders", params={"sort": sort, "limit": limit, "cursor": cursor}).json()
        pages += [row["id"] for row in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert pages == whole
    assert len(set(whole)) == 12


def test_what_has_no_instant_comes_last_when_rising(town):
    rows = listed(town, sort="paid_at")
    assert [row["paid_at"] is None for row in rows] == sorted(row["paid_at"] is None for row in rows)


@pytest.mark.parametrize(
    "query",
    [
        "f=nobody:is:1",
        "f=state:is:no_such",
        "f=state:contains:a",
        "f=state:is:",
        "f=state:is:delivered",
        "f=paid_minor:is:x",
        "f=paid_minor:between:1",
        "f=paid_minor:is:99999999999999999999",
        "f=placed_at:from:yesterday",
        "f=placed_at:from:2026-01-01",
        "group=goods",
        "group=nobody",
        "f=receiver:is:x",
        "f=order_no:is:%00",
        "f=is_cod:is:maybe",
        "sort=goods",
        "sort=paid_at,-paid_at",
        "sort=id;DROP",
        "cursor=x",
        "sort=paid_at&cursor=WyJ4IiwxXQ",
        "limit=501",
        "f=placed_at:from:now-9999999d",
    ],
)
def test_a_question_outside_the_closed_list_is_refused(town, query):
    answer = town.get(f"/lists/orders?{query}")
    assert (answer.status_code, answer.json()["reason"] in {"field_invalid", "field_missing"}) == (422, True), answer.text
    assert all(error["expected"] for error in answer.json()["errors"]), answer.text


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        (
            "f=placed_at:until:9999-01-01",
            "placed_at:条件:值，条件为以下之一：from（不早于）、before（早于）、between（介于）；值为带时区的时间",
            "placed_at:operator:value, the operator one of: from, before, between; the value a time with its zone",
        ),
        (
            "f=placed_at:between:2026-01-01",
            "placed_at:between: 之后为用 | 隔开的两个值，每个为带时区的时间",
            "two values apart by | behind placed_at:between:",
        ),
        ("f=is_cod:is:maybe", "true 或 false", "each true or false"),
        ("f=nobody:is:1", "字段:条件:值", "field:operator:value"),
        ("sort=goods", "最多 3 个不同的字段", "at most 3 different fields apart by commas"),
        ("group=goods", "以下之一：", "one of: "),
        ("cursor=x", "上一页返回的 next", "what the page before gave as next"),
        ("limit=501", "1 到 500 的整数", "a whole number from 1 to 500"),
    ],
)
def test_a_refused_question_says_what_the_list_takes(town, query, zh, en):
    told = [town.get(f"/lists/orders?{query}", headers={"accept-language": language}).json()["errors"][0]["expected"] for language in ("zh-CN", "en")]
    assert (zh in told[0], en in told[1]) == (True, True), told


def test_the_fields_are_told_with_the_values_they_have_now(town):
    fields = {field["name"]: field for field in town.get("/lists/orders/fields").json()}
    assert [value["code"] for value in fields["shop"]["values"]] == ["S1", "S2"]
    assert [value["code"] for value in fields["warehouse"]["values"]] == ["A", "B"]
    assert fields["receiver"]["operators"] == []
    assert [name for name, field in fields.items() if field["is_sealed"]] == ["phone"]
    assert set(fields["city"]["operators"]) == {"contains", "is", "not", "starts"}
    assert {"is", "not"} == set(fields["state"]["operators"])
    assert all(field["zh"] and field["en"] for field in fields.values())


GROUPED = [field.name for field in FIELDS if field.gather is not None]


def key_of(row, name):
    value = PLAIN[name](row) if name in PLAIN else row[name]
    return ("true" if value else "false") if str(BY_NAME[name].kind) == "flag" else "|".join(sorted(value))


@pytest.mark.parametrize("name", GROUPED)
def test_groups_count_all_that_matches_and_their_rows_stand_together(town, name):
    rows = listed(town, "is_cod:is:false")
    wanted = {key: [row for row in rows if key_of(row, name) == key] for key in sorted({key_of(row, name) for row in rows})}
    told = town.get("/lists/orders/groups", params={"f": "is_cod:is:false", "group": name}).json()
    assert (told["is_exact"], told["is_cut"]) == (True, False)
    assert {group["key"]: group["count"] for group in told["groups"]} == {key: len(some) for key, some in wanted.items()}
    paid = {group["key"]: [(one["currency"], one["amount_minor"]) for one in group["paid"]] for group in told["groups"]}
    assert paid == {key: [("CNY", sum(row["paid_minor"] for row in some))] for key, some in wanted.items()}
    for group in told["groups"]:
        if group["filters"]:
            assert [row["id"] for row in listed(town, "is_cod:is:false", *group["filters"])] == [row["id"] for row in wanted[group["key"]]]
    pages, cursor = [], ""
    while cursor is not None:
        answer = town.get("/lists/orders", params={"f": "is_cod:is:false", "group": name, "sort": "order_no", "limit": 4, "cursor": cursor}).json()
        pages, cursor = pages + answer["items"], answer["next"]
    assert [row["id"] for row in pages] == [row["id"] for some in wanted.values() for row in sorted(some, key=lambda row: row["order_no"])]


def test_groups_are_made_of_what_is_seen(town):
    limited = town.person("grouper", "see", warehouses=["A"])
    told = limited.call("GET", "/lists/orders/groups?group=warehouse").json()["groups"]
    assert [group["key"] for group in told] == ["A"]
    assert sum(group["count"] for group in told) < 12
    assert limited.call("GET", "/lists/orders/groups").status_code == 422


def found(world, text):
    answer = world.post("/lists/orders/find", {"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_search_box_understands_whatever_is_typed(town):
    numbers = {row["platform_order_no"]: row["order_no"] for row in listed(town)}
    assert found(town, "TB-1") == {"kind": "numbers", "found": [numbers["TB-1"]], "missing": [], "is_cut": False}
    assert found(town, numbers["TB-2"])["found"] == [numbers["TB-2"]]
    assert found(town, "0006")["found"] == [numbers["SH_1"]]
    assert found(town, "+86 138 0000 0007"[:0] + "13800000007")["found"] == [numbers["SH_2"]]
    assert set(found(town, "Z")["found"]) == {numbers["TB-4"], numbers["SH_1"]}
    assert (found(town, "Z")["kind"], found(town, "0006")["kind"]) == ("sku", "phone")
    shop = found(town, "ed")
    assert (shop["kind"], set(shop["found"])) == ("initials", {numbers["SH_1"], numbers["SH_2"], numbers["SH%3"]})
    sent = town.get("/fulfilments", params={"limit": 1}).json()["items"][0]
    assert found(town, sent["no"].lower()) == {"kind": "numbers", "found": [sent["order_no"]], "missing": [], "is_cut": False}
    assert found(town, "no-such-thing") == {"kind": "nothing", "found": [], "missing": ["no-such-thing"], "is_cut": False}


def test_five_hundred_numbers_are_looked_up_and_the_missing_listed(town):
    numbers = {row["platform_order_no"]: row["order_no"] for row in listed(town)}
    answer = found(town, "TB-1，TB-2\n\tSH_1;  nobody、TB-1")
    assert answer["found"] == [numbers["TB-1"], numbers["TB-2"], numbers["SH_1"]]
    assert answer["missing"] == ["nobody"]
    many = found(town, " ".join(f"N{n}" for n in range(499)) + " TB-1")
    assert (many["found"], len(many["missing"])) == ([numbers["TB-1"]], 499)
    assert town.post("/lists/orders/find", {"text": " ".join(f"N{n}" for n in range(501))}).status_code == 422


@pytest.mark.parametrize(
    ("name", "initials"), [("龙井茶", "ljc"), ("iPhone 壳", "iphonek"), ("啊", "a"), ("座", "z"), ("匝", "z"), ("貔貅", ""), ("ü!？", "")]
)
def test_initials_are_those_people_type(name, initials):
    assert initials_of(name) == initials


def test_goods_that_nobody_has_named_show_the_platform_s_number_of_them(town):
    [(item_ref, title)] = town.scene.query("SELECT item_ref, title FROM listing WHERE sku_id IS NULL")
    town.scene.query("UPDATE listing SET title = '' WHERE sku_id IS NULL RETURNING 1")
    [row] = listed(town, "is_unmapped:is:true")
    assert [goods["name"] for goods in row["goods"]] == [item_ref]
    town.scene.query("UPDATE listing SET title = %s WHERE sku_id IS NULL RETURNING 1", title)


def test_every_queue_counts_what_its_filters_list(town):
    town.client.app.state.queues.forget()
    queues = {queue["queue"]: queue for queue in town.get("/queues").json()}
    assert queues.keys() >= QUEUES.keys()
    for queue in queues.values():
        assert len(listed(town, *queue["filters"])) == queue["count"], queue
    assert queues["short_of_stock"]["count"] == 1
    assert queues["overdue"]["count"] >= 1
    assert queues["hold.listing_unmapped"]["count"] == 1


def test_of_very_many_orders_the_newest_are_put_in_groups_and_the_list_shows_those(town, monkeypatch):
    newest = [row["id"] for row in listed(town)][:3]
    for module in (compose, groups):
        monkeypatch.setattr(module, "GATHERED_MAX", 3)
    counted = town.get("/lists/orders/groups?group=shop").json()
    assert (counted["is_exact"], sum(group["count"] for group in counted["groups"])) == (False, 4)
    first = town.get("/lists/orders?group=shop&limit=2").json()
    rest = town.get(f"/lists/orders?group=shop&limit=2&cursor={first['next']}").json()
    assert ({row["id"] for row in first["items"] + rest["items"]}, rest["next"]) == (set(newest), None)
