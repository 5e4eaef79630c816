"""Paidan's own order format: JSON, unknown fields refused, decimals as strings, instants with their offset. → PlatformOrder.

Made for shops of one's own and for files: `version_at` says which telling of an order is newer, and defaults to `placed_at`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from paidan.channels.amounts import currency_code, minor
from paidan.channels.decoding import QUANTITY_MAX, REF_MAX, TEXT_MAX, check_strictly, decode
from paidan.channels.facts import PlatformLine, PlatformOrder, PlatformReceiver, PlatformStatus, RefundStatus
from paidan.channels.platform import Channel
from paidan.kernel.errors import BadInput
from paidan.kernel.money import split
from paidan.kernel.reasons import Reason

_PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
Ref = Annotated[str, Meta(max_length=REF_MAX, pattern=_PRINTABLE)]
Number = Annotated[str, Meta(min_length=1, max_length=REF_MAX, pattern=r"^[^\x00-\x20\x7f]+$", description="Printable, without spaces")]
Text = Annotated[str, Meta(max_length=TEXT_MAX)]
Amount = Annotated[str, Meta(max_length=24, pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,8})?$", description="Decimal text such as 12.30")]
Instant = Annotated[datetime, Meta(tz=True)]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Count = Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]
AMOUNT_MAX: Final = 10**13


class DirectStatus(StrEnum):
    """Where the order stands with its seller."""

    UNPAID = "unpaid"
    FORBIDDEN = "forbidden"
    PAID = "paid"
    CLOSED_UNPAID = "closed_unpaid"
    CLOSED_REFUNDED = "closed_refunded"


STATUSES: Final = {
    DirectStatus.UNPAID: PlatformStatus.UNPAID,
    DirectStatus.FORBIDDEN: PlatformStatus.FORBIDDEN,
    DirectStatus.PAID: PlatformStatus.PAID,
    DirectStatus.CLOSED_UNPAID: PlatformStatus.CLOSED_UNPAID,
    DirectStatus.CLOSED_REFUNDED: PlatformStatus.CLOSED_REFUNDED,
}
CLOSED: Final = frozenset({DirectStatus.CLOSED_UNPAID, DirectStatus.CLOSED_REFUNDED})


class DirectReceiver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the parcel goes."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    phone: Annotated[str, Meta(max_length=REF_MAX)] = ""
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")] = "CN"
    province: Ref = ""
    city: Ref = ""
    district: Ref = ""
    town: Ref = ""
    detail: Annotated[str, Meta(min_length=1, max_length=1000)]
    zip_code: Annotated[str, Meta(max_length=16)] = ""

    def __repr__(self) -> str:
        return "DirectReceiver(…)"


class DirectLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line. Without `line_ref` its place (1, 2 …) names it. `discount` is for the whole line; `price` is per unit before it."""

    line_ref: Ref = ""
    item_ref: Ref = ""
    sku_ref: Ref = ""
    merchant_code: Ref = ""
    title: Text = ""
    quantity: Quantity
    quantity_cancelled: Count = 0
    price: Amount
    discount: Amount = "0"
    refund: RefundStatus = RefundStatus.NONE
    refund_ref: Ref = ""
    is_service: bool = False


class DirectOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order. `discount` is on top of the lines' own; `paid` is goods - discounts + freight + surcharge unless told."""

    order_no: Number
    status: DirectStatus
    placed_at: Instant
    version_at: Instant | None = None
    paid_at: Instant | None = None
    ship_by_at: Instant | None = None
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")] = "CNY"
    discount: Amount = "0"
    freight: Amount = "0"
    surcharge: Amount = "0"
    paid: Amount | None = None
    is_cod: bool = False
    is_presale_open: bool = False
    buyer_ref: Ref = ""
    buyer_remark: Text = ""
    seller_remark: Text = ""
    seller_flag: Annotated[int, Meta(ge=0, le=99)] = 0
    warehouse_wanted: Ref = ""
    carrier_wanted: Ref = ""
    receiver: DirectReceiver | None = None
    lines: Annotated[tuple[DirectLine, ...], Meta(min_length=1, max_length=10_000)]


_ORDER: Final = msgspec.json.Decoder(DirectOrder)


def parse(body: bytes) -> PlatformOrder:
    """The order in the body, strictly: a key given twice is refused too. Raises BadInput with the field's path."""
    check_strictly(body)
    return order_of(decode(_ORDER, body))


def order_of(direct: DirectOrder) -> PlatformOrder:
    """The canonical order. Raises BadInput when amounts or references contradict the rules."""
    currency = currency_code(direct.currency)
    own = [_own(line, index, currency) for index, line in enumerate(direct.lines)]
    discount = _positive(direct.discount, "discount", currency)
    if discount > sum(own):
        raise BadInput(Reason.FIELD_INVALID, "discount")
    payables = [amount - share for amount, share in zip(own, split(discount, own), strict=True)] if discount else own
    lines = tuple([_line(*parts, direct) for parts in zip(range(len(own)), direct.lines, payables, strict=True)])
    if len({line.line_ref for line in lines}) != len(lines):
        raise BadInput(Reason.DUPLICATE_KEY, "lines.line_ref")
    goods = sum([line.price_minor * line.quantity for line in lines])
    freight, surcharge = _positive(direct.freight, "freight", currency), _positive(direct.surcharge, "surcharge", currency)
    return PlatformOrder(
        platform_order_no=direct.order_no,
        status=STATUSES[direct.status],
        version_at=_utc(direct.version_at or direct.placed_at),
        placed_at=_utc(direct.placed_at),
        paid_at=_utc(direct.paid_at) if direct.paid_at else None,
        ship_by_at=_utc(direct.ship_by_at) if direct.ship_by_at else None,
        currency=currency,
        goods_minor=goods,
        discount_minor=goods - sum(payables),
        freight_minor=freight,
        surcharge_minor=surcharge,
        paid_minor=sum(payables) + freight + surcharge if direct.paid is None else _positive(direct.paid, "paid", currency),
        is_cod=direct.is_cod,
        is_presale_open=direct.is_presale_open,
        buyer_ref=direct.buyer_ref,
        buyer_remark=direct.buyer_remark,
        seller_remark=direct.seller_remark,
        seller_flag=direct.seller_flag,
        warehouse_wanted=direct.warehouse_wanted,
        carrier_wanted=direct.carrier_wanted,
        receiver=_receiver(direct.receiver) if direct.receiver else None,
        lines=lines,
    )


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadInput(Reason.FIELD_INVALID, "instant") from None


def _positive(text: str, field: str, currency: str) -> int:
    amount = minor(text, currency, field)
    if amount < 0:
        raise BadInput(Reason.FIELD_INVALID, field)
    return amount


def _own(line: DirectLine, index: int, currency: str) -> int:
    """Price x quantity less the line's own discount."""
    place = f"lines[{index}]"
    goods = _positive(line.price, f"{place}.price", currency) * line.quantity
    discount = _positive(line.discount, f"{place}.discount", currency)
    if goods > AMOUNT_MAX:
        raise BadInput(Reason.FIELD_INVALID, f"{place}.price")
    if discount > goods:
        raise BadInput(Reason.FIELD_INVALID, f"{place}.discount")
    if not (line.merchant_code or line.item_ref or line.sku_ref or line.is_service):
        raise BadInput(Reason.FIELD_MISSING, f"{place}.merchant_code")
    return goods - discount


def _line(index: int, line: DirectLine, payable: int, direct: DirectOrder) -> PlatformLine:
    if line.quantity_cancelled > line.quantity:
        raise BadInput(Reason.FIELD_INVALID, f"lines[{index}].quantity_cancelled")
    return PlatformLine(
        line_ref=line.line_ref or str(index + 1),
        item_ref=line.item_ref or line.merchant_code,
        sku_ref=line.sku_ref,
        merchant_code=line.merchant_code,
        title=line.title,
        quantity=line.quantity,
        price_minor=minor(line.price, direct.currency, f"lines[{index}].price"),
        payable_minor=payable,
        refund=line.refund,
        refund_ref=line.refund_ref,
        quantity_cancelled=line.quantity if direct.status in CLOSED else line.quantity_cancelled,
        is_service=line.is_service,
    )


def _receiver(told: DirectReceiver) -> PlatformReceiver:
    return PlatformReceiver(
        name=told.name,
        phone=told.phone,
        country=told.country,
        province=told.province,
        city=told.city,
        district=told.district,
        town=told.town,
        detail=told.detail,
        zip_code=told.zip_code,
        masked="*" in told.name or "*" in told.phone,
    )


class DirectCodec:
    """Reads our own format, which files are turned into as well."""

    def parse(self, body: bytes) -> PlatformOrder:
        """One order."""
        return parse(body)


CHANNEL = Channel(platform="direct", codec=DirectCodec())
