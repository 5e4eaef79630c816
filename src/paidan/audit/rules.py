"""The audit policy: what its rules may do, what comes of them for one order, and the rules that are there from the start."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from msgspec import Struct

from paidan.audit.fields import ORDER, AuditSubject
from paidan.kernel.reasons import Reason
from paidan.rules.check import Problem
from paidan.rules.conditions import AllOf, AnyOf, Compare, Op
from paidan.rules.policies import DEFAULT_VERSION, CompiledPolicy, Policy, Rule, check_policy

KIND: Final = "audit"

HOLDABLE: Final = frozenset(
    {
        Reason.REMARK_UNREAD,
        Reason.AMOUNT_UNUSUAL,
        Reason.DUPLICATE_PURCHASE,
        Reason.GOODS_FORBIDDEN_HERE,
        Reason.RULE_SAYS_HOLD,
    },
)
"""What a rule may hold an order for. Payment, amounts, address, mapping and refunds are checked without rules and cannot be waived by one."""

WAIVED_BY_PASS: Final = frozenset({Reason.REMARK_UNREAD, Reason.AMOUNT_UNUSUAL})
"""What a free pass (免审) spares an order."""


class _Action(Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    pass


class HoldAction(_Action, frozen=True, kw_only=True, tag="hold"):
    """Hold the order (挂起) for a reason out of HOLDABLE."""

    reason: Reason = Reason.RULE_SAYS_HOLD
    note: str = ""


class PassAction(_Action, frozen=True, kw_only=True, tag="pass"):
    """Free pass (免审): no rule holds this order for its remark or its amount, wherever that rule stands."""

    note: str = ""


class FlagAction(_Action, frozen=True, kw_only=True, tag="flag"):
    """Mark the order with a word of the merchant's (`vip`, `gift`), and let it go on."""

    flag: str
    note: str = ""


AuditAction = HoldAction | PassAction | FlagAction
AuditPolicy = Policy[AuditAction]


class RuleHold(Struct, frozen=True, kw_only=True):
    """A hold that a rule asks for; `origin` names kind, version and rule: `audit@3#big`."""

    reason: Reason
    note: str
    origin: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What the rules say of one order: one hold per reason, the first rule's; flags in the rules' order; `passed_by` is the rule of the free pass."""

    holds: tuple[RuleHold, ...] = ()
    flags: tuple[str, ...] = ()
    passed_by: str = ""


NOTHING: Final = Verdict()


def judge(policy: CompiledPolicy[AuditAction], subject: AuditSubject, now: datetime, cleared: Collection[Reason] = ()) -> Verdict:
    """Apply every rule that holds. `cleared` are reasons a person has already released this order for: it is not held for them again."""
    indexes = policy.every(subject, now)
    if not indexes:
        return NOTHING
    rules = [policy.rules[index] for index in indexes]
    passed_by = next((_origin(policy.policy, rule) for rule in rules if isinstance(rule.then, PassAction)), "")
    spared = {*cleared, *(WAIVED_BY_PASS if passed_by else ())}
    holds: dict[Reason, RuleHold] = {}
    for rule in rules:
        if isinstance(rule.then, HoldAction) and rule.then.reason not in spared:
            holds.setdefault(rule.then.reason, RuleHold(reason=rule.then.reason, note=rule.then.note, origin=_origin(policy.policy, rule)))
    flags = dict.fromkeys(rule.then.flag for rule in rules if isinstance(rule.then, FlagAction))
    return Verdict(holds=tuple(holds.values()), flags=tuple(flags), passed_by=passed_by)


def check_audit_policy(policy: AuditPolicy) -> list[Problem]:
    """Everything that keeps an audit policy from being published: conditions, and actions."""
    problems = check_policy(policy, ORDER)
    for i, rule in enumerate(policy.rules):
        if isinstance(rule.then, HoldAction) and rule.then.reason not in HOLDABLE:
            path = f"/rules/{i}/then/reason"
            problems.append(Problem(reason=Reason.FIELD_INVALID, path=path, zh="规则不能使用此挂起原因", en="A rule cannot hold for this reason"))
        if isinstance(rule.then, FlagAction) and not rule.then.flag.strip():
            problems.append(Problem(reason=Reason.FIELD_MISSING, path=f"/rules/{i}/then/flag", zh="必填", en="flag is required"))
    return problems


def _origin(policy: AuditPolicy, rule: Rule[AuditAction]) -> str:
    return f"{policy.kind}@{policy.version}#{rule.id}"


DEFAULT_POLICY: Final[AuditPolicy] = Policy(
    kind=KIND,
    version=DEFAULT_VERSION,
    rules=(
        Rule(
            id="remark",
            name_zh="有备注先看备注",
            name_en="Read remarks first",
            when=AnyOf(
                of=(
                    Compare(field="has_buyer_remark", op=Op.EQ, value=True),
                    Compare(field="has_seller_remark", op=Op.EQ, value=True),
                ),
            ),
            then=HoldAction(reason=Reason.REMARK_UNREAD),
        ),
        Rule(
            id="big_amount",
            name_zh="大额订单人工确认",
            name_en="Confirm large orders",
            when=Compare(field="paid_cny_minor", op=Op.GT, value=5_000_000),
            then=HoldAction(reason=Reason.AMOUNT_UNUSUAL, note="> 50,000.00 CNY"),
        ),
        Rule(
            id="big_cod",
            name_zh="大额货到付款人工确认",
            name_en="Confirm large cash on delivery",
            when=AllOf(
                of=(
                    Compare(field="is_cod", op=Op.EQ, value=True),
                    Compare(field="paid_cny_minor", op=Op.GT, value=1_000_000),
                ),
            ),
            then=HoldAction(reason=Reason.AMOUNT_UNUSUAL, note="COD > 10,000.00 CNY"),
        ),
        Rule(
            id="amount_unknown",
            name_zh="币种无汇率人工确认",
            name_en="Confirm amounts in a currency without a rate",
            when=Compare(field="paid_cny_minor", op=Op.IS_EMPTY),
            then=HoldAction(reason=Reason.AMOUNT_UNUSUAL),
        ),
    ),
)
