from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paidan.rules.compile_python import compile_every
from paidan.rules.conditions import ALWAYS, AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.lint import Finding, lint
from paidan.rules.policies import Policy, Rule
from rules.rule_cases import CATALOGUE, NOW, conditions, rows, subject_of

COD, PREPAID = (Compare(field="is_cod", op=Op.EQ, value=value) for value in (True, False))
SUBJECTS = [subject_of(row) for row in rows(seed=2, count=120)]


def c(field: str, op: Op, value: Any = None) -> Compare:
    return Compare(field=field, op=op, value=value)


def both(*of: Condition) -> Condition:
    return AllOf(of=of)


def either(*of: Condition) -> Condition:
    return AnyOf(of=of)


def findings(*whens: Condition, thens: str = "", first_wins: bool = True, **more: Any) -> list[tuple[Finding, str, str]]:
    thens = thens or "x" * len(whens)
    rules = tuple(Rule(id=f"r{i}", name_zh="规则", name_en="rule", when=when, then=thens[i], **more) for i, when in enumerate(whens))
    remarks = lint(Policy(kind="test", version=1, rules=rules), CATALOGUE, first_wins=first_wins)
    assert all(remark.zh and remark.en for remark in remarks)
    return [(remark.finding, remark.rule_id, remark.by_rule_id) for remark in remarks]


@pytest.mark.parametrize(
    "when",
    [
        both(c("amount", Op.GT, 5), c("amount", Op.LT, 5)),
        both(c("amount", Op.GT, 4), c("amount", Op.LT, 5)),
        both(c("amount", Op.IS_EMPTY), c("amount", Op.NE, 5)),
        both(c("amount", Op.IN, (1, 2)), Not(of=c("amount", Op.BETWEEN, (1, 2)))),
        both(c("age_h", Op.GE, 3), c("age_h", Op.LT, 3)),
        both(c("colour", Op.NE, "red"), c("colour", Op.NOT_IN, ("blue", "green")), c("colour", Op.NOT_EMPTY)),
        both(COD, PREPAID),
        both(c("shop", Op.EQ, "s1"), c("shop", Op.EQ, "s2")),
        both(c("paid_at", Op.LT, "2026-11-11T00:00:00+08:00"), c("paid_at", Op.GE, "2026-11-10T16:00:00Z")),
        both(c("clock", Op.BETWEEN, ("22:00", "06:00")), c("clock", Op.BETWEEN, ("07:00", "21:00"))),
        both(c("classes", Op.HAS_ANY, ("a",)), c("classes", Op.HAS_NONE, ("a", "b"))),
        both(c("classes", Op.HAS_ALL, ("a", "b")), c("classes", Op.ONLY, ("a",))),
        both(c("classes", Op.IS_EMPTY), c("classes", Op.HAS_ANY, ("a",))),
        both(c("remark", Op.STARTS_WITH, "急发"), Not(of=c("remark", Op.CONTAINS, "急"))),
        Not(of=ALWAYS),
    ],
)
def test_a_rule_that_contradicts_itself_is_dead(when: Condition) -> None:
    assert findings(when) == [(Finding.DEAD, "r0", "")]


@pytest.mark.parametrize(
    "when",
    [
        both(c("amount", Op.GE, 5), c("amount", Op.LE, 5)),
        both(c("rate", Op.GT, "4"), c("rate", Op.LT, "5")),
        both(Not(of=c("amount", Op.GT, 5)), Not(of=c("amount", Op.LE, 5))),  # holds for the unknown amount
        both(c("colour", Op.NE, "red"), c("colour", Op.NOT_IN, ("blue", "green"))),  # holds for the empty code
        both(either(c("units", Op.EQ, 1), c("units", Op.EQ, 2)), either(c("units", Op.EQ, 1), c("amount", Op.EQ, 3))),
        both(c("remark", Op.CONTAINS, "急"), c("remark", Op.CONTAINS, "慢")),
    ],
)
def test_a_rule_that_can_hold_is_left_alone(when: Condition) -> None:
    assert findings(when) == []


def test_a_part_that_can_never_hold_is_told() -> None:
    dead_part = both(c("amount", Op.GT, 5), either(c("amount", Op.LT, 3), COD))
    assert findings(dead_part) == [(Finding.DEAD_PART, "r0", "")]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (ALWAYS, c("amount", Op.GT, 5)),
        (c("amount", Op.GE, 100), c("amount", Op.GE, 500)),
        (c("amount", Op.GE, 100), both(c("amount", Op.BETWEEN, (200, 300)), COD)),
        (c("shop", Op.IN, ("s1", "s2")), c("shop", Op.EQ, "s2")),
        (c("colour", Op.NE, "red"), c("colour", Op.IN, ("blue", "green"))),
        (either(c("amount", Op.GT, 5), COD), either(c("amount", Op.GT, 6), both(COD, ALWAYS))),
        (c("classes", Op.HAS_ANY, ("a", "b")), c("classes", Op.HAS_ALL, ("b", "z"))),
        (c("remark", Op.CONTAINS_ANY, ("急", "快")), c("remark", Op.STARTS_WITH, "加急")),
        (Not(of=c("classes", Op.HAS_ANY, ("a",))), Not(of=c("classes", Op.HAS_ANY, ("a", "b")))),
        (Not(of=c("shop", Op.EQ, "s1")), c("shop", Op.EQ, "s2")),
    ],
)
def test_a_rule_that_an_earlier_one_always_forestalls_is_shadowed(earlier: Condition, later: Condition) -> None:
    assert findings(earlier, later) == [(Finding.SHADOWED, "r1", "r0")]
    assert (Finding.SHADOWED, "r1", "r0") not in findings(later, earlier) or earlier == later


def test_where_all_rules_act_only_one_that_does_the_same_is_shadowed() -> None:
    wide, narrow = c("amount", Op.GE, 100), c("amount", Op.GE, 500)
    assert findings(wide, narrow, thens="ab", first_wins=False) == []
    assert findings(wide, narrow, thens="aa", first_wins=False) == [(Finding.SHADOWED, "r1", "r0")]


def test_rules_of_different_times_do_not_shadow_one_another() -> None:
    now, then = NOW, NOW + timedelta(days=1)
    rules = tuple(
        Rule(id=rule_id, name_zh="规则", name_en="rule", when=ALWAYS, then="x", effective_from=start, effective_until=end)
        for rule_id, start, end in (("r0", now, then), ("r1", then, None), ("r2", then, then + timedelta(days=1)))
    )
    remarks = lint(Policy(kind="test", version=1, rules=rules), CATALOGUE)
    assert [(remark.finding, remark.rule_id, remark.by_rule_id) for remark in remarks] == [(Finding.SHADOWED, "r2", "r1")]


def test_too_many_alternatives_are_left_alone() -> None:
    wide = both(*[either(c("amount", Op.EQ, i), c("units", Op.EQ, i)) for i in range(8)], Not(of=ALWAYS))
    assert findings(wide) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(conditions(max_leaves=3), min_size=1, max_size=3))
def test_what_the_linter_says_is_so(whens: list[Condition]) -> None:
    every = compile_every(whens, CATALOGUE)
    held = [set(every(subject, NOW)) for subject in SUBJECTS]
    for finding, rule_id, by_rule_id in findings(*whens):
        mine = [rules for rules in held if int(rule_id[1:]) in rules]
        if finding is Finding.DEAD:
            assert not mine
        if finding is Finding.SHADOWED:
            assert all(int(by_rule_id[1:]) in rules for rules in mine)
