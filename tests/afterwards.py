"""The world after a played day: time passes when a test says so, and all that is due on either side is done before it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from paidan.entrypoints.demo.drive import set_clock
from paidan.entrypoints.mill import Mill
from paidan.entrypoints.pictures import PlayedDay

ROUNDS_MAX = 200


class World:
    """Our side and theirs; `query` speaks with the database."""

    def __init__(self, day: PlayedDay, mill: Mill) -> None:
        self._day = day
        self._mill = mill

    @property
    def now(self) -> datetime:
        """The business clock."""
        return self._day.services.clock.now()

    def later(self, **delta: float) -> None:
        """Let time pass (hours=5), then work until nothing is due. Words that come at one instant may cause more at the same."""
        set_clock(self._day.services, self.now + timedelta(**delta))
        for _ in range(ROUNDS_MAX):
            told = self._day.host.advance(self.now).callbacks
            done = self._mill.turn()
            if not told and not any(done.values()):
                return
        raise AssertionError(f"still at work after {ROUNDS_MAX} rounds: {done}")

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """One statement; its rows, if it gives any."""
        with self._day.services.database.transaction() as tx:
            cursor = tx.execute(statement, parameters)  # type: ignore[call-overload]  # statements of tests
            return cursor.fetchall() if cursor.description else []

    @property
    def services(self) -> Any:
        """What the day's processes share."""
        return self._day.services


@contextmanager
def going_on(day: PlayedDay) -> Iterator[World]:
    """The world, with somebody to do our work."""
    mill = Mill(day.services)
    try:
        yield World(day, mill)
    finally:
        mill.close()
