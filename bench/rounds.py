"""Runs rounds: copies the stage, sends the workers off together, reads the gauges around them, and checks the books afterwards."""

import argparse
import json
import multiprocessing
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import gauges
from msgspec import Struct, to_builtins
from stage import SKUS, Stage

from hands import Done, Task, work
from paidan.runtime.database import Database
from paidan.runtime.invariants import broken_invariants

BUCKETS = 64


class Round(Struct, kw_only=True):
    """One round: what the workers did, what the gauges read."""

    workers: list[Done]
    sent: list[Done]
    reading: gauges.Reading
    wall_s: float
    mix: dict[str, float]  # shares of the orders by what became of them

    def figures(self, orders: int) -> dict[str, float]:
        """Per order."""
        python_us = sum(done.cpu_s for done in self.workers) / orders * 1e6
        server_us = self.reading.server_cpu_s / orders * 1e6
        return {
            "orders_per_s": orders / self.wall_s,
            "python_us": python_us,
            "server_us": server_us,
            "cpu_us": python_us + server_us,
            "orders_per_s_by_cpu": 2e6 / (python_us + server_us),
            "rows": self.reading.rows / orders,
            "updates": self.reading.updates / orders,
            "hot_updates": self.reading.hot_updates / orders,
            "index_entries": self.reading.index_entries / orders,
            "fk_checks": self.reading.fk_checks / orders,
            "wal_bytes": self.reading.wal_bytes / orders,
        }


def options(what: str) -> argparse.Namespace:
    """What a bench may be told."""
    parser = argparse.ArgumentParser(prog=f"paidan bench {what}")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skus", type=int, default=SKUS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--profile", type=Path, help="write cProfile figures of the first worker of the first round to this file")
    return parser.parse_args()


def shares(workers: int) -> list[list[int]]:
    """Disjoint buckets for each worker."""
    return [list(range(start, BUCKETS, workers)) for start in range(workers)]


def play_round(stage: Stage, name: str, workers: int, mode: str, tapes: Path, profile: Path | None = None, *, check: bool = True) -> Round:
    """One round on a fresh copy of the stage."""
    context = multiprocessing.get_context("spawn")
    with stage.copy(name) as (owner_url, app_url):
        hands = []
        for n, buckets in enumerate(shares(workers)):
            ours, theirs = context.Pipe()
            task = Task(
                home=stage.settings.home, app_url=app_url, buckets=buckets, mode=mode, tape=tapes / f"{n}.tape", profile=None if n else profile
            )
            process = context.Process(target=work, args=(task, theirs))
            process.start()
            theirs.close()  # so that the end of a worker that dies is heard
            hands.append((process, ours))
        _all(hands, None)
        before = gauges.read(owner_url, stage.settings.data_dir)
        _all(hands, "pass")
        done: list[Done] = _all(hands, "release")  # what one worker plans may be released by another: they wait for each other in between
        reading = gauges.read(owner_url, stage.settings.data_dir).since(before)
        sent = [one for one in _all(hands[:1], "end") + [None for _ in _all(hands[1:], "end")] if one is not None]
        for process, _ in hands:
            process.join()
        if check:
            _check(app_url, name)
        mix = _mix(app_url)
    walls = [max(ends) - min(starts) for starts, ends in (zip(*spans, strict=True) for spans in zip(*(one.wall_s for one in done), strict=True))]
    return Round(workers=done, sent=sent, reading=reading, wall_s=sum(walls), mix=mix)


def _all(hands: Sequence[tuple[Any, Any]], word: str | None) -> list[Any]:
    """Tell all workers a word; their answers."""
    for _, line in hands:
        if word is not None:
            line.send(word)
    return [line.recv() for _, line in hands]


def _check(app_url: str, name: str) -> None:
    database = Database(app_url)
    broken = broken_invariants(database)
    database.close()
    if broken:
        raise SystemExit(f"{name} is broken: {[(one.invariant, one.rows[:1]) for one in broken]}")


MIX = """
SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM hold h WHERE h.order_id = o.id)),
       count(*) FILTER (WHERE EXISTS (SELECT FROM fulfilment f WHERE f.order_id = o.id AND f.merged_into_id IS NOT NULL)),
       count(*) FILTER (WHERE (SELECT count(*) FROM fulfilment f WHERE f.order_id = o.id) > 1), count(*)
FROM sales_order o"""


def _mix(app_url: str) -> dict[str, float]:
    database = Database(app_url)
    with database.transaction() as tx:
        held, merged, split, orders = tx.execute(MIX).fetchone() or (0, 0, 0, 1)
    database.close()
    return {"held": held / max(orders, 1), "merged into another's parcel": merged / max(orders, 1), "split": split / max(orders, 1)}


def middle(rounds: Sequence[Round], orders: int) -> dict[str, dict[str, float]]:
    """Median, least and most of each figure."""
    figures = [one.figures(orders) for one in rounds]
    return {
        name: {"median": median(f[name] for f in figures), "min": min(f[name] for f in figures), "max": max(f[name] for f in figures)}
        for name in figures[0]
    }


def show(title: str, figures: dict[str, dict[str, float]]) -> None:
    """Print a block of figures."""
    print(f"\n{title}")
    for name, spread in figures.items():
        print(f"  {name:<22}{spread['median']:>12,.1f}   ({spread['min']:,.1f} … {spread['max']:,.1f})")


def write(file: Path | None, data: dict[str, Any]) -> None:
    """The same as data."""
    if file is not None:
        file.write_text(json.dumps(to_builtins(data), ensure_ascii=False, indent=1))
