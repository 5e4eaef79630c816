-- What the API reads beside orders: stock, documents, messages, outbox. Nothing here locks.

-- name: list_balances
-- Parameters: after_sku, after_warehouse, after_grade, sku, warehouse, now, limit.
SELECT b.sku_id::text AS sku_id, k.code AS sku_code, k.name AS sku_name, b.warehouse_id::text AS warehouse_id, w.code AS warehouse_code, b.grade, b.on_hand, b.reserved_hard,
       CASE WHEN b.soft_expires_at > %(now)s THEN b.reserved_soft ELSE 0 END AS reserved_soft, b.in_transit, b.is_short,
       CASE WHEN b.grade = 1 THEN GREATEST(b.on_hand - b.reserved_hard - CASE WHEN b.soft_expires_at > %(now)s THEN b.reserved_soft ELSE 0 END, 0) ELSE 0 END AS free
FROM balance b JOIN sku k ON k.id = b.sku_id JOIN warehouse w ON w.id = b.warehouse_id
WHERE (b.sku_id, b.warehouse_id, b.grade) > (%(after_sku)s::bigint, %(after_warehouse)s::bigint, %(after_grade)s::smallint)
  AND (%(sku)s::text IS NULL OR k.code = %(sku)s)
  AND (%(warehouse)s::text IS NULL OR w.code = %(warehouse)s)
  AND (%(warehouses)s::bigint[] IS NULL OR b.warehouse_id = ANY(%(warehouses)s))
ORDER BY b.sku_id, b.warehouse_id, b.grade
LIMIT %(limit)s;

-- name: sellable
-- What may be sold of each SKU: free good units of active warehouses, less units paid for and waiting; what its listings show at most, those that are
-- being told something new left out; whether some warehouse has promised more than it has. Parameters: after (id), codes text[], ids bigint[] (NULL: all),
-- alarm (NULL: all; 'short': only what orders wait for; 'oversold': only what is promised twice or shown beyond what there is; 'any': both), warehouses,
-- shops, now, limit. Of an alarm every SKU is looked at: a page is asked for by the ids that stock_alarms.py keeps.
WITH made AS (
    SELECT k.id, k.code, k.name, COALESCE(b.on_hand, 0) AS on_hand, COALESCE(b.reserved, 0) AS reserved, COALESCE(b.in_transit, 0) AS in_transit,
           COALESCE(b.free, 0) AS free, COALESCE(d.held, 0) AS held, COALESCE(d.short, 0) AS short, COALESCE(b.is_short, false) AS is_short,
           GREATEST(COALESCE(b.free, 0) - COALESCE(d.held, 0) - COALESCE(d.short, 0), 0) AS sellable, COALESCE(s.shown, 0) AS shown
    FROM sku k
    LEFT JOIN demand d ON d.sku_id = k.id
    LEFT JOIN LATERAL (
        SELECT SUM(x.on_hand)::bigint AS on_hand, SUM(x.reserved_hard)::bigint AS reserved, SUM(x.in_transit)::bigint AS in_transit, bool_or(x.is_short) AS is_short,
               SUM(CASE WHEN w.is_active THEN GREATEST(x.on_hand - x.reserved_hard - CASE WHEN x.soft_expires_at > %(now)s THEN x.reserved_soft ELSE 0 END, 0) ELSE 0 END)::bigint AS free
        FROM balance x JOIN warehouse w ON w.id = x.warehouse_id
        WHERE x.sku_id = k.id AND x.grade = 1 AND (%(warehouses)s::bigint[] IS NULL OR x.warehouse_id = ANY(%(warehouses)s))
    ) b ON true
    LEFT JOIN LATERAL (  -- not for who sees some warehouses only: what shops show is made of all
        SELECT MAX(t.believed) AS shown FROM listing l JOIN listing_stock t ON t.listing_id = l.id
        WHERE l.sku_id = k.id AND NOT t.is_dirty AND t.pushed_at IS NOT NULL AND %(warehouses)s::bigint[] IS NULL AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
    ) s ON true
    WHERE k.kind = 'goods' AND k.id > %(after)s::bigint AND (%(codes)s::text[] IS NULL OR k.code = ANY(%(codes)s))
      AND (%(ids)s::bigint[] IS NULL OR k.id = ANY(%(ids)s))
)
SELECT id::text AS sku_id, code AS sku_code, name AS sku_name, on_hand, reserved, in_transit, free, held, short, sellable, shown, is_short
FROM made
WHERE %(alarm)s::text IS NULL
   OR (short > 0 AND %(alarm)s::text IN ('short', 'any'))
   OR ((is_short OR shown > sellable) AND %(alarm)s::text IN ('oversold', 'any'))
ORDER BY id
LIMIT %(limit)s;

-- name: listings_of_sku
-- Where a SKU is sold, with what is shown there. Parameters: sku_id, shops. Rows without `told_at`: nobody has set it yet.
SELECT l.shop_id, l.id::text AS listing_id, l.item_ref, l.sku_ref, l.title, COALESCE(t.believed, 0) AS shown, t.pushed_at AS told_at,
       COALESCE(t.is_dirty, true) AS is_due
FROM listing l LEFT JOIN listing_stock t ON t.listing_id = l.id
WHERE l.sku_id = %(sku_id)s AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
ORDER BY l.shop_id, l.id
LIMIT 1000;

-- name: shop_goods
-- What each shop sells of our SKUs and the most it shows of each, listings that are being told something new left out. Parameters: after_sku,
-- after_shop (ids), sku, shop (codes; NULL: all), shops, limit.
SELECT l.sku_id, l.shop_id, k.code AS sku_code, k.name AS sku_name, k.kind, s.code AS shop_code, s.name AS shop_name, s.safety_quantity,
       count(*) AS listings, MAX(t.believed) FILTER (WHERE NOT t.is_dirty AND t.pushed_at IS NOT NULL) AS shown
FROM listing l JOIN sku k ON k.id = l.sku_id JOIN shop s ON s.id = l.shop_id LEFT JOIN listing_stock t ON t.listing_id = l.id
WHERE (l.sku_id, l.shop_id) > (%(after_sku)s::bigint, %(after_shop)s::bigint) AND s.is_active AND k.kind <> 'service'
  AND (%(sku)s::text IS NULL OR k.code = %(sku)s) AND (%(shop)s::text IS NULL OR s.code = %(shop)s)
  AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
GROUP BY l.sku_id, l.shop_id, k.code, k.name, k.kind, s.code, s.name, s.safety_quantity
ORDER BY l.sku_id, l.shop_id
LIMIT %(limit)s;

-- name: goods_of_code
-- Parameters: code.
SELECT id FROM sku WHERE code = %(code)s;

-- name: warehouse_of
-- Parameters: code.
SELECT id FROM warehouse WHERE code = %(code)s;

-- name: list_entries
-- Of one SKU or one document, newest document first, with the order or the stock document behind it. Parameters: sku, document_id, after (4 keys), warehouses, shops, limit.
SELECT e.document_id::text AS document_id, e.document_line, e.kind, e.sequence, k.code AS sku_code, w.code AS warehouse_code, e.grade, e.quantity,
       e.value_minor, e.cause, e.occurred_at, e.recorded_at, d.kind AS document_kind, o.id::text AS order_id, o.order_no
FROM entry e JOIN sku k ON k.id = e.sku_id JOIN warehouse w ON w.id = e.warehouse_id
LEFT JOIN document d ON d.id = e.document_id
LEFT JOIN fulfilment f ON f.id = e.document_id
LEFT JOIN sales_order o ON o.id = f.order_id AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
WHERE (%(sku)s::text IS NULL OR e.sku_id = (SELECT id FROM sku WHERE code = %(sku)s))
  AND (%(document_id)s::bigint IS NULL OR e.document_id = %(document_id)s)
  AND (%(warehouses)s::bigint[] IS NULL OR e.warehouse_id = ANY(%(warehouses)s))
  AND (%(after_document)s::bigint IS NULL
       OR (e.document_id, e.document_line, e.kind, e.sequence) < (%(after_document)s, %(after_line)s::smallint, %(after_kind)s::text, %(after_sequence)s::integer))
ORDER BY e.document_id DESC, e.document_line DESC, e.kind DESC, e.sequence DESC
LIMIT %(limit)s;

-- name: list_documents
-- Newest first. Parameters: after (id), kind, is_open, warehouse, limit.
SELECT d.id::text AS id, d.kind, d.state, w.code AS warehouse_code, d.reference, d.expected_at, d.wms_ref, d.version, d.created_at, d.created_by
FROM document d JOIN warehouse w ON w.id = d.warehouse_id
WHERE (%(after)s::bigint IS NULL OR d.id < %(after)s)
  AND (%(kind)s::text IS NULL OR d.kind = %(kind)s)
  AND (NOT %(is_open)s OR d.state < 70)
  AND (%(warehouse)s::text IS NULL OR w.code = %(warehouse)s)
  AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s))
ORDER BY d.id DESC
LIMIT %(limit)s;

-- name: get_document
-- Parameters: id, warehouses.
SELECT d.id::text AS id, d.kind, d.state, w.code AS warehouse_code, d.reference, d.expected_at, d.wms_ref, d.version, d.created_at, d.created_by
FROM document d JOIN warehouse w ON w.id = d.warehouse_id
WHERE d.id = %(id)s AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s));

-- name: document_lines
-- Parameters: id.
SELECT l.line_no, k.code AS sku_code, l.planned, l.done FROM document_line l JOIN sku k ON k.id = l.sku_id WHERE l.document_id = %(id)s ORDER BY l.line_no;

-- name: message_keys
-- What an order of this number of ours, or a fulfilment, is called in the log of messages: of the order the platform's number; fulfilments by id and
-- attempt, those that they travel with too; parcels by id and waybill. Only what the caller sees.
-- Parameters: number, fulfilment_id (NULL: of no fulfilment), shops, warehouses.
WITH asked AS (
    SELECT o.id, o.platform_order_no
    FROM order_key k JOIN sales_order o ON o.id = k.order_id
    WHERE k.order_no = %(number)s
      AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
      AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
), sent AS (
    SELECT f.id, f.merged_into_id FROM asked JOIN fulfilment f ON f.order_id = asked.id
    UNION SELECT f.id, f.merged_into_id FROM fulfilment f WHERE f.id = %(fulfilment_id)s::bigint
), seen AS (
    SELECT f.id, f.attempt
    FROM (SELECT id FROM sent UNION SELECT merged_into_id FROM sent) AS t (id) JOIN fulfilment f ON f.id = t.id
    WHERE (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s)) AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
)
SELECT NULL::bigint AS id, NULL::smallint AS attempt, platform_order_no AS key FROM asked
UNION ALL SELECT id, attempt, NULL FROM seen
UNION ALL SELECT p.id, NULL, p.tracking_no FROM seen JOIN parcel p ON p.fulfilment_id = seen.id;

-- name: list_messages
-- Newest first. Never bodies. One of several ways, told by which parameters are there; the others read nothing. The log has millions of rows: each
-- way runs along an index that has its rows in order, whatever is rare in it.
-- Parameters: after (id), ids bigint[] or business_keys text[], none twice (of these: any age, any kind), else states smallint[] with kind ('': any); direction (NULL: any),
-- since and from_id (NULL: of any age; no message since then has a lower id), counterparts (NULL: all), limit.
SELECT id::text AS id, at, direction::text AS direction, counterpart, kind, business_key, state, attempts, reason, http_status
FROM (
    (SELECT * FROM message
     WHERE %(ids)s::bigint[] IS NOT NULL AND message.id = ANY(%(ids)s)
       AND (%(business_keys)s::text[] IS NULL OR business_key = ANY(%(business_keys)s)) AND (%(kind)s::text = '' OR kind = %(kind)s)
       AND state = ANY(%(states)s::smallint[]) AND (%(direction)s::text IS NULL OR direction::text = %(direction)s)
       AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s)) AND (%(after)s::bigint IS NULL OR message.id < %(after)s))
    UNION ALL
    (SELECT of_key.* FROM unnest(%(business_keys)s::text[]) AS asked (business_key) CROSS JOIN LATERAL (
         SELECT * FROM message
         WHERE message.business_key = asked.business_key AND (%(kind)s::text = '' OR kind = %(kind)s)
           AND state = ANY(%(states)s::smallint[]) AND (%(direction)s::text IS NULL OR direction::text = %(direction)s)
           AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s)) AND (%(after)s::bigint IS NULL OR message.id < %(after)s)
         ORDER BY message.id DESC LIMIT %(limit)s) AS of_key
     WHERE %(ids)s::bigint[] IS NULL)
    UNION ALL
    (SELECT of_state.* FROM unnest(%(states)s::smallint[]) AS asked (state) CROSS JOIN LATERAL (
         SELECT * FROM message
         WHERE message.state > 0 AND message.state = asked.state AND kind = %(kind)s
           AND (%(direction)s::text IS NULL OR direction::text = %(direction)s) AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
           AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND message.id >= COALESCE(%(from_id)s::bigint, 0)
           AND message.id < COALESCE(%(after)s::bigint, 9223372036854775807)
         ORDER BY message.id DESC LIMIT %(limit)s) AS of_state
     WHERE %(ids)s::bigint[] IS NULL AND %(business_keys)s::text[] IS NULL AND %(kind)s::text <> '')
    UNION ALL
    -- Each state by itself, written out: a plan that is kept for all parameters uses an index of one state only where the state is a constant.
    (SELECT * FROM message
     WHERE %(ids)s::bigint[] IS NULL AND %(business_keys)s::text[] IS NULL AND %(kind)s::text = '' AND 1 = ANY(%(states)s::smallint[])
       AND state = 1
       AND (%(direction)s::text IS NULL OR direction::text = %(direction)s) AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
       AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND message.id >= COALESCE(%(from_id)s::bigint, 0)
       AND message.id < COALESCE(%(after)s::bigint, 9223372036854775807)
     ORDER BY message.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT * FROM message
     WHERE %(ids)s::bigint[] IS NULL AND %(business_keys)s::text[] IS NULL AND %(kind)s::text = '' AND 2 = ANY(%(states)s::smallint[])
       AND state = 2
       AND (%(direction)s::text IS NULL OR direction::text = %(direction)s) AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
       AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND message.id >= COALESCE(%(from_id)s::bigint, 0)
       AND message.id < COALESCE(%(after)s::bigint, 9223372036854775807)
     ORDER BY message.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT * FROM message
     WHERE %(ids)s::bigint[] IS NULL AND %(business_keys)s::text[] IS NULL AND %(kind)s::text = '' AND 3 = ANY(%(states)s::smallint[])
       AND state = 3
       AND (%(direction)s::text IS NULL OR direction::text = %(direction)s) AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
       AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND message.id >= COALESCE(%(from_id)s::bigint, 0)
       AND message.id < COALESCE(%(after)s::bigint, 9223372036854775807)
     ORDER BY message.id DESC LIMIT %(limit)s)
    UNION ALL
    -- What waits, waits in its bucket: orders, reports of warehouses, tracking, notices.
    (SELECT waiting.* FROM generate_series(0, 255) AS any_bucket (bucket) CROSS JOIN LATERAL (
         SELECT * FROM message
         WHERE state = 0 AND direction = 'i' AND message.bucket = any_bucket.bucket::smallint AND (%(kind)s::text = '' OR kind = %(kind)s)
           AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
           AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND message.id >= COALESCE(%(from_id)s::bigint, 0)
           AND message.id < COALESCE(%(after)s::bigint, 9223372036854775807)
         ORDER BY message.id DESC LIMIT %(limit)s) AS waiting
     WHERE %(ids)s::bigint[] IS NULL AND %(business_keys)s::text[] IS NULL AND 0 = ANY(%(states)s::smallint[])
       AND (%(direction)s::text IS NULL OR %(direction)s::text = 'i'))
) AS found
ORDER BY found.id DESC
LIMIT %(limit)s;

-- name: first_id_since
-- From which id on messages of after an instant are to be looked for: by halving the ids, for they grow with time. Ids are handed out in blocks, which
-- a process may use for a minute while others hand out newer ones: so a quarter of a million ids earlier. Parameters: since.
WITH RECURSIVE halving AS (
    SELECT COALESCE(min(id), 0) AS low, COALESCE(max(id), 0) + 1 AS high FROM message
    UNION ALL
    SELECT CASE WHEN probe.at < %(since)s THEN middle.id ELSE low END, CASE WHEN probe.at < %(since)s THEN high ELSE middle.id END
    FROM halving
    CROSS JOIN LATERAL (SELECT (low + high) / 2 AS id) AS middle
    LEFT JOIN LATERAL (SELECT at FROM message WHERE message.id >= middle.id AND message.id < high ORDER BY message.id LIMIT 1) AS probe ON true
    WHERE high - low > 16384
)
SELECT GREATEST(max(low) - 262144, 0) FROM halving;

-- name: lock_message
-- Parameters: id, counterparts (NULL: all). Locks: the row.
SELECT direction::text, bucket, state FROM message
WHERE id = %(id)s AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s)) FOR NO KEY UPDATE;

-- name: replay_message
-- It waits for a pass again. Parameters: id. The row is locked.
UPDATE message SET state = 0, reason = '' WHERE id = %(id)s;

-- name: replay_messages
-- Those of these messages wait for a pass again that came to us, were taken up before, and are seen by the caller; gives their ids.
-- Parameters: ids bigint[] ascending, states smallint[], counterparts (NULL: all). Locks: the rows, in their order.
WITH wanted AS (
    SELECT id FROM message
    WHERE id = ANY(%(ids)s::bigint[]) AND direction = 'i' AND bucket IS NOT NULL AND state = ANY(%(states)s::smallint[])
      AND (%(counterparts)s::text[] IS NULL OR counterpart = ANY(%(counterparts)s))
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE message m SET state = 0, reason = '' FROM wanted w WHERE m.id = w.id
RETURNING m.id;

-- name: want_notices_read
-- Notices that wait are worked off when their shop's messages are fetched: that is due now. Of these messages, those that are notices; others have a
-- pass that waits for them. Parameters: ids bigint[], now. Locks: the rows of shop_cursor.
UPDATE shop_cursor u SET wanted_at = %(now)s FROM shop s
WHERE s.id = u.shop_id AND u.feed = 'push' AND s.is_active
  AND s.code IN (SELECT substr(m.counterpart, 6) FROM message m WHERE m.id = ANY(%(ids)s::bigint[]) AND m.bucket >= 192 AND m.counterpart LIKE 'shop:%%');

-- name: seen_calls
-- Which of these calls the caller sees. Parameters: ids bigint[], lanes.
SELECT id FROM outbox WHERE id = ANY(%(ids)s::bigint[]) AND (%(lanes)s::text[] IS NULL OR lane = ANY(%(lanes)s));

-- name: list_outbox
-- Dead or unknown calls, or those of one business key. Parameters: after (id), state, business_key, limit.
SELECT id::text AS id, lane, kind, ref_id::text AS ref_id, business_key, state, due_at, attempts, reason, created_at, done_at
FROM outbox
WHERE (%(after)s::bigint IS NULL OR outbox.id < %(after)s)
  AND (%(business_key)s::text IS NULL OR business_key = %(business_key)s)
  AND (%(state)s::smallint IS NULL OR state = %(state)s)
  AND (%(lanes)s::text[] IS NULL OR lane = ANY(%(lanes)s))
ORDER BY outbox.id DESC
LIMIT %(limit)s;
