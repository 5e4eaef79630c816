"""How long the audit rules take: the twelve rules of a busy merchant over 2,000 orders, and the floor, a function written by hand.

python bench/rules.py
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from paidan.audit.fields import ORDER, AuditSubject
from paidan.audit.rules import AuditAction, HoldAction, PassAction, judge
from paidan.rules.conditions import AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.policies import CompiledPolicy, Policy, Rule

NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)
LIMIT_MINOR = 5_000_000


def is_(field: str, op: Op, value: Any = None) -> Condition:
    return Compare(field=field, op=op, value=value)


WHENS: tuple[Condition, ...] = (
    AnyOf(of=(Compare(field="has_buyer_remark", op=Op.EQ, value=True), Compare(field="has_seller_remark", op=Op.EQ, value=True))),
    is_("paid_cny_minor", Op.GT, LIMIT_MINOR),
    AllOf(of=(Compare(field="is_cod", op=Op.EQ, value=True), is_("paid_cny_minor", Op.GT, 1_000_000))),
    AllOf(of=(is_("province", Op.IN, ("540000", "650000")), is_("weight_g", Op.GT, 20_000))),
    AllOf(of=(is_("goods_classes", Op.HAS_ANY, ("dangerous", "oversize")), Not(of=is_("province", Op.IN, ("310000", "330000"))))),
    is_("unit_count", Op.GT, 500),
    AllOf(of=(is_("sku_codes", Op.HAS_ANY, tuple(f"SKU{i}" for i in range(50))), is_("unit_count", Op.GE, 20))),
    is_("seller_flag", Op.IN, (1, 2)),
    AllOf(of=(is_("shop_code", Op.EQ, "s3"), is_("paid_minor", Op.BETWEEN, (1, 100)))),
    is_("country", Op.NOT_IN, ("CN", "GB", "US")),
    is_("ship_by_at", Op.IN_NEXT_HOURS, 2),
    AllOf(of=(is_("platform", Op.EQ, "direct"), is_("line_count", Op.GT, 40))),
)


def orders(count: int) -> list[AuditSubject]:
    """Ordinary orders: about one in ten meets a rule."""
    chance = random.Random(1)
    return [
        AuditSubject(
            platform=chance.choice(["taobao", "shopify"]), shop_code=chance.choice(["s1", "s2", "s3"]), currency="CNY",
            goods_minor=10_000, discount_minor=0, freight_minor=0, paid_minor=10_000, paid_cny_minor=chance.randrange(100, 100_000),
            line_count=chance.randrange(1, 5), unit_count=chance.randrange(1, 9), weight_g=chance.randrange(100, 9_000), country="CN",
            province=chance.choice(["310000", "330000", "440000", "540000"]), placed_at=NOW, paid_at=NOW, ship_by_at=NOW + timedelta(hours=48),
            is_cod=False, has_buyer_remark=chance.randrange(20) == 0, has_seller_remark=False, seller_flag=chance.choice([0] * 19 + [1]),
            goods_classes=frozenset({chance.choice(["normal", "fragile"])}), sku_codes=frozenset({f"SKU{chance.randrange(1000)}"}),
        )
        for _ in range(count)
    ]  # fmt: skip


def by_hand(s: AuditSubject, now: datetime) -> int | None:
    """The floor: two of the rules as one would write them."""
    if s.has_buyer_remark or s.has_seller_remark:
        return 0
    return 1 if s.paid_cny_minor is not None and s.paid_cny_minor > LIMIT_MINOR and now else None


def ns_each(decide: Callable[[AuditSubject, datetime], object], subjects: list[AuditSubject]) -> float:
    """Best of nine rounds, in nanoseconds an order."""
    rounds = []
    for _ in range(9):
        start = time.perf_counter_ns()
        for subject in subjects:
            decide(subject, NOW)
        rounds.append(time.perf_counter_ns() - start)
    return min(rounds) / len(subjects)


def main() -> None:
    rules: tuple[Rule[AuditAction], ...] = tuple(
        Rule(id=f"r{i}", name_zh="规则", name_en="rule", when=when, then=HoldAction() if i else PassAction()) for i, when in enumerate(WHENS)
    )
    start = time.perf_counter()
    policy = CompiledPolicy(Policy(kind="audit", version=1, rules=rules), ORDER)
    print(f"compile 12 rules, both functions: {(time.perf_counter() - start) * 1000:.1f} ms")
    subjects = orders(2_000)
    print(f"orders that meet a rule: {sum(policy.first(one, NOW) is not None for one in subjects) / len(subjects):.0%}")
    print(f"first of 12 rules: {ns_each(policy.first, subjects):.0f} ns an order")
    print(f"all of 12 rules: {ns_each(policy.every, subjects):.0f} ns an order")
    print(f"judge (all of 12 rules, verdict): {ns_each(lambda subject, now: judge(policy, subject, now), subjects):.0f} ns an order")
    print(f"floor (2 rules by hand): {ns_each(by_hand, subjects):.0f} ns an order")


if __name__ == "__main__":
    main()
