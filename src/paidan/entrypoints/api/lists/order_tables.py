"""The tables behind the list of orders, as far as filters ask of them; and the conditions that more than one field uses."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from paidan.kernel.states import FulfilmentState, OrderState

INSTANT: Final = sa.DateTime(timezone=True)


def _table(name: str, alias: str, /, **columns: Any) -> sa.FromClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items())).alias(alias)


ORDERS: Final = _table(
    "sales_order",
    "o",
    id=sa.BigInteger,
    order_no=sa.Text,
    shop_id=sa.BigInteger,
    platform_order_no=sa.Text,
    state=sa.BigInteger,
    waits_for=sa.Text,
    placed_at=INSTANT,
    paid_at=INSTANT,
    ship_by_at=INSTANT,
    created_at=INSTANT,
    changed_at=INSTANT,
    currency=sa.Text,
    goods_minor=sa.BigInteger,
    discount_minor=sa.BigInteger,
    freight_minor=sa.BigInteger,
    paid_minor=sa.BigInteger,
    is_cod=sa.Boolean,
    is_presale_open=sa.Boolean,
    has_buyer_remark=sa.Boolean,
    has_seller_remark=sa.Boolean,
    seller_flag=sa.BigInteger,  # values of questions may be larger than the column
    receiver_id=sa.BigInteger,
    edits=JSONB,
)
KEYS: Final = _table("order_key", "k", shop_id=sa.BigInteger, platform_order_no=sa.Text, order_id=sa.BigInteger, order_no=sa.Text)
SHOPS: Final = _table("shop", "s", id=sa.BigInteger, code=sa.Text, platform=sa.Text)
RECEIVERS: Final = _table(
    "receiver", "r", id=sa.BigInteger, province=sa.Text, city=sa.Text, district=sa.Text, tail_digest=sa.LargeBinary, phone_digest=sa.LargeBinary
)
HOLDS: Final = _table("hold", "h", order_id=sa.BigInteger, reason=sa.Text, closed_at=INSTANT)
FULFILMENTS: Final = _table(
    "fulfilment",
    "f",
    id=sa.BigInteger,
    order_id=sa.BigInteger,
    state=sa.BigInteger,
    warehouse_id=sa.BigInteger,
    carrier_id=sa.BigInteger,
    merged_into_id=sa.BigInteger,
    release_due_at=INSTANT,
    released_at=INSTANT,
    shipped_at=INSTANT,
)
MEMBERS: Final = _table("fulfilment", "m", id=sa.BigInteger, merged_into_id=sa.BigInteger)
WAREHOUSES: Final = _table("warehouse", "w", id=sa.BigInteger, code=sa.Text)
CARRIERS: Final = _table("carrier", "c", id=sa.BigInteger, code=sa.Text)
LINES: Final = _table(
    "order_line", "l", order_id=sa.BigInteger, sku_id=sa.BigInteger, refund=sa.Text, listing_id=sa.BigInteger, kind=sa.Text, quantity=sa.BigInteger
)
LISTINGS: Final = _table("listing", "g", id=sa.BigInteger, title=sa.Text)
SKUS: Final = _table("sku", "k", id=sa.BigInteger, code=sa.Text, name=sa.Text)
PARCELS: Final = _table("parcel", "p", id=sa.BigInteger, tracking_no=sa.Text)
PARCEL_LINES: Final = _table("parcel_line", "pl", parcel_id=sa.BigInteger, order_id=sa.BigInteger)
OUTBOX: Final = _table("outbox", "b", ref_id=sa.BigInteger, kind=sa.Text, state=sa.SmallInteger)
TIMELINE: Final = _table("timeline", "t", order_id=sa.BigInteger, actor=sa.Text)
PRINTS: Final = _table("print_mark", "pm", order_id=sa.BigInteger, kind=sa.Text)

OPEN_BELOW: Final = int(OrderState.DELIVERED)
LIVING: Final = sa.and_(FULFILMENTS.c.order_id == ORDERS.c.id, FULFILMENTS.c.state < int(FulfilmentState.REJECTED))
AT_WAREHOUSE: Final = tuple(map(int, (FulfilmentState.RELEASED, FulfilmentState.MERGED, FulfilmentState.ACCEPTED)))


def any_fulfilment(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether the order has a fulfilment, neither rejected nor cancelled, of which these hold."""
    return sa.exists().where(LIVING, *conditions)


IS_URGENT: Final = sa.func.coalesce(ORDERS.c.edits["urgent"].astext == "true", sa.false())
IS_ALONE: Final = sa.func.coalesce(ORDERS.c.edits["sealed"].astext == "true", sa.false())
OUR_FLAG: Final = sa.func.coalesce(sa.cast(ORDERS.c.edits["flag"].astext, sa.BigInteger), 0)
HAS_REMARK: Final = sa.or_(ORDERS.c.has_buyer_remark, ORDERS.c.has_seller_remark)
ASKS_REFUND: Final = sa.exists().where(LINES.c.order_id == ORDERS.c.id, LINES.c.refund == sa.literal_column("'requested'"))
IS_UNMAPPED: Final = sa.exists().where(LINES.c.order_id == ORDERS.c.id, LINES.c.listing_id.is_not(None), LINES.c.sku_id.is_(None))
IS_MERGED: Final = any_fulfilment(
    sa.or_(FULFILMENTS.c.merged_into_id.is_not(None), sa.exists().where(MEMBERS.c.merged_into_id == FULFILMENTS.c.id).correlate(FULFILMENTS))
)
AT_A_WAREHOUSE: Final = any_fulfilment(FULFILMENTS.c.state == sa.any_(sa.literal(list(AT_WAREHOUSE), sa.ARRAY(sa.BigInteger))))
IS_SPLIT: Final = sa.select(sa.func.count()).select_from(FULFILMENTS).where(LIVING).scalar_subquery() > 1
IS_UNTOUCHED: Final = sa.not_(sa.exists().where(TIMELINE.c.order_id == ORDERS.c.id, TIMELINE.c.actor.startswith("user:")))
RELEASED_AT: Final = sa.select(sa.func.min(FULFILMENTS.c.released_at)).where(LIVING).scalar_subquery()
SHIPPED_AT: Final = sa.select(sa.func.max(FULFILMENTS.c.shipped_at)).where(LIVING).scalar_subquery()
_RELEASED_SINCE: Final = sa.func.min(sa.func.greatest(FULFILMENTS.c.released_at, ORDERS.c.paid_at)) - ORDERS.c.paid_at
RELEASE_WAIT_S: Final = (
    sa.select(sa.cast(sa.func.floor(sa.extract("epoch", _RELEASED_SINCE)), sa.BigInteger))
    .where(LIVING, FULFILMENTS.c.released_at.is_not(None))
    .correlate(ORDERS)
    .scalar_subquery()
)
_UNKNOWN: Final = sa.text("b.state IN (0, 1, 3) AND b.state = 3")  # as the index of open calls says it
ANSWER_UNKNOWN: Final = ORDERS.c.id.in_(
    sa.select(FULFILMENTS.c.order_id).join(OUTBOX, OUTBOX.c.ref_id == FULFILMENTS.c.id).where(_UNKNOWN, OUTBOX.c.kind.startswith("wms."))
)
UNITS: Final = (
    sa.select(sa.func.coalesce(sa.cast(sa.func.sum(LINES.c.quantity), sa.BigInteger), 0))
    .where(LINES.c.order_id == ORDERS.c.id, LINES.c.kind.not_in([sa.literal_column("'bundle'"), sa.literal_column("'service'")]))
    .correlate(ORDERS)
    .scalar_subquery()
)
IS_PRINTED: Final = sa.exists().where(PRINTS.c.order_id == ORDERS.c.id)
TO_PRINT: Final = sa.and_(AT_A_WAREHOUSE, sa.not_(IS_PRINTED))


def gathered(column: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    """All different codes of the order, in their order, joined by `|`."""
    codes = sa.distinct(column.collate("C"))
    joined = sa.func.string_agg(codes, aggregate_order_by(sa.literal_column("'|'"), column.collate("C")))
    return sa.func.coalesce(sa.select(joined).where(*conditions).correlate(ORDERS).scalar_subquery(), "")


def sent_from(table: sa.FromClause, ids: sa.ColumnElement[Any], seen: Sequence[int] | None) -> sa.ColumnElement[Any]:
    """Codes of the warehouses, or of the carriers, of the order's fulfilments, as far as they are seen."""
    of = [FULFILMENTS.c.order_id == ORDERS.c.id, FULFILMENTS.c.state < int(FulfilmentState.REJECTED), table.c.id == ids]
    if seen is not None:
        of.append(FULFILMENTS.c.warehouse_id == sa.any_(sa.bindparam(None, list(seen), type_=sa.ARRAY(sa.BigInteger), unique=True)))
    return gathered(table.c.code, *of)
