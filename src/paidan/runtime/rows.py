"""Sets of rows to and from statements: COPY for new rows, parallel arrays for `unnest`."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from paidan.runtime.database import Tx


def copy(tx: Tx, statement: LiteralString, rows: Iterable[Sequence[Any]], *, any_rows: bool = True) -> None:
    """COPY rows in; `any_rows` False saves the round trip when there are none."""
    if not any_rows:
        return
    with tx.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """Turn rows into the parallel arrays that `unnest` takes, by column name."""
    if not rows:
        return {name: [] for name in names}
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
