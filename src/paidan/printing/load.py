"""Reads what is to be printed: which fulfilments the given numbers mean, then all of them in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, ParcelState
from paidan.orders.fulfilment_no import read_fulfilment_no
from paidan.printing.papers import Kind
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.printing")

PICKED_STATES: Final = (FulfilmentState.MERGED, FulfilmentState.RELEASED, FulfilmentState.ACCEPTED, FulfilmentState.PART_SHIPPED)
"""A plan may still change and what is asked back must not be packed: neither is printed. A member is printed as long as its leader is."""
ENDED: Final = frozenset({FulfilmentState.SHIPPED, FulfilmentState.DELIVERED})


def printed_states(kind: Kind) -> list[int]:
    """In which states a fulfilment can be printed: what goes with a parcel may be printed once more when that has left."""
    return [int(state) for state in (PICKED_STATES if kind == Kind.PICK_LIST else (*PICKED_STATES, *sorted(ENDED)))]


class Part(Struct, frozen=True, kw_only=True):
    """A fulfilment that travels in a shipment: the leader or a member. Times in UTC."""

    fulfilment_id: int
    order_id: int
    order_no: str
    platform_order_no: str
    placed_at: datetime
    shop: str


class Line(Struct, frozen=True, kw_only=True):
    """A line of a part. `left`: units that are in no parcel yet and still to be sent."""

    fulfilment_id: int
    line_no: int
    sku: str
    name: str
    barcode: str
    place: str
    left: int


class Parcel(Struct, frozen=True, kw_only=True):
    """A parcel of a shipment; units by (fulfilment id, line number)."""

    parcel_id: int
    tracking_no: str
    carrier: str
    carrier_code: str
    weight_g: int
    units: Mapping[tuple[int, int], int]


class Shipment(Struct, frozen=True, kw_only=True):
    """What a warehouse knows under one fulfilment number: a fulfilment alone, or a leader with its members. `times`: how often it was printed."""

    leader_id: int
    attempt: int
    state: int
    warehouse_id: int
    warehouse_code: str
    warehouse: str
    warehouse_region: str
    warehouse_detail: str
    time_zone: str
    sender_name: str
    sender_phone: str
    carrier: str
    carrier_code: str
    receiver_id: int
    receiver_mask: str
    receiver_region: str
    is_cod: bool
    collect_minor: int
    currency: str
    weight_g: int
    times: int
    parts: tuple[Part, ...] = ()
    lines: tuple[Line, ...] = ()
    parcels: tuple[Parcel, ...] = ()


class Found(Struct, frozen=True, kw_only=True):
    """Which shipments are meant, in the order they were named, each once, and those of each number; and what could not be found or not be printed."""

    leader_ids: tuple[int, ...]
    problems: tuple[Problem, ...]
    leaders_by_no: Mapping[str, tuple[int, ...]]


def find_by_orders(tx: Tx, kind: Kind, order_nos: Sequence[str], sees: Mapping[str, Any]) -> Found:
    """The shipments of these orders, as far as the caller sees them (`sees`: shops, warehouses; None = all). One statement."""
    rows = tx.execute(queries.shipments_of_orders, {"numbers": list(order_nos), "states": printed_states(kind), **sees}).fetchall()
    return _found(rows, order_nos, "order_nos", Reason.UNKNOWN_ORDER)


def find_by_fulfilments(tx: Tx, kind: Kind, fulfilment_nos: Sequence[str], sees: Mapping[str, Any]) -> Found:
    """The shipments of these fulfilment numbers; a number of an earlier sending is unknown. One statement."""
    read = [read_fulfilment_no(text) or (0, 0) for text in fulfilment_nos]
    named = {"ids": [number for number, _ in read], "attempts": [attempt for _, attempt in read], "states": printed_states(kind), **sees}
    return _found(tx.execute(queries.shipments_of_fulfilments, named).fetchall(), fulfilment_nos, "fulfilment_nos", Reason.UNKNOWN_FULFILMENT)


def _found(rows: Sequence[tuple[int, bool, int | None]], numbers: Sequence[str], field: str, unknown: Reason) -> Found:
    """Rows: (place in the question, does the caller see it, a shipment of it that can be printed)."""
    leaders: dict[int, None] = {}
    problems: dict[int, Problem] = {}
    of_number: dict[str, dict[int, None]] = defaultdict(dict)
    for n, is_seen, leader_id in rows:
        if leader_id is not None:
            leaders[leader_id] = None
            of_number[numbers[n - 1]][leader_id] = None
        else:
            reason = Reason.NOTHING_TO_PRINT if is_seen else unknown
            problems[n] = Problem(field=f"{field}.{n - 1}", reason=reason, detail=numbers[n - 1])
    leaders_by_no = {number: tuple(of_it) for number, of_it in of_number.items()}
    return Found(leader_ids=tuple(leaders), problems=tuple(problems.values()), leaders_by_no=leaders_by_no)


def load_shipments(tx: Tx, leader_ids: Sequence[int], kind: Kind) -> list[Shipment]:
    """The shipments whole, in that order. Four statements, however many."""
    named = {"ids": list(leader_ids), "kind": kind.value, "cancelled": int(ParcelState.CANCELLED)}
    heads = tx.execute(queries.shipment_heads, named).fetchall()
    parts, lines = defaultdict(list), defaultdict(list)
    for leader_id, *row in tx.execute(queries.shipment_parts, named):
        parts[leader_id].append(Part(**dict(zip(Part.__struct_fields__, row, strict=True))))
    for leader_id, *row in tx.execute(queries.shipment_lines, named):
        lines[leader_id].append(Line(**dict(zip(Line.__struct_fields__, row, strict=True))))
    parcels = _parcels(tx.execute(queries.shipment_parcels, named).fetchall())
    return [
        Shipment(
            **dict(zip(HEAD, head, strict=True)), parts=tuple(parts[head[0]]), lines=tuple(lines[head[0]]), parcels=tuple(parcels.get(head[0], ()))
        )
        for head in heads
    ]


HEAD: Final = tuple(name for name in Shipment.__struct_fields__ if name not in {"parts", "lines", "parcels"})


def _parcels(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[Parcel]]:
    found: dict[int, dict[int, Parcel]] = defaultdict(dict)
    units: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for leader_id, parcel_id, tracking_no, carrier, carrier_code, weight_g, fulfilment_id, line_no, quantity in rows:
        units[parcel_id][fulfilment_id, line_no] = quantity
        found[leader_id][parcel_id] = Parcel(
            parcel_id=parcel_id, tracking_no=tracking_no, carrier=carrier, carrier_code=carrier_code, weight_g=weight_g, units=units[parcel_id]
        )
    return {leader_id: list(by_id.values()) for leader_id, by_id in found.items()}
