"""What a field of a list is: its kind says which questions may be asked of it and how their values are read. Closed: nothing else reaches SQL."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

VALUES_MAX: Final = 500
TEXT_MAX: Final = 128


class Kind(StrEnum):
    """The kinds of fields."""

    ENUM = "enum"
    TEXT = "text"
    ID = "id"
    NUMBER = "number"
    MONEY = "money"
    INSTANT = "instant"
    FLAG = "flag"


class Op(StrEnum):
    """The questions. Several values of `is`, `starts`, `contains`: any of them; of `not`: none of them; `between` takes two."""

    IS = "is"
    NOT = "not"
    STARTS = "starts"
    CONTAINS = "contains"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    FROM = "from"
    BEFORE = "before"
    BETWEEN = "between"
    NONE = "none"


OPERATORS: Final[dict[Kind, tuple[Op, ...]]] = {
    Kind.ENUM: (Op.IS, Op.NOT),
    Kind.TEXT: (Op.CONTAINS, Op.IS, Op.NOT, Op.STARTS),
    Kind.ID: (Op.IS, Op.NOT, Op.STARTS),
    Kind.NUMBER: (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
    Kind.MONEY: (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
    Kind.INSTANT: (Op.FROM, Op.BEFORE, Op.BETWEEN, Op.NONE),
    Kind.FLAG: (Op.IS,),
}
FEW_VALUES: Final[Mapping[Op, int]] = {Op.AT_LEAST: 1, Op.AT_MOST: 1, Op.FROM: 1, Op.BEFORE: 1, Op.NONE: 1, Op.BETWEEN: 2}
"""Operators that take so many values, and no others."""

Condition = sa.ColumnElement[bool]
Seen = Sequence[int] | None
"""Ids of the warehouses somebody sees; None: all."""
Gather = Callable[[Seen], sa.ColumnElement[Any]]
Ask = Callable[[Op, Sequence[Any], "Moment"], Condition]


class Moment(Struct, frozen=True, kw_only=True):
    """When a list is asked for, and how digests are made (of phones)."""

    now: datetime
    digest: Callable[[str, str], bytes]


class Value(Struct, frozen=True, kw_only=True):
    """One value of an enum field, in words."""

    code: str
    zh: str
    en: str


class Field(Struct, frozen=True, kw_only=True):
    """One field: what people call it, what may be asked, how it is asked in SQL, how it sorts.

    `ask` makes the condition from a question; `order_by` is the expression rows are sorted by, `nullable` when it may be NULL; `gather` makes the
    text by which rows are gathered in groups: a code, several joined by `|`, `true` or `false`, '' for none. `is_sealed`: what is asked for stands in
    no address and no saved view. `former`: codes that are offered no more, but that somebody may have saved a question for.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    ask: Ask | None = None
    operators: tuple[Op, ...] = ()
    values: tuple[Value, ...] = ()
    former: tuple[str, ...] = ()
    order_by: sa.ColumnElement[Any] | None = None
    gather: Gather | None = None
    nullable: bool = False
    is_default: bool = False
    is_column: bool = True
    is_sealed: bool = False
    is_exact_key: bool = False  # a few rows at most, whatever their age

    def knows(self, code: str) -> bool:
        """Whether this is one of the field's values, or it takes any."""
        return not self.values or code in self.former or any(value.code == code for value in self.values)


class Filter(Struct, frozen=True, kw_only=True):
    """One question, its values read."""

    field: Field
    op: Op
    values: tuple[Any, ...]


def about(column: sa.ColumnElement[Any]) -> Ask:
    """The questions of the field's operators, asked of one column."""

    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        return compare(column, op, values)

    return ask


def compare(column: sa.ColumnElement[Any], op: Op, values: Sequence[Any]) -> Condition:
    """One question of one column."""
    return _COMPARE[op](column, values)


def _between(column: sa.ColumnElement[Any], values: Sequence[Any]) -> Condition:
    """Instants without the end, numbers with it."""
    low, high = values
    return sa.and_(column >= low, column < high if isinstance(high, datetime) else column <= high)


def _array(column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[Any]:
    """The values as one array parameter: a list of five hundred numbers is one parameter, and the statement stays the same."""
    return sa.any_(sa.bindparam(None, list(values), type_=sa.ARRAY(column.type), unique=True))


_COMPARE: Final[dict[Op, Callable[[sa.ColumnElement[Any], Sequence[Any]], Condition]]] = {
    Op.IS: lambda column, values: column == _array(column, values),
    Op.NOT: lambda column, values: sa.not_(column == _array(column, values)),
    Op.STARTS: lambda column, values: sa.or_(*(column.startswith(value, autoescape=True) for value in values)),
    Op.CONTAINS: lambda column, values: sa.or_(*(column.contains(value, autoescape=True) for value in values)),
    Op.AT_LEAST: lambda column, values: column >= values[0],
    Op.FROM: lambda column, values: column >= values[0],
    Op.AT_MOST: lambda column, values: column <= values[0],
    Op.BEFORE: lambda column, values: column < values[0],
    Op.BETWEEN: _between,
    Op.NONE: lambda column, values: column.is_(None) if values[0] else column.is_not(None),
}


def when(condition: Condition) -> Ask:
    """A flag: whether a condition holds."""

    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del op, moment
        if len(set(values)) > 1:
            return sa.true()
        return condition if values[0] else sa.not_(condition)

    return ask
