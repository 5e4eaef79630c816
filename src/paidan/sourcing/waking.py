"""Backorders are taken up by themselves when stock arrives or is given back, in the order of promise."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from paidan.network.load import Network
from paidan.orders.store import make_due
from paidan.runtime.database import Tx
from paidan.sourcing.apart import Apart
from paidan.stock.store import demands, demands_by_shop, free_stock, skus_waited_for, take_changes_to_wake, waiting_lines

WaitingLine = tuple[int, int, int, int]  # sku_id, order_id, units short, shop_id; of each SKU in the order of promise


def to_wake(lines: Iterable[WaitingLine], free: Mapping[int, int], held: Mapping[int, int]) -> set[int]:
    """Orders whose short units are covered by what is free beyond what earlier paid, held orders keep. Pure.

    Units are dealt in the order given: a line that does not fit stops its SKU, for nobody overtakes.
    """
    left = {sku_id: units - held.get(sku_id, 0) for sku_id, units in free.items()}
    woken: set[int] = set()
    for sku_id, order_id, short, *_ in lines:
        left[sku_id] = left.get(sku_id, 0) - short
        if left[sku_id] >= 0:
            woken.add(order_id)
    return woken


def to_wake_apart(lines: Iterable[WaitingLine], free: Mapping[int, Mapping[int, int]], apart: Apart) -> set[int]:
    """The same where not every warehouse serves every shop: a line is stopped only by lines that could take the same units. `apart` is used up. Pure.

    `apart` tells who holds; what is short is dealt here, line by line, beginning from nothing.
    """
    woken: set[int] = set()
    for sku_id, order_id, short, shop_id in lines:
        apart.add(shop_id, sku_id, 0, short)
        total, held, dealt = apart.seen_by(shop_id, sku_id, free.get(sku_id, {}))
        if total - held - dealt >= 0:
            woken.add(order_id)
    return woken


def wake(tx: Tx, now: datetime, limit: int = 500, *, network: Network | None = None, is_network_new: bool = False) -> int:
    """Look at the latest changes of stock and let a pass look at the orders they may serve; gives how many.

    `is_network_new`: other warehouses may serve them than before, so all backorders are looked at.
    """
    sku_ids = take_changes_to_wake(tx, limit)
    if is_network_new:
        sku_ids = skus_waited_for(tx)
    if not sku_ids:
        return 0
    lines = waiting_lines(tx, sku_ids)
    if not lines:
        return 0
    waiting = sorted({sku_id for sku_id, *_ in lines})
    free = free_stock(tx, waiting, now)
    if network is not None and network.has_bound_shops:
        held_by_shop = {shop_id: {sku: (held, 0) for sku, (held, _) in by_sku.items()} for shop_id, by_sku in demands_by_shop(tx, waiting).items()}
        woken = to_wake_apart(lines, free, Apart(network, held_by_shop))
    else:
        held = {sku_id: units[0] for sku_id, units in demands(tx, waiting).items()}
        woken = to_wake(lines, {sku_id: sum(units.values()) for sku_id, units in free.items()}, held)
    make_due(tx, sorted(woken), now)
    return len(woken)
