"""Goods in and stock queries of the warehouse system."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from paidan.world.script import ScriptStock
from world.wms_caller import NOW, Caller, cancel, delivery, entry, line, method_of

ARRIVAL = ScriptStock(warehouse="WH01", sku="SKU-2", quantity=20, arrives_at=NOW + timedelta(hours=5))


def received(told: list[Any]) -> list[tuple[str, str, int]]:
    roots = [etree.fromstring(callback.body) for callback in told if method_of(callback) == "entryorder.confirm"]
    return [
        (root.findtext("entryOrder/confirmType"), root.findtext("entryOrder/status"), int(row.findtext("actualQty")))
        for root in roots
        for row in root.findall("orderLines/orderLine")
    ]


@pytest.mark.parametrize(
    ("code", "inner"),
    [
        ("S001", ""),
        ("S001", entry(code="")),
        ("S001", entry(lines="")),
        ("S002", entry(orderType="XXXX")),
        ("S002", entry(lines=line("SKU-2", -5))),
        ("S004", entry(warehouseCode="WH99")),
        ("S005", entry(ownerCode="X")),
        ("S005", entry(lines=line("SKU-2", 5, owner="X"))),
        ("S006", entry(lines=line("SKU-9", 5))),
    ],
)
def test_an_entry_order_that_cannot_be_stored_is_refused(code: str, inner: str) -> None:
    assert Caller().outcome("entryorder.create", inner) == ("failure", code)


def test_announced_goods_are_confirmed_when_they_arrive_by_increments() -> None:
    caller = Caller(ARRIVAL)
    first = caller.call("entryorder.create", entry())
    again = caller.call("entryorder.create", entry())
    assert first.findtext("entryOrderId") == again.findtext("entryOrderId")
    assert caller.wms.books()["arrivals_unannounced"] == []
    assert caller.later(hours=4, minutes=59) == []
    assert received(caller.later(minutes=1)) == [("1", "PARTFULFILLED", 10)]
    assert caller.wms.books()["stock"]["WH01"]["SKU-2"] == 20
    assert received(caller.later(minutes=30)) == [("0", "FULFILLED", 10)]
    assert caller.wms.books()["stock"]["WH01"]["SKU-2"] == 30
    assert caller.wms.books()["entries"]["RK1"]["lines"] == {"SKU-2": {"plan": 20, "actual": 20}}
    assert caller.later(hours=48) == []
    assert caller.outcome("order.cancel", cancel("RK1")) == ("failure", "S008")


def test_goods_that_nobody_announced_stay_outside() -> None:
    caller = Caller(ARRIVAL)
    assert caller.later(hours=48) == []
    assert [a["quantity"] for a in caller.wms.books()["arrivals_unannounced"]] == [20]
    assert caller.wms.books()["stock"]["WH01"]["SKU-2"] == 10
    caller.call("entryorder.create", entry())
    assert sum(units for *_, units in received(caller.later(hours=24))) == 20


def test_goods_the_day_knows_nothing_of_come_when_they_are_announced_for() -> None:
    caller = Caller(ARRIVAL)
    caller.call("entryorder.create", entry(lines=line("SKU-3", 5), expectStartTime="2026-01-07 09:00:00"))
    caller.later(hours=46, minutes=59)
    assert caller.wms.books()["entries"]["RK1"]["status"] == "NEW"
    assert sum(units for *_, units in received(caller.later(hours=1))) == 5
    assert len(caller.wms.books()["arrivals_unannounced"]) == 1


def test_lines_that_arrive_on_different_days_end_with_one_final_confirm() -> None:
    caller = Caller(ARRIVAL, ScriptStock(warehouse="WH01", sku="SKU-3", quantity=6, arrives_at=NOW + timedelta(days=2)), entry_confirms=1)
    caller.call("entryorder.create", entry(lines=line("SKU-2", 20) + line("SKU-3", 6, number=2)))
    assert received(caller.later(days=4)) == [("1", "PARTFULFILLED", 20), ("0", "FULFILLED", 6)]


def test_a_cancelled_entry_order_receives_nothing_and_its_goods_can_be_announced_again() -> None:
    caller = Caller(ARRIVAL)
    caller.call("entryorder.create", entry())
    for _ in range(2):
        assert caller.outcome("order.cancel", cancel("RK1"))[0] == "success"
    assert caller.later(hours=24) == []
    caller.call("entryorder.create", entry("RK2"))
    assert sum(units for *_, units in received(caller.later(hours=24))) == 20


def test_a_miscount_is_one_unit_and_only_when_wanted() -> None:
    caller = Caller(ARRIVAL, miscount_share=1.0)
    caller.call("entryorder.create", entry(lines=line("SKU-2", 20) + line("SKU-3", 1, number=2)))
    caller.later(hours=24)
    lines = caller.wms.books()["entries"]["RK1"]["lines"]
    assert abs(lines["SKU-2"]["actual"] - 20) == 1
    assert lines["SKU-3"]["actual"] == 1


def test_an_entry_order_can_be_queried() -> None:
    caller = Caller(ARRIVAL)
    inner = "<entryOrderCode>RK1</entryOrderCode><page>1</page><pageSize>50</pageSize>"
    assert caller.outcome("entryorder.query", inner) == ("failure", "S003")
    caller.call("entryorder.create", entry())
    caller.later(hours=5)
    root = caller.call("entryorder.query", inner)
    assert (root.findtext("entryOrder/status"), root.findtext("orderLines/orderLine/actualQty")) == ("PARTFULFILLED", "10")


def rows(root: Any) -> list[tuple[str, str, str, str, str]]:
    names = ("warehouseCode", "itemCode", "inventoryType", "quantity", "lockQuantity")
    return [tuple(row.findtext(name) for name in names) for row in root.findall("items/item")]


def test_inventory_is_told_by_warehouse_and_item() -> None:
    caller = Caller()
    caller.call("deliveryorder.create", delivery())
    caller.until("PICK", "CK1")
    inner = (
        "<criteriaList><criteria><itemCode>SKU-1</itemCode></criteria>"
        "<criteria><itemCode>SKU-3</itemCode><warehouseCode>WH01</warehouseCode></criteria>"
        "<criteria><itemCode>SKU-9</itemCode></criteria></criteriaList>"
    )
    assert rows(caller.call("inventory.query", inner)) == [
        ("WH01", "SKU-1", "ZP", "100", "2"),
        ("WH02", "SKU-1", "ZP", "5", "0"),
        ("WH01", "SKU-3", "ZP", "0", "0"),
    ]
    caller.until("DELIVERED", "CK1")
    one = "<warehouseCode>WH01</warehouseCode><itemCode>SKU-1</itemCode><page>1</page><pageSize>100</pageSize>"
    root = caller.call("stock.query", one)
    assert rows(root) == [("WH01", "SKU-1", "ZP", "98", "0")]
    assert root.findtext("totalCount") == "1"
    assert caller.outcome("stock.query", one.replace("100", "101")) == ("failure", "S002")
    assert caller.outcome("inventory.query", "<criteriaList/>") == ("failure", "S001")
    assert caller.outcome("stock.query", one.replace("WH01", "WH99")) == ("failure", "S004")


def test_stock_is_paged() -> None:
    caller = Caller()
    every = [rows(caller.call("stock.query", f"<itemCode>SKU-1</itemCode><page>{page}</page><pageSize>1</pageSize>")) for page in (1, 2, 3)]
    assert [[row[0] for row in page] for page in every] == [["WH01"], ["WH02"], []]


def test_changes_nobody_ordered_are_rare_told_and_booked() -> None:
    caller = Caller(stock_changes_per_day=4.0)
    told = caller.later(hours=48)
    assert {method_of(callback) for callback in told} == {"stockchange.report"}
    total = sum(int(etree.fromstring(callback.body).findtext("items/item/quantity")) for callback in told)
    there = sum(sum(stock.values()) for stock in caller.wms.books()["stock"].values())
    assert there == 115 + total
    assert len({etree.fromstring(callback.body).findtext("items/item/outBizCode") for callback in told}) == len(told)
    assert Caller().later(hours=48) == []


def test_a_bundle_is_stored() -> None:
    caller = Caller()
    part = "<item><itemCode>SKU-1</itemCode><itemId>I1</itemId><quantity>2</quantity></item>"
    inner = f"<itemCode>SET-1</itemCode><ownerCode>OWNER1</ownerCode><items>{part}</items>"
    assert caller.outcome("combineitem.synchronize", inner) == ("success", "0")
    assert caller.outcome("combineitem.synchronize", inner.replace("<quantity>2", "<quantity>-2")) == ("failure", "S002")
