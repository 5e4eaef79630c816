"""Works jobs off in the background of the API process: a chunk of orders per transaction, figures and rows written with it.

A process that dies leaves its job to whoever comes next: rows not committed are as they were, and a lease (database clock) says when to take over.
"""

from collections.abc import Sequence
from threading import Event, Thread
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct

from paidan.entrypoints.api.exports.write import EXPORT_LIST, ListTask, write_list
from paidan.entrypoints.api.exports.write import opened as opened_list
from paidan.entrypoints.api.jobs.carry import CHUNK, Done, Task, carry
from paidan.entrypoints.api.jobs.export import write_export
from paidan.entrypoints.api.jobs.papers import write_papers
from paidan.entrypoints.api.jobs.parameters import LEASE_S, ROW_DONE, ROW_REFUSED, ROW_STAYS, ROW_UNDONE, ROW_WAITING, Action, opened, queries
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx, trouble
from paidan.runtime.rows import columns
from paidan.runtime.telemetry import told as told_of_error

LOOK_EVERY_S: Final = 2.0
TRY_AGAIN_S: Final = 0.5
TRIES_MAX: Final = 20

FILES: Final = [EXPORT_LIST, Action.PRINT.value, Action.EXPORT.value]
"""Jobs that only make a file."""

RUNNING, ENDED, UNDOING, UNDONE = 0, 1, 2, 3

log = structlog.get_logger(__name__)


class Claimed(Struct, frozen=True, kw_only=True):
    """A job that is ours for now: an action over orders, or a list to be written."""

    id: int
    task: Task | ListTask
    warehouse_ids: list[int] | None
    language: str


Row = tuple[int, int, str, Any]  # n, order id, order number, before


class Stopped(Exception):
    """The runner is to stop in the middle of a file."""


class JobRunner:
    """One thread. `start` before, `stop` after; `wake` when a job was made."""

    def __init__(self, services: HandlerContext) -> None:
        self._services = services
        self._stop = Event()
        self._wake = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin; jobs left by others are taken up too."""
        self._thread = Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the chunk under way."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """There is a job."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self.work_one()
            except Exception as error:  # noqa: BLE001 - whatever it was: the next job must not wait for a restart, and this one is tried again
                log.error("jobs.error", **told_of_error(error))  # noqa: TRY400 - told without the text, which may hold what was sent
                worked = False
            if not worked:
                self._wake.wait(LOOK_EVERY_S)
                self._wake.clear()

    def work_one(self) -> bool:
        """Take one job and work it off; False when there is none."""
        job = self._claim()
        if job is None:
            return False
        try:
            self._write_file(job)
        except Stopped:
            return self._give_up(job)
        except Exception as error:
            if trouble(error) != "poison":
                raise
            if isinstance(job.task, ListTask):
                self._leave_list(job, error)
            else:
                self._leave_file(job, error)
        while not self._stop.is_set():
            if isinstance(job.task, ListTask) or not self._chunk(job, job.task):
                self._end(job)
                return True
        return self._give_up(job)

    def _give_up(self, job: Claimed) -> bool:
        with self._services.database.transaction() as tx:
            tx.execute(queries.give_up_lease, {"id": job.id})
        return True

    def _write_file(self, job: Claimed) -> None:
        """The file of an export or a print, first of all. Raises Stopped."""
        if isinstance(job.task, ListTask):
            write_list(self._services, job.id, job.task, job.language, lambda done: self._beat(job, done))
        elif job.task.action == Action.PRINT:
            write_papers(self._services, job.id, job.task.told, job.task.actor, job.language, lambda done: self._beat(job, done))
        elif job.task.action == Action.EXPORT and not job.task.is_undo:
            write_export(self._services, job.id, job.task.told, job.warehouse_ids, job.language, lambda: self._beat(job, None))

    def _leave_list(self, job: Claimed, error: BaseException) -> None:
        """A row that can't be told would be met at every try: the list ends without a file, and a person may try again."""
        log.error("jobs.poison", job=job.id, **told_of_error(error))
        with self._services.database.transaction() as tx:
            tx.execute(queries.fail_list, {"id": job.id})

    def _leave_file(self, job: Claimed, error: BaseException) -> None:
        """What can't be drawn or written would be met at every try: its orders are refused, and the job ends."""
        log.error("jobs.poison", job=job.id, **told_of_error(error))
        with self._services.database.transaction() as tx:
            rows: list[Row] = tx.execute(queries.next_rows, {"job_id": job.id, "state": ROW_WAITING, "limit": None}).fetchall()
            _settle(tx, job, [(row[0], Done(reason=Reason.POISON)) for row in rows])

    def _beat(self, job: Claimed, done: int | None) -> None:
        """The job stays ours, and tells how far it is. Raises Stopped when the process ends."""
        if self._stop.is_set():
            raise Stopped
        with self._services.database.transaction() as tx:
            tx.execute(queries.renew_lease, {"id": job.id, "done": done, "lease_s": LEASE_S})

    def _claim(self) -> Claimed | None:
        with self._services.database.transaction() as tx:
            tx.execute(queries.lock_jobs)
            row = tx.execute(queries.claim_job, {"lease_s": LEASE_S, "files": FILES}).fetchone()
        if row is None:
            return None
        job_id, action, parameters, state, actor, warehouse_ids, language = row
        task: Task | ListTask
        if action == EXPORT_LIST:
            task = opened_list(parameters)
        else:
            task = Task(action=Action(action), told=opened(parameters), actor=actor, is_undo=state == UNDOING)
        return Claimed(id=job_id, task=task, warehouse_ids=warehouse_ids, language=language)

    def _chunk(self, job: Claimed, task: Task) -> bool:
        """One chunk; False when no row waits. What a single row can't digest is refused alone."""
        limit = CHUNK
        tries = 0
        while True:
            try:
                with self._services.database.transaction() as tx:
                    return self._in_transaction(tx, job, task, limit)
            except Exception as error:
                kind = trouble(error)
                if kind == "poison" and limit > 1:
                    limit = max(limit // 8, 1)
                elif kind == "poison":
                    self._set_aside(job, task, error)
                    return True
                elif kind == "retry" and tries < TRIES_MAX and not self._stop.wait(TRY_AGAIN_S):
                    tries += 1
                else:
                    raise

    def _in_transaction(self, tx: Tx, job: Claimed, task: Task, limit: int) -> bool:
        wanted = ROW_DONE if task.is_undo else ROW_WAITING
        rows: list[Row] = tx.execute(queries.next_rows, {"job_id": job.id, "state": wanted, "limit": limit}).fetchall()
        if not rows:
            return False
        found = carry(tx, self._services, task, {row[1]: row[3] for row in rows}, self._services.clock.now())
        _settle(tx, job, [(row[0], found[row[1]]) for row in rows])
        return True

    def _set_aside(self, job: Claimed, task: Task, error: BaseException) -> None:
        log.error("jobs.poison", job=job.id, **told_of_error(error))
        with self._services.database.transaction() as tx:
            wanted = ROW_DONE if task.is_undo else ROW_WAITING
            rows: list[Row] = tx.execute(queries.next_rows, {"job_id": job.id, "state": wanted, "limit": 1}).fetchall()
            _settle(tx, job, [(row[0], Done(reason=Reason.POISON)) for row in rows])

    def _end(self, job: Claimed) -> None:
        with self._services.database.transaction() as tx:
            state = UNDONE if job.task.is_undo else ENDED
            tx.execute(queries.end_job, {"id": job.id, "state": state, "now": self._services.clock.now()})


def _settle(tx: Tx, job: Claimed, found: Sequence[tuple[int, Done]]) -> None:
    good, bad = (ROW_UNDONE, ROW_STAYS) if job.task.is_undo else (ROW_DONE, ROW_REFUSED)
    rows = [
        (n, bad if done.reason else good, str(done.reason or ""), None if done.before is None else msgspec.json.encode(done.before).decode())
        for n, done in found
    ]
    tx.execute(queries.settle_rows, {"job_id": job.id, **columns(("n", "state", "reason", "before"), rows)})
    tx.execute(queries.count_rows, {"id": job.id, "lease_s": LEASE_S})
