"""Audit (审单): may it go on? Pure. Findings of checks and rules become holds; holds whose cause went away are closed by themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from paidan.audit.checks import SYSTEM_REASONS, Finding, check
from paidan.audit.fields import AuditSubject, cny_equivalent
from paidan.audit.refunds import named_in
from paidan.audit.rules import HOLDABLE, AuditAction, judge
from paidan.catalog.load import Sku
from paidan.kernel.reasons import Reason
from paidan.kernel.states import TERMINAL_ORDERS, FulfilmentState, OrderState
from paidan.network.load import Network, Shop
from paidan.orders.batch import BY_PLATFORM, STOPS_ALL, STOPS_RELEASE, Hold, Order
from paidan.rules.policies import CompiledPolicy

OURS = SYSTEM_REASONS | HOLDABLE
PASSING = OURS | {Reason.HELD_BY_PERSON, Reason.ALREADY_SHIPPED}  # an order waits for these only as long as it is held
WITHOUT_SHIPMENT = TERMINAL_ORDERS - {OrderState.DELIVERED}
AUDITED_STATES = frozenset({OrderState.RECEIVED, OrderState.AUDITED, OrderState.BACKORDERED, OrderState.SOURCED, OrderState.RELEASED})


class Audit(Struct, frozen=True, kw_only=True):
    """What the audit of one pass needs beside the orders."""

    network: Network
    skus: Mapping[int, Sku]
    bans: frozenset[tuple[str, str]]
    policy: CompiledPolicy[AuditAction]
    now: datetime


def decide(orders: Sequence[Order], audit: Audit) -> list[Order]:
    """Open and close holds; give the orders that may go on and still need a warehouse."""
    return [order for order in orders if _audit(order, audit) and order.is_waiting]


def _audit(order: Order, audit: Audit) -> bool:
    """Whether the order may go on."""
    if order.state == OrderState.UNPAID or order.state in WITHOUT_SHIPMENT:
        order.due_at = None
        if order.state in WITHOUT_SHIPMENT:
            _close_all(order, audit.now)
        return False
    if not order.has_work:
        _complete(order, audit.now)
        return False
    _expire(order, audit.now)
    if order.state in AUDITED_STATES:
        findings = [*check(order, audit.skus, audit.bans), *_rule_findings(order, audit)]
        reconcile(order, findings, audit.now)
    if order.is_held(STOPS_ALL):
        order.due_at = next_expiry(order)
        order.waits_for = next(str(hold.reason) for hold in order.holds if hold.closed_at is None and hold.stops == STOPS_ALL)
        _back_to_received(order)
        return False
    if order.waits_for in PASSING or not order.is_waiting:
        order.waits_for = ""
    order.due_at = next_expiry(order)
    _let_release(order, audit.now)
    return True


def _let_release(order: Order, now: datetime) -> None:
    """A plan whose release was stopped by a hold that is gone now may be released."""
    for fulfilment in order.fulfilments:
        if fulfilment.state == FulfilmentState.PLANNED and fulfilment.release_due_at is None and not order.is_held(STOPS_RELEASE):
            fulfilment.release_due_at = now
            fulfilment.is_changed = True


def _back_to_received(order: Order) -> None:
    """A held order that waited for stock waits for people now: its units are held, not short."""
    for line in order.work_lines():
        line.open += line.short
        line.short = 0


def _close_all(order: Order, now: datetime) -> None:
    """An order that ended without a shipment waits for nobody: it leaves the lists of held ones."""
    for hold in order.holds:
        if hold.closed_at is None:
            hold.close(now=now, by="system", note="cancelled" if order.state == OrderState.CANCELLED else "completed")


def _complete(order: Order, now: datetime) -> None:
    """Services only: there is nothing to hold, nothing to send, and nothing to wait for. Its state follows when all has been decided."""
    order.due_at, order.waits_for = None, ""
    _close_all(order, now)
    order.tell("completed", {"reason": str(Reason.NOTHING_TO_SHIP)})


def _expire(order: Order, now: datetime) -> None:
    for hold in order.holds:
        if hold.closed_at is None and hold.expires_at is not None and hold.expires_at <= now:
            hold.close(now=now, by="system", note="expired")
            order.tell("hold_closed", {"reason": str(hold.reason), "by": "system", "cause": "expired"})


def next_expiry(order: Order) -> datetime | None:
    """When an open hold ends by itself; None: none does."""
    if not order.holds:
        return None
    return min((hold.expires_at for hold in order.holds if hold.closed_at is None and hold.expires_at), default=None)


def reconcile(order: Order, findings: Sequence[Finding], now: datetime) -> None:
    """Open a hold for each new finding; close those of ours that no finding supports. What a person has released is not held again."""
    if not findings and not order.holds:
        return
    found = {finding.reason: finding for finding in findings}
    for hold in order.holds:
        if hold.closed_at is None and _is_ours(hold) and _is_over(hold, found.get(Reason(hold.reason))):
            hold.close(now=now, by="system")
            order.tell("hold_closed", {"reason": str(hold.reason), "by": "system"})
    cleared = {hold.reason for hold in order.holds if hold.closed_at is not None and hold.closed_by.startswith("user:")}
    cleared.discard(Reason.REFUND_REQUESTED)  # decided request by request, see refunds.py
    for reason, finding in found.items():
        if reason not in cleared and order.open_hold(reason) is None:
            order.holds.append(Hold(reason=str(reason), origin=finding.origin, note=finding.note, opened_at=now))
            order.tell("held", {"reason": str(reason), "by": finding.origin, "note": finding.note})


def _is_ours(hold: Hold) -> bool:
    """Whether the audit may close it: what people and other stages hold is theirs."""
    return hold.origin == BY_PLATFORM or (hold.reason in OURS and not hold.origin.startswith("user:"))


def _is_over(hold: Hold, finding: Finding | None) -> bool:
    """Its cause went away, or there is more to decide than it was opened for: then another one takes its place."""
    if finding is None:
        return True
    return finding.reason == Reason.REFUND_REQUESTED and not named_in(finding.note) <= named_in(hold.note)


def _rule_findings(order: Order, audit: Audit) -> list[Finding]:
    shop = audit.network.shops.get(order.shop_id)
    if shop is None:
        return [Finding(Reason.UNKNOWN_SHOP)]
    verdict = judge(audit.policy, subject_of(order, shop, audit.skus), audit.now)
    return [Finding(hold.reason, hold.note, hold.origin) for hold in verdict.holds]


def subject_of(order: Order, shop: Shop, skus: Mapping[int, Sku]) -> AuditSubject:
    """The order as rules see it."""
    work = [line for line in order.lines if line.is_work]
    known = [(line, sku) for line in work if (sku := skus.get(line.sku_id or 0)) is not None]
    region = order.region
    return AuditSubject(
        platform=shop.platform,
        shop_code=shop.code,
        currency=order.currency,
        goods_minor=order.goods_minor,
        discount_minor=order.discount_minor,
        freight_minor=order.freight_minor,
        paid_minor=order.paid_minor,
        paid_cny_minor=cny_equivalent(order.paid_minor, order.currency),
        line_count=len(work),
        unit_count=sum([line.quantity for line in work]),
        weight_g=sum([line.quantity * sku.weight_g for line, sku in known]) if len(known) == len(work) else None,
        country=region.country if region else "CN",
        province=f"{region.adcode[:2]}0000" if region and region.adcode and region.country == "CN" else None,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        ship_by_at=order.ship_by_at,
        is_cod=order.is_cod,
        has_buyer_remark=order.has_buyer_remark,
        has_seller_remark=order.has_seller_remark,
        seller_flag=order.seller_flag,
        goods_classes=frozenset([sku.goods_class for _, sku in known]),
        sku_codes=frozenset([sku.code for _, sku in known]),
        time_zone=shop.time_zone,
    )
