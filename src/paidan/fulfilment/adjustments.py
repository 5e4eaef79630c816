"""Stock changed at a warehouse without a document of ours (库存异动, 盘点): a document that records it, and its entries. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from paidan.counterparts.qimen.reports import CountedItem, InventoryReport, StockChange
from paidan.counterparts.qimen.translate import GRADE_BY_INVENTORY_TYPE
from paidan.fulfilment.load import Work
from paidan.stock.documents import Document, done_document, enter_line


class Change(Struct, frozen=True, kw_only=True):
    """A signed change of one article's units. `number` is the warehouse's own of the paper behind it."""

    kind: str  # adjustment | count
    warehouse_code: str
    number: str
    item_code: str
    inventory_type: str
    quantity: int
    at: datetime


def change_of(change: StockChange, at: datetime) -> Change:
    """One item of a stock change report."""
    return Change(
        kind="adjustment",
        warehouse_code=change.warehouse_code,
        number=change.order_code,
        item_code=change.item_code,
        inventory_type=change.inventory_type,
        quantity=change.quantity,
        at=change.changed_at or at,
    )


def count_of(report: InventoryReport, item: CountedItem, at: datetime) -> Change:
    """One item of a stock-take: the difference that was found."""
    return Change(
        kind="count" if report.adjust_type.upper() == "CHECK" else "adjustment",
        warehouse_code=report.warehouse_code,
        number=report.check_order_code,
        item_code=item.item_code,
        inventory_type=item.inventory_type,
        quantity=item.quantity,
        at=report.checked_at or at,
    )


class Adjustments:
    """Documents of one batch: one for each message, warehouse and kind, so that people find what belongs together."""

    def __init__(self, work: Work, take_ids: Callable[[int], list[int]], now: datetime) -> None:
        self._work = work
        self._take_ids = take_ids
        self._now = now
        self._documents: dict[tuple[int, int, str], Document] = {}

    def book(self, change: Change, *, message_id: int, warehouse_id: int, skus: Mapping[str, int], cause: str, actor: str) -> None:
        """Enter one change; less than is reserved may be left, then the balance is marked short."""
        if not change.quantity:
            return
        key = (message_id, warehouse_id, change.kind)
        document = self._documents.get(key)
        if document is None:
            document = done_document(self._take_ids(1)[0], change.kind, warehouse_id, change.number, self._now, actor)
            self._documents[key] = document
            self._work.documents.append(document)
        grade = GRADE_BY_INVENTORY_TYPE[change.inventory_type]
        entry = enter_line(document, skus[change.item_code], change.quantity, cause=cause, occurred_at=change.at, grade=grade)
        self._work.moves.enter.append(entry)
