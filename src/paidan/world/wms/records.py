"""The documents a warehouse system keeps."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field


class Step(StrEnum):
    """The way of an order through the house, in order (Qimen `processStatus`)."""

    ACCEPT = "ACCEPT"
    PRINT = "PRINT"
    PICK = "PICK"
    CHECK = "CHECK"
    PACKAGE = "PACKAGE"
    WEIGH = "WEIGH"
    SHIP = "DELIVERED"


class Item(Struct, frozen=True, kw_only=True):
    """An item of the owner as synchronised."""

    code: str
    id: str
    name: str
    barcode: str
    weight_g: int


class Line(Struct, kw_only=True):
    """One line of an order out; `picked` units are locked until they ship."""

    line_no: str
    item: str
    inventory_type: str
    plan: int
    picked: int = 0
    actual: int = 0


class Package(Struct, frozen=True, kw_only=True):
    """One parcel: `contents` are (line index, quantity)."""

    waybill: str
    carrier: str
    weight_g: int
    shipped_at: datetime
    contents: tuple[tuple[int, int], ...]


class Outbound(Struct, kw_only=True):
    """A delivery order or another stock-out, with its plan: pairs of working second and step."""

    code: str
    id: str
    kind: Literal["deliveryorder", "stockout"]
    order_type: str
    warehouse: str
    carrier: str  # empty: picked up by somebody, no waybill
    country: str
    province: str
    city: str
    phone_tail: str
    waybill_given: str
    created_at: datetime
    lines: list[Line]
    status: str = "NEW"
    steps: list[tuple[str, datetime]] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    confirms: int = 0
    confirmed_at: datetime | None = None
    held: bool = False
    plan: list[tuple[int, Step]] = field(default_factory=list)
    revision: int = 0  # events planned for an older revision are void


class EntryLine(Struct, kw_only=True):
    """One line of an entry order."""

    line_no: str
    item: str
    inventory_type: str
    plan: int
    actual: int = 0


class Entry(Struct, kw_only=True):
    """An order for goods to come in. `waits` counts the goes in which it is still to be received."""

    code: str
    id: str
    order_type: str
    warehouse: str
    created_at: datetime
    lines: list[EntryLine]
    status: str = "NEW"
    confirms: int = 0
    waits: int = 0
    revision: int = 0
    operated_at: datetime | None = None


class Arrival(Struct, kw_only=True):
    """Goods of the day on their way to a warehouse; `entry` is the entry order that announced them."""

    warehouse: str
    item: str
    quantity: int
    at: datetime
    entry: str = ""


class Word(Struct, frozen=True, kw_only=True):
    """Something to be told to Paidan; it is signed when it leaves."""

    method: str
    key: str
    at: datetime
    body: bytes


class Cancel(Struct, frozen=True, kw_only=True):
    """What was answered to one order.cancel."""

    at: datetime
    outcome: Literal["success", "failure"]
    reason: str
