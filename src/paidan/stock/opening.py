"""Opening stock (期初): the first units of each balance, by a document of its own. A balance is opened once; later changes are other documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from paidan.kernel.outcomes import Effect, Outcome, Sheet
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.stock.moves import DEFECTIVE, GOOD, Enter, StockMoves
from paidan.stock.store import apply, lock

queries = load_queries("paidan.stock", "opening.sql")

LINES_PER_DOCUMENT: Final = 30_000  # line_no is a smallint
GRADES: Final = {"good": GOOD, "defective": DEFECTIVE}

Balance = tuple[int, int, int]  # sku, warehouse, grade


class OpeningRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of one SKU in one warehouse; `value_minor` is what all of them cost."""

    warehouse_code: Annotated[str, Meta(min_length=1, max_length=64)]
    sku_code: Annotated[str, Meta(min_length=1, max_length=64)]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    grade: Literal["good", "defective"] = "good"
    value_minor: Annotated[int, Meta(ge=0, le=1_000_000_000_000_000)] = 0


def write_opening(tx: Tx, ids: IdSource, rows: Sequence[OpeningRow], now: datetime, *, reference: str = "", by: str = "") -> list[Outcome]:
    """Open balances; the outcome's id is the document's. Twelve statements at most, however many rows."""
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([(row.warehouse_code, row.sku_code, row.grade) for row in rows], "sku_code")
    balances = _balances(tx, sheet, rows)
    _lock_and_refuse_opened(tx, sheet, balances, rows, now)
    live = {n: balances[n] for n in sheet.live()}
    if not live:
        return sheet.outcomes()
    lines = _lines(live, ids)
    documents = sorted({(document_id, live[n][1]) for n, (document_id, _) in lines.items()})
    tx.execute(queries.add_documents, {**columns(("id", "warehouse_id"), documents), "reference": reference, "now": now, "by": by})
    values = [(*lines[n], live[n][0], rows[n].quantity) for n in live]
    tx.execute(queries.add_document_lines, columns(("document_id", "line_no", "sku_id", "quantity"), values))
    moves = StockMoves(enter=[_enter(lines[n], live[n], rows[n], reference, now) for n in live])
    lock(tx, moves, now)
    apply(tx, moves, ids=ids, now=now)
    for n in live:
        sheet.settle(n, Effect.CREATED, lines[n][0], 1)
    return sheet.outcomes()


def _balances(tx: Tx, sheet: Sheet, rows: Sequence[OpeningRow]) -> dict[int, Balance]:
    """The balance each row speaks of."""
    codes = {"sku_codes": sorted({row.sku_code for row in rows}), "warehouse_codes": sorted({row.warehouse_code for row in rows})}
    skus: dict[str, int] = {}
    warehouses: dict[str, int] = {}
    for what, code, record_id, kind in tx.execute(queries.opening_places, codes):
        if what == "w":
            warehouses[code] = record_id
        elif kind == "goods":
            skus[code] = record_id
    for n, row in enumerate(rows):
        if row.sku_code not in skus:
            sheet.refuse(n, "sku_code", Reason.UNKNOWN_SKU)
        if row.warehouse_code not in warehouses:
            sheet.refuse(n, "warehouse_code", Reason.UNKNOWN_WAREHOUSE)
    return {n: (skus[rows[n].sku_code], warehouses[rows[n].warehouse_code], GRADES[rows[n].grade]) for n in sheet.live()}


def _lock_and_refuse_opened(tx: Tx, sheet: Sheet, balances: dict[int, Balance], rows: Sequence[OpeningRow], now: datetime) -> None:
    """Lock the balances first: two openings of one balance take turns, and the second finds the first one's entry."""
    if not balances:
        return
    probe = StockMoves(enter=[_enter((0, 0), balance, rows[n], "", now) for n, balance in balances.items()])
    lock(tx, probe, now)
    keys: list[tuple[Any, ...]] = sorted(set(balances.values()))
    opened = set(tx.execute(queries.opened_before, columns(("sku_ids", "warehouse_ids", "grades"), keys)))
    for n, balance in balances.items():
        if balance in opened:
            sheet.refuse(n, "sku_code", Reason.DUPLICATE_KEY, "opened before")


def _lines(live: dict[int, Balance], ids: IdSource) -> dict[int, tuple[int, int]]:
    """(document_id, line_no) of each row: one document per warehouse and 30,000 lines."""
    places: dict[int, tuple[tuple[int, int], int]] = {}
    counts: dict[int, int] = {}
    for n, (_, warehouse_id, _) in live.items():
        count = counts.get(warehouse_id, 0)
        counts[warehouse_id] = count + 1
        places[n] = ((warehouse_id, count // LINES_PER_DOCUMENT), count % LINES_PER_DOCUMENT + 1)
    wanted = sorted({document for document, _ in places.values()})
    document_ids = dict(zip(wanted, ids.take(len(wanted)), strict=True))
    return {n: (document_ids[document], line_no) for n, (document, line_no) in places.items()}


def _enter(line: tuple[int, int], balance: Balance, row: OpeningRow, reference: str, now: datetime) -> Enter:
    return Enter(
        document_id=line[0],
        line_no=line[1],
        kind="opening",
        sequence=1,
        sku_id=balance[0],
        warehouse_id=balance[1],
        grade=balance[2],
        quantity=row.quantity,
        value_minor=row.value_minor,
        cause=reference or f"opening:{line[0]}",
        occurred_at=now,
    )
