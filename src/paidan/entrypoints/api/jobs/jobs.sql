-- Jobs: one action over many orders. Leases go by the database clock.

-- name: targets
-- Orders by number that the caller sees, in the order given; those that are not there or not his come without an id.
-- Parameters: numbers text[], shops, warehouses.
SELECT w.number, o.id
FROM unnest(%(numbers)s::text[]) WITH ORDINALITY AS w (number, n)
LEFT JOIN order_key k ON k.order_no = w.number
LEFT JOIN sales_order o ON o.id = k.order_id
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY w.n;

-- name: numbers_by_id
-- Parameters: ids bigint[].
SELECT id, order_no FROM sales_order WHERE id = ANY(%(ids)s::bigint[]);

-- name: add_job
-- Parameters: id, action, parameters, owner, actor, warehouse_ids, language, total, failed, now, undo_s (NULL: it can't be undone).
INSERT INTO job (id, action, parameters, owner, actor, warehouse_ids, language, total, failed, created_at, undo_until)
VALUES (%(id)s, %(action)s, %(parameters)s, %(owner)s, %(actor)s, %(warehouse_ids)s::bigint[], %(language)s, %(total)s, %(failed)s, %(now)s,
        now() + make_interval(secs => %(undo_s)s));

-- name: copy_rows
COPY job_row (job_id, n, order_id, order_no, state, reason) FROM STDIN (FORMAT BINARY)

-- name: lock_jobs
-- One at a time chooses a job. Ends with the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('jobs:' || current_schema(), 0));

-- name: claim_job
-- The oldest job that nobody works on; it is ours until the lease ends. What one person does to orders is done in the order he asked for it, so none
-- while another of his is under way; what only makes a file waits for nothing. Parameters: lease_s, files text[]. Under lock_jobs. Locks: the row.
UPDATE job SET lease_until = now() + make_interval(secs => %(lease_s)s)
WHERE id = (
    SELECT j.id FROM job j
    WHERE j.state IN (0, 2) AND j.lease_until < now() AND (j.action = ANY(%(files)s::text[]) OR NOT EXISTS (
        SELECT 1 FROM job o WHERE o.state IN (0, 2) AND o.lease_until >= now() AND o.owner = j.owner AND o.action <> ALL(%(files)s::text[])
    ))
    ORDER BY j.created_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, action, parameters, state, actor, warehouse_ids, language;

-- name: next_rows
-- Parameters: job_id, state (of rows to be worked on), limit. Locks: the rows, in their order.
SELECT n, order_id, order_no, before FROM job_row WHERE job_id = %(job_id)s AND state = %(state)s ORDER BY n LIMIT %(limit)s FOR UPDATE;

-- name: settle_rows
-- Parameters: job_id; parallel arrays n, state, reason, before (text). The rows are locked.
UPDATE job_row r SET state = w.state, reason = w.reason, before = COALESCE(w.before::jsonb, r.before)
FROM unnest(%(n)s::integer[], %(state)s::smallint[], %(reason)s::text[], %(before)s::text[]) AS w (n, state, reason, before)
WHERE r.job_id = %(job_id)s AND r.n = w.n;

-- name: count_rows
-- The job's figures from its rows, and the lease renewed. Parameters: id, lease_s. Locks: the row.
UPDATE job j SET done = c.done, failed = c.failed, undone = c.undone, lease_until = now() + make_interval(secs => %(lease_s)s)
FROM (SELECT count(*) FILTER (WHERE state = 1) AS done, count(*) FILTER (WHERE state IN (2, 4)) AS failed, count(*) FILTER (WHERE state = 3) AS undone
      FROM job_row WHERE job_id = %(id)s) c
WHERE j.id = %(id)s;

-- name: renew_lease
-- Who works on it goes on; `done` (NULL: as it is) says how far he is, and the total follows when there is more than was counted.
-- Parameters: id, done, lease_s. Locks: the row.
UPDATE job SET lease_until = now() + make_interval(secs => %(lease_s)s), done = COALESCE(%(done)s::integer, done),
               total = GREATEST(total, COALESCE(%(done)s::integer, total))
WHERE id = %(id)s;

-- name: settle_list
-- A list has as many rows as were read: some may have come or gone since they were counted. Parameters: id, rows. Locks: the row.
UPDATE job SET done = %(rows)s, total = %(rows)s, failed = 0 WHERE id = %(id)s;

-- name: fail_list
-- No file could be made of it. Parameters: id. Locks: the row.
UPDATE job SET failed = GREATEST(total - done, 1) WHERE id = %(id)s;

-- name: end_job
-- Parameters: id, state, now. Locks: the row.
UPDATE job SET state = %(state)s, ended_at = %(now)s, lease_until = '-infinity' WHERE id = %(id)s;

-- name: give_up_lease
-- Somebody else, or we ourselves, may go on at once. Parameters: id.
UPDATE job SET lease_until = '-infinity' WHERE id = %(id)s;

-- name: get_job
-- Of its owner. Parameters: id, owner.
SELECT j.id::text AS id, j.action, j.parameters, j.state, j.actor, j.total, j.done, j.failed, j.undone, j.created_at, j.ended_at,
       CASE WHEN j.undo_until > now() AND j.state = 1 AND j.done > 0 THEN j.undo_until END AS can_undo_until,
       EXISTS (SELECT 1 FROM job_file f WHERE f.job_id = j.id) AS has_file
FROM job j WHERE j.id = %(id)s AND j.owner = %(owner)s;

-- name: list_jobs
-- Of their owner, newest first. Parameters: owner, after (id), limit.
SELECT j.id::text AS id, j.action, j.parameters, j.state, j.actor, j.total, j.done, j.failed, j.undone, j.created_at, j.ended_at,
       CASE WHEN j.undo_until > now() AND j.state = 1 AND j.done > 0 THEN j.undo_until END AS can_undo_until,
       EXISTS (SELECT 1 FROM job_file f WHERE f.job_id = j.id) AS has_file
FROM job j WHERE j.owner = %(owner)s AND (%(after)s::bigint IS NULL OR j.id < %(after)s) ORDER BY j.id DESC LIMIT %(limit)s;

-- name: list_rows
-- Rows of a job in their order. Parameters: job_id, states smallint[], reason (NULL: any), after, limit.
SELECT n, order_no, state, reason FROM job_row
WHERE job_id = %(job_id)s AND state = ANY(%(states)s::smallint[]) AND n > %(after)s AND (%(reason)s::text IS NULL OR reason = %(reason)s)
ORDER BY n LIMIT %(limit)s;

-- name: refused_by_reason
-- How many rows were refused for what. Parameters: job_id.
SELECT reason, count(*) FROM job_row WHERE job_id = %(job_id)s AND state IN (2, 4) GROUP BY reason ORDER BY count(*) DESC, reason;

-- name: refused_for
-- Orders of a job that were refused for one of these reasons, but those that something holds since: that nobody has seen. Parameters: job_id, reasons text[].
SELECT r.order_id, r.order_no FROM job_row r JOIN job j ON j.id = r.job_id
WHERE r.job_id = %(job_id)s AND r.state = 2 AND r.order_id <> 0 AND r.reason = ANY(%(reasons)s::text[])
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.order_id = r.order_id AND h.closed_at IS NULL AND h.opened_at > j.ended_at)
ORDER BY r.n;

-- name: targets_seen
-- Which of these orders the caller still sees. Parameters: ids bigint[], shops, warehouses.
SELECT o.id FROM sales_order o
WHERE o.id = ANY(%(ids)s::bigint[])
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)));

-- name: lock_job
-- Parameters: id, owner. Locks: the row.
SELECT state, action, parameters, undo_until > now() AND done > 0 FROM job WHERE id = %(id)s AND owner = %(owner)s FOR UPDATE;

-- name: retry_rows
-- The refused rows of orders that exist wait again. Parameters: job_id. Locks: the rows.
UPDATE job_row SET state = 0, reason = '' WHERE job_id = %(job_id)s AND state = 2 AND order_id <> 0;

-- name: reopen_job
-- Parameters: id, state (0: run, 2: undo). The row is locked.
UPDATE job SET state = %(state)s, ended_at = NULL, lease_until = '-infinity' WHERE id = %(id)s;

-- name: put_file
-- Parameters: job_id, name, media_type, body.
INSERT INTO job_file (job_id, name, media_type, body) VALUES (%(job_id)s, %(name)s, %(media_type)s, %(body)s)
ON CONFLICT (job_id) DO UPDATE SET name = excluded.name, media_type = excluded.media_type, body = excluded.body;

-- name: get_file
-- Parameters: job_id, owner.
SELECT f.name, f.media_type, f.body, j.action, j.parameters FROM job_file f JOIN job j ON j.id = f.job_id WHERE f.job_id = %(job_id)s AND j.owner = %(owner)s;

-- name: named_ids
-- Ids of a warehouse, a carrier, a SKU by code; kind of the SKU, whether it is on sale. Parameters: warehouse, carrier, sku; warehouses (what the caller sees).
SELECT (SELECT id FROM warehouse WHERE code = %(warehouse)s AND (%(warehouses)s::bigint[] IS NULL OR id = ANY(%(warehouses)s))),
       (SELECT id FROM carrier WHERE code = %(carrier)s AND is_active),
       s.id, s.kind, s.is_on_sale
FROM (VALUES (%(sku)s::text)) AS w (code) LEFT JOIN sku s USING (code);

-- name: mates
-- Planned fulfilments of these orders that another planned one may travel with: now, or (`held_too`) once nothing holds it any more.
-- Parameters: ids bigint[] of orders, held_too.
SELECT f.id
FROM fulfilment f JOIN shop s ON s.id = f.shop_id
WHERE f.order_id = ANY(%(ids)s::bigint[]) AND f.state = 10 AND f.merge_key IS NOT NULL AND NOT f.is_cod AND f.attempt = 1
  AND EXISTS (SELECT 1 FROM fulfilment m JOIN shop t ON t.id = m.shop_id JOIN sales_order o ON o.id = m.order_id
              WHERE m.merge_key = f.merge_key AND m.state = 10 AND m.id <> f.id AND m.order_id <> f.order_id AND NOT m.is_cod AND m.attempt = 1
                AND m.warehouse_id = f.warehouse_id AND m.carrier_id = f.carrier_id
                AND COALESCE(NULLIF(t.shop_group, ''), t.code) = COALESCE(NULLIF(s.shop_group, ''), s.code)
                AND o.edits ->> 'sealed' IS DISTINCT FROM 'true'
                AND (%(held_too)s OR NOT EXISTS (SELECT 1 FROM hold h WHERE h.order_id = o.id AND h.closed_at IS NULL)));

-- name: companies
-- Leaders of the parcels in which fulfilments of these orders travel with others, as long as the leader is in one of these states.
-- Parameters: ids bigint[] of orders, states smallint[]. Locks: the leaders, in key order.
SELECT f.id, l.id
FROM fulfilment f JOIN fulfilment l ON l.id = COALESCE(f.merged_into_id, f.id)
WHERE f.order_id = ANY(%(ids)s::bigint[]) AND f.state IN (20, 30, 40) AND l.state = ANY(%(states)s::smallint[])
  AND EXISTS (SELECT 1 FROM fulfilment m WHERE m.merged_into_id = l.id)
ORDER BY l.id FOR NO KEY UPDATE OF l;

-- name: weights
-- Parameters: ids bigint[] of SKUs.
SELECT id, weight_g FROM sku WHERE id = ANY(%(ids)s::bigint[]);

-- name: skus_named
-- Parameters: ids bigint[].
SELECT id, code, name FROM sku WHERE id = ANY(%(ids)s::bigint[]);

-- name: mark_printed
-- Parameters: parallel arrays order_id; kind, by, now. Locks: the rows.
INSERT INTO print_mark (order_id, kind, printed_at, printed_by)
SELECT order_id, %(kind)s, %(now)s, %(by)s FROM unnest(%(order_id)s::bigint[]) AS w (order_id) ORDER BY order_id
ON CONFLICT (order_id, kind) DO UPDATE SET times = print_mark.times + 1, printed_at = excluded.printed_at, printed_by = excluded.printed_by;

-- name: unmark_printed
-- Parameters: order_id bigint[], kind. Locks: the rows.
UPDATE print_mark SET times = times - 1 WHERE order_id = ANY(%(order_id)s::bigint[]) AND kind = %(kind)s AND times > 0;

-- name: forget_unprinted
-- Parameters: order_id bigint[], kind.
DELETE FROM print_mark WHERE order_id = ANY(%(order_id)s::bigint[]) AND kind = %(kind)s AND times = 0;

-- name: ids_of_job
-- Orders of a job in their order. Parameters: job_id, after (n), limit.
SELECT n, order_id FROM job_row WHERE job_id = %(job_id)s AND n > %(after)s AND order_id <> 0 ORDER BY n LIMIT %(limit)s;

-- name: waiting_numbers
-- Orders of a job that nothing was done to yet, in their order. Parameters: job_id, after (n), limit.
SELECT n, order_no FROM job_row WHERE job_id = %(job_id)s AND n > %(after)s AND state = 0 ORDER BY n LIMIT %(limit)s;
