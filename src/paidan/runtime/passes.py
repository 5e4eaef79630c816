"""The engine of a pass (architecture.md 1.2): claim and run a batch in one transaction; find the poison by halving; retry what is nobody's fault.

What a step does is its own business; what happens when it fails is decided here, once.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from typing import Any, Final, Protocol, TypeVar

import psycopg
import structlog
from msgspec import Struct, field

from paidan.kernel.clock import Clock
from paidan.kernel.errors import PaidanError
from paidan.runtime.buckets import BucketLease
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Database, Tx, trouble
from paidan.runtime.telemetry import PASS_ITEMS, PASS_SECONDS, told

T = TypeVar("T")

POISON_PER_BATCH_MAX: Final = 3
POISON_PER_MINUTE_MAX: Final = 20
RETRY_FIRST_S: Final = 0.05
RETRY_CAP_S: Final = 2.0
RETRIES_MAX: Final = 20  # about 30 s in all: a restart of PostgreSQL takes 15

log = structlog.get_logger(__name__)


class WorkerAlarm(PaidanError):
    """More poison than chance explains: something is wrong with us, not with the orders. The worker stops before it sets everything aside."""


class PassReport(Struct, kw_only=True):
    """What a pass did, in items; `outcomes` are the step's own words, counted."""

    claimed: int = 0
    set_aside: int = 0
    retries: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def add(self, other: "PassReport") -> None:
        """Add another report to this one."""
        self.claimed += other.claimed
        self.set_aside += other.set_aside
        self.retries += other.retries
        for word, n in other.outcomes.items():
            self.outcomes[word] = self.outcomes.get(word, 0) + n


class Step(Protocol[T]):
    """One kind of work on a batch of items. `run` is called inside the transaction of `claim`, and may be called again after a rollback."""

    name: str

    def claim(self, tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[T]:
        """Due items of these buckets, at most `limit`, always in the same order; those that were run or set aside come no more."""
        ...

    def run(self, tx: Tx, items: list[T], now: datetime) -> PassReport:
        """Load, decide, apply. Anything raised rolls all of it back. The report's `outcomes` count; `claimed` is filled in by the engine."""
        ...

    def set_aside(self, tx: Tx, item: T, error: BaseException, now: datetime) -> None:
        """Hold the one item whose run fails alone, with a reason, so that `claim` gives it no more."""
        ...


class PoisonGuard:
    """Counts poison over passes. Raises WorkerAlarm above 3 in a batch or 20 in a minute of real time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at: deque[float] = deque()

    def found(self, step: str, in_batch: int) -> None:
        """One more poison item, the `in_batch`-th of its batch."""
        now = self._monotonic()
        self._at.append(now)
        while self._at[0] <= now - 60:
            self._at.popleft()
        if in_batch > POISON_PER_BATCH_MAX or len(self._at) > POISON_PER_MINUTE_MAX:
            raise WorkerAlarm(f"{step}: {in_batch} poison items in a batch, {len(self._at)} within a minute")


def run_step(
    database: Database,
    step: Step[T],
    lease: BucketLease,
    clock: Clock,
    limit: int,
    *,
    guard: PoisonGuard | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> PassReport:
    """One pass of one step over at most `limit` items of the buckets held. A report with `claimed` 0: nothing was due.

    Raises WorkerAlarm for too much poison, the error itself when it is our own mistake or when the database stays away.
    """
    return _Pass(database, step, lease, clock, guard or PoisonGuard(), sleep).work(limit)


def work_until(
    stop: Event,
    database: Database,
    steps: Sequence[Step[Any]],
    lease: BucketLease,
    clock: Clock,
    *,
    limit: int = 500,
    idle_s: float = 0.1,
    on_report: Callable[[str, PassReport], None] = lambda _step, _report: None,
) -> None:
    """Run the steps in turn until `stop` is set, resting `idle_s` when none had work; gives the buckets back at the end."""
    guard = PoisonGuard()

    def rest(delay_s: float) -> None:
        stop.wait(delay_s)

    try:
        while not stop.is_set():
            lease.hold()
            claimed = 0
            for step in steps:
                report = run_step(database, step, lease, clock, limit, guard=guard, sleep=rest)
                claimed += report.claimed
                on_report(step.name, report)
                lease.hold()
            if not claimed:
                stop.wait(idle_s)
    finally:
        lease.give_back()


class _Pass:
    """The state of one call of run_step."""

    def __init__(
        self, database: Database, step: Step[Any], lease: BucketLease, clock: Clock, guard: PoisonGuard, sleep: Callable[[float], None]
    ) -> None:
        self._database = database
        self._step = step
        self._lease = lease
        self._clock = clock
        self._guard = guard
        self._sleep = sleep
        self._items: list[Any] = []  # claimed by the try under way
        self._report = PassReport()

    def work(self, limit: int) -> PassReport:
        """Run the next `limit` items; halve when one of them is poison.

        Halves are claimed anew: items that are done or set aside come no more, so the next ones are those that were not tried yet.
        """
        with PASS_SECONDS.labels(self._step.name).time():
            try:
                self._report.add(self._retrying(lambda: self._once(limit)))
            except Exception as error:
                if trouble(error) != "poison":
                    raise
                self._halve(error)
        self._count()
        return self._report

    def _halve(self, error: Exception) -> None:
        items = self._items
        if not items:
            # The claim itself failed: no item to blame.
            raise error
        if len(items) == 1:
            self._set_aside(items[0], error)
            return
        half = len(items) // 2
        for part in (half, len(items) - half):
            try:
                self._report.add(self._retrying(lambda part=part: self._once(part)))  # type: ignore[misc]  # mypy can't infer a lambda with a default
            except Exception as again:
                if trouble(again) != "poison":
                    raise
                self._halve(again)

    def _once(self, limit: int) -> PassReport:
        """Claim and run in one transaction."""
        now = self._clock.now()
        self._items = []
        with self._database.transaction() as tx:
            buckets = self._lease.lock(tx)
            if not buckets:
                return PassReport()
            self._items = self._step.claim(tx, buckets, limit, now)
            if not self._items:
                return PassReport()
            report = self._step.run(tx, list(self._items), now)
            crash_point("pass.before_commit")
        crash_point("pass.after_commit")
        report.claimed = len(self._items)
        return report

    def _set_aside(self, item: Any, error: Exception) -> None:
        """Set the poison aside in a transaction of its own, unless there is so much of it that we are to blame."""
        self._guard.found(self._step.name, self._report.set_aside + 1)
        log.error("item set aside", step=self._step.name, **told(error))
        self._retrying(lambda: self._set_aside_once(item, error))
        self._report.add(PassReport(claimed=1, set_aside=1))

    def _set_aside_once(self, item: Any, error: Exception) -> PassReport:
        with self._database.transaction() as tx:
            if self._lease.lock(tx):
                self._step.set_aside(tx, item, error, self._clock.now())
        return PassReport()

    def _retrying(self, act: Callable[[], PassReport]) -> PassReport:
        """Do it again after deadlocks, serialisation failures, lost connections and restarts: the transaction left nothing behind."""
        attempt = 0
        while True:
            try:
                return act()
            except psycopg.Error as error:
                attempt += 1
                if trouble(error) != "retry" or attempt > RETRIES_MAX:
                    raise
                log.warning("pass retried", step=self._step.name, attempt=attempt, **told(error))
                self._report.retries += 1
                self._sleep(min(RETRY_FIRST_S * 2 ** (attempt - 1), RETRY_CAP_S))

    def _count(self) -> None:
        for word, n in {**self._report.outcomes, "set_aside": self._report.set_aside}.items():
            PASS_ITEMS.labels(self._step.name, word).inc(n)
