"""Sets of rows to and from statements: COPY for new rows, parallel arrays for `unnest`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import repeat
from struct import Struct
from typing import Any, Final, LiteralString

from paidan.runtime.database import Tx


def copy(tx: Tx, statement: LiteralString, rows: Iterable[Sequence[Any]], *, any_rows: bool = True, types: Sequence[str] = ()) -> None:
    """COPY rows in; `any_rows` False saves the round trip when there are none.

    `types`: names of the columns' types, for statements that say (FORMAT BINARY): a third of the cost of text, at both ends.
    """
    if not any_rows:
        return
    with tx.cursor() as cursor, cursor.copy(statement) as into:
        if types:
            into.set_types(types)
        write = into.write_row
        for row in rows:
            write(row)


def copy_numbers(tx: Tx, statement: LiteralString, rows: Sequence[tuple[int, ...]], types: Sequence[str]) -> None:
    """COPY rows of whole numbers and booleans, none of them NULL, into a statement that says (FORMAT BINARY): one call a row, not one a value."""
    if not rows:
        return
    codes = [_CODES[name] for name in types]
    pack = Struct("!h" + "".join(["i" + code for _, code in codes])).pack
    fields = [part for (size, _), column in zip(codes, zip(*rows, strict=True), strict=True) for part in (repeat(size), column)]
    with tx.cursor() as cursor, cursor.copy(statement) as into:
        into.write(b"".join([_SIGNATURE, *map(pack, repeat(len(codes)), *fields), _TRAILER]))


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


# Manual, COPY, binary format: signature, flags, length of the header's extension; the end is a row of -1 fields.
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_CODES: Final = {"int2": (2, "h"), "int4": (4, "i"), "int8": (8, "q"), "bool": (1, "?")}  # bytes, and how `struct` writes them
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    int: str,
    bool: lambda value: "t" if value else "f",
    str: _quoted,
    bytes: lambda value: '"\\\\x' + value.hex() + '"',
    datetime: lambda value: '"' + value.isoformat() + '"',
}
