-- name: orders_to_tell
-- Parameters: ids bigint[]. No locks.
SELECT id, shop_id, platform_order_no, is_cod, is_closed FROM sales_order WHERE id = ANY(%(ids)s::bigint[]);

-- name: lines_to_tell
-- Parameters: ids bigint[] of orders. No locks.
SELECT order_id, line_no, line_ref, kind, quantity, cancelled, parent_line_no
FROM order_line WHERE order_id = ANY(%(ids)s::bigint[]) ORDER BY order_id, line_no;

-- name: parcels_to_tell
-- What of these orders lies in which parcel, and whether the platform knows. Parameters: ids bigint[] of orders. No locks.
SELECT l.order_id, p.id, p.carrier_id, p.tracking_no, l.line_no, l.quantity, l.told_at IS NOT NULL
FROM parcel_line l JOIN parcel p ON p.id = l.parcel_id
WHERE l.order_id = ANY(%(ids)s::bigint[]) ORDER BY l.order_id, p.id, l.line_no;

-- name: lock_push
-- Nobody plans or settles pushes of this merchant while its listings are marked: believed quantities are added to, and their order matters.
-- Ends with the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('push:' || current_schema(), 0));

-- name: lock_shop_push
-- One at a time plans or settles pushes of this shop, and nobody marks meanwhile. Ends with the transaction. Parameters: shop_id.
SELECT pg_advisory_xact_lock_shared(hashtextextended('push:' || current_schema(), 0)),
       pg_advisory_xact_lock(hashtextextended('push:' || current_schema() || ':' || %(shop_id)s::bigint, 0));

-- name: known_to
-- Until when everything that happened at these shops is known: read to there by a feed that leaves nothing out, and no message kept earlier still
-- waits. NULL: the shop has no such feed. Parameters: shop_ids bigint[]. No locks.
SELECT s.id, LEAST(
    (SELECT MAX(c.read_to) FROM shop_cursor c WHERE c.shop_id = s.id AND c.feed IN ('orders', 'bulk')),
    (SELECT MIN(m.at) FROM message m WHERE m.state = 0 AND m.direction = 'i' AND m.bucket IS NOT NULL AND m.counterpart = 'shop:' || s.code)
), EXISTS (SELECT FROM shop_cursor c WHERE c.shop_id = s.id AND c.feed IN ('orders', 'bulk'))
FROM shop s WHERE s.id = ANY(%(shop_ids)s::bigint[]);

-- name: changes_to_mark
-- Changes no listing was marked for, oldest first. Waits for rows another reader has locked instead of passing them by: a sale left out would
-- count as unknown. Parameters: limit. Locks: the rows.
SELECT id, sku_ids, listing_ids, listing_sold FROM stock_change WHERE NOT is_pushed ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE;

-- name: changes_marked
-- Parameters: ids bigint[]. The rows are locked.
UPDATE stock_change SET is_pushed = true WHERE id = ANY(%(ids)s::bigint[]);

-- name: listings_of_skus
-- Listings of these SKUs and of bundles that contain them. Parameters: sku_ids bigint[], shop_ids bigint[]. No locks.
SELECT l.id, l.shop_id FROM listing l
WHERE l.shop_id = ANY(%(shop_ids)s::bigint[]) AND l.sku_id = ANY(ARRAY(
    SELECT unnest(%(sku_ids)s::bigint[]) UNION SELECT b.bundle_id FROM bundle_part b WHERE b.part_id = ANY(%(sku_ids)s::bigint[])
))
ORDER BY l.id;

-- name: make_listing_stock
-- Rows on first need. Parameters: parallel arrays listing_ids, shop_ids. Under lock_push.
INSERT INTO listing_stock (listing_id, shop_id)
SELECT * FROM unnest(%(listing_ids)s::bigint[], %(shop_ids)s::bigint[]) AS w (listing_id, shop_id) ORDER BY listing_id
ON CONFLICT DO NOTHING;

-- name: make_all_listing_stock
-- A row for every mapped listing of these shops. Parameters: shop_ids bigint[]. Under lock_push.
INSERT INTO listing_stock (listing_id, shop_id)
SELECT l.id, l.shop_id FROM listing l WHERE l.sku_id IS NOT NULL AND l.shop_id = ANY(%(shop_ids)s::bigint[]) ORDER BY l.id
ON CONFLICT DO NOTHING;

-- name: mark_listings
-- Takes off what platforms have sold by themselves and marks the listings; one in flight keeps its time of sending again.
-- A doubt (`look`) is left by units given back (the platform gives back only what it had really taken) and by sales that would have gone below
-- zero, at once or without the increase taken last (they may be older than it, whatever was taken off since). News after a look make it void.
-- Parameters: parallel arrays listing_ids, sold, doubts; due_at; shop_ids (others are not told). Under lock_push.
UPDATE listing_stock s SET
    believed = CASE WHEN s.pushed_at IS NULL AND s.pending_key = '' THEN 0 ELSE s.believed - w.sold END,
    answer = CASE
        WHEN s.answer LIKE 'look%%' THEN s.answer
        WHEN NOT (w.doubt OR s.answer LIKE 'seen%%' AND w.sold <> 0 OR w.sold > 0 AND s.believed - w.sold < s.raised) THEN s.answer
        WHEN s.answer LIKE 'refused%%' THEN 'look; ' || s.answer
        ELSE 'look' END,
    is_dirty = true, has_news = true,
    due_at = CASE WHEN s.pending_key <> '' THEN s.due_at WHEN s.is_dirty THEN LEAST(s.due_at, %(due_at)s) ELSE %(due_at)s END
FROM unnest(%(listing_ids)s::bigint[], %(sold)s::bigint[], %(doubts)s::boolean[]) AS w (listing_id, sold, doubt)
WHERE s.listing_id = w.listing_id AND s.shop_id = ANY(%(shop_ids)s::bigint[]);

-- name: mark_all
-- Looks at every listing of these shops again; one in flight keeps its time of sending again. Parameters: shop_ids bigint[], due_at. Under lock_push.
UPDATE listing_stock SET is_dirty = true, has_news = true, due_at = CASE WHEN pending_key <> '' THEN due_at ELSE LEAST(due_at, %(due_at)s) END
WHERE shop_id = ANY(%(shop_ids)s::bigint[]);

-- name: start_listings
-- What listings show, told by somebody who knows. Parameters: parallel arrays shop_codes, item_refs, sku_refs, quantities; at. Under lock_push.
INSERT INTO listing_stock AS s (listing_id, shop_id, believed, is_dirty, due_at, pushed_at)
SELECT l.id, l.shop_id, w.quantity, true, %(at)s, %(at)s
FROM unnest(%(shop_codes)s::text[], %(item_refs)s::text[], %(sku_refs)s::text[], %(quantities)s::bigint[]) AS w (code, item_ref, sku_ref, quantity)
JOIN shop ON shop.code = w.code
JOIN listing l ON l.shop_id = shop.id AND l.item_ref = w.item_ref AND l.sku_ref = w.sku_ref
ORDER BY l.id
ON CONFLICT (listing_id) DO UPDATE SET
    believed = excluded.believed, is_dirty = true, due_at = excluded.due_at, pushed_at = excluded.pushed_at, pending_delta = 0, pending_key = '',
    raised = 0, answer = '';

-- name: forget_shown
-- Nothing is told to this shop any more, so nobody knows what its listings show. An answer that is still on its way finds nothing it belongs to.
-- Parameters: shop_id. Under lock_push.
UPDATE listing_stock SET believed = 0, pending_delta = 0, pending_key = '', is_dirty = false, has_news = false, due_at = NULL, attempts = 0, raised = 0, answer = '',
    pushed_at = NULL
WHERE shop_id = %(shop_id)s;

-- name: shops_with_pushes
-- Shops that have listings to look at. Parameters: shop_ids bigint[], now. No locks.
SELECT s.id FROM unnest(%(shop_ids)s::bigint[]) AS s (id)
WHERE EXISTS (SELECT FROM listing_stock l WHERE l.shop_id = s.id AND l.is_dirty AND l.due_at <= %(now)s) ORDER BY s.id;

-- name: listings_due
-- Listings of a shop to look at, oldest first, and whole calls of what is in flight: a key belongs to all its rows.
-- Parameters: shop_id, now, limit. Under lock_shop_push.
WITH due AS (
    SELECT listing_id, pending_key FROM listing_stock
    WHERE shop_id = %(shop_id)s AND is_dirty AND due_at <= %(now)s ORDER BY due_at, listing_id LIMIT %(limit)s
)
SELECT s.listing_id, s.shop_id, l.item_ref, l.sku_ref, l.sku_id, s.believed, s.pending_delta, s.pending_key, s.pushed_at, s.attempts,
       s.answer
FROM listing_stock s JOIN listing l ON l.id = s.listing_id
WHERE s.shop_id = %(shop_id)s AND s.is_dirty
  AND (s.listing_id IN (SELECT listing_id FROM due) OR s.pending_key IN (SELECT pending_key FROM due WHERE pending_key <> ''))
ORDER BY s.listing_id;

-- name: listings_shown
-- Every listing of these shops, as we believe it. Parameters: shop_ids bigint[]. No locks.
SELECT s.listing_id, s.shop_id, l.item_ref, l.sku_ref, l.sku_id, s.believed, s.pending_delta, s.pending_key, s.pushed_at, s.attempts,
       s.answer
FROM listing l JOIN listing_stock s ON s.listing_id = l.id
WHERE s.shop_id = ANY(%(shop_ids)s::bigint[])
ORDER BY s.listing_id;

-- name: write_plan
-- Before anything is sent: what is sent under which key. From here on what is heard is news, unless the same is only sent again. Who is corrected
-- by a look knows of all that was sold before it: the increase before that no longer leaves a doubt.
-- Parameters: parallel arrays. Under lock_shop_push.
UPDATE listing_stock s SET
    believed = w.believed, pending_delta = w.pending_delta, pending_key = w.pending_key, is_dirty = w.is_dirty, due_at = w.due_at,
    attempts = w.attempts, answer = w.answer, raised = CASE WHEN w.is_corrected THEN 0 ELSE s.raised END,
    has_news = s.has_news AND w.pending_key <> '' AND s.pending_key = w.pending_key
FROM unnest(%(listing_id)s::bigint[], %(believed)s::bigint[], %(pending_delta)s::bigint[], %(pending_key)s::text[], %(is_dirty)s::boolean[],
            %(due_at)s::timestamptz[], %(attempts)s::integer[], %(answer)s::text[], %(is_corrected)s::boolean[])
  AS w (listing_id, believed, pending_delta, pending_key, is_dirty, due_at, attempts, answer, is_corrected)
WHERE s.listing_id = w.listing_id;

-- name: settle_pushes
-- The answers, each only for the key it belongs to: a second settling changes nothing. What was answered is looked at once more,
-- unless it was taken and nothing was heard since it was planned: then it shows what it shall.
-- Parameters: parallel arrays; now. Under lock_shop_push.
UPDATE listing_stock s SET
    believed = s.believed + CASE WHEN w.is_taken THEN s.pending_delta ELSE 0 END,
    pushed_at = CASE WHEN w.is_taken THEN %(now)s ELSE s.pushed_at END,
    raised = CASE WHEN w.is_taken AND s.pending_delta > 0 THEN s.pending_delta ELSE s.raised END,
    pending_delta = CASE WHEN w.is_over THEN 0 ELSE s.pending_delta END,
    pending_key = CASE WHEN w.is_over THEN '' ELSE s.pending_key END,
    attempts = CASE WHEN w.is_over THEN 0 ELSE s.attempts END,
    is_dirty = w.due_at IS NOT NULL AND (s.has_news OR NOT w.is_taken OR s.answer LIKE 'look%%' OR s.answer LIKE 'seen%%'),
    due_at = w.due_at,
    answer = CASE WHEN s.answer LIKE 'look%%' OR s.answer LIKE 'seen%%' THEN 'look; ' || w.answer ELSE w.answer END
FROM unnest(%(listing_id)s::bigint[], %(pending_key)s::text[], %(is_taken)s::boolean[], %(is_over)s::boolean[], %(due_at)s::timestamptz[],
            %(answer)s::text[])
  AS w (listing_id, pending_key, is_taken, is_over, due_at, answer)
WHERE s.listing_id = w.listing_id AND s.pending_key = w.pending_key
RETURNING s.is_dirty AND s.due_at <= %(now)s;

-- name: settle_looks
-- What was seen (or why it could not be): only where nothing was heard or sent meanwhile, and the shop is still told. Parameters: parallel arrays; now. Under lock_shop_push.
UPDATE listing_stock s SET
    believed = w.believed_after, answer = w.answer, pushed_at = CASE WHEN w.is_seen THEN %(now)s ELSE s.pushed_at END,
    attempts = w.attempts, is_dirty = true, due_at = w.due_at
FROM unnest(%(listing_id)s::bigint[], %(believed)s::bigint[], %(believed_after)s::bigint[], %(is_seen)s::boolean[], %(attempts)s::integer[],
            %(due_at)s::timestamptz[], %(answer)s::text[])
  AS w (listing_id, believed, believed_after, is_seen, attempts, due_at, answer)
WHERE s.listing_id = w.listing_id AND s.believed = w.believed AND s.pending_key = '' AND s.is_dirty;

-- name: orders_to_merge
-- Orders with masked receivers waiting for release whose masks another such order of the same shop shares, with one not asked about among them.
-- Parameters: shop_ids bigint[], limit. No locks: versions are compared before anything is written.
SELECT id, shop_id, platform_order_no, receiver_id, merge_key, version, is_asked, alike
FROM (
    SELECT w.*, COUNT(*) OVER company AS n, bool_or(NOT w.is_asked) OVER company AS any_new, MIN(w.id) OVER company AS alike
    FROM (
        SELECT o.id, o.shop_id, o.platform_order_no, o.receiver_id, o.merge_key, o.version,
               COALESCE(o.edits ->> 'merge_asked', '') = o.receiver_id::text AS is_asked,
               r.name_mask, r.phone_mask, r.adcode, r.province, r.city, r.district
        FROM sales_order o JOIN receiver r ON r.id = o.receiver_id
        WHERE o.state = 50 AND o.shop_id = ANY(%(shop_ids)s::bigint[]) AND r.is_masked AND NOT o.is_cod
          AND NOT COALESCE((o.edits ->> 'sealed')::boolean, false)
    ) w
    WINDOW company AS (PARTITION BY w.shop_id, w.name_mask, w.phone_mask, w.adcode, w.province, w.city, w.district)
) alike
WHERE n > 1 AND any_new
ORDER BY shop_id, alike, id
LIMIT %(limit)s;
