"""Listings without a SKU over the API: what they may be, all sure ones at once, what a change moves."""

from threading import Event, Thread

import pytest

from browser import told
from paidan.catalog.likeness import LikenessIndex, Offered
from paidan.entrypoints.api import likenesses
from paidan.entrypoints.api.likenesses import LikenessCache
from scene import line, order, receiver

OWN_MERCHANT = True  # statistics of many rows stay behind


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


MUG = Offered(merchant_code="MUG-500", title="")
PATIENCE_S = 60.0


@pytest.fixture
def built(monkeypatch):
    """How often an index is built; `go` is waited for when `holds` is set, and `began` says that a build has begun."""

    class Built:
        times = 0
        holds = False
        began, go = Event(), Event()

    def build(goods):
        Built.times += 1
        if Built.holds:
            Built.began.set()
            assert Built.go.wait(PATIENCE_S)
        return LikenessIndex(goods)

    monkeypatch.setattr(likenesses, "LikenessIndex", build)
    return Built


def read(shop, cache, **how):
    with shop.scene.database.transaction() as tx:
        return cache.index(tx, [MUG], **how)


def test_the_index_is_built_anew_when_goods_change_and_for_nothing_else(shop, built):
    cache = LikenessCache()
    first = read(shop, cache)
    listed(shop, "1", merchant_code="MUG-500")
    shop.post("/catalog/bundles", {"rows": [{"code": "NONE", "parts": []}]})
    shop.post("/catalog/skus", {"rows": [{"code": "MUG-500", "name": "保温杯 500ml", "barcodes": ["6901234567892"]}]})  # as it is
    assert read(shop, cache) is first
    for n, changed in enumerate(({"name": "杯"}, {"name": "杯", "barcodes": ["6901234567908"]}, {"name": "杯", "product_name": "旅行杯"})):
        assert shop.post("/catalog/skus", {"rows": [{"code": "MUG-500", **changed}]}).json()["results"][0]["effect"] == "changed"
        read(shop, cache)
        assert built.times == n + 2


def test_one_builds_at_a_time_and_who_can_do_with_the_index_before_waits_for_nobody(shop, built):
    cache = LikenessCache()
    before = read(shop, cache)
    shop.post("/catalog/skus", {"rows": [{"code": "MUG-501", "name": "杯"}]})
    built.holds = True
    found = []
    threads = [Thread(target=lambda: found.append(read(shop, cache))), Thread(target=lambda: found.append(read(shop, cache, may_be_older=False)))]
    threads[0].start()
    assert built.began.wait(PATIENCE_S)
    threads[1].start()
    assert read(shop, cache) is before
    assert found == []
    built.go.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert (len(found), found[0] is found[1], found[0] is before, built.times) == (2, True, False, 2)


def rows_read(plan):
    """Rows that left the leaves of a plan or were thrown away there."""
    below = plan.get("Plans", [])
    own = 0 if below else plan["Actual Rows"] * plan["Actual Loops"]
    return own + plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"] + sum(map(rows_read, below))


def test_a_very_large_catalogue_is_asked_for_the_same_codes_and_barcodes_alone(shop, monkeypatch):
    monkeypatch.setattr(likenesses, "WHOLE_MAX", 1_000)
    fill = "INSERT INTO sku (id, product_id, code, name) SELECT 1000000000 + n, p.id, 'N' || n, '' FROM product p, generate_series(1, 20000) AS n WHERE p.code = 'MUG-500'"
    with shop.scene.database.transaction() as tx:
        tx.execute(fill)
        tx.execute("ANALYZE sku, sku_barcode, product")
        offered = [
            Offered(merchant_code="N77", title=""),
            Offered(merchant_code="", title="", refs=("6901234567892",)),
            Offered(merchant_code="n-78", title=""),
        ]
        index = LikenessCache().index(tx, offered)
        assert [[some.sku_code for some in index.suggest(one)] for one in offered] == [["N77"], ["MUG-500"], []]
        for statement, named in (
            (likenesses.queries.goods_of_codes, {"codes": ["N77", "6901234567892"]}),
            (likenesses.queries.are_more_goods, {"most": 1_000}),
        ):
            [(plan,)] = tx.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, named).fetchall()
            assert rows_read(plan[0]["Plan"]) < 1_100
        tx.rollback()
