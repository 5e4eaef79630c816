"""Gathers what many requests bring at the same time, so that one transaction and one commit serve them all.

While one batch is at work the next one gathers: nobody waits for company.
"""

import time
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Final, Generic, TypeVar

import psycopg
from msgspec import Struct

from paidan.runtime.database import trouble

BATCH: Final = 500
RETRIES: Final = 5
RETRY_S: Final = 0.02

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Waiting(Struct, Generic[Item, Answer], frozen=True, kw_only=True):
    """An item, and where its answer goes."""

    item: Item
    loop: AbstractEventLoop
    future: "Future[Answer]"


class Gathering(Generic[Item, Answer]):
    """One thread that does `act` for many. `start` before, `stop` after; a stopped one finishes what was submitted.

    `act` does a batch in one transaction; its answers come in the order of the items, an exception among them is raised to that one alone. When a
    batch fails, each item is tried by itself; `simpler` gives what to do instead of an item that fails alone (None: its error is the answer).
    """

    def __init__(
        self, name: str, act: Callable[[Sequence[Item]], Sequence[Answer | Exception]], *, simpler: Callable[[Item], Item | None] | None = None
    ) -> None:
        self._name = name
        self._act = act
        self._simpler = simpler
        self._waiting: SimpleQueue[_Waiting[Item, Answer] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread = Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting, then end."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def submit(self, item: Item) -> "Future[Answer]":
        """The answer, once it is committed; the future raises what `act` gave or raised. To be called in an event loop."""
        loop = get_running_loop()
        future: Future[Answer] = loop.create_future()
        self._waiting.put(_Waiting(item=item, loop=loop, future=future))
        return future

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, is_last = [first], False
            while len(batch) < BATCH and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    is_last = True
                    break
                batch.append(following)
            _tell(batch, self._do([waiting.item for waiting in batch]))
            if is_last:
                return

    def _do(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        """Do them together; when that fails, each by itself."""
        try:
            return self._retrying(items)
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for an answer
            if trouble(error) == "retry":
                return [error] * len(items)
            if len(items) > 1:
                return [answer for item in items for answer in self._do([item])]
            simpler = self._simpler(items[0]) if self._simpler is not None else None
            return [error] if simpler is None else self._do([simpler])

    def _retrying(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        """Deadlocks, serialisation failures and lost connections are nobody's fault: do it again, a few times."""
        for attempt in range(RETRIES):
            try:
                return self._act(items)
            except psycopg.Error as error:
                if trouble(error) != "retry" or attempt == RETRIES - 1:
                    raise
                time.sleep(RETRY_S * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _tell(batch: Sequence[_Waiting[Item, Answer]], answers: Sequence[Answer | Exception]) -> None:
    """One call into each event loop for all who wait in it."""
    by_loop: dict[AbstractEventLoop, list[tuple[Future[Answer], Answer | Exception]]] = {}
    for waiting, answer in zip(batch, answers, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting.future, answer))
    for loop, told in by_loop.items():
        loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple["Future[Answer]", Answer | Exception]]) -> None:
    for future, answer in told:
        if future.done():
            continue  # the caller has gone; what he brought is kept
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
