"""Master data over HTTP. Each kind has the same four doors: list, one, many rows at once (each told what became of it), and one changed by version.

`doors(Master(…))` makes them; a kind is one entry of the tables in catalog_routes.py and network_routes.py.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from litestar import Request, Response, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists.sorting import Listed, SortedBy, find
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, RecordId, as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import FieldProblem, Refused, field_problems, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post, put
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.kernel.outcomes import Effect, Outcome
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

ROWS_MAX: Final = 1_000

R = TypeVar("R", bound=Struct)
V = TypeVar("V")


class Rows(Struct, Generic[R], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows to create or change, by their codes."""

    rows: Annotated[tuple[R, ...], Meta(min_length=1, max_length=ROWS_MAX)]


Seen = Annotated[dict[str, Annotated[int, Meta(ge=0)]], Meta(max_length=ROWS_MAX)]


class RowsSeen(Rows[R], Generic[R], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows, and in `versions` which version of each record you have seen, by its code (a listing's by shop/item/sku); 0: none, it is new.

    A row whose record has moved on is refused (`version_conflict`), one whose code is taken as well (`duplicate_key`); a record not named in
    `versions` is changed whatever it says.
    """

    versions: Seen = {}


class Result(Struct, frozen=True, kw_only=True):
    """What became of one row: created, changed, same or refused."""

    effect: Effect
    id: str = ""
    version: int = 0
    errors: tuple[FieldProblem, ...] = ()


class Results(Struct, frozen=True, kw_only=True):
    """One result per row, in order; a refused row has stopped no other."""

    results: tuple[Result, ...]


class Master(Struct, frozen=True, kw_only=True):
    """One kind of master data: how it is read and written, and who may."""

    path: str
    noun: str
    tag: str
    row: Any
    view: Any
    listed: Listed
    write: Callable[[HandlerContext, Tx, Sequence[Any], Mapping[str, int] | None], list[Outcome]]
    key: Callable[[Any], str] = lambda row: str(row.code)
    right: Right = Right.MASTERS
    more: Mapping[str, Any] = {}
    is_everywhere: bool = False  # it belongs to no shop or warehouse: kept from those with a limited view


def told_results(outcomes: Sequence[Outcome], language: str = "zh") -> Results:
    """Outcomes with words."""
    return Results(
        results=tuple(
            Result(effect=o.effect, id=str(o.id) if o.id else "", version=o.version, errors=field_problems(o.problems, language)) for o in outcomes
        )
    )


def doors(master: Master, listing: Any = None) -> Router:
    """List, one, many at once, one by version. `listing`: the handler of the list, of a kind that is asked for by more than its code."""
    view, row = master.view, master.row
    reading = needs(Right.SEE, everywhere=master.is_everywhere)

    @get("/", opt=reading, sync_to_thread=True, summary=f"List {master.noun}s")
    def list_all(
        services: Given, caller: Known, code: OptionalText = None, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50
    ) -> Page[view]:  # type: ignore[valid-type]  # made per kind
        """By id; `code` finds one."""
        return page_of(services, master, sort_by, cursor, limit, {"code": code or None, **caller.sees})

    @get("/{record_id:int}", opt=reading, sync_to_thread=True, summary=f"Get a {master.noun}")
    def get_one(services: Given, caller: Known, record_id: RecordId) -> Response[view]:  # type: ignore[valid-type]  # made per kind
        """The ETag is its version."""
        with services.database.transaction() as tx:
            found = one(tx, master, caller, record_id)
        return Response(content=found, headers=etag(found.version))

    @post("/", opt=needs(master.right, everywhere=True), status_code=200, sync_to_thread=True, summary=f"Create or change {master.noun}s")
    def put_many(
        services: Given,
        once: Post,
        request: Request[Any, Any, Any],
        data: JSONBody[RowsSeen[row]],  # type: ignore[valid-type]  # made per kind
        idempotency_key: IdempotencyKey = "",
    ) -> Response[Results]:
        """Rows are found by their codes; a row that says what is stored already changes nothing; one older than what is stored is refused."""
        del idempotency_key
        language = language_of(request.headers.get("accept-language", ""))
        return once.answer(lambda tx: told_results(master.write(services, tx, data.rows, data.versions), language))

    @put("/{record_id:int}", opt=needs(master.right, everywhere=True), sync_to_thread=True, summary=f"Change a {master.noun}")
    def put_one(services: Given, caller: Known, record_id: RecordId, data: JSONBody[row], if_match: IfMatch = "") -> Response[view]:  # type: ignore[valid-type]  # made per kind
        """Change it whole; If-Match names the version you have seen. The code can't be changed: others know it."""
        version = seen(if_match)
        with services.database.transaction() as tx:
            stored = one(tx, master, caller, record_id)
            if master.key(stored) != master.key(data):
                raise invalid("code")
            [outcome] = master.write(services, tx, [data], {} if version is None else {master.key(data): version})
            refuse(outcome)
            changed = one(tx, master, caller, record_id)
        return Response(content=changed, headers=etag(changed.version))

    return Router(master.path, route_handlers=[listing or list_all, get_one, put_many, put_one], tags=[master.tag])


def page_of(services: HandlerContext, master: Master, sort_by: str, cursor: str, limit: int, asked: Mapping[str, Any]) -> Page[Any]:
    """A page of the list: of those that `asked` names."""
    with services.database.transaction() as tx:
        found = find(tx, master.listed, sort_by, cursor, limit, {"id": None, **master.more, **asked})
    return found.page(as_views(master.view, found.rows))


def one(tx: Tx, master: Master, caller: Caller, record_id: int) -> Any:
    """The record. Raises Refused when there is none."""
    parameters = {"id": record_id, "after": -1, "code": None, "limit": 1, **master.more, **caller.sees}
    found = as_views(master.view, tx.execute(master.listed.select, parameters))
    if not found:
        raise Refused(Reason.NOT_FOUND)
    return found[0]


def refuse(outcome: Outcome) -> None:
    """Raise the refusal of a single row: a stale version as 412, anything else as 422."""
    if outcome.effect != Effect.REFUSED:
        return
    if any(problem.reason == Reason.VERSION_CONFLICT for problem in outcome.problems):
        raise Refused(Reason.VERSION_CONFLICT)
    raise Refused(outcome.problems[0].reason, problems=outcome.problems, status=422)
