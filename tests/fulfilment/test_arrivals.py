"""Goods announced, received, counted, damaged."""

import pytest

from paidan.fulfilment.entries import announce, opening_stock, order_entry
from paidan.kernel.errors import BadInput
from paidan.stock.documents import document_no, read_document_no
from scene import NOW, line, order


@pytest.fixture
def shop(yard):
    yard.scene.set_up({"A": {"X": 10, "Y": 0}})
    return yard.connect()


def announced(shop, *lines) -> str:
    with shop.scene.database.transaction() as tx:
        document_id = order_entry(tx, shop.scene.ids, "A", lines, "PO-1", NOW, NOW)
    shop.sound()
    return document_no(document_id)


def documents(shop):
    return shop.scene.query("SELECT kind, state FROM document ORDER BY id")


def in_transit(shop, item="X") -> int:
    return shop.scene.query("SELECT SUM(in_transit)::int FROM balance WHERE sku_id = %s", shop.scene.skus[item])[0][0]


def test_an_entry_order_is_announced_and_on_its_way(shop):
    number = announced(shop, ("X", 5), ("Y", 3))
    assert (documents(shop), in_transit(shop), in_transit(shop, "Y")) == ([("entry", 30)], 5, 3)
    shop.relay()
    assert shop.wms.calls == [("items", "X,Y"), ("entry", number)]
    assert "<purchaseOrderCode>PO-1<" in shop.wms.bodies[-1]
    assert shop.scene.query("SELECT state, wms_ref FROM document") == [(40, f"E-{number}")]


def test_a_refused_entry_order_is_expected_no_more(shop):
    number = announced(shop, ("X", 5))
    shop.wms.refused[number] = "S9"
    assert shop.relay().refused == 1
    assert (documents(shop), in_transit(shop)) == ([("entry", 90)], 0)


def test_a_silent_warehouse_is_told_of_the_entry_again(shop):
    announced(shop, ("X", 5))
    shop.wms.items.add("X")
    shop.wms.silent_after = 2
    shop.relay()
    shop.relay(minutes=5)
    shop.relay(minutes=30)
    assert documents(shop) == [("entry", 40)]


def test_arrivals_come_in_goes_and_what_is_missing_is_expected_no_more(shop):
    number = announced(shop, ("X", 5), ("Y", 3))
    shop.relay()
    shop.entry_confirm(number, [("1", "X", 2)], kind=1, ref="R1", status="PARTFULFILLED")
    shop.decide()
    assert (documents(shop), shop.stock(), in_transit(shop)) == ([("entry", 60)], (12, 0), 3)
    shop.entry_confirm(number, [("1", "X", 2), ("2", "Y", 3)], ref="R2")
    shop.entry_confirm(number, [("1", "X", 2), ("2", "Y", 3)], ref="R2")
    shop.decide()
    assert (documents(shop), shop.stock(), in_transit(shop), in_transit(shop, "Y")) == ([("entry", 70)], (14, 0), 0, 0)
    assert shop.scene.query("SELECT line_no, planned, done FROM document_line ORDER BY 1") == [(1, 5, 4), (2, 3, 3)]


def test_more_arrives_than_was_announced_and_something_else_and_something_broken(shop):
    number = announced(shop, ("X", 5))
    shop.relay()
    shop.entry_confirm(number, [("1", "X", 6), ("1", "X/CC", 1), ("9", "Y", 2)], ref="R1")
    shop.decide()
    assert (documents(shop), in_transit(shop)) == ([("entry", 70)], 0)
    assert (shop.stock("X"), shop.stock("X", grade=2), shop.stock("Y")) == ((16, 0), (1, 0), (2, 0))
    assert shop.scene.query("SELECT line_no, planned, done FROM document_line ORDER BY 1") == [(1, 5, 7), (2, 0, 2)]


def test_a_correction_after_the_last_confirm_is_booked_too(shop):
    number = announced(shop, ("X", 5))
    shop.entry_confirm(number, [("1", "X", 4)], ref="R1")
    shop.entry_confirm(number, [("1", "X", 1)], kind=1, ref="R2")
    shop.decide()
    assert (documents(shop), shop.stock(), in_transit(shop)) == ([("entry", 70)], (15, 0), 0)


def test_a_cancelled_entry_order_is_expected_no_more(shop):
    number = announced(shop, ("X", 5))
    shop.relay()
    shop.process(number, "CANCELED")
    shop.decide()
    assert (documents(shop), in_transit(shop)) == ([("entry", 95)], 0)


def test_a_stock_change_is_booked_once_and_may_leave_less_than_is_reserved(shop):
    shop.order(order("1", line("X", 8)))
    for _ in range(2):
        shop.stock_change("X", -4, ref="S1")
    shop.stock_change("X", 2, ref="S2", kind="CC")
    shop.decide()
    assert (shop.stock(), shop.stock("X", grade=2)) == ((6, 8), (2, 0))
    assert shop.scene.query("SELECT is_short FROM balance WHERE sku_id = %s AND grade = 1", shop.scene.skus["X"]) == [(True,)]
    shop.stock_change("X", 3, ref="S3")
    shop.decide()
    assert shop.scene.query("SELECT is_short FROM balance WHERE sku_id = %s AND grade = 1", shop.scene.skus["X"]) == [(False,)]
    assert documents(shop) == [("adjustment", 70)] * 3


def test_more_is_gone_than_the_books_had(shop):
    shop.stock_change("X", -14, ref="S1")
    shop.decide()
    assert shop.stock() == (0, 0)
    assert shop.scene.query("SELECT quantity FROM entry WHERE kind = 'adjust' ORDER BY 1") == [(-14,), (4,)]


def test_a_stock_take_comes_in_pages(shop):
    def page(n, *rows):
        head = (
            f"<totalPage>2</totalPage><currentPage>{n}</currentPage><pageSize>2</pageSize><warehouseCode>A</warehouseCode>"
            "<checkOrderCode>C1</checkOrderCode><ownerCode>O1</ownerCode><outBizCode>C1</outBizCode><adjustType>CHECK</adjustType>"
        )
        items = "".join(f"<item><itemCode>{item}</itemCode><quantity>{units}</quantity></item>" for item, units in rows)
        return shop.tell("inventory.report", head, f"<items>{items}</items>")

    page(1, ("X", -1), ("X", -1))
    page(2, ("Y", 5))
    page(2, ("Y", 5))
    shop.decide()
    assert (shop.stock("X"), shop.stock("Y")) == ((8, 0), (5, 0))
    assert {kind for kind, _ in documents(shop)} == {"count"}


def test_a_report_with_one_unknown_article_is_set_aside_and_the_rest_is_booked_once(shop):
    rows = "".join(
        f"<item><ownerCode>O1</ownerCode><warehouseCode>A</warehouseCode><orderCode>S</orderCode><outBizCode>S</outBizCode>"
        f"<itemCode>{item}</itemCode><quantity>-1</quantity></item>"
        for item in ("X", "NEW")
    )
    shop.tell("stockchange.report", f"<items>{rows}</items>")
    shop.decide()
    assert (shop.reasons(), shop.stock()) == ([(2, "unknown_sku")], (9, 0))
    shop.scene.query("UPDATE message SET state = 0 WHERE reason = 'unknown_sku' RETURNING id")
    shop.scene.query("UPDATE sku SET code = 'NEW' WHERE code = 'Y' RETURNING id")
    shop.decide()
    assert (shop.reasons(), shop.stock(), shop.stock("Y")) == ([(1, "")], (9, 0), (0, 0))


@pytest.mark.parametrize("lines", [[], [("X", 0)], [("NOBODY", 1)]])
def test_an_entry_order_must_make_sense(shop, lines):
    with pytest.raises(BadInput), shop.scene.database.transaction() as tx:
        order_entry(tx, shop.scene.ids, "A", lines, "", None, NOW)


def test_the_numbers_of_documents_have_a_check_digit():
    assert read_document_no(document_no(123)) == 123
    assert [read_document_no(text) for text in ("", "RK1", document_no(123)[:-1] + "1", "FH" + document_no(123)[2:])] == [None] * 4


def test_opening_stock_opens_a_balance_once(shop):
    with shop.scene.database.transaction() as tx:
        document = announce(tx, shop.scene.ids, shop.scene.warehouses["A"], [(shop.scene.skus["X"], 1)], "", None, NOW)
        assert document
    with pytest.raises(BadInput), shop.scene.database.transaction() as tx:
        opening_stock(tx, shop.scene.ids, [("A", "X", 5)], NOW)
    with shop.scene.database.transaction() as tx:
        opening_stock(tx, shop.scene.ids, [("A", "Y", 5)], NOW)
    assert shop.stock("Y") == (5, 0)
    shop.sound()
