"""An order as the REST resource that webhooks carry."""

from datetime import UTC, datetime
from typing import Any

from paidan.kernel.money import from_minor
from paidan.world.numbers import number_from
from paidan.world.shopify.state import Fulfilment, Item, Order

COUNTRIES = {
    "CN": "China", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "US": "United States", "AU": "Australia", "JP": "Japan",
    "NL": "Netherlands", "ES": "Spain", "IE": "Ireland", "SG": "Singapore", "HK": "Hong Kong SAR", "CA": "Canada",
    "IT": "Italy", "SE": "Sweden", "CH": "Switzerland",
}  # fmt: skip


def instant(at: datetime) -> str:
    """ISO 8601 with the offset of the store's zone, which is UTC here."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def address(order: Order) -> dict[str, Any]:
    """The receiver; this platform masks nothing."""
    receiver = order.script.receiver
    first, _, last = receiver.name.rpartition(" ")
    return {
        "first_name": first or None,
        "last_name": last,
        "name": receiver.name,
        "company": None,
        "address1": receiver.detail,
        "address2": receiver.district or None,
        "city": receiver.city,
        "province": receiver.province or None,
        "province_code": None,
        "country": COUNTRIES.get(receiver.country, receiver.country),
        "country_code": receiver.country,
        "zip": receiver.zip_code,
        "phone": receiver.phone,
        "latitude": None,
        "longitude": None,
    }


def customer(order: Order) -> dict[str, Any]:
    """Who bought."""
    where = address(order)
    number = number_from("customer", order.script.shop, order.script.buyer, digits=13)
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Customer/{number}",
        "email": email(order),
        "first_name": where["first_name"],
        "last_name": where["last_name"],
        "phone": where["phone"],
        "currency": order.store.shop.currency,
    }


def email(order: Order) -> str:
    """The buyer's address: a made-up one that can reach nobody (RFC 2606)."""
    return f"{order.script.buyer}@example.com"


def rest_order(order: Order) -> dict[str, Any]:
    """The whole resource."""
    money = Money(order.store.shop.currency)
    goods = sum(item.quantity * item.price_minor for item in order.items)
    discounts = sum(item.discount_minor for item in order.items)
    freight, total = order.script.freight_minor, order.total_minor
    live = 0 if order.cancelled_at else 1
    instants = {"cancelled_at": order.cancelled_at, "closed_at": order.cancelled_at}
    return {
        "id": order.number,
        "admin_graphql_api_id": f"gid://shopify/Order/{order.number}",
        "name": f"#{order.place}",
        "number": order.place - 1000,
        "order_number": order.place,
        "created_at": instant(order.created_at),
        "processed_at": instant(order.created_at),
        "updated_at": instant(order.updated_at),
        **{name: instant(at) if at else None for name, at in instants.items()},
        "cancel_reason": "customer" if order.cancelled_at else None,
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": rest_fulfilment_status(order),
        "confirmed": True,
        "test": False,
        "currency": order.store.shop.currency,
        "presentment_currency": order.store.shop.currency,
        "taxes_included": True,
        "source_name": "web",
        "tags": ", ".join(order.tags),
        "note": order.note or None,
        "note_attributes": [],
        "email": email(order),
        "contact_email": email(order),
        "phone": None,
        "payment_gateway_names": [gateway(order)],
        **money.both("total_line_items_price", goods),
        **money.both("total_discounts", discounts),
        **money.both("subtotal_price", goods - discounts),
        **money.both("total_tax", 0),
        **money.both("total_price", total),
        **money.both("current_subtotal_price", live * (goods - discounts)),
        **money.both("current_total_discounts", live * discounts),
        **money.both("current_total_tax", 0),
        **money.both("current_total_price", live * total),
        "total_tip_received": money.text(0),
        "original_total_duties_set": None,
        "original_total_additional_fees_set": None,
        "total_shipping_price_set": money.bag(freight),
        "total_outstanding": money.text(total * live if order.paid_at is None else 0),
        "customer": customer(order),
        "shipping_address": address(order),
        "billing_address": address(order),
        "line_items": [_line_item(order, item, money) for item in order.items],
        "shipping_lines": _shipping_lines(order, money),
        "tax_lines": [],
        "discount_codes": [],
        "discount_applications": [_application(money, discounts)] if discounts else [],
        "fulfillments": [_fulfilment(fulfilment) for fulfilment in order.fulfilments],
        "refunds": [_refund(order, money)] if order.cancelled_at else [],
        "location_id": None,
    }


class Money:
    """Amounts of one currency as texts and bags."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def text(self, amount_minor: int) -> str:
        """`"12.30"`."""
        return from_minor(amount_minor, self._currency)

    def bag(self, amount_minor: int) -> dict[str, Any]:
        """A `*_set`: shop and presentment money, equal here."""
        money = {"amount": self.text(amount_minor), "currency_code": self._currency}
        return {"shop_money": money, "presentment_money": money}

    def both(self, name: str, amount_minor: int) -> dict[str, Any]:
        """The field and its `_set`."""
        return {name: self.text(amount_minor), f"{name}_set": self.bag(amount_minor)}


def gateway(order: Order) -> str:
    """How it is paid."""
    return "Cash on Delivery (COD)" if order.script.is_cod else "shopify_payments"


def rest_fulfilment_status(order: Order) -> str | None:
    """REST's words: null, partial, fulfilled, restocked."""
    if order.cancelled_at is not None:
        return "restocked"
    return {"UNFULFILLED": None, "PARTIALLY_FULFILLED": "partial", "FULFILLED": "fulfilled"}[order.fulfilment_status]


def _line_item(order: Order, item: Item, money: Money) -> dict[str, Any]:
    variant, product = (None, None) if item.is_service else (int(item.key[2]), int(item.key[1]))
    return {
        "id": item.number,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{item.number}",
        "variant_id": variant,
        "product_id": product,
        "product_exists": product is not None,
        "sku": item.sku or None,
        "title": item.title,
        "name": item.title,
        "variant_title": None,
        "vendor": order.store.shop.name,
        "quantity": item.quantity,
        "current_quantity": item.quantity - item.cancelled,
        "fulfillable_quantity": item.remaining,
        "fulfillment_status": "fulfilled" if item.fulfilled == item.quantity else "partial" if item.fulfilled else None,
        "fulfillment_service": "manual",
        **money.both("price", item.price_minor),
        **money.both("total_discount", 0),
        "discount_allocations": [
            {"amount": money.text(item.discount_minor), "amount_set": money.bag(item.discount_minor), "discount_application_index": 0},
        ]
        if item.discount_minor
        else [],
        "tax_lines": [],
        "requires_shipping": not item.is_service,
        "taxable": True,
        "gift_card": False,
        "grams": 0,
        "properties": [],
    }


def _shipping_lines(order: Order, money: Money) -> list[dict[str, Any]]:
    if not order.script.freight_minor:
        return []
    number = number_from("shipping line", order.number, digits=13)
    freight = order.script.freight_minor
    return [
        {
            "id": number,
            "title": "Standard",
            "code": "Standard",
            "source": "shopify",
            **money.both("price", freight),
            **money.both("discounted_price", freight),
            "discount_allocations": [],
            "tax_lines": [],
        },
    ]


def _application(money: Money, amount_minor: int) -> dict[str, Any]:
    return {
        "type": "manual",
        "title": "Discount",
        "description": "",
        "value": money.text(amount_minor),
        "value_type": "fixed_amount",
        "allocation_method": "across",
        "target_selection": "all",
        "target_type": "line_item",
    }


def _fulfilment(fulfilment: Fulfilment) -> dict[str, Any]:
    return {
        "id": fulfilment.number,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{fulfilment.number}",
        "order_id": fulfilment.order.number,
        "name": fulfilment.name,
        "status": "success",
        "service": "manual",
        "location_id": fulfilment.order.store.location_number,
        "shipment_status": None,
        "created_at": instant(fulfilment.created_at),
        "updated_at": instant(fulfilment.updated_at),
        "tracking_company": fulfilment.company or None,
        "tracking_number": fulfilment.numbers[0] if fulfilment.numbers else None,
        "tracking_numbers": fulfilment.numbers,
        "tracking_url": fulfilment.urls[0] if fulfilment.urls else None,
        "tracking_urls": fulfilment.urls,
        "line_items": [{"id": item.number, "sku": item.sku or None, "quantity": units} for item, units in fulfilment.parts],
    }


def _refund(order: Order, money: Money) -> dict[str, Any]:
    number = number_from("refund", order.number, digits=12)
    at = instant(order.cancelled_at or order.updated_at)
    paid = 0 if order.paid_at is None else order.total_minor
    return {
        "id": number,
        "order_id": order.number,
        "created_at": at,
        "processed_at": at,
        "note": "",
        "restock": True,
        "refund_line_items": [
            {
                "id": number_from("refund line", item.number, digits=12),
                "line_item_id": item.number,
                "quantity": item.cancelled,
                "restock_type": "cancel",
                "subtotal": money.text(item.total_minor),
                "location_id": order.store.location_number,
            }
            for item in order.items
        ],
        "transactions": [{"kind": "refund", "status": "success", "amount": money.text(paid), "gateway": gateway(order)}] if paid else [],
    }
