-- name: order_ids_by_key
-- Which platform orders we already have. Parameters: shop_ids bigint[], platform_order_nos text[]. No locks.
SELECT k.shop_id, k.platform_order_no, k.order_id
FROM unnest(%(shop_ids)s::bigint[], %(platform_order_nos)s::text[]) AS w (shop_id, platform_order_no)
JOIN order_key k USING (shop_id, platform_order_no);

-- name: due_orders
-- Orders a pass shall look at, oldest promise first. Parameters: buckets smallint[], now, limit, per_bucket. No locks: their rows are locked and compared by version before anything is written.
SELECT due.id
FROM unnest(%(buckets)s::smallint[]) AS ours (bucket)
CROSS JOIN LATERAL (
    SELECT id, due_at FROM sales_order
    WHERE sales_order.bucket = ours.bucket AND due_at IS NOT NULL AND due_at <= %(now)s
    ORDER BY due_at, id
    LIMIT %(per_bucket)s
) AS due
ORDER BY due.due_at, due.id
LIMIT %(limit)s;

-- name: orders
-- Orders with the region of their receiver, and the key of the platform's where a person has edited ours. Parameters: ids bigint[]. No locks.
SELECT o.id, o.order_no, o.shop_id, o.platform_order_no, o.bucket, o.state, o.platform_status, o.platform_version_at, o.platform_digest, o.placed_at,
       o.currency, o.goods_minor, o.discount_minor, o.freight_minor, o.surcharge_minor, o.paid_minor, o.created_at, o.due_at, o.waits_for, o.receiver_version_at,
       o.is_closed, o.paid_at, o.ship_by_at, o.is_cod, o.is_presale_open, o.buyer_digest, o.has_buyer_remark, o.has_seller_remark, o.seller_flag,
       o.receiver_id, o.merge_key, o.edits, o.warehouses_refused, o.version, r.key_digest,
       (SELECT t.key_digest FROM receiver t WHERE t.id = (o.edits #>> '{receiver,theirs}')::bigint),
       r.country, r.adcode, r.province, r.city, r.district, r.longitude, r.latitude
FROM sales_order o LEFT JOIN receiver r ON r.id = o.receiver_id
WHERE o.id = ANY(%(ids)s::bigint[])
ORDER BY o.id;

-- name: order_lines
-- Parameters: ids bigint[]. No locks.
SELECT order_id, line_no, kind, quantity, price_minor, payable_minor, line_ref, parent_line_no, listing_id, sku_id, refund, refund_ref,
       taken_back, open, short, reserved, in_fulfilment, shipped, cancelled
FROM order_line WHERE order_id = ANY(%(ids)s::bigint[])
ORDER BY order_id, line_no;

-- name: order_holds
-- Open and closed ones: what a person has released is not held again. Parameters: ids bigint[]. No locks.
SELECT order_id, id, reason, origin, opened_at, stops, note, expires_at, closed_at, closed_by, close_note
FROM hold WHERE order_id = ANY(%(ids)s::bigint[])
ORDER BY order_id, id;

-- name: order_fulfilments
-- Fulfilments that are not at an end (or all of them), with their lines. Parameters: ids bigint[] of orders, with_ended. No locks.
SELECT f.order_id, f.id, f.warehouse_id, f.carrier_id, f.weight_g, f.freight_minor, f.transit_h, f.state, f.merged_into_id, f.attempt,
       f.recall_reason, f.release_due_at, f.version, l.line_no, l.sku_id, l.quantity, l.shipped, l.cancelled
FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id
WHERE f.order_id = ANY(%(ids)s::bigint[]) AND (f.state < 80 OR %(with_ended)s)
ORDER BY f.order_id, f.id, l.line_no;

-- name: open_reasons
-- Reasons of open holds. Parameters: ids bigint[]. No locks.
SELECT order_id, reason FROM hold WHERE order_id = ANY(%(ids)s::bigint[]) AND closed_at IS NULL ORDER BY order_id, id;

-- name: lock_orders
-- Locks the rows a pass is about to write, in key order, and tells their versions. Parameters: ids bigint[].
SELECT id, version FROM sales_order WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: lock_fulfilments
-- Locks fulfilments about to be written, in key order, and tells their versions. Parameters: ids bigint[].
SELECT id, version FROM fulfilment WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: insert_keys
-- Takes the natural keys of new orders; rows that come back are ours, the others were taken meanwhile. Parameters: parallel arrays.
-- In key order: two passes that meet the same orders wait for one another and never in a ring.
INSERT INTO order_key (shop_id, platform_order_no, order_id, order_no)
SELECT * FROM unnest(%(shop_ids)s::bigint[], %(platform_order_nos)s::text[], %(order_ids)s::bigint[], %(order_nos)s::text[])
ORDER BY 1, 2
ON CONFLICT (shop_id, platform_order_no) DO NOTHING
RETURNING order_id;

-- name: copy_orders
COPY sales_order (id, order_no, shop_id, platform_order_no, bucket, state, path, due_at, waits_for, platform_status, platform_version_at,
  platform_digest, receiver_version_at, is_closed, placed_at, paid_at, ship_by_at, currency, goods_minor, discount_minor, freight_minor,
  surcharge_minor, paid_minor, is_cod, is_presale_open, buyer_digest, remarks, has_buyer_remark, has_seller_remark, seller_flag, receiver_id, merge_key, edits,
  warehouses_refused, created_at, changed_at) FROM STDIN (FORMAT BINARY)

-- name: update_orders
-- Writes each changed order once. Its row was locked and its version compared before. Parameters: parallel arrays.
UPDATE sales_order o SET
    state = w.state, path = w.path::smallint[], due_at = w.due_at, waits_for = w.waits_for, platform_status = w.platform_status,
    platform_version_at = w.platform_version_at, platform_digest = w.platform_digest, receiver_version_at = w.receiver_version_at,
    is_closed = w.is_closed, paid_at = w.paid_at, ship_by_at = w.ship_by_at, goods_minor = w.goods_minor, discount_minor = w.discount_minor,
    freight_minor = w.freight_minor, surcharge_minor = w.surcharge_minor, paid_minor = w.paid_minor, is_cod = w.is_cod, is_presale_open = w.is_presale_open,
    remarks = COALESCE(w.remarks, o.remarks), has_buyer_remark = w.has_buyer_remark, has_seller_remark = w.has_seller_remark,
    seller_flag = w.seller_flag, buyer_digest = w.buyer_digest, receiver_id = w.receiver_id, merge_key = w.merge_key, edits = w.edits::jsonb,
    warehouses_refused = w.warehouses_refused::bigint[], version = o.version + 1, changed_at = %(now)s
FROM unnest(%(id)s::bigint[], %(state)s::smallint[], %(path)s::text[], %(due_at)s::timestamptz[], %(waits_for)s::text[],
            %(platform_status)s::smallint[], %(platform_version_at)s::timestamptz[], %(platform_digest)s::bytea[],
            %(receiver_version_at)s::timestamptz[], %(is_closed)s::boolean[], %(paid_at)s::timestamptz[], %(ship_by_at)s::timestamptz[],
            %(goods_minor)s::bigint[], %(discount_minor)s::bigint[], %(freight_minor)s::bigint[], %(surcharge_minor)s::bigint[], %(paid_minor)s::bigint[],
            %(is_cod)s::boolean[], %(is_presale_open)s::boolean[], %(remarks)s::bytea[], %(has_buyer_remark)s::boolean[], %(has_seller_remark)s::boolean[],
            %(seller_flag)s::smallint[], %(buyer_digest)s::bytea[], %(receiver_id)s::bigint[], %(merge_key)s::bytea[], %(edits)s::text[], %(warehouses_refused)s::text[])
  AS w (id, state, path, due_at, waits_for, platform_status, platform_version_at, platform_digest, receiver_version_at, is_closed, paid_at,
        ship_by_at, goods_minor, discount_minor, freight_minor, surcharge_minor, paid_minor, is_cod, is_presale_open, remarks, has_buyer_remark, has_seller_remark,
        seller_flag, buyer_digest, receiver_id, merge_key, edits, warehouses_refused)
WHERE o.id = w.id;

-- name: move_orders
-- As update_orders, where nothing but the place of the order has changed. Parameters: parallel arrays; rows locked and compared before.
UPDATE sales_order o SET
    state = w.state, path = w.path::smallint[], due_at = w.due_at, waits_for = w.waits_for, version = o.version + 1, changed_at = %(now)s
FROM unnest(%(id)s::bigint[], %(state)s::smallint[], %(path)s::text[], %(due_at)s::timestamptz[], %(waits_for)s::text[])
  AS w (id, state, path, due_at, waits_for)
WHERE o.id = w.id;

-- name: copy_lines
COPY order_line (order_id, line_no, line_ref, kind, parent_line_no, listing_id, sku_id, quantity, price_minor, payable_minor, refund, refund_ref,
  taken_back, open, short, reserved, in_fulfilment, shipped, cancelled) FROM STDIN (FORMAT BINARY)

-- name: put_lines
-- Writes the lines of changed orders: known ones are updated, parts and late lines added. Their order's row is locked. Parameters: parallel arrays.
INSERT INTO order_line (order_id, line_no, line_ref, kind, parent_line_no, listing_id, sku_id, quantity, price_minor, payable_minor, refund,
                        refund_ref, taken_back, open, short, reserved, in_fulfilment, shipped, cancelled)
SELECT * FROM unnest(%(order_id)s::bigint[], %(line_no)s::smallint[], %(line_ref)s::text[], %(kind)s::text[], %(parent_line_no)s::smallint[],
                     %(listing_id)s::bigint[], %(sku_id)s::bigint[], %(quantity)s::integer[], %(price_minor)s::bigint[],
                     %(payable_minor)s::bigint[], %(refund)s::text[], %(refund_ref)s::text[], %(taken_back)s::integer[], %(open)s::integer[], %(short)s::integer[], %(reserved)s::integer[],
                     %(in_fulfilment)s::integer[], %(shipped)s::integer[], %(cancelled)s::integer[])
ON CONFLICT (order_id, line_no) DO UPDATE SET
    kind = excluded.kind, sku_id = excluded.sku_id, quantity = excluded.quantity, price_minor = excluded.price_minor,
    payable_minor = excluded.payable_minor, refund = excluded.refund, refund_ref = excluded.refund_ref, taken_back = excluded.taken_back, open = excluded.open, short = excluded.short,
    reserved = excluded.reserved, in_fulfilment = excluded.in_fulfilment, shipped = excluded.shipped, cancelled = excluded.cancelled;

-- name: move_lines
-- Writes where the units of known lines are, when nothing else of them has changed. Their order's row is locked. Parameters: parallel arrays.
UPDATE order_line l SET
    open = w.open, short = w.short, reserved = w.reserved, in_fulfilment = w.in_fulfilment, shipped = w.shipped, cancelled = w.cancelled
FROM unnest(%(order_id)s::bigint[], %(line_no)s::smallint[], %(open)s::integer[], %(short)s::integer[], %(reserved)s::integer[],
            %(in_fulfilment)s::integer[], %(shipped)s::integer[], %(cancelled)s::integer[])
  AS w (order_id, line_no, open, short, reserved, in_fulfilment, shipped, cancelled)
WHERE l.order_id = w.order_id AND l.line_no = w.line_no;

-- name: copy_fulfilments
COPY fulfilment (id, order_id, bucket, state, path, shop_id, warehouse_id, carrier_id, receiver_id, merge_key, merged_into_id, release_due_at, released_at, ship_by_at,
  is_cod, weight_g, freight_minor, transit_h, created_at) FROM STDIN (FORMAT BINARY)

-- name: copy_fulfilment_lines
COPY fulfilment_line (fulfilment_id, line_no, sku_id, quantity) FROM STDIN (FORMAT BINARY)

-- name: update_fulfilments
-- Writes each changed fulfilment once; rows locked and compared before. Parameters: parallel arrays.
UPDATE fulfilment f SET
    state = w.state, path = w.path::smallint[], merged_into_id = w.merged_into_id, attempt = w.attempt, recall_reason = w.recall_reason,
    release_due_at = w.release_due_at, released_at = COALESCE(w.released_at, f.released_at), version = f.version + 1
FROM unnest(%(id)s::bigint[], %(state)s::smallint[], %(path)s::text[], %(merged_into_id)s::bigint[], %(attempt)s::smallint[],
            %(recall_reason)s::text[], %(release_due_at)s::timestamptz[], %(released_at)s::timestamptz[])
  AS w (id, state, path, merged_into_id, attempt, recall_reason, release_due_at, released_at)
WHERE f.id = w.id;

-- name: reweigh_fulfilments
-- Weight and freight of planned fulfilments that were split. Parameters: parallel arrays; the rows are locked.
UPDATE fulfilment f SET weight_g = w.weight_g, freight_minor = w.freight_minor
FROM unnest(%(id)s::bigint[], %(weight_g)s::integer[], %(freight_minor)s::bigint[]) AS w (id, weight_g, freight_minor)
WHERE f.id = w.id;

-- name: update_fulfilment_lines
-- Parameters: parallel arrays; rows belong to locked fulfilments.
UPDATE fulfilment_line l SET shipped = w.shipped, cancelled = w.cancelled
FROM unnest(%(fulfilment_id)s::bigint[], %(line_no)s::smallint[], %(shipped)s::integer[], %(cancelled)s::integer[])
  AS w (fulfilment_id, line_no, shipped, cancelled)
WHERE l.fulfilment_id = w.fulfilment_id AND l.line_no = w.line_no;

-- name: insert_holds
-- Parameters: parallel arrays. A reason is open once per order: a second one is refused by hold_once.
INSERT INTO hold (id, order_id, reason, stops, origin, note, opened_at, expires_at)
SELECT * FROM unnest(%(id)s::bigint[], %(order_id)s::bigint[], %(reason)s::text[], %(stops)s::smallint[], %(origin)s::text[], %(note)s::text[],
                     %(opened_at)s::timestamptz[], %(expires_at)s::timestamptz[]);

-- name: close_holds
-- Parameters: parallel arrays; only open ones are closed.
UPDATE hold h SET closed_at = w.closed_at, closed_by = w.closed_by, close_note = w.close_note
FROM unnest(%(id)s::bigint[], %(closed_at)s::timestamptz[], %(closed_by)s::text[], %(close_note)s::text[]) AS w (id, closed_at, closed_by, close_note)
WHERE h.id = w.id AND h.closed_at IS NULL;

-- name: copy_timeline
COPY timeline (id, order_id, fulfilment_id, at, actor, step, detail) FROM STDIN (FORMAT BINARY)

-- name: make_due
-- Lets a pass look at these orders again. Parameters: ids bigint[], due_at. Locks the rows in key order by the sub-select.
-- The version is raised: a pass that has loaded the order before must not write over the new due time.
UPDATE sales_order SET due_at = %(due_at)s, version = version + 1
WHERE id IN (SELECT id FROM sales_order WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE);

-- name: orders_with_listing
-- Orders waiting because a listing was not mapped. Parameters: listing_ids bigint[].
SELECT DISTINCT order_id FROM order_line WHERE listing_id = ANY(%(listing_ids)s::bigint[]) AND sku_id IS NULL;

-- name: orders_held_for
-- Orders held for one of these reasons that have one of these SKUs. Parameters: reasons text[], sku_ids bigint[].
-- Order by order (OFFSET keeps it so): by its goods, all that was ever sold of them would be read.
WITH held AS MATERIALIZED (SELECT h.order_id FROM hold h WHERE h.closed_at IS NULL AND h.reason = ANY(%(reasons)s::text[]))
SELECT DISTINCT held.order_id
FROM held CROSS JOIN LATERAL (SELECT l.sku_id FROM order_line l WHERE l.order_id = held.order_id OFFSET 0) AS had
JOIN unnest(%(sku_ids)s::bigint[]) AS asked (sku_id) ON asked.sku_id = had.sku_id;

-- name: set_aside_order
-- A poison order is held alone; nothing else of it changes. Parameters: id.
UPDATE sales_order SET due_at = NULL, waits_for = 'poison', version = version + 1 WHERE id = %(id)s;
