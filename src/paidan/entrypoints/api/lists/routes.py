"""The list of orders over HTTP: pages, counts, fields, the search box, queues."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from litestar import Request, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.lists.compose import Question, count, find_page, read_question, refuse_personal
from paidan.entrypoints.api.lists.find import Found, find
from paidan.entrypoints.api.lists.groups import Groups, read_groups
from paidan.entrypoints.api.lists.initials import queries
from paidan.entrypoints.api.lists.kinds import Field, Kind, Moment, Op, Value
from paidan.entrypoints.api.lists.order_fields import FIELDS, FLAGS, LIVE_VALUES, with_values
from paidan.entrypoints.api.lists.queues import QueueCounts, QueueView
from paidan.entrypoints.api.lists.rows import OrderRow, read_rows
from paidan.entrypoints.api.live.changes import snapshot_now
from paidan.entrypoints.api.pages import Cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.orders.flags import flag_name, read_flag_words
from paidan.runtime.database import Tx

PAGE_MAX: Final = 500
FILTER_MAX: Final = 70_000  # five hundred values
TEXT_MAX: Final = 80_000

Filters = Annotated[
    list[Annotated[str, Meta(max_length=FILTER_MAX)]] | None,
    QueryParameter(
        name="f", description="`field:op:value|value`, repeated, never a phone; fields and operators: /lists/orders/fields", required=False
    ),
]
SortBy = Annotated[str, QueryParameter(name="sort", max_length=200, description="Fields, `-` for falling: `-paid_at,order_no`; none: newest first")]
GroupBy = Annotated[str, QueryParameter(name="group", max_length=40, description="A field: rows of one group stand together")]
NotBefore = Annotated[
    datetime | None,
    QueryParameter(required=False, description="A count older than this will not do: `as_of` of the event `queues`; without an offset in UTC"),
]
RowLimit = Annotated[int, QueryParameter(name="limit", ge=1, le=PAGE_MAX, description="Items per page")]


class OrderPage(Struct, frozen=True, kw_only=True):
    """Some orders of a list. `next`: cursor of the following page; null: this was the last. `as_of`: the snapshot that was read (/events/missed)."""

    items: list[OrderRow]
    next: str | None = None
    as_of: str


class CountView(Struct, frozen=True, kw_only=True):
    """How many match; beyond ten thousand `is_exact` is false."""

    count: int
    is_exact: bool


class FieldView(Struct, frozen=True, kw_only=True):
    """A field of the list: `operators` empty: it can't be asked about; `is_default`: shown at first.

    `is_sealed`: personal; what is asked for belongs into the search box (POST /lists/orders/find), into no address and no saved view.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    operators: tuple[Op, ...]
    values: tuple[Value, ...]
    is_sortable: bool
    is_groupable: bool
    is_sealed: bool
    is_default: bool


class FindBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was typed or pasted into the search box."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]


def moment_of(services: HandlerContext) -> Moment:
    """Now, by the business clock, and how phones are digested."""
    return Moment(now=services.clock.now(), digest=services.sealer.digest)


def _question(services: HandlerContext, caller: Caller, filters: Sequence[str] | None, sort: str = "", group_by: str = "") -> Question:
    """As an address asks it. Raises Refused for what is not of the closed list, and for a phone."""
    refuse_personal(filters or (), "f")
    return read_question(filters or (), sort, caller, moment_of(services), group_by)


@get("/lists/orders", opt=SEE, sync_to_thread=True, summary="List orders by filters")
def get_order_list(
    services: Given,
    caller: Known,
    filters: Filters = None,
    sort_by: SortBy = "",
    group_by: GroupBy = "",
    cursor: Cursor = "",
    row_limit: RowLimit = 100,
) -> OrderPage:
    """Open orders; with `placed_at` between two instants at most 31 days apart, or an exact number, those of any state. Phones: by the search box."""
    question = _question(services, caller, filters, sort_by, group_by)
    with services.database.transaction() as tx:
        as_of = snapshot_now(tx)  # before the rows: what is written meanwhile is told twice rather than never
        ids, following = find_page(tx, question, cursor, row_limit)
        return OrderPage(items=read_rows(tx, ids, caller, question.moment.now), next=following, as_of=as_of)


@get("/lists/orders/count", opt=SEE, sync_to_thread=True, summary="Count orders by filters")
def get_order_count(services: Given, caller: Known, filters: Filters = None) -> CountView:
    """Exact to ten thousand."""
    question = _question(services, caller, filters)
    with services.database.transaction() as tx:
        found, is_exact = count(tx, question)
    return CountView(count=found, is_exact=is_exact)


@get("/lists/orders/groups", opt=SEE, sync_to_thread=True, summary="Groups of orders by filters")
def get_order_groups(services: Given, caller: Known, filters: Filters = None, group_by: GroupBy = "") -> Groups:
    """All groups of what matches, each with its count and amounts: of more than a hundred thousand orders the newest."""
    question = _question(services, caller, filters, group_by=group_by)
    with services.database.transaction() as tx:
        return read_groups(tx, question)


@get("/lists/orders/fields", opt=SEE, sync_to_thread=True, summary="Fields of the list of orders")
def get_order_fields(services: Given, caller: Known) -> list[FieldView]:
    """Columns, filters and sorts, in words."""
    with services.database.transaction() as tx:
        live = live_values(tx, caller)
    return [_told(with_values(field, live.get(LIVE_VALUES[field.name], ())) if field.name in LIVE_VALUES else field) for field in FIELDS]


def live_values(tx: Tx, caller: Caller) -> dict[str, list[Value]]:
    """Shops, warehouses and carriers that the caller sees, and the merchant's flags, as values of their fields."""
    found: dict[str, list[Value]] = {}
    for name, code, words in tx.execute(queries.live_values, caller.sees):
        found.setdefault(name, []).append(Value(code=code, zh=words, en=words))
    meanings = read_flag_words(tx)[0].words
    found["flag"] = [
        Value(code=flag.code, zh=flag_name(int(flag.code), meanings, "zh"), en=flag_name(int(flag.code), meanings, "en")) for flag in FLAGS
    ]
    return found


def _told(field: Field) -> FieldView:
    return FieldView(
        name=field.name,
        kind=field.kind,
        zh=field.zh,
        en=field.en,
        operators=field.operators,
        values=field.values,
        is_sortable=field.order_by is not None,
        is_sealed=field.is_sealed,
        is_groupable=field.gather is not None,
        is_default=field.is_default,
    )


@post("/lists/orders/find", opt=SEE, status_code=200, sync_to_thread=True, summary="Find orders by whatever was typed")
def find_in_orders(services: Given, caller: Known, data: JSONBody[FindBody]) -> Found:
    """Order, platform and fulfilment numbers, waybills (up to five hundred, by blanks or commas), a phone or its tail, a SKU, initials."""
    with services.database.transaction() as tx:
        return find(tx, data.text, caller, moment_of(services))


@get("/queues", opt=SEE, sync_to_thread=True, summary="List queues")
def get_queues(services: Given, caller: Known, request: Request[Any, Any, Any], *, not_before: NotBefore = None) -> list[QueueView]:
    """What waits for people, with counts at most two seconds old."""
    counts: QueueCounts = request.app.state.queues
    moment = moment_of(services)
    if not_before is not None and not_before.tzinfo is None:
        not_before = not_before.replace(tzinfo=UTC)
    if not_before is not None and not_before > moment.now:
        not_before = None  # nobody was told of counts to come
    return counts.read(services.database, caller, moment, not_before=not_before)


ROUTER = Router("/", route_handlers=[get_order_list, get_order_count, get_order_groups, get_order_fields, find_in_orders, get_queues], tags=["lists"])
