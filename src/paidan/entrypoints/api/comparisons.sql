-- What the API reads of comparisons with warehouses. No locks.

-- name: list_differences
-- Parameters: after (id), warehouse, settled (also those), warehouses bigint[], limit.
SELECT d.id::text AS id, d.version, w.code AS warehouse_code, k.code AS sku_code, k.name AS sku_name, d.grade, d.theirs, d.ours, d.theirs - d.ours AS difference, d.looks,
       d.found_at, d.seen_at, d.settled_at, d.settled_by, d.note, d.document_id::text AS document_id
FROM stock_difference d JOIN warehouse w ON w.id = d.warehouse_id JOIN sku k ON k.id = d.sku_id
WHERE (d.settled_at IS NULL OR %(settled)s) AND d.id > %(after)s AND (%(warehouse)s::text IS NULL OR w.code = %(warehouse)s)
  AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s::bigint[]))
ORDER BY d.id LIMIT %(limit)s;

-- name: list_comparisons
-- Newest first. Parameters: after (id), warehouse, warehouses bigint[], limit.
SELECT c.id::text AS id, w.code AS warehouse_code, c.asked_at, c.asked_by, c.finished_at, c.asked, c.unknown,
       (SELECT COUNT(*) FROM stock_difference d WHERE d.comparison_id = c.id AND d.settled_at IS NULL) AS differing, c.error
FROM stock_comparison c JOIN warehouse w ON w.id = c.warehouse_id
WHERE (%(after)s::bigint IS NULL OR c.id < %(after)s) AND (%(warehouse)s::text IS NULL OR w.code = %(warehouse)s)
  AND (%(warehouses)s::bigint[] IS NULL OR c.warehouse_id = ANY(%(warehouses)s::bigint[]))
ORDER BY c.id DESC LIMIT %(limit)s;

-- name: warehouse_to_ask
-- A warehouse that can be asked, and that the caller sees. Parameters: code, warehouses bigint[].
SELECT w.id FROM warehouse w JOIN connection c ON c.id = w.connection_id AND c.protocol = 'qimen' AND c.is_active
WHERE w.code = %(code)s AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s::bigint[]));
