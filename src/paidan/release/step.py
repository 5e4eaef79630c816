"""The release step: claims fulfilments whose window has ended, decides, writes once, leaves the calls to the warehouses in the outbox."""

from collections.abc import Sequence
from datetime import datetime

from paidan.catalog.load import cache_versions
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network, NetworkCache
from paidan.orders.batch import Fulfilment, Order
from paidan.orders.conclude import conclude
from paidan.orders.load import load_orders
from paidan.orders.store import fresh_fulfilments, fresh_versions, write_orders
from paidan.release.decide import Leader, decide
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.passes import PassReport
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, copied_together
from paidan.runtime.sealing import Sealer
from paidan.runtime.waiting import share_of

queries = load_queries("paidan.release")

CREATE = "wms.create"


class ReleaseStep:
    """Release as a step of a worker."""

    name = "release"

    def __init__(self, network: NetworkCache, ids: IdSource, sealer: Sealer) -> None:
        self._network = network
        self._ids = ids
        self._sealer = sealer

    def claim(self, tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[int]:
        """Fulfilments whose merge window has ended."""
        return due_fulfilments(tx, buckets, limit, now)

    def run(self, tx: Tx, items: list[int], now: datetime) -> PassReport:
        """Release them with those that travel with them."""
        network = self._network.load(tx, cache_versions(tx)["network"])
        sent = release(tx, items, network=network, ids=self._ids, sealer=self._sealer, now=now)
        return PassReport(outcomes={"released": sent})

    def set_aside(self, tx: Tx, item: int, error: BaseException, now: datetime) -> None:
        """A fulfilment that cannot be decided is released no more until its order is looked at."""
        del error, now
        tx.execute(queries.set_aside_fulfilment, {"id": item})


def due_fulfilments(tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[int]:
    """Ids of planned fulfilments whose merge window has ended."""
    return [row[0] for row in tx.execute(queries.due_fulfilments, {**share_of(buckets, limit), "now": now})]


def release(tx: Tx, fulfilment_ids: Sequence[int], *, network: Network, ids: IdSource, sealer: Sealer, now: datetime) -> int:
    """Release what is due and may go; gives how many. What somebody else changed meanwhile stays due."""
    order_ids = [row[0] for row in tx.execute(queries.orders_to_release, {"ids": list(fulfilment_ids)})]
    orders = load_orders(tx, sorted(order_ids))
    fresh = fresh_versions(tx, orders)
    planned = [f for order in orders for f in order.fulfilments if f.state == FulfilmentState.PLANNED]
    still = fresh_fulfilments(tx, planned)
    ours = [order for order in orders if order.id in fresh and _untouched(order, still)]
    leaders = decide(ours, set(fulfilment_ids), network, now)
    changed = [order for order in ours if order.is_changed]
    for order in changed:
        conclude(order)
    with copied_together(tx):
        write_orders(tx, changed, sealer=sealer, ids=ids, now=now)
        put(tx, ids, calls(leaders, network, now))
    return len(leaders)


def release_at_once(tx: Tx, orders: Sequence[Order], *, network: Network, now: datetime) -> list[Leader]:
    """Release what a pass has just planned and need not wait: its orders are in hand, so nothing is loaded and each row is written once.

    Left to the release step: orders with an older plan, and those with whom an older plan waits to travel.
    """
    planned = [order for order in orders if _has_new_plans_only(order)]
    due = {f.id for order in planned for f in order.fulfilments if f.is_new and f.release_due_at is not None and f.release_due_at <= now}
    if not due:
        return []
    keys = sorted({order.merge_key for order in planned if order.merge_key is not None})
    waiting = {row[0] for row in tx.execute(queries.merge_keys_waiting, {"keys": array(keys)}, binary=True).fetchall()}
    return decide([order for order in planned if order.merge_key not in waiting], due, network, now)


def _has_new_plans_only(order: Order) -> bool:
    plans = [fulfilment.is_new for fulfilment in order.fulfilments if fulfilment.state == FulfilmentState.PLANNED]
    return bool(plans) and all(plans)


def _untouched(order: Order, still: set[int]) -> bool:
    return all(f.id in still for f in order.fulfilments if _is_planned(f))


def _is_planned(fulfilment: Fulfilment) -> bool:
    return fulfilment.state == FulfilmentState.PLANNED


def calls(leaders: Sequence[Leader], network: Network, now: datetime) -> list[OutboxRow]:
    """What the warehouses must hear of these releases. Where people work with our own phone page nobody is called: it shows them what is released."""
    return [_call(leader, now) for leader in leaders if not network.is_worked_here(leader.fulfilment.warehouse_id)]


def _call(leader: Leader, now: datetime) -> OutboxRow:
    fulfilment = leader.fulfilment
    return OutboxRow(
        lane=f"warehouse:{fulfilment.warehouse_id}",
        kind=CREATE,
        ref_id=fulfilment.id,
        business_key=str(fulfilment.id),
        due_at=now,
    )
