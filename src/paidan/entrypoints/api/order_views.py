"""Orders and what belongs to them, as the API shows them. Ids are text, amounts minor units, instants UTC, receivers masked."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from paidan.entrypoints.api.history.tell import Change, Fact


class OrderView(Struct, frozen=True, kw_only=True):
    """An order in a list."""

    id: str
    order_no: str
    shop_code: str
    platform_order_no: str
    state: str
    waits_for: str
    placed_at: datetime
    paid_at: datetime | None
    ship_by_at: datetime | None
    currency: str
    paid_minor: int
    is_cod: bool
    has_buyer_remark: bool
    has_seller_remark: bool
    seller_flag: int
    version: int
    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str


class LineView(Struct, frozen=True, kw_only=True):
    """An order line and where its units are."""

    line_no: int
    line_ref: str
    kind: str
    parent_line_no: int | None
    listing_id: str | None
    sku_id: str | None
    sku_code: str | None
    sku_name: str | None
    title: str
    quantity: int
    price_minor: int
    payable_minor: int
    refund: str
    open: int
    short: int
    reserved: int
    in_fulfilment: int
    shipped: int
    cancelled: int
    bought_sku_code: str | None = None  # another SKU is sent in place of this one
    is_cut: bool = False  # a person has left units out


class HoldView(Struct, frozen=True, kw_only=True):
    """A hold: what it stops (1 everything, 2 the release only), why, since when, by whom."""

    id: str
    order_id: str
    reason: str
    text: str = ""
    next_step: str = ""
    stops: int
    origin: str
    note: str
    opened_at: datetime
    expires_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    close_note: str
    order_no: str = ""
    ship_by_at: datetime | None = None
    origin_name: str = ""  # who that is, as people say it; of the holds of one order
    closed_by_name: str = ""


class ParcelLineView(Struct, frozen=True, kw_only=True):
    """Units of an order line in a parcel."""

    line_no: int
    quantity: int


class ParcelView(Struct, frozen=True, kw_only=True):
    """A box on its way."""

    id: str
    fulfilment_id: str
    carrier_code: str
    tracking_no: str
    state: str
    weight_g: int
    shipped_at: datetime
    delivered_at: datetime | None
    lines: tuple[ParcelLineView, ...]


class FulfilmentLineView(Struct, frozen=True, kw_only=True):
    """Units of an order line in a fulfilment."""

    fulfilment_id: str
    line_no: int
    sku_code: str
    quantity: int
    shipped: int
    cancelled: int


class CompanionView(Struct, frozen=True, kw_only=True):
    """Another order whose goods travel in the same parcel."""

    order_id: str
    order_no: str


class FulfilmentView(Struct, frozen=True, kw_only=True):
    """What one warehouse sends for one order; `no` is the number the warehouse knows, `companions` (in lists) the orders that travel with it.

    `holds` (in lists): reasons of the order's open holds.
    """

    id: str
    no: str = ""
    order_id: str
    order_no: str = ""
    state: str
    warehouse_code: str
    carrier_code: str
    attempt: int
    version: int
    merged_into_id: str | None
    release_due_at: datetime | None
    ship_by_at: datetime | None
    weight_g: int
    freight_minor: int
    recall_reason: str
    wms_ref: str
    created_at: datetime
    released_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    members: tuple[str, ...] = ()
    companions: tuple[CompanionView, ...] = ()
    holds: tuple[str, ...] = ()
    lines: tuple[FulfilmentLineView, ...] = ()
    parcels: tuple[ParcelView, ...] = ()


class StepView(Struct, frozen=True, kw_only=True):
    """One step of an order's story: when, who, what; and the details as decided.

    `sentence` says of `actor_name` what was done; `changes` what it was before and after, `facts` whatever else is known.
    """

    at: datetime
    actor: str
    step: str
    text: str
    detail: Any
    actor_name: str
    sentence: str
    changes: tuple[Change, ...]
    facts: tuple[Fact, ...]


class PlatformReceiverView(Struct, frozen=True, kw_only=True):
    """The receiver the platform told last, as masks, beside the one of ours that is in force."""

    name: str
    phone: str
    province: str
    city: str
    district: str


class EditsView(Struct, frozen=True, kw_only=True):
    """Our own wishes, above what the platform says."""

    warehouse_code: str | None = None
    carrier_code: str | None = None
    remark: str = ""
    is_urgent: bool = False
    is_alone: bool = False
    flag: int = 0
    is_cancelled: bool = False
    is_receiver_edited: bool = False
    platform_receiver: PlatformReceiverView | None = None


class WholeOrder(OrderView, frozen=True, kw_only=True):
    """An order with everything that belongs to it."""

    goods_minor: int
    discount_minor: int
    freight_minor: int
    is_closed: bool
    is_presale_open: bool
    due_at: datetime | None
    created_at: datetime
    changed_at: datetime
    country: str
    buyer_remark: str  # what names the receiver and longer runs of digits are hidden
    seller_remark: str
    is_receiver_masked: bool  # the platform keeps name and phone to itself
    edits: EditsView
    lines: tuple[LineView, ...]
    holds: tuple[HoldView, ...]
    fulfilments: tuple[FulfilmentView, ...]
    parcels: tuple[ParcelView, ...]
    timeline: tuple[StepView, ...]


class ExceptionView(Struct, frozen=True, kw_only=True):
    """Something that waits for people: a hold, a shortage, a message set aside, a call that is dead or whose effect is unknown."""

    kind: str
    ref_id: str
    order_id: str | None
    order_no: str
    reason: str
    text: str
    next_step: str
    since: datetime
    ship_by_at: datetime | None
