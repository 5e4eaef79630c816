-- What the phone page reads: work of warehouses that no system works. Parameters `shops` and `warehouses` are what the caller sees (NULL: all).
-- Nothing here locks; receivers come masked, as parties has stored them.

-- name: tasks
-- Fulfilments to be packed, the nearest deadline first; or these (`ids`), wherever they stand. Parameters: ids bigint[] or NULL, after_due and
-- after_id (NULL: from the first), limit, shops, warehouses.
SELECT f.id, f.attempt, f.state, w.code AS warehouse_code, w.name AS warehouse_name, COALESCE(c.code, '') AS carrier_code, COALESCE(c.name, '') AS carrier_name,
       g.ship_by_at, COALESCE(EXTRACT(EPOCH FROM g.ship_by_at)::bigint, 9000000000) AS due, g.order_nos, g.held, g.units, g.kinds,
       p.packed_at IS NOT NULL AS is_packed, COALESCE(r.name_mask, '') AS receiver_name, COALESCE(r.phone_mask, '') AS receiver_phone,
       COALESCE(r.province, '') AS province, COALESCE(r.city, '') AS city, COALESCE(r.district, '') AS district,
       ARRAY(SELECT b.tracking_no FROM parcel b WHERE b.fulfilment_id = f.id ORDER BY b.id) AS tracking_nos
FROM fulfilment f
JOIN warehouse w ON w.id = f.warehouse_id AND w.connection_id IS NULL
LEFT JOIN carrier c ON c.id = f.carrier_id
LEFT JOIN receiver r ON r.id = f.receiver_id
LEFT JOIN packing p ON p.fulfilment_id = f.id AND p.attempt = f.attempt
CROSS JOIN LATERAL (
    SELECT min(o.ship_by_at) AS ship_by_at, array_agg(o.order_no ORDER BY o.id) AS order_nos, array_agg(o.shop_id) AS shop_ids,
           ARRAY(SELECT DISTINCT h.reason FROM hold h WHERE h.order_id = ANY(array_agg(o.id)) AND h.closed_at IS NULL ORDER BY 1) AS held,
           sum(l.units)::integer AS units, sum(l.kinds)::integer AS kinds
    FROM fulfilment m
    JOIN sales_order o ON o.id = m.order_id
    CROSS JOIN LATERAL (SELECT COALESCE(sum(quantity - shipped - cancelled), 0) AS units, count(*) FILTER (WHERE quantity > shipped + cancelled) AS kinds
                        FROM fulfilment_line WHERE fulfilment_id = m.id) l
    WHERE m.id = f.id OR m.merged_into_id = f.id
) g
WHERE f.merged_into_id IS NULL
  AND ((%(ids)s::bigint[] IS NULL AND f.state IN (30, 40, 50, 60)) OR f.id = ANY(%(ids)s))
  AND (%(after_due)s::bigint IS NULL OR (COALESCE(EXTRACT(EPOCH FROM g.ship_by_at)::bigint, 9000000000), f.id) > (%(after_due)s, %(after_id)s))
  AND (%(shops)s::bigint[] IS NULL OR g.shop_ids <@ %(shops)s::bigint[])
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
ORDER BY due, f.id
LIMIT %(limit)s;

-- name: task_lines
-- What belongs into the parcel of a fulfilment, with all that travels with it. Parameters: id. The caller sees it.
SELECT f.id || '-' || l.line_no AS line, o.order_no, s.code AS sku_code, s.name, l.quantity - l.cancelled AS quantity, l.shipped,
       ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = s.id ORDER BY 1) AS barcodes
FROM fulfilment f
JOIN fulfilment_line l ON l.fulfilment_id = f.id
JOIN sales_order o ON o.id = f.order_id
JOIN sku s ON s.id = l.sku_id
WHERE (f.id = %(id)s OR f.merged_into_id = %(id)s) AND l.quantity > l.cancelled
ORDER BY f.id, l.line_no;

-- name: has_system
-- Whether a system works the warehouse of a fulfilment that the caller sees. Parameters: id, shops, warehouses.
SELECT w.connection_id IS NOT NULL
FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id JOIN sales_order o ON o.id = f.order_id
WHERE f.id = %(id)s
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s)) AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s));

-- name: fulfilments_named
-- Fulfilments (leaders) that a waybill, an order's number or a platform's order number speaks of. Parameters: text.
SELECT p.fulfilment_id FROM carrier c JOIN parcel p ON p.carrier_id = c.id AND p.tracking_no = %(text)s
UNION
SELECT COALESCE(f.merged_into_id, f.id) FROM order_key k JOIN fulfilment f ON f.order_id = k.order_id WHERE k.order_no = %(text)s AND f.state < 90
UNION
SELECT COALESCE(f.merged_into_id, f.id)
FROM shop s JOIN order_key k ON k.shop_id = s.id AND k.platform_order_no = %(text)s JOIN fulfilment f ON f.order_id = k.order_id
WHERE f.state < 90
LIMIT 20;

-- name: goods
-- A SKU by barcode or code, its units in warehouses that no system works. Parameters: code, warehouses.
SELECT s.code, s.name, ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = s.id ORDER BY 1),
       w.code, w.name, v.on_hand, v.reserved_hard, v.in_transit, v.grade
FROM sku s
LEFT JOIN (balance v JOIN warehouse w ON w.id = v.warehouse_id AND w.connection_id IS NULL
           AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s))) ON v.sku_id = s.id AND v.owner_id = 0 AND v.lot_id = 0
WHERE s.id IN (SELECT sku_id FROM sku_barcode WHERE barcode = %(code)s UNION SELECT id FROM sku WHERE code = %(code)s)
ORDER BY w.code, v.grade
LIMIT 200;

-- name: receipts
-- Entry orders on the way, the soonest first; or these (`ids`), wherever they stand. Parameters: ids bigint[] or NULL, after_due and after_id
-- (NULL: from the first), limit, warehouses.
SELECT d.id, d.state, w.code AS warehouse_code, w.name AS warehouse_name, d.reference, d.expected_at,
       COALESCE(EXTRACT(EPOCH FROM d.expected_at)::bigint, 9000000000) AS due, l.kinds, l.planned, l.done
FROM document d
JOIN warehouse w ON w.id = d.warehouse_id AND w.connection_id IS NULL
CROSS JOIN LATERAL (SELECT count(*) AS kinds, COALESCE(sum(planned), 0) AS planned, COALESCE(sum(done), 0) AS done
                    FROM document_line WHERE document_id = d.id) l
WHERE d.kind = 'entry'
  AND ((%(ids)s::bigint[] IS NULL AND d.state IN (30, 40, 60)) OR d.id = ANY(%(ids)s))
  AND (%(after_due)s::bigint IS NULL OR (COALESCE(EXTRACT(EPOCH FROM d.expected_at)::bigint, 9000000000), d.id) > (%(after_due)s, %(after_id)s))
  AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s))
ORDER BY due, d.id
LIMIT %(limit)s;

-- name: receipts_named
-- Entry orders that a purchase order's number speaks of. Parameters: text. Reads open ones only.
SELECT id FROM document WHERE state < 70 AND kind = 'entry' AND reference = %(text)s LIMIT 20;

-- name: receipt_lines
-- Parameters: id of a document that the caller sees.
SELECT l.line_no, s.code AS sku_code, s.name, l.planned, l.done, ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = s.id ORDER BY 1) AS barcodes
FROM document_line l JOIN sku s ON s.id = l.sku_id WHERE l.document_id = %(id)s ORDER BY l.line_no;
