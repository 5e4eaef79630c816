import heapq
from datetime import datetime
from typing import Any

from msgspec import Struct


class Event(Struct, frozen=True):
    """Something planned: `what` names the piece of work, `about` its arguments."""

    at: datetime
    what: str
    about: tuple[Any, ...]


class Agenda:
    """What is planned, in order of time, then of planning."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Event]] = []
        self._count = 0

    def plan(self, at: datetime, what: str, *about: Any) -> None:
        """Plan a piece of work."""
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, Event(at, what, about)))

    def pop_due(self, now: datetime) -> Event | None:
        """Take the next event not later than `now`."""
        return heapq.heappop(self._heap)[2] if self._heap and self._heap[0][0] <= now else None

    def next_at(self) -> datetime | None:
        """When the next event is planned."""
        return self._heap[0][0] if self._heap else None
