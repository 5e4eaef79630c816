"""Goods have left (发货确认): what a confirm means for parcels, stock, lines and orders. Pure but for the ids it is given.

Quantities of an intermediate confirm are increments; a final one ends the delivery order: what was planned and not shipped is given back and
looks for another warehouse. More than planned is clamped to the plan; the surplus is an adjustment, and people are told (OVER_SHIPPED).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from paidan.counterparts.qimen.reports import CONFIRM_FINAL, DeliveryConfirm, Package
from paidan.fulfilment.decide import deliver, goods_have_left, hold_once, lines_by_no, open_again, tell, travelling
from paidan.fulfilment.load import AT_WAREHOUSE, Group, Owned, Work
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, ParcelState
from paidan.orders.batch import STOPS_ALL, FulfilmentLine, Order
from paidan.orders.parcels import Parcel, ParcelKey, ParcelLine
from paidan.runtime.outbox import OutboxRow
from paidan.stock.documents import done_document, enter_line
from paidan.stock.moves import Issue

SUBSCRIBE = "carrier.subscribe"
CARRIER_LANE = "carrier"
SHIP = "shop.ship"
SHIPPABLE = AT_WAREHOUSE | {FulfilmentState.PART_SHIPPED}


class Known(Struct, kw_only=True):
    """What confirms are read against: SKUs and carriers by code, parcels by carrier and number (grows), a source of ids."""

    skus: Mapping[str, int]
    carriers: Mapping[str, int]
    parcels: dict[ParcelKey, Parcel] = field(default_factory=dict)
    take_ids: Callable[[int], list[int]]
    now: datetime


class Slot(Struct, kw_only=True):
    """A fulfilment line that may ship in this confirm, and how much of it does."""

    owned: Owned
    line: FulfilmentLine
    taken: int = 0

    @property
    def key(self) -> str:
        """How it is named at the warehouse (orderLineNo)."""
        return f"{self.owned.fulfilment.id}-{self.line.line_no}"

    @property
    def room(self) -> int:
        """Units that may still ship."""
        return self.line.open - self.taken


class Told(Struct, frozen=True):
    """Units of a SKU that have left; `key` names the line when the warehouse says which."""

    key: str
    sku_id: int
    quantity: int


def confirm_shipping(work: Work, known: Known, group: Group, attempt: int, confirm: DeliveryConfirm, *, cause: str, at: datetime, actor: str) -> None:
    """Book one confirm of a group. `attempt` is the sending the warehouse speaks of; `at` is when the goods left."""
    leader = group.leader.fulfilment
    is_ours = leader.attempt == attempt and leader.state in SHIPPABLE
    owned = travelling(group) if is_ours else ()
    slots = [Slot(owned=pair, line=line) for pair in owned for line in pair.fulfilment.lines if line.open]
    surplus = allot(slots, told_units(confirm, known.skus, slots))
    boxes = _boxes(known, work, leader.id, leader.carrier_id, confirm, at, is_needed=any(slot.taken for slot in slots))
    pieces = pack(slots, boxes, known.skus)
    was_recalled = leader.state == FulfilmentState.RECALLING
    _book(work, slots, cause, at)
    _tell_parcels(work, known, pieces)
    is_final = confirm.confirm_type == CONFIRM_FINAL
    for pair in owned:
        _tell_order(pair, slots, pieces, actor, is_final=is_final)
        if any(slot.taken for slot in slots if slot.owned is pair):
            goods_have_left(pair.order, known.now)
        if was_recalled or _is_too_late(pair.order):
            pair.order.due_at = known.now
    if is_ours:
        _end_or_go_on(work, group, known.now, at, actor, is_final=is_final)
    if surplus:
        _over_shipped(work, known, group.leader, surplus, confirm.delivery_order_code, cause, at, actor)
    if leader.state == FulfilmentState.SHIPPED and not confirm.packages:
        _delivered_before_the_end(work, known, group, at, actor)


def told_units(confirm: DeliveryConfirm, skus: Mapping[str, int], slots: Sequence[Slot]) -> list[Told]:
    """What has left, by the lines; else by what is in the packages; packages that say nothing hold everything planned."""
    if confirm.lines and all(line.actual_qty is not None for line in confirm.lines):
        sku_by_key = {slot.key: slot.line.sku_id for slot in slots}
        return [
            Told(line.order_line_no, skus[line.item_code] if line.item_code else sku_by_key.get(line.order_line_no, 0), line.actual_qty or 0)
            for line in confirm.lines
            if line.actual_qty
        ]
    items = [item for package in confirm.packages for item in package.items]
    if items:
        return [Told(item.order_line_no, skus[item.item_code], item.quantity) for item in items if item.quantity]
    return [Told(slot.key, slot.line.sku_id, slot.room) for slot in slots] if confirm.packages else []


def allot(slots: Sequence[Slot], told: Sequence[Told]) -> dict[int, int]:
    """Give the units to the lines they were planned for; what fits nowhere comes back by SKU. A line named takes its own only."""
    surplus: dict[int, int] = {}
    for units in told:
        left = units.quantity
        named = [slot for slot in slots if slot.key == units.key and slot.line.sku_id == units.sku_id]
        for slot in named or [slot for slot in slots if slot.line.sku_id == units.sku_id]:
            taken = min(left, slot.room)
            slot.taken += taken
            left -= taken
        if left and units.sku_id:
            surplus[units.sku_id] = surplus.get(units.sku_id, 0) + left
    return surplus


class Piece(Struct, frozen=True):
    """Units of a slot in a parcel."""

    parcel: Parcel
    slot: Slot
    quantity: int


def pack(slots: Sequence[Slot], boxes: Sequence[tuple[Parcel, Package | None]], skus: Mapping[str, int]) -> list[Piece]:
    """Into which parcels the units went: as the packages tell, the rest into the first. The pieces of a slot sum to what it ships."""
    pieces = []
    left_in = {(n, m): item.quantity for n, (_, package) in enumerate(boxes) if package for m, item in enumerate(package.items)}
    for slot in slots:
        left = slot.taken
        for (n, m), there in left_in.items():
            package = boxes[n][1]
            item = package.items[m] if package else None
            if item is None or not left or not there or not _is_of(slot, item.order_line_no, skus.get(item.item_code, 0)):
                continue
            quantity = min(left, there)
            left_in[n, m] -= quantity
            left -= quantity
            pieces.append(Piece(boxes[n][0], slot, quantity))
        if left:
            pieces.append(Piece(boxes[0][0], slot, left))
    return pieces


def _is_of(slot: Slot, key: str, sku_id: int) -> bool:
    return slot.line.sku_id == sku_id and key in {"", slot.key}


def _boxes(
    known: Known, work: Work, leader_id: int, carrier_id: int, confirm: DeliveryConfirm, at: datetime, *, is_needed: bool
) -> list[tuple[Parcel, Package | None]]:
    """The parcels of a confirm, known ones or new; one without waybill, named by the delivery order, when goods left and no package is told."""
    told: list[tuple[ParcelKey, Package | None]] = [(parcel_key(package, known.carriers, carrier_id), package) for package in confirm.packages]
    if not told and is_needed:
        told = [((carrier_id, confirm.delivery_order_code), None)]
    boxes = []
    for key, package in told:
        parcel = known.parcels.get(key)
        if parcel is None:
            parcel = Parcel(
                id=known.take_ids(1)[0],
                fulfilment_id=leader_id,
                carrier_id=key[0],
                tracking_no=key[1],
                weight_g=package.weight_g or 0 if package else 0,
                shipped_at=at,
                is_new=True,
            )
            known.parcels[key] = parcel
            work.parcels.append(parcel)
            if package is not None:
                row = OutboxRow(lane=CARRIER_LANE, kind=SUBSCRIBE, ref_id=parcel.id, business_key=str(parcel.id), due_at=known.now)
                work.outbox.append(row)
        boxes.append((parcel, package))
    return boxes


def parcel_key(package: Package, carriers: Mapping[str, int], carrier_id: int) -> ParcelKey:
    """Carrier and waybill of a package; a carrier we do not know is taken for the one we asked for."""
    return carriers.get(package.logistics_code, carrier_id), package.express_code


def _book(work: Work, slots: Sequence[Slot], cause: str, at: datetime) -> None:
    for slot in slots:
        if not slot.taken:
            continue
        line, fulfilment = slot.line, slot.owned.fulfilment
        work.moves.issue.append(
            Issue(
                fulfilment_id=fulfilment.id,
                line_no=line.line_no,
                sku_id=line.sku_id,
                warehouse_id=fulfilment.warehouse_id,
                quantity=slot.taken,
                sequence=line.shipped + 1,
                cause=cause,
                occurred_at=at,
            )
        )
        line.shipped += slot.taken
        order_line = lines_by_no(slot.owned.order)[line.line_no]
        order_line.in_fulfilment -= slot.taken
        order_line.shipped += slot.taken
        fulfilment.is_changed = True
        slot.owned.order.is_changed = True
        work.shipped_ats.setdefault(fulfilment.id, at)


def _tell_parcels(work: Work, known: Known, pieces: Sequence[Piece]) -> None:
    """Write what went where; the shop of each order hears of each parcel once."""
    for piece in pieces:
        order, fulfilment = piece.slot.owned.order, piece.slot.owned.fulfilment
        work.parcel_lines.append(
            ParcelLine(
                parcel_id=piece.parcel.id,
                order_id=order.id,
                line_no=piece.slot.line.line_no,
                fulfilment_id=fulfilment.id,
                quantity=piece.quantity,
            )
        )
        if order.id not in piece.parcel.order_ids:
            piece.parcel.order_ids.add(order.id)
            work.outbox.append(
                OutboxRow(
                    lane=f"shop:{order.shop_id}",
                    kind=SHIP,
                    ref_id=piece.parcel.id,
                    business_key=str(order.id),
                    args={"order_id": str(order.id)},
                    due_at=known.now,
                )
            )


def _tell_order(pair: Owned, slots: Sequence[Slot], pieces: Sequence[Piece], actor: str, *, is_final: bool) -> None:
    units = {str(slot.line.line_no): slot.taken for slot in slots if slot.owned is pair and slot.taken}
    parcels = sorted({piece.parcel.tracking_no for piece in pieces if piece.slot.owned is pair})
    if units:
        detail = {"fulfilment": pair.fulfilment.id, "lines": units, "parcels": parcels, "is_final": is_final}
        tell(pair.order, "shipped", detail, actor=actor)


def _is_too_late(order: Order) -> bool:
    """Units are wanted back that have just left: a pass shall tell people."""
    return order.is_wanted_back or any(line.taken_back > line.cancelled for line in order.lines if line.shipped)


def _end_or_go_on(work: Work, group: Group, now: datetime, at: datetime, actor: str, *, is_final: bool) -> None:
    """Move the group: ended when this was the last confirm or nothing is left; under way once anything has left."""
    owned = travelling(group)
    if is_final:
        for pair in owned:
            _give_back_rest(work, pair, now, actor)
    has_left = any(line.shipped for pair in owned for line in pair.fulfilment.lines)
    is_empty = not any(line.open for pair in owned for line in pair.fulfilment.lines)
    for pair in owned:
        fulfilment = pair.fulfilment
        mine_left = any(line.shipped for line in fulfilment.lines)
        mine_open = any(line.open for line in fulfilment.lines)
        under_way = fulfilment.state == FulfilmentState.PART_SHIPPED
        is_leader = pair is group.leader
        if is_final or is_empty or (mine_left and not mine_open and not is_leader):
            fulfilment.move(FulfilmentState.SHIPPED if mine_left or under_way else FulfilmentState.CANCELLED)
            if mine_left:
                work.shipped_ats.setdefault(fulfilment.id, at)
        elif (mine_left or (is_leader and has_left)) and not under_way:
            fulfilment.move(FulfilmentState.PART_SHIPPED)


def _give_back_rest(work: Work, pair: Owned, now: datetime, actor: str) -> None:
    units = open_again(work, pair, now)
    if units:
        warehouse_id = pair.fulfilment.warehouse_id
        if warehouse_id not in pair.order.warehouses_refused:
            pair.order.warehouses_refused = [*pair.order.warehouses_refused, warehouse_id]
        tell(pair.order, "shipped_short", {"fulfilment": pair.fulfilment.id, "warehouse": warehouse_id, "units": units}, actor=actor)


def _over_shipped(work: Work, known: Known, leader: Owned, surplus: Mapping[int, int], number: str, cause: str, at: datetime, actor: str) -> None:
    document = done_document(known.take_ids(1)[0], "adjustment", leader.fulfilment.warehouse_id, number, known.now, actor)
    for sku_id, units in sorted(surplus.items()):
        work.moves.enter.append(enter_line(document, sku_id, -units, cause=cause, occurred_at=at))
    work.documents.append(document)
    hold_once(leader.order, Reason.OVER_SHIPPED, known.now, note=number, stops=STOPS_ALL)
    detail = {"fulfilment": leader.fulfilment.id, "units": {str(sku_id): units for sku_id, units in surplus.items()}}
    tell(leader.order, "over_shipped", detail, actor=actor)


def _delivered_before_the_end(work: Work, known: Known, group: Group, at: datetime, actor: str) -> None:
    """The last confirm only closes what was shipped before: if those parcels have arrived, so has all of it."""
    mine = [parcel for parcel in known.parcels.values() if parcel.fulfilment_id == group.leader.fulfilment.id]
    if mine and all(parcel.state == ParcelState.DELIVERED for parcel in mine):
        deliver(work, group, at, actor)
