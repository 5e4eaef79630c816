"""Sets of rows to and from statements: COPY for new rows, parallel arrays for `unnest`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import repeat
from struct import Struct
from typing import Any, Final, LiteralString
from weakref import WeakKeyDictionary

from paidan.runtime.copying import SIGNATURE, TRAILER, Copy, Cursor, written
from paidan.runtime.database import Tx


def copy(tx: Tx, statement: LiteralString, rows: Iterable[Sequence[Any]], *, any_rows: bool = True, types: Sequence[str] = ()) -> None:
    """COPY rows in; `any_rows` False saves the round trip when there are none.

    `types`: names of the columns' types, for statements that say (FORMAT BINARY): a third of the cost of text, at both ends.
    """
    if not any_rows:
        return
    if types:
        _say(tx, (statement, written(rows, tuple(types))))
        return
    with tx.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def copy_numbers(tx: Tx, statement: LiteralString, rows: Sequence[tuple[int, ...]], types: Sequence[str]) -> None:
    """COPY rows of whole numbers and booleans, none of them NULL, into a statement that says (FORMAT BINARY): one call a row, not one a value."""
    if not rows:
        return
    codes = [_CODES[name] for name in types]
    pack = Struct("!h" + "".join(["i" + code for _, code in codes])).pack
    fields = [part for (size, _), column in zip(codes, zip(*rows, strict=True), strict=True) for part in (repeat(size), column)]
    _say(tx, (statement, b"".join([SIGNATURE, *map(pack, repeat(len(codes)), *fields), TRAILER])))


@contextmanager
def copied_together(tx: Tx) -> Iterator[None]:
    """Binary COPYs said within go to the server together at the end, as one command: statements within do not see their rows."""
    put_aside = _put_aside[tx] = []
    try:
        yield
    finally:
        del _put_aside[tx]
    if put_aside:
        _cursor(tx).copy_all(put_aside)


def _say(tx: Tx, one: Copy) -> None:
    put_aside = _put_aside.get(tx)
    if put_aside is None:
        _cursor(tx).copy_all([one])
    else:
        put_aside.append(one)


def _cursor(tx: Tx) -> Cursor:
    cursor = tx.cursor()
    if not isinstance(cursor, Cursor):
        raise TypeError("a connection whose cursors are of runtime/copying.py")
    return cursor


def columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Turn rows into the parallel arrays that `unnest` takes, by column name. Statements cast each: `%(id)s::bigint[]`."""
    if not rows:
        return {name: [] for name in names}
    return {name: array(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def array(values: Sequence[Any]) -> Any:
    """An array as PostgreSQL writes it (manual, 8.15.6), `{1,NULL,3}`; a list, for psycopg to write, where values are of no plain or no one type."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {str} and '"' not in (text := "".join(values)) and "\\" not in text:
        return '{"' + '","'.join(values) + '"}'
    kinds.discard(type(None))
    write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
    if write is None:
        return list(values)
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_put_aside: Final[WeakKeyDictionary[Tx, list[Copy]]] = WeakKeyDictionary()
_CODES: Final = {"int2": (2, "h"), "int4": (4, "i"), "int8": (8, "q"), "bool": (1, "?")}  # bytes, and how `struct` writes them
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    int: str,
    bool: lambda value: "t" if value else "f",
    str: _quoted,
    bytes: lambda value: '"\\\\x' + value.hex() + '"',
    datetime: lambda value: '"' + value.isoformat() + '"',
}
