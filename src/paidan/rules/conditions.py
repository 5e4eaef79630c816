"""A condition as data: a closed, typed tree that forms can make and JSON can carry. There is no text to parse and nothing to inject.

Logic is two-valued. A comparison with an unknown field (None, NULL) is false, `ne` and `not_in` included; only `is_empty` is true of it.
`not` turns false into true, so `not (province = 540000)` holds for an order without a province and `province != 540000` does not.
"""

from collections.abc import Iterator
from enum import Enum, StrEnum, auto
from typing import Final

import msgspec
from msgspec import Struct

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.rules.fields import FieldType

MAX_DEPTH: Final = 8
MAX_NODES: Final = 200
MAX_VALUES: Final = 2000


class Op(StrEnum):
    """How a field is compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"  # both ends belong to it; a time of day may pass midnight (22:00 to 06:00)
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    HAS_ANY = "has_any"  # the set and the values have one in common
    HAS_ALL = "has_all"  # every value is in the set
    HAS_NONE = "has_none"  # no value is in the set
    ONLY = "only"  # nothing but the values is in the set; the empty set passes
    IS_EMPTY = "is_empty"  # unknown, or an empty text, code or set
    NOT_EMPTY = "not_empty"
    IN_LAST_HOURS = "in_last_hours"  # not older than so many hours, and not ahead of now
    IN_NEXT_HOURS = "in_next_hours"  # not before now, and at most so many hours ahead


class Shape(Enum):
    """How many values an operator takes."""

    NOTHING = auto()
    ONE = auto()
    PAIR = auto()
    MANY = auto()
    HOURS = auto()


Value = bool | int | str | tuple[int | str, ...] | None
"""A value as JSON carries it: decimals ("12.5"), instants ("2026-11-11T00:00:00+08:00") and times of day ("22:00") are texts; floats are refused."""


class _Node(Struct, frozen=True, kw_only=True, tag_field="is", forbid_unknown_fields=True):
    pass


class AllOf(_Node, frozen=True, kw_only=True, tag="all"):
    """True when every part is; of nothing: always."""

    of: tuple["Condition", ...]


class AnyOf(_Node, frozen=True, kw_only=True, tag="any"):
    """True when a part is."""

    of: tuple["Condition", ...]


class Not(_Node, frozen=True, kw_only=True, tag="not"):
    """True when its part is false."""

    of: "Condition"


class Compare(_Node, frozen=True, kw_only=True, tag="compare"):
    """A field of the catalogue, an operator its type has, and the value or values the operator takes."""

    field: str
    op: Op
    value: Value = None


Condition = AllOf | AnyOf | Not | Compare

_DECODER: Final[msgspec.json.Decoder[Condition]] = msgspec.json.Decoder(Condition)

ALWAYS: Final = AllOf(of=())

_EMPTY: Final = {Op.IS_EMPTY: Shape.NOTHING, Op.NOT_EMPTY: Shape.NOTHING}
_RANGE: Final = {Op.LT: Shape.ONE, Op.LE: Shape.ONE, Op.GT: Shape.ONE, Op.GE: Shape.ONE, Op.BETWEEN: Shape.PAIR, **_EMPTY}
_SAME: Final = {Op.EQ: Shape.ONE, Op.NE: Shape.ONE, Op.IN: Shape.MANY, Op.NOT_IN: Shape.MANY}
_NUMBER: Final = {**_SAME, **_RANGE}

OPERATORS: Final[dict[FieldType, dict[Op, Shape]]] = {
    FieldType.INTEGER: _NUMBER,
    FieldType.MONEY_MINOR: _NUMBER,
    FieldType.DECIMAL: _NUMBER,
    FieldType.AGE_HOURS: _NUMBER,
    FieldType.AGE_DAYS: _NUMBER,
    FieldType.TEXT: {
        **_SAME,
        Op.CONTAINS: Shape.ONE,
        Op.CONTAINS_ANY: Shape.MANY,
        Op.STARTS_WITH: Shape.ONE,
        Op.ENDS_WITH: Shape.ONE,
        **_EMPTY,
    },
    FieldType.CODE: {**_SAME, **_EMPTY},
    FieldType.CODE_SET: {Op.HAS_ANY: Shape.MANY, Op.HAS_ALL: Shape.MANY, Op.HAS_NONE: Shape.MANY, Op.ONLY: Shape.MANY, **_EMPTY},
    FieldType.BOOLEAN: {Op.EQ: Shape.ONE, **_EMPTY},
    FieldType.INSTANT: {**_RANGE, Op.IN_LAST_HOURS: Shape.HOURS, Op.IN_NEXT_HOURS: Shape.HOURS},
    FieldType.TIME_OF_DAY: _RANGE,
}


def parse_condition(body: bytes | str) -> Condition:
    """Read a condition from JSON. Raises BadInput for anything but a tree of the four nodes; `check` judges the fields and values."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise BadInput(Reason.FIELD_INVALID, str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput(Reason.BODY_UNREADABLE, "condition") from error


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison in the tree, in the order written."""
    return (node for _, _, node in walk(condition, "") if isinstance(node, Compare))


def walk(condition: Condition, path: str) -> Iterator[tuple[str, int, Condition]]:
    """Yield (pointer, depth, node), first things first; by a list of its own, so that depth is the caller's to limit."""
    waiting: list[tuple[str, int, Condition]] = [(path, 1, condition)]
    while waiting:
        where, depth, node = waiting.pop()
        yield where, depth, node
        if isinstance(node, AllOf | AnyOf):
            waiting.extend((f"{where}/of/{i}", depth + 1, node.of[i]) for i in reversed(range(len(node.of))))
        elif isinstance(node, Not):
            waiting.append((f"{where}/of", depth + 1, node.of))
