"""Composes the statements of a list from filters, sort and cursor: by SQLAlchemy, from the closed list of fields, every value a parameter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from paidan.entrypoints.api.lists.askable import sorted_by
from paidan.entrypoints.api.lists.filters import read_filter
from paidan.entrypoints.api.lists.keyset import LAST, compiled, cursor_kind, in_order, meant, rows_after
from paidan.entrypoints.api.lists.keyset import told as told_key
from paidan.entrypoints.api.lists.kinds import Condition, Field, Filter, Kind, Moment, Op
from paidan.entrypoints.api.lists.order_fields import BY_NAME
from paidan.entrypoints.api.lists.order_tables import FULFILMENTS, OPEN_BELOW, ORDERS
from paidan.entrypoints.api.pages import read_cursor, write_cursor
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.kernel.states import OrderState
from paidan.runtime.database import Tx

RANGE_MAX: Final = timedelta(days=31)
EXACT_MAX: Final = 10_000
GATHERED_MAX: Final = 100_000
"""Orders that are put in groups: the newest."""
FILTERS_MAX: Final = 40
SORTS_MAX: Final = 3
_SORTS: Final = sorted_by([name for name, field in BY_NAME.items() if field.order_by is not None], SORTS_MAX)
GROUPS: Final = expected.one_of(name for name, field in BY_NAME.items() if field.gather is not None)
ENDED: Final = frozenset(state.name.lower() for state in OrderState if int(state) >= OPEN_BELOW)


class Sort(Struct, frozen=True, kw_only=True):
    """One field to sort by."""

    field: Field
    is_falling: bool


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of the list: conditions and the order of the rows."""

    filters: tuple[Filter, ...]
    sorts: tuple[Sort, ...]
    caller: Caller
    moment: Moment
    group: Field | None = None  # rows of one group stand together, before any sort

    @property
    def conditions(self) -> list[Condition]:
        """All conditions: what the caller sees, how old, and what he asks."""
        asked = [filter_.field.ask(filter_.op, filter_.values, self.moment) for filter_ in self.filters if filter_.field.ask is not None]
        return [*_seen(self.caller), *_age(self.filters, self.moment.now), *asked]


def read_question(filters: Sequence[str], sort: str, caller: Caller, moment: Moment, group: str = "") -> Question:
    """Filters and sort of a URL. Raises Refused for whatever is not of the closed list."""
    if len(filters) > FILTERS_MAX:
        raise invalid("f", expected=expected.at_most_filters(FILTERS_MAX))
    read = tuple(read_filter(text, BY_NAME, moment) for text in filters)
    return Question(filters=read, sorts=_sorts(sort), caller=caller, moment=moment, group=_groupable(group) if group else None)


def refuse_personal(filters: Sequence[str], field: str) -> None:
    """Raise Refused for a question about a phone: it stands in no address and in no saved view, but is looked for by the search box."""
    for text in filters:
        asked = BY_NAME.get(text.partition(":")[0])
        if asked is not None and asked.is_sealed:
            raise invalid(field, Reason.PERSONAL_IN_ADDRESS, asked.name)


def _groupable(name: str) -> Field:
    field = BY_NAME.get(name)
    if field is None or field.gather is None:
        raise invalid("group", expected=GROUPS)
    return field


def _sorts(text: str) -> tuple[Sort, ...]:
    names = [name for name in text.split(",") if name]
    sorts = [Sort(field=_sortable(name.removeprefix("-")), is_falling=name.startswith("-")) for name in names]
    if len(sorts) > SORTS_MAX or len({sort.field.name for sort in sorts}) != len(sorts):
        raise invalid("sort", expected=_SORTS)
    return tuple(sorts)


def _sortable(name: str) -> Field:
    field = BY_NAME.get(name)
    if field is None or field.order_by is None:
        raise invalid("sort", expected=_SORTS)
    return field


def _seen(caller: Caller) -> list[Condition]:
    conditions: list[Condition] = []
    if caller.shops is not None:
        conditions.append(ORDERS.c.shop_id == sa.any_(sa.bindparam("shops", list(caller.shops), type_=sa.ARRAY(sa.BigInteger))))
    if caller.warehouses is not None:
        ours = FULFILMENTS.c.warehouse_id == sa.any_(sa.bindparam("warehouses", list(caller.warehouses), type_=sa.ARRAY(sa.BigInteger)))
        conditions.append(sa.exists().where(FULFILMENTS.c.order_id == ORDERS.c.id, ours))
    return conditions


def _age(filters: Sequence[Filter], now: datetime) -> list[Condition]:
    """Open orders, unless a range of placing of at most 31 days or an exact key says which. Raises Refused when ended ones are asked for without."""
    if any(filter_.field.is_exact_key and filter_.op == Op.IS for filter_ in filters) or _is_in_range(filters, now):
        return []
    if any(filter_.field.name == "state" and filter_.op == Op.IS and ENDED & set(filter_.values) for filter_ in filters):
        raise invalid("placed_at", Reason.FIELD_MISSING, expected=expected.PLACED_RANGE)
    return [ORDERS.c.state < sa.literal_column(str(OPEN_BELOW))]


def _is_in_range(filters: Sequence[Filter], now: datetime) -> bool:
    """Placed within a month; a range without an end ends now."""
    placed = [filter_ for filter_ in filters if filter_.field.name == "placed_at"]
    start = max((f.values[0] for f in placed if f.op in {Op.FROM, Op.BETWEEN}), default=None)
    end = min((f.values[-1] for f in placed if f.op in {Op.BEFORE, Op.BETWEEN}), default=now)
    return start is not None and end - start <= RANGE_MAX


def run(tx: Tx, statement: sa.SelectBase) -> Any:
    """Run a composed statement on our connection, planned for its values: how many rows have this state or that SKU makes the plan."""
    return tx.execute(*compiled(statement), prepare=False)


def count(tx: Tx, question: Question) -> tuple[int, bool]:
    """How many, and whether that is exact: counted to ten thousand."""
    some = sa.select(sa.literal_column("1")).select_from(ORDERS).where(*question.conditions).limit(EXACT_MAX + 1).subquery()
    row = run(tx, sa.select(sa.func.count()).select_from(some)).fetchone()
    found = int(row[0])
    return min(found, EXACT_MAX), found <= EXACT_MAX


def matching(tx: Tx, question: Question, limit: int, *, is_newest: bool = False) -> list[int]:
    """Ids of all that match, oldest (or newest) first, at most `limit`."""
    found = sa.select(ORDERS.c.id).where(*question.conditions).order_by(ORDERS.c.id.desc() if is_newest else ORDERS.c.id).limit(limit)
    return [row[0] for row in run(tx, found)]


def find_page(tx: Tx, question: Question, cursor: str, limit: int) -> tuple[list[int], str | None]:
    """Ids of one page in its order, and the cursor of the next."""
    by_group = [] if question.group is None else [(group_key(question, question.group), False)]
    keys = [*by_group, *((_key(sort.field), sort.is_falling) for sort in question.sorts)]
    tie_falls = question.sorts[-1].is_falling if question.sorts else True
    keys.append((ORDERS.c.id, tie_falls))
    kinds = [*(Kind.TEXT for _ in by_group), *(_kind(sort.field) for sort in question.sorts)]
    types = [*map(kind_type, kinds), int]
    after = read_cursor(cursor, [cursor_kind(one) for one in types])
    conditions = question.conditions if question.group is None else [gathered(question, GATHERED_MAX)]
    if cursor:
        conditions.append(rows_after(keys, [meant(value, one) for value, one in zip(after, types, strict=True)]))
    found = sa.select(ORDERS.c.id, *(key for key, _ in keys[:-1])).where(*conditions).order_by(*in_order(keys)).limit(limit + 1)
    rows = run(tx, found).fetchall()
    shown = rows[:limit]
    following = write_cursor([*map(told_key, shown[-1][1:]), shown[-1][0]]) if len(rows) > limit else None
    return [row[0] for row in shown], following


def gathered(question: Question, most: int) -> Condition:
    """The newest of all that match. What an order's group is takes several tables to say: it is not asked of all orders there are."""
    some = sa.select(ORDERS.c.id).where(*question.conditions).order_by(ORDERS.c.id.desc()).limit(most)
    return ORDERS.c.id.in_(some)


STORED_AS_NUMBERS: Final = frozenset({"state", "flag"})
"""Enum fields whose codes are words for numbers."""


def group_key(question: Question, field: Field) -> sa.ColumnElement[Any]:
    """The text by which rows are gathered; in the order of its letters' numbers, the same everywhere."""
    if field.gather is None:
        raise invalid("group", expected=GROUPS)
    return sa.func.coalesce(sa.cast(field.gather(question.caller.warehouses), sa.Text), "").collate("C")


def _kind(field: Field) -> Kind:
    return Kind.NUMBER if field.name in STORED_AS_NUMBERS else field.kind


def kind_type(kind: Kind) -> type:
    """Of what a field of this kind sorts by."""
    if kind == Kind.INSTANT:
        return datetime
    return int if kind in {Kind.NUMBER, Kind.MONEY} else str


def _key(field: Field) -> sa.ColumnElement[Any]:
    """What a field sorts by; what has no instant comes last when rising."""
    if field.order_by is None:
        raise invalid("sort", expected=_SORTS)
    if field.nullable:
        return sa.func.coalesce(field.order_by, sa.literal(LAST, sa.DateTime(timezone=True)))
    return field.order_by
