"""Shows a demo: progress while it runs, the closing table, where to look afterwards."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from paidan.entrypoints.demo.drive import Drive
from paidan.entrypoints.demo.run import OPENS_AT, Outcome, Plan, home_of, play, stage, stop
from paidan.entrypoints.demo.run import play_on as play_on_stage
from paidan.runtime.settings import Settings

console = Console()
LATE_PUSH_S = 60
DAY_S = 86_400
MEBIBYTE = 1 << 20
LINE_EVERY_S = 15.0


class Memory:
    """The greatest sum of PSS of this process and its children, sampled while progress is shown."""

    def __init__(self, every_s: float = 5.0) -> None:
        self._every_s = every_s
        self._looked_at = 0.0
        self.peak_bytes = 0

    def look(self) -> None:
        """Take a sample, at most every few seconds."""
        if time.monotonic() - self._looked_at < self._every_s:
            return
        self._looked_at = time.monotonic()
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        self.peak_bytes = max(self.peak_bytes, sum(_pss(process) for process in family))


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        return 0


def run_demo(
    settings: Settings,
    *,
    orders: int,
    seed: int,
    headless: bool,
    check: bool,
    json_file: Path | None,
    compare: bool,
    short_share: float,
) -> int:
    """Play, show, and (unless headless) stay up. Gives the exit code."""
    home = home_of(settings, "demo")
    plan = Plan(orders=orders, seed=seed, short_share=short_share)
    memory = Memory()
    late: Outcome | None = None
    try:
        if compare:
            late = _with_progress("60 s late", orders, home, msgspec.structs.replace(plan, push_delay_s=LATE_PUSH_S), memory)
        if headless:
            outcome = _with_progress("the day", orders, home, plan, memory)
            code = _finish(outcome, late, memory, json_file, is_checked=check)
        else:
            code = _stay_up(home, plan, late, memory, json_file, is_checked=check)
    finally:
        stop(home)
    return code


def _with_progress(name: str, orders: int, home: Settings, plan: Plan, memory: Memory) -> Outcome:
    with _bar() as bar:
        task = bar.add_task(name, total=DAY_S, clock="", note=f"{orders} orders")
        return play(home, plan, _progress(bar, task, memory))


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[clock]}"),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, refresh_per_second=2)


def _progress(bar: Progress, task: Any, memory: Memory) -> Any:
    """Moves the bar; where there is no terminal to draw on, a line now and then."""
    told_at = time.monotonic()

    def show(now: datetime, run: Drive) -> None:
        nonlocal told_at
        memory.look()
        past = (now - OPENS_AT).total_seconds()
        note = f"{run.work.get('orders.orders_new', 0)} orders, {run.callbacks} callbacks"
        bar.update(task, completed=min(past, DAY_S), clock=f"{now:%m-%d %H:%M} UTC", note=note)
        if not console.is_terminal and time.monotonic() - told_at >= LINE_EVERY_S:
            told_at = time.monotonic()
            console.print(f"{now:%m-%d %H:%M} UTC · {note} · {run.seconds:.0f} s", highlight=False)

    return show


def _finish(outcome: Outcome, late: Outcome | None, memory: Memory, json_file: Path | None, *, is_checked: bool) -> int:
    figures = {**outcome.figures, "memory_peak_mib": memory.peak_bytes // MEBIBYTE, "faults": outcome.faults}
    if late is not None:
        figures["pushes_60_s_late"] = {key: late.figures[key] for key in ("late_for_want_of_stock", "lost_sales", "backordered", "received")}
    console.print(table(figures))
    for fault in outcome.faults:
        console.print(f"[red]✗[/] {fault}", highlight=False)
    for difference in outcome.differences[:20]:
        console.print(f"    {difference.subject} {difference.key}: they say {difference.theirs}, we say {difference.ours}", highlight=False)
    if not outcome.faults:
        console.print("[green]✓[/] every order is at an end or waits for a reason; all invariants hold; platforms, warehouses and carriers agree")
    if json_file is not None:
        differences = [msgspec.to_builtins(difference) for difference in outcome.differences]
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode({**figures, "differences": differences}), indent=2))
    return 1 if is_checked and outcome.faults else 0


def table(figures: Mapping[str, Any]) -> Table:
    """The closing table."""
    shown = Table(title="The day in figures · 一天的数字", show_header=False)
    for name, value in figures.items():
        if name in {"work", "faults"}:
            continue
        text = ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        if isinstance(value, list):
            text = "; ".join(" ".join(f"{part}" for part in (row.values() if isinstance(row, dict) else row)) for row in value)
        shown.add_row(name.replace("_", " "), str(text))
    return shown


def _stay_up(home: Settings, plan: Plan, late: Outcome | None, memory: Memory, json_file: Path | None, *, is_checked: bool) -> int:
    with stage(home, plan) as (services, host, town, _):
        with _bar() as bar:
            task = bar.add_task("the day", total=DAY_S, clock="", note=f"{plan.orders} orders")
            outcome = play_on_stage(services, host, town, plan, _progress(bar, task, memory))
        code = _finish(outcome, late, memory, json_file, is_checked=is_checked)
        with services.database.transaction() as tx:
            row = tx.execute("SELECT order_no FROM sales_order ORDER BY id DESC LIMIT 1").fetchone()
        console.print(f"\nPaidan is up at [bold]{town.paidan_url}/[/] (API under /api/v1). Ctrl-C ends it.", highlight=False)
        if row:
            console.print(f"Next: PAIDAN_HOME={home.home} ./paidan explain {row[0]}   ·   PAIDAN_HOME={home.home} ./paidan check", highlight=False)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return code
