-- name: free_stock
-- Units of good grade that nobody has reserved, by SKU and warehouse. Parameters: sku_ids bigint[], now. No locks: a view to choose by, checked again under lock.
SELECT sku_id, warehouse_id,
       GREATEST(on_hand - reserved_hard - CASE WHEN soft_expires_at > %(now)s THEN reserved_soft ELSE 0 END, 0) AS free
FROM balance
WHERE sku_id = ANY(%(sku_ids)s::bigint[]) AND grade = 1 AND owner_id = 0 AND lot_id = 0;

-- name: demands
-- Parameters: sku_ids bigint[]. No locks.
SELECT sku_id, held, short FROM demand WHERE sku_id = ANY(%(sku_ids)s::bigint[]) AND (held > 0 OR short > 0);

-- name: waiting_by_shop
-- The same, shop by shop, from the lines themselves: for merchants whose shops do not all share their warehouses. Parameters: sku_ids bigint[]. No locks.
SELECT shop_id, sku_id, SUM(open)::bigint, SUM(short)::bigint
FROM (
    SELECT o.shop_id, l.sku_id, l.open, 0 AS short FROM order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE l.open > 0 AND l.sku_id = ANY(%(sku_ids)s::bigint[]) AND o.state BETWEEN 20 AND 79
    UNION ALL
    SELECT o.shop_id, l.sku_id, 0, l.short FROM order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE l.short > 0 AND l.sku_id = ANY(%(sku_ids)s::bigint[]) AND o.state BETWEEN 20 AND 79
) waiting
GROUP BY 1, 2;

-- name: make_balances
-- The zero row comes first, so that there is a row to lock. Parameters: parallel arrays sku_ids, warehouse_ids, grades.
INSERT INTO balance (sku_id, warehouse_id, grade)
SELECT * FROM (SELECT DISTINCT * FROM unnest(%(sku_ids)s::bigint[], %(warehouse_ids)s::bigint[], %(grades)s::smallint[])) AS w (s, h, g) ORDER BY s, h, g
ON CONFLICT DO NOTHING;

-- name: lock_balances
-- Locks exactly the chosen rows, in key order, and tells their current quantities. Parameters: parallel arrays sku_ids, warehouse_ids, grades.
SELECT b.sku_id, b.warehouse_id, b.grade, b.on_hand, b.reserved_hard,
       CASE WHEN b.soft_expires_at > %(now)s THEN b.reserved_soft ELSE 0 END AS reserved_soft
FROM balance b
JOIN unnest(%(sku_ids)s::bigint[], %(warehouse_ids)s::bigint[], %(grades)s::smallint[]) AS w (sku_id, warehouse_id, grade)
  ON b.sku_id = w.sku_id AND b.warehouse_id = w.warehouse_id AND b.grade = w.grade
-- By the join alone: `sku_id = ANY` beside it would be asked of the index as well, and the whole array be sorted again for each row.
WHERE b.owner_id = 0 AND b.lot_id = 0
ORDER BY b.sku_id, b.warehouse_id, b.grade
FOR NO KEY UPDATE OF b;

-- name: update_balances
-- One guarded write per pass; rows are locked. A balance that would show more reserved than on hand is refused, unless word from outside made it so;
-- one that is short already may stay so, never get shorter by our own doing. Parameters: parallel arrays.
UPDATE balance b SET
    on_hand = b.on_hand + w.on_hand,
    reserved_hard = b.reserved_hard + w.reserved,
    in_transit = b.in_transit + w.in_transit,
    is_short = CASE WHEN b.reserved_hard + w.reserved <= b.on_hand + w.on_hand THEN false
                    ELSE w.may_be_short OR (b.is_short AND w.reserved <= w.on_hand) END
FROM unnest(%(sku_id)s::bigint[], %(warehouse_id)s::bigint[], %(grade)s::smallint[], %(on_hand)s::bigint[], %(reserved)s::bigint[],
            %(in_transit)s::bigint[], %(may_be_short)s::boolean[])
  AS w (sku_id, warehouse_id, grade, on_hand, reserved, in_transit, may_be_short)
WHERE b.sku_id = w.sku_id AND b.warehouse_id = w.warehouse_id AND b.grade = w.grade AND b.owner_id = 0 AND b.lot_id = 0;

-- name: copy_reservations
COPY reservation (fulfilment_id, line_no, sku_id, warehouse_id, quantity, is_platform_subtracted) FROM STDIN (FORMAT BINARY)

-- name: close_reservations
-- Uses or gives back reserved units; CHECK refuses more than was reserved, the caller counts the rows: a reservation that is not there, or of
-- another SKU or warehouse, is not closed. Parameters: parallel arrays. Rows belong to locked fulfilments.
UPDATE reservation r SET used = r.used + w.used, given_back = r.given_back + w.given_back
FROM unnest(%(fulfilment_id)s::bigint[], %(line_no)s::smallint[], %(sku_id)s::bigint[], %(warehouse_id)s::bigint[], %(used)s::integer[],
            %(given_back)s::integer[])
  AS w (fulfilment_id, line_no, sku_id, warehouse_id, used, given_back)
WHERE r.fulfilment_id = w.fulfilment_id AND r.line_no = w.line_no AND r.sku_id = w.sku_id AND r.warehouse_id = w.warehouse_id;

-- name: copy_entries
COPY entry (document_id, document_line, kind, sequence, sku_id, warehouse_id, grade, quantity, value_minor, cause, occurred_at, recorded_at) FROM STDIN (FORMAT BINARY)

-- name: entry_counts
-- How often causes of these documents were entered: the next sequence. Parameters: document_ids bigint[], kind text. The documents are locked.
SELECT document_id, document_line, COALESCE(MAX(sequence), 0) FROM entry
WHERE document_id = ANY(%(document_ids)s::bigint[]) AND kind = %(kind)s GROUP BY 1, 2;

-- name: lock_demand
-- Makes the zero rows and locks them in key order. Parameters: sku_ids bigint[].
INSERT INTO demand (sku_id) SELECT s FROM unnest(%(sku_ids)s::bigint[]) AS w (s) ORDER BY s ON CONFLICT DO NOTHING;

-- name: lock_demand_rows
SELECT sku_id FROM demand WHERE sku_id = ANY(%(sku_ids)s::bigint[]) ORDER BY sku_id FOR NO KEY UPDATE;

-- name: update_demand
-- Parameters: parallel arrays; rows are locked.
UPDATE demand d SET held = d.held + w.held, short = d.short + w.short
FROM unnest(%(sku_id)s::bigint[], %(held)s::bigint[], %(short)s::bigint[]) AS w (sku_id, held, short)
WHERE d.sku_id = w.sku_id;

-- name: tell_change
-- Leaves one row for the push and the waker. Parameters: id, sku_ids, listing_ids, listing_sold.
INSERT INTO stock_change (id, sku_ids, listing_ids, listing_sold)
VALUES (%(id)s, %(sku_ids)s::bigint[], %(listing_ids)s::bigint[], %(listing_sold)s::integer[]);

-- name: take_changes_to_wake
-- Changes nobody has looked at for backorders; another worker's are passed over. Locks the rows taken.
UPDATE stock_change SET is_woken = true
WHERE id IN (SELECT id FROM stock_change WHERE NOT is_woken ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING sku_ids;

-- name: skus_waited_for
-- No locks.
SELECT DISTINCT sku_id FROM order_line WHERE short > 0 AND sku_id IS NOT NULL ORDER BY 1;

-- name: waiting_lines
-- Lines short of these SKUs in the order of promise. Parameters: sku_ids bigint[]. No locks.
SELECT l.sku_id, l.order_id, l.short, o.shop_id
FROM order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.short > 0 AND l.sku_id = ANY(%(sku_ids)s::bigint[])
ORDER BY l.sku_id, o.ship_by_at NULLS LAST, o.placed_at, o.shop_id, o.platform_order_no;

-- name: forget_changes
-- Removes changes both readers are done with. Locks what it removes.
DELETE FROM stock_change WHERE id IN (SELECT id FROM stock_change WHERE is_woken AND is_pushed ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED);
