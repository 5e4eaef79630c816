"""Listings without a SKU over the API: what they may be, all sure ones at once, what a change moves."""

import pytest

from browser import told
from scene import line, order, receiver


@pytest.fixture
def shop(world):
    world.scene.set_up({"A": {"X": 10, "Y": 10}})
    world.post("/catalog/skus", {"rows": [{"code": "MUG-500", "name": "保温杯 500ml", "barcodes": ["6901234567892"]}]})
    return world


def listed(world, item, **more):
    answer = world.post("/catalog/listings", {"rows": [{"shop_code": "S1", "item_ref": item, **more}]})
    return answer.json()["results"][0]["id"]


def unmapped(world, query=""):
    return world.get(f"/catalog/unmapped{query}").json()["items"]


def test_each_comes_with_what_it_may_be_and_why(shop):
    listed(shop, "1", merchant_code="mug500", title="杯")
    listed(shop, "2", merchant_code="", title="不锈钢 保温杯 500ml 大容量")
    listed(shop, "3", title="充电宝")
    same, alike, nothing = unmapped(shop)
    assert (same["is_sure"], same["suggestions"][0]) == (
        True,
        {"sku_code": "MUG-500", "sku_name": "保温杯 500ml", "score": 92, "why": ["same_but_marks"]},
    )
    assert (alike["is_sure"], alike["suggestions"][0]["sku_code"], alike["suggestions"][0]["why"]) == (False, "MUG-500", ["alike_name"])
    assert (nothing["is_sure"], nothing["suggestions"]) == (False, [])
    assert unmapped(shop, "?shop=NO") == []
    shop.post("/catalog/skus", {"rows": [{"code": "MUG-500", "name": "杯子", "barcodes": []}]})  # the index follows
    assert [len(one["suggestions"]) for one in unmapped(shop)] == [1, 0, 0]


def test_all_sure_ones_are_counted_then_taken_and_orders_go_on(shop):
    told(shop.scene, order("1", line("NEW-CODE", 1), receiver=receiver(1)), order("2", line("Y", 1), receiver=receiver(2)))
    shop.post("/catalog/skus", {"rows": [{"code": "NEW-CODE", "name": "新货"}]})
    listed(shop, "7", merchant_code="X")
    listed(shop, "8", merchant_code="谁知道")
    dry = shop.post("/catalog/unmapped/sure", {}).json()
    assert (dry["listings"], dry["sure"], dry["mapped"], dry["waiting_orders"]) == (3, 2, 0, 1)
    assert {row["suggestion"]["sku_code"] for row in dry["rows"]} == {"NEW-CODE", "X"}
    assert len(unmapped(shop)) == 3
    done = shop.post("/catalog/unmapped/sure", {"is_dry_run": False}).json()
    assert (done["sure"], done["mapped"]) == (2, 2)
    assert [row["item_ref"] for row in unmapped(shop)] == ["8"]
    assert shop.scene.query("SELECT count(*) FROM sales_order WHERE due_at IS NOT NULL") == [(1,)]
    assert shop.post("/catalog/unmapped/sure", {"is_dry_run": False, "shop": "S1"}).json()["mapped"] == 0


def test_who_sees_some_shops_sees_theirs_only(shop):
    listed(shop, "1", merchant_code="X")
    clerk = shop.person("li", "see", "masters", shops=[])
    assert clerk.call("GET", "/catalog/unmapped").json()["items"] == []
    assert clerk.call("POST", "/catalog/unmapped/sure", {}).status_code == 403


def test_a_change_tells_what_it_moves_before_it_is_made(shop):
    told(shop.scene, order("1", line("WHAT", 1), receiver=receiver(1)), order("2", line("Y", 1000), receiver=receiver(2)))
    by_code = {row["merchant_code"]: row["id"] for row in shop.get("/catalog/listings").json()["items"]}
    effects = {code: shop.get(f"/catalog/listings/{record_id}/effect").json() for code, record_id in by_code.items()}
    assert effects == {"WHAT": {"waiting_orders": 1, "kept_orders": 0}, "Y": {"waiting_orders": 0, "kept_orders": 1}}
    assert shop.get(f"/catalog/listings/{10**15}/effect").status_code == 404
