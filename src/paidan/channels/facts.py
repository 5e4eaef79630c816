"""What any platform says of an order, in our words. Adapters make these; intake folds them. Frozen, no I/O."""

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from paidan.kernel.receiver import Receiver as PlatformReceiver

__all__ = ["PlatformLine", "PlatformOrder", "PlatformPart", "PlatformReceiver", "PlatformRefund", "PlatformStatus", "RefundStatus"]


class PlatformStatus(IntEnum):
    """The platform's word on the whole order; the number is its rank: a lower rank never overwrites a higher one of the same version."""

    UNPAID = 10
    FORBIDDEN = 20  # paid, but the platform forbids shipping for now
    PAID = 30
    PART_SHIPPED = 40
    SHIPPED = 50
    FINISHED = 60
    CLOSED_UNPAID = 80
    CLOSED_REFUNDED = 90


class RefundStatus(StrEnum):
    """The platform's word on a refund of one line."""

    NONE = "none"
    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    REFUNDED = "refunded"


class PlatformPart(Struct, frozen=True, kw_only=True):
    """What one unit of a line contains when the platform itself sells a set (组合商品)."""

    item_ref: str
    sku_ref: str = ""
    merchant_code: str = ""
    quantity: int  # in one unit of the line


class PlatformLine(Struct, frozen=True, kw_only=True):
    """One line as bought. `payable_minor` is after all discounts (share of order discounts included), freight excluded."""

    line_ref: str
    item_ref: str
    sku_ref: str = ""
    merchant_code: str = ""
    title: str = ""
    quantity: int
    price_minor: int  # per unit, before discounts
    payable_minor: int
    refund: RefundStatus = RefundStatus.NONE
    refund_ref: str = ""  # the platform's number of the request, with its version where it tells one; empty: it tells none
    quantity_cancelled: int = 0  # taken back by the platform before shipping
    quantity_shipped: int = 0  # as the platform has booked it
    is_service: bool = False  # postage, fees: nothing to ship
    is_oversold: bool = False  # the platform sold it with its own counter at zero
    parts: tuple[PlatformPart, ...] = ()  # empty: the line is what it says


class PlatformOrder(Struct, frozen=True, kw_only=True):
    """One order as one message of the platform tells it. Amounts in minor units of `currency`, instants in UTC."""

    platform_order_no: str
    status: PlatformStatus
    version_at: datetime  # the platform's "modified"; the fold goes by it
    placed_at: datetime
    paid_at: datetime | None = None
    ship_by_at: datetime | None = None
    currency: str = "CNY"
    goods_minor: int  # Σ price x quantity
    discount_minor: int
    freight_minor: int
    surcharge_minor: int = 0  # on top of goods and freight: tax not within the prices, duties, tips
    paid_minor: int  # what the buyer paid (or owes, COD): goods - discount + freight + surcharge
    is_cod: bool = False
    is_presale_open: bool = False  # deposit paid, balance not
    buyer_ref: str = ""  # the platform's id of the buyer, never personal data in clear
    buyer_remark: str = ""
    seller_remark: str = ""
    seller_flag: int = 0
    warehouse_wanted: str = ""
    carrier_wanted: str = ""
    receiver: PlatformReceiver | None = None  # None: this message does not tell
    lines: tuple[PlatformLine, ...] = ()


class PlatformRefund(Struct, frozen=True, kw_only=True):
    """One refund or return case as the platform tells it. The order itself is always read again beside it."""

    refund_ref: str
    platform_order_no: str
    line_ref: str
    status: RefundStatus
    version_at: datetime
    version_no: int = 0  # must be sent back with every action on the case (optimistic lock)
    asked_at: datetime
    amount_minor: int
    quantity: int = 0
    kind: str = ""  # the platform's word: refund, return, exchange …
    phase: str = ""  # before or after the trade succeeded, the platform's word
    wants_goods_back: bool = False
    carrier: str = ""  # of the parcel coming back
    waybill_no: str = ""
