"""Our stock against what a warehouse says it has (库存对账). A difference is told to people; only an acceptance by one of them changes stock.

A difference stays open from the comparison that finds it until one finds none, or until somebody accepts it: then an adjustment enters it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.stock.documents import done_document, enter_line, on_hand, write_documents
from paidan.stock.moves import StockMoves
from paidan.stock.store import apply, lock

queries = load_queries("paidan.stock", "differences.sql")

OVERDUE: Final = timedelta(days=1)  # whatever stopped one that is still under way: the next one goes on

Place = tuple[int, int]  # sku_id, grade
Units = Mapping[Place, int]


class Difference(Struct, frozen=True, kw_only=True):
    """Units a warehouse says it has, and ours, where they are not the same; `looks`: so often it was found in a row."""

    id: int
    warehouse_code: str
    sku_code: str
    grade: int
    theirs: int
    ours: int
    looks: int
    found_at: datetime
    seen_at: datetime


class Accepted(Struct, frozen=True, kw_only=True):
    """The adjustment that an acceptance made, and the units it entered."""

    document_id: int
    quantity: int


def compare(theirs: Units, ours: Units, sku_ids: Iterable[int]) -> dict[Place, tuple[int, int]]:
    """Where the two differ among these SKUs: (theirs, ours); what one side does not name it has none of. Pure."""
    asked = set(sku_ids)
    found = {}
    for place in sorted(theirs.keys() | ours.keys()):
        both = (theirs.get(place, 0), ours.get(place, 0))
        if place[0] in asked and both[0] != both[1]:
            found[place] = both
    return found


def start_comparison(tx: Tx, ids: IdSource, warehouse_id: int, now: datetime, *, by: str, scheduled_for: datetime | None = None) -> int | None:
    """Begin one; None when one of this warehouse is under way, or this quiet hour has had its own. Two statements."""
    tx.execute(queries.give_up_comparison, {"warehouse_id": warehouse_id, "now": now, "before": now - OVERDUE})
    parameters = {"id": ids.take(1)[0], "warehouse_id": warehouse_id, "now": now, "by": by, "scheduled_for": scheduled_for}
    row = tx.execute(queries.start_comparison, parameters).fetchone()
    return None if row is None else int(row[0])


def scheduled_comparisons(tx: Tx) -> dict[int, datetime]:
    """The last quiet hour of each warehouse that was taken care of."""
    return dict(tx.execute(queries.scheduled_comparisons).fetchall())


def skus_to_compare(tx: Tx, comparison_id: int, warehouse_id: int, after: int, limit: int, *, is_again: bool) -> list[int]:
    """The next SKUs to ask about: all that may lie there, or (`is_again`) those found to differ."""
    if is_again:
        rows = tx.execute(queries.skus_differing, {"id": comparison_id, "after": after, "limit": limit})
    else:
        rows = tx.execute(queries.skus_to_compare, {"warehouse_id": warehouse_id, "after": after, "limit": limit})
    return [row[0] for row in rows]


def lock_comparison(tx: Tx, comparison_id: int) -> int | None:
    """The warehouse of a comparison under way, locked; None: it is over."""
    row = tx.execute(queries.lock_comparison, {"id": comparison_id}).fetchone()
    return None if row is None or row[1] else int(row[0])


def note_answers(
    tx: Tx,
    ids: IdSource,
    comparison_id: int,
    warehouse_id: int,
    sku_ids: Sequence[int],
    theirs: Units,
    now: datetime,
    *,
    unknown: int = 0,
    is_again: bool = False,
) -> int:
    """Compare what a warehouse answered about these SKUs with our books, keep what differs; gives how many do. Four statements at most.

    `is_again`: these SKUs were counted among those asked about before.
    """
    rows = tx.execute(queries.on_hand_of, {"warehouse_id": warehouse_id, "sku_ids": list(sku_ids)})
    ours = {(sku_id, grade): units for sku_id, grade, units in rows}
    found = compare(theirs, ours, sku_ids)
    tx.execute(
        queries.settle_agreeing,
        {"warehouse_id": warehouse_id, "sku_ids": list(sku_ids), "now": now, **columns(("sku_id", "grade"), list(found))},
    )
    if found:
        values = [(new_id, *place, *both) for new_id, (place, both) in zip(ids.take(len(found)), found.items(), strict=True)]
        names = ("id", "sku_id", "grade", "theirs", "ours")
        tx.execute(queries.put_differences, {"comparison_id": comparison_id, "warehouse_id": warehouse_id, "now": now, **columns(names, values)})
    tx.execute(queries.count_comparison, {"id": comparison_id, "asked": 0 if is_again else len(sku_ids), "unknown": unknown})
    return len(found)


def finish_comparison(tx: Tx, comparison_id: int, now: datetime, error: str = "") -> None:
    """It is over; `error`: before its end."""
    tx.execute(queries.finish_comparison, {"id": comparison_id, "now": now, "error": error})


def open_differences(tx: Tx, *, after: int = 0, limit: int = 1000, warehouse_ids: Sequence[int] | None = None) -> list[Difference]:
    """What differs now, by id; of some warehouses only, when given."""
    rows = tx.execute(
        queries.open_differences, {"after": after, "limit": limit, "warehouses": None if warehouse_ids is None else list(warehouse_ids)}
    )
    return [Difference(**dict(zip(Difference.__struct_fields__, row, strict=True))) for row in rows]


def accept(
    tx: Tx,
    ids: IdSource,
    difference_id: int,
    now: datetime,
    *,
    by: str,
    note: str = "",
    expected: int | None = None,
    warehouse_ids: Sequence[int] | None = None,
) -> Accepted:
    """The warehouse is right: enter the difference as an adjustment; `note` says why. Units that moved since it was seen have moved on both sides.

    Raises BadInput: NOT_FOUND, ILLEGAL_MOVE when it is settled already or would leave less than nothing, VERSION_CONFLICT when it was seen anew
    after the caller has looked (`expected`: the version he saw).
    """
    row = tx.execute(queries.lock_difference, {"id": difference_id}).fetchone()
    if row is None or (warehouse_ids is not None and row[0] not in warehouse_ids):
        raise BadInput(Reason.NOT_FOUND)
    warehouse_id, sku_id, grade, theirs, ours, seen_at, is_settled, version = row
    if is_settled:
        raise BadInput(Reason.ILLEGAL_MOVE, "settled already")
    if expected is not None and expected != version:
        raise BadInput(Reason.VERSION_CONFLICT)
    document = done_document(ids.take(1)[0], "adjustment", warehouse_id, f"difference {difference_id}", now, by)
    entry = enter_line(document, sku_id, theirs - ours, cause=f"difference:{difference_id}", occurred_at=seen_at, grade=grade)
    moves = StockMoves(enter=[entry])
    lock(tx, moves, now)
    if on_hand(tx, moves).get((sku_id, warehouse_id, grade), 0) + entry.quantity < 0:
        raise BadInput(Reason.ILLEGAL_MOVE, "less would be left than nothing")
    write_documents(tx, [document])
    apply(tx, moves, ids=ids, now=now)
    tx.execute(queries.accept_difference, {"id": difference_id, "now": now, "by": by, "note": note, "document_id": document.id})
    return Accepted(document_id=document.id, quantity=entry.quantity)
