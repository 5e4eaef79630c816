"""The same day once more, in a process beside: stock is told to the platforms late, and only the orders of scarce goods are played.

What platforms sell and no longer exists can only be scarce: orders without a scarce SKU change nothing about it. So the comparison is cheap.
"""

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from msgspec.structs import replace

from paidan.entrypoints.demo.drive import Drive
from paidan.entrypoints.demo.run import Plan, play, stop
from paidan.runtime.settings import Settings

TOLD = ("late_for_want_of_stock", "lost_sales", "backordered")  # what is compared
TELL_EVERY_S = 1.0
GRACE_S = 30.0

Figures = Mapping[str, int]


class DayBeside:
    """A day under way in its own process, with its own server and world."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe(duplex=False)
        self.settings = replace(settings, home=settings.home.with_name(f"{settings.home.name}-late"), database=f"{settings.database}_late")
        self._process = spawn.Process(target=_play, args=(self.settings, replace(plan, is_scarce_only=True), theirs), name="day beside")
        self._process.start()
        theirs.close()
        self.now: datetime | None = None
        self._figures: Figures | None = None

    def look(self) -> datetime | None:
        """How far it is, without waiting; None: not begun, or over."""
        while self._figures is None and self._line.poll():
            self._hear()
        return self.now

    def figures(self) -> Figures | None:
        """Wait for its end. None: it failed, as its own lines above tell."""
        try:
            while self._figures is None:
                self._hear()
        except EOFError:
            pass
        self._process.join()
        return self._figures

    def end(self) -> None:
        """Stop it wherever it is, and its server."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(GRACE_S)
        stop(self.settings)

    def _hear(self) -> None:
        word = self._line.recv()
        if isinstance(word, datetime):
            self.now = word
        else:
            self.now, self._figures = None, word


@contextmanager
def day_beside(settings: Settings, plan: Plan) -> Iterator[DayBeside]:
    """The day with late pushes, beside the block."""
    day = DayBeside(settings, plan)
    try:
        yield day
    finally:
        day.end()


def _play(settings: Settings, plan: Plan, line: Connection) -> None:
    told_at = 0.0

    def progress(now: datetime, run: Drive) -> None:
        nonlocal told_at
        del run
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            line.send(now)

    figures: dict[str, Any] = play(settings, plan, progress).figures
    line.send({name: figures[name] for name in TOLD})
