"""Runs GraphQL documents against a store: parsing and validation (kept per document), resolving, idempotency keys."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    assert_valid_schema,
    build_schema,
    execute_sync,
    get_directive_values,
    parse,
    validate,
)

from paidan.world.shopify import mutations
from paidan.world.shopify.connections import connection, number_of
from paidan.world.shopify.search import matcher
from paidan.world.shopify.state import INVENTORY_ITEM_BASE, Order, Store
from paidan.world.shopify.stock_views import InventoryItemView, LevelView, VariantView, location_view
from paidan.world.shopify.views import FulfilmentOrderView, FulfilmentView, OrderView

IDEMPOTENT_FROM = "2026-04"
MUST_BE_IDEMPOTENT = frozenset({"inventorySetQuantities", "inventoryAdjustQuantities"})
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@cache
def schema() -> GraphQLSchema:
    """The packaged schema."""
    made = build_schema((files("paidan.world.shopify") / "schema.graphql").read_text(encoding="utf-8"))
    assert_valid_schema(made)
    return made


@lru_cache(maxsize=512)
def prepare(document: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Parse and validate; kept, for a merchant sends the same few documents."""
    try:
        node = parse(document)
    except GraphQLError as error:
        return None, (error,)
    return node, tuple(validate(schema(), node))


@lru_cache(maxsize=1024)
def snake(name: str) -> str:
    """`totalPriceSet` → `total_price_set`."""
    return HUMP.sub("_", name).lower()


def run(store: Store, node: DocumentNode, variables: dict[str, Any], operation: str | None, now: datetime, version: str) -> ExecutionResult:
    """Execute a prepared document."""
    return execute_sync(
        schema(),
        node,
        root_value=Root(store, now, version),
        variable_values=variables,
        operation_name=operation,
        field_resolver=_resolve,
        type_resolver=_type_of,
    )


def _resolve(source: Any, info: "GraphQLResolveInfo[Any]", **arguments: Any) -> Any:
    """A field: the key of a dict, or the attribute or method of a view; mutations go through `Root.mutate`."""
    if info.parent_type.name == "Mutation":
        return source.mutate(info, arguments)
    value = source[info.field_name] if isinstance(source, dict) else getattr(source, snake(info.field_name))
    return value(**{snake(name): argument for name, argument in arguments.items()}) if callable(value) else value


def _type_of(value: Any, *_: Any) -> str:
    name: str = value["__typename"] if isinstance(value, dict) else value.graphql_type
    return name


class Root:
    """The fields of Query and Mutation for one call."""

    def __init__(self, store: Store, now: datetime, version: str) -> None:
        self._store = store
        self._now = now
        self._version = version

    # Queries.

    def shop(self) -> dict[str, Any]:
        """The shop itself."""
        one = self._store.shop
        return {
            "__typename": "Shop",
            "id": "gid://shopify/Shop/1",
            "name": one.name,
            "myshopifyDomain": self._store.domain,
            "currencyCode": one.currency,
            "ianaTimezone": "Etc/UTC",
        }

    def node(self, id: str) -> Any:  # noqa: A002 - the schema's argument
        """Anything by its global id."""
        finders: dict[str, Callable[[str], Any]] = {
            "Order": self.order,
            "FulfillmentOrder": self.fulfillment_order,
            "Fulfillment": self.fulfillment,
            "InventoryItem": self.inventory_item,
            "ProductVariant": self.product_variant,
            "Location": self.location,
        }
        finder = finders.get(id.removeprefix("gid://shopify/").partition("/")[0])
        return None if finder is None else finder(id)

    def nodes(self, ids: list[str]) -> list[Any]:
        """Several of them."""
        return [self.node(one) for one in ids]

    def order(self, id: str) -> OrderView | None:  # noqa: A002 - the schema's argument
        """An order."""
        found = self._store.orders.get(number_of(id, "Order"))
        return None if found is None else OrderView(found)

    def orders(
        self,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        sort_key: str | None = None,
        reverse: bool | None = None,  # noqa: FBT001 - GraphQL passes arguments by name
    ) -> dict[str, Any]:
        """Orders by a search."""
        read = ORDER_SORT.get(sort_key or "PROCESSED_AT", ORDER_SORT["PROCESSED_AT"])
        sign = -1 if reverse else 1

        def key_of(order: Order) -> list[int]:
            return [sign * read(order), sign * order.number]

        wanted = matcher(query, ORDER_FIELDS)
        found = sorted((order for order in self._store.orders.values() if wanted(order)), key=key_of)
        return connection(found, OrderView, first, after, key_of)

    def fulfillment_order(self, id: str) -> FulfilmentOrderView | None:  # noqa: A002 - the schema's argument
        """A fulfilment order."""
        found = self._store.by_fulfilment_order.get(number_of(id, "FulfillmentOrder"))
        return None if found is None else FulfilmentOrderView(found)

    def fulfillment(self, id: str) -> FulfilmentView | None:  # noqa: A002 - the schema's argument
        """A fulfilment."""
        found = self._store.fulfilments.get(number_of(id, "Fulfillment"))
        return None if found is None else FulfilmentView(found)

    def location(self, id: str | None = None) -> dict[str, Any] | None:  # noqa: A002 - the schema's argument
        """The one location."""
        is_here = id is None or number_of(id, "Location") == self._store.location_number
        return location_view(self._store) if is_here else None

    def locations(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        """All of them."""
        return connection([self._store], location_view, first, after)

    def product_variant(self, id: str) -> VariantView | None:  # noqa: A002 - the schema's argument
        """A variant."""
        key = self._store.by_variant.get(number_of(id, "ProductVariant"))
        return None if key is None else VariantView(self._store, key)

    def product_variants(self, first: int | None = None, after: str | None = None, query: str | None = None) -> dict[str, Any]:
        """Variants by a search."""
        return connection(self._variants(query), lambda one: VariantView(self._store, self._store.by_variant[one]), first, after, lambda one: one)

    def inventory_item(self, id: str) -> InventoryItemView | None:  # noqa: A002 - the schema's argument
        """An inventory item."""
        key = self._store.by_variant.get(number_of(id, "InventoryItem") - INVENTORY_ITEM_BASE)
        return None if key is None else InventoryItemView(self._store, key)

    def inventory_items(self, first: int | None = None, after: str | None = None, query: str | None = None) -> dict[str, Any]:
        """Inventory items by a search."""
        return connection(
            self._variants(query), lambda one: InventoryItemView(self._store, self._store.by_variant[one]), first, after, lambda one: one
        )

    def inventory_level(self, id: str) -> LevelView | None:  # noqa: A002 - the schema's argument
        """A level, by `…/InventoryLevel/LOCATION?inventory_item_id=ITEM`."""
        location, _, item = id.partition("?inventory_item_id=")
        if number_of(location, "InventoryLevel") != self._store.location_number or not item.isdigit():
            return None
        key = self._store.by_variant.get(int(item) - INVENTORY_ITEM_BASE)
        return None if key is None else LevelView(self._store, key)

    def _variants(self, query: str | None) -> list[int]:
        listings, keys = self._store.listings, self._store.by_variant
        fields: dict[str, Callable[[int], Any]] = {"sku": lambda one: listings[keys[one]].merchant_code, "id": lambda one: one}
        wanted = matcher(query, fields)
        return [one for one in sorted(keys) if wanted(one)]

    # Mutations.

    def mutate(self, info: "GraphQLResolveInfo[Any]", arguments: dict[str, Any]) -> Any:
        """Run a mutation; the same idempotency key gives the first answer again."""
        name = info.field_name
        given = get_directive_values(schema().get_directive("idempotent") or _missing(), info.field_nodes[0], info.variable_values)
        key = given["key"] if given else ""
        if not key:
            if name in MUST_BE_IDEMPOTENT and self._version >= IDEMPOTENT_FROM:
                words = "The @idempotent directive is required for this mutation."
                raise GraphQLError(words, extensions={"code": "BAD_REQUEST"})
            return self._do(name, arguments)
        asked = f"{name} {msgspec.json.encode(arguments, order='deterministic').decode()}"
        before, answer = self._store.answers.get(key, ("", None))
        if before and before != asked:
            words = "The idempotency key was used with other parameters."
            return _empty(name) | {"userErrors": [{"field": None, "message": words, "code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}]}
        if not before:
            answer = self._do(name, arguments)
            self._store.answers[key] = (asked, answer)
        return answer

    def _do(self, name: str, given: dict[str, Any]) -> Any:
        store, now, version = self._store, self._now, self._version
        doers: dict[str, Callable[[], Any]] = {
            "fulfillmentCreate": lambda: mutations.create_fulfilment(store, given["fulfillment"], now),
            "fulfillmentTrackingInfoUpdate": lambda: mutations.update_tracking(store, given["fulfillmentId"], given["trackingInfoInput"], now),
            "fulfillmentOrderReleaseHold": lambda: mutations.release_hold(store, given["id"], now),
            "inventorySetQuantities": lambda: mutations.set_quantities(store, given["input"], now, version),
            "inventoryAdjustQuantities": lambda: mutations.adjust_quantities(store, given["input"], now, version),
            "orderUpdate": lambda: mutations.update_order(store, given["input"], now),
        }
        return doers[name]()


def _missing() -> Any:
    raise LookupError("the schema has no @idempotent")


def _empty(name: str) -> dict[str, Any]:
    """The payload of a mutation that did nothing."""
    return (
        {"fulfillment": None} if name.startswith("fulfillment") else {"order": None} if name == "orderUpdate" else {"inventoryAdjustmentGroup": None}
    )


def _second(at: datetime) -> int:
    return int(at.timestamp())


ORDER_SORT: dict[str, Callable[[Order], int]] = {
    "UPDATED_AT": lambda order: _second(order.updated_at),
    "CREATED_AT": lambda order: _second(order.created_at),
    "PROCESSED_AT": lambda order: _second(order.created_at),
    "ID": lambda order: order.number,
    "ORDER_NUMBER": lambda order: order.place,
}
ORDER_FIELDS: dict[str, Callable[[Order], Any]] = {
    "updated_at": lambda order: order.updated_at,
    "created_at": lambda order: order.created_at,
    "processed_at": lambda order: order.created_at,
    "id": lambda order: order.number,
    "name": lambda order: frozenset({f"#{order.place}", str(order.place)}),
    "financial_status": lambda order: frozenset({order.financial_status.lower(), "any"}),
    "fulfillment_status": lambda order: frozenset({_shipping_word(order), "any"}),
    "status": lambda order: frozenset({"any", "cancelled", "closed"} if order.cancelled_at else {"any", "open", "not_closed"}),
    "tag": lambda order: frozenset(tag.lower() for tag in order.tags),
}


def _shipping_word(order: Order) -> str:
    return {"UNFULFILLED": "unfulfilled", "PARTIALLY_FULFILLED": "partial", "FULFILLED": "fulfilled"}[order.fulfilment_status]
