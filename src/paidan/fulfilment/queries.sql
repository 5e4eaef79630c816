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
