from datetime import timedelta

import pytest

from counting import counted
from paidan.catalog.masters import lift_goods_bans, write_bundles, write_goods_bans, write_listings, write_skus
from paidan.catalog.rows import BundleRow, GoodsBanRow, ListingRow, PartRow, SkuRow
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import Reason
from paidan.pipeline import run_pass
from scene import NOW, Scene, empty, line, order


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def sku(code: str, **more) -> SkuRow:
    return SkuRow(code=code, **{"name": f"货品{code}", **more})


def put(scene, write, *rows, **more):
    with scene.database.transaction() as tx:
        return write(tx, scene.ids, list(rows), NOW, **more)


def effects(outcomes):
    return [outcome.effect.value for outcome in outcomes]


def reasons(outcome):
    return [(problem.field, problem.reason) for problem in outcome.problems]


def version(scene) -> int:
    return scene.query("SELECT version FROM cache_version WHERE subject = 'catalog'")[0][0]


def test_a_sku_is_created_changed_and_left_alone_when_nothing_differs(scene):
    assert effects(put(scene, write_skus, sku("X", barcodes=("690",)))) == ["created"]
    before = version(scene)
    assert effects(put(scene, write_skus, sku("X", barcodes=("690",)))) == ["same"]
    assert version(scene) == before
    assert effects(put(scene, write_skus, sku("X", barcodes=("690",), weight_g=5))) == ["changed"]
    assert version(scene) == before + 1
    assert scene.query("SELECT weight_g, version FROM sku") == [(5, 2)]


def test_changed_barcodes_are_a_change_of_the_sku(scene):
    put(scene, write_skus, sku("X", barcodes=("1", "2")))
    assert effects(put(scene, write_skus, sku("X", barcodes=("2", "3")))) == ["changed"]
    assert scene.query("SELECT barcode FROM sku_barcode ORDER BY 1") == [("2",), ("3",)]
    assert scene.query("SELECT version FROM sku") == [(2,)]


def test_a_bad_row_does_not_stop_the_others(scene):
    put(scene, write_skus, sku("OLD", barcodes=("111",)))
    outcomes = put(
        scene,
        write_skus,
        sku("A", product_code="P", product_name="衣"),
        sku("A", product_code="P", product_name="衣"),
        sku("B", product_code="P", product_name="裤"),
        sku("C", barcodes=("111",)),
        sku("D", barcodes=("222",)),
        sku("E", barcodes=("222",)),
    )
    assert effects(outcomes) == ["created", "refused", "refused", "refused", "created", "refused"]
    assert [reasons(o) for o in outcomes if o.effect == Effect.REFUSED] == [
        [("code", Reason.DUPLICATE_KEY)],
        [("product_code", Reason.FIELD_INVALID)],
        [("barcodes", Reason.DUPLICATE_KEY)],
        [("barcodes", Reason.DUPLICATE_KEY)],
    ]
    assert scene.query("SELECT code FROM sku ORDER BY code") == [("A",), ("D",), ("OLD",)]


def test_a_version_not_seen_is_refused(scene):
    put(scene, write_skus, sku("X"))
    stale = put(scene, write_skus, sku("X", weight_g=9), expected={"X": 7})
    assert reasons(stale[0]) == [("version", Reason.VERSION_CONFLICT)]
    assert effects(put(scene, write_skus, sku("X", weight_g=9), expected={"X": 1})) == ["changed"]


def test_a_product_that_changes_is_a_change_of_all_its_skus_for_each_shows_it(scene):
    red, blue, other = sku("RED", product_code="CUP"), sku("BLUE", product_code="CUP"), sku("OTHER")
    put(scene, write_skus, red, blue, other)
    assert effects(put(scene, write_skus, sku("RED", product_code="CUP", brand="新牌"), expected={"RED": 1})) == ["changed"]
    assert dict(scene.query("SELECT code, version FROM sku")) == {"RED": 2, "BLUE": 2, "OTHER": 1}
    late = put(scene, write_skus, sku("BLUE", product_code="CUP", weight_g=3), expected={"BLUE": 1})
    assert reasons(late[0]) == [("version", Reason.VERSION_CONFLICT)]
    assert scene.query("SELECT brand FROM product WHERE code = 'CUP'") == [("新牌",)]


def test_goods_with_stock_never_become_a_bundle(scene):
    scene.set_up({"A": {"X": 5}})
    assert reasons(put(scene, write_skus, sku("X", kind="bundle"))[0]) == [("kind", Reason.ILLEGAL_MOVE)]


def test_parts_of_a_bundle_are_replaced_whole(scene):
    put(scene, write_skus, sku("SET", kind="bundle"), sku("P"), sku("Q"), sku("R"))
    first = BundleRow(code="SET", parts=(PartRow(code="P", quantity=2), PartRow(code="Q")))
    assert effects(put(scene, write_bundles, first)) == ["changed"]
    assert effects(put(scene, write_bundles, first)) == ["same"]
    put(scene, write_bundles, BundleRow(code="SET", parts=(PartRow(code="R"),)))
    assert scene.query("SELECT s.code FROM bundle_part b JOIN sku s ON s.id = b.part_id") == [("R",)]
    assert scene.query("SELECT version FROM sku WHERE code = 'SET'") == [(3,)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (BundleRow(code="NO", parts=(PartRow(code="P"),)), ("code", Reason.UNKNOWN_SKU)),
        (BundleRow(code="P", parts=(PartRow(code="Q"),)), ("code", Reason.FIELD_INVALID)),
        (BundleRow(code="SET", parts=(PartRow(code="SET"),)), ("parts", Reason.FIELD_INVALID)),
        (BundleRow(code="SET", parts=(PartRow(code="NO"),)), ("parts", Reason.UNKNOWN_SKU)),
        (BundleRow(code="SET", parts=(PartRow(code="P"), PartRow(code="P"))), ("parts", Reason.DUPLICATE_KEY)),
    ],
)
def test_a_bundle_is_made_of_known_goods(scene, row, problem):
    put(scene, write_skus, sku("SET", kind="bundle"), sku("P"), sku("Q"))
    assert reasons(put(scene, write_bundles, row)[0]) == [problem]


def test_an_order_that_waits_for_a_mapping_goes_on_when_it_is_made(scene):
    scene.set_up({"A": {"X": 10}})
    messages = scene.say(order("1", line("X", merchant_code="WRONG")))
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=[], now=NOW)
    assert scene.query("SELECT waits_for, due_at FROM sales_order") == [("listing_unmapped", None)]
    mapped = put(scene, write_listings, ListingRow(shop_code="S1", item_ref="item-X", sku_code="X"))
    assert effects(mapped) == ["changed"]
    [(order_id, due_at)] = scene.query("SELECT id, due_at FROM sales_order")
    assert due_at == NOW
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=[], order_ids=[order_id], now=NOW + timedelta(seconds=1))
    assert scene.query("SELECT state, waits_for FROM sales_order") == [(50, "")]
    assert scene.broken_invariants() == {}


HOLDS_AND_ENDS = {
    "bundle_without_parts": (
        {"SET": {"kind": "bundle"}},
        lambda scene: put(scene, write_bundles, BundleRow(code="SET", parts=(PartRow(code="X", quantity=2),))),
    ),
    "goods_off_sale": ({"SET": {"is_on_sale": False}}, lambda scene: put(scene, write_skus, sku("SET"))),
    "goods_forbidden_here": ({"SET": {"goods_class": "dangerous"}}, lambda scene: put(scene, lift_goods_bans, BAN)),
    "goods_forbidden_here, for its class": ({"SET": {"goods_class": "dangerous"}}, lambda scene: put(scene, write_skus, sku("SET"))),
}
BAN = GoodsBanRow(goods_class="dangerous", region="330000")


@pytest.mark.parametrize("cause", HOLDS_AND_ENDS)
def test_an_order_held_for_its_goods_goes_on_when_the_cause_has_gone(scene, cause):
    skus, end = HOLDS_AND_ENDS[cause]
    scene.set_up({"A": {"X": 10}})
    put(scene, write_skus, *(sku(code, **more) for code, more in skus.items()))
    put(scene, write_listings, ListingRow(shop_code="S1", item_ref="item-SET", sku_code="SET"))
    put(scene, write_goods_bans, BAN)
    messages = scene.say(order("1", line("SET")))
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=[], now=NOW)
    assert scene.query("SELECT waits_for, due_at FROM sales_order") == [(cause.partition(",")[0], None)]
    assert effects(end(scene)) == ["changed"]
    [(order_id, due_at)] = scene.query("SELECT id, due_at FROM sales_order")
    assert due_at == NOW
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=[], order_ids=[order_id], now=NOW + timedelta(seconds=1))
    assert scene.query("SELECT count(*) FROM hold WHERE closed_at IS NULL") == [(0,)]
    assert scene.broken_invariants() == {}


def test_goods_that_change_wake_no_order_that_waits_for_others(scene):
    scene.set_up({"A": {"X": 10}})
    put(scene, write_skus, sku("OFF", is_on_sale=False), sku("X", is_on_sale=False))
    put(scene, write_listings, ListingRow(shop_code="S1", item_ref="item-OFF", sku_code="OFF"))
    messages = scene.say(order("1", line("OFF")))
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=[], now=NOW)
    put(scene, write_skus, sku("X"))
    assert scene.query("SELECT waits_for, due_at FROM sales_order") == [("goods_off_sale", None)]


def test_listings_of_unknown_shops_and_skus_are_refused(scene):
    scene.set_up({"A": {"X": 10}})
    outcomes = put(
        scene,
        write_listings,
        ListingRow(shop_code="NO", item_ref="1", sku_code="X"),
        ListingRow(shop_code="S1", item_ref="1", sku_code="NO"),
        ListingRow(shop_code="S1", item_ref="1", sku_ref="r", sku_code="X"),
        ListingRow(shop_code="S1", item_ref="2"),
    )
    assert [reasons(o) for o in outcomes] == [[("shop_code", Reason.UNKNOWN_SHOP)], [("sku_code", Reason.UNKNOWN_SKU)], [], []]
    assert effects(outcomes)[2:] == ["created", "created"]


def test_a_ban_is_made_and_lifted_once(scene):
    ban = GoodsBanRow(goods_class="dangerous", region="650000")
    assert effects(put(scene, write_goods_bans, ban)) == ["created"]
    assert effects(put(scene, write_goods_bans, ban)) == ["same"]
    assert effects(put(scene, lift_goods_bans, ban)) == ["changed"]
    assert scene.query("SELECT * FROM goods_ban") == []


def test_the_number_of_statements_does_not_grow_with_the_rows(scene):
    def skus(n):
        return [sku(f"S{n}-{i}", product_code=f"P{i % 3}", barcodes=(f"{n}{i:05d}",)) for i in range(n)]

    counts = []
    for n in (1, 300):
        with scene.database.transaction() as tx, counted(tx) as statements:
            assert {o.effect for o in write_skus(tx, scene.ids, skus(n), NOW)} <= {Effect.CREATED}
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 11


def test_only_declared_words_are_taken_as_rows():
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"code": "X", "name": "X", "price": 1}, SkuRow)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"code": " X", "name": "X"}, SkuRow)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"goods_class": "fresh", "region": "zhejiang"}, GoodsBanRow)
