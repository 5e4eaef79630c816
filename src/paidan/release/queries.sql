-- name: due_fulfilments
-- Planned fulfilments whose merge window has ended, oldest first. Parameters: buckets smallint[], now, limit, per_bucket. No locks.
SELECT due.id
FROM unnest(%(buckets)s::smallint[]) AS ours (bucket)
CROSS JOIN LATERAL (
    SELECT id, release_due_at FROM fulfilment
    WHERE fulfilment.bucket = ours.bucket AND release_due_at IS NOT NULL AND release_due_at <= %(now)s
    ORDER BY release_due_at, id
    LIMIT %(per_bucket)s
) AS due
ORDER BY due.release_due_at, due.id
LIMIT %(limit)s;

-- name: orders_to_release
-- The orders of due fulfilments, and of every planned one that may travel with them. Parameters: ids bigint[] of fulfilments. No locks.
SELECT DISTINCT f.order_id
FROM fulfilment d
JOIN fulfilment f ON f.id = d.id OR (f.merge_key = d.merge_key AND f.state = 10)
WHERE d.id = ANY(%(ids)s::bigint[]) AND d.state = 10;

-- name: merge_keys_waiting
-- Of these merge keys, those of planned fulfilments. Parameters: keys bytea[]. No locks.
SELECT DISTINCT merge_key FROM fulfilment WHERE state = 10 AND merge_key = ANY(%(keys)s::bytea[]);

-- name: set_aside_fulfilment
-- A fulfilment that cannot be decided: not due any more. Parameters: id. Locks the row.
UPDATE fulfilment SET release_due_at = NULL, recall_reason = 'poison', version = version + 1 WHERE id = %(id)s;
