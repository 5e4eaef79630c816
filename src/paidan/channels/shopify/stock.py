"""Telling Shopify how many are for sale, at one location.

Setting compares first (`changeFromQuantity`): when the quantity moved meanwhile the platform answers CHANGE_FROM_QUANTITY_STALE, and asking again
with a fresh look is the caller's choice. The idempotency key covers the variables too, because the platform refuses one key with other variables.
Source: shopify.dev, inventorySetQuantities and inventoryAdjustQuantities of 2026-04.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from paidan.channels.platform import ListingQuantity, StockOutcome
from paidan.channels.shopify.graphql import ShopifyClient, gid, number_of
from paidan.channels.shopify.graphql_wire import Gid
from paidan.kernel.errors import SetupError
from paidan.runtime.calling import CallRecord, RecordedFailure, RecordedRefusal, after

ROWS_MAX: Final = 100
STALE: Final = "CHANGE_FROM_QUANTITY_STALE"
UNKNOWN_LISTING: Final = "listing_not_found"
AVAILABLE: Final = "available"
REASON: Final = "correction"


class NamedQuantity(Struct):
    """A quantity by name."""

    name: str
    quantity: int


class Level(Struct):
    """What an item shows at the location."""

    quantities: list[NamedQuantity] = []


class Item(Struct, rename="camel"):
    """The inventory item of a variant; without a level it is not stocked at the location."""

    id: Gid
    inventory_level: Level | None = None


class Variant(Struct, rename="camel"):
    """A variant; null for an unknown id."""

    id: Gid
    inventory_item: Item


class Shown(Struct, frozen=True, kw_only=True):
    """The inventory item and what it shows; None: not stocked there."""

    item: str
    quantity: int | None


_VARIANTS: Final = msgspec.json.Decoder(list[Variant | None])


class ShopifyStock:
    """Tells quantities of one shop's location."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def read_quantities(self, sku_refs: Sequence[str]) -> tuple[dict[str, Shown], CallRecord]:
        """What variants (at most 100) show now; unknown ones are left out."""
        asked = {"ids": [gid("ProductVariant", ref) for ref in sku_refs], "locationId": self._location()}
        answer = self._client.call("inventory_levels", asked)
        found = [variant for variant in answer.read("nodes", _VARIANTS) if variant is not None]
        return {number_of(variant.id): Shown(item=variant.inventory_item.id, quantity=_available(variant)) for variant in found}, answer.record

    def set_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Show exactly these, if nobody else changed them since we looked. What shows the right quantity already is not written."""
        return [self._tell(part, key, is_full=True) for part in _parts(rows)]

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences once for `key`."""
        return [self._tell(part, key, is_full=False) for part in _parts(rows)]

    def _tell(self, rows: tuple[ListingQuantity, ...], key: str, *, is_full: bool) -> StockOutcome:
        records: list[CallRecord] = []
        try:
            shown, record = self.read_quantities([row.sku_ref for row in rows])
            records.append(record)
            if any(row.sku_ref not in shown for row in rows):
                raise RecordedRefusal("inventory_levels: a listing is unknown", record=record, code=UNKNOWN_LISTING)
            with after(records):
                records += self._write(rows, shown, key, is_full=is_full)
        except RecordedFailure as failure:
            return StockOutcome(rows=rows, records=failure.records, failure=failure)
        return StockOutcome(rows=rows, records=tuple(records))

    def _write(self, rows: Sequence[ListingQuantity], shown: dict[str, Shown], key: str, *, is_full: bool) -> list[CallRecord]:
        location = self._location()
        if is_full:
            quantities = set_rows(rows, shown, location)
            asked: dict[str, Any] = {"name": AVAILABLE, "reason": REASON, "quantities": quantities}
            query, root = "inventory_set", "inventorySetQuantities"
        else:
            quantities = adjust_rows(rows, shown, location)
            asked = {"name": AVAILABLE, "reason": REASON, "changes": quantities}
            query, root = "inventory_adjust", "inventoryAdjustQuantities"
        if not quantities:
            return []
        return [self._client.call(query, {"input": asked, "key": key_of(key, asked)}).checked(root)]

    def _location(self) -> str:
        if not self._client.access.location_ref:
            raise SetupError("a Shopify shop needs location_ref in its settings before stock can be told")
        return gid("Location", self._client.access.location_ref)


def set_rows(rows: Sequence[ListingQuantity], shown: dict[str, Shown], location: str) -> list[dict[str, Any]]:
    """InventoryQuantityInputs; rows that are right already are left out. Pure."""
    return [
        {
            "inventoryItemId": shown[row.sku_ref].item,
            "locationId": location,
            "quantity": row.quantity,
            "changeFromQuantity": shown[row.sku_ref].quantity,
        }
        for row in rows
        if shown[row.sku_ref].quantity != row.quantity
    ]


def adjust_rows(rows: Sequence[ListingQuantity], shown: dict[str, Shown], location: str) -> list[dict[str, Any]]:
    """InventoryChangeInputs; a difference needs no comparison, and null says so. Pure."""
    return [
        {"inventoryItemId": shown[row.sku_ref].item, "locationId": location, "delta": row.quantity, "changeFromQuantity": None}
        for row in rows
        if row.quantity
    ]


def key_of(key: str, variables: object) -> str:
    """The idempotency key of these variables under our own key, shaped as a UUID."""
    return str(UUID(bytes=sha256(key.encode() + b"\0" + msgspec.json.encode(variables)).digest()[:16]))


def _available(variant: Variant) -> int | None:
    level = variant.inventory_item.inventory_level
    return next((found.quantity for found in level.quantities if found.name == AVAILABLE), None) if level else None


def _parts(rows: Sequence[ListingQuantity]) -> list[tuple[ListingQuantity, ...]]:
    ordered = sorted(rows, key=lambda row: row.sku_ref)
    return [tuple(ordered[at : at + ROWS_MAX]) for at in range(0, len(ordered), ROWS_MAX)]
