"""Orders as GraphQL objects: a field `totalPriceSet` is the attribute or method `total_price_set` of the view."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from paidan.kernel.money import from_minor
from paidan.world.numbers import number_from
from paidan.world.shopify import rest
from paidan.world.shopify.connections import connection, gid
from paidan.world.shopify.state import INVENTORY_ITEM_BASE, Fulfilment, Item, Order
from paidan.world.shopify.stock_views import VariantView, location_view


def instant(at: datetime) -> str:
    """GraphQL's DateTime."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def bag(order: Order, amount_minor: int) -> dict[str, Any]:
    """A MoneyBag."""
    currency = order.store.shop.currency
    money = {"amount": from_minor(amount_minor, currency), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def mailing_address(order: Order) -> dict[str, Any]:
    """A MailingAddress."""
    where = rest.address(order)
    return {
        "firstName": where["first_name"],
        "lastName": where["last_name"],
        "name": where["name"],
        "company": None,
        "address1": where["address1"],
        "address2": where["address2"],
        "city": where["city"],
        "province": where["province"],
        "provinceCode": None,
        "country": where["country"],
        "countryCodeV2": where["country_code"],
        "countryCode": where["country_code"],
        "zip": where["zip"],
        "phone": where["phone"],
    }


class ItemView:
    """A LineItem."""

    graphql_type: ClassVar = "LineItem"

    def __init__(self, order: Order, item: Item) -> None:
        self.id = gid("LineItem", item.number)
        self.sku = item.sku or None
        self.name = self.title = item.title
        self.variant_title = None
        self.quantity = item.quantity
        self.current_quantity = self.refundable_quantity = item.quantity - item.cancelled
        self.unfulfilled_quantity = item.remaining
        self.requires_shipping = not item.is_service
        self.taxable, self.is_gift_card, self.vendor = True, False, order.store.shop.name
        self.custom_attributes: list[Any] = []
        self.tax_lines: list[Any] = []
        self.original_unit_price_set = bag(order, item.price_minor)
        self.original_total_set = bag(order, item.price_minor * item.quantity)
        # The discounts here are order-wide: these two fields tell item discounts only.
        self.discounted_unit_price_set, self.total_discount_set = self.original_unit_price_set, bag(order, 0)
        self._order, self._item = order, item

    def discounted_total_set(self, with_code_discounts: bool | None = None) -> dict[str, Any]:  # noqa: FBT001 - GraphQL passes arguments by name
        """The total after item discounts."""
        del with_code_discounts
        return self.original_total_set

    def discount_allocations(self) -> list[dict[str, Any]]:
        """Its share of the order-wide discount."""
        if not self._item.discount_minor:
            return []
        application = {"title": "Discount", "targetType": "LINE_ITEM"}
        return [{"allocatedAmountSet": bag(self._order, self._item.discount_minor), "discountApplication": application}]

    def variant(self) -> VariantView | None:
        """What was sold; a custom item has none."""
        return None if self._item.is_service else VariantView(self._order.store, self._item.key)

    def product(self) -> dict[str, Any] | None:
        """As `variant`."""
        variant = self.variant()
        return None if variant is None else variant.product


class FulfilmentView:
    """A Fulfillment."""

    graphql_type: ClassVar = "Fulfillment"
    status: ClassVar = "SUCCESS"

    def __init__(self, fulfilment: Fulfilment) -> None:
        self._fulfilment = fulfilment
        self.id, self.legacy_resource_id = gid("Fulfillment", fulfilment.number), str(fulfilment.number)
        self.name = fulfilment.name
        self.created_at, self.updated_at = instant(fulfilment.created_at), instant(fulfilment.updated_at)
        self.total_quantity = sum(units for _, units in fulfilment.parts)
        self.location = location_view(fulfilment.order.store)

    def tracking_info(self, first: int | None = None) -> list[dict[str, Any]]:
        """Numbers with company and link."""
        one = self._fulfilment
        urls: list[str | None] = [*one.urls, *[None] * (len(one.numbers) - len(one.urls))]
        rows = [{"company": one.company or None, "number": number, "url": url} for number, url in zip(one.numbers, urls, strict=False)]
        return rows[:first]

    def fulfillment_line_items(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """What was in it."""
        one = self._fulfilment

        def show(part: tuple[Item, int]) -> dict[str, Any]:
            item, units = part
            number = number_from("fulfilment line", one.number, item.number, digits=13)
            return {"id": gid("FulfillmentLineItem", number), "quantity": units, "lineItem": ItemView(one.order, item)}

        return connection(one.parts, show, first, after)

    def order(self) -> "OrderView":
        """Of which order."""
        return OrderView(self._fulfilment.order)


def fulfilment_line_number(item: Item) -> int:
    """The number of an item's line in the fulfilment order."""
    return number_from("fulfilment order line", item.number, digits=14)


class FulfilmentOrderView:
    """The FulfillmentOrder of an order: the store has one location, so there is one."""

    graphql_type: ClassVar = "FulfillmentOrder"
    request_status: ClassVar = "UNSUBMITTED"

    def __init__(self, order: Order) -> None:
        self._order = order
        self.id = gid("FulfillmentOrder", order.fulfilment_order_number)
        self.order_id, self.order_name = gid("Order", order.number), f"#{order.place}"
        self.created_at = self.fulfill_at = instant(order.created_at)
        self.updated_at, self.fulfill_by = instant(order.updated_at), instant(order.script.ship_by_at)
        self.assigned_location = {"name": order.store.shop.name, "location": location_view(order.store)}
        self.destination = mailing_address(order)
        self.status = fulfilment_order_status(order)
        actions = ["CREATE_FULFILLMENT", "HOLD", "MOVE", "SPLIT"] if self.status in {"OPEN", "IN_PROGRESS"} else []
        actions = ["RELEASE_HOLD"] if self.status == "ON_HOLD" else actions
        hold = {"id": gid("FulfillmentHold", number_from("hold", order.number, digits=12)), "reason": "OTHER", "reasonNotes": "refund asked for"}
        self.fulfillment_holds = [hold] if self.status == "ON_HOLD" else []
        self.supported_actions = [{"action": action, "externalUrl": None} for action in actions]

    def line_items(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """What is to be shipped."""
        order = self._order

        def show(item: Item) -> dict[str, Any]:
            variant = VariantView(order.store, item.key)
            return {
                "__typename": "FulfillmentOrderLineItem",
                "id": gid("FulfillmentOrderLineItem", fulfilment_line_number(item)),
                "totalQuantity": item.quantity - item.cancelled,
                "remainingQuantity": item.remaining,
                "sku": item.sku or None,
                "productTitle": item.title,
                "variantTitle": None,
                "requiresShipping": True,
                "inventoryItemId": gid("InventoryItem", int(item.key[2]) + INVENTORY_ITEM_BASE),
                "lineItem": ItemView(order, item),
                "variant": variant,
            }

        return connection(order.goods, show, first, after)

    def fulfillments(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """What was shipped."""
        return connection(self._order.fulfilments, FulfilmentView, first, after)

    def order(self) -> "OrderView":
        """Of which order."""
        return OrderView(self._order)


def fulfilment_order_status(order: Order) -> str:
    """OPEN, IN_PROGRESS once something left, CLOSED when nothing is left to do, ON_HOLD while staff holds it."""
    if not any(item.remaining for item in order.goods):
        return "CLOSED"
    if order.is_on_hold:
        return "ON_HOLD"
    return "IN_PROGRESS" if order.fulfilments else "OPEN"


class OrderView:
    """An Order."""

    graphql_type: ClassVar = "Order"
    confirmed: ClassVar = True
    test: ClassVar = False
    phone: ClassVar = None
    source_name: ClassVar = "web"
    taxes_included: ClassVar = True
    custom_attributes: ClassVar[list[Any]] = []
    discount_codes: ClassVar[list[Any]] = []
    original_total_duties_set: ClassVar = None
    original_total_additional_fees_set: ClassVar = None

    def __init__(self, order: Order) -> None:
        self._order = order
        self.id, self.legacy_resource_id, self.name = gid("Order", order.number), str(order.number), f"#{order.place}"
        self.created_at = self.processed_at = instant(order.created_at)
        self.updated_at = instant(order.updated_at)
        self.cancelled_at = self.closed_at = instant(order.cancelled_at) if order.cancelled_at else None
        self.cancel_reason = "CUSTOMER" if order.cancelled_at else None
        self.closed = order.cancelled_at is not None
        self.note, self.tags, self.email = order.note or None, sorted(order.tags), rest.email(order)
        self.currency_code = self.presentment_currency_code = order.store.shop.currency
        self.display_financial_status = order.financial_status
        self.display_fulfillment_status = "ON_HOLD" if fulfilment_order_status(order) == "ON_HOLD" else order.fulfilment_status
        self.return_status = "RETURN_REQUESTED" if order.is_return_asked else "NO_RETURN"
        self.fully_paid, self.unpaid = order.paid_at is not None, order.paid_at is None
        self.payment_gateway_names = [rest.gateway(order)]
        self.requires_shipping = bool(order.goods)

    # Amounts. `current…` tells what is left after cancellation.

    def _bag(self, amount_minor: int) -> dict[str, Any]:
        return bag(self._order, amount_minor)

    def _subtotal(self) -> int:
        return sum(item.total_minor for item in self._order.items)

    def _live(self) -> int:
        return 0 if self._order.cancelled_at else 1

    def _received(self) -> int:
        return self._order.total_minor if self._order.paid_at else 0

    def total_price_set(self) -> dict[str, Any]:
        """What the buyer owes."""
        return self._bag(self._order.total_minor)

    original_total_price_set = total_price_set

    def subtotal_price_set(self) -> dict[str, Any]:
        """Items after discounts."""
        return self._bag(self._subtotal())

    def total_discounts_set(self) -> dict[str, Any]:
        """Discounts."""
        return self._bag(sum(item.discount_minor for item in self._order.items))

    def total_shipping_price_set(self) -> dict[str, Any]:
        """Carriage."""
        return self._bag(self._order.script.freight_minor)

    def total_tax_set(self) -> dict[str, Any]:
        """No taxes and no tips in this world."""
        return self._bag(0)

    current_total_tax_set = total_tip_received_set = total_tax_set

    def current_total_price_set(self) -> dict[str, Any]:
        """Owed now."""
        return self._bag(self._live() * self._order.total_minor)

    def current_subtotal_price_set(self) -> dict[str, Any]:
        """Items now."""
        return self._bag(self._live() * self._subtotal())

    def current_total_discounts_set(self) -> dict[str, Any]:
        """Discounts now."""
        return self._bag(self._live() * sum(item.discount_minor for item in self._order.items))

    def current_shipping_price_set(self) -> dict[str, Any]:
        """Carriage now."""
        return self._bag(self._live() * self._order.script.freight_minor)

    def total_received_set(self) -> dict[str, Any]:
        """Paid."""
        return self._bag(self._received())

    def total_refunded_set(self) -> dict[str, Any]:
        """Paid back."""
        return self._bag(0 if self._live() else self._received())

    def total_outstanding_set(self) -> dict[str, Any]:
        """Still owed."""
        return self._bag(self._live() * (self._order.total_minor - self._received()))

    def net_payment_set(self) -> dict[str, Any]:
        """Paid and kept."""
        return self._bag(self._live() * self._received())

    def subtotal_line_items_quantity(self) -> int:
        """Units bought."""
        return sum(item.quantity for item in self._order.items)

    def current_subtotal_line_items_quantity(self) -> int:
        """Units now."""
        return sum(item.quantity - item.cancelled for item in self._order.items)

    # Parts.

    def customer(self) -> dict[str, Any]:
        """Who bought."""
        who = rest.customer(self._order)
        return {
            "__typename": "Customer",
            "id": who["admin_graphql_api_id"],
            "legacyResourceId": str(who["id"]),
            "displayName": self._order.script.receiver.name,
            "firstName": who["first_name"],
            "lastName": who["last_name"],
            "email": who["email"],
            "phone": who["phone"],
        }

    def shipping_address(self) -> dict[str, Any]:
        """The receiver."""
        return mailing_address(self._order)

    billing_address = shipping_address

    def transactions(self, first: int | None = None) -> list[dict[str, Any]]:
        """The payment, and its way back."""
        order = self._order
        kinds = [("SALE", order.paid_at), ("REFUND", order.cancelled_at)] if order.paid_at else []
        rows = [
            {
                "__typename": "OrderTransaction",
                "id": gid("OrderTransaction", number_from(kind, order.number, digits=13)),
                "kind": kind,
                "status": "SUCCESS",
                "gateway": rest.gateway(order),
                "amountSet": self._bag(order.total_minor),
                "createdAt": instant(at),
                "processedAt": instant(at),
            }
            for kind, at in kinds
            if at is not None
        ]
        return rows[:first]

    def refunds(self, first: int | None = None) -> list[dict[str, Any]]:
        """The refund of a cancelled order."""
        order = self._order
        if order.cancelled_at is None:
            return []
        number = number_from("refund", order.number, digits=12)

        def show(item: Item) -> dict[str, Any]:
            amount = self._bag(item.total_minor)
            return {"lineItem": ItemView(order, item), "quantity": item.cancelled, "restockType": "CANCEL", "restocked": True, "subtotalSet": amount}

        refund = {
            "__typename": "Refund",
            "id": gid("Refund", number),
            "legacyResourceId": str(number),
            "createdAt": instant(order.cancelled_at),
            "note": "",
            "totalRefundedSet": self._bag(self._received()),
            "refundLineItems": _Paged(order.items, show),
        }
        return [refund][:first]

    def line_items(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """What was bought."""
        return connection(self._order.items, lambda item: ItemView(self._order, item), first, after)

    def shipping_lines(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """How it is sent."""
        freight = self._order.script.freight_minor
        price = self._bag(freight)
        lines = [{"id": None, "title": "Standard", "code": "Standard", "originalPriceSet": price, "discountedPriceSet": price}] if freight else []
        return connection(lines, lambda line: line, first, after)

    def fulfillment_orders(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """The one fulfilment order; an order of nothing but services has none."""
        return connection([self._order] if self._order.goods else [], FulfilmentOrderView, first, after)

    def fulfillments(self, first: int | None = None) -> list[FulfilmentView]:
        """What was shipped."""
        return [FulfilmentView(one) for one in self._order.fulfilments][:first]


class _Paged:
    """A field of a dict source that takes page arguments."""

    def __init__(self, things: list[Any], show: Callable[[Any], Any]) -> None:
        self._things, self._show = things, show

    def __call__(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        return connection(self._things, self._show, first, after)
