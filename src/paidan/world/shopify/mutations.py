"""What the merchant changes: fulfilments, inventory, notes. Business refusals are `userErrors`, as the platform has them."""

from datetime import datetime
from typing import Any

from graphql import GraphQLError

from paidan.world.numbers import number_from
from paidan.world.shelf import ListingKey
from paidan.world.shopify.connections import gid, number_of
from paidan.world.shopify.life import release, touch
from paidan.world.shopify.state import INVENTORY_ITEM_BASE, Fulfilment, Item, Order, Store
from paidan.world.shopify.stock_views import InventoryItemView, location_view
from paidan.world.shopify.views import FulfilmentOrderView, FulfilmentView, OrderView, fulfilment_line_number, fulfilment_order_status

QUANTITIES_MAX = 250
# Since 2026-01 `changeFromQuantity` stands for `compareQuantity`; since 2026-04 it must be sent, null meaning no check.
NEW_COMPARE, MUST_COMPARE = "2026-01", "2026-04"


def _user_error(*field: str, message: str, code: str | None = None) -> list[dict[str, Any]]:
    return [{"field": list(field) or None, "message": message, "code": code}]


def create_fulfilment(store: Store, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`fulfillmentCreate`: some units, or an empty list for all that is left, of fulfilment orders of one order."""
    groups = given["lineItemsByFulfillmentOrder"]
    orders = [store.by_fulfilment_order.get(number_of(group["fulfillmentOrderId"], "FulfillmentOrder")) for group in groups]
    order = orders[0] if orders else None
    if order is None or any(one is not order for one in orders):
        return {"fulfillment": None, "userErrors": _user_error("fulfillment", message="Fulfillment order does not exist.")}
    status = fulfilment_order_status(order)
    if status in {"CLOSED", "ON_HOLD"}:
        words = f"Fulfillment order {order.fulfilment_order_number} has an unfulfillable status= {status.lower()}."
        return {"fulfillment": None, "userErrors": _user_error("fulfillment", message=words)}
    parts = _parts(order, [line for group in groups for line in group.get("fulfillmentOrderLineItems") or []])
    if parts is None:
        words = "Invalid fulfillment order line item quantity requested."
        return {"fulfillment": None, "userErrors": _user_error("fulfillment", message=words)}
    return {"fulfillment": FulfilmentView(_fulfil(order, parts, given.get("trackingInfo") or {}, now)), "userErrors": []}


def release_hold(store: Store, order_id: str, now: datetime) -> dict[str, Any]:
    """`fulfillmentOrderReleaseHold`: all holds of a fulfilment order."""
    order = store.by_fulfilment_order.get(number_of(order_id, "FulfillmentOrder"))
    if order is None:
        return {"fulfillmentOrder": None, "userErrors": _user_error("id", message="Fulfillment order not found.", code="FULFILLMENT_ORDER_NOT_FOUND")}
    release(order, now)
    return {"fulfillmentOrder": FulfilmentOrderView(order), "userErrors": []}


def _parts(order: Order, lines: list[dict[str, Any]]) -> list[tuple[Item, int]] | None:
    """Items and units; None when they are not to be had."""
    if not lines:
        return [(item, item.remaining) for item in order.goods if item.remaining]
    by_number = {fulfilment_line_number(item): item for item in order.goods}
    units: dict[int, int] = {}
    for line in lines:
        number = number_of(line["id"], "FulfillmentOrderLineItem")
        units[number] = units.get(number, 0) + line["quantity"]
        if line["quantity"] < 1 or number not in by_number or units[number] > by_number[number].remaining:
            return None
    return [(by_number[number], quantity) for number, quantity in units.items()]


def _fulfil(order: Order, parts: list[tuple[Item, int]], tracking: dict[str, Any], now: datetime) -> Fulfilment:
    at = now.replace(microsecond=0)
    place = len(order.fulfilments) + 1
    number = number_from("fulfilment", order.number, place, digits=13)
    fulfilment = Fulfilment(number, order, f"#{order.place}.{place}", created_at=at, updated_at=at, parts=parts)
    _track(fulfilment, tracking)
    for item, units in parts:
        item.fulfilled += units
        order.store.committed[item.key] -= units
    if not any(item.remaining for item in order.goods):
        for item in order.items:  # services go with the last of the goods
            order.store.committed[item.key] -= item.remaining
            item.fulfilled += item.remaining
    order.fulfilments.append(fulfilment)
    order.store.fulfilments[number] = fulfilment
    is_whole = order.fulfilment_status == "FULFILLED"
    touch(order, now, "fulfillments/create", "orders/fulfilled" if is_whole else "orders/partially_fulfilled", "orders/updated")
    return fulfilment


def _track(fulfilment: Fulfilment, tracking: dict[str, Any]) -> None:
    fulfilment.company = tracking.get("company") or ""
    fulfilment.numbers = list(tracking.get("numbers") or ([tracking["number"]] if tracking.get("number") else []))
    fulfilment.urls = list(tracking.get("urls") or ([tracking["url"]] if tracking.get("url") else []))


def update_tracking(store: Store, fulfilment_id: str, tracking: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`fulfillmentTrackingInfoUpdate`."""
    fulfilment = store.fulfilments.get(number_of(fulfilment_id, "Fulfillment"))
    if fulfilment is None:
        return {"fulfillment": None, "userErrors": _user_error("fulfillmentId", message="Fulfillment does not exist.")}
    _track(fulfilment, tracking)
    fulfilment.updated_at = now.replace(microsecond=0)
    touch(fulfilment.order, now, "fulfillments/update", "orders/updated")
    return {"fulfillment": FulfilmentView(fulfilment), "userErrors": []}


def update_order(store: Store, given: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`orderUpdate`: note and tags."""
    order = store.orders.get(number_of(given["id"], "Order"))
    if order is None:
        return {"order": None, "userErrors": _user_error("id", message="Order does not exist")}
    order.note = (given["note"] or "") if "note" in given else order.note
    order.tags = list(given["tags"] or []) if "tags" in given else order.tags
    touch(order, now, "orders/updated")
    return {"order": OrderView(order), "userErrors": []}


def set_quantities(store: Store, given: dict[str, Any], now: datetime, version: str) -> dict[str, Any]:
    """`inventorySetQuantities`: absolute, by compare-and-set; all rows or none."""
    rows = given["quantities"]
    if given["name"] not in {"available", "on_hand"}:
        return _no_change(_user_error("input", "name", message="The quantity name must be available or on_hand.", code="INVALID_NAME"))
    if errors := _check_rows(store, rows, "quantities") or _compare(store, given, rows, version):
        return _no_change(errors)
    if any(row["quantity"] < 0 for row in rows):
        return _no_change(_user_error("input", "quantities", message="The quantity can't be negative.", code="INVALID_QUANTITY_NEGATIVE"))
    changes = []
    for row in rows:
        key = _key(store, row["inventoryItemId"])
        before = store.available(key)
        held = store.quantity(key, "committed") if given["name"] == "on_hand" else 0
        after = store.shelf.set_to(key, max(row["quantity"] - held, 0))
        changes.append((key, after - before))
    return _changed(store, given, changes, now)


def adjust_quantities(store: Store, given: dict[str, Any], now: datetime, version: str) -> dict[str, Any]:
    """`inventoryAdjustQuantities`: by deltas; the counter stops at zero (the real one may go below, a shop that sells what it shows may not)."""
    rows = given["changes"]
    if given["name"] != "available":
        return _no_change(_user_error("input", "name", message="The quantity name is invalid.", code="INVALID_QUANTITY_NAME"))
    if errors := _check_rows(store, rows, "changes") or _compare(store, given, rows, version):
        return _no_change(errors)
    changes = []
    for row in rows:
        key = _key(store, row["inventoryItemId"])
        before = store.available(key)
        changes.append((key, store.shelf.change(key, row["delta"]) - before))
    return _changed(store, given, changes, now)


def _key(store: Store, item_id: str) -> ListingKey:
    return store.by_variant[number_of(item_id, "InventoryItem") - INVENTORY_ITEM_BASE]


def _check_rows(store: Store, rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Items and the location must exist, no item twice."""
    if len(rows) > QUANTITIES_MAX:
        raise GraphQLError(
            f"The input array size of {len(rows)} is greater than the maximum allowed of 250.", extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"}
        )
    for place, row in enumerate(rows):
        if number_of(row["inventoryItemId"], "InventoryItem") - INVENTORY_ITEM_BASE not in store.by_variant:
            words = "The specified inventory item could not be found."
            return _user_error("input", name, str(place), "inventoryItemId", message=words, code="INVALID_INVENTORY_ITEM")
        if number_of(row["locationId"], "Location") != store.location_number:
            words = "The specified location could not be found."
            return _user_error("input", name, str(place), "locationId", message=words, code="INVALID_LOCATION")
    if len({row["inventoryItemId"] for row in rows}) != len(rows):
        return _user_error(
            "input", name, message="The combination of inventory item and location must be unique.", code="NO_DUPLICATE_INVENTORY_ITEM_ID"
        )
    return []


def _compare(store: Store, given: dict[str, Any], rows: list[dict[str, Any]], version: str) -> list[dict[str, Any]]:
    """The compare half of compare-and-set, by the rules of the API version."""
    name = "compareQuantity" if version < NEW_COMPARE else "changeFromQuantity"
    is_set = "quantities" in given
    for place, row in enumerate(rows):
        if version >= MUST_COMPARE and ("compareQuantity" in row or name not in row):
            raise GraphQLError("changeFromQuantity must be sent (null means no check)", extensions={"code": "BAD_REQUEST"})
        wanted = row.get(name, row.get("compareQuantity"))
        if wanted is None and is_set and version < MUST_COMPARE and not given.get("ignoreCompareQuantity"):
            words = "The compareQuantity argument must be given to each quantity or ignored using ignoreCompareQuantity."
            return _user_error("input", "quantities", str(place), message=words, code="COMPARE_QUANTITY_REQUIRED")
        is_checked = wanted is not None and not given.get("ignoreCompareQuantity")
        if is_checked and wanted != store.quantity(_key(store, row["inventoryItemId"]), given["name"]):
            words = f"The {name} argument no longer matches the persisted quantity."
            code = "COMPARE_QUANTITY_STALE" if name == "compareQuantity" else "CHANGE_FROM_QUANTITY_STALE"
            return _user_error("input", "quantities" if is_set else "changes", str(place), name, message=words, code=code)
    return []


def _no_change(errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inventoryAdjustmentGroup": None, "userErrors": errors}


def _changed(store: Store, given: dict[str, Any], changes: list[tuple[ListingKey, int]], now: datetime) -> dict[str, Any]:
    store.groups += 1
    group = {
        "__typename": "InventoryAdjustmentGroup",
        "id": gid("InventoryAdjustmentGroup", store.groups),
        "createdAt": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": [
            {
                "name": "available",
                "delta": delta,
                "quantityAfterChange": store.available(key),
                "item": InventoryItemView(store, key),
                "location": location_view(store),
            }
            for key, delta in changes
        ],
    }
    return {"inventoryAdjustmentGroup": group, "userErrors": []}
