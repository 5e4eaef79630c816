"""Watches what consoles want to hear of, once a second while anybody listens: orders, exceptions, queues, claims, jobs. Each hears of what he sees.

What changed is told by the transactions that wrote the rows, seen from one snapshot to the next: nothing is written for it, no pass is slower.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct

from paidan.entrypoints.api.lists.kinds import Moment
from paidan.entrypoints.api.lists.queues import QueueCounts
from paidan.entrypoints.api.live.changes import count_changed, queries, snapshot_now
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.seen import hears
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.telemetry import told

EVERY_S: Final = 1.0
REST: Final = 10  # times as long as a look has taken: with very many open orders it looks less often
QUEUES_AFTER_S: Final = 2.0  # however much changes, queues are counted no oftener
QUEUES_EVERY_S: Final = 10.0  # some queues change by the clock alone
LISTENERS_MAX: Final = 500
WAITING_MAX: Final = 50
JOB_STATES: Final = {0: "running", 1: "done", 2: "undoing", 3: "undone"}

log = structlog.get_logger(__name__)


class Heard(Struct, frozen=True, kw_only=True):
    """One event: its name, and its data as JSON."""

    event: str
    data: str


class Listener:
    """Somebody who listens; events wait in a queue of his own. Who does not read loses the oldest: each only says that something is new."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.loop = asyncio.get_running_loop()
        self.waiting: asyncio.Queue[Heard] = asyncio.Queue(WAITING_MAX)
        self.is_new = True  # since his page was read, things may have happened that no look of ours has seen

    def tell(self, heard: Heard) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(self._put, heard)

    def _put(self, heard: Heard) -> None:
        if self.waiting.full():
            self.waiting.get_nowait()
        self.waiting.put_nowait(heard)


class Watch:
    """One thread for all who listen. `start` before, `stop` after."""

    def __init__(self, services: HandlerContext, counts: QueueCounts, *, queues_after_s: float = QUEUES_AFTER_S) -> None:
        self._services = services
        self._counts = counts
        self._queues_after_s = queues_after_s
        self._stop = Event()
        self._lock = Lock()
        self._listeners: list[Listener] = []
        self._since = ""
        self._queues_at: dict[object, float] = {}  # by scope: when its queues were counted last
        self._queues: dict[object, tuple[datetime, list[dict[str, object]]]] = {}  # by scope: the counts, and when they were known
        self._behind: set[object] = set()  # scopes in which orders have changed since
        self._jobs: dict[str, str] = {}
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def listening(self, caller: Caller) -> Iterator[Listener]:
        """Somebody listens within the block. Raises Refused when too many do."""
        listener = Listener(caller)
        with self._lock:
            if len(self._listeners) >= LISTENERS_MAX:
                raise Refused(Reason.TOO_MANY_REQUESTS)
            self._listeners.append(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def _run(self) -> None:
        took_s = 0.0
        while not self._stop.wait(max(EVERY_S, took_s * REST)):
            began = time.monotonic()
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look may go well
                log.warning("watch.error", **told(error))
            took_s = time.monotonic() - began

    def look(self) -> None:
        """Look once and tell. Nobody listens: nothing is asked, and what happens meanwhile is told to nobody."""
        with self._lock:
            listeners = list(self._listeners)
        if not listeners:
            self._since = ""
            self._behind.clear()
            self._queues_at.clear()
            self._queues.clear()
            return
        scopes: dict[object, list[Listener]] = {}
        for listener in listeners:
            scopes.setdefault((listener.caller.shops, listener.caller.warehouses), []).append(listener)
        now = self._services.clock.now()
        newcomers = [listener for listener in listeners if listener.is_new]
        self._behind |= self._changes(scopes, listeners, now)
        for scope, members in scopes.items():
            age_s = time.monotonic() - self._queues_at.get(scope, -QUEUES_EVERY_S)
            if age_s >= (self._queues_after_s if scope in self._behind else QUEUES_EVERY_S):
                self._tell_queues(scope, members, now)
            # Another process may have answered them with counts older than those told to the others.
            self._tell_counts(scope, [member for member in members if member in newcomers])

    def _changes(self, scopes: dict[object, list[Listener]], listeners: list[Listener], now: datetime) -> set[object]:
        """Tell of orders, exceptions, claims and jobs; the scopes in which orders have changed."""
        changed: set[object] = set()
        with self._services.database.transaction() as tx:
            since, upto = self._since, snapshot_now(tx)
            if since:
                for scope, members in scopes.items():
                    count = count_changed(tx, members[0].caller, since, upto)
                    if count:
                        changed.add(scope)
                        _tell(members, "orders", {"changed": count, "at": now, "upto": upto})
                    caller = members[0].caller
                    waits = _count(tx, queries.changed_exceptions, {"since": since, "upto": upto, **caller.sees, **hears(tx, caller)})
                    if waits:
                        _tell(members, "exceptions", {"changed": waits})
                if claims := _count(tx, queries.changed_claims, {"since": since, "upto": upto}):
                    _tell(listeners, "claims", {"changed": claims})
            self._since = upto  # only now: when one of them can't be told, all are told again rather than never
            self._greet(listeners, upto)
            self._tell_jobs(tx, listeners)
        return changed

    @staticmethod
    def _greet(listeners: list[Listener], upto: str) -> None:
        """Tell who has just come (or come back) from which snapshot on he hears of everything: what was before, he asks for (`/events/missed`)."""
        for listener in listeners:
            if listener.is_new:
                listener.is_new = False
                _tell([listener], "hello", {"upto": upto})

    def _tell_jobs(self, tx: Tx, listeners: list[Listener]) -> None:
        by_owner: dict[str, list[Listener]] = {}
        for listener in listeners:
            by_owner.setdefault(listener.caller.owner, []).append(listener)
        seen: dict[str, str] = {}
        for owner, job_id, state, total, done, failed, undone in tx.execute(queries.jobs_of, {"owners": sorted(by_owner)}):
            shown = {"id": job_id, "state": JOB_STATES[state], "total": total, "done": done, "failed": failed, "undone": undone}
            data = _json(shown)
            seen[job_id] = data
            is_news = self._jobs.get(job_id) != data if job_id in self._jobs else state in {0, 2} or bool(self._jobs)
            if is_news:
                for listener in by_owner[owner]:
                    listener.tell(Heard(event="job", data=data))
        self._jobs = seen

    def _tell_queues(self, scope: object, members: list[Listener], now: datetime) -> None:
        found = self._counts.read(self._services.database, members[0].caller, Moment(now=now, digest=self._services.sealer.digest), is_stale=True)
        self._queues_at[scope] = time.monotonic()
        self._behind.discard(scope)
        counts = [{"queue": queue.queue, "count": queue.count, "is_exact": queue.is_exact} for queue in found]
        # The instant after counting: of what another process has kept only what it began to count later is surely as new.
        before = self._queues.get(scope)
        self._queues[scope] = (self._services.clock.now(), counts)
        if before is None or before[1] != counts:
            self._tell_counts(scope, members)

    def _tell_counts(self, scope: object, members: list[Listener]) -> None:
        if scope in self._queues:
            as_of, counts = self._queues[scope]
            _tell(members, "queues", {"as_of": as_of, "queues": counts})


def _count(tx: Tx, query: Any, parameters: dict[str, Any]) -> int:
    row = tx.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0


def _tell(listeners: list[Listener], event: str, data: Any) -> None:
    heard = Heard(event=event, data=_json(data))
    for listener in listeners:
        listener.tell(heard)


def _json(data: Any) -> str:
    return msgspec.json.encode(data).decode()
