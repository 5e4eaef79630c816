"""Sorts the plain lists (all but the orders', which has filters over every field) by their columns: one way for all, told by one table, sorts.py.

A list's statement is read as it is, what the caller sees decided there, but for its own order and its limit; around it stand the wanted order and the
key after which the page starts. A column that no index has in order is sorted by only where few enough rows match, so that no page sorts millions.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, LiteralString, TypeVar

import sqlalchemy as sa
from litestar.params import QueryParameter
from msgspec import Struct

from paidan.entrypoints.api.lists.askable import sorted_by
from paidan.entrypoints.api.lists.keyset import LAST, Key, compiled, cursor_kind, in_order, meant, rows_after, told
from paidan.entrypoints.api.pages import Page, read_cursor, write_cursor
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

V = TypeVar("V")

SORTED_MAX: Final = 50_000
SortedBy = Annotated[str, QueryParameter(name="sort", max_length=40, description="A column, `-` for falling; which: /lists/sorts")]
TYPES: Final[Mapping[type, Any]] = {str: sa.Text(), int: sa.BigInteger(), datetime: sa.DateTime(timezone=True)}


class By(Struct, frozen=True, kw_only=True):
    """What a column sorts by: an expression over the rows of the list's statement, `listed`. `is_quick`: an index has it in this order."""

    sql: LiteralString
    kind: type
    is_quick: bool = False

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """As SQL; what has no value stands at the end that a person expects: an instant last, a text or number first."""
        column = sa.literal_column(self.sql, TYPES[self.kind])
        if self.is_quick:
            return column
        return sa.func.coalesce(column, LAST if self.kind is datetime else self.kind())


class Own(Struct, frozen=True, kw_only=True):
    """A part of the key by which a list runs when nobody sorts it: its column, and the parameter of the statement that it goes on after."""

    of: LiteralString
    after: str = "after"
    start: int | None = 0

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """As SQL: ids come as text."""
        return sa.literal_column(f"listed.{self.of}::bigint", sa.BigInteger())


class Listed(Struct, frozen=True, kw_only=True):
    """A plain list. `select` ends with its own ORDER BY; `sorts` by the ids of the page's columns; `most`: rows that are sorted without an index."""

    name: str
    select: LiteralString
    sorts: Mapping[str, By]
    own: tuple[Own, ...] = (Own(of="id"),)
    most: int = SORTED_MAX

    @property
    def beginning(self) -> dict[str, Any]:
        """The parameters that start the statement at its first row."""
        return {own.after: own.start for own in self.own}

    @property
    def whole(self) -> LiteralString:
        """The statement without its own order and limit."""
        return self.select.rpartition("ORDER BY")[0]


class Rows:
    """Rows that were read, as a statement's cursor gives them."""

    def __init__(self, description: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        self.description = description
        self._rows = rows

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self._rows)


class Found(Struct, frozen=True, kw_only=True):
    """A page's rows, and the cursor of the next page."""

    rows: Rows
    next: str | None

    def page(self, items: Sequence[V]) -> Page[V]:
        """The page of what was made of the rows."""
        return Page(items=list(items), next=self.next)


class Sorted(Struct, frozen=True, kw_only=True):
    """A list in the order that somebody wants."""

    listed: Listed
    by: By
    is_falling: bool

    @property
    def keys(self) -> list[Key]:
        """The column, then what tells rows apart: the order is whole, and falling it is the rising one backwards."""
        return [(self.by.key, self.is_falling), *((own.key, self.is_falling) for own in self.listed.own)]

    @property
    def kinds(self) -> list[type]:
        """Of the keys' values."""
        return [self.by.kind, *(int for _ in self.listed.own)]

    def check(self, tx: Tx, named: Mapping[str, Any]) -> None:
        """Raise Refused where more rows match than are sorted without an index."""
        if self.by.is_quick:
            return
        most = self.listed.most
        some = sa.select(sa.literal_column("1")).select_from(sa.table("listed")).limit(most + 1).subquery()
        row = self._run(tx, sa.select(sa.func.count()).select_from(some), named).fetchone()
        if int(row[0]) > most:
            raise invalid("sort", Reason.TOO_MANY_TO_SORT, expected=expected.at_most_rows(most))

    def rows(self, tx: Tx, named: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> tuple[Rows, list[Any]]:
        """At most `limit` rows after a key, and the key of each. `named`: the statement's own parameters but for where it starts and ends."""
        keys = self.keys
        told_keys = [key.label(f"key_{n}") for n, (key, _) in enumerate(keys)]
        page = sa.select(*told_keys, sa.literal_column("listed.*")).select_from(sa.table("listed"))
        if after is not None:
            first, is_falling = keys[0]
            # The second says it all; the first is where an index starts to be read.
            page = page.where(first <= after[0] if is_falling else first >= after[0], rows_after(keys, after))
        cursor = self._run(tx, page.order_by(*in_order(keys)).limit(limit), named)
        found = cursor.fetchall()
        own = len(keys)
        return Rows(cursor.description[own:], [row[own:] for row in found]), [row[:own] for row in found]

    def _run(self, tx: Tx, statement: sa.SelectBase, named: Mapping[str, Any]) -> Any:
        """The statement over the list's rows: `limit` is for lists that gather the newest of several kinds."""
        text, asked = compiled(statement)
        from_start = {**named, **self.listed.beginning, "limit": self.listed.most + 1}
        return tx.execute(b"WITH listed AS (\n" + self.listed.whole.encode() + b")\n" + text, {**from_start, **asked})


def read_sort(listed: Listed, text: str) -> Sorted | None:
    """The order that somebody wants; None: the list's own. Raises Refused for a column that is not sorted by."""
    if not text:
        return None
    by = listed.sorts.get(text.removeprefix("-"))
    if by is None:
        raise invalid("sort", expected=sorted_by(listed.sorts, 1))
    return Sorted(listed=listed, by=by, is_falling=text.startswith("-"))


def find(tx: Tx, listed: Listed, sort: str, cursor: str, limit: int, named: Mapping[str, Any]) -> Found:
    """A page of a list, in its own order or by a column. `named`: the parameters of its statement but for where it starts and ends."""
    wanted = read_sort(listed, sort)
    if wanted is None:
        return _as_it_comes(tx, listed, cursor, limit, named)
    after = read_cursor(cursor, [cursor_kind(kind) for kind in wanted.kinds])
    if not cursor:
        wanted.check(tx, named)
    values = [meant(value, kind) for value, kind in zip(after, wanted.kinds, strict=True)] if cursor else None
    rows, keys = wanted.rows(tx, named, values, limit + 1)
    following = write_cursor([told(value) for value in keys[limit - 1]]) if len(keys) > limit else None
    return Found(rows=Rows(rows.description, list(rows)[:limit]), next=following)


def _as_it_comes(tx: Tx, listed: Listed, cursor: str, limit: int, named: Mapping[str, Any]) -> Found:
    after = read_cursor(cursor, [int for _ in listed.own])
    started = {own.after: own.start if value is None else value for own, value in zip(listed.own, after, strict=True)}
    read = tx.execute(listed.select, {**named, **started, "limit": limit + 1})
    names = [column.name for column in read.description or ()]
    found = read.fetchall()
    shown = found[:limit]
    following = write_cursor([int(shown[-1][names.index(own.of)]) for own in listed.own]) if len(found) > limit else None
    return Found(rows=Rows(read.description or (), shown), next=following)
