"""What the platform knows: trades with their lines, refunds, shops. Changed by `life.py` and `consign.py` alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from paidan.world.script import ScriptListing, ScriptOrder, ScriptShop
from paidan.world.shelf import ListingKey, Shelf

UNPAID = "WAIT_BUYER_PAY"
PAID = "WAIT_SELLER_SEND_GOODS"
PART_CONSIGNED = "SELLER_CONSIGNED_PART"
CONSIGNED = "WAIT_BUYER_CONFIRM_GOODS"
FINISHED = "TRADE_FINISHED"
CLOSED = "TRADE_CLOSED"
CLOSED_UNPAID = "TRADE_CLOSED_BY_TAOBAO"

NO_REFUND = "NO_REFUND"
REFUND_ASKED = "WAIT_SELLER_AGREE"
REFUND_CLOSED = "CLOSED"
REFUND_DONE = "SUCCESS"
SELLER_REFUSED = "SELLER_REFUSE_BUYER"

T = TypeVar("T")


@dataclass(slots=True)
class Line:
    """A sub-order (子订单). Amounts in fen."""

    oid: int
    key: ListingKey
    item_ref: str
    sku_ref: str
    outer_code: str
    title: str
    num: int
    price_minor: int
    discount_minor: int = 0
    adjust_minor: int = 0
    share_minor: int = 0  # part_mjz_discount: its share of the trade's discount
    is_service: bool = False
    status: str = UNPAID
    refund_status: str = NO_REFUND
    refund_id: int | None = None
    taken: int = 0  # units the display counter really had
    shipped: int = 0
    is_full: bool = False  # consigned as a whole, whatever was counted
    waybills: list[tuple[str, str, int]] = field(default_factory=list)  # company code, number, units
    consigned_at: datetime | None = None

    @property
    def payment_minor(self) -> int:
        """`payment = price x num + adjust_fee - discount_fee`."""
        return self.price_minor * self.num + self.adjust_minor - self.discount_minor

    @property
    def divided_minor(self) -> int:
        """`divide_order_fee`: after the trade's discounts, freight excluded."""
        return self.payment_minor - self.share_minor

    @property
    def is_open(self) -> bool:
        """Still to be consigned."""
        return not self.is_full and self.status != CLOSED


@dataclass(slots=True)
class Trade:
    """A main order (主订单)."""

    tid: int
    order: ScriptOrder
    shop: ScriptShop
    lines: list[Line]
    created: datetime
    modified: datetime
    discount_minor: int = 0
    status: str = UNPAID
    paid_at: datetime | None = None
    consigned_at: datetime | None = None
    ended_at: datetime | None = None
    seller_memo: str = ""
    seller_flag: int = 0
    changes: int = 0
    consigns: int = 0
    oaid: str = ""
    is_close_refused: bool = False  # the buyer wanted out after the goods had left
    uncollected_minor: int = 0  # credits above the worth of the basket: not sold, see sellable.py

    @property
    def payment_minor(self) -> int:
        """What the buyer pays."""
        return sum(line.divided_minor for line in self.lines) + self.order.freight_minor

    def line(self, oid: int) -> Line | None:
        """The line of that number."""
        return next((line for line in self.lines if line.oid == oid), None)


@dataclass(slots=True)
class Refund:
    """A refund of one line."""

    refund_id: int
    trade: Trade
    line: Line
    status: str
    created: datetime
    modified: datetime
    order_status: str
    changes: int = 0


@dataclass(slots=True)
class Changes(Generic[T]):
    """Who changed when; the newest entry of each thing counts. Instants only grow, so this is sorted by itself."""

    entries: list[tuple[datetime, int, T]] = field(default_factory=list)

    def note(self, at: datetime, number: int, thing: T) -> None:
        """A thing changed for the `number`-th time."""
        self.entries.append((at, number, thing))

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[int, T]]:
        """(number, thing) from the newest to the oldest, both ends included; the caller drops what changed again later."""
        low = bisect_left(self.entries, start, key=lambda entry: entry[0])
        high = bisect_right(self.entries, end, key=lambda entry: entry[0])
        return ((number, thing) for _, number, thing in reversed(self.entries[low:high]))


@dataclass(slots=True)
class Seller:
    """A shop on the platform."""

    shop: ScriptShop
    user_id: int
    trades: Changes[Trade] = field(default_factory=Changes)
    refunds: Changes[Refund] = field(default_factory=Changes)
    created: list[tuple[datetime, Trade]] = field(default_factory=list)
    unwritten: set[int] = field(default_factory=set)  # tids the order-push table does not show yet
    keys_used: dict[str, object] = field(default_factory=dict)  # outer_biz_key of increments


@dataclass(slots=True)
class State:
    """All of it."""

    sellers: dict[str, Seller]
    shelf: Shelf
    listings: dict[ListingKey, ScriptListing]
    trades: dict[int, Trade] = field(default_factory=dict)
    refunds: dict[int, Refund] = field(default_factory=dict)
    waybills: dict[str, str] = field(default_factory=dict)  # waybill → whose parcel it is
    lost_sales: list[str] = field(default_factory=list)
    unsellable: list[str] = field(default_factory=list)

    def touch(self, trade: Trade, now: datetime) -> None:
        """The trade changed: its `modified` moves, and lists and the order-push table show it."""
        seller = self.sellers[trade.shop.code]
        trade.modified = now.replace(microsecond=0)
        trade.changes += 1
        seller.trades.note(trade.modified, trade.changes, trade)
        seller.unwritten.add(trade.tid)

    def touch_refund(self, refund: Refund, now: datetime) -> None:
        """The refund changed."""
        refund.modified = now.replace(microsecond=0)
        refund.changes += 1
        self.sellers[refund.trade.shop.code].refunds.note(refund.modified, refund.changes, refund)
