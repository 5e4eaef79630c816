"""Binary COPY: how its values are written, and how several go to the server as one command.

Manual: COPY, binary format; wire forms as the `recv` functions of each type read them. The library writes instants, arrays and JSON by code that
serves every case; a pass writes a dozen of them for each order, most of them equal. Parameters of statements are written as ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from threading import local
from typing import Any, ClassVar, Final, LiteralString

import msgspec
import psycopg
from psycopg._copy_base import format_row_binary
from psycopg.abc import PQGen
from psycopg.adapt import AdaptersMap, Dumper, Transformer
from psycopg.generators import copy_to, fetch, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.json import Jsonb
from psycopg.types.string import BytesBinaryDumper

Copy = tuple[LiteralString, bytes]  # a statement that says (FORMAT BINARY), and its data

# Signature, flags, length of the header's extension; the end is a row of -1 fields.
SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
BLOCK: Final = 64 * 1024  # bytes handed to libpq at once

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # a timestamptz counts microseconds from here
_MICROSECOND: Final = timedelta(microseconds=1)
_int8: Final = Struct("!q").pack
_to_json: Final = msgspec.json.Encoder().encode
_JSONB_VERSION: Final = b"\x01"


class _Binary(Dumper):
    format = Format.BINARY


class InstantDumper(_Binary):
    """Aware instants as `timestamptz`. One instant mostly stands in many rows."""

    oid = 1184
    _last: datetime | None = None
    _written = b""

    def dump(self, obj: datetime) -> bytes:
        """Microseconds since 2000. Raises TypeError for an instant without a zone."""
        if obj is not self._last:
            self._last, self._written = obj, _int8((obj - _EPOCH) // _MICROSECOND)
        return self._written


class JsonbDumper(_Binary):
    """Mappings, or what stands in a `Jsonb`, as `jsonb`."""

    oid = 3802

    def dump(self, obj: Mapping[str, Any] | Jsonb) -> bytes:
        """The version of the form, then the text."""
        return _JSONB_VERSION + _to_json(obj.obj if isinstance(obj, Jsonb) else obj)


class SmallintsDumper(_Binary):
    """Lists of numbers as `smallint[]`: paths of states, of which there are few."""

    oid = 1005
    element_oid: ClassVar[int] = 21
    code: ClassVar[str] = "h"

    def dump(self, obj: Sequence[int]) -> bytes:
        """One dimension from 1 on, none when it is empty."""
        return _array(self.element_oid, self.code, tuple(obj))


class BigintsDumper(SmallintsDumper):
    """Lists of numbers as `bigint[]`."""

    oid = 1016
    element_oid = 20
    code = "q"


class _Ours:
    """How values of a COPY are written (psycopg.abc.AdaptContext); parameters of statements are not concerned."""

    connection = None
    adapters = AdaptersMap(psycopg.adapters)


for _dumper in (InstantDumper, JsonbDumper, SmallintsDumper, BigintsDumper, BytesBinaryDumper):
    _Ours.adapters.register_dumper(None, _dumper)


class _Writers(local):
    """Those of one thread, by the types of the columns: the dumpers of a row remember what they wrote last."""

    def __init__(self) -> None:
        self.by_types: dict[tuple[str, ...], Any] = {}  # a Transformer each; its stub is no type


_writers = _Writers()


def written(rows: Iterable[Sequence[Any]], types: tuple[str, ...]) -> bytes:
    """The data of a binary COPY of these rows; `types`: names of the columns' types."""
    writer = _writers.by_types.get(types)
    if writer is None:
        writer = _writers.by_types[types] = Transformer(_Ours())
        writer.set_dumper_types([_Ours.adapters.types.get_oid(name) for name in types], Format.BINARY)
    data = bytearray(SIGNATURE)
    for row in rows:
        format_row_binary(row, writer, data)
    return bytes(data + TRAILER)


class Cursor(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor that can say several COPYs in one breath."""

    def copy_all(self, copies: Sequence[Copy]) -> None:
        """Run these as one command: the end of each answers the beginning of the next, and there is one wait of Python's for all."""
        with self.connection.lock:
            self.connection.wait(_copy_all(self.connection.pgconn, copies))


def _copy_all(pgconn: PGconn, copies: Sequence[Copy]) -> PQGen[None]:
    pgconn.send_query(";\n".join(statement for statement, _ in copies).encode())
    yield from send(pgconn)
    for _, data in copies:
        yield from _expect(pgconn, ExecStatus.COPY_IN)
        for start in range(0, len(data), BLOCK):
            yield from copy_to(pgconn, data[start : start + BLOCK], flush=False)
        pgconn.put_copy_end(None)
        yield from send(pgconn)
        yield from _expect(pgconn, ExecStatus.COMMAND_OK)
    yield from _rest(pgconn)


def _expect(pgconn: PGconn, status: ExecStatus) -> PQGen[None]:
    """The next result. Raises the server's error, when it has no more to say and can be talked to again."""
    result: PGresult | None = yield from fetch(pgconn)
    if result is not None and result.status != status:
        yield from _rest(pgconn)
        raise psycopg.errors.error_from_result(result)


def _rest(pgconn: PGconn) -> PQGen[None]:
    while (yield from fetch(pgconn)) is not None:
        pass


@lru_cache(maxsize=1024)
def _array(element_oid: int, code: str, numbers: tuple[int, ...]) -> bytes:
    size = Struct("!" + code).size
    head = Struct("!iiI").pack(1 if numbers else 0, 0, element_oid)
    if not numbers:
        return head
    return head + Struct("!ii" + f"i{code}" * len(numbers)).pack(len(numbers), 1, *[part for number in numbers for part in (size, number)])
