"""The whole life of many orders: bulk door → released → warehouse confirms → parcel → written back to the platform → delivered.

All bytes are parsed, signed, rendered, sealed and logged through the same doors and ports as ever; only the sockets are left out: the simulators of
the world answer in the same process (memory_world.py). Two processes, each with a merchant of its own and its share of the orders, turn all of
Paidan. The floor is what a smaller day of the same kind has written, played back.

./paidan bench day [--orders N] [--workers W] [--floor-orders N] [--json FILE]
"""

import argparse
import json
import multiprocessing
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gauges
import psycopg
from memory_world import DOORS, URLS, MemoryWorld
from msgspec import Struct, structs
from psycopg import sql
from tape import Tape, play, recording_cursor

from paidan.entrypoints.demo.agree import differences
from paidan.entrypoints.demo.drive import Drive, OwnMill, drive
from paidan.entrypoints.demo.masters import load_day
from paidan.entrypoints.demo.run import push_database
from paidan.entrypoints.installation import OpenInstallation, connect, install
from paidan.entrypoints.mill import Mill, MillRules
from paidan.parties.addresses.divisions import atlas
from paidan.runtime import embedded
from paidan.runtime.clocks import SharedClock
from paidan.runtime.collector import calm_collector
from paidan.runtime.copying import Cursor
from paidan.runtime.database import Database, Tx
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.provision import Installation, with_database
from paidan.runtime.settings import Settings
from paidan.world.day import make_day
from paidan.world.script import Day
from paidan.world.town import TownConfig

OPENS_AT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
BATCH = 500
AT_A_TIME = 1_000  # orders that come between two looks: business time moves so far at least, as on a day of half a million
DAY_S, TICK_MIN_S = 86_400, 300
SPARE = 1.12  # of a day's orders, those of the consumer shops on Taobao are somewhat less than all
FILLED = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND starts_with(n.nspname, 'm_') AND pg_relation_size(c.oid) > 0
"""
PARTS = ("_pull", "_look", "_pass", "_merge", "_wake", "_send", "_push", "_chores")
WORDS = {
    "_pull": "bulk door",
    "_look": "look what is due",
    "_pass": "pass, release, words of warehouses and carriers",
    "_merge": "merging asked",
    "_wake": "wake",
    "_send": "calls: create, subscribe, ship",
    "_push": "stock push",
    "_chores": "chores",
}


class Task(Struct, frozen=True, kw_only=True):
    """What one process shall play. `mode`: plain, taped (writes `tape`), floor (plays `tape`)."""

    settings: Settings
    owner_url: str
    app_url: str
    orders: int
    seed: int
    mode: str
    tape: Path


class Lived(Struct, kw_only=True):
    """What became of it."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    world_s: float = 0.0  # of it, the simulators'
    door_s: float = 0.0  # ... and the doors that they call
    orders: int = 0
    delivered: int = 0
    calls: int = 0
    callbacks: int = 0
    parts_s: dict[str, float] = {}


def main() -> None:
    told = _options()
    with _server() as (settings, owner_url, app_url):
        tapes = settings.home
        _prepare(settings, owner_url, app_url, told.floor_orders, told.workers)
        with _copy(owner_url, app_url, "floor") as floor:
            taped = _play(settings, owner_url, app_url, told.floor_orders, told.workers, "taped", tapes)
            floored = _play(settings, *floor, told.floor_orders, told.workers, "floor", tapes)
        with _copy_anew(settings, told) as urls:
            lived = _play(settings, *urls, told.orders, told.workers, "plain", tapes)
    figures = _figures(lived)
    floor_s = sum(one.orders for one in taped[0]) / max(one.wall_s for one in floored[0])
    floor_us = (sum(one.cpu_s for one in floored[0]) + floored[1].server_cpu_s) / sum(one.orders for one in taped[0]) * 1e6
    _show(figures, floor_s, floor_us)
    if told.json:
        told.json.write_text(json.dumps({"day": figures, "floor_per_s": floor_s, "floor_cpu_us": floor_us}, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench day")
    parser.add_argument("--orders", type=int, default=500_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--floor-orders", type=int, default=4_000, help="orders of the day that is recorded for the floor")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _figures(played: "tuple[list[Lived], gauges.Reading]") -> dict[str, Any]:
    lived, reading = played
    orders, wall_s = sum(one.orders for one in lived), max(one.wall_s for one in lived)
    parts: dict[str, float] = {}
    for one in lived:
        for part, seconds in one.parts_s.items():
            parts[WORDS[part]] = parts.get(WORDS[part], 0.0) + seconds / orders * 1e6
    parts["doors of warehouses and carriers"] = sum(one.door_s for one in lived) / orders * 1e6
    ours = sum(one.cpu_s - one.world_s for one in lived)
    return {
        "orders": orders,
        "delivered": sum(one.delivered for one in lived),
        "wall_s": wall_s,
        "orders_per_s": orders / wall_s,
        "python_us": ours / orders * 1e6,
        "server_us": (reading.server_cpu_s - reading.platform_cpu_s) / orders * 1e6,
        "world_us": (sum(one.world_s for one in lived) + reading.platform_cpu_s) / orders * 1e6,
        "exchanges": sum(one.calls + one.callbacks for one in lived) / orders,
        "wal_bytes": reading.wal_bytes / orders,
        "rows": reading.rows / orders,
        "parts_us": parts,
    }


def _show(figures: dict[str, Any], floor_s: float, floor_us: float) -> None:
    own_us = figures["python_us"] + figures["server_us"]
    print(
        f"\nday: {figures['orders']} orders, {figures['delivered']} delivered, {figures['wall_s']:.1f} s: {figures['orders_per_s']:,.0f} orders/s\n"
        f"  per order: Python {figures['python_us']:,.0f} µs, server {figures['server_us']:,.0f} µs, simulators {figures['world_us']:,.0f} µs, "
        f"{figures['exchanges']:.1f} exchanges, {figures['rows']:.1f} rows, {figures['wal_bytes']:,.0f} bytes of WAL\n"
        f"  without the simulators, by CPU of two cores: {2e6 / own_us:,.0f} orders/s, 500,000 in {500_000 * own_us / 2e6 / 60:.1f} minutes\n"
        f"  floor {floor_s:,.0f} orders/s, {floor_us:,.0f} µs CPU; ratio to the floor {figures['orders_per_s'] / floor_s:.0%} by the clock, "
        f"{floor_us / own_us:.0%} by CPU without the simulators\n\nPython per part, µs per order"
    )
    slowest = max(figures["parts_us"], key=figures["parts_us"].get)
    for part, spent in sorted(figures["parts_us"].items(), key=lambda item: -item[1]):
        print(f"  {part:<50}{spent:>9,.1f}{'   slowest' if part == slowest else ''}")


@contextmanager
def _server() -> Iterator[tuple[Settings, str, str]]:
    settings = Settings(home=Path(tempfile.mkdtemp(prefix="paidan-bench-")))
    try:
        print("day: preparing …", flush=True)
        installation = install(settings)
        yield settings, installation.owner_url, installation.app_url
    finally:
        embedded.stop(settings.data_dir, mode="immediate")
        shutil.rmtree(settings.home, ignore_errors=True)


@contextmanager
def _copy(owner_url: str, app_url: str, name: str) -> Iterator[tuple[str, str]]:
    """A copy of the prepared database."""
    with psycopg.connect(with_database(owner_url, "postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE paidan STRATEGY file_copy'.encode())
        admin.execute("CHECKPOINT")
    yield with_database(owner_url, name), with_database(app_url, name)


@contextmanager
def _copy_anew(settings: Settings, told: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """A database of its own for the day itself."""
    full = structs.replace(settings, database="day")
    installation: Installation = install(full)
    _prepare(full, installation.owner_url, installation.app_url, told.orders, told.workers)
    yield installation.owner_url, installation.app_url


def _merchant(settings: Settings, seed: int) -> Settings:
    return structs.replace(settings, merchant=f"w{seed}")


def _day(orders: int, seed: int) -> Day:
    """The consumer orders of Taobao shops, all read by the bulk door; stock for everybody."""
    day = make_day(seed, int(orders * SPARE) + 50, opens_at=OPENS_AT, short_share=0.0)
    shops = tuple(structs.replace(shop, door="bulk") for shop in day.shops if shop.platform == "taobao" and not shop.is_wholesale)
    codes = {shop.code for shop in shops}
    listings = tuple(listing for listing in day.listings if listing.shop in codes)
    return structs.replace(day, shops=shops, listings=listings, orders=tuple(order for order in day.orders if order.shop in codes)[:orders])


def _town(orders: int, seed: int, bulk_dsn: str) -> TownConfig:
    secret = "0123456789abcdef" * 2
    return TownConfig(
        seed=seed,
        orders=orders,
        opens_at=OPENS_AT,
        paidan_url=DOORS,
        bulk_dsn=bulk_dsn,
        app_secret=secret,
        wms_secret=secret,
        tracker_key=secret[:16],
        shopify_secret=secret,
    )


def _bulk(owner_url: str, seed: int) -> str:
    return with_database(owner_url, f"push{seed}")


def _prepare(settings: Settings, owner_url: str, app_url: str, orders: int, workers: int) -> None:
    """A merchant for each process, with master data and stock."""
    for seed in range(1, workers + 1):
        mine = _merchant(settings, seed)
        install(mine)
        day = _day(orders // workers, seed)
        services = connect(mine, app_url)
        if isinstance(services.clock, SharedClock):
            services.clock.set(OPENS_AT)
        load_day(services, day, _town(orders, seed, _bulk(owner_url, seed)), URLS, merge_window_s=0)
        services.close()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        # Nobody vacuums an empty table. A server that is told of its emptiness reads it from end to end by plans that it keeps for a minute.
        for (table,) in owner.execute(FILLED).fetchall():
            owner.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.SQL(table)))


def _play(settings: Settings, owner_url: str, app_url: str, orders: int, workers: int, mode: str, tapes: Path) -> tuple[list[Lived], gauges.Reading]:
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        lines = []
        for seed in range(1, workers + 1):
            if mode != "floor":
                push_database(owner_url, f"push{seed}")
            ours, theirs = context.Pipe()
            task = Task(
                settings=_merchant(settings, seed),
                owner_url=owner_url,
                app_url=app_url,
                orders=orders // workers,
                seed=seed,
                mode=mode,
                tape=tapes / f"{seed}.tape",
            )
            process = context.Process(target=_live, args=(task, theirs, seed == 1))
            process.start()
            stack.callback(process.join)
            theirs.close()
            lines.append(ours)
        for line in lines:
            line.recv()
        before = gauges.read(owner_url, settings.data_dir)
        for line in lines:
            line.send("go")
        for line in lines:
            line.recv()
        reading = gauges.read(owner_url, settings.data_dir).since(before)
        for line in lines:
            line.send("verify")  # comparing the books is no part of the day: the server is not charged for it
        lived: list[Lived] = [line.recv() for line in lines]
        return lived, reading


def _live(task: Task, line: Any, is_telling: bool) -> None:  # noqa: FBT001 - a process's arguments
    """One process: ready → go → lived → verify → what became of it."""
    services = connect(task.settings, task.app_url)
    play_day = _floor(task, services) if task.mode == "floor" else _day_of(task, services, is_telling=is_telling)
    atlas()
    calm_collector()
    line.send("ready")
    line.recv()
    lived = Lived()
    began, cpu_s = time.perf_counter(), time.process_time()
    finish = play_day(lived)
    lived.wall_s, lived.cpu_s = time.perf_counter() - began, time.process_time() - cpu_s
    line.send("lived")
    line.recv()
    finish(lived)
    line.send(lived)
    services.close()


Finish = Callable[[Lived], None]


def _day_of(task: Task, services: OpenInstallation, *, is_telling: bool) -> Callable[[Lived], Finish]:
    day = _day(task.orders, task.seed)
    world = MemoryWorld(services, day, _town(task.orders, task.seed, _bulk(task.owner_url, task.seed)))
    tape = Tape([[]])
    if task.mode == "taped":
        _record(services.database, tape)
    mill = Mill(services, rules=MillRules(batch=BATCH, owner=f"bench-{task.seed}"), caller=world)
    parts = _watch(mill, world)
    tick_s = max(DAY_S * AT_A_TIME // max(task.orders, AT_A_TIME), TICK_MIN_S)

    def told(now: datetime, run: Drive) -> None:
        if is_telling and run.ticks % 5 == 0:
            print(f"  {task.mode}: {now:%m-%d %H:%M}, {world.calls + world.callbacks:,} exchanges, {run.seconds:.0f} s", flush=True)

    def play_day(lived: Lived) -> Finish:
        drive(services, OwnMill(mill), world, day, progress=told, tick_s=tick_s, quiet_tick_s=tick_s)  # type: ignore[arg-type]  # the world stands in for a host
        lived.world_s, lived.door_s, lived.calls, lived.callbacks = world.cpu_s, world.door_cpu_s, world.calls, world.callbacks
        lived.parts_s = parts
        return lambda lived: _verify(services, world, lived, tape, task)

    return play_day


def _verify(services: OpenInstallation, world: MemoryWorld, lived: Lived, tape: Tape, task: Task) -> None:
    """All books agree, all invariants hold, nothing is left."""
    if task.mode == "taped":
        task.tape.write_bytes(pickle.dumps(tape))
    with services.database.transaction() as tx:
        found = differences(tx, world.books())
        counted = tx.execute("SELECT count(*), count(*) FILTER (WHERE state = 90) FROM sales_order").fetchone()
    broken = broken_invariants(services.database)
    if found or broken or counted is None:
        raise SystemExit(f"the day does not agree: {found[:3]} {[(one.invariant, one.rows[:1]) for one in broken]}")
    lived.orders, lived.delivered = counted


def _floor(task: Task, services: OpenInstallation) -> Callable[[Lived], Finish]:
    tape: Tape = pickle.loads(task.tape.read_bytes())
    known: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    def play_day(lived: Lived) -> Finish:
        del lived
        for transaction in filter(None, tape.phases[0]):
            with services.database.transaction() as tx:
                play(tx, transaction, known)
        return lambda _: None

    return play_day


def _record(database: Database, tape: Tape) -> None:
    """From now on every transaction of this database goes on the tape, in the order of their ends."""
    given = database.transaction

    @contextmanager
    def transaction(*, aside: bool = False) -> Iterator[Tx]:
        own = Tape([[[]]])
        with given(aside=aside) as tx:
            tx.cursor_factory = recording_cursor(own)
            try:
                yield tx
            finally:
                tx.cursor_factory = Cursor
        tape.phases[0].append(own.phases[0][0])

    database.transaction = transaction  # type: ignore[method-assign]


def _watch(mill: Mill, world: MemoryWorld) -> dict[str, float]:
    """CPU seconds of each part of the mill, without the simulators' share; filled in as it turns."""
    spent = dict.fromkeys(PARTS, 0.0)

    def watched(part: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **named: Any) -> Any:
            cpu_s, world_s = time.process_time(), world.cpu_s
            try:
                return act(*args, **named)
            finally:
                spent[part] += time.process_time() - cpu_s - (world.cpu_s - world_s)

        return timed

    for part in PARTS:
        setattr(mill, part, watched(part, getattr(mill, part)))
    return spent


if __name__ == "__main__":
    main()
