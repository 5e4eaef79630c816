"""Shopify stores as one counterpart: the Admin API for all of them on one address (the access token tells the store), webhooks out.

The REST API is legacy and not served; webhooks carry the REST resource, as the real ones do.
"""

import hmac
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from graphql import GraphQLError
from msgspec import Struct

from paidan.world.script import Day, ScriptShop
from paidan.world.shelf import Shelf
from paidan.world.shopify import graph, life
from paidan.world.shopify.cost import cost
from paidan.world.shopify.state import Order, Store, location_number
from paidan.world.shopify.webhooks import TOPICS, Webhooks
from paidan.world.timetable import Act, Timetable
from paidan.world.wire import Callback, Request, Response

PATH = re.compile(r"/admin/api/(?P<version>\d{4}-(01|04|07|10)|unstable)/graphql\.json")
POINTS_MAX = 2000
POINTS_PER_SECOND = 100
QUERY_POINTS_MAX = 1000


class _Ask(Struct, kw_only=True):
    """The body of a GraphQL call."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")


class _Bucket:
    """The points of a store: restored with business time, so a caller at a standing clock may run dry."""

    def __init__(self) -> None:
        self.points = float(POINTS_MAX)
        self.at: datetime | None = None

    def restore(self, now: datetime) -> None:
        """Add what flowed in since the last call."""
        if self.at is not None:
            self.points = min(self.points + (now - self.at).total_seconds() * POINTS_PER_SECOND, POINTS_MAX)
        self.at = now


class ShopifyPlatform:
    """Simulator of Shopify.

    `tokens` maps shop codes to access tokens (absent: `token_of`), `webhook_urls` to Paidan's door for their webhooks (absent: none are sent).
    `client_secret` signs webhooks. `is_throttled` makes the cost limit real (in business time); else it is only reported.
    """

    def __init__(
        self,
        day: Day,
        *,
        webhook_urls: Mapping[str, str] | None = None,
        client_secret: str = "shopify-client-secret",  # noqa: S107 - of a simulated application
        tokens: Mapping[str, str] | None = None,
        shops: Collection[str] | None = None,
        topics: Collection[str] = TOPICS,
        webhook_version: str = "2026-04",
        is_throttled: bool = False,
        name: str = "shopify",
    ) -> None:
        self.name = name
        self.client_secret = client_secret
        self._is_throttled = is_throttled
        mine = [shop for shop in day.shops if shop.platform == "shopify" and (shops is None or shop.code in shops)]
        codes = {shop.code for shop in mine}
        _check_numbers(day, codes)
        self.tokens = {code: (tokens or {}).get(code, token_of(code)) for code in codes}
        self.domains = {code: domain_of(code) for code in codes}
        self._shelf = Shelf(one for one in day.listings if one.shop in codes)
        self._webhooks = {code: Webhooks((webhook_urls or {}).get(code, ""), client_secret, webhook_version, topics) for code in codes}
        self.stores = {shop.code: self._make_store(day, shop) for shop in mine}
        self._buckets = {code: _Bucket() for code in codes}
        self._timetable = Timetable(order for order in day.orders if order.shop in codes)

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve the Admin API."""
        path = PATH.fullmatch(request.path)
        if path is None or request.verb != "POST":
            return _json({"errors": "Not Found"}, 404)
        store = self._store(request.headers.get("x-shopify-access-token", ""))
        if store is None:
            return _json({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401)
        try:
            ask = msgspec.json.decode(request.body, type=_Ask)
        except msgspec.MsgspecError as error:
            return _json({"errors": {"query": f"Required parameter missing or invalid: {error}"}}, 400)
        return _json(self._serve(store, ask, now, path["version"]))

    def advance(self, now: datetime) -> list[Callback]:
        """Let the buyers act until then; returns the webhooks of what happened since the last time."""
        for entry in self._timetable.due(now):
            store = self.stores[entry.order.shop]
            if entry.act is Act.PLACE:
                life.place(store, entry.order, entry.at)
            elif (order := store.orders.get(int(entry.order.order_no))) is not None:
                life.ACTS[entry.act](order, entry.at)
        taken = [callback for webhooks in self._webhooks.values() for callback in webhooks.take()]
        return sorted(taken, key=lambda callback: callback.due_at)

    def next_due(self) -> datetime | None:
        """When a buyer acts next."""
        return self._timetable.next_due()

    def books(self) -> dict[str, Any]:
        """Orders by number, counters by listing, sales that were lost; in the same shape as the other platforms' books."""
        slots = self._shelf.slots.values()
        return {
            "orders": {str(order.number): _order_books(order) for store in self.stores.values() for order in store.orders.values()},
            "listings": self._shelf.books(),
            "lost_sales": [number for store in self.stores.values() for number in store.lost_sales],
            "unsellable": [number for store in self.stores.values() for number in store.unsellable],
            "oversold": sum(slot.oversold for slot in slots),
            "is_display_consistent": all(slot.is_consistent() for slot in slots),
        }

    def _make_store(self, day: Day, shop: ScriptShop) -> Store:
        listings = {(one.shop, one.item_ref, one.sku_ref): one for one in day.listings if one.shop == shop.code}
        store = Store(
            shop=shop,
            domain=self.domains[shop.code],
            token=self.tokens[shop.code],
            shelf=self._shelf,
            listings=listings,
            tell=self._webhooks[shop.code].tell,
        )
        store.by_variant = {int(key[2]): key for key in listings}
        return store

    def _store(self, token: str) -> Store | None:
        return next((store for store in self.stores.values() if hmac.compare_digest(store.token.encode(), token.encode())), None)

    def _serve(self, store: Store, ask: _Ask, now: datetime, version: str) -> dict[str, Any]:
        node, errors = graph.prepare(ask.query)
        if node is None or errors:
            return {"errors": [_shown(error) for error in errors]}
        variables = ask.variables or {}
        asked = cost(node, variables)
        bucket = self._buckets[store.shop.code]
        bucket.restore(now)
        if asked > QUERY_POINTS_MAX and self._is_throttled:
            words = f"Query cost is {asked}, which exceeds the single query max cost limit ({QUERY_POINTS_MAX})."
            return {"errors": [{"message": words, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": asked}}]}
        if asked > bucket.points and self._is_throttled:
            return {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], "extensions": _costs(asked, None, bucket)}
        result = graph.run(store, node, variables, ask.operation_name, now, version)
        if self._is_throttled:
            bucket.points -= asked
        body: dict[str, Any] = {} if result.data is None else {"data": result.data}
        if result.errors:
            _raise_crash(result.errors)
            body["errors"] = [_shown(error) for error in result.errors]
        return body | {"extensions": _costs(asked, asked, bucket)}


def token_of(shop: str) -> str:
    """The access token a shop has unless another is given."""
    return f"shpat_{shop.lower()}"


def domain_of(shop: str) -> str:
    """The myshopify domain of a shop."""
    return f"{shop.lower()}.myshopify.com"


def location_of(shop: str) -> str:
    """The number of a shop's one location (`legacyResourceId`)."""
    return str(location_number(shop))


def _check_numbers(day: Day, codes: set[str]) -> None:
    """Raises ValueError when the script has numbers this platform could not have."""
    wrong = [one.sku_ref for one in day.listings if one.shop in codes and not (one.item_ref.isdigit() and one.sku_ref.isdigit())]
    wrong += [order.order_no for order in day.orders if order.shop in codes and not order.order_no.isdigit()]
    if wrong:
        raise ValueError(f"Shopify's numbers have digits only: {wrong[:3]}")


def _costs(asked: int, actual: int | None, bucket: _Bucket) -> dict[str, Any]:
    status = {"maximumAvailable": float(POINTS_MAX), "currentlyAvailable": int(bucket.points), "restoreRate": float(POINTS_PER_SECOND)}
    return {"cost": {"requestedQueryCost": asked, "actualQueryCost": actual, "throttleStatus": status}}


def _raise_crash(errors: list[GraphQLError]) -> None:
    """A mistake in the simulator must not look like an answer of the platform."""
    for error in errors:
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error


def _shown(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)


def _json(body: Any, status: int = 200) -> Response:
    return Response(status=status, body=msgspec.json.encode(body), content_type="application/json; charset=utf-8")


def _order_books(order: Order) -> dict[str, Any]:
    return {
        "shop": order.store.shop.code,
        "name": f"#{order.place}",
        "status": "CANCELLED" if order.cancelled_at else order.financial_status,
        "fulfilment_status": order.fulfilment_status,
        "payment_minor": order.total_minor,
        "uncollected_minor": order.uncollected_minor,
        "is_close_refused": order.is_close_refused,
        "seller_memo": order.note,
        "tags": order.tags,
        "lines": {
            str(item.number): {
                "item_ref": item.key[1],
                "sku_ref": item.key[2],
                "outer_code": item.sku,
                "num": item.quantity,
                "shipped": item.fulfilled,
                "status": "CANCELLED" if item.cancelled else "FULFILLED" if not item.remaining else "OPEN",
                "refund_status": "SUCCESS" if item.cancelled and order.paid_at else "NO_REFUND",
                "is_service": item.is_service,
                "waybills": [
                    {"company": one.company, "number": number, "units": units}
                    for one in order.fulfilments
                    for part, units in one.parts
                    if part is item
                    for number in one.numbers
                ],
            }
            for item in order.items
        },
        "waybills": sorted({number for one in order.fulfilments for number in one.numbers}),
    }
