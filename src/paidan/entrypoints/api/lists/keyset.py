"""Pages by key: where the rows after a key stand, and how a key is told in a cursor. The list of orders and the plain lists go by the same."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as dialect

from paidan.entrypoints.api.lists.kinds import Condition
from paidan.entrypoints.api.problems import invalid
from paidan.kernel import expected

Key = tuple[sa.ColumnElement[Any], bool]
"""What rows are sorted by, and whether it falls."""
LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Where what has no instant stands when sorted."""
_DIALECT: Final = dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def compiled(statement: sa.SelectBase) -> tuple[bytes, dict[str, Any]]:
    """A composed statement as our driver takes it: made of fixed columns; what was sent is in the parameters."""
    made = statement.compile(dialect=_DIALECT)
    return str(made).encode(), dict(made.params)


def in_order(keys: Sequence[Key]) -> list[sa.ColumnElement[Any]]:
    """The keys as ORDER BY takes them."""
    return [key.desc() if is_falling else key.asc() for key, is_falling in keys]


def rows_after(keys: Sequence[Key], values: Sequence[Any]) -> Condition:
    """Rows that stand after this key, whichever way each part of it runs."""
    options: list[Condition] = []
    for n, (key, is_falling) in enumerate(keys):
        same = [before == value for (before, _), value in zip(keys[:n], values[:n], strict=True)]
        options.append(sa.and_(*same, key < values[n] if is_falling else key > values[n]))
    return sa.or_(*options)


def cursor_kind(kind: type) -> type:
    """What a value of this kind is in a cursor: instants are text there."""
    return str if kind is datetime else kind


def told(value: Any) -> int | str:
    """A value of a key as a cursor has it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def meant(value: Any, kind: type) -> Any:
    """A cursor's value as the database compares it. Raises Refused for what is no instant."""
    if kind is not datetime:
        return value
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise invalid("cursor", expected=expected.CURSOR) from None
    if read.tzinfo is None:
        raise invalid("cursor", expected=expected.CURSOR)
    return read
