"""A policy: the rules of one kind in their order, by versions. Reading one is somebody else's work (`store.py`); everything here is pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.rules.check import Problem, check
from paidan.rules.compile_python import Every, First, compile_every, compile_first
from paidan.rules.conditions import AllOf, Compare, Condition, Op
from paidan.rules.fields import NOW, Catalogue

MAX_RULES: Final = 200
DEFAULT_VERSION: Final = 0
"""The version of a policy that comes with the code; published versions count from 1."""

_RULE_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,50}", re.ASCII)

Action = TypeVar("Action")
"""What a rule does: a closed tagged union of frozen structs, declared by the capability."""


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a rule applies: these shops (codes) and these platforms; empty means all."""

    shops: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


EVERYWHERE: Final = Scope()


class Rule(Struct, Generic[Action], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When this, then that. In force from `effective_from` until just before `effective_until`, where the scope says, while switched on."""

    id: str
    name_zh: str
    name_en: str
    when: Condition
    then: Action
    note: str = ""
    is_on: bool = True
    scope: Scope = EVERYWHERE
    effective_from: datetime | None = None
    effective_until: datetime | None = None


class Policy(Struct, Generic[Action], frozen=True, kw_only=True):
    """One version of the rules of one kind, first rule first. In force from `effective_from` until just before `effective_until`."""

    kind: str
    version: int
    rules: tuple[Rule[Action], ...]
    effective_from: datetime | None = None
    effective_until: datetime | None = None


class CompiledPolicy(Generic[Action]):
    """A policy ready to decide: `first` and `every` are plain functions `(subject, now)` giving indexes into `rules`, those switched on."""

    __slots__ = ("every", "first", "policy", "rules")

    def __init__(self, policy: Policy[Action], catalogue: Catalogue) -> None:
        self.policy = policy
        self.rules = tuple(rule for rule in policy.rules if rule.is_on)
        whole = [in_force(rule, catalogue) for rule in self.rules]
        self.first: First = compile_first(whole, catalogue)
        self.every: Every = compile_every(whole, catalogue)

    def first_rule(self, subject: object, now: datetime) -> Rule[Action] | None:
        """The first rule that holds for the subject."""
        index = self.first(subject, now)
        return None if index is None else self.rules[index]

    def every_rule(self, subject: object, now: datetime) -> list[Rule[Action]]:
        """All rules that hold for the subject, in their order."""
        return [self.rules[index] for index in self.every(subject, now)]


def compiled(policy: Policy[Action], catalogue: Catalogue) -> CompiledPolicy[Action]:
    """The compiled policy, from a bounded cache. Raises BadInput when a condition does not fit the catalogue.

    The cache goes by content, so a draft or another merchant's policy with the same kind and version is never taken for this one.
    """
    return _compiled(policy, catalogue)


@lru_cache(maxsize=512)
def _compiled(policy: Policy[Any], catalogue: Catalogue) -> CompiledPolicy[Any]:
    return CompiledPolicy(policy, catalogue)


def effective(policies: Iterable[Policy[Action]], at: datetime) -> Policy[Action] | None:
    """The version in force at the instant: of those whose time it is, the highest."""
    in_time = [policy for policy in policies if _is_in_time(policy, at)]
    return max(in_time, key=lambda policy: policy.version, default=None)


def in_force(rule: Rule[Action], catalogue: Catalogue) -> Condition:
    """The rule's own condition, together with its scope and its time."""
    parts = [*_scope_conditions(rule.scope, catalogue), *_time_conditions(rule), rule.when]
    return parts[0] if len(parts) == 1 else AllOf(of=tuple(parts))


def check_policy(policy: Policy[Action], catalogue: Catalogue) -> list[Problem]:
    """Everything that keeps the policy from being published, rules switched off included. Its actions are the capability's to check."""
    if len(policy.rules) > MAX_RULES:
        return [Problem(reason=Reason.BODY_TOO_LARGE, path="/rules", zh=f"最多 {MAX_RULES} 条规则", en=f"At most {MAX_RULES} rules")]
    problems = _check_window(policy, "")
    seen: set[str] = set()
    for i, rule in enumerate(policy.rules):
        problems += _check_rule(rule, catalogue, f"/rules/{i}")
        if rule.id in seen:
            problems.append(Problem(reason=Reason.DUPLICATE_KEY, path=f"/rules/{i}/id", zh="规则编号重复", en="Another rule has this id"))
        seen.add(rule.id)
    return problems


def _check_rule(rule: Rule[Action], catalogue: Catalogue, path: str) -> list[Problem]:
    problems = [
        Problem(reason=Reason.FIELD_MISSING, path=f"{path}/{name}", zh="必填", en=f"{name} is required")
        for name, text in (("name_zh", rule.name_zh), ("name_en", rule.name_en))
        if not text.strip()
    ]
    if not _RULE_ID.fullmatch(rule.id):
        zh, en = "规则编号限 1 至 50 位字母、数字、点、横线", "A rule id is 1 to 50 letters, digits, dots, dashes"
        problems.append(Problem(reason=Reason.FIELD_INVALID, path=f"{path}/id", zh=zh, en=en))
    problems += _check_window(rule, path)
    for codes, field in ((rule.scope.shops, catalogue.shop_field), (rule.scope.platforms, catalogue.platform_field)):
        if codes and not field:
            problems.append(Problem(reason=Reason.FIELD_INVALID, path=f"{path}/scope", zh="不支持该范围", en="This policy has no such scope"))
        elif codes:
            problems += check(Compare(field=field, op=Op.IN, value=codes), catalogue, path=f"{path}/scope")
    return problems + check(rule.when, catalogue, path=f"{path}/when")


def _check_window(timed: Rule[Any] | Policy[Any], path: str) -> list[Problem]:
    instants = (timed.effective_from, timed.effective_until)
    if any(at is not None and at.utcoffset() is None for at in instants):
        return [Problem(reason=Reason.FIELD_INVALID, path=f"{path}/effective_from", zh="时刻需要时区", en="An instant needs its offset")]
    if None not in instants and instants[1] <= instants[0]:  # type: ignore[operator]  # neither is None
        return [Problem(reason=Reason.FIELD_INVALID, path=f"{path}/effective_until", zh="结束早于开始", en="Ends before it begins")]
    return []


def _scope_conditions(scope: Scope, catalogue: Catalogue) -> Sequence[Condition]:
    named = ((catalogue.platform_field, scope.platforms), (catalogue.shop_field, scope.shops))
    return [Compare(field=field, op=Op.IN, value=codes) for field, codes in named if codes]


def _time_conditions(rule: Rule[Any]) -> Sequence[Condition]:
    named = ((Op.GE, rule.effective_from), (Op.LT, rule.effective_until))
    return [Compare(field=NOW.name, op=op, value=at.astimezone(UTC).isoformat()) for op, at in named if at is not None]


def _is_in_time(policy: Policy[Any], at: datetime) -> bool:
    return (policy.effective_from is None or policy.effective_from <= at) and (policy.effective_until is None or at < policy.effective_until)
