"""Conditions to one Python function: a syntax tree of our own making, in which every name is ours and every value is bound as a constant.

What a field holds is read once, just before the first rule that asks for it. Measured by bench/rules.py.
"""

import ast
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from paidan.rules.check import require_sound
from paidan.rules.conditions import AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.fields import NOW, Catalogue, Field, FieldType, path_of
from paidan.rules.values import AGE_UNITS, operand

First = Callable[[object, datetime], int | None]
Every = Callable[[object, datetime], list[int]]

# `f` is what the field holds, `c` and `d` are the values (a frozenset where many are taken), `now` the instant of the decision.
_MEANING: Final[dict[Op, str]] = {
    Op.EQ: "f == c",
    Op.NE: "f is not None and f != c",
    Op.LT: "f is not None and f < c",
    Op.LE: "f is not None and f <= c",
    Op.GT: "f is not None and f > c",
    Op.GE: "f is not None and f >= c",
    Op.BETWEEN: "f is not None and c <= f <= d",
    Op.IN: "f in c",
    Op.NOT_IN: "f is not None and f not in c",
    Op.CONTAINS: "f is not None and c in f",
    Op.STARTS_WITH: "f is not None and f.startswith(c)",
    Op.ENDS_WITH: "f is not None and f.endswith(c)",
    Op.HAS_ANY: "f is not None and not c.isdisjoint(f)",
    Op.HAS_ALL: "f is not None and c.issubset(f)",
    Op.HAS_NONE: "f is not None and c.isdisjoint(f)",
    Op.ONLY: "f is not None and c.issuperset(f)",
    Op.IS_EMPTY: "f is None",
    Op.NOT_EMPTY: "f is not None",
    Op.IN_LAST_HOURS: "f is not None and now - c <= f <= now",
    Op.IN_NEXT_HOURS: "f is not None and now <= f <= now + c",
}
_PAST_MIDNIGHT: Final = "f is not None and (f >= c or f <= d)"
_EMPTY_TOO: Final = {Op.IS_EMPTY: "not f", Op.NOT_EMPTY: "not not f"}  # for types that can hold something empty
_CAN_BE_EMPTY: Final = frozenset({FieldType.TEXT, FieldType.CODE, FieldType.CODE_SET})
_AS_SET: Final = frozenset({Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, Op.ONLY})


def compile_first(conditions: Sequence[Condition], catalogue: Catalogue) -> First:
    """Make `decide(subject, now)`: the index of the first condition that holds, or None.

    Raises BadInput for a condition that `check` finds fault with.
    """
    function: First = _Writer(catalogue).function("def decide(s, now):\n    return None", conditions, "return {}")
    return function


def compile_every(conditions: Sequence[Condition], catalogue: Catalogue) -> Every:
    """Make `decide(subject, now)`: the indexes of all conditions that hold, in their order. Raises as `compile_first`."""
    shell = "def decide(s, now):\n    found = []\n    return found"
    function: Every = _Writer(catalogue).function(shell, conditions, "found.append({})")
    return function


class _Writer:
    """Writes one function: hands out the local names of fields and the global names of constants."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.constants: dict[str, object] = {"__builtins__": {}}
        self.locals_by_field: dict[str, str] = {NOW.name: "now"}
        self.reads: list[ast.stmt] = []  # of fields first asked for by the condition just written

    def function(self, shell: str, conditions: Sequence[Condition], taken: str) -> Any:
        """Put `if condition: taken` for each condition before the last statement of the shell; `{}` in `taken` is the condition's index."""
        module = ast.parse(shell)
        body = cast("ast.FunctionDef", module.body[0]).body
        for i, condition in enumerate(conditions):
            require_sound(condition, self.catalogue)
            choice = cast("ast.If", ast.parse(f"if True: {taken.format(i)}").body[0])
            choice.test = self.test(condition)
            body[-1:-1] = [*self.reads, choice]
            self.reads = []
        code = compile(ast.fix_missing_locations(module), f"<rules of {self.catalogue.subject}>", "exec")
        exec(code, self.constants)  # noqa: S102 - the tree is ours; values are bound, never written into it
        return self.constants["decide"]

    def test(self, condition: Condition) -> ast.expr:
        if isinstance(condition, AllOf | AnyOf):
            return self.joined(condition)
        if isinstance(condition, Not):
            return ast.UnaryOp(ast.Not(), self.test(condition.of))
        return self.comparison(condition)

    def joined(self, node: AllOf | AnyOf) -> ast.expr:
        parts = [self.test(part) for part in node.of]
        if not parts:
            return ast.Constant(isinstance(node, AllOf))
        return _linked(ast.And() if isinstance(node, AllOf) else ast.Or(), parts)

    def comparison(self, node: Compare) -> ast.expr:
        field = self.catalogue.fields_by_name[node.field]
        values = operand(field, node.op, node.value)
        local = self.local(field)
        if node.op is Op.CONTAINS_ANY:
            return _linked(ast.Or(), [self.meant(_MEANING[Op.CONTAINS], local, (word,)) for word in values])
        return self.meant(_meaning(field, node.op, values), local, (frozenset(values),) if node.op in _AS_SET else values)

    def meant(self, meaning: str, local: str, values: Sequence[object]) -> ast.expr:
        names = {"f": _name(local)} | {letter: self.constant(value) for letter, value in zip("cd", values, strict=False)}
        return _filled(ast.parse(meaning, mode="eval").body, names)

    def constant(self, value: object) -> ast.expr:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return _name(name)

    def local(self, field: Field) -> str:
        """The local name that holds the field; the statement that reads it is written on first use."""
        if field.name not in self.locals_by_field:
            local = f"f{len(self.locals_by_field)}"
            self.locals_by_field[field.name] = local
            self.reads.append(ast.Assign([ast.Name(local, ast.Store())], self.read(field)))
        return self.locals_by_field[field.name]

    def read(self, field: Field) -> ast.expr:
        """`s.a`, or `None if (t := s.a) is None else t.b` for a longer path; ages counted from there."""
        first, *more = path_of(field).split(".")
        value: ast.expr = ast.Attribute(_name("s"), first, ast.Load())
        for attribute in more:
            value = _unless_none(value, ast.Attribute(_name("t"), attribute, ast.Load()))
        unit = AGE_UNITS.get(field.type)
        if unit is None:
            return value
        whole_units = ast.parse("(now - t) // unit", mode="eval").body
        return _unless_none(value, _filled(whole_units, {"unit": self.constant(unit)}))


def _meaning(field: Field, op: Op, values: Sequence[Any]) -> str:
    if op is Op.BETWEEN and values[1] < values[0]:
        return _PAST_MIDNIGHT
    if field.type in _CAN_BE_EMPTY:
        return _EMPTY_TOO.get(op, _MEANING[op])
    return _MEANING[op]


def _linked(link: ast.boolop, parts: list[ast.expr]) -> ast.expr:
    return ast.BoolOp(link, parts) if len(parts) > 1 else parts[0]


def _unless_none(value: ast.expr, otherwise: ast.expr) -> ast.expr:
    kept = ast.NamedExpr(ast.Name("t", ast.Store()), value)
    return ast.IfExp(ast.Compare(kept, [ast.Is()], [ast.Constant(None)]), ast.Constant(None), otherwise)


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


class _Fill(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)


def _filled(template: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    filled: ast.expr = _Fill(names).visit(template)
    return filled
