"""Callbacks on their way to Paidan: when due, in order, repeated until answered well, and bent by the seeded faults."""

import asyncio
import heapq
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count

from msgspec import Struct

from paidan.world.faults import FaultDraw
from paidan.world.http_caller import Caller, NoAnswer
from paidan.world.wire import Callback

BACKOFF_S_MAX = 1.0

Renew = Callable[[Callback, datetime], Callback]


class Delivered(Struct, frozen=True, kw_only=True):
    """What one round of deliveries did: callbacks answered well, attempts that were not, callbacks set aside after too many."""

    callbacks: int = 0
    failures: int = 0
    set_aside: int = 0


class Deliverer:
    """Holds what is not yet due and what was set aside.

    Callbacks start in order of their due instant, at most `at_once` on their way. Those whose keys share a lane (`lane#1`, `lane#2`: the part
    before the last `#`) wait for one another; a key without `#` is a lane of its own. `at_once=1` is strictly one after another.
    """

    def __init__(
        self, caller: Caller, draw: FaultDraw, *, at_once: int = 16, tries_max: int = 8, backoff_s: float = 0.05, renew: Renew | None = None
    ) -> None:
        self.draw = draw
        self.at_once = at_once
        self.aside: list[Callback] = []
        self._caller = caller
        self._tries_max = tries_max
        self._backoff_s = backoff_s
        self._renew = renew or (lambda callback, _now: callback)  # signatures carry a time: what is late is signed anew
        self._waiting: list[tuple[datetime, int, Callback]] = []
        self._numbers = count()
        self._last: dict[str, asyncio.Event] = {}
        self.sent = 0

    def plan(self, callbacks: Iterable[Callback]) -> None:
        """Take callbacks over; the delay fault makes some due later."""
        for callback in callbacks:
            due_at = callback.due_at + timedelta(seconds=self.draw.delay_s(callback.key))
            heapq.heappush(self._waiting, (due_at, next(self._numbers), callback))

    def next_due(self) -> datetime | None:
        """When the next waiting callback is due."""
        return self._waiting[0][0] if self._waiting else None

    async def deliver(self, now: datetime) -> Delivered:
        """Deliver everything due at `now`; returns when each is answered well or set aside."""
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(self._renew(heapq.heappop(self._waiting)[2], now))
        return await self._deliver_all(self._overtaken(due))

    async def redeliver(self, now: datetime) -> Delivered:
        """Try once more what was set aside."""
        again, self.aside = [self._renew(callback, now) for callback in self.aside], []
        return await self._deliver_all(again)

    def _overtaken(self, due: list[Callback]) -> list[Callback]:
        """The reorder fault: a callback changes places with the one before it."""
        due = list(due)
        for place in range(1, len(due)):
            if self.draw.hits("reorder", due[place].key):
                due[place - 1], due[place] = due[place], due[place - 1]
        return due

    async def _deliver_all(self, callbacks: list[Callback]) -> Delivered:
        todo = iter(callbacks)
        self._last.clear()
        done = await asyncio.gather(*(self._deliver_some(todo) for _ in range(min(self.at_once, len(callbacks)))))
        return Delivered(
            callbacks=sum(one.callbacks for one in done),
            failures=sum(one.failures for one in done),
            set_aside=sum(one.set_aside for one in done),
        )

    async def _deliver_some(self, todo: Iterable[Callback]) -> Delivered:
        callbacks = failures = set_aside = 0
        for callback in todo:  # shared with the other workers: each callback goes to one of them, in order
            lane, numbered, _ = callback.key.rpartition("#")
            before, mine = self._last.get(lane), asyncio.Event()
            if numbered:
                self._last[lane] = mine
                if before is not None:
                    await before.wait()
            wrong = await self._deliver_one(callback)
            mine.set()
            failures += wrong
            if wrong == self._tries_max:
                self.aside.append(callback)
                set_aside += 1
            else:
                callbacks += 1
        return Delivered(callbacks=callbacks, failures=failures, set_aside=set_aside)

    async def _deliver_one(self, callback: Callback) -> int:
        """How many attempts went wrong before one was good; `tries_max` when none was."""
        for attempt in range(self._tries_max):
            if await self._attempt(callback, attempt):
                if self.draw.hits("duplicate", callback.key):
                    await self._attempt(callback, attempt + 1)
                return attempt
            await asyncio.sleep(min(self._backoff_s * 2**attempt, BACKOFF_S_MAX))
        return self._tries_max

    async def _attempt(self, callback: Callback, attempt: int) -> bool:
        self.sent += 1
        try:
            status, body = await self._caller.post(callback.url, callback.headers, callback.body)
        except NoAnswer:
            return False
        is_good = 200 <= status < 300 and callback.ok_contains in body  # noqa: PLR2004 - the 2xx answers
        # The answer may get lost on its way back: then the counterpart has to repeat itself.
        return is_good and not self.draw.hits("lost_answer", callback.key, attempt)
