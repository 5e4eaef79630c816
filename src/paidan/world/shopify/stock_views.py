"""Variants, inventory items and levels as GraphQL objects (the fields are found as in views.py)."""

from typing import Any, ClassVar

from paidan.world.shelf import ListingKey
from paidan.world.shopify.connections import connection, gid, number_of
from paidan.world.shopify.state import INVENTORY_ITEM_BASE, Store


class VariantView:
    """A ProductVariant."""

    graphql_type: ClassVar = "ProductVariant"

    def __init__(self, store: Store, key: ListingKey) -> None:
        listing = store.listings[key]
        self.id = gid("ProductVariant", int(key[2]))
        self.legacy_resource_id = key[2]
        self.sku = listing.merchant_code or None
        self.title = "Default Title"
        self.display_name = listing.title
        self.product = {"__typename": "Product", "id": gid("Product", int(key[1])), "legacyResourceId": key[1], "title": listing.title}
        self._store, self._key = store, key

    def inventory_quantity(self) -> int:
        """What is available."""
        return self._store.available(self._key)

    def inventory_item(self) -> "InventoryItemView":
        """Its stock."""
        return InventoryItemView(self._store, self._key)


def location_view(store: Store) -> dict[str, Any]:
    """The one Location of the store."""
    number = store.location_number
    return {
        "__typename": "Location",
        "id": gid("Location", number),
        "legacyResourceId": str(number),
        "name": store.shop.name,
        "isActive": True,
        "fulfillsOnlineOrders": True,
    }


class LevelView:
    """An InventoryLevel."""

    graphql_type: ClassVar = "InventoryLevel"

    def __init__(self, store: Store, key: ListingKey) -> None:
        self._store, self._key = store, key
        self.id = f"gid://shopify/InventoryLevel/{store.location_number}?inventory_item_id={int(key[2]) + INVENTORY_ITEM_BASE}"
        self.location = location_view(store)
        self.updated_at = "1970-01-01T00:00:00Z"

    def item(self) -> "InventoryItemView":
        """What is counted."""
        return InventoryItemView(self._store, self._key)

    def quantities(self, names: list[str]) -> list[dict[str, Any]]:
        """The quantities of those names."""
        return [{"name": name, "quantity": self._store.quantity(self._key, name), "updatedAt": None} for name in names]


class InventoryItemView:
    """An InventoryItem."""

    graphql_type: ClassVar = "InventoryItem"
    tracked: ClassVar = True

    def __init__(self, store: Store, key: ListingKey) -> None:
        number = int(key[2]) + INVENTORY_ITEM_BASE
        self.id, self.legacy_resource_id = gid("InventoryItem", number), str(number)
        self.sku = store.listings[key].merchant_code or None
        self._store, self._key = store, key

    def variant(self) -> VariantView:
        """What is sold of it."""
        return VariantView(self._store, self._key)

    def inventory_level(self, location_id: str) -> LevelView | None:
        """Its level at a location."""
        is_here = number_of(location_id, "Location") == self._store.location_number
        return LevelView(self._store, self._key) if is_here else None

    def inventory_levels(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """Its levels."""
        return connection([LevelView(self._store, self._key)], lambda level: level, first, after)
