"""What workers and API take up in memory: under passes, under posted orders, and with many orders and SKUs stored.

The processes are those of `paidan up`. The floor is the same processes just started.

./paidan bench memory [--orders N] [--past N] [--skus N] [--workers W] [--json FILE]
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import gauges
import psutil
from counter import PATH, SHOP, Counter, free_port, opened
from load import fire, fire_here, request
from msgspec import Struct, structs
from scale import combinations, land_orders, make_past, more_masters
from stage import SKUS

from paidan.entrypoints.serving import PROCESSES, environment, serve_in_child
from paidan.network.load import Shop

SAMPLE_S = 0.1
POLL_S = 0.1
PATIENCE_S = 120.0
MIB = 2**20
LIMIT_MIB = 400


class Held(Struct, frozen=True, kw_only=True):
    """One phase, in MiB."""

    workers_pss: float
    worker_peak_rss: float
    api_pss: float
    api_peak_rss: float


def main() -> None:
    told = _options()
    figures: dict[str, dict[str, float]] = {}
    with opened(400, "memory", skus=min(told.skus, SKUS)) as counter, _house(counter, told.workers) as (url, workers, api):

        def phase(name: str, act: Callable[[], object]) -> None:
            held = _held_by(workers, api, act)
            figures[name] = structs.asdict(held)
            floor = figures["floor"]["workers_pss"] + figures["floor"]["api_pss"]
            print(
                f"  {name:<8} workers PSS {held.workers_pss:>7.0f} MiB in all, peak RSS of one {held.worker_peak_rss:>6.0f}; "
                f"API PSS {held.api_pss:>6.0f}, peak RSS {held.api_peak_rss:>6.0f}; "
                f"ratio to the floor {(held.workers_pss + held.api_pss) / floor:.2f}",
                flush=True,
            )

        shop = more_masters(counter, 0)
        phase("floor", lambda: time.sleep(1))
        phase("pass", lambda: _pass(counter, shop, told.orders, "M1"))
        phase("http", lambda: _http(counter, url, told.orders))
        more_masters(counter, told.skus)
        make_past(counter, shop, 0, told.past)
        phase("scale", lambda: _all_of_it(counter, shop, url, told.orders))
    peak = max(one["worker_peak_rss"] for one in figures.values())
    print(f"\nworker: peak RSS {peak:.0f} MiB, {'within' if peak <= LIMIT_MIB else 'ABOVE'} {LIMIT_MIB} MiB")
    if told.json:
        told.json.write_text(json.dumps(figures, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="paidan bench memory")
    parser.add_argument("--orders", type=int, default=10_000, help="orders of each phase")
    parser.add_argument("--past", type=int, default=1_000_000, help="orders stored in the last phase")
    parser.add_argument("--skus", type=int, default=500_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


@contextmanager
def _house(counter: Counter, count: int) -> Iterator[tuple[str, list[int], list[int]]]:
    """API and workers as `paidan up` starts them: (URL, pids of the workers, pids of the API)."""
    settings = counter.services.settings
    children: list[subprocess.Popen[bytes]] = []
    with serve_in_child(settings, counter.app_url, free_port(), processes=PROCESSES) as url:
        api = [child.pid for child in psutil.Process().children(recursive=True) if "granian" in " ".join(child.cmdline())]
        try:
            for _ in range(count):
                command = [sys.executable, "-m", "paidan.entrypoints.worker"]
                children.append(subprocess.Popen(command, env={**environment(settings, counter.app_url), "PAIDAN_LOG_LEVEL": "critical"}))  # noqa: S603 - our own interpreter and module
            yield url, [child.pid for child in children], api
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)


def _held_by(workers: list[int], api: list[int], act: Callable[[], object]) -> Held:
    """The highest of each while `act` runs, looked at ten times a second."""
    gauges.forget_peaks([*workers, *api])
    ended, seen = Event(), [(0, 0)]

    def look() -> None:
        while not ended.wait(SAMPLE_S):
            seen.append((gauges.memory(workers).pss, gauges.memory(api).pss))

    watcher = Thread(target=look)
    watcher.start()
    try:
        act()
    finally:
        ended.set()
        watcher.join()
    return Held(
        workers_pss=max(ours for ours, _ in seen) / MIB,
        worker_peak_rss=gauges.memory(workers).peak_rss / MIB,
        api_pss=max(theirs for _, theirs in seen) / MIB,
        api_peak_rss=gauges.memory(api).peak_rss / MIB,
    )


def _pass(counter: Counter, shop: Shop, orders: int, mark: str) -> None:
    land_orders(counter, shop, orders, mark)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with counter.services.database.transaction() as tx:
            if tx.execute("SELECT 1 FROM message WHERE state = 0 AND direction = 'i' LIMIT 1").fetchone() is None:
                return
        time.sleep(POLL_S)
    raise SystemExit(f"orders of {SHOP} were not taken up within {PATIENCE_S:.0f} s")


def _all_of_it(counter: Counter, shop: Shop, url: str, orders: int) -> None:
    _pass(counter, shop, orders, "M2")
    _lists(counter, url)


def _http(counter: Counter, url: str, orders: int) -> None:
    for mark, path in (("D", PATH), ("R", f"{PATH}&reserve=1")):
        shot = fire(url, [request(url, path, counter.key, counter.body(n, f"{mark}{n}")) for n in range(orders // 2)], 64)
        _expect(path, shot)


def _lists(counter: Counter, url: str) -> None:
    for path in combinations(counter).values():
        _expect(path, fire_here(url, [request(url, path, counter.key, b"", verb="GET")] * 4, 4))


def _expect(path: str, shot: Any) -> None:
    if any(status >= 300 for status in shot.by_status):  # noqa: PLR2004 - 2xx
        raise SystemExit(f"{path}: {shot.by_status}")


if __name__ == "__main__":
    main()
