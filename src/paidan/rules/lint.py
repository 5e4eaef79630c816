"""What is probably a mistake in a policy: rules that can never hold, parts that can never hold, rules an earlier one always forestalls.

Sound but incomplete: what it reports is so (given that fields with options hold nothing else), and there is more it does not see.
It opens each condition into alternatives (a disjunction of conjunctions, at most 64) and reasons by spans of single values and by pairs of set and
text comparisons; it does not add up several earlier rules.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import product
from typing import Any, Final, NamedTuple

from msgspec import Struct

from paidan.rules.conditions import AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.fields import Catalogue
from paidan.rules.policies import Policy, Rule, in_force
from paidan.rules.spans import Values, values_of
from paidan.rules.values import operand

ALTERNATIVES_MAX: Final = 64


class Finding(StrEnum):
    """Kinds of findings."""

    DEAD = "dead"  # the rule can never hold
    DEAD_PART = "dead_part"  # one part of an `any` can never hold, given the rest
    SHADOWED = "shadowed"  # whenever it would hold, an earlier rule holds


class Remark(Struct, frozen=True, kw_only=True):
    """One finding about one rule, in words; `by_rule_id` is the earlier rule that shadows it."""

    finding: Finding
    rule_id: str
    zh: str
    en: str
    by_rule_id: str = ""


class _Literal(NamedTuple):
    """A comparison, or its opposite."""

    node: Compare
    is_true: bool


class _Alternative(NamedTuple):
    """One conjunction: for each field compared by value what may be left, and the other literals."""

    values_by_field: dict[str, Values]
    others: frozenset[_Literal]


def lint(policy: Policy[Any], catalogue: Catalogue, *, first_wins: bool = True) -> list[Remark]:
    """Findings about the rules that are switched on, for a policy that `check_policy` has passed.

    `first_wins`: only the first rule that holds acts; without it all that hold act, and an earlier rule shadows only a later one that does the same.
    """
    remarks: list[Remark] = []
    earlier: list[tuple[Rule[Any], list[_Alternative]]] = []
    for rule in policy.rules:
        condition = in_force(rule, catalogue)
        alternatives = _alive(condition, catalogue)
        if not rule.is_on or alternatives is None:
            continue
        remarks += _on_life(rule.id, condition, alternatives, catalogue)
        rivals = [(other, theirs) for other, theirs in earlier if first_wins or other.then == rule.then]
        if alternatives and (shadow := _shadow(alternatives, rivals, catalogue)):
            remarks.append(_shadowed(rule.id, shadow))
        earlier.append((rule, alternatives))
    return remarks


def _on_life(rule_id: str, condition: Condition, alive: Sequence[_Alternative], catalogue: Catalogue) -> Sequence[Remark]:
    if not alive:
        return [
            Remark(finding=Finding.DEAD, rule_id=rule_id, zh="条件互相矛盾，永远不会命中", en="The conditions contradict one another: it never holds")
        ]
    if any(_alive(narrowed, catalogue) == [] for narrowed in _narrowings(condition)):
        return [Remark(finding=Finding.DEAD_PART, rule_id=rule_id, zh="有一个“或”分支永远不会命中", en="One of its 'any of' parts never holds")]
    return []


def _narrowings(condition: Condition) -> Iterator[Condition]:
    """The condition with one `any` put down to one of its parts, for each part of each `any` outside of a `not`."""
    if isinstance(condition, AnyOf):
        for part in condition.of:
            yield part
            yield from _narrowings(part)
    elif isinstance(condition, AllOf):
        for i, part in enumerate(condition.of):
            yield from (AllOf(of=(*condition.of[:i], narrowed, *condition.of[i + 1 :])) for narrowed in _narrowings(part))


def _shadowed(rule_id: str, by: str) -> Remark:
    en = f"Whenever it would hold, rule {by} has held before"
    return Remark(finding=Finding.SHADOWED, rule_id=rule_id, by_rule_id=by, zh=f"总被前面的规则 {by} 抢先", en=en)


def _shadow(alive: Sequence[_Alternative], earlier: Sequence[tuple[Rule[Any], list[_Alternative]]], catalogue: Catalogue) -> str:
    """The id of an earlier rule that holds whenever one of these alternatives does; empty when there is none."""
    for rule, alternatives in earlier:
        if all(any(_implies(mine, theirs, catalogue) for theirs in alternatives) for mine in alive):
            return rule.id
    return ""


# ---------------------------------------------------------------- opening a condition


def _alive(condition: Condition, catalogue: Catalogue) -> list[_Alternative] | None:
    """The alternatives that can hold; None when the condition has too many to look at."""
    opened = _open(condition, is_true=True)
    if opened is None:
        return None
    return [one for one in (_alternative(literals, catalogue) for literals in opened) if _can_hold(one, catalogue)]


def _open(condition: Condition, *, is_true: bool) -> list[tuple[_Literal, ...]] | None:
    """As a disjunction of conjunctions; None when there would be too many."""
    if isinstance(condition, Not):
        return _open(condition.of, is_true=not is_true)
    if isinstance(condition, Compare):
        return [(_Literal(condition, is_true),)]
    parts: list[list[tuple[_Literal, ...]]] = []
    for part in condition.of:
        opened = _open(part, is_true=is_true)
        if opened is None:
            return None
        parts.append(opened)
    return _either(parts) if isinstance(condition, AnyOf) == is_true else _both(parts)


def _either(parts: list[list[tuple[_Literal, ...]]]) -> list[tuple[_Literal, ...]] | None:
    joined = [literals for part in parts for literals in part]
    return joined if len(joined) <= ALTERNATIVES_MAX else None


def _both(parts: list[list[tuple[_Literal, ...]]]) -> list[tuple[_Literal, ...]] | None:
    count = 1
    for part in parts:
        count *= len(part)
        if count > ALTERNATIVES_MAX:
            return None
    return [tuple(literal for literals in choice for literal in literals) for choice in product(*parts)]


def _alternative(literals: Sequence[_Literal], catalogue: Catalogue) -> _Alternative:
    values_by_field: dict[str, Values] = {}
    others: list[_Literal] = []
    for literal in literals:
        name = literal.node.field
        values = values_of(literal.node, catalogue.fields_by_name[name])
        if values is None:
            others.append(literal)
            continue
        asked = values if literal.is_true else values.complement()
        values_by_field[name] = values_by_field[name].meet(asked) if name in values_by_field else asked
    return _Alternative(values_by_field, frozenset(others))


# ---------------------------------------------------------------- reasoning

_Test = Callable[[frozenset[Any], frozenset[Any]], bool]


def _has_part(whole: frozenset[Any], parts: frozenset[Any]) -> bool:
    """Each of the texts contains one of the parts."""
    return all(any(part in text for part in parts) for text in whole)


def _always(_mine: frozenset[Any], _theirs: frozenset[Any]) -> bool:
    return True


# (first, second): the second comparison is true whenever the first is, if their values are so.
_FOLLOWS: Final[dict[tuple[Op, Op], _Test]] = {
    (Op.HAS_ANY, Op.HAS_ANY): lambda mine, theirs: mine <= theirs,
    (Op.ONLY, Op.ONLY): lambda mine, theirs: mine <= theirs,
    (Op.HAS_ALL, Op.HAS_ALL): lambda mine, theirs: theirs <= mine,
    (Op.HAS_NONE, Op.HAS_NONE): lambda mine, theirs: theirs <= mine,
    (Op.HAS_ALL, Op.HAS_ANY): lambda mine, theirs: bool(mine & theirs),
    (Op.HAS_ANY, Op.NOT_EMPTY): _always,
    (Op.HAS_ALL, Op.NOT_EMPTY): _always,
    **{
        (first, second): _has_part
        for first in (Op.CONTAINS, Op.CONTAINS_ANY, Op.STARTS_WITH, Op.ENDS_WITH)
        for second in (Op.CONTAINS, Op.CONTAINS_ANY)
    },
    (Op.STARTS_WITH, Op.STARTS_WITH): lambda mine, theirs: all(long.startswith(short) for long in mine for short in theirs),
    (Op.ENDS_WITH, Op.ENDS_WITH): lambda mine, theirs: all(long.endswith(short) for long in mine for short in theirs),
}
# (first, second): they are never true together, if their values are so.
_EXCLUDES: Final[dict[tuple[Op, Op], _Test]] = {
    (Op.HAS_ANY, Op.HAS_NONE): lambda mine, theirs: mine <= theirs,
    (Op.HAS_ALL, Op.HAS_NONE): lambda mine, theirs: bool(mine & theirs),
    (Op.HAS_ANY, Op.ONLY): lambda mine, theirs: not mine & theirs,
    (Op.HAS_ALL, Op.ONLY): lambda mine, theirs: not mine <= theirs,
    (Op.IS_EMPTY, Op.HAS_ANY): _always,
    (Op.IS_EMPTY, Op.HAS_ALL): _always,
    (Op.IS_EMPTY, Op.NOT_EMPTY): _always,
}


def _can_hold(one: _Alternative, catalogue: Catalogue) -> bool:
    if any(values.is_empty(catalogue.fields_by_name[name]) for name, values in one.values_by_field.items()):
        return False
    return not any(_excludes(a, b, catalogue) for a in one.others for b in one.others)


def _implies(mine: _Alternative, theirs: _Alternative, catalogue: Catalogue) -> bool:
    """Whether theirs holds whenever mine does. Each of their literals must follow from one of mine."""
    for name, values in theirs.values_by_field.items():
        if name not in mine.values_by_field or not mine.values_by_field[name].is_within(values, catalogue.fields_by_name[name]):
            return False
    return all(any(_follows(b, a, catalogue) for a in mine.others) for b in theirs.others)


def _follows(b: _Literal, a: _Literal, catalogue: Catalogue) -> bool:
    """Whether b is true whenever a is."""
    if a.is_true and b.is_true:
        return _comparison_follows(b.node, a.node, catalogue)
    if not a.is_true and not b.is_true:
        return _comparison_follows(a.node, b.node, catalogue)
    return a.is_true and _comparisons_exclude(a.node, b.node, catalogue)


def _excludes(a: _Literal, b: _Literal, catalogue: Catalogue) -> bool:
    """Whether a and b are never true together."""
    return _follows(_Literal(b.node, not b.is_true), a, catalogue)


def _comparison_follows(b: Compare, a: Compare, catalogue: Catalogue) -> bool:
    """Whether comparison b is true whenever a is."""
    return a == b or _by_table(_FOLLOWS, a, b, catalogue)


def _comparisons_exclude(a: Compare, b: Compare, catalogue: Catalogue) -> bool:
    return _by_table(_EXCLUDES, a, b, catalogue) or _by_table(_EXCLUDES, b, a, catalogue)


def _by_table(table: Mapping[tuple[Op, Op], _Test], a: Compare, b: Compare, catalogue: Catalogue) -> bool:
    test = table.get((a.op, b.op))
    return test is not None and a.field == b.field and test(_operands(a, catalogue), _operands(b, catalogue))


def _operands(node: Compare, catalogue: Catalogue) -> frozenset[Any]:
    return frozenset(operand(catalogue.fields_by_name[node.field], node.op, node.value))
