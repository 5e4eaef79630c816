"""Lines of a trade → PlatformLines, and what the buyer pays for each.

`divide_order_fee` is the line's amount after all discounts. Where it is missing: price x num + adjust_fee - discount_fee, less the line's share
of what the trade as a whole was reduced by (`part_mjz_discount` if told, the rest by largest remainder). A line's own `payment` is not used:
in a trade of one line it is the trade's, freight included. Source: field notes of `taobao.trade.fullinfo.get`.
"""

import re
from typing import Final

from paidan.channels.amounts import fen
from paidan.channels.facts import PlatformLine, PlatformPart, PlatformStatus, RefundStatus
from paidan.channels.taobao.wire import Flag, Ref, ServiceLines, SubItem, SubItems, Trade, WireLine
from paidan.kernel.errors import BadInput
from paidan.kernel.money import split
from paidan.kernel.reasons import Reason

REFUNDS: Final = {
    "": RefundStatus.NONE,
    "NO_REFUND": RefundStatus.NONE,
    "WAIT_SELLER_AGREE": RefundStatus.REQUESTED,
    "WAIT_BUYER_RETURN_GOODS": RefundStatus.REQUESTED,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStatus.REQUESTED,
    "SELLER_REFUSE_BUYER": RefundStatus.REQUESTED,
    "CLOSED": RefundStatus.WITHDRAWN,
    "SUCCESS": RefundStatus.REFUNDED,
}
SHIPPED: Final = frozenset({"WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED"})
CLOSED: Final = frozenset({"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"})
CLOSED_UNPAID: Final = "TRADE_CLOSED_BY_TAOBAO"
CLOSED_TRADES: Final = frozenset({PlatformStatus.CLOSED_UNPAID, PlatformStatus.CLOSED_REFUNDED})
AMOUNT_MAX: Final = 10**13
_REF = re.compile(r"[0-9A-Za-z_.:-]{1,64}")


def ref_text(ref: Ref, field: str) -> str:
    """A number or text that identifies something. Raises BadInput when it is missing or odd."""
    if ref is None or ref in {"", 0}:
        raise BadInput(Reason.FIELD_MISSING, field)
    text = str(ref)
    if not isinstance(ref, int) and _REF.fullmatch(text) is None:
        raise BadInput(Reason.FIELD_INVALID, field)
    return text


def lines_of(trade: Trade, wire: list[WireLine], status: PlatformStatus, paid_for_goods: int) -> tuple[PlatformLine, ...]:
    """All lines, services last. `paid_for_goods`: the trade's payment without freight, in fen."""
    try:
        services = _services(trade)
        payables = _payables(wire, paid_for_goods - sum([line.payable_minor for line in services]), status)
        lines = [_line(line, payable, trade, status) for line, payable in zip(wire, payables, strict=True)]
    except BadInput as error:
        raise _placed(error, trade, wire, status) from None
    lines += services
    if len({line.line_ref for line in lines}) != len(lines):
        raise BadInput(Reason.DUPLICATE_KEY, "orders.order.oid")
    return tuple(lines)


def _placed(error: BadInput, trade: Trade, wire: list[WireLine], status: PlatformStatus) -> BadInput:
    """The same refusal with the number of the line; looked for only when there is one to tell."""
    for index, line in enumerate(wire):
        try:
            _payables([line], 0, status)
            _line(line, 0, trade, status)
        except BadInput as found:
            return BadInput(found.reason, f"orders.order[{index}].{found.detail}")
    return error


def _line(line: WireLine, payable: int, trade: Trade, status: PlatformStatus) -> PlatformLine:
    shipped = line.num if line.status in SHIPPED or (line.status in CLOSED and line.consign_time) else 0
    closed = line.status in CLOSED or status in CLOSED_TRADES
    price = fen(line.price, "price")
    if price < 0 or price * line.num > AMOUNT_MAX:
        raise BadInput(Reason.FIELD_INVALID, "price")
    return PlatformLine(
        line_ref=ref_text(line.oid_str or line.oid, "oid"),
        item_ref=str(line.num_iid or ""),
        sku_ref=str(line.sku_id or ""),
        merchant_code=line.outer_sku_id or line.outer_iid or "",
        title=line.title or "",
        quantity=line.num,
        price_minor=price,
        payable_minor=payable,
        refund=REFUNDS.get(line.refund_status or "", RefundStatus.REQUESTED),
        refund_ref=str(line.refund_id or ""),
        quantity_cancelled=line.num - shipped if closed else 0,
        quantity_shipped=shipped,
        is_service=_is_true(line.is_service_order) or line.shipping_type == "virtual" or trade.shipping_type == "virtual",
        is_oversold=_is_true(line.is_oversold),
        parts=_parts(line.combine_item_info) if line.combine_item_info else (),
    )


def _is_true(flag: Flag) -> bool:
    return flag in {True, "true"}


def _payables(wire: list[WireLine], paid_for_goods: int, status: PlatformStatus) -> list[int]:
    """What is paid for each line, in fen. A line closed before payment in a trade that goes on is paid nothing."""
    if all(line.divide_order_fee for line in wire):
        payables = [fen(line.divide_order_fee, "divide_order_fee") for line in wire]
    else:
        payables = _shares(wire, paid_for_goods)
    if status is not PlatformStatus.CLOSED_UNPAID and any(line.status == CLOSED_UNPAID for line in wire):
        payables = [0 if line.status == CLOSED_UNPAID else payable for line, payable in zip(wire, payables, strict=True)]
    return payables


def _shares(wire: list[WireLine], paid_for_goods: int) -> list[int]:
    own = [
        fen(line.price, "price") * line.num
        + fen(line.adjust_fee, "adjust_fee")
        - fen(line.discount_fee, "discount_fee")
        - fen(line.part_mjz_discount, "part_mjz_discount")
        for line in wire
    ]
    left = sum(own) - paid_for_goods
    if not 0 < left <= sum(own) or min(own) < 0:
        return own  # nothing to share, or amounts that disagree: the audit shall see it
    return [amount - share for amount, share in zip(own, split(left, own), strict=True)]


def _services(trade: Trade) -> list[PlatformLine]:
    bought = trade.service_orders
    if not bought:
        return []
    return [
        PlatformLine(
            line_ref=ref_text(line.oid_str or line.oid, "service_orders.oid"),
            item_ref=str(line.service_id or ""),
            title=line.title or "",
            quantity=line.num,
            price_minor=fen(line.price, "service_orders.price"),
            payable_minor=fen(line.payment or line.total_fee, "service_orders.payment"),
            is_service=True,
        )
        for line in (bought.service_order if isinstance(bought, ServiceLines) else bought)
    ]


def _parts(found: list[SubItem] | SubItems) -> tuple[PlatformPart, ...]:
    items = found if isinstance(found, list) else found.combine_sub_item_d_o or found.combine_item_info
    return tuple(
        [
            PlatformPart(
                item_ref=str(item.item_id or ""),
                sku_ref=str(item.sku_id or ""),
                merchant_code=item.outer_sku_id or item.outer_iid or "",
                quantity=item.quantity,
            )
            for item in items
        ],
    )
