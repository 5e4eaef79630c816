-- What consoles are told by themselves, exceptions and claims, the dashboard, the health of each part. Nothing here locks but claims.

-- name: snapshot
SELECT pg_current_snapshot()::text;

-- name: changed_orders
-- Open orders of what the caller sees that were written between two snapshots: told by the transaction that wrote the row, so none is missed and none
-- counted twice, whatever the clocks say. A row's xmin has 32 bits: it is read in the present epoch, or in the one before where that would be the future.
-- Parameters: since and upto (snapshots), shops, warehouses.
SELECT count(*)
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS upto) now_at
CROSS JOIN sales_order o
CROSS JOIN LATERAL (
    SELECT ((now_at.upto >> 32 << 32) + o.xmin::text::bigint
            - CASE WHEN o.xmin::text::bigint > now_at.upto %% 4294967296 AND now_at.upto >= 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8 AS by
) written
WHERE o.state < 90 AND NOT pg_visible_in_snapshot(written.by, %(since)s::pg_snapshot) AND pg_visible_in_snapshot(written.by, %(upto)s::pg_snapshot)
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)));

-- name: changed_claims
-- Claims written between two snapshots, counted. Parameters: since, upto.
SELECT count(*)
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS upto) now_at
CROSS JOIN exception_claim c
CROSS JOIN LATERAL (
    SELECT ((now_at.upto >> 32 << 32) + c.xmin::text::bigint
            - CASE WHEN c.xmin::text::bigint > now_at.upto %% 4294967296 AND now_at.upto >= 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8 AS by
) written
WHERE NOT pg_visible_in_snapshot(written.by, %(since)s::pg_snapshot) AND pg_visible_in_snapshot(written.by, %(upto)s::pg_snapshot);

-- name: changed_exceptions
-- What has come to wait for people, or was written while it does, between two snapshots, counted; as `exceptions` finds them.
-- Parameters: since, upto, shops, warehouses, counterparts and lanes text[] (NULL: all).
SELECT count(*)
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS upto) now_at
CROSS JOIN (
    SELECT h.xmin::text::bigint AS by
    FROM hold h JOIN sales_order o ON o.id = h.order_id
    WHERE h.closed_at IS NULL
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
    UNION ALL
    SELECT o.xmin::text::bigint FROM sales_order o
    WHERE o.state = 40
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
    UNION ALL
    SELECT m.xmin::text::bigint FROM message m WHERE m.state = 2 AND (%(counterparts)s::text[] IS NULL OR m.counterpart = ANY(%(counterparts)s))
    UNION ALL
    SELECT b.xmin::text::bigint FROM outbox b WHERE b.state = 4 AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
    UNION ALL
    SELECT b.xmin::text::bigint FROM outbox b WHERE b.state IN (0, 1, 3) AND b.state = 3 AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
) x
CROSS JOIN LATERAL (
    SELECT ((now_at.upto >> 32 << 32) + x.by
            - CASE WHEN x.by > now_at.upto %% 4294967296 AND now_at.upto >= 4294967296 THEN 4294967296 ELSE 0 END)::text::xid8 AS by
) written
WHERE NOT pg_visible_in_snapshot(written.by, %(since)s::pg_snapshot) AND pg_visible_in_snapshot(written.by, %(upto)s::pg_snapshot);

-- name: jobs_of
-- The newest jobs of these owners. Parameters: owners text[].
SELECT j.owner, j.id::text, j.state, j.total, j.done, j.failed, j.undone
FROM unnest(%(owners)s::text[]) AS w (owner)
CROSS JOIN LATERAL (SELECT * FROM job WHERE job.owner = w.owner ORDER BY job.id DESC LIMIT 5) j;

-- name: exceptions
-- What waits for people, by the platform's deadline, then by age. Parameters: kinds text[], owner ('' nobody's, NULL anybody's), with_snoozed, now,
-- ref_ids bigint[] and names text[] (`<kind>-<ref_id>`, of these; NULL: all), after_deadline, after_since, after_rank, after_id (all NULL: from the start),
-- shops, warehouses, counterparts and lanes text[] (NULL: all), limit. `listing_ids`: what is to be mapped, where that is the trouble.
-- `remarks`, sealed, and what must be hidden in them (`receiver_ids`, and the sealed `receivers` in the same order): where a remark waits to be read.
-- `is_read`: of a message, whether a pass reads it; one refused at the door is its sender's to send again.
SELECT x.rank, x.kind, x.ref_id::text AS ref_id, x.order_id::text AS order_id, x.order_no, x.reason, x.since, x.ship_by_at,
       COALESCE(c.owner, '') AS owner, c.claimed_at, CASE WHEN c.snoozed_until > %(now)s THEN c.snoozed_until END AS snoozed_until, COALESCE(c.note, '') AS note,
       CASE WHEN x.reason = 'listing_unmapped' THEN ARRAY(SELECT DISTINCT l.listing_id::text FROM order_line l
                                                          WHERE l.order_id = x.order_id AND l.listing_id IS NOT NULL AND l.sku_id IS NULL ORDER BY 1)
            ELSE '{}' END AS listing_ids,
       CASE WHEN x.reason = 'remark_unread' THEN (SELECT o.remarks FROM sales_order o WHERE o.id = x.order_id) END AS remarks,
       CASE WHEN x.reason = 'remark_unread' THEN ARRAY(SELECT t.id FROM sales_order o, unnest(ARRAY[o.receiver_id, (o.edits #>> '{receiver,theirs}')::bigint]) t (id)
                                                       WHERE o.id = x.order_id AND t.id IS NOT NULL ORDER BY t.id) END AS receiver_ids,
       CASE WHEN x.reason = 'remark_unread' THEN ARRAY(SELECT r.sealed FROM sales_order o, unnest(ARRAY[o.receiver_id, (o.edits #>> '{receiver,theirs}')::bigint]) t (id)
                                                       LEFT JOIN receiver r ON r.id = t.id WHERE o.id = x.order_id AND t.id IS NOT NULL ORDER BY t.id) END AS receivers,
       x.is_read
FROM (
    SELECT 1 AS rank, 'hold' AS kind, h.id AS ref_id, h.order_id, o.order_no, h.reason, h.opened_at AS since, o.ship_by_at, NULL::boolean AS is_read
    FROM hold h JOIN sales_order o ON o.id = h.order_id
    WHERE h.closed_at IS NULL AND 'hold' = ANY(%(kinds)s::text[])
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
    UNION ALL
    SELECT 2, 'backordered', o.id, o.id, o.order_no, o.waits_for, o.changed_at, o.ship_by_at, NULL
    FROM sales_order o
    WHERE o.state = 40 AND 'backordered' = ANY(%(kinds)s::text[])
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
    UNION ALL
    SELECT 3, 'message_set_aside', m.id, NULL, m.business_key, m.reason, m.at, NULL, m.bucket IS NOT NULL
    FROM message m
    WHERE m.state = 2 AND 'message_set_aside' = ANY(%(kinds)s::text[]) AND (%(counterparts)s::text[] IS NULL OR m.counterpart = ANY(%(counterparts)s))
    UNION ALL
    SELECT 4, 'call_dead', b.id, NULL, b.business_key, b.reason, b.created_at, NULL, NULL
    FROM outbox b
    WHERE b.state = 4 AND 'call_dead' = ANY(%(kinds)s::text[]) AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
    UNION ALL
    SELECT 5, 'call_unknown', b.id, NULL, b.business_key, b.reason, b.created_at, NULL, NULL
    FROM outbox b
    WHERE b.state IN (0, 1, 3) AND b.state = 3 AND 'call_unknown' = ANY(%(kinds)s::text[]) AND (%(lanes)s::text[] IS NULL OR b.lane = ANY(%(lanes)s))
) x
LEFT JOIN exception_claim c ON c.kind = x.kind AND c.ref_id = x.ref_id
WHERE (%(ref_ids)s::bigint[] IS NULL OR (x.ref_id = ANY(%(ref_ids)s) AND x.kind || '-' || x.ref_id = ANY(%(names)s::text[])))
  AND (%(owner)s::text IS NULL OR COALESCE(c.owner, '') = %(owner)s)
  AND (%(with_snoozed)s OR c.snoozed_until IS NULL OR c.snoozed_until <= %(now)s)
  AND (%(after_id)s::bigint IS NULL OR (COALESCE(x.ship_by_at, 'infinity'), x.since, x.rank, x.ref_id)
       > (%(after_deadline)s::timestamptz, %(after_since)s::timestamptz, %(after_rank)s::int, %(after_id)s::bigint))
ORDER BY COALESCE(x.ship_by_at, 'infinity'), x.since, x.rank, x.ref_id
LIMIT %(limit)s;

-- name: claim
-- Claims for who asks, unless another has it. Parameters: kind, ref_id, owner, now. Nothing comes back when another has it. Locks: the row.
INSERT INTO exception_claim AS c (kind, ref_id, owner, claimed_at) VALUES (%(kind)s, %(ref_id)s, %(owner)s, %(now)s)
ON CONFLICT (kind, ref_id) DO UPDATE SET owner = excluded.owner, claimed_at = excluded.claimed_at WHERE c.owner IN ('', excluded.owner)
RETURNING c.ref_id;

-- name: unclaim
-- Parameters: kind, ref_id, owner (NULL: whosever it is). Locks: the row.
UPDATE exception_claim SET owner = '', claimed_at = NULL
WHERE kind = %(kind)s AND ref_id = %(ref_id)s AND (%(owner)s::text IS NULL OR owner = %(owner)s);

-- name: snooze
-- Parameters: kind, ref_id, until (NULL: awake), note. Locks: the row.
INSERT INTO exception_claim (kind, ref_id, snoozed_until, note) VALUES (%(kind)s, %(ref_id)s, %(until)s, %(note)s)
ON CONFLICT (kind, ref_id) DO UPDATE SET snoozed_until = excluded.snoozed_until, note = excluded.note;

-- name: day
-- Orders placed within a range, and what became of them; each number as the list of orders finds it (lists/order_fields.py: deadline, release_wait_s,
-- is_split, is_untouched). The deadline is kept or missed by orders that left entirely, and missed by those that should have left by now.
-- Parameters: start, until, now, shops, warehouses.
WITH placed AS MATERIALIZED (
    SELECT o.id, o.state, o.paid_at, o.ship_by_at
    FROM sales_order o
    WHERE o.placed_at >= %(start)s AND o.placed_at < %(until)s
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
), planned AS MATERIALIZED (
    SELECT p.id, p.paid_at, min(f.released_at) AS released_at, max(f.shipped_at) AS shipped_at, count(*) AS parcels,
           COALESCE(SUM(f.freight_minor) FILTER (WHERE f.merged_into_id IS NULL AND f.released_at IS NOT NULL), 0) AS freight_minor
    FROM placed p JOIN fulfilment f ON f.order_id = p.id
    WHERE f.state < 90
    GROUP BY p.id, p.paid_at
), released AS MATERIALIZED (
    SELECT l.parcels, l.freight_minor, floor(EXTRACT(epoch FROM GREATEST(l.released_at, l.paid_at) - l.paid_at))::bigint AS wait_s,
           NOT EXISTS (SELECT 1 FROM timeline t WHERE t.order_id = l.id AND t.actor LIKE 'user:%%') AS is_untouched
    FROM planned l
    WHERE l.released_at IS NOT NULL
), due AS (
    SELECT CASE WHEN p.state IN (80, 90) AND l.shipped_at <= p.ship_by_at THEN 'kept'
                WHEN p.state IN (80, 90) OR p.ship_by_at < %(now)s THEN 'missed' END AS deadline
    FROM placed p LEFT JOIN planned l ON l.id = p.id
    WHERE p.ship_by_at IS NOT NULL AND p.state <= 90
), waits AS (
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY wait_s) AS p50_s, percentile_disc(0.95) WITHIN GROUP (ORDER BY wait_s) AS p95_s,
           count(*) AS released, count(*) FILTER (WHERE is_untouched) AS untouched,
           count(*) FILTER (WHERE parcels > 1) AS split, COALESCE(SUM(freight_minor), 0)::bigint AS freight_minor
    FROM released
)
SELECT (SELECT count(*) FROM placed) AS orders, (SELECT count(*) FROM placed WHERE state = 95) AS cancelled,
       (SELECT count(*) FROM due WHERE deadline = 'kept') AS kept, (SELECT count(*) FROM due WHERE deadline = 'missed') AS missed,
       w.*, (SELECT count(*) FROM released r WHERE r.wait_s >= w.p50_s) AS p50_orders, (SELECT count(*) FROM released r WHERE r.wait_s >= w.p95_s) AS p95_orders
FROM waits w;

-- name: by_hour
-- Orders and their amounts by the hour of placing. Parameters: start, until, shops, warehouses.
SELECT date_trunc('hour', o.placed_at) AS hour, s.code AS shop, s.name AS shop_name, s.platform, o.currency, count(*) AS orders,
       COALESCE(SUM(o.paid_minor) FILTER (WHERE o.state <> 95), 0)::bigint AS paid_minor
FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.placed_at >= %(start)s AND o.placed_at < %(until)s
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 5;

-- name: open_by_state
-- Open orders by state and age since placing. Parameters: now, shops, warehouses.
SELECT o.state, CASE WHEN o.placed_at >= %(now)s::timestamptz - interval '6 hours' THEN '6h' WHEN o.placed_at >= %(now)s::timestamptz - interval '1 day' THEN '1d'
                     WHEN o.placed_at >= %(now)s::timestamptz - interval '3 days' THEN '3d' ELSE 'older' END AS age, count(*) AS orders
FROM sales_order o
WHERE o.state < 90
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: holds_by_reason
-- Open orders by what holds them. Parameters: shops, warehouses.
SELECT h.reason, count(*) AS orders
FROM hold h JOIN sales_order o ON o.id = h.order_id
WHERE h.closed_at IS NULL AND o.state < 90
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
GROUP BY 1 ORDER BY 2 DESC, 1;

-- name: warehouse_load
-- Orders that wait to be sent to each warehouse, and those it has; by the index of open orders. Parameters: shops, warehouses.
SELECT w.code AS warehouse, w.name, COALESCE(x.planned, 0) AS planned, COALESCE(x.there, 0) AS there
FROM warehouse w
LEFT JOIN (
    SELECT f.warehouse_id, count(DISTINCT o.id) FILTER (WHERE f.state = 10) AS planned, count(DISTINCT o.id) FILTER (WHERE f.state > 10) AS there
    FROM sales_order o JOIN fulfilment f ON f.order_id = o.id
    WHERE o.state < 80 AND f.state < 70
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s)) AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
    GROUP BY 1
) x ON x.warehouse_id = w.id
WHERE w.is_active AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s))
ORDER BY w.code;

-- name: channel_lag
-- How far each feed of each shop has been read: to what was read last, or to when there was nothing more to read, for a quiet shop is not behind.
-- Parameters: now, shops.
SELECT s.code AS shop, s.name, u.feed, u.pulled_at,
       EXTRACT(epoch FROM GREATEST(%(now)s - GREATEST(u.read_to, CASE WHEN u.error = '' THEN u.pulled_at END), interval '0'))::bigint AS lag_s, u.error
FROM shop s JOIN shop_cursor u ON u.shop_id = s.id
WHERE s.is_active AND (%(shops)s::bigint[] IS NULL OR s.id = ANY(%(shops)s))
ORDER BY s.code, u.feed;

-- name: stock_push_lag
-- Shops of platforms: how many listings are due to be told their stock, how long the oldest waits, and whether the shop is told at all.
-- Parameters: now, shops.
SELECT s.code AS shop, s.name, s.pushes_stock, COALESCE(t.due, 0) AS due,
       COALESCE(EXTRACT(epoch FROM GREATEST(%(now)s - t.since, interval '0')), 0)::bigint AS waits_s,
       (SELECT x.at FROM stock_push_switch x WHERE x.shop_id = s.id ORDER BY x.id DESC LIMIT 1) AS switched_at
FROM shop s
LEFT JOIN LATERAL (
    SELECT count(*) AS due, min(l.due_at) AS since FROM listing_stock l WHERE l.shop_id = s.id AND l.is_dirty AND l.due_at <= %(now)s
) t ON true
WHERE s.is_active AND s.platform <> 'direct' AND (%(shops)s::bigint[] IS NULL OR s.id = ANY(%(shops)s))
  AND (s.secrets IS NOT NULL OR EXISTS (SELECT 1 FROM connection c WHERE c.id = s.connection_id AND c.is_active))  -- nobody tells others anything
ORDER BY s.code;

-- name: lanes
-- Calls by lane that are not done, and its breaker; connected warehouses and the tracking service even when they have none.
-- Parameters: now, lanes text[] (NULL: all).
SELECT x.lane, count(*) FILTER (WHERE b.state = 0) AS pending, count(*) FILTER (WHERE b.state = 1) AS sending,
       count(*) FILTER (WHERE b.state = 3) AS unknown, count(*) FILTER (WHERE b.state = 4) AS dead,
       COALESCE(EXTRACT(epoch FROM GREATEST(%(now)s - min(b.due_at) FILTER (WHERE b.state = 0), interval '0')), 0)::bigint AS waits_s,
       max(l.failures) AS failures, max(l.open_until) AS open_until
FROM (
    SELECT lane FROM outbox WHERE state IN (0, 1, 3) OR state = 4
    UNION SELECT 'warehouse:' || id FROM warehouse WHERE is_active AND connection_id IS NOT NULL
    UNION SELECT 'carrier' FROM connection WHERE is_active AND protocol = 'kuaidi100'
) x
LEFT JOIN outbox b ON b.lane = x.lane AND (b.state IN (0, 1, 3) OR b.state = 4)
LEFT JOIN lane l ON l.lane = x.lane
WHERE %(lanes)s::text[] IS NULL OR x.lane = ANY(%(lanes)s)
GROUP BY x.lane ORDER BY x.lane;

-- name: message_queue
-- Messages waiting for a pass, and those set aside. Parameters: now.
SELECT count(*) FILTER (WHERE m.state = 0) AS waiting, count(*) FILTER (WHERE m.state = 2) AS set_aside,
       COALESCE(EXTRACT(epoch FROM GREATEST(%(now)s - min(m.at) FILTER (WHERE m.state = 0), interval '0')), 0)::bigint AS waits_s
FROM message m WHERE (m.state = 0 AND m.direction = 'i' AND m.bucket IS NOT NULL) OR m.state = 2;

-- name: workers
-- Workers alive now, by the database clock, and the buckets nobody holds.
SELECT (SELECT count(*) FROM worker WHERE lease_until > now()), (SELECT count(*) FROM bucket WHERE lease_until <= now());

-- name: named_lanes
-- What lanes are called. No parameters.
SELECT 'shop:' || id, code, name FROM shop UNION ALL SELECT 'warehouse:' || id, code, name FROM warehouse;
