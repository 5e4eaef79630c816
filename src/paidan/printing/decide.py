"""Lays out what is printed: shipments become papers. Pure: no clock, no drawing; the papers say what stands where, the renderers how it looks."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from paidan.kernel.money import from_minor
from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.printing.load import ENDED, Line, Shipment
from paidan.printing.papers import Basket, Contact, Kind, Label, PackedLine, PackedOrder, PackingList, Paper, PickLine, PickList
from paidan.printing.shortening import columns_of, shortened

GOODS_SHOWN: Final = 5
HOME: Final = frozenset({"", "CN"})
GOODS_COLUMNS: Final = 35  # the QR code of a label stands beside them
_NUMBERS = re.compile(r"(\d+)")


class Box(Struct, frozen=True, kw_only=True):
    """One parcel of a shipment, or what is in none yet (no tracking number); units by place of the line in the shipment."""

    tracking_no: str
    carrier: str
    carrier_code: str
    weight_g: int
    lines: tuple[tuple[Line, int], ...]

    @property
    def units(self) -> int:
        """Units that lie in it."""
        return sum(quantity for _, quantity in self.lines)


def refuse(kind: Kind, shipments: Sequence[Shipment], receivers: Mapping[int, Receiver] | None, *, again: bool) -> tuple[Problem, ...]:
    """Why these can't be printed, one problem for each shipment concerned; none: they can. `receivers` None: not unsealed yet, so not asked."""
    found = ((shipment, reason_against(kind, shipment, receivers, again=again)) for shipment in shipments)
    return tuple(Problem(field="fulfilment_no", reason=reason, detail=_number(shipment)) for shipment, reason in found if reason is not None)


def reason_against(kind: Kind, shipment: Shipment, receivers: Mapping[int, Receiver] | None, *, again: bool) -> Reason | None:
    """Why this one can't be printed; None: it can. `receivers` as in `refuse`."""
    has_work = any(_left(shipment)) if kind == Kind.PICK_LIST else any(boxes_of(shipment))
    if not has_work:
        return Reason.NOTHING_TO_PRINT
    if shipment.times and not again:
        return Reason.ALREADY_PRINTED
    if kind == Kind.LABEL and receivers is not None and shipment.receiver_id not in receivers:
        return Reason.RECEIVER_ERASED
    return None


def lay_out(kind: Kind, shipments: Sequence[Shipment], receivers: Mapping[int, Receiver], run_no: str, now: datetime) -> tuple[Paper, ...]:
    """The papers, in the order in which the shipments were named; pick lists by warehouse."""
    if kind == Kind.PICK_LIST:
        return tuple(pick_lists(shipments, run_no, now))
    if kind == Kind.PACKING_LIST:
        return tuple(paper for shipment in shipments for paper in packing_lists(shipment, now))
    return tuple(paper for shipment in shipments for paper in labels(shipment, receivers[shipment.receiver_id], now))


def _number(shipment: Shipment) -> str:
    return fulfilment_no(shipment.leader_id, shipment.attempt)


def _local(shipment: Shipment, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(shipment.time_zone))


def _left(shipment: Shipment) -> Iterator[tuple[Line, int]]:
    """What is in no parcel yet and still to be sent."""
    if shipment.state not in ENDED:
        yield from ((line, line.left) for line in shipment.lines if line.left > 0)


def boxes_of(shipment: Shipment) -> list[Box]:
    """The parcels there are, then what is in none yet, if anything."""
    by_key = {(line.fulfilment_id, line.line_no): line for line in shipment.lines}
    boxes = [
        Box(
            tracking_no=parcel.tracking_no,
            carrier=parcel.carrier,
            carrier_code=parcel.carrier_code,
            weight_g=parcel.weight_g,
            lines=tuple((by_key[key], quantity) for key, quantity in parcel.units.items() if key in by_key),
        )
        for parcel in shipment.parcels
    ]
    if rest := tuple(_left(shipment)):
        weight_g = 0 if boxes else shipment.weight_g
        boxes.append(Box(tracking_no="", carrier=shipment.carrier, carrier_code=shipment.carrier_code, weight_g=weight_g, lines=rest))
    return boxes


# ---------------------------------------------------------------- pick lists


def pick_lists(shipments: Sequence[Shipment], run_no: str, now: datetime) -> Iterator[PickList]:
    """One list for each warehouse, by its code: SKUs along the shelves, and which basket each unit goes into."""
    by_warehouse: dict[tuple[str, int], list[Shipment]] = defaultdict(list)
    for shipment in shipments:
        by_warehouse[shipment.warehouse_code, shipment.warehouse_id].append(shipment)
    for key in sorted(by_warehouse):
        yield _pick_list(by_warehouse[key], run_no, now)


def _pick_list(shipments: Sequence[Shipment], run_no: str, now: datetime) -> PickList:
    first = shipments[0]
    wanted: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    line_by_sku: dict[str, Line] = {}
    for number, shipment in enumerate(shipments, 1):
        for line, left in _left(shipment):
            line_by_sku[line.sku] = line
            wanted[line.sku][number] += left
    lines = sorted(line_by_sku.values(), key=along_the_shelves)
    return PickList(
        run_no=run_no,
        warehouse=first.warehouse,
        warehouse_code=first.warehouse_code,
        lines=tuple(_pick_line(line, wanted[line.sku]) for line in lines),
        baskets=tuple(_basket(number, shipment) for number, shipment in enumerate(shipments, 1)),
        units=sum(sum(units.values()) for units in wanted.values()),
        printed_at=_local(first, now),
        times=max(shipment.times for shipment in shipments) + 1,
    )


def _pick_line(line: Line, units: Mapping[int, int]) -> PickLine:
    return PickLine(
        place=line.place, sku=line.sku, name=line.name, barcode=line.barcode, quantity=sum(units.values()), baskets=tuple(sorted(units.items()))
    )


def _basket(number: int, shipment: Shipment) -> Basket:
    return Basket(
        number=number,
        fulfilment_no=_number(shipment),
        order_nos=tuple(dict.fromkeys(part.order_no for part in shipment.parts)),
        carrier=shipment.carrier,
        units=sum(left for _, left in _left(shipment)),
    )


def along_the_shelves(line: Line) -> tuple[bool, list[tuple[int, str]], list[tuple[int, str]]]:
    """How pick lines are sorted: by place, then SKU, numbers in them as numbers (A-2 before A-10); what has no place comes last."""
    return (not line.place, _natural(line.place), _natural(line.sku))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in _NUMBERS.split(text) if piece]


# ---------------------------------------------------------------- what goes with a parcel


def packing_lists(shipment: Shipment, now: datetime) -> Iterator[PackingList]:
    """One list for each parcel; only the orders of which something lies in it."""
    part_by_id = {part.fulfilment_id: part for part in shipment.parts}
    boxes = boxes_of(shipment)
    for n, box in enumerate(boxes, 1):
        inside = {line.fulfilment_id for line, _ in box.lines}
        yield PackingList(
            fulfilment_no=_number(shipment),
            tracking_no=box.tracking_no,
            carrier=box.carrier,
            warehouse=shipment.warehouse,
            receiver=shipment.receiver_mask,
            region=shipment.receiver_region,
            orders=tuple(
                PackedOrder(
                    order_no=part.order_no,
                    platform_order_no=part.platform_order_no,
                    shop=part.shop,
                    placed_at=_local(shipment, part.placed_at),
                )
                for part in shipment.parts
                if part.fulfilment_id in inside
            ),
            lines=tuple(
                PackedLine(order_no=part_by_id[line.fulfilment_id].order_no, sku=line.sku, name=line.name, barcode=line.barcode, quantity=quantity)
                for line, quantity in box.lines
            ),
            units=box.units,
            box=n,
            boxes=len(boxes),
            printed_at=_local(shipment, now),
            times=shipment.times + 1,
        )


def labels(shipment: Shipment, receiver: Receiver, now: datetime) -> Iterator[Label]:
    """One label for each parcel, with the receiver in clear. What has no waybill number yet gets one with the fulfilment's number to scan."""
    boxes = boxes_of(shipment)
    shop = shipment.parts[0].shop
    for n, box in enumerate(boxes, 1):
        goods = goods_of(box)
        yield Label(
            fulfilment_no=_number(shipment),
            tracking_no=box.tracking_no,
            carrier=box.carrier,
            carrier_code=box.carrier_code,
            receiver=Contact(name=receiver.name, phone=receiver.phone, region=_region(receiver), detail=_detail(receiver)),
            sender=Contact(
                name=shipment.sender_name or shop, phone=shipment.sender_phone, region=shipment.warehouse_region, detail=shipment.warehouse_detail
            ),
            order_nos=tuple(dict.fromkeys(part.order_no for part in shipment.parts)),
            shop=shop,
            goods=goods[:GOODS_SHOWN],
            goods_left_out=max(len(goods) - GOODS_SHOWN, 0),
            units=box.units,
            weight_g=box.weight_g,
            is_cod=shipment.is_cod,
            collect=_collected(shipment) if shipment.is_cod and n == 1 else "",
            box=n,
            boxes=len(boxes),
            printed_at=_local(shipment, now),
            times=shipment.times + 1,
        )


def _collected(shipment: Shipment) -> str:
    return f"{shipment.currency} {from_minor(shipment.collect_minor, shipment.currency)}"


def goods_of(box: Box) -> tuple[str, ...]:
    """The goods of a parcel in short: name × units, equal SKUs together; the name is cut, the units never."""
    units: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for line, quantity in box.lines:
        units[line.sku] += quantity
        names[line.sku] = line.name or line.sku
    counted = {sku: f" × {quantity}" for sku, quantity in units.items()}
    return tuple(shortened(names[sku], GOODS_COLUMNS - columns_of(count)) + count for sku, count in counted.items())


def _region(receiver: Receiver) -> str:
    """Province, city, district and town on one line; municipalities are named once, countries only abroad."""
    pieces = dict.fromkeys(piece for piece in (receiver.province, receiver.city, receiver.district, receiver.town) if piece)
    abroad = [receiver.country] if receiver.country not in HOME else []
    return " ".join([*pieces, *abroad])


def _detail(receiver: Receiver) -> str:
    """Street and house; the postcode abroad only: in China platforms send a made-up one."""
    return " ".join(filter(None, (receiver.detail, "" if receiver.country in HOME else receiver.zip_code)))
