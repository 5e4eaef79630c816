"""Partitions of the big tables: always one ahead of the ids handed out, and cut so that a full one is about 8 GiB.

Ids of all tables come from one sequence, so a range of ids is a range of time; how wide it is goes by what the last full one weighs.
"""

from typing import Final

from msgspec import Struct

from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import BLOCK
from paidan.runtime.queries import load_queries

PARTITION_BYTES: Final = 8 * 2**30
WIDTH_MIN: Final = 2**20
WIDTH_MAX: Final = 2**28
WIDTH_UNKNOWN: Final = 2**24  # before any partition has data to measure
FULL_ENOUGH_BYTES: Final = 64 * 2**20  # a lighter one says little about how heavy ids are

queries = load_queries("paidan.runtime")


class Partition(Struct, frozen=True, kw_only=True):
    """One partition: ids from `id_from` up to, not including, `id_to`."""

    parent: str
    name: str
    id_from: int
    id_to: int
    size_bytes: int


def partitions(tx: Tx) -> dict[str, list[Partition]]:
    """The partitions of every table of the schema that is partitioned by id, oldest first."""
    found: dict[str, list[Partition]] = {}
    for parent, name, id_from, id_to, size_bytes in tx.execute(queries.list_partitions):
        found.setdefault(parent, []).append(Partition(parent=parent, name=name, id_from=id_from, id_to=id_to, size_bytes=size_bytes))
    return found


def add_due_partitions(database: Database) -> list[str]:
    """Add what is needed so that each table has room for as many ids again as its newest partition in use; returns the names added.

    To be called at the start of a worker and every few minutes. Each addition is a transaction of its own: it locks its parent for a moment.
    """
    with database.transaction() as tx:
        last_id = _last_id(tx)
        found = partitions(tx)
    return [name for parent, ranges in found.items() for name in _add_to(database, parent, ranges, last_id)]


def next_width(ranges: list[Partition], last_id: int) -> int:
    """How many ids the next partition holds: a power of two that makes about 8 GiB, by the weight of the newest well-filled one."""
    weighed = [part for part in ranges if part.size_bytes >= FULL_ENOUGH_BYTES and part.id_from <= last_id]
    if not weighed:
        return WIDTH_UNKNOWN
    newest = weighed[-1]
    used = min(newest.id_to, last_id + 1) - newest.id_from
    fitting = max(used * PARTITION_BYTES // newest.size_bytes, 1)
    return int(min(max(2 ** (fitting.bit_length() - 1), WIDTH_MIN), WIDTH_MAX))


def _add_to(database: Database, parent: str, ranges: list[Partition], last_id: int) -> list[str]:
    """Add partitions until a whole one is still untouched."""
    added = []
    width = next_width(ranges, last_id)
    id_from, id_to = ranges[-1].id_from, ranges[-1].id_to
    while id_from <= last_id + BLOCK:
        id_from, id_to = id_to, id_to + width
        added.append(_add(database, parent, id_from, id_to))
    return added


def _add(database: Database, parent: str, id_from: int, id_to: int) -> str:
    with database.transaction() as tx:
        row = tx.execute(queries.add_partition, {"parent": parent, "id_from": id_from, "id_to": id_to}).fetchone()
    return str(row[0]) if row else ""


def _last_id(tx: Tx) -> int:
    """The highest id that may have been handed out."""
    row = tx.execute(queries.last_id_block).fetchone()
    return int(row[0]) + BLOCK - 1 if row and row[0] is not None else 0
