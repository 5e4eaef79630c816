"""What messages say to our readers, messages read again, stock shop by shop, entries with their causes, the merchant's settings."""

import json
from datetime import timedelta

import pytest

from browser import second_shop, told
from paidan.runtime.messages import IN, InboundMessage, MessageState, keep_inbound, mark
from scene import NOW, line, order, receiver

ORDER = {
    "order_no": "D-1",
    "status": "paid",
    "placed_at": "2026-03-02T03:59:00Z",
    "paid_at": "2026-03-02T04:00:00Z",
    "ship_by_at": "2026-03-04T04:00:00Z",
    "buyer_remark": "门禁密码 1234",
    "receiver": {"name": "王小明", "phone": "13912345678", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路9号"},
    "lines": [{"merchant_code": "X", "quantity": 2, "price": "10.00"}],
}
PUSH = "sign=x&param=" + json.dumps(
    {
        "status": "polling",
        "lastResult": {"com": "zto", "nu": "7311", "state": "0", "data": [{"time": "2026-03-02 12:00:00", "context": "快递员电话13912345678"}]},
    }
)
CONFIRM = """<request><entryOrder><entryOrderCode>RK20198</entryOrderCode><warehouseCode>A</warehouseCode><outBizCode>1</outBizCode>
<status>FULFILLED</status><receiverName>张三</receiverName></entryOrder><orderLines><orderLine><itemCode>X</itemCode><planQty>3</planQty>
<actualQty>3</actualQty><inventoryType>ZP</inventoryType></orderLine></orderLines></request>"""


@pytest.fixture
def shop(world):
    world.scene.set_up({"A": {"X": 10}, "B": {"X": 4}})
    return world


def kept(world, counterpart, kind, body, state=MessageState.WAITING, **more):
    message = InboundMessage(counterpart=counterpart, kind=kind, body=body.encode(), at=NOW, bucket=3, **more)
    with world.scene.database.transaction() as tx:
        [message_id] = keep_inbound(tx, world.scene.ids, world.scene.sealer, [message])
        if state != MessageState.WAITING:
            mark(tx, [message_id], state)
    return message_id


def mapped(world, counterpart, kind, body):
    return world.get(f"/messages/{kept(world, counterpart, kind, body)}").json()["mapped"]


def test_an_order_is_shown_as_it_is_read_and_nothing_personal_with_it(shop):
    found = mapped(shop, "shop:S1", "order", json.dumps(ORDER))
    facts = found["facts"]
    assert (facts["platform_order_no"], facts["paid_minor"], facts["ship_by_at"]) == ("D-1", 2000, "2026-03-04T04:00:00Z")
    assert (facts["lines"][0]["merchant_code"], facts["lines"][0]["quantity_shipped"]) == ("X", 0)
    assert facts["receiver"]["city"] == "杭州市"
    assert not any(word in json.dumps(found, ensure_ascii=False) for word in ("王小明", "13912345678", "文三路", "1234"))


def test_words_of_warehouses_and_carriers_are_read_too(shop):
    entry = mapped(shop, "wms:W", "entryorder.confirm", CONFIRM)["facts"]
    assert (entry["entry_order_code"], entry["lines"][0]["item_code"], entry["lines"][0]["actual_qty"]) == ("RK20198", "X", 3)
    assert "张三" not in json.dumps(entry, ensure_ascii=False)
    track = mapped(shop, "carrier:K", "push", PUSH)
    assert (track["facts"]["company"], track["facts"]["number"]) == ("zto", "7311")
    assert "13912345678" not in json.dumps(track)


@pytest.mark.parametrize(("body", "place"), [('{"order_no": "D-1"}', "status"), ("{", "")])
def test_what_cannot_be_read_says_why_and_where(shop, body, place):
    found = mapped(shop, "shop:S1", "order", body)
    assert found["facts"] is None
    assert found["reason"]
    assert found["text"]
    assert place in found["place"]


@pytest.mark.parametrize(
    ("counterpart", "kind"), [("shop:S1", "refund"), ("shop:NOBODY", "order"), ("wms:W", "no.such.method"), ("carrier:K", "poll")]
)
def test_what_nobody_reads_has_no_mapping(shop, counterpart, kind):
    assert mapped(shop, counterpart, kind, "{}") is None


def test_many_messages_are_read_again_and_those_left_are_named(shop):
    done, aside = (kept(shop, "shop:S1", "order", json.dumps(ORDER), state) for state in (MessageState.DONE, MessageState.SET_ASIDE))
    waiting = kept(shop, "shop:S1", "order", json.dumps(ORDER))
    asked = [str(one) for one in (waiting, aside, done, 10**15)]
    assert shop.post("/messages/replays", {"ids": asked}).json() == {
        "ids": sorted([str(done), str(aside)], key=int),
        "left": [str(waiting), str(10**15)],
    }
    assert {shop.get(f"/messages/{one}").json()["state"] for one in (done, aside, waiting)} == {"waiting"}


def test_a_notice_replayed_is_due_with_its_shops_messages_at_once(shop):
    second_shop(shop.scene)
    for code in ("S1", "S2"):
        shop.scene.query("INSERT INTO shop_cursor (shop_id, feed, read_to) SELECT id, 'push', now() FROM shop WHERE code = %s RETURNING 1", code)

    def wanted():
        return [row[0] for row in shop.scene.query("SELECT s.code FROM shop_cursor u JOIN shop s ON s.id = u.shop_id WHERE u.wanted_at IS NOT NULL")]

    order_id = kept(shop, "shop:S1", "order", json.dumps(ORDER), MessageState.DONE)
    assert shop.post(f"/messages/{order_id}/replay").status_code == 200
    assert wanted() == []  # a pass waits for it
    with shop.scene.database.transaction() as tx:
        message = InboundMessage(counterpart="shop:S2", kind="trade", body=b"{}", at=NOW, business_key="T1", bucket=200, state=MessageState.DONE)
        [notice] = keep_inbound(tx, shop.scene.ids, shop.scene.sealer, [message])
    assert shop.post("/messages/replays", {"ids": [str(notice)]}).json()["ids"] == [str(notice)]
    assert wanted() == ["S2"]
    assert [one["id"] for one in shop.get("/messages?state=waiting").json()["items"]] == [str(notice), str(order_id)]


def test_messages_are_listed_by_state_kind_and_way(world):
    scene = world.scene

    def keep(key, kind, state, at=NOW, direction=IN):
        message = InboundMessage(counterpart="shop:S1", kind=kind, body=b"{}", at=at, business_key=key, bucket=1)
        [message_id] = keep_inbound(tx, scene.ids, scene.sealer, [message])
        tx.execute("UPDATE message SET state = %s, direction = %s WHERE id = %s", (int(state), direction, message_id))
        return str(message_id)

    with scene.database.transaction() as tx:
        aside = keep("A", "order", MessageState.SET_ASIDE, NOW - timedelta(days=30))
        refund = keep("B", "refund", MessageState.SET_ASIDE)
        done = keep("C", "order", MessageState.DONE)
        old = keep("D", "order", MessageState.DONE, NOW - timedelta(days=8))
        ours = keep("E", "wms.create", MessageState.DONE, direction="o")

    def listed(**asked):
        return [message["id"] for message in world.get("/messages", params=asked).json()["items"]]

    assert listed() == [refund, aside]
    assert listed(kind="order") == [aside]
    assert listed(state="done") == [ours, done]
    assert listed(state=["done", "set_aside"], direction="i") == [done, refund]
    assert listed(state="set_aside", direction="o") == []
    assert listed(business_key="D") == [old]
    assert listed(business_key="D", state="waiting") == []
    assert listed(id=[aside, old, "999"]) == [old, aside]
    assert world.get("/messages", params={"state": "lost"}).status_code == 422
    assert world.person("li", "see", shops=[]).call("GET", f"/messages?id={done}").json()["items"] == []


def in_shops(world, sku="X", **more):
    return {row["shop_code"]: row["sellable"] for row in world.get(f"/stock/shops?sku={sku}", **more).json()["items"]}


def test_each_shop_may_sell_what_its_warehouses_have_less_what_it_keeps_back(shop):
    second_shop(shop.scene)
    rows = [{"code": "S2", "name": "二店", "platform": "direct", "safety_quantity": 3, "warehouse_codes": ["B"]}]
    assert shop.post("/shops", {"rows": rows}).json()["results"][0]["effect"] == "changed"
    assert in_shops(shop) == {"S1": 14, "S2": 1}
    clerk = shop.person("li", "see", shops=["S2"])
    assert [row["shop_code"] for row in clerk.call("GET", "/stock/shops?sku=X").json()["items"]] == ["S2"]
    packer = shop.person("wu", "see", shops=["S2"], warehouses=["A"])
    assert [packer.call("GET", path).json()["items"] for path in ("/stock/shops?sku=X", "/stock/by-shop?sku=X")] == [[], []]
    assert shop.get("/stock/shops?sku=NO").status_code == 422


def test_a_shop_may_sell_as_many_bundles_as_their_scarcest_part_makes_and_none_of_what_is_off_sale(shop):
    rows = [{"code": "SET", "name": "礼盒", "kind": "bundle"}, {"code": "OFF", "name": "礼盒", "kind": "bundle", "is_on_sale": False}]
    assert shop.post("/catalog/skus", {"rows": rows}).status_code == 200
    parts = [{"code": row["code"], "parts": [{"code": "X", "quantity": 3}]} for row in rows]
    assert shop.post("/catalog/bundles", {"rows": parts}).status_code == 200
    assert (in_shops(shop, "SET"), in_shops(shop, "OFF")) == ({"S1": 4}, {"S1": 0})


def test_what_is_owed_alarms_and_is_sellable_nowhere(shop):
    told(shop.scene, order("1", line("X", 20), receiver=receiver(1)))
    [row] = shop.get("/stock/sellable?alarms_only=true").json()["items"]
    assert (row["sku_code"], row["sku_name"], row["short"], row["sellable"]) == (
        "X",
        shop.get("/catalog/skus?code=X").json()["items"][0]["name"],
        20,
        0,
    )
    assert in_shops(shop) == {"S1": 0}
    assert shop.get("/stock/alarms").json() == {"short": 1, "oversold": 0}
    assert [one["sku_code"] for one in shop.get("/stock/sellable?alarm=short").json()["items"]] == ["X"]
    assert shop.get("/stock/sellable?alarm=oversold").json()["items"] == []
    assert shop.get("/stock/sellable?alarm=loud").status_code == 422


def sold_in(world, query=""):
    return [(row["sku_code"], row["shop_code"], row["sellable"], row["shown"]) for row in world.get(f"/stock/by-shop{query}").json()["items"]]


def test_each_shop_tells_what_it_may_sell_of_what_it_lists_bundles_by_their_scarcest_part(shop):
    second_shop(shop.scene)
    shop.post("/catalog/skus", {"rows": [{"code": "SET", "name": "礼盒", "kind": "bundle"}]})
    shop.post("/catalog/bundles", {"rows": [{"code": "SET", "parts": [{"code": "X", "quantity": 3}]}]})
    shop.post("/shops", {"rows": [{"code": "S2", "name": "二店", "platform": "direct", "safety_quantity": 3, "warehouse_codes": ["B"]}]})
    listed = [("S1", "I1", "X"), ("S1", "I2", "SET"), ("S2", "I3", "X"), ("S2", "I4", "X")]
    shop.post("/catalog/listings", {"rows": [{"shop_code": s, "item_ref": item, "sku_code": sku} for s, item, sku in listed]})
    found = sold_in(shop)
    assert ("SET", "S1", 4, None) in found
    assert [one for one in found if one[0] == "X" and one[1] == "S2"] == [("X", "S2", 1, None)]
    assert {one[1]: one[2] for one in found if one[0] == "X"} == in_shops(shop)
    assert sold_in(shop, "?shop=S2&sku=X") == [("X", "S2", 1, None)]
    first = shop.get("/stock/by-shop?limit=1").json()
    rest = shop.get(f"/stock/by-shop?cursor={first['next']}").json()
    assert first["items"] + rest["items"] == shop.get("/stock/by-shop").json()["items"]
    clerk = shop.person("li", "see", shops=["S2"])
    assert {row["shop_code"] for row in clerk.call("GET", "/stock/by-shop").json()["items"]} == {"S2"}


def test_a_shop_that_shows_more_than_there_is_counts_as_oversold(shop):
    shop.post("/catalog/listings", {"rows": [{"shop_code": "S1", "item_ref": "I1", "sku_code": "X"}]})
    shop.scene.query(
        "INSERT INTO listing_stock (listing_id, shop_id, believed, pushed_at) SELECT id, shop_id, 99, now() FROM listing WHERE item_ref = 'I1' RETURNING 1"
    )
    assert shop.get("/stock/alarms").json() == {"short": 0, "oversold": 1}
    assert [one["sku_code"] for one in shop.get("/stock/sellable?alarm=oversold").json()["items"]] == ["X"]
    assert shop.get("/stock/sellable?alarm=short").json()["items"] == []


def test_an_entry_names_the_document_behind_it(shop):
    shop.post("/catalog/skus", {"rows": [{"code": "NEW", "name": "新货"}]})
    shop.post("/stock/opening", {"rows": [{"warehouse_code": "A", "sku_code": "NEW", "quantity": 5}]})
    [entry] = shop.get("/stock/entries?sku=NEW").json()["items"]
    document = shop.get(f"/documents/{entry['document_id']}").json()
    assert (entry["document_kind"], entry["document_no"], entry["order_no"]) == ("opening", document["no"], None)
    assert document["no"].startswith("RK")


def test_sourcing_is_set_by_version_and_held_within_its_limits(shop):
    first = shop.get("/settings/sourcing", scope="read")
    assert (first.headers["etag"], first.json()["aim"]) == ('"v0"', "cheapest")
    body = {"aim": "nearest", "may_split": False, "split_cap": 1, "split_penalty_minor": 0}
    assert shop.call("PUT", "/settings/sourcing", json=body).status_code == 428
    changed = shop.call("PUT", "/settings/sourcing", json=body, headers={"if-match": '"v0"'})
    assert (changed.status_code, changed.json()) == (200, {**body, "version": 1})
    late = shop.call("PUT", "/settings/sourcing", json={**body, "split_cap": 2}, headers={"if-match": '"v0"'})
    assert (late.status_code, late.json()["present"]) == (412, {**body, "version": 1})
    for wrong in ({"split_cap": 0}, {"split_cap": 21}, {"split_penalty_minor": -1}, {"aim": "dearest"}):
        assert shop.call("PUT", "/settings/sourcing", json={**body, **wrong}, headers={"if-match": "*"}).status_code in {400, 422}
    assert shop.get("/settings/sourcing").json() == {**body, "version": 1}
