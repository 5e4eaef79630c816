"""Lists: keyset pages with opaque cursors, rows of a statement as views. A page never shifts when rows come in above it."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from litestar.params import PathParameter, QueryParameter
from msgspec import Struct

from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected

LIMIT_MAX: Final = 200
BIGINT_MAX: Final = 2**63 - 1

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="Items per page")]
Cursor = Annotated[str, QueryParameter(max_length=400, description="`next` of the page before; empty: the first page")]
RecordId = Annotated[int, PathParameter(ge=0, le=BIGINT_MAX, description="Id of the record")]
OptionalText = Annotated[str | None, QueryParameter(max_length=128, pattern=r"^[^\x00]*$", required=False)]
OptionalId = Annotated[int | None, QueryParameter(ge=0, le=BIGINT_MAX, required=False)]

_KEY = msgspec.json.Decoder(list[int | str], strict=True)


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """Some items of a list. `next`: cursor of the following page; null: this was the last."""

    items: list[T]
    next: str | None = None


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The key after which the page starts, one value of each kind; Nones for the first page. Raises Refused for a cursor that is not ours."""
    if not cursor:
        return [None for _ in kinds]
    try:
        key = _KEY.decode(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.DecodeError):
        raise invalid("cursor", expected=expected.CURSOR) from None
    fits = len(key) == len(kinds) and all(type(value) is kind for value, kind in zip(key, kinds, strict=True))
    if not fits or any(isinstance(value, int) and abs(value) > BIGINT_MAX for value in key):
        raise invalid("cursor", expected=expected.CURSOR)
    if any(isinstance(value, str) and "\0" in value for value in key):
        raise invalid("cursor", expected=expected.CURSOR)
    return key


def write_cursor(key: Sequence[int | str]) -> str:
    """The cursor that starts after this key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).decode().rstrip("=")


def page(items: Sequence[T], limit: int, key: Callable[[T], Sequence[int | str]]) -> Page[T]:
    """A page of what a statement with LIMIT `limit` + 1 has found."""
    shown = list(items[:limit])
    return Page(items=shown, next=write_cursor(key(shown[-1])) if len(items) > limit else None)


def named_rows(cursor: Any) -> Iterator[dict[str, Any]]:
    """Rows of a statement, columns by name."""
    names = [column.name for column in cursor.description or ()]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def as_views(kind: type[T], cursor: Any, states: Mapping[str, Any] | None = None) -> list[T]:
    """Rows as views, columns by name; `states` names the enum of columns that hold a state's number."""
    return [as_view(kind, row, states) for row in named_rows(cursor)]


def as_view(kind: type[T], values: dict[str, Any], states: Mapping[str, Any] | None = None) -> T:
    """One row as a view."""
    for name, enum in (states or {}).items():
        if values.get(name) is not None:
            values[name] = enum(values[name]).name.lower()
    return msgspec.convert(values, kind)
