"""Our stock against the warehouses', over HTTP: ask them, see what differs, accept what they say."""

from datetime import datetime
from typing import Annotated

from litestar import Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, as_views
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.fulfilment.stock_questions import ask_for_stock
from paidan.kernel.reasons import Reason
from paidan.orders.commands import cleaned
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.stock.differences import accept

queries = load_queries("paidan.entrypoints.api", "comparisons.sql")


WithSettled = Annotated[bool, QueryParameter(description="Also those that are settled")]


class DifferenceView(Struct, frozen=True, kw_only=True):
    """Units the warehouse says it has, and ours. `grade` 1 good, 2 defective; `looks`: so often it was found in a row."""

    id: str
    version: int
    warehouse_code: str
    sku_code: str
    sku_name: str
    grade: int
    theirs: int
    ours: int
    difference: int
    looks: int
    found_at: datetime
    seen_at: datetime
    settled_at: datetime | None
    settled_by: str
    note: str
    document_id: str | None


class ComparisonView(Struct, frozen=True, kw_only=True):
    """One asking of a warehouse: SKUs asked about, those it does not know, those that differ still. `error`: why it ended before its end."""

    id: str
    warehouse_code: str
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    asked: int
    unknown: int
    differing: int
    error: str


class CompareBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which warehouse to ask."""

    warehouse_code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class Begun(Struct, frozen=True, kw_only=True):
    """The comparison; its outcome comes when the warehouse has answered."""

    comparison_id: str


class AcceptBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version of the difference that was looked at, and why the warehouse is believed."""

    version: Annotated[int, Meta(ge=1)]
    note: Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")] = ""


class AcceptedView(Struct, frozen=True, kw_only=True):
    """The adjustment that entered the difference, and its units."""

    document_id: str
    quantity: int


@get("/stock/differences", opt=SEE, sync_to_thread=True, summary="List what warehouses count differently", tags=["stock"])
def get_differences(
    services: Given,
    caller: Known,
    warehouse: OptionalText = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
    *,
    settled: WithSettled = False,
) -> Page[DifferenceView]:
    """Differences that are open, or all with `settled`."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.DIFFERENCES, sort_by, cursor, limit, {"warehouse": warehouse or None, "settled": settled, **caller.sees})
    return found.page(as_views(DifferenceView, found.rows))


@get("/stock/comparisons", opt=SEE, sync_to_thread=True, summary="List comparisons with warehouses", tags=["stock"])
def get_comparisons(
    services: Given, caller: Known, warehouse: OptionalText = None, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[ComparisonView]:
    """Newest first."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.COMPARISONS, sort_by, cursor, limit, {"warehouse": warehouse or None, **caller.sees})
    return found.page(as_views(ComparisonView, found.rows))


@post("/stock/comparisons", opt=needs(Right.STOCK), status_code=201, sync_to_thread=True, summary="Ask a warehouse for its stock", tags=["stock"])
def post_comparison(services: Given, caller: Known, once: Post, data: JSONBody[CompareBody], idempotency_key: IdempotencyKey = "") -> Response[Begun]:
    """Begin a comparison now; refused while one is under way."""
    del idempotency_key

    def work(tx: Tx) -> Begun:
        row = tx.execute(queries.warehouse_to_ask, {"code": data.warehouse_code, **caller.sees}).fetchone()
        if row is None:
            raise invalid("warehouse_code", Reason.UNKNOWN_WAREHOUSE)
        comparison_id = ask_for_stock(tx, services.ids, row[0], once.now, by=caller.actor)
        if comparison_id is None:
            raise Refused(Reason.ILLEGAL_MOVE)
        return Begun(comparison_id=str(comparison_id))

    return once.answer(work, status=201)


@post(
    "/stock/differences/{difference_id:int}/accept",
    opt=needs(Right.STOCK),
    status_code=200,
    sync_to_thread=True,
    summary="Accept a difference",
    tags=["stock"],
)
def post_accept(
    services: Given, caller: Known, once: Post, difference_id: RecordId, data: JSONBody[AcceptBody], idempotency_key: IdempotencyKey = ""
) -> Response[AcceptedView]:
    """The warehouse is right: an adjustment enters the difference."""
    del idempotency_key

    def work(tx: Tx) -> AcceptedView:
        note = cleaned(data.note.strip())
        done = accept(tx, services.ids, difference_id, once.now, by=caller.actor, note=note, expected=data.version, warehouse_ids=caller.warehouses)
        return AcceptedView(document_id=str(done.document_id), quantity=done.quantity)

    return once.answer(work)


ROUTER = Router("/", route_handlers=[get_differences, get_comparisons, post_comparison, post_accept])
