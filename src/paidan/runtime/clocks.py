"""The business clock in three kinds (kernel.clock has the port). Leases never use these: they go by the database's own clock."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock

from paidan.runtime.database import Database
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.runtime")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, UTC."""
        return datetime.now(UTC)


class FixedClock:
    """Stands still until told: `clock.forward(minutes=5)`."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant set last, UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to an instant."""
        self._at = at.astimezone(UTC)

    def forward(self, **delta: float) -> datetime:
        """Go on by `timedelta(**delta)` and return the new instant."""
        self._at += timedelta(**delta)
        return self._at


class SharedClock:
    """The merchant's row in `business_clock`: one virtual time for all processes of the demo. The system clock while the row is empty.

    Read at most every `keep_s` seconds of real time, so that asking is cheap; every `look_s` (None: as often) while the row is empty, which it
    mostly is for ever. Who has set it knows it, and does not read it again: there is one driver.
    """

    def __init__(self, database: Database, *, keep_s: float = 0.05, look_s: float | None = None) -> None:
        self._database = database
        self._keep_s = keep_s
        self._look_s = keep_s if look_s is None else look_s
        self._lock = Lock()
        self._read_again_at: float | None = None  # monotonic; None: never read
        self._now: datetime | None = None

    def now(self) -> datetime:
        """The shared instant, UTC. While one thread reads it, the others go by the last they knew."""
        again_at = self._read_again_at
        if (again_at is None or time.monotonic() >= again_at) and self._lock.acquire(blocking=again_at is None):
            try:
                if self._read_again_at == again_at:  # nobody has read or set it while we waited
                    self._now = self._read()
                    self._read_again_at = time.monotonic() + (self._look_s if self._now is None else self._keep_s)
            finally:
                self._lock.release()
        return self._now or datetime.now(UTC)

    def set(self, at: datetime) -> None:
        """Move the shared time; it never goes back. Raises ValueError for an instant without time zone."""
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        with self._lock, self._database.transaction(aside=True) as tx:
            told = tx.execute(queries.set_business_clock, {"now": at}).fetchone()
            self._now, self._read_again_at = (told[0].astimezone(UTC) if told else at), float("inf")

    def learn(self, at: datetime) -> None:
        """The shared instant as the driver has told it by another way; it is not read again."""
        with self._lock:
            self._now, self._read_again_at = at.astimezone(UTC), float("inf")

    def _read(self) -> datetime | None:
        row = self._database.glance(queries.read_business_clock)
        return row[0].astimezone(UTC) if row else None
