"""Fold one message of a platform into an order. Pure: the same messages in any order, any number of times, end in the same facts.

A message wins over what is stored by (platform version, status rank, digest); closing and units taken back are for ever, whichever message tells;
a receiver may come with an older message than the rest. Our own edits lie above: a platform change under an edit is a conflict for people,
not an overwrite.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from paidan.channels.facts import PlatformLine, PlatformOrder, PlatformStatus, RefundStatus
from paidan.kernel.reasons import Reason
from paidan.kernel.states import TERMINAL_ORDERS, LineKind, OrderState
from paidan.orders.batch import STOPS_ALL, Hold, Line, Order

CLOSED = frozenset({PlatformStatus.CLOSED_UNPAID, PlatformStatus.CLOSED_REFUNDED})
BOUGHT = frozenset({LineKind.GOODS, LineKind.BUNDLE})
SHIPPED_ELSEWHERE = frozenset({PlatformStatus.SHIPPED, PlatformStatus.FINISHED})

_pack = msgspec.msgpack.Encoder().encode

FactsKey = tuple[datetime, int, bytes]


def digest_of(facts: PlatformOrder) -> bytes:
    """Eight bytes that tell two different tellings of one version apart. Without the receiver, which is compared by itself."""
    return blake2b(_pack(msgspec.structs.replace(facts, receiver=None)), digest_size=8).digest()


def key_of(facts: PlatformOrder) -> FactsKey:
    """What decides between two messages about one order."""
    return (facts.version_at, int(facts.status), digest_of(facts))


def is_paid(status: int) -> bool:
    """Whether the platform counts the order as sold: paid (or COD accepted) and not closed."""
    return PlatformStatus.FORBIDDEN <= status < PlatformStatus.CLOSED_UNPAID


def new_order(facts: PlatformOrder, *, order_id: int, shop_id: int, bucket: int, now: datetime) -> Order:
    """An order as the first message tells it; its number is given later, its lines know their listings later."""
    version_at, status, digest = key_of(facts)
    order = Order(
        id=order_id,
        order_no="",
        shop_id=shop_id,
        platform_order_no=facts.platform_order_no,
        bucket=bucket,
        state=0,
        platform_status=status,
        platform_version_at=version_at,
        platform_digest=digest,
        placed_at=facts.placed_at,
        currency=facts.currency,
        goods_minor=facts.goods_minor,
        discount_minor=facts.discount_minor,
        freight_minor=facts.freight_minor,
        surcharge_minor=facts.surcharge_minor,
        paid_minor=facts.paid_minor,
        created_at=now,
        is_new=True,
        is_changed=True,
    )
    _take_facts(order, facts)
    order.lines = [_new_line(number, line, facts) for number, line in enumerate(facts.lines, 1)]
    order.is_closed = facts.status in CLOSED
    _first_state(order, facts)
    order.tell("received", {"status": facts.status.name, "lines": len(order.lines)})
    return order


def fold(order: Order, facts: PlatformOrder, *, now: datetime) -> bool:
    """Fold a further message into a known order; True when anything changed."""
    key = key_of(facts)
    stored = (order.platform_version_at, int(order.platform_status), order.platform_digest)
    closes = facts.status in CLOSED and not order.is_closed
    took_back = _take_back(order, facts, now)
    has_more = _add_lines(order, facts)
    if key <= stored and not closes and not took_back and not has_more:
        return False
    order.is_closed = order.is_closed or closes
    if key > stored:
        _take_facts(order, facts)
        _fold_lines(order, facts)
        order.platform_version_at, order.platform_status, order.platform_digest = key
    if order.state == OrderState.UNPAID and (is_paid(order.platform_status) or order.is_cod) and not order.is_closed:
        order.move(OrderState.RECEIVED)
    order.tell("platform_changed", {"status": facts.status.name})
    order.due_at = now
    return True


def is_newer_receiver(order: Order, facts: PlatformOrder) -> bool:
    """Whether this message's receiver is newer than the platform's last."""
    return facts.receiver is not None and (order.receiver_version_at is None or facts.version_at > order.receiver_version_at)


def receiver_edit(order: Order) -> dict[str, Any] | None:
    """Our own edit of the receiver, if a person has made one: `theirs` names the platform's receiver."""
    return (order.edits or {}).get("receiver")


def open_conflict(order: Order, reason: Reason, now: datetime) -> bool:
    """What the platform tells meets what a person has edited: a person decides, if anything is still to be sent. True: he is asked."""
    is_here = any(line.open + line.short + line.reserved + line.in_fulfilment for line in order.work_lines())
    if is_here and order.open_hold(reason) is None:
        order.holds.append(Hold(reason=reason, origin="system", opened_at=now, stops=STOPS_ALL))
        order.is_changed = True
    return is_here


def end_conflict(order: Order, reason: Reason, now: datetime) -> None:
    """The platform says the same as we: nobody needs to be asked. A hold opened in this pass is as if it had never been."""
    hold = order.open_hold(reason)
    if hold is None:
        return
    if hold.id == 0:
        order.holds.remove(hold)
        return
    hold.close(now=now, by="system")
    order.tell("hold_closed", {"reason": str(reason), "by": "system"})


def platform_sold(order: Order) -> dict[int, int]:
    """Units the platform has taken off its display for this order, by listing."""
    if order.is_closed or not (is_paid(order.platform_status) or order.is_cod):
        return {}
    sold: dict[int, int] = {}
    for line in order.lines:
        if line.listing_id is not None and line.kind in BOUGHT:
            sold[line.listing_id] = sold.get(line.listing_id, 0) + line.quantity - line.taken_back
    return sold


def _first_state(order: Order, facts: PlatformOrder) -> None:
    if order.is_closed or (facts.status in SHIPPED_ELSEWHERE and order.has_work):
        for line in order.lines:
            line.cancelled, line.open = (line.quantity, 0) if line.is_work else (0, 0)
        reason = Reason.ALREADY_SHIPPED if facts.status in SHIPPED_ELSEWHERE else _why_closed(facts.status)
        order.waits_for = reason
        order.move(OrderState.CANCELLED)
    elif facts.status == PlatformStatus.UNPAID and not facts.is_cod:
        order.waits_for = Reason.PAYMENT_MISSING
        order.move(OrderState.UNPAID)
    else:
        order.move(OrderState.RECEIVED)


def _why_closed(status: int) -> Reason:
    return Reason.CLOSED_UNPAID if status == PlatformStatus.CLOSED_UNPAID else Reason.REFUNDED


def _take_facts(order: Order, facts: PlatformOrder) -> None:
    order.paid_at = facts.paid_at
    order.ship_by_at = facts.ship_by_at
    order.goods_minor = facts.goods_minor
    order.discount_minor = facts.discount_minor
    order.freight_minor = facts.freight_minor
    order.surcharge_minor = facts.surcharge_minor
    order.paid_minor = facts.paid_minor
    if order.is_cod != facts.is_cod:
        order.is_cod, order.is_cod_changed = facts.is_cod, not order.is_new
        order.merge_key = None if facts.is_cod else order.merge_key
    order.is_presale_open = facts.is_presale_open
    order.seller_flag = facts.seller_flag
    if facts.buyer_remark or facts.seller_remark or order.has_buyer_remark or order.has_seller_remark:
        order.remarks = (facts.buyer_remark, facts.seller_remark)
    order.has_buyer_remark = bool(facts.buyer_remark.strip())
    order.has_seller_remark = bool(facts.seller_remark.strip())


def _taken_back(line: PlatformLine) -> int:
    """Units the platform has taken back; what it has booked as shipped can only come back as a return."""
    unshipped = max(line.quantity - line.quantity_shipped, 0)
    wanted = line.quantity if line.refund == RefundStatus.REFUNDED else line.quantity_cancelled
    return min(wanted, unshipped)


def _new_line(number: int, facts: PlatformLine, order: PlatformOrder) -> Line:
    line = Line(
        line_no=number,
        line_ref=facts.line_ref,
        kind=LineKind.SERVICE if facts.is_service else LineKind.GOODS,
        quantity=facts.quantity,
        price_minor=facts.price_minor,
        payable_minor=facts.payable_minor,
        refund=facts.refund,
        refund_ref=_request_of(facts, order) if facts.refund == RefundStatus.REQUESTED else "",
        taken_back=_taken_back(facts),
    )
    if line.is_work:
        line.open = line.quantity
    return line


def _request_of(line: PlatformLine, facts: PlatformOrder) -> str:
    """What tells this request for a refund from an earlier one: the platform's number of it, and when it was first told as requested."""
    return f"{line.refund_ref}@{facts.version_at.isoformat(timespec='seconds')}"


def _is_another(line: Line, told: PlatformLine) -> bool:
    """Whether the request told has another number than the one known."""
    return bool(told.refund_ref) and told.refund_ref != line.refund_ref.rpartition("@")[0]


def _take_back(order: Order, facts: PlatformOrder, now: datetime) -> bool:
    """Raise what the platform has taken back of the lines we know; True when it was more than we knew."""
    told_by_ref = {told.line_ref: told for told in facts.lines}
    more = [
        (line, taken_back)
        for line in order.lines
        if line.parent_line_no is None and line.line_ref in told_by_ref and (taken_back := _taken_back(told_by_ref[line.line_ref])) > line.taken_back
    ]
    cut = (order.edits or {}).get("lines", {})
    for line, taken_back in more:
        line.taken_back = taken_back
        # Are these the units a person has left out already, or others? Where the whole line is taken back, there is nothing to ask.
        if cut.get(str(line.line_no), {}).get("cut") and taken_back < line.quantity:
            open_conflict(order, Reason.UNITS_CONFLICT, now)
    return bool(more)


def _add_lines(order: Order, facts: PlatformOrder) -> bool:
    """Add lines not seen before, from an older message too: what was bought does not depend on which message came first. True: there were some."""
    known = {line.line_ref for line in order.lines if line.parent_line_no is None}
    added = [told for told in facts.lines if told.line_ref not in known]
    for told in added:
        line = _new_line(max((each.line_no for each in order.lines), default=0) + 1, told, facts)
        if order.state in TERMINAL_ORDERS:
            line.open, line.cancelled = 0, line.open
        order.lines.append(line)
    return bool(added)


def _fold_lines(order: Order, facts: PlatformOrder) -> None:
    """Platforms never change what was bought: refunds, shares and cancelled units change."""
    by_ref = {line.line_ref: line for line in order.lines if line.parent_line_no is None}
    for told in facts.lines:
        line = by_ref[told.line_ref]
        if told.refund == RefundStatus.REQUESTED and (line.refund != told.refund or _is_another(line, told)):
            line.refund_ref = _request_of(told, facts)
        line.refund = told.refund
        line.payable_minor = told.payable_minor
