-- name: set_merge_keys
-- Writes merge keys told by a platform, and for which receiver it was asked. Rows are locked and compared by version. Parameters: parallel arrays; now.
UPDATE sales_order o SET
    merge_key = w.merge_key, edits = COALESCE(o.edits, '{}') || jsonb_build_object('merge_asked', o.receiver_id::text),
    version = o.version + 1, changed_at = %(now)s
FROM unnest(%(ids)s::bigint[], %(merge_keys)s::bytea[]) AS w (id, merge_key)
WHERE o.id = w.id;

-- name: lock_planned
-- Fulfilments of these orders still waiting for release, locked in key order. Parameters: order_ids bigint[]. Their orders are locked.
SELECT id FROM fulfilment WHERE order_id = ANY(%(order_ids)s::bigint[]) AND state = 10 ORDER BY id FOR NO KEY UPDATE;

-- name: set_fulfilment_merge_keys
-- The key of the order on its fulfilments. Parameters: ids bigint[] of locked fulfilments.
UPDATE fulfilment f SET merge_key = o.merge_key, version = f.version + 1
FROM sales_order o
WHERE f.id = ANY(%(ids)s::bigint[]) AND o.id = f.order_id AND f.merge_key IS DISTINCT FROM o.merge_key;
