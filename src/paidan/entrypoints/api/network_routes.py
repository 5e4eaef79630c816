"""The network over HTTP: shops, warehouses, carriers, freight, connections, and what counterparts' words mean."""

from typing import Any, Final

from litestar import Request, Response, Router
from litestar.params import JSONBody
from msgspec import Struct
from msgspec.structs import replace

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.master_views import CarrierView, ConnectionView, ShopView, TierView, TranslationView, WarehouseView
from paidan.entrypoints.api.masters import Master, Results, RowsSeen, doors, one, told_results
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, as_views
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post, put
from paidan.feedback.listings import stop_telling, tell_anew
from paidan.intake.schedule import INTERVALS_S
from paidan.kernel.reasons import Reason
from paidan.network.masters import (
    remove_freight,
    switch_stock_push,
    tier_version,
    translation_version,
    write_carriers,
    write_connections,
    write_freight,
    write_shops,
    write_translations,
    write_warehouses,
)
from paidan.network.rows import CarrierRow, ConnectionRow, ShopRow, TierKey, TierRow, TranslationRow, WarehouseRow
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.entrypoints.api", "masters.sql")

SHOPS: Final = Master(
    path="/shops",
    noun="shop",
    tag="shops",
    row=ShopRow,
    view=ShopView,
    listed=sorts.SHOPS,
    write=lambda services, tx, rows, expected: write_shops(tx, services.ids, rows, services.clock.now(), sealer=services.sealer, expected=expected),
    right=Right.SETTINGS,
)
CONNECTIONS: Final = Master(
    path="/network/connections",
    noun="connection",
    tag="network",
    row=ConnectionRow,
    view=ConnectionView,
    listed=sorts.CONNECTIONS,
    write=lambda services, tx, rows, expected: write_connections(
        tx, services.ids, rows, services.clock.now(), sealer=services.sealer, expected=expected
    ),
    right=Right.SETTINGS,
    is_everywhere=True,
)
WAREHOUSES: Final = Master(
    path="/network/warehouses",
    noun="warehouse",
    tag="network",
    row=WarehouseRow,
    view=WarehouseView,
    listed=sorts.WAREHOUSES,
    write=lambda services, tx, rows, expected: write_warehouses(tx, services.ids, rows, services.clock.now(), expected=expected),
)
CARRIERS: Final = Master(
    path="/network/carriers",
    noun="carrier",
    tag="network",
    row=CarrierRow,
    view=CarrierView,
    listed=sorts.CARRIERS,
    write=lambda services, tx, rows, expected: write_carriers(tx, services.ids, rows, services.clock.now(), expected=expected),
)


@get("/network/freight", opt=SEE, sync_to_thread=True, summary="List freight tiers", tags=["network"])
def get_freight(
    services: Given, caller: Known, carrier: OptionalText = None, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[TierView]:
    """What a parcel costs, by carrier, warehouse and region."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.FREIGHT, sort_by, cursor, limit, {"code": carrier or None, **caller.sees})
    return found.page([replace(tier, version=tier_version(tier)) for tier in as_views(TierView, found.rows)])


@post(
    "/network/freight",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Create or change freight tiers",
    tags=["network"],
)
def put_freight(
    services: Given, once: Post, request: Request[Any, Any, Any], data: JSONBody[RowsSeen[TierRow]], idempotency_key: IdempotencyKey = ""
) -> Response[Results]:
    """Tiers are found by carrier, warehouse and region, and so are `versions`: by carrier/warehouse/region."""
    del idempotency_key
    language = language_of(request.headers.get("accept-language", ""))
    return once.answer(lambda tx: told_results(write_freight(tx, services.ids, data.rows, once.now, expected=data.versions), language))


@post(
    "/network/freight/remove",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Remove freight tiers",
    tags=["network"],
)
def delete_freight(
    services: Given, once: Post, request: Request[Any, Any, Any], data: JSONBody[RowsSeen[TierKey]], idempotency_key: IdempotencyKey = ""
) -> Response[Results]:
    """Parcels are not sent that way any more."""
    del idempotency_key, services
    language = language_of(request.headers.get("accept-language", ""))
    return once.answer(lambda tx: told_results(remove_freight(tx, data.rows, expected=data.versions), language))


@get("/network/translations", opt=SEE, sync_to_thread=True, summary="List state translations", tags=["network"])
def get_translations(services: Given) -> list[TranslationView]:
    """What counterparts' words mean."""
    with services.database.transaction() as tx:
        return [replace(word, version=translation_version(word)) for word in as_views(TranslationView, tx.execute(queries.translations))]


@post(
    "/network/translations",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Translate states",
    tags=["network"],
)
def put_translations(
    services: Given, once: Post, request: Request[Any, Any, Any], data: JSONBody[RowsSeen[TranslationRow]], idempotency_key: IdempotencyKey = ""
) -> Response[Results]:
    """Say what words mean: a state of ours, `note` or `mask`. `versions` go by protocol/subject/code."""
    del idempotency_key
    language = language_of(request.headers.get("accept-language", ""))
    return once.answer(lambda tx: told_results(write_translations(tx, services.ids, data.rows, once.now, expected=data.versions), language))


FEEDS_BY_DOOR: Final = columns(("doors", "feeds"), [(door, feed.value) for door, feeds in INTERVALS_S.items() for feed in feeds])


class Wanted(Struct, frozen=True, kw_only=True):
    """The feeds that are read next."""

    feeds: tuple[str, ...]


@post("/shops/{record_id:int}/reads", opt=needs(Right.SETTINGS), status_code=200, sync_to_thread=True, summary="Read a shop now", tags=["shops"])
def read_shop_now(services: Given, caller: Known, once: Post, record_id: RecordId, idempotency_key: IdempotencyKey = "") -> Response[Wanted]:
    """Its feeds are due at once, however long they rest after failures. One that was never read is due by itself."""
    del idempotency_key, services

    def work(tx: Tx) -> Wanted:
        if tx.execute(queries.shop_is_seen, {"id": record_id, **caller.sees}).fetchone() is None:
            raise Refused(Reason.NOT_FOUND)
        rows = tx.execute(queries.want_reads, {"id": record_id, "now": once.now, **FEEDS_BY_DOOR, **caller.sees})
        return Wanted(feeds=tuple(sorted(row[0] for row in rows)))

    return once.answer(work)


class StockPushBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a shop's listings are told what may be sold."""

    is_on: bool


@put(
    "/shops/{record_id:int}/stock-push",
    opt=needs(Right.SETTINGS, everywhere=True),
    sync_to_thread=True,
    summary="Turn a shop's stock push on or off",
    tags=["shops"],
)
def put_stock_push(services: Given, caller: Known, record_id: RecordId, data: JSONBody[StockPushBody]) -> ShopView:
    """Off: nothing is told to the shop's listings. On again: each is told its present number. Who did it is kept."""
    now = services.clock.now()
    with services.database.transaction() as tx:
        one(tx, SHOPS, caller, record_id)
        if switch_stock_push(tx, services.ids, record_id, now, is_on=data.is_on, actor=caller.actor):
            if data.is_on:
                tell_anew(tx, record_id, now)
            else:
                stop_telling(tx, record_id)
        changed: ShopView = one(tx, SHOPS, caller, record_id)
    return changed


ROUTER = Router(
    "/",
    route_handlers=[
        doors(SHOPS),
        put_stock_push,
        read_shop_now,
        doors(CONNECTIONS),
        doors(WAREHOUSES),
        doors(CARRIERS),
        get_freight,
        put_freight,
        delete_freight,
        get_translations,
        put_translations,
    ],
)
