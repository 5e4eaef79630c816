"""What both shapes of an order tell, with one set of names, and the order made of it. Texts are as on the wire, ids are numbers as text."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from paidan.channels.amounts import currency_code, minor
from paidan.channels.decoding import QUANTITY_MAX, instant
from paidan.channels.facts import PlatformLine, PlatformOrder, PlatformReceiver, PlatformStatus, RefundStatus
from paidan.kernel.errors import BadInput
from paidan.kernel.money import split
from paidan.kernel.reasons import Reason

PAID: Final = frozenset({"paid", "partially_refunded"})
EVER_PAID: Final = PAID | {"refunded", "partially_paid"}
NOT_PAID: Final = frozenset({"pending", "authorized", "partially_paid", "unpaid", "voided", "expired", ""})
REFUNDED: Final = "refunded"
CLOSED: Final = frozenset({PlatformStatus.CLOSED_UNPAID, PlatformStatus.CLOSED_REFUNDED})
AMOUNT_MAX: Final = 10**13
HAIR: Final = timedelta(microseconds=1)


class ToldLine(Struct, frozen=True, kw_only=True, gc=False):
    """A line. `discounts` are its allocations, order discounts included; None: this (old) message does not spread them."""

    line_ref: str
    item_ref: str
    sku_ref: str
    merchant_code: str
    title: str
    quantity: int
    quantity_current: int  # less what was taken back
    quantity_shipped: int
    price: str
    discounts: tuple[str, ...] | None
    needs_shipping: bool


class ToldOrder(Struct, frozen=True, kw_only=True):
    """An order. `financial` in lower case; `is_on_hold` and `is_return_asked` only the GraphQL shape knows."""

    order_ref: str
    created_at: str
    processed_at: str
    updated_at: str
    cancelled_at: str
    financial: str
    is_fulfilled: bool
    is_on_hold: bool
    is_return_asked: bool
    currency: str
    total_price: str
    total_discounts: str
    taxes_on_top: tuple[str, ...]  # tax unless the prices include it, duties, fees, tips
    freights: tuple[str, ...]  # per shipping line, after discounts; a text may be negative
    gateways: tuple[str, ...]
    buyer_ref: str
    note: str
    receiver: PlatformReceiver | None
    lines: tuple[ToldLine, ...]


def order_of(told: ToldOrder) -> PlatformOrder:
    """The canonical order. Authorised money that was not captured counts as unpaid."""
    currency = currency_code(told.currency)
    is_cod = any("cash on delivery" in gateway.lower() or gateway.lower() == "cod" for gateway in told.gateways)
    status = status_of(told, is_cod=is_cod)
    lines = _lines(told, status, currency)
    goods = sum([line.price_minor * line.quantity for line in lines])
    was_paid = told.financial in EVER_PAID
    return PlatformOrder(
        platform_order_no=told.order_ref,
        status=status,
        version_at=_version(told),
        placed_at=instant(told.created_at, "created_at"),
        paid_at=instant(told.processed_at, "processed_at") if was_paid and told.processed_at else None,
        currency=currency,
        goods_minor=goods,
        discount_minor=goods - sum([line.payable_minor for line in lines]),
        freight_minor=sum([minor(text, currency, "shipping_lines") for text in told.freights]),
        surcharge_minor=sum([minor(text, currency, "total_tax") for text in told.taxes_on_top]),
        paid_minor=minor(told.total_price, currency, "total_price"),
        is_cod=is_cod,
        buyer_ref=told.buyer_ref,
        buyer_remark=told.note,
        receiver=told.receiver,
        lines=lines,
    )


def status_of(told: ToldOrder, *, is_cod: bool) -> PlatformStatus:
    """Cancelled, shipped, refunded, paid: the first that fits. Raises BadInput for a financial status nobody knows."""
    if told.financial not in EVER_PAID | NOT_PAID:
        raise BadInput(Reason.FIELD_INVALID, "financial_status")
    if told.cancelled_at:
        return PlatformStatus.CLOSED_REFUNDED if told.financial in EVER_PAID else PlatformStatus.CLOSED_UNPAID
    if told.is_fulfilled:
        return PlatformStatus.SHIPPED
    if any(line.quantity_shipped for line in told.lines):
        return PlatformStatus.PART_SHIPPED
    if told.financial == REFUNDED:
        return PlatformStatus.CLOSED_REFUNDED
    if told.financial in PAID or (is_cod and told.financial == "pending"):
        return PlatformStatus.FORBIDDEN if told.is_on_hold else PlatformStatus.PAID
    return PlatformStatus.UNPAID


def _version(told: ToldOrder) -> datetime:
    """When it changed last. A webhook of the same change knows of no hold and no return, and would win by chance: what knows more is newer."""
    at = instant(told.updated_at, "updated_at")
    return at + HAIR if told.is_on_hold or told.is_return_asked else at


def _lines(told: ToldOrder, status: PlatformStatus, currency: str) -> tuple[PlatformLine, ...]:
    lines = []
    payables = _payables(told, currency)
    for index, (line, payable) in enumerate(zip(told.lines, payables, strict=True)):
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise BadInput(Reason.FIELD_INVALID, f"line_items[{index}].quantity")
        price = minor(line.price, currency, f"line_items[{index}].price")
        lines.append(_line(line, payable, price, is_closed=status in CLOSED, is_return_asked=told.is_return_asked))
    if len({line.line_ref for line in lines}) != len(lines):
        raise BadInput(Reason.DUPLICATE_KEY, "line_items.id")
    return tuple(lines)


def _line(line: ToldLine, payable: int, price: int, *, is_closed: bool, is_return_asked: bool) -> PlatformLine:
    """A return is asked for of what has left: the order does not say of which lines, so all of those count."""
    taken_back = line.quantity if is_closed else line.quantity - min(max(line.quantity_current, 0), line.quantity)
    shipped = min(line.quantity_shipped, line.quantity)
    cancelled = min(taken_back, line.quantity - shipped)
    if price < 0 or price * line.quantity > AMOUNT_MAX:
        raise BadInput(Reason.FIELD_INVALID, "line_items.price")
    return PlatformLine(
        line_ref=line.line_ref,
        item_ref=line.item_ref,
        sku_ref=line.sku_ref,
        merchant_code=line.merchant_code,
        title=line.title,
        quantity=line.quantity,
        price_minor=price,
        payable_minor=payable,
        refund=_refund(line, cancelled, is_closed=is_closed, is_return_asked=is_return_asked),
        quantity_cancelled=cancelled,
        quantity_shipped=shipped,
        is_service=not line.needs_shipping,
    )


def _refund(line: ToldLine, cancelled: int, *, is_closed: bool, is_return_asked: bool) -> RefundStatus:
    if cancelled == line.quantity and not is_closed:
        return RefundStatus.REFUNDED
    return RefundStatus.REQUESTED if is_return_asked and line.quantity_shipped and not is_closed else RefundStatus.NONE


def _payables(told: ToldOrder, currency: str) -> list[int]:
    """Price x quantity less the allocations; a message without allocations has its total discount spread by value."""
    own = [minor(line.price, currency, "line_items.price") * line.quantity for line in told.lines]
    if any(line.discounts is not None for line in told.lines):
        return [
            amount - sum([minor(text, currency, "discount_allocations") for text in line.discounts or ()])
            for amount, line in zip(own, told.lines, strict=True)
        ]
    discount = minor(told.total_discounts, currency, "total_discounts") if told.total_discounts else 0
    if not 0 < discount <= sum(own) or min(own) < 0:
        return own
    return [amount - share for amount, share in zip(own, split(discount, own), strict=True)]
