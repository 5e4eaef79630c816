from datetime import UTC, datetime
from itertools import pairwise

import psycopg
import pytest
from psycopg import sql

from paidan.runtime.database import Database
from paidan.runtime.ids import BlockIds, CountingIds
from paidan.runtime.invariants import broken_invariants
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.partitions import WIDTH_MAX, WIDTH_MIN, WIDTH_UNKNOWN, Partition, add_due_partitions, next_width, partitions
from paidan.runtime.provision import Installation
from paidan.runtime.sealing import Sealer

OWN_MERCHANT = True  # adds partitions and a view
GIB = 2**30
REFUSED = [
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE message (id int)",  # could stand in for the real one inside add_partition
    "ALTER TABLE message ADD COLUMN more int",
    "DROP TABLE setting",
    "SELECT add_partition('pg_class', 0, 1)",
]


def part(id_from: int, id_to: int, size_bytes: int) -> Partition:
    return Partition(parent="t", name="t_1", id_from=id_from, id_to=id_to, size_bytes=size_bytes)


@pytest.mark.parametrize(
    ("ranges", "last_id", "width"),
    [
        ([part(0, 2**24, 0)], 5, WIDTH_UNKNOWN),
        ([part(0, 2**24, GIB)], 2**24 - 1, 2**27),  # 16 M ids weigh 1 GiB: 8 GiB hold 128 M
        ([part(0, 2**24, 8 * GIB), part(2**24, 2**25, 0)], 2**24 + 1, 2**24),
        ([part(0, 2**24, GIB)], 2**20 - 1, 2**23),  # weighed by the ids in use, not by the range
        ([part(0, 2**28, 900 * GIB)], 2**28, WIDTH_MIN * 2),
        ([part(0, 2**30, GIB // 8)], 2**30, WIDTH_MAX),
    ],
)
def test_the_next_partition_is_as_wide_as_the_last_one_s_weight_allows(ranges: list[Partition], last_id: int, width: int) -> None:
    assert next_width(ranges, last_id) == width


def test_there_is_always_an_untouched_partition_ahead_of_the_ids(database: Database, server: Installation, merchant: str, sealer: Sealer) -> None:
    with database.transaction() as tx:
        before = partitions(tx)
    assert {"message", "outbox"} <= set(before)
    with psycopg.connect(server.owner_url) as owner:
        end = max(ranges[-1].id_to for ranges in before.values())
        owner.execute("SELECT setval(%s, %s)", (f"m_{merchant}.id_block", end - 1024))
    added = add_due_partitions(database)
    assert add_due_partitions(database) == []
    last_id = BlockIds(database).take(1)[0]
    with database.transaction() as tx:
        after = partitions(tx)
        assert all(any(one.id_from > last_id for one in ranges) for ranges in after.values())
        assert all(one.id_to == other.id_from for ranges in after.values() for one, other in pairwise(ranges))
        assert len(added) == sum(map(len, after.values())) - sum(map(len, before.values()))
        keep_inbound(tx, CountingIds(last_id), sealer, [InboundMessage(counterpart="c", kind="k", body=b"", at=datetime(2026, 1, 1, tzinfo=UTC))])


def test_the_application_may_add_partitions_and_nothing_else(database: Database) -> None:
    for refused in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction() as tx:
            tx.execute(refused)


def test_an_invariant_tells_which_rows_break_it_and_an_untouched_merchant_breaks_none(
    database: Database, server: Installation, merchant: str
) -> None:
    assert broken_invariants(database) == []
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("SET ROLE paidan_owner")
        owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(f"m_{merchant}")))
        owner.execute("CREATE VIEW invariant_buckets_are_even AS SELECT bucket AS odd_bucket FROM bucket WHERE bucket % 2 = 1 ORDER BY 1")
        owner.execute("COMMENT ON VIEW invariant_buckets_are_even IS 'a bucket is odd'")
    [broken] = broken_invariants(database, limit=3)
    assert (broken.invariant, broken.says, broken.columns, broken.rows, broken.is_cut) == (
        "invariant_buckets_are_even",
        "a bucket is odd",
        ("odd_bucket",),
        [(1,), (3,), (5,)],
        True,
    )
