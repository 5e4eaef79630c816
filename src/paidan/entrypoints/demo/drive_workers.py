"""Labour by worker processes, with seeded mishaps: workers killed at named points or between two breaths, the database server struck down.

The driver moves the clock and then waits until the database says that nothing is due any more; dead workers are replaced as a supervisor would.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final, Literal

import psycopg
from msgspec import Struct

from paidan.entrypoints.demo.drive import Drive
from paidan.entrypoints.installation import OpenInstallation
from paidan.entrypoints.serving import environment
from paidan.intake.ports import Feed
from paidan.intake.pulling import read_places
from paidan.intake.schedule import PullSchedule
from paidan.network.load import Shop, read_network
from paidan.runtime import embedded
from paidan.runtime.crash import CRASH_POINTS, VARIABLE
from paidan.runtime.database import Tx, trouble
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.demo", "books.sql")
runtime_queries = load_queries("paidan.runtime")

POLL_S: Final = 0.03
PATIENCE_S: Final = 120.0  # longest time for the work of one instant, restarts of everything included
WORKER: Final = (sys.executable, "-m", "paidan.entrypoints.worker")
# The points that a worker passes; the others are the API's.
WORKER_POINTS: Final = tuple(sorted(point for point in CRASH_POINTS if not point.startswith("intake.")))

Kind = Literal["kill", "crash", "database"]


class Mishap(Struct, frozen=True, kw_only=True):
    """Something that goes wrong after the clock was moved for the `tick`-th time.

    kill      SIGKILL for worker `worker`, `after_s` real seconds later
    crash     worker `worker` is started anew with PAIDAN_CRASH_AT=`point`, and dies when it gets there
    database  PostgreSQL is stopped as if by a crash, `after_s` later, and started again
    """

    tick: int
    kind: Kind
    worker: int = 0
    after_s: float = 0.0
    point: str = ""


class WorkStuck(Exception):
    """The workers did not finish the work of an instant in time; says which parts are left."""


def mishaps(seed: int, count: int, *, ticks: int, workers: int = 2, databases: int = 1) -> list[Mishap]:
    """`count` mishaps spread over the first `ticks` ticks: named points and plain kills in equal shares, `databases` restarts among them. Pure."""
    rng = Random(f"{seed}:mishaps")
    points = list(WORKER_POINTS)
    rng.shuffle(points)
    kinds: list[Kind] = ["database"] * databases
    kinds += ["crash" if place % 2 else "kill" for place in range(count - databases)]
    rng.shuffle(kinds)
    at = sorted(rng.sample(range(1, ticks), count))
    made: list[Mishap] = []
    for tick, kind in zip(at, kinds, strict=True):
        point = f"{points[len(made) % len(points)]}:{rng.randint(1, 2)}" if kind == "crash" else ""
        made.append(Mishap(tick=tick, kind=kind, worker=rng.randrange(workers), after_s=rng.uniform(0.0, 0.4), point=point))
    return made


class Crew:
    """Worker processes over one installation. Use as a context manager: `with crew(...) as labour`."""

    def __init__(self, services: OpenInstallation, app_url: str, *, count: int, log_dir: Path, mishaps: Iterable[Mishap] = ()) -> None:
        self.deaths = 0
        self.restarts = 0
        self._services = services
        self._environment = environment(services.settings, app_url)
        self._log_dir = log_dir
        self._mishaps: dict[int, list[Mishap]] = {}
        for mishap in mishaps:
            self._mishaps.setdefault(mishap.tick, []).append(mishap)
        self._tick = 0
        self._schedule = PullSchedule()
        self._shops: dict[int, Shop] = {}
        self._workers = [self._start(number) for number in range(count)]

    def work(self, now: datetime, run: Drive) -> None:
        """Wait until nothing is due at `now`. Raises WorkStuck."""
        for mishap in self._mishaps.get(self._tick, ()):
            self._befall(mishap)
        self._tick += 1
        began = time.monotonic()
        left: Sequence[str] = ("not looked",)
        while left:
            self._replace_dead()
            left = self._left(now)
            run.rounds += 1
            if time.monotonic() - began > PATIENCE_S:
                raise WorkStuck(f"{now:%m-%d %H:%M:%S}: {', '.join(left)}")
            if left:
                time.sleep(POLL_S)

    def wait_until_ready(self) -> None:
        """Wait until every worker has signed in: who measures the day does not measure their start. Raises WorkStuck."""
        began = time.monotonic()
        while self._signed_in() < len(self._workers):
            self._replace_dead()
            if time.monotonic() - began > PATIENCE_S:
                raise WorkStuck("not all workers have signed in")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End the workers in good order."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def _signed_in(self) -> int:
        with self._services.database.transaction() as tx:
            row = tx.execute(runtime_queries.count_workers).fetchone()
        return int(row[0]) if row else 0

    def _start(self, number: int, more: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
        environment = {**self._environment, **(more or {})}
        with (self._log_dir / f"worker-{number}.log").open("ab") as log:
            return subprocess.Popen(WORKER, env=environment, stderr=log)  # noqa: S603 - our own interpreter and module

    def _befall(self, mishap: Mishap) -> None:
        if mishap.kind == "crash":
            self._kill(mishap.worker, {VARIABLE: mishap.point})
            return
        time.sleep(mishap.after_s)
        if mishap.kind == "kill":
            self._kill(mishap.worker)
        else:
            self.restarts += 1
            embedded.stop(self._services.settings.data_dir, mode="immediate")
            embedded.start(self._services.settings.data_dir)

    def _kill(self, number: int, more: Mapping[str, str] | None = None) -> None:
        """SIGKILL, as a machine that loses power does it to a process; another one takes its place."""
        self._workers[number].kill()
        self._workers[number].wait()
        self.deaths += 1
        self._workers[number] = self._start(number, more)

    def _replace_dead(self) -> None:
        for number, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self.deaths += 1
                self._workers[number] = self._start(number)

    def _left(self, now: datetime) -> list[str]:
        """What is still to be done, by its name."""
        try:
            with self._services.database.transaction() as tx:
                return [*_parts_left(tx, now), *self._feeds_left(tx, now)]
        except psycopg.Error as error:
            if trouble(error) != "retry":
                raise
            return ["database away"]

    def _feeds_left(self, tx: Tx, now: datetime) -> Iterator[str]:
        """Feeds whose turn has come and that nobody has pulled yet. One that failed rests as long as its worker sees fit."""
        self._shops = self._shops or dict(read_network(tx, 0).shops)  # of a day, they do not change
        shops = self._shops
        places = {(place.shop_id, Feed(place.feed)): place for place in read_places(tx)}
        for shop in shops.values():
            if not any(shop_id == shop.id for shop_id, _ in places):
                yield f"{shop.code} was never pulled"
        for (shop_id, feed), place in places.items():
            interval_s = self._schedule.feeds_of(shops[shop_id]).get(feed)
            if interval_s is not None and place.error:
                interval_s = max(interval_s, self._schedule.rules.rest_max_s)
            if interval_s is not None and (place.pulled_at is None or place.pulled_at + timedelta(seconds=interval_s) <= now):
                yield f"{shops[shop_id].code} {feed}"


@contextmanager
def crew(services: OpenInstallation, app_url: str, *, count: int, log_dir: Path, mishaps: Iterable[Mishap] = ()) -> Iterator[Crew]:
    """Worker processes for the length of a block."""
    hands = Crew(services, app_url, count=count, log_dir=log_dir, mishaps=mishaps)
    try:
        yield hands
    finally:
        hands.stop()


def _parts_left(tx: Tx, now: datetime) -> list[str]:
    cursor = tx.execute(queries.what_is_left, {"now": now})
    row = cursor.fetchone() or ()
    return [column.name for column, is_left in zip(cursor.description or (), row, strict=True) if is_left]
