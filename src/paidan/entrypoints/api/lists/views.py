"""Saved views: filters, sort, grouping and columns under a name, for oneself or for the team; which of them opens is each person's own."""

from typing import Annotated, Final, Literal

from litestar import Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.lists.compose import FILTERS_MAX, read_question, refuse_personal
from paidan.entrypoints.api.lists.former import as_asked_now
from paidan.entrypoints.api.lists.initials import queries
from paidan.entrypoints.api.lists.routes import FILTER_MAX, moment_of
from paidan.entrypoints.api.pages import RecordId, as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import delete, get, post, put
from paidan.entrypoints.api.versions import IfMatch, etag, seen
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

VIEWS_MAX: Final = 200
ListName = Literal["orders", "exceptions", "stock", "skus", "listings", "fulfilments", "messages"]
Text = Annotated[str, Meta(max_length=FILTER_MAX, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Meta(max_length=80, pattern=r"^[^\x00]*$")]


class ViewBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view. `is_team`: everybody sees it, which takes the right `settings`; `is_default`: the list opens with it for me, and for nobody else."""

    list: ListName
    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    filters: Annotated[tuple[Text, ...], Meta(max_length=FILTERS_MAX)] = ()
    sort: Word = ""
    group: Word = ""
    columns: Annotated[tuple[Word, ...], Meta(max_length=200)] = ()
    is_team: bool = False
    is_default: bool = False


class SavedView(Struct, frozen=True, kw_only=True):
    """A saved view; `is_mine`: I may change it; `is_default`: the list opens with it for me."""

    id: str
    version: int
    list: str
    name: str
    filters: tuple[str, ...]
    sort: str
    group: str
    columns: tuple[str, ...]
    is_team: bool
    is_default: bool
    is_mine: bool


@get("/views", opt=SEE, sync_to_thread=True, summary="List saved views")
def get_views(
    services: Given, caller: Known, list_name: Annotated[ListName | None, QueryParameter(name="list", required=False)] = None
) -> list[SavedView]:
    """Mine, then the team's."""
    with services.database.transaction() as tx:
        return _views(tx, caller, list_name)


def _views(tx: Tx, caller: Caller, list_name: str | None = None, view_id: int | None = None) -> list[SavedView]:
    stored = as_views(SavedView, tx.execute(queries.list_views, {"owner": caller.owner, "list": list_name, "id": view_id}))
    return [replace(view, filters=tuple(map(as_asked_now, view.filters))) if view.list == "orders" else view for view in stored]


@post("/views", opt=SEE, status_code=201, sync_to_thread=True, summary="Save a view")
def post_view(services: Given, caller: Known, once: Post, data: JSONBody[ViewBody], idempotency_key: IdempotencyKey = "") -> Response[SavedView]:
    """Under a name that its owner has not used for this list."""
    del idempotency_key
    _refuse_senseless(services, caller, data)

    def work(tx: Tx) -> SavedView:
        row = tx.execute(queries.count_views, {"owner": caller.owner}).fetchone()
        if row is not None and row[0] >= VIEWS_MAX:
            raise invalid("name", expected=expected.at_most_views(VIEWS_MAX))
        (view_id,) = services.ids.take(1)
        if tx.execute(queries.add_view, {"id": view_id, "list": data.list, "owner": caller.owner, **_stored(data)}).fetchone() is None:
            raise invalid("name", Reason.DUPLICATE_KEY)
        return _settled(tx, caller, view_id, data)

    return once.answer(work, status=201)


@put("/views/{view_id:int}", opt=SEE, sync_to_thread=True, summary="Change a view")
def put_view(services: Given, caller: Known, view_id: RecordId, data: JSONBody[ViewBody], if_match: IfMatch = "") -> Response[SavedView]:
    """Whole; by its owner only."""
    version = seen(if_match)
    _refuse_senseless(services, caller, data)
    with services.database.transaction() as tx:
        row = tx.execute(queries.lock_view, {"id": view_id}).fetchone()
        if row is None or row[1] != caller.owner:
            raise Refused(Reason.NOT_FOUND)
        if version is not None and row[0] != version:
            raise Refused(Reason.VERSION_CONFLICT)
        if row[2] != data.list:
            raise invalid("list")
        if any(view.name == data.name and view.is_mine and view.id != str(view_id) for view in _views(tx, caller, data.list)):
            raise invalid("name", Reason.DUPLICATE_KEY)
        tx.execute(queries.change_view, {"id": view_id, **_stored(data)})
        changed = _settled(tx, caller, view_id, data)
    return Response(content=changed, headers=etag(changed.version))


@put("/views/{view_id:int}/default", opt=SEE, status_code=204, sync_to_thread=True, summary="Open a list with this view")
def put_default_view(services: Given, caller: Known, view_id: RecordId) -> None:
    """For me alone, instead of the one before; of the team's views, too."""
    with services.database.transaction() as tx:
        if tx.execute(queries.make_default, {"id": view_id, "owner": caller.owner}).fetchone() is None:
            raise Refused(Reason.NOT_FOUND)


@delete("/views/{view_id:int}/default", opt=SEE, status_code=204, sync_to_thread=True, summary="Open a list with this view no more")
def delete_default_view(services: Given, caller: Known, view_id: RecordId) -> None:
    """For me alone; nothing happens when it was not my default."""
    with services.database.transaction() as tx:
        tx.execute(queries.unmake_default, {"id": view_id, "owner": caller.owner})


@delete("/views/{view_id:int}", opt=SEE, status_code=204, sync_to_thread=True, summary="Remove a view")
def delete_view(services: Given, caller: Known, view_id: RecordId) -> None:
    """By its owner only."""
    with services.database.transaction() as tx:
        if not tx.execute(queries.remove_view, {"id": view_id, "owner": caller.owner}).rowcount:
            raise Refused(Reason.NOT_FOUND)


def _refuse_senseless(services: HandlerContext, caller: Caller, data: ViewBody) -> None:
    """Raise Refused for filters or a sort that the list of orders does not know, and for a team's view by who may not make one."""
    if data.is_team and not caller.may(Right.SETTINGS):
        raise Refused(Reason.NOT_ALLOWED)
    if data.list == "orders":
        read_question(data.filters, data.sort, caller, moment_of(services))
        refuse_personal(data.filters, "filters")


def _stored(data: ViewBody) -> dict[str, object]:
    body = {"filters": list(data.filters), "sort": data.sort, "group": data.group, "columns": list(data.columns)}
    return {"name": data.name, "is_team": data.is_team, "body": Jsonb(body)}


def _settled(tx: Tx, caller: Caller, view_id: int, data: ViewBody) -> SavedView:
    mine = {"id": view_id, "owner": caller.owner}
    tx.execute(queries.make_default if data.is_default else queries.unmake_default, mine)
    if not data.is_team:
        tx.execute(queries.keep_default_to_owner, mine)
    return _views(tx, caller, data.list, view_id)[0]


ROUTER = Router("/", route_handlers=[get_views, post_view, put_view, delete_view, put_default_view, delete_default_view], tags=["lists"])
