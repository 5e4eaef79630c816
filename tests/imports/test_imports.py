import io
from datetime import datetime
from types import SimpleNamespace

import msgspec
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from counting import counted
from paidan.catalog.load import ListingRef
from paidan.catalog.store import insert_listings
from paidan.entrypoints.imports import report as report_module
from paidan.entrypoints.imports.kinds import KINDS
from paidan.entrypoints.imports.preview import RowProblem, preview_of, told_first
from paidan.entrypoints.imports.read import text_of
from paidan.entrypoints.imports.report import error_file, neutral, workbook
from paidan.entrypoints.imports.run import FILE_KINDS, import_file, read_file, template_of
from paidan.entrypoints.imports.stored import Told, with_stored
from paidan.kernel.errors import BadInput
from paidan.kernel.outcomes import Effect
from paidan.kernel.reasons import Reason
from paidan.runtime.clocks import FixedClock
from scene import NOW, Scene, empty


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def means_of(scene):
    return SimpleNamespace(database=scene.database, ids=scene.ids, sealer=scene.sealer, clock=FixedClock(NOW))


def give(scene, kind, content, **more):
    return import_file(means_of(scene), kind, content if isinstance(content, bytes) else content.encode(), **more)


def previewed(scene, kind, content, **more):
    """As `give`, for a person who has not decided yet."""
    write = read_file(means_of(scene), kind, content if isinstance(content, bytes) else content.encode(), is_previewed=True, **more)
    with scene.database.transaction() as tx:
        return write(tx)


def test_a_file_is_read_while_no_transaction_waits(scene):
    means = SimpleNamespace(database=None, ids=scene.ids, sealer=scene.sealer, clock=FixedClock(NOW))
    write = read_file(means, "products", f"{PRODUCTS}X,红围巾,P1,120,是,690,商品\n".encode())
    with scene.database.transaction() as tx:
        assert write(tx).accepted == 1


def told(report):
    return [(problem.row, problem.field, problem.reason.value) for problem in report.problems]


def sheet(content: bytes, name=0):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(name).to_python()


def xlsx(*rows) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm:ss", "remove_timezone": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


PRODUCTS = "货品编码,货品名称,商品编码,重量(克),在售,条码,类型\n"
FILES = {
    "products": (
        PRODUCTS + "X,红围巾,P1,120,是,690;691,商品\nSET,礼盒,,,,,组合装\n",
        "SELECT code, weight_g FROM sku ORDER BY code",
        [("SET", 0), ("X", 120)],
    ),
    "warehouses": (
        ('仓库编码,仓库名称,省,经度,纬度,每单操作费,截单时间,工作日,覆盖区域\nHZ,杭州仓,浙江省,120.15,30.28,1.50,16:30,"1,2,3,4,5",330000;310000\n'),
        "SELECT code, handling_order_minor, cut_off::text, work_days FROM warehouse",
        [("HZ", 150, "16:30:00", [1, 2, 3, 4, 5])],
    ),
    "carriers": ("快递编码,快递名称,淘宝编码\nZTO,中通,ZTO\n", "SELECT code, code_by_system FROM carrier", [("ZTO", {"taobao": "ZTO"})]),
    "shops": (
        "店铺编码,店铺名称,平台,接入方式,合单等待(秒)\nT1,旗舰店,天猫,poll;push,300\n",
        "SELECT code, platform, doors, merge_window_s FROM shop",
        [("T1", "taobao", ["poll", "push"], 300)],
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_any_usual_encoding(scene, kind, encoding):
    text, query, expected = FILES[kind]
    report = give(scene, kind, text.encode(encoding))
    assert (told(report), report.rejected, report.error_file) == ([], 0, b"")
    assert scene.query(query) == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(scene, delimiter):
    assert give(scene, "carriers", f"carrier code{delimiter}Carrier Name *\nZTO{delimiter}中通\n").accepted == 1


def test_a_workbook_is_read_with_numbers_dates_and_english_headers(scene):
    scene.set_up({"A": {"X": 1}, "B": {}})
    report = give(scene, "stock", xlsx(["warehouse", "SKU", "Qty", "grade", "value", "note"], ["B", "X", 12.0, "正品", 99.5, datetime(2026, 1, 1)]))  # noqa: DTZ001
    assert (told(report), report.accepted, report.ignored_headers) == ([], 1, ("note",))
    assert scene.query("SELECT quantity, value_minor FROM entry WHERE kind = 'opening' AND value_minor > 0") == [(12, 9950)]
    assert scene.broken_invariants() == {}


def test_freight_listings_and_bundles_are_imported(scene):
    scene.set_up({"A": {"X": 1, "Y": 1}}, bundles={"SET": {}})
    freight = (
        "快递编码,仓库编码,区域,首重(克),首重费(元),续重(克),续重费(元)\n"
        "ZTO,A,330000,1000,5.00,1000,1\nZTO,,US,1000,5,1000,1\nNO,,*,1000,5,1000,1\nZTO,,浙江,1,1,1,1.234\n"
    )
    report = give(scene, "freight", freight)
    assert (report.accepted, told(report)) == (2, [(4, "carrier_code", "unknown_carrier"), (5, "step_minor", "field_invalid")])
    assert give(scene, "listings", "店铺编码,商品ID,规格ID,货品编码\nS1,1001,2002,X\n").accepted == 1
    bundles = "组合装编码,子件编码,数量\nSET,X,2\nSET,Y,1\nNO,X,1\nBAD,X,一\nBAD,Y,1\n"
    report = give(scene, "bundles", bundles)
    assert report.accepted == 2
    assert [(row, reason) for row, _, reason in told(report)] == [(4, "unknown_sku"), (5, "field_invalid"), (6, "field_invalid")]
    assert scene.query("SELECT s.code, b.quantity FROM bundle_part b JOIN sku s ON s.id = b.part_id ORDER BY 1") == [("X", 2), ("Y", 1)]


def test_bad_rows_come_back_with_reasons_and_can_be_corrected_and_imported_again(scene):
    text = PRODUCTS + "X,红围巾,,120,,,\n,无编码,,,,,\nZ,=1+1,,重,,,\nX,重复,,,,,\nW,很长,,,,690123456789012345,\n"
    report = give(scene, "products", text)
    assert (report.accepted, report.rejected) == (2, 3)
    assert told(report) == [(3, "code", "field_missing"), (4, "weight_g", "field_invalid"), (5, "code", "duplicate_key")]
    errors = sheet(report.error_file)
    assert errors[0][-2:] == ["原因", "Reason"]
    assert errors[2][:2] == ["Z", "'=1+1"]
    assert errors[1][-2] == "货品编码: 缺少必填字段"
    assert errors[1][-1] == "货品编码: A required field is missing"
    errors[1][0], errors[2][3], errors[3][0] = "Q", 5, "R"
    again = give(scene, "products", xlsx(*errors))
    assert (again.accepted, told(again), again.ignored_headers) == (3, [], ())
    assert scene.query("SELECT name FROM sku WHERE code = 'Z'") == [("=1+1",)]
    assert scene.query("SELECT barcode FROM sku_barcode") == [("690123456789012345",)]


def test_the_preview_shows_the_first_rows_and_the_bad_ones_as_they_were_read(scene):
    good = "".join(f"G{number},好的,,1,,,\n" for number in range(60))
    report = previewed(scene, "products", f"{PRODUCTS.strip()},备注\n\n{good},没有编码,,重,,,,\nX,{'长' * 150},,,,,,\n")
    preview = report.preview
    assert [(one.text, one.field) for one in preview.headings][-2:] == [("类型", "kind"), ("备注", "")]
    assert [one.row for one in preview.rows] == [*range(3, 23), 63]
    assert preview.rows[-1].cells[:4] == ("", "没有编码", "", "重")
    assert [(one.field, one.column, one.count) for one in preview.counts] == [("code", "货品编码", 1), ("weight_g", "重量(克)", 1)]
    assert report.accepted == 61
    long = previewed(scene, "products", PRODUCTS + f"X,{'长' * 150},,,,,\n").preview.rows[0].cells[1]
    assert (len(long), long[-1]) == (121, "…")


def test_a_file_that_is_taken_is_not_previewed(scene, monkeypatch):
    scene.set_up({"A": {"X": 1}})
    asked = []
    monkeypatch.setattr(report_module, "preview_of", lambda *some: asked.append(some))
    assert give(scene, "products", f"{PRODUCTS}X,红围巾,P1,120,是,690,商品\n,坏,,,,,\n").preview is None
    assert give(scene, "orders", ORDER_FILE, shop="S1").preview is None
    assert asked == []
    previewed(scene, "orders", ORDER_FILE, shop="S1")
    assert len(asked) == 1


def test_of_fifty_thousand_bad_rows_some_problems_of_every_kind_are_told():
    def problem(row, field, reason):
        return RowProblem(row=row, field=field, reason=reason, column=field)

    problems = [problem(row, "weight_g", Reason.FIELD_INVALID) for row in range(2, 50_002)] + [problem(50_002, "code", Reason.FIELD_MISSING)]
    rows = [["code", "weight_g"], *(["W", "重"] for _ in range(50_001))]
    preview = preview_of(rows, {0: "code", 1: "weight_g"}, problems, {})
    assert [(one.field, one.count) for one in preview.counts] == [("weight_g", 50_000), ("code", 1)]
    told = told_first(problems)
    assert [problem.row for problem in told] == [*range(2, 1_001), 50_002]
    assert [row.row for row in preview.rows] == [problem.row for problem in told]


def test_orders_are_previewed_by_the_columns_of_their_own_format(scene):
    scene.set_up({"A": {"X": 1}})
    preview = previewed(scene, "orders", ORDER_FILE, shop="S1").preview
    assert [one.field for one in preview.headings][:3] == ["order_no", "placed_at", "paid_at"]
    assert [one.row for one in preview.rows] == [2, 3, 4]
    assert [(one.field, one.count) for one in preview.counts] == [("quantity", 1)]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("products", b"", Reason.BODY_UNREADABLE),
        ("products", b"PK\x03\x04" + b"x" * 50, Reason.BODY_UNREADABLE),
        ("products", b"\x81\x00\xff" * 9, Reason.ENCODING_WRONG),
        ("products", "货品名称\n衣\n".encode(), Reason.FIELD_MISSING),
        ("products", "货品编码,sku,货品名称\nX,X,衣\n".encode(), Reason.DUPLICATE_KEY),
        ("products", ("货品编码,货品名称\nX," + "衣" * 140_000).encode(), Reason.BODY_UNREADABLE),
        ("nothing", b"a,b", Reason.FIELD_INVALID),
        ("orders", b"a,b", Reason.UNKNOWN_SHOP),
    ],
)
def test_a_file_that_is_none_is_refused_whole(scene, kind, content, reason):
    with pytest.raises(BadInput) as refused:
        give(scene, kind, content)
    assert refused.value.reason == reason


def test_what_is_missing_is_called_as_the_file_calls_it(scene):
    with pytest.raises(BadInput) as refused:
        give(scene, "products", "颜色,brand\n红,老牌\n")
    assert refused.value.detail == "货品编码 / sku code, 货品名称 / sku name"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("products", "编码\t名称\t类型\t品类\t重量 g\nX\t红围巾\t单品\t易碎\t120\n"),
        ("warehouses", "编码,名称,类型\nB,北仓,仓库\n"),
        ("carriers", "编码,名称\nZTO,中通\n"),
        ("shops", "编码,名称,平台\nS9,九店,自营\n"),
    ],
)
def test_headers_of_the_console_are_read(scene, kind, content):
    report = give(scene, kind, content)
    assert (report.accepted, report.problems) == (1, ())


ORDER_FILE = (
    "订单号,下单时间,付款时间,收货人,手机,省,市,区,详细地址,商家编码,数量,单价\n"
    "O1,2026-11-11 12:00,2026-11-11 12:01,张三,13800000001,浙江省,杭州市,西湖区,文三路1号,X,1,10.00\n"
    "O1,,,,,,,,,Y,2,5\n"
    "O2,2026-11-11 12:00,,李四,13800000002,浙江省,杭州市,西湖区,文三路2号,X,零,10.00\n"
)


def test_orders_become_messages_of_their_shop_once(scene):
    scene.set_up({"A": {"X": 1}})
    report = give(scene, "orders", ORDER_FILE, shop="S1")
    assert (report.accepted, told(report)) == (2, [(4, "quantity", "field_invalid")])
    assert sheet(report.error_file)[1][0] == "O2"
    assert scene.query("SELECT counterpart, business_key, state FROM message") == [("shop:S1", "O1", 0)]
    again = give(scene, "orders", ORDER_FILE, shop="S1")
    assert again.accepted == 2
    assert scene.query("SELECT count(*) FROM message WHERE state = 0") == [(1,)]


KEPT = {
    "products": (
        PRODUCTS + "X,红围巾,P1,120,否,690;691,商品\nY,蓝围巾,P1,130,是,,商品\nSET,礼盒,,5,,,组合装\n",
        "货品编码,货品名称,条码\nX,围巾（红）,\nSET,大礼盒,\n",
        (
            "SELECT k.code, k.name, p.code, p.name, weight_g, is_on_sale, kind, ARRAY(SELECT barcode FROM sku_barcode WHERE sku_id = k.id ORDER BY 1) "
            "FROM sku k JOIN product p ON p.id = product_id ORDER BY k.code"
        ),
        [
            ("SET", "大礼盒", "SET", "大礼盒", 5, True, "bundle", []),
            ("X", "围巾（红）", "P1", "红围巾", 120, False, "goods", ["690", "691"]),
            ("Y", "蓝围巾", "P1", "红围巾", 130, True, "goods", []),
        ],
    ),
    "warehouses": (
        '仓库编码,仓库名称,省,经度,每单操作费,截单时间,工作日,启用\nHZ,杭州仓,浙江省,120.15,1.50,16:30,"1,2,3",否\n',
        "仓库编码,仓库名称,省\nHZ,杭州一仓,\n",
        "SELECT name, province, longitude::float, handling_order_minor, cut_off::text, work_days, is_active FROM warehouse",
        [("杭州一仓", "浙江省", 120.15, 150, "16:30:00", [1, 2, 3], False)],
    ),
    "carriers": (
        "快递编码,快递名称,淘宝编码,启用\nZTO,中通,ZTO,否\n",
        "快递编码,快递名称,快递100编码\nZTO,中通快递,zhongtong\n",
        "SELECT name, code_by_system, is_active FROM carrier",
        [("中通快递", {"taobao": "ZTO", "kuaidi100": "zhongtong"}, False)],
    ),
    "shops": (
        "店铺编码,店铺名称,平台,接入方式,合单等待(秒),安全库存\nT1,旗舰店,天猫,poll;push,300,7\n",
        "店铺编码,店铺名称,平台\nT1,新店名,天猫\n",
        "SELECT name, doors, merge_window_s, safety_quantity FROM shop WHERE code = 'T1'",
        [("新店名", ["poll", "push"], 300, 7)],
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_a_file_does_not_tell_stays_as_it_is_stored(scene, kind):
    first, second, query, kept = KEPT[kind]
    assert told(give(scene, kind, first)) == []
    assert told(give(scene, kind, second)) == []
    assert scene.query(query) == kept


PRODUCT_OF = "SELECT k.code, p.code, p.name, p.brand FROM sku k JOIN product p ON p.id = k.product_id ORDER BY k.code"


def test_only_the_sku_itself_renames_its_own_product(scene):
    assert told(give(scene, "products", "货品编码,货品名称\nX,红围巾\nZ,帽子\n")) == []
    assert told(give(scene, "products", "货品编码,货品名称,商品编码\nY,蓝围巾,X\nZ,毛线帽,\n")) == []
    assert scene.query(PRODUCT_OF) == [("X", "X", "红围巾", ""), ("Y", "X", "红围巾", ""), ("Z", "Z", "毛线帽", "")]


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize("stored", ["P1", ""])
def test_a_product_told_in_one_row_is_told_for_its_other_rows(scene, stored, turned):
    if stored:
        assert told(give(scene, "products", "货品编码,货品名称,商品编码,商品名称,品牌\nX,红,P1,围巾,老牌\nY,蓝,P1,围巾,老牌\n")) == []
    rows = ["X,红,P1,新牌,", "Y,蓝,P1,,新围巾", "Z,绿,P1,,"][::turned]
    assert told(give(scene, "products", "\n".join(["货品编码,货品名称,商品编码,品牌,商品名称", *rows]))) == []
    assert scene.query(PRODUCT_OF) == [(code, "P1", "新围巾", "新牌") for code in "XYZ"]
    assert told(give(scene, "products", "货品编码,货品名称,品牌\nX,红,甲\nY,蓝,\nZ,绿,乙\n")) == [(4, "product_code", "field_invalid")]
    assert {brand for *_, brand in scene.query(PRODUCT_OF)} == {"甲"}


def test_listings_stay_mapped_and_freight_keeps_its_limit(scene):
    for kind in ("products", "shops", "carriers"):
        assert told(give(scene, kind, FILES[kind][0])) == []
    for rows in ("店铺编码,商品id,货品编码,商家编码\nT1,9,X,OLD\n", "店铺编码,商品id,标题\nT1,9,围巾\n"):
        assert told(give(scene, "listings", rows)) == []
    assert scene.query("SELECT k.code, merchant_code, title FROM listing l JOIN sku k ON k.id = l.sku_id WHERE item_ref = '9'") == [
        ("X", "OLD", "围巾")
    ]
    price = "快递编码,区域,首重(克),首重费(元),续重(克),续重费(元)"
    for rows in (f"{price},限重(克),时效(小时)\nZTO,US,1000,8,1000,2,20000,96\n", f"{price}\nZTO,US,1000,9,1000,2\n"):
        assert told(give(scene, "freight", rows)) == []
    assert scene.query("SELECT first_minor, weight_g_max, transit_h FROM freight_tier WHERE region = 'US'") == [(900, 20_000, 96)]


def test_a_listing_that_an_order_told_with_a_long_title_is_mapped_by_a_file(scene):
    for kind in ("products", "shops"):
        assert told(give(scene, kind, FILES[kind][0])) == []
    [(shop_id,)] = scene.query("SELECT id FROM shop")
    met = ListingRef(shop_id=shop_id, item_ref="77", sku_ref="", merchant_code="M" * 200, title="长" * 800)
    with scene.database.transaction() as tx:
        insert_listings(tx, [(scene.ids.take(1)[0], None, met)])
    assert told(give(scene, "listings", "店铺编码,商品id,货品编码\nT1,77,X\n")) == []
    mapped = scene.query("SELECT k.code, merchant_code, title FROM listing l JOIN sku k ON k.id = l.sku_id")
    assert mapped == [("X", met.merchant_code, met.title)]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("组合装编码,子件编码,价格权重\nSET,Q,9\nSET,R,\n", [("Q", 3, 9), ("R", 2, 4)]),
        ("组合装编码,子件编码,数量\nSET,R,5\nSET,Q,\n", [("Q", 3, 7), ("R", 5, 4)]),
        ("组合装编码,子件编码,数量,价格权重\nSET,Q,,\nSET,NEW,,\nOTHER,R,,\n", [("NEW", 1, 1), ("Q", 3, 7), ("R", 1, 1)]),
    ],
)
def test_parts_of_a_bundle_keep_the_quantity_and_the_share_that_a_file_does_not_tell(scene, content, parts):
    scene.set_up({"A": {"Q": 1, "R": 1, "NEW": 1}}, bundles={"SET": {}, "OTHER": {}})
    assert told(give(scene, "bundles", "组合装编码,子件编码,数量,价格权重\nSET,Q,3,7\nSET,R,2,4\n")) == []
    assert told(give(scene, "bundles", content)) == []
    stored = "SELECT s.code, b.quantity, b.price_share FROM bundle_part b JOIN sku s ON s.id = b.part_id ORDER BY 1"
    assert scene.query(stored) == parts


@pytest.mark.parametrize("kind", ["products", "bundles"])
def test_a_file_says_as_much_for_one_row_as_for_five_hundred(scene, kind):
    goods = [f"G{n}" for n in range(500)]
    sets = "".join(f"B{n},礼盒,,,,,组合装\n" for n in range(500))
    assert told(give(scene, "products", PRODUCTS + "".join(f"{code},好的,P{code[-1]},,,,\n" for code in goods) + sets)) == []
    rows = {"products": [f"{code},更好,9" for code in goods], "bundles": [f"B{n},{code},2" for n, code in enumerate(goods)]}[kind]
    head = {"products": "货品编码,货品名称,重量(克)", "bundles": "组合装编码,子件编码,数量"}[kind]
    counts = []
    for some in (rows[:1], rows[1:]):
        write = read_file(means_of(scene), kind, "\n".join([head, *some]).encode())
        with scene.database.transaction() as tx, counted(tx) as statements:
            assert write(tx).accepted == len(some)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("kind", "code"), [("products", "X"), ("warehouses", "HZ"), ("carriers", "ZTO"), ("shops", "T1")])
def test_what_is_kept_is_of_the_types_that_rows_have(scene, kind, code):
    assert told(give(scene, kind, FILES[kind][0])) == []
    row_type = KINDS[kind].row
    needed = {"code": code, "name": "新名", **({"platform": "taobao"} if kind == "shops" else {})}
    row = msgspec.convert(needed, row_type)
    with scene.database.transaction() as tx:
        [kept] = with_stored(tx, KINDS[kind], [Told(row=row, given=needed.keys())])
    assert kept == msgspec.convert(msgspec.to_builtins(kept), row_type) != row


def test_empty_rows_are_passed_over_and_long_numbers_are_refused_rather_than_rounded(scene):
    report = give(scene, "carriers", xlsx(["carrier code", "carrier name"], ["", ""], [None, None], [690123456789012345, "x"], ["OK", "y"]))
    assert (report.accepted, told(report)) == (1, [(4, "code", "field_invalid")])


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_every_kind_has_a_template_whose_headers_are_read(scene, kind):
    content = template_of(kind)
    headers = sheet(content)[0]
    assert any(header.startswith("*") for header in headers)
    if kind != "orders":
        report = give(scene, kind, content)
        assert (report.accepted, report.rejected, report.ignored_headers) == (0, 0, ())


@given(st.text(max_size=30))
def test_text_survives_an_error_file_and_never_starts_a_formula(text):
    shown = neutral(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert text_of(shown).strip() == text_of(text).strip() or text.strip() != text


def test_long_numbers_stay_text_in_an_error_file():
    content = error_file(
        [["a"], [690123456789012], [12.5], [True]], {n: [RowProblem(row=n, field="a", reason=Reason.FIELD_INVALID)] for n in (2, 3, 4)}, {}
    )
    assert [row[0] for row in sheet(content)[1:]] == ["690123456789012", 12.5, True]
    assert sheet(workbook({"x": [["=1+1", "http://x.example"]]})) == [["'=1+1", "http://x.example"]]


def test_shops_are_imported_with_the_warehouses_that_serve_them(scene):
    give(scene, "warehouses", "仓库编码,仓库名称\nHZ,杭州仓\nGZ,广州仓\n".encode())
    report = give(scene, "shops", "店铺编码,店铺名称,平台,发货仓库\nT1,旗舰店,天猫,HZ;GZ\nT2,专卖店,天猫,\nT3,专营店,天猫,NO\n".encode())
    assert report.rejected == 1
    served = "SELECT s.code, w.code FROM shop_warehouse x JOIN shop s ON s.id = x.shop_id JOIN warehouse w ON w.id = x.warehouse_id ORDER BY 1, 2"
    assert scene.query(served) == [("T1", "GZ"), ("T1", "HZ")]


def test_a_bad_cell_says_what_it_should_hold(scene):
    report = give(scene, "products", PRODUCTS + "X,红围巾,,120.5,也许,,鞋\nY,手套,,-1,是,,商品\n")
    assert [(one.row, one.field, one.expected.zh, one.expected.en) for one in report.problems] == [
        (2, "weight_g", "0 到 10,000,000 的整数", "a whole number from 0 to 10,000,000"),
        (2, "is_on_sale", "“是”或“否”", "yes or no"),
        (2, "kind", "以下之一：商品、组合装、服务", "one of: goods, bundle, service"),
        (3, "weight_g", "0 到 10,000,000 的整数", "a whole number from 0 to 10,000,000"),
    ]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(report.error_file)).get_sheet_by_index(0).to_python()
    assert "重量(克): 字段值无效 (要求：0 到 10,000,000 的整数)" in sheet[1][-2]
    assert "(expected: yes or no)" in sheet[1][-1]


def test_an_amount_beyond_its_bounds_is_told_as_a_cell_holds_it(scene):
    report = give(scene, "warehouses", "仓库编码,仓库名称,每单操作费,每件操作费\nHZ,杭州仓,-1,\nGZ,广州仓,,1.234\n")
    words = "an amount with at most two decimals from 0.00 to 10,000,000.00"
    assert [(one.row, one.field, one.expected.en) for one in report.problems] == [
        (2, "handling_order_minor", words),
        (3, "handling_unit_minor", words),
    ]


def test_a_cell_of_an_order_says_what_was_broken_in_it(scene):
    scene.set_up({"A": {"X": 1}})
    head = ["订单号", "下单时间", "收货人", "国家", "省", "市", "区", "详细地址", "商家编码", "数量", "单价"]
    place = ["浙江省", "杭州市", "西湖区"]
    rows = [
        ["O 1", "2026-11-11 12:00", "张三", "CN", *place, "文三路1号", "X", "1", "10.00"],
        ["O2", "2026-11-11 12:00", "张三", "China", *place, "文三路1号", "X", "1", "10.00"],
        ["O3", "2026-11-11 12:00", "张三", "CN", *place, "路" * 1001, "X", "1", "10.00"],
        ["O4", "2026-11-11 12:00", "张三", "CN", *place, "文三路1号", "X" * 65, "1", "10.00"],
        ["O5", "2026-11-11 12:00", "张三", "CN", *place, "文三路1号", 690123456789012345, "1", "10.00"],
        ["O6", "2026-11-11 12:00", "张三", "CN", *place, "文三路1号", "X", "0", "10.00"],
        ["O7", "2026-11-11 12:00", "张三", "CN", *place, "文三路1号", "X", "1", "-1"],
    ]
    report = give(scene, "orders", xlsx(head, *rows), shop="S1")
    assert [(one.row, one.field, one.expected.en) for one in report.problems] == [
        (2, "order_no", "1 to 64 characters, without blanks"),
        (3, "country", "a country of two capital letters such as CN"),
        (4, "detail", "1 to 1,000 characters"),
        (5, "merchant_code", "at most 64 characters, on one line"),
        (6, "merchant_code", "a text; long numbers as text"),
        (7, "quantity", "a whole number from 1 to 9,999,999"),
        (8, "price", "an amount with at most two decimals, 0.00 or more"),
    ]


def effects(preview):
    counts = preview.effects
    return {row.row: row.effect for row in preview.rows}, (counts.created, counts.changed, counts.same)


def test_a_preview_tells_what_is_new_from_what_changes_and_what_stays(scene):
    give(scene, "products", f"{PRODUCTS}X,红围巾,P1,120,是,690,商品\nY,蓝围巾,P2,120,是,691,商品\n")
    again = f"{PRODUCTS}X,红围巾,P1,120,是,690,商品\nY,蓝围巾,P2,130,是,691,商品\nZ,绿围巾,P3,120,是,692,商品\n,坏,,,,,\n"
    told = {2: Effect.SAME, 3: Effect.CHANGED, 4: Effect.CREATED, 5: None}
    assert effects(previewed(scene, "products", again).preview) == (told, (1, 1, 1))


def test_a_preview_of_orders_tells_those_that_are_there(scene):
    scene.set_up({"A": {"X": 5}})
    assert effects(previewed(scene, "orders", ORDER_FILE, shop="S1").preview) == ({2: Effect.CREATED, 3: Effect.CREATED, 4: None}, (2, 0, 0))
    give(scene, "orders", ORDER_FILE, shop="S1")
    assert effects(previewed(scene, "orders", ORDER_FILE, shop="S1").preview) == ({2: Effect.SAME, 3: Effect.SAME, 4: None}, (0, 0, 2))
    other = previewed(scene, "orders", ORDER_FILE.replace("O1,,,,,,,,,Y,2,5", "O1,,,,,,,,,Y,3,5"), shop="S1").preview
    assert effects(other) == ({2: Effect.CHANGED, 3: Effect.CHANGED, 4: None}, (0, 2, 0))
