"""The phone page's side of the API: who sees which work, what counts once, what is refused and how it is said."""

import pytest

from browser import second_shop, told
from counting import counted
from hands import let_go
from light import BARCODES, numbers, scan_id, set_up_shop
from paidan.entrypoints.api.pda import reads
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.fulfilment.light.once import KEPT_FOR, forget_scans
from scene import NOW, line, order, receiver

PHONE = {"headers": {"accept-language": "en"}}


@pytest.fixture
def shop(world):
    """A is worked by hand, B by a system. Two orders from A (the later one is due sooner), one from B."""
    set_up_shop(world.scene, {"A": {"X": 10, "Y": 10}, "B": {"Z": 10}})
    told(world.scene, order("1", line("X", 2), line("Y"), receiver=receiver(1)))
    told(world.scene, order("2", line("X"), receiver=receiver(2), ship_by_at=NOW.replace(hour=9)), order("3", line("Z"), receiver=receiver(3)))
    let_go(world.scene)
    return world


def announced(world, *lines, warehouse="A"):
    body = {"warehouse_code": warehouse, "reference": "PO-7", "lines": [{"sku_code": sku, "quantity": n} for sku, n in lines]}
    return world.post("/documents/entries", body).json()["no"]


def tasks(world, **more):
    return world.get("/pda/tasks", **more).json()["items"]


def scans(*codes):
    return [{"barcode": BARCODES.get(code, code)} for code in codes]


def ship_body(n, *codes, **more):
    return {"scan_id": scan_id(n), "scans": scans(*codes), "tracking_no": f"ZT{n:05d}", **more}


def test_tasks_are_those_of_people_by_deadline_with_masked_receivers(shop):
    found = tasks(shop)
    assert [(task["units"], task["kinds"], task["state"]) for task in found] == [(1, 1, "released"), (3, 2, "released")]
    assert found[0]["receiver_name"] == "张**"
    assert "13800000002" not in str(found)
    whole = shop.get(f"/pda/fulfilments/{found[1]['no']}").json()
    assert [(row["sku_code"], row["quantity"], row["barcodes"]) for row in whole["lines"]] == [("X", 2, [BARCODES["X"]]), ("Y", 1, [BARCODES["Y"]])]


def test_pages_of_tasks_follow_one_another(shop):
    first = shop.get("/pda/tasks?limit=1").json()
    second = shop.get(f"/pda/tasks?limit=1&cursor={first['next']}").json()
    assert [task["units"] for task in first["items"] + second["items"]] == [1, 3]
    assert second["next"] is None


def test_the_whole_way_of_one_order(shop):
    no = tasks(shop)[1]["no"]
    assert shop.post(f"/pda/fulfilments/{no}/accept", {"scan_id": scan_id(1)}).json()["state"] == "accepted"
    half = shop.post(f"/pda/fulfilments/{no}/verify", {"scan_id": scan_id(2), "scans": scans("X", "Y")}).json()
    assert (half["scanned"], half["left"], half["is_packed"]) == (2, 3, False)
    assert shop.post(f"/pda/fulfilments/{no}/verify", {"scan_id": scan_id(3), "scans": scans("X", "X", "Y")}).json()["is_packed"]
    gone = shop.post(f"/pda/fulfilments/{no}/ship", ship_body(4, "X", "X", "Y", weight_g=500)).json()
    assert (gone["state"], gone["left"], gone["tracking_nos"]) == ("shipped", 0, ["ZT00004"])
    assert shop.scene.broken_invariants() == {}
    assert [task["units"] for task in tasks(shop)] == [1]
    assert [task["no"] for task in shop.get("/pda/find/ZT00004").json()["tasks"]] == [no]


def test_two_parcels_of_one_fulfilment(shop):
    no = tasks(shop)[1]["no"]
    boxes = [{"tracking_no": "ZT-A", "scans": scans("X", "Y")}, {"tracking_no": "ZT-B", "scans": scans("X"), "carrier": "ZTO"}]
    assert shop.post(f"/pda/fulfilments/{no}/ship", {"scan_id": scan_id(1), "parcels": boxes}).json()["state"] == "shipped"
    assert shop.scene.query("SELECT p.tracking_no, SUM(l.quantity) FROM parcel p JOIN parcel_line l ON l.parcel_id = p.id GROUP BY 1 ORDER BY 1") == [
        ("ZT-A", 2),
        ("ZT-B", 1),
    ]
    assert shop.scene.broken_invariants() == {}


def test_a_queue_sent_twice_counts_once_and_is_answered_the_same(shop):
    no = tasks(shop)[1]["no"]
    receipt = announced(shop, ("X", 5))
    asked = [
        (f"/pda/fulfilments/{no}/ship", ship_body(1, "X")),
        (f"/pda/receipts/{receipt}/receive", {"scan_id": scan_id(2), "scans": [{"barcode": BARCODES["X"], "quantity": 3}]}),
    ]
    first = [shop.post(path, body).json() for path, body in asked]
    again = [shop.post(path, body).json() for path, body in asked]
    assert first == again
    assert shop.scene.query("SELECT SUM(quantity) FROM entry WHERE cause LIKE 'scan:%%' GROUP BY kind ORDER BY 1") == [(-1,), (3,)]
    other = shop.post(asked[0][0], {**asked[0][1], "tracking_no": "ZT99999"})
    assert (other.status_code, other.json()["reason"]) == (422, "idempotency_conflict")


def test_what_was_refused_may_be_sent_again_when_it_is_right(shop):
    no = tasks(shop)[0]["no"]
    assert shop.post(f"/pda/fulfilments/{no}/ship", ship_body(1, "Y")).status_code == 422
    assert shop.post(f"/pda/fulfilments/{no}/ship", ship_body(1, "X")).status_code == 200


def test_old_scan_ids_are_forgotten(shop):
    no = tasks(shop)[0]["no"]
    shop.post(f"/pda/fulfilments/{no}/accept", {"scan_id": scan_id(1)})
    with shop.scene.database.transaction() as tx:
        assert (forget_scans(tx, NOW), forget_scans(tx, NOW + 2 * KEPT_FOR)) == (0, 1)


@pytest.mark.parametrize(
    ("codes", "more", "field", "reason"),
    [
        (["Y"], {}, "scans.0", "not_in_this_parcel"),
        (["X", "X"], {}, "scans.1", "scanned_enough"),
        (["X", "4711"], {}, "scans.1", "unknown_barcode"),
        (["X"], {"tracking_no": BARCODES["X"]}, "parcels.0.tracking_no", "not_a_waybill"),
        (["X"], {"carrier": "NONE"}, "parcels.0.carrier", "unknown_carrier"),
        ([], {}, "scans", "field_missing"),
    ],
)
def test_each_wrong_scan_is_told_by_its_place_in_both_languages(shop, codes, more, field, reason):
    no = tasks(shop)[0]["no"]
    path, body = f"/pda/fulfilments/{no}/ship", {**ship_body(1, *codes), **more}
    texts = []
    for language in ("zh", "en"):
        answer = shop.post(path, body, headers={"accept-language": language})
        assert answer.status_code == 422
        [problem] = answer.json()["errors"]
        assert (problem["field"], problem["reason"]) == (field, reason)
        texts.append(problem["text"])
    assert texts[0] != texts[1]


def test_what_a_system_works_is_not_worked_by_hand(shop):
    theirs = next(no for no in numbers(shop.scene) if shop.get(f"/pda/fulfilments/{no}").status_code == 409)
    for path, body in (("accept", {}), ("reject", {"reason": "x"}), ("ship", {"scans": scans("Z"), "tracking_no": "ZT1234"})):
        answer = shop.post(f"/pda/fulfilments/{theirs}/{path}", {"scan_id": scan_id(9), **body})
        assert (answer.status_code, answer.json()["reason"]) == (409, "not_worked_here")
    receipt = announced(shop, ("Z", 1), warehouse="B")
    assert shop.post(f"/pda/receipts/{receipt}/receive", {"scan_id": scan_id(9), "is_done": True}).json()["reason"] == "not_worked_here"


def test_rights_and_places_are_asked_of_everybody(shop):
    no = tasks(shop)[0]["no"]
    receipt = announced(shop, ("X", 1))
    second_shop(shop.scene)
    ways = [
        ("GET", "/pda/tasks", None),
        ("GET", f"/pda/fulfilments/{no}", None),
        ("GET", "/pda/receipts", None),
        ("GET", f"/pda/receipts/{receipt}", None),
        ("POST", f"/pda/fulfilments/{no}/accept", {"scan_id": scan_id(1)}),
        ("POST", f"/pda/fulfilments/{no}/verify", {"scan_id": scan_id(2), "scans": scans("X")}),
        ("POST", f"/pda/fulfilments/{no}/ship", ship_body(3, "X")),
        ("POST", f"/pda/fulfilments/{no}/reject", {"scan_id": scan_id(4), "reason": "x"}),
        ("POST", f"/pda/receipts/{receipt}/receive", {"scan_id": scan_id(5), "is_done": True}),
    ]
    viewer = shop.person("viewer", "see", "audit")
    elsewhere = shop.person("elsewhere", "see", "ship", "stock", warehouses=["B"])
    other_shop = shop.person("other", "see", "ship", "stock", shops=["S2"])
    for verb, path, body in ways:
        assert viewer.call(verb, path, body).status_code == 403
        answer = elsewhere.call(verb, path, body)
        assert answer.status_code == 404 or answer.json()["items"] == []
        if "receipts" not in path:
            answer = other_shop.call(verb, path, body)
            assert answer.status_code == 404 or answer.json()["items"] == []
    assert shop.person("nobody", "see", warehouses=["B"]).call("GET", f"/pda/find/{no}").json() == {"tasks": [], "receipts": [], "goods": None}
    mine = shop.person("mine", "ship", "see", shops=["S1"], warehouses=["A"])
    assert mine.call("POST", f"/pda/fulfilments/{no}/ship", ship_body(6, "X")).status_code == 200
    assert ("shipped", "user:mine") in shop.scene.query("SELECT step, actor FROM timeline")


@pytest.mark.parametrize(
    ("parts", "state", "left", "on_hand", "surplus"),
    [
        ([(3, False)], "part_done", 2, 13, 0),
        ([(3, False), (2, True)], "done", 0, 15, 0),
        ([(3, True)], "done", 0, 13, 0),
        ([(4, False), (4, True)], "done", 0, 18, 3),
        ([(0, True)], "done", 0, 10, 0),
    ],
)
def test_goods_arrive_in_parts_more_or_less_than_announced(shop, parts, state, left, on_hand, surplus):
    no = announced(shop, ("X", 5))
    for n, (units, is_done) in enumerate(parts):
        body = {"scan_id": scan_id(n), "scans": [{"barcode": BARCODES["X"], "quantity": units}] if units else [], "is_done": is_done}
        told_back = shop.post(f"/pda/receipts/{no}/receive", body).json()
    assert (told_back["state"], told_back["left"], told_back["surplus"]) == (state, left, surplus)
    found = "SELECT on_hand FROM balance b JOIN sku s ON s.id = b.sku_id WHERE s.code = 'X' AND b.warehouse_id = %s"
    assert shop.scene.query(found, shop.scene.warehouses["A"]) == [(on_hand,)]
    assert shop.scene.broken_invariants() == {}
    if state == "done":
        assert shop.post(f"/pda/receipts/{no}/receive", {"scan_id": scan_id(99), "is_done": True}).json()["reason"] == "receipt_closed"


def test_damaged_goods_and_goods_nobody_announced_are_received_too(shop):
    no = announced(shop, ("X", 5))
    body = {"scan_id": scan_id(1), "scans": [{"barcode": BARCODES["X"], "is_damaged": True}, *scans("Y")], "is_done": False}
    assert shop.post(f"/pda/receipts/{no}/receive", body).json()["received"] == 2
    assert shop.scene.query("SELECT grade, SUM(on_hand) FROM balance WHERE grade = 2 GROUP BY 1") == [(2, 1)]
    assert [(row["sku_code"], row["planned"], row["done"]) for row in shop.get(f"/pda/receipts/{no}").json()["lines"]] == [("X", 5, 1), ("Y", 0, 1)]
    assert shop.scene.broken_invariants() == {}


def test_an_unknown_barcode_is_refused_with_what_to_do_next(shop):
    no = announced(shop, ("X", 5))
    answer = shop.post(f"/pda/receipts/{no}/receive", {"scan_id": scan_id(1), "scans": scans("X", "4711")}, **PHONE).json()
    assert (answer["reason"], answer["errors"][0]["field"]) == ("unknown_barcode", "scans.1")
    assert "barcode" in answer["next_step"]
    assert [receipt["done"] for receipt in shop.get("/pda/receipts").json()["items"]] == [0]


def test_a_code_leads_to_whatever_it_is(shop):
    no = announced(shop, ("X", 5))
    assert shop.get(f"/pda/find/{no}").json()["receipts"][0]["planned"] == 5
    assert shop.get("/pda/find/PO-7").json()["receipts"][0]["no"] == no
    goods = shop.get(f"/pda/find/{BARCODES['X']}").json()["goods"]
    assert goods["sku_code"] == "X"
    assert [(shelf["warehouse_code"], shelf["on_hand"], shelf["reserved"], shelf["in_transit"]) for shelf in goods["shelves"]] == [("A", 10, 3, 5)]
    order_no = tasks(shop)[0]["order_nos"][0]
    assert [task["units"] for task in shop.get(f"/pda/find/{order_no}").json()["tasks"]] == [1]


def test_the_list_of_tasks_takes_as_many_statements_for_one_as_for_thirty(world):
    scene = world.scene
    set_up_shop(scene, {"A": {"X": 100}})
    counts = []
    caller = Caller(name="li", rights=frozenset(Right))
    for size in (1, 30):
        told(scene, *(order(f"{size}-{n}", line("X"), receiver=receiver(size * 100 + n)) for n in range(size)))
        let_go(scene)
        with scene.database.transaction() as tx, counted(tx) as seen:
            assert len(reads.read_tasks(tx, caller, "zh")) >= size
        counts.append(len(seen))
    assert counts[0] == counts[1]
