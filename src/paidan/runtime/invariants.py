"""Invariants (reliability.md 3): views named `invariant_…` that must return nothing. Run after tests, restores, and hourly."""

from typing import Any

from msgspec import Struct
from psycopg import sql

from paidan.runtime.database import Database, Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.telemetry import INVARIANT_ROWS

queries = load_queries("paidan.runtime")


class Broken(Struct, frozen=True, kw_only=True):
    """An invariant that does not hold, with the first rows that say where. `says` is the view's comment."""

    invariant: str
    says: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool  # there are more rows than shown


def broken_invariants(database: Database, limit: int = 20) -> list[Broken]:
    """Run them all, each in a transaction of its own; those that return rows, with at most `limit` rows each. Empty is right."""
    with database.transaction() as tx:
        views = tx.execute(queries.list_invariants).fetchall()
    broken = []
    for name, says in views:
        with database.transaction() as tx:
            found = _run(tx, name, says, limit)
        INVARIANT_ROWS.labels(name).set(len(found.rows))
        if found.rows:
            broken.append(found)
    return broken


def _run(tx: Tx, name: str, says: str, limit: int) -> Broken:
    cursor = tx.execute(sql.SQL("SELECT * FROM {} LIMIT {}").format(sql.Identifier(name), limit + 1))
    rows = cursor.fetchall()
    columns = tuple(column.name for column in cursor.description or ())
    return Broken(invariant=name, says=says, columns=columns, rows=rows[:limit], is_cut=len(rows) > limit)
