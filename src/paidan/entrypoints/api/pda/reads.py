"""What the phone page reads: tasks, receipts, and what a scanned text is. A fixed number of statements each, receivers masked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.entrypoints.api.order_reads import reason_words
from paidan.entrypoints.api.pages import as_views, named_rows
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import Refused
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState, FulfilmentState
from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.stock.documents import document_no, read_document_no

queries = load_queries("paidan.entrypoints.api.pda", "pda.sql")

Key = tuple[int | None, int | None]  # after which deadline and id a page starts
FIRST: Final[Key] = (None, None)


class HeldBecause(Struct, frozen=True, kw_only=True):
    """Why people should look before it leaves."""

    reason: str
    text: str


class Task(Struct, frozen=True, kw_only=True):
    """A fulfilment to be packed. `units` and `kinds` are those still to leave; `is_called_back`: somebody wants it back, do not ship it."""

    no: str
    state: str
    warehouse_code: str
    warehouse_name: str
    carrier_code: str
    carrier_name: str
    ship_by_at: datetime | None
    due: int
    id: str
    order_nos: tuple[str, ...]
    held: tuple[HeldBecause, ...]
    units: int
    kinds: int
    is_packed: bool
    is_called_back: bool
    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str
    tracking_nos: tuple[str, ...]


class TaskLine(Struct, frozen=True, kw_only=True):
    """Units of a SKU that belong into the parcel; any of `barcodes`, or the SKU's code, may be scanned."""

    line: str
    order_no: str
    sku_code: str
    name: str
    quantity: int
    shipped: int
    barcodes: tuple[str, ...]


class WholeTask(Struct, frozen=True, kw_only=True):
    """A task with its lines."""

    task: Task
    lines: tuple[TaskLine, ...]


class Receipt(Struct, frozen=True, kw_only=True):
    """An entry order: units announced and units that have arrived."""

    no: str
    id: str
    state: str
    warehouse_code: str
    warehouse_name: str
    reference: str
    expected_at: datetime | None
    due: int
    kinds: int
    planned: int
    done: int


class ReceiptLine(Struct, frozen=True, kw_only=True):
    """Units of a SKU, announced and arrived."""

    line_no: int
    sku_code: str
    name: str
    planned: int
    done: int
    barcodes: tuple[str, ...]


class WholeReceipt(Struct, frozen=True, kw_only=True):
    """An entry order with its lines."""

    receipt: Receipt
    lines: tuple[ReceiptLine, ...]


class Shelf(Struct, frozen=True, kw_only=True):
    """Units in one warehouse. `grade` 1 good, 2 defective."""

    warehouse_code: str
    warehouse_name: str
    on_hand: int
    reserved: int
    in_transit: int
    grade: int


class GoodsFound(Struct, frozen=True, kw_only=True):
    """A SKU and where it lies."""

    sku_code: str
    name: str
    barcodes: tuple[str, ...]
    shelves: tuple[Shelf, ...]


class CodeFound(Struct, frozen=True, kw_only=True):
    """What a scanned text may be; all empty: nobody knows it."""

    tasks: tuple[Task, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    goods: GoodsFound | None = None


def read_tasks(tx: Tx, caller: Caller, language: str, *, ids: Iterable[int] | None = None, after: Key = FIRST, limit: int = 50) -> list[Task]:
    """Open tasks by deadline, or these."""
    keys = {"ids": None if ids is None else list(ids), "after_due": after[0], "after_id": after[1], "limit": limit}
    cursor = tx.execute(queries.tasks, {**keys, **caller.sees})
    return [_task(row, language) for row in named_rows(cursor)]


def _task(row: dict[str, Any], language: str) -> Task:
    row["no"] = fulfilment_no(row["id"], row.pop("attempt"))
    row["is_called_back"] = row["state"] == FulfilmentState.RECALLING
    row["state"] = FulfilmentState(row["state"]).name.lower()
    row["id"] = str(row["id"])
    row["held"] = [HeldBecause(reason=reason, text=reason_words(reason, language)[0]) for reason in row["held"]]
    return msgspec.convert(row, Task, from_attributes=True)


def read_task(tx: Tx, caller: Caller, text: str, language: str) -> WholeTask:
    """A task by its number, or by a waybill or order that leads to one only. Raises Refused."""
    ids = _fulfilment_ids(tx, text)
    found = read_tasks(tx, caller, language, ids=ids) if ids else []
    # An order of several parcels: the one still to be packed.
    task = next((task for task in found if task.units), found[0] if found else None)
    if task is None:
        has_system = [tx.execute(queries.has_system, {"id": row, **caller.sees}).fetchone() for row in ids[:1]]
        raise Refused(Reason.NOT_WORKED_HERE if has_system and has_system[0] and has_system[0][0] else Reason.UNKNOWN_FULFILMENT)
    lines = as_views(TaskLine, tx.execute(queries.task_lines, {"id": int(task.id)}))
    return WholeTask(task=task, lines=tuple(lines))


def _fulfilment_ids(tx: Tx, text: str) -> Sequence[int]:
    named = read_fulfilment_no(text)
    return [named[0]] if named is not None else [row[0] for row in tx.execute(queries.fulfilments_named, {"text": text})]


def read_receipts(tx: Tx, caller: Caller, *, ids: Iterable[int] | None = None, after: Key = FIRST, limit: int = 50) -> list[Receipt]:
    """Open entry orders by the day they are expected, or these."""
    keys = {"ids": None if ids is None else list(ids), "after_due": after[0], "after_id": after[1], "limit": limit}
    cursor = tx.execute(queries.receipts, {**keys, "warehouses": caller.sees["warehouses"]})
    return [
        msgspec.convert({**row, "no": document_no(row["id"]), "id": str(row["id"]), "state": DocumentState(row["state"]).name.lower()}, Receipt)
        for row in named_rows(cursor)
    ]


def read_receipt(tx: Tx, caller: Caller, text: str) -> WholeReceipt:
    """An entry order by its number or its purchase order's. Raises Refused."""
    ids = _document_ids(tx, text)
    found = read_receipts(tx, caller, ids=ids) if ids else []
    if not found:
        raise Refused(Reason.UNKNOWN_DOCUMENT)
    lines = as_views(ReceiptLine, tx.execute(queries.receipt_lines, {"id": int(found[0].id)}))
    return WholeReceipt(receipt=found[0], lines=tuple(lines))


def _document_ids(tx: Tx, text: str) -> Sequence[int]:
    document_id = read_document_no(text)
    return [document_id] if document_id is not None else [row[0] for row in tx.execute(queries.receipts_named, {"text": text})]


def find(tx: Tx, caller: Caller, text: str, language: str) -> CodeFound:
    """Everything a scanned text may be. At most five statements."""
    fulfilment_ids, document_ids = _fulfilment_ids(tx, text), _document_ids(tx, text)
    return CodeFound(
        tasks=tuple(read_tasks(tx, caller, language, ids=fulfilment_ids)) if fulfilment_ids else (),
        receipts=tuple(read_receipts(tx, caller, ids=document_ids)) if document_ids else (),
        goods=_goods(tx, caller, text),
    )


def _goods(tx: Tx, caller: Caller, code: str) -> GoodsFound | None:
    rows = tx.execute(queries.goods, {"code": code, "warehouses": caller.sees["warehouses"]}).fetchall()
    if not rows:
        return None
    sku_code, name, barcodes = rows[0][:3]
    shelves = [
        Shelf(warehouse_code=row[3], warehouse_name=row[4], on_hand=row[5], reserved=row[6], in_transit=row[7], grade=row[8])
        for row in rows
        if row[3] is not None and row[0] == sku_code
    ]
    return GoodsFound(sku_code=sku_code, name=name, barcodes=tuple(barcodes), shelves=tuple(shelves))
