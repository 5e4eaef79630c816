-- Comparisons with warehouses and their differences. Written by stock/differences.py only.

-- name: give_up_comparison
-- One that never came to its end. Parameters: warehouse_id, now, before. Locks: the row.
UPDATE stock_comparison SET finished_at = %(now)s, error = 'overdue' WHERE warehouse_id = %(warehouse_id)s AND finished_at IS NULL AND asked_at < %(before)s;

-- name: start_comparison
-- One at a time per warehouse, and one for each quiet hour; no row: there is one already. Parameters: id, warehouse_id, now, by, scheduled_for.
INSERT INTO stock_comparison (id, warehouse_id, asked_at, asked_by, scheduled_for)
VALUES (%(id)s, %(warehouse_id)s, %(now)s, %(by)s, %(scheduled_for)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: scheduled_comparisons
-- The last quiet hour of each warehouse that was taken care of. No locks.
SELECT warehouse_id, MAX(scheduled_for) FROM stock_comparison WHERE scheduled_for IS NOT NULL GROUP BY 1;

-- name: lock_comparison
-- Parameters: id. Locks: the row.
SELECT warehouse_id, finished_at IS NOT NULL FROM stock_comparison WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: count_comparison
-- Parameters: id, asked, unknown. The row is locked.
UPDATE stock_comparison SET asked = asked + %(asked)s, unknown = unknown + %(unknown)s WHERE id = %(id)s;

-- name: finish_comparison
-- Parameters: id, now, error. The row is locked.
UPDATE stock_comparison SET finished_at = %(now)s, error = %(error)s WHERE id = %(id)s AND finished_at IS NULL;

-- name: skus_to_compare
-- SKUs that lie, or may lie, in a warehouse, from one id on. Parameters: warehouse_id, after, limit. No locks.
SELECT DISTINCT sku_id FROM (
    (SELECT sku_id FROM item_sync WHERE warehouse_id = %(warehouse_id)s AND sku_id > %(after)s ORDER BY sku_id LIMIT %(limit)s)
    UNION ALL
    (SELECT sku_id FROM balance WHERE warehouse_id = %(warehouse_id)s AND sku_id > %(after)s AND on_hand <> 0 ORDER BY sku_id LIMIT %(limit)s)
) there
ORDER BY sku_id LIMIT %(limit)s;

-- name: skus_differing
-- SKUs of a warehouse whose difference is open and was found or seen again by this comparison. Parameters: id, after, limit. No locks.
SELECT DISTINCT sku_id FROM stock_difference WHERE comparison_id = %(id)s AND settled_at IS NULL AND sku_id > %(after)s ORDER BY sku_id LIMIT %(limit)s;

-- name: on_hand_of
-- Parameters: warehouse_id, sku_ids bigint[]. No locks: what differs is looked at again before people are told.
SELECT sku_id, grade, SUM(on_hand)::bigint FROM balance WHERE warehouse_id = %(warehouse_id)s AND sku_id = ANY(%(sku_ids)s::bigint[]) GROUP BY 1, 2;

-- name: settle_agreeing
-- Differences of these SKUs that are not (any more) among those just found. Parameters: warehouse_id, sku_ids bigint[]; parallel arrays sku_id, grade; now.
UPDATE stock_difference d SET settled_at = %(now)s, settled_by = 'system', version = d.version + 1
WHERE d.warehouse_id = %(warehouse_id)s AND d.sku_id = ANY(%(sku_ids)s::bigint[]) AND d.settled_at IS NULL
  AND NOT EXISTS (SELECT FROM unnest(%(sku_id)s::bigint[], %(grade)s::smallint[]) AS w (sku_id, grade) WHERE w.sku_id = d.sku_id AND w.grade = d.grade);

-- name: put_differences
-- What was found; one that is open already is seen again. Parameters: comparison_id, warehouse_id, now; parallel arrays id, sku_id, grade, theirs, ours.
INSERT INTO stock_difference AS d (id, comparison_id, warehouse_id, sku_id, grade, theirs, ours, found_at, seen_at)
SELECT w.id, %(comparison_id)s, %(warehouse_id)s, w.sku_id, w.grade, w.theirs, w.ours, %(now)s, %(now)s
FROM unnest(%(id)s::bigint[], %(sku_id)s::bigint[], %(grade)s::smallint[], %(theirs)s::bigint[], %(ours)s::bigint[]) AS w (id, sku_id, grade, theirs, ours)
ON CONFLICT (warehouse_id, sku_id, grade) WHERE settled_at IS NULL DO UPDATE SET
    comparison_id = excluded.comparison_id, theirs = excluded.theirs, ours = excluded.ours, seen_at = excluded.seen_at,
    looks = CASE WHEN d.theirs - d.ours = excluded.theirs - excluded.ours THEN LEAST(d.looks + 1, 30000) ELSE 1 END, version = d.version + 1;

-- name: lock_difference
-- Parameters: id. Locks: the row.
SELECT warehouse_id, sku_id, grade, theirs, ours, seen_at, settled_at IS NOT NULL, version FROM stock_difference WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: accept_difference
-- Parameters: id, now, by, note, document_id. The row is locked.
UPDATE stock_difference SET settled_at = %(now)s, settled_by = %(by)s, note = %(note)s, document_id = %(document_id)s, version = version + 1 WHERE id = %(id)s;

-- name: open_differences
-- What differs now, for people. Parameters: after, limit, warehouses bigint[] (NULL: all). No locks.
SELECT d.id, w.code, k.code, d.grade, d.theirs, d.ours, d.looks, d.found_at, d.seen_at
FROM stock_difference d JOIN warehouse w ON w.id = d.warehouse_id JOIN sku k ON k.id = d.sku_id
WHERE d.settled_at IS NULL AND d.id > %(after)s AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s::bigint[]))
ORDER BY d.id LIMIT %(limit)s;
