"""The GraphQL shape of an order, as `queries/order.graphql` asks for it. Source: shopify.dev, object Order."""

from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from paidan.channels.facts import PlatformReceiver
from paidan.channels.shopify.graphql import number_of
from paidan.channels.shopify.rest_wire import GONE, Amount, Quantity, Short, Text, detail_of
from paidan.channels.shopify.told import ToldLine, ToldOrder
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

Gid = Annotated[str, Meta(pattern=r"^gid://shopify/[A-Za-z]{1,40}/[0-9]{1,19}(\?.*)?$", max_length=160)]
_T = TypeVar("_T")


class Page(Struct, rename="camel"):
    """Where a connection goes on."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Nodes(Struct, Generic[_T], rename="camel"):
    """A connection."""

    nodes: list[_T]
    page_info: Page | None = None


class Named(Struct):
    """Something with an id."""

    id: Gid


class Money(Struct, gc=False, rename="camel"):
    """An amount."""

    amount: Amount


class MoneyBag(Struct, rename="camel"):
    """An amount in the shop's money."""

    shop_money: Money


class Allocation(Struct, rename="camel"):
    """The share of a discount that falls on a line."""

    allocated_amount_set: MoneyBag


class Line(Struct, rename="camel"):
    """A line item."""

    id: Gid
    quantity: Quantity
    original_unit_price_set: MoneyBag
    current_quantity: Quantity | None = None
    name: Text = None
    sku: Short = None
    requires_shipping: bool | None = True
    product: Named | None = None
    variant: Named | None = None
    discount_allocations: list[Allocation] | None = None


class FulfillmentLine(Struct, rename="camel"):
    """What of a line a fulfilment holds."""

    line_item: Named
    quantity: Quantity | None = None


class Fulfillment(Struct, rename="camel"):
    """A fulfilment."""

    id: Gid
    status: Short = None
    fulfillment_line_items: Nodes[FulfillmentLine] | None = None


class Freight(Struct, rename="camel"):
    """A shipping line."""

    discounted_price_set: MoneyBag


class Address(Struct, rename="camel"):
    """A mailing address."""

    name: Text = None
    company: Text = None
    address1: Text = None
    address2: Text = None
    city: Short = None
    province: Short = None
    country_code_v2: Short = None
    zip: Short = None
    phone: Short = None


class Order(Struct, rename="camel"):
    """An order node."""

    id: Gid
    created_at: Amount
    updated_at: Amount
    currency_code: Amount
    total_price_set: MoneyBag
    line_items: Nodes[Line]
    processed_at: Short = None
    cancelled_at: Short = None
    display_financial_status: Short = None
    display_fulfillment_status: Short = None
    return_status: Short = None
    taxes_included: bool | None = False
    note: Text = None
    phone: Short = None
    payment_gateway_names: list[str] | None = None
    total_tax_set: MoneyBag | None = None
    total_tip_received_set: MoneyBag | None = None
    original_total_duties_set: MoneyBag | None = None
    original_total_additional_fees_set: MoneyBag | None = None
    customer: Named | None = None
    shipping_address: Address | None = None
    shipping_lines: Nodes[Freight] | None = None
    fulfillments: list[Fulfillment] | None = None


ORDER: Final = msgspec.json.Decoder(Order)
FULFILLED: Final = "FULFILLED"
ON_HOLD: Final = "ON_HOLD"
RETURN_REQUESTED: Final = "RETURN_REQUESTED"  # of OrderReturnStatus: the buyer asks, nobody has agreed yet


def told_of(order: Order) -> ToldOrder:
    """The same with the common names. Raises BadInput when a page of lines is missing."""
    shipped = _shipped(order)
    if _goes_on(order.line_items):
        raise BadInput(Reason.FIELD_MISSING, "line_items")
    on_top = [order.total_tip_received_set, None if order.taxes_included else order.total_tax_set]
    on_top += [order.original_total_duties_set, order.original_total_additional_fees_set]
    return ToldOrder(
        order_ref=number_of(order.id),
        created_at=order.created_at,
        processed_at=order.processed_at or "",
        updated_at=order.updated_at,
        cancelled_at=order.cancelled_at or "",
        financial=(order.display_financial_status or "").lower(),
        is_fulfilled=order.display_fulfillment_status == FULFILLED,
        is_on_hold=order.display_fulfillment_status == ON_HOLD,
        is_return_asked=order.return_status == RETURN_REQUESTED,
        currency=order.currency_code,
        total_price=order.total_price_set.shop_money.amount,
        total_discounts="",
        taxes_on_top=tuple([bag.shop_money.amount for bag in on_top if bag]),
        freights=tuple([line.discounted_price_set.shop_money.amount for line in order.shipping_lines.nodes]) if order.shipping_lines else (),
        gateways=tuple(order.payment_gateway_names or []),
        buyer_ref=number_of(order.customer.id) if order.customer else "",
        note=order.note or "",
        receiver=_receiver(order.shipping_address, order.phone or "") if order.shipping_address else None,
        lines=tuple([_line(line, shipped.get(line.id, 0)) for line in order.line_items.nodes]),
    )


def _goes_on(found: Nodes[_T]) -> bool:
    return found.page_info is not None and found.page_info.has_next_page


def _line(line: Line, shipped: int) -> ToldLine:
    return ToldLine(
        line_ref=number_of(line.id),
        item_ref=number_of(line.product.id) if line.product else "",
        sku_ref=number_of(line.variant.id) if line.variant else "",
        merchant_code=line.sku or "",
        title=line.name or "",
        quantity=line.quantity,
        quantity_current=line.quantity if line.current_quantity is None else line.current_quantity,
        quantity_shipped=shipped,
        price=line.original_unit_price_set.shop_money.amount,
        discounts=tuple([share.allocated_amount_set.shop_money.amount for share in line.discount_allocations or []]),
        needs_shipping=line.requires_shipping is not False,
    )


def _shipped(order: Order) -> dict[str, int]:
    found: dict[str, int] = {}
    for fulfillment in order.fulfillments or []:
        if (fulfillment.status or "").lower() in GONE or fulfillment.fulfillment_line_items is None:
            continue
        if _goes_on(fulfillment.fulfillment_line_items):
            raise BadInput(Reason.FIELD_MISSING, "fulfillments.line_items")
        for line in fulfillment.fulfillment_line_items.nodes:
            found[line.line_item.id] = found.get(line.line_item.id, 0) + (line.quantity or 0)
    return found


def _receiver(address: Address, order_phone: str) -> PlatformReceiver:
    return PlatformReceiver(
        name=address.name or "",
        phone=address.phone or order_phone,
        country=address.country_code_v2 or "",
        province=address.province or "",
        city=address.city or "",
        detail=detail_of(address.company, address.address1, address.address2),
        zip_code=address.zip or "",
    )
