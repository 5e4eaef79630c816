"""The only writer of balances, reservations, entries and demand. A balance never moves without its entry or reservation, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from paidan.kernel.errors import ConservationError
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns, copy, copy_numbers
from paidan.stock.moves import Delta, StockMoves

queries = load_queries("paidan.stock")

CLOSING_NAMES = ("fulfilment_id", "line_no", "sku_id", "warehouse_id", "used", "given_back")
BALANCE_NAMES = ("sku_id", "warehouse_id", "grade", "on_hand", "reserved", "in_transit", "may_be_short")

# As the columns of the COPY statements: binary COPY takes each type as it is.
RESERVATION_TYPES = "int8 int2 int8 int8 int4 bool".split()
ENTRY_TYPES = "int8 int2 text int4 int8 int8 int2 int4 int8 text timestamptz timestamptz".split()


def free_stock(tx: Tx, sku_ids: Sequence[int], now: datetime) -> dict[int, dict[int, int]]:
    """Unreserved good units: sku_id → warehouse_id → units. A view without locks, to choose by."""
    free: dict[int, dict[int, int]] = {}
    for sku_id, warehouse_id, units in tx.execute(queries.free_stock, {"sku_ids": array(sku_ids), "now": now}).fetchall():
        free.setdefault(sku_id, {})[warehouse_id] = units
    return free


def demands(tx: Tx, sku_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Units paid for but not reserved, by SKU: (held, short)."""
    return {sku_id: (held, short) for sku_id, held, short in tx.execute(queries.demands, {"sku_ids": array(sku_ids)}).fetchall()}


def demands_by_shop(tx: Tx, sku_ids: Sequence[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """The same by shop: shop_id → sku_id → (held, short)."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for shop_id, sku_id, held, short in tx.execute(queries.waiting_by_shop, {"sku_ids": array(sku_ids)}):
        found.setdefault(shop_id, {})[sku_id] = (held, short)
    return found


def lock(tx: Tx, moves: StockMoves, now: datetime) -> dict[tuple[int, int], int]:
    """Lock, in key order, the balances these moves touch; give the free good units of each, with what the moves give back added.

    Rows that entries need and do not exist yet are made first, so that there is a row to lock.
    """
    deltas = moves.deltas()
    if not deltas:
        return {}
    parameters = columns(("sku_ids", "warehouse_ids", "grades"), list(deltas))
    if moves.enter or moves.owe:
        tx.execute(queries.make_balances, parameters)
    free = {
        (sku_id, warehouse_id): on_hand - reserved - soft
        for sku_id, warehouse_id, grade, on_hand, reserved, soft in tx.execute(queries.lock_balances, {**parameters, "now": now}).fetchall()
        if grade == 1
    }
    for back in moves.give_back:
        key = (back.sku_id, back.warehouse_id)
        free[key] = free.get(key, 0) + back.quantity
    return free


def apply(tx: Tx, moves: StockMoves, *, ids: IdSource, now: datetime) -> None:
    """Write the moves; `lock` came before in the same transaction. Seven statements at most, however many moves."""
    deltas = moves.deltas()
    _update_balances(tx, deltas)
    reserves = [(r.fulfilment_id, r.line_no, r.sku_id, r.warehouse_id, r.quantity, r.is_platform_subtracted) for r in moves.reserve]
    copy_numbers(tx, queries.copy_reservations, reserves, RESERVATION_TYPES)
    _close_reservations(tx, moves)
    _copy_entries(tx, moves, now)
    _update_demand(tx, moves)
    _tell_change(tx, moves, deltas, ids)


def _update_balances(tx: Tx, deltas: dict[tuple[int, int, int], Delta]) -> None:
    rows = [(*key, d.on_hand, d.reserved, d.in_transit, d.may_be_short) for key, d in deltas.items() if d.on_hand or d.reserved or d.in_transit]
    if rows:
        _all(tx.execute(queries.update_balances, columns(BALANCE_NAMES, rows)).rowcount, len(rows), "balances")


def _close_reservations(tx: Tx, moves: StockMoves) -> None:
    closed: dict[tuple[int, int, int, int], list[int]] = {}
    for issue in moves.issue:
        closed.setdefault((issue.fulfilment_id, issue.line_no, issue.sku_id, issue.warehouse_id), [0, 0])[0] += issue.quantity
    for back in moves.give_back:
        closed.setdefault((back.fulfilment_id, back.line_no, back.sku_id, back.warehouse_id), [0, 0])[1] += back.quantity
    if closed:
        rows = [(*key, used, given_back) for key, (used, given_back) in sorted(closed.items())]
        _all(tx.execute(queries.close_reservations, columns(CLOSING_NAMES, rows)).rowcount, len(rows), "reservations")


def _all(written: int, meant: int, what: str) -> None:
    """Raise ConservationError when rows that a move needs are not there: half a move is none."""
    if written != meant:
        raise ConservationError(f"{written} of {meant} {what} were there to be changed")


def _copy_entries(tx: Tx, moves: StockMoves, now: datetime) -> None:
    issues = (
        (i.fulfilment_id, i.line_no, "issue", i.sequence, i.sku_id, i.warehouse_id, 1, -i.quantity, 0, i.cause, i.occurred_at, now)
        for i in moves.issue
    )
    others = (
        (e.document_id, e.line_no, e.kind, e.sequence, e.sku_id, e.warehouse_id, e.grade, e.quantity, e.value_minor, e.cause, e.occurred_at, now)
        for e in moves.enter
        if e.quantity
    )
    copy(tx, queries.copy_entries, (*issues, *others), any_rows=bool(moves.issue or moves.enter), types=ENTRY_TYPES)


def _update_demand(tx: Tx, moves: StockMoves) -> None:
    rows = [(sku_id, held, short) for sku_id, (held, short) in sorted(moves.demand.items()) if held or short]
    if rows:
        sku_ids = [row[0] for row in rows]
        tx.execute(queries.lock_demand, {"sku_ids": sku_ids})
        tx.execute(queries.lock_demand_rows, {"sku_ids": sku_ids})
        tx.execute(queries.update_demand, columns(("sku_id", "held", "short"), rows))


def _tell_change(tx: Tx, moves: StockMoves, deltas: dict[tuple[int, int, int], Delta], ids: IdSource) -> None:
    """One row for the push and the waker: which SKUs may be sold differently now, what platforms have subtracted by themselves."""
    changed = {key[0] for key, d in deltas.items() if d.on_hand != d.reserved}
    changed |= {sku_id for sku_id, units in moves.demand.items() if any(units)}
    sold = {listing_id: units for listing_id, units in moves.sold.items() if units}
    if changed or sold:
        parameters = {"sku_ids": array(sorted(changed)), "listing_ids": array(list(sold)), "listing_sold": array(list(sold.values()))}
        tx.execute(queries.tell_change, {"id": ids.take(1)[0], **parameters})


def take_changes_to_wake(tx: Tx, limit: int) -> list[int]:
    """SKUs changed since the waker last looked; the changes are marked as looked at."""
    rows = tx.execute(queries.take_changes_to_wake, {"limit": limit})
    return sorted({sku_id for (sku_ids,) in rows for sku_id in sku_ids})


def skus_waited_for(tx: Tx) -> list[int]:
    """SKUs that some order is short of."""
    return [row[0] for row in tx.execute(queries.skus_waited_for)]


def waiting_lines(tx: Tx, sku_ids: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """(sku_id, order_id, units short, shop_id) of lines short of these SKUs; of each SKU in the order of promise."""
    return [(row[0], row[1], row[2], row[3]) for row in tx.execute(queries.waiting_lines, {"sku_ids": list(sku_ids)})]


def forget_changes(tx: Tx) -> None:
    """Remove changes that both readers are done with."""
    tx.execute(queries.forget_changes)
