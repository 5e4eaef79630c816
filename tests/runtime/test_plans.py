"""Plans are kept once the planner knows that the tables have grown, and not before."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from paidan.runtime import plans
from paidan.runtime.database import Database
from paidan.runtime.plans import LOOK_S, PlanWatch
from paidan.runtime.provision import Installation

OWN_MERCHANT = True  # counts rows and plans of a merchant that nobody else has used


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += LOOK_S + 1
        return self.now_s


@pytest.fixture
def own(server: Installation, merchant: str) -> Iterator[Database]:
    database = Database(server.app_url, merchant)
    yield database
    database.close()


def mode(database: Database) -> str:
    with database.transaction() as tx:
        row = tx.execute("SHOW plan_cache_mode").fetchone()
    assert row
    return str(row[0])


def analyse(server: Installation, merchant: str, table: str) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(f"m_{merchant}", table)))


def test_plans_are_kept_when_every_table_has_grown_and_was_analysed(
    server: Installation, merchant: str, own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "TABLES", ("setting", "legal_move"))
    monkeypatch.setattr(plans, "GROWN_ROWS", 50)  # legal_move has more from the first day
    watch = PlanWatch(own, monotonic=Clock())
    with own.transaction() as tx:
        tx.execute("INSERT INTO setting (key, value) SELECT 'plan-' || n, '1' FROM generate_series(1, 60) AS n")
    try:
        analyse(server, merchant, "legal_move")
        watch.look()
        assert (own.keeps_plans, mode(own)) == (False, "auto")
        analyse(server, merchant, "setting")
        watch.look()
        assert (own.keeps_plans, mode(own)) == (True, "force_generic_plan")
        with own.transaction() as tx:
            connection = tx
        assert connection.execute("SHOW plan_cache_mode").fetchone() == ("auto",)  # it ends with the transaction
    finally:
        with own.transaction() as tx:
            tx.execute("DELETE FROM setting WHERE key LIKE 'plan-%'")


def test_looks_are_far_apart(own: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "TABLES", ("legal_move",))
    monkeypatch.setattr(plans, "GROWN_ROWS", -1)
    now_s = [0.0]
    watch = PlanWatch(own, monotonic=lambda: now_s[0])
    for now_s[0], keeps in ((1.0, False), (LOOK_S - 1, False), (LOOK_S, True)):
        watch.look()
        assert own.keeps_plans is keeps
