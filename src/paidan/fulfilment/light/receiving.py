"""Goods that arrive where people work with a phone (扫码收货): scans become the confirm that a warehouse system would send."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from paidan.counterparts.qimen.reports import CONFIRM_FINAL, CONFIRM_INTERMEDIATE, EntryConfirm, EntryConfirmLine
from paidan.counterparts.qimen.translate import INVENTORY_TYPE_BY_GRADE
from paidan.fulfilment.arrivals import OPEN, RECEIVE, confirm_arrival
from paidan.fulfilment.light.packing import ScansRefused
from paidan.fulfilment.light.tally import Scan, Sku
from paidan.fulfilment.load import Work, finish
from paidan.kernel.errors import BadInput
from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer
from paidan.stock.documents import Document, document_no, lock_documents, read_document_no, times_entered
from paidan.stock.moves import DEFECTIVE, GOOD

queries = load_queries("paidan.fulfilment.light")


class Received(Struct, frozen=True, kw_only=True):
    """Where an entry order stands after a step. Units: `received` in this step, `left` still to come, `surplus` above what was announced."""

    no: str
    state: str
    received: int
    left: int
    surplus: int


def receive(
    tx: Tx,
    number: str,
    scans: Sequence[Scan],
    *,
    ids: IdSource,
    sealer: Sealer,
    seen: Mapping[str, list[int] | None],
    cause: str,
    now: datetime,
    is_done: bool,
) -> Received:
    """Book what has arrived: in parts, more or less than announced. `is_done`: what has not come is no longer expected.

    Raises BadInput, and ScansRefused for barcodes nobody knows.
    """
    document = _locked(tx, number, seen)
    skus = {code: Sku(*sku) for code, *sku in tx.execute(queries.skus_of_codes, {"codes": sorted({scan.code for scan in scans})})}
    problems = [Problem(field=f"scans.{n}", reason=Reason.UNKNOWN_BARCODE) for n, scan in enumerate(scans) if scan.code not in skus]
    if problems:
        raise ScansRefused(problems)
    confirm = EntryConfirm(
        entry_order_code=number,
        out_biz_code=cause,
        confirm_type=CONFIRM_FINAL if is_done else CONFIRM_INTERMEDIATE,
        status="",
        lines=lines_of(document, scans, skus),
    )
    work = Work(documents=[document])
    times = times_entered(tx, [document.id], RECEIVE)
    confirm_arrival(work, document, confirm, times, {sku.code: sku.id for sku in skus.values()}, cause=cause, at=now)
    finish(tx, work, ids=ids, sealer=sealer, now=now)
    return Received(
        no=document_no(document.id),
        state=DocumentState(document.state).name.lower(),
        received=sum(scan.quantity for scan in scans),
        left=sum(line.owed for line in document.lines) if document.state in OPEN else 0,
        surplus=sum(max(line.done - line.planned, 0) for line in document.lines),
    )


def lines_of(document: Document, scans: Sequence[Scan], skus: Mapping[str, Sku]) -> tuple[EntryConfirmLine, ...]:
    """The scans as lines of a confirm: first to the lines that still wait for the SKU, the rest to its last line. Pure."""
    units: dict[tuple[Sku, int], int] = {}
    for scan in scans:
        key = (skus[scan.code], DEFECTIVE if scan.is_damaged else GOOD)
        units[key] = units.get(key, 0) + scan.quantity
    owed = {line.line_no: line.owed for line in document.lines}
    told = []
    for (sku, grade), quantity in units.items():
        left = quantity
        numbers = [line.line_no for line in document.lines if line.sku_id == sku.id]
        for line_no in numbers:
            part = left if line_no == numbers[-1] else min(left, owed[line_no])
            owed[line_no] -= min(part, owed[line_no])
            left -= part
            told.append((sku, grade, str(line_no), part))
        if not numbers:
            told.append((sku, grade, "", left))
    return tuple(
        EntryConfirmLine(order_line_no=line_no, item_code=sku.code, actual_qty=quantity, inventory_type=INVENTORY_TYPE_BY_GRADE[grade])
        for sku, grade, line_no, quantity in told
        if quantity
    )


def _locked(tx: Tx, number: str, seen: Mapping[str, list[int] | None]) -> Document:
    document_id = read_document_no(number)
    place = None if document_id is None else tx.execute(queries.place_of_document, {"id": document_id, "warehouses": seen["warehouses"]}).fetchone()
    if document_id is None or place is None:
        raise BadInput(Reason.UNKNOWN_DOCUMENT)
    if place[0]:
        raise BadInput(Reason.NOT_WORKED_HERE)
    document = lock_documents(tx, [document_id])[document_id]
    if document.state not in OPEN:
        raise BadInput(Reason.RECEIPT_CLOSED)
    return document
