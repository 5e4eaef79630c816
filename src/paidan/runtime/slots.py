"""A few calls side by side: while one waits for a counterpart's answer the next is on its way. Order in, order out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Slots:
    """So many calls of one counterpart kind at a time. What `act` raises is raised here, once all that were begun have ended.

    `act` must not use the same slots again: it would wait for a place that only its own end can free.
    """

    def __init__(self, size: int = 4) -> None:
        self._size = size
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="call")

    def map(self, act: Callable[[Item], Answer], items: Sequence[Item]) -> list[Answer]:
        """`act` on each item; the answers in the items' order. A single item is no reason to change threads."""
        if len(items) <= 1 or self._size == 1:
            return [act(item) for item in items]
        calls = [self._pool.submit(act, item) for item in items]
        failures = [call.exception() for call in calls]
        return [call.result() for call in calls] if not any(failures) else _raise_first(failures)


def _raise_first(failures: Sequence[BaseException | None]) -> list[Answer]:
    raise next(failure for failure in failures if failure is not None)
