"""The engine of passes over a table of small tasks: `note` says how running a task fails."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Never

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from psycopg import errors, sql

from conftest import NOON
from paidan.kernel.errors import ConservationError
from paidan.runtime.buckets import BucketLease
from paidan.runtime.clocks import FixedClock
from paidan.runtime.database import Database, Tx
from paidan.runtime.passes import PassReport, PoisonGuard, WorkerAlarm, run_step, work_until
from paidan.runtime.provision import Installation

OWN_MERCHANT = True  # makes a table


class Task(Struct, frozen=True):
    id: int
    note: str


class Tasks:
    name = "tasks"

    def __init__(self) -> None:
        self.runs = 0
        self.before_run = lambda: None
        self.session = 0

    def claim(self, tx: Tx, buckets: Any, limit: int, now: datetime) -> list[Task]:  # noqa: ARG002 - the protocol has it
        rows = tx.execute("SELECT id, note FROM task WHERE NOT done AND bucket = ANY(%s) ORDER BY id LIMIT %s", (list(buckets), limit))
        return [Task(*row) for row in rows]

    def run(self, tx: Tx, items: Any, now: datetime) -> PassReport:  # noqa: ARG002 - the protocol has it
        self.runs += 1
        self.session = tx.info.backend_pid
        self.before_run()
        tx.execute("UPDATE task SET done = true, times = times + 1 WHERE id = ANY(%s)", ([item.id for item in items],))
        for item in items:
            if item.note == "lost units":
                raise ConservationError("1 unit")
            if item.note == "bad data":
                tx.execute("SELECT 'x'::text::integer")
            if item.note == "our fault":
                raise NotImplementedError
        return PassReport(outcomes={"done": len(items)})

    def set_aside(self, tx: Tx, item: Any, error: BaseException, now: datetime) -> None:  # noqa: ARG002 - the protocol has it
        tx.execute("UPDATE task SET done = true, aside = %s WHERE id = %s", (type(error).__name__, item.id))


@pytest.fixture(scope="module")
def task_table(server: Installation, merchant: str) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("SET ROLE paidan_owner")
        owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(f"m_{merchant}")))
        owner.execute("CREATE TABLE task (id int PRIMARY KEY, bucket smallint, note text, done bool DEFAULT false, times int DEFAULT 0, aside text)")


@pytest.fixture
def write(database: Database, task_table: None) -> Any:  # noqa: ARG001 - must be there first
    def write(notes: Any) -> None:
        with database.transaction() as tx:
            tx.execute("DELETE FROM task")
            tx.execute("UPDATE bucket SET owner = '', lease_until = '-infinity'")
            tx.execute("DELETE FROM worker")
            tx.execute(
                "INSERT INTO task (id, bucket, note) SELECT n, n %% 64, note FROM unnest(%s::text[]) WITH ORDINALITY AS t (note, n)", (list(notes),)
            )

    return write


@pytest.fixture
def lease(database: Database) -> Iterator[BucketLease]:
    lease = BucketLease(database, "tester")
    yield lease
    lease.give_back()


CLOCK = FixedClock(NOON)


def result(database: Database) -> dict[int, tuple[bool, int, str | None]]:
    with database.transaction() as tx:
        return {row[0]: row[1:] for row in tx.execute("SELECT id, done, times, aside FROM task")}


def expire(database: Database, owner: Any = None) -> None:
    with database.transaction() as tx:
        tx.execute("UPDATE bucket SET lease_until = clock_timestamp() - interval '1 s' WHERE owner = coalesce(%s, owner)", (owner,))


def test_what_has_a_number_belongs_to_exactly_one_of_the_workers_and_neighbours_fall_apart(database: Database) -> None:
    first, second = BucketLease(database, "first"), BucketLease(database, "second")
    for lease in (first, second, first, second):  # the first gives back what the second then takes
        lease.renew()
    owners = [[lease.has(number) for lease in (first, second)] for number in range(1, 101)]
    assert all(sum(owner) == 1 for owner in owners)
    assert all(1 <= sum(has for has, _ in owners[at : at + 4]) <= 3 for at in range(97))  # of any four shops in a row, each looks after some
    for lease in (first, second):
        lease.give_back()
    assert not first.has(1)


def test_a_batch_is_run_once_and_counted(database: Database, write: Any, lease: BucketLease) -> None:
    write([""] * 70)
    lease.hold()
    report = run_step(database, Tasks(), lease, CLOCK, 50)
    assert (report.claimed, report.outcomes, report.set_aside) == (50, {"done": 50}, 0)
    assert run_step(database, Tasks(), lease, CLOCK, 50).claimed == 20
    assert run_step(database, Tasks(), lease, CLOCK, 50).claimed == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(1, n), max_size=3))), st.sampled_from(["lost units", "bad data"])
)
def test_halving_sets_aside_exactly_the_poison(database: Database, write: Any, sized: tuple[int, set[int]], note: str) -> None:
    size, poison = sized
    write([note if n in poison else "" for n in range(1, size + 1)])
    lease = BucketLease(database, "tester")
    lease.hold()
    step = Tasks()
    report = run_step(database, step, lease, CLOCK, 100)
    lease.give_back()
    assert (report.claimed, report.set_aside) == (size, len(poison))
    for number, (done, times, aside) in result(database).items():
        assert done
        assert (times, bool(aside)) == ((0, True) if number in poison else (1, False))
    assert step.runs <= 1 + len(poison) * 2 * size.bit_length()


def test_the_fourth_poison_of_a_batch_stops_the_worker_and_is_not_set_aside(database: Database, write: Any, lease: BucketLease) -> None:
    write(["bad data"] * 10)
    lease.hold()
    with pytest.raises(WorkerAlarm, match="4 poison items in a batch"):
        run_step(database, Tasks(), lease, CLOCK, 100)
    assert sum(aside is not None for _, _, aside in result(database).values()) == 3


def test_more_than_twenty_poison_items_a_minute_stop_the_worker() -> None:
    now = [0.0]
    guard = PoisonGuard(lambda: now[0])
    for n in range(20):
        now[0] = n
        guard.found("s", 1)
    now[0] = 60.5  # the first has left the minute
    guard.found("s", 1)
    with pytest.raises(WorkerAlarm, match="21 within a minute"):
        guard.found("s", 1)


def test_our_own_fault_stops_at_once_and_sets_nothing_aside(database: Database, write: Any, lease: BucketLease) -> None:
    write(["", "our fault", ""])
    lease.hold()
    with pytest.raises(NotImplementedError):
        run_step(database, Tasks(), lease, CLOCK, 100)
    assert set(result(database).values()) == {(False, 0, None)}


@pytest.mark.parametrize(
    "trouble", [errors.DeadlockDetected, errors.SerializationFailure, errors.AdminShutdown, errors.DiskFull, psycopg.OperationalError]
)
def test_what_is_nobody_s_fault_is_retried_whole_with_growing_pauses(
    database: Database, write: Any, lease: BucketLease, trouble: type[psycopg.Error]
) -> None:
    write([""] * 5)
    lease.hold()
    step, pauses = Tasks(), []

    def fail_thrice() -> None:
        if step.runs <= 3:
            raise trouble

    step.before_run = fail_thrice
    report = run_step(database, step, lease, CLOCK, 100, sleep=pauses.append)
    assert (report.claimed, report.retries, report.set_aside) == (5, 3, 0)
    assert pauses == [0.05, 0.1, 0.2]
    assert {times for _, times, _ in result(database).values()} == {1}


def test_trouble_that_does_not_end_is_raised_in_the_end(database: Database, write: Any, lease: BucketLease) -> None:
    write([""])
    lease.hold()
    step, pauses = Tasks(), []

    def fail() -> Never:
        raise errors.DeadlockDetected

    step.before_run = fail
    with pytest.raises(errors.DeadlockDetected):
        run_step(database, step, lease, CLOCK, 100, sleep=pauses.append)
    assert (max(pauses), 25 < sum(pauses) < 40) == (2.0, True)


def test_a_lost_connection_is_no_loss(database: Database, write: Any, lease: BucketLease, server: Installation) -> None:
    write([""] * 5)
    lease.hold()
    step = Tasks()

    def cut() -> None:
        if step.runs == 1:
            with psycopg.connect(server.owner_url) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (step.session,))

    step.before_run = cut
    report = run_step(database, step, lease, CLOCK, 100, sleep=lambda _: None)
    assert (report.claimed, report.retries) == (5, 1)
    assert {times for _, times, _ in result(database).values()} == {1}


def test_workers_share_the_buckets_and_none_has_two_owners(database: Database, write: Any) -> None:
    write([])
    one, two, three = (BucketLease(database, f"w{n}", renew_s=0) for n in range(3))
    assert len(one.hold()) == 64
    assert two.hold() == []
    assert len(one.hold()) == 32
    assert len(two.hold()) == 32
    three.hold()
    for lease in (one, two, three):
        lease.hold()
    assert sorted(one.buckets + two.buckets + three.buckets) == list(range(64))
    two.give_back()
    for lease in (one, three, one):
        lease.hold()
    assert sorted(one.buckets + three.buckets) == list(range(64))


def test_a_dead_worker_s_buckets_are_taken_over_when_its_lease_ends(database: Database, write: Any) -> None:
    write([])
    dead, alive = BucketLease(database, "dead", renew_s=0), BucketLease(database, "alive", renew_s=0)
    dead.hold()
    assert alive.hold() == []
    with database.transaction() as tx:
        tx.execute("UPDATE worker SET lease_until = clock_timestamp() - interval '1 s' WHERE owner LIKE 'dead%'")
    expire(database)
    assert len(alive.hold()) == 64


def test_a_worker_paused_past_its_lease_works_on_nothing(database: Database, write: Any) -> None:
    write([""] * 5)
    paused, other = BucketLease(database, "paused", renew_s=0), BucketLease(database, "other", renew_s=0)
    paused.hold()
    with database.transaction() as tx:
        tx.execute("DELETE FROM worker")
    expire(database)
    other.hold()
    assert run_step(database, Tasks(), paused, CLOCK, 10).claimed == 0
    assert run_step(database, Tasks(), other, CLOCK, 10).claimed == 5


def test_a_bucket_can_not_be_taken_over_in_the_middle_of_a_pass(database: Database, write: Any) -> None:
    write([""] * 5)
    slow, other = BucketLease(database, "slow", renew_s=0), BucketLease(database, "other", renew_s=0)
    slow.hold()
    step = Tasks()
    seen = []

    def meanwhile() -> None:
        with psycopg_aside(database) as tx:
            tx.execute("DELETE FROM worker")
        seen.append(other.hold())

    step.before_run = meanwhile
    # The rows are locked by the pass, so it is its lease that must look expired before the pass begins.
    expire(database)
    assert run_step(database, step, slow, CLOCK, 10).claimed == 5
    assert seen == [[]]
    assert len(other.hold()) == 64


def psycopg_aside(database: Database) -> Any:
    return database.transaction(aside=True)


def test_two_workers_do_each_task_once(database: Database, write: Any, server: Installation, merchant: str) -> None:
    write([""] * 400)
    stop = Event()
    reports, failures = [], []

    def work(name: str) -> None:
        own = Database(server.app_url, merchant)
        lease = BucketLease(own, name, renew_s=0.01)
        try:
            work_until(stop, own, [Tasks()], lease, CLOCK, limit=7, idle_s=0.005, on_report=lambda _, report: reports.append(report))
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            own.close()

    threads = [Thread(target=work, args=[f"w{n}"]) for n in range(2)]
    for thread in threads:
        thread.start()
    while sum(report.claimed for report in list(reports)) < 400 and not failures:
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert {(done, times) for done, times, _ in result(database).values()} == {(True, 1)}


CRASHING = """
import sys
sys.path.insert(0, sys.argv[3])
from test_passes import CLOCK, BucketLease, Database, Tasks, run_step
database = Database(sys.argv[1], sys.argv[2])
lease = BucketLease(database, "crashing", lease_s=0.01)
lease.hold()
run_step(database, Tasks(), lease, CLOCK, 100)
"""


@pytest.mark.parametrize(("point", "done"), [("pass.before_commit", False), ("pass.after_commit", True)])
def test_a_killed_pass_has_happened_wholly_or_not_at_all(
    database: Database,
    write: Any,
    server: Installation,
    merchant: str,
    point: str,
    done: bool,  # noqa: FBT001 - a case of the table
) -> None:
    write([""] * 5)
    environment = {**os.environ, "PAIDAN_CRASH_AT": point, "PYTHONPATH": os.pathsep.join(sys.path)}
    here = str(Path(__file__).parent)
    killed = subprocess.run([sys.executable, "-c", CRASHING, server.app_url, merchant, here], env=environment, check=False, capture_output=True)  # noqa: S603 - our own code
    assert killed.returncode == 137, killed.stderr.decode()
    assert {row[0] for row in result(database).values()} == {done}
    lease = BucketLease(database, "next")
    with database.transaction() as tx:
        tx.execute("DELETE FROM worker")
    lease.hold()
    run_step(database, Tasks(), lease, CLOCK, 100)
    lease.give_back()
    assert {times for _, times, _ in result(database).values()} == {1}
