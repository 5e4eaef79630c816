"""Messages, outbox, invariants and keys over HTTP: for those who run the house."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.keys import queries as key_queries
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.mapped import ReadAs, mapping_of
from paidan.entrypoints.api.masking import masked
from paidan.entrypoints.api.message_keys import keys_of
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, as_views, page, read_cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right, Scope
from paidan.entrypoints.api.people.seen import hears
from paidan.entrypoints.api.people.store import limits_of
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.intake.load import SHOP
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.network.load import Network
from paidan.runtime.database import Tx
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.messages import IN, MessageState, read_message
from paidan.runtime.outbox import OutboxState, revive, try_lane
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "work.sql")

MESSAGE_STATES: Final = {"state": MessageState}
OUTBOX_STATES: Final = {"state": OutboxState}
REPLAYABLE: Final = frozenset({MessageState.DONE, MessageState.SET_ASIDE})
MESSAGES_SINCE: Final = timedelta(days=7)
MESSAGES_MAX: Final = 200
MessageIds = Annotated[
    list[Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")]] | None,
    QueryParameter(name="id", description="These, at most two hundred", max_items=MESSAGES_MAX, required=False),
]
MessageStates = Annotated[
    list[Literal["waiting", "done", "set_aside", "duplicate"]] | None,
    QueryParameter(name="state", description="None: set aside; of one business key: all", max_items=4, required=False),
]
MessageKind = Annotated[str | None, QueryParameter(name="kind", max_length=128, pattern=r"^[^\x00]*$", description="Exactly this", required=False)]
Direction = Annotated[Literal["i", "o"] | None, QueryParameter(name="direction", description="In or out", required=False)]
State = Annotated[Literal["dead", "unknown"] | None, QueryParameter(name="state", required=False)]


class MessageView(Struct, frozen=True, kw_only=True):
    """A message in a list: what it was about, never what it said."""

    id: str
    at: datetime
    direction: Literal["i", "o"]  # in, out
    counterpart: str
    kind: str
    business_key: str
    state: str
    attempts: int
    reason: str
    http_status: int | None


class WholeMessage(MessageView, frozen=True, kw_only=True):
    """A message with request and answer, personal data hidden. `mapped`: what our reader finds in it; null: nobody reads it."""

    meta: Any
    body: str
    answer: str | None
    mapped: ReadAs | None = None


class MessagesAsked(Struct, frozen=True, kw_only=True):
    """Which messages are asked for. Without states: those set aside, but of one business key or by their ids all."""

    business_key: str = ""
    states: tuple[str, ...] = ()
    kind: str = ""
    direction: str = ""
    ids: tuple[str, ...] = ()

    def named(self, tx: Tx, caller: Caller, after: int | None, now: datetime) -> dict[str, Any]:
        """Parameters of the statement `list_messages`. One statement when only the last week is looked through."""
        is_of_some = bool(self.business_key or self.ids)
        usual = tuple(MessageState) if is_of_some else (MessageState.SET_ASIDE,)
        states = [int(state) for state in (MessageState[name.upper()] for name in self.states)] or [int(state) for state in usual]
        since = None if is_of_some or states == [int(MessageState.SET_ASIDE)] else now - MESSAGES_SINCE
        return {
            "after": after,
            "ids": [int(one) for one in self.ids] or None,
            "business_keys": keys_of(tx, caller, self.business_key) if self.business_key else None,
            "kind": self.kind,
            "direction": self.direction or None,
            "states": sorted(set(states)),
            "since": since,
            "from_id": None if since is None else _first_id(tx, since),
            **hears(tx, caller),
        }


def _first_id(tx: Tx, since: datetime) -> int:
    row = tx.execute(queries.first_id_since, {"since": since}).fetchone()
    return 0 if row is None else int(row[0])


class OutboxView(Struct, frozen=True, kw_only=True):
    """A call that a counterpart must get."""

    id: str
    lane: str
    kind: str
    ref_id: str
    business_key: str
    state: str
    due_at: datetime
    attempts: int
    reason: str
    created_at: datetime
    done_at: datetime | None


class ReviveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dead calls to be made again; the counterpart is asked first what it knows."""

    ids: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")], ...], Meta(min_length=1, max_length=1_000)]


class Revived(Struct, frozen=True, kw_only=True):
    """The calls that were dead."""

    ids: tuple[str, ...]


class TryBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lane as GET /health/parts names it."""

    lane: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}(:[A-Za-z0-9_-]{1,64})?$")]


class Tried(Struct, frozen=True, kw_only=True):
    """Calls that are due now."""

    lane: str
    calls: int


class Replayed(Struct, frozen=True, kw_only=True):
    """The message waits for a pass again."""

    message_id: str


class ReplayBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages to be read again."""

    ids: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9]{1,18}$")], ...], Meta(min_length=1, max_length=1_000)]


class ReplayedMany(Struct, frozen=True, kw_only=True):
    """`ids`: those that wait for a pass again. `left`: those that can't be read again: our own calls, and what waits already."""

    ids: tuple[str, ...]
    left: tuple[str, ...]


class BrokenView(Struct, frozen=True, kw_only=True):
    """An invariant that does not hold, with the first rows that say where."""

    invariant: str
    says: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    is_cut: bool


class InvariantsView(Struct, frozen=True, kw_only=True):
    """`holds`: all invariants returned nothing."""

    holds: bool
    broken: list[BrokenView]


class KeyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to be made: coarse scopes, single rights, or both; `shops` and `warehouses` (codes) limit what it sees, null: all."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,40}$", description="Told in timelines as user:<name>")]
    scopes: Annotated[tuple[Scope, ...], Meta(max_length=3)] = ()
    rights: Annotated[tuple[Right, ...], Meta(max_length=100)] = ()
    shops: Annotated[tuple[Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")], ...], Meta(max_length=1_000)] | None = None
    warehouses: Annotated[tuple[Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")], ...], Meta(max_length=1_000)] | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class KeyView(Struct, frozen=True, kw_only=True):
    """A key, never what it is."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    shops: tuple[str, ...] | None
    warehouses: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKey(Struct, frozen=True, kw_only=True):
    """A new key: `key` is shown this once."""

    id: str
    key: str


class Revoked(Struct, frozen=True, kw_only=True):
    """The key opens nothing any more."""

    id: str


@get("/messages", opt=SEE, sync_to_thread=True, summary="List messages", tags=["messages"])
def get_messages(
    services: Given,
    caller: Known,
    business_key: OptionalText = None,
    states: MessageStates = None,
    kind: MessageKind = None,
    direction: Direction = None,
    ids: MessageIds = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[MessageView]:
    """Messages of one business key, or some by id; else those set aside, or of other states a week's.

    A business key is a platform's number of an order or a waybill; our number of an order or a fulfilment stands for all that was told of it.
    """
    asked = MessagesAsked(
        business_key=business_key or "", states=tuple(states or ()), kind=kind or "", direction=direction or "", ids=tuple(ids or ())
    )
    with services.database.transaction() as tx:
        found = find(tx, sorts.MESSAGES, sort_by, cursor, limit, asked.named(tx, caller, None, services.clock.now()))
    return found.page(as_views(MessageView, found.rows, MESSAGE_STATES))


@get("/messages/{message_id:int}", opt=SEE, sync_to_thread=True, summary="Get a message", tags=["messages"])
def get_one_message(services: Given, caller: Known, request: Request[Any, Any, Any], message_id: RecordId) -> WholeMessage:
    """Request and answer as they were, beside what our reader finds in them; names, phones and addresses hidden."""
    with services.database.transaction() as tx:
        found = read_message(tx, services.sealer, message_id)
        counterparts = hears(tx, caller)["counterparts"]
        network = services.network.load(tx, cache_versions(tx)["network"])
    if found is None or (counterparts is not None and found.counterpart not in counterparts):
        raise Refused(Reason.NOT_FOUND)
    return WholeMessage(
        id=str(found.id),
        at=found.at,
        direction="i" if found.direction == IN else "o",
        counterpart=found.counterpart,
        kind=found.kind,
        business_key=found.business_key,
        state=found.state.name.lower(),
        attempts=found.attempts,
        reason=found.reason,
        http_status=found.http_status,
        meta=found.meta,
        body=masked(found.body),
        answer=None if found.answer is None else masked(found.answer),
        mapped=mapping_of(found, _platform_of(found.counterpart, network), language_of(request.headers.get("accept-language", ""))),
    )


def _platform_of(counterpart: str, network: Network) -> str:
    shop = network.shop_by_code(counterpart.removeprefix(SHOP)) if counterpart.startswith(SHOP) else None
    return "" if shop is None else shop.platform


@post(
    "/messages/{message_id:int}/replay",
    opt=needs(Right.MESSAGES),
    status_code=200,
    sync_to_thread=True,
    summary="Replay a message",
    tags=["messages"],
)
def replay_message(services: Given, caller: Known, once: Post, message_id: RecordId, idempotency_key: IdempotencyKey = "") -> Response[Replayed]:
    """Let a pass read it again: what came before stays, since a fold takes nothing twice. Of a notice, its order is read at the platform again."""
    del idempotency_key, services

    def work(tx: Tx) -> Replayed:
        row = tx.execute(queries.lock_message, {"id": message_id, **hears(tx, caller)}).fetchone()
        if row is None:
            raise Refused(Reason.NOT_FOUND)
        direction, bucket, state = row
        if direction != IN or bucket is None:
            raise Refused(Reason.NOTHING_TO_REPLAY)
        if state not in REPLAYABLE:
            raise Refused(Reason.ILLEGAL_MOVE)
        tx.execute(queries.replay_message, {"id": message_id})
        tx.execute(queries.want_notices_read, {"ids": [message_id], "now": once.now})
        return Replayed(message_id=str(message_id))

    return once.answer(work)


@post("/messages/replays", opt=needs(Right.MESSAGES), status_code=200, sync_to_thread=True, summary="Replay messages", tags=["messages"])
def replay_messages(
    services: Given, caller: Known, once: Post, data: JSONBody[ReplayBody], idempotency_key: IdempotencyKey = ""
) -> Response[ReplayedMany]:
    """Let passes read them again. What can't be replayed stops no other and is told."""
    del idempotency_key, services

    def work(tx: Tx) -> ReplayedMany:
        wanted = {"ids": sorted({int(one) for one in data.ids}), "states": [int(state) for state in REPLAYABLE], **hears(tx, caller)}
        replayed = {row[0] for row in tx.execute(queries.replay_messages, wanted)}
        tx.execute(queries.want_notices_read, {"ids": sorted(replayed), "now": once.now})
        return ReplayedMany(ids=tuple(str(one) for one in sorted(replayed)), left=tuple(one for one in data.ids if int(one) not in replayed))

    return once.answer(work)


@get("/outbox", opt=SEE, sync_to_thread=True, summary="List calls", tags=["outbox"])
def get_outbox(
    services: Given, caller: Known, state_name: State = None, business_key: OptionalText = None, cursor: Cursor = "", limit: Limit = 50
) -> Page[OutboxView]:
    """Calls that are dead or whose effect is unknown, or all of one business key. Newest first."""
    if state_name is None and not business_key:
        raise invalid("state", Reason.FIELD_MISSING, expected=expected.STATE_OR_KEY)
    [after] = read_cursor(cursor, [int])
    state = None if state_name is None else int(OutboxState[state_name.upper()])
    with services.database.transaction() as tx:
        filters = {"after": after, "state": state, "business_key": business_key or None, "limit": limit + 1, **hears(tx, caller)}
        rows = tx.execute(queries.list_outbox, filters)
        return page(as_views(OutboxView, rows, OUTBOX_STATES), limit, lambda row: [int(row.id)])


@post("/outbox/revive", opt=needs(Right.MESSAGES), status_code=200, sync_to_thread=True, summary="Revive dead calls", tags=["outbox"])
def revive_calls(services: Given, caller: Known, once: Post, data: JSONBody[ReviveBody], idempotency_key: IdempotencyKey = "") -> Response[Revived]:
    """Make dead calls again; the counterpart is asked first, so nothing is done twice."""
    del idempotency_key, services

    def work(tx: Tx) -> Revived:
        seen = {row[0] for row in tx.execute(queries.seen_calls, {"ids": [int(row) for row in data.ids], **hears(tx, caller)})}
        return Revived(ids=tuple(str(row) for row in revive(tx, sorted(seen), once.now)))

    return once.answer(work)


@post("/outbox/tries", opt=needs(Right.MESSAGES, everywhere=True), status_code=200, sync_to_thread=True, summary="Try a lane now", tags=["outbox"])
def try_calls(services: Given, once: Post, data: JSONBody[TryBody], idempotency_key: IdempotencyKey = "") -> Response[Tried]:
    """Call a counterpart again at once, however long it rests after failures."""
    del idempotency_key, services
    return once.answer(lambda tx: Tried(lane=data.lane, calls=try_lane(tx, data.lane, once.now)))


@get("/invariants", opt=needs(Right.SEE, everywhere=True), sync_to_thread=True, summary="Run the invariants", tags=["invariants"])
def get_invariants(services: Given) -> InvariantsView:
    """Run every invariant now; the first twenty rows of those that do not hold."""
    broken = [
        BrokenView(
            invariant=found.invariant, says=found.says, columns=found.columns, rows=[[str(v) for v in row] for row in found.rows], is_cut=found.is_cut
        )
        for found in broken_invariants(services.database)
    ]
    return InvariantsView(holds=not broken, broken=broken)


@get("/keys", opt=needs(Right.PEOPLE, everywhere=True), sync_to_thread=True, summary="List API keys", tags=["keys"])
def get_keys(services: Given, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50) -> Page[KeyView]:
    """All keys, newest first."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.KEYS, sort_by, cursor, limit, {})
    return found.page(as_views(KeyView, found.rows))


@post("/keys", opt=needs(Right.PEOPLE, everywhere=True), status_code=201, sync_to_thread=True, summary="Make an API key", tags=["keys"])
def post_key(services: Given, once: Post, data: JSONBody[KeyBody], idempotency_key: IdempotencyKey = "") -> Response[NewKey]:
    """A new key, shown this once."""
    del idempotency_key
    if not data.scopes and not data.rights:
        raise invalid("scopes", Reason.FIELD_MISSING)
    if data.expires_at is not None and data.expires_at <= once.now:
        raise invalid("expires_at", expected=expected.LATER)

    def work(tx: Tx) -> NewKey:
        shop_ids, warehouse_ids = limits_of(tx, (), data.shops, data.warehouses)
        limits = {"shop_ids": shop_ids, "warehouse_ids": warehouse_ids}
        scopes = sorted({*data.scopes, *data.rights})
        made = make_key(tx, services.ids, services.sealer, name=data.name, scopes=scopes, now=once.now, expires_at=data.expires_at, **limits)
        key_id, key = made
        return NewKey(id=str(key_id), key=key)

    return once.answer(work, status=201)


@post(
    "/keys/{key_id:int}/revoke",
    opt=needs(Right.PEOPLE, everywhere=True),
    status_code=200,
    sync_to_thread=True,
    summary="Revoke an API key",
    tags=["keys"],
)
def revoke_key(services: Given, once: Post, key_id: RecordId, idempotency_key: IdempotencyKey = "") -> Response[Revoked]:
    """From now on it opens nothing."""
    del idempotency_key

    def work(tx: Tx) -> Revoked:
        if tx.execute(key_queries.revoke_key, {"id": key_id, "now": once.now}).fetchone() is None:
            raise Refused(Reason.NOT_FOUND)
        return Revoked(id=str(key_id))

    answer = once.answer(work)
    services.known_keys.forget()
    return answer


ROUTER = Router(
    "/",
    route_handlers=[
        get_messages,
        get_one_message,
        replay_message,
        replay_messages,
        get_outbox,
        revive_calls,
        try_calls,
        get_invariants,
        get_keys,
        post_key,
        revoke_key,
    ],
)
