-- name: ask_back
-- Marks fulfilments that are at a warehouse as being recalled; those already shipped, rejected or recalled are not touched.
-- Parameters: parallel arrays ids, reasons. Locks the rows in key order by the sub-select.
UPDATE fulfilment f SET state = 50, path = '{50}', recall_reason = w.reason, version = f.version + 1
FROM (
    SELECT f.id, w.reason FROM fulfilment f
    JOIN unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS w (id, reason) USING (id)
    WHERE f.state IN (30, 40) ORDER BY f.id FOR NO KEY UPDATE OF f
) w
WHERE f.id = w.id
RETURNING f.id, f.warehouse_id;

-- name: orders_of
-- The orders of these fulfilments and of those that travel with them. Parameters: ids bigint[]. No locks.
SELECT DISTINCT order_id FROM fulfilment
WHERE id IN (SELECT unnest(%(ids)s::bigint[]) UNION SELECT m.id FROM fulfilment m WHERE m.merged_into_id = ANY(%(ids)s::bigint[]));

-- name: lock_groups
-- Locks these fulfilments and those that travel with them, in key order; tells their orders and receivers. Their orders are locked before.
-- Parameters: ids bigint[].
SELECT id, order_id, receiver_id FROM fulfilment
WHERE id IN (SELECT unnest(%(ids)s::bigint[]) UNION SELECT m.id FROM fulfilment m WHERE m.merged_into_id = ANY(%(ids)s::bigint[]))
ORDER BY id
FOR NO KEY UPDATE;

-- name: sku_ids
-- Ids of the SKUs a warehouse names. Parameters: codes text[]. No locks.
SELECT code, id FROM sku WHERE code = ANY(%(codes)s::text[]);

-- name: note_booked
-- Parts of messages that speak of several things, each booked once; returns those that are new. Parameters: parallel arrays sources,
-- message_refs, message_ids (ordered, no repeats). Locks: waits for a transaction that notes the same.
INSERT INTO inbox (source, message_ref, message_id)
SELECT * FROM unnest(%(sources)s::text[], %(message_refs)s::text[], %(message_ids)s::bigint[])
ON CONFLICT DO NOTHING
RETURNING source, message_ref;

-- name: items_for
-- What a warehouse must know of these SKUs, and which version of each it knows (0: none). Parameters: warehouse_id, sku_ids bigint[]. No locks.
SELECT s.id, s.code, s.name, s.version, s.goods_class, s.weight_g, s.volume_cm3, p.code, p.brand, p.category,
       COALESCE((SELECT min(b.barcode) FROM sku_barcode b WHERE b.sku_id = s.id), ''),
       COALESCE(i.synced_version, 0), COALESCE(i.item_ref, '')
FROM sku s
JOIN product p ON p.id = s.product_id
LEFT JOIN item_sync i ON i.sku_id = s.id AND i.warehouse_id = %(warehouse_id)s
WHERE s.id = ANY(%(sku_ids)s::bigint[])
ORDER BY s.id;

-- name: note_synced
-- Items a warehouse knows now. Parameters: parallel arrays, ordered. Locks: the rows.
INSERT INTO item_sync (warehouse_id, sku_id, synced_version)
SELECT * FROM unnest(%(warehouse_id)s::bigint[], %(sku_id)s::bigint[], %(version)s::integer[])
ON CONFLICT (warehouse_id, sku_id) DO UPDATE SET synced_version = excluded.synced_version WHERE item_sync.synced_version < excluded.synced_version;

-- name: forget_items
-- A warehouse does not know what we thought it knew: the items of these fulfilments and of those that travel with them are told anew.
-- Parameters: ids bigint[] of fulfilments. Locks: the rows.
DELETE FROM item_sync i
USING fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id
WHERE (f.id = ANY(%(ids)s::bigint[]) OR f.id IN (SELECT m.id FROM fulfilment m WHERE m.merged_into_id = ANY(%(ids)s::bigint[])))
  AND i.warehouse_id = f.warehouse_id AND i.sku_id = l.sku_id;

-- name: forget_document_items
-- The same for documents. Parameters: ids bigint[] of documents. Locks: the rows.
DELETE FROM item_sync i
USING document d JOIN document_line l ON l.document_id = d.id
WHERE d.id = ANY(%(ids)s::bigint[]) AND i.warehouse_id = d.warehouse_id AND i.sku_id = l.sku_id;

-- name: consignments
-- Fulfilments to be sent with those that travel with them, and what their orders say. `is_first`: the freight is told with the first fulfilment
-- of an order. Parameters: ids bigint[] of leaders. No locks.
SELECT CASE WHEN f.state = 20 THEN f.merged_into_id ELSE f.id END, f.id, f.state, f.attempt, f.wms_ref, f.warehouse_id, f.carrier_id, f.receiver_id, o.is_cod,
       NOT EXISTS (SELECT FROM fulfilment e WHERE e.order_id = f.order_id AND e.id < f.id AND e.state NOT IN (90, 95)),
       o.id, o.platform_order_no, o.shop_id, o.currency, o.placed_at, o.paid_at, o.created_at, o.freight_minor, o.remarks, o.edits
FROM fulfilment f JOIN sales_order o ON o.id = f.order_id
WHERE f.id IN (SELECT unnest(%(ids)s::bigint[]) UNION SELECT m.id FROM fulfilment m WHERE m.merged_into_id = ANY(%(ids)s::bigint[]) AND m.state = 20)
ORDER BY f.id;

-- name: consigned_lines
-- What these fulfilments send, and what was paid for it. Parameters: ids bigint[] of fulfilments, members too. No locks.
-- "OFFSET 0" keeps the planner to the key of an order's line: few rows expected, it would go through all lines there are.
SELECT w.fulfilment_id, w.line_no, w.sku_id, w.quantity - w.shipped - w.cancelled, l.quantity, l.price_minor, l.payable_minor, l.line_ref
FROM fulfilment_line w
JOIN fulfilment f ON f.id = w.fulfilment_id
CROSS JOIN LATERAL (
    SELECT quantity, price_minor, payable_minor, line_ref FROM order_line WHERE order_id = f.order_id AND line_no = w.line_no OFFSET 0
) AS l
WHERE w.fulfilment_id = ANY(%(ids)s::bigint[]) AND w.quantity > w.shipped + w.cancelled
ORDER BY w.fulfilment_id, w.line_no;

-- name: recalls
-- Fulfilments that may have to be asked back. Parameters: ids bigint[]. No locks.
SELECT id, state, attempt, wms_ref, recall_reason FROM fulfilment WHERE id = ANY(%(ids)s::bigint[]);

-- name: parcels_to_track
-- Parcels with where they come from and whom they go to. Parameters: ids bigint[]. No locks.
SELECT p.id, p.carrier_id, p.tracking_no, f.warehouse_id, f.receiver_id, COALESCE(r.city, '')
FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id LEFT JOIN receiver r ON r.id = f.receiver_id
WHERE p.id = ANY(%(ids)s::bigint[]);

-- name: warehouse_id
-- Parameters: code. No locks.
SELECT id FROM warehouse WHERE code = %(code)s;

-- name: has_system
-- Whether a warehouse system is connected that must be told. Parameters: id. No locks.
SELECT connection_id IS NOT NULL FROM warehouse WHERE id = %(id)s;

-- name: packed
-- Of these fulfilments, those that people have packed as they are now: their units lie in a closed parcel. Parameters: ids bigint[]. The rows are locked.
SELECT p.fulfilment_id FROM packing p JOIN fulfilment f ON f.id = p.fulfilment_id AND f.attempt = p.attempt WHERE f.id = ANY(%(ids)s::bigint[]);
