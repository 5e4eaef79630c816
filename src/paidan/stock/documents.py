"""Stock documents (单据): a head, lines, one shape of states; and the number a warehouse knows one by."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import LiteralString

from msgspec import Struct, field

from paidan.kernel.states import DocumentState
from paidan.runtime.database import Tx
from paidan.runtime.numbers import check_digits
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns, copy
from paidan.stock.moves import Enter, StockMoves

queries = load_queries("paidan.stock", "documents.sql")

PREFIX = "RK"
_SHAPE = re.compile(r"RK([1-9]\d{0,18})(\d)", re.ASCII)
_ID_MAX = 2**63 - 1  # a bigint
LINES_MAX = 30_000  # line_no is a smallint

BalanceKey = tuple[int, int, int]  # sku_id, warehouse_id, grade


class DocumentLine(Struct, kw_only=True):
    """Units of one SKU: planned, and done so far."""

    line_no: int
    sku_id: int
    planned: int
    done: int = 0

    @property
    def owed(self) -> int:
        """Units still to come."""
        return max(self.planned - self.done, 0)


class Document(Struct, kw_only=True):
    """A stock document: loaded, or (`is_new`) to be written. `reference` is the purchase order's or the warehouse's number."""

    id: int
    kind: str
    state: int
    warehouse_id: int
    created_at: datetime
    reference: str = ""
    wms_ref: str = ""
    expected_at: datetime | None = None
    path: list[int] = field(default_factory=list)
    lines: list[DocumentLine] = field(default_factory=list)
    created_by: str = ""
    is_new: bool = False
    is_changed: bool = False

    def move(self, state: DocumentState) -> None:
        """Take one legal step; the database checks the whole path when it is written."""
        self.state = state
        self.path.append(int(state))
        self.is_changed = True

    def line(self, line_no: int) -> DocumentLine | None:
        """The line of this number."""
        return next((line for line in self.lines if line.line_no == line_no), None)


def document_no(document_id: int) -> str:
    """The number a warehouse knows a document by: RK<id><check digit>."""
    return f"{PREFIX}{document_id}{check_digits(str(document_id))}"


def read_document_no(text: str) -> int | None:
    """The document's id; None for anything that is not a number of ours or fails its check digit."""
    match = _SHAPE.fullmatch(text)
    is_ours = match is not None and check_digits(match[1]) == match[2] and int(match[1]) <= _ID_MAX
    return int(match[1]) if match is not None and is_ours else None


def done_document(document_id: int, kind: str, warehouse_id: int, reference: str, at: datetime, by: str) -> Document:
    """A document that is done when it is born: it records what has happened. Its lines are added by `enter_line`."""
    return Document(
        id=document_id,
        kind=kind,
        state=DocumentState.DONE,
        path=[DocumentState.RELEASED, DocumentState.DONE],
        warehouse_id=warehouse_id,
        reference=reference,
        created_at=at,
        created_by=by,
        is_new=True,
    )


def enter_line(document: Document, sku_id: int, quantity: int, *, cause: str, occurred_at: datetime, grade: int = 1) -> Enter:
    """Add a line to a document that records a change, and give the entry it stands for. `quantity` is signed."""
    line_no = len(document.lines) + 1
    document.lines.append(DocumentLine(line_no=line_no, sku_id=sku_id, planned=0, done=quantity))
    return Enter(
        document_id=document.id,
        line_no=line_no,
        kind="adjust",
        sequence=1,
        sku_id=sku_id,
        warehouse_id=document.warehouse_id,
        grade=grade,
        quantity=quantity,
        cause=cause,
        occurred_at=occurred_at,
    )


def lock_documents(tx: Tx, ids: Iterable[int]) -> dict[int, Document]:
    """Documents with their lines, locked in key order."""
    return _read(tx, queries.lock_documents, ids)


def read_documents(tx: Tx, ids: Iterable[int]) -> dict[int, Document]:
    """Documents with their lines, not locked: to be rendered."""
    return _read(tx, queries.read_documents, ids)


def _read(tx: Tx, statement: LiteralString, ids: Iterable[int]) -> dict[int, Document]:
    parameters = {"ids": sorted(set(ids))}
    rows = tx.execute(statement, parameters)
    names = ("id", "kind", "state", "warehouse_id", "reference", "wms_ref", "expected_at", "created_at")
    found = {row[0]: Document(**dict(zip(names, row, strict=True))) for row in rows}
    for document_id, line_no, sku_id, planned, done in tx.execute(queries.document_lines, parameters):
        if document_id in found:
            found[document_id].lines.append(DocumentLine(line_no=line_no, sku_id=sku_id, planned=planned, done=done))
    return found


def write_documents(tx: Tx, documents: Sequence[Document]) -> None:
    """Write new documents and what changed of locked ones, each once."""
    new = [document for document in documents if document.is_new]
    changed = [document for document in documents if document.is_changed and not document.is_new]
    _copy(tx, new)
    if not changed:
        return
    heads = [(d.id, int(d.state), "{" + ",".join(str(int(state)) for state in d.path) + "}", d.wms_ref) for d in changed]
    tx.execute(queries.update_documents, columns(("id", "state", "path", "wms_ref"), heads))
    lines = [(d.id, line.line_no, line.sku_id, line.planned, line.done) for d in changed for line in d.lines]
    if lines:
        tx.execute(queries.put_document_lines, columns(("document_id", "line_no", "sku_id", "planned", "done"), lines))


def _copy(tx: Tx, new: Sequence[Document]) -> None:
    copy(
        tx,
        queries.copy_documents,
        (
            (d.id, d.kind, int(d.state), [int(state) for state in d.path], d.warehouse_id, d.reference, d.expected_at, d.created_at, d.created_by)
            for d in new
        ),
        any_rows=bool(new),
    )
    copy(
        tx,
        queries.copy_document_lines,
        ((d.id, line.line_no, line.sku_id, line.planned, line.done) for d in new for line in d.lines),
        any_rows=any(d.lines for d in new),
    )


def times_entered(tx: Tx, document_ids: Iterable[int], kind: str) -> dict[tuple[int, int], int]:
    """The highest sequence of each line of these (locked) documents: (document id, line no) → sequence."""
    rows = tx.execute(queries.times_entered, {"ids": sorted(set(document_ids)), "kind": kind})
    return {(document_id, line_no): sequence for document_id, line_no, sequence in rows}


def on_hand(tx: Tx, moves: StockMoves) -> dict[BalanceKey, int]:
    """Units there now of the balances these moves touch; `stock.store.lock` came before in the same transaction."""
    rows = tx.execute(queries.on_hand, columns(("sku_ids", "warehouse_ids", "grades"), list(moves.deltas())))
    return {(sku_id, warehouse_id, grade): units for sku_id, warehouse_id, grade, units in rows}
