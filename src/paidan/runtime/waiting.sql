-- name: waiting_message_ids
-- Messages a pass may take, oldest first of each bucket: the backlog behind them is not read. Parameters: buckets smallint[], limit, per_bucket.
-- No locks: they are locked when read.
SELECT waiting.id
FROM unnest(%(buckets)s::smallint[]) AS ours (bucket)
CROSS JOIN LATERAL (
    SELECT id FROM message
    WHERE state = 0 AND direction = 'i' AND message.bucket = ours.bucket
    ORDER BY id
    LIMIT %(per_bucket)s
) AS waiting
ORDER BY waiting.id
LIMIT %(limit)s;

-- name: read_waiting
-- Of these messages, those still waiting. Parameters: ids. Locks: the rows, in key order.
SELECT id, at, counterpart, kind, business_key, meta, body
FROM message
WHERE id = ANY(%(ids)s::bigint[]) AND state = 0
ORDER BY id
FOR NO KEY UPDATE;

-- name: settle_messages
-- What became of messages, each by itself. Parameters: parallel arrays. The rows are locked.
UPDATE message m SET state = w.state, reason = w.reason, attempts = m.attempts + 1
FROM unnest(%(id)s::bigint[], %(state)s::smallint[], %(reason)s::text[]) AS w (id, state, reason)
WHERE m.id = w.id;
