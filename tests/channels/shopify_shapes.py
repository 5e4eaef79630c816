"""One order of Shopify in both of its shapes, from one plain description."""

import json
from typing import Any, NamedTuple


class Bought(NamedTuple):
    id: int
    price: str
    quantity: int
    discounts: tuple[str, ...] = ()
    current: int | None = None
    shipped: int = 0
    ships: bool = True


LINES = (Bought(11, "19.90", 2, ("3.98",)), Bought(12, "5.00", 1, ("0.50", "0.25")))
ADDRESS = {
    "name": "Ada Lovelace",
    "company": "Engines Ltd",
    "address1": "1 Mill Lane",
    "address2": "Flat 2",
    "city": "London",
    "province": "England",
    "zip": "N1 1AA",
    "phone": "+44 20 0000 0000",
}


class Described(NamedTuple):
    lines: tuple[Bought, ...] = LINES
    financial: str = "paid"
    fulfilled: str = ""  # "", partial, fulfilled
    cancelled_at: str | None = None
    currency: str = "GBP"
    freight: str = "4.00"
    freight_off: str = "1.00"
    tax: str = "2.40"
    tip: str = "0.00"
    taxes_included: bool = False
    total: str = "45.47"
    note: str | None = "leave at door"
    gateways: tuple[str, ...] = ("shopify_payments",)
    address: bool = True


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "GBP"}}


def rest(told: Described) -> dict[str, Any]:
    shipped = [{"id": line.id, "quantity": line.shipped, "price": line.price} for line in told.lines if line.shipped]
    return {
        "id": 450789469,
        "admin_graphql_api_id": "gid://shopify/Order/450789469",
        "name": "#1001",
        "created_at": "2026-03-01T11:00:00+00:00",
        "processed_at": "2026-03-01T11:00:05+00:00",
        "updated_at": "2026-03-01T06:00:06-05:00",
        "cancelled_at": told.cancelled_at,
        "financial_status": told.financial,
        "fulfillment_status": told.fulfilled or None,
        "currency": told.currency,
        "taxes_included": told.taxes_included,
        "total_price": told.total,
        "total_tax": told.tax,
        "total_tip_received": told.tip,
        "total_discounts": "4.73",
        "payment_gateway_names": list(told.gateways),
        "note": told.note,
        "phone": None,
        "customer": {"id": 207119551, "email": "ada@example.com"},
        "shipping_address": ADDRESS | {"country_code": "GB", "country": "United Kingdom"} if told.address else None,
        "shipping_lines": [{"price": told.freight, "discount_allocations": [{"amount": told.freight_off}]}],
        "fulfillments": [
            {"status": "success", "line_items": shipped},
            {"status": "cancelled", "line_items": [{"id": 11, "quantity": 1}]},
        ],
        "line_items": [
            {
                "id": line.id,
                "product_id": 900 + line.id,
                "variant_id": 800 + line.id,
                "sku": f"SKU-{line.id}",
                "title": "Kettle",
                "name": "Kettle - blue",
                "quantity": line.quantity,
                "current_quantity": line.quantity if line.current is None else line.current,
                "price": line.price,
                "requires_shipping": line.ships,
                "discount_allocations": [{"amount": amount, "discount_application_index": 0} for amount in line.discounts],
            }
            for line in told.lines
        ],
    }


def graphql_line(line: Bought) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{line.id}",
        "name": "Kettle - blue",
        "sku": f"SKU-{line.id}",
        "quantity": line.quantity,
        "currentQuantity": line.quantity if line.current is None else line.current,
        "requiresShipping": line.ships,
        "product": {"id": f"gid://shopify/Product/{900 + line.id}"},
        "variant": {"id": f"gid://shopify/ProductVariant/{800 + line.id}"},
        "originalUnitPriceSet": money(line.price),
        "discountAllocations": [{"allocatedAmountSet": money(amount)} for amount in line.discounts],
    }


def page(nodes: list[Any], cursor: str | None = None) -> dict[str, Any]:
    return {"nodes": nodes, "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}}


def graphql(told: Described) -> dict[str, Any]:
    shipped = [{"quantity": line.shipped, "lineItem": {"id": f"gid://shopify/LineItem/{line.id}"}} for line in told.lines if line.shipped]
    freight = f"{float(told.freight) - float(told.freight_off):.2f}"
    return {
        "id": "gid://shopify/Order/450789469",
        "name": "#1001",
        "createdAt": "2026-03-01T11:00:00Z",
        "processedAt": "2026-03-01T11:00:05Z",
        "updatedAt": "2026-03-01T11:00:06Z",
        "cancelledAt": told.cancelled_at,
        "displayFinancialStatus": told.financial.upper(),
        "displayFulfillmentStatus": {"": "UNFULFILLED", "partial": "PARTIALLY_FULFILLED", "fulfilled": "FULFILLED"}[told.fulfilled],
        "currencyCode": told.currency,
        "taxesIncluded": told.taxes_included,
        "totalPriceSet": money(told.total),
        "totalTaxSet": money(told.tax),
        "totalTipReceivedSet": money(told.tip),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "paymentGatewayNames": list(told.gateways),
        "note": told.note,
        "phone": None,
        "customer": {"id": "gid://shopify/Customer/207119551"},
        "shippingAddress": ADDRESS | {"countryCodeV2": "GB"} if told.address else None,
        "shippingLines": {"nodes": [{"id": "gid://shopify/ShippingLine/1", "discountedPriceSet": money(freight)}]},
        "fulfillments": [
            {"id": "gid://shopify/Fulfillment/1", "status": "SUCCESS", "fulfillmentLineItems": page(shipped)},
            {
                "id": "gid://shopify/Fulfillment/2",
                "status": "CANCELLED",
                "fulfillmentLineItems": page([{"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/11"}}]),
            },
        ],
        "lineItems": page([graphql_line(line) for line in told.lines]),
    }


def body(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()
