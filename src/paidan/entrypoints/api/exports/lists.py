"""What an exported list is: the statement of its page, the page's filters, and its columns. Each list is one entry of works.py or masters.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from msgspec import Struct

from paidan.entrypoints.api.exports.book import Cell
from paidan.entrypoints.api.lists.sorting import Listed, read_sort
from paidan.entrypoints.api.pages import BIGINT_MAX
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected
from paidan.runtime.database import Tx
from paidan.runtime.sealing import Sealer

CHUNK: Final = 1_000
ROWS_MAX: Final = 200_000
TEXT_MAX: Final = 128

Asked = Mapping[str, str]
Key = Sequence[Any]


class Reading(Struct, frozen=True, kw_only=True):
    """Who reads, when, and what he asks: filters by the names that the page's own address has for them.

    `issuer`, `provider`: who vouches for people beside their passwords, and what he is called; empty: nobody.
    """

    caller: Caller
    now: datetime
    language: str
    asked: Asked
    sealer: Sealer
    issuer: str = ""
    provider: str = ""


class Column(Struct, frozen=True, kw_only=True):
    """A column of a list: its id on the page, headers in both languages, the cell of a row. Without `show`: the attribute `of`, or of its name."""

    name: str
    zh: str
    en: str
    of: str = ""
    show: Callable[[Any, str], Cell] | None = None

    def cell(self, row: Any, language: str) -> Cell:
        """What stands in the cell of this row."""
        told: Cell = getattr(row, self.of or self.name) if self.show is None else self.show(row, language)
        return told

    def header(self, language: str) -> str:
        """The column's name."""
        return self.zh if language == "zh" else self.en


class Exported(Struct, frozen=True, kw_only=True):
    """One list. `select` is the page's statement (what is seen is decided there); `named` its parameters after a key; `views` makes rows of it.

    `spread` makes the lines of a row where one record takes several; `is_whole`: always all columns, for an import reads them again.
    `right` and `is_everywhere` are what the page takes (guard.needs). `listed`: by which of its columns it is sorted.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    asks: tuple[str, ...]
    select: LiteralString
    named: Callable[[Tx, Reading, Key | None, int], Mapping[str, Any]]
    views: Callable[[Any, Reading], list[Any]]
    key: Callable[[Any], Key]
    spread: Callable[[Any], Sequence[Any]] = lambda row: (row,)
    is_whole: bool = False
    right: Right = Right.SEE
    is_everywhere: bool = False
    listed: Listed | None = None

    def title(self, language: str) -> str:
        """The name of the sheet."""
        return self.zh if language == "zh" else self.en

    def chosen(self, names: Sequence[str]) -> tuple[Column, ...]:
        """The columns asked for that there are, in that order; none asked for, or a file that is imported again: all."""
        by_name = {column.name: column for column in self.columns}
        wanted = () if self.is_whole else tuple(by_name[name] for name in dict.fromkeys(names) if name in by_name)
        return wanted or self.columns

    def is_seen_by(self, caller: Caller) -> bool:
        """Whether this page is his to see."""
        return caller.may(self.right) and (caller.sees_all or not self.is_everywhere)

    def is_open_to(self, caller: Caller) -> bool:
        """Whether he may export lists, and this page is his to see."""
        return caller.may(Right.EXPORT) and self.is_seen_by(caller)

    def check(self, asked: Asked) -> None:
        """Raise Refused for a filter that the page does not have."""
        for name, value in asked.items():
            told_name = name[:40] if name.isidentifier() else ""
            if name not in self.asks:
                raise invalid("filters", detail=told_name, expected=expected.one_of(self.asks) if self.asks else expected.NO_FILTERS)
            if "\0" in value or len(value) > TEXT_MAX:
                raise invalid("filters", detail=told_name, expected=expected.text(0, TEXT_MAX))


def count(tx: Tx, exported: Exported, reading: Reading, at_most: int = ROWS_MAX) -> int:
    """How many rows the list has, and its file will have; one more than `at_most` stands for more."""
    statement: LiteralString = "SELECT count(*) FROM (" + exported.select.rstrip(";") + "\n) counted"
    row = tx.execute(statement, exported.named(tx, reading, None, at_most + 1)).fetchone()
    return 0 if row is None else int(row[0])


def check_sort(tx: Tx, exported: Exported, reading: Reading, sort: str) -> None:
    """Raise Refused for a column that the page is not sorted by, or where more rows match than are sorted."""
    if not sort:
        return
    if exported.listed is None:
        raise invalid("sort", expected=expected.NO_SORT)
    wanted = read_sort(exported.listed, sort)
    if wanted is not None:
        wanted.check(tx, exported.named(tx, reading, None, 1))


def read(transaction: Callable[[], Any], exported: Exported, reading: Reading, sort: str = "") -> Iterator[list[Any]]:
    """The rows in the page's order, a chunk in each transaction: no row stands in memory longer than its chunk."""
    if sort and exported.listed is not None:
        yield from _read_sorted(transaction, exported, exported.listed, reading, sort)
        return
    key: Key | None = None
    while True:
        with transaction() as tx:
            rows = exported.views(tx.execute(exported.select, exported.named(tx, reading, key, CHUNK)), reading)
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        key = exported.key(rows[-1])


def _read_sorted(transaction: Callable[[], Any], exported: Exported, listed: Listed, reading: Reading, sort: str) -> Iterator[list[Any]]:
    wanted = read_sort(listed, sort)
    key: Key | None = None
    while wanted is not None:
        with transaction() as tx:
            found, keys = wanted.rows(tx, exported.named(tx, reading, None, CHUNK), key, CHUNK)
        rows = exported.views(found, reading)
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        key = keys[-1]


def by_id(row: Any) -> Key:
    """Lists that run by id."""
    return (int(row.id),)


def choice(asked: Asked, name: str, allowed: Sequence[str]) -> str | None:
    """A filter that is one of some words; None: not asked. Raises Refused for any other."""
    value = asked.get(name) or None
    if value is not None and value not in allowed:
        raise invalid("filters", detail=name, expected=expected.one_of(allowed))
    return value


def flag(asked: Asked, name: str) -> bool:
    """A filter that is on or off. Raises Refused for anything else."""
    return choice(asked, name, ("true", "false")) == "true"


def number(asked: Asked, name: str) -> int | None:
    """A filter that is an id. Raises Refused for anything else."""
    value = asked.get(name) or None
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or int(value) > BIGINT_MAX:
        raise invalid("filters", detail=name, expected=expected.ID)
    return int(value)
