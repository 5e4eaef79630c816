from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct, structs

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.rules.conditions import ALWAYS, Compare, Op
from paidan.rules.fields import Catalogue
from paidan.rules.policies import MAX_RULES, CompiledPolicy, Policy, Rule, Scope, check_policy, compiled, effective
from rules.rule_cases import CATALOGUE, NOW, Subject


class Say(Struct, frozen=True, tag="say"):
    word: str


def rule(rule_id: str, when: Any = ALWAYS, **more: Any) -> Rule[Say]:
    return Rule(id=rule_id, name_zh="规则", name_en="rule", when=when, then=Say(rule_id), **more)


def policy(*rules: Rule[Say], version: int = 1, **more: Any) -> Policy[Say]:
    return Policy(kind="test", version=version, rules=rules, **more)


def first(made: Policy[Say], now: datetime = NOW, **values: Any) -> str | None:
    found = CompiledPolicy(made, CATALOGUE).first_rule(Subject(**values), now)
    return found and found.then.word


def test_rules_are_tried_in_order_and_those_switched_off_are_not() -> None:
    made = policy(rule("a", is_on=False), rule("b", Compare(field="amount", op=Op.GT, value=5)), rule("c"))
    assert first(made, amount=6) == "b"
    assert first(made, amount=5) == "c"
    assert [one.id for one in CompiledPolicy(made, CATALOGUE).every_rule(Subject(amount=6), NOW)] == ["b", "c"]


def test_scope_is_by_shop_and_platform() -> None:
    made = policy(rule("one shop", scope=Scope(shops=("s1", "s2"))), rule("one platform", scope=Scope(platforms=("taobao",))), rule("rest"))
    assert first(made, shop="s2", platform="x") == "one shop"
    assert first(made, shop="s3", platform="taobao") == "one platform"
    assert first(made, shop="s3", platform="x") == "rest"
    assert first(made) == "rest"


def test_a_rule_holds_from_its_start_until_just_before_its_end() -> None:
    made = policy(rule("sale", effective_from=NOW, effective_until=NOW + timedelta(hours=1)))
    instants = [NOW - timedelta(microseconds=1), NOW, NOW + timedelta(minutes=59), NOW + timedelta(hours=1)]
    assert [first(made, at) for at in instants] == [None, "sale", "sale", None]


def test_the_highest_version_whose_time_it_is_is_in_force() -> None:
    start, end = NOW, NOW + timedelta(hours=1)
    always, sale, later = policy(version=1), policy(version=2, effective_from=start, effective_until=end), policy(version=3, effective_from=end)
    versions = [sale, later, always]
    picked = [effective(versions, at) for at in (start - timedelta(seconds=1), start, end)]
    assert [one.version if one else None for one in picked] == [1, 2, 3]
    assert effective([later], start) is None
    assert effective([], start) is None


def test_compiling_is_cached_by_content_so_a_draft_of_the_same_version_is_another() -> None:
    made = policy(rule("a"))
    assert compiled(made, CATALOGUE) is compiled(policy(rule("a")), CATALOGUE)
    assert compiled(made, CATALOGUE) is not compiled(policy(rule("b")), CATALOGUE)
    assert compiled(structs.replace(made, version=2), CATALOGUE).policy.version == 2


def test_a_policy_that_does_not_fit_is_not_compiled() -> None:
    with pytest.raises(BadInput):
        compiled(policy(rule("a", Compare(field="salary", op=Op.GT, value=1))), CATALOGUE)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (policy(rule("a"), rule("b")), []),
        (policy(rule("a"), rule("a")), [(Reason.DUPLICATE_KEY, "/rules/1/id")]),
        (policy(rule("not an id")), [(Reason.FIELD_INVALID, "/rules/0/id")]),
        (policy(structs.replace(rule("a"), name_zh=" ")), [(Reason.FIELD_MISSING, "/rules/0/name_zh")]),
        (policy(rule("a", Compare(field="x", op=Op.EQ), is_on=False)), [(Reason.UNKNOWN_FIELD, "/rules/0/when/field")]),
        (policy(rule("a", scope=Scope(shops=("",)))), [(Reason.FIELD_INVALID, "/rules/0/scope/value")]),
        (policy(rule("a", effective_from=NOW, effective_until=NOW)), [(Reason.FIELD_INVALID, "/rules/0/effective_until")]),
        (policy(rule("a", effective_from=datetime(2026, 1, 1))), [(Reason.FIELD_INVALID, "/rules/0/effective_from")]),  # noqa: DTZ001 - naive on purpose
        (policy(effective_from=NOW, effective_until=datetime(2000, 1, 1, tzinfo=UTC)), [(Reason.FIELD_INVALID, "/effective_until")]),
        (policy(*[rule(f"r{i}") for i in range(MAX_RULES + 1)]), [(Reason.BODY_TOO_LARGE, "/rules")]),
    ],
)
def test_what_keeps_a_policy_from_being_published(made: Policy[Say], expected: list[tuple[Reason, str]]) -> None:
    assert [(problem.reason, problem.path) for problem in check_policy(made, CATALOGUE)] == expected


def test_a_subject_without_shops_has_no_scope() -> None:
    made = policy(rule("a", scope=Scope(shops=("s1",))))
    assert [problem.path for problem in check_policy(made, Catalogue(subject="parcel", fields=[]))] == ["/rules/0/scope"]
