"""Writes orders, their lines, holds, fulfilments and timeline: each row once per pass. The only writer of these tables from a pass."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.orders.batch import Fulfilment, Line, Order, facts_of, places_of, told_of
from paidan.orders.timeline import TIMELINE_TYPES
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns, copy, copy_numbers
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.orders")
pack = msgspec.msgpack.Encoder().encode
to_json = msgspec.json.Encoder().encode
UNPACK = msgspec.msgpack.Decoder()

# As the columns of the COPY statements: binary COPY takes each type as it is.
ORDER_TYPES = (
    "int8 text int8 text int2 int2 int2[] timestamptz text int2 timestamptz bytea timestamptz bool timestamptz timestamptz timestamptz "
    "text int8 int8 int8 int8 int8 bool bool bytea bytea bool bool int2 int8 bytea jsonb int8[] timestamptz timestamptz"
).split()
LINE_TYPES = "int8 int2 text text int2 int8 int8 int4 int8 int8 text text int4 int4 int4 int4 int4 int4 int4".split()
FULFILMENT_TYPES = (
    "int8 int8 int2 int2 int2[] int8 int8 int8 int8 bytea int8 timestamptz timestamptz timestamptz bool int4 int8 int4 timestamptz"
).split()
FULFILMENT_LINE_TYPES = "int8 int2 int8 int4".split()


def fresh_versions(tx: Tx, orders: Sequence[Order]) -> set[int]:
    """Lock the rows of loaded orders in key order; give the ids of those nobody has changed since they were loaded."""
    loaded = {order.id: order.version for order in orders if not order.is_new}
    if not loaded:
        return set()
    rows = tx.execute(queries.lock_orders, {"ids": array(list(loaded))}).fetchall()
    return {order_id for order_id, version in rows if loaded[order_id] == version}


def lock_orders(tx: Tx, ids: Sequence[int]) -> None:
    """Lock the rows of orders in key order, before they are read to be changed."""
    tx.execute(queries.lock_orders, {"ids": array(ids)})


def fresh_fulfilments(tx: Tx, fulfilments: Sequence[Fulfilment]) -> set[int]:
    """Lock loaded fulfilments in key order; give the ids of those nobody has changed since."""
    loaded = {fulfilment.id: fulfilment.version for fulfilment in fulfilments if not fulfilment.is_new}
    if not loaded:
        return set()
    rows = tx.execute(queries.lock_fulfilments, {"ids": array(list(loaded))}).fetchall()
    return {fulfilment_id for fulfilment_id, version in rows if loaded[fulfilment_id] == version}


def take_keys(tx: Tx, orders: Sequence[Order]) -> set[int]:
    """Take the natural keys of new orders; give the ids that got theirs. Another order has the key of the rest: they go round again."""
    new = [order for order in orders if order.is_new]
    if not new:
        return set()
    names = ("shop_ids", "platform_order_nos", "order_ids", "order_nos")
    keys = [(order.shop_id, order.platform_order_no, order.id, order.order_no) for order in new]
    rows = tx.execute(queries.insert_keys, columns(names, keys)).fetchall()
    return {row[0] for row in rows}


def write_orders(tx: Tx, orders: Sequence[Order], *, sealer: Sealer, ids: IdSource, now: datetime) -> None:
    """Write new and changed orders with lines, holds, fulfilments and timeline. Ids of new fulfilments and holds are already set or taken here."""
    new = [order for order in orders if order.is_new]
    changed = [order for order in orders if order.is_changed and not order.is_new]
    _copy_new_orders(tx, new, sealer, now)
    _update_orders(tx, changed, sealer, now)
    _write_holds(tx, orders, ids)
    _write_fulfilments(tx, orders, now)
    _write_timeline(tx, orders, ids, now)


def _remarks(order: Order, sealer: Sealer) -> bytes | None:
    if order.remarks is None:
        return None
    return sealer.seal(to_json(order.remarks), bound_to=f"sales_order.remarks:{order.id}")


def platform_remarks(order_id: int, sealed: bytes | None, sealer: Sealer) -> tuple[str, str]:
    """What buyer and seller wrote on the platform, as it was written; empty where nothing is."""
    if sealed is None:
        return "", ""
    buyer, seller = msgspec.json.decode(sealer.unseal(sealed, bound_to=f"sales_order.remarks:{order_id}"), type=tuple[str, str])
    return buyer, seller


def _edits(order: Order) -> str | None:
    return to_json(order.edits).decode() if order.edits else None


def _array(numbers: Iterable[int]) -> str:
    """A PostgreSQL array literal; unnest of arrays of arrays would flatten them."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _copy_new_orders(tx: Tx, orders: Sequence[Order], sealer: Sealer, now: datetime) -> None:
    copy(
        tx,
        queries.copy_orders,
        (
            (
                o.id,
                o.order_no,
                o.shop_id,
                o.platform_order_no,
                o.bucket,
                o.state,
                o.path,
                o.due_at,
                o.waits_for,
                o.platform_status,
                o.platform_version_at,
                o.platform_digest,
                o.receiver_version_at,
                o.is_closed,
                o.placed_at,
                o.paid_at,
                o.ship_by_at,
                o.currency,
                o.goods_minor,
                o.discount_minor,
                o.freight_minor,
                o.surcharge_minor,
                o.paid_minor,
                o.is_cod,
                o.is_presale_open,
                o.buyer_digest,
                _remarks(o, sealer),
                o.has_buyer_remark,
                o.has_seller_remark,
                o.seller_flag,
                o.receiver_id,
                o.merge_key,
                o.edits or None,
                o.warehouses_refused,
                o.created_at,
                now,
            )
            for o in orders
        ),
        any_rows=bool(orders),
        types=ORDER_TYPES,
    )
    copy(tx, queries.copy_lines, (_line_row(order, line) for order in orders for line in order.lines), any_rows=bool(orders), types=LINE_TYPES)


def _line_row(order: Order, line: Line) -> tuple[Any, ...]:
    return (
        order.id,
        line.line_no,
        line.line_ref,
        str(line.kind),
        line.parent_line_no,
        line.listing_id,
        line.sku_id,
        line.quantity,
        line.price_minor,
        line.payable_minor,
        str(line.refund),
        line.refund_ref,
        line.taken_back,
        line.open,
        line.short,
        line.reserved,
        line.in_fulfilment,
        line.shipped,
        line.cancelled,
    )


LINE_NAMES = (
    "order_id line_no line_ref kind parent_line_no listing_id sku_id quantity price_minor payable_minor refund refund_ref "
    "taken_back open short reserved in_fulfilment shipped cancelled"
).split()
MOVED_LINE_NAMES = "order_id line_no open short reserved in_fulfilment shipped cancelled".split()
PLACE_NAMES = "id state path due_at waits_for".split()
ORDER_NAMES = (
    "id state path due_at waits_for platform_status platform_version_at platform_digest receiver_version_at is_closed paid_at ship_by_at "
    "goods_minor discount_minor freight_minor surcharge_minor paid_minor is_cod is_presale_open remarks has_buyer_remark has_seller_remark "
    "seller_flag buyer_digest receiver_id merge_key edits warehouses_refused"
).split()


def _update_orders(tx: Tx, orders: Sequence[Order], sealer: Sealer, now: datetime) -> None:
    """Write states and units; the many columns of facts only where they are not as stored."""
    if not orders:
        return
    told: list[Order] = []
    moved: list[Order] = []
    for order in orders:
        is_told = order.remarks is not None or order.facts_stored != facts_of(order)
        (told if is_told else moved).append(order)
    if told:
        tx.execute(queries.update_orders, {**columns(ORDER_NAMES, [_order_row(order, sealer) for order in told]), "now": now})
    if moved:
        tx.execute(queries.move_orders, {**columns(PLACE_NAMES, [_place_row(order) for order in moved]), "now": now})
    _update_lines(tx, orders)


def _update_lines(tx: Tx, orders: Sequence[Order]) -> None:
    put, moved = [], []
    for order in orders:
        for line in order.lines:
            told, places = line.as_stored or (None, None)
            if told != told_of(line):
                put.append(_line_row(order, line))
            elif places != (now_at := places_of(line)):
                moved.append((order.id, line.line_no, *now_at))
    if put:
        tx.execute(queries.put_lines, columns(LINE_NAMES, put))
    if moved:
        tx.execute(queries.move_lines, columns(MOVED_LINE_NAMES, moved))


def _place_row(order: Order) -> tuple[Any, ...]:
    return (order.id, int(order.state), _array(order.path), order.due_at, order.waits_for)


def _order_row(o: Order, sealer: Sealer) -> tuple[Any, ...]:
    return (
        *_place_row(o),
        int(o.platform_status),
        o.platform_version_at,
        o.platform_digest,
        o.receiver_version_at,
        o.is_closed,
        o.paid_at,
        o.ship_by_at,
        o.goods_minor,
        o.discount_minor,
        o.freight_minor,
        o.surcharge_minor,
        o.paid_minor,
        o.is_cod,
        o.is_presale_open,
        _remarks(o, sealer),
        o.has_buyer_remark,
        o.has_seller_remark,
        o.seller_flag,
        o.buyer_digest,
        o.receiver_id,
        o.merge_key,
        _edits(o),
        _array(o.warehouses_refused),
    )


def _write_holds(tx: Tx, orders: Sequence[Order], ids: IdSource) -> None:
    opened = [(order, hold) for order in orders for hold in order.holds if hold.id == 0]
    closed = [hold for order in orders for hold in order.holds if hold.id and hold.is_changed]
    if closed:
        rows = [(hold.id, hold.closed_at, hold.closed_by, hold.close_note) for hold in closed]
        tx.execute(queries.close_holds, columns(("id", "closed_at", "closed_by", "close_note"), rows))
    if opened:
        for (_, hold), hold_id in zip(opened, ids.take(len(opened)), strict=True):
            hold.id = hold_id
        names = ("id", "order_id", "reason", "stops", "origin", "note", "opened_at", "expires_at")
        new = [(h.id, order.id, str(h.reason), h.stops, h.origin, h.note, h.opened_at, h.expires_at) for order, h in opened]
        tx.execute(queries.insert_holds, columns(names, new))


def _write_fulfilments(tx: Tx, orders: Sequence[Order], now: datetime) -> None:
    new = [(order, f) for order in orders for f in order.fulfilments if f.is_new]
    copy(
        tx,
        queries.copy_fulfilments,
        (
            (
                f.id,
                o.id,
                o.bucket,
                f.state,
                f.path,
                o.shop_id,
                f.warehouse_id,
                f.carrier_id,
                o.receiver_id,
                o.merge_key,
                f.merged_into_id,
                f.release_due_at,
                f.released_at,
                o.ship_by_at,
                o.is_cod,
                f.weight_g,
                f.freight_minor,
                f.transit_h,
                now,
            )
            for o, f in new
        ),
        any_rows=bool(new),
        types=FULFILMENT_TYPES,
    )
    lines = [(f.id, line.line_no, line.sku_id, line.quantity) for _, f in new for line in f.lines]
    copy_numbers(tx, queries.copy_fulfilment_lines, lines, FULFILMENT_LINE_TYPES)
    update_fulfilments(tx, [f for order in orders for f in order.fulfilments if f.is_changed and not f.is_new])


def update_fulfilments(tx: Tx, fulfilments: Sequence[Fulfilment]) -> None:
    """Write changed fulfilments and their lines; the caller holds their row locks."""
    if not fulfilments:
        return
    names = ("id", "state", "path", "merged_into_id", "attempt", "recall_reason", "release_due_at", "released_at")
    rows = [(f.id, int(f.state), _array(f.path), f.merged_into_id, f.attempt, f.recall_reason, f.release_due_at, f.released_at) for f in fulfilments]
    tx.execute(queries.update_fulfilments, columns(names, rows))
    changed = ((f.id, line) for f in fulfilments for line in f.lines if line.as_stored != (line.shipped, line.cancelled))
    lines = [(fulfilment_id, line.line_no, line.shipped, line.cancelled) for fulfilment_id, line in changed]
    if lines:
        tx.execute(queries.update_fulfilment_lines, columns(("fulfilment_id", "line_no", "shipped", "cancelled"), lines))


def reweigh(tx: Tx, fulfilments: Sequence[Fulfilment]) -> None:
    """Write weight and freight of planned fulfilments whose units have changed; the caller holds their row locks."""
    if fulfilments:
        rows = [(f.id, f.weight_g, f.freight_minor) for f in fulfilments]
        tx.execute(queries.reweigh_fulfilments, columns(("id", "weight_g", "freight_minor"), rows))


def _write_timeline(tx: Tx, orders: Sequence[Order], ids: IdSource, now: datetime) -> None:
    told = [order for order in orders if order.steps]
    copy(
        tx,
        queries.copy_timeline,
        (
            (row_id, order.id, None, now, order.actor, order.steps[-1][0], pack(order.steps))
            for row_id, order in zip(ids.take(len(told)), told, strict=True)
        ),
        any_rows=bool(told),
        types=TIMELINE_TYPES,
    )


class Told(Struct, frozen=True, kw_only=True):
    """A step for the timeline of an order that is not written otherwise."""

    order_id: int
    step: str
    actor: str
    detail: Any = None


def write_told(tx: Tx, rows: Sequence[Told], *, ids: IdSource, now: datetime) -> None:
    """Write steps into timelines; nothing is locked, nothing of the orders changes."""
    copy(
        tx,
        queries.copy_timeline,
        (
            (row_id, row.order_id, None, now, row.actor, row.step, pack([(row.step, row.detail)]))
            for row_id, row in zip(ids.take(len(rows)), rows, strict=True)
        ),
        any_rows=bool(rows),
        types=TIMELINE_TYPES,
    )


def read_steps(detail: bytes) -> list[tuple[str, Any]]:
    """The steps of one timeline row, as they were told."""
    return [(step, what) for step, what in UNPACK.decode(detail)]


def make_due(tx: Tx, order_ids: Sequence[int], due_at: datetime) -> None:
    """Let a pass look at these orders again."""
    if order_ids:
        tx.execute(queries.make_due, {"ids": sorted(set(order_ids)), "due_at": due_at})


def orders_with_listing(tx: Tx, listing_ids: Sequence[int]) -> list[int]:
    """Ids of orders that wait because one of these listings was not mapped."""
    return [row[0] for row in tx.execute(queries.orders_with_listing, {"listing_ids": list(listing_ids)})]


def orders_held_for(tx: Tx, reasons: Collection[Reason], sku_ids: Collection[int]) -> list[int]:
    """Ids of orders held for one of these reasons that have one of these SKUs."""
    wanted = {"reasons": sorted(reasons), "sku_ids": sorted(sku_ids)}
    return [row[0] for row in tx.execute(queries.orders_held_for, wanted)]


def set_aside(tx: Tx, order_id: int) -> None:
    """Hold a poison order alone."""
    tx.execute(queries.set_aside_order, {"id": order_id})
