"""Fulfilments, holds and exceptions over HTTP."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, Router
from litestar.params import QueryParameter
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.order_reads import KINDS, fulfilment_views, get_fulfilment, ids_of_number, list_exceptions, list_holds
from paidan.entrypoints.api.order_views import ExceptionView, FulfilmentView, HoldView
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalId, OptionalText, Page, RecordId, page, read_cursor, write_cursor
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused, invalid, refuse_if
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.fulfilment.unmerge import unmerge
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.orders.story_words import FULFILMENT_WORDS
from paidan.runtime.database import Tx

STATE_NAMES: Final = {state.name.lower(): state for state in FulfilmentState}
STATE_TOLD: Final = {name: f"{name}（{FULFILMENT_WORDS[state][0]}）" for name, state in STATE_NAMES.items()}
StateName = Annotated[str | None, QueryParameter(name="state", description="State", schema_extra={"enum": [*STATE_NAMES]}, required=False)]
Number = Annotated[
    str | None,
    QueryParameter(
        name="number",
        max_length=128,
        pattern=r"^[^\x00]*$",
        description="Of an order (ours, the platform's), a fulfilment, a waybill",
        required=False,
    ),
]
Kind = Annotated[Literal["hold", "backordered", "message_set_aside", "call_dead", "call_unknown"] | None, QueryParameter(required=False)]


class UnmergeDone(Struct, frozen=True, kw_only=True):
    """The fulfilment travels alone from now on; what was at a warehouse is asked back."""

    fulfilment_id: str


@get("/fulfilments", opt=SEE, sync_to_thread=True, summary="List fulfilments", tags=["fulfilments"])
def get_fulfilments(
    services: Given,
    caller: Known,
    state_name: StateName = None,
    warehouse: OptionalText = None,
    order_id: OptionalId = None,
    number: Number = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[FulfilmentView]:
    """Those not yet shipped, newest first; of one order or one number, all of them."""
    if state_name is not None and state_name not in STATE_NAMES:
        raise invalid("state", expected=expected.one_of(STATE_NAMES, STATE_TOLD))
    states = None if state_name is None else [int(STATE_NAMES[state_name])]
    filters = {"order_id": order_id, "states": states, "warehouse": warehouse or None, **caller.sees}
    with services.database.transaction() as tx:
        filters["ids"] = ids_of_number(tx, number or "")
        found = find(tx, sorts.FULFILMENTS, sort_by, cursor, limit, filters)
    return found.page(fulfilment_views(found.rows))


@get("/fulfilments/{fulfilment_id:int}", opt=SEE, sync_to_thread=True, summary="Get a fulfilment", tags=["fulfilments"])
def get_one_fulfilment(services: Given, caller: Known, fulfilment_id: RecordId) -> Response[FulfilmentView]:
    """The fulfilment with lines, members and parcels; the ETag is its version."""
    with services.database.transaction() as tx:
        found = get_fulfilment(tx, caller, fulfilment_id)
    if found is None:
        raise Refused(Reason.UNKNOWN_FULFILMENT)
    return Response(content=found, headers=etag(found.version))


@post(
    "/fulfilments/{fulfilment_id:int}/unmerge", opt=needs(Right.MERGE), status_code=200, sync_to_thread=True, summary="Un-merge", tags=["fulfilments"]
)
def unmerge_fulfilment(
    services: Given, caller: Known, once: Post, fulfilment_id: RecordId, if_match: IfMatch = "", idempotency_key: IdempotencyKey = ""
) -> Response[UnmergeDone]:
    """Let it travel alone; a parcel that a warehouse has already is asked back."""
    del idempotency_key
    version = seen(if_match)

    def work(tx: Tx) -> UnmergeDone:
        found = get_fulfilment(tx, caller, fulfilment_id)
        if found is None:
            raise Refused(Reason.UNKNOWN_FULFILMENT)
        reason = unmerge(tx, services.ids, services.sealer, int(found.order_id), fulfilment_id, version=version, actor=caller.actor, now=once.now)
        refuse_if(Reason.ILLEGAL_MOVE if reason == Reason.UNKNOWN_FULFILMENT else reason)
        return UnmergeDone(fulfilment_id=str(fulfilment_id))

    return once.answer(work)


@get("/holds", opt=SEE, sync_to_thread=True, summary="List open holds", tags=["holds"])
def get_holds(
    services: Given,
    caller: Known,
    request: Request[Any, Any, Any],
    reason: Annotated[Reason | None, QueryParameter(required=False)] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[HoldView]:
    """Open holds, oldest first."""
    [after] = read_cursor(cursor, [int])
    filters = {"after": after, "reason": reason.value if reason else None, "limit": limit + 1, **caller.sees}
    with services.database.transaction() as tx:
        return page(list_holds(tx, filters, language_of(request.headers.get("accept-language", ""))), limit, lambda hold: [int(hold.id)])


@get("/exceptions", opt=SEE, sync_to_thread=True, summary="List what waits for people", tags=["exceptions"])
def get_exceptions(
    services: Given, caller: Known, request: Request[Any, Any, Any], kind: Kind = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[ExceptionView]:
    """Open holds, backordered orders, messages set aside, calls that are dead or whose effect is unknown; by kind, oldest first."""
    rank, after = read_cursor(cursor, [int, int])
    language = language_of(request.headers.get("accept-language", ""))
    if rank is not None and not 0 < rank <= len(KINDS):
        raise invalid("cursor", expected=expected.CURSOR)
    with services.database.transaction() as tx:
        found = list_exceptions(tx, caller, [kind] if kind else KINDS, (rank or 0, after or 0), limit + 1, language)
    following = write_cursor([found[limit - 1][0], int(found[limit - 1][1].ref_id)]) if len(found) > limit else None
    return Page(items=[view for _, view in found[:limit]], next=following)


ROUTER = Router("/", route_handlers=[get_fulfilments, get_one_fulfilment, unmerge_fulfilment, get_holds, get_exceptions])
