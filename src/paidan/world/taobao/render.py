"""Trades and refunds as the platform shows them: yuan as text, China local time, double-wrapped lists, masked consignees."""

from functools import lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from paidan.world.script import ScriptReceiver
from paidan.world.taobao.gateway import china
from paidan.world.taobao.state import CLOSED, CLOSED_UNPAID, CONSIGNED, UNPAID, Line, Refund, Trade

# What list calls keep to themselves; `taobao.trade.fullinfo.get` tells it.
ONLY_IN_FULL = frozenset(
    {"oaid", "buyer_message", "seller_memo", "promotion_details", "est_con_time", "delivery_time", "trade_memo", "has_buyer_message"}
)
# Without all of these among the fields there is no oaid.
ASKED_FOR_OAID = frozenset({"receiver_name", "receiver_address", "receiver_mobile", "receiver_phone", "created"})
MUNICIPALITIES = {"北京市": "北京", "天津市": "天津", "上海市": "上海", "重庆市": "重庆"}
# Names the statistics office gives to what is not a real city.
NOT_CITIES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


class Wanted(Struct, frozen=True):
    """The `fields` argument: names of the trade, and names of its lines (None: all of them, when `orders` is asked for as a whole)."""

    trade: frozenset[str]
    line: frozenset[str] | None
    has_lines: bool


@lru_cache(maxsize=256)
def read_fields(text: str) -> Wanted:
    """Parse `tid,status,orders.oid,…`. `orders` and `orders.*` mean the whole line."""
    names = {name.strip() for name in text.split(",") if name.strip()}
    dotted = {name.partition(".")[2] for name in names if name.startswith(("orders.", "order."))}
    is_whole = bool(names & {"orders", "order"}) or "*" in dotted
    return Wanted(frozenset(names), None if is_whole else frozenset(dotted), is_whole or bool(dotted))


def yuan(amount_minor: int) -> str:
    """Fen as the platform writes them: two decimals."""
    sign, size = ("-", -amount_minor) if amount_minor < 0 else ("", amount_minor)
    return f"{sign}{size // 100}.{size % 100:02d}"


def trade_body(trade: Trade, wanted: Wanted, *, is_full: bool, with_oaid: bool = False) -> dict[str, Any]:
    """The trade with the fields wanted; list calls (`is_full` false) tell a part only."""
    names = wanted.trade if is_full else wanted.trade - ONLY_IN_FULL
    everything = _trade_fields(trade)
    if is_full and any(name.startswith("receiver_") for name in names):
        everything |= masked_receiver(trade.order.receiver)
    body = {name: value for name, value in everything.items() if name in names}
    if wanted.has_lines:
        lines = [_line_fields(line) for line in trade.lines]
        chosen = wanted.line
        body["orders"] = {"order": lines if chosen is None else [{k: v for k, v in line.items() if k in chosen} for line in lines]}
    if with_oaid and names >= ASKED_FOR_OAID:
        body["oaid"] = trade.oaid
    return body


def whole_trade(trade: Trade) -> dict[str, Any]:
    """Every field, as the order-push table stores it."""
    lines = {"order": [_line_fields(line) for line in trade.lines]}
    return _trade_fields(trade) | masked_receiver(trade.order.receiver) | {"oaid": trade.oaid, "orders": lines}


def refund_body(refund: Refund, fields: frozenset[str]) -> dict[str, Any]:
    """The refund with the fields wanted."""
    trade, line = refund.trade, refund.line
    everything = {
        "refund_id": str(refund.refund_id),
        "tid": trade.tid,
        "oid": line.oid,
        "status": refund.status,
        "order_status": refund.order_status,
        "good_status": "BUYER_NOT_RECEIVED",
        "has_good_return": refund.order_status == CONSIGNED,
        "refund_fee": yuan(line.divided_minor),
        "payment": yuan(0),
        "total_fee": yuan(line.divided_minor),
        "price": yuan(line.price_minor),
        "num": line.num,
        "num_iid": int(line.item_ref or 0),
        "outer_id": line.outer_code,
        "sku": f"{line.sku_ref}|",
        "title": line.title,
        "reason": "多拍/拍错/不想要",
        "desc": "",
        "cs_status": 1,
        "refund_phase": "onsale",
        "refund_version": int(refund.modified.timestamp() * 1000),
        "dispute_type": "REFUND_AND_RETURN" if refund.order_status == CONSIGNED else "REFUND",
        "created": china(refund.created),
        "modified": china(refund.modified),
        "seller_nick": trade.shop.name,
        "buyer_nick": mask_name(trade.order.buyer),
        "buyer_open_uid": open_uid(trade.order.buyer),
    }
    return {name: value for name, value in everything.items() if name in fields}


def open_uid(buyer: str) -> str:
    """The buyer's number for this application."""
    return "AAE" + blake2b(buyer.encode(), digest_size=18).hexdigest()[:32]


def mask_name(name: str) -> str:
    """`王小明` becomes `王**`."""
    return name[:1] + "**"


def masked_receiver(receiver: ScriptReceiver) -> dict[str, Any]:
    """The consignee as merchants see him: region in clear, the rest behind asterisks."""
    province = MUNICIPALITIES.get(receiver.province, receiver.province)
    city = receiver.province if province != receiver.province else receiver.city
    number = "receiver_mobile" if is_mobile(receiver.phone) else "receiver_phone"
    return {
        "receiver_name": mask_name(receiver.name),
        number: "*******" + receiver.phone[-4:],
        "receiver_country": "中国" if receiver.country == "CN" else receiver.country,
        "receiver_state": province,
        "receiver_city": "" if city in NOT_CITIES else city,
        "receiver_district": receiver.district,
        "receiver_address": receiver.detail[:2] + "******",
        "receiver_zip": receiver.zip_code or "000000",
    }


def is_mobile(phone: str) -> bool:
    """Whether it is a mobile number of mainland China."""
    return len(phone) == 11 and phone.isdigit() and phone[0] == "1"  # noqa: PLR2004 - the length of such numbers


def _trade_fields(trade: Trade) -> dict[str, Any]:
    order = trade.order
    first = trade.lines[0]
    goods = sum(line.price_minor * line.num for line in trade.lines)
    body: dict[str, Any] = {
        "tid": trade.tid,
        "tid_str": str(trade.tid),
        "type": "cod" if order.is_cod else "fixed",
        "trade_from": "WAP,WAP",
        "seller_nick": trade.shop.name,
        "buyer_nick": mask_name(order.buyer),
        "buyer_open_uid": open_uid(order.buyer),
        "title": trade.shop.name,
        "status": trade.status,
        "is_part_consign": trade.consigns > 1,
        "created": china(trade.created),
        "modified": china(trade.modified),
        "total_fee": yuan(goods),
        "discount_fee": yuan(trade.discount_minor),
        "adjust_fee": yuan(sum(line.adjust_minor for line in trade.lines)),
        "post_fee": yuan(order.freight_minor),
        "payment": yuan(trade.payment_minor),
        "received_payment": yuan(0),
        "commission_fee": yuan(0),
        "coupon_fee": 0,
        "shipping_type": "express" if order.freight_minor else "free",
        "has_buyer_message": bool(order.buyer_remark),
        "buyer_message": order.buyer_remark,
        "seller_memo": trade.seller_memo,
        "seller_flag": trade.seller_flag,
        "est_con_time": china(order.ship_by_at),
        "delivery_time": china(order.ship_by_at),
        "num": sum(line.num for line in trade.lines),
        "num_iid": int(first.item_ref or 0),
        "price": yuan(first.price_minor),
        "promotion_details": {"promotion_detail": _promotions(trade)},
    }
    if order.is_cod:
        body["cod_status"] = "NEW_CREATED"
    instants = {"pay_time": trade.paid_at, "consign_time": trade.consigned_at, "end_time": trade.ended_at}
    return body | {name: china(at) for name, at in instants.items() if at is not None}


def _promotions(trade: Trade) -> list[dict[str, Any]]:
    if not trade.discount_minor:
        return []
    return [{"id": trade.tid, "promotion_id": f"shopbonus-{trade.tid}", "promotion_name": "满减", "discount_fee": yuan(trade.discount_minor)}]


def _line_fields(line: Line) -> dict[str, Any]:
    body: dict[str, Any] = {
        "oid": line.oid,
        "oid_str": str(line.oid),
        "num_iid": int(line.item_ref or 0),
        "title": line.title,
        "num": line.num,
        "price": yuan(line.price_minor),
        "total_fee": yuan(line.payment_minor),
        "discount_fee": yuan(line.discount_minor),
        "adjust_fee": yuan(line.adjust_minor),
        "payment": yuan(line.payment_minor),
        "divide_order_fee": yuan(line.divided_minor),
        "part_mjz_discount": yuan(line.share_minor),
        "status": line.status,
        "refund_status": line.refund_status,
        "seller_type": "B",
        "is_oversold": line.status not in {UNPAID, CLOSED, CLOSED_UNPAID} and line.taken < line.num,
        "shipping_type": "virtual" if line.is_service else "express",
        "order_from": "WAP,WAP",
        "buyer_rate": False,
        "seller_rate": False,
    }
    if line.sku_ref:
        body |= {"sku_id": line.sku_ref, "sku_properties_name": f"规格:{line.title[:20]}"}
    if line.outer_code:
        body["outer_sku_id" if line.sku_ref else "outer_iid"] = line.outer_code
    if line.refund_id is not None:
        body["refund_id"] = str(line.refund_id)
    if line.waybills:
        company, number, _ = line.waybills[-1]
        body |= {"logistics_company": company, "invoice_no": number}
    if line.consigned_at is not None:
        body["consign_time"] = china(line.consigned_at)
    return body
