"""Actions over many orders: a dry run says what the run does, three that fail are listed, retried and undone; jobs survive a dead process."""

import io

import pytest
from python_calamine import CalamineWorkbook

from browser import second_shop, told
from counting import counted
from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.jobs.carry import Task, carry, dry_run
from paidan.entrypoints.api.jobs.parameters import NEEDED, Action, Parameters, Told
from paidan.release.step import release
from scene import NOW, line, order, receiver

NOTE = {"note": "确认"}


def number(world, platform_no):
    return world.scene.query("SELECT order_no FROM sales_order WHERE platform_order_no = %s", platform_no)[0][0]


def orders_of(world):
    return {row["platform_order_no"]: row for row in world.get("/lists/orders?limit=500").json()["items"]}


def tried(world, action, target, parameters=None, **more):
    return world.post("/jobs", {"action": action, "target": target, "parameters": parameters or {}, "is_dry_run": True}, **more).json()


def run(world, action, target, parameters=None, **more):
    answer = world.post("/jobs", {"action": action, "target": target, "parameters": parameters or {}}, **more)
    assert answer.status_code == 200, answer.text
    job = world.ended(answer.json()["job_id"])
    assert job["state"] == "done"
    return job


def undone(world, job):
    """The job when all that could be was undone."""
    assert world.post(f"/jobs/{job['id']}/undo").status_code == 200
    job = world.ended(job["id"])
    assert job["state"] == "undone"
    return job


def passed(world):
    due = [row[0] for row in world.scene.query("SELECT id FROM sales_order WHERE due_at <= %s", NOW)]
    told(world.scene, due=due)


def held_by_hand(world, *platform_nos):
    for no in platform_nos:
        row = orders_of(world)[no]
        assert world.post(f"/orders/{row['id']}/hold", {"note": "x"}, headers={"if-match": "*"}).status_code == 200


def test_a_bulk_audit_lists_the_three_that_fail_dry_and_run_alike(world):
    world.scene.set_up({"A": {"X": 100}})
    good = [order(f"P{n}", line("X"), receiver=receiver(n), buyer_remark="快点") for n in range(7)]
    bad = [order(f"B{n}", line("NO-SUCH"), receiver=receiver(20 + n)) for n in range(3)]
    told(world.scene, *good, *bad)
    target = {"filters": ["state:is:received|sourced"]}
    dry = tried(world, "audit", target, headers={"accept-language": "en"})
    assert (dry["total"], dry["will"], dry["refused_count"], dry["job_id"]) == (10, 7, 3, None)
    assert {row["order_no"] for row in dry["refused"]} == {number(world, f"B{n}") for n in range(3)}
    assert {(row["reason"], row["next_step"]) for row in dry["refused"]} == {("listing_unmapped", "Map the listing to a SKU")}
    before = world.scene.query("SELECT id, version FROM sales_order ORDER BY id")
    assert tried(world, "audit", target)["will"] == 7
    assert world.scene.query("SELECT id, version FROM sales_order ORDER BY id") == before
    job = run(world, "audit", target, headers={"accept-language": "en"})
    assert (job["total"], job["done"], job["failed"]) == (10, 7, 3)
    assert {row["order_no"] for row in job["refused"]} == {row["order_no"] for row in dry["refused"]}
    assert world.scene.query("SELECT count(*) FROM hold WHERE closed_at IS NULL AND reason = 'remark_unread'") == [(0,)]
    passed(world)
    assert {row["state"] for no, row in orders_of(world).items() if no[0] == "P"} == {"sourced"}
    assert world.get(f"/jobs/{job['id']}/rows?state=refused").json()["items"][0]["reason"] == "listing_unmapped"


def test_the_refused_are_tried_again_when_their_cause_is_gone(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    job = run(world, "release_hold", {"order_nos": [number(world, "P1"), "SO-none"]})
    assert [(row["order_no"], row["reason"]) for row in job["refused"]] == [(number(world, "P1"), "not_held"), ("SO-none", "unknown_order")]
    held_by_hand(world, "P1")
    assert world.post(f"/jobs/{job['id']}/retries").status_code == 200
    again = world.ended(job["id"])
    assert (again["state"], again["done"], again["failed"]) == ("done", 1, 1)


def test_an_audit_is_undone_where_the_order_has_not_gone_on(world):
    world.scene.set_up({"A": {"X": 10}})
    remark = {"buyer_remark": "快点"}
    told(world.scene, order("P1", line("X"), receiver=receiver(1), **remark), order("P2", line("X"), receiver=receiver(2), **remark))
    job = run(world, "audit", {"filters": []})
    assert job["can_undo_until"]
    passed(world)
    released(world, "P2")
    job = undone(world, job)
    assert (job["undone"], [(row["order_no"], row["reason"]) for row in job["refused"]]) == (1, [(number(world, "P2"), "not_to_be_undone")])
    rows = orders_of(world)
    assert (rows["P1"]["holds"], rows["P2"]["holds"]) == (["remark_unread"], [])
    passed(world)
    assert orders_of(world)["P1"]["holds"] == ["remark_unread"]
    assert world.post(f"/jobs/{job['id']}/undo").json()["reason"] == "not_to_be_undone"


def test_what_a_person_holds_stays_until_that_hold_is_released(world):
    world.scene.set_up({"A": {"X": 10}})
    remark = {"buyer_remark": "快点"}
    told(world.scene, order("P1", line("X"), receiver=receiver(1), **remark), order("P2", line("X"), receiver=receiver(2), **remark))
    held_by_hand(world, "P1")
    both, one = ({"order_nos": [number(world, no) for no in nos]} for nos in (["P1", "P2"], ["P1"]))
    job = run(world, "audit", both)
    assert [(row["order_no"], row["reason"], row["next_step"]) for row in job["refused"]] == [
        (number(world, "P1"), "held_by_person", "问过挂起人后解除挂起"),
    ]
    assert [row["is_forceable"] for row in job["refused_by_reason"]] == [False]
    assert [row["reason"] for row in tried(world, "release", one, NOTE)["refused"]] == ["held_by_person"]
    assert set(orders_of(world)["P1"]["holds"]) == {"held_by_person", "remark_unread"}
    job = run(world, "release_hold", both)
    assert [(row["order_no"], row["reason"]) for row in job["refused"]] == [(number(world, "P2"), "not_held")]
    assert orders_of(world)["P1"]["holds"] == ["remark_unread"]
    assert undone(world, job)["undone"] == 1
    assert set(orders_of(world)["P1"]["holds"]) == {"held_by_person", "remark_unread"}
    assert world.scene.query("SELECT note FROM hold WHERE reason = 'held_by_person' AND closed_at IS NULL") == [("x",)]


def test_whoever_may_hold_lets_go_what_is_held_and_no_more(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X"), buyer_remark="快点"))
    held_by_hand(world, "P1")
    path, any_version = f"/orders/{orders_of(world)['P1']['id']}/release", {"if-match": "*"}
    people = {name: world.person(name, "see", *rights) for name, rights in (("planner", ["hold"]), ("auditor", ["audit"]), ("viewer", []))}

    def answer(name, *reasons):
        return people[name].call("POST", path, {"note": "x", "reasons": reasons}, headers=any_version).json().get("reason")

    assert answer("viewer", "held_by_person") == "not_allowed"
    assert (answer("auditor"), answer("auditor", "held_by_person")) == ("held_by_person", "held_by_person")
    assert answer("planner", "remark_unread") == "remark_unread"
    assert answer("planner", "held_by_person") is None
    assert answer("auditor") is None
    assert orders_of(world)["P1"]["holds"] == []


def released(world, *platform_nos):
    wanted = [number(world, no) for no in platform_nos]
    with world.scene.database.transaction() as tx:
        network = world.scene.stages.network.load(tx, cache_versions(tx)["network"])
        found = "SELECT f.id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE f.state = 10 AND o.order_no = ANY(%s)"
        planned = [row[0] for row in tx.execute(found, (wanted,))]
        release(tx, planned, network=network, ids=world.scene.ids, sealer=world.scene.sealer, now=NOW)
    assert world.scene.broken_invariants() == {}


CHANGES = [
    ("hold", {"note": "等电话"}, lambda row: row["holds"] == ["held_by_person"]),
    ("flag", {"flag": 3}, lambda row: row["flag"] == 3),
    ("change_warehouse", {"warehouse": "B"}, lambda row: row["warehouses"] == ["B"]),
    ("change_carrier", {"carrier": "SF"}, lambda row: row["carriers"] == ["SF"]),
    ("add_gift", {"sku": "G", "quantity": 2}, lambda row: row["units"] == 3),
    ("mark_printed", {"kind": "label"}, lambda row: row["printed"] == 1),
]


@pytest.mark.parametrize(("action", "parameters", "is_so"), CHANGES, ids=[case[0] for case in CHANGES])
def test_what_is_done_can_be_undone_and_the_books_agree_at_every_step(world, action, parameters, is_so):
    scene = world.scene
    scene.set_up({"A": {"X": 10, "G": 10}, "B": {"X": 10}})
    other_carrier(world)
    told(scene, order("P1", line("X")))
    assert not is_so(orders_of(world)["P1"])
    target = {"order_nos": [number(world, "P1")]}
    assert tried(world, action, target, parameters)["will"] == 1
    job = run(world, action, target, parameters)
    assert (job["done"], job["failed"]) == (1, 0), job
    assert scene.broken_invariants() == {}
    passed(world)
    assert is_so(orders_of(world)["P1"]), orders_of(world)["P1"]
    job = undone(world, job)
    assert job["undone"] == 1, job
    assert scene.broken_invariants() == {}
    passed(world)
    if action == "add_gift":
        [(quantity, cancelled)] = scene.query("SELECT quantity, cancelled FROM order_line WHERE kind = 'gift'")
        assert quantity == cancelled == 2
    elif action == "change_warehouse":
        assert orders_of(world)["P1"]["warehouses"] in (["A"], ["B"])
        assert scene.query("SELECT edits ->> 'warehouse_id' FROM sales_order") == [(None,)]
    elif action == "change_carrier":
        assert scene.query("SELECT edits ->> 'carrier_id' FROM sales_order") == [(None,)]
    else:
        assert not is_so(orders_of(world)["P1"])


def other_carrier(world):
    scene = world.scene
    carrier_id, tier_id = scene.ids.take(2)
    scene.query("INSERT INTO carrier (id, code, name) VALUES (%s, 'SF', '顺丰') RETURNING 1", carrier_id)
    tier = "INSERT INTO freight_tier (id, carrier_id, region, first_g, first_minor, step_g, step_minor) VALUES (%s, %s, '*', 1000, 1800, 1000, 500) RETURNING 1"
    scene.query(tier, tier_id, carrier_id)
    scene.query("UPDATE cache_version SET version = version + 1 RETURNING 1")


def test_a_cancelled_order_is_refused_by_whatever_comes_after(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    target = {"order_nos": [number(world, "P1")]}
    assert run(world, "cancel", target, NOTE)["done"] == 1
    passed(world)
    for action in ("cancel", "hold", "flag", "release", "release_hold", "merge", "split", "add_gift", "audit", "un_merge"):
        answer = tried(world, action, target, {**NOTE, "sku": "X"})
        assert [row["reason"] for row in answer["refused"]] == ["already_cancelled"], action


def test_what_the_warehouse_has_is_not_re_routed(world):
    world.scene.set_up({"A": {"X": 10}, "B": {"X": 10}})
    told(world.scene, order("P1", line("X")))
    released(world, "P1")
    target = {"order_nos": [number(world, "P1")]}
    for action, parameters in (("change_warehouse", {"warehouse": "B"}), ("add_gift", {"sku": "X"}), ("split", {}), ("merge", {})):
        assert [row["reason"] for row in tried(world, action, target, parameters)["refused"]] == ["at_the_warehouse"], action


def test_merging_now_ends_the_window_and_un_merging_takes_the_parcel_apart(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10}})
    told(scene, order("P1", line("X")), order("P2", line("X")), order("P3", line("X"), receiver=receiver(7)))
    numbers = [number(world, no) for no in ("P1", "P2", "P3")]
    dry = tried(world, "merge", {"order_nos": numbers})
    assert [(row["order_no"], row["reason"]) for row in dry["refused"]] == [(numbers[2], "nothing_to_merge")]
    assert run(world, "merge", {"order_nos": numbers})["done"] == 2
    assert scene.query("SELECT count(*) FROM fulfilment WHERE release_due_at <= %s", NOW) == [(2,)]
    released(world, "P1")
    assert orders_of(world)["P2"]["is_merged"]
    job = run(world, "un_merge", {"order_nos": numbers})
    assert (job["done"], [row["reason"] for row in job["refused"]]) == (2, ["not_merged"])
    assert scene.query("SELECT kind FROM outbox WHERE kind = 'wms.recall'") == [("wms.recall",)]
    assert scene.broken_invariants() == {}


def test_an_order_whose_only_mate_is_held_is_not_sent_alone_by_merging(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X")), order("P2", line("X")))
    held_by_hand(world, "P2")
    target = {"order_nos": [number(world, no) for no in ("P1", "P2")]}
    refused = {row["order_no"]: row["reason"] for row in tried(world, "merge", target)["refused"]}
    assert refused == {number(world, "P1"): "nothing_to_merge", number(world, "P2"): "held_by_person"}
    assert tried(world, "un_merge", target)["will"] == 2


def test_a_split_moves_units_into_a_parcel_of_their_own(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10, "Y": 10}})
    told(scene, order("P1", line("X", 3), line("Y", 1)), order("P2", line("X"), receiver=receiver(2)))
    target = {"order_nos": [number(world, "P1"), number(world, "P2")]}
    assert [row["reason"] for row in tried(world, "split", target)["refused"]] == ["nothing_to_split"]
    assert tried(world, "split", target, {"lines": [{"line_no": 1, "quantity": 9}]})["will"] == 0
    job = run(world, "split", {"order_nos": [number(world, "P1")]}, {"lines": [{"line_no": 1, "quantity": 2}]})
    assert job["done"] == 1
    assert scene.broken_invariants() == {}
    lines = "SELECT l.line_no, l.quantity - l.cancelled, f.weight_g FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id"
    rows = scene.query(lines + " JOIN sales_order o ON o.id = f.order_id WHERE o.platform_order_no = 'P1' ORDER BY f.id, l.line_no")
    assert rows == [(1, 1, 600), (2, 1, 600), (1, 2, 600)]
    released(world, "P1")
    sent = scene.query("SELECT count(*) FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE f.state = 30 AND o.platform_order_no = 'P1'")
    assert sent == [(2,)]


def test_what_an_audit_refused_is_forced_with_a_reason_by_who_may(world):
    world.scene.set_up({"A": {"X": 10}})
    told(
        world.scene,
        order("P1", line("X"), paid_minor=1),
        order("P2", line("X"), receiver=receiver(2)),
        order("P3", line("NO-SUCH"), receiver=receiver(3)),
    )
    target = {"order_nos": [number(world, f"P{n}") for n in (1, 2, 3)] + ["SO-none"]}
    dry = tried(world, "audit", target)
    forceable = {row["reason"]: row["is_forceable"] for row in dry["refused_by_reason"]}
    assert forceable == {"amounts_disagree": True, "not_held": False, "listing_unmapped": False, "unknown_order": False}
    job = run(world, "audit", target)
    assert {row["reason"]: row["count"] for row in job["refused_by_reason"]} == dict.fromkeys(forceable, 1)
    path = f"/jobs/{job['id']}"
    rows = world.get(f"{path}/rows?reason=amounts_disagree").json()["items"]
    assert [(row["order_no"], row["state"], row["is_forceable"]) for row in rows] == [(number(world, "P1"), "refused", True)]
    pages = [world.get(f"{path}/rows?state=refused&limit=3").json()]
    pages.append(world.get(f"{path}/rows?state=refused&limit=3&cursor={pages[0]['next']}").json())
    assert [len(page["items"]) for page in pages] == [3, 1]
    assert world.post(f"{path}/forcings", {"note": " "}).status_code == 422
    made = world.post(f"{path}/forcings", {"note": "老板同意"})
    assert made.status_code == 200, made.text
    forced = world.ended(made.json()["job_id"])
    assert (forced["action"], forced["total"], forced["done"]) == ("release", 1, 1)
    assert world.scene.query("SELECT close_note FROM hold WHERE closed_at IS NOT NULL") == [("老板同意",)]
    again = run(world, "hold", {"order_nos": [number(world, "P2")]}, NOTE)
    assert world.post(f"/jobs/{again['id']}/forcings", {"note": "x"}).json()["reason"] == "illegal_move"
    assert world.person("li", "see", "audit").call("POST", f"{path}/forcings", {"note": "x"}).status_code == 403


def test_a_dry_split_says_what_comes_out_and_writes_nothing(world):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    told(world.scene, order("P1", line("X", 3), line("Y", 1)))
    target = {"order_nos": [number(world, "P1")]}
    dry = tried(world, "split", target, {"lines": [{"line_no": 1, "quantity": 2}]})
    assert (dry["will"], [[(line["sku_code"], line["quantity"]) for line in parcel["lines"]] for parcel in dry["parcels"]]) == (
        1,
        [[("X", 1), ("Y", 1)], [("X", 2)]],
    )
    assert [(parcel["no"][:2], parcel["warehouse_code"], parcel["weight_g"]) for parcel in dry["parcels"]] == [("FH", "A", 600), ("", "A", 600)]
    assert [len(parcel["lines"]) for parcel in tried(world, "split", target)["parcels"]] == [1, 1]
    assert world.scene.query("SELECT count(*) FROM fulfilment") == [(1,)]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([(9, 1)], "unknown_line"),
        ([(1, 4)], "more_than_planned"),
        ([(1, 3), (2, 1)], "splits_nothing_off"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused_with_what_is_wrong(world, lines, reason):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    told(world.scene, order("P1", line("X", 3), line("Y", 1)))
    target = {"order_nos": [number(world, "P1")]}
    dry = tried(world, "split", target, {"lines": [{"line_no": line_no, "quantity": quantity} for line_no, quantity in lines]})
    assert ([row["reason"] for row in dry["refused"]], dry["parcels"]) == ([reason], [])
    assert dry["refused"][0]["next_step"]


def test_an_order_to_be_kept_whole_is_not_split(world):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    told(world.scene, order("P1", line("X", 3), line("Y", 1)))
    order_id = orders_of(world)["P1"]["id"]
    assert world.post(f"/orders/{order_id}/edits", {"is_alone": True}, headers={"if-match": "*"}).status_code == 200
    assert [row["reason"] for row in tried(world, "split", {"order_nos": [number(world, "P1")]})["refused"]] == ["kept_whole"]


def test_a_forced_release_takes_a_note_and_the_right(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("P1", line("X"), paid_minor=1))
    target = {"order_nos": [number(world, "P1")]}
    assert tried(world, "audit", target)["will"] == 0
    assert world.post("/jobs", {"action": "release", "target": target}).json()["errors"][0]["field"] == "note"
    auditor = world.person("li", "see", "audit")
    body = {"action": "release", "target": target, "parameters": NOTE}
    assert auditor.call("POST", "/jobs", body).status_code == 403
    assert run(world, "release", target, NOTE)["done"] == 1
    [(by, note)] = world.scene.query("SELECT closed_by, close_note FROM hold WHERE closed_at IS NOT NULL")
    assert (by, note) == ("user:adminer", "确认")


@pytest.mark.parametrize("action", list(Action))
def test_each_action_takes_its_own_right(world, action):
    allowed = world.person("li", "see", NEEDED[action])
    others = world.person("wang", *({"see", *NEEDED.values()} - {NEEDED[action]}))
    body = {"action": action, "target": {"order_nos": ["SO-none"]}, "parameters": {**NOTE, "sku": "X"}, "is_dry_run": True}
    assert allowed.call("POST", "/jobs", body).status_code in {200, 422}
    assert others.call("POST", "/jobs", body).status_code == 403


def test_a_person_of_one_shop_reaches_only_its_orders(world):
    scene = world.scene
    scene.set_up({"A": {"X": 10}})
    second_shop(scene)
    told(scene, order("MINE", line("X"), receiver=receiver(1)))
    told(scene, order("THEIRS", line("X"), receiver=receiver(2)), shop="S2")
    clerk = world.person("li", "see", "hold", "export", shops=["S1"])
    body = {"action": "hold", "target": {"order_nos": [number(world, "MINE"), number(world, "THEIRS")]}, "parameters": NOTE}
    made = clerk.call("POST", "/jobs", body).json()
    job = world.ended(made["job_id"], asked_by=clerk)
    assert job["state"] == "done"
    assert [(row["order_no"], row["reason"]) for row in job["refused"]] == [(number(world, "THEIRS"), "unknown_order")]
    assert clerk.call("POST", "/jobs", {**body, "target": {"filters": []}, "is_dry_run": True}).json()["total"] == 1
    assert world.get(f"/jobs/{made['job_id']}").status_code == 404
    assert world.post(f"/jobs/{made['job_id']}/undo").status_code == 404
    assert world.get(f"/jobs/{made['job_id']}/rows").status_code == 404
    assert orders_of(world)["THEIRS"]["holds"] == []


def test_an_export_is_a_workbook_of_the_columns_asked_for(world):
    world.scene.set_up({"A": {"X": 10}})
    told(world.scene, order("1234567890123456789", line("X", 2)), order("=1+1", line("X"), receiver=receiver(2)))
    columns = ["platform_order_no", "state", "paid_minor", "goods", "receiver", "is_cod", "placed_at"]
    job = run(world, "export", {"filters": []}, {"columns": columns})
    assert (job["done"], job["has_file"]) == (2, True)
    answer = world.get(f"/jobs/{job['id']}/file")
    assert "attachment" in answer.headers["content-disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["平台单号", "状态", "实付金额", "商品", "收件人", "货到付款", "下单时间"]
    assert (
        rows[1] == ["1234567890123456789", "已分仓", 20.0, "X × 2", "张* 138******01", "", "2026-11-11 11:55:00"]
        or rows[1][0] == "1234567890123456789"
    )
    assert rows[2][0] == "'=1+1"
    assert "13800000001" not in str(rows)
    clerk = world.person("li", "see", "export")
    assert clerk.call("GET", f"/jobs/{job['id']}/file").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "hold", "target": {"order_nos": ["x"]}}, "note"),
        ({"action": "change_warehouse", "target": {"order_nos": ["x"]}, "parameters": {"warehouse": "no"}}, "warehouse"),
        ({"action": "change_carrier", "target": {"order_nos": ["x"]}, "parameters": {"carrier": "no"}}, "carrier"),
        ({"action": "add_gift", "target": {"order_nos": ["x"]}}, "sku"),
        ({"action": "audit", "target": {}}, "target"),
        ({"action": "audit", "target": {"order_nos": ["x"], "filters": []}}, "target"),
        ({"action": "audit", "target": {"filters": ["nobody:is:1"]}}, "f"),
        ({"action": "nothing", "target": {"filters": []}}, "action"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused_by_its_field(still, body, field):
    answer = still.post("/jobs", body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field]), answer.text


def test_goods_that_cannot_be_given_away_are_refused_for_what_they_are(world):
    world.scene.set_up({"A": {"X": 1}}, bundles={"SET": {"X": 1}})
    assert world.post("/catalog/skus", {"rows": [{"code": "OFF", "name": "停售", "is_on_sale": False}]}).status_code == 200

    def refusal(sku):
        body = {"action": "add_gift", "target": {"filters": []}, "parameters": {"sku": sku}, "is_dry_run": True}
        [error] = world.post("/jobs", body).json()["errors"]
        return error["field"], error["reason"], error["expected"]

    assert refusal("NO") == ("sku", "unknown_sku", "")
    assert refusal("OFF") == ("sku", "goods_off_sale", "")
    assert refusal("SET") == ("sku", "field_invalid", "不是组合装的货品编码")


def test_a_job_left_by_a_dead_process_is_taken_up_where_it_stopped(world):
    world.scene.set_up({"A": {"X": 100}})
    told(world.scene, *[order(f"P{n}", line("X"), receiver=receiver(n)) for n in range(4)])
    runner = world.client.app.state.jobs
    runner.stop()
    made = world.post("/jobs", {"action": "hold", "target": {"filters": []}, "parameters": NOTE}).json()
    job_id = made["job_id"]
    # Two rows were committed by the process that died, whose lease has not ended yet.
    rows = world.scene.query("UPDATE job_row SET state = 1 WHERE job_id = %s AND n <= 2 RETURNING order_id", int(job_id))
    assert len(rows) == 2
    world.scene.query("UPDATE job SET lease_until = now() + interval '1 hour' WHERE id = %s RETURNING 1", int(job_id))
    fresh = type(runner)(world.services)
    assert not fresh.work_one()
    world.scene.query("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = %s RETURNING 1", int(job_id))
    assert fresh.work_one()
    job = world.get(f"/jobs/{job_id}").json()
    assert (job["state"], job["done"]) == ("done", 4)
    assert world.scene.query("SELECT count(*) FROM hold") == [(2,)]
    world.client.app.state.jobs = type(runner)(world.services)
    world.client.app.state.jobs.start()


def test_what_one_person_asks_for_is_done_in_that_order_whichever_process_works(world):
    world.scene.set_up({"A": {"X": 100}})
    told(world.scene, order("P1", line("X"), receiver=receiver(1)))
    runner = world.client.app.state.jobs
    runner.stop()
    job_ids = {
        action: int(world.post("/jobs", {"action": action, "target": {"filters": []}, "parameters": parameters}).json()["job_id"])
        for action, parameters in (("hold", NOTE), ("release_hold", NOTE), ("export", {"columns": ["order_no"]}))
    }
    one, other = type(runner)(world.services), type(runner)(world.services)
    held = one._claim()
    assert held.id == job_ids["hold"]
    assert [other._claim().id, other._claim()] == [job_ids["export"], None]  # a file waits for nothing
    world.scene.query("UPDATE job SET owner = 'person:77' WHERE id = %s RETURNING 1", job_ids["release_hold"])
    assert other._claim().id == job_ids["release_hold"]  # another person's
    world.scene.query("UPDATE job SET lease_until = '-infinity' WHERE id <> %s RETURNING 1", job_ids["hold"])
    world.scene.query("UPDATE job SET owner = (SELECT owner FROM job WHERE id = %s) RETURNING 1", job_ids["hold"])
    one._end(held)
    assert other._claim().id == job_ids["release_hold"]
    world.scene.query("UPDATE job SET lease_until = '-infinity' RETURNING 1")
    world.client.app.state.jobs = type(runner)(world.services)
    world.client.app.state.jobs.start()


@pytest.mark.parametrize("action", [Action.HOLD, Action.AUDIT, Action.FLAG, Action.ADD_GIFT, Action.MERGE, Action.SPLIT])
def test_a_chunk_takes_the_same_number_of_statements_for_one_order_and_for_twenty(world, action):
    found = []
    for n in (1, 20):
        scene = world.scene
        if not scene.skus:
            scene.set_up({"A": {"X": 1000, "Y": 1000}})
        remark = "快点" if action == Action.AUDIT else ""  # it waits for an auditor
        lines = (line("X", 2), line("Y"))
        told(
            scene,
            *[order(f"{n}-{i}-{j}", *lines, receiver=receiver(n * 100 + i), buyer_remark=remark) for i in range(n) for j in range(2)],
        )
        ids = [row[0] for row in scene.query("SELECT id FROM sales_order WHERE platform_order_no LIKE %s ORDER BY id", f"{n}-%")]
        task = Task(action=action, told=Told(given=Parameters(note="x", flag=2), sku_id=scene.skus["X"]), actor="user:li")
        with scene.database.transaction() as tx:
            dry = dry_run(tx, world.services, task, ids, NOW)
        with scene.database.transaction() as tx, counted(tx) as statements:
            done = carry(tx, world.services, task, dict.fromkeys(ids), NOW)
        assert [one.reason for one in dry] == [done[i].reason for i in ids] == [None] * (2 * n)
        assert scene.broken_invariants() == {}
        found.append(len(statements))
    assert found[0] == found[1]
