"""A worker process of the benches: turns pass and release over its share of the buckets until nothing is due, and tells what it cost."""

import pickle
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from clocks import Hooks
from msgspec import Struct
from stage import NOW
from tape import Tape, play, recording_cursor

from paidan.channels.registry import CHANNELS
from paidan.counterparts.qimen.client import QimenClient
from paidan.entrypoints.installation import OpenInstallation, connect
from paidan.fulfilment.calls import WmsCaller
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.wms_create import WmsCreate
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.parties.addresses.divisions import read_all
from paidan.pipeline import OrderPass, Stages
from paidan.release.step import CREATE, ReleaseStep
from paidan.runtime.calling import Caller
from paidan.runtime.clocks import FixedClock
from paidan.runtime.collector import calm_collector
from paidan.runtime.copying import Cursor
from paidan.runtime.database import Database
from paidan.runtime.http import HttpAnswer
from paidan.runtime.outbox import OutboxRow
from paidan.runtime.settings import Settings

BATCH = 500
YES = b'<?xml version="1.0" encoding="utf-8"?><response><flag>success</flag><code>0</code><message>ok</message></response>'


class Task(Struct, frozen=True, kw_only=True):
    """What one worker shall do. `mode`: plain, timed (hooks on), taped (writes `tape`), floor (plays `tape`)."""

    home: Path
    app_url: str
    buckets: list[int]
    mode: str = "plain"
    tape: Path | None = None
    profile: Path | None = None


class Done(Struct, kw_only=True):
    """What it did: seconds of CPU and wall, counts, and, when asked for, CPU seconds per stage."""

    cpu_s: float = 0.0
    wall_s: list[tuple[float, float]] = []  # start and end of each phase
    batches: int = 0
    statements: int = 0
    counts: dict[str, int] = {}
    stages: dict[str, tuple[float, int]] = {}
    send_cpu_s: float = 0.0
    sent: int = 0
    sent_bytes: int = 0


class _Silent:
    """An HTTP port that takes everything in, and says yes."""

    def __init__(self) -> None:
        self.taken = 0

    def call(self, verb: str, url: str, *, headers: Any = None, body: bytes = b"", timeout_s: float = 10.0) -> HttpAnswer:
        del verb, headers, timeout_s
        self.taken += len(url) + len(body)
        return HttpAnswer(status=200, headers={}, body=YES)


def work(task: Task, line: Connection) -> None:
    """The process: ready → pass → release → end. Connections stay open until `end`, so that the server's CPU can be read."""
    settings = Settings(home=task.home)
    services = connect(settings, task.app_url)
    phase, done = (_floor if task.mode == "floor" else _turn)(task, services), Done()
    read_all()
    calm_collector()
    line.send("ready")
    for number, word in enumerate(("pass", "release")):
        line.recv()
        started_at, cpu_s = time.time(), time.process_time()
        with _profiled(task.profile and task.profile.with_suffix(f".{word}")):
            phase(number, done)
        done.cpu_s += time.process_time() - cpu_s
        done.wall_s.append((started_at, time.time()))
        _flush(services.database)
        line.send(done)
    line.recv()
    line.send(_send(services) if task.mode == "timed" else None)
    services.close()


def worker_steps(services: OpenInstallation) -> tuple[OrderPass, ReleaseStep]:
    """What a worker does with orders: passes, then releases."""
    codecs = {platform: channel.codec.parse for platform, channel in CHANNELS.items()}
    stages = Stages(ids=services.ids, numbers=services.numbers, sealer=services.sealer, codecs=codecs)
    return OrderPass(stages), ReleaseStep(NetworkCache(), services.ids, services.sealer)


def _turn(task: Task, services: OpenInstallation) -> Callable[[int, Done], None]:
    steps = worker_steps(services)
    tape = Tape([])
    cursor = recording_cursor(tape) if task.mode == "taped" else Cursor
    hooks = Hooks() if task.mode == "timed" else None

    def phase(number: int, done: Done) -> None:
        tape.phases.append([])
        while _step(services.database, steps[number], task.buckets, done, tape, cursor):
            pass
        done.statements = tape.statements
        if task.mode == "taped" and task.tape is not None:
            task.tape.write_bytes(pickle.dumps(tape))
        done.stages = hooks.take() if hooks else {}

    return phase


def _step(database: Database, step: Any, buckets: list[int], done: Done, tape: Tape, cursor: type[Cursor]) -> int:
    """One batch of one step, committed; how many items it took."""
    tape.phases[-1].append([])
    with database.transaction() as tx:
        tx.cursor_factory = cursor
        try:
            items = step.claim(tx, buckets, BATCH, NOW)
            if items:
                report = step.run(tx, items, NOW)
        finally:
            tx.cursor_factory = Cursor
    if not items:
        return 0
    done.batches += 1
    for word, count in report.outcomes.items():
        done.counts[word] = done.counts.get(word, 0) + count
    return len(items)


def _floor(task: Task, services: Any) -> Callable[[int, Done], None]:
    tape: Tape = pickle.loads(task.tape.read_bytes() if task.tape else b"")
    known: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    def phase(number: int, done: Done) -> None:
        for transaction in filter(None, tape.phases[number]):
            with services.database.transaction() as tx:
                play(tx, transaction, known)
            done.batches += 1
            done.statements += len(transaction)

    return phase


def _flush(database: Database) -> None:
    """Let the server count the rows of this connection now."""
    with database.transaction() as tx:
        tx.execute("SELECT pg_stat_force_next_flush()")


def _send(services: Any) -> Done:
    """Read, render and sign what release has left for the warehouses; a port that says yes takes it."""
    port = _Silent()
    caller: Caller = port
    clock = FixedClock(NOW)
    network = NetworkCache()
    delivery = WmsCreate(
        caller=WmsCaller(QimenClient(caller), clock),
        clock=clock,
        ids=services.ids,
        sealer=services.sealer,
        network=network,
        links=LinkCache(ConnectionCache(services.sealer)),
    )
    with services.database.transaction() as tx:
        found = tx.execute("SELECT id, lane, ref_id, due_at FROM outbox WHERE kind = %s ORDER BY lane, id", (CREATE,)).fetchall()
    by_lane: dict[str, list[OutboxRow]] = {}
    for row_id, lane, ref_id, due_at in found:
        by_lane.setdefault(lane, []).append(OutboxRow(lane=lane, kind=CREATE, due_at=due_at, ref_id=ref_id, id=row_id))
    done = Done()
    cpu_s = time.process_time()
    for rows in by_lane.values():
        for start in range(0, len(rows), delivery.batch):
            some = rows[start : start + delivery.batch]
            with services.database.transaction() as tx:
                loaded = delivery.load(tx, some)
            delivery.send(some, loaded)
            done.sent += len(some)
    done.send_cpu_s = time.process_time() - cpu_s
    done.sent_bytes = port.taken
    return done


def _profiled(file: Path | None) -> Any:
    import cProfile
    from contextlib import contextmanager, nullcontext

    if file is None:
        return nullcontext()

    @contextmanager
    def profiled() -> Any:
        with cProfile.Profile() as profile:
            yield
        profile.dump_stats(file)

    return profiled()
