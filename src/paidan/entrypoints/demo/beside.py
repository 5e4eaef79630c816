"""The same day once more, in a process beside: stock is told to the platforms late, and only the orders of scarce goods are played.

What platforms sell and no longer exists can only be scarce: orders without a scarce SKU change nothing about it. So the comparison is cheap.
"""

import multiprocessing
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from paidan.entrypoints.demo.drive import Drive
from paidan.entrypoints.demo.run import Plan, play, stop
from paidan.runtime.settings import Settings

TOLD = ("late_for_want_of_stock", "lost_sales", "backordered")  # what is compared
TELL_EVERY_S = 1.0
GRACE_S = 30.0

Figures = Mapping[str, int]


class Late(Struct, frozen=True, kw_only=True):
    """What came of the day beside: what is compared (nothing when it failed), and why it is not in order."""

    figures: Figures = {}
    faults: tuple[str, ...] = ()


class DayBeside:
    """A day under way in its own process, with its own server and world."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe(duplex=False)
        self.settings = replace(settings, home=settings.home.with_name(f"{settings.home.name}-late"), database=f"{settings.database}_late")
        self.log_file = self.settings.home.with_name(f"{self.settings.home.name}.log")
        self.log_file.unlink(missing_ok=True)
        self._process = spawn.Process(
            target=_play, args=(self.settings, replace(plan, is_scarce_only=True), theirs, self.log_file), name="day beside"
        )
        self._process.start()
        theirs.close()
        self.now: datetime | None = None
        self._late: Late | None = None

    def look(self) -> datetime | None:
        """How far it is, without waiting; None: not begun, or over."""
        while self._late is None and self._line.poll():
            self._hear()
        return self.now

    def outcome(self) -> Late:
        """Wait for its end. A day that failed has a fault that says so, and where its own words are."""
        while self._late is None:
            self._hear()
        self._process.join()
        return self._late

    def end(self) -> None:
        """Stop it wherever it is, and its server."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(GRACE_S)
        stop(self.settings)

    def _hear(self) -> None:
        try:
            word = self._line.recv()
        except EOFError:
            self._process.join()
            where = f"see {self.log_file}" if self.log_file.exists() else "it left no word"
            word = Late(faults=(f"it ended with code {self._process.exitcode} before its end: {where}",))
        if isinstance(word, datetime):
            self.now = word
        else:
            self.now, self._late = None, word


@contextmanager
def day_beside(settings: Settings, plan: Plan) -> Iterator[DayBeside]:
    """The day with late pushes, beside the block."""
    day = DayBeside(settings, plan)
    try:
        yield day
    finally:
        day.end()


def _play(settings: Settings, plan: Plan, line: Connection, log_file: Path) -> None:
    """What goes wrong is kept in `log_file`, outside the home, which the next day wipes."""
    told_at = 0.0

    def progress(now: datetime, run: Drive) -> None:
        nonlocal told_at
        del run
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            line.send(now)

    try:
        outcome = play(settings, plan, progress)
    except BaseException:
        log_file.write_text(traceback.format_exc(), encoding="utf-8")
        raise
    line.send(Late(figures={name: outcome.figures[name] for name in TOLD}, faults=tuple(outcome.faults)))
