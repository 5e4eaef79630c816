from datetime import UTC, datetime, timedelta
from threading import Thread

import psycopg
import pytest
from psycopg import sql

from paidan.runtime import chores
from paidan.runtime.chores import Chore, do_due, sweep_inbox, sweep_outbox, swept, take_due
from paidan.runtime.database import Database
from paidan.runtime.ids import CountingIds
from paidan.runtime.messages import InboundMessage, keep_and_tell
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.provision import Installation
from paidan.runtime.sealing import Sealer

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def _empty(server: Installation, merchant: str, database: Database) -> None:
    del database
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(f"m_{merchant}")))
        owner.execute("TRUNCATE chore, outbox, inbox, message")


def make_due(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("UPDATE chore SET due_at = clock_timestamp()")


def count(database: Database, statement: str) -> int:
    with database.transaction() as tx:
        row = tx.execute(statement.encode()).fetchone()
    assert row
    return int(row[0])


def test_a_chore_never_done_is_due_and_then_rests(database: Database) -> None:
    for expected in ({"a", "b"}, set()):
        with database.transaction() as tx:
            assert take_due(tx, {"a": 60, "b": 3600}) == expected
    make_due(database)
    with database.transaction() as tx:
        assert take_due(tx, {"a": 60}) == {"a"}


def test_of_two_workers_one_does_it(database: Database) -> None:
    done: list[str] = []
    all_due = [Chore(name=f"chore{n}", every_s=60, do=lambda n=n: (done.append(str(n)) or 1, False)) for n in range(20)]  # type: ignore[misc]
    workers = [Thread(target=do_due, args=(database, all_due)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == sorted(map(str, range(20)))


def test_a_chore_that_is_not_through_comes_again_at_once(database: Database) -> None:
    left = [(5, True), (3, False)]
    chore = Chore(name="long", every_s=3600, do=lambda: left.pop(0))
    assert do_due(database, [chore]) == {"long": 5}
    assert do_due(database, [chore]) == {"long": 3}
    assert do_due(database, [chore]) == {}


def test_who_dies_over_a_chore_leaves_it_to_the_next_time(database: Database) -> None:
    def die() -> tuple[int, bool]:
        raise RuntimeError("dead")

    with pytest.raises(RuntimeError):
        do_due(database, [Chore(name="deadly", every_s=60, do=die)])
    assert do_due(database, [Chore(name="deadly", every_s=60, do=die)]) == {}


def test_only_what_was_told_long_ago_leaves_the_outbox(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "CHUNK", 2)
    rows = [OutboxRow(lane="l", kind="k", due_at=LONG_AGO) for _ in range(9)]
    with database.transaction() as tx:
        ids = put(tx, CountingIds(), rows)
        for state, done_at, some in ((2, LONG_AGO, ids[:5]), (2, NOW, ids[5:6]), (4, LONG_AGO, ids[6:7])):
            tx.execute("UPDATE outbox SET state = %s, done_at = %s WHERE id = ANY(%s)", (state, done_at, some))
        tx.execute("UPDATE outbox SET state = 3 WHERE id = %s", (ids[7],))
    assert swept(database, lambda tx: sweep_outbox(tx, NOW - timedelta(days=30))) == (5, False)
    with database.transaction() as tx:
        assert tx.execute("SELECT state FROM outbox ORDER BY id").fetchall() == [(2,), (4,), (3,), (0,)]


def test_a_row_under_way_is_passed_by(database: Database) -> None:
    with database.transaction() as tx:
        put(tx, CountingIds(), [OutboxRow(lane="l", kind="k", due_at=LONG_AGO)])
        tx.execute("UPDATE outbox SET state = 2, done_at = %s", (LONG_AGO,))
    with database.transaction() as reader:
        reader.execute("SELECT FROM outbox FOR UPDATE")
        with database.transaction() as tx:
            assert sweep_outbox(tx, NOW) == 0
    with database.transaction() as tx:
        assert sweep_outbox(tx, NOW) == 1


def test_a_shop_s_old_messages_are_forgotten_a_warehouse_s_never(database: Database, sealer: Sealer) -> None:
    told = [(source, at, f"{source}{at:%y}") for source in ("shop:A", "wms:W", "carrier:K") for at in (LONG_AGO, NOW)]
    messages = [InboundMessage(counterpart=source, kind="k", body=b"", at=at, message_ref=ref) for source, at, ref in told]
    with database.transaction() as tx:
        keep_and_tell(tx, CountingIds(), sealer, messages)
        assert sweep_inbox(tx, ["shop:A", "carrier:K", "shop:none"], NOW - timedelta(days=180)) == 2
        assert sweep_inbox(tx, ["shop:A", "carrier:K"], NOW - timedelta(days=180)) == 0
        left = tx.execute("SELECT message_ref FROM inbox ORDER BY 1").fetchall()
    assert left == [("carrier:K26",), ("shop:A26",), ("wms:W25",), ("wms:W26",)]


def test_what_is_left_for_want_of_time_is_said(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "CHUNK", 1)
    monkeypatch.setattr(chores, "CHUNKS_MAX", 3)
    left = [1, 1, 1, 1, 0]
    assert swept(database, lambda _: left.pop(0)) == (3, True)
    assert swept(database, lambda _: left.pop(0)) == (1, False)
    assert count(database, "SELECT COUNT(*) FROM chore") == 0
