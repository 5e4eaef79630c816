"""The bulk door: trades that the platform writes into a push database (table `jdp_tb_trade`), read by the time it wrote them.

A row may show up later than its `jdp_modified` says, because transactions end in another order than they stamp: every run starts an overlap
before its cursor and stops a lag before now. Within a run the place (jdp_modified, tid) never repeats a row.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, cast

import psycopg
from msgspec import Struct
from psycopg.rows import tuple_row

from paidan.channels.china_time import CHINA, from_naive
from paidan.channels.decoding import instant
from paidan.channels.platform import Known, PullPage, RawOrder, nothing_known
from paidan.kernel.errors import AnswerUnknown, CallLater, SetupError
from paidan.runtime.queries import load_queries

BEFORE_ALL: Final = -1
TradeRow = tuple[int, datetime, datetime, str]  # tid, modified, jdp_modified, jdp_response
queries = load_queries("paidan.channels.taobao")


class BulkRules(Struct, frozen=True, kw_only=True):
    """How far to reach back, how far to stay behind, how many rows at a time."""

    overlap_s: int = 60
    lag_s: int = 2
    row_count: int = 500


class BulkReader:
    """Reads one push database by its PostgreSQL DSN."""

    def __init__(self, dsn: str, rules: BulkRules | None = None) -> None:
        self._dsn = dsn
        self._rules = rules or BulkRules()
        self._kept: psycopg.Connection[TradeRow] | None = None

    def start_cursor(self, at: datetime) -> str:
        """The cursor is the `jdp_modified` up to which everything was read."""
        return at.isoformat()

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """All rows written since the cursor, oldest first, `row_count` to a page. Raises CallLater, AnswerUnknown or SetupError."""
        try:
            yield from self._pages(self._connected(), cursor, now, known)
        except psycopg.OperationalError as error:
            self.close()
            kind = AnswerUnknown if error.sqlstate else CallLater
            raise kind(f"push database: {error.sqlstate or 'not reachable'}", code=error.sqlstate or "") from error
        except psycopg.Error as error:
            raise SetupError(f"push database: SQLSTATE {error.sqlstate}; check table jdp_tb_trade and its rights") from error

    def close(self) -> None:
        """Leave the push database; the next pull comes back."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _connected(self) -> "psycopg.Connection[TradeRow]":
        """The connection of the last pull: making one costs more than most pulls."""
        if self._kept is None or self._kept.closed:
            plain = psycopg.connect(self._dsn, autocommit=True, row_factory=tuple_row)
            self._kept = cast("psycopg.Connection[TradeRow]", plain)
            self._kept.read_only = True
        return self._kept

    def _pages(self, connection: psycopg.Connection[TradeRow], cursor: str, now: datetime, known: Known) -> Iterator[PullPage]:
        reached = instant(cursor, "cursor")
        place = (_naive(reached - timedelta(seconds=self._rules.overlap_s)), BEFORE_ALL)
        until = _naive(now - timedelta(seconds=self._rules.lag_s))
        while rows := self._rows(connection, place, until):
            tid, _, place_at, _ = rows[-1]
            place = (place_at, tid)
            reached = max(reached, from_naive(place_at))
            versions = {(str(row[0]), from_naive(row[1])) for row in rows}
            fresh = versions - known(versions)
            orders = [_raw(row) for row in rows if (str(row[0]), from_naive(row[1])) in fresh]
            yield PullPage(orders=tuple(orders), cursor=reached.isoformat())

    def _rows(
        self,
        connection: psycopg.Connection[TradeRow],
        place: tuple[datetime, int],
        until: datetime,
    ) -> list[TradeRow]:
        asked = {"after_modified": place[0], "after_tid": place[1], "until": until, "row_count": self._rules.row_count}
        return connection.execute(queries.changed_trades, asked).fetchall()


def _naive(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(tzinfo=None)


def _raw(row: TradeRow) -> RawOrder:
    tid, modified, jdp_modified, response = row
    meta = {"door": "bulk", "jdp_modified": jdp_modified.isoformat(" ")}
    return RawOrder(business_key=str(tid), body=response.encode(), version_at=from_naive(modified), meta=meta)
