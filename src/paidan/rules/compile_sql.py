"""The same conditions as an SQL clause, for lists and for choosing what a what-if looks at.

tests/rules/test_sql_equals_python.py holds it equal to the Python function.

In SQL a comparison with NULL is NULL, where ours is false. That makes no difference to a WHERE, nor through AND and OR, so it is only mended
under a NOT; whatever can use an index outside of one still can.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from paidan.rules.check import require_sound
from paidan.rules.conditions import AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.fields import NOW, Catalogue, Field, FieldType
from paidan.rules.values import AGE_UNITS, operand

Clause = sa.ColumnElement[bool]
_Column = sa.ColumnElement[Any]

_TYPES: Final[dict[FieldType, TypeEngine[Any]]] = {
    FieldType.INTEGER: sa.BigInteger(),
    FieldType.MONEY_MINOR: sa.BigInteger(),
    FieldType.DECIMAL: sa.Numeric(),
    FieldType.TEXT: sa.Text(),
    FieldType.CODE: sa.Text(),
    FieldType.CODE_SET: ARRAY(sa.Text()),
    FieldType.BOOLEAN: sa.Boolean(),
    FieldType.INSTANT: sa.DateTime(timezone=True),
    FieldType.TIME_OF_DAY: sa.Time(),
    FieldType.AGE_HOURS: sa.Numeric(),
    FieldType.AGE_DAYS: sa.Numeric(),
}


def compile_clause(condition: Condition, catalogue: Catalogue, now: datetime) -> Clause:
    """Make the condition a WHERE clause with bound parameters over the columns the catalogue's owner declared.

    It is TRUE where the Python function says true, else FALSE or NULL. Raises BadInput for a condition that `check(for_lists=True)` finds fault with.
    """
    require_sound(condition, catalogue, for_lists=True)
    return _clause(condition, catalogue, now)


def _clause(condition: Condition, catalogue: Catalogue, now: datetime) -> Clause:
    if isinstance(condition, AllOf):
        return sa.and_(sa.true(), *(_clause(part, catalogue, now) for part in condition.of))
    if isinstance(condition, AnyOf):
        return sa.or_(sa.false(), *(_clause(part, catalogue, now) for part in condition.of))
    if isinstance(condition, Not):
        return _opposite(_clause(condition.of, catalogue, now))
    return _comparison(condition, catalogue.fields_by_name[condition.field], now)


def _opposite(clause: Clause) -> Clause:
    """True where the clause is false or NULL. The call also keeps the clause in brackets of its own."""
    return sa.not_(sa.func.coalesce(clause, sa.false(), type_=sa.Boolean()))


def _comparison(node: Compare, field: Field, now: datetime) -> Clause:
    values = operand(field, node.op, node.value)
    column = _column(field, now)
    if node.op is Op.IS_EMPTY:
        return _is_empty(column, field)
    if node.op is Op.NOT_EMPTY:
        return _opposite(_is_empty(column, field))
    if node.op is Op.IN_LAST_HOURS:
        return column.between(_bound(now - _hours(values), field), _bound(now, field))
    if node.op is Op.IN_NEXT_HOURS:
        return column.between(_bound(now, field), _bound(now + _hours(values), field))
    return _MEANING[node.op](column, field, values)


def _hours(values: Sequence[Any]) -> timedelta:
    """The one operand of a shape HOURS."""
    return cast("timedelta", values[0])


def _column(field: Field, now: datetime) -> _Column:
    """What the field holds: its declared expression; for an age, the whole units from that instant to now."""
    if field is NOW:
        return _bound(now, field)
    if field.type not in AGE_UNITS:
        return sa.literal_column(f"({field.sql})", _TYPES[field.type])
    instant = sa.literal_column(f"({field.sql})", sa.DateTime(timezone=True))
    elapsed = sa.bindparam(None, now, sa.DateTime(timezone=True), unique=True) - instant
    return sa.func.floor(sa.extract("epoch", elapsed) / int(AGE_UNITS[field.type].total_seconds()))


def _bound(value: object, field: Field) -> _Column:
    return sa.bindparam(None, value, _TYPES[field.type], unique=True)


def _bound_array(values: Sequence[object], field: Field) -> _Column:
    """One parameter for all values: their number does not change the statement."""
    type_ = _TYPES[field.type]
    return sa.bindparam(None, list(values), type_ if isinstance(type_, ARRAY) else ARRAY(type_), unique=True)


def _is_empty(column: _Column, field: Field) -> Clause:
    if field.type is FieldType.CODE_SET:
        return sa.or_(column.is_(None), sa.func.cardinality(column) == 0)
    if field.type in {FieldType.TEXT, FieldType.CODE}:
        return sa.or_(column.is_(None), column == "")
    return column.is_(None)


def _between(column: _Column, field: Field, values: Sequence[Any]) -> Clause:
    low, high = (_bound(value, field) for value in values)
    if values[1] < values[0]:
        return sa.or_(column >= low, column <= high)
    return sa.and_(column >= low, column <= high)


def _contains_any(column: _Column, field: Field, values: Sequence[Any]) -> Clause:
    """Each word with LIKE's signs made plain; one array again."""
    plain = [word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in values]
    return column.like(sa.any_(_bound_array([f"%{word}%" for word in plain], field)))


def _ends_with(column: _Column, field: Field, values: Sequence[Any]) -> Clause:
    return sa.func.right(column, len(values[0])) == _bound(values[0], field)


_MEANING: Final[dict[Op, Callable[[_Column, Field, Sequence[Any]], Clause]]] = {
    Op.EQ: lambda column, field, values: column == _bound(values[0], field),
    Op.NE: lambda column, field, values: column != _bound(values[0], field),
    Op.LT: lambda column, field, values: column < _bound(values[0], field),
    Op.LE: lambda column, field, values: column <= _bound(values[0], field),
    Op.GT: lambda column, field, values: column > _bound(values[0], field),
    Op.GE: lambda column, field, values: column >= _bound(values[0], field),
    Op.BETWEEN: _between,
    Op.IN: lambda column, field, values: column == sa.any_(_bound_array(values, field)),
    Op.NOT_IN: lambda column, field, values: column != sa.all_(_bound_array(values, field)),
    Op.CONTAINS: lambda column, field, values: sa.func.strpos(column, _bound(values[0], field)) > 0,
    Op.CONTAINS_ANY: _contains_any,
    Op.STARTS_WITH: lambda column, field, values: sa.func.starts_with(column, _bound(values[0], field)),
    Op.ENDS_WITH: _ends_with,
    Op.HAS_ANY: lambda column, field, values: column.bool_op("&&")(_bound_array(values, field)),
    Op.HAS_ALL: lambda column, field, values: column.bool_op("@>")(_bound_array(values, field)),
    Op.HAS_NONE: lambda column, field, values: sa.not_(column.bool_op("&&")(_bound_array(values, field))),
    Op.ONLY: lambda column, field, values: column.bool_op("<@")(_bound_array(values, field)),
}
