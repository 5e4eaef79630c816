"""Sets of the values one field may have: spans of ordered values, and whether "unknown" belongs. The arithmetic under the linter."""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from paidan.rules.conditions import Compare, Op
from paidan.rules.fields import Field, FieldType
from paidan.rules.values import AGE_UNITS, operand

Cut = tuple[int, Any, int]
"""A place between values: (0, v, 0) just before v, (0, v, 1) just after it; (-1, 0, 0) and (1, 0, 0) are the ends."""

_LOWEST: Final[Cut] = (-1, 0, 0)
_HIGHEST: Final[Cut] = (1, 0, 0)
_WHOLE_NUMBERS: Final = frozenset({FieldType.INTEGER, FieldType.MONEY_MINOR, *AGE_UNITS})


class Values(Struct, frozen=True):
    """Spans from cut to cut, ascending and apart, and whether the unknown value belongs too."""

    spans: tuple[tuple[Cut, Cut], ...]
    has_unknown: bool = False

    def complement(self) -> "Values":
        """Everything else."""
        edges = [_LOWEST, *(edge for span in self.spans for edge in span), _HIGHEST]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return Values(tuple((low, high) for low, high in pairs if low < high), not self.has_unknown)

    def meet(self, other: "Values") -> "Values":
        """What belongs to both."""
        both = ((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans)
        return Values(tuple(sorted((low, high) for low, high in both if low < high)), self.has_unknown and other.has_unknown)

    def is_empty(self, field: Field) -> bool:
        """Whether no value the field can have belongs."""
        universe = _universe(field)
        if self.has_unknown or not self.spans:
            return not self.has_unknown
        return universe is not None and not any(low <= (0, one, 0) < high for low, high in self.spans for one in universe)

    def is_within(self, other: "Values", field: Field) -> bool:
        """Whether each of its values belongs to the other."""
        return self.meet(other.complement()).is_empty(field)


def values_of(node: Compare, field: Field) -> Values | None:
    """Which values of the field make the comparison true; None where that is no matter of single values (parts of texts, sets, hours from now)."""
    if field.type is FieldType.CODE_SET:
        return None
    values: tuple[Any, ...] = operand(field, node.op, node.value)
    if node.op in {Op.IS_EMPTY, Op.NOT_EMPTY}:
        empty = Values(_points([""]) if field.type in {FieldType.TEXT, FieldType.CODE} else (), has_unknown=True)
        return empty if node.op is Op.IS_EMPTY else empty.complement()
    if node.op in {Op.NE, Op.NOT_IN}:
        others = Values(_tidy(_points(values), field)).complement()
        return Values(others.spans)
    spans = _spans(node.op, values)
    return None if spans is None else Values(_tidy(spans, field))


def _spans(op: Op, values: tuple[Any, ...]) -> Iterable[tuple[Cut, Cut]] | None:
    first, last = (values[0], values[-1])
    if op in {Op.EQ, Op.IN}:
        return _points(values)
    if op is Op.BETWEEN and last < first:
        return [(_LOWEST, (0, last, 1)), ((0, first, 0), _HIGHEST)]
    return {
        Op.LT: [(_LOWEST, (0, first, 0))],
        Op.LE: [(_LOWEST, (0, first, 1))],
        Op.GT: [((0, first, 1), _HIGHEST)],
        Op.GE: [((0, first, 0), _HIGHEST)],
        Op.BETWEEN: [((0, first, 0), (0, last, 1))],
    }.get(op)


def _points(values: Iterable[Any]) -> tuple[tuple[Cut, Cut], ...]:
    return tuple(((0, value, 0), (0, value, 1)) for value in sorted(values))


def _tidy(spans: Iterable[tuple[Cut, Cut]], field: Field) -> tuple[tuple[Cut, Cut], ...]:
    """Sorted and joined where they touch; between whole numbers there is nothing, so 'after 4' is 'before 5'."""
    joined: list[tuple[Cut, Cut]] = []
    if field.type in _WHOLE_NUMBERS:
        spans = [(_whole(low), _whole(high)) for low, high in spans]
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def _whole(cut: Cut) -> Cut:
    kind, value, side = cut
    return (kind, value + side, 0) if kind == 0 else cut


def _universe(field: Field) -> tuple[Any, ...] | None:
    """All values the field can have, where that is a short list."""
    if field.type is FieldType.BOOLEAN:
        return (False, True)
    return ("", *(option.code for option in field.options)) if field.options else None
