"""Listings that are not mapped yet: what they may be and why, all sure ones at once, and what a change of a mapping moves."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from litestar import Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.catalog.likeness import Offered, Suggestion, is_sure
from paidan.catalog.masters import listing_key, write_listings
from paidan.catalog.rows import ListingRow
from paidan.entrypoints.api.catalog_routes import LISTINGS
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.likenesses import queries
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.master_views import ListingView
from paidan.entrypoints.api.masters import one
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, named_rows
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.kernel.outcomes import Effect
from paidan.runtime.database import Tx

SURE_MAX: Final = 5_000
"""Listings looked at in one go; the rest in the next."""
SHOWN: Final = 50


class UnmappedView(ListingView, frozen=True, kw_only=True):
    """A listing without a SKU: how many orders wait for it, and what it may be, the likeliest first.

    `is_sure`: the first is the same by code or barcode, and no other comes close.
    """

    waiting_orders: int
    suggestions: tuple[Suggestion, ...]
    is_sure: bool


class SureBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`shop`: code of the only one, empty for all."""

    shop: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""
    is_dry_run: bool = True


class SureListing(Struct, frozen=True, kw_only=True):
    """A listing and the SKU that is taken for it."""

    shop_code: str
    item_ref: str
    sku_ref: str
    title: str
    merchant_code: str
    waiting_orders: int
    suggestion: Suggestion


class SureResult(Struct, frozen=True, kw_only=True):
    """`listings` looked at (at most 5,000), `sure` among them, `mapped` (none by a dry run), orders that wait for the sure ones; some in `rows`."""

    listings: int
    sure: int
    mapped: int
    waiting_orders: int
    rows: tuple[SureListing, ...]


class MappingEffect(Struct, frozen=True, kw_only=True):
    """What a change of a listing's SKU moves: orders that wait for it are matched again at once; open ones that have their SKU keep it."""

    waiting_orders: int
    kept_orders: int


Ids = Annotated[
    list[Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")]] | None, QueryParameter(name="id", description="These alone", max_items=200, required=False)
]


@get("/catalog/unmapped", opt=SEE, sync_to_thread=True, summary="List listings without a SKU", tags=["catalog"])
def get_unmapped(
    services: Given, caller: Known, shop: OptionalText = None, ids: Ids = None, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[UnmappedView]:
    """Orders with one of these wait until it is mapped. Each comes with the SKUs it may be, how likely, and why."""
    asked = {"ids": [int(one) for one in ids or ()] or None, "shop": shop or None, "shops": caller.sees["shops"]}
    with services.database.transaction() as tx:
        found = find(tx, sorts.UNMAPPED, sort_by, cursor, limit, asked)
        rows = list(named_rows(found.rows))
        offered = [_offered(row["merchant_code"], row["title"], row["item_ref"], row["sku_ref"]) for row in rows]
        index = services.likeness.index(tx, offered)
    told = [index.suggest(one) for one in offered]
    return found.page([UnmappedView(**row, suggestions=some, is_sure=is_sure(some)) for row, some in zip(rows, told, strict=True)])


def _offered(merchant_code: str, title: str, item_ref: str, sku_ref: str) -> Offered:
    return Offered(merchant_code=merchant_code, title=title, refs=(item_ref, sku_ref))


@post(
    "/catalog/unmapped/sure",
    opt=needs(Right.MASTERS, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Map all listings that are sure",
    tags=["catalog"],
)
def take_sure(services: Given, once: Post, data: JSONBody[SureBody], idempotency_key: IdempotencyKey = "") -> Response[SureResult]:
    """Those whose SKU is the same by code or barcode, no other coming close. A dry run counts and shows them; waiting orders go on at once."""
    del idempotency_key
    if data.is_dry_run:
        with services.database.transaction() as tx:
            sure, looked_at = _sure(services, tx, data.shop)
        return Response(content=_result(sure, looked_at, 0), status_code=200)

    def work(tx: Tx) -> SureResult:
        sure, looked_at = _sure(services, tx, data.shop)
        rows = [
            ListingRow(
                shop_code=row.shop_code,
                item_ref=row.item_ref,
                sku_ref=row.sku_ref,
                merchant_code=row.merchant_code,
                title=row.title,
                sku_code=row.suggestion.sku_code,
            )
            for row, _ in sure
        ]
        seen = {listing_key(row): version for row, (_, version) in zip(rows, sure, strict=True)}
        outcomes = write_listings(tx, services.ids, rows, once.now, expected=seen) if rows else []
        return _result(sure, looked_at, sum(outcome.effect == Effect.CHANGED for outcome in outcomes))

    return once.answer(work)


def _sure(services: HandlerContext, tx: Tx, shop: str) -> tuple[list[tuple[SureListing, int]], int]:
    """The sure ones, each with its version, and how many were looked at."""
    found: list[tuple[SureListing, int]] = []
    looked_at, after = 0, 0
    while len(found) < SURE_MAX:
        asked = {"after": after, "ids": None, "shop": shop or None, "shops": None, "limit": SURE_MAX}
        rows = list(named_rows(tx.execute(queries.unmapped, asked)))
        found += _sure_of(services, tx, rows)
        looked_at += len(rows)
        if len(rows) < SURE_MAX:
            break
        after = int(rows[-1]["id"])
    return found[:SURE_MAX], looked_at


def _sure_of(services: HandlerContext, tx: Tx, rows: Sequence[dict[str, Any]]) -> list[tuple[SureListing, int]]:
    offered = [_offered(row["merchant_code"], row["title"], row["item_ref"], row["sku_ref"]) for row in rows]
    index = services.likeness.index(tx, offered, may_be_older=False)
    names = [name for name in SureListing.__struct_fields__ if name != "suggestion"]
    return [
        (SureListing(**{name: row[name] for name in names}, suggestion=sure), row["version"])
        for row, one in zip(rows, offered, strict=True)
        if (sure := index.sure(one)) is not None
    ]


def _result(sure: list[tuple[SureListing, int]], looked_at: int, mapped: int) -> SureResult:
    return SureResult(
        listings=looked_at,
        sure=len(sure),
        mapped=mapped,
        waiting_orders=sum(row.waiting_orders for row, _ in sure),
        rows=tuple(row for row, _ in sure[:SHOWN]),
    )


@get("/catalog/listings/{record_id:int}/effect", opt=SEE, sync_to_thread=True, summary="See what a change of a mapping moves", tags=["catalog"])
def get_effect(services: Given, caller: Known, record_id: RecordId) -> MappingEffect:
    """Asked before a listing is mapped to another SKU."""
    with services.database.transaction() as tx:
        one(tx, LISTINGS, caller, record_id)
        [(waiting, kept)] = tx.execute(queries.effect, {"id": record_id}).fetchall()
    return MappingEffect(waiting_orders=waiting, kept_orders=kept)


ROUTER = Router("/", route_handlers=[get_unmapped, take_sure, get_effect])
