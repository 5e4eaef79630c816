"""Trades as they stand on the wire: only the fields that are read. Names and types: metadata of `taobao.trade.fullinfo.get`."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from paidan.channels.decoding import QUANTITY_MAX, REF_MAX, TEXT_MAX

Text = Annotated[str, Meta(max_length=TEXT_MAX)] | None
Short = Annotated[str, Meta(max_length=REF_MAX)] | None
Needed = Annotated[str, Meta(min_length=1, max_length=REF_MAX)]
Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Ref = Number | Annotated[str, Meta(max_length=REF_MAX)] | None
Total = Annotated[int, Meta(ge=0, le=1_000_000)]  # a window with more rows is not believed
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Flag = bool | int | Annotated[str, Meta(max_length=8)] | None


class SubItem(Struct, gc=False):
    """A part of a set (`combine_item_info`)."""

    quantity: Quantity
    item_id: Ref = None
    sku_id: Ref = None
    outer_iid: Short = None
    outer_sku_id: Short = None


class SubItems(Struct):
    """Lists are double wrapped."""

    combine_sub_item_d_o: list[SubItem] = []
    combine_item_info: list[SubItem] = []


class WireLine(Struct):
    """An order (line) of a trade."""

    num: Quantity
    price: Needed
    oid: Ref = None
    oid_str: Ref = None
    num_iid: Ref = None
    sku_id: Ref = None
    outer_iid: Short = None
    outer_sku_id: Short = None
    title: Text = None
    sku_properties_name: Text = None
    discount_fee: Short = None
    adjust_fee: Short = None
    divide_order_fee: Short = None
    part_mjz_discount: Short = None
    status: Short = None
    refund_status: Short = None
    refund_id: Ref = None
    store_code: Short = None
    shipping_type: Short = None
    consign_time: Short = None
    delivery_time: Short = None
    invoice_no: Text = None
    is_oversold: Flag = None
    is_service_order: Flag = None
    combine_item_info: list[SubItem] | SubItems | None = None


class Lines(Struct):
    """Lists are double wrapped."""

    order: list[WireLine] = []


class ServiceLine(Struct):
    """A service bought with the goods: nothing to ship."""

    num: Quantity
    price: Needed
    oid: Ref = None
    oid_str: Ref = None
    service_id: Ref = None
    title: Text = None
    payment: Short = None
    total_fee: Short = None


class ServiceLines(Struct):
    """Lists are double wrapped."""

    service_order: list[ServiceLine] = []


class Advice(Struct, gc=False):
    """The platform's word on warehouse and carrier (`logistics_infos`). `biz_delivery_type` 1 is a suggestion only."""

    biz_store_code: Short = None
    biz_delivery_code: Short = None
    biz_delivery_type: int | None = None


class Advices(Struct):
    """Lists are double wrapped."""

    logistics_info: list[Advice] = []


class Trade(Struct):
    """A trade (main order)."""

    status: Needed
    modified: Needed
    created: Needed
    payment: Needed
    tid: Ref = None
    tid_str: Ref = None
    type: Short = None
    step_trade_status: Short = None
    pay_time: Short = None
    est_con_time: Short = None
    delivery_time: Short = None
    send_time: Short = None
    timeout_action_time: Short = None
    post_fee: Short = None
    buyer_open_uid: Annotated[str, Meta(max_length=128)] | None = None
    buyer_message: Text = None
    seller_memo: Text = None
    seller_flag: Annotated[int, Meta(ge=0, le=99)] | None = None
    shipping_type: Short = None
    store_code: Short = None
    delivery_cps: Text = None
    forbid_consign: Flag = None
    top_hold: Flag = None
    mark_desc: Text = None
    rx_audit_status: Flag = None
    receiver_name: Text = None
    receiver_mobile: Short = None
    receiver_phone: Short = None
    receiver_country: Short = None
    receiver_state: Short = None
    receiver_city: Short = None
    receiver_district: Short = None
    receiver_town: Short = None
    receiver_address: Text = None
    receiver_zip: Short = None
    oaid: Annotated[str, Meta(max_length=256)] | None = None
    orders: list[WireLine] | Lines | None = None
    service_orders: list[ServiceLine] | ServiceLines | None = None
    logistics_infos: list[Advice] | Advices | None = None


class FullInfo(Struct):
    """The result of `trade.fullinfo.get`."""

    trade: Trade


class Envelope(Struct):
    """The whole answer, as the push table keeps it."""

    trade_fullinfo_get_response: FullInfo


TRADE: Final = msgspec.json.Decoder(Trade)
ENVELOPE: Final = msgspec.json.Decoder(Envelope)

# What is asked for. `oaid` comes only together with the five fields after it.
FIELDS: Final = (
    "tid,tid_str,type,status,modified,created,payment,step_trade_status,pay_time,est_con_time,delivery_time,send_time,timeout_action_time,post_fee,"
    "buyer_open_uid,buyer_message,seller_memo,seller_flag,shipping_type,store_code,delivery_cps,forbid_consign,top_hold,mark_desc,rx_audit_status,"
    "oaid,receiver_name,receiver_mobile,receiver_phone,receiver_address,receiver_country,receiver_state,receiver_city,receiver_district,receiver_town,"
    "receiver_zip,total_fee,discount_fee,adjust_fee,cod_status,orders,service_orders,logistics_infos,promotion_details,is_part_consign,trade_from"
)
