"""Answers to our calls: the envelope, and what the methods add to it. BadInput when it can't be read; the client calls that an unknown answer."""

from types import MappingProxyType

from msgspec import Struct

from paidan.counterparts.qimen.parse import delivery_confirm, is_success
from paidan.counterparts.qimen.reader import SIZE_MAX, Reader, read_root
from paidan.counterparts.qimen.reports import DeliveryConfirm, Failed, QimenAnswer, StockRow


class DeliveryAnswer(Struct, frozen=True, kw_only=True):
    """What `deliveryorder.query` tells: the order as in a confirm, and how many lines there are on all pages (None: not told)."""

    order: DeliveryConfirm
    total_lines: int | None = None


def parse_answer(body: bytes, size_max: int = SIZE_MAX) -> QimenAnswer:
    """The envelope and the simple elements beside it."""
    return _envelope(read_root(body, "response", size_max))


def parse_delivery_answer(body: bytes, size_max: int = SIZE_MAX) -> DeliveryAnswer:
    """The answer to `deliveryorder.query`; call it for a successful one."""
    root = read_root(body, "response", size_max)
    _envelope(root)
    return DeliveryAnswer(total_lines=root.count("totalLines"), order=delivery_confirm(root))


def parse_inventory_answer(body: bytes, size_max: int = SIZE_MAX) -> tuple[StockRow, ...]:
    """The rows of an answer to `inventory.query`."""
    return tuple(_stock_row(item) for item in read_root(body, "response", size_max).each("items", "item"))


def parse_failed_items(body: bytes, size_max: int = SIZE_MAX) -> tuple[Failed, ...]:
    """The items that `items.synchronize` could not take; none means that all are known now."""
    rows = read_root(body, "response", size_max).each("items", "item")
    return tuple(Failed(code=row.required("itemCode"), message=row.text("message")) for row in rows)


def parse_failed_orders(body: bytes, size_max: int = SIZE_MAX) -> tuple[Failed, ...]:
    """The orders that `deliveryorder.batchcreate` could not take; none means that all are stored."""
    rows = read_root(body, "response", size_max).each("orders", "order")
    return tuple(Failed(code=row.required("deliveryOrderCode"), message=row.text("message")) for row in rows)


def _envelope(root: Reader) -> QimenAnswer:
    """A few warehouses spell `message` as `msg`."""
    return QimenAnswer(
        is_success=is_success(root),
        code=root.code("code"),
        sub_code=root.code("sub_code") or root.code("subCode"),
        message=root.text("message") or root.text("msg"),
        fields=MappingProxyType(root.simple()),
    )


def _stock_row(item: Reader) -> StockRow:
    return StockRow(
        warehouse_code=item.code("warehouseCode"),
        item_code=item.required("itemCode"),
        item_id=item.code("itemId"),
        inventory_type=item.code("inventoryType", "ZP"),
        quantity=item.quantity_required("quantity", signed=True),
        lock_quantity=item.count("lockQuantity") or 0,
        batch_code=item.code("batchCode"),
        product_on=item.day("productDate"),
        expire_on=item.day("expireDate"),
    )
