-- Printing: what fulfilment numbers and order numbers mean, what lies in them, and what was printed. Every read carries the caller's scope.

-- name: shipments_of_orders
-- What can be printed of these orders: a row for each shipment, one without any for an order that has none or is not there.
-- A shipment in which something travels that the caller does not see is none of his.
-- Parameters: numbers text[], states smallint[] (printable), shops, warehouses (NULL: all).
SELECT w.n, o.id IS NOT NULL, l.id
FROM unnest(%(numbers)s::text[]) WITH ORDINALITY AS w (number, n)
LEFT JOIN order_key k ON k.order_no = w.number
LEFT JOIN sales_order o ON o.id = k.order_id
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
LEFT JOIN LATERAL (
    SELECT l.id
    FROM fulfilment f JOIN fulfilment l ON l.id = COALESCE(f.merged_into_id, f.id)
    WHERE f.order_id = o.id AND f.state = ANY(%(states)s::smallint[]) AND l.state = ANY(%(states)s)
      AND (%(warehouses)s::bigint[] IS NULL OR l.warehouse_id = ANY(%(warehouses)s))
      AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
      AND (%(shops)s::bigint[] IS NULL OR NOT EXISTS (SELECT 1 FROM fulfilment m WHERE m.merged_into_id = l.id AND m.shop_id <> ALL(%(shops)s)))
) l ON true
ORDER BY w.n, l.id;

-- name: shipments_of_fulfilments
-- The same of fulfilments. Parameters: parallel arrays ids, attempts; states, shops, warehouses.
SELECT w.n, f.id IS NOT NULL, l.id
FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[]) WITH ORDINALITY AS w (id, attempt, n)
LEFT JOIN fulfilment f ON f.id = w.id AND f.attempt = w.attempt
  AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
LEFT JOIN fulfilment l ON l.id = COALESCE(f.merged_into_id, f.id) AND f.state = ANY(%(states)s::smallint[]) AND l.state = ANY(%(states)s)
  AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
  AND (%(shops)s::bigint[] IS NULL OR NOT EXISTS (SELECT 1 FROM fulfilment m WHERE m.merged_into_id = l.id AND m.shop_id <> ALL(%(shops)s)))
ORDER BY w.n;

-- name: shipment_heads
-- Columns as load.HEAD. What is to be collected on delivery is counted as the warehouse is told it (fulfilment/consignments.py): each line's share rounded
-- down, the order's freight with its first fulfilment. Such orders travel alone. Parameters: ids bigint[] (leaders), kind.
SELECT f.id, f.attempt, f.state, f.warehouse_id, w.code, w.name, concat(w.province, CASE WHEN w.city <> w.province THEN w.city END, w.district), w.detail,
       w.time_zone, COALESCE(x.account ->> 'sender_name', ''), COALESCE(x.account ->> 'sender_mobile', ''), c.name, c.code,
       f.receiver_id, concat_ws(' ', NULLIF(r.name_mask, ''), NULLIF(r.phone_mask, '')),
       concat(r.province, CASE WHEN r.city <> r.province THEN r.city END, r.district), o.is_cod, COALESCE(a.collect_minor, 0), o.currency, f.weight_g,
       COALESCE(p.times, 0)
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS i (id, n)
JOIN fulfilment f ON f.id = i.id
JOIN sales_order o ON o.id = f.order_id
JOIN warehouse w ON w.id = f.warehouse_id
JOIN carrier c ON c.id = f.carrier_id
LEFT JOIN connection x ON x.id = w.connection_id
LEFT JOIN receiver r ON r.id = f.receiver_id
LEFT JOIN LATERAL (
    SELECT SUM(l.payable_minor * (fl.quantity - fl.cancelled) / GREATEST(l.quantity, 1))::bigint
           + CASE WHEN EXISTS (SELECT 1 FROM fulfilment e WHERE e.order_id = f.order_id AND e.id < f.id AND e.state NOT IN (90, 95)) THEN 0
                  ELSE o.freight_minor END AS collect_minor
    FROM fulfilment_line fl JOIN order_line l ON l.order_id = f.order_id AND l.line_no = fl.line_no WHERE fl.fulfilment_id = f.id
) a ON o.is_cod
LEFT JOIN print_count p ON p.fulfilment_id = f.id AND p.attempt = f.attempt AND p.kind = %(kind)s
ORDER BY i.n;

-- name: shipment_parts
-- Leaders with their members. Columns: leader, then those of load.Part. Parameters: ids bigint[].
SELECT i.id, f.id, f.order_id, o.order_no, o.platform_order_no, o.placed_at, s.name
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS i (id, n)
CROSS JOIN LATERAL (
    SELECT l.id, l.order_id, l.shop_id FROM fulfilment l WHERE l.id = i.id
    UNION ALL SELECT m.id, m.order_id, m.shop_id FROM fulfilment m WHERE m.merged_into_id = i.id
) f
JOIN sales_order o ON o.id = f.order_id
JOIN shop s ON s.id = f.shop_id
ORDER BY i.n, f.id <> i.id, f.id;

-- name: shipment_lines
-- Columns: leader, then those of load.Line. Parameters: ids bigint[].
SELECT i.id, fl.fulfilment_id, fl.line_no, k.code, k.name,
       COALESCE((SELECT min(b.barcode) FROM sku_barcode b WHERE b.sku_id = k.id), ''), COALESCE(p.place, ''), fl.quantity - fl.shipped - fl.cancelled
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS i (id, n)
CROSS JOIN LATERAL (
    SELECT l.id, l.warehouse_id FROM fulfilment l WHERE l.id = i.id
    UNION ALL SELECT m.id, m.warehouse_id FROM fulfilment m WHERE m.merged_into_id = i.id
) f
JOIN fulfilment_line fl ON fl.fulfilment_id = f.id
JOIN sku k ON k.id = fl.sku_id
LEFT JOIN pick_place p ON p.warehouse_id = f.warehouse_id AND p.sku_id = k.id
ORDER BY i.n, f.id <> i.id, fl.fulfilment_id, fl.line_no;

-- name: shipment_parcels
-- Parcels and what lies in them. Parameters: ids bigint[], cancelled (state of a parcel that is none any more).
SELECT p.fulfilment_id, p.id, p.tracking_no, c.name, c.code, p.weight_g, pl.fulfilment_id, pl.line_no, pl.quantity
FROM parcel p JOIN parcel_line pl ON pl.parcel_id = p.id JOIN carrier c ON c.id = p.carrier_id
WHERE p.fulfilment_id = ANY(%(ids)s::bigint[]) AND p.state <> %(cancelled)s
ORDER BY p.id, pl.fulfilment_id, pl.line_no;

-- name: count_prints
-- One more print of each; how often it was printed now. Parameters: parallel arrays fulfilment_id, attempt; kind, by, now. Locks: the rows, by key.
INSERT INTO print_count (fulfilment_id, attempt, kind, printed_at, printed_by)
SELECT w.fulfilment_id, w.attempt, %(kind)s, %(now)s, %(by)s
FROM unnest(%(fulfilment_id)s::bigint[], %(attempt)s::smallint[]) AS w (fulfilment_id, attempt) ORDER BY 1, 2
ON CONFLICT (fulfilment_id, attempt, kind) DO UPDATE
SET times = print_count.times + 1, printed_at = excluded.printed_at, printed_by = excluded.printed_by
RETURNING fulfilment_id, times;

-- name: mark_orders
-- The order's own mark, which lists and the queue "to print" look at; a person may set it by hand too (jobs).
-- Parameters: order_id bigint[], kind, by, now. Locks: the rows, by key.
INSERT INTO print_mark (order_id, kind, printed_at, printed_by)
SELECT DISTINCT w.order_id, %(kind)s, %(now)s::timestamptz, %(by)s FROM unnest(%(order_id)s::bigint[]) AS w (order_id) ORDER BY 1
ON CONFLICT (order_id, kind) DO UPDATE SET times = print_mark.times + 1, printed_at = excluded.printed_at, printed_by = excluded.printed_by;

-- name: add_run
-- Parameters: id, kind, format, language, is_again, papers, actor, now.
INSERT INTO print_run (id, kind, format, language, is_again, papers, actor, at)
VALUES (%(id)s, %(kind)s, %(format)s, %(language)s, %(is_again)s, %(papers)s, %(actor)s, %(now)s);

-- name: add_items
-- Parameters: run_id; parallel arrays fulfilment_id, order_id, order_no.
INSERT INTO print_item (run_id, fulfilment_id, order_id, order_no)
SELECT %(run_id)s, * FROM unnest(%(fulfilment_id)s::bigint[], %(order_id)s::bigint[], %(order_no)s::text[]) ORDER BY 2;

-- name: add_reveals
-- Whoever prints a label has the receiver in his hands: a row of the reveal log for each order.
-- Parameters: parallel arrays id, order_id, order_no; actor, purpose, address, now.
INSERT INTO receiver_reveal (id, order_id, order_no, actor, purpose, address, at)
SELECT w.id, w.order_id, w.order_no, %(actor)s, %(purpose)s, %(address)s, %(now)s
FROM unnest(%(id)s::bigint[], %(order_id)s::bigint[], %(order_no)s::text[]) AS w (id, order_id, order_no);

-- name: list_runs
-- What was printed, newest first, with the orders that the caller sees; files with none of his are not shown.
-- Parameters: after (id), kind, actor, order_no (NULL: any), shops, warehouses, limit.
SELECT r.id::text AS id, r.kind, r.format, r.language, r.is_again, r.papers, r.actor, r.at, x.fulfilments, x.order_nos
FROM print_run r
CROSS JOIN LATERAL (
    SELECT count(*) AS fulfilments, COALESCE((array_agg(DISTINCT i.order_no ORDER BY i.order_no))[:20], '{}') AS order_nos
    FROM print_item i JOIN fulfilment f ON f.id = i.fulfilment_id
    WHERE i.run_id = r.id AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
) x
WHERE x.fulfilments > 0 AND (%(after)s::bigint IS NULL OR r.id < %(after)s)
  AND (%(kind)s::text IS NULL OR r.kind = %(kind)s) AND (%(actor)s::text IS NULL OR r.actor = %(actor)s)
  AND (%(order_no)s::text IS NULL OR r.id IN (
        SELECT i.run_id FROM order_key k JOIN print_item i ON i.order_id = k.order_id JOIN fulfilment f ON f.id = i.fulfilment_id
        WHERE k.order_no = %(order_no)s AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
          AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))))
ORDER BY r.id DESC LIMIT %(limit)s;

-- name: list_places
-- Where a warehouse keeps its SKUs, by SKU code. Parameters: warehouse (code), warehouses (NULL: all), after (SKU code), limit.
SELECT k.code AS sku, k.name, p.place
FROM pick_place p JOIN warehouse w ON w.id = p.warehouse_id JOIN sku k ON k.id = p.sku_id
WHERE w.code = %(warehouse)s AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s))
  AND (%(after)s::text IS NULL OR k.code > %(after)s)
ORDER BY k.code LIMIT %(limit)s;

-- name: known_skus
-- Parameters: warehouse (code), warehouses (NULL: all), skus text[]. The warehouse with an id where the SKU is known; no row: no such warehouse.
SELECT w.id, s.code, k.id
FROM warehouse w CROSS JOIN unnest(%(skus)s::text[]) AS s (code) LEFT JOIN sku k ON k.code = s.code AND k.kind = 'goods'
WHERE w.code = %(warehouse)s AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s));

-- name: put_places
-- Parameters: warehouse_id; parallel arrays sku_id, place. Locks: the rows, by key.
INSERT INTO pick_place (warehouse_id, sku_id, place)
SELECT %(warehouse_id)s, w.sku_id, w.place FROM unnest(%(sku_id)s::bigint[], %(place)s::text[]) AS w (sku_id, place) WHERE w.place <> '' ORDER BY w.sku_id
ON CONFLICT (warehouse_id, sku_id) DO UPDATE SET place = excluded.place;

-- name: drop_places
-- Parameters: warehouse_id, sku_id bigint[]. Locks: the rows.
DELETE FROM pick_place WHERE warehouse_id = %(warehouse_id)s AND sku_id = ANY(%(sku_id)s::bigint[]);
