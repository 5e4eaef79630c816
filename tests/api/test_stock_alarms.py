"""What alarms is kept the longer, the longer it took to find; what came quickly is looked for anew. Pages are read of what is kept."""

from array import array
from types import SimpleNamespace

import pytest

from browser import told
from paidan.entrypoints.api import stock_alarms
from paidan.entrypoints.api.operations import queries
from paidan.entrypoints.api.people.caller import Caller
from scene import NOW, line, order, receiver

OWN_MERCHANT = True  # statistics of many rows stay behind
ALL = Caller(name="all", rights=frozenset())
SOME = Caller(name="some", rights=frozenset(), shops=(1,))


@pytest.fixture
def counting(monkeypatch):
    """Counts that take `takes_s` each, at a clock of their own; `asked` says for whom."""
    told = SimpleNamespace(at=100.0, takes_s=0.0, asked=[])

    def count(_services, caller):
        told.at += told.takes_s
        told.asked.append(caller)
        return stock_alarms.Alarming(short=array("q", range(len(told.asked))), oversold=array("q"))

    monkeypatch.setattr(stock_alarms, "_look", count)
    monkeypatch.setattr(stock_alarms.time, "monotonic", lambda: told.at)
    return told


@pytest.mark.parametrize(("takes_s", "kept_s"), [(0.05, 0), (0.19, 0), (1.0, 30), (3.0, 90), (60.0, 120)])
def test_a_count_is_kept_as_long_as_it_was_dear(counting, takes_s, kept_s):
    counting.takes_s = takes_s
    counts = stock_alarms.AlarmCounts()
    assert counts.read(None, ALL).short == 1
    counting.at += max(kept_s - 0.01, 0)
    assert counts.read(None, ALL).short == (1 if kept_s else 2)
    counting.at += 0.02
    assert counts.read(None, ALL).short == (2 if kept_s else 3)


def test_who_sees_less_has_a_count_of_his_own(counting):
    counting.takes_s = 1.0
    counts = stock_alarms.AlarmCounts()
    counts.read(None, ALL)
    counts.read(None, SOME)
    assert counting.asked == [ALL, SOME]


def listed(world, **asked):
    return [row["sku_code"] for row in world.get("/stock/sellable", params=asked).json()["items"]]


def test_a_page_of_what_alarms_is_read_of_what_was_found_and_is_still_true(world, monkeypatch):
    world.scene.set_up({"A": {"X": 10, "Y": 10, "Z": 10}})
    told(world.scene, order("1", line("X", 20), receiver=receiver(1)), order("2", line("Z", 20), receiver=receiver(2)))
    monkeypatch.setattr(stock_alarms, "QUICK_S", -1.0)  # as with so many SKUs that looking takes long
    monkeypatch.setattr(stock_alarms, "REST", 1e9)
    assert listed(world, alarm="short") == listed(world, alarms_only=True) == ["X", "Z"]
    first = world.get("/stock/sellable?alarm=short&limit=1").json()
    rest = world.get(f"/stock/sellable?alarm=short&limit=1&cursor={first['next']}").json()
    assert ([row["sku_code"] for row in first["items"] + rest["items"]], rest["next"]) == (["X", "Z"], None)
    assert listed(world, alarm="short", sku="Z") == ["Z"]
    world.scene.query(
        "UPDATE demand SET short = CASE WHEN short = 0 THEN 5 ELSE 0 END WHERE sku_id IN (SELECT id FROM sku WHERE code IN ('X', 'Y')) RETURNING 1"
    )
    monkeypatch.setattr(stock_alarms, "LOOKED_AT", 1)
    assert listed(world, alarm="short", limit=1) == ["Z"]  # X no more; what is new is found when SKUs are looked at next
    assert world.get("/stock/alarms").json() == {"short": 2, "oversold": 0}


def rows_read(plan):
    """Rows that left the leaves of a plan or were thrown away there."""
    below = plan.get("Plans", [])
    return (
        (0 if below else plan["Actual Rows"] * plan["Actual Loops"])
        + plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"]
        + sum(map(rows_read, below))
    )


def test_a_page_of_what_alarms_reads_few_rows_of_many_skus(database):
    first = 10**9
    ids = array("q", range(first, first + 20_000, 200))
    with database.transaction() as tx:
        tx.execute("INSERT INTO product (id, code, name) VALUES (%s, 'MANY', '')", (first,))
        tx.execute(
            "INSERT INTO sku (id, product_id, code, name) SELECT n, %(first)s, 'N' || n, '' FROM generate_series(%(first)s, %(first)s + 19999) AS n",
            {"first": first},
        )
        tx.execute("INSERT INTO demand (sku_id, short) SELECT unnest(%s::bigint[]), 1", (list(ids),))
        tx.execute("ANALYZE sku, demand")
        filters = {"after": first + 500, "codes": None, "alarm": "short", "now": NOW, "limit": 10, "warehouses": None, "shops": None}
        found = stock_alarms.still_alarming(tx, ids, filters)
        assert [row["sku_id"] for row in found] == [str(one) for one in ids[3:13]]
        asked = {**filters, "ids": list(ids[3:])}
        [(plan,)] = tx.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + queries.sellable, asked, prepare=False).fetchall()
        assert rows_read(plan[0]["Plan"]) < 1_000
        tx.rollback()
