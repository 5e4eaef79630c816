"""A trade of `trade.fullinfo.get` (bare, or in its envelope as the push table keeps it) → PlatformOrder. Pure and quick: it runs in the pass.

Source: metadata of the open platform; the tables below are facts.md's "status values". Unknown words are read so that nothing is shipped by
mistake: an unknown trade status is refused, an unknown refund status counts as requested, an unknown presale step as not paid up.
"""

from datetime import datetime
from typing import Final

from paidan.channels.amounts import fen
from paidan.channels.china_time import china_deadline, china_instant
from paidan.channels.decoding import decode
from paidan.channels.facts import PlatformOrder, PlatformReceiver, PlatformStatus
from paidan.channels.taobao.lines import lines_of, ref_text
from paidan.channels.taobao.wire import ENVELOPE, TRADE, Advice, Advices, Flag, Lines, Trade, WireLine
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.parties.addresses.divisions import countries

STATUSES: Final = {
    "TRADE_NO_CREATE_PAY": PlatformStatus.UNPAID,
    "WAIT_BUYER_PAY": PlatformStatus.UNPAID,
    "PAY_PENDING": PlatformStatus.UNPAID,
    "WAIT_PRE_AUTH_CONFIRM": PlatformStatus.UNPAID,
    "PAID_FORBID_CONSIGN": PlatformStatus.FORBIDDEN,
    "WAIT_SELLER_SEND_GOODS": PlatformStatus.PAID,
    "SELLER_CONSIGNED_PART": PlatformStatus.PART_SHIPPED,
    "WAIT_BUYER_CONFIRM_GOODS": PlatformStatus.SHIPPED,
    "TRADE_BUYER_SIGNED": PlatformStatus.FINISHED,
    "TRADE_FINISHED": PlatformStatus.FINISHED,
    "TRADE_CLOSED": PlatformStatus.CLOSED_REFUNDED,
    "TRADE_CLOSED_BY_TAOBAO": PlatformStatus.CLOSED_UNPAID,
}
TO_SHIP: Final = frozenset({PlatformStatus.PAID, PlatformStatus.PART_SHIPPED})
STEPS_SETTLED: Final = frozenset({"", "FRONT_PAID_FINAL_PAID"})
STEP_DEPOSIT_PAID: Final = "FRONT_PAID_FINAL_NOPAID"
OWN_WAREHOUSE: Final = "SC"  # the merchant's own: nothing is demanded
SUGGESTED: Final = 1
_CHINA: Final = frozenset({"", "CN", "中国", "中国大陆", "中华人民共和国"})
_UNTOLD: Final[frozenset[str | None]] = frozenset({None, ""})
_OFF: Final = frozenset({"0", "false"})


def parse(body: bytes) -> PlatformOrder:
    """The order a trade tells of. Raises BadInput with the field's path."""
    if body.find(b'"trade_fullinfo_get_response"', 0, 64) >= 0:
        return order_of(decode(ENVELOPE, body).trade_fullinfo_get_response.trade)
    return order_of(decode(TRADE, body))


def order_of(trade: Trade) -> PlatformOrder:
    """The order of a decoded trade."""
    status = _status(trade)
    paid, freight = fen(trade.payment, "payment"), fen(trade.post_fee, "post_fee")
    wire = _wire_lines(trade)
    lines = lines_of(trade, wire, status, paid - freight)
    goods = sum([line.price_minor * line.quantity for line in lines])
    return PlatformOrder(
        platform_order_no=ref_text(trade.tid_str or trade.tid, "tid"),
        status=status,
        version_at=china_instant(trade.modified, "modified"),
        placed_at=china_instant(trade.created, "created"),
        paid_at=china_instant(trade.pay_time, "pay_time") if trade.pay_time else None,
        ship_by_at=_ship_by(trade, wire, status),
        goods_minor=goods,
        discount_minor=goods - sum([line.payable_minor for line in lines]),
        freight_minor=freight,
        paid_minor=paid,
        is_cod=trade.type == "cod",
        is_presale_open=_is_presale_open(trade, status),
        buyer_ref=trade.buyer_open_uid or "",
        buyer_remark=trade.buyer_message or "",
        seller_remark=trade.seller_memo or "",
        seller_flag=trade.seller_flag or 0,
        warehouse_wanted=_warehouse(trade, wire),
        carrier_wanted=_carrier(trade),
        receiver=_receiver(trade),
        lines=lines,
    )


def _status(trade: Trade) -> PlatformStatus:
    status = STATUSES.get(trade.status)
    if status is None:
        raise BadInput(Reason.FIELD_INVALID, "status")
    if status in TO_SHIP and (trade.mark_desc or _is_on(trade.forbid_consign) or _is_on(trade.top_hold) or _is_unaudited(trade.rx_audit_status)):
        return PlatformStatus.FORBIDDEN
    return status


def _is_on(flag: Flag) -> bool:
    return bool(flag) and str(flag).lower() not in _OFF


def _is_unaudited(flag: Flag) -> bool:
    """Prescriptions: 0 is not audited yet; goods without a prescription don't have the field."""
    return flag is not None and str(flag) == "0"


def _is_presale_open(trade: Trade, status: PlatformStatus) -> bool:
    """Deposit paid and balance not; or shippable by status, but a step that says otherwise."""
    step = trade.step_trade_status or ""
    return step == STEP_DEPOSIT_PAID or (step not in STEPS_SETTLED and (status in TO_SHIP or status is PlatformStatus.FORBIDDEN))


def _ship_by(trade: Trade, wire: list[WireLine], status: PlatformStatus) -> datetime | None:
    """The earliest of the latest shipping times; without any, the time limit of the trade while it waits for shipping."""
    texts = {trade.delivery_time, trade.send_time, trade.est_con_time, *[line.delivery_time for line in wire]} - _UNTOLD
    if not texts and trade.timeout_action_time and (status in TO_SHIP or status is PlatformStatus.FORBIDDEN):
        texts = {trade.timeout_action_time}
    return min([at for at in map(china_deadline, texts) if at is not None], default=None) if texts else None


def _wire_lines(trade: Trade) -> list[WireLine]:
    found = trade.orders
    return found.order if isinstance(found, Lines) else found or []


def _advices(trade: Trade) -> list[Advice]:
    infos = trade.logistics_infos
    return infos.logistics_info if isinstance(infos, Advices) else infos or []


def _warehouse(trade: Trade, wire: list[WireLine]) -> str:
    """The warehouse the platform wants, if it wants the same one everywhere."""
    codes = {trade.store_code, *[line.store_code for line in wire]}
    if trade.logistics_infos:
        codes.update([advice.biz_store_code for advice in _advices(trade)])
    return _only(codes - {OWN_WAREHOUSE})


def _carrier(trade: Trade) -> str:
    """The carrier the platform demands (not those it suggests), if it is one."""
    if not trade.logistics_infos:
        return trade.delivery_cps or ""
    return _only({advice.biz_delivery_code for advice in _advices(trade) if advice.biz_delivery_type != SUGGESTED}) or trade.delivery_cps or ""


def _only(codes: set[str | None]) -> str:
    named = [code for code in codes if code]
    return named[0] if len(named) == 1 else ""


def _receiver(trade: Trade) -> PlatformReceiver | None:
    """None when the message does not tell, as the lists don't. A county-level city under its province stays in `district`, `city` empty."""
    if not (trade.receiver_name or trade.receiver_address or trade.oaid):
        return None
    name, phone = trade.receiver_name or "", trade.receiver_mobile or trade.receiver_phone or ""
    return PlatformReceiver(
        name=name,
        phone=phone,
        country=_country(trade.receiver_country or ""),
        province=trade.receiver_state or "",
        city=trade.receiver_city or "",
        district=trade.receiver_district or "",
        town=trade.receiver_town or "",
        detail=trade.receiver_address or "",
        zip_code=trade.receiver_zip or "",
        oaid=trade.oaid or "",
        masked="*" in name or "*" in phone,
    )


def _country(name: str) -> str:
    """Countries come by Chinese name; one that nobody knows stays as it is and the audit holds the address."""
    if name in _CHINA:
        return "CN"
    found = countries().get(name.upper())
    return found.code if found else name
