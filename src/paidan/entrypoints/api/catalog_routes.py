"""The catalogue over HTTP: SKUs, bundles, listings, goods bans."""

import re
from typing import Annotated, Any, Final

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from paidan.catalog.masters import lift_goods_bans, listing_key, write_bundles, write_goods_bans, write_listings, write_skus
from paidan.catalog.rows import BundleRow, GoodsBanRow, ListingRow, SkuKind, SkuRow
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy
from paidan.entrypoints.api.master_views import ListingView, SkuView
from paidan.entrypoints.api.masters import Master, Results, Rows, RowsSeen, doors, one, page_of, refuse, told_results
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, as_views
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import invalid
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post, put
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "masters.sql")

BANS_MAX: Final = 10_000
SUGGESTIONS_MAX: Final = 30

SKUS: Final = Master(
    path="/catalog/skus",
    noun="SKU",
    tag="catalog",
    row=SkuRow,
    view=SkuView,
    listed=sorts.PRODUCTS,
    write=lambda services, tx, rows, expected: write_skus(tx, services.ids, rows, services.clock.now(), expected=expected),
    more={"kind": None},
)
LISTINGS: Final = Master(
    path="/catalog/listings",
    noun="listing",
    tag="catalog",
    row=ListingRow,
    view=ListingView,
    listed=sorts.LISTINGS,
    write=lambda services, tx, rows, expected: write_listings(tx, services.ids, rows, services.clock.now(), expected=expected),
    key=listing_key,
    more={"is_unmapped": False},
)


@get("/", opt=SEE, sync_to_thread=True, summary="List SKUs")
def list_skus(
    services: Given,
    code: OptionalText = None,
    kind: Annotated[SkuKind | None, QueryParameter(description="goods, bundles or services alone", required=False)] = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[SkuView]:
    """By id; `code` finds one."""
    return page_of(services, SKUS, sort_by, cursor, limit, {"code": code or None, "kind": kind})


@post(
    "/catalog/bundles",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Set the parts of bundles",
    tags=["catalog"],
)
def put_bundles(
    services: Given, once: Post, request: Request[Any, Any, Any], data: JSONBody[RowsSeen[BundleRow]], idempotency_key: IdempotencyKey = ""
) -> Response[Results]:
    """Each row tells all parts of one bundle; parts are shown with the SKU, whose version is the bundle's."""
    del idempotency_key
    language = language_of(request.headers.get("accept-language", ""))
    return once.answer(lambda tx: told_results(write_bundles(tx, services.ids, data.rows, once.now, expected=data.versions), language))


@put(
    "/catalog/bundles/{record_id:int}",
    opt=needs(Right.MASTERS, everywhere=True),
    sync_to_thread=True,
    summary="Set the parts of a bundle",
    tags=["catalog"],
)
def put_bundle(services: Given, caller: Known, record_id: RecordId, data: JSONBody[BundleRow], if_match: IfMatch = "") -> Response[SkuView]:
    """The record is the bundle's SKU; If-Match names its version."""
    version = seen(if_match)
    with services.database.transaction() as tx:
        if one(tx, SKUS, caller, record_id).code != data.code:
            raise invalid("code")
        expected = {} if version is None else {data.code: version}
        [outcome] = write_bundles(tx, services.ids, [data], services.clock.now(), expected=expected)
        refuse(outcome)
        changed = one(tx, SKUS, caller, record_id)
    return Response(content=changed, headers=etag(changed.version))


class SkuSuggestion(Struct, frozen=True, kw_only=True):
    """A SKU that a text may mean."""

    code: str
    name: str
    kind: str


SuggestionText = Annotated[str, QueryParameter(name="text", max_length=64, pattern=r"^[^\x00]*$", description="What has been typed", required=False)]


@get("/catalog/sku-suggestions", opt=SEE, sync_to_thread=True, summary="Find SKUs for what is typed", tags=["catalog"])
def get_sku_suggestions(services: Given, text: SuggestionText = "") -> list[SkuSuggestion]:
    """At most thirty: the SKU with this very code or barcode first, then codes that begin with the text, then codes and names that have it."""
    with services.database.transaction() as tx:
        typed = text.strip()
        like = re.sub(r"([%_\\])", r"\\\1", typed)
        starts = sorted({typed, typed.upper()})
        is_caseless = typed.upper() == typed.lower()
        given = {"text": typed, "starts": starts, "like": like, "is_caseless": is_caseless, "limit": SUGGESTIONS_MAX}
        found = tx.execute(queries.sku_suggestions, given)
        return as_views(SkuSuggestion, found)


@get("/catalog/bans", opt=SEE, sync_to_thread=True, summary="List goods bans", tags=["catalog"])
def get_bans(services: Given) -> list[GoodsBanRow]:
    """Where classes of goods must not go."""
    with services.database.transaction() as tx:
        return as_views(GoodsBanRow, tx.execute(queries.goods_bans, {"after_class": None, "after_region": None, "limit": BANS_MAX}))


@post(
    "/catalog/bans",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Ban goods from regions",
    tags=["catalog"],
)
def put_bans(services: Given, once: Post, data: JSONBody[Rows[GoodsBanRow]], idempotency_key: IdempotencyKey = "") -> Response[Results]:
    """Forbid classes of goods in regions."""
    del idempotency_key
    return once.answer(lambda tx: told_results(write_goods_bans(tx, services.ids, data.rows, once.now)))


@post(
    "/catalog/bans/lift", opt=needs(Right.MASTERS, everywhere=True), status_code=200, sync_to_thread=True, summary="Lift goods bans", tags=["catalog"]
)
def lift_bans(services: Given, once: Post, data: JSONBody[Rows[GoodsBanRow]], idempotency_key: IdempotencyKey = "") -> Response[Results]:
    """Allow them again. Orders held for a ban are looked at again."""
    del idempotency_key
    return once.answer(lambda tx: told_results(lift_goods_bans(tx, services.ids, data.rows, once.now)))


ROUTER = Router(
    "/", route_handlers=[doors(SKUS, list_skus), doors(LISTINGS), put_bundles, put_bundle, get_sku_suggestions, get_bans, put_bans, lift_bans]
)
