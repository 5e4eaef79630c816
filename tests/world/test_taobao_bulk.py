"""The order-push table in a real PostgreSQL."""

import psycopg

from paidan.runtime.provision import Installation
from paidan.world.taobao import BulkTable, TaobaoPlatform
from world.taobao_client import make_day, minutes, order


def rows(url: str) -> list[tuple[int, str, str]]:
    """As a login that is not the platform's own sees them."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT tid, status, jdp_response::json #>> '{trade_fullinfo_get_response,trade,status}' FROM sys_info.jdp_tb_trade ORDER BY tid"
        ).fetchall()


def test_rows_are_written_and_overwritten_and_can_be_read_by_the_merchant(server: Installation) -> None:
    day = make_day(*(order(n, shop="B", cancelled_at=minutes(90) if n == 1 else None) for n in range(1, 31)))
    table = BulkTable(server.owner_url, rows_at_once=7)
    try:
        platform = TaobaoPlatform(day, bulk=table)
        platform.advance(minutes(60))
        assert {status for _, status, _ in rows(server.app_url)} == {"WAIT_SELLER_SEND_GOODS"}
        platform.advance(minutes(91))
        found = rows(server.app_url)
        assert len(found) == 30
        assert found[0][1:] == ("TRADE_CLOSED", "TRADE_CLOSED")
        assert all(status == inner for _, status, inner in found)
        again = BulkTable(server.owner_url)
        again.close()
        assert rows(server.app_url) == []
    finally:
        table.close()
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA sys_info CASCADE")


def test_the_platform_goes_on_writing_after_its_server_was_restarted(server: Installation) -> None:
    table = BulkTable(server.owner_url)
    try:
        platform = TaobaoPlatform(make_day(order(1, shop="B"), order(2, shop="B", placed_at=minutes(30), paid_at=minutes(31))), bulk=table)
        platform.advance(minutes(20))
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            assert table._connection is not None
            connection.execute("SELECT pg_terminate_backend(%s)", (table._connection.info.backend_pid,))
        platform.advance(minutes(60))
        assert len(rows(server.app_url)) == 2
    finally:
        table.close()
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA sys_info CASCADE")
