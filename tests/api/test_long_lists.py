"""Lists of what has grown long read few rows for a page: of a log of messages, whatever is rare in it."""

from datetime import timedelta

import pytest

from paidan.entrypoints.api.operations import MessagesAsked, queries
from paidan.entrypoints.api.people.caller import Caller
from paidan.runtime.messages import MessageState
from plans import MODES, plan_kept, rows_read
from scene import NOW

OWN_MERCHANT = True  # statistics of many rows stay behind
LOG = 60_000
EVERYBODY_S = Caller(name="all", rights=frozenset())
STATES = tuple(state.name.lower() for state in MessageState)
FILL = """
INSERT INTO message (id, at, direction, counterpart, kind, business_key, bucket, state, body, digest)
SELECT n * 25, %(now)s::timestamptz - (%(log)s - n) * interval '1 minute', 'i', 'shop:S1', CASE WHEN n %% 25000 = 0 THEN 'rare' ELSE 'usual.' || n %% 3 END,
       'K' || n, n %% 192, CASE WHEN n %% 20000 = 7 THEN 2 WHEN n %% 20000 = 8 THEN 3 WHEN n %% 20000 = 9 THEN 0 ELSE 1 END, '', ''
FROM generate_series(1, %(log)s) AS n
"""


@pytest.fixture(scope="module")
def log(database):
    """A log of six weeks."""
    with database.transaction() as tx:
        tx.execute(FILL, {"now": NOW, "log": LOG})
        tx.execute("ANALYZE message")
    return database


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 3),
        ({"states": ("duplicate",)}, 0),  # of this week none: the ones of weeks ago are not looked at
        ({"states": ("waiting",)}, 0),
        ({"kind": "rare", "states": ("done",)}, 1),
        ({"kind": "rare", "states": STATES}, 1),
        ({"kind": "none.such", "states": STATES}, 0),
        ({"kind": "none.such"}, 0),
        ({"kind": "usual.1", "states": STATES}, 50),
        ({"states": STATES}, 50),
        ({"business_key": "K40000"}, 1),
        ({"ids": ("25", "50")}, 2),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_a_page_of_the_log_reads_few_rows_whatever_is_asked(log, asked, found, mode):
    with log.transaction() as tx:
        named = {**MessagesAsked(**asked).named(tx, EVERYBODY_S, None, NOW), "limit": 50}
        assert len(tx.execute(queries.list_messages, named).fetchall()) == found
        assert rows_read(plan_kept(tx, queries.list_messages, named, mode)) < 1_000


def test_a_week_is_found_by_halving_and_nothing_of_it_is_missed(log):
    with log.transaction() as tx:
        for days in (0, 1, 7, 30, 100):
            since = NOW - timedelta(days=days)
            [(first,)] = tx.execute(queries.first_id_since, {"since": since}).fetchall()
            [(oldest,)] = tx.execute("SELECT min(id) FROM message WHERE at >= %s", (since,)).fetchall()
            assert oldest - 300_000 < first <= oldest or first == 0


@pytest.mark.parametrize("mode", MODES)
def test_what_an_order_is_called_is_read_key_by_key(log, mode):
    with log.transaction() as tx:
        named = {**MessagesAsked(business_key="K1").named(tx, EVERYBODY_S, None, NOW), "business_keys": ["K1", "K40000", "none"], "limit": 50}
        assert [row[5] for row in tx.execute(queries.list_messages, named)] == ["K40000", "K1"]
        assert rows_read(plan_kept(tx, queries.list_messages, named, mode)) < 100
