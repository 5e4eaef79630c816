from typing import Any

import msgspec
import pytest
from hypothesis import given

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.rules.check import check
from paidan.rules.compile_python import compile_first
from paidan.rules.conditions import ALWAYS, MAX_DEPTH, MAX_NODES, MAX_VALUES, AllOf, AnyOf, Compare, Condition, Not, Op, parse_condition
from paidan.rules.fields import Catalogue, Field, FieldType, Option
from rules.rule_cases import CATALOGUE, conditions


@given(conditions())
def test_a_condition_survives_json(condition: Condition) -> None:
    assert parse_condition(msgspec.json.encode(condition)) == condition


@given(conditions())
def test_what_forms_make_passes_the_check(condition: Condition) -> None:
    assert check(condition, CATALOGUE, for_lists=True) == []


def test_json_reads_as_a_person_would_write_it() -> None:
    empty = '{"is":"compare","field":"shop","op":"is_empty"}'
    text = '{"is":"all","of":[{"is":"compare","field":"amount","op":"ge","value":50000},{"is":"not","of":' + empty + "}]}"
    assert parse_condition(text) == AllOf(
        of=(Compare(field="amount", op=Op.GE, value=50000), Not(of=Compare(field="shop", op=Op.IS_EMPTY))),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"is":"compare","field":"amount","op":"ge","value":1.5}', Reason.FIELD_INVALID),
        ('{"is":"compare","field":"amount","op":"ge","value":[true]}', Reason.FIELD_INVALID),
        ('{"is":"compare","field":"amount","op":"exec","value":1}', Reason.FIELD_INVALID),
        ('{"is":"script","of":[]}', Reason.FIELD_INVALID),
        ('{"is":"all","of":[],"and":1}', Reason.FIELD_INVALID),
        ('{"of":[]}', Reason.FIELD_INVALID),
        ('{"is":"all","of":', Reason.BODY_UNREADABLE),
        ('{"is":"not","of":' * 50_000, Reason.BODY_UNREADABLE),
    ],
)
def test_json_of_another_shape_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(BadInput) as caught:
        parse_condition(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("field", "op", "value", "place"),
    [
        ("salary", Op.EQ, 1, "/field"),
        ("amount", Op.CONTAINS, "1", "/op"),
        ("remark", Op.GT, "a", "/op"),
        ("is_cod", Op.NE, True, "/op"),
        ("amount", Op.EQ, "500", "/value"),
        ("amount", Op.EQ, True, "/value"),
        ("amount", Op.EQ, None, "/value"),
        ("amount", Op.EQ, 2**63, "/value"),
        ("amount", Op.BETWEEN, (2, 1), "/value"),
        ("amount", Op.BETWEEN, (1, 2, 3), "/value"),
        ("amount", Op.IN, (), "/value"),
        ("amount", Op.IN, 1, "/value"),
        ("amount", Op.IN, tuple(range(MAX_VALUES + 1)), "/value"),
        ("amount", Op.IS_EMPTY, 1, "/value"),
        ("rate", Op.EQ, "1e3", "/value"),
        ("rate", Op.EQ, "NaN", "/value"),
        ("rate", Op.EQ, "１", "/value"),
        ("remark", Op.EQ, "", "/value"),
        ("remark", Op.EQ, "a\0b", "/value"),
        ("remark", Op.EQ, "\ud800", "/value"),
        ("remark", Op.EQ, "x" * 201, "/value"),
        ("colour", Op.EQ, "mauve", "/value"),
        ("colour", Op.IN, ("red", 3), "/value"),
        ("classes", Op.HAS_ANY, "a", "/value"),
        ("is_cod", Op.EQ, 1, "/value"),
        ("paid_at", Op.LT, "2026-11-11", "/value"),
        ("paid_at", Op.LT, "2026-11-11T00:00:00", "/value"),
        ("paid_at", Op.LT, "0001-01-01T00:00:00+08:00", "/value"),
        ("paid_at", Op.IN_LAST_HOURS, 0, "/value"),
        ("clock", Op.LT, "24:00", "/value"),
        ("clock", Op.LT, "8:00", "/value"),
        ("age_h", Op.GE, "2", "/value"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place_and_never_compiled(field: str, op: Op, value: Any, place: str) -> None:
    condition = AllOf(of=(ALWAYS, Not(of=Compare(field=field, op=op, value=value))))
    (problem,) = check(condition, CATALOGUE)
    assert problem.path == f"/of/1/of{place}"
    assert problem.zh
    assert problem.en
    with pytest.raises(BadInput):
        compile_first([condition], CATALOGUE)


def test_all_problems_are_told_at_once() -> None:
    condition = AnyOf(of=(Compare(field="x", op=Op.EQ, value=1), AnyOf(of=()), Compare(field="amount", op=Op.EQ, value="1")))
    assert [problem.path for problem in check(condition, CATALOGUE)] == ["/of/0/field", "/of/1/of", "/of/2/value"]


def test_depth_and_size_are_limited() -> None:
    deep: Condition = ALWAYS
    for _ in range(MAX_DEPTH - 1):
        deep = Not(of=deep)
    assert check(deep, CATALOGUE) == []
    assert [problem.reason for problem in check(Not(of=deep), CATALOGUE)] == [Reason.BODY_TOO_LARGE]
    for _ in range(50_000):
        deep = Not(of=deep)
    assert [problem.reason for problem in check(deep, CATALOGUE)] == [Reason.BODY_TOO_LARGE]
    while isinstance(deep, Not):
        deep = deep.of  # take it down step by step: the destructor would recurse
    assert check(AllOf(of=(ALWAYS,) * (MAX_NODES - 1)), CATALOGUE) == []
    assert [problem.reason for problem in check(AllOf(of=(ALWAYS,) * MAX_NODES), CATALOGUE)] == [Reason.BODY_TOO_LARGE]


def test_a_field_without_sql_is_not_for_lists() -> None:
    catalogue = Catalogue(subject="order", fields=[Field(name="units", type=FieldType.INTEGER, zh="件数", en="units")])
    condition = Compare(field="units", op=Op.GT, value=1)
    assert check(condition, catalogue) == []
    assert [problem.path for problem in check(condition, catalogue, for_lists=True)] == ["/field"]


@pytest.mark.parametrize(
    "fields",
    [
        [Field(name="now", type=FieldType.INSTANT, zh="", en="")],
        [Field(name="a", type=FieldType.TEXT, zh="", en=""), Field(name="a", type=FieldType.CODE, zh="", en="")],
        [Field(name="Amount", type=FieldType.TEXT, zh="", en="")],
        [Field(name="a", path="b.__class__", type=FieldType.TEXT, zh="", en="")],
        [Field(name="a", path="b()", type=FieldType.TEXT, zh="", en="")],
        [Field(name="a", type=FieldType.TEXT, zh="", en="", options=(Option("x", "", ""),))],
        [Field(name="a", type=FieldType.CODE, zh="", en="", options=(Option("x", "", ""), Option("x", "", "")))],
    ],
)
def test_a_catalogue_that_contradicts_itself_is_our_mistake(fields: list[Field]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Catalogue(subject="order", fields=fields)
