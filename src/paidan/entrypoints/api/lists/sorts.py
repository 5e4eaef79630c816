"""By which columns each plain list is sorted, by the ids that its page's columns have; for the orders': order_fields.py."""

from datetime import datetime
from typing import Final, LiteralString

from litestar import Router

from paidan.entrypoints.api.guard import SEE
from paidan.entrypoints.api.lists.sorting import By, Listed, Own
from paidan.entrypoints.api.verbs import get
from paidan.runtime.queries import load_queries

API: Final = "paidan.entrypoints.api"
masters = load_queries(API, "masters.sql")
work = load_queries(API, "work.sql")
orders = load_queries(API, "orders.sql")
comparisons = load_queries(API, "comparisons.sql")
unmapped = load_queries(API, "listings.sql")
keys = load_queries(API, "keys.sql")
live = load_queries(f"{API}.live", "live.sql")
people = load_queries(f"{API}.people", "people.sql")
prints = load_queries("paidan.printing")

NEWEST_FIRST: Final = (Own(of="id", start=None),)
SUMMED_MAX: Final = 20_000
"""Rows whose figures are summed up over warehouses or listings before they can be sorted."""


def _text(sql: LiteralString) -> By:
    """By the first letters: a key must fit into a cursor."""
    return By(sql="left(listed." + sql + "::text, 48)", kind=str)


def _number(sql: LiteralString) -> By:
    return By(sql="listed." + sql + "::bigint", kind=int)


def _yes(sql: LiteralString) -> By:
    return By(sql="listed." + sql + "::int", kind=int)


def _instant(sql: LiteralString) -> By:
    return By(sql="listed." + sql, kind=datetime)


def _indexed(sql: LiteralString) -> By:
    """A text that is there always, and that a unique index has in order."""
    return By(sql="listed." + sql, kind=str, is_quick=True)


PRODUCTS: Final = Listed(
    name="products",
    select=masters.skus,
    sorts={
        "code": _indexed("code"),
        "name": _text("name"),
        "kind": _text("kind"),
        "goods_class": _text("goods_class"),
        "category": _text("category"),
        "brand": _text("brand"),
        "weight_g": _number("weight_g"),
        "volume_cm3": _number("volume_cm3"),
        "is_on_sale": _yes("is_on_sale"),
        "product_name": _text("product_name"),
    },
)
_LISTING: Final = {
    "shop_code": _text("shop_code"),
    "title": _text("title"),
    "merchant_code": _text("merchant_code"),
    "item_ref": _text("item_ref"),
}
LISTINGS: Final = Listed(name="listings", select=masters.listings, sorts={**_LISTING, "sku_code": _text("sku_code")})
UNMAPPED: Final = Listed(name="unmapped", select=unmapped.unmapped, sorts={**_LISTING, "waiting_orders": _number("waiting_orders")}, most=SUMMED_MAX)
SHOPS: Final = Listed(
    name="shops",
    select=masters.shops,
    sorts={
        "code": _text("code"),
        "name": _text("name"),
        "platform": _text("platform"),
        "pushes_stock": _yes("pushes_stock"),
        "shop_group": _text("shop_group"),
        "currency": _text("currency"),
        "merge_window_s": _number("merge_window_s"),
        "safety_quantity": _number("safety_quantity"),
        "connection_code": _text("connection_code"),
        "is_active": _yes("is_active"),
    },
)
CONNECTIONS: Final = Listed(name="connections", select=masters.connections, sorts={"code": _text("code"), "protocol": _text("protocol")})
WAREHOUSES: Final = Listed(
    name="warehouses",
    select=masters.warehouses,
    sorts={
        "code": _text("code"),
        "name": _text("name"),
        "kind": _text("kind"),
        "priority": _number("priority"),
        "cut_off": _text("cut_off"),
        "order": _number("handling_order_minor"),
        "unit": _number("handling_unit_minor"),
        "connection_code": _text("connection_code"),
        "is_active": _yes("is_active"),
    },
)
CARRIERS: Final = Listed(
    name="carriers", select=masters.carriers, sorts={"code": _text("code"), "name": _text("name"), "is_active": _yes("is_active")}
)
FREIGHT: Final = Listed(
    name="freight",
    select=masters.freight,
    sorts={
        "carrier_code": _text("carrier_code"),
        "region": _text("region"),
        "warehouse_code": _text("warehouse_code"),
        "first": _number("first_minor"),
        "step": _number("step_minor"),
        "max": _number("weight_g_max"),
        "transit_h": _number("transit_h"),
    },
)
EXCEPTIONS: Final = Listed(
    name="exceptions",
    select=live.exceptions,
    sorts={
        "kind": _number("rank"),
        "order_no": _text("order_no"),
        "text": _text("reason"),
        "ship_by_at": _instant("ship_by_at"),
        "since": _instant("since"),
        "owner": _text("owner"),
    },
    own=(Own(of="rank", after="after_rank", start=None), Own(of="ref_id", after="after_id", start=None)),
)
SELLABLE: Final = Listed(
    name="sellable",
    select=work.sellable,
    sorts={
        "sku_code": _text("sku_code"),
        "sku_name": _text("sku_name"),
        **{name: _number(name) for name in ("sellable", "on_hand", "reserved", "shown", "in_transit", "free", "held", "short")},
    },
    own=(Own(of="sku_id"),),
    most=SUMMED_MAX,
)
BALANCES: Final = Listed(
    name="balances",
    select=work.list_balances,
    sorts={
        "sku_code": _indexed("sku_code"),
        "sku_name": _text("sku_name"),
        "warehouse_code": _text("warehouse_code"),
        "grade": _number("grade"),
        "is_short": _yes("is_short"),
        **{name: _number(name) for name in ("free", "on_hand", "reserved_hard", "reserved_soft", "in_transit")},
    },
    own=(Own(of="sku_id", after="after_sku"), Own(of="warehouse_id", after="after_warehouse"), Own(of="grade", after="after_grade")),
)
BY_SHOP: Final = Listed(
    name="by_shop",
    select=work.shop_goods,
    sorts={
        "sku_code": _text("sku_code"),
        "sku_name": _text("sku_name"),
        "shop_name": _text("shop_name"),
        "shown": _number("shown"),
        "safety_quantity": _number("safety_quantity"),
        "listings": _number("listings"),
        "kind": _text("kind"),
    },
    own=(Own(of="sku_id", after="after_sku"), Own(of="shop_id", after="after_shop")),
    most=SUMMED_MAX,
)
DOCUMENTS: Final = Listed(
    name="documents",
    select=work.list_documents,
    sorts={
        "no": _number("id"),
        "kind": _text("kind"),
        "state": _number("state"),
        "warehouse": _text("warehouse_code"),
        "reference": _text("reference"),
        "expected": _instant("expected_at"),
        "created": _instant("created_at"),
        "by": _text("created_by"),
    },
    own=NEWEST_FIRST,
)
DIFFERENCES: Final = Listed(
    name="differences",
    select=comparisons.list_differences,
    sorts={
        "sku": _text("sku_code"),
        "name": _text("sku_name"),
        "warehouse": _text("warehouse_code"),
        "grade": _number("grade"),
        "theirs": _number("theirs"),
        "ours": _number("ours"),
        "difference": _number("difference"),
        "looks": _number("looks"),
        "seen": _instant("seen_at"),
        "by": _text("settled_by"),
        "note": _text("note"),
    },
)
COMPARISONS: Final = Listed(
    name="comparisons",
    select=comparisons.list_comparisons,
    sorts={
        "asked_at": _instant("asked_at"),
        "warehouse": _text("warehouse_code"),
        "by": _text("asked_by"),
        "count": _number("asked"),
        "unknown": _number("unknown"),
        "differing": _number("differing"),
        "error": _text("error"),
    },
    own=NEWEST_FIRST,
)
FULFILMENTS: Final = Listed(
    name="fulfilments",
    select=orders.list_fulfilments,
    sorts={
        "no": _number("id"),
        "state": _number("state"),
        "order_id": _text("order_no"),
        "warehouse": _text("warehouse_code"),
        "carrier": _text("carrier_code"),
        "due": _instant("release_due_at"),
        "ship_by": _instant("ship_by_at"),
        "weight": _number("weight_g"),
        "freight": _number("freight_minor"),
        "created": _instant("created_at"),
        "released": _instant("released_at"),
        "wms": _text("wms_ref"),
    },
    own=NEWEST_FIRST,
)
MESSAGES: Final = Listed(
    name="messages",
    select=work.list_messages,
    sorts={
        "at": _instant("at"),
        "direction": _text("direction"),
        "kind": _text("kind"),
        "counterpart": _text("counterpart"),
        "key": _text("business_key"),
        "state": _number("state"),
        "reason": _text("reason"),
        "attempts": _number("attempts"),
        "http": _number("http_status"),
    },
    own=NEWEST_FIRST,
)
PRINTS: Final = Listed(
    name="prints",
    select=prints.list_runs,
    sorts={
        "at": _instant("at"),
        "kind": _text("kind"),
        "actor": _text("actor"),
        "is_again": _yes("is_again"),
        "papers": _number("papers"),
        "fulfilments": _number("fulfilments"),
        "format": _text("format"),
    },
    own=NEWEST_FIRST,
)
USERS: Final = Listed(
    name="users",
    select=people.list_people,
    sorts={
        "name": _text("name"),
        "title": _text("title"),
        "signed_in_at": _instant("signed_in_at"),
        "is_active": _yes("is_active"),
    },
)
ROLES: Final = Listed(name="roles", select=people.list_roles, sorts={"name": _text("name"), "code": _text("code"), "people": _number("people")})
KEYS: Final = Listed(
    name="keys",
    select=keys.list_keys,
    sorts={"name": _text("name"), "prefix": _text("prefix"), "created": _instant("created_at"), "expires": _instant("expires_at")},
    own=NEWEST_FIRST,
)
REVEALS: Final = Listed(
    name="reveals",
    select=people.list_reveals,
    sorts={
        "at": _instant("at"),
        "actor": _text("actor"),
        "order": _text("order_no"),
        "which": _text("which"),
        "purpose": _text("purpose"),
        "address": _text("address"),
    },
    own=NEWEST_FIRST,
)

LISTS: Final = {
    listed.name: listed
    for listed in (
        PRODUCTS,
        LISTINGS,
        UNMAPPED,
        SHOPS,
        CONNECTIONS,
        WAREHOUSES,
        CARRIERS,
        FREIGHT,
        EXCEPTIONS,
        SELLABLE,
        BALANCES,
        BY_SHOP,
        DOCUMENTS,
        DIFFERENCES,
        COMPARISONS,
        FULFILMENTS,
        MESSAGES,
        PRINTS,
        USERS,
        ROLES,
        KEYS,
        REVEALS,
    )
}


@get("/lists/sorts", opt=SEE, sync_to_thread=True, summary="By which columns lists are sorted")
def get_sorts() -> dict[str, list[str]]:
    """The columns that `sort` of a list's own address takes, by list; those of the orders: /lists/orders/fields."""
    return {name: list(listed.sorts) for name, listed in LISTS.items()}


ROUTER = Router("/", route_handlers=[get_sorts], tags=["lists"])
