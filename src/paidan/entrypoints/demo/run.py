"""Sets the stage for a day and plays it: database, world, doors, master data, drive, figures, verdict."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from msgspec import Struct, structs
from psycopg import sql

from paidan.entrypoints.demo.agree import Difference, differences
from paidan.entrypoints.demo.counting import compare_with_warehouses
from paidan.entrypoints.demo.drive import QUIET_TICK_S, TICK_S, Drive, Labour, OwnMill, Progress, drive
from paidan.entrypoints.demo.figures import collect, verdict
from paidan.entrypoints.demo.masters import Urls, load_day, permit_pushes
from paidan.entrypoints.demo.mills import mills
from paidan.entrypoints.installation import OpenInstallation, connect, install
from paidan.entrypoints.mill import Mill, MillRules
from paidan.entrypoints.serving import held_port, serve_in_child
from paidan.runtime import embedded
from paidan.runtime.clocks import SharedClock
from paidan.runtime.http import HttpCaller
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.provision import Installation, with_database
from paidan.runtime.queries import load_queries
from paidan.runtime.settings import Settings
from paidan.world.host_client import HostClient, spawned_host
from paidan.world.script import Day
from paidan.world.town import Fate, TownConfig, day_of
from paidan.world.wire import Faults

queries = load_queries("paidan.entrypoints.demo")

DRIVER = "paidan driver"  # who plays the day, as the database knows it: a bench charges its questions to nobody
OPENS_AT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)  # midnight of the eleventh of November in China


class Plan(Struct, frozen=True, kw_only=True):
    """What to play."""

    orders: int = 2000
    seed: int = 1
    short_share: float = 0.02
    push_delay_s: int = 0
    merge_window_s: int = 600
    fates: tuple[Fate, ...] = ()  # orders to which something special happens
    tick_s: int = TICK_S
    orders_a_tick: int = 30  # a tick is as long as so many orders take to come, from `tick_s` to five minutes
    quiet_tick_s: int = QUIET_TICK_S
    faults: Faults = Faults()
    late_s: float = 1.0  # a late answer comes so many real seconds later: more than `call_timeout_s` of the settings
    at_once: int = 16  # callbacks under way at a time; 1 makes their order exact
    hands: int = 4  # counterparts called side by side; 1 makes the order of calls exact
    mills: int = 1  # processes that do the work; 1: this one, and the order of steps is exact
    is_scarce_only: bool = False  # only the orders with a scarce SKU in them


class Outcome(Struct, kw_only=True):
    """What came of it."""

    figures: dict[str, Any]
    faults: list[str]
    differences: list[Difference]


@contextmanager
def stage(settings: Settings, plan: Plan, *, push_server_url: str = "") -> Iterator[tuple[OpenInstallation, HostClient, TownConfig, Installation]]:
    """A fresh installation with its world and its doors; all processes end on leaving.

    The platform's push table lies in a database of its own, on our server unless another one's administrator URL is given.
    """
    wipe(settings)
    installation = install(settings)
    services = connect(settings, installation.app_url, name=DRIVER)
    if isinstance(services.clock, SharedClock):
        services.clock.set(OPENS_AT)
    try:
        with held_port() as port, _doors(settings, plan, installation, port, push_server_url) as (host, town):
            yield services, host, town, installation
    finally:
        services.close()


@contextmanager
def _doors(settings: Settings, plan: Plan, installation: Installation, port: int, push_server_url: str) -> Iterator[tuple[HostClient, TownConfig]]:
    """The world's host and our API, up and answering."""
    dsn = push_database(push_server_url or installation.owner_url, f"{settings.database}_push")
    town = town_of(plan, paidan_url=f"http://127.0.0.1:{port}", bulk_dsn=dsn, opens_at=OPENS_AT)
    logs = logs_of(settings)
    logs.mkdir(exist_ok=True)
    with (
        spawned_host("paidan.world.town:build", msgspec.to_builtins(town)) as host,
        serve_in_child(settings, installation.app_url, port, log_file=logs / "api.log"),
    ):
        yield host, town


def town_of(plan: Plan, *, paidan_url: str, bulk_dsn: str, opens_at: datetime) -> TownConfig:
    """The world of a plan, with secrets drawn by lot."""
    return TownConfig(
        seed=plan.seed,
        orders=plan.orders,
        opens_at=opens_at,
        short_share=plan.short_share,
        fates=plan.fates,
        paidan_url=paidan_url,
        bulk_dsn=bulk_dsn,
        app_secret=secrets.token_hex(16),
        wms_secret=secrets.token_hex(16),
        tracker_key=secrets.token_hex(8),
        shopify_secret=secrets.token_hex(16),
        late_s=plan.late_s,
        at_once=plan.at_once,
        is_scarce_only=plan.is_scarce_only,
    )


def play(settings: Settings, plan: Plan, progress: Progress) -> Outcome:
    """Play one day from nothing to the last parcel and compare the books."""
    with stage(settings, plan) as (services, host, town, installation), labour_of(services, installation, plan) as labour:
        return play_on(services, host, town, plan, progress, labour)


@contextmanager
def labour_of(services: OpenInstallation, installation: Installation, plan: Plan) -> Iterator[Labour]:
    """Who works on the plan's day."""
    rules = MillRules(push_delay_s=plan.push_delay_s, hands=plan.hands)
    if plan.mills == 1:
        mill = Mill(services, rules=rules)
        try:
            yield OwnMill(mill)
        finally:
            mill.close()
        return
    with mills(services, installation.app_url, rules, count=plan.mills) as labour:
        yield labour


def play_on(services: OpenInstallation, host: HostClient, town: TownConfig, plan: Plan, progress: Progress, labour: Labour) -> Outcome:
    """Play on a stage that is set."""
    day = day_of(town)
    prepare(services, host, town, day, plan)
    pace = {"tick_s": plan.tick_s, "orders_a_tick": plan.orders_a_tick, "quiet_tick_s": plan.quiet_tick_s}
    run = drive(services, labour, host, day, progress=progress, faults=plan.faults, **pace)
    stats = host.stats()
    compare_with_warehouses(services, host, labour, run)
    return compare(services, host, day, run, stats)


def prepare(services: OpenInstallation, host: HostClient, town: TownConfig, day: Day, plan: Plan) -> None:
    """Write the day's master data and stock, and ask the platform for its messages."""
    urls = Urls(**{field.name: host.base_url(field.name) for field in structs.fields(Urls)})
    load_day(services, day, town, urls, merge_window_s=plan.merge_window_s)
    permit_pushes(services, HttpCaller(allow_loopback=True, allow_plain=True))


def compare(services: OpenInstallation, host: HostClient, day: Day, run: Drive, stats: Mapping[str, Any]) -> Outcome:
    """Hold all sides' books against each other, and sum the day up. `stats`: the simulators' counts when the day was over."""
    books = host.books()
    with services.database.transaction() as tx:
        found = differences(tx, books)
        figures = collect(tx, day, run, books, stats)
        waiting = tx.execute(queries.waiting_messages).fetchone()
    broken = broken_invariants(services.database)
    faults = verdict(figures, broken, found, waiting[0] if waiting else 0)
    return Outcome(figures=figures, faults=faults, differences=found)


def push_database(admin_url: str, name: str) -> str:
    """The platform's own database of the order-push table, on the same server; gives its DSN. Made anew."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
    return with_database(admin_url, name)


def logs_of(settings: Settings) -> Path:
    """Where the processes of a demo write their logs."""
    return settings.home / "logs"


def wipe(settings: Settings) -> None:
    """A demo starts from nothing; only a home the demo itself has made is removed."""
    mark = settings.home / "demo"
    if settings.home.exists():
        if any(settings.home.iterdir()) and not mark.exists():
            raise FileExistsError(f"{settings.home} is not a demo's home: choose another with PAIDAN_HOME")
        embedded.stop(settings.data_dir, mode="immediate")
        shutil.rmtree(settings.home)
    settings.home.mkdir(parents=True)
    mark.touch()


def stop(settings: Settings) -> None:
    """Stop the embedded server of this home."""
    if not settings.owner_url:
        embedded.stop(settings.data_dir)


def home_of(settings: Settings, name: str) -> Settings:
    """The same settings over a home of their own."""
    return structs.replace(settings, home=Path(settings.home) / name, allow_loopback=True)
