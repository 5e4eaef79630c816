from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest

from channels.taobao_trades import body, trade
from paidan.channels.platform import Version
from paidan.channels.taobao.bulk import BulkReader, BulkRules
from paidan.channels.taobao.orders import parse
from paidan.kernel.errors import CallLater, SetupError
from paidan.runtime.provision import Installation

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TABLE: LiteralString = """
CREATE TABLE jdp_tb_trade (tid bigint PRIMARY KEY, status varchar(64), modified timestamp, jdp_hashcode varchar(128), jdp_response text,
  jdp_created timestamp, jdp_modified timestamp)"""
PUT: LiteralString = "INSERT INTO jdp_tb_trade (tid, modified, jdp_modified, jdp_response) VALUES (%s, %s, %s, %s)"


class PushDatabase:
    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)

    def put(self, tid: int, ago_s: int) -> None:
        at = (NOW - timedelta(seconds=ago_s)).replace(tzinfo=None) + timedelta(hours=8)
        told = body({"trade_fullinfo_get_response": {"trade": trade(tid=tid, modified=at.strftime("%Y-%m-%d %H:%M:%S"))}})
        self.connection.execute(PUT, (tid, at, at, told.decode()))


@pytest.fixture
def push(server: Installation) -> Iterator[PushDatabase]:
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA IF NOT EXISTS push_rds")
    url = psycopg.conninfo.make_conninfo(server.owner_url, options="-csearch_path=push_rds")
    database = PushDatabase(url)
    database.connection.execute(TABLE)
    yield database
    database.connection.execute("DROP SCHEMA push_rds CASCADE")
    database.connection.close()


RULES = BulkRules(overlap_s=60, lag_s=2, row_count=3)


def tids(reader: BulkReader, cursor: str) -> tuple[list[str], str]:
    pages = list(reader.pull(cursor, now=NOW))
    return [order.business_key for page in pages for order in page.orders], pages[-1].cursor if pages else cursor


def test_rows_come_once_in_order_and_the_cursor_follows(push: PushDatabase) -> None:
    for n in range(8):
        push.put(100 + n, 500 - 10 * (n // 3))  # three rows share each instant: pages break within one
    reader = BulkReader(push.url, RULES)
    found, cursor = tids(reader, reader.start_cursor(NOW - timedelta(hours=1)))
    assert found == [str(100 + n) for n in range(8)]
    assert cursor == (NOW - timedelta(seconds=480)).isoformat()


def test_bodies_are_verbatim_and_read_by_the_codec(push: PushDatabase) -> None:
    push.put(100, 30)
    reader = BulkReader(push.url, RULES)
    (page,) = reader.pull(reader.start_cursor(NOW - timedelta(hours=1)), now=NOW)
    (raw,) = page.orders
    assert raw.body.startswith(b'{"trade_fullinfo_get_response"')
    order = parse(raw.body)
    assert (order.platform_order_no, order.version_at) == (raw.business_key, raw.version_at) == ("100", NOW - timedelta(seconds=30))


def test_a_row_that_shows_up_late_is_found_in_the_overlap(push: PushDatabase) -> None:
    push.put(100, 30)
    reader = BulkReader(push.url, RULES)
    _, cursor = tids(reader, reader.start_cursor(NOW - timedelta(hours=1)))
    push.put(101, 50)  # stamped before, committed after
    assert "101" in tids(reader, cursor)[0]


def test_rows_kept_already_are_left_out(push: PushDatabase) -> None:
    push.put(100, 30)
    push.put(101, 20)

    def known(versions: Collection[Version]) -> set[Version]:
        return {version for version in versions if version[0] == "100"}

    reader = BulkReader(push.url, RULES)
    pages = reader.pull(reader.start_cursor(NOW - timedelta(hours=1)), now=NOW, known=known)
    assert [order.business_key for page in pages for order in page.orders] == ["101"]


def test_the_newest_instants_are_left_for_the_next_run(push: PushDatabase) -> None:
    push.put(100, 1)
    reader = BulkReader(push.url, RULES)
    assert tids(reader, reader.start_cursor(NOW - timedelta(hours=1)))[0] == []


def test_nothing_new_leaves_the_cursor(push: PushDatabase) -> None:
    reader = BulkReader(push.url, RULES)
    assert list(reader.pull(reader.start_cursor(NOW), now=NOW)) == []


def test_a_database_that_is_not_there_is_asked_later() -> None:
    reader = BulkReader("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", RULES)
    with pytest.raises(CallLater):
        list(reader.pull(reader.start_cursor(NOW), now=NOW))


def test_a_missing_table_is_a_matter_of_setup(push: PushDatabase) -> None:
    reader = BulkReader(push.url, RULES)
    push.connection.execute("DROP TABLE jdp_tb_trade")
    with pytest.raises(SetupError, match="jdp_tb_trade"):
        list(reader.pull(reader.start_cursor(NOW), now=NOW))
