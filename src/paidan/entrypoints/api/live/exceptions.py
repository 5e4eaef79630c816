"""Exceptions: what waits for people, by the platform's deadline; claimed, put to sleep, mended with one click."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from litestar import Request, Response, Router
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.jobs.carry import Task, carry
from paidan.entrypoints.api.jobs.parameters import Action, Parameters, Told
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.keyset import meant
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.live.changes import queries
from paidan.entrypoints.api.operations import REPLAYABLE
from paidan.entrypoints.api.operations import queries as work_queries
from paidan.entrypoints.api.order_reads import KINDS, reason_words
from paidan.entrypoints.api.pages import BIGINT_MAX, Cursor, Limit, Page, named_rows, page, read_cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.seen import hears
from paidan.entrypoints.api.problems import Refused, invalid, refuse_if
from paidan.entrypoints.api.remarks import NONE, readable
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import delete, get, post
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.orders.commands import AUDITORS_MAY, HOLDERS_MAY
from paidan.orders.store import make_due, platform_remarks
from paidan.parties.store import open_receivers
from paidan.runtime.database import Tx
from paidan.runtime.outbox import ask_again, revive
from paidan.runtime.sealing import Sealer

SNOOZE_MAX: Final = timedelta(days=31)
Fix = tuple[str, Right, tuple[str, str]]

AUDIT: Final[Fix] = ("audit", Right.AUDIT, ("放行", "Let it go on"))
RELEASE_HOLD: Final[Fix] = ("release_hold", Right.HOLD, ("解除挂起", "Release the hold"))
LOOK_AGAIN: Final[Fix] = ("look_again", Right.EDIT_ORDER, ("重新检查", "Look at it again"))
REPLAY: Final[Fix] = ("replay", Right.MESSAGES, ("重放报文", "Replay the message"))
REVIVE: Final[Fix] = ("revive", Right.MESSAGES, ("重新发送", "Send again"))
ASK_AGAIN: Final[Fix] = ("ask_again", Right.MESSAGES, ("再问对方", "Ask again"))
MAP_LISTING: Final[Fix] = ("map_listing", Right.MASTERS, ("去匹配", "Map it"))
EDIT_ADDRESS: Final[Fix] = ("edit_address", Right.EDIT_ORDER, ("改地址", "Edit the address"))
FIX_BY_KIND: Final = {"backordered": LOOK_AGAIN, "message_set_aside": REPLAY, "call_dead": REVIVE, "call_unknown": ASK_AGAIN}
FIX_BY_REASON: Final = {
    str(Reason.LISTING_UNMAPPED): MAP_LISTING,
    str(Reason.ADDRESS_UNPARSED): EDIT_ADDRESS,
    str(Reason.ADDRESS_UNDELIVERABLE): EDIT_ADDRESS,
}
"""What a person mends on a page of its own, whereupon the order is looked at again by itself."""
LOOKS: Final = frozenset({LOOK_AGAIN, *FIX_BY_REASON.values()})
IDS_MAX: Final = 200
UNTOLD: Final = frozenset({"rank", "remarks", "receiver_ids", "receivers", "is_read"})

KindNames = Annotated[list[str] | None, QueryParameter(name="kind", description="Kinds; none: all", max_items=10, required=False)]
OwnerName = Annotated[str | None, QueryParameter(name="owner", max_length=60, description="`me`, `nobody` or user:<name>", required=False)]
Ids = Annotated[
    list[Annotated[str, Meta(max_length=60, pattern=r"^[a-z_]+-[0-9]{1,19}$")]] | None,
    QueryParameter(name="id", description="These, as far as they still wait; whoever has them, asleep or not", max_items=IDS_MAX, required=False),
]
WithSnoozed = Annotated[bool, QueryParameter(description="Also those asleep")]
ExceptionId = Annotated[str, PathParameter(max_length=60, pattern=r"^[a-z_]+-[0-9]{1,19}$", description="`<kind>-<ref_id>`")]


class FixView(Struct, frozen=True, kw_only=True):
    """What one click would do; `is_allowed`: to the caller.

    `map_listing` and `edit_address` want a person's hand first: carrying them out looks at the order again.
    """

    code: str
    zh: str
    en: str
    is_allowed: bool


class ExceptionRow(Struct, frozen=True, kw_only=True):
    """Something that waits for people. `left_s`: seconds to the platform's deadline, negative when past. `owner`: who has claimed it, '' nobody.

    `listing_ids`: what is to be mapped, where that is the trouble. `buyer_remark` and `seller_remark`: where a remark waits to be read, without what
    names the receiver and longer runs of digits.
    """

    id: str
    kind: str
    ref_id: str
    order_id: str | None
    order_no: str
    reason: str
    text: str
    next_step: str
    since: datetime
    age_s: int
    ship_by_at: datetime | None
    left_s: int | None
    owner: str
    is_mine: bool
    claimed_at: datetime | None
    snoozed_until: datetime | None
    note: str
    listing_ids: tuple[str, ...]
    buyer_remark: str
    seller_remark: str
    fix: FixView | None


class SnoozeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when it shall not be shown (at most a month), and why; null wakes it."""

    until: Annotated[datetime, Meta(tz=True)] | None
    note: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""


class Fixed(Struct, frozen=True, kw_only=True):
    """What was done."""

    code: str


@get("/lists/exceptions", opt=SEE, sync_to_thread=True, summary="List exceptions by deadline")
def get_exception_list(
    services: Given,
    caller: Known,
    request: Request[Any, Any, Any],
    kinds: KindNames = None,
    owner_name: OwnerName = None,
    ids: Ids = None,
    sort_by: SortedBy = "",
    cursor: Cursor = "",
    limit: Limit = 50,
    *,
    snoozed: WithSnoozed = False,
) -> Page[ExceptionRow]:
    """The nearest deadline first, then the oldest; `id` names some that are read anew, all of them at once."""
    if kinds and not set(kinds) <= set(KINDS):
        raise invalid("kind", expected=expected.one_of(KINDS))
    owner = {None: None, "me": caller.actor, "nobody": ""}.get(owner_name, owner_name)
    language = language_of(request.headers.get("accept-language", ""))
    now = services.clock.now()
    if sort_by and not ids:
        with services.database.transaction() as tx:
            asked = asked_of(tx, caller, now, kinds=kinds or KINDS, owner=owner, with_snoozed=snoozed, after=None, limit=limit)
            found = find(tx, sorts.EXCEPTIONS, sort_by, cursor, limit, asked)
        return found.page([view_of(row, caller, services.sealer, now, language) for row in named_rows(found.rows)])
    after = read_cursor(cursor, [str, str, int, int])
    if cursor:
        _refuse_bad_instants(after[:2])
        if not 0 < after[2] <= len(KINDS):
            raise invalid("cursor", expected=expected.CURSOR)
    with services.database.transaction() as tx:
        if ids:
            rows = _read(tx, services, caller, ids=ids, limit=IDS_MAX)
            return Page(items=[view_of(row, caller, services.sealer, services.clock.now(), language) for row in rows], next=None)
        rows = _read(tx, services, caller, kinds=kinds or KINDS, owner=owner, with_snoozed=snoozed, after=after if cursor else None, limit=limit + 1)
    return page([view_of(row, caller, services.sealer, services.clock.now(), language) for row in rows], limit, key_of)


def _refuse_bad_instants(texts: Sequence[str]) -> None:
    for text in texts:
        if text != "infinity":
            meant(text, datetime)


def key_of(row: ExceptionRow) -> list[int | str]:
    """Where the list goes on after this row."""
    deadline = row.ship_by_at.isoformat() if row.ship_by_at else "infinity"
    return [deadline, row.since.isoformat(), KINDS.index(row.kind) + 1, int(row.ref_id)]


def _read(
    tx: Tx,
    services: HandlerContext,
    caller: Caller,
    *,
    kinds: Sequence[str] = KINDS,
    owner: str | None = None,
    with_snoozed: bool = True,
    after: Sequence[Any] | None = None,
    limit: int = 1,
    ids: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    asked = asked_of(tx, caller, services.clock.now(), kinds=kinds, owner=owner, with_snoozed=with_snoozed, after=after, limit=limit, ids=ids)
    return list(named_rows(tx.execute(queries.exceptions, asked)))


def asked_of(
    tx: Tx,
    caller: Caller,
    now: datetime,
    *,
    kinds: Sequence[str],
    owner: str | None,
    with_snoozed: bool,
    after: Sequence[Any] | None,
    limit: int,
    ids: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The parameters of the statement `exceptions`, what the caller sees among them."""
    numbers = None if ids is None else [int(one.rpartition("-")[2]) for one in ids]
    return {
        "kinds": list(kinds),
        "ref_ids": None if numbers is None else [number for number in numbers if number <= BIGINT_MAX],
        "names": None if ids is None else list(ids),
        "owner": owner,
        "with_snoozed": with_snoozed,
        "now": now,
        **dict(zip(("after_deadline", "after_since", "after_rank", "after_id"), after or (None,) * 4, strict=True)),
        "limit": limit,
        **caller.sees,
        **hears(tx, caller),
    }


def view_of(row: dict[str, Any], caller: Caller, sealer: Sealer, now: datetime, language: str) -> ExceptionRow:
    """A row of the statement as the list shows it."""
    text, following = reason_words(row["reason"], language)
    deadline = row["ship_by_at"]
    fix = _fix_of(row)
    told = {name: value for name, value in row.items() if name not in UNTOLD}
    buyer_remark, seller_remark = _remarks(row, sealer)
    return ExceptionRow(
        **told,
        buyer_remark=buyer_remark,
        seller_remark=seller_remark,
        id=f"{row['kind']}-{row['ref_id']}",
        text=text,
        next_step=following,
        age_s=int((now - row["since"]).total_seconds()),
        left_s=None if deadline is None else int((deadline - now).total_seconds()),
        is_mine=row["owner"] == caller.actor,
        fix=None if fix is None else FixView(code=fix[0], zh=fix[2][0], en=fix[2][1], is_allowed=_may(caller, fix)),
    )


def _remarks(row: dict[str, Any], sealer: Sealer) -> Sequence[str]:
    """What buyer and seller have written, where it waits to be read."""
    if row["remarks"] is None:
        return NONE
    remarks = platform_remarks(int(row["order_id"]), row["remarks"], sealer)
    wanted = row["receiver_ids"]
    return readable(remarks, wanted, open_receivers(zip(wanted, row["receivers"], strict=True), sealer))


def _fix_of(row: dict[str, Any]) -> Fix | None:
    """What helps most often: an auditor's word where a person must look, another look where a fact must have changed."""
    if row["kind"] == "message_set_aside" and not row["is_read"]:
        return None
    if row["order_id"] is not None and row["reason"] in FIX_BY_REASON:
        return FIX_BY_REASON[row["reason"]]
    if row["kind"] == "hold" and row["reason"] in HOLDERS_MAY:
        return RELEASE_HOLD
    if row["kind"] == "hold":
        return AUDIT if row["reason"] in AUDITORS_MAY else LOOK_AGAIN
    return FIX_BY_KIND.get(row["kind"])


def _may(caller: Caller, fix: Fix) -> bool:
    """Listings belong to the catalogue, which those with a limited view leave alone."""
    return caller.may(fix[1]) and (fix != MAP_LISTING or caller.sees_all)


def _one(tx: Tx, services: HandlerContext, caller: Caller, exception_id: str) -> dict[str, Any]:
    """The exception, as far as the caller sees it. Raises Refused."""
    found = _read(tx, services, caller, ids=[exception_id])
    if not found:
        raise Refused(Reason.NOT_FOUND)
    return found[0]


@post("/exceptions/{exception_id:str}/claim", opt=SEE, status_code=204, sync_to_thread=True, summary="Claim an exception")
def post_claim(services: Given, caller: Known, exception_id: ExceptionId) -> None:
    """It is mine; others see it within two seconds."""
    with services.database.transaction() as tx:
        row = _one(tx, services, caller, exception_id)
        claim = {"kind": row["kind"], "ref_id": int(row["ref_id"]), "owner": caller.actor, "now": services.clock.now()}
        if tx.execute(queries.claim, claim).fetchone() is None:
            raise Refused(Reason.ALREADY_CLAIMED, detail=row["owner"])


@delete("/exceptions/{exception_id:str}/claim", opt=SEE, status_code=204, sync_to_thread=True, summary="Give an exception back")
def delete_claim(services: Given, caller: Known, exception_id: ExceptionId) -> None:
    """Anybody may take it; another's is given back by those who may change people."""
    with services.database.transaction() as tx:
        row = _one(tx, services, caller, exception_id)
        if row["owner"] not in {"", caller.actor} and not caller.may(Right.PEOPLE):
            raise Refused(Reason.ALREADY_CLAIMED, detail=row["owner"])
        owner = None if caller.may(Right.PEOPLE) else caller.actor
        tx.execute(queries.unclaim, {"kind": row["kind"], "ref_id": int(row["ref_id"]), "owner": owner})


@post("/exceptions/{exception_id:str}/snooze", opt=SEE, status_code=204, sync_to_thread=True, summary="Put an exception to sleep")
def post_snooze(services: Given, caller: Known, exception_id: ExceptionId, data: JSONBody[SnoozeBody]) -> None:
    """It is shown again when the time has come."""
    now = services.clock.now()
    if data.until is not None and not now < data.until <= now + SNOOZE_MAX:
        raise invalid("until", expected=expected.WITHIN_A_MONTH)
    with services.database.transaction() as tx:
        row = _one(tx, services, caller, exception_id)
        tx.execute(queries.snooze, {"kind": row["kind"], "ref_id": int(row["ref_id"]), "until": data.until, "note": data.note})


@post("/exceptions/{exception_id:str}/fix", opt=SEE, status_code=200, sync_to_thread=True, summary="Carry the suggested fix out")
def post_fix(services: Given, caller: Known, once: Post, exception_id: ExceptionId, idempotency_key: IdempotencyKey = "") -> Response[Fixed]:
    """What the list suggests; each takes its own right."""
    del idempotency_key

    def work(tx: Tx) -> Fixed:
        row = _one(tx, services, caller, exception_id)
        fix = _fix_of(row)
        if fix is None:
            raise Refused(Reason.NOTHING_TO_REPLAY)
        if not _may(caller, fix):
            raise Refused(Reason.NOT_ALLOWED)
        _carry_out(tx, services, caller, fix, row, once.now)
        return Fixed(code=fix[0])

    return once.answer(work)


def _carry_out(tx: Tx, services: HandlerContext, caller: Caller, fix: Fix, row: dict[str, Any], now: datetime) -> None:
    if fix in {AUDIT, RELEASE_HOLD}:
        order_id = int(row["order_id"])
        task = Task(action=Action(fix[0]), told=Told(given=Parameters()), actor=caller.actor)
        refuse_if(carry(tx, services, task, {order_id: None}, now)[order_id].reason)
    elif fix in LOOKS:
        make_due(tx, [int(row["order_id"])], now)
    elif fix == REPLAY:
        found = tx.execute(work_queries.lock_message, {"id": int(row["ref_id"]), **hears(tx, caller)}).fetchone()
        if found is None or found[1] is None or found[2] not in REPLAYABLE:
            raise Refused(Reason.ILLEGAL_MOVE)
        tx.execute(work_queries.replay_message, {"id": int(row["ref_id"])})
    elif not (ask_again if fix == ASK_AGAIN else revive)(tx, [int(row["ref_id"])], now):
        raise Refused(Reason.ILLEGAL_MOVE)


ROUTER = Router("/", route_handlers=[get_exception_list, post_claim, delete_claim, post_snooze, post_fix], tags=["exceptions"])
