from datetime import UTC, date, datetime

import pytest

from paidan.counterparts.qimen.answers import (
    parse_answer,
    parse_delivery_answer,
    parse_failed_items,
    parse_failed_orders,
    parse_inventory_answer,
)
from paidan.counterparts.qimen.parse import parse_report
from paidan.counterparts.qimen.reports import (
    BatchCreateAnswer,
    DeliveryBatchConfirm,
    DeliveryConfirm,
    EntryConfirm,
    ExceptionReport,
    Failed,
    InventoryReport,
    ItemLackReport,
    ProcessReport,
    StockChangeReport,
    StockRow,
)
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

CONFIRM = """<deliveryOrder>
    <deliveryOrderCode>CK20260101000001</deliveryOrderCode><deliveryOrderId>WMS-77</deliveryOrderId><warehouseCode>WH01</warehouseCode>
    <orderType>JYCK</orderType><status>DELIVERED</status><outBizCode>WMS-77-1</outBizCode><confirmType>0</confirmType>
    <orderConfirmTime>2026-01-01 18:00:00</orderConfirmTime><shelf>A-3</shelf>
  </deliveryOrder>
  <packages><package><logisticsCode>ZTO</logisticsCode><expressCode>73100000000001</expressCode><weight>0.5205</weight><length>12.5</length>
    <items><item><itemCode>SKU-1</itemCode><quantity>2.0000</quantity></item></items></package>
    <package><logisticsCode>ZTO</logisticsCode><expressCode>73100000000002</expressCode></package></packages>
  <orderLines><orderLine><orderLineNo>1</orderLineNo><itemCode>SKU-1</itemCode><planQty>2</planQty><actualQty>2</actualQty>
    <batchs><batch><batchCode>B1</batchCode><productDate>2025-12-01</productDate><actualQty>1</actualQty></batch>
            <batch><actualQty>1</actualQty></batch></batchs><snList><sn>S1</sn><sn>S2</sn></snList></orderLine></orderLines>
  <extendProps><door>3</door><door2><inner>4</inner></door2></extendProps>"""


def request(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><request>{body}</request>'.encode()


def test_a_confirm_is_read_with_parcels_lots_and_serials() -> None:
    got = parse_report("deliveryorder.confirm", request(CONFIRM))
    assert isinstance(got, DeliveryConfirm)
    assert (got.delivery_order_code, got.out_biz_code, got.status, got.confirm_type) == ("CK20260101000001", "WMS-77-1", "DELIVERED", 0)
    assert got.confirmed_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert [(parcel.logistics_code, parcel.express_code, parcel.weight_g) for parcel in got.packages] == [
        ("ZTO", "73100000000001", 521),
        ("ZTO", "73100000000002", None),
    ]
    assert got.packages[0].length_mm == 125
    assert [(item.item_code, item.quantity) for item in got.packages[0].items] == [("SKU-1", 2)]
    line = got.lines[0]
    assert (line.actual_qty, line.inventory_type, line.serials) == (2, "ZP", ("S1", "S2"))
    assert [(lot.batch_code, lot.product_on, lot.quantity) for lot in line.lots] == [("B1", date(2025, 12, 1), 1), ("", None, 1)]
    assert got.extend_props == (("shelf", "A-3"), ("door", "3"), ("door2/inner", "4"))


def test_several_confirms_come_in_one_message() -> None:
    got = parse_report("deliveryorder.batchconfirm", request(f"<orders><order>{CONFIRM}</order><order>{CONFIRM}</order></orders>"))
    assert isinstance(got, DeliveryBatchConfirm)
    assert len(got.orders) == 2
    assert got.orders[0] == got.orders[1]


def test_an_entry_confirm_is_read() -> None:
    got = parse_report(
        "entryorder.confirm",
        request(
            "<entryOrder><entryOrderCode>RK1</entryOrderCode><outBizCode>W-1</outBizCode><confirmType>1</confirmType><status>PARTFULFILLED</status>"
            "<totalOrderLines>5</totalOrderLines><operateTime>2026-01-01 08:00:00</operateTime></entryOrder>"
            "<orderLines><orderLine><orderLineNo>1</orderLineNo><itemCode>SKU-1</itemCode><actualQty>3</actualQty><inventoryType>CC</inventoryType>"
            "</orderLine></orderLines>",
        ),
    )
    assert isinstance(got, EntryConfirm)
    assert (got.confirm_type, got.status, got.total_order_lines, got.operated_at) == (1, "PARTFULFILLED", 5, datetime(2026, 1, 1, tzinfo=UTC))
    assert (got.lines[0].actual_qty, got.lines[0].inventory_type) == (3, "CC")


def test_a_process_step_is_read() -> None:
    got = parse_report(
        "orderprocess.report",
        request(
            "<order><orderCode>CK1</orderCode></order>"
            "<process><processStatus>PICK</processStatus><operateTime>2026-01-01 08:00:00</operateTime></process>",
        ),
    )
    assert got == ProcessReport(order_code="CK1", process_status="PICK", operated_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_shortage_is_read() -> None:
    got = parse_report(
        "itemlack.report",
        request(
            "<warehouseCode>W</warehouseCode><deliveryOrderCode>CK1</deliveryOrderCode><outBizCode>L1</outBizCode><items><item>"
            "<itemCode>SKU-1</itemCode><planQty>2</planQty><lackQty>1</lackQty><reason>实物短缺</reason></item></items>",
        ),
    )
    assert isinstance(got, ItemLackReport)
    assert [(item.item_code, item.plan_qty, item.lack_qty, item.reason) for item in got.items] == [("SKU-1", 2, 1, "实物短缺")]


def test_stock_changes_are_signed() -> None:
    got = parse_report(
        "stockchange.report",
        request(
            "<items><item><ownerCode>O</ownerCode><warehouseCode>W</warehouseCode><orderCode>X</orderCode><outBizCode>C1</outBizCode>"
            "<itemCode>SKU-1</itemCode><quantity>-3</quantity><batchs><batch><quantity>-3</quantity></batch></batchs></item></items>",
        ),
    )
    assert isinstance(got, StockChangeReport)
    assert [(item.quantity, item.out_biz_code) for item in got.items] == [(-3, "C1")]


def test_a_stock_take_is_read() -> None:
    got = parse_report(
        "inventory.report",
        request(
            "<totalPage>2</totalPage><currentPage>1</currentPage><pageSize>50</pageSize><warehouseCode>W</warehouseCode><checkOrderCode>P1</checkOrderCode>"
            "<ownerCode>O</ownerCode><outBizCode>I1</outBizCode><adjustType>CHECK</adjustType>"
            "<items><item><itemCode>SKU-1</itemCode><quantity>-2</quantity><totalQty>8</totalQty></item></items>",
        ),
    )
    assert isinstance(got, InventoryReport)
    assert (got.total_page, got.adjust_type, got.items[0].quantity, got.items[0].total_qty) == (2, "CHECK", -2, 8)


def test_an_exception_keeps_lines_it_has_no_field_for() -> None:
    got = parse_report(
        "orderexception.report",
        request(
            "<deliveryOrderCode>CK1</deliveryOrderCode><messageType>10</messageType><messageDesc>地址超区</messageDesc>"
            "<orderLines><orderLine><itemCode>SKU-1</itemCode></orderLine><orderLine><itemCode>SKU-2</itemCode></orderLine></orderLines>",
        ),
    )
    assert isinstance(got, ExceptionReport)
    assert (got.message_type, got.message_text) == ("10", "地址超区")
    assert got.extend_props == (("orderLines/orderLine/itemCode", "SKU-1"), ("orderLines/orderLine/itemCode", "SKU-2"))


def test_a_late_batch_answer_tells_of_each_order() -> None:
    got = parse_report(
        "deliveryorder.batchcreate.answer",
        request(
            "<orders><order><deliveryOrderCode>CK1</deliveryOrderCode><orderInfo><deliveryOrderId>W1</deliveryOrderId></orderInfo><flag>success</flag></order>"
            "<order><deliveryOrderCode>CK2</deliveryOrderCode><flag>failure</flag><code>S003</code><message>无此货品</message></order></orders>",
        ),
    )
    assert isinstance(got, BatchCreateAnswer)
    assert [(order.delivery_order_code, order.is_success, order.code, order.delivery_order_id) for order in got.orders] == [
        ("CK1", True, "", "W1"),
        ("CK2", False, "S003", ""),
    ]


def refusal(method: str, body: str) -> tuple[Reason, str]:
    with pytest.raises(BadInput) as caught:
        parse_report(method, request(body))
    return caught.value.reason, caught.value.detail


QTY = "<quantity>2.0000</quantity>"
SPOILT = [
    ("<deliveryOrderCode>CK20260101000001</deliveryOrderCode>", "", Reason.FIELD_MISSING, "deliveryOrder/deliveryOrderCode"),
    ("<expressCode>73100000000002</expressCode>", "", Reason.FIELD_MISSING, "packages/package[2]/expressCode"),
    (QTY, "", Reason.FIELD_MISSING, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>1.5</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>-1</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>9223372036854775808</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>２</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>1e3</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity>NaN</quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, "<quantity><b>2</b></quantity>", Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity"),
    (QTY, QTY + QTY, Reason.FIELD_INVALID, "packages/package[1]/items/item[1]/quantity is given twice"),
    ("<weight>0.5205</weight>", "<weight>-1</weight>", Reason.FIELD_INVALID, "packages/package[1]/weight"),
    ("<confirmType>0</confirmType>", "<confirmType>7</confirmType>", Reason.FIELD_INVALID, "confirmType"),
    ("2026-01-01 18:00:00", "2026-02-30 18:00:00", Reason.FIELD_INVALID, "deliveryOrder/orderConfirmTime"),
    ("2025-12-01", "1 Dec 2025", Reason.FIELD_INVALID, "orderLines/orderLine[1]/batchs/batch[1]/productDate"),
    ("<actualQty>2</actualQty>", "<actualQty>3</actualQty>", Reason.FIELD_INVALID, "batchs: the sum is not actualQty"),
    ("<status>DELIVERED", "<status>" + "D" * 201, Reason.FIELD_INVALID, "deliveryOrder/status"),
    ("<sn>S1</sn>", "<so>S1</so>", Reason.UNKNOWN_FIELD, "orderLines/orderLine[1]/snList: not a <sn> at orderLines/orderLine[1]/snList/sn[1]"),
]


@pytest.mark.parametrize(("was", "becomes", "reason", "place"), SPOILT)
def test_missing_and_wrong_elements_are_named(was: str, becomes: str, reason: Reason, place: str) -> None:
    assert was in CONFIRM
    assert refusal("deliveryorder.confirm", CONFIRM.replace(was, becomes, 1)) == (reason, place)


def test_unknown_methods_and_roots_are_refused() -> None:
    assert refusal("deliveryorder.explode", "")[0] is Reason.UNKNOWN_METHOD
    with pytest.raises(BadInput) as caught:
        parse_report("deliveryorder.confirm", b"<response/>")
    assert caught.value.reason is Reason.BODY_UNREADABLE


def response(body: str) -> bytes:
    return f"<response>{body}</response>".encode()


def test_an_answer_has_an_envelope_and_fields() -> None:
    got = parse_answer(response("<flag>success</flag><code>0</code><message></message><deliveryOrderId>WMS-77</deliveryOrderId><x><y/></x>"))
    assert (got.is_success, got.code, dict(got.fields)) == (True, "0", {"deliveryOrderId": "WMS-77"})


def test_a_failure_may_spell_its_message_in_two_ways() -> None:
    for name in ("message", "msg"):
        got = parse_answer(response(f"<flag>failure</flag><code>S003</code><{name}>库存不足</{name}>"))
        assert (got.is_success, got.code, got.message) == (False, "S003", "库存不足")


@pytest.mark.parametrize("body", ["", "<flag/>", "<flag>maybe</flag>"])
def test_an_answer_without_a_clear_flag_is_unreadable(body: str) -> None:
    with pytest.raises(BadInput):
        parse_answer(response(body))


def test_the_answer_to_a_query_holds_the_order() -> None:
    got = parse_delivery_answer(response(f"<flag>success</flag><totalLines>1</totalLines>{CONFIRM}"))
    assert (got.total_lines, got.order.status, len(got.order.packages)) == (1, "DELIVERED", 2)


def test_stock_and_failures_are_listed() -> None:
    stock = "<items><item><warehouseCode>W</warehouseCode><itemCode>A</itemCode><quantity>5</quantity><lockQuantity>2</lockQuantity></item></items>"
    assert parse_inventory_answer(response(stock)) == (StockRow(warehouse_code="W", item_code="A", quantity=5, lock_quantity=2),)
    assert parse_failed_items(response("<items><item><itemCode>A</itemCode><message>m</message></item></items>")) == (Failed(code="A", message="m"),)
    failed = "<orders><order><deliveryOrderCode>CK2</deliveryOrderCode><message>m</message></order></orders>"
    assert parse_failed_orders(response(failed)) == (Failed(code="CK2", message="m"),)
    assert parse_failed_orders(response("<flag>success</flag>")) == ()
