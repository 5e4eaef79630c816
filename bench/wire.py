"""The whole life of a day's orders over loopback HTTP: Paidan's API and workers on one side, the world's host on the other, CPU of each apart.

The day is the demo's: platforms polled, pushed, read in bulk and by webhooks; its books are compared at the end. Clock and CPU are taken from the
first instant of the day to the last: what comes before it (workers starting, master data), after (books compared) and beside it (the driver, asking
whether anything is left to do) is nobody's exchange.
The floor is the same kind of exchange with nothing in it: Paidan's own HTTP client, one thread, against the page of the API that says it is alive.

./paidan bench wire [--orders N] [--workers W] [--json FILE]
"""

import argparse
import json
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import gauges
import psutil

from paidan.entrypoints.demo.counting import compare_with_warehouses
from paidan.entrypoints.demo.drive import Drive, drive
from paidan.entrypoints.demo.drive_workers import crew
from paidan.entrypoints.demo.run import Plan, compare, logs_of, prepare, stage
from paidan.runtime import embedded
from paidan.runtime.http import HttpCaller
from paidan.runtime.settings import Settings
from paidan.world.town import TownConfig, day_of

TICK_S = 300
QUIET_TICK_S = 6 * 3600
FLOOR_CALLS = 2_000


def main() -> None:
    told = _options()
    home = Path(tempfile.mkdtemp(prefix="paidan-bench-"))
    settings = Settings(home=home, allow_loopback=True)
    try:
        figures = _wire(settings, told)
    finally:
        embedded.stop(settings.data_dir, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)
    _show(figures)
    if told.json:
        told.json.write_text(json.dumps(figures, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench wire")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tick-s", type=int, default=TICK_S, help="how far business time moves at least")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _wire(settings: Settings, told: argparse.Namespace) -> dict[str, Any]:
    print("wire: preparing …", flush=True)
    plan = Plan(orders=told.orders, tick_s=told.tick_s, orders_a_tick=1, quiet_tick_s=max(told.tick_s, QUIET_TICK_S))
    (settings.home / "demo").touch()
    with stage(settings, plan) as (services, host, town, installation):
        floor, floor_cpu_s = _floor(town)
        day = day_of(town)
        with crew(services, installation.app_url, count=told.workers, log_dir=logs_of(settings)) as labour:
            prepare(services, host, town, day, plan)
            labour.wait_until_ready()
            server, cpu, stats = gauges.read(installation.owner_url, settings.data_dir), _cpu(), host.stats()
            run = drive(
                services, labour, host, day, progress=_progress, tick_s=plan.tick_s, orders_a_tick=plan.orders_a_tick, quiet_tick_s=plan.quiet_tick_s
            )
            cpu_after, stats_after = _cpu(), host.stats()
            reading = gauges.read(installation.owner_url, settings.data_dir).since(server)
            compare_with_warehouses(services, host, labour, run)
        outcome = compare(services, host, day, run, stats_after)
    if outcome.faults:
        raise SystemExit(f"the day is not in order: {outcome.faults[:5]}")
    orders, before = outcome.figures["received"], stats["simulators"]
    calls = {name: seat["calls"] - before[name]["calls"] for name, seat in stats_after["simulators"].items()}
    exchanges = sum(calls.values()) + run.callbacks
    return {
        "orders": orders,
        "seconds": run.seconds,
        "orders_per_s": orders / run.seconds,
        "exchanges": exchanges,
        "callbacks": run.callbacks,
        "calls": calls,
        "exchanges_per_s": exchanges / run.seconds,
        "floor_per_s": floor,
        "floor_cpu_us": floor_cpu_s * 1e6,
        "api_s": cpu_after["api"] - cpu["api"],
        "workers_s": cpu_after["workers"] - cpu["workers"],
        "server_s": reading.server_cpu_s - reading.platform_cpu_s - reading.driver_cpu_s,
        "driver_s": reading.driver_cpu_s,
        "simulators_s": stats_after["cpu_s"] - stats["cpu_s"] + reading.platform_cpu_s,
    }


def _floor(town: TownConfig) -> tuple[float, float]:
    """Exchanges a second of the same client and the same server, about nothing; and the CPU seconds of one, of both."""
    caller = HttpCaller(allow_loopback=True, allow_plain=True)
    for _ in range(50):
        caller.call("GET", f"{town.paidan_url}/livez")
    began, spent = time.perf_counter(), time.process_time() + _cpu()["api"]
    for _ in range(FLOOR_CALLS):
        caller.call("GET", f"{town.paidan_url}/livez")
    spent = time.process_time() + _cpu()["api"] - spent
    return FLOOR_CALLS / (time.perf_counter() - began), spent / FLOOR_CALLS


def _progress(now: datetime, run: Drive) -> None:
    if run.ticks % 25 == 0:
        print(f"  {now:%m-%d %H:%M}, {run.callbacks:,} callbacks, {run.seconds:.0f} s", flush=True)


def _cpu() -> dict[str, float]:
    """CPU seconds of the API and of the workers under this process; the host tells its own."""
    spent = {"api": 0.0, "workers": 0.0}
    for child in psutil.Process().children(recursive=True):
        try:
            words, times = " ".join(child.cmdline()), child.cpu_times()
        except psutil.Error:
            continue
        if "granian" in words:
            spent["api"] += times.user + times.system
        elif "paidan.entrypoints.worker" in words:
            spent["workers"] += times.user + times.system
    return spent


def _show(figures: dict[str, Any]) -> None:
    ours = figures["api_s"] + figures["workers_s"] + figures["server_s"]
    each = ours / figures["exchanges"] * 1e6
    print(
        f"\nwire: {figures['orders']} orders, {figures['exchanges']:,.0f} exchanges in {figures['seconds']:.1f} s: "
        f"{figures['exchanges_per_s']:,.0f} exchanges/s, {figures['orders_per_s']:,.0f} orders/s\n"
        f"  {figures['callbacks']:,} callbacks; calls: {', '.join(f'{name} {count:,}' for name, count in figures['calls'].items())}\n"
        f"  CPU: API {figures['api_s']:.1f} s, workers {figures['workers_s']:.1f} s, server {figures['server_s']:.1f} s; "
        f"simulators {figures['simulators_s']:.1f} s; the driver's questions {figures['driver_s']:.1f} s of the server\n"
        f"  Paidan and server {each:,.0f} µs CPU an exchange: {2e6 / each:,.0f} exchanges/s by CPU of two cores\n"
        f"  floor (empty exchanges, one thread) {figures['floor_per_s']:,.0f}/s, {figures['floor_cpu_us']:,.0f} µs CPU each; "
        f"ratio to the floor {figures['exchanges_per_s'] / figures['floor_per_s']:.0%}, by CPU {figures['floor_cpu_us'] / each:.0%}"
    )


if __name__ == "__main__":
    main()
