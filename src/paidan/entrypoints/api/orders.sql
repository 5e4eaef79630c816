-- What the API reads of orders. Parameters `shops` and `warehouses` are what the caller sees (NULL: all). Nothing here locks; personal data comes masked, as parties has stored it.

-- name: direct_shops
-- Active shops that take posted orders. Parameters: codes text[], platform.
SELECT code, id FROM shop WHERE code = ANY(%(codes)s::text[]) AND platform = %(platform)s AND is_active;

-- name: list_orders
-- Open orders, or those placed within a range; newest first. Parameters: after (id), states smallint[], shop, waits_for, placed_from, placed_until,
-- tail (digest of a phone's last four digits), limit.
SELECT o.id::text AS id, o.order_no, s.code AS shop_code, o.platform_order_no, o.state, o.waits_for, o.placed_at, o.paid_at, o.ship_by_at,
       o.currency, o.paid_minor, o.is_cod, o.has_buyer_remark, o.has_seller_remark, o.seller_flag, o.version,
       COALESCE(r.name_mask, '') AS receiver_name, COALESCE(r.phone_mask, '') AS receiver_phone,
       COALESCE(r.province, '') AS province, COALESCE(r.city, '') AS city, COALESCE(r.district, '') AS district
FROM sales_order o
JOIN shop s ON s.id = o.shop_id
LEFT JOIN receiver r ON r.id = o.receiver_id
WHERE (%(after)s::bigint IS NULL OR o.id < %(after)s)
  AND (%(placed_from)s::timestamptz IS NOT NULL OR o.state < 90)
  AND (%(states)s::smallint[] IS NULL OR o.state = ANY(%(states)s))
  AND (%(shop)s::text IS NULL OR s.code = %(shop)s)
  AND (%(waits_for)s::text IS NULL OR o.waits_for = %(waits_for)s)
  AND (%(placed_from)s::timestamptz IS NULL OR (o.placed_at >= %(placed_from)s AND o.placed_at < %(placed_until)s))
  AND (%(tail)s::bytea IS NULL OR r.tail_digest = %(tail)s)
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY o.id DESC
LIMIT %(limit)s;

-- name: find_orders
-- Orders by their number, ours or the platform's, whatever their age. Parameters: after (id), number, limit.
SELECT o.id::text AS id, o.order_no, s.code AS shop_code, o.platform_order_no, o.state, o.waits_for, o.placed_at, o.paid_at, o.ship_by_at,
       o.currency, o.paid_minor, o.is_cod, o.has_buyer_remark, o.has_seller_remark, o.seller_flag, o.version,
       COALESCE(r.name_mask, '') AS receiver_name, COALESCE(r.phone_mask, '') AS receiver_phone,
       COALESCE(r.province, '') AS province, COALESCE(r.city, '') AS city, COALESCE(r.district, '') AS district
FROM sales_order o
JOIN shop s ON s.id = o.shop_id
LEFT JOIN receiver r ON r.id = o.receiver_id
WHERE o.id IN (SELECT k.order_id FROM order_key k WHERE k.order_no = %(number)s
               UNION SELECT k.order_id FROM shop every JOIN order_key k ON k.shop_id = every.id AND k.platform_order_no = %(number)s)
  AND (%(after)s::bigint IS NULL OR o.id < %(after)s)
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY o.id DESC
LIMIT %(limit)s;

-- name: seen_orders
-- Which of these orders the caller sees. Parameters: ids bigint[], shops, warehouses.
SELECT o.id FROM sales_order o
WHERE o.id = ANY(%(ids)s::bigint[])
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)));

-- name: id_of_number
-- The id of the order with this number of ours. Parameters: number.
SELECT order_id FROM order_key WHERE order_no = %(number)s;

-- name: get_order
-- Parameters: id, shops, warehouses.
SELECT o.id::text AS id, o.order_no, s.code AS shop_code, o.platform_order_no, o.state, o.waits_for, o.placed_at, o.paid_at, o.ship_by_at,
       o.currency, o.paid_minor, o.is_cod, o.has_buyer_remark, o.has_seller_remark, o.seller_flag, o.version,
       COALESCE(r.name_mask, '') AS receiver_name, COALESCE(r.phone_mask, '') AS receiver_phone,
       COALESCE(r.province, '') AS province, COALESCE(r.city, '') AS city, COALESCE(r.district, '') AS district,
       o.goods_minor, o.discount_minor, o.freight_minor, o.is_closed, o.is_presale_open, o.due_at, o.created_at, o.changed_at, o.edits,
       o.remarks, ARRAY[o.receiver_id, t.id] AS receiver_ids, COALESCE(r.country, 'CN') AS country, COALESCE(r.is_masked, false) AS is_receiver_masked, w.code AS wished_warehouse, c.code AS wished_carrier,
       t.name_mask AS their_name, t.phone_mask AS their_phone, t.province AS their_province, t.city AS their_city, t.district AS their_district
FROM sales_order o
JOIN shop s ON s.id = o.shop_id
LEFT JOIN receiver r ON r.id = o.receiver_id
LEFT JOIN receiver t ON t.id = (o.edits #>> '{receiver,theirs}')::bigint
LEFT JOIN warehouse w ON w.id = (o.edits ->> 'warehouse_id')::bigint
LEFT JOIN carrier c ON c.id = (o.edits ->> 'carrier_id')::bigint
WHERE o.id = %(id)s
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)));

-- name: order_lines
-- Parameters: id.
SELECT l.line_no, l.line_ref, l.kind, l.parent_line_no, l.listing_id::text AS listing_id, l.sku_id::text AS sku_id, k.code AS sku_code, k.name AS sku_name,
       COALESCE(g.title, '') AS title, l.quantity, l.price_minor, l.payable_minor, l.refund, l.open, l.short, l.reserved, l.in_fulfilment,
       l.shipped, l.cancelled, b.code AS bought_sku_code, COALESCE((e.edit ->> 'cut')::int, 0) > 0 AS is_cut
FROM order_line l LEFT JOIN sku k ON k.id = l.sku_id LEFT JOIN listing g ON g.id = l.listing_id
LEFT JOIN LATERAL (SELECT o.edits -> 'lines' -> l.line_no::text AS edit FROM sales_order o WHERE o.id = l.order_id) e ON true
LEFT JOIN sku b ON b.id = (e.edit ->> 'sku')::bigint AND b.id <> l.sku_id
WHERE l.order_id = %(id)s ORDER BY l.line_no;

-- name: order_holds
-- Open and closed ones. Parameters: id.
SELECT id::text AS id, order_id::text AS order_id, reason, stops, origin, note, opened_at, expires_at, closed_at, closed_by, close_note
FROM hold WHERE order_id = %(id)s ORDER BY hold.id;

-- name: order_parcels
-- Parcels that carry lines of the order, of the warehouses the caller sees. Parameters: id, warehouses.
SELECT p.id::text AS id, p.fulfilment_id::text AS fulfilment_id, c.code AS carrier_code, p.tracking_no, p.state, p.weight_g, p.shipped_at,
       p.delivered_at, jsonb_agg(jsonb_build_object('line_no', l.line_no, 'quantity', l.quantity) ORDER BY l.line_no) AS lines
FROM parcel_line l JOIN parcel p ON p.id = l.parcel_id JOIN carrier c ON c.id = p.carrier_id JOIN fulfilment f ON f.id = l.fulfilment_id
WHERE l.order_id = %(id)s AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
GROUP BY p.id, c.code ORDER BY p.id;

-- name: order_timeline
-- By time, not by id: each process takes ids in blocks of its own.
-- Parameters: id.
SELECT id, at, actor, step, detail FROM timeline WHERE order_id = %(id)s ORDER BY at, timeline.id;

-- name: routes
-- Ids of a warehouse and a carrier by code. Parameters: warehouse, carrier.
SELECT (SELECT id FROM warehouse WHERE code = %(warehouse)s), (SELECT id FROM carrier WHERE code = %(carrier)s);

-- name: fulfilments_of_number
-- Ids of the fulfilments that a number means: of an order (ours or the platform's), of a fulfilment (all that travel with it), of a waybill.
-- Parameters: number, fulfilment_id (that the number tells, or NULL).
SELECT f.id
FROM (SELECT k.order_id FROM order_key k WHERE k.order_no = %(number)s
      UNION SELECT k.order_id FROM shop every JOIN order_key k ON k.shop_id = every.id AND k.platform_order_no = %(number)s) AS named
JOIN fulfilment f ON f.order_id = named.order_id
UNION SELECT f.id FROM fulfilment f WHERE f.id = %(fulfilment_id)s::bigint
UNION SELECT f.id FROM fulfilment f WHERE f.merged_into_id = %(fulfilment_id)s::bigint
UNION SELECT l.fulfilment_id FROM parcel p JOIN parcel_line l ON l.parcel_id = p.id WHERE p.tracking_no = %(number)s;

-- name: list_fulfilments
-- Fulfilments of an order, those with some ids, or those on their way, newest first; `holds`: why the order stands still.
-- Parameters: after (id), order_id, ids bigint[], states smallint[], warehouse, limit.
SELECT f.id::text AS id, f.order_id::text AS order_id, o.order_no, f.state, w.code AS warehouse_code, c.code AS carrier_code, f.attempt, f.version,
       f.merged_into_id::text AS merged_into_id, f.release_due_at, f.ship_by_at, f.weight_g, f.freight_minor, f.recall_reason, f.wms_ref,
       f.created_at, f.released_at, f.shipped_at, f.delivered_at,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('order_id', m.order_id::text, 'order_no', n.order_no) ORDER BY m.id), '[]')
        FROM (SELECT x.id FROM fulfilment x WHERE x.merged_into_id = COALESCE(f.merged_into_id, f.id) UNION SELECT f.merged_into_id) AS t (id)
        JOIN fulfilment m ON m.id = t.id JOIN sales_order n ON n.id = m.order_id
        WHERE m.id <> f.id AND (%(shops)s::bigint[] IS NULL OR m.shop_id = ANY(%(shops)s))) AS companions,
       ARRAY(SELECT h.reason FROM hold h WHERE h.order_id = f.order_id AND h.closed_at IS NULL ORDER BY h.id) AS holds
FROM (
    -- One of three ways, told by which parameters are there; the others read nothing. Each by itself, so that a plan kept for all parameters goes along an index.
    (SELECT x.id FROM fulfilment x
     WHERE %(ids)s::bigint[] IS NULL AND %(order_id)s::bigint IS NULL AND x.state < 70 AND x.id < COALESCE(%(after)s::bigint, 9223372036854775807)
       AND (%(states)s::smallint[] IS NULL OR x.state = ANY(%(states)s))
       AND (%(warehouse)s::text IS NULL OR x.warehouse_id = (SELECT id FROM warehouse WHERE code = %(warehouse)s))
       AND (%(shops)s::bigint[] IS NULL OR x.shop_id = ANY(%(shops)s))
       AND (%(warehouses)s::bigint[] IS NULL OR x.warehouse_id = ANY(%(warehouses)s))
     ORDER BY x.id DESC LIMIT %(limit)s)
    UNION ALL (SELECT x.id FROM fulfilment x WHERE %(ids)s::bigint[] IS NULL AND x.order_id = %(order_id)s::bigint)
    UNION ALL (SELECT asked.id FROM unnest(%(ids)s::bigint[]) AS asked (id))
) AS t
-- One by one (OFFSET keeps it so): how few they are is not known to a plan for all parameters, which would read whole tables.
CROSS JOIN LATERAL (SELECT * FROM fulfilment WHERE fulfilment.id = t.id OFFSET 0) AS f
CROSS JOIN LATERAL (SELECT sales_order.order_no FROM sales_order WHERE sales_order.id = f.order_id OFFSET 0) AS o
JOIN warehouse w ON w.id = f.warehouse_id JOIN carrier c ON c.id = f.carrier_id
WHERE (%(after)s::bigint IS NULL OR f.id < %(after)s)
  AND (%(order_id)s::bigint IS NULL OR f.order_id = %(order_id)s)
  AND (%(states)s::smallint[] IS NULL OR f.state = ANY(%(states)s))
  AND (%(warehouse)s::text IS NULL OR w.code = %(warehouse)s)
  AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
ORDER BY f.id DESC
LIMIT %(limit)s;

-- name: get_fulfilment
-- Parameters: id, shops, warehouses.
SELECT f.id::text AS id, f.order_id::text AS order_id, f.state, w.code AS warehouse_code, c.code AS carrier_code, f.attempt, f.version,
       f.merged_into_id::text AS merged_into_id, f.release_due_at, f.ship_by_at, f.weight_g, f.freight_minor, f.recall_reason, f.wms_ref,
       f.created_at, f.released_at, f.shipped_at, f.delivered_at, o.order_no,
       (SELECT COALESCE(jsonb_agg(m.id::text ORDER BY m.id), '[]') FROM fulfilment m
        WHERE m.merged_into_id = f.id AND (%(shops)s::bigint[] IS NULL OR m.shop_id = ANY(%(shops)s))) AS members
FROM fulfilment f JOIN sales_order o ON o.id = f.order_id JOIN warehouse w ON w.id = f.warehouse_id JOIN carrier c ON c.id = f.carrier_id
WHERE f.id = %(id)s
  AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s));

-- name: fulfilment_lines
-- Parameters: ids bigint[].
SELECT l.fulfilment_id::text AS fulfilment_id, l.line_no, k.code AS sku_code, l.quantity, l.shipped, l.cancelled
FROM fulfilment_line l JOIN sku k ON k.id = l.sku_id
WHERE l.fulfilment_id = ANY(%(ids)s::bigint[]) ORDER BY l.fulfilment_id, l.line_no;

-- name: fulfilment_parcels
-- Parcels that carry lines of a fulfilment. Parameters: id.
SELECT p.id::text AS id, p.fulfilment_id::text AS fulfilment_id, c.code AS carrier_code, p.tracking_no, p.state, p.weight_g, p.shipped_at,
       p.delivered_at, jsonb_agg(jsonb_build_object('line_no', l.line_no, 'quantity', l.quantity) ORDER BY l.line_no) AS lines
FROM parcel p JOIN carrier c ON c.id = p.carrier_id JOIN parcel_line l ON l.parcel_id = p.id
WHERE l.fulfilment_id = %(id)s AND p.fulfilment_id IN (%(id)s, %(leader_id)s)
GROUP BY p.id, c.code ORDER BY p.id;

-- name: list_holds
-- Open holds, oldest first. Parameters: after (id), reason, limit.
SELECT h.id::text AS id, h.order_id::text AS order_id, o.order_no, h.reason, h.stops, h.origin, h.note, h.opened_at, h.expires_at, h.closed_at,
       h.closed_by, h.close_note, o.ship_by_at
FROM hold h JOIN sales_order o ON o.id = h.order_id
WHERE h.closed_at IS NULL AND (%(after)s::bigint IS NULL OR h.id > %(after)s) AND (%(reason)s::text IS NULL OR h.reason = %(reason)s)
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY h.id
LIMIT %(limit)s;

-- name: list_exceptions
-- Everything that waits for people, by kind and id. Of messages and calls those of the shops and warehouses the caller sees; who is limited sees no others.
-- Parameters: after_rank, after_id, ranks smallint[], shops, warehouses, counterparts text[] and lanes text[] (NULL: all), limit.
SELECT * FROM (
    (SELECT 1 AS rank, h.id, h.id::text AS ref_id, h.order_id::text AS order_id, o.order_no, h.reason, h.opened_at AS since, o.ship_by_at
     FROM hold h JOIN sales_order o ON o.id = h.order_id
     WHERE h.closed_at IS NULL AND 1 = ANY(%(ranks)s::smallint[]) AND (1, h.id) > (%(after_rank)s::int, %(after_id)s::bigint)
       AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
       AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
     ORDER BY h.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 2, o.id, o.id::text, o.id::text, o.order_no, 'short_of_stock', o.changed_at, o.ship_by_at
     FROM sales_order o
     WHERE o.state = 40 AND 2 = ANY(%(ranks)s::smallint[]) AND (2, o.id) > (%(after_rank)s::int, %(after_id)s::bigint)
       AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
       AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
     ORDER BY o.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 3, m.id, m.id::text, NULL, m.business_key, m.reason, m.at, NULL
     FROM message m
     WHERE m.state = 2 AND 3 = ANY(%(ranks)s::smallint[]) AND (3, m.id) > (%(after_rank)s::int, %(after_id)s::bigint)
       AND (%(counterparts)s::text[] IS NULL OR m.counterpart = ANY(%(counterparts)s))
     ORDER BY m.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 4, b.id, b.id::text, NULL, b.business_key, b.reason, b.created_at, NULL
     FROM outbox b
     WHERE b.state = 4 AND 4 = ANY(%(ranks)s::smallint[]) AND (4, b.id) > (%(after_rank)s::int, %(after_id)s::bigint)
       AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
     ORDER BY b.id LIMIT %(limit)s)
    UNION ALL
    (SELECT 5, b.id, b.id::text, NULL, b.business_key, b.reason, b.created_at, NULL
     FROM outbox b
     WHERE b.state IN (0, 1, 3) AND b.state = 3 AND 5 = ANY(%(ranks)s::smallint[]) AND (5, b.id) > (%(after_rank)s::int, %(after_id)s::bigint)
       AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
     ORDER BY b.id LIMIT %(limit)s)
) found
ORDER BY rank, id
LIMIT %(limit)s;

-- name: counterparts_seen
-- Names of the counterparts and outbox lanes of what the caller sees. Parameters: shops, warehouses (either may be NULL, not both).
-- A warehouse system that serves others too tells of them as well: its messages are seen by those who see all.
SELECT ARRAY(SELECT 'shop:' || s.code FROM shop s WHERE s.id = ANY(%(shops)s::bigint[]) AND %(warehouses)s::bigint[] IS NULL),
       ARRAY(SELECT 'shop:' || s.id FROM shop s WHERE s.id = ANY(%(shops)s::bigint[]) AND %(warehouses)s::bigint[] IS NULL
             UNION ALL SELECT 'warehouse:' || w.id FROM warehouse w WHERE w.id = ANY(%(warehouses)s::bigint[]) AND %(shops)s::bigint[] IS NULL);
