"""64-bit ids, made by us in blocks: ascending in time, one round trip per thousand."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final, Protocol

from paidan.runtime.database import Database
from paidan.runtime.queries import load_queries

BLOCK = 1024  # INCREMENT of the sequence `id_block`; a test compares the two
KEPT_S: Final = 60.0  # whoever makes ids lists by them what is newest: of several processes none may hand out old ones for long

queries = load_queries("paidan.runtime")


class IdSource(Protocol):
    """Hands out ids that nobody else has."""

    def take(self, n: int) -> list[int]:
        """`n` new ids, ascending."""
        ...


class BlockIds:
    """Takes blocks of 1024 from the merchant's sequence. Threads may share one. What a block has left is lost after a minute, and at
    exit: gaps are fine.

    A new block is fetched by a transaction aside: the caller's may be open, and a sequence ignores transactions anyway.
    """

    def __init__(self, database: Database, elapsed: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._elapsed = elapsed
        self._kept_until = 0.0
        self._lock = Lock()
        self._next = 0
        self._end = 0

    def take(self, n: int) -> list[int]:
        """`n` new ids, ascending."""
        with self._lock:
            if self._elapsed() > self._kept_until:
                self._next = self._end
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
        self._kept_until = self._elapsed() + KEPT_S
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
