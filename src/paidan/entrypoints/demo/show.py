"""Shows a demo: progress while it runs, the closing table, where to look afterwards."""

import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import msgspec
import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from paidan.entrypoints.demo.beside import DayBeside, day_beside
from paidan.entrypoints.demo.drive import Drive
from paidan.entrypoints.demo.living import living
from paidan.entrypoints.demo.run import OPENS_AT, Outcome, Plan, home_of, labour_of, play, stage, stop
from paidan.entrypoints.demo.run import play_on as play_on_stage
from paidan.entrypoints.up import greet_first_person
from paidan.runtime import embedded
from paidan.runtime.settings import Settings

console = Console()
LATE_PUSH_S = 60
MILLS = 2  # as many as a small machine has cores
DAY_S = 86_400
MEBIBYTE = 1 << 20
LINE_EVERY_S = 15.0
WATCH = "sign in and watch the day's orders come in (登录后可看着订单进来)."


class Memory:
    """The greatest sum of PSS of this process, its children and the embedded servers, sampled from entering to leaving."""

    def __init__(self, homes: Sequence[Settings], every_s: float = 5.0) -> None:
        self._homes = homes
        self._every_s = every_s
        self._is_over = Event()
        self._sampler = Thread(target=self._sample, name="memory", daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._sampler.join()

    def _sample(self) -> None:
        while not self._is_over.wait(self._every_s):
            servers = [pid for home in self._homes if (pid := embedded.server_pid(home.data_dir)) is not None]
            family = {process.pid: process for pid in (None, *servers) for process in _family(pid)}
            self.peak_bytes = max(self.peak_bytes, sum(_pss(process) for process in family.values()))


def _family(pid: int | None) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.Error:
        return []


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
    plan = Plan(orders=orders, seed=seed, short_share=short_share, mills=MILLS)
    late_plan = msgspec.structs.replace(plan, push_delay_s=LATE_PUSH_S, orders_a_tick=1, mills=1)
    try:
        with day_beside(home, late_plan) if compare else nullcontext() as late:
            memory = Memory([home] if late is None else [home, late.settings])
            if headless:
                with memory, _bar() as bar:
                    outcome = play(home, plan, _progress(bar, _task(bar, plan), late))
                return _finish(outcome, late, memory, json_file, is_checked=check)
            return _stay_up(home, plan, late, memory, json_file, is_checked=check)
    finally:
        stop(home)


def _task(bar: Progress, plan: Plan) -> TaskID:
    return bar.add_task("the day", total=DAY_S, clock="", note=f"{plan.orders} orders")


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[clock]}"),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, refresh_per_second=2)


def _progress(bar: Progress, task: TaskID, late: DayBeside | None) -> Any:
    """Moves the bar; where there is no terminal to draw on, a line now and then."""
    told_at = time.monotonic()

    def show(now: datetime, run: Drive) -> None:
        nonlocal told_at
        past = (now - OPENS_AT).total_seconds()
        note = f"{run.work.get('orders.orders_new', 0)} orders, {run.callbacks} callbacks"
        if late is not None and (there := late.look()) is not None:
            note += f" (pushes {LATE_PUSH_S} s late: {there:%m-%d %H:%M})"
        bar.update(task, completed=min(past, DAY_S), clock=f"{now:%m-%d %H:%M} UTC", note=note)
        if not console.is_terminal and time.monotonic() - told_at >= LINE_EVERY_S:
            told_at = time.monotonic()
            console.print(f"{now:%m-%d %H:%M} UTC · {note} · {run.seconds:.0f} s", highlight=False)

    return show


def _finish(outcome: Outcome, late: DayBeside | None, memory: Memory, json_file: Path | None, *, is_checked: bool) -> int:
    figures = {**outcome.figures, "memory_peak_mib": memory.peak_bytes // MEBIBYTE}
    faults = list(outcome.faults)
    if late is not None:
        if late.look() is not None:
            console.print(f"Waiting for the same day with pushes {LATE_PUSH_S} s late …")
        beside = late.outcome()
        figures["pushes_60_s_late"] = beside.figures
        faults += [f"the same day with pushes {LATE_PUSH_S} s late: {fault}" for fault in beside.faults]
    figures["faults"] = faults
    console.print(table(figures))
    for fault in faults:
        console.print(f"[red]✗[/] {fault}", highlight=False)
    for difference in outcome.differences[:20]:
        console.print(f"    {difference.subject} {difference.key}: they say {difference.theirs}, we say {difference.ours}", highlight=False)
    if not faults:
        console.print(
            "[green]✓[/] every order is at an end or waits for a reason; all invariants hold; platforms, warehouses and carriers agree; "
            "warehouse counts differing: 0"
        )
    if json_file is not None:
        differences = [msgspec.to_builtins(difference) for difference in outcome.differences]
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode({**figures, "differences": differences}), indent=2))
    return 1 if is_checked and faults else 0


WORDS = {
    "received": "received · 收到",
    "deduplicated": "deduplicated (told again, kept once) · 去重",
    "held_by_cause": "held, by cause · 挂起",
    "merged": "merged into another's parcel · 合单",
    "split": "split · 拆单",
    "backordered": "backordered for a time · 曾缺货",
    "released": "released · 已下发",
    "shipped": "shipped · 已发货",
    "delivered": "delivered · 已签收",
    "cancelled": "cancelled · 已取消",
    "released_untouched_share": "released without a human touch · 无人干预率",
    "released_untouched_expected": "… expected from the planted causes · 预期",
    "paid_to_released_p50_s": "paid → released, p50 (s) · 付款到下发",
    "paid_to_released_p95_s": "paid → released, p95 (s)",
    "shipped_before_deadline_share": "shipped before deadline · 按时发货率",
    "freight_cny": "freight (CNY) · 运费",
    "orders_per_s": "orders/s",
    "calls_per_s": "calls/s",
    "reserved_above_on_hand": "(a) reserved above on hand · 占用超过在库",
    "late_for_want_of_stock": "(b) paid, late: the platform sold what we no longer had · 超卖致延误",
    "lost_sales": "buyers turned away by what shops showed · 未成交",
    "warehouse_counts_differing": "warehouse counts differing · 仓库对账差异",
}
APART = frozenset({"reserved_above_on_hand", "states"})  # a line above these


def table(figures: Mapping[str, Any]) -> Table:
    """The closing table: what the day came to, then (a) and (b) apart, then the rest. The day with late pushes stands beside (b)."""
    shown = Table(title="The day in figures · 一天的数字", show_header=False)
    late = figures.get("pushes_60_s_late") or {}
    for name, value in figures.items():
        if name in {"work", "faults", "pushes_60_s_late"}:
            continue
        if name in APART:
            shown.add_section()
        text = _text(value)
        if name in late:
            text += f"   (with pushes 60 s late: {late[name]})"
        shown.add_row(WORDS.get(name, name.replace("_", " ")), text)
    return shown


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items())
    if isinstance(value, list):
        return "; ".join(" ".join(f"{part}" for part in (row.values() if isinstance(row, dict) else row)) for row in value)
    return str(value)


def _stay_up(home: Settings, plan: Plan, late: DayBeside | None, memory: Memory, json_file: Path | None, *, is_checked: bool) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a supervisor as by Ctrl-C: no process is left
    with stage(home, plan) as (services, host, town, installation):
        greet_first_person(home, installation.app_url, must_change=False)
        console.print(f"Paidan is up at [bold]{town.paidan_url}/[/]: {WATCH}\n", highlight=False)
        with memory, _bar() as bar, labour_of(services, installation, plan) as labour:
            outcome = play_on_stage(services, host, town, plan, _progress(bar, _task(bar, plan), late), labour)
        code = _finish(outcome, late, memory, json_file, is_checked=is_checked)
        with services.database.transaction() as tx:
            row = tx.execute("SELECT order_no FROM sales_order ORDER BY id DESC LIMIT 1").fetchone()
        console.print(
            f"\nPaidan stays up at [bold]{town.paidan_url}/[/] (API under /api/v1; the password is told above). Ctrl-C ends it.", highlight=False
        )
        if row:
            console.print(f"Next: PAIDAN_HOME={home.home} ./paidan explain {row[0]}   ·   PAIDAN_HOME={home.home} ./paidan check", highlight=False)
        try:
            with living(services, host):
                while True:
                    time.sleep(3600)
        except KeyboardInterrupt:
            return code
