"""The mill does the house's chores, and what is forgotten was needed by nobody."""

from datetime import timedelta

import pytest
from msgspec import structs

from hands import run
from paidan.entrypoints.chores import chores_of, harmless_sources
from paidan.entrypoints.installation import OpenInstallation
from paidan.entrypoints.mill import Mill
from paidan.runtime.clocks import FixedClock
from paidan.runtime.ids import BlockIds
from paidan.runtime.messages import InboundMessage, keep_and_tell
from paidan.runtime.numbers import NumberSource
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.settings import Settings
from scene import NOW, Scene, empty, line, order

OWN_MERCHANT = True  # the mill adds partitions


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


@pytest.fixture
def here(database, sealer):
    return OpenInstallation(
        settings=Settings(allow_loopback=True),
        database=database,
        ids=BlockIds(database),
        numbers=NumberSource(database),
        sealer=sealer,
        clock=FixedClock(NOW),
    )


def old(scene, here):
    """What was done long ago at every place that is swept, and beside it what is recent."""
    scene.set_up({"A": {"SKU1": 5}})
    with scene.database.transaction() as tx:
        for days in (300, 1):
            at = NOW - timedelta(days=days)
            put(tx, here.ids, [OutboxRow(lane="warehouse:1", kind="wms.create", due_at=at)])
            tx.execute("UPDATE outbox SET state = 2, done_at = due_at")
            keep_and_tell(
                tx,
                here.ids,
                here.sealer,
                [InboundMessage(counterpart=harmless_sources(tx)[0], kind="order", body=b"{}", at=at, message_ref=f"{days}")],
            )
            tx.execute("INSERT INTO idempotency_key (caller, key, request_digest, created_at) VALUES ('1', %s, '', %s)", (f"{days}", at))
        tx.execute("UPDATE idempotency_key SET created_at = %s WHERE key = '1'", (NOW - timedelta(hours=1),))


def test_a_turn_does_every_chore_once(scene, here):
    old(scene, here)
    mill, other = Mill(here), Mill(here)
    done = mill.turn()
    told = {name: done.get(f"chores.{name}", 0) for name in ("idempotency", "inbox", "outbox")}
    assert told == {"idempotency": 1, "inbox": 1, "outbox": 1}
    assert done["chores.partitions"] > 0  # a fresh schema has none ahead
    assert scene.query("SELECT (SELECT COUNT(*) FROM outbox), (SELECT COUNT(*) FROM inbox), (SELECT COUNT(*) FROM idempotency_key)") == [(1, 1, 1)]
    scene.query("INSERT INTO idempotency_key (caller, key, request_digest, created_at) VALUES ('1', 'x', '', '2020-01-01') RETURNING 1")
    for one in (mill, other):
        assert not any(name.startswith("chores.") for name in one.turn())
    scene.query("UPDATE chore SET due_at = clock_timestamp() WHERE name = 'idempotency' RETURNING 1")
    assert other.turn()["chores.idempotency"] == 1
    mill.close()
    other.close()


def test_the_look_says_when_none_is_due(scene, here):
    mill = Mill(here)
    assert "chores" in mill._look()
    mill.turn()
    assert "chores" not in mill._look()
    assert scene.query("SELECT COUNT(*) FROM chore") == [(len(chores_of(here)),)]
    mill.close()


def test_a_warehouse_s_source_is_never_harmless(scene, here):
    old(scene, here)
    scene.query("INSERT INTO connection (id, code, protocol, url) VALUES (901, 'W', 'qimen', ''), (902, 'K', 'kuaidi100', '') RETURNING 1")
    with scene.database.transaction() as tx:
        found = harmless_sources(tx)
    assert "carrier:K" in found
    assert any(source.startswith("shop:") for source in found)
    assert not any(source.startswith("wms:") for source in found)


def test_backorders_are_looked_at_again_when_the_network_has_changed(scene, here):
    scene.set_up({"A": {"X": 0}, "B": {"X": 5}})
    scene.query("INSERT INTO shop_warehouse VALUES (%s, %s) RETURNING 1", scene.shop_id, scene.warehouses["A"])
    here = structs.replace(here, clock=FixedClock(NOW))
    run(scene, order("1", line("X", 2)))
    mill = Mill(here)
    while any(mill.turn().values()):
        pass
    assert scene.query("SELECT state FROM sales_order") == [(40,)]
    scene.query("DELETE FROM shop_warehouse RETURNING 1")
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    assert mill.turn()["wake.orders"] == 1
    mill.turn()
    assert scene.query("SELECT state FROM sales_order") == [(50,)]
    mill.close()


def test_old_jobs_go_with_their_rows_and_files_and_the_others_stay(scene, here):
    scene.set_up({"A": {"SKU1": 5}})
    fates = {1: (100, None), 2: (100, 1), 3: (1, None), 4: (None, None)}  # days since it ended, and since it could be undone last
    with scene.database.transaction() as tx:
        for number, (ended, undo) in fates.items():
            at = [None if days is None else NOW - timedelta(days=days) for days in (ended, undo)]
            tx.execute(
                "INSERT INTO job (id, action, owner, actor, total, created_at, ended_at, undo_until) VALUES (%s, 'hold', 'key:1', 'x', 1500, %s, %s, %s)",
                (number, NOW - timedelta(days=120), *at),
            )
            tx.execute("INSERT INTO job_row (job_id, n, order_id, order_no) SELECT %s, n, n, n FROM generate_series(1, 1500) AS n", (number,))
            tx.execute("INSERT INTO job_file VALUES (%s, 'x.xlsx', 'text/plain', '')", (number,))
        tx.execute("INSERT INTO sign_in_failure VALUES ('name:a', 3, now() - interval '2 days'), ('name:b', 3, now())")
    mill = Mill(here)
    done = mill.turn()
    mill.close()
    assert (done["chores.jobs"], done["chores.sign_in_failures"]) == (1501, 1)
    assert scene.query("SELECT id FROM job ORDER BY id") == [(2,), (3,), (4,)]
    assert (
        scene.query("SELECT DISTINCT job_id FROM job_row ORDER BY 1") == scene.query("SELECT job_id FROM job_file ORDER BY 1") == [(2,), (3,), (4,)]
    )
    assert scene.query("SELECT subject FROM sign_in_failure") == [("name:b",)]
