"""Sourcing (寻源): which warehouse sends what, with whom. Pure: stock as seen, costs from the tables, the explanation kept with the choice.

The best of all ways is taken, from one warehouse or from several (ways.py says what is better, splits.py finds the best split); ties go to fewer
parcels, then to the nearer, then to the smaller priority number. An order is sourced whole or waits whole.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network
from paidan.orders.batch import Fulfilment, FulfilmentLine, Line, Order, Region
from paidan.sourcing.apart import Apart, serving
from paidan.sourcing.lanes import Lane, Lanes, freight_of
from paidan.sourcing.policy import Aim
from paidan.sourcing.splits import best_split, may_win
from paidan.sourcing.ways import NOWHERE, Asked, FreeStock, Parcel, Units, best_alone, cost_of, load_of, parcel_of, rank, rank_alone

UNPROMISED: Final = timedelta(days=365)  # an order without a promise stands behind those that have one
SHORT: Final = str(Reason.SHORT_OF_STOCK)
PLANNED: Final = int(FulfilmentState.PLANNED)


class Supply:
    """Free stock as this pass has left it, and the units that earlier paid orders wait for: those are not given to newcomers.

    `apart`: only for a merchant some of whose shops are served by some warehouses only.
    """

    def __init__(self, free: FreeStock, demands: Mapping[int, tuple[int, int]], apart: Apart | None = None) -> None:
        self.free = free
        self._apart = apart
        self._held = {sku_id: held for sku_id, (held, _) in demands.items()}
        self._short = {sku_id: short for sku_id, (_, short) in demands.items()}

    def limit(self, sku_id: int, own_held: int, *, is_newcomer: bool, shop_id: int = 0) -> int:
        """Units an order may take. Newcomers leave what is held or short for others; who waits himself, or had them before, leaves what is held."""
        if self._apart is None:
            total, held, short = sum(self.free.get(sku_id, {}).values()), self._held.get(sku_id, 0), self._short.get(sku_id, 0)
        else:
            total, held, short = self._apart.seen_by(shop_id, sku_id, self.free.get(sku_id, {}))
        return total - (held - own_held) - (short if is_newcomer else 0)

    def let_go(self, units: Mapping[tuple[int, int], int]) -> None:
        """Plans of this pass that are cancelled give their units, by (sku_id, warehouse_id), back to whoever chooses next."""
        for (sku_id, warehouse_id), quantity in units.items():
            by_warehouse = self.free.setdefault(sku_id, {})
            by_warehouse[warehouse_id] = by_warehouse.get(warehouse_id, 0) + quantity

    def take(self, parcels: Sequence[Parcel]) -> None:
        """The units are chosen; the next order of this pass sees what is left."""
        for parcel in parcels:
            for sku_id, units in parcel.units.items():
                self.free[sku_id][parcel.lane.warehouse.id] -= units

    def wait(self, order: Order) -> None:
        """What the order waits for now, in place of what it waited for when loaded: kept from those who choose after it."""
        after = order.waiting_units()
        if not after and not order.units_before:
            return
        for sku_id in order.units_before.keys() | after.keys():
            before, now = order.units_before.get(sku_id, (0, 0)), after.get(sku_id, (0, 0))
            self._held[sku_id] = self._held.get(sku_id, 0) + now[0] - before[0]
            self._short[sku_id] = self._short.get(sku_id, 0) + now[1] - before[1]
            if self._apart is not None:
                self._apart.add(order.shop_id, sku_id, now[0] - before[0], now[1] - before[1])


Weighed = tuple[Lane, Parcel | None, Reason]


class Choice(Struct, frozen=True, kw_only=True):
    """The parcels chosen, each lane with what it would have cost alone or why it was out, and the best split if one was weighed."""

    parcels: list[Parcel] = []
    weighed: list[Weighed] = []
    split: list[Parcel] = []


class Sourcing(Asked, frozen=True, kw_only=True):
    """What decisions of one pass need beside the orders."""

    lanes: Lanes
    network: Network
    now: datetime


def decide(orders: Sequence[Order], supply: Supply, context: Sourcing, ids: Callable[[int], list[int]]) -> None:
    """Plan fulfilments for these orders; who waits longest chooses first, orders of one merge key are tried together."""
    queue = sorted(orders, key=promise)
    groups: dict[object, list[Order]] = {}
    for order in queue:
        groups.setdefault(order.merge_key or order.id, []).append(order)
    planned: list[Fulfilment] = []
    for group in groups.values():
        together = _common_warehouse(group, supply, context) if len(group) > 1 else None
        for order in group:
            planned += _source(order, supply, context, together)
    for fulfilment, fulfilment_id in zip(planned, ids(len(planned)), strict=True):
        fulfilment.id = fulfilment_id


def promise(order: Order) -> tuple[object, ...]:
    """Those already waiting first, by promise; then newcomers as they were placed. Never by arrival, so that two runs agree."""
    promise = order.ship_by_at or order.placed_at + UNPROMISED
    return (order.is_new, promise, order.placed_at, order.shop_id, order.platform_order_no)


def given_back(order: Order) -> dict[tuple[int, int], int]:
    """Units that plans cancelled in this pass give back, by (sku_id, warehouse_id)."""
    units: dict[tuple[int, int], int] = {}
    for fulfilment in order.fulfilments:
        if fulfilment.state == FulfilmentState.CANCELLED and fulfilment.is_changed:
            for line in fulfilment.lines:
                key = (line.sku_id, fulfilment.warehouse_id)
                units[key] = units.get(key, 0) + line.let_go
    return units


def needed_units(order: Order) -> Units:
    """Units that need a warehouse, by SKU."""
    units: Units = {}
    for line in order.lines:
        waiting = line.open + line.short
        if waiting and line.sku_id is not None and line.is_work:
            units[line.sku_id] = units.get(line.sku_id, 0) + waiting
    return units


def _source(order: Order, supply: Supply, context: Sourcing, together: int | None) -> Sequence[Fulfilment]:
    """What is planned for this order; ids are given when all have been decided."""
    needed = needed_units(order)
    if not needed:
        return ()
    if order.region is None:
        order.waits_for = str(Reason.ADDRESS_UNPARSED)
        supply.wait(order)
        return ()
    lanes = _lanes(order, order.region, context)
    had = {sku_id for sku_id, _ in given_back(order)} | order.units_before.keys() if order.fulfilments else order.units_before
    short = [
        sku_id
        for sku_id, units in needed.items()
        if supply.limit(sku_id, order.units_before.get(sku_id, (0, 0))[0], is_newcomer=sku_id not in had, shop_id=order.shop_id) < units
    ]
    chosen = Choice() if short else _choose(order, needed, lanes, supply, context, together)
    parcels = chosen.parcels
    story = _story(chosen, lanes, order, context)
    planned: Sequence[Fulfilment] = ()
    if parcels:
        supply.take(parcels)
        planned = _plan(order, parcels, context)
        order.fulfilments += planned
        order.waits_for = ""
        order.tell("sourced", story)
    else:
        reason = _why_not(needed, lanes, chosen.weighed, supply)
        _backorder(order, reason)
        order.tell("backordered", {**story, "reason": str(reason), "short": sorted(context.skus[s].code for s in short if s in context.skus)})
    supply.wait(order)
    return planned


def _lanes(order: Order, region: Region, context: Sourcing) -> Sequence[Lane]:
    """The ways this order may go; for most those of its region, as they are."""
    lanes: Sequence[Lane] = context.lanes.to(region)
    if context.lanes.has_bound_shops:
        lanes = serving([order.shop_id], lanes, context.network)
    return _carried(order, _wanted(order, lanes)) if order.edits or order.warehouses_refused else lanes


def _wanted(order: Order, lanes: Sequence[Lane]) -> Sequence[Lane]:
    """A warehouse named by a person is the only one; those that rejected this order are left out."""
    named = (order.edits or {}).get("warehouse_id")
    if named is not None:
        return [lane for lane in lanes if lane.warehouse.id == int(named)]
    return [lane for lane in lanes if lane.warehouse.id not in order.warehouses_refused] if order.warehouses_refused else lanes


def _carried(order: Order, lanes: Sequence[Lane]) -> Sequence[Lane]:
    """A carrier named by a person is the only one."""
    named = (order.edits or {}).get("carrier_id")
    if named is None:
        return lanes
    return [Lane(lane.warehouse, lane.distance_km, freight_of(tuple(tier for tier in lane.tiers if tier.carrier_id == int(named)))) for lane in lanes]


def _why_not(needed: Units, lanes: Sequence[Lane], weighed: Sequence[Weighed], supply: Supply) -> Reason:
    if not lanes:
        return Reason.NO_WAREHOUSE_SERVES
    if any(reason == Reason.NO_CARRIER_REACHES for _, _, reason in weighed):
        return Reason.NO_CARRIER_REACHES
    reached = [lane.warehouse.id for lane in lanes if lane.tiers]
    if weighed and all(sum(supply.free.get(sku_id, {}).get(place, 0) for place in reached) >= units for sku_id, units in needed.items()):
        return Reason.SPLIT_CAP
    return Reason.SHORT_OF_STOCK


def _backorder(order: Order, reason: Reason) -> None:
    for line in order.work_lines():
        line.short += line.open
        line.open = 0
    order.waits_for = str(reason)


def _plan(order: Order, parcels: Sequence[Parcel], context: Sourcing) -> list[Fulfilment]:
    shop = context.network.shops.get(order.shop_id)
    due_at = context.now + timedelta(seconds=shop.merge_window_s) if shop and not order.is_cod else context.now
    plans = []
    for parcel in parcels:
        left = dict(parcel.units)
        lines = [planned for line in order.lines if (line.open or line.short) and (planned := _take_units(line, left)) is not None]
        plans.append(
            Fulfilment(
                warehouse_id=parcel.lane.warehouse.id,
                carrier_id=parcel.carrier_id,
                lines=lines,
                weight_g=parcel.weight_g,
                freight_minor=parcel.freight_minor,
                transit_h=parcel.transit_h,
                release_due_at=due_at,
                path=[PLANNED],
                is_new=True,
            )
        )
    return plans


def _take_units(line: Line, left: Units) -> FulfilmentLine | None:
    """Units of this line that go into the parcel: from open ones first, then from those found short."""
    if line.sku_id is None or not line.is_work:
        return None
    quantity = min(line.waiting, left.get(line.sku_id, 0))
    if not quantity:
        return None
    left[line.sku_id] -= quantity
    from_open = min(line.open, quantity)
    line.open -= from_open
    line.short -= quantity - from_open
    line.reserved += quantity
    return FulfilmentLine(line_no=line.line_no, sku_id=line.sku_id, quantity=quantity)


def unplan_new(order: Order) -> None:
    """Settle found that the stock was taken meanwhile: the new plans of this order are dropped, its units are open again."""
    by_no = {line.line_no: line for line in order.lines}
    for fulfilment in order.fulfilments:
        if fulfilment.is_new:
            for line in fulfilment.lines:
                by_no[line.line_no].reserved -= line.quantity
                by_no[line.line_no].open += line.quantity
    order.fulfilments = [fulfilment for fulfilment in order.fulfilments if not fulfilment.is_new]
    order.steps = [step for step in order.steps if step[0] != "sourced"]
    order.waits_for = str(Reason.STOCK_TAKEN_MEANWHILE)


def _choose(order: Order, needed: Units, lanes: Sequence[Lane], supply: Supply, context: Sourcing, together: int | None) -> Choice:
    """The best way. Splits are looked for when no warehouse has all, or when one could be better than the best that has."""
    weighed = _weigh(lanes, needed, supply, context)
    whole = [parcel for _, parcel, _ in weighed if parcel is not None]
    same = [parcel for parcel in whole if parcel.lane.warehouse.id == together]
    if same:
        return Choice(parcels=same, weighed=weighed)
    best = best_alone(whole, context.policy) if whole else None
    alone = [best] if best else []
    if not context.policy.may_split or (order.edits or {}).get("sealed") or (best and not may_win(needed, lanes, best, context)):
        return Choice(parcels=alone, weighed=weighed)
    split = best_split(needed, lanes, supply.free, context)
    is_better = bool(split) and (best is None or rank(split, context.policy) < rank_alone(best, context.policy))
    return Choice(parcels=split if is_better else alone, weighed=weighed, split=split)


def _weigh(lanes: Sequence[Lane], needed: Units, supply: Supply, context: Sourcing) -> list[Weighed]:
    """What it would cost to send all of it over each lane, or why that lane is out."""
    load = load_of(needed, context)
    rooms = [(supply.free.get(sku_id, NOWHERE), units) for sku_id, units in needed.items()]
    weighed: list[Weighed] = []
    for lane in lanes:
        warehouse_id = lane.warehouse.id
        for room, units in rooms:
            if room.get(warehouse_id, 0) < units:
                weighed.append((lane, None, Reason.SHORT_OF_STOCK))
                break
        else:
            parcel = parcel_of(lane, load)
            weighed.append((lane, parcel, Reason.DEARER if parcel else Reason.NO_CARRIER_REACHES))
    return weighed


def _common_warehouse(group: Sequence[Order], supply: Supply, context: Sourcing) -> int | None:
    """The warehouse that sends all orders of one merge key in one parcel for least; None: none can."""
    together: Units = {}
    for order in group:
        for sku_id, units in needed_units(order).items():
            together[sku_id] = together.get(sku_id, 0) + units
    first = group[0]
    if not together or first.region is None:
        return None
    lanes = _carried(first, serving({order.shop_id for order in group}, context.lanes.to(first.region), context.network))
    parcels = [parcel for _, parcel, _ in _weigh(lanes, together, supply, context) if parcel is not None]
    return best_alone(parcels, context.policy).lane.warehouse.id if parcels else None


def _story(choice: Choice, lanes: Sequence[Lane], order: Order, context: Sourcing) -> dict[str, object]:
    """All candidates, what they would cost, how far they are, and why they lost; ids only, words come when it is read.

    `split`: the best split, when one was weighed; its reason is empty when it was chosen.
    """
    chosen = [parcel.lane.warehouse.id for parcel in choice.parcels]
    lost = str(Reason.FARTHER if context.policy.aim == Aim.NEAREST else Reason.DEARER)
    candidates: list[list[int | str]] = [
        [lane.warehouse.id, parcel.carrier_id, parcel.cost_minor, lane.distance_km, "" if lane.warehouse.id in chosen else lost]
        if parcel
        else [lane.warehouse.id, 0, -1, lane.distance_km, "" if lane.warehouse.id in chosen else str(reason)]
        for lane, parcel, reason in choice.weighed
    ]
    candidates += [[lane.warehouse.id, 0, -1, lane.distance_km, SHORT] for lane in lanes if not choice.weighed]
    if order.edits or order.warehouses_refused or context.lanes.has_bound_shops or order.region is None:
        seen = {lane.warehouse.id for lane in lanes}
        candidates += [
            [warehouse.id, 0, -1, -1, str(_why_out(order, warehouse.id, context.network))]
            for warehouse in context.network.warehouses.values()
            if warehouse.id not in seen
        ]
    else:
        candidates += context.lanes.out_of(order.region)
    story: dict[str, object] = {
        "policy": context.policy.version,
        "aim": str(context.policy.aim),
        "cost": cost_of(choice.parcels, context.policy),
        "parcels": _told(choice.parcels),
        "candidates": candidates,
    }
    if choice.split:
        reason = "" if choice.split is choice.parcels else lost
        story["split"] = {"cost": cost_of(choice.split, context.policy), "parcels": _told(choice.split), "reason": reason}
    return story


def _why_out(order: Order, warehouse_id: int, network: Network) -> Reason:
    if not network.is_served(order.shop_id, warehouse_id):
        return Reason.WAREHOUSE_NOT_FOR_SHOP
    return Reason.WAREHOUSE_REJECTED_BEFORE if warehouse_id in order.warehouses_refused else Reason.NO_WAREHOUSE_SERVES


def _told(parcels: Sequence[Parcel]) -> list[list[int]]:
    return [[p.lane.warehouse.id, p.carrier_id, p.cost_minor, p.freight_minor, p.weight_g] for p in parcels]
