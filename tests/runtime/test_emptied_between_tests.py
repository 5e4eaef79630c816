"""Tests begin with empty tables, also while the application still looks at them."""

from contextlib import contextmanager, suppress
from threading import Thread

import psycopg
import pytest

from scene import FEW_BYTES, empty

OWN_MERCHANT = True  # fills tables and locks them all
WAITS = """
SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()
 WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = %s::regnamespace)"""

TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"

PATIENCE_S = 60.0


@pytest.fixture
def look(server, merchant, database):
    """A transaction of the application that has read one table and will read others; rows stand in a table, as many as are told.

    PostgreSQL breaks a deadlock in the session that looks for one first: `patience` is when this one does.
    """

    @contextmanager
    def look(rows, patience="1s"):
        with database.transaction() as tx:
            tx.execute("INSERT INTO setting (key, value) SELECT 'n' || n, '1' FROM generate_series(1, %s) n", (rows,))
        with suppress(psycopg.errors.DeadlockDetected), psycopg.connect(server.owner_url, autocommit=True) as owner, owner.transaction():
            owner.execute(f"SET LOCAL search_path TO m_{merchant}; SET LOCAL deadlock_timeout = '{patience}'")
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


@pytest.mark.parametrize("patience", [pytest.param("10ms", id="the look gives way"), pytest.param("10min", id="the emptying gives way")])
def test_once_tables_have_grown_all_are_emptied_whoever_of_the_two_gives_way(look, server, merchant, database, patience):
    with look(FEW_BYTES // 32, patience) as owner:
        emptying = Thread(target=empty, args=(server.owner_url, merchant), daemon=True)
        emptying.start()
        tables = owner.execute(TABLES, (f"m_{merchant}",)).fetchall()
        for (table,) in reversed(tables):  # against the emptying's way: each may be locked by now
            while emptying.is_alive() and not owner.execute(WAITS, (f"m_{merchant}",)).fetchall():
                pass
            owner.execute(f"SELECT 1 FROM {table} LIMIT 1")
    emptying.join(PATIENCE_S)
    assert not emptying.is_alive()
    assert is_empty(database)
