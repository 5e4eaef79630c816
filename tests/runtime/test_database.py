from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, Never

import psycopg
import pytest
from psycopg import errors

from conftest import APP_PASSWORD
from paidan.kernel.errors import BadInput, ConservationError, LeaseLost, SetupError
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Database, PoolBusy, Tx, schema_of, trouble, wait_until_up
from paidan.runtime.ids import BLOCK, BlockIds, CountingIds
from paidan.runtime.provision import Installation, create_merchant, drop_merchant, kept_password, provision

OWN_MERCHANT = True  # makes a table


@pytest.fixture
def narrow(server: Installation, merchant: str) -> Iterator[Database]:
    """One place only, given up on at once."""
    database = Database(server.app_url, merchant, size=1, wait_s=0.05)
    yield database
    database.close()


def note(tx: Tx, key: str) -> None:
    tx.execute("INSERT INTO setting (key, value) VALUES (%s, '1')", (key,))


def noted(database: Database) -> set[str]:
    with database.transaction() as tx:
        return {key for (key,) in tx.execute("SELECT key FROM setting")}


def cut(server: Installation, pids: list[int]) -> None:
    """Other tests share the server: nobody else's session."""
    with psycopg.connect(server.owner_url) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) pid", (pids,))


def test_a_transaction_is_the_merchant_and_neither_superuser_nor_owner(database: Database, merchant: str) -> None:
    with database.transaction() as tx:
        row = tx.execute("SELECT current_user, current_schema(), rolsuper, rolcreaterole FROM pg_roles WHERE rolname = session_user").fetchone()
        owners = tx.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        assert row == (f"m_{merchant}", f"m_{merchant}", False, False)
        assert owners == [("paidan_owner",)]
        assert tx.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
        assert tx.execute("SHOW timezone").fetchone() == ("UTC",)


def test_role_and_search_path_end_with_the_transaction(narrow: Database) -> None:
    with narrow.transaction() as tx:
        connection = tx
    assert connection.execute("SELECT current_user, current_setting('search_path')").fetchone() == ("paidan_app", '"$user", public')
    with pytest.raises(errors.UndefinedTable):
        connection.execute("SELECT * FROM setting")


def test_another_merchant_s_rows_can_not_be_seen(server: Installation, database: Database, merchant: str) -> None:
    other = f"{merchant[:20]}_other"
    create_merchant(server.owner_url, other)
    try:
        with pytest.raises(errors.InsufficientPrivilege), database.for_merchant(other).transaction() as tx:
            tx.execute(f"SELECT * FROM m_{merchant}.setting")
        with psycopg.connect(server.app_url) as bare, pytest.raises(errors.InsufficientPrivilege):
            bare.execute(f"SELECT * FROM m_{merchant}.setting")
    finally:
        drop_merchant(server.owner_url, other)


def test_an_error_rolls_everything_back(database: Database) -> Never:
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:  # noqa: PT012 - the error comes at the end of the transaction
        note(tx, "lost")
        raise ZeroDivisionError
    assert "lost" not in noted(database)


def test_a_savepoint_keeps_the_rest(database: Database) -> None:
    with database.transaction() as tx:
        note(tx, "kept")
        with pytest.raises(errors.UniqueViolation), tx.transaction():
            note(tx, "kept")
    assert "kept" in noted(database)


def test_a_swallowed_error_can_not_pass_for_a_commit(database: Database) -> None:
    with pytest.raises(errors.InFailedSqlTransaction), database.transaction() as tx:  # noqa: PT012 - the error comes at the end of the transaction
        note(tx, "silently lost")
        with pytest.raises(errors.DivisionByZero):
            tx.execute("SELECT 1 / 0")
    assert "silently lost" not in noted(database)


def test_connections_that_died_while_idle_are_replaced_unseen(server: Installation, merchant: str) -> None:
    database = Database(server.app_url, merchant)
    with database.transaction() as one, database.transaction() as two, database.transaction() as three:
        pids = [tx.info.backend_pid for tx in (one, two, three)]
    cut(server, pids)
    for _ in range(4):
        with database.transaction() as tx:
            tx.execute("SELECT 1")
    database.close()


def test_a_glance_is_the_merchant_and_leaves_nothing_open(server: Installation, merchant: str) -> None:
    database = Database(server.app_url, merchant, size=1)
    asked = "SELECT current_user, pg_backend_pid();"
    user = database.schema
    assert (database.glance(asked) or ())[0] == user
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.glance("SELECT * FROM no_such_table;")
    with database.transaction() as tx:  # a glance waits for no free place
        assert (database.glance(asked) or ())[0] == user
        assert tx.execute("SELECT current_user").fetchone() == (user,)
    assert database.glance("SELECT 1 WHERE false;") is None
    cut(server, [(database.glance(asked) or ())[1]])
    assert (database.glance(asked) or ())[0] == user  # a kept connection that died is replaced
    database.close()


def test_a_connection_lost_in_a_transaction_is_told_as_retry(server: Installation, narrow: Database) -> None:
    with pytest.raises(psycopg.OperationalError) as caught, narrow.transaction() as tx:  # noqa: PT012 - the error comes at the end of the transaction
        pid = tx.info.backend_pid
        cut(server, [pid])
        tx.execute("SELECT 1")
    assert trouble(caught.value) == "retry"
    with narrow.transaction() as tx:
        assert tx.info.backend_pid != pid


def test_a_full_pool_says_so_and_errands_aside_still_go(narrow: Database) -> None:
    with narrow.transaction():
        with pytest.raises(PoolBusy) as caught, narrow.transaction():
            pass
        assert trouble(caught.value) == "retry"
        assert len(BlockIds(narrow).take(3)) == 3
    with narrow.transaction():
        pass


def test_an_unreachable_server_is_told_at_once() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(psycopg.OperationalError) as caught, database.transaction():
        pass
    assert trouble(caught.value) == "retry"
    pauses = []
    with pytest.raises(psycopg.OperationalError):
        wait_until_up("postgresql://nobody@127.0.0.1:1/none", for_s=0.05, sleep=pauses.append)
    assert pauses


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.NumericValueOutOfRange(), "poison"),
        (errors.UniqueViolation(), "poison"),
        (errors.CheckViolation(), "poison"),
        (errors.RestrictViolation(), "poison"),
        (ConservationError("1 unit"), "poison"),
        (BadInput(Reason.FIELD_INVALID), "poison"),
        (ValueError(), "poison"),
        (KeyError(), "poison"),
        (errors.DeadlockDetected(), "retry"),
        (errors.SerializationFailure(), "retry"),
        (errors.TooManyConnections(), "retry"),
        (errors.AdminShutdown(), "retry"),
        (errors.ConnectionFailure(), "retry"),
        (errors.LockNotAvailable(), "retry"),
        (psycopg.OperationalError(), "retry"),
        (errors.UndefinedTable(), "fatal"),
        (errors.InsufficientPrivilege(), "fatal"),
        (errors.ObjectInUse(), "fatal"),
        (psycopg.ProgrammingError(), "fatal"),
        (LeaseLost(), "fatal"),
        (SetupError(), "fatal"),
        (NotImplementedError(), "fatal"),
        (KeyboardInterrupt(), "fatal"),
    ],
)
def test_trouble_is_told_apart(error: BaseException, expected: Any) -> None:
    assert trouble(error) == expected


@pytest.mark.parametrize("name", ["", "A", "a-b", "1a", "a" * 41, 'a"', "a;drop"])
def test_a_merchant_s_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(ValueError, match="merchant's name"):
        schema_of(name)


def test_ids_ascend_and_never_repeat_over_blocks_and_threads(database: Database) -> None:
    shared, other = BlockIds(database), BlockIds(database)
    start = Barrier(4)

    def take(ids: CountingIds) -> list[int]:
        start.wait()
        batches = [ids.take(n) for n in (1, 3, BLOCK, 5, 3 * BLOCK + 7, 0, 2)]
        assert all(batch == sorted(batch) for batch in batches)
        return [number for batch in batches for number in batch]

    with ThreadPoolExecutor(4) as pool:
        taken = [number for numbers in pool.map(take, [shared, shared, shared, other]) for number in numbers]
    assert len(set(taken)) == len(taken) == 4 * (4 * BLOCK + 18)
    assert CountingIds().take(3) + CountingIds(7).take(2) == [1, 2, 3, 7, 8]


def test_ids_of_one_process_are_not_older_than_another_s_by_more_than_a_minute(database: Database) -> None:
    now = 0.0
    slow, quick = BlockIds(database, lambda: now), BlockIds(database, lambda: now)
    first = slow.take(1)
    now += 59
    assert slow.take(2) == [first[0] + 1, first[0] + 2]
    newer = quick.take(1)
    now += 2
    assert slow.take(2)[0] > newer[0]


def test_provisioning_twice_changes_nothing_and_a_wrong_password_is_refused(server: Installation) -> None:
    again = provision(server.owner_url, password=APP_PASSWORD, database="paidan_test")
    assert again.app_url == server.app_url
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.app_url.replace(APP_PASSWORD, "wrong"))


def test_the_password_is_made_once_and_kept_private(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    password = kept_password(keys)
    assert len(password) >= 32
    assert kept_password(keys) == password
    assert [file.name for file in keys.iterdir()] == ["paidan_app.password"]
    assert (keys / "paidan_app.password").stat().st_mode & 0o777 == 0o600
    assert kept_password(tmp_path / "other") != password


def test_dropping_a_merchant_leaves_nothing(server: Installation, merchant: str) -> None:
    gone = f"{merchant[:20]}_gone"
    for _ in range(2):
        create_merchant(server.owner_url, gone)
    for _ in range(2):
        drop_merchant(server.owner_url, gone)
    with psycopg.connect(server.owner_url) as admin:
        assert admin.execute("SELECT to_regnamespace(%s), to_regrole(%s)", (f"m_{gone}", f"m_{gone}")).fetchone() == (None, None)


def test_an_immutable_table_refuses_change(server: Installation, merchant: str, database: Database) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("SET ROLE paidan_owner")
        owner.execute(f"SET search_path = m_{merchant}")
        owner.execute("CREATE TABLE ledger (id int)")
        owner.execute("CREATE TRIGGER ledger_is_immutable BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    with database.transaction() as tx:
        tx.execute("INSERT INTO ledger VALUES (1)")
    for change in ("UPDATE ledger SET id = 2", "DELETE FROM ledger"):
        with pytest.raises(errors.RestrictViolation, match="ledger is immutable"), database.transaction() as tx:
            tx.execute(change)
