"""The REST shape of an order, as webhooks bring it: only the fields that are read. Source: shopify.dev, resource Order."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from paidan.channels.decoding import TEXT_MAX
from paidan.channels.facts import PlatformReceiver
from paidan.channels.shopify.told import ToldLine, ToldOrder

Text = Annotated[str, Meta(max_length=TEXT_MAX)] | None
Short = Annotated[str, Meta(max_length=255)] | None
Amount = Annotated[str, Meta(min_length=1, max_length=32)]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Quantity = Annotated[int, Meta(ge=0, le=2**53)]


class Allocation(Struct, gc=False):
    """The share of a discount that falls on a line."""

    amount: Amount


class RestLine(Struct):
    """A line."""

    id: Id
    quantity: Quantity
    price: Amount
    product_id: Id | None = None
    variant_id: Id | None = None
    sku: Short = None
    title: Text = None
    name: Text = None
    current_quantity: Quantity | None = None
    requires_shipping: bool | None = True
    discount_allocations: list[Allocation] | UnsetType | None = UNSET
    total_discount: Amount | None = None
    tip: Any = None  # a tip stands among the lines, and in total_tip_received


class RestFreight(Struct):
    """A shipping line."""

    price: Amount
    discount_allocations: list[Allocation] | None = None
    is_removed: bool | None = False


class ShippedLine(Struct, gc=False):
    """What of a line a fulfilment holds."""

    id: Id
    quantity: Quantity


class RestFulfillment(Struct):
    """A fulfilment; only success (and pending, open of old) counts."""

    status: Short = None
    line_items: list[ShippedLine] | None = None


class RestAddress(Struct):
    """A shipping address."""

    name: Text = None
    first_name: Text = None
    last_name: Text = None
    company: Text = None
    address1: Text = None
    address2: Text = None
    city: Short = None
    province: Short = None
    country_code: Short = None
    zip: Short = None
    phone: Short = None


class RestMoney(Struct, gc=False):
    """An amount with its currency."""

    amount: Amount


class RestMoneyBag(Struct):
    """An amount in the shop's and in the buyer's money."""

    shop_money: RestMoney


class RestCustomer(Struct):
    """The buyer."""

    id: Id | None = None


class RestOrder(Struct):
    """An order."""

    id: Id
    created_at: Amount
    updated_at: Amount
    currency: Amount
    total_price: Amount
    line_items: list[RestLine]
    processed_at: Short = None
    cancelled_at: Short = None
    financial_status: Short = None
    fulfillment_status: Short = None
    total_discounts: Amount | None = None
    total_tax: Amount | None = None
    total_tip_received: Amount | None = None
    original_total_duties_set: RestMoneyBag | None = None
    original_total_additional_fees_set: RestMoneyBag | None = None
    taxes_included: bool | None = False
    payment_gateway_names: list[str] | None = None
    note: Text = None
    phone: Short = None
    customer: RestCustomer | None = None
    shipping_address: RestAddress | None = None
    shipping_lines: list[RestFreight] | None = None
    fulfillments: list[RestFulfillment] | None = None


class Wrapped(Struct):
    """The answer of the REST API; webhooks bring the order bare."""

    order: RestOrder


ORDER: Final = msgspec.json.Decoder(RestOrder)
WRAPPED: Final = msgspec.json.Decoder(Wrapped)
GONE: Final = frozenset({"cancelled", "error", "failure"})


def told_of(order: RestOrder) -> ToldOrder:
    """The same with the common names."""
    shipped = _shipped(order)
    on_top = [order.total_tip_received, None if order.taxes_included else order.total_tax]
    on_top += [bag.shop_money.amount for bag in (order.original_total_duties_set, order.original_total_additional_fees_set) if bag]
    return ToldOrder(
        order_ref=str(order.id),
        created_at=order.created_at,
        processed_at=order.processed_at or "",
        updated_at=order.updated_at,
        cancelled_at=order.cancelled_at or "",
        financial=(order.financial_status or "").lower(),
        is_fulfilled=order.fulfillment_status == "fulfilled",
        is_on_hold=False,
        is_return_asked=False,
        currency=order.currency,
        total_price=order.total_price,
        total_discounts=order.total_discounts or "",
        taxes_on_top=tuple([text for text in on_top if text]),
        freights=tuple([text for line in order.shipping_lines or [] if not line.is_removed for text in _freight(line)]),
        gateways=tuple(order.payment_gateway_names or []),
        buyer_ref=str(order.customer.id) if order.customer and order.customer.id else "",
        note=order.note or "",
        receiver=_receiver(order.shipping_address, order.phone or "") if order.shipping_address else None,
        lines=tuple([_line(line, shipped.get(line.id, 0)) for line in order.line_items if line.tip is None]),
    )


def _line(line: RestLine, shipped: int) -> ToldLine:
    spread = line.discount_allocations
    return ToldLine(
        line_ref=str(line.id),
        item_ref=str(line.product_id or ""),
        sku_ref=str(line.variant_id or ""),
        merchant_code=line.sku or "",
        title=line.name or line.title or "",
        quantity=line.quantity,
        quantity_current=line.quantity if line.current_quantity is None else line.current_quantity,
        quantity_shipped=shipped,
        price=line.price,
        discounts=None if spread is UNSET else tuple([share.amount for share in spread or []]),
        needs_shipping=line.requires_shipping is not False,
    )


def _freight(line: RestFreight) -> list[str]:
    """Its price and, as negative texts, what was taken off."""
    return [line.price, *[f"-{share.amount}" for share in line.discount_allocations or []]]


def _shipped(order: RestOrder) -> dict[int, int]:
    found: dict[int, int] = {}
    for fulfillment in order.fulfillments or []:
        if fulfillment.status not in GONE:
            for line in fulfillment.line_items or []:
                found[line.id] = found.get(line.id, 0) + line.quantity
    return found


def _receiver(address: RestAddress, order_phone: str) -> PlatformReceiver:
    name = address.name or " ".join([part for part in (address.first_name, address.last_name) if part])
    return PlatformReceiver(
        name=name,
        phone=address.phone or order_phone,
        country=address.country_code or "",
        province=address.province or "",
        city=address.city or "",
        detail=detail_of(address.company, address.address1, address.address2),
        zip_code=address.zip or "",
    )


def detail_of(*parts: str | None) -> str:
    """Company and street lines as one line."""
    return ", ".join([part.strip() for part in parts if part and part.strip()])
