"""How values of a binary COPY are written (manual: COPY, binary format; wire forms as the `recv` functions of each type read them).

The library writes instants, arrays and JSON by code that serves every case; a pass writes a dozen of them for each order, most of them equal.
These serve `set_types` only: parameters of statements are written as ever.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Any, ClassVar, Final

import msgspec
import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.json import Jsonb
from psycopg.types.string import BytesBinaryDumper

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


def write_quickly(connection: psycopg.Connection[Any]) -> None:
    """Let COPY of this connection write these types so."""
    for dumper in (InstantDumper, JsonbDumper, SmallintsDumper, BigintsDumper, BytesBinaryDumper):
        connection.adapters.register_dumper(None, dumper)


@lru_cache(maxsize=1024)
def _array(element_oid: int, code: str, numbers: tuple[int, ...]) -> bytes:
    size = Struct("!" + code).size
    head = Struct("!iiI").pack(1 if numbers else 0, 0, element_oid)
    if not numbers:
        return head
    return head + Struct("!ii" + f"i{code}" * len(numbers)).pack(len(numbers), 1, *[part for number in numbers for part in (size, number)])
