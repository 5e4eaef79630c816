"""Takes fulfilments up under lock, each with those that travel with it and with the whole of their orders; writes back what was decided."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import Fulfilment, Order
from paidan.orders.conclude import conclude
from paidan.orders.load import load_orders
from paidan.orders.parcels import Parcel, ParcelLine, mark_accepted, mark_delivered, mark_shipped, write_parcels
from paidan.orders.store import lock_orders, write_orders
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array
from paidan.runtime.sealing import Sealer
from paidan.stock.documents import Document, done_document, enter_line, on_hand, write_documents
from paidan.stock.moves import StockMoves
from paidan.stock.store import apply, lock

queries = load_queries("paidan.fulfilment")

AT_WAREHOUSE = frozenset({FulfilmentState.RELEASED, FulfilmentState.ACCEPTED, FulfilmentState.RECALLING})
FOUND_BY_SHIPPING = "found by shipping"


class Owned(Struct, frozen=True):
    """A fulfilment beside its order."""

    order: Order
    fulfilment: Fulfilment


class Group(Struct, frozen=True):
    """What a warehouse knows as one delivery order: the leader and those that travel with it now or did to the end."""

    leader: Owned
    members: tuple[Owned, ...] = ()

    @property
    def all(self) -> tuple[Owned, ...]:
        """Leader first."""
        return (self.leader, *self.members)


class Work(Struct, kw_only=True):
    """Everything one transaction has taken up and decided. Drafts are changed in place; `finish` writes them once."""

    orders: dict[int, Order] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)  # by the leader's id
    receiver_ids: dict[int, int] = field(default_factory=dict)  # the receiver each fulfilment was made for
    moves: StockMoves = field(default_factory=StockMoves)
    outbox: list[OutboxRow] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    parcel_lines: list[ParcelLine] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    rest_dropped: list[int] = field(default_factory=list)  # leaders that had shipped in part, whose rest will not leave
    wms_refs: dict[int, str] = field(default_factory=dict)
    shipped_ats: dict[int, datetime] = field(default_factory=dict)
    delivered_ats: dict[int, datetime] = field(default_factory=dict)


def take(tx: Tx, fulfilment_ids: Iterable[int]) -> Work:
    """Lock the orders, then the fulfilments, both in key order, then read them. Seven statements, however many; none for nothing.

    When the company of a fulfilment changed while the locks were waited for, they are taken once more.
    """
    wanted = sorted(set(fulfilment_ids))
    if not wanted:
        return Work()
    named = {"ids": array(wanted)}
    order_ids: list[int] = []
    locked: list[tuple[Any, ...]] = []
    while not order_ids or any(order_id not in order_ids for _, order_id, _ in locked):
        order_ids = sorted(row[0] for row in tx.execute(queries.orders_of, named))
        if not order_ids:
            return Work()
        lock_orders(tx, order_ids)
        locked = tx.execute(queries.lock_groups, named).fetchall()
    orders = {order.id: order for order in load_orders(tx, order_ids, with_ended=True)}
    receiver_ids = {fulfilment_id: receiver_id for fulfilment_id, _, receiver_id in locked}
    return Work(orders=orders, groups=groups_of(orders, wanted), receiver_ids=receiver_ids)


def groups_of(orders: Mapping[int, Order], leader_ids: Iterable[int]) -> dict[int, Group]:
    """The groups led by these fulfilments, out of the orders loaded. Pure."""
    owned = {f.id: Owned(order, f) for order in orders.values() for f in order.fulfilments}
    members: dict[int, list[Owned]] = {}
    for pair in owned.values():
        if pair.fulfilment.merged_into_id is not None:
            members.setdefault(pair.fulfilment.merged_into_id, []).append(pair)
    return {leader_id: Group(owned[leader_id], tuple(members.get(leader_id, ()))) for leader_id in leader_ids if leader_id in owned}


def finish(tx: Tx, work: Work, *, ids: IdSource, sealer: Sealer, now: datetime) -> None:
    """Write everything decided, each row once: orders and fulfilments (locked), parcels, documents, stock, outbox."""
    for order in work.orders.values():
        if order.is_changed:
            conclude(order)
            _waits_no_longer(order, work)
    _settle_stock(tx, work, ids, now)
    write_orders(tx, list(work.orders.values()), sealer=sealer, ids=ids, now=now)
    write_parcels(tx, work.parcels, work.parcel_lines)
    mark_accepted(tx, work.wms_refs)
    mark_shipped(tx, work.shipped_ats)
    mark_delivered(tx, work.delivered_ats)
    write_documents(tx, work.documents)
    if work.moves.deltas() or work.moves.demand:
        apply(tx, work.moves, ids=ids, now=now)
    put(tx, ids, work.outbox)


def _waits_no_longer(order: Order, work: Work) -> None:
    """The demand follows the units that became open again or ceased to be."""
    after = order.waiting_units()
    for sku_id in order.units_before.keys() | after.keys():
        before, left = order.units_before.get(sku_id, (0, 0)), after.get(sku_id, (0, 0))
        work.moves.add_demand(sku_id, left[0] - before[0], left[1] - before[1])


def _settle_stock(tx: Tx, work: Work, ids: IdSource, now: datetime) -> None:
    """Lock the balances. Where goods left that the books no longer had, the books are put right first: a warehouse can't ship what is not there."""
    if not work.moves.deltas():
        return
    lock(tx, work.moves, now)
    if not any(delta.on_hand < 0 for delta in work.moves.deltas().values()):
        return
    there = on_hand(tx, work.moves)
    missing = {key: there[key] + delta.on_hand for key, delta in work.moves.deltas().items() if there[key] + delta.on_hand < 0}
    by_warehouse: dict[int, Document] = {}
    for (sku_id, warehouse_id, grade), below in missing.items():
        if warehouse_id not in by_warehouse:
            by_warehouse[warehouse_id] = done_document(ids.take(1)[0], "adjustment", warehouse_id, FOUND_BY_SHIPPING, now, "system")
        document = by_warehouse[warehouse_id]
        work.moves.enter.append(enter_line(document, sku_id, -below, cause=FOUND_BY_SHIPPING, occurred_at=now, grade=grade))
    work.documents += by_warehouse.values()
