from datetime import UTC, datetime, time
from typing import Any

import pytest

from paidan.audit.fields import ORDER, AuditSubject, cny_equivalent
from paidan.audit.rules import (
    DEFAULT_POLICY,
    NOTHING,
    AuditAction,
    FlagAction,
    HoldAction,
    PassAction,
    check_audit_policy,
    judge,
)
from paidan.kernel.reasons import Reason
from paidan.rules.conditions import ALWAYS, Compare, Op
from paidan.rules.lint import lint
from paidan.rules.policies import CompiledPolicy, Policy, Rule
from paidan.rules.words import sentence

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def order(**more: Any) -> AuditSubject:
    plain: dict[str, Any] = {
        "platform": "taobao", "shop_code": "s1", "currency": "CNY", "goods_minor": 10_000, "discount_minor": 0, "freight_minor": 0,
        "paid_minor": 10_000, "paid_cny_minor": 10_000, "line_count": 1, "unit_count": 2, "weight_g": 500, "country": "CN", "province": "330000",
        "placed_at": NOW, "paid_at": NOW, "ship_by_at": None, "is_cod": False, "has_buyer_remark": False, "has_seller_remark": False,
        "seller_flag": 0, "goods_classes": frozenset({"normal"}), "sku_codes": frozenset({"A"}),
    }  # fmt: skip
    return AuditSubject(**(plain | more))


def rule(rule_id: str, then: AuditAction, when: Any = ALWAYS) -> Rule[AuditAction]:
    return Rule(id=rule_id, name_zh="规则", name_en="rule", when=when, then=then)


def policy(*rules: Rule[AuditAction]) -> CompiledPolicy[AuditAction]:
    return CompiledPolicy(Policy(kind="audit", version=3, rules=rules), ORDER)


@pytest.mark.parametrize(
    ("told", "reasons"),
    [
        ({}, []),
        ({"has_buyer_remark": True}, [Reason.REMARK_UNREAD]),
        ({"has_seller_remark": True}, [Reason.REMARK_UNREAD]),
        ({"paid_cny_minor": 5_000_000}, []),
        ({"paid_cny_minor": 5_000_001}, [Reason.AMOUNT_UNUSUAL]),
        ({"paid_cny_minor": 1_000_001}, []),
        ({"paid_cny_minor": 1_000_001, "is_cod": True}, [Reason.AMOUNT_UNUSUAL]),
        ({"paid_cny_minor": 9_000_000, "is_cod": True, "has_buyer_remark": True}, [Reason.REMARK_UNREAD, Reason.AMOUNT_UNUSUAL]),
        ({"paid_cny_minor": None}, [Reason.AMOUNT_UNUSUAL]),
    ],
)
def test_the_default_policy_holds_what_wants_a_look(told: dict[str, Any], reasons: list[Reason]) -> None:
    verdict = judge(CompiledPolicy(DEFAULT_POLICY, ORDER), order(**told), NOW)
    assert [hold.reason for hold in verdict.holds] == reasons


def test_the_default_policy_is_sound_and_has_words() -> None:
    assert check_audit_policy(DEFAULT_POLICY) == []
    assert [remark.rule_id for remark in lint(DEFAULT_POLICY, ORDER, first_wins=False)] == []
    assert sentence(DEFAULT_POLICY.rules[1].when, ORDER) == "实付金额（折人民币） > 50000.00"


def test_a_free_pass_spares_remark_and_amount_wherever_it_stands_and_nothing_else() -> None:
    holds = [
        rule(f"h{i}", HoldAction(reason=reason)) for i, reason in enumerate((Reason.REMARK_UNREAD, Reason.AMOUNT_UNUSUAL, Reason.RULE_SAYS_HOLD))
    ]
    verdict = judge(policy(*holds, rule("vip", PassAction())), order(), NOW)
    assert [hold.reason for hold in verdict.holds] == [Reason.RULE_SAYS_HOLD]
    assert verdict.passed_by == "audit@3#vip"


def test_one_hold_for_each_reason_names_the_first_rule() -> None:
    verdict = judge(policy(rule("a", HoldAction(note="一")), rule("b", HoldAction(note="二"))), order(), NOW)
    assert [(hold.origin, hold.note) for hold in verdict.holds] == [("audit@3#a", "一")]


def test_what_a_person_has_cleared_is_not_held_again() -> None:
    verdict = judge(CompiledPolicy(DEFAULT_POLICY, ORDER), order(has_buyer_remark=True, paid_cny_minor=None), NOW, {Reason.REMARK_UNREAD})
    assert [hold.reason for hold in verdict.holds] == [Reason.AMOUNT_UNUSUAL]


def test_flags_are_kept_once_in_order_and_let_the_order_go() -> None:
    far = Compare(field="province", op=Op.IN, value=("540000", "650000"))
    made = policy(rule("a", FlagAction(flag="far"), far), rule("b", FlagAction(flag="vip")), rule("c", FlagAction(flag="far")))
    assert judge(made, order(province="650000"), NOW).flags == ("far", "vip")
    assert judge(made, order(province="650000"), NOW).holds == ()
    assert judge(policy(), order(), NOW) is NOTHING


def test_a_rule_cannot_hold_for_reasons_that_are_not_its_own() -> None:
    made = Policy(kind="audit", version=1, rules=(rule("a", HoldAction(reason=Reason.POISON)), rule("b", FlagAction(flag=" "))))
    assert [problem.path for problem in check_audit_policy(made)] == ["/rules/0/then/reason", "/rules/1/then/flag"]


def test_every_field_can_be_read_from_the_subject() -> None:
    subject = order()
    for name in ORDER.fields_by_name:
        policy(rule("r", PassAction(), Compare(field=name, op=Op.IS_EMPTY))).every(subject, NOW)


def test_the_time_of_day_is_that_of_the_shop() -> None:
    assert order().placed_time == time(12, 0)
    assert order(time_zone="Europe/London").placed_time == time(4, 0)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [(100, "CNY", 100), (100, "USD", 710), (1_000, "JPY", 4_700), (1_000, "KWD", None), (99, "GBP", 940)],
)
def test_amounts_are_compared_in_yuan(amount: int, currency: str, expected: int | None) -> None:
    assert cny_equivalent(amount, currency) == expected
