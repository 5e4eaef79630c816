"""Records what a worker writes to the database, byte by byte, and plays it back without any decision: the floor under the pass."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from msgspec import Struct
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus

from paidan.runtime.copying import Copy, Cursor
from paidan.runtime.database import Tx

READS = re.compile(rb"^(?:\s|--[^\n]*\n)*SELECT\b(?!.*FOR (?:NO KEY )?UPDATE)", re.DOTALL)
OPENS = re.compile(rb"^\s*BEGIN\b")


class Written(Struct, frozen=True, array_like=True):
    """A statement with its parameters, or (`copied`) COPYs that went as one command, each with its data."""

    statement: bytes
    params: list[bytes | None] = []
    types: tuple[int, ...] = ()
    formats: list[int] = []
    copied: list[bytes] | None = None


class Tape(Struct):
    """Transactions of one worker in their order, by phase; statements of all kinds are counted."""

    phases: list[list[list[Written]]]
    statements: int = 0

    def note(self, written: Written) -> None:
        """Keep it, unless it only reads."""
        if not OPENS.match(written.statement):
            self.statements += len(written.copied or [b""])
            if not READS.match(written.statement):
                self.phases[-1][-1].append(written)


class _Writer(psycopg.copy.LibpqWriter):
    def __init__(self, cursor: Any, blocks: list[bytes]) -> None:
        super().__init__(cursor)
        self._blocks = blocks

    def write(self, data: Any) -> None:
        self._blocks.append(bytes(data))
        super().write(data)


def recording_cursor(tape: Tape) -> type[Cursor]:
    """A cursor class that notes on the tape what it runs."""

    class Recording(Cursor):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            converted = PostgresQuery(Transformer(self))
            converted.convert(query, params)
            tape.note(
                Written(
                    converted.query,
                    [None if one is None else bytes(one) for one in converted.params or ()],
                    tuple(converted.types or ()),
                    [int(f) for f in converted.formats or ()],
                )
            )
            return super().execute(query, params, **more)

        @contextmanager
        def copy(self, statement: Any, params: Any = None, **_: Any) -> Iterator[Any]:
            blocks: list[bytes] = []
            with super().copy(statement, params, writer=_Writer(self, blocks)) as into:
                yield into
            converted = PostgresQuery(Transformer(self))
            converted.convert(statement, params)
            tape.note(Written(converted.query, copied=[b"".join(blocks)]))

        def copy_all(self, copies: Sequence[Copy]) -> None:
            super().copy_all(copies)
            tape.note(Written(";".join(statement for statement, _ in copies).encode(), copied=[data for _, data in copies]))

    return Recording


def play(tx: Tx, transaction: list[Written], known: dict[tuple[bytes, tuple[int, ...]], bytes]) -> None:
    """Run one recorded transaction over libpq; each statement is prepared once per connection."""
    pgconn = tx.pgconn
    for written in transaction:
        if written.copied is not None:
            result = pgconn.exec_(written.statement)
            for data in written.copied:
                _expect(result, ExecStatus.COPY_IN)
                pgconn.put_copy_data(data)
                pgconn.put_copy_end()
                _expect(pgconn.get_result(), ExecStatus.COMMAND_OK)
                result = pgconn.get_result()
            continue
        key = (written.statement, written.types)
        if key not in known:
            known[key] = b"floor%d" % len(known)
            _expect(pgconn.prepare(known[key], written.statement, written.types), ExecStatus.COMMAND_OK)
        # The stub of psycopg knows no NULL among the parameters; libpq does.
        result = pgconn.exec_prepared(known[key], written.params, written.formats)  # type: ignore[arg-type]
        _expect(result, ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


def _expect(result: Any, *wanted: ExecStatus) -> None:
    if result.status not in wanted:
        raise psycopg.DatabaseError(f"{ExecStatus(result.status).name}: {result.error_message.decode(errors='replace')}")
