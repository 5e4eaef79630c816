from datetime import date, time

import pytest
from msgspec import structs

from counting import counted
from paidan.catalog.load import cache_versions
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import Reason
from paidan.network.connections import read_connections
from paidan.network.load import NetworkCache
from paidan.network.masters import (
    read_shop_secrets,
    remove_freight,
    write_carriers,
    write_connections,
    write_freight,
    write_shops,
    write_translations,
    write_warehouses,
)
from paidan.network.rows import CarrierRow, ConnectionRow, DayRow, ShopRow, TierKey, TierRow, TranslationRow, WarehouseRow
from paidan.stock.opening import OpeningRow, write_opening
from scene import NOW, Scene, empty


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def put(scene, write, *rows, **more):
    with scene.database.transaction() as tx:
        return write(tx, scene.ids, list(rows), NOW, **more)


def effects(outcomes):
    return [outcome.effect.value for outcome in outcomes]


def reasons(outcome):
    return [(problem.field, problem.reason) for problem in outcome.problems]


def network(scene):
    with scene.database.transaction() as tx:
        return NetworkCache().load(tx, cache_versions(tx)["network"])


QIMEN = ConnectionRow(
    code="wms1", protocol="qimen", url="https://wms.example/router", account={"customer_id": "c1", "app_key": "a1"}, secrets={"secret": "s3cret"}
)


def test_secrets_are_sealed_and_stay_when_not_told(scene, sealer):
    assert effects(put(scene, write_connections, QIMEN, sealer=sealer)) == ["created"]
    [(connection_id, blob)] = scene.query("SELECT id, secrets FROM connection")
    assert b"s3cret" not in blob
    put(scene, write_connections, ConnectionRow(code="wms1", protocol="qimen", url="https://new.example/", account=QIMEN.account), sealer=sealer)
    put(scene, write_shops, ShopRow(code="T", name="店", platform="taobao", connection_code="wms1", secrets={"session": "x"}), sealer=sealer)
    with scene.database.transaction() as tx:
        assert [(c.id, c.secrets) for c in read_connections(tx, sealer)] == [(connection_id, {"secret": "s3cret"})]
        assert list(read_shop_secrets(tx, sealer).values()) == [{"session": "x"}]
    assert "s3cret" not in repr(QIMEN)


def test_a_whole_network_is_written_and_read_back(scene, sealer):
    put(scene, write_connections, QIMEN, sealer=sealer)
    put(scene, write_shops, ShopRow(code="T", name="店", platform="taobao", doors=("poll", "push"), shop_group="g"), sealer=sealer)
    house = WarehouseRow(code="HZ", name="杭州仓", connection_code="wms1", regions=("330000", "310000"), cut_off=time(16), work_days=(1, 2, 3))
    put(scene, write_warehouses, house)
    put(scene, write_carriers, CarrierRow(code="ZTO", name="中通", code_by_system={"taobao": "ZTO", "kuaidi100": "zhongtong"}))
    tier = TierRow(carrier_code="ZTO", warehouse_code="HZ", region="330000", first_g=1000, first_minor=500, step_g=1000, step_minor=100)
    put(scene, write_freight, tier, TierRow(carrier_code="ZTO", region="*", first_g=1000, first_minor=900, step_g=500, step_minor=200))
    put(scene, write_translations, TranslationRow(protocol="qimen", subject="process_status", code="ACCEPT", meaning="ACCEPTED"))
    seen = network(scene)
    [shop] = seen.shops.values()
    [warehouse] = seen.warehouses.values()
    assert (shop.code, shop.doors, shop.shop_group) == ("T", ("poll", "push"), "g")
    assert (warehouse.regions, warehouse.cut_off, warehouse.work_days) == (frozenset({"330000", "310000"}), time(16), (1, 2, 3))
    assert {key[1]: [tier.first_minor for tier in tiers] for key, tiers in seen.tiers.items()} == {"330000": [500], "*": [900]}
    assert seen.translations == {("qimen", "process_status", "ACCEPT"): "ACCEPTED"}


def test_areas_and_days_not_told_stay_and_told_ones_are_replaced(scene):
    row = WarehouseRow(code="HZ", name="仓", regions=("330000",), days=(DayRow(on_date=date(2026, 10, 1), is_open=False),))
    put(scene, write_warehouses, row)
    assert effects(put(scene, write_warehouses, row)) == ["same"]
    assert effects(put(scene, write_warehouses, WarehouseRow(code="HZ", name="仓"))) == ["same"]
    assert effects(put(scene, write_warehouses, WarehouseRow(code="HZ", name="仓", regions=("*",), days=()))) == ["changed"]
    assert scene.query("SELECT region FROM warehouse_area") == [("*",)]
    assert scene.query("SELECT * FROM warehouse_day") == []
    assert scene.query("SELECT version FROM warehouse") == [(2,)]


def test_every_change_raises_the_version_of_the_network_and_nothing_else_does(scene, sealer):
    def version():
        return scene.query("SELECT version FROM cache_version WHERE subject = 'network'")[0][0]

    before = version()
    put(scene, write_carriers, CarrierRow(code="ZTO", name="中通"))
    assert version() == before + 1
    put(scene, write_carriers, CarrierRow(code="ZTO", name="中通"))
    put(scene, write_shops, ShopRow(code="T", name="店", platform="direct", time_zone="Mars/Base"), sealer=sealer)
    assert version() == before + 1


@pytest.mark.parametrize(
    ("write", "row", "problem"),
    [
        (write_warehouses, WarehouseRow(code="W", name="W", connection_code="NO"), ("connection_code", Reason.FIELD_INVALID)),
        (write_warehouses, WarehouseRow(code="W", name="W", time_zone="../etc"), ("time_zone", Reason.FIELD_INVALID)),
        (write_warehouses, WarehouseRow(code="W", name="W", regions=("*", "*")), ("regions", Reason.DUPLICATE_KEY)),
        (
            write_freight,
            TierRow(carrier_code="NO", region="*", first_g=1, first_minor=1, step_g=1, step_minor=1),
            ("carrier_code", Reason.UNKNOWN_CARRIER),
        ),
        (write_translations, TranslationRow(protocol="qimen", subject="s", code="C", meaning="WHATEVER"), ("meaning", Reason.FIELD_INVALID)),
    ],
)
def test_rows_that_name_what_is_not_there_are_refused(scene, write, row, problem):
    assert reasons(put(scene, write, row)[0]) == [problem]


def test_a_version_not_seen_is_refused(scene):
    put(scene, write_carriers, CarrierRow(code="ZTO", name="中通"))
    assert reasons(put(scene, write_carriers, CarrierRow(code="ZTO", name="中通2"), expected={"ZTO": 5})[0]) == [("version", Reason.VERSION_CONFLICT)]
    assert effects(put(scene, write_carriers, CarrierRow(code="ZTO", name="中通2"), expected={"ZTO": 1})) == ["changed"]


def test_a_tier_is_changed_in_place_and_removed(scene):
    put(scene, write_carriers, CarrierRow(code="ZTO", name="中通"))
    row = TierRow(carrier_code="ZTO", region="*", first_g=1000, first_minor=900, step_g=500, step_minor=200)
    assert effects(put(scene, write_freight, row)) == ["created"]
    assert effects(put(scene, write_freight, row)) == ["same"]
    assert effects(put(scene, write_freight, TierRow(carrier_code="ZTO", region="*", first_g=1000, first_minor=1, step_g=500, step_minor=2))) == [
        "changed"
    ]
    key = TierKey(carrier_code="ZTO", region="*")
    with scene.database.transaction() as tx:
        assert effects(remove_freight(tx, [key])) == ["changed"]
        assert effects(remove_freight(tx, [key])) == ["refused"]


@pytest.mark.parametrize("n", [1, 200])
def test_warehouses_take_the_same_number_of_statements_however_many(scene, n):
    rows = [WarehouseRow(code=f"W{i}", name="仓", regions=("*",), days=(DayRow(on_date=date(2026, 1, 1), is_open=True),)) for i in range(n)]
    with scene.database.transaction() as tx, counted(tx) as statements:
        assert {o.effect for o in write_warehouses(tx, scene.ids, rows, NOW)} == {Effect.CREATED}
    assert len(statements) == 11


def test_opening_stock_is_booked_once_with_its_entry(scene):
    scene.set_up({"A": {}, "B": {"X": 1}})
    scene.query("SELECT 1")
    rows = [
        OpeningRow(warehouse_code="A", sku_code="X", quantity=7, value_minor=700),
        OpeningRow(warehouse_code="A", sku_code="X", quantity=2, grade="defective"),
        OpeningRow(warehouse_code="B", sku_code="X", quantity=5),
        OpeningRow(warehouse_code="A", sku_code="NO", quantity=5),
        OpeningRow(warehouse_code="NO", sku_code="X", quantity=5),
    ]
    outcomes = put(scene, write_opening, *rows, by="user:a")
    assert effects(outcomes) == ["created", "created", "refused", "refused", "refused"]
    assert [reasons(o) for o in outcomes[2:]] == [
        [("sku_code", Reason.DUPLICATE_KEY)],
        [("sku_code", Reason.UNKNOWN_SKU)],
        [("warehouse_code", Reason.UNKNOWN_WAREHOUSE)],
    ]
    again = put(scene, write_opening, rows[0])
    assert reasons(again[0]) == [("sku_code", Reason.DUPLICATE_KEY)]
    assert scene.query("SELECT grade, on_hand FROM balance WHERE warehouse_id = %s ORDER BY grade", scene.warehouses["A"]) == [(1, 7), (2, 2)]
    assert scene.query("SELECT kind, state, created_by FROM document") == [("opening", 70, "user:a")]
    assert scene.broken_invariants() == {}


def test_opening_stock_takes_the_same_number_of_statements_however_many(scene):
    codes = [f"S{i}" for i in range(101)]
    scene.set_up({"A": {}, "B": dict.fromkeys(codes, 1)})
    counts = []
    for some in (codes[:1], codes[1:]):
        with scene.database.transaction() as tx, counted(tx) as statements:
            write_opening(tx, scene.ids, [OpeningRow(warehouse_code="A", sku_code=code, quantity=3) for code in some], NOW)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert scene.broken_invariants() == {}


def test_a_connection_without_what_its_client_needs_is_refused(scene, sealer):
    outcomes = put(
        scene,
        write_connections,
        ConnectionRow(code="a", protocol="qimen", url="https://x.example/", account={"app_key": "k"}),
        ConnectionRow(code="b", protocol="kuaidi100", url="https://x.example/", account={"customer": "c"}, secrets={"key": "k", "salt": "s"}),
        sealer=sealer,
    )
    assert [sorted(field for field, _ in reasons(o)) for o in outcomes] == [["account.customer_id", "secrets.secret"], []]
    changed = ConnectionRow(code="b", protocol="qimen", url="https://x.example/", account={"customer_id": "c", "app_key": "a"})
    assert reasons(put(scene, write_connections, changed, sealer=sealer)[0]) == [("secrets.secret", Reason.FIELD_MISSING)]


def test_a_shop_is_served_by_all_warehouses_or_by_those_it_names(scene, sealer):
    put(scene, write_warehouses, *(WarehouseRow(code=code, name=code) for code in "AB"))
    plain, bound = (ShopRow(code="S", name="s", platform="direct", warehouse_codes=codes) for codes in (None, ("B", "B")))
    assert effects(put(scene, write_shops, plain, sealer=sealer)) == ["created"]
    ids = {warehouse.code: warehouse.id for warehouse in network(scene).warehouses.values()}
    shop = next(iter(network(scene).shops.values()))
    assert (shop.warehouse_ids, network(scene).has_bound_shops) == ((), False)
    version = network(scene).version
    assert [(o.effect.value, o.version) for o in put(scene, write_shops, bound, sealer=sealer)] == [("changed", 2)]
    now = network(scene)
    assert now.version > version
    assert now.shops[shop.id].warehouse_ids == (ids["B"],)
    assert [now.is_served(shop.id, ids[code]) for code in "AB"] == [False, True]
    assert now.is_served(999, ids["A"])
    # told again, or not told: as it is; told empty: all again
    for row, effect, served in (
        (bound, "same", (ids["B"],)),
        (plain, "same", (ids["B"],)),
        (structs.replace(plain, warehouse_codes=()), "changed", ()),
    ):
        assert effects(put(scene, write_shops, row, sealer=sealer)) == [effect]
        assert network(scene).shops[shop.id].warehouse_ids == served


def test_a_shop_served_by_a_warehouse_nobody_knows_is_refused(scene, sealer):
    put(scene, write_warehouses, WarehouseRow(code="A", name="A"))
    bad, good = (ShopRow(code=code, name="s", platform="direct", warehouse_codes=codes) for code, codes in (("S", ("A", "Z")), ("T", ("A",))))
    refused, made = put(scene, write_shops, bad, good, sealer=sealer)
    assert reasons(refused) == [("warehouse_codes", Reason.UNKNOWN_WAREHOUSE)]
    assert made.effect == Effect.CREATED
    assert scene.query("SELECT s.code FROM shop_warehouse w JOIN shop s ON s.id = w.shop_id") == [("T",)]


def test_shops_share_stock_when_a_warehouse_serves_both(scene, sealer):
    put(scene, write_warehouses, *(WarehouseRow(code=code, name=code) for code in "ABC"))
    served = {"1": ("A",), "2": ("B", "C"), "3": ("A", "B"), "4": ()}
    put(
        scene, write_shops, *(ShopRow(code=code, name="s", platform="direct", warehouse_codes=codes) for code, codes in served.items()), sealer=sealer
    )
    now = network(scene)
    ids = {shop.code: shop.id for shop in now.shops.values()}
    share = {a + b for a in served for b in served if now.share_stock(ids[a], ids[b])}
    assert share == {"11", "22", "33", "44", "13", "31", "23", "32", "14", "41", "24", "42", "34", "43"}
