-- name: take_due
-- The chores whose time has come, their next time set: they are ours. Parameters: parallel arrays names (ordered), intervals_s. Locks: the rows; waits
-- for another one who takes the same, and finds it taken.
INSERT INTO chore AS c (name, due_at)
SELECT w.name, clock_timestamp() + make_interval(secs => w.interval_s)
FROM unnest(%(names)s::text[], %(intervals_s)s::integer[]) AS w (name, interval_s)
ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE c.due_at <= clock_timestamp()
RETURNING c.name;

-- name: make_due
-- There is more to do at once. Parameters: name. Locks: the row.
UPDATE chore SET due_at = clock_timestamp() WHERE name = %(name)s;

-- name: sweep_outbox
-- The oldest rows that are done, by id, and of them those done before an instant: ids grow with time, so few are looked at in vain.
-- Parameters: before, limit. Locks: the rows; those locked by others are passed by.
DELETE FROM outbox WHERE id IN (
    SELECT id FROM (SELECT id, done_at FROM outbox WHERE state = 2 ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) oldest WHERE done_at < %(before)s
);

-- name: sweep_inbox
-- The oldest references of each source, and of them those whose message came before an instant (or is gone). Parameters: sources text[], before,
-- limit. Locks: the rows; those locked by others are passed by.
DELETE FROM inbox i USING (
    SELECT o.source, o.message_ref
    FROM unnest(%(sources)s::text[]) AS s (source)
    CROSS JOIN LATERAL (
        SELECT source, message_ref, message_id FROM inbox WHERE inbox.source = s.source ORDER BY message_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) o
    LEFT JOIN message m ON m.id = o.message_id
    WHERE m.id IS NULL OR m.at < %(before)s
    LIMIT %(limit)s
) gone
WHERE i.source = gone.source AND i.message_ref = gone.message_ref;
