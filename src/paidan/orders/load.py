"""Reads orders for a pass: four statements, however many orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from paidan.orders.batch import Fulfilment, FulfilmentLine, Hold, Line, Order, Region, facts_of, places_of, told_of
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns
from paidan.runtime.waiting import share_of

queries = load_queries("paidan.orders")

ORDER_COLUMNS = (
    "id order_no shop_id platform_order_no bucket state platform_status platform_version_at platform_digest placed_at "
    "currency goods_minor discount_minor freight_minor surcharge_minor paid_minor created_at due_at waits_for receiver_version_at "
    "is_closed paid_at ship_by_at is_cod is_presale_open buyer_digest has_buyer_remark has_seller_remark seller_flag "
    "receiver_id merge_key edits warehouses_refused version receiver_digest their_digest"
).split()
REGION_COLUMNS = "country adcode province city district longitude latitude".split()
LINE_COLUMNS = (
    "line_no kind quantity price_minor payable_minor line_ref parent_line_no listing_id sku_id refund refund_ref "
    "taken_back open short reserved in_fulfilment shipped cancelled"
).split()
HOLD_COLUMNS = "id reason origin opened_at stops note expires_at closed_at closed_by close_note".split()
FULFILMENT_COLUMNS = (
    "id warehouse_id carrier_id weight_g freight_minor transit_h state merged_into_id attempt recall_reason release_due_at version"
).split()
FULFILMENT_LINE_COLUMNS = "line_no sku_id quantity shipped cancelled".split()


def order_ids_by_key(tx: Tx, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of the platform orders `(shop_id, platform_order_no)` we already have."""
    rows = tx.execute(
        queries.order_ids_by_key,
        columns(("shop_ids", "platform_order_nos"), keys),
    ).fetchall()
    return {(shop_id, number): order_id for shop_id, number, order_id in rows}


def due_order_ids(tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[int]:
    """Ids of orders that a pass shall look at, oldest promise first."""
    return [row[0] for row in tx.execute(queries.due_orders, {**share_of(buckets, limit), "now": now})]


def load_orders(tx: Tx, ids: Sequence[int], *, with_ended: bool = False) -> list[Order]:
    """Orders by id, ascending, each with its lines, holds and fulfilments: those still under way, or (`with_ended`) all."""
    parameters = {"ids": array(ids), "with_ended": with_ended}
    orders = {row[0]: _order(row) for row in tx.execute(queries.orders, parameters, binary=True).fetchall()}
    for row in tx.execute(queries.order_lines, parameters, binary=True).fetchall():
        line = Line(**dict(zip(LINE_COLUMNS, row[1:], strict=True)))
        line.as_stored = (told_of(line), places_of(line))
        orders[row[0]].lines.append(line)
    for row in tx.execute(queries.order_holds, parameters).fetchall():
        orders[row[0]].holds.append(Hold(**dict(zip(HOLD_COLUMNS, row[1:], strict=True))))
    for row in tx.execute(queries.order_fulfilments, parameters, binary=True).fetchall():
        _add_fulfilment_line(orders[row[0]], row[1:])
    for order in orders.values():
        order.units_before = order.waiting_units()
        order.facts_stored = facts_of(order)
    return list(orders.values())


def _order(row: tuple[Any, ...]) -> Order:
    width = len(ORDER_COLUMNS)
    order = Order(**dict(zip(ORDER_COLUMNS, row[:width], strict=True)))
    if row[width] is not None:
        order.region = Region(**dict(zip(REGION_COLUMNS, row[width:], strict=True)))
    return order


def _add_fulfilment_line(order: Order, row: tuple[Any, ...]) -> None:
    """Rows come ordered by fulfilment: start a new one or add a line to the last."""
    width = len(FULFILMENT_COLUMNS)
    if not order.fulfilments or order.fulfilments[-1].id != row[0]:
        order.fulfilments.append(Fulfilment(**dict(zip(FULFILMENT_COLUMNS, row[:width], strict=True)), lines=[]))
    line = FulfilmentLine(**dict(zip(FULFILMENT_LINE_COLUMNS, row[width:], strict=True)))
    line.as_stored = (line.shipped, line.cancelled)
    order.fulfilments[-1].lines.append(line)
