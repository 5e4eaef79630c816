"""64-bit ids, made by us in blocks: ascending in time, one round trip per thousand."""

from threading import Lock
from typing import Protocol

from paidan.runtime.database import Database
from paidan.runtime.queries import load_queries

BLOCK = 1024  # INCREMENT of the sequence `id_block`; a test compares the two

queries = load_queries("paidan.runtime")


class IdSource(Protocol):
    """Hands out ids that nobody else has."""

    def take(self, n: int) -> list[int]:
        """`n` new ids, ascending."""
        ...


class BlockIds:
    """Takes blocks of 1024 from the merchant's sequence. Threads may share one. Ids of a block not used up are lost at exit: gaps are fine.

    A new block is fetched by a transaction aside: the caller's may be open, and a sequence ignores transactions anyway.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._next = 0
        self._end = 0

    def take(self, n: int) -> list[int]:
        """`n` new ids, ascending."""
        with self._lock:
            ids = list(range(self._next, min(self._next + n, self._end)))
            self._next += len(ids)
            missing = n - len(ids)
            if missing:
                ids += self._from_new_blocks(missing)
            return ids

    def _from_new_blocks(self, n: int) -> list[int]:
        """Fetch as many blocks as `n` needs; what is left of the last one is kept for the next call."""
        blocks = -(-n // BLOCK)
        with self._database.transaction(aside=True) as tx:
            starts = sorted(row[0] for row in tx.execute(queries.take_id_blocks, {"blocks": blocks}))
        ids = [number for start in starts for number in range(start, start + BLOCK)]
        self._next, self._end = starts[-1] + BLOCK - (len(ids) - n), starts[-1] + BLOCK
        return ids[:n]


class CountingIds:
    """1, 2, 3 …: for tests, where the same input must give the same ids."""

    def __init__(self, first: int = 1) -> None:
        self._lock = Lock()
        self._next = first

    def take(self, n: int) -> list[int]:
        """`n` new ids, ascending."""
        with self._lock:
            first = self._next
            self._next += n
        return list(range(first, first + n))
