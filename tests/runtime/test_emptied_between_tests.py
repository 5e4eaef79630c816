"""Tests begin with empty tables, also while the application still looks at them."""

from threading import Thread

import psycopg

from scene import empty

WAITS = "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database() WHERE NOT granted AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid()"


def test_a_look_that_is_on_its_way_ends_and_the_tables_are_emptied(server, merchant, database):
    with database.transaction() as tx:
        tx.execute("INSERT INTO setting (key, value) VALUES ('one', '1')")
    with psycopg.connect(server.owner_url, autocommit=True) as owner, owner.transaction():
        tables = [
            name for (name,) in owner.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = %s", (f"m_{merchant}",)).fetchall()
        ]
        owner.execute(f"SET LOCAL search_path TO m_{merchant}")
        owner.execute("SELECT 1 FROM shop LIMIT 1")  # the look reads one table …
        emptying = Thread(target=empty, args=(server.owner_url, merchant))
        emptying.start()
        while not owner.execute(WAITS).fetchall():
            pass
        for table in tables:  # … and then the others, of which some are locked by now
            owner.execute(f"SELECT 1 FROM {table} LIMIT 1")
    emptying.join()
    with database.transaction() as tx:
        assert tx.execute("SELECT count(*) FROM setting").fetchone() == (0,)
