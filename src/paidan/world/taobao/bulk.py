"""The order-push table (RDS, `sys_info.jdp_tb_trade`): the platform writes every trade of a shop into a database the merchant can read."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import msgspec
import psycopg
from msgspec import Struct, structs

from paidan.runtime.queries import load_queries
from paidan.world.taobao.gateway import CHINA
from paidan.world.taobao.render import mask_name, whole_trade
from paidan.world.taobao.state import Trade

queries = load_queries("paidan.world.taobao")


class JdpRow(Struct, frozen=True, kw_only=True):
    """A row of the table. Times are China local and naive; `jdp_response` is the JSON of a fullinfo answer."""

    tid: int
    status: str
    type: str
    seller_nick: str
    buyer_nick: str
    created: datetime
    modified: datetime
    jdp_hashcode: str
    jdp_response: str
    jdp_created: datetime
    jdp_modified: datetime


class BulkTable:
    """Rows in PostgreSQL when a DSN is given, whose role must be allowed to create the schema `sys_info`; else in memory.

    A row has the whole trade as text: it is not kept twice.
    """

    def __init__(self, dsn: str = "", *, rows_at_once: int = 1000) -> None:
        self.rows: dict[int, JdpRow] = {}  # none when they go to PostgreSQL
        self._created: dict[int, datetime] = {}  # when a trade was written first, by `tid`
        self._rows_at_once = rows_at_once
        self._dsn = dsn
        self._connection = psycopg.connect(dsn, autocommit=True) if dsn else None
        if self._connection is not None:
            self._prepare(self._connection)

    def write(self, trades: Iterable[Trade], now: datetime) -> int:
        """Upsert the trades; returns how many rows were written."""
        at = now.astimezone(CHINA).replace(tzinfo=None, microsecond=0)
        rows = [self._row(trade, at) for trade in trades]
        self._created |= {row.tid: row.jdp_created for row in rows}
        if self._connection is None:
            self.rows |= {row.tid: row for row in rows}
        else:
            self._connection = self._alive(self._connection)
            for first in range(0, len(rows), self._rows_at_once):
                columns = zip(*(structs.astuple(row) for row in rows[first : first + self._rows_at_once]), strict=True)
                names = [field.name for field in structs.fields(JdpRow)]
                self._connection.execute(queries.write_rows, {name: list(column) for name, column in zip(names, columns, strict=True)})
        return len(rows)

    def close(self) -> None:
        """Leave the database."""
        if self._connection is not None:
            self._connection.close()

    def _alive(self, connection: psycopg.Connection) -> psycopg.Connection:
        """The connection, or a new one after the server was restarted."""
        try:
            connection.execute("SELECT 1")
        except psycopg.OperationalError:
            connection.close()
            return psycopg.connect(self._dsn, autocommit=True)
        return connection

    def _row(self, trade: Trade, at: datetime) -> JdpRow:
        response = msgspec.json.encode({"trade_fullinfo_get_response": {"trade": whole_trade(trade)}})
        return JdpRow(
            tid=trade.tid,
            status=trade.status,
            type="cod" if trade.order.is_cod else "fixed",
            seller_nick=trade.shop.name,
            buyer_nick=mask_name(trade.order.buyer),
            created=_local(trade.created),
            modified=_local(trade.modified),
            jdp_hashcode=str(int.from_bytes(blake2b(response, digest_size=4).digest(), "big", signed=True)),
            jdp_response=response.decode(),
            jdp_created=self._created.get(trade.tid, at),
            jdp_modified=at,
        )

    @staticmethod
    def _prepare(connection: psycopg.Connection) -> None:
        """Make the table, empty: a world starts from nothing."""
        for statement in (
            queries.make_schema,
            queries.make_table,
            queries.make_index_by_change,
            queries.make_index_by_change_alone,
            queries.let_in,
            queries.let_read,
            queries.empty_table,
        ):
            connection.execute(statement)


def _local(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(tzinfo=None)
