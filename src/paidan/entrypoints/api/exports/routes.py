"""Lists over HTTP as their pages show them: how many rows match; a file of them, by a job of one's own whose file is fetched like any other job's."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct
from psycopg.types.json import Jsonb

from paidan.entrypoints.api.exports.lists import ROWS_MAX, TEXT_MAX, check_sort, count
from paidan.entrypoints.api.exports.write import EXPORT_LIST, LISTS, Given, ListTask, kept, reading_of
from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.jobs.parameters import queries
from paidan.entrypoints.api.jobs.runner import JobRunner
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.lists.compose import EXACT_MAX
from paidan.entrypoints.api.lists.routes import CountView
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given as Services
from paidan.entrypoints.api.verbs import get, post
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

COLUMNS_MAX: Final = 200
FILTERS_MAX: Final = 20

ListName = Literal[
    "products",
    "bundles",
    "listings",
    "shops",
    "warehouses",
    "carriers",
    "freight",
    "exceptions",
    "sellable",
    "balances",
    "entries",
    "documents",
    "differences",
    "fulfilments",
    "messages",
    "bans",
    "prints",
    "users",
    "reveals",
]
Name = Annotated[str, Meta(max_length=40)]
Value = Annotated[str, Meta(max_length=TEXT_MAX)]


class ExportBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list with the filters of its page, by the names they have in the page's request; `columns` none: all; `sort`: as the page takes it.

    Files of master data have all columns always, those that their import reads.
    """

    list: ListName
    filters: Annotated[dict[Name, Value], Meta(max_length=FILTERS_MAX)] = {}
    columns: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=COLUMNS_MAX)] = ()
    sort: Annotated[str, Meta(max_length=40)] = ""


class ExportAnswer(Struct, frozen=True, kw_only=True):
    """The job that writes the file (GET /jobs/{id}, then /jobs/{id}/file), and how many rows it will read."""

    job_id: str
    total: int


@post("/exports", opt=SEE, status_code=200, sync_to_thread=True, summary="Export a list")
def post_export(
    services: Services, caller: Known, once: Post, request: Request[Any, Any, Any], data: JSONBody[ExportBody], idempotency_key: IdempotencyKey = ""
) -> Response[ExportAnswer]:
    """What the page shows to the caller, in the background, as XLSX. At most 200,000 rows."""
    del idempotency_key
    exported = LISTS[data.list]
    if not exported.is_open_to(caller):
        raise Refused(Reason.NOT_ALLOWED)
    exported.check(data.filters)
    language = language_of(request.headers.get("accept-language", ""))
    given = Given(list=data.list, filters=data.filters, columns=data.columns, sort=data.sort)
    task = ListTask(given=given, name=caller.name, shops=caller.shops, warehouses=caller.warehouses)

    def work(tx: Tx) -> ExportAnswer:
        reading = reading_of(services, caller, once.now, language, data.filters)
        check_sort(tx, exported, reading, data.sort)
        total = count(tx, exported, reading)
        if total > ROWS_MAX:
            raise Refused(Reason.TOO_MANY_AT_ONCE, detail=str(ROWS_MAX), status=422)
        (job_id,) = services.ids.take(1)
        job = {"id": job_id, "action": EXPORT_LIST, "parameters": Jsonb(kept(task)), "owner": caller.owner, "actor": caller.actor}
        figures = {"language": language, "total": total, "failed": 0, "now": once.now, "undo_s": None}
        tx.execute(queries.add_job, {**job, **figures, "warehouse_ids": caller.sees["warehouses"]})
        return ExportAnswer(job_id=str(job_id), total=total)

    answer = once.answer(work)
    runner: JobRunner = request.app.state.jobs
    runner.wake()
    return answer


ListAsked = Annotated[ListName, QueryParameter(description="The list, as its export calls it")]
Filters = Annotated[
    list[Annotated[str, Meta(max_length=40 + 1 + TEXT_MAX)]] | None,
    QueryParameter(
        name="f", max_items=FILTERS_MAX, description="`name:value`, repeated: its page's filters, as an export takes them", required=False
    ),
]


@get("/exports/count", opt=SEE, sync_to_thread=True, summary="Count the rows of a list")
def get_list_count(services: Services, caller: Known, request: Request[Any, Any, Any], name: ListAsked, filters: Filters = None) -> CountView:
    """How many rows of its page match, and an export of it would have. Exact to ten thousand."""
    exported = LISTS[name]
    if not exported.is_seen_by(caller):
        raise Refused(Reason.NOT_ALLOWED)
    asked = _asked(filters or ())
    exported.check(asked)
    language = language_of(request.headers.get("accept-language", ""))
    with services.database.transaction() as tx:
        found = count(tx, exported, reading_of(services, caller, services.clock.now(), language, asked), EXACT_MAX)
    return CountView(count=min(found, EXACT_MAX), is_exact=found <= EXACT_MAX)


def _asked(filters: Sequence[str]) -> dict[str, str]:
    """Filters by their names. Raises Refused for one without a value, or named twice."""
    pairs = [text.partition(":") for text in filters]
    asked = {name: value for name, _, value in pairs}
    if len(asked) < len(pairs) or not all(colon for _, colon, _ in pairs):
        raise invalid("f", expected=expected.NAMED_FILTER)
    return asked


ROUTER = Router("/", route_handlers=[get_list_count, post_export], tags=["exports"])
