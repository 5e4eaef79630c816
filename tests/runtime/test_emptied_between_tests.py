"""Tests begin with empty tables, also while the application still looks at them."""

from contextlib import contextmanager, suppress
from threading import Thread

import psycopg
import pytest

from scene import FEW_BYTES, empty

WAITS = """
SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()
 WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = %s::regnamespace)"""

PATIENCE_S = 60.0


@pytest.fixture
def look(server, merchant, database):
    """A transaction of the application that has read one table and will read others; rows stand in a table, as many as are told."""

    @contextmanager
    def look(rows):
        with database.transaction() as tx:
            tx.execute("INSERT INTO setting (key, value) SELECT 'n' || n, '1' FROM generate_series(1, %s) n", (rows,))
        with suppress(psycopg.errors.DeadlockDetected), psycopg.connect(server.owner_url, autocommit=True) as owner, owner.transaction():
            owner.execute(f"SET LOCAL search_path TO m_{merchant}")
            owner.execute("SELECT 1 FROM shop LIMIT 1")
            yield owner

    return look


def is_empty(database):
    with database.transaction() as tx:
        return tx.execute("SELECT count(*) FROM setting").fetchone() == (0,)


def test_a_look_that_is_on_its_way_is_not_waited_for(look, server, merchant, database):
    with look(rows=1):
        empty(server.owner_url, merchant)
        assert is_empty(database)


def test_once_tables_have_grown_it_is_waited_for_whoever_of_the_two_gives_way(look, server, merchant, database):
    with look(rows=FEW_BYTES // 32) as owner:
        emptying = Thread(target=empty, args=(server.owner_url, merchant), daemon=True)
        emptying.start()
        while not owner.execute(WAITS, (f"m_{merchant}",)).fetchall():
            assert emptying.is_alive()
        tables = owner.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = %s", (f"m_{merchant}",)).fetchall()
        for (table,) in tables:  # some of them are locked by now
            owner.execute(f"SELECT 1 FROM {table} LIMIT 1")
    emptying.join(PATIENCE_S)
    assert not emptying.is_alive()
    assert is_empty(database)
