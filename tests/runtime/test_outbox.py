"""The relay against a counterpart made of a script: what each call does is said by the row's args."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, Never

import pytest
from msgspec.structs import replace

from conftest import NOON
from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused
from paidan.runtime import outbox
from paidan.runtime.clocks import FixedClock
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import BlockIds
from paidan.runtime.messages import Exchange
from paidan.runtime.outbox import OutboxRow, OutboxState, Verdict, put, revive
from paidan.runtime.provision import Installation
from paidan.runtime.queries import load_queries
from paidan.runtime.relay import Relay, RelayReport, RelayRules, backoff_s, relay_once
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.runtime")


class Counterpart:
    """A delivery that does what each row's `args` say, and remembers everything."""

    kind = "tell"
    batch = 100

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.sent = []
        self.asked = []
        self.applied = []
        self.during_send = lambda: None

    def load(self, tx: Tx, rows: Any) -> int:  # noqa: ARG002 - the protocol has it
        if any(row.args.get("load") == "poison" for row in rows):
            raise ValueError("can't be rendered")
        return len(rows)

    def send(self, rows: Any, loaded: Any) -> list[outbox.Outcome]:
        assert loaded == len(rows)
        self.during_send()
        return [self.one(row) for row in rows]

    def one(self, row: OutboxRow) -> outbox.Outcome:
        if row.was_unknown:
            self.asked.append(row.ref_id)
        self.sent.append(row.ref_id)
        exchange = Exchange(counterpart="c", kind="tell", request=b"q", answer=b"a", at=self.clock.now(), business_key=f"X{row.ref_id}")
        match row.args.get("send"):
            case "refused":
                return outbox.refused(exchanges=[exchange])
            case "later":
                return outbox.later(reason="item_not_synced")
            case "unknown" if not row.was_unknown:
                return outbox.unknown()
            case "raise":
                raise TypeError("our mistake")
            case "silent":
                raise AnswerUnknown("no answer")
            case "unsent":
                raise CallLater("refused connection")
            case "no":
                raise CallRefused("never")
        return outbox.done(exchanges=[exchange])

    def apply(self, tx: Tx, rows: Any, outcomes: Any) -> None:
        for row, outcome in zip(rows, outcomes, strict=True):
            if row.args.get("apply") == "poison":
                tx.execute("SELECT 1 / 0")
            self.applied.append((row.ref_id, outcome.verdict))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def counterpart(clock: FixedClock) -> Counterpart:
    return Counterpart(clock)


@pytest.fixture
def write(database: Database, clock: FixedClock) -> Any:
    ids = BlockIds(database)
    with database.transaction() as tx:
        tx.execute("DELETE FROM outbox")
        tx.execute("DELETE FROM outbox_lease")
        tx.execute("DELETE FROM lane")

    def write(*args: Any, lane: str = "wms", key: str = "", first: int = 1) -> Any:
        rows = [OutboxRow(lane=lane, kind="tell", due_at=clock.now(), ref_id=first + n, args=arg, business_key=key) for n, arg in enumerate(args)]
        with database.transaction() as tx:
            return put(tx, ids, rows)

    return write


@pytest.fixture
def relay(database: Database, clock: FixedClock, counterpart: Counterpart, sealer: Sealer) -> Any:
    def once(limit: int = 1000, delivery: Any = counterpart, **rules: Any) -> RelayReport:
        return relay_once(database, [delivery], clock, BlockIds(database), sealer, limit, RelayRules(**rules))

    return once


def states(database: Database) -> dict[int, tuple[str, str]]:
    with database.transaction() as tx:
        return {ref: (OutboxState(state).name, reason) for ref, state, reason in tx.execute("SELECT ref_id, state, reason FROM outbox")}


def expire_leases(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("UPDATE outbox_lease SET until = clock_timestamp() - interval '1 s'")


def test_each_row_gets_its_own_outcome_and_its_exchange_is_kept(database: Database, write: Any, relay: Any, counterpart: Counterpart) -> None:
    write({}, {"send": "refused"}, {"send": "later"}, {"send": "unknown"})
    report = relay()
    assert (report.done, report.refused, report.later, report.unknown) == (1, 1, 1, 1)
    assert states(database) == {
        1: ("DONE", ""),
        2: ("DEAD", "counterpart_refused"),
        3: ("PENDING", "item_not_synced"),
        4: ("UNKNOWN", "answer_unknown"),
    }
    assert counterpart.applied == [(1, Verdict.DONE), (2, Verdict.REFUSED), (3, Verdict.LATER), (4, Verdict.UNKNOWN)]
    with database.transaction() as tx:
        assert tx.execute("SELECT count(*) FROM message WHERE business_key IN ('X1', 'X2')").fetchone() == (2,)
        assert tx.execute("SELECT count(*) FROM outbox_lease").fetchone() == (0,)


def test_nothing_is_sent_twice_before_it_falls_due_again(write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock) -> None:
    write({"send": "later"}, {"send": "unknown"})
    relay()
    assert relay().claimed == 0
    clock.forward(seconds=7)
    relay()
    assert Counter(counterpart.sent) == {1: 2, 2: 2}


def test_an_unknown_row_is_asked_about_before_it_is_sent_again(
    write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database
) -> None:
    write({"send": "unknown"})
    relay()
    clock.forward(seconds=7)
    relay()
    assert counterpart.asked == [1]
    assert states(database) == {1: ("DONE", "")}


@pytest.mark.parametrize(("send", "state"), [("silent", "UNKNOWN"), ("unsent", "PENDING"), ("no", "DEAD")])
def test_an_error_of_the_call_is_the_outcome_of_the_whole_batch(write: Any, relay: Any, database: Database, send: str, state: str) -> None:
    write({}, {"send": send})
    relay()
    assert {name for name, _ in states(database).values()} == {state}


def test_an_unknown_row_that_can_not_be_asked_stays_unknown(write: Any, relay: Any, clock: FixedClock, database: Database) -> None:
    write({"send": "silent"})
    relay()
    with database.transaction() as tx:
        tx.execute("""UPDATE outbox SET args = '{"send": "unsent"}'""")
    clock.forward(hours=2)
    relay()
    assert states(database)[1][0] == "UNKNOWN"


def test_rows_in_flight_when_a_relay_dies_become_unknown(write: Any, relay: Any, counterpart: Counterpart, database: Database) -> None:
    write({}, {})

    def die() -> Never:
        raise KeyboardInterrupt

    counterpart.during_send = die
    with pytest.raises(KeyboardInterrupt):
        relay()
    assert {name for name, _ in states(database).values()} == {"SENDING"}
    assert relay().claimed == 0
    expire_leases(database)
    counterpart.during_send = lambda: None
    assert relay().done == 2
    assert counterpart.asked == [1, 2]


def test_what_another_is_sending_is_nobody_s_work_until_its_lease_has_run_out(
    write: Any, relay: Any, counterpart: Counterpart, database: Database
) -> None:
    what_is_due = load_queries("paidan.entrypoints", "mill.sql").what_is_due

    def is_due() -> bool:
        with database.transaction() as tx:
            cursor = tx.execute(what_is_due, {"now": NOON, "chores": 0})
            names = [column.name for column in cursor.description or ()]
            return bool(dict(zip(names, cursor.fetchone() or (), strict=True))["send"])

    seen: list[bool] = []

    def sending() -> None:
        seen.append(is_due())
        expire_leases(database)
        seen.append(is_due())

    assert not is_due()
    write({})
    assert is_due()
    counterpart.during_send = sending
    assert relay().done == 1
    assert seen == [False, True]
    assert not is_due()


def test_a_paused_relay_can_not_settle_what_another_took_over(
    write: Any, relay: Any, counterpart: Counterpart, database: Database, clock: FixedClock
) -> None:
    write({}, {})
    other = Counterpart(clock)

    def paused() -> None:
        expire_leases(database)
        assert relay(delivery=other).done == 2

    counterpart.during_send = paused
    report = relay()
    assert (report.lost, report.done) == (2, 0)
    assert counterpart.applied == []
    assert other.asked == [1, 2]
    assert states(database) == {1: ("DONE", ""), 2: ("DONE", "")}


def test_a_lease_is_renewed_while_sending(write: Any, relay: Any, counterpart: Counterpart, database: Database) -> None:
    write({})
    seen = []

    def long_call() -> None:
        def until() -> Any:
            with database.transaction(aside=True) as tx:
                return tx.execute("SELECT until FROM outbox_lease").fetchone()[0]

        first = until()
        for _ in range(2000):
            if until() > first:
                seen.append(True)
                return

    counterpart.during_send = long_call
    assert relay(lease_s=0.15).done == 1
    assert seen == [True]


def test_rows_of_one_key_go_out_in_the_order_of_writing_whatever_their_ids(
    write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database
) -> None:
    write({"send": "later"}, {}, key="F1")
    write({}, key="F2", first=5)
    relay()
    assert counterpart.sent == [1, 5]
    with database.transaction() as tx:
        tx.execute("UPDATE outbox SET args = '{}'")
    clock.forward(hours=1)
    relay()
    relay()
    assert counterpart.sent == [1, 5, 1, 2]


def test_a_row_that_can_not_be_loaded_dies_alone(write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database) -> None:
    write({}, {"load": "poison"}, {}, {})
    for _ in range(8):
        relay(attempts_max=3)
        clock.forward(hours=1)
    assert states(database) == {1: ("DONE", ""), 2: ("DEAD", "internal"), 3: ("DONE", ""), 4: ("DONE", "")}
    assert 2 not in counterpart.sent


def test_a_row_that_breaks_sending_dies_alone_and_the_others_are_asked_about(
    write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database
) -> None:
    write({}, {"send": "raise"}, {})
    for _ in range(8):
        relay(attempts_max=3)
        clock.forward(hours=1)
    assert states(database) == {1: ("DONE", ""), 2: ("DEAD", "internal"), 3: ("DONE", "")}
    assert set(counterpart.asked) >= {1, 3}
    assert (2, Verdict.GAVE_UP) in counterpart.applied


def test_a_row_that_can_not_be_applied_is_set_aside_and_the_rest_is_settled_once(write: Any, relay: Any, database: Database) -> None:
    write(*[{"apply": "poison"} if n in {3, 4} else {} for n in range(1, 8)])
    report = relay()
    assert (report.done, report.gave_up) == (5, 2)
    assert [ref for ref, (state, reason) in states(database).items() if (state, reason) == ("DEAD", "poison")] == [3, 4]
    with database.transaction() as tx:
        assert tx.execute("SELECT count(*) FROM outbox_lease").fetchone() == (0,)


def test_after_too_many_attempts_a_row_is_dead_and_can_be_revived(
    write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database
) -> None:
    [number] = write({"send": "later"})
    for _ in range(4):
        relay(attempts_max=3)
        clock.forward(hours=2)
    assert len(counterpart.sent) == 3
    assert counterpart.applied[-1] == (1, Verdict.GAVE_UP)
    assert states(database)[1][0] == "DEAD"
    with database.transaction() as tx:
        tx.execute("UPDATE outbox SET args = '{}'")
        assert revive(tx, [number, 77], clock.now()) == [number]
        assert revive(tx, [number], clock.now()) == []
    assert relay().done == 1
    assert counterpart.asked == [1]


def test_a_lane_has_slots_and_other_lanes_do_not_wait(write: Any, relay: Any, counterpart: Counterpart, database: Database) -> None:
    counterpart.batch = 1
    write(*[{}] * 6, lane="slow")
    write({}, lane="zz", first=10)
    under_way = []

    def meanwhile() -> None:
        with database.transaction(aside=True) as tx:
            under_way.append(dict(tx.execute("SELECT lane, count(*) FROM outbox_lease GROUP BY lane").fetchall()))
        relay(slots=2)

    # Each sending starts another relay before it ends.
    counterpart.during_send = meanwhile
    relay(slots=2)
    assert max(lanes.get("slow", 0) for lanes in under_way) == 2
    assert {"slow": 2, "zz": 1} in under_way
    assert len(counterpart.sent) == len(set(counterpart.sent))


def test_the_breaker_opens_after_silence_and_lets_one_row_try(
    write: Any, relay: Any, counterpart: Counterpart, clock: FixedClock, database: Database
) -> None:
    write(*[{"send": "silent"}] * 10)
    for _ in range(3):
        relay(breaker_after=3, breaker_open_s=3600)
        clock.forward(minutes=2)
    calls = len(counterpart.sent)
    assert relay(breaker_after=3, breaker_open_s=3600).claimed == 0
    clock.forward(hours=1)
    with database.transaction() as tx:
        tx.execute("UPDATE outbox SET args = '{}'")
    assert relay(breaker_after=3, breaker_open_s=3600).claimed == 1
    assert relay(breaker_after=3, breaker_open_s=3600).claimed == 9
    assert len(counterpart.sent) == calls + 10


def test_two_relays_never_hold_the_same_row(write: Any, database: Database, clock: FixedClock, sealer: Sealer) -> None:
    write(*[{}] * 300, lane="a")
    write(*[{}] * 300, lane="b", first=1001)
    counterparts = [Counterpart(clock) for _ in range(3)]
    start = Barrier(3)

    def work(delivery: Any) -> None:
        delivery.batch = 17
        start.wait()
        relay = Relay(database, [delivery], clock=clock, ids=BlockIds(database), sealer=sealer, rules=RelayRules(slots=3))
        idle = 0
        while idle < 20:
            idle = 0 if relay.once().claimed else idle + 1

    threads = [Thread(target=work, args=[delivery]) for delivery in counterparts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = Counter(ref for delivery in counterparts for ref in delivery.sent)
    assert len(sent) == 600
    assert set(sent.values()) == {1}


def test_back_off_doubles_with_jitter_and_is_the_same_for_one_seed() -> None:
    row = OutboxRow(lane="l", kind="k", due_at=NOON, id=7, attempts=1)
    rules = RelayRules(backoff_first_s=10, backoff_max_s=100)
    waits = [backoff_s(replace(row, attempts=n), rules) for n in range(1, 9)]
    assert waits == [backoff_s(replace(row, attempts=n), rules) for n in range(1, 9)]
    for wait, full in zip(waits, [10, 20, 40, 80, 100, 100, 100, 100], strict=True):
        assert 0.8 * full <= wait <= 1.2 * full
    assert len({backoff_s(replace(row, id=n), rules) for n in range(50)}) > 40


def test_older_rows_of_a_key_are_looked_up_by_key_whatever_the_statistics_say(write: Any, database: Database) -> None:
    write({}, {}, key="F1")
    claim = {"lane": "wms", "kind": "tell", "now": NOON, "limit": 5, "token": 1, "lease_s": 60}
    with database.transaction() as tx:
        tx.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in tx.execute(b"EXPLAIN " + queries.claim_outbox.encode(), claim))
    assert "Index Cond: (business_key = candidate" in plan
    assert "outbox_0000000000_lane_kind_due_at_seq_idx" in plan


def test_a_round_costs_the_same_number_of_statements_for_one_row_and_for_many(write: Any, relay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    counted = []
    execute = psycopg.Connection.execute
    monkeypatch.setattr(psycopg.Connection, "execute", lambda self, *args, **kwargs: counted.append(args[0]) or execute(self, *args, **kwargs))
    write({})
    counted.clear()
    relay()
    one = len(counted)
    write(*[{}] * 90, first=100)
    counted.clear()
    assert relay().done == 90
    assert len(counted) - one <= 2  # blocks of ids


CRASHING = """
import sys
sys.path.insert(0, sys.argv[3])
from paidan.runtime.sealing import new_keyring
from test_outbox import NOON, BlockIds, Counterpart, Database, FixedClock, Sealer, relay_once
database, clock = Database(sys.argv[1], sys.argv[2]), FixedClock(NOON)
relay_once(database, [Counterpart(clock)], clock, BlockIds(database), Sealer(new_keyring()))
"""


@pytest.mark.parametrize(
    ("point", "state", "asked"), [("outbox.claimed", "SENDING", [1, 2]), ("outbox.sent", "SENDING", [1, 2]), ("outbox.settled", "DONE", [])]
)
def test_a_killed_relay_leaves_rows_that_are_asked_about_or_done(
    server: Installation,
    merchant: str,
    write: Any,
    relay: Any,
    counterpart: Counterpart,
    database: Database,
    point: str,
    state: str,
    asked: list[int],
) -> None:
    write({}, {})
    environment = {**os.environ, "PAIDAN_CRASH_AT": point, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CRASHING, server.app_url, merchant, str(Path(__file__).parent)]
    killed = subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603 - our own code
    assert killed.returncode == 137, killed.stderr.decode()
    assert {name for name, _ in states(database).values()} == {state}
    with database.transaction() as tx:  # the lease of the dead relay runs out
        tx.execute("UPDATE outbox_lease SET until = now() - interval '1 second'")
    relay()
    assert counterpart.asked == asked
    assert {name for name, _ in states(database).values()} == {"DONE"}
