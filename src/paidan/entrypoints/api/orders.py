"""Orders over HTTP: post, list, look at, hold, release, cancel, edit. Commands name the version they have seen (If-Match)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from litestar import Request, Response, Router
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from paidan.channels.direct.orders import DirectOrder, parse
from paidan.entrypoints.api.committer import Post as Posted
from paidan.entrypoints.api.committer import Taken
from paidan.entrypoints.api.gathering import Gathering
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import FirstAnswer, IdempotencyKey, Post, respond
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.order_reads import find_orders, get_order, list_orders
from paidan.entrypoints.api.order_views import EditsView, OrderView, WholeOrder
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, page, read_cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.seen import refuse_unseen
from paidan.entrypoints.api.problems import RESPONSES, Refused, invalid, refuse_if
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.kernel.states import OrderState
from paidan.orders.commands import AUDITORS_MAY, HOLDERS_MAY, Cancel, Edit, OrderCommand, PutHold, ReleaseHolds, not_to_be_lifted, run
from paidan.orders.commands import Request as Ordered
from paidan.orders.story_words import ORDER_WORDS
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "orders.sql")

RANGE_MAX: Final = timedelta(days=31)
FIRST_ENDED: Final = OrderState.DELIVERED
STATE_NAMES: Final = {state.name.lower(): state for state in OrderState}
STATE_TOLD: Final = {name: f"{name}（{ORDER_WORDS[state][0]}）" for name, state in STATE_NAMES.items()}
StateName = Annotated[str | None, QueryParameter(name="state", description="State", schema_extra={"enum": [*STATE_NAMES]}, required=False)]
Instant = Annotated[datetime | None, QueryParameter(required=False)]
Tail = Annotated[str | None, QueryParameter(pattern=r"^[0-9]{4}$", description="Last four digits of the receiver's phone", required=False)]
Number = Annotated[
    str | None,
    QueryParameter(max_length=128, pattern=r"^[^\x00]*$", description="Our order number or the platform's; all ages", required=False),
]
Reserve = Annotated[bool, QueryParameter(required=False, description="1: answered when the order's stock is held, or is known to be missing")]
POSTED: Final = {201: ResponseSpec(Taken, description="Kept, and all its stock is held (`reserve=1`)", generate_examples=False), **RESPONSES}
Note = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$", description="Why; shown with the order")]


class HoldBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop everything (`stops` 1), or the release to a warehouse only (2)."""

    note: Note
    stops: Annotated[int, Meta(ge=1, le=2)] = 1
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class ReleaseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Release these open holds, or all when none is named. What a person has released is not held again."""

    note: Note
    reasons: Annotated[tuple[Reason, ...], Meta(max_length=50)] = ()


class CancelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cancel what is not shipped yet."""

    note: Note


class EditBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wishes above the platform's facts. A field left out stays; null takes the wish back."""

    warehouse_code: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    carrier_code: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    remark: Annotated[str, Meta(max_length=500)] | UnsetType | None = UNSET
    is_urgent: bool | UnsetType = UNSET
    is_alone: bool | UnsetType = UNSET
    flag: Annotated[int, Meta(ge=0, le=5, description="1 to 5: red, yellow, green, blue, purple; 0: none")] | UnsetType = UNSET


class Done(Struct, frozen=True, kw_only=True):
    """A command was carried out; the order is in this version now, and a pass looks at it next."""

    order_id: str
    version: int


@post("/", opt=needs(Right.IMPORT), status_code=202, responses=POSTED, summary="Post an order")
async def post_order(
    data: JSONBody[DirectOrder],
    body: RawBody,
    caller: Known,
    request: Request[Any, Any, Any],
    shop: Annotated[str, QueryParameter(max_length=64, min_length=1, description="Code of a shop of platform `direct`")],
    once: Post,
    reserve: Reserve = False,  # noqa: FBT002 - a query parameter
    idempotency_key: IdempotencyKey = "",
) -> Response[Taken]:
    """The order is checked, kept for ever, and answered after the commit; a pass takes it up next. Posting it again changes nothing.

    With `reserve=1` the pass has been before the answer: 201 when all its stock is held, 202 with `reason` when the order is kept but waits.
    """
    del idempotency_key
    parse(body)
    committer: Gathering[Posted, FirstAnswer] = request.app.state.committer
    posted = Posted(shop_code=shop, order_no=data.order_no, body=body, key=once.key, is_reserving=reserve, shops_seen=caller.shops)
    return respond(await committer.submit(posted))


@get("/", opt=SEE, sync_to_thread=True, summary="List orders")
def get_orders(
    services: Given,
    caller: Known,
    state_name: StateName = None,
    shop: OptionalText = None,
    waits_for: OptionalText = None,
    placed_from: Instant = None,
    placed_until: Instant = None,
    number: Number = None,
    phone_tail: Tail = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[OrderView]:
    """Open orders, newest first; with `placed_from` those placed within at most 31 days, delivered and cancelled ones too."""
    [after] = read_cursor(cursor, [int])
    if number:
        with services.database.transaction() as tx:
            return page(find_orders(tx, caller, number, after, limit + 1), limit, lambda order: [int(order.id)])
    start, end = _range(placed_from, placed_until)
    wanted = _state(state_name, start)
    filters = {
        "after": after,
        "states": None if wanted is None else [int(wanted)],
        "shop": shop or None,
        "waits_for": waits_for or None,
        "placed_from": start,
        "placed_until": end,
        "tail": services.sealer.digest("phone_tail", phone_tail) if phone_tail else None,
        "limit": limit + 1,
        **caller.sees,
    }
    with services.database.transaction() as tx:
        return page(list_orders(tx, filters), limit, lambda order: [int(order.id)])


def _range(start: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime | None]:
    """The range of placing: both ends or none, at most 31 days, each with its offset."""
    if start is None:
        if end is not None:
            raise invalid("placed_from", Reason.FIELD_MISSING)
        return None, None
    if start.tzinfo is None or (end is not None and end.tzinfo is None):
        raise invalid("placed_from", expected=expected.INSTANT)
    try:
        end = end or start + RANGE_MAX
        if not timedelta(0) <= end - start <= RANGE_MAX:
            raise invalid("placed_until", expected=expected.PLACED_DAYS)
    except OverflowError:
        raise invalid("placed_from", expected=expected.PLACED_DAYS) from None
    return start, end


def _state(name: str | None, start: datetime | None) -> OrderState | None:
    if name is None:
        return None
    if name not in STATE_NAMES:
        raise invalid("state", expected=expected.one_of(STATE_NAMES, STATE_TOLD))
    if STATE_NAMES[name] >= FIRST_ENDED and start is None:
        raise invalid("placed_from", Reason.FIELD_MISSING, expected=expected.PLACED_RANGE)
    return STATE_NAMES[name]


@get("/{order_id:int}", opt=SEE, sync_to_thread=True, summary="Get an order")
def get_one_order(services: Given, caller: Known, request: Request[Any, Any, Any], order_id: RecordId) -> Response[WholeOrder]:
    """The order with lines, holds, fulfilments, parcels and timeline; the ETag is its version."""
    with services.database.transaction() as tx:
        language = language_of(request.headers.get("accept-language", ""))
        order = get_order(tx, caller, services.sealer, order_id, language, services.settings.currency)
    if order is None:
        raise Refused(Reason.UNKNOWN_ORDER)
    return Response(content=order, headers=etag(order.version))


@get("/by-number/{order_no:str}", opt=SEE, sync_to_thread=True, summary="Get an order by its number")
def get_order_by_number(
    services: Given,
    caller: Known,
    request: Request[Any, Any, Any],
    order_no: Annotated[str, PathParameter(max_length=64, pattern=r"^[^\x00]*$", description="Our order number")],
) -> Response[WholeOrder]:
    """As by id."""
    with services.database.transaction() as tx:
        row = tx.execute(queries.id_of_number, {"number": order_no}).fetchone()
        language = language_of(request.headers.get("accept-language", ""))
        order = get_order(tx, caller, services.sealer, row[0], language, services.settings.currency) if row else None
    if order is None:
        raise Refused(Reason.UNKNOWN_ORDER)
    return Response(content=order, headers=etag(order.version))


LIFTABLE: Final[Mapping[Right, frozenset[Reason]]] = {Right.AUDIT: AUDITORS_MAY, Right.HOLD: HOLDERS_MAY}
"""Which holds of one order somebody may release without force: whoever may hold orders lets go what people hold."""


def _command(services: Given, caller: Known, once: Post, order_id: int, command: OrderCommand, if_match: str) -> Response[Done]:
    version = seen(if_match)

    def work(tx: Tx) -> Done:
        refuse_unseen(tx, caller, [order_id])
        if isinstance(command, ReleaseHolds) and not caller.may(Right.FORCE):
            liftable = [reasons for right, reasons in LIFTABLE.items() if caller.may(right)]
            if not liftable:
                raise Refused(Reason.NOT_ALLOWED)
            refuse_if(not_to_be_lifted(tx, order_id, command.reasons, frozenset().union(*liftable)))
        ordered = Ordered(order_id=order_id, command=command, version=version)
        [answer] = run(tx, services.ids, services.sealer, [ordered], actor=caller.actor, now=once.now)
        if answer.reason == Reason.VERSION_CONFLICT:
            raise Refused(answer.reason, present=present_order(tx, services, caller, order_id))
        refuse_if(answer.reason)
        return Done(order_id=str(order_id), version=answer.version)

    return once.answer(work, version=lambda done: done.version)


class Present(Struct, frozen=True, kw_only=True):
    """Of a conflict: the order as it is stored now, as far as people edit it."""

    version: int
    state: str
    edits: EditsView


def present_order(tx: Tx, services: HandlerContext, caller: Caller, order_id: int) -> Present | None:
    """The order as it is stored now, for a conflict."""
    order = get_order(tx, caller, services.sealer, order_id, "en", services.settings.currency)
    return None if order is None else Present(version=order.version, state=order.state, edits=order.edits)


@post("/{order_id:int}/hold", opt=needs(Right.HOLD), status_code=200, sync_to_thread=True, summary="Hold an order")
def hold_order(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[HoldBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Hold it, until released by hand or `expires_at`."""
    del idempotency_key
    return _command(services, caller, once, order_id, PutHold(note=data.note, stops=data.stops, expires_at=data.expires_at), if_match)


@post("/{order_id:int}/release", opt=SEE, status_code=200, sync_to_thread=True, summary="Release holds")
def release_order(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[ReleaseBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Let it go on: what a person holds takes the right to hold, what an auditor looks at the right to audit, anything else force."""
    del idempotency_key
    return _command(services, caller, once, order_id, ReleaseHolds(note=data.note, reasons=data.reasons), if_match)


@post("/{order_id:int}/cancel", opt=needs(Right.CANCEL), status_code=200, sync_to_thread=True, summary="Cancel an order")
def cancel_order(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[CancelBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Cancel what is not shipped; a warehouse that has it is asked, and may refuse."""
    del idempotency_key
    return _command(services, caller, once, order_id, Cancel(note=data.note), if_match)


@post("/{order_id:int}/edits", opt=needs(Right.EDIT_ORDER), status_code=200, sync_to_thread=True, summary="Edit an order")
def edit_order(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[EditBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Wish for a warehouse or carrier, leave a remark, mark it urgent, flag it, keep it alone."""
    del idempotency_key
    with services.database.transaction() as tx:
        routes = tx.execute(queries.routes, {"warehouse": _code(data.warehouse_code), "carrier": _code(data.carrier_code)}).fetchone()
    warehouse_id, carrier_id = routes or (None, None)
    edit = Edit(
        warehouse_id=_wish(data.warehouse_code, warehouse_id, Reason.UNKNOWN_WAREHOUSE, "warehouse_code"),
        carrier_id=_wish(data.carrier_code, carrier_id, Reason.UNKNOWN_CARRIER, "carrier_code"),
        remark=data.remark,
        is_urgent=data.is_urgent,
        is_alone=data.is_alone,
        flag=data.flag,
    )
    return _command(services, caller, once, order_id, edit, if_match)


def _code(code: str | UnsetType | None) -> str | None:
    return code.replace("\0", "") if isinstance(code, str) else None


def _wish(code: str | UnsetType | None, found: int | None, reason: Reason, field: str) -> int | UnsetType | None:
    if isinstance(code, str) and code:
        if found is None:
            raise invalid(field, reason)
        return found
    return UNSET if code is UNSET else None


ROUTER = Router(
    "/orders",
    route_handlers=[post_order, get_orders, get_one_order, get_order_by_number, hold_order, release_order, cancel_order, edit_order],
    tags=["orders"],
)
