-- Paidan's books in words that do not depend on ids and times: what two runs of one day are compared by.

-- name: book_orders
-- Every order with its state, facts and lines; lines by their number. The parts of a bundle stand beside it.
SELECT o.id, s.code, o.platform_order_no, o.state, o.platform_status, o.is_closed, o.waits_for, o.paid_minor, o.goods_minor,
       (SELECT jsonb_agg(jsonb_build_array(
                l.line_no, l.line_ref, l.kind, k.code, l.quantity, l.refund, l.taken_back,
                l.open, l.short, l.reserved, l.in_fulfilment, l.shipped, l.cancelled) ORDER BY l.line_no)
        FROM order_line l LEFT JOIN sku k ON k.id = l.sku_id WHERE l.order_id = o.id)
FROM sales_order o JOIN shop s ON s.id = o.shop_id
ORDER BY s.code, o.platform_order_no;

-- name: book_holds
SELECT o.id, h.reason, h.stops, h.origin, h.closed_at IS NOT NULL, h.closed_by FROM hold h JOIN sales_order o ON o.id = h.order_id
ORDER BY h.reason, h.origin, 5;

-- name: book_fulfilments
-- What each warehouse sent or was to send for an order; `leader` is the order whose number a merged one travels under.
SELECT f.order_id, w.code, c.code, f.state, f.attempt, f.weight_g, f.freight_minor, f.recall_reason, lo.platform_order_no,
       (SELECT jsonb_agg(jsonb_build_array(l.line_no, k.code, l.quantity, l.shipped, l.cancelled) ORDER BY l.line_no)
        FROM fulfilment_line l JOIN sku k ON k.id = l.sku_id WHERE l.fulfilment_id = f.id)
FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id JOIN carrier c ON c.id = f.carrier_id
LEFT JOIN fulfilment lf ON lf.id = f.merged_into_id LEFT JOIN sales_order lo ON lo.id = lf.order_id;

-- name: book_parcels
-- Every parcel by what lies in it, order by order.
SELECT w.code, c.code, p.state, p.weight_g, (
    SELECT jsonb_agg(jsonb_build_array(o.platform_order_no, l.line_no, l.quantity) ORDER BY o.platform_order_no, l.line_no)
    FROM parcel_line l JOIN sales_order o ON o.id = l.order_id WHERE l.parcel_id = p.id)
FROM parcel p JOIN carrier c ON c.id = p.carrier_id JOIN fulfilment f ON f.id = p.fulfilment_id JOIN warehouse w ON w.id = f.warehouse_id;

-- name: book_stock
SELECT k.code, w.code, b.grade, b.on_hand, b.reserved_hard, b.reserved_soft, b.in_transit, b.is_short
FROM balance b JOIN sku k ON k.id = b.sku_id JOIN warehouse w ON w.id = b.warehouse_id
ORDER BY k.code, w.code, b.grade;

-- name: book_demand
SELECT k.code, d.held, d.short FROM demand d JOIN sku k ON k.id = d.sku_id WHERE d.held <> 0 OR d.short <> 0 ORDER BY k.code;

-- name: book_entries
-- The ledger, summed by kind: how units came and went.
SELECT k.code, w.code, e.kind, SUM(e.quantity)::bigint FROM entry e JOIN sku k ON k.id = e.sku_id JOIN warehouse w ON w.id = e.warehouse_id
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- name: book_listings
SELECT s.code, l.item_ref, l.sku_ref, k.code, t.believed, t.pending_delta, t.is_dirty
FROM listing_stock t JOIN listing l ON l.id = t.listing_id JOIN shop s ON s.id = t.shop_id LEFT JOIN sku k ON k.id = l.sku_id
ORDER BY s.code, l.item_ref, l.sku_ref;

-- name: book_documents
SELECT w.code, d.kind, d.reference, d.state,
       (SELECT jsonb_agg(jsonb_build_array(l.line_no, k.code, l.planned, l.done) ORDER BY l.line_no)
        FROM document_line l JOIN sku k ON k.id = l.sku_id WHERE l.document_id = d.id)
FROM document d JOIN warehouse w ON w.id = d.warehouse_id ORDER BY w.code, d.kind, d.reference;

-- name: book_steps
-- The story of each order, step by step, without its instants.
SELECT t.order_id, t.actor, t.step FROM timeline t ORDER BY t.order_id, t.at, t.id;

-- name: what_is_left
-- Whether nothing is left to do at this business instant, part by part; true: something is. Notices that name an order to read again
-- (buckets from 192 on) belong to their feed, whose turn the driver looks at. Parameter: now.
SELECT
    EXISTS (SELECT 1 FROM sales_order WHERE due_at IS NOT NULL AND due_at <= %(now)s) AS orders,
    EXISTS (SELECT 1 FROM message WHERE state = 0 AND direction = 'i' AND bucket BETWEEN 0 AND 191) AS messages,
    EXISTS (SELECT 1 FROM fulfilment WHERE release_due_at IS NOT NULL AND release_due_at <= %(now)s) AS release,
    EXISTS (
        SELECT 1 FROM outbox o WHERE state = 1 OR (
            state IN (0, 3) AND due_at <= %(now)s
            AND NOT EXISTS (  -- a row waits for older ones of its key
                SELECT 1 FROM outbox b WHERE b.lane = o.lane AND b.business_key = o.business_key AND b.seq < o.seq AND b.state IN (0, 1, 3))
            AND NOT EXISTS (SELECT 1 FROM lane l WHERE l.lane = o.lane AND l.open_until > %(now)s))
    ) AS outbox,
    EXISTS (SELECT 1 FROM stock_change WHERE NOT is_woken OR NOT is_pushed) AS changes,
    EXISTS (SELECT 1 FROM listing_stock WHERE is_dirty AND (due_at IS NULL OR due_at <= %(now)s)) AS listings;
