"""The Batch: what one pass carries through its stages.

It is the one thing of a pass that changes: stages write their decisions into the drafts below, the owners apply them once.
Outside a pass nothing of this lives. Instants are UTC, amounts minor units, quantities units of the SKU.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from msgspec import Struct, field

from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.kernel.states import FulfilmentState, LineKind, OrderState

STOPS_ALL = 1
STOPS_RELEASE = 2
BY_PLATFORM = "platform"  # origin of a hold that rests on the platform's word alone, against our own books
WANTS_NOTHING = frozenset({OrderState.UNPAID, OrderState.CANCELLED})
CARRY_NO_WORK = frozenset({LineKind.BUNDLE, LineKind.SERVICE})


class Line(Struct, kw_only=True):
    """An order line and where its units are: open + short + reserved + in_fulfilment + shipped + cancelled = quantity."""

    line_no: int
    kind: str
    quantity: int
    price_minor: int
    payable_minor: int
    line_ref: str = ""
    parent_line_no: int | None = None
    listing_id: int | None = None
    sku_id: int | None = None
    refund: str = "none"
    refund_ref: str = ""  # which request it is: the platform's number of it, "@", when it was first told as requested
    taken_back: int = 0  # units the platform wants cancelled
    open: int = 0
    short: int = 0
    reserved: int = 0
    in_fulfilment: int = 0
    shipped: int = 0
    cancelled: int = 0
    as_stored: tuple[Any, ...] | None = None  # told_of and places_of when it was loaded; None: not stored yet

    @property
    def is_work(self) -> bool:
        """Whether this line is something to ship (bundles are shipped as their parts)."""
        return self.kind not in CARRY_NO_WORK

    @property
    def waiting(self) -> int:
        """Units that still need a warehouse."""
        return self.open + self.short


class Hold(Struct, kw_only=True):
    """A hold on an order. `id` 0: opened in this pass. Closed when `closed_at` is set."""

    reason: str
    origin: str
    opened_at: datetime
    id: int = 0
    stops: int = STOPS_ALL
    note: str = ""
    expires_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    close_note: str = ""
    is_changed: bool = False

    def close(self, *, now: datetime, by: str, note: str = "") -> None:
        """Let it go on: the cause went away (`system`) or somebody released it (`user:<name>`)."""
        self.closed_at, self.closed_by, self.close_note, self.is_changed = now, by, note, True


class FulfilmentLine(Struct, kw_only=True):
    """Units of one order line in one fulfilment."""

    line_no: int
    sku_id: int
    quantity: int
    shipped: int = 0
    cancelled: int = 0
    as_stored: tuple[int, int] | None = None  # (shipped, cancelled) when it was loaded

    @property
    def open(self) -> int:
        """Units neither shipped nor cancelled."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def let_go(self) -> int:
        """Units cancelled since it was loaded: what a part split off has taken was given back before."""
        return self.cancelled - (self.as_stored[1] if self.as_stored else 0)


class Fulfilment(Struct, kw_only=True):
    """A fulfilment of the order: loaded (id set, version of the row) or planned in this pass (is_new)."""

    warehouse_id: int
    carrier_id: int
    lines: list[FulfilmentLine]
    weight_g: int
    freight_minor: int
    transit_h: int = 0
    id: int = 0
    state: int = FulfilmentState.PLANNED
    path: list[int] = field(default_factory=list)
    merged_into_id: int | None = None
    attempt: int = 1
    recall_reason: str = ""
    release_due_at: datetime | None = None
    released_at: datetime | None = None  # set by the release; None when it is written: as it was
    version: int = 0
    is_new: bool = False
    is_changed: bool = False

    def move(self, state: FulfilmentState) -> None:
        """Take one legal step; the database checks the whole path when it is written."""
        self.state = state
        self.path.append(int(state))
        self.is_changed = True


class Region(Struct, frozen=True, kw_only=True):
    """Where the receiver is, as far as sourcing needs it; `keys` from most to least specific, '*' last."""

    country: str = "CN"
    adcode: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    longitude: float = 0.0
    latitude: float = 0.0


class ToldReceiver(Struct, frozen=True, kw_only=True):
    """A receiver the platform tells under an edit of ours: kept beside the one that is in force."""

    receiver: Receiver
    region: Region
    digest: bytes


class Order(Struct, kw_only=True):
    """An order in the pass: platform facts, our edits, its lines, holds and open fulfilments."""

    id: int
    order_no: str
    shop_id: int
    platform_order_no: str
    bucket: int
    state: int
    platform_status: int
    platform_version_at: datetime
    platform_digest: bytes
    placed_at: datetime
    currency: str
    goods_minor: int
    discount_minor: int
    freight_minor: int
    surcharge_minor: int
    paid_minor: int
    created_at: datetime
    path: list[int] = field(default_factory=list)
    due_at: datetime | None = None
    waits_for: str = ""
    receiver_version_at: datetime | None = None
    is_closed: bool = False
    paid_at: datetime | None = None
    ship_by_at: datetime | None = None
    is_cod: bool = False
    is_presale_open: bool = False
    buyer_digest: bytes | None = None
    remarks: tuple[str, str] | None = None  # set when a message brought them: to be sealed
    has_buyer_remark: bool = False
    has_seller_remark: bool = False
    seller_flag: int = 0
    receiver_id: int | None = None
    merge_key: bytes | None = None
    edits: dict[str, Any] | None = None
    warehouses_refused: list[int] = field(default_factory=list)
    version: int = 0
    is_new: bool = False
    is_changed: bool = False
    is_receiver_changed: bool = False
    is_cod_changed: bool = False
    lines: list[Line] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    region: Region | None = None
    receiver_digest: bytes | None = None  # of the receiver as stored: the same person at the same place
    their_digest: bytes | None = None  # of the platform's receiver, where a person has edited ours
    address_problem: str = ""
    new_receiver: Receiver | None = None  # to be sealed and stored by parties
    receiver_beside: ToldReceiver | None = None  # to be sealed and stored by parties, and named by our edit of the receiver
    recalls: list[tuple[int, str]] = field(default_factory=list)  # fulfilments to be asked back from their warehouse, and why
    units_before: dict[int, tuple[int, int]] = field(default_factory=dict)  # sku_id -> (held, short) as loaded, for the demand
    steps: list[tuple[str, Any]] = field(default_factory=list)  # what happened, for the timeline
    sold_by_listing: dict[int, int] = field(default_factory=dict)  # what the platform has subtracted by itself, to be told to the push
    actor: str = "system"
    facts_stored: tuple[Any, ...] | None = None  # facts_of when it was loaded

    def move(self, state: OrderState) -> None:
        """Take one legal step; the database checks the whole path when it is written."""
        if state != self.state or not self.path:
            self.state = state
            self.path.append(int(state))
        self.is_changed = True

    def tell(self, step: str, detail: Any = None) -> None:
        """Write a step into the order's timeline."""
        self.steps.append((step, detail))
        self.is_changed = True

    def work_lines(self) -> Iterable[Line]:
        """The lines that are to be shipped."""
        return (line for line in self.lines if line.is_work)

    @property
    def is_waiting(self) -> bool:
        """Whether units of it still need a warehouse."""
        return any(line.open or line.short for line in self.lines if line.kind not in CARRY_NO_WORK)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to ship in it. An order of services has nothing: it ends without a shipment."""
        return any(line.kind != LineKind.SERVICE for line in self.lines)

    @property
    def is_wanted_back(self) -> bool:
        """Whether all of it is wanted back: the platform has closed it, or a person has cancelled it."""
        return self.is_closed or bool((self.edits or {}).get("cancel"))

    def open_hold(self, reason: Reason) -> Hold | None:
        """The open hold for this reason, if any."""
        return next((hold for hold in self.holds if hold.reason == reason and hold.closed_at is None), None)

    def is_held(self, stops: int = STOPS_ALL) -> bool:
        """Whether an open hold stops it: STOPS_ALL holds stop everything, STOPS_RELEASE ones only the release."""
        return bool(self.holds) and any(hold.closed_at is None and hold.stops <= stops for hold in self.holds)

    def waiting_units(self) -> dict[int, tuple[int, int]]:
        """Units paid for but not reserved, by SKU: (held, short). Nothing while unpaid or cancelled."""
        if self.state in WANTS_NOTHING:
            return {}
        units: dict[int, tuple[int, int]] = {}
        for line in self.lines:
            if line.sku_id is not None and (line.open or line.short):
                held, short = units.get(line.sku_id, (0, 0))
                units[line.sku_id] = (held + line.open, short + line.short)
        return units


_facts = attrgetter(
    *"platform_status platform_version_at platform_digest receiver_version_at is_closed paid_at ship_by_at goods_minor discount_minor".split(),
    *"freight_minor surcharge_minor paid_minor is_cod is_presale_open has_buyer_remark has_seller_remark seller_flag receiver_id merge_key".split(),
)
told_of = attrgetter("kind", "sku_id", "quantity", "payable_minor", "refund", "refund_ref", "taken_back")
places_of = attrgetter("open", "short", "reserved", "in_fulfilment", "shipped", "cancelled")


def facts_of(order: Order) -> tuple[Any, ...]:
    """What of an order changes seldom: platform facts and our edits. As long as they are as stored, they need not be written."""
    return (*_facts(order), dict(order.edits or {}), tuple(order.warehouses_refused))


class MessageOutcome(Struct, frozen=True, kw_only=True):
    """What became of one kept message: done, or set aside with a reason."""

    message_id: int
    reason: Reason | None = None
    detail: str = ""
    order_id: int | None = None


class Batch(Struct, kw_only=True):
    """One pass: its business instant, its orders, and what became of the messages it read."""

    now: datetime
    orders: list[Order] = field(default_factory=list)
    outcomes: list[MessageOutcome] = field(default_factory=list)
    new_listings: list[tuple[int, int | None, Any]] = field(default_factory=list)  # (listing_id, sku_id, catalog ListingRef)


def state_by_lines(order: Order) -> OrderState:
    """The state that the units' places imply, for an order past its audit (see invariant_order_state_agrees_with_its_lines)."""
    open_, short, reserved, in_fulfilment, shipped = 0, 0, 0, 0, 0
    for line in order.lines:
        open_ += line.open
        short += line.short
        reserved += line.reserved
        in_fulfilment += line.in_fulfilment
        shipped += line.shipped
    if shipped:
        return OrderState.PART_SHIPPED if open_ + short + reserved + in_fulfilment else OrderState.SHIPPED
    if in_fulfilment:
        return OrderState.RELEASED
    if reserved:
        return OrderState.SOURCED
    if short:
        return OrderState.BACKORDERED
    if open_:
        return OrderState.RECEIVED
    return OrderState.CANCELLED if order.has_work or order.is_wanted_back else OrderState.COMPLETED
