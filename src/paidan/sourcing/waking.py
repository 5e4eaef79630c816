"""Backorders are taken up by themselves when stock arrives or is given back, in the order of promise."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from paidan.orders.store import make_due
from paidan.runtime.database import Tx
from paidan.stock.store import demands, free_stock, take_changes_to_wake, waiting_lines

WaitingLine = tuple[int, int, int]  # sku_id, order_id, units short; of each SKU in the order of promise


def to_wake(lines: Iterable[WaitingLine], free: Mapping[int, int], held: Mapping[int, int]) -> set[int]:
    """Orders whose short units are covered by what is free beyond what earlier paid, held orders keep. Pure.

    Units are dealt in the order given: a line that does not fit stops its SKU, for nobody overtakes.
    """
    left = {sku_id: units - held.get(sku_id, 0) for sku_id, units in free.items()}
    woken: set[int] = set()
    for sku_id, order_id, short in lines:
        left[sku_id] = left.get(sku_id, 0) - short
        if left[sku_id] >= 0:
            woken.add(order_id)
    return woken


def wake(tx: Tx, now: datetime, limit: int = 500) -> int:
    """Look at the latest changes of stock and let a pass look at the orders they may serve; gives how many."""
    sku_ids = take_changes_to_wake(tx, limit)
    if not sku_ids:
        return 0
    lines = waiting_lines(tx, sku_ids)
    if not lines:
        return 0
    waiting = sorted({sku_id for sku_id, _, _ in lines})
    free = {sku_id: sum(units.values()) for sku_id, units in free_stock(tx, waiting, now).items()}
    held = {sku_id: units[0] for sku_id, units in demands(tx, waiting).items()}
    woken = to_wake(lines, free, held)
    make_due(tx, sorted(woken), now)
    return len(woken)
