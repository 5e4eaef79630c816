-- name: warehouse_stock
-- Good units on hand, for the comparison with the warehouses' own books.
SELECT w.code, s.code, b.on_hand FROM balance b JOIN warehouse w ON w.id = b.warehouse_id JOIN sku s ON s.id = b.sku_id
WHERE b.grade = 1 AND b.on_hand <> 0;

-- name: sent_fulfilments
-- What each warehouse was sent: the leader's id and attempt, with the units of all that travel with it, by SKU.
SELECT l.id, l.attempt, l.state, s.code, SUM(fl.quantity)::int, SUM(fl.shipped)::int
FROM fulfilment l
JOIN fulfilment f ON f.id = l.id OR (f.merged_into_id = l.id)
JOIN fulfilment_line fl ON fl.fulfilment_id = f.id
JOIN sku s ON s.id = fl.sku_id
WHERE l.merged_into_id IS NULL AND l.released_at IS NOT NULL
GROUP BY l.id, l.attempt, l.state, s.code;

-- name: platform_lines
-- What we have of each platform line.
SELECT sh.code, o.platform_order_no, o.state, l.line_ref, l.kind, l.quantity, l.shipped, l.cancelled,
       o.is_closed AND EXISTS (SELECT 1 FROM hold h WHERE h.order_id = o.id AND h.reason = 'already_shipped' AND h.closed_at IS NULL)
FROM sales_order o JOIN shop sh ON sh.id = o.shop_id JOIN order_line l ON l.order_id = o.id
WHERE l.parent_line_no IS NULL;

-- name: bundle_lines
-- Shipped share of bundle lines: whole bundles whose parts have all left.
SELECT sh.code, o.platform_order_no, b.line_ref, MIN(p.shipped * b.quantity / p.quantity)::int
FROM order_line b JOIN order_line p ON p.order_id = b.order_id AND p.parent_line_no = b.line_no
JOIN sales_order o ON o.id = b.order_id JOIN shop sh ON sh.id = o.shop_id
GROUP BY 1, 2, 3;

-- name: parcels
SELECT p.tracking_no, p.state FROM parcel p;

-- name: displays
SELECT sh.code, l.item_ref, l.sku_ref, ls.believed, ls.pending_delta
FROM listing_stock ls JOIN listing l ON l.id = ls.listing_id JOIN shop sh ON sh.id = l.shop_id JOIN sku s ON s.id = l.sku_id
WHERE s.kind <> 'service';

-- name: order_states
SELECT state, COUNT(*) FROM sales_order GROUP BY 1;

-- name: waiting
-- Orders not at an end, by what they wait for.
SELECT state, waits_for, COUNT(*) FROM sales_order WHERE state < 90 GROUP BY 1, 2 ORDER BY 1, 2;

-- name: holds_by_cause
SELECT reason, COUNT(*) FROM hold GROUP BY 1 ORDER BY 2 DESC, 1;

-- name: fulfilment_states
SELECT state, COUNT(*) FROM fulfilment GROUP BY 1;

-- name: merged
SELECT COUNT(*) FROM fulfilment WHERE merged_into_id IS NOT NULL;

-- name: split
SELECT COUNT(*) FROM (SELECT order_id FROM fulfilment WHERE state NOT IN (90, 95) GROUP BY 1 HAVING COUNT(*) > 1) s;

-- name: backordered
-- Orders that were short of stock at some time.
SELECT COUNT(DISTINCT order_id) FROM timeline WHERE step = 'backordered';

-- name: untouched
-- Orders released without a hold of any kind, and paid orders in all.
SELECT COUNT(*) FILTER (WHERE o.released AND NOT o.touched), COUNT(*) FROM (
    SELECT o.id,
           EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.released_at IS NOT NULL) AS released,
           EXISTS (SELECT 1 FROM hold h WHERE h.order_id = o.id AND h.closed_by LIKE 'user:%%') AS touched
    FROM sales_order o WHERE o.paid_at IS NOT NULL OR o.is_cod
) o;

-- name: paid_to_released
-- Seconds of business time from payment to release, p50 and p95.
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM f.released_at - o.paid_at))
FROM sales_order o JOIN fulfilment f ON f.order_id = o.id WHERE f.released_at IS NOT NULL AND o.paid_at IS NOT NULL;

-- name: shipped_in_time
SELECT COUNT(*) FILTER (WHERE p.shipped_at <= o.ship_by_at), COUNT(*)
FROM parcel p JOIN parcel_line pl ON pl.parcel_id = p.id JOIN sales_order o ON o.id = pl.order_id WHERE o.ship_by_at IS NOT NULL;

-- name: freight
SELECT COALESCE(SUM(freight_minor), 0)::bigint FROM fulfilment WHERE merged_into_id IS NULL AND state IN (60, 70, 80);

-- name: messages
SELECT direction, state, COUNT(*) FROM message GROUP BY 1, 2;

-- name: late_for_want_of_stock
-- Paid orders still short, or shipped after their promise having been short.
SELECT COUNT(*) FROM sales_order o
WHERE EXISTS (SELECT 1 FROM timeline t WHERE t.order_id = o.id AND t.step = 'backordered')
  AND o.state <> 95
  AND (o.state = 40 OR EXISTS (
      SELECT 1 FROM parcel_line pl JOIN parcel p ON p.id = pl.parcel_id WHERE pl.order_id = o.id AND p.shipped_at > o.ship_by_at));

-- name: next_due
-- The next business instant after this one at which anything of ours is due. Parameter: now.
SELECT LEAST(
    (SELECT MIN(due_at) FROM sales_order WHERE due_at > %(now)s),
    (SELECT MIN(release_due_at) FROM fulfilment WHERE release_due_at > %(now)s),
    (SELECT MIN(due_at) FROM outbox WHERE state IN (0, 1, 3) AND due_at > %(now)s),
    (SELECT MIN(open_until) FROM lane WHERE open_until > %(now)s),
    (SELECT MIN(due_at) FROM listing_stock WHERE is_dirty AND due_at > %(now)s)
);

-- name: comparisons_under_way
SELECT EXISTS (SELECT FROM stock_comparison WHERE finished_at IS NULL);

-- name: warehouse_counts
-- Comparisons with warehouses: differences that are open, comparisons that did not come to their end, SKUs asked about.
SELECT (SELECT COUNT(*) FROM stock_difference WHERE settled_at IS NULL),
       (SELECT COUNT(*) FROM stock_comparison WHERE finished_at IS NULL OR error <> ''),
       (SELECT COALESCE(SUM(asked), 0)::bigint FROM stock_comparison);

-- name: reserved_above_on_hand
SELECT COUNT(*) FROM balance WHERE reserved_hard > on_hand;

-- name: ways_of_orders
-- Orders that were ever released, of which something was shipped, that have arrived, that were cancelled.
SELECT COUNT(*) FILTER (WHERE EXISTS (SELECT FROM fulfilment f WHERE f.order_id = o.id AND f.released_at IS NOT NULL)),
       COUNT(*) FILTER (WHERE EXISTS (SELECT FROM parcel_line p WHERE p.order_id = o.id)),
       COUNT(*) FILTER (WHERE o.state = 90), COUNT(*) FILTER (WHERE o.state = 95)
FROM sales_order o;

-- name: waiting_messages
SELECT COUNT(*) FROM message WHERE state = 0 AND direction = 'i' AND bucket IS NOT NULL;

-- name: dead_letters
-- A refused shipping notice of an order that the platform has closed is told by the order's own hold.
SELECT kind, reason, COUNT(*) FROM outbox x
WHERE state = 4 AND NOT (kind = 'shop.ship' AND EXISTS (SELECT 1 FROM sales_order o WHERE o.id::text = x.business_key AND o.is_closed))
GROUP BY 1, 2;

-- name: shipped_though_closed
-- Orders the platform closed after the warehouse had refused to give them back: they wait for people with a reason.
SELECT COUNT(*) FROM sales_order o
WHERE o.is_closed AND EXISTS (SELECT 1 FROM hold h WHERE h.order_id = o.id AND h.reason = 'already_shipped' AND h.closed_at IS NULL);
