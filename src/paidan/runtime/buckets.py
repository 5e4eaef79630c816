"""Buckets: the hash of a merge key gives one of 64, and a bucket belongs to one worker at a time.

Leases go by the database's clock. A worker that dies loses its buckets within `lease_s` plus one renewal (10 s as set);
one that is only paused finds them locked away: each pass first locks its bucket rows, and works on those that are still its own.
"""

import time
from collections.abc import Callable
from typing import Final

from paidan.runtime.database import Database, Tx
from paidan.runtime.queries import load_queries

BUCKETS: Final = 64
GOLDEN: Final = 39  # odd, and next to 64 divided by the golden ratio: successive numbers spread evenly over the workers' ranges

queries = load_queries("paidan.runtime")


class BucketLease:
    """One worker thread's share of the buckets. Not for sharing between threads: each has its own."""

    def __init__(
        self, database: Database, owner: str, *, lease_s: float = 8.0, renew_s: float = 2.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._lease_s = lease_s
        self._renew_s = renew_s
        self._monotonic = monotonic
        self._renewed_at_s = -1e9
        self._name = owner
        self.owner = ""  # `name#token` after the first `hold`: nobody was called so before
        self.buckets: list[int] = []

    def hold(self) -> list[int]:
        """Renew the lease, take what is free and give back what is more than a fair share; cheap when it was renewed just now.

        Call it between passes, never inside one. Returns the buckets held.
        """
        if self._monotonic() - self._renewed_at_s >= self._renew_s:
            self.renew()
        return self.buckets

    def renew(self) -> list[int]:
        """As `hold`, whether it was renewed just now or not."""
        with self._database.transaction() as tx:
            held = self._hold(tx)
        self.buckets = sorted(held)
        self._renewed_at_s = self._monotonic()
        return self.buckets

    def has(self, number: int) -> bool:
        """Whether something that has a number of its own (a shop) is for this worker to look after. Neighbours fall far apart."""
        return number * GOLDEN % BUCKETS in self.buckets

    def lock(self, tx: Tx) -> list[int]:
        """The buckets that are still ours, locked against being taken over until `tx` ends."""
        if not self.buckets:
            return []
        return [row[0] for row in tx.execute(queries.lock_buckets, {"owner": self.owner, "buckets": self.buckets})]

    def give_back(self) -> None:
        """Let go of everything, so that others need not wait for the lease to run out."""
        if self.owner:
            with self._database.transaction() as tx:
                tx.execute(queries.give_back_buckets, {"owner": self.owner, "buckets": list(range(BUCKETS))})
                tx.execute(queries.sign_out_workers, {"owner": self.owner})
        self.buckets, self.owner, self._renewed_at_s = [], "", -1e9

    def _hold(self, tx: Tx) -> set[int]:
        self.owner = self.owner or f"{self._name}#{_number(tx, queries.new_token)}"
        ours = {"owner": self.owner, "lease_s": self._lease_s}
        tx.execute(queries.sign_in_worker, ours)
        held = {row[0] for row in tx.execute(queries.renew_buckets, ours)}
        share = -(-BUCKETS // max(_number(tx, queries.count_workers), 1))
        if len(held) > share:
            surplus = sorted(held)[share:]
            tx.execute(queries.give_back_buckets, {"owner": self.owner, "buckets": surplus})
            return held - set(surplus)
        if len(held) < share:
            taking = {**ours, "token": _number(tx, queries.new_token), "limit": share - len(held)}
            held |= {row[0] for row in tx.execute(queries.take_buckets, taking)}
        return held


def _number(tx: Tx, statement: str) -> int:
    row = tx.execute(statement.encode()).fetchone()
    if row is None:
        raise LookupError("a query that always has one row had none")
    return int(row[0])
