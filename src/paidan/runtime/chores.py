"""Chores: what keeps a house tidy, each done by one worker when its time has come. By the database clock: they follow real growth, not trade."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from paidan.runtime.database import Database, Tx
from paidan.runtime.queries import load_queries

CHUNK: Final = 1000
CHUNKS_MAX: Final = 20  # at one go; what is left waits for the next turn, so that nothing else waits for it

queries = load_queries("paidan.runtime", "chores.sql")

Sweep = Callable[[Tx], int]
"""Removes at most CHUNK rows and gives how many; fewer than CHUNK: there are no more."""


class Chore(Struct, frozen=True, kw_only=True):
    """`do` gives how many things it did, and whether more of the same is left."""

    name: str
    every_s: int
    do: Callable[[], tuple[int, bool]]


def do_due(database: Database, chores: Sequence[Chore]) -> dict[str, int]:
    """Do those that are due and that nobody else has taken; counts by name, of those that did anything.

    Who takes a chore moves its time on first: whoever dies over it leaves it to the next time.
    """
    with database.transaction() as tx:
        taken = take_due(tx, {chore.name: chore.every_s for chore in chores})
    done: dict[str, int] = {}
    for chore in chores:
        if chore.name in taken:
            count, is_more = chore.do()
            if count:
                done[chore.name] = count
            if is_more:
                with database.transaction() as tx:
                    tx.execute(queries.make_due, {"name": chore.name})
    return done


def take_due(tx: Tx, intervals_s: Mapping[str, int]) -> set[str]:
    """Take the chores that are due: each belongs to one caller until its time comes again. One statement."""
    names = sorted(intervals_s)
    rows = tx.execute(queries.take_due, {"names": names, "intervals_s": [intervals_s[name] for name in names]})
    return {row[0] for row in rows}


def swept(database: Database, sweep: Sweep) -> tuple[int, bool]:
    """Sweep chunk by chunk, each a transaction of its own: nobody waits long for a lock."""
    total = 0
    for _ in range(CHUNKS_MAX):
        with database.transaction() as tx:
            count = sweep(tx)
        total += count
        if count < CHUNK:
            return total, False
    return total, True


def sweep_outbox(tx: Tx, before: datetime) -> int:
    """Forget what was told before this business instant; what failed stays, for people."""
    return tx.execute(queries.sweep_outbox, {"before": before, "limit": CHUNK}).rowcount


def sweep_inbox(tx: Tx, sources: Sequence[str], before: datetime) -> int:
    """Forget which messages of these sources were taken in before this business instant: a repeat is then taken in anew.

    For sources whose repeats change nothing; never for those that book.
    """
    return tx.execute(queries.sweep_inbox, {"sources": list(sources), "before": before, "limit": CHUNK}).rowcount
