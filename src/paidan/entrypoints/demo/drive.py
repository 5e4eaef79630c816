"""Drives a day: moves the world's clock, lets Paidan work until nothing is due, goes on to the next instant at which anything happens."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from paidan.entrypoints.demo.masters import arrivals
from paidan.entrypoints.installation import OpenInstallation
from paidan.entrypoints.mill import Mill
from paidan.fulfilment.entries import order_entry
from paidan.runtime.clocks import SharedClock
from paidan.runtime.queries import load_queries
from paidan.world.host_client import HostClient
from paidan.world.script import Day
from paidan.world.wire import Faults

queries = load_queries("paidan.entrypoints.demo")

TICK_S = 60  # how far business time moves at least, while the day's shops are busy
TICK_MAX_S = 300  # ... and at most, waiting for a few orders to come
QUIET_TICK_S = 3600  # ... and once the day's trade is over
ROUGH_S = 43_200  # how long after the day's trade faults go on
QUIET_TICKS = 3  # so often nothing was left to do: longer than the slowest feed rests and than a message may be late
REDELIVERY_S = 3600  # how long counterparts wait before they try again what they had set aside
TAIL_DAYS = 21  # after this much quiet something is stuck, and the comparison will tell what
ROUNDS_MAX = 200


class Drive(Struct, kw_only=True):
    """What a run has cost and counted, real seconds apart from business time."""

    ticks: int = 0
    callbacks: int = 0
    rounds: int = 0
    work: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    ended_at: datetime | None = None

    def count(self, done: Mapping[str, int]) -> None:
        """Add what a round has done."""
        self.rounds += 1
        for name, count in done.items():
            self.work[name] = self.work.get(name, 0) + count


Progress = Callable[[datetime, Drive], None]


class Labour(Protocol):
    """Who does Paidan's work at one business instant: a mill in this process, or worker processes."""

    def work(self, now: datetime, run: Drive) -> None:
        """Return when nothing is due any more at `now`."""
        ...


class OwnMill:
    """Labour by a mill in this process."""

    def __init__(self, mill: Mill) -> None:
        self._mill = mill

    def work(self, now: datetime, run: Drive) -> None:  # noqa: ARG002 - the mill looks at the shared clock
        """Turn the mill until it finds nothing to do."""
        for _ in range(ROUNDS_MAX):
            done = self._mill.turn()
            run.count(done)
            if not any(done.values()):
                return


def drive(
    services: OpenInstallation,
    labour: Labour,
    host: HostClient,
    day: Day,
    *,
    progress: Progress,
    tick_s: int = TICK_S,
    orders_a_tick: int = 1,
    quiet_tick_s: int = QUIET_TICK_S,
    faults: Faults | None = None,
) -> Drive:
    """Play the whole day and its tail, until no side has anything left to do. `faults` befall the day and the half day after it.

    Time moves by as much as `orders_a_tick` orders take to come at that hour, at least by `tick_s`.
    """
    run = Drive()
    started = time.monotonic()
    expected = sorted(arrivals(day))
    _announce_arrivals(services, day)
    now = redelivered_at = day.opens_at
    end = day.closes_at + timedelta(days=TAIL_DAYS)
    quiet = 0
    tick_at = ticks(day, tick_s, orders_a_tick)
    host.set_faults(faults or Faults())
    while now <= end and quiet <= QUIET_TICKS:
        if faults is not None and now > day.closes_at + timedelta(seconds=ROUGH_S):
            host.set_faults(Faults())
            faults = None
        set_clock(services, now)
        advanced = host.advance(now)
        run.callbacks += advanced.callbacks
        if advanced.aside and now - redelivered_at >= timedelta(seconds=REDELIVERY_S):
            run.callbacks += host.redeliver().callbacks
            redelivered_at = now
        labour.work(now, run)
        run.ticks += 1
        run.seconds = time.monotonic() - started
        progress(now, run)
        following = [at for at in (advanced.next_due, _next_due(services, now), *expected) if at is not None and at > now]
        step = timedelta(seconds=tick_at(now) if now < day.closes_at else quiet_tick_s)
        quiet = quiet + 1 if not following and now > day.closes_at else 0
        now = max(now + step, min(following, default=now + step))
    run.ended_at = now
    run.seconds = time.monotonic() - started
    return run


def ticks(day: Day, tick_s: int, orders_a_tick: int) -> Callable[[datetime], int]:
    """How far time moves at an instant of the day, in seconds: as long as so many orders take to come at that hour, within bounds. Pure."""
    counts = Counter(_hour(day, order.placed_at) for order in day.orders)

    def tick_at(now: datetime) -> int:
        count = counts[_hour(day, now)]
        return max(tick_s, min(orders_a_tick * 3600 // count if count else TICK_MAX_S, TICK_MAX_S))

    return tick_at


def _hour(day: Day, at: datetime) -> int:
    return (at - day.opens_at) // timedelta(hours=1)


def _announce_arrivals(services: OpenInstallation, day: Day) -> None:
    """The purchases that will arrive during the day are announced to their warehouses when it opens."""
    with services.database.transaction() as tx:
        for at, lines in sorted(arrivals(day).items()):
            by_warehouse: dict[str, list[tuple[str, int]]] = {}
            for warehouse, sku, units in lines:
                by_warehouse.setdefault(warehouse, []).append((sku, units))
            for warehouse, wanted in sorted(by_warehouse.items()):
                order_entry(tx, services.ids, warehouse, wanted, f"PO-{at:%m%d%H%M}-{warehouse}", at, day.opens_at)


def set_clock(services: OpenInstallation, now: datetime) -> None:
    """Move the world's clock, if it is one that can be moved."""
    clock = services.clock
    if isinstance(clock, SharedClock):
        clock.set(now)


def _next_due(services: OpenInstallation, now: datetime) -> datetime | None:
    with services.database.transaction() as tx:
        row = tx.execute(queries.next_due, {"now": now}).fetchone()
    return row[0] if row else None
