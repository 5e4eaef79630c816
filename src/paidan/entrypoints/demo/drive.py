"""Drives a day: moves the world's clock, lets Paidan work until nothing is due, goes on to the next instant at which anything happens."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, field

from paidan.entrypoints.demo.masters import arrivals
from paidan.entrypoints.installation import Services
from paidan.entrypoints.mill import Mill
from paidan.fulfilment.entries import order_entry
from paidan.runtime.clocks import SharedClock
from paidan.runtime.queries import load_queries
from paidan.world.host_client import HostClient
from paidan.world.script import Day

queries = load_queries("paidan.entrypoints.demo")

TICK_S = 60  # how far business time moves at least, while the day's shops are busy
QUIET_TICK_S = 1800  # ... and once the day's trade is over
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


Progress = Callable[[datetime, Drive], None]


def drive(services: Services, mill: Mill, host: HostClient, day: Day, *, progress: Progress) -> Drive:
    """Play the whole day and its tail, until no side has anything left to do."""
    drive_ = Drive()
    started = time.monotonic()
    expected = sorted(arrivals(day).items())
    _announce_arrivals(services, day)
    now = day.opens_at
    end = day.closes_at + timedelta(days=TAIL_DAYS)
    while now <= end:
        _set_clock(services, now)
        advanced = host.advance(now)
        drive_.callbacks += advanced.callbacks
        _work(mill, drive_)
        drive_.ticks += 1
        drive_.seconds = time.monotonic() - started
        progress(now, drive_)
        following = [at for at in (advanced.next_due, _next_due(services)) if at is not None]
        following += [at for at, _ in expected if at > now][:1]
        if not following and now > day.closes_at:
            break
        step = timedelta(seconds=TICK_S if now < day.closes_at else QUIET_TICK_S)
        now = max(now + step, min(following, default=now + step))
    if advanced.aside:
        drive_.callbacks += host.redeliver().callbacks
        _work(mill, drive_)
    drive_.ended_at = now
    drive_.seconds = time.monotonic() - started
    return drive_


def _announce_arrivals(services: Services, day: Day) -> None:
    """The purchases that will arrive during the day are announced to their warehouses when it opens."""
    with services.database.transaction() as tx:
        for at, lines in sorted(arrivals(day).items()):
            by_warehouse: dict[str, list[tuple[str, int]]] = {}
            for warehouse, sku, units in lines:
                by_warehouse.setdefault(warehouse, []).append((sku, units))
            for warehouse, wanted in sorted(by_warehouse.items()):
                order_entry(tx, services.ids, warehouse, wanted, f"PO-{at:%m%d%H%M}-{warehouse}", at, day.opens_at)


def _set_clock(services: Services, now: datetime) -> None:
    clock = services.clock
    if isinstance(clock, SharedClock):
        clock.set(now)


def _work(mill: Mill, drive_: Drive) -> None:
    """Turn the mill until it finds nothing to do."""
    for _ in range(ROUNDS_MAX):
        done = mill.turn()
        drive_.rounds += 1
        for name, count in done.items():
            drive_.work[name] = drive_.work.get(name, 0) + count
        if not any(done.values()):
            return


def _next_due(services: Services) -> datetime | None:
    with services.database.transaction() as tx:
        row = tx.execute(queries.next_due).fetchone()
    return row[0] if row else None
