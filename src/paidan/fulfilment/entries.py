"""Announces goods that will arrive (采购到货): a document, what is on the way, and the call to the warehouse, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from paidan.fulfilment.recall import lane_of
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.queries import load_queries
from paidan.stock.documents import LINES_MAX, Document, DocumentLine, write_documents
from paidan.stock.moves import StockMoves
from paidan.stock.opening import OpeningRow, write_opening
from paidan.stock.store import apply, lock

queries = load_queries("paidan.fulfilment")

ENTRY = "wms.entry"


def order_entry(
    tx: Tx,
    ids: IdSource,
    warehouse_code: str,
    lines: Sequence[tuple[str, int]],
    reference: str,
    expected_at: datetime | None,
    now: datetime,
    *,
    by: str = "",
) -> int:
    """Announce (SKU code, units) to a warehouse; gives the document's id. Raises BadInput for a code we do not have, and as `announce`."""
    skus: dict[str, int] = dict(tx.execute(queries.sku_ids, {"codes": sorted({code for code, _ in lines})}).fetchall())
    warehouse = tx.execute(queries.warehouse_id, {"code": warehouse_code}).fetchone()
    if warehouse is None:
        raise BadInput(Reason.UNKNOWN_WAREHOUSE)
    if any(code not in skus for code, _ in lines):
        raise BadInput(Reason.UNKNOWN_SKU)
    return announce(tx, ids, warehouse[0], [(skus[code], units) for code, units in lines], reference, expected_at, now, by=by)


def announce(
    tx: Tx,
    ids: IdSource,
    warehouse_id: int,
    lines: Sequence[tuple[int, int]],
    reference: str,
    expected_at: datetime | None,
    now: datetime,
    *,
    by: str = "",
) -> int:
    """Make an entry order of (sku_id, units), count its units as on the way and tell the warehouse's system, if it has one; gives the document's id.

    `by`: who announces it. Raises BadInput (FIELD_INVALID) for no lines, more than 30,000, or units below one.
    """
    if not 0 < len(lines) <= LINES_MAX or any(units < 1 for _, units in lines):
        raise BadInput(Reason.FIELD_INVALID, "lines")
    document_id = ids.take(1)[0]
    document = Document(
        id=document_id,
        kind="entry",
        state=DocumentState.RELEASED,
        path=[DocumentState.RELEASED],
        warehouse_id=warehouse_id,
        reference=reference,
        expected_at=expected_at,
        created_at=now,
        created_by=by,
        lines=[DocumentLine(line_no=n, sku_id=sku_id, planned=units) for n, (sku_id, units) in enumerate(lines, start=1)],
        is_new=True,
    )
    write_documents(tx, [document])
    moves = StockMoves(owe=[(sku_id, warehouse_id, units) for sku_id, units in lines])
    lock(tx, moves, now)
    apply(tx, moves, ids=ids, now=now)
    if _has_system(tx, warehouse_id):
        put(tx, ids, [OutboxRow(lane=lane_of(warehouse_id), kind=ENTRY, ref_id=document_id, business_key=str(document_id), due_at=now)])
    return document_id


def _has_system(tx: Tx, warehouse_id: int) -> bool:
    """Whether there is a system to be told; else people receive the goods with the phone page."""
    row = tx.execute(queries.has_system, {"id": warehouse_id}).fetchone()
    return row is not None and bool(row[0])


def opening_stock(tx: Tx, ids: IdSource, rows: Sequence[tuple[str, str, int]], now: datetime) -> None:
    """Open balances of (warehouse code, SKU code, units). Raises BadInput at the first row that is refused."""
    opening = [OpeningRow(warehouse_code=warehouse, sku_code=sku, quantity=units) for warehouse, sku, units in rows]
    for outcome in write_opening(tx, ids, opening, now, reference="opening"):
        for problem in outcome.problems:
            raise BadInput(problem.reason, problem.field)
