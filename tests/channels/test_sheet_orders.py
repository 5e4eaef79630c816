import io
import random
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from paidan.channels.direct.orders import parse
from paidan.channels.sheet.orders import SheetOrders, read_orders
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

ZH = ["订单号", "下单时间", "收货人", "手机", "省", "市", "区", "详细地址", "商家编码", "商品名称", "数量", "单价", "优惠", "运费"]
EN = ["Order No", "Order Date", "Receiver", "Phone", "Province", "City", "District", "Address", "SKU", "Title", "Qty", "Price", "Discount", "Freight"]
PLACE = ["浙江省", "杭州市", "西湖区", "文三路 1 号"]
ROWS: list[list[Any]] = [
    ["A1", "2026-03-01 10:00:00", "李四", "13900000000", *PLACE, "SKU-1", "毛巾", "2", "19.90", "1.80", "6.00"],
    ["A1", "", "", "", "", "", "", "", "SKU-2", "=1+1", "1", "5.00", "", ""],
    ["A2", "2026/3/1 9:05", "王五", "13800000000", *PLACE, "SKU-1", "毛巾", "1", "19.90", "", ""],
]


def csv_text(rows: list[list[Any]], header: list[str] = ZH, mark: str = ",") -> str:
    return "\r\n".join(mark.join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in [header, *rows]) + "\r\n"


def read(rows: list[list[Any]], header: list[str] = ZH) -> SheetOrders:
    return read_orders(csv_text(rows, header).encode())


def workbook(rows: list[list[Any]], header: list[str] = ZH) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    for number, row in enumerate([header, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def test_several_rows_make_one_order() -> None:
    first, second = read(ROWS).orders
    assert (first.rows, first.errors, second.rows) == ((2, 3), (), (4,))
    assert first.order is not None
    assert first.order.placed_at == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    assert [(line.merchant_code, line.quantity, line.payable_minor) for line in first.order.lines] == [("SKU-1", 2, 3800), ("SKU-2", 1, 500)]
    assert (first.order.freight_minor, first.order.paid_minor) == (600, 4900)
    assert first.order.lines[1].title == "=1+1"
    assert second.order is not None
    assert second.order.placed_at == datetime(2026, 3, 1, 1, 5, tzinfo=UTC)


def test_the_kept_body_is_read_by_the_codec_to_the_same_order() -> None:
    for found in read(ROWS).orders:
        assert parse(found.body) == found.order


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [ZH, EN])
def test_encodings_delimiters_and_languages_are_found_out(encoding: str, mark: str, header: list[str]) -> None:
    found = read_orders(csv_text(ROWS, header, mark).encode(encoding))
    assert [order.order for order in found.orders] == [order.order for order in read(ROWS).orders]


def test_a_workbook_tells_the_same_as_text() -> None:
    rows = [list(row) for row in ROWS]
    rows[0][1] = datetime(2026, 3, 1, 10, 0)  # noqa: DTZ001 - a workbook knows no zones
    rows[0][3], rows[0][10], rows[0][11] = 13900000000, 2, 19.9
    found = read_orders(workbook(rows))
    assert [order.errors for order in found.orders] == [(), ()]
    assert [order.order for order in found.orders] == [order.order for order in read(ROWS).orders]


def test_a_number_that_the_workbook_has_rounded_is_refused() -> None:
    rows = [[2145678901234567890, *ROWS[2][1:]]]
    (found,) = read_orders(workbook(rows)).orders
    assert [(error.row, error.reason, error.column) for error in found.errors] == [(2, Reason.FIELD_INVALID, "order_no")]


def changed(column: str, value: Any) -> list[list[Any]]:
    rows = [list(row) for row in ROWS]
    rows[1][ZH.index(column)] = value
    return rows


@pytest.mark.parametrize(
    ("column", "value", "reason", "field"),
    [
        ("数量", "0", Reason.FIELD_INVALID, "quantity"),
        ("数量", "-1", Reason.FIELD_INVALID, "quantity"),
        ("数量", "1.5", Reason.FIELD_INVALID, "quantity"),
        ("数量", str(2**63), Reason.FIELD_INVALID, "quantity"),
        ("数量", "１", Reason.FIELD_INVALID, "quantity"),
        ("数量", "", Reason.FIELD_MISSING, "quantity"),
        ("单价", "1e400", Reason.FIELD_INVALID, "price"),
        ("单价", "NaN", Reason.FIELD_INVALID, "price"),
        ("单价", "￥5", Reason.FIELD_INVALID, "price"),
        ("单价", "5.005", Reason.FIELD_INVALID, "price"),
        ("单价", "9" * 10_000, Reason.FIELD_INVALID, "price"),
        ("优惠", "6.00", Reason.FIELD_INVALID, "line_discount"),
        ("商家编码", "", Reason.FIELD_MISSING, "merchant_code"),
        ("下单时间", "昨天", Reason.FIELD_INVALID, "placed_at"),
        ("下单时间", "2026/13/1", Reason.FIELD_INVALID, "placed_at"),
        ("收货人", "赵六", Reason.FIELD_INVALID, "name"),  # an order can't go to two people
        ("运费", "7.00", Reason.FIELD_INVALID, "freight"),
    ],
)
def test_one_bad_row_spoils_its_order_only_and_is_named(column: str, value: Any, reason: Reason, field: str) -> None:
    first, second = read(changed(column, value)).orders
    assert first.order is None
    assert [(error.row, error.reason, error.column) for error in first.errors] == [(3, reason, field)]
    assert second.order is not None


@pytest.mark.parametrize("header", ["收件人", "收货人", "收货人姓名", "收件人姓名"])
def test_a_file_may_call_the_receiver_as_platforms_do(header: str) -> None:
    found = read(ROWS, [header if column == "收货人" else column for column in ZH])
    assert ([order.errors for order in found.orders], found.ignored) == ([(), ()], ())


def test_a_row_without_order_number_is_an_error_of_its_own() -> None:
    found = read(changed("订单号", " ")).orders
    assert [order.rows for order in found] == [(2,), (3,), (4,)]
    assert [(error.row, error.column) for error in found[1].errors] == [(3, "order_no")]
    assert found[0].order is not None


def test_an_order_without_time_names_its_first_row() -> None:
    rows = [["A9", "", *ROWS[2][2:]]]
    (found,) = read(rows).orders
    assert [(error.row, error.reason, error.column) for error in found.errors] == [(2, Reason.FIELD_MISSING, "placed_at")]


def test_unknown_columns_are_told_and_blank_rows_skipped() -> None:
    found = read_orders(csv_text([[*ROWS[2], "x"], [""] * 15], [*ZH, "颜色"]).encode())
    assert found.ignored == ("颜色",)
    assert len(found.orders) == 1


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", Reason.BODY_UNREADABLE, "file is empty"),
        (csv_text([], ["订单号", "数量"]).encode(), Reason.FIELD_MISSING, "下单时间 / placed at, 商家编码 / sku, 单价 / price"),
        (csv_text([], [*ZH, "Order No"]).encode(), Reason.DUPLICATE_KEY, "order_no"),
        (b"\xff\xff\xff\xfe\xfd", Reason.ENCODING_WRONG, "file"),
        (b"PK\x03\x04 not a workbook", Reason.BODY_UNREADABLE, "workbook"),
        (b"\xd0\xcf\x11\xe0 not a workbook", Reason.BODY_UNREADABLE, "workbook"),
        (b"a" * (33 * 1024 * 1024), Reason.BODY_TOO_LARGE, "file"),
        (csv_text([["a" * 200_000, *ROWS[2][1:]]]).encode(), Reason.BODY_UNREADABLE, "csv"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_whole(content: bytes, reason: Reason, detail: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_orders(content)
    assert (refusal.value.reason, refusal.value.detail) == (reason, detail)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * (100 * 1024 * 1024))
    with pytest.raises(BadInput) as refusal:
        read_orders(file.getvalue())
    assert refusal.value.reason is Reason.BODY_TOO_LARGE


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
formulas = st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(cells, formulas).map(str.strip), min_size=1, max_size=5), st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]))
def test_text_comes_back_as_it_stood(titles: list[str], encoding: str) -> None:
    rows = [[f"B{n}", *ROWS[2][1:9], title, *ROWS[2][10:]] for n, title in enumerate(titles)]
    found = read_orders(csv_text(rows).encode(encoding))
    assert [order.order.lines[0].title if order.order else order.errors for order in found.orders] == titles


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(0, 13), cells), max_size=4), st.integers())
def test_every_row_belongs_to_one_order_and_good_orders_stay_good(spoilt: list[tuple[int, int, str]], seed: int) -> None:
    rows = [list(row) for row in ROWS]
    for row, column, text in spoilt:
        rows[row][column] = text
    random.Random(seed).shuffle(rows)
    rows.append(["GOOD", *ROWS[2][1:]])
    found = read(rows)
    numbers = [number for order in found.orders for number in order.rows]
    blank = [number for number, row in enumerate(rows, start=2) if not any(str(cell).strip() for cell in row)]
    assert sorted(numbers + blank) == [2, 3, 4, 5]
    assert all((order.order is None) == bool(order.errors) for order in found.orders)
    assert next(order for order in found.orders if order.order_no == "GOOD").order is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read_orders(content)
    except BadInput as refusal:
        assert refusal.detail  # noqa: PT017 - either way is right, but a refusal names its place
    else:
        assert found.orders == ()
