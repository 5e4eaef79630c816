"""A merchant's database: a few connections, and transactions that can see that merchant's schema and nothing else."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import Any, Final, Literal, LiteralString, TypeAlias, TypeVar

import msgspec
import psycopg
from psycopg import sql
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.types.json import set_json_loads

from paidan.kernel.errors import BadInput, ConservationError
from paidan.runtime.copying import Cursor

Tx: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Done = TypeVar("Done")
Trouble: TypeAlias = Literal["poison", "retry", "fatal"]

MERCHANT_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
# SQLSTATE classes (PostgreSQL manual, appendix A): data exception, integrity violation.
POISON_CLASSES: Final = frozenset({"22", "23"})
# Transaction rollback, connection exception, insufficient resources, operator intervention; and one code of class 55.
RETRY_CLASSES: Final = frozenset({"40", "08", "53", "57"})
LOCK_NOT_AVAILABLE: Final = "55P03"
OPENING: Final = sql.SQL("BEGIN; SELECT set_config('role', {0}, true), set_config('search_path', {0}, true){1}")
GENERIC: Final = sql.SQL(", set_config('plan_cache_mode', 'force_generic_plan', true)")
PREPARED_AFTER: Final = 2
# A played day has 230 different statements (counted by pg_stat_statements). The library keeps 100 of a connection and would forget them in turns.
PREPARED_MAX: Final = 1000
# What a pure decision raises when it meets an item it can't digest.
DECISION_ERRORS: Final = (
    ConservationError,
    BadInput,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
)


class PoolBusy(psycopg.OperationalError):
    """No connection became free in time: too many transactions at once, or one that does not end."""


class Database:
    """One merchant's schema, seen through a small pool that threads may share.

    Each transaction starts with one round trip that opens it and takes on the merchant's role and search path for its length. The server knows the
    connections by `name`.
    """

    def __init__(
        self,
        url: str,
        merchant: str = "default",
        *,
        size: int = 8,
        wait_s: float = 30.0,
        idle_in_transaction_s: int = 60,
        name: str = "paidan",
    ) -> None:
        self._pool = _Pool(lambda: _connect(url, idle_in_transaction_s, name), size, wait_s)
        self._become(merchant)

    def _become(self, merchant: str) -> None:
        self.merchant = merchant
        self.schema = schema_of(merchant)
        self.keeps_plans = False
        self._opening = OPENING.format(sql.Literal(self.schema), sql.SQL("")).as_bytes()

    def keep_plans(self) -> None:
        """From the next transaction on, a prepared statement keeps one plan whatever its parameters are; see plans.py for when that is good."""
        self._opening = OPENING.format(sql.Literal(self.schema), GENERIC).as_bytes()
        self.keeps_plans = True

    def for_merchant(self, merchant: str) -> "Database":
        """The same connections, another merchant."""
        other = object.__new__(Database)
        other._pool = self._pool
        other._become(merchant)
        return other

    @contextmanager
    def transaction(self, *, aside: bool = False) -> Iterator[Tx]:
        """Open a transaction; commit at the end, roll back on any error. `tx.transaction()` inside is a savepoint.

        `aside=True` is for short errands made while another transaction of the same thread is open (a block of ids, the clock):
        it does not wait for a free place, so that threads which all hold a place can't wait for one another.
        Raises psycopg.OperationalError when the database can't be reached; at COMMIT that means: outcome unknown.
        """
        connection = self._begun(aside=aside)
        try:
            yield connection
            _commit(connection)
        except BaseException:
            with suppress(psycopg.Error):
                connection.rollback()
            raise
        finally:
            self._pool.give_back(connection, aside=aside)

    def glance(self, statement: LiteralString) -> tuple[Any, ...] | None:
        """The first row of a statement without parameters that changes nothing, in a transaction of its own and one round trip.

        For what is looked at all the time. As with `aside`, it does not wait for a free place.
        """
        whole = b"%b; %b COMMIT" % (self._opening, statement.encode())
        connection, answers = self._taken(lambda connection: connection.execute(whole), aside=True)
        try:
            answers.nextset()
            answers.nextset()  # past BEGIN and the role
            return answers.fetchone()
        finally:
            self._pool.give_back(connection, aside=True)

    def close(self) -> None:
        """Close the connections that are not in use; those in use are closed when given back."""
        self._pool.close()

    def _begun(self, *, aside: bool) -> Tx:
        """A connection with an open transaction."""
        return self._taken(lambda connection: _say(connection, self._opening), aside=aside)[0]

    def _taken(self, first: Callable[[Tx], Done], *, aside: bool) -> tuple[Tx, Done]:
        """A connection, and what doing this `first` gave. A kept connection that died meanwhile is replaced: nothing was done on it yet."""
        while True:
            connection, is_new = self._pool.take(aside=aside)
            try:
                done = first(connection)
            except BaseException as error:
                lost = connection.closed
                with suppress(psycopg.Error):
                    connection.rollback()
                self._pool.give_back(connection, aside=aside)
                if is_new or not lost or not isinstance(error, psycopg.OperationalError):
                    raise
            else:
                return connection, done


class _Pool:
    """Last in, first out; no threads of its own, no retries: a database that is away is told at once to who asks."""

    def __init__(self, connect: Callable[[], Tx], size: int, wait_s: float) -> None:
        self._connect = connect
        self._size = size
        self._wait_s = wait_s
        self._places = BoundedSemaphore(size)
        self._lock = Lock()
        self._idle: list[Tx] = []
        self._closed = False

    def take(self, *, aside: bool) -> tuple[Tx, bool]:
        """A connection, and whether it is new."""
        if not aside and not self._places.acquire(timeout=self._wait_s):
            raise PoolBusy(f"no free database connection within {self._wait_s} s")
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        try:
            return self._connect(), True
        except BaseException:
            if not aside:
                self._places.release()
            raise

    def give_back(self, connection: Tx, *, aside: bool) -> None:
        usable = connection.pgconn.transaction_status == TransactionStatus.IDLE
        with self._lock:
            keep = usable and not self._closed and len(self._idle) < self._size
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
        if not aside:
            self._places.release()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def schema_of(merchant: str) -> str:
    """Name of the merchant's schema, and of its role. Raises ValueError for a name that is not a plain lower-case word."""
    if not MERCHANT_NAME.fullmatch(merchant):
        raise ValueError(f"a merchant's name is 1 to 40 of a-z, 0-9, _ and starts with a letter: {merchant!r}")
    return f"m_{merchant}"


def trouble(error: BaseException) -> Trouble:
    """What an error means for a batch: `poison` (some item's fault), `retry` (nobody's), `fatal` (ours: stop)."""
    if isinstance(error, psycopg.Error):
        state = error.sqlstate or ""
        if state[:2] in POISON_CLASSES:
            return "poison"
        lost = isinstance(error, psycopg.OperationalError) and not state
        return "retry" if lost or state[:2] in RETRY_CLASSES or state == LOCK_NOT_AVAILABLE else "fatal"
    return "poison" if isinstance(error, DECISION_ERRORS) else "fatal"


def wait_until_up(url: str, *, for_s: float = 15.0, every_s: float = 0.1, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait for a server that is starting or recovering. Raises the last OperationalError after `for_s` seconds."""
    last = time.monotonic() + for_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > last:
                raise
            sleep(every_s)
        else:
            return


def _say(connection: Tx, words: bytes) -> None:
    """Send plain words and wait until they are carried out, past psycopg's cursors: those cost more CPU than the words."""
    result = connection.pgconn.exec_(words)
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return
    if result.error_field(DiagnosticField.SQLSTATE):
        raise psycopg.errors.error_from_result(result)
    connection.close()  # no word of the server's: it is away, whatever libpq still thinks of the connection
    raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())


def _commit(connection: Tx) -> None:
    """Commit. PostgreSQL would answer COMMIT of a failed transaction by rolling back in silence: raises InFailedSqlTransaction instead."""
    if connection.pgconn.transaction_status == TransactionStatus.INERROR:
        raise psycopg.errors.InFailedSqlTransaction("a statement failed and its error was swallowed: nothing can be committed")
    connection.commit()


def _connect(url: str, idle_in_transaction_s: int, name: str) -> Tx:
    connection: Tx = psycopg.connect(
        url,
        # We say BEGIN ourselves, together with the role, in one round trip.
        autocommit=True,
        application_name=name,
        connect_timeout=10,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
        options=f"-c idle_in_transaction_session_timeout={idle_in_transaction_s}s -c timezone=UTC -c lock_timeout=10s",
        prepare_threshold=PREPARED_AFTER,
        cursor_factory=Cursor,
    )
    connection.prepared_max = PREPARED_MAX
    set_json_loads(msgspec.json.decode, connection)
    return connection
