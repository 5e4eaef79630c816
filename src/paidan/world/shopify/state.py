"""What the platform knows of a store: orders with their items and fulfilments, counters, answers given under a key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paidan.world.numbers import number_from
from paidan.world.script import ScriptListing, ScriptOrder, ScriptShop
from paidan.world.shelf import ListingKey, Shelf

# Inventory items are numbered apart from variants; this is the distance between the two here.
INVENTORY_ITEM_BASE = 40_000_000_000_000


def location_number(shop: str) -> int:
    """The number of a shop's one location."""
    return number_from("location", shop, digits=11)


@dataclass(slots=True)
class Item:
    """A line item. A custom one (postage, a fee) has no variant, no SKU and nothing to ship. Amounts in minor units."""

    number: int
    key: ListingKey
    sku: str
    title: str
    quantity: int
    price_minor: int
    discount_minor: int
    is_service: bool
    fulfilled: int = 0
    cancelled: int = 0
    taken: int = 0  # units the counter gave

    @property
    def remaining(self) -> int:
        """Units still to be fulfilled."""
        return self.quantity - self.fulfilled - self.cancelled

    @property
    def total_minor(self) -> int:
        """What the buyer pays for it."""
        return self.quantity * self.price_minor - self.discount_minor


@dataclass(slots=True)
class Fulfilment:
    """Something that left."""

    number: int
    order: "Order"
    name: str
    created_at: datetime
    updated_at: datetime
    parts: list[tuple[Item, int]]
    company: str = ""
    numbers: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """An order."""

    number: int
    place: int  # its number in the store, from 1001
    script: ScriptOrder
    store: "Store"
    items: list[Item]
    created_at: datetime
    updated_at: datetime
    note: str
    tags: list[str] = field(default_factory=list)
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    is_close_refused: bool = False
    is_return_asked: bool = False
    is_on_hold: bool = False  # its fulfilment order
    uncollected_minor: int = 0
    fulfilments: list[Fulfilment] = field(default_factory=list)
    told: int = 0  # webhooks so far

    @property
    def fulfilment_order_number(self) -> int:
        """Of its one fulfilment order: the store has one location."""
        return number_from("fulfilment order", self.number, digits=13)

    @property
    def goods(self) -> list[Item]:
        """What is to be shipped."""
        return [item for item in self.items if not item.is_service]

    @property
    def total_minor(self) -> int:
        """What the buyer pays."""
        return sum(item.total_minor for item in self.items) + self.script.freight_minor

    @property
    def financial_status(self) -> str:
        """In capitals, as GraphQL has it."""
        if self.cancelled_at is not None:
            return "VOIDED" if self.paid_at is None else "REFUNDED"
        return "PENDING" if self.paid_at is None else "PAID"

    @property
    def fulfilment_status(self) -> str:
        """UNFULFILLED, PARTIALLY_FULFILLED or FULFILLED."""
        if not any(item.fulfilled for item in self.items):
            return "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if any(item.remaining for item in self.items) else "FULFILLED"


@dataclass(slots=True)
class Store:
    """A shop. `tell` hears of every event by its webhook topics."""

    shop: ScriptShop
    domain: str
    token: str
    shelf: Shelf
    listings: dict[ListingKey, ScriptListing]
    tell: Callable[[Order, datetime, tuple[str, ...]], None]
    orders: dict[int, Order] = field(default_factory=dict)
    fulfilments: dict[int, Fulfilment] = field(default_factory=dict)
    committed: dict[ListingKey, int] = field(default_factory=dict)
    by_variant: dict[int, ListingKey] = field(default_factory=dict)
    by_fulfilment_order: dict[int, Order] = field(default_factory=dict)
    answers: dict[str, tuple[str, Any]] = field(default_factory=dict)  # idempotency key → what was asked, what was answered
    groups: int = 0
    lost_sales: list[str] = field(default_factory=list)
    unsellable: list[str] = field(default_factory=list)

    @property
    def location_number(self) -> int:
        """Of its one location."""
        return location_number(self.shop.code)

    def available(self, key: ListingKey) -> int:
        """What can be sold."""
        return self.shelf.slots[key].display

    def quantity(self, key: ListingKey, name: str) -> int:
        """A named quantity of the one location; `on_hand = available + committed`, the other states are empty here."""
        held = self.committed.get(key, 0)
        return {"available": self.available(key), "committed": held, "on_hand": self.available(key) + held}.get(name, 0)
