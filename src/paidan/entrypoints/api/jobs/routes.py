"""Jobs over HTTP: one action over many orders, tried dry first, then run in the background; what failed is listed, retried, undone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from paidan.entrypoints.api.exports.write import EXPORT_LIST, LISTS
from paidan.entrypoints.api.exports.write import opened as opened_list
from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.jobs.carry import CHUNK, Task, dry_run
from paidan.entrypoints.api.jobs.force import FORCEABLE, is_forceable
from paidan.entrypoints.api.jobs.papers import PRINTED_MAX, bond_of
from paidan.entrypoints.api.jobs.parameters import (
    NEEDED,
    ROW_REFUSED,
    ROW_STAYS,
    ROW_WAITING,
    UNDOABLE,
    Action,
    Parameters,
    Told,
    kept,
    queries,
    read,
)
from paidan.entrypoints.api.jobs.parcels import ParcelToBe
from paidan.entrypoints.api.jobs.runner import ENDED, RUNNING, UNDOING, JobRunner
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists.compose import FILTERS_MAX, matching, read_question
from paidan.entrypoints.api.lists.routes import FILTER_MAX, moment_of
from paidan.entrypoints.api.order_reads import reason_words
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, named_rows, page, read_cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.visiting import address_of
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.rows import copy

ORDERS_MAX: Final = 100_000
NUMBERS_MAX: Final = 20_000
SHOWN_MAX: Final = 100
UNDO_S: Final = 15 * 60
BODY_MAX: Final = 2 * 1024 * 1024
ROW_TYPES: Final = "int8 int4 int8 text int2 text".split()
STATES: Final = {0: "running", 1: "done", 2: "undoing", 3: "undone"}
ROW_STATES: Final = {0: "waiting", 1: "done", 2: "refused", 3: "undone", 4: "not_undone"}

Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which orders: by number, or all that match these filters of the list (an empty list of filters: every open order)."""

    order_nos: Annotated[tuple[Number, ...], Meta(max_length=NUMBERS_MAX)] | None = None
    filters: Annotated[tuple[Annotated[str, Meta(max_length=FILTER_MAX)], ...], Meta(max_length=FILTERS_MAX)] | None = None


class JobBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action over orders. `is_dry_run`: only told what would happen."""

    action: Action
    target: Target
    parameters: Parameters = Parameters()
    is_dry_run: bool = False


class RefusedRow(Struct, frozen=True, kw_only=True):
    """An order to which it was not done, why, and what to do next. `is_forceable`: whoever has the right may release it against this reason."""

    order_no: str
    reason: str
    text: str
    next_step: str
    is_forceable: bool = False


class RefusedCount(Struct, frozen=True, kw_only=True):
    """How many orders it would not be done to for one reason."""

    reason: str
    text: str
    count: int
    is_forceable: bool = False


class JobAnswer(Struct, frozen=True, kw_only=True):
    """Of a dry run: how many it would be done to, the first hundred refused, and all refused by reason; of a run: the job.

    `parcels`: what one order would leave as, when it is split.
    """

    total: int
    will: int
    refused_count: int
    refused: tuple[RefusedRow, ...] = ()
    refused_by_reason: tuple[RefusedCount, ...] = ()
    parcels: tuple[ParcelToBe, ...] = ()
    job_id: str | None = None


class JobView(Struct, frozen=True, kw_only=True):
    """A job. `can_undo_until` null: it can't be undone (any more)."""

    id: str
    action: str
    parameters: Any
    state: str
    actor: str
    total: int
    done: int
    failed: int
    undone: int
    created_at: datetime
    ended_at: datetime | None
    can_undo_until: datetime | None
    has_file: bool
    refused: tuple[RefusedRow, ...] = ()
    refused_by_reason: tuple[RefusedCount, ...] = ()  # of one job, all of them


class JobRowView(Struct, frozen=True, kw_only=True):
    """What became of one order of a job."""

    n: int
    order_no: str
    state: str
    reason: str
    text: str
    next_step: str
    is_forceable: bool = False


class ForceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is right all the same; kept with every order."""

    note: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]


@post("/jobs", opt=SEE, status_code=200, sync_to_thread=True, request_max_body_size=BODY_MAX, summary="Do something to many orders")
def post_job(
    services: Given, caller: Known, once: Post, request: Request[Any, Any, Any], data: JSONBody[JobBody], idempotency_key: IdempotencyKey = ""
) -> Response[JobAnswer]:
    """Each action takes its own right. What is not the caller's to see counts as not there."""
    del idempotency_key
    if not caller.may(NEEDED[data.action]):
        raise Refused(Reason.NOT_ALLOWED)
    language = language_of(request.headers.get("accept-language", ""))

    def work(tx: Tx) -> JobAnswer:
        told = read(tx, data.action, data.parameters, caller, once.now, address_of(request))
        most = PRINTED_MAX if data.action == Action.PRINT else ORDERS_MAX
        numbers, missing = _targets(tx, services, caller, data.target, most)
        if len(numbers) > most:
            raise invalid("target", expected=expected.at_most_orders(most))
        if data.is_dry_run:
            return _tried(tx, services, caller, data.action, told, numbers, missing, language)
        return _made(tx, services, caller, data.action, told, numbers, missing, language)

    answer = once.answer(work)
    if not data.is_dry_run:
        _runner(request).wake()
    return answer


def _runner(request: Request[Any, Any, Any]) -> JobRunner:
    runner: JobRunner = request.app.state.jobs
    return runner


def _targets(tx: Tx, services: HandlerContext, caller: Caller, target: Target, most: int) -> tuple[dict[int, str], list[str]]:
    """Numbers of the orders meant, by id; and the numbers that stand for nothing the caller sees."""
    if (target.order_nos is None) == (target.filters is None):
        raise invalid("target", expected=expected.EITHER_TARGET)
    if target.order_nos is not None:
        asked = list(dict.fromkeys(target.order_nos))
        rows = tx.execute(queries.targets, {"numbers": asked, **caller.sees}).fetchall()
        return {order_id: number for number, order_id in rows if order_id is not None}, [number for number, order_id in rows if order_id is None]
    question = read_question(target.filters or (), "", caller, moment_of(services))
    ids = matching(tx, question, most + 1)
    if len(ids) > most:
        raise invalid("target", expected=expected.at_most_orders(most))
    numbers: dict[int, str] = dict(tx.execute(queries.numbers_by_id, {"ids": ids}).fetchall())
    return {order_id: numbers[order_id] for order_id in ids if order_id in numbers}, []


def _tried(
    tx: Tx, services: HandlerContext, caller: Caller, action: Action, told: Told, numbers: Mapping[int, str], missing: Sequence[str], language: str
) -> JobAnswer:
    task = Task(action=action, told=told, actor=caller.actor, warehouses=caller.warehouses)
    refused = [_refused(action, number, Reason.UNKNOWN_ORDER, language) for number in missing]
    ids = list(numbers)
    now = services.clock.now()
    parcels: tuple[ParcelToBe, ...] = ()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = dry_run(tx, services, task, chunk, now)
        parcels = found[0].parcels
        refused += [_refused(action, numbers[i], done.reason, language) for i, done in zip(chunk, found, strict=True) if done.reason is not None]
    total = len(ids) + len(missing)
    by_reason = Counter(row.reason for row in refused)
    return JobAnswer(
        total=total,
        will=total - len(refused),
        refused_count=len(refused),
        refused=tuple(refused[:SHOWN_MAX]),
        refused_by_reason=_counted(action, by_reason.most_common(), language),
        parcels=parcels if total == 1 else (),
    )


def _refused(action: str, number: str, reason: str, language: str) -> RefusedRow:
    text, following = reason_words(reason, language)
    return RefusedRow(order_no=number, reason=str(reason), text=text, next_step=following, is_forceable=is_forceable(action, reason))


def _counted(action: str, counts: Iterable[tuple[str, int]], language: str) -> tuple[RefusedCount, ...]:
    """By reason, in words."""
    return tuple(
        RefusedCount(reason=str(reason), text=reason_words(reason, language)[0], count=count, is_forceable=is_forceable(action, reason))
        for reason, count in counts
    )


def _made(
    tx: Tx, services: HandlerContext, caller: Caller, action: Action, told: Told, numbers: Mapping[int, str], missing: Sequence[str], language: str
) -> JobAnswer:
    (job_id,) = services.ids.take(1)
    total = len(numbers) + len(missing)
    job = {"id": job_id, "action": str(action), "parameters": Jsonb(kept(told)), "owner": caller.owner, "actor": caller.actor, "language": language}
    figures = {"total": total, "failed": len(missing), "now": services.clock.now(), "undo_s": UNDO_S if action in UNDOABLE else None}
    tx.execute(queries.add_job, {**job, **figures, "warehouse_ids": caller.sees["warehouses"]})
    known = [(job_id, n, order_id, number, ROW_WAITING, "") for n, (order_id, number) in enumerate(numbers.items(), 1)]
    unknown = [(job_id, n, 0, number, ROW_REFUSED, str(Reason.UNKNOWN_ORDER)) for n, number in enumerate(missing, len(known) + 1)]
    copy(tx, queries.copy_rows, [*known, *unknown], any_rows=bool(total), types=ROW_TYPES)
    return JobAnswer(total=total, will=len(known), refused_count=len(missing), job_id=str(job_id))


@get("/jobs", opt=SEE, sync_to_thread=True, summary="List my jobs")
def get_jobs(services: Given, caller: Known, cursor: Cursor = "", limit: Limit = 50) -> Page[JobView]:
    """Newest first, without their refused orders."""
    [after] = read_cursor(cursor, [int])
    with services.database.transaction() as tx:
        found = _views(tx.execute(queries.list_jobs, {"owner": caller.owner, "after": after, "limit": limit + 1}))
    return page(found, limit, lambda job: [int(job.id)])


def _views(rows: Any) -> list[JobView]:
    return [JobView(**{**row, "state": STATES[row["state"]], "parameters": row["parameters"].get("given", {})}) for row in named_rows(rows)]


@get("/jobs/{job_id:int}", opt=SEE, sync_to_thread=True, summary="Get a job")
def get_job(services: Given, caller: Known, request: Request[Any, Any, Any], job_id: RecordId) -> JobView:
    """Its progress, the first hundred refused orders and all refused by reason, to whoever made it."""
    language = language_of(request.headers.get("accept-language", ""))
    with services.database.transaction() as tx:
        found = _views(tx.execute(queries.get_job, {"id": job_id, "owner": caller.owner}))
        if not found:
            raise Refused(Reason.NOT_FOUND)
        rows = tx.execute(queries.list_rows, _asked(job_id, (ROW_REFUSED, ROW_STAYS), None, 0, SHOWN_MAX)).fetchall()
        counts = tx.execute(queries.refused_by_reason, {"job_id": job_id}).fetchall()
    refused = tuple(_refused(found[0].action, number, reason, language) for _, number, _, reason in rows)
    return replace(found[0], refused=refused, refused_by_reason=_counted(found[0].action, counts, language))


def _asked(job_id: int, states: Sequence[int], reason: str | None, after: int, limit: int) -> dict[str, Any]:
    return {"job_id": job_id, "states": list(states), "reason": reason, "after": after, "limit": limit}


def _row_view(action: str, row: Sequence[Any], language: str) -> JobRowView:
    n, number, state, reason = row
    text, following = reason_words(reason, language) if reason else ("", "")
    forceable = state == ROW_REFUSED and is_forceable(action, reason)
    return JobRowView(n=n, order_no=number, state=ROW_STATES[state], reason=reason, text=text, next_step=following, is_forceable=forceable)


RowState = Annotated[str | None, QueryParameter(name="state", schema_extra={"enum": [*ROW_STATES.values()]}, required=False)]


@get("/jobs/{job_id:int}/rows", opt=SEE, sync_to_thread=True, summary="List the orders of a job")
def get_job_rows(
    services: Given,
    caller: Known,
    request: Request[Any, Any, Any],
    job_id: RecordId,
    state_name: RowState = None,
    reason: OptionalText = None,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Page[JobRowView]:
    """What became of each; with `reason` those refused for it."""
    if state_name is not None and state_name not in ROW_STATES.values():
        raise invalid("state", expected=expected.one_of(ROW_STATES.values()))
    [after] = read_cursor(cursor, [int])
    states = [state for state, name in ROW_STATES.items() if state_name in {None, name}]
    language = language_of(request.headers.get("accept-language", ""))
    with services.database.transaction() as tx:
        found = _views(tx.execute(queries.get_job, {"id": job_id, "owner": caller.owner}))
        if not found:
            raise Refused(Reason.NOT_FOUND)
        rows = tx.execute(queries.list_rows, _asked(job_id, states, reason or None, after or 0, limit + 1)).fetchall()
    return page([_row_view(found[0].action, row, language) for row in rows], limit, lambda row: [row.n])


@post("/jobs/{job_id:int}/retries", opt=SEE, status_code=200, sync_to_thread=True, summary="Try a job's refused orders again")
def post_retry(services: Given, caller: Known, request: Request[Any, Any, Any], job_id: RecordId) -> JobView:
    """Those refused wait again; what was done stays done. Not for prints: their file would take the place of the first."""
    with services.database.transaction() as tx:
        state, is_his, _, action = _locked(tx, caller, job_id)
        if state != ENDED or not is_his or action == Action.PRINT:
            raise Refused(Reason.ILLEGAL_MOVE)
        tx.execute(queries.retry_rows, {"job_id": job_id})
        tx.execute(queries.reopen_job, {"id": job_id, "state": RUNNING})
        found = _views(tx.execute(queries.get_job, {"id": job_id, "owner": caller.owner}))
    _runner(request).wake()
    return found[0]


@post("/jobs/{job_id:int}/forcings", opt=needs(Right.FORCE), status_code=200, sync_to_thread=True, summary="Force what a job refused")
def post_forcing(
    services: Given,
    caller: Known,
    once: Post,
    request: Request[Any, Any, Any],
    job_id: RecordId,
    data: JSONBody[ForceBody],
    idempotency_key: IdempotencyKey = "",
) -> Response[JobAnswer]:
    """A job of its own releases, against their holds, the orders that an audit has refused and that may be forced; it can be undone by itself."""
    del idempotency_key
    language = language_of(request.headers.get("accept-language", ""))

    def work(tx: Tx) -> JobAnswer:
        state, _, _, action = _locked(tx, caller, job_id)
        numbers: dict[int, str] = dict(tx.execute(queries.refused_for, {"job_id": job_id, "reasons": sorted(FORCEABLE)}).fetchall())
        if state != ENDED or action != Action.AUDIT or not numbers:
            raise Refused(Reason.ILLEGAL_MOVE)
        seen = {row[0] for row in tx.execute(queries.targets_seen, {"ids": sorted(numbers), **caller.sees})}
        told = read(tx, Action.RELEASE, Parameters(note=data.note), caller, once.now)
        return _made(tx, services, caller, Action.RELEASE, told, {i: number for i, number in numbers.items() if i in seen}, [], language)

    answer = once.answer(work)
    _runner(request).wake()
    return answer


@post("/jobs/{job_id:int}/undo", opt=SEE, status_code=200, sync_to_thread=True, summary="Undo a job")
def post_undo(services: Given, caller: Known, request: Request[Any, Any, Any], job_id: RecordId) -> JobView:
    """Within a quarter of an hour, order by order, as far as each still can be; what has gone on meanwhile is listed."""
    with services.database.transaction() as tx:
        state, is_his, can_be_undone, _ = _locked(tx, caller, job_id)
        if state != ENDED or not can_be_undone or not is_his:
            raise Refused(Reason.NOT_TO_BE_UNDONE, status=409)
        tx.execute(queries.reopen_job, {"id": job_id, "state": UNDOING})
        found = _views(tx.execute(queries.get_job, {"id": job_id, "owner": caller.owner}))
    _runner(request).wake()
    return found[0]


def _locked(tx: Tx, caller: Caller, job_id: int) -> tuple[int, bool, bool, str]:
    """Its state, whether he may still do such a thing, whether it can be undone, and what it does."""
    row = tx.execute(queries.lock_job, {"id": job_id, "owner": caller.owner}).fetchone()
    if row is None:
        raise Refused(Reason.NOT_FOUND)
    return row[0], _may(caller, row[1], row[2]), bool(row[3]), row[1]


def _may(caller: Caller, action: str, parameters: Any) -> bool:
    """Whether he has the right that such a job takes; rights change, and its file may be asked for days later."""
    if action == EXPORT_LIST:
        return LISTS[opened_list(parameters).given.list].is_open_to(caller)
    return caller.may(NEEDED[Action(action)])


# An Excel file, a PDF or a printer's own language.
@get("/jobs/{job_id:int}/file", opt=SEE, sync_to_thread=True, summary="Get the file of a job", media_type="*/*")
def get_job_file(services: Given, caller: Known, job_id: RecordId) -> Response[bytes]:
    """The finished export or print, to whoever made it, as long as he has the right that it took."""
    with services.database.transaction() as tx:
        row = tx.execute(queries.get_file, {"job_id": job_id, "owner": caller.owner}).fetchone()
    if row is None:
        raise Refused(Reason.NOT_FOUND)
    name, media_type, body, action, parameters = row
    if not _may(caller, action, parameters):
        raise Refused(Reason.NOT_ALLOWED)
    if action == Action.PRINT:
        body = services.sealer.unseal(bytes(body), bound_to=bond_of(job_id))
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(content=bytes(body), media_type=media_type, headers=headers)


ROUTER = Router("/", route_handlers=[post_job, get_jobs, get_job, get_job_rows, post_retry, post_forcing, post_undo, get_job_file], tags=["jobs"])
