-- Packing and receiving with a phone (轻仓). Written by fulfilment/light only: scan_taken, packing.

-- name: take_scan
-- Takes the id of what a phone has sent; nothing is returned when it was sent before. Parameters: scan_id, caller, request_digest, now.
-- Locks: waits for a transaction that has just taken the same id.
INSERT INTO scan_taken (scan_id, caller, request_digest, taken_at) VALUES (%(scan_id)s, %(caller)s, %(request_digest)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING scan_id;

-- name: first_answer
-- What was answered the first time. Parameters: scan_id. No locks.
SELECT caller, request_digest, answer FROM scan_taken WHERE scan_id = %(scan_id)s;

-- name: keep_answer
-- Parameters: scan_id, answer. Locks: the row, which is ours.
UPDATE scan_taken SET answer = %(answer)s WHERE scan_id = %(scan_id)s;

-- name: forget_scans
-- Parameters: before. Locks: the rows; those locked by others are passed by.
DELETE FROM scan_taken WHERE scan_id IN (SELECT scan_id FROM scan_taken WHERE taken_at < %(before)s LIMIT 1000 FOR UPDATE SKIP LOCKED);

-- name: place_of_fulfilment
-- Whether a system works the warehouse of a fulfilment, if the caller sees it. Parameters: id, shops, warehouses (NULL: all). No locks: neither changes.
SELECT w.connection_id IS NOT NULL
FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id
WHERE f.id = %(id)s
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
  AND (%(shops)s::bigint[] IS NULL OR NOT EXISTS (
      SELECT 1 FROM fulfilment m JOIN sales_order o ON o.id = m.order_id
      WHERE (m.id = f.id OR m.merged_into_id = f.id) AND o.shop_id <> ALL(%(shops)s)));

-- name: place_of_document
-- The same for an entry order. Parameters: id, warehouses (NULL: all). No locks.
SELECT w.connection_id IS NOT NULL
FROM document d JOIN warehouse w ON w.id = d.warehouse_id
WHERE d.id = %(id)s AND d.kind = 'entry' AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s));

-- name: skus_of_codes
-- What these texts stand for: barcodes first, then codes of SKUs. Parameters: codes text[]. No locks.
SELECT w.code, s.id, s.code
FROM unnest(%(codes)s::text[]) AS w (code)
LEFT JOIN sku_barcode b ON b.barcode = w.code
JOIN sku s ON s.id = b.sku_id OR (b.sku_id IS NULL AND s.code = w.code)
WHERE s.kind <> 'bundle';

-- name: skus_by_id
-- Codes of these SKUs. Parameters: ids bigint[]. No locks.
SELECT id, code FROM sku WHERE id = ANY(%(ids)s::bigint[]);

-- name: note_packed
-- Parameters: fulfilment_id, attempt, by, now. The fulfilment is locked.
INSERT INTO packing (fulfilment_id, attempt, packed_at, packed_by) VALUES (%(fulfilment_id)s, %(attempt)s, %(now)s, %(by)s)
ON CONFLICT (fulfilment_id) DO UPDATE SET attempt = excluded.attempt, packed_at = excluded.packed_at, packed_by = excluded.packed_by;

-- name: unpack
-- Parameters: fulfilment_id. The fulfilment is locked.
DELETE FROM packing WHERE fulfilment_id = %(fulfilment_id)s;

-- name: is_packed
-- Parameters: fulfilment_id, attempt. The fulfilment is locked.
SELECT 1 FROM packing WHERE fulfilment_id = %(fulfilment_id)s AND attempt = %(attempt)s;
