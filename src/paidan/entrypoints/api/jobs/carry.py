"""Carries an action out over a chunk of orders: lock, load, decide, write; a fixed number of statements, however many orders.

A dry run is the same without lock and write.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.jobs.decide import SPLIT_ATTEMPT, Context, carry_out, undo
from paidan.entrypoints.api.jobs.papers import asked_of, reasons_against
from paidan.entrypoints.api.jobs.parameters import Action, Told, queries
from paidan.entrypoints.api.jobs.parcels import ParcelToBe, parcels_to_be
from paidan.entrypoints.api.services import HandlerContext
from paidan.fulfilment.recall import ask_back
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import Fulfilment, Order
from paidan.orders.load import load_orders
from paidan.orders.store import fresh_fulfilments, lock_orders, reweigh, update_fulfilments, write_orders
from paidan.runtime.database import Tx
from paidan.sourcing.lanes import Lanes
from paidan.stock.moves import StockMoves
from paidan.stock.store import apply, lock

CHUNK: Final = 500
ASKABLE: Final = (FulfilmentState.RELEASED, FulfilmentState.ACCEPTED)
NOT_TAKEN: Final = (FulfilmentState.RELEASED,)
LEAVES_ORDERS: Final = frozenset({Action.MARK_PRINTED, Action.EXPORT})


class Task(Struct, frozen=True, kw_only=True):
    """What is to be done, by whom; `is_undo`: back. `warehouses`: those he sees, None all; a dry run tells him of no others."""

    action: Action
    told: Told
    actor: str
    is_undo: bool = False
    warehouses: tuple[int, ...] | None = None


class Done(Struct, frozen=True, kw_only=True):
    """What became of one order; `before` is what undoing needs; `parcels` what it would leave as, when one alone is split and nothing is written."""

    reason: Reason | None = None
    before: Any = None
    parcels: tuple[ParcelToBe, ...] = ()


def dry_run(tx: Tx, services: HandlerContext, task: Task, order_ids: Sequence[int], now: datetime) -> list[Done]:
    """What the run would answer, one for each order, in order; nothing is written."""
    if task.action == Action.PRINT:
        reasons = reasons_against(tx, asked_of(task.told, task.actor, ""), order_ids)
        return [Done(reason=reasons.get(order_id)) for order_id in order_ids]
    if task.action in LEAVES_ORDERS:
        return [Done() for _ in order_ids]
    orders = _loaded(tx, order_ids)
    context = _context(tx, services, task, orders, now)
    found = [_decided(orders.get(order_id), context, None, is_undo=False) for order_id in order_ids]
    if task.action == Action.SPLIT and len(found) == 1 and found[0].reason is None:
        return [replace(found[0], parcels=parcels_to_be(tx, services, orders[order_ids[0]], task.warehouses))]
    return found


def carry(tx: Tx, services: HandlerContext, task: Task, rows: Mapping[int, Any], now: datetime) -> dict[int, Done]:
    """Do it to these orders (id -> what was kept for undoing); what became of each. The caller commits."""
    if task.action in LEAVES_ORDERS:
        return _marked(tx, task, list(rows), now)
    lock_orders(tx, sorted(rows))
    orders = _loaded(tx, sorted(rows))
    context = _context(tx, services, task, orders, now)
    done = {order_id: _decided(orders.get(order_id), context, before, is_undo=task.is_undo) for order_id, before in rows.items()}
    _write(tx, services, [order for order in orders.values() if order.is_changed and done[order.id].reason is None], context)
    return done


def _marked(tx: Tx, task: Task, order_ids: list[int], now: datetime) -> dict[int, Done]:
    if task.action == Action.MARK_PRINTED:
        named = {"order_id": order_ids, "kind": task.told.given.kind}
        if task.is_undo:
            tx.execute(queries.unmark_printed, named)
            tx.execute(queries.forget_unprinted, named)
        else:
            tx.execute(queries.mark_printed, {**named, "by": task.actor, "now": now})
    return {order_id: Done() for order_id in order_ids}


def _loaded(tx: Tx, order_ids: Sequence[int]) -> dict[int, Order]:
    return {order.id: order for order in load_orders(tx, list(order_ids))} if order_ids else {}


def _decided(order: Order | None, context: Context, before: Any, *, is_undo: bool) -> Done:
    if order is None:
        return Done(reason=Reason.UNKNOWN_ORDER)
    reason = undo(order, context, before) if is_undo else carry_out(order, context)
    return Done(reason=reason, before=None if is_undo or reason is not None else context.before.get(order.id))


def _context(tx: Tx, services: HandlerContext, task: Task, orders: Mapping[int, Order], now: datetime) -> Context:
    """What the action must know beside the orders: at most two more statements."""
    context = Context(action=task.action, told=task.told, actor=task.actor, now=now, take_ids=services.ids.take, weight_by_sku={})
    ids = {"ids": sorted(orders)}
    if task.action in {Action.MERGE, Action.UN_MERGE}:
        # Whoever merges now would send an order alone whose mates are held; who keeps it alone means for good.
        asked = {**ids, "held_too": task.action == Action.UN_MERGE}
        context.mates = frozenset(row[0] for row in tx.execute(queries.mates, asked))
    if task.action == Action.UN_MERGE or (task.action == Action.MERGE and task.is_undo):
        # Un-merging may ask for what the warehouse has taken; undoing only for what it has not.
        states = [int(state) for state in (ASKABLE if task.action == Action.UN_MERGE else NOT_TAKEN)]
        context.leader_by_fulfilment = dict(tx.execute(queries.companies, {**ids, "states": states}).fetchall())
    if task.action == Action.SPLIT:
        skus = {line.sku_id for order in orders.values() for fulfilment in order.fulfilments for line in fulfilment.lines}
        context.weight_by_sku = dict(tx.execute(queries.weights, {"ids": sorted(skus)}).fetchall())
        lanes = Lanes(services.network.load(tx, cache_versions(tx)["network"]))
        context.freight = lambda order, fulfilment, weight_g: _freight(lanes, order, fulfilment, weight_g)
    return context


def _freight(lanes: Lanes, order: Order, fulfilment: Fulfilment, weight_g: int) -> int:
    """What this weight costs by the tables of the fulfilment's warehouse and carrier; as planned, where the tables have changed."""
    for lane in lanes.to(order.region) if order.region is not None else ():
        for tier in lane.tiers:
            if lane.warehouse.id == fulfilment.warehouse_id and tier.carrier_id == fulfilment.carrier_id:
                return tier.freight_minor(weight_g)
    return fulfilment.freight_minor


def _write(tx: Tx, services: HandlerContext, orders: Sequence[Order], context: Context) -> None:
    """Orders, then fulfilments, then stock: locks are taken in that order everywhere."""
    if not orders:
        return
    fresh_fulfilments(tx, [f for order in orders for f in order.fulfilments if f.is_changed and not f.is_new])
    moves = StockMoves(reserve=context.reserve, give_back=context.give_back)
    for order in orders:
        after = order.waiting_units()
        for sku_id in order.units_before.keys() | after.keys():
            before, now_waiting = order.units_before.get(sku_id, (0, 0)), after.get(sku_id, (0, 0))
            if before != now_waiting:
                moves.add_demand(sku_id, now_waiting[0] - before[0], now_waiting[1] - before[1])
    has_moves = bool(moves.reserve or moves.give_back or moves.demand)
    if has_moves:
        lock(tx, moves, context.now)
    write_orders(tx, orders, sealer=services.sealer, ids=services.ids, now=context.now)
    _settle_parts(tx, orders, context)
    if has_moves:
        apply(tx, moves, ids=services.ids, now=context.now)
    ask_back(tx, services.ids, orders, context.now)


def _settle_parts(tx: Tx, orders: Sequence[Order], context: Context) -> None:
    """Parts split off are stored as planned ones are; then what sets them apart is written. Wholes and parts weigh what they hold now."""
    if context.action != Action.SPLIT:
        return
    for part in context.split_off:
        part.is_new, part.attempt, part.path = False, SPLIT_ATTEMPT, []
    update_fulfilments(tx, context.split_off)
    reweigh(tx, [f for order in orders for f in order.fulfilments if f.is_changed])
