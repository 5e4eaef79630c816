"""Whole days for tests: each on a server of its own, which a test may strike down, with its own world."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from paidan.entrypoints.demo import run as demo
from paidan.entrypoints.demo.books import Book, canonical_books
from paidan.entrypoints.demo.drive_workers import Mishap, crew
from paidan.entrypoints.installation import OpenInstallation
from paidan.runtime.provision import Installation
from paidan.runtime.settings import Settings
from paidan.world.host_client import HostClient
from paidan.world.town import TownConfig, day_of

# Short enough for tests: a late answer comes after the caller's patience, a dead worker's share is free again soon.
PATIENCE_S, LATE_S = 0.5, 0.65
LEASE_S, OUTBOX_LEASE_S = 1.0, 1.5


class Played(Struct, frozen=True, kw_only=True):
    """A day that was played: what came of it, our books, the world's own."""

    outcome: demo.Outcome
    books: Book
    world: dict
    deaths: int = 0


class Stage(Struct, frozen=True, kw_only=True):
    """A set stage."""

    settings: Settings
    plan: demo.Plan
    services: OpenInstallation
    host: HostClient
    town: TownConfig
    installation: Installation

    @property
    def day(self):
        return day_of(self.town)

    def play(self) -> Played:
        """The plan's mills: one in this process, or several beside it."""
        with demo.labour_of(self.services, self.installation, self.plan) as labour:
            outcome = demo.play_on(self.services, self.host, self.town, self.plan, lambda _now, _run: None, labour)
        return self._played(outcome)

    def play_with_workers(self, mishaps: list[Mishap], workers: int = 2) -> Played:
        """Worker processes, and what befalls them."""
        logs = demo.logs_of(self.settings)
        with crew(self.services, self.installation.app_url, count=workers, log_dir=logs, mishaps=mishaps) as hands:
            outcome = demo.play_on(self.services, self.host, self.town, self.plan, lambda _now, _run: None, hands)
        return self._played(outcome, hands.deaths)

    def _played(self, outcome: demo.Outcome, deaths: int = 0) -> Played:
        with self.services.database.transaction() as tx:
            books = canonical_books(tx)
        return Played(outcome=outcome, books=books, world=self.host.books(), deaths=deaths)


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder of this run that other accounts may pass through, which pytest's own are not: the server runs as another account when we are root."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["PAIDAN_TEST_RUN_DIR"], prefix="day-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_stage(plan: demo.Plan, *, push_server_url: str = "") -> Iterator[Stage]:
    """A fresh installation with its world; everything it started ends with the block."""
    with a_folder() as folder, _stage_in(folder / "home", plan, push_server_url) as stage:
        yield stage


@contextmanager
def _stage_in(home: Path, plan: demo.Plan, push_server_url: str) -> Iterator[Stage]:
    settings = Settings(
        home=home,
        allow_loopback=True,
        push_delay_s=plan.push_delay_s,
        call_timeout_s=PATIENCE_S,
        lease_s=LEASE_S,
        outbox_lease_s=OUTBOX_LEASE_S,
    )
    plan = structs.replace(plan, late_s=LATE_S)
    try:
        with demo.stage(settings, plan, push_server_url=push_server_url) as (services, host, town, installation):
            yield Stage(settings=settings, plan=plan, services=services, host=host, town=town, installation=installation)
    finally:
        demo.stop(settings)
