"""A page of the order list reads few rows, however many orders there ever were and however rare what is asked for."""

import pytest

from browser import told
from paidan.entrypoints.api.lists import compose
from paidan.entrypoints.api.lists.keyset import compiled
from paidan.entrypoints.api.lists.kinds import Moment
from paidan.entrypoints.api.order_reads import queries
from paidan.entrypoints.api.people.caller import Caller
from plans import MODES, plan_kept, rows_read
from scene import NOW, line, order, receiver

OWN_MERCHANT = True  # statistics of many rows stay behind
OLDER = 40_000
UNDER_WAY = 400
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
# What differs from the order that is copied; all else is taken as it is. Column by column: through jsonb_populate_record a row cost ten times as much.
OTHERWISE = {
    "order_no": "'OLD' || n",
    "has_buyer_remark": "n = 3 * {of}",
    "state": "CASE WHEN n % {of} > 0 THEN 95 ELSE 40 END",
    "path": "CASE WHEN n % {of} > 0 THEN '{{20, 95}}' ELSE '{{20, 30, 40}}' END::smallint[]",
    "waits_for": "CASE WHEN n % {of} > 0 THEN '' WHEN n = 5 * {of} THEN 'no_carrier_reaches' ELSE 'short_of_stock' END",
}
# The newest tenth is on its way.
SENT = {
    "id": "100000 + n",
    "state": f"CASE WHEN n <= {OLDER - OLDER // 10} THEN 80 ELSE 10 END",
    "path": f"CASE WHEN n <= {OLDER - OLDER // 10} THEN '{{{{10, 30, 40, 70, 80}}}}' ELSE '{{{{10}}}}' END::smallint[]",
}
THIS_MONTH = "placed_at:between:now-30d|now"


@pytest.fixture(scope="module")
def years(still):
    """Forty thousand orders, all of the same goods; one in a hundred is under way. One more has other goods."""
    scene = still.scene
    scene.set_up({"A": {"X": 30, "Y": 30}})
    told(scene, order("TB-1", line("X"), receiver=receiver(1)), order("TB-2", line("Y"), receiver=receiver(2)))
    [(usual,)] = scene.query("SELECT id FROM sales_order WHERE platform_order_no = 'TB-1'")
    with scene.database.transaction() as tx:
        for table, key in (("sales_order", "id"), ("order_line", "order_id")):
            _copy(tx, table, key, usual, OTHERWISE)
        _copy(tx, "fulfilment", "order_id", usual, SENT)
        tx.execute("ANALYZE sales_order, order_line, fulfilment")
    return still


def _copy(tx, table, key, copied, otherwise):
    """As many copies of one row as there are older orders."""
    written = {key: "100000 + n", **{column: what.format(of=OLDER // UNDER_WAY) for column, what in otherwise.items()}}
    columns = [row[0] for row in tx.execute(COLUMNS, (table,))]
    taken = ", ".join(written.get(column, f"r.{column}") for column in columns)
    rows = f"SELECT {taken} FROM {table} r, generate_series(1, {OLDER}) n WHERE r.{key} = {copied}"
    tx.execute(f"INSERT INTO {table} ({', '.join(columns)}) {rows}".encode())


@pytest.mark.parametrize(
    ("filters", "found", "at_most"),
    [
        ((), 50, 3 * UNDER_WAY),
        (("waits_for:is:short_of_stock",), 50, 3 * UNDER_WAY),
        (("has_remark:is:true",), 1, 3 * UNDER_WAY),
        (("waits_for:is:no_carrier_reaches",), 1, 3 * UNDER_WAY),
        (("waits_for:is:refund_requested",), 0, 3 * UNDER_WAY),
        (("state:is:backordered", "waits_for:is:no_carrier_reaches"), 1, 3 * UNDER_WAY),
        ((THIS_MONTH, "sku:is:Y"), 1, 50),
        ((THIS_MONTH, "sku:is:NONE"), 0, 50),
    ],
)
def test_a_page_reads_no_more_than_what_is_under_way(years, filters, found, at_most, monkeypatch):
    plans = []
    really = compose.run

    def explained(tx, statement):
        text, asked = compiled(statement)
        plans.append(tx.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + text, asked, prepare=False).fetchone()[0])
        return really(tx, statement)

    monkeypatch.setattr(compose, "run", explained)
    moment = Moment(now=NOW, digest=lambda kind, text: f"{kind}{text}".encode())
    asked = compose.read_question(filters, "", Caller(name="all", rights=frozenset()), moment)
    for _ in range(7):  # as often as a server asks it before it keeps one plan for all values
        with years.scene.database.transaction() as tx:
            ids, _more = compose.find_page(tx, asked, "", 50)
        assert len(ids) == found
    assert max(rows_read(plan[0]["Plan"]) for plan in plans) <= at_most


KNOWN = MODES[0]


@pytest.mark.parametrize(
    ("asked", "found", "mode"),
    [
        # Lists are planned for what is asked; an order's own are asked for by a plan that is kept, too.
        ({}, 50, KNOWN),
        ({"after": 100_000 + OLDER - 100}, 50, KNOWN),
        *(({"order_id": 100_007}, 1, mode) for mode in MODES),
        *(({"ids": [100_000 + OLDER, 100_007]}, 2, mode) for mode in MODES),
    ],
)
def test_a_page_of_fulfilments_reads_those_alone(years, asked, found, mode):
    named = {"after": None, "order_id": None, "ids": None, "states": None, "warehouse": None, "limit": 50, "shops": None, "warehouses": None, **asked}
    with years.scene.database.transaction() as tx:
        assert len(tx.execute(queries.list_fulfilments, named).fetchall()) == found
        plan = plan_kept(tx, queries.list_fulfilments, named, mode)
    assert rows_read(plan) <= 3 * UNDER_WAY
