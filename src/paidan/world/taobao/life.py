"""What buyers do to their trades, and how the platform goes along with it."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from paidan.world.faults import share
from paidan.world.numbers import number_from
from paidan.world.script import ScriptOrder
from paidan.world.sellable import make_basket
from paidan.world.taobao.state import (
    CLOSED,
    CLOSED_UNPAID,
    CONSIGNED,
    NO_REFUND,
    PAID,
    PART_CONSIGNED,
    REFUND_ASKED,
    REFUND_CLOSED,
    REFUND_DONE,
    SELLER_REFUSED,
    UNPAID,
    Line,
    Refund,
    State,
    Trade,
)
from paidan.world.timetable import Act

# Of the discounted baskets of several lines, so many get their discount on the trade as a whole (满减) instead of line by line.
TRADE_DISCOUNT_SHARE = 0.3


class Told(Protocol):
    """Hears of every event; the message service listens here."""

    def __call__(self, topic: str, trade: Trade, now: datetime, refund: Refund | None = None) -> None:
        """Event `topic` befell the trade."""
        ...


def place(state: State, order: ScriptOrder, now: datetime, tell: Told) -> None:
    """The buyer orders, if the shop shows enough of everything; else the sale is lost."""
    trade = _make_trade(state, order, now)
    if not trade.lines:
        state.unsellable.append(order.order_no)
        return
    wanted: Counter[tuple[str, str, str]] = Counter()
    for line in trade.lines:
        wanted[line.key] += line.num
    if not state.shelf.shows(wanted):
        state.lost_sales.append(order.order_no)
        return
    state.trades[trade.tid] = trade
    state.sellers[order.shop].created.append((trade.created, trade))
    tell("taobao_trade_TradeCreate", trade, now)
    if order.is_cod:  # nothing to wait for: the courier collects
        _sell(state, trade)
    state.touch(trade, now)


def pay(state: State, trade: Trade, now: datetime, tell: Told) -> None:
    """The buyer pays; only now the counters go down."""
    if trade.status != UNPAID:
        return
    trade.paid_at = now.replace(microsecond=0)
    _sell(state, trade)
    state.touch(trade, now)
    tell("taobao_trade_TradeBuyerPay", trade, now)


def ask_refund(state: State, trade: Trade, now: datetime, tell: Told) -> None:
    """The buyer wants his money back for every line that is not closed: one refund for each, as the platform has them."""
    if trade.paid_at is None:
        return
    for line in trade.lines:
        if line.refund_status == NO_REFUND:
            _open_refund(state, trade, line, now)
            tell("taobao_refund_RefundCreated", trade, now, state.refunds[line.refund_id or 0])
    state.touch(trade, now)


def withdraw_refund(state: State, trade: Trade, now: datetime, tell: Told) -> None:
    """The buyer changes his mind; the refunds are closed and the lines go on."""
    for refund in _open_refunds(state, trade):
        _settle(state, refund, REFUND_CLOSED, now)
        tell("taobao_refund_RefundClosed", trade, now, refund)
        state.touch(trade, now)


def cancel(state: State, trade: Trade, now: datetime, tell: Told) -> None:
    """The order is called off: closed at once while unpaid, by refund while nothing was sent; afterwards the buyer has to return the goods."""
    if trade.status == UNPAID:
        _close(trade, CLOSED_UNPAID, now)
        state.touch(trade, now)
        tell("taobao_trade_TradeClose", trade, now)
    elif trade.status == PAID:
        refund_all(state, trade, now, tell)
    elif trade.status not in {CLOSED, CLOSED_UNPAID}:
        trade.is_close_refused = True
        for refund in _open_refunds(state, trade):
            _settle(state, refund, SELLER_REFUSED, now)
            tell("taobao_refund_RefundSellerRefuseAgreement", trade, now, refund)
        state.touch(trade, now)


def refund_all(state: State, trade: Trade, now: datetime, tell: Told) -> None:
    """Refund every line that is still open."""
    for line in list(trade.lines):
        if line.status != CLOSED:
            refund_line(state, trade, line, now, tell)


def refund_line(state: State, trade: Trade, line: Line, now: datetime, tell: Told) -> None:
    """Pay one line back before it was sent: the line closes, its units are shown again; the trade closes with its last line."""
    if line.refund_id is None or state.refunds[line.refund_id].status != REFUND_ASKED:
        _open_refund(state, trade, line, now)
    refund = state.refunds[line.refund_id or 0]
    _settle(state, refund, REFUND_DONE, now)
    line.status = CLOSED
    state.shelf.give_back(line.key, line.taken)
    line.taken = 0
    tell("taobao_refund_RefundSuccess", trade, now, refund)
    if all(one.status == CLOSED for one in trade.lines):
        _close(trade, CLOSED, now)
        tell("taobao_trade_TradeClose", trade, now)
    elif trade.status == PART_CONSIGNED and not any(one.is_open for one in trade.lines):
        trade.status = CONSIGNED
    state.touch(trade, now)


ACTS: dict[Act, Callable[[State, Trade, datetime, Told], None]] = {
    Act.PAY: pay,
    Act.ASK_REFUND: ask_refund,
    Act.WITHDRAW_REFUND: withdraw_refund,
    Act.CANCEL: cancel,
}


def _make_trade(state: State, order: ScriptOrder, now: datetime) -> Trade:
    basket = make_basket(order.lines)
    at = now.replace(microsecond=0)
    tid = int(order.order_no)
    shop = state.sellers[order.shop].shop
    trade = Trade(tid=tid, order=order, shop=shop, lines=[], created=at, modified=at, seller_memo=order.seller_remark)
    trade.oaid = make_oaid(order)
    trade.uncollected_minor = basket.uncollected_minor
    total = sum(sold.discount_minor for sold in basket.lines)
    is_on_trade = total > 0 and len(basket.lines) > 1 and share(0, "discount on the trade", tid) < TRADE_DISCOUNT_SHARE
    trade.discount_minor = total if is_on_trade else 0
    for number, sold in enumerate(basket.lines):
        line = sold.line
        trade.lines.append(
            Line(
                oid=tid if len(basket.lines) == 1 else number_from(tid, number),
                key=(order.shop, line.item_ref, line.sku_ref),
                item_ref=line.item_ref if line.item_ref.isdigit() else str(number_from("item", order.shop, line.title, digits=12)),
                sku_ref=line.sku_ref,
                outer_code="" if line.is_service else line.merchant_code,
                title=line.title,
                num=line.quantity,
                price_minor=line.price_minor,
                discount_minor=0 if is_on_trade else sold.discount_minor,
                share_minor=sold.discount_minor if is_on_trade else 0,
                adjust_minor=-sold.markdown_minor,
                is_service=line.is_service,
            ),
        )
    return trade


def make_oaid(order: ScriptOrder) -> str:
    """The token for the consignee of this order; two orders of one consignee have different ones: only the merge call tells they are the same."""
    receiver = order.receiver
    text = f"{order.shop} {order.order_no} {receiver.name} {receiver.phone} {receiver.detail}"
    return "1" + b64encode(blake2b(text.encode(), digest_size=45).digest()).decode()


def _sell(state: State, trade: Trade) -> None:
    trade.status = PAID
    for line in trade.lines:
        line.status = PAID
        line.taken = state.shelf.sell(line.key, line.num)


def _open_refund(state: State, trade: Trade, line: Line, now: datetime) -> None:
    at = now.replace(microsecond=0)
    refund_id = number_from("refund", trade.tid, line.oid, len(state.refunds))
    refund = Refund(refund_id, trade, line, REFUND_ASKED, created=at, modified=at, order_status=line.status)
    state.refunds[refund_id] = refund
    line.refund_id = refund_id
    line.refund_status = REFUND_ASKED
    state.touch_refund(refund, now)


def _settle(state: State, refund: Refund, status: str, now: datetime) -> None:
    refund.status = refund.line.refund_status = status
    state.touch_refund(refund, now)


def _open_refunds(state: State, trade: Trade) -> list[Refund]:
    refunds = [state.refunds[line.refund_id] for line in trade.lines if line.refund_id is not None]
    return [refund for refund in refunds if refund.status == REFUND_ASKED]


def _close(trade: Trade, status: str, now: datetime) -> None:
    trade.status = status
    trade.ended_at = now.replace(microsecond=0)
    for line in trade.lines:
        line.status = status
