from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from paidan.rules.compile_python import compile_every, compile_first
from paidan.rules.conditions import ALWAYS, AllOf, AnyOf, Compare, Not, Op
from rules.rule_cases import CATALOGUE, NOW, Receiver, Subject

MIDNIGHT = datetime(2026, 11, 10, 16, tzinfo=UTC)  # in Shanghai


def holds(condition: Any, **values: Any) -> bool:
    return compile_first([condition], CATALOGUE)(Subject(**values), NOW) == 0


@pytest.mark.parametrize(
    ("name", "held", "op", "value", "expected"),
    [
        ("amount", 500, Op.EQ, 500, True),
        ("amount", 500, Op.NE, 500, False),
        ("amount", 500, Op.LT, 500, False),
        ("amount", 500, Op.LE, 500, True),
        ("amount", 500, Op.GT, 500, False),
        ("amount", 500, Op.GE, 500, True),
        ("amount", 500, Op.BETWEEN, (400, 500), True),
        ("amount", 501, Op.BETWEEN, (400, 500), False),
        ("amount", 500, Op.IN, (1, 500), True),
        ("amount", 500, Op.NOT_IN, (1, 500), False),
        ("rate", Decimal("0.10"), Op.EQ, "0.1", True),
        ("rate", Decimal("0.1"), Op.LT, "0.100000001", True),
        ("remark", "请发顺丰", Op.CONTAINS, "顺丰", True),
        ("remark", "请发顺丰", Op.CONTAINS_ANY, ("圆通", "顺丰"), True),
        ("remark", "请发顺丰", Op.CONTAINS_ANY, ("圆通",), False),
        ("remark", "ABC", Op.STARTS_WITH, "ab", False),
        ("remark", "abc", Op.ENDS_WITH, "bc", True),
        ("remark", "", Op.IS_EMPTY, None, True),
        ("remark", " ", Op.IS_EMPTY, None, False),
        ("remark", "x", Op.NOT_EMPTY, None, True),
        ("units", 0, Op.IS_EMPTY, None, False),
        ("is_cod", False, Op.IS_EMPTY, None, False),
        ("is_cod", False, Op.EQ, False, True),
        ("classes", frozenset("ab"), Op.HAS_ANY, ("b", "c"), True),
        ("classes", frozenset("ab"), Op.HAS_ALL, ("b", "c"), False),
        ("classes", frozenset("ab"), Op.HAS_NONE, ("c",), True),
        ("classes", frozenset("ab"), Op.ONLY, ("a", "b", "c"), True),
        ("classes", frozenset("ab"), Op.ONLY, ("a",), False),
        ("classes", frozenset(), Op.ONLY, ("a",), True),
        ("classes", frozenset(), Op.IS_EMPTY, None, True),
        ("paid_at", MIDNIGHT, Op.GE, "2026-11-11T00:00:00+08:00", True),
        ("paid_at", MIDNIGHT, Op.GT, "2026-11-11T00:00:00+08:00", False),
        ("paid_at", NOW - timedelta(hours=2), Op.IN_LAST_HOURS, 2, True),
        ("paid_at", NOW - timedelta(hours=2, seconds=1), Op.IN_LAST_HOURS, 2, False),
        ("paid_at", NOW + timedelta(seconds=1), Op.IN_LAST_HOURS, 2, False),
        ("paid_at", NOW + timedelta(hours=2), Op.IN_NEXT_HOURS, 2, True),
        ("paid_at", NOW - timedelta(seconds=1), Op.IN_NEXT_HOURS, 2, False),
        ("clock", time(23), Op.BETWEEN, ("22:00", "06:00"), True),
        ("clock", time(6), Op.BETWEEN, ("22:00", "06:00"), True),
        ("clock", time(12), Op.BETWEEN, ("22:00", "06:00"), False),
        ("clock", time(12), Op.BETWEEN, ("06:00", "22:00"), True),
    ],
)
def test_operators_mean_what_they_say(name: str, held: Any, op: Op, value: Any, expected: bool) -> None:  # noqa: FBT001 - a table
    assert holds(Compare(field=name, op=op, value=value), **{name: held}) is expected


@pytest.mark.parametrize(
    ("ago", "hours", "days"),
    [
        (timedelta(hours=24), 24, 1),
        (timedelta(hours=24, microseconds=-1), 23, 0),
        (timedelta(0), 0, 0),
        (timedelta(microseconds=-1), -1, -1),
        (timedelta(hours=-4), -4, -1),
    ],
)
def test_age_counts_whole_units_and_is_negative_ahead_of_now(ago: timedelta, hours: int, days: int) -> None:
    assert holds(Compare(field="age_h", op=Op.EQ, value=hours), paid_at=NOW - ago)
    assert holds(Compare(field="age_d", op=Op.EQ, value=days), paid_at=NOW - ago)


@pytest.mark.parametrize(
    ("name", "op", "value"),
    [
        ("amount", Op.EQ, 0),
        ("amount", Op.NE, 0),
        ("amount", Op.LT, 9),
        ("amount", Op.BETWEEN, (0, 9)),
        ("amount", Op.NOT_IN, (1,)),
        ("age_h", Op.GE, 0),
        ("is_cod", Op.EQ, False),
        ("remark", Op.NE, "a"),
        ("remark", Op.CONTAINS_ANY, ("a",)),
        ("classes", Op.HAS_NONE, ("a",)),
        ("classes", Op.ONLY, ("a",)),
        ("clock", Op.BETWEEN, ("22:00", "06:00")),
        ("city", Op.NE, "a"),
    ],
)
def test_no_comparison_holds_for_what_is_unknown_and_its_opposite_does(name: str, op: Op, value: Any) -> None:
    condition = Compare(field=name, op=op, value=value)
    assert not holds(condition)
    assert holds(Not(of=condition))


def test_a_path_stops_at_the_first_unknown() -> None:
    in_lhasa = Compare(field="city", op=Op.EQ, value="拉萨")
    assert holds(in_lhasa, receiver=Receiver("拉萨"))
    assert not holds(in_lhasa, receiver=Receiver(None))
    assert not holds(in_lhasa, receiver=None)


def test_the_first_rule_wins_and_every_rule_is_told_in_order() -> None:
    rules = [Compare(field="amount", op=Op.GE, value=limit) for limit in (300, 200, 100)] + [AnyOf(of=(Not(of=ALWAYS), ALWAYS)), Not(of=ALWAYS)]
    first, every = compile_first(rules, CATALOGUE), compile_every(rules, CATALOGUE)
    assert [first(Subject(amount=amount), NOW) for amount in (300, 250, 100, 0)] == [0, 1, 2, 3]
    assert every(Subject(amount=250), NOW) == [1, 2, 3]
    assert compile_first([], CATALOGUE)(Subject(), NOW) is None
    assert compile_every([], CATALOGUE)(Subject(), NOW) == []


def test_now_is_a_field_of_every_catalogue() -> None:
    singles_day = AllOf(
        of=(
            Compare(field="now", op=Op.GE, value="2026-11-11T00:00:00+08:00"),
            Compare(field="now", op=Op.LT, value="2026-11-12T00:00:00+08:00"),
        ),
    )
    decide = compile_first([singles_day], CATALOGUE)
    assert decide(Subject(), NOW) == 0
    assert decide(Subject(), NOW + timedelta(days=1)) is None


def test_values_never_become_code() -> None:
    sly = "'); __import__('os').abort(); ('"
    decide = compile_first([Compare(field="remark", op=Op.CONTAINS, value=sly)], CATALOGUE)
    assert decide(Subject(remark=f"a{sly}b"), NOW) == 0
    assert sly not in str(decide.__code__.co_consts) + str(decide.__code__.co_names)
    assert decide.__globals__["__builtins__"] == {}


def test_a_field_is_read_once_and_only_when_a_rule_asks() -> None:
    class Counting:
        reads = 0

        @property
        def amount(self) -> int:
            self.reads += 1
            return 5

        @property
        def remark(self) -> str:
            raise AssertionError("no rule got this far")

    rules = [Compare(field="amount", op=Op.GE, value=9), Compare(field="amount", op=Op.EQ, value=5), Compare(field="remark", op=Op.NOT_EMPTY)]
    subject = Counting()
    assert compile_first(rules, CATALOGUE)(subject, NOW) == 1
    assert subject.reads == 1
