-- What the runtime asks the database. `now` is the business clock unless a line says otherwise; leases go by clock_timestamp().

-- name: take_id_blocks
-- First ids of new blocks of 1024. Parameters: blocks. Locks: none (sequence).
SELECT nextval('id_block') FROM generate_series(1, %(blocks)s);

-- name: read_business_clock
-- The shared virtual time; no row: the system clock counts.
SELECT now FROM business_clock;

-- name: set_business_clock
-- Move the shared virtual time, never back; gives the time as it is now. Parameters: now. Locks: its one row.
INSERT INTO business_clock AS clock (now) VALUES (%(now)s)
ON CONFLICT (only_row) DO UPDATE SET now = greatest(clock.now, excluded.now)
RETURNING clock.now;

-- name: take_in
-- Note message ids; returns those that are new. Parameters: sources, message_refs, message_ids (arrays of one length, ordered, no repeats).
-- Locks: waits for a transaction that inserts the same key.
INSERT INTO inbox (source, message_ref, message_id)
SELECT * FROM unnest(%(sources)s::text[], %(message_refs)s::text[], %(message_ids)s::bigint[])
ON CONFLICT DO NOTHING
RETURNING message_id;

-- name: copy_messages
-- Keep messages. Column types: messages.COLUMN_TYPES. Locks: none beyond the insert.
COPY message (id, at, direction, counterpart, kind, business_key, bucket, state, attempts, reason, http_status, meta, body, answer, digest)
FROM STDIN (FORMAT BINARY);

-- name: read_message
-- One message whole. Parameters: id.
SELECT id, at, direction, counterpart, kind, business_key, bucket, state, attempts, reason, http_status, meta, body, answer
FROM message
WHERE id = %(id)s;

-- name: take_waiting_messages
-- The oldest waiting messages of some buckets, any order. Parameters: buckets, limit.
-- Locks: the rows, FOR UPDATE; passes by rows locked by others.
SELECT id, at, direction, counterpart, kind, business_key, bucket, state, attempts, reason, http_status, meta, body, answer
FROM message
WHERE state = 0 AND direction = 'i' AND bucket = ANY(%(buckets)s::smallint[])
ORDER BY id
LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED;

-- name: mark_messages
-- What became of messages. Parameters: ids, state, reason. Locks: the rows.
UPDATE message
SET state = %(state)s, reason = %(reason)s, attempts = attempts + 1
WHERE id = ANY(%(ids)s::bigint[]);

-- name: take_number_block
-- Take `count` numbers; returns where the next block starts. Parameters: pattern, period, count. Locks: the pattern's row of that period.
INSERT INTO number_block AS block (pattern, period, next_no)
VALUES (%(pattern)s, %(period)s, 1 + %(count)s::bigint)
ON CONFLICT (pattern, period) DO UPDATE SET next_no = block.next_no + %(count)s::bigint
RETURNING next_no;

-- name: copy_outbox
-- Write outbox rows. Column types: outbox.COLUMN_TYPES.
COPY outbox (id, lane, kind, ref_id, business_key, args, due_at, created_at) FROM STDIN (FORMAT BINARY);

-- name: free_expired_batches
-- Rows of relays that died become unknown: they may have been sent. Returns how many. Parameters: now.
-- Locks: expired leases and their rows; a batch that is being settled is passed by.
WITH expired AS (
    DELETE FROM outbox_lease
    WHERE token IN (SELECT token FROM outbox_lease WHERE until < clock_timestamp() FOR UPDATE SKIP LOCKED)
    RETURNING token, lane
), freed AS (
    UPDATE outbox
    SET state = 3, lease_token = NULL, due_at = least(due_at, %(now)s), reason = 'answer_unknown'
    FROM expired
    WHERE outbox.lane = expired.lane AND outbox.lease_token = expired.token AND outbox.state = 1
    RETURNING outbox.id
)
SELECT count(*) FROM freed;

-- name: due_queues
-- Lanes and kinds with open rows, each with the time its first one falls due; steps from pair to pair in the index. Parameters: now.
WITH RECURSIVE queue AS (
    (SELECT lane, kind, due_at FROM outbox WHERE state IN (0, 1, 3) ORDER BY lane, kind, due_at LIMIT 1)
    UNION ALL
    SELECT following.lane, following.kind, following.due_at
    FROM queue
    CROSS JOIN LATERAL (
        SELECT lane, kind, due_at
        FROM outbox
        WHERE state IN (0, 1, 3) AND (lane, kind) > (queue.lane, queue.kind)
        ORDER BY lane, kind, due_at
        LIMIT 1
    ) AS following
)
SELECT lane, kind FROM queue WHERE due_at <= %(now)s ORDER BY due_at, lane, kind;

-- name: lock_lane
-- Whether this transaction alone may claim from the lane now. Parameters: lane. Locks: advisory, until the transaction ends; does not wait.
SELECT pg_try_advisory_xact_lock(hashtext('outbox lane'), hashtext(current_schema() || '/' || %(lane)s));

-- name: lane_room
-- Free slots of a lane, failures in a row, whether its breaker is open, and a new fencing token. Parameters: lane, slots (default), now.
SELECT
    coalesce(lane.slots, %(slots)s) - (SELECT count(*) FROM outbox_lease WHERE outbox_lease.lane = %(lane)s AND until > clock_timestamp()),
    coalesce(lane.failures, 0),
    coalesce(lane.open_until > %(now)s, false),
    nextval('lease_token')
FROM (SELECT) AS one
LEFT JOIN lane ON lane.lane = %(lane)s;

-- name: claim_outbox
-- Claim due rows of one lane and kind, oldest first, under a new lease. A row waits for older open rows of its lane and business key;
-- one whose last attempt ended in an error of ours ('internal') goes alone. Parameters: lane, kind, now, limit, token, lease_s.
-- Locks: the rows, FOR UPDATE SKIP LOCKED.
WITH due AS (
    SELECT id, state, reason = 'internal' AS alone, due_at, seq
    FROM outbox AS candidate
    WHERE lane = %(lane)s AND kind = %(kind)s AND state IN (0, 3) AND due_at <= %(now)s
        AND (business_key = '' OR NOT EXISTS (
            SELECT FROM outbox AS older
            WHERE older.business_key = candidate.business_key AND older.lane = %(lane)s
                -- "+ 0" keeps the planner to the index by key: that of open rows, cheap by stale statistics, would be read once per candidate.
                AND older.seq < candidate.seq AND older.state + 0 IN (0, 1, 3)
        ))
    ORDER BY due_at, seq
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT id, state
    FROM (SELECT id, state, alone, first_value(alone) OVER by_age AS alone_first, row_number() OVER by_age AS place FROM due WINDOW by_age AS (ORDER BY due_at, seq)) AS aged
    WHERE alone = alone_first AND (NOT alone OR place = 1)
), lease AS (
    INSERT INTO outbox_lease (token, lane, until)
    SELECT %(token)s, %(lane)s, clock_timestamp() + make_interval(secs => %(lease_s)s)
    WHERE EXISTS (SELECT FROM chosen)
)
UPDATE outbox
SET state = 1, attempts = attempts + 1, lease_token = %(token)s
FROM chosen
WHERE outbox.id = chosen.id
RETURNING outbox.id, seq, lane, kind, ref_id, business_key, args, due_at, created_at, attempts, chosen.state = 3;

-- name: renew_outbox_lease
-- Keep a batch for longer; no row: it was taken over. Parameters: token, lease_s. Locks: the lease.
UPDATE outbox_lease SET until = clock_timestamp() + make_interval(secs => %(lease_s)s) WHERE token = %(token)s RETURNING token;

-- name: lock_outbox_lease
-- Hold the lease while settling, so that nobody takes the batch over meanwhile; no row: somebody did. Parameters: token. Locks: the lease.
SELECT token FROM outbox_lease WHERE token = %(token)s FOR UPDATE;

-- name: settle_outbox
-- Write what became of claimed rows. Parameters: token, now; ids, states, reasons, due_ats (arrays of one length). Locks: the rows, held by us.
UPDATE outbox
SET state = settled.state, reason = settled.reason, due_at = settled.due_at, lease_token = NULL,
    done_at = CASE WHEN settled.state IN (2, 4) THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(reasons)s::text[], %(due_ats)s::timestamptz[]) AS settled (id, state, reason, due_at)
WHERE outbox.id = settled.id AND outbox.state = 1 AND outbox.lease_token = %(token)s;

-- name: end_outbox_lease
-- Give the batch back. Parameters: token. Locks: the lease.
DELETE FROM outbox_lease WHERE token = %(token)s;

-- name: suspect_outbox
-- Rows whose loading failed: they were not claimed; each is tried alone later, and dies after too many attempts.
-- Parameters: now, attempts_max; ids, due_ats (arrays of one length). Locks: the rows.
UPDATE outbox
SET attempts = attempts + 1, reason = 'internal', due_at = suspect.due_at,
    state = CASE WHEN attempts + 1 >= %(attempts_max)s THEN 4 ELSE state END,
    done_at = CASE WHEN attempts + 1 >= %(attempts_max)s THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(due_ats)s::timestamptz[]) AS suspect (id, due_at)
WHERE outbox.id = suspect.id AND outbox.state IN (0, 3);

-- name: lane_failed
-- One more batch without any answer; from `breaker_after` on the breaker opens. Parameters: lane, slots, breaker_after, open_until. Locks: the lane's row.
INSERT INTO lane (lane, slots, failures, open_until)
VALUES (%(lane)s, %(slots)s, 1, CASE WHEN 1 >= %(breaker_after)s THEN %(open_until)s::timestamptz END)
ON CONFLICT (lane) DO UPDATE
SET failures = lane.failures + 1,
    open_until = CASE WHEN lane.failures + 1 >= %(breaker_after)s THEN %(open_until)s::timestamptz END;

-- name: lane_answered
-- An answer came: the breaker closes. Parameters: lane. Locks: the lane's row.
UPDATE lane SET failures = 0, open_until = NULL WHERE lane = %(lane)s AND failures > 0;

-- name: revive_outbox
-- Dead rows go round again, asking first. Returns their ids. Parameters: ids, now. Locks: the rows.
UPDATE outbox
SET state = 3, attempts = 0, due_at = %(now)s, done_at = NULL
WHERE id = ANY(%(ids)s::bigint[]) AND state = 4
RETURNING id;

-- name: ask_again
-- Calls without a known answer are due now. Returns their ids. Parameters: ids, now. Locks: the rows.
UPDATE outbox SET due_at = LEAST(due_at, %(now)s) WHERE id = ANY(%(ids)s::bigint[]) AND state = 3 RETURNING id;

-- name: close_breaker
-- A person wants a lane tried: whatever failed before. Parameters: lane. Locks: its row.
UPDATE lane SET failures = 0, open_until = NULL WHERE lane = %(lane)s;

-- name: hurry_lane
-- Calls of a lane that rest after a failure are due now. Returns their ids. Parameters: lane, now. Locks: the rows.
UPDATE outbox SET due_at = %(now)s WHERE lane = %(lane)s AND state IN (0, 3) AND attempts > 0 AND due_at > %(now)s RETURNING id;

-- name: new_token
-- A fencing token: higher is newer.
SELECT nextval('lease_token');

-- name: sign_in_worker
-- Say that a worker lives. Parameters: owner, lease_s. Locks: its row.
INSERT INTO worker (owner, lease_until) VALUES (%(owner)s, clock_timestamp() + make_interval(secs => %(lease_s)s))
ON CONFLICT (owner) DO UPDATE SET lease_until = excluded.lease_until;

-- name: sign_out_workers
-- Forget a worker that leaves, and those long dead. Parameters: owner. Locks: their rows.
DELETE FROM worker WHERE owner = %(owner)s OR lease_until < clock_timestamp() - interval '1 hour';

-- name: count_workers
-- How many workers live.
SELECT count(*) FROM worker WHERE lease_until > clock_timestamp();

-- name: renew_buckets
-- Keep our buckets for longer; returns those still ours. Parameters: owner, lease_s. Locks: our rows.
UPDATE bucket SET lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s) WHERE owner = %(owner)s RETURNING bucket;

-- name: take_buckets
-- Take free buckets, and those of workers that died. A bucket in the middle of a pass is locked and passed by.
-- Parameters: owner, token, lease_s, limit. Locks: the rows, SKIP LOCKED.
UPDATE bucket
SET owner = %(owner)s, token = %(token)s, lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
WHERE bucket IN (
    SELECT bucket FROM bucket
    WHERE lease_until < clock_timestamp() AND owner <> %(owner)s
    ORDER BY bucket
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING bucket;

-- name: give_back_buckets
-- Let go of some of our buckets. Parameters: owner, buckets. Locks: the rows.
UPDATE bucket SET owner = '', lease_until = '-infinity' WHERE owner = %(owner)s AND bucket = ANY(%(buckets)s::smallint[]);

-- name: lock_buckets
-- Which buckets are still ours, held so until the transaction ends: nobody can take them over in the middle of a pass.
-- Parameters: owner, buckets. Locks: the rows, FOR SHARE, ordered.
SELECT bucket FROM bucket WHERE owner = %(owner)s AND bucket = ANY(%(buckets)s::smallint[]) ORDER BY bucket FOR SHARE;

-- name: fewest_rows
-- Rows of the smallest of these tables, partitions together, as the planner believes since they were analysed. Parameters: tables text[]. No locks.
WITH named AS MATERIALIZED (
    SELECT name, to_regclass(name)::oid AS oid FROM unnest(%(tables)s::text[]) AS w (name)
), part AS (
    SELECT name, oid FROM named
    UNION ALL
    SELECT named.name, i.inhrelid FROM named JOIN pg_inherits i ON i.inhparent = named.oid
)
SELECT min(t.live) FROM (
    SELECT sum(greatest(c.reltuples, 0)) AS live
    FROM part JOIN pg_class c ON c.oid = part.oid
    GROUP BY part.name
) AS t;

-- name: list_invariants
-- The invariant views of the schema, with their comments.
SELECT relname, coalesce(obj_description(oid, 'pg_class'), '')
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'v' AND relname LIKE 'invariant\_%%'
ORDER BY relname;

-- name: list_partitions
-- Partitions by id of the schema's tables, with their bounds and sizes in bytes, oldest first.
SELECT parent.relname, child.relname, coalesce(bound[1], '0')::bigint, bound[2]::bigint, pg_total_relation_size(child.oid)
FROM pg_class AS parent
JOIN pg_inherits ON inhparent = parent.oid
JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL regexp_match(pg_get_expr(child.relpartbound, child.oid), 'FROM \((?:MINVALUE|''?(\d+)''?)\) TO \(''?(\d+)''?\)') AS bound
WHERE parent.relnamespace = current_schema()::regnamespace AND parent.relkind = 'p' AND bound IS NOT NULL
ORDER BY parent.relname, bound[2]::bigint;

-- name: last_id_block
-- The first id of the newest block; null before the first. The function respects rights; the sequence's row would need SELECT.
SELECT pg_sequence_last_value('id_block');

-- name: add_partition
-- Add a partition unless it is there; returns its name. Parameters: parent, id_from, id_to. Locks: the parent, for a moment.
SELECT add_partition(%(parent)s, %(id_from)s, %(id_to)s);
