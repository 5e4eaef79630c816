"""Everybody wants one thing: one-unit orders for fewer units of one SKU, through four connections at once and over HTTP; and two SKUs, crossed.

./paidan bench hot-sku [--orders N] [--units U] [--connections C] [--rounds R] [--skus N] [--json FILE]
"""

import argparse
import json
import multiprocessing
import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import gauges
import msgspec
import psycopg
from counter import PATH, SHOP, Counter, free_port, opened
from load import fire, request
from msgspec import Struct
from stage import NOW, SKUS, Stage
from tape import Tape, play, recording_cursor

from hands import worker_steps
from paidan.catalog.masters import write_skus
from paidan.catalog.rows import SkuRow
from paidan.channels.platform import RawOrder
from paidan.entrypoints.installation import OpenInstallation, connect
from paidan.entrypoints.serving import PROCESSES, serve_in_child
from paidan.intake.landing import land
from paidan.network.load import read_network
from paidan.parties.addresses.divisions import atlas
from paidan.pipeline import OrderPass
from paidan.runtime.collector import calm_collector
from paidan.runtime.copying import Cursor
from paidan.runtime.database import Database
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.settings import Settings
from paidan.sourcing.waking import wake
from paidan.stock.opening import OpeningRow, write_opening

HOT = ("HOT-A", "HOT-B")
BATCH = 500
LAND = 2000
REST_S = 0.05
SOON_S = 10  # an order due later than this waits for a person or a date, not for a lock
HELD = 201
VARIANTS = {"one SKU": (("HOT-A",), ("HOT-A",)), "two SKUs, crossed": (("HOT-A", "HOT-B"), ("HOT-B", "HOT-A"))}


class Rush(Struct, kw_only=True):
    """What a rush came to."""

    wall_s: float
    cpu_us: float  # per order, ours and the server's
    served: int
    reserved: int
    deadlocks: int


def main() -> None:
    told = _options()
    figures: dict[str, Any] = {}
    for variant, lines in VARIANTS.items():
        with _stage(told, lines) as (stage, counter), TemporaryDirectory() as folder:
            tapes = Path(folder)
            _rush(stage, told, "taped", "taped", tapes)
            rushes = [_rush(stage, told, f"rush_{n}", "plain", tapes) for n in range(told.rounds)]
            floors = [_rush(stage, told, f"floor_{n}", "floor", tapes) for n in range(told.rounds)]
            figures[variant] = _told(variant, told, rushes, floors)
            with _copied(stage, counter, "http") as (owner_url, app_url):
                figures[f"{variant}, over HTTP"] = _over_http(counter, owner_url, app_url, told, lines)
    if told.json:
        told.json.write_text(json.dumps(figures, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench hot-sku")
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skus", type=int, default=SKUS, help="SKUs of the catalogue around the one")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _told(variant: str, told: argparse.Namespace, rushes: Sequence[Rush], floors: Sequence[Rush]) -> dict[str, Any]:
    for rush in rushes:
        _expect(variant, told, rush)
    rates, floor_rates = ([told.orders / rush.wall_s for rush in some] for some in (rushes, floors))
    cpu, floor_cpu = (median(rush.cpu_us for rush in some) for some in (rushes, floors))
    rate, floor_rate = median(rates), median(floor_rates)
    print(
        f"\n{variant}: {told.orders} orders for {told.units} units, {told.connections} connections\n"
        f"  decisions/s {rate:,.0f}   ({min(rates):,.0f} … {max(rates):,.0f}); by CPU of two cores {2e6 / cpu:,.0f}\n"
        f"  floor/s     {floor_rate:,.0f}   ({min(floor_rates):,.0f} … {max(floor_rates):,.0f}); by CPU of two cores {2e6 / floor_cpu:,.0f}\n"
        f"  ratio to the floor {rate / floor_rate:.0%} by the clock, {floor_cpu / cpu:.0%} by CPU\n"
        f"  served exactly {told.units} in each of {len(rushes)} rounds, deadlocks 0",
        flush=True,
    )
    return {
        "decisions_per_s": rates,
        "floor_per_s": floor_rates,
        "cpu_us": cpu,
        "floor_cpu_us": floor_cpu,
        "served": [rush.served for rush in rushes],
    }


def _expect(variant: str, told: argparse.Namespace, rush: Rush) -> None:
    if rush.served != min(told.units, told.orders) or rush.deadlocks:
        raise SystemExit(f"{variant}: served {rush.served} of {told.units} units, {rush.deadlocks} deadlocks")


@contextmanager
def _stage(told: argparse.Namespace, lines: tuple[tuple[str, ...], tuple[str, ...]]) -> Iterator[tuple[Stage, Counter]]:
    with opened(400, "hot-sku", skus=told.skus) as counter:
        services = counter.services
        with services.database.transaction() as tx:
            write_skus(tx, services.ids, [SkuRow(code=code, name=code, weight_g=300) for code in HOT], NOW)
            # Where everybody at home is served from: else a unit might be left that none of those who are short may have.
            warehouses = [warehouse.code for warehouse in counter.day.warehouses if {"CN", "*"} & set(warehouse.serves)][:4]
            shares = [told.units // len(warehouses) + (n < told.units % len(warehouses)) for n in range(len(warehouses))]
            rows = [OpeningRow(warehouse_code=at, sku_code=code, quantity=n) for at, n in zip(warehouses, shares, strict=True) for code in HOT if n]
            write_opening(tx, services.ids, rows, NOW)
            shop = read_network(tx, 0).shop_by_code(SHOP)
        if shop is None:
            raise LookupError(SHOP)
        raws = [RawOrder(business_key=f"H{n}", body=_body(counter, lines, n, f"H{n}"), version_at=NOW) for n in range(told.orders)]
        for start in range(0, told.orders, LAND):
            with services.database.transaction() as tx:
                land(tx, services.ids, services.sealer, shop, raws[start : start + LAND], NOW, "bench")
        services.database.close()
        with psycopg.connect(counter.owner_url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
        yield (
            Stage(
                settings=services.settings,
                owner_url=counter.owner_url,
                app_url=counter.app_url,
                orders=told.orders,
                lines=told.orders * len(lines[0]),
                skus=2,
                warehouses=4,
                body_bytes=len(raws[0].body),
            ),
            counter,
        )


def _body(counter: Counter, lines: tuple[tuple[str, ...], tuple[str, ...]], n: int, order_no: str) -> bytes:
    basket = [{"merchant_code": code, "title": code, "quantity": 1, "price": "99.00"} for code in lines[n % 2]]
    return msgspec.json.encode({**counter.bodies[n % len(counter.bodies)], "lines": basket, "order_no": order_no})


@contextmanager
def _copied(stage: Stage, counter: Counter, name: str) -> Iterator[tuple[str, str]]:
    """A copy of the stage without the landed messages, for orders that come over HTTP."""
    del counter
    with stage.copy(name) as (owner_url, app_url):
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM m_{stage.settings.merchant}.message".encode())
        yield owner_url, app_url


def _over_http(
    counter: Counter, owner_url: str, app_url: str, told: argparse.Namespace, lines: tuple[tuple[str, ...], tuple[str, ...]]
) -> dict[str, Any]:
    settings = counter.services.settings
    with serve_in_child(settings, app_url, free_port(), processes=PROCESSES) as url:
        path = f"{PATH}&reserve=1"
        warm = [request(url, path, counter.key, counter.body(n, f"W{n}")) for n in range(64)]
        requests = [request(url, path, counter.key, _body(counter, lines, n, f"P{n}")) for n in range(told.orders)]
        fire(url, warm, 64)
        before = gauges.read(owner_url, settings.data_dir)
        shot = fire(url, requests, 64)
        server_us = gauges.read(owner_url, settings.data_dir).since(before).server_cpu_s / told.orders * 1e6
    rush = _counted(owner_url, app_url, shot.wall_s, 0.0)
    if rush.served != shot.by_status.get(HELD, 0):
        raise SystemExit(f"over HTTP: {rush.served} orders served, {shot.by_status} answered")
    _expect("over HTTP", told, rush)
    found = shot.figures()
    print(
        f"  over HTTP, 64 connections: {found['per_s']:,.0f}/s, p50 {found['p50_ms']:.0f} ms, p99 {found['p99_ms']:.0f} ms, "
        f"server {server_us:.0f} µs an order; {shot.by_status.get(HELD, 0)} held, deadlocks 0",
        flush=True,
    )
    return {**found, "server_us": server_us, "held": shot.by_status.get(HELD, 0)}


def _rush(stage: Stage, told: argparse.Namespace, name: str, mode: str, tapes: Path) -> Rush:
    """All connections at once, each with its own buckets, until nothing is left to decide."""
    context = multiprocessing.get_context("spawn")
    with stage.copy(name) as (owner_url, app_url), ExitStack() as stack:
        if mode == "floor":
            _let_sums_be(owner_url, stage.settings.merchant)
        lines = []
        for n in range(told.connections):
            ours, theirs = context.Pipe()
            buckets = list(range(n, 64, told.connections))
            process = context.Process(target=_decide, args=(stage.settings, app_url, buckets, mode, tapes / f"{n}.tape", theirs))
            process.start()
            stack.callback(_end, process)
            theirs.close()
            lines.append(ours)
        for line in lines:
            line.recv()
        before = gauges.read(owner_url, stage.settings.data_dir)
        began = time.perf_counter()
        for line in lines:
            line.send("go")
        cpu_s = sum(line.recv() for line in lines)
        wall_s = time.perf_counter() - began
        cpu_s += gauges.read(owner_url, stage.settings.data_dir).since(before).server_cpu_s
        if mode != "floor":
            _wake_the_rest(stage, app_url)
        # The floor decides nothing: what it writes in another order than it was recorded need not add up.
        rush = _counted(owner_url, app_url, wall_s, cpu_s / told.orders * 1e6, is_checked=mode != "floor")
        for line in lines:
            line.send("end")
        print(f"  {name}: {told.orders / wall_s:,.0f}/s", flush=True)
        return rush


def _wake_the_rest(stage: Stage, app_url: str) -> None:
    """Orders told that there was none, while others who went around still had a claim to it: a worker wakes them. Outside of the watch."""
    services = connect(stage.settings, app_url)
    step, _ = worker_steps(services)
    while True:
        with services.database.transaction() as tx:
            if not wake(tx, services.clock.now()):
                break
        _until_decided(services, step, list(range(64)), None)
    services.close()


def _let_sums_be(owner_url: str, merchant: str) -> None:
    """The floor adds and takes away without looking, and not in the order of the record: sums may be below zero for a moment."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in ("balance", "demand"):
            found = owner.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", (f"m_{merchant}.{table}",))
            for (name,) in found.fetchall():
                owner.execute(f'ALTER TABLE m_{merchant}.{table} DROP CONSTRAINT "{name}"'.encode())


def _end(process: Any) -> None:
    """It ends by itself within a moment, unless something has gone wrong here."""
    process.join(10)
    process.kill()


def _counted(owner_url: str, app_url: str, wall_s: float, cpu_us: float, *, is_checked: bool = True) -> Rush:
    """What the books say: orders served, units held, deadlocks the server has seen; all invariants hold."""
    database = Database(app_url)
    with database.transaction() as tx:
        hot = (
            "SELECT count(*) FROM sales_order o WHERE o.state BETWEEN 50 AND 60 AND EXISTS (SELECT 1 FROM order_line l JOIN sku k ON k.id = l.sku_id"
        )
        served = tx.execute(f"{hot} WHERE l.order_id = o.id AND k.code LIKE 'HOT-%')".encode()).fetchone()
        reserved = tx.execute("SELECT SUM(reserved_hard)::bigint FROM balance b JOIN sku k ON k.id = b.sku_id WHERE k.code LIKE 'HOT-%'").fetchone()
    broken = broken_invariants(database) if is_checked else []
    database.close()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        deadlocks = owner.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    if broken or served is None or reserved is None or deadlocks is None:
        raise SystemExit(f"broken: {[(one.invariant, one.rows[:1]) for one in broken]}")
    return Rush(wall_s=wall_s, cpu_us=cpu_us, served=served[0], reserved=reserved[0], deadlocks=deadlocks[0])


def _decide(settings: Settings, app_url: str, buckets: list[int], mode: str, tape_file: Path, line: Any) -> None:
    """One connection's process: ready → go → end."""
    services = connect(settings, app_url)
    step, _ = worker_steps(services)
    tape = pickle.loads(tape_file.read_bytes()) if mode == "floor" else Tape([[]])
    atlas()
    calm_collector()
    line.send("ready")
    line.recv()
    cpu_s = time.process_time()
    if mode == "floor":
        known: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        for transaction in filter(None, tape.phases[0]):
            with services.database.transaction() as tx:
                play(tx, transaction, known)
    else:
        _until_decided(services, step, buckets, tape if mode == "taped" else None)
    line.send(time.process_time() - cpu_s)
    if mode == "taped":
        tape_file.write_bytes(pickle.dumps(tape))
    line.recv()
    services.close()


def _until_decided(services: OpenInstallation, step: OrderPass, buckets: list[int], tape: Tape | None) -> None:
    """Pass after pass; an order whose stock was taken meanwhile looks again a second later, and is waited for."""
    while True:
        now = services.clock.now()
        with services.database.transaction() as tx:
            if tape is not None:
                tape.phases[0].append([])
                tx.cursor_factory = recording_cursor(tape)
            try:
                items = step.claim(tx, buckets, BATCH, now)
                if items:
                    step.run(tx, items, now)
                else:
                    soon = (buckets, now + timedelta(seconds=SOON_S))
                    if tx.execute("SELECT 1 FROM sales_order WHERE bucket = ANY(%s) AND due_at < %s LIMIT 1", soon).fetchone() is None:
                        return
            finally:
                tx.cursor_factory = Cursor
        if not items:
            time.sleep(REST_S)


if __name__ == "__main__":
    main()
