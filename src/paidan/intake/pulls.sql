-- name: landed_refs
-- What has landed of these versions: references in the inbox that begin with one of the prefixes (byte order collation makes that a range).
-- Parameters: source, prefixes text[]. No locks.
-- "ORDER BY … OFFSET 0" keeps the planner to the index: otherwise it may go through everything the shop has ever sent, once for each prefix.
SELECT i.message_ref, i.message_id
FROM unnest(%(prefixes)s::text[]) AS p (prefix)
CROSS JOIN LATERAL (
    SELECT message_ref, message_id
    FROM inbox
    WHERE source = %(source)s AND message_ref >= p.prefix AND message_ref < p.prefix || chr(127)
    ORDER BY message_ref
    OFFSET 0
) AS i;

-- name: kept_notices
-- Which of these deliveries were kept before, and what became of them (a delivery whose message is gone from the log counts as done).
-- Parameters: source, message_refs text[]. No locks.
SELECT i.message_ref, COALESCE(m.state, 1)
FROM inbox i LEFT JOIN message m ON m.id = i.message_id
WHERE i.source = %(source)s AND i.message_ref = ANY(%(message_refs)s::text[]);

-- name: waiting_notices
-- Notices of a shop whose order is still to be read again, oldest first. Parameters: bucket, counterpart, after_id, limit. No locks.
SELECT id, business_key
FROM message
WHERE state = 0 AND direction = 'i' AND bucket = %(bucket)s::smallint AND counterpart = %(counterpart)s AND id > %(after_id)s
ORDER BY id
LIMIT %(limit)s;

-- name: open_cursor
-- The place of a feed, made at its first pull. Parameters: shop_id, feed, read_to, read_ref. Locks: none but the new row.
INSERT INTO shop_cursor (shop_id, feed, read_to, read_ref)
VALUES (%(shop_id)s, %(feed)s, %(read_to)s, %(read_ref)s)
ON CONFLICT DO NOTHING;

-- name: note_push
-- A feed that has no cursor has ended well; its place is made if there is none. Parameters: shop_id, feed, now. Locks: the row.
INSERT INTO shop_cursor AS c (shop_id, feed, read_to, read_ref, pulled_at)
VALUES (%(shop_id)s, %(feed)s, %(now)s, '', %(now)s)
ON CONFLICT (shop_id, feed) DO UPDATE SET error = '', pulled_at = excluded.pulled_at;

-- name: read_cursor
-- Parameters: shop_id, feed. No locks.
SELECT read_to, read_ref, error, pulled_at FROM shop_cursor WHERE shop_id = %(shop_id)s AND feed = %(feed)s;

-- name: read_cursors
-- All feeds, for the schedule and the status page. No locks.
SELECT shop_id, feed, read_to, read_ref, error, pulled_at, wanted_at FROM shop_cursor ORDER BY shop_id, feed;

-- name: move_cursor
-- Move on from `read_ref_before`; no row: another puller has moved it meanwhile. Parameters: shop_id, feed, read_to, read_ref, read_ref_before.
-- Locks: the row.
UPDATE shop_cursor SET read_to = GREATEST(read_to, %(read_to)s), read_ref = %(read_ref)s
WHERE shop_id = %(shop_id)s AND feed = %(feed)s AND read_ref = %(read_ref_before)s
RETURNING true;

-- name: close_pull
-- How a pull ended; the cursor stays where it is. Parameters: shop_id, feed, error ('' = well), pulled_at (NULL: not ended yet). Locks: the row.
UPDATE shop_cursor SET error = %(error)s, pulled_at = COALESCE(%(pulled_at)s::timestamptz, pulled_at) WHERE shop_id = %(shop_id)s AND feed = %(feed)s;
