"""Goods have arrived (入库确认): what a confirm of an entry order means for its document and the stock. Pure.

Quantities are increments; the last confirm closes the document, and what did not come is no longer expected.
"""

from collections.abc import Mapping
from datetime import datetime

from paidan.counterparts.qimen.reports import CONFIRM_FINAL, EntryConfirm, EntryConfirmLine
from paidan.counterparts.qimen.translate import ENTRY_STATUS, GRADE_BY_INVENTORY_TYPE, next_state, rows_of
from paidan.fulfilment.load import Work
from paidan.kernel.states import DocumentState
from paidan.stock.documents import Document, DocumentLine
from paidan.stock.moves import Enter

RECEIVE = "receive"
OPEN = frozenset({DocumentState.RELEASED, DocumentState.ACCEPTED, DocumentState.PART_DONE})
CALLED_OFF = frozenset({DocumentState.REJECTED, DocumentState.CANCELLED})
ENTRY_ROWS = rows_of(ENTRY_STATUS)

Times = dict[tuple[int, int], int]  # (document id, line no) → how often it was entered


def confirm_arrival(
    work: Work, document: Document, confirm: EntryConfirm, times: Times, skus: Mapping[str, int], *, cause: str, at: datetime
) -> None:
    """Book one confirm of an entry order; more may follow it, even after the last, as a correction."""
    document.is_changed = True
    document.wms_ref = document.wms_ref or confirm.entry_order_id
    is_open = document.state in OPEN
    for told in confirm.lines:
        if told.actual_qty:
            _receive(work, document, _line_of(document, told, skus[told.item_code]), told, times, cause, at, is_open=is_open)
    called_off = next_state(ENTRY_ROWS, confirm.status, document.state)
    if called_off in CALLED_OFF and not any(told.actual_qty for told in confirm.lines):
        call_off(work, document, DocumentState(called_off))
    elif is_open and confirm.confirm_type == CONFIRM_FINAL and _is_whole(document, confirm):
        expect_no_more(work, document)
        document.move(DocumentState.DONE)
    elif document.state in {DocumentState.RELEASED, DocumentState.ACCEPTED}:
        document.move(DocumentState.PART_DONE)


def call_off(work: Work, document: Document, state: DocumentState) -> bool:
    """The warehouse refuses the entry order, or it was cancelled: nothing is expected any more. False when it is too late for that."""
    if document.state not in {DocumentState.RELEASED, DocumentState.ACCEPTED}:
        return False
    expect_no_more(work, document)
    document.move(state)
    return True


def expect_no_more(work: Work, document: Document) -> None:
    """What an open entry order still owes is on its way no longer."""
    if document.kind == "entry":
        work.moves.owe += [(line.sku_id, document.warehouse_id, -line.owed) for line in document.lines if line.owed]


def _receive(
    work: Work, document: Document, line: DocumentLine, told: EntryConfirmLine, times: Times, cause: str, at: datetime, *, is_open: bool
) -> None:
    """Good and damaged units of one line are entries of their own."""
    sequence = times[document.id, line.line_no] = times.get((document.id, line.line_no), 0) + 1
    grade = GRADE_BY_INVENTORY_TYPE[told.inventory_type]
    arrived = min(told.actual_qty, line.owed) if is_open and document.kind == "entry" else 0
    work.moves.enter.append(
        Enter(
            document_id=document.id,
            line_no=line.line_no,
            kind=RECEIVE,
            sequence=sequence,
            sku_id=line.sku_id,
            warehouse_id=document.warehouse_id,
            grade=grade,
            quantity=told.actual_qty,
            cause=cause,
            occurred_at=at,
        )
    )
    if arrived:
        work.moves.owe.append((line.sku_id, document.warehouse_id, -arrived))
    line.done += told.actual_qty


def _line_of(document: Document, told: EntryConfirmLine, sku_id: int) -> DocumentLine:
    """The line a warehouse speaks of: by number, by SKU, or a new one for goods nobody had announced."""
    named = document.line(int(told.order_line_no)) if told.order_line_no.isascii() and told.order_line_no.isdigit() else None
    if named is not None and named.sku_id == sku_id:
        return named
    same = next((line for line in document.lines if line.sku_id == sku_id), None)
    if same is not None:
        return same
    line = DocumentLine(line_no=max((line.line_no for line in document.lines), default=0) + 1, sku_id=sku_id, planned=0)
    document.lines.append(line)
    return line


def _is_whole(document: Document, confirm: EntryConfirm) -> bool:
    """`totalOrderLines` above the lines of this message: the document is spread over several; the last is the one that completes it."""
    if confirm.total_order_lines is None or confirm.total_order_lines <= len(confirm.lines):
        return True
    return sum(line.done > 0 for line in document.lines) >= confirm.total_order_lines
