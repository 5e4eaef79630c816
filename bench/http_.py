"""Single orders by POST, each answered when it is durable, and with `reserve=1` when its stock is held: answers a second, and how long they take.

./paidan bench http [--orders N] [--rounds R] [--connections C] [--skus N] [--json FILE]
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import gauges
import psutil
from counter import PATH, Counter, free_port, opened
from load import Shot, fire, request
from stage import SKUS

from hands import worker_steps
from paidan.entrypoints.installation import connect
from paidan.entrypoints.serving import PROCESSES, serve_in_child, wait_ready
from paidan.entrypoints.serving import command as serving_command
from paidan.runtime.collector import calm_collector
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.settings import Settings

DUPLICATES = 20  # one request in so many is an order posted a moment before
BATCH = 500
IDLE_S = 0.02


def main() -> None:
    told = _options()
    figures: dict[str, Any] = {}
    with _stage(told) as counter:
        figures["floor"] = _floor(counter, told)
        _show("floor: nothing checked, a row and a group commit", figures["floor"])
        figures["alone"] = _ours(counter, told, "a", PATH)
        _show("http: durable", figures["alone"], figures["floor"])
        figures["reserve"] = _ours(counter, told, "r", PATH + "&reserve=1")
        _show("http, reserve=1: durable and its stock held", figures["reserve"], figures["floor"])
    # Each on a stage of its own: the pipeline would work off what the rounds before had left, and they would be measured beside that.
    with _stage(told) as counter, _pipeline(counter):
        figures["with_pipeline"] = _ours(counter, told, "p", PATH)
        _show("http: durable, the pipeline running", figures["with_pipeline"], figures["floor"])
    with _stage(told) as counter, _pipeline(counter):
        figures["reserve_with_pipeline"] = _ours(counter, told, "q", PATH + "&reserve=1")
        _show("http, reserve=1, the pipeline running", figures["reserve_with_pipeline"], figures["floor"])
    if told.json:
        told.json.write_text(json.dumps(figures, indent=1))


@contextmanager
def _stage(told: argparse.Namespace) -> Iterator[Counter]:
    """A fresh installation; when its rounds are over, all invariants must hold."""
    with opened(max(told.orders // 4, 400), "http", skus=told.skus) as counter:
        yield counter
        broken = broken_invariants(counter.services.database)
        if broken:
            raise SystemExit(f"broken: {[(one.invariant, one.rows[:1]) for one in broken]}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench http")
    parser.add_argument("--orders", type=int, default=10_000, help="requests of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--processes", type=int, default=PROCESSES, help="API processes; `paidan up` starts as many unless told otherwise")
    parser.add_argument("--skus", type=int, default=SKUS)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _ours(counter: Counter, told: argparse.Namespace, mark: str, path: str) -> dict[str, dict[str, float]]:
    services = counter.services
    with serve_in_child(services.settings, counter.app_url, free_port(), processes=told.processes) as url:
        return _rounds(counter, told, lambda n: _requests(counter, f"{mark}{n}", url, path, told.orders), url)


def _requests(counter: Counter, mark: str, url: str, path: str, count: int) -> list[bytes]:
    numbers = [f"{mark}-{n if n % DUPLICATES else n - 1}" for n in range(1, count + 1)]
    return [request(url, path, counter.key, counter.body(n, number)) for n, number in enumerate(numbers)]


def _floor(counter: Counter, told: argparse.Namespace) -> dict[str, dict[str, float]]:
    port = free_port()
    place = {"BARE_URL": counter.owner_url, "BARE_SCHEMA": f"m_{counter.services.settings.merchant}", "PYTHONPATH": str(Path(__file__).parent)}
    command = [*serving_command("127.0.0.1", port, told.processes)[:-1], "bare:make_app"]
    with subprocess.Popen(command, env={**os.environ, **place}) as child:  # noqa: S603 - our own interpreter and module
        try:
            url = f"http://127.0.0.1:{port}"
            wait_ready(child, f"{url}/readyz")
            return _rounds(counter, told, lambda n: _requests(counter, f"f{n}", url, PATH, told.orders), url)
        finally:
            child.terminate()


def _rounds(counter: Counter, told: argparse.Namespace, requests: Callable[[int], list[bytes]], url: str) -> dict[str, dict[str, float]]:
    """Figures of all rounds, each with its median, least and most; a small round before them warms everything up."""
    fire(url, requests(-1)[: max(told.orders // 10, 64)], told.connections)
    rounds = []
    for n in range(told.rounds):
        before, api_s = gauges.read(counter.owner_url, counter.services.settings.data_dir), _api_cpu()
        shot = fire(url, requests(n), told.connections)
        api_us = (_api_cpu() - api_s) / told.orders * 1e6
        reading = gauges.read(counter.owner_url, counter.services.settings.data_dir).since(before)
        _expect_success(shot)
        server = {"server_us": reading.server_cpu_s / told.orders * 1e6, "wal_bytes": reading.wal_bytes / told.orders}
        rounds.append({**shot.figures(), "api_us": api_us, **server})
    return spread(rounds)


def spread(rounds: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Median, least and most of each figure."""
    columns = {name: [one[name] for one in rounds] for name in rounds[0]}
    return {name: {"median": median(values), "min": min(values), "max": max(values)} for name, values in columns.items()}


def _expect_success(shot: Shot) -> None:
    if any(status >= 300 for status in shot.by_status):  # noqa: PLR2004 - 2xx
        raise SystemExit(f"refused: {shot.by_status} {shot.bodies[:2]}")


def _api_cpu() -> float:
    """CPU seconds of the serving processes under this one."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if "granian" in " ".join(child.cmdline()):
                times = child.cpu_times()
                total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


def _show(title: str, figures: dict[str, dict[str, float]], floor: dict[str, dict[str, float]] | None = None) -> None:
    print(f"\n{title}")
    for name, spread in figures.items():
        print(f"  {name:<14}{spread['median']:>12,.1f}   ({spread['min']:,.1f} … {spread['max']:,.1f})")
    cpu_us = sum(figures[name]["median"] for name in ("generator_us", "api_us", "server_us"))
    print(f"  generator, API and server {cpu_us:,.0f} µs CPU: {2e6 / cpu_us:,.0f}/s by CPU of two cores")
    if floor is not None:
        print(f"  ratio to the floor {figures['per_s']['median'] / floor['per_s']['median']:.0%}", flush=True)


@contextmanager
def _pipeline(counter: Counter) -> Iterator[None]:
    """Passes and release in a process of its own, for the length of a block."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=_turn, args=(counter.services.settings, counter.app_url, stop))
    with ExitStack() as stack:
        process.start()
        stack.callback(process.join)
        stack.callback(stop.set)
        yield


def _turn(settings: Settings, app_url: str, stop: Any) -> None:
    services = connect(settings, app_url)
    steps = worker_steps(services)
    calm_collector()
    while not stop.is_set():
        taken = 0
        for step in steps:
            now = services.clock.now()
            with services.database.transaction() as tx:
                items = step.claim(tx, list(range(64)), BATCH, now)
                if items:
                    step.run(tx, items, now)
            taken += len(items)
        if not taken:
            time.sleep(IDLE_S)
    services.close()


if __name__ == "__main__":
    main()
