"""The fields of the list of orders: the one definition for columns, filters, sorts and exports."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from msgspec.structs import replace

from paidan.entrypoints.api.lists.former import FLAGS_ONCE
from paidan.entrypoints.api.lists.kinds import OPERATORS, Ask, Condition, Field, Gather, Kind, Moment, Op, Seen, Value, about, compare, when
from paidan.entrypoints.api.lists.order_tables import (
    ANSWER_UNKNOWN,
    ASKS_REFUND,
    CARRIERS,
    FULFILMENTS,
    HAS_REMARK,
    HOLDS,
    IS_ALONE,
    IS_MERGED,
    IS_PRINTED,
    IS_SPLIT,
    IS_UNMAPPED,
    IS_UNTOUCHED,
    IS_URGENT,
    KEYS,
    LINES,
    LISTINGS,
    ORDERS,
    OUR_FLAG,
    PARCEL_LINES,
    PARCELS,
    RECEIVERS,
    RELEASE_WAIT_S,
    RELEASED_AT,
    SHIPPED_AT,
    SHOPS,
    SKUS,
    TO_PRINT,
    UNITS,
    WAREHOUSES,
    any_fulfilment,
    gathered,
    sent_from,
)
from paidan.kernel.reasons import WORDS, Reason
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.orders.flags import COLOURS, flag_name
from paidan.orders.story_words import ORDER_WORDS
from paidan.parties.masks import digits_of

STATES: Final = tuple(Value(code=state.name.lower(), zh=ORDER_WORDS[state][0], en=ORDER_WORDS[state][1]) for state in OrderState)
REASONS: Final = tuple(Value(code=str(reason), zh=WORDS[reason].zh, en=WORDS[reason].en) for reason in Reason)
PLATFORMS: Final = (
    Value(code="taobao", zh="淘宝天猫", en="Taobao/Tmall"),
    Value(code="shopify", zh="Shopify", en="Shopify"),
    Value(code="direct", zh="自有渠道", en="direct"),
)
DEADLINES: Final = (
    Value(code="kept", zh="按时发货", en="kept"),
    Value(code="missed", zh="超时", en="missed"),
    Value(code="running", zh="未到期", en="still running"),
    Value(code="none", zh="无时限", en="none"),
)
TAIL_LENGTH: Final = 4
FLAGS: Final = tuple(Value(code=str(flag), zh=flag_name(flag, (), "zh"), en=flag_name(flag, (), "en")) for flag in range(len(COLOURS) + 1))
FORMER_FLAGS: Final = tuple(str(flag) for flag in FLAGS_ONCE if flag > len(COLOURS))
"""Orders may have one from before flags were colours."""
INSIDE: Final = tuple(state for state in FulfilmentState if FulfilmentState.PLANNED < state < FulfilmentState.SHIPPED)
"""A warehouse has it, or it travels with one that a warehouse has."""
O: Final = ORDERS.c  # noqa: E741 - the table below reads better so


def _state(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    del moment
    return compare(O.state, op, [int(OrderState[value.upper()]) for value in values])


def _flagged(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    del moment
    return compare(OUR_FLAG, op, [int(value) for value in values])


def _or_none(ask: Ask) -> Ask:
    """`not` is whatever is left by `is`: also what has nothing to compare with."""

    def either(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        return sa.not_(ask(Op.IS, values, moment)) if op == Op.NOT else ask(op, values, moment)

    return either


def _number(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    """Whole numbers by the table of keys, which knows every order there ever was; beginnings among those asked about."""
    del moment
    if op != Op.IS:
        return compare(O.order_no, op, values)
    return O.id.in_(sa.select(KEYS.c.order_id).where(compare(KEYS.c.order_no, op, values)))


def _platform_number(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    """As `_number`; keys are by shop, and shops are few."""
    del moment
    if op != Op.IS:
        return compare(O.platform_order_no, op, values)
    keys = sa.select(KEYS.c.order_id).join(SHOPS, SHOPS.c.id == KEYS.c.shop_id)
    return O.id.in_(keys.where(compare(KEYS.c.platform_order_no, op, values)))


def _held(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    del moment
    found = sa.exists().where(HOLDS.c.order_id == O.id, HOLDS.c.closed_at.is_(None), compare(HOLDS.c.reason, Op.IS, values))
    return found if op == Op.IS else sa.not_(found)


def _of_shop(column: sa.ColumnElement[Any]) -> Ask:
    """Shops are few: which of them, then orders by id of shop."""

    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        found = O.shop_id.in_(sa.select(SHOPS.c.id).where(compare(column, Op.IS, values)))
        return found if op == Op.IS else sa.not_(found)

    return ask


def _sent_by(ids: sa.ColumnElement[Any], table: sa.FromClause) -> Ask:
    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        found = any_fulfilment(ids.in_(sa.select(table.c.id).where(compare(table.c.code, Op.IS, values))))
        return found if op == Op.IS else sa.not_(found)

    return ask


def _place(column: sa.ColumnElement[Any]) -> Ask:
    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        return sa.exists().where(RECEIVERS.c.id == O.receiver_id, compare(column, op, values))

    return ask


def _phone(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    """Four digits are a tail, more are the whole number; compared by keyed digests, for no phone is stored in clear."""
    del op
    digits = [digits_of(value) for value in values]
    tails = [moment.digest("phone_tail", number) for number in digits if len(number) == TAIL_LENGTH]
    whole = [moment.digest("phone", number) for number in digits if len(number) != TAIL_LENGTH]
    # By the index on (tail, phone): whoever knows the whole number knows its tail.
    tails_of_whole = [moment.digest("phone_tail", number[-TAIL_LENGTH:]) for number in digits if len(number) != TAIL_LENGTH]
    is_whole = sa.and_(compare(RECEIVERS.c.tail_digest, Op.IS, tails_of_whole), compare(RECEIVERS.c.phone_digest, Op.IS, whole))
    return O.receiver_id.in_(sa.select(RECEIVERS.c.id).where(sa.or_(compare(RECEIVERS.c.tail_digest, Op.IS, tails), is_whole)))


def _tracking(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    del moment
    found = sa.select(PARCEL_LINES.c.order_id).join(PARCELS, PARCELS.c.id == PARCEL_LINES.c.parcel_id)
    return O.id.in_(found.where(compare(PARCELS.c.tracking_no, op, values)))


def _goods(column: sa.ColumnElement[Any]) -> Ask:
    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        skus = sa.select(SKUS.c.id).where(compare(column, op, values))
        return sa.exists().where(LINES.c.order_id == O.id, LINES.c.sku_id.in_(skus))

    return ask


def _of_goods(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    """What the column shows: SKU codes and names, and what shops call them."""
    del moment
    skus = sa.select(SKUS.c.id).where(sa.or_(compare(SKUS.c.code, op, values), compare(SKUS.c.name, op, values)))
    listings = sa.select(LISTINGS.c.id).where(compare(LISTINGS.c.title, op, values))
    return sa.exists().where(LINES.c.order_id == O.id, sa.or_(LINES.c.sku_id.in_(skus), LINES.c.listing_id.in_(listings)))


def _overdue(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    late = sa.func.coalesce(sa.and_(O.ship_by_at < moment.now, O.state < int(OrderState.SHIPPED)), sa.false())
    return when(late)(op, values, moment)


def _deadline(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    """Of each order one: what left entirely kept it or not; what should have left by now has missed it; cancelled and completed ones have none."""
    gone = compare(O.state, Op.IS, [int(OrderState.SHIPPED), int(OrderState.DELIVERED)])
    how = sa.case(
        (sa.or_(O.ship_by_at.is_(None), O.state > int(OrderState.DELIVERED)), sa.literal_column("'none'")),
        (sa.and_(gone, O.ship_by_at >= SHIPPED_AT), sa.literal_column("'kept'")),
        (sa.or_(gone, O.ship_by_at < moment.now), sa.literal_column("'missed'")),
        else_=sa.literal_column("'running'"),
    )
    return compare(sa.cast(how, sa.Text), op, values)


def _warehouse_with(*states: FulfilmentState) -> Ask:
    """Warehouses that have work of the order in one of these states; the order has not left entirely, so the index of open orders serves."""

    def ask(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
        del moment
        its = FULFILMENTS.c.warehouse_id.in_(sa.select(WAREHOUSES.c.id).where(compare(WAREHOUSES.c.code, Op.IS, values)))
        found = sa.and_(O.state < int(OrderState.SHIPPED), any_fulfilment(its, compare(FULFILMENTS.c.state, Op.IS, [*map(int, states)])))
        return found if op == Op.IS else sa.not_(found)

    return ask


def _waits_to_merge(op: Op, values: Sequence[Any], moment: Moment) -> Condition:
    waits = any_fulfilment(FULFILMENTS.c.state == int(FulfilmentState.PLANNED), FULFILMENTS.c.release_due_at > moment.now)
    return when(waits)(op, values, moment)


def _by(column: sa.ColumnElement[Any]) -> Gather:
    """Groups by a column of the order."""
    return lambda _: column


def _by_other(column: sa.ColumnElement[Any], where: Condition) -> Gather:
    """Groups by a column of the one row of another table."""
    return lambda _: sa.func.coalesce(sa.select(column).where(where).correlate(ORDERS).scalar_subquery(), "")


def _by_flag(condition: Condition) -> Gather:
    """Groups by whether it holds."""
    return lambda _: sa.case((condition, sa.literal_column("'true'")), else_=sa.literal_column("'false'"))


def _by_hold(seen: Seen) -> sa.ColumnElement[Any]:
    del seen
    return gathered(HOLDS.c.reason, HOLDS.c.order_id == O.id, HOLDS.c.closed_at.is_(None))


def _by_warehouse(seen: Seen) -> sa.ColumnElement[Any]:
    return sent_from(WAREHOUSES, FULFILMENTS.c.warehouse_id, seen)


def _by_carrier(seen: Seen) -> sa.ColumnElement[Any]:
    return sent_from(CARRIERS, FULFILMENTS.c.carrier_id, seen)


_BY_SHOP: Final = SHOPS.c.id == O.shop_id
_BY_RECEIVER: Final = RECEIVERS.c.id == O.receiver_id
_BY_STATE: Final = _by(
    sa.case(*((O.state == int(state), sa.literal_column(f"'{state.name.lower()}'")) for state in OrderState), else_=sa.literal_column("''"))
)


def _field(name: str, kind: Kind, zh: str, en: str, ask: Ask | None = None, **more: Any) -> Field:
    """A field with the operators of its kind, unless it names its own."""
    return Field(name=name, kind=kind, zh=zh, en=en, ask=ask, operators=more.pop("operators", OPERATORS[kind] if ask else ()), **more)


def _column(name: str, kind: Kind, zh: str, en: str, *, sorts: bool = True, **more: Any) -> Field:
    """A field that is a column of the order itself."""
    column = O[name]
    operators = tuple(op for op in OPERATORS[kind] if op != Op.NONE or more.get("nullable"))
    return _field(name, kind, zh, en, about(column), operators=operators, order_by=column if sorts else None, **more)


def _flag(name: str, zh: str, en: str, condition: Condition, **more: Any) -> Field:
    return _field(name, Kind.FLAG, zh, en, when(condition), gather=_by_flag(condition), **more)


FIELDS: Final[tuple[Field, ...]] = (
    _field("order_no", Kind.ID, "订单号", "Order no.", _or_none(_number), order_by=O.order_no, is_default=True, is_exact_key=True),
    _field(
        "platform_order_no",
        Kind.ID,
        "平台单号",
        "Platform no.",
        _or_none(_platform_number),
        order_by=O.platform_order_no,
        is_default=True,
        is_exact_key=True,
    ),
    _field("shop", Kind.ENUM, "店铺", "Shop", _of_shop(SHOPS.c.code), gather=_by_other(SHOPS.c.code, _BY_SHOP), is_default=True),
    _field("platform", Kind.ENUM, "平台", "Platform", _of_shop(SHOPS.c.platform), gather=_by_other(SHOPS.c.platform, _BY_SHOP), values=PLATFORMS),
    _field("state", Kind.ENUM, "状态", "State", _state, values=STATES, order_by=O.state, gather=_BY_STATE, is_default=True),
    _field("waits_for", Kind.ENUM, "等待原因", "Waits for", about(O.waits_for), values=REASONS, gather=_by(O.waits_for), is_default=True),
    _field("hold", Kind.ENUM, "挂起原因", "Held because", _held, values=REASONS, gather=_by_hold, is_default=True),
    _column("placed_at", Kind.INSTANT, "下单时间", "Placed", is_default=True),
    _column("paid_at", Kind.INSTANT, "付款时间", "Paid", nullable=True),
    _column("ship_by_at", Kind.INSTANT, "最晚发货", "Ship by", nullable=True, is_default=True),
    _column("created_at", Kind.INSTANT, "接单时间", "Taken in"),
    _column("changed_at", Kind.INSTANT, "变更时间", "Changed"),
    _field("released_at", Kind.INSTANT, "下发时间", "Released", about(RELEASED_AT)),
    _field("shipped_at", Kind.INSTANT, "发货时间", "Shipped", about(SHIPPED_AT)),
    _field("release_wait_s", Kind.NUMBER, "付款到下发(秒)", "Paid to released (s)", about(RELEASE_WAIT_S)),
    _field("deadline", Kind.ENUM, "发货时效", "Deadline", _deadline, values=DEADLINES),
    _column("currency", Kind.TEXT, "币种", "Currency", sorts=False, gather=_by(O.currency)),
    _column("paid_minor", Kind.MONEY, "实付金额", "Paid amount", is_default=True),
    _column("goods_minor", Kind.MONEY, "商品金额", "Goods amount"),
    _column("discount_minor", Kind.MONEY, "优惠金额", "Discount"),
    _column("freight_minor", Kind.MONEY, "运费", "Freight"),
    _field("goods", Kind.TEXT, "商品", "Goods", _or_none(_of_goods), is_default=True),
    _field("units", Kind.NUMBER, "件数", "Units", about(UNITS)),
    _field("sku", Kind.ID, "货品编码", "SKU", _or_none(_goods(SKUS.c.code))),
    _field("sku_name", Kind.TEXT, "货品名称", "SKU name", _or_none(_goods(SKUS.c.name))),
    _field("receiver", Kind.TEXT, "收件人", "Receiver", is_default=True),
    _field("phone", Kind.ID, "手机号或尾号", "Phone or its tail", _phone, operators=(Op.IS,), is_sealed=True, is_exact_key=True),
    _field(
        "province",
        Kind.TEXT,
        "省",
        "Province",
        _or_none(_place(RECEIVERS.c.province)),
        gather=_by_other(RECEIVERS.c.province, _BY_RECEIVER),
        is_default=True,
    ),
    _field("city", Kind.TEXT, "市", "City", _or_none(_place(RECEIVERS.c.city)), gather=_by_other(RECEIVERS.c.city, _BY_RECEIVER), is_default=True),
    _field("district", Kind.TEXT, "区县", "District", _or_none(_place(RECEIVERS.c.district)), gather=_by_other(RECEIVERS.c.district, _BY_RECEIVER)),
    _field("warehouse", Kind.ENUM, "仓库", "Warehouse", _sent_by(FULFILMENTS.c.warehouse_id, WAREHOUSES), gather=_by_warehouse, is_default=True),
    _field("carrier", Kind.ENUM, "快递", "Carrier", _sent_by(FULFILMENTS.c.carrier_id, CARRIERS), gather=_by_carrier, is_default=True),
    _field("planned_warehouse", Kind.ENUM, "待下发仓库", "To be sent to", _warehouse_with(FulfilmentState.PLANNED)),
    _field("working_warehouse", Kind.ENUM, "在仓仓库", "Being worked at", _warehouse_with(*INSIDE)),
    _field("tracking_no", Kind.ID, "运单号", "Waybill", _or_none(_tracking), is_exact_key=True),
    _column("seller_flag", Kind.NUMBER, "卖家旗帜", "Seller's flag"),
    _field("flag", Kind.ENUM, "旗帜", "Flag", _flagged, values=FLAGS, former=FORMER_FLAGS, order_by=OUR_FLAG, gather=_by(OUR_FLAG)),
    _flag("has_remark", "有备注", "Has a remark", HAS_REMARK),
    _flag("has_buyer_remark", "有买家备注", "Has a buyer's remark", O.has_buyer_remark),
    _flag("has_seller_remark", "有卖家备注", "Has a seller's remark", O.has_seller_remark),
    _flag("is_urgent", "加急", "Urgent", IS_URGENT),
    _flag("is_alone", "不拆不合", "Neither split nor merged", IS_ALONE),
    _flag("is_cod", "货到付款", "Cash on delivery", O.is_cod),
    _flag("is_presale_open", "预售未付尾款", "Presale balance open", O.is_presale_open),
    _flag("asks_refund", "申请退款", "Refund requested", ASKS_REFUND),
    _flag("is_unmapped", "有未匹配的平台商品", "Has an unmapped listing", IS_UNMAPPED),
    _field("is_overdue", Kind.FLAG, "超时未发", "Overdue", _overdue),
    _field("waits_to_merge", Kind.FLAG, "等待合单", "Waits to merge", _waits_to_merge),
    _flag("is_merged", "已合单", "Merged", IS_MERGED),
    _flag("is_split", "已拆单", "Split", IS_SPLIT),
    _flag("is_untouched", "无人工经手", "Touched by nobody", IS_UNTOUCHED),
    _flag("answer_unknown", "结果未知", "Answer unknown", ANSWER_UNKNOWN),
    _flag("is_printed", "已打印", "Printed", IS_PRINTED),
    _flag("to_print", "待打印", "To print", TO_PRINT),
)
BY_NAME: Final = {field.name: field for field in FIELDS}
LIVE_VALUES: Final = {
    "flag": "flag",
    "shop": "shop",
    "warehouse": "warehouse",
    "carrier": "carrier",
    "planned_warehouse": "warehouse",
    "working_warehouse": "warehouse",
}
"""Enum fields whose values are master data or settings, and which: read when the fields are asked for."""


def with_values(field: Field, values: Sequence[Value]) -> Field:
    """The field with the values it has at this moment."""
    return replace(field, values=tuple(values))
