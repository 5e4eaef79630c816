"""Lists as files: what a page shows and no more, in the background; master data come back by their import as they were."""

import io
import tracemalloc
from datetime import time
from threading import Event
from types import SimpleNamespace
from typing import get_args
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from merchant import a_merchant, numbers
from paidan.entrypoints.api.exports import lists
from paidan.entrypoints.api.exports.book import write_book
from paidan.entrypoints.api.exports.routes import ListName
from paidan.entrypoints.api.exports.write import LISTS
from paidan.entrypoints.api.jobs import runner as running
from paidan.entrypoints.imports.kinds import KINDS
from paidan.entrypoints.imports.read import text_of
from paidan.entrypoints.imports.run import import_file
from scene import receiver

SKU = "SELECT code, name, version, kind, weight_g FROM sku ORDER BY code"
XLSX = {"content-type": "application/octet-stream"}


def exported(world, name, filters=None, columns=(), *, by=None, language="zh"):
    """The job when it is over, and the rows of its file."""
    caller = by or world
    headers = {"accept-language": language}
    body = {"list": name, "filters": filters or {}, "columns": list(columns)}
    answer = caller.call("POST", "/exports", body, headers=headers) if by else world.post("/exports", body, headers=headers)
    assert answer.status_code == 200, answer.text
    job = world.ended(answer.json()["job_id"], asked_by=by)
    assert (job["state"], job["has_file"], job["done"]) == ("done", True, job["total"]), job
    return job, sheet(caller.call("GET", f"/jobs/{job['id']}/file").content)


def asked(name, filters):
    """The address of a count."""
    return urlencode([("name", name), *(("f", f"{key}:{value}") for key, value in filters.items())])


def sheet(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def column(rows, header):
    at = rows[0].index(header)
    return [row[at] for row in rows[1:]]


def given_back(world, kind, content):
    means = SimpleNamespace(database=world.scene.database, ids=world.scene.ids, sealer=world.scene.sealer, clock=world.services.clock)
    return import_file(means, kind, content)


def test_every_list_has_its_name_in_the_description():
    assert set(get_args(ListName)) == set(LISTS)


PAGES = {
    "products": ("/catalog/skus", {}, "货品编码", lambda row: row["code"]),
    "listings": ("/catalog/listings", {}, "平台商品id", lambda row: row["item_ref"]),
    "shops": ("/shops", {}, "店铺编码", lambda row: row["code"]),
    "warehouses": ("/network/warehouses", {}, "仓库编码", lambda row: row["code"]),
    "carriers": ("/network/carriers", {}, "快递编码", lambda row: row["code"]),
    "freight": ("/network/freight", {}, "仓库编码", lambda row: row["warehouse_code"]),
    "exceptions": ("/lists/exceptions", {}, "问题", lambda row: row["text"]),
    "sellable": ("/stock/sellable", {}, "SKU", lambda row: row["sku_code"]),
    "balances": ("/stock/balances", {}, "空闲", lambda row: row["free"]),
    "entries": ("/stock/entries?sku=X", {"sku": "X"}, "数量", lambda row: row["quantity"]),
    "documents": ("/documents", {}, "外部单号", lambda row: row["reference"]),
    "differences": ("/stock/differences", {}, "差异", lambda row: row["difference"]),
    "fulfilments": ("/fulfilments", {}, "发货单号", lambda row: row["no"]),
    "messages": ("/messages", {}, "业务单号", lambda row: row["business_key"]),
    "bans": ("/catalog/bans", {}, "地区代码", lambda row: row["region"]),
    "prints": ("/prints", {}, "订单", lambda row: " · ".join(row["order_nos"])),
    "users": ("/users", {}, "账号", lambda row: row["name"]),
    "reveals": ("/receiver-reveals", {}, "用途", lambda row: row["purpose"]),
}


def harmless(cell):
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) and isinstance(cell, str) else cell


def test_each_file_holds_the_rows_of_its_page_in_their_order(world):
    a_merchant(world)
    for name, (path, filters, header, value) in PAGES.items():
        told = world.get(path).json()
        shown = [value(row) for row in (told if isinstance(told, list) else told["items"])]
        _, rows = exported(world, name, filters)
        assert column(rows, header) == [harmless(cell) for cell in shown], name
        assert shown, name
    assert set(PAGES) | {"bundles"} == set(LISTS)


def test_bundles_have_a_row_for_each_part(world):
    a_merchant(world)
    job, rows = exported(world, "bundles")
    assert rows == [["组合装编码", "子件编码", "数量", "价格权重"], ["SET", "X", 2, 2], ["SET", "Y", 1, 1]]
    assert job["total"] == 1


def test_headers_and_words_are_told_in_the_language_asked_for(world):
    a_merchant(world)
    _, rows = exported(world, "documents", language="en")
    assert rows[0] == ["Document", "Kind", "State", "Warehouse", "Reference", "Expected", "Made", "By"]
    assert rows[1][1:5] == ["Entry", "released", "A", "PO-1"]
    _, rows = exported(world, "documents")
    assert rows[1][1:5] == ["采购入库", "已下发", "A", "PO-1"]


def test_the_columns_on_the_screen_are_exported_in_their_order_and_master_data_whole(world):
    a_merchant(world)
    _, rows = exported(world, "balances", columns=["on_hand", "actions", "sku_code", "on_hand"])
    assert rows == [["在库", "SKU"], [5, "X"], [3, "X"], [5, "Y"]]
    _, rows = exported(world, "products", columns=["code"])
    assert len(rows[0]) == len(KINDS["products"].fields)


def test_filters_are_those_of_the_page(world):
    a_merchant(world)
    cases = [
        ("products", {"code": "X"}, 1),
        ("products", {"kind": "bundle"}, 1),
        ("products", {"kind": "service"}, 0),
        ("bundles", {"code": "X"}, 0),
        ("listings", {"unmapped": "true"}, 1),
        ("listings", {"shop": "S2"}, 1),
        ("freight", {"carrier": "NO"}, 0),
        ("balances", {"sku": "X", "warehouse": "B"}, 1),
        ("sellable", {"sku": "Y"}, 1),
        ("sellable", {"alarms": "oversold"}, 0),
        ("documents", {"open": "true", "kind": "entry"}, 1),
        ("exceptions", {"kind": "message_set_aside"}, 1),
        ("exceptions", {"owner": "me"}, 0),
        ("fulfilments", {"state": "planned", "warehouse": "B"}, 0),
        ("messages", {"business_key": "P1"}, 1),
        ("messages", {"business_key": "P1", "direction": "o"}, 0),
        ("messages", {"state": "set_aside", "kind": "no.such"}, 0),
        ("differences", {"warehouse": "B"}, 0),
        ("bans", {}, 3),
        ("prints", {"kind": "label", "order_no": numbers(world)["P3"]}, 1),
        ("prints", {"kind": "pick_list"}, 0),
        ("prints", {"actor": "user:nobody"}, 0),
        ("reveals", {"actor": "user:adminer"}, 4),
        ("reveals", {"actor": "user:nobody"}, 0),
    ]
    for name, filters, count in cases:
        job, rows = exported(world, name, filters)
        assert (job["total"], len(rows) - 1) == (count, count), (name, filters)
        if name == "messages":  # as the page tells them
            assert column(rows, "对方") == ["店铺 S1"] * count
            assert column(rows, "种类") == ["订单"] * count
            assert column(rows, "协议名") == ["order"] * count
        assert world.get(f"/exports/count?{asked(name, filters)}").json() == {"count": count, "is_exact": True}, (name, filters)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"list": "products", "filters": {"shop": "S1"}}, "filters"),
        ({"list": "products", "filters": {"kind": "gift"}}, "filters"),
        ({"list": "products", "filters": {"code": "a\0"}}, "filters"),
        ({"list": "documents", "filters": {"open": "yes"}}, "filters"),
        ({"list": "fulfilments", "filters": {"state": "nowhere"}}, "filters"),
        ({"list": "entries"}, "filters"),
        ({"list": "entries", "filters": {"document_id": "9" * 30}}, "filters"),
        ({"list": "prints", "filters": {"kind": "poem"}}, "filters"),
        ({"list": "messages", "filters": {"state": "lost"}}, "filters"),
        ({"list": "messages", "filters": {"direction": "up"}}, "filters"),
        ({"list": "users", "filters": {"name": "li"}}, "filters"),
        ({"list": "nothing"}, "list"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(still, body, field):
    answer = still.post("/exports", body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field]), answer.text
    counted = still.get(f"/exports/count?{asked(body['list'], body.get('filters', {}))}")
    assert (counted.status_code, len(counted.json()["errors"])) == (422, 1), counted.text


def test_more_rows_than_a_file_takes_are_refused_before_anything_is_made(world, monkeypatch):
    a_merchant(world)
    monkeypatch.setattr("paidan.entrypoints.api.exports.routes.ROWS_MAX", 1)
    answer = world.post("/exports", {"list": "products"})
    assert (answer.status_code, answer.json()["reason"]) == (422, "too_many_at_once")
    assert world.scene.query("SELECT count(*) FROM job") == [(0,)]


def test_rows_of_a_list_are_counted_to_a_bound_for_whoever_sees_its_page(world, monkeypatch):
    a_merchant(world)
    reader = world.person("li", "see")
    products = reader.call("GET", "/exports/count?name=products").json()["count"]
    assert products == world.scene.query("SELECT count(*) FROM sku")[0][0] > 1
    monkeypatch.setattr("paidan.entrypoints.api.exports.routes.EXACT_MAX", 1)
    assert reader.call("GET", "/exports/count?name=products").json() == {"count": 1, "is_exact": False}
    assert reader.call("GET", "/exports/count?name=users").status_code == 403
    for wrong in ("f=code", "f=code:X&f=code:Y"):
        assert reader.call("GET", f"/exports/count?name=products&{wrong}").status_code == 422


def test_it_takes_the_right_to_export_and_the_file_is_its_makers_own(world):
    a_merchant(world)
    reader = world.person("li", "see")
    assert reader.call("POST", "/exports", {"list": "products"}).status_code == 403
    job, _ = exported(world, "products", by=world.person("wang", "see", "export"))
    assert world.get(f"/jobs/{job['id']}/file").status_code == 404
    assert job["parameters"] == {"list": "products", "filters": {}, "columns": [], "sort": ""}


RIGHTS = {"users": "people", "reveals": "people", "prints": "print", "bans": "see"}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_list_takes_the_right_of_its_page_also_when_its_file_is_fetched(world, name):
    a_merchant(world)
    may, may_not = world.person("li", "see", "export", RIGHTS[name]), world.person("wang", "see", "export")
    assert may_not.call("POST", "/exports", {"list": name}).status_code == (200 if RIGHTS[name] == "see" else 403)
    job, _ = exported(world, name, by=may)
    if RIGHTS[name] == "see":
        return
    world.scene.query("UPDATE role SET rights = '{see,export}' WHERE code = 'r-li' RETURNING 1")
    assert may.call("GET", f"/jobs/{job['id']}/file").status_code == 403
    assert may.call("POST", f"/jobs/{job['id']}/retries").status_code == 409


def test_people_and_reveals_are_for_nobody_with_a_limited_view(world):
    world.scene.set_up({"A": {"X": 1}})
    limited = world.person("li", "see", "export", "people", warehouses=["A"])
    for name in ("users", "reveals"):
        assert limited.call("POST", "/exports", {"list": name}).status_code == 403, name


def test_what_people_did_is_told_as_on_the_page(world):
    a_merchant(world)
    orders = numbers(world)
    _, rows = exported(world, "prints")
    assert [row[1:] for row in rows[1:]] == [["面单", "adminer", "否", 1, 1, orders[no], "ZPL"] for no in ("P3", "P1")]
    _, rows = exported(world, "reveals", language="en")
    assert rows[0] == ["At", "Who", "Order", "Receiver", "Purpose", "From"]
    assert [row[1:5] for row in rows[1:3]] == [["adminer", orders["P3"], "In force", "'=1+3"], ["adminer", orders["P3"], "In force", "print"]]
    _, rows = exported(world, "users")
    assert rows[-1] == ["zhou", "'+86 周", "", "S2", "全部", "密码", "", "是"]
    _, rows = exported(world, "bans")
    assert rows[1:] == [
        ["易碎", "西藏自治区", "540000"],
        ["易碎", "新疆维吾尔自治区", "650000"],
        ["生鲜", "所有地区", "*"],
    ]


def test_who_sees_some_shops_or_warehouses_exports_no_others(world):
    a_merchant(world)
    of_shop = world.person("li", "see", "export", shops=["S2"])
    assert column(exported(world, "shops", by=of_shop)[1], "店铺编码") == ["S2"]
    assert column(exported(world, "listings", by=of_shop)[1], "店铺编码") == ["S2"]
    assert [row[2] for row in exported(world, "fulfilments", by=of_shop)[1][1:]] == [numbers(world)["P3"]]
    assert exported(world, "exceptions", {"kind": "hold"}, by=of_shop)[1][1:] == []
    assert exported(world, "messages", by=of_shop)[1][1:] == []
    printer = world.person("zhao", "see", "export", "print", shops=["S2"])
    assert column(exported(world, "prints", by=printer)[1], "订单") == [numbers(world)["P3"]]
    of_place = world.person("wang", "see", "export", warehouses=["B"])
    assert column(exported(world, "warehouses", by=of_place)[1], "仓库编码") == ["B"]
    assert set(column(exported(world, "balances", by=of_place)[1], "仓库")) == {"B"}
    assert column(exported(world, "entries", {"sku": "X"}, by=of_place)[1], "仓库") == ["B"]
    assert exported(world, "documents", by=of_place)[1][1:] == []
    assert column(exported(world, "freight", by=of_place)[1], "仓库编码") == ["B"]


def test_nothing_personal_stands_in_any_file(world):
    a_merchant(world)
    personal = ["张三", "文三路", *[receiver(n).phone for n in (1, 2, 3)]]  # whole: a part of a phone may stand in an order's number
    for name, (_, filters, _, _) in PAGES.items():
        text = str(exported(world, name, filters)[1])
        assert not any(word in text for word in personal), name


def test_pages_follow_one_another_without_a_gap_or_a_row_twice(world, monkeypatch):
    a_merchant(world)
    whole = {name: exported(world, name, filters)[1] for name, (_, filters, _, _) in PAGES.items()}
    monkeypatch.setattr(lists, "CHUNK", 2)
    for name, (_, filters, _, _) in PAGES.items():
        assert exported(world, name, filters)[1] == whole[name], name


def test_long_numbers_stay_text_and_formulas_are_harmless(world):
    scene = world.scene
    scene.set_up({"A": {"X": 1}})
    rows = [{"code": "690123456789012345", "name": "=1+1", "barcodes": ["690123456789012345"]}]
    assert world.post("/catalog/skus", {"rows": rows}).json()["results"][0]["effect"] == "created"
    _, found = exported(world, "products", {"code": "690123456789012345"})
    assert found[1][:2] == ["690123456789012345", "'=1+1"]
    assert found[1][-1] == "690123456789012345"


# ------------------------------------------------------------------ and back again


MERCHANT = {
    "products": [
        {"code": "A1", "name": "红围巾", "product_code": "P1", "product_name": "围巾", "brand": "云", "category": "服饰", "weight_g": 120, "volume_cm3": 7},
        {"code": "A2", "name": "=SUM(1)", "goods_class": "fragile", "is_on_sale": False, "barcodes": ["6901", "has blank", "0012"]},
        {"code": "A3", "name": "礼盒", "kind": "bundle"},
        {"code": "A4", "name": "安装", "kind": "service"},
    ],
    "carriers": [{"code": "YTO", "name": "圆通", "code_by_system": {"taobao": "YTO", "kuaidi100": "yuantong", "jd": "YT 1"}, "is_active": False}],
    "warehouses": [
        {
            "code": "HZ", "name": "杭州仓", "kind": "store", "province": "浙江省", "city": "杭州市", "detail": "1号", "longitude": 120.153576, "latitude": -0.5,
            "priority": 3, "handling_order_minor": 155, "handling_unit_minor": 1, "cut_off": "16:30:15", "work_days": [1, 3, 5], "regions": ["330000", "*"],
            "days": [{"on_date": "2026-10-01", "is_open": False}],
        },
        {"code": "NJ", "name": "南京仓", "regions": []},
    ],
    "shops": [
        {"code": "T9", "name": "旗舰店", "platform": "direct", "shop_group": "g", "merge_window_s": 0, "safety_quantity": 2, "warehouse_codes": ["HZ"]},
        {"code": "T8", "name": "分店", "platform": "shopify", "currency": "USD", "time_zone": "America/New_York", "doors": ["poll"], "is_active": False},
    ],
    "freight": [
        {"carrier_code": "YTO", "region": "330000", "warehouse_code": "HZ", "first_g": 1000, "first_minor": 505, "step_g": 500, "step_minor": 0, "transit_h": 0},
        {"carrier_code": "YTO", "region": "*", "first_g": 1, "first_minor": 0, "step_g": 1, "step_minor": 1, "weight_g_max": 30000},
    ],
    "listings": [
        {"shop_code": "T9", "item_ref": "123456789012345678", "sku_ref": "1", "sku_code": "A1", "merchant_code": "A1", "title": "@红"},
        {"shop_code": "T9", "item_ref": "2", "title": "没有对应"},
    ],
    "bundles": [{"code": "A3", "parts": [{"code": "A1", "quantity": 2, "price_share": 30}, {"code": "A2", "quantity": 1, "price_share": 0}]}],
}  # fmt: skip
DOORS = {
    "products": "/catalog/skus",
    "carriers": "/network/carriers",
    "warehouses": "/network/warehouses",
    "shops": "/shops",
    "freight": "/network/freight",
    "listings": "/catalog/listings",
    "bundles": "/catalog/bundles",
}


def stored(world):
    """Every record of master data as the API tells it, versions included."""
    return {kind: world.get(f"{path}?limit=200").json()["items"] for kind, path in DOORS.items() if kind != "bundles"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_exported_is_imported_again_and_nothing_has_changed(world, language):
    for kind, rows in MERCHANT.items():
        results = world.post(DOORS[kind], {"rows": rows}).json()["results"]
        assert [result["effect"] for result in results if result["errors"]] == [], (kind, results)
    before = stored(world)
    for kind in MERCHANT:
        job, rows = exported(world, kind, language=language)
        report = given_back(world, kind, world.get(f"/jobs/{job['id']}/file").content)
        assert (report.problems, report.rejected, report.ignored_headers) == ((), 0, ()), kind
        assert report.accepted == len(rows) - 1 > 0
        assert stored(world) == before, kind


def test_a_cell_that_was_edited_is_the_only_thing_that_changes(world):
    world.scene.set_up({"A": {"X": 1, "Y": 1}})
    _, rows = exported(world, "products")
    versions = dict(world.scene.query("SELECT code, version FROM sku"))
    at = rows[0].index("重量(克)")
    next(row for row in rows[1:] if row[0] == "X")[at] = 450
    edited = write_book("x", rows[0], [[cell if isinstance(cell, str) else int(cell) for cell in row] for row in rows[1:]], "zh")
    assert given_back(world, "products", edited).accepted == 2
    assert world.scene.query("SELECT code, weight_g, version FROM sku ORDER BY code") == [
        ("X", 450, versions["X"] + 1),
        ("Y", 300, versions["Y"]),
    ]


CODE = st.text("ABC019-._ ,;|、号", min_size=1, max_size=8).map(str.strip).filter(lambda text: text and not text.startswith('"'))
VALUES = {
    "amount": st.integers(0, 10**9),
    "count": st.integers(0, 10**7),
    "flag": st.booleans(),
    "words": st.lists(CODE, max_size=4).map(tuple),
    "counts": st.lists(st.integers(1, 7), max_size=7).map(tuple),
    "clock": st.times().map(lambda at: time(at.hour, at.minute, at.second)),
    "number": st.floats(-180, 180).map(lambda degrees: round(degrees, 6)),
    "pairs": st.dictionaries(st.text("abc", min_size=1, max_size=4), CODE, max_size=3),
}
FIELDS = {f"{kind.name}.{field.name}": field for kind in KINDS.values() for field in kind.fields}


@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_each_column_tells_a_value_so_that_it_is_read_as_the_same(name, data):
    field = FIELDS[name]
    turn = getattr(field.turn, "__name__", "choice")
    options = st.sampled_from(sorted(set(field.turn._known.values()))) if turn == "choice" else VALUES.get(turn, CODE)
    value = data.draw(options)
    language = data.draw(st.sampled_from(["zh", "en"]))
    [[cell]] = sheet(write_book("x", [], [[field.tell(value, language)]], language))[-1:] or [[""]]
    text = text_of(cell if cell != "" else None)
    assert (field.turn(text) if text else type(value)()) == value


# ------------------------------------------------------------------ in the background


def test_a_file_left_by_a_dead_process_is_written_by_the_next(world):
    a_merchant(world)
    runner = world.client.app.state.jobs
    runner.stop()
    made = world.post("/exports", {"list": "products"}).json()
    world.scene.query("UPDATE job SET lease_until = now() + interval '1 hour', done = 1 RETURNING 1")
    fresh = type(runner)(world.services)
    assert not fresh.work_one()
    world.scene.query("UPDATE job SET lease_until = now() - interval '1 second' RETURNING 1")
    assert fresh.work_one()
    job = world.get(f"/jobs/{made['job_id']}").json()
    assert (job["state"], job["done"], job["has_file"]) == ("done", 3, True)
    world.client.app.state.jobs = type(runner)(world.services)
    world.client.app.state.jobs.start()


def test_a_process_that_ends_in_the_middle_of_a_file_leaves_it_to_the_next(world, monkeypatch):
    a_merchant(world)
    runner = world.client.app.state.jobs
    runner.stop()
    world.post("/exports", {"list": "products"})
    monkeypatch.setattr(lists, "CHUNK", 1)
    fresh = type(runner)(world.services)
    ended = Event()
    beaten = fresh._beat

    def beat(job, done):
        beaten(job, done)
        if not ended.is_set():
            ended.set()
            fresh._stop.set()

    fresh._beat = beat
    assert fresh.work_one()
    assert world.scene.query("SELECT state, done, lease_until < now(), (SELECT count(*) FROM job_file) FROM job") == [(running.RUNNING, 1, True, 0)]
    fresh._stop.clear()
    assert fresh.work_one()
    assert world.scene.query("SELECT state, done FROM job") == [(running.ENDED, 3)]
    world.client.app.state.jobs = type(runner)(world.services)
    world.client.app.state.jobs.start()


def test_a_list_is_written_again_but_never_undone(world):
    a_merchant(world)
    job, _ = exported(world, "products")
    assert world.post(f"/jobs/{job['id']}/undo").json()["reason"] == "not_to_be_undone"
    world.post("/catalog/skus", {"rows": [{"code": "NEW", "name": "新"}]})
    assert world.post(f"/jobs/{job['id']}/retries").status_code == 200
    assert world.ended(job["id"])["done"] == 4
    assert column(sheet(world.get(f"/jobs/{job['id']}/file").content), "货品编码")[-1] == "NEW"


def test_a_list_that_can_not_be_told_ends_without_a_file_and_holds_up_no_other(world, monkeypatch):
    a_merchant(world)
    with monkeypatch.context() as patch:
        patch.setitem(LISTS, "products", replace(LISTS["products"], spread=lambda row: [{}[row.code]]))
        job = world.ended(world.post("/exports", {"list": "products"}).json()["job_id"])
    assert (job["state"], job["has_file"], job["failed"]) == ("done", False, 3)
    exported(world, "carriers")
    assert world.post(f"/jobs/{job['id']}/retries").status_code == 200
    job = world.ended(job["id"])
    assert (job["state"], job["has_file"], job["done"], job["failed"]) == ("done", True, 3, 0)


def test_memory_does_not_grow_with_the_rows():
    def peak(rows):
        tracemalloc.start()
        write_book("x", ["a"] * 8, (["some text that is stored", n, None, True, "more", n, n, "end"] for n in range(rows)), "zh")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(4_000) < peak(400) + 400_000


@pytest.mark.parametrize("count", [2_000, pytest.param(50_000, marks=pytest.mark.deep)])
def test_many_skus_go_out_and_come_in_again(world, count):
    rows = (
        [f"S{n:06}", f"货品{n}", f"P{n // 4:05}", f"款{n // 4:05}", "云", "服饰", "商品", "普通", n % 900, n % 70, n % 9 != 0, f"69{n:011}"]
        for n in range(count)
    )
    headers = [field.zh[0] for field in KINDS["products"].fields]
    assert given_back(world, "products", write_book("x", headers, rows, "zh")).accepted == count
    versions = "SELECT count(*), min(version), max(version), sum(weight_g) FROM sku"
    before = world.scene.query(versions)
    answer = world.post("/exports", {"list": "products"}).json()
    job = world.ended(answer["job_id"], patience_s=120)
    assert (answer["total"], job["done"]) == (count, count)
    content = world.get(f"/jobs/{job['id']}/file").content
    found = sheet(content)
    assert (len(found), found[1][:3], found[-1][0]) == (count + 1, ["S000000", "货品0", "P00000"], f"S{count - 1:06}")
    report = given_back(world, "products", content)
    assert (report.accepted, report.rejected) == (count, 0)
    assert world.scene.query(versions) == before
