import base64
import hashlib
import hmac
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from scene import NOW


def rows(*found):
    return {"rows": list(found)}


MASTERS = [
    ("/catalog/skus", {"code": "X", "name": "货", "barcodes": ["690"]}, {"name": "货2"}),
    ("/shops", {"code": "S", "name": "店", "platform": "direct"}, {"name": "店2"}),
    (
        "/network/warehouses",
        {"code": "W", "name": "仓", "regions": ["330000"], "days": [{"on_date": "2026-10-01", "is_open": False}]},
        {"name": "仓2"},
    ),
    ("/network/carriers", {"code": "C", "name": "快递", "code_by_system": {"taobao": "C"}}, {"name": "快递2"}),
    (
        "/network/connections",
        {
            "code": "N",
            "protocol": "kuaidi100",
            "url": "https://x.example/",
            "account": {"customer": "c"},
            "secrets": {"key": "s3cret", "salt": "s3cret"},
        },
        {"is_active": False},
    ),
]


@pytest.mark.parametrize(("path", "row", "change"), MASTERS)
def test_master_data_is_created_listed_shown_and_changed_by_version(world, path, row, change):
    made = world.post(path, rows(row))
    assert made.status_code == 200, made.text
    [result] = made.json()["results"]
    assert (result["effect"], result["version"]) == ("created", 1)
    one = world.get(f"{path}/{result['id']}", scope="read")
    assert (one.headers["etag"], one.json()["code"]) == ('"v1"', row["code"])
    assert [item["id"] for item in world.get(f"{path}?code={row['code']}").json()["items"]] == [result["id"]]
    assert "s3cret" not in one.text + world.get(path).text
    assert world.call("PUT", f"{path}/{result['id']}", json={**row, **change}).status_code == 428
    assert world.call("PUT", f"{path}/{result['id']}", json={**row, **change}, headers={"if-match": '"v7"'}).status_code == 412
    changed = world.call("PUT", f"{path}/{result['id']}", json={**row, **change}, headers={"if-match": '"v1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"'), changed.text
    assert {key: changed.json()[key] for key in change} == change
    other = world.call("PUT", f"{path}/{result['id']}", json={**row, "code": "OTHER"}, headers={"if-match": "*"})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "code")


def test_bad_rows_are_told_in_the_caller_s_language_and_stop_no_other(world):
    world.post("/catalog/skus", rows({"code": "A", "name": "a", "barcodes": ["1"]}))
    answer = world.post(
        "/catalog/skus", rows({"code": "B", "name": "b", "barcodes": ["1"]}, {"code": "C", "name": "c"}), headers={"accept-language": "en"}
    )
    bad, good = answer.json()["results"]
    assert (bad["effect"], bad["errors"][0]["reason"], bad["errors"][0]["text"]) == ("refused", "duplicate_key", "There is one like it already")
    assert good["effect"] == "created"


def test_two_who_change_many_at_once_the_slower_one_is_told_row_by_row(world):
    world.post("/catalog/skus", rows({"code": "A", "name": "甲"}, {"code": "B", "name": "乙"}))
    seen = {"A": 1, "B": 1}
    assert (
        world.post("/catalog/skus", rows({"code": "A", "name": "甲", "category": "先到"}) | {"versions": seen}).json()["results"][0]["version"] == 2
    )
    late = {**rows({"code": "A", "name": "甲", "goods_class": "fresh"}, {"code": "B", "name": "乙", "goods_class": "fresh"}), "versions": seen}
    for language, words in (("zh", "数据已被他人修改"), ("en", "Somebody else changed it meanwhile")):
        lost, won = world.post("/catalog/skus", late | {"versions": {"A": 1}}, headers={"accept-language": language}).json()["results"]
        assert (lost["effect"], lost["errors"][0]["reason"], lost["errors"][0]["text"]) == ("refused", "version_conflict", words)
        assert won["effect"] in {"changed", "same"}
    assert world.get("/catalog/skus?code=A").json()["items"][0]["category"] == "先到"
    assert world.get("/catalog/skus?code=A").json()["items"][0]["goods_class"] == "normal"


def test_two_who_change_the_parts_of_a_bundle_the_slower_one_overwrites_nothing(world):
    world.post("/catalog/skus", rows({"code": "SET", "name": "s", "kind": "bundle"}, {"code": "P", "name": "p"}, {"code": "Q", "name": "q"}))
    first, second = ({**rows({"code": "SET", "parts": [{"code": code}]}), "versions": {"SET": 1}} for code in "PQ")
    assert world.post("/catalog/bundles", first).json()["results"][0]["effect"] == "changed"
    [late] = world.post("/catalog/bundles", second).json()["results"]
    assert (late["effect"], late["errors"][0]["field"], late["errors"][0]["reason"]) == ("refused", "version", "version_conflict")
    bundle = world.get("/catalog/skus?code=SET").json()["items"][0]
    assert [part["code"] for part in bundle["parts"]] == ["P"]
    body = {"code": "SET", "parts": [{"code": "Q"}]}
    refused = world.call("PUT", f"/catalog/bundles/{bundle['id']}", json=body, headers={"if-match": '"v1"', "accept-language": "en"})
    assert (refused.status_code, refused.headers["content-type"]) == (412, "application/problem+json")
    assert (refused.json()["reason"], refused.json()["next_step"]) == ("version_conflict", "Reload and try again")


@pytest.mark.parametrize(
    ("path", "row"),
    [("/catalog/skus", {"code": "X", "name": "货"}), ("/shops", {"code": "X", "name": "店", "platform": "direct"})],
)
def test_what_is_said_to_be_new_never_changes_what_is_there(world, path, row):
    new = {**rows(row), "versions": {"X": 0}}
    assert world.post(path, new).json()["results"][0]["effect"] == "created"
    [taken] = world.post(path, {**new, "rows": [{**row, "name": "别的"}]}).json()["results"]
    assert (taken["effect"], taken["errors"][0]["field"], taken["errors"][0]["reason"]) == ("refused", "code", "duplicate_key")
    assert world.get(f"{path}?code=X").json()["items"][0]["name"] == row["name"]


def test_bundles_listings_bans_freight_and_translations_have_their_doors(world):
    world.post("/catalog/skus", rows({"code": "SET", "name": "s", "kind": "bundle"}, {"code": "P", "name": "p"}))
    assert world.post("/catalog/bundles", rows({"code": "SET", "parts": [{"code": "P", "quantity": 2}]})).json()["results"][0]["effect"] == "changed"
    [bundle] = world.get("/catalog/skus?kind=bundle&sort=-name").json()["items"]
    assert bundle["code"] == "SET"
    assert world.call("GET", "/catalog/skus?kind=gift").status_code == 422
    assert bundle["parts"] == [{"code": "P", "quantity": 2, "price_share": 1}]
    changed = world.call(
        "PUT", f"/catalog/bundles/{bundle['id']}", json={"code": "SET", "parts": [{"code": "P"}]}, headers={"if-match": f'"v{bundle["version"]}"'}
    )
    assert changed.json()["parts"][0]["quantity"] == 1
    world.post("/shops", rows({"code": "S", "name": "店", "platform": "direct"}))
    assert world.post("/catalog/listings", rows({"shop_code": "S", "item_ref": "i1"})).json()["results"][0]["effect"] == "created"
    [listing] = world.get("/catalog/unmapped").json()["items"]
    mapped = world.call(
        "PUT", f"/catalog/listings/{listing['id']}", json={"shop_code": "S", "item_ref": "i1", "sku_code": "P"}, headers={"if-match": '"v1"'}
    )
    assert mapped.json()["sku_code"] == "P"
    assert world.get("/catalog/unmapped").json()["items"] == []
    ban = {"goods_class": "fresh", "region": "650000"}
    world.post("/catalog/bans", rows(ban))
    assert world.get("/catalog/bans").json() == [ban]
    world.post("/catalog/bans/lift", rows(ban))
    assert world.get("/catalog/bans").json() == []
    world.post("/network/carriers", rows({"code": "ZTO", "name": "中通"}))
    tier = {"carrier_code": "ZTO", "region": "*", "first_g": 1000, "first_minor": 500, "step_g": 1000, "step_minor": 100}
    assert world.post("/network/freight", rows(tier)).json()["results"][0]["effect"] == "created"
    assert world.get("/network/freight?carrier=ZTO").json()["items"][0]["first_minor"] == 500
    assert world.post("/network/freight/remove", rows({"carrier_code": "ZTO", "region": "*"})).json()["results"][0]["effect"] == "changed"
    word = {"protocol": "qimen", "subject": "process_status", "code": "ACCEPT", "meaning": "ACCEPTED"}
    world.post("/network/translations", rows(word))
    [told] = world.get("/network/translations").json()
    assert told == {**word, "zh": "", "en": "", "version": told["version"]}


def test_stock_is_opened_shown_and_goods_are_announced(world):
    world.scene.set_up({"A": {}, "B": {"X": 1}})
    body = {"rows": [{"warehouse_code": "A", "sku_code": "X", "quantity": 7}], "reference": "期初"}
    assert world.post("/stock/opening", body).json()["results"][0]["effect"] == "created"
    balances = world.get("/stock/balances?sku=X").json()["items"]
    assert sorted((b["warehouse_code"], b["on_hand"], b["free"]) for b in balances) == [("A", 7, 7), ("B", 1, 1)]
    page = world.get("/stock/balances?limit=1").json()
    assert len(world.get(f"/stock/balances?limit=1&cursor={page['next']}").json()["items"]) == 1
    assert world.get("/stock/sellable?sku=X").json()["items"][0]["sellable"] == 8
    assert [entry["quantity"] for entry in world.get("/stock/entries?sku=X&limit=1").json()["items"]] == [7]
    entry = {"warehouse_code": "A", "lines": [{"sku_code": "X", "quantity": 5}], "reference": "PO1", "expected_at": "2026-12-01T00:00:00Z"}
    announced = world.post("/documents/entries", entry, headers={"idempotency-key": "e1"})
    assert announced.status_code == 201, announced.text
    assert world.post("/documents/entries", entry, headers={"idempotency-key": "e1"}).json() == announced.json()
    document = world.get(f"/documents/{announced.json()['document_id']}").json()
    assert (document["state"], document["lines"]) == ("released", [{"line_no": 1, "sku_code": "X", "planned": 5, "done": 0}])
    assert [d["kind"] for d in world.get("/documents?open_only=true").json()["items"]] == ["entry"]
    assert world.get("/stock/balances?sku=X&warehouse=A").json()["items"][0]["in_transit"] == 5
    assert world.post("/documents/entries", {**entry, "warehouse_code": "NO"}).json()["reason"] == "unknown_warehouse"
    assert world.scene.broken_invariants() == {}


def test_a_file_is_imported_over_the_api_and_its_bad_rows_come_back(world):
    content = "货品编码,货品名称,重量\nX,衣,100\nY,,1\nZ,裤,abc\n".encode("gb18030")
    answer = world.call("POST", "/imports/products", content=content, scope="write")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["accepted"], report["rejected"]) == (1, 2)
    assert [(p["row"], p["field"], p["reason"]) for p in report["problems"]] == [(3, "name", "field_missing"), (4, "weight_g", "field_invalid")]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(report["error_file_base64"]))).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["货品编码", "货品名称", "重量", "原因", "Reason"]
    assert [row[0] for row in sheet[1:]] == ["Y", "Z"]
    template = world.get("/imports/products/template")
    assert template.headers["content-type"].startswith("application/vnd.openxml")
    assert CalamineWorkbook.from_filelike(io.BytesIO(template.content)).sheet_names == ["rows", "columns"]


def test_dead_calls_are_listed_and_revived_and_messages_replayed(world):
    from paidan.runtime.messages import InboundMessage, MessageState, keep_inbound, mark
    from paidan.runtime.outbox import OutboxRow, put

    with world.scene.database.transaction() as tx:
        [dead, _] = put(tx, world.scene.ids, [OutboxRow(lane="carrier", kind="k", business_key=key, due_at=NOW) for key in ("a", "b")])
        tx.execute("UPDATE outbox SET state = 4, done_at = %s, reason = 'counterpart_refused' WHERE id = %s", (NOW, dead))
        [message] = keep_inbound(
            tx, world.scene.ids, world.scene.sealer, [InboundMessage(counterpart="shop:S1", kind="order", body=b"{", at=NOW, bucket=3)]
        )
        mark(tx, [message], MessageState.SET_ASIDE, "body_unreadable")
    assert [row["id"] for row in world.get("/outbox?state=dead").json()["items"]] == [str(dead)]
    assert [found["kind"] for found in world.get("/exceptions").json()["items"]] == ["message_set_aside", "call_dead"]
    first = world.get("/exceptions?limit=1").json()
    assert [found["kind"] for found in world.get(f"/exceptions?limit=1&cursor={first['next']}").json()["items"]] == ["call_dead"]
    assert world.post("/outbox/revive", {"ids": [str(dead)]}).json() == {"ids": [str(dead)]}
    assert world.get("/outbox?state=dead").json()["items"] == []
    assert [m["reason"] for m in world.get("/messages").json()["items"]] == ["body_unreadable"]
    assert world.post(f"/messages/{message}/replay").status_code == 200
    assert world.get(f"/messages/{message}").json()["state"] == "waiting"
    assert world.post(f"/messages/{message}/replay").status_code == 409


def test_the_doors_of_counterparts_are_signed_and_keep_what_comes(world):
    secrets = {"webhook_secret": "hush", "token": "t"}
    world.post("/shops", rows({"code": "SH", "name": "店", "platform": "shopify", "account_ref": "x.myshopify.com", "secrets": secrets}))
    body = json.dumps({"id": 1, "updated_at": "2026-11-11T04:00:00Z", "name": "#1001"}).encode()
    sign = base64.b64encode(hmac.new(b"hush", body, hashlib.sha256).digest()).decode()
    headers = {
        "x-shopify-hmac-sha256": sign,
        "x-shopify-webhook-id": "w1",
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": "x.myshopify.com",
    }
    assert world.call("POST", "/doors/shopify/SH", scope="", content=body, headers=headers).status_code == 200
    assert world.call("POST", "/doors/shopify/SH", scope="", content=body + b" ", headers=headers).status_code == 401
    assert world.call("POST", "/doors/shopify/NO", scope="", content=body, headers=headers).status_code == 404
    wms = world.call("POST", "/doors/wms/W1?method=deliveryorder.confirm&customerId=c", scope="", content=b"<request/>")
    assert (wms.status_code, b"failure" in wms.content) == (200, True)
    # Who was refused at the door sends again: there is nothing of it to be replayed, and no click offers it.
    refused = world.get("/lists/exceptions?kind=message_set_aside").json()["items"]
    assert [row["fix"] for row in refused] == [None, None]
    for path in (f"/exceptions/{refused[0]['id']}/fix", f"/messages/{refused[0]['ref_id']}/replay"):
        answer = world.post(path).json()
        assert (answer["status"], answer["reason"]) == (409, "nothing_to_replay")
        assert answer["next_step"]
    tracking = world.call("POST", "/doors/tracking/T", scope="", content=b"param=%7B%7D&sign=X")
    assert (tracking.status_code, tracking.json()["result"]) == (200, False)
    assert world.scene.query("SELECT counterpart, state FROM message ORDER BY id") == [
        ("shop:SH", 0),
        ("shop:SH", 2),
        ("wms:unknown", 2),
        ("carrier:unknown", 2),
    ]


def test_a_shop_shows_which_warehouses_serve_it(world):
    world.post("/network/warehouses", rows({"code": "W1", "name": "仓"}, {"code": "W2", "name": "仓"}))
    shop = {"code": "S", "name": "店", "platform": "direct"}
    [made] = world.post("/shops", rows({**shop, "warehouse_codes": ["W2"]})).json()["results"]
    path = f"/shops/{made['id']}"
    assert world.get(path).json()["warehouse_codes"] == ["W2"]
    freed = world.call("PUT", path, json={**shop, "warehouse_codes": []}, headers={"if-match": '"v1"'})
    assert (freed.status_code, freed.json()["warehouse_codes"], freed.json()["version"]) == (200, [], 2)
    [refused] = world.post("/shops", rows({**shop, "warehouse_codes": ["W9"]})).json()["results"]
    assert [problem["field"] for problem in refused["errors"]] == ["warehouse_codes"]


TIER = {"carrier_code": "ZTO", "region": "*", "first_g": 1000, "first_minor": 500, "step_g": 1000, "step_minor": 100}
WORD = {"protocol": "qimen", "subject": "process_status", "code": "QC", "meaning": "note"}
KEYLESS = [
    ("/network/freight", "ZTO//*", TIER, {"first_minor": 700}, lambda world: world.get("/network/freight?carrier=ZTO").json()["items"][0]),
    ("/network/translations", "qimen/process_status/QC", WORD, {"zh": "质检"}, lambda world: world.get("/network/translations").json()[0]),
]


@pytest.mark.parametrize(("path", "key", "row", "change", "stored"), KEYLESS)
def test_freight_and_translations_are_changed_by_who_has_seen_what_is_stored(world, path, key, row, change, stored):
    def put(body, version):
        [result] = world.post(path, {"rows": [body], "versions": {key: version}}).json()["results"]
        return result["effect"], [error["reason"] for error in result["errors"]], result["version"]

    world.post("/network/carriers", rows({"code": "ZTO", "name": "中通"}))
    assert put(row, 0)[0] == "created"
    assert put({**row, **change}, 0)[:2] == ("refused", ["duplicate_key"])  # he believed it was new
    seen = stored(world)["version"]
    effect, _, after = put({**row, **change}, seen)
    assert (effect, stored(world)["version"]) == ("changed", after)
    assert after != seen
    assert put(row, seen)[:2] == ("refused", ["version_conflict"])
    assert {name: stored(world)[name] for name in change} == change
    assert put(row, after)[0] == "changed"
    assert world.post(path, rows({**row, **change})).json()["results"][0]["effect"] == "changed"  # who names none takes any


def test_a_tier_is_removed_by_who_has_seen_it(world):
    world.post("/network/carriers", rows({"code": "ZTO", "name": "中通"}))
    [made] = world.post("/network/freight", rows(TIER)).json()["results"]
    key = {"carrier_code": "ZTO", "region": "*"}

    def remove(version):
        return world.post("/network/freight/remove", {"rows": [key], "versions": {"ZTO//*": version}}).json()["results"][0]["effect"]

    assert (remove(made["version"] - 1 or 2), remove(made["version"])) == ("refused", "changed")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B-1", ["B-1", "B-10"]),  # the very code first
        ("b-", ["B-1", "B-10"]),
        ("690002", ["GIFT-1"]),  # a barcode
        ("香皂", ["B-1", "GIFT-1"]),
        ("50%", ["GIFT-1"]),  # no pattern
        ("_", []),
        ("nothing", []),
        ("", ["B-1", "B-10", "GIFT-1"]),
    ],
)
def test_a_sku_is_found_by_whatever_one_types_of_it(world, text, found):
    skus = [("B-10", "毛巾", []), ("B-1", "香皂", []), ("GIFT-1", "小香皂 50% 优惠", ["690002"])]
    world.post("/catalog/skus", rows(*({"code": code, "name": name, "barcodes": barcodes} for code, name, barcodes in skus)))
    answer = world.get("/catalog/sku-suggestions", params={"text": text})
    assert [sku["code"] for sku in answer.json()] == found
