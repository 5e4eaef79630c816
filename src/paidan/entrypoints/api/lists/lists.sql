-- Rows of lists once it is known which; views; names by their initials. Personal data comes masked.

-- name: order_rows
-- The orders of one page in its order. Of fulfilments those of the warehouses the caller sees. Parameters: ids bigint[], warehouses, now.
SELECT o.id::text AS id, o.order_no, o.version, s.code AS shop, s.name AS shop_name, s.platform, o.platform_order_no, o.state, o.waits_for,
       o.placed_at, o.paid_at, o.ship_by_at, o.created_at, o.changed_at, o.currency, o.paid_minor, o.goods_minor, o.discount_minor, o.freight_minor,
       o.is_cod, o.is_presale_open, o.has_buyer_remark, o.has_seller_remark, o.seller_flag,
       COALESCE((o.edits ->> 'flag')::smallint, 0) AS flag, COALESCE(o.edits ->> 'urgent' = 'true', false) AS is_urgent,
       COALESCE(o.edits ->> 'sealed' = 'true', false) AS is_alone,
       COALESCE(o.ship_by_at < %(now)s AND o.state < 80, false) AS is_overdue,
       COALESCE(r.name_mask, '') AS receiver_name, COALESCE(r.phone_mask, '') AS receiver_phone,
       COALESCE(r.province, '') AS province, COALESCE(r.city, '') AS city, COALESCE(r.district, '') AS district,
       g.goods, g.units, g.asks_refund, h.holds, f.warehouses, f.carriers, f.fulfilments, f.release_due_at, f.is_merged, w.released_at, w.shipped_at,
       p.tracking_nos, COALESCE(m.times, 0) AS printed
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS a (id, n)
JOIN sales_order o ON o.id = a.id
JOIN shop s ON s.id = o.shop_id
LEFT JOIN receiver r ON r.id = o.receiver_id
CROSS JOIN LATERAL (
    SELECT COALESCE(jsonb_agg(jsonb_build_object('sku', COALESCE(k.code, ''), 'name', COALESCE(k.name, NULLIF(g.title, ''), g.item_ref, ''),
                                                 'quantity', l.quantity, 'kind', l.kind) ORDER BY l.line_no) FILTER (WHERE l.kind <> 'part'), '[]') AS goods,
           COALESCE(SUM(l.quantity) FILTER (WHERE l.kind NOT IN ('bundle', 'service')), 0) AS units,
           COALESCE(bool_or(l.refund = 'requested'), false) AS asks_refund
    FROM order_line l LEFT JOIN sku k ON k.id = l.sku_id LEFT JOIN listing g ON g.id = l.listing_id WHERE l.order_id = o.id
) g
CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(h.reason ORDER BY h.id), '{}') AS holds FROM hold h WHERE h.order_id = o.id AND h.closed_at IS NULL
) h
CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(DISTINCT x.code), '{}') AS warehouses, COALESCE(array_agg(DISTINCT c.code), '{}') AS carriers, count(*) AS fulfilments,
           min(f.release_due_at) AS release_due_at,
           COALESCE(bool_or(f.merged_into_id IS NOT NULL OR EXISTS (SELECT 1 FROM fulfilment u WHERE u.merged_into_id = f.id)), false) AS is_merged
    FROM fulfilment f JOIN warehouse x ON x.id = f.warehouse_id JOIN carrier c ON c.id = f.carrier_id
    WHERE f.order_id = o.id AND f.state < 90 AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
) f
CROSS JOIN LATERAL (
    SELECT min(f.released_at) AS released_at, max(f.shipped_at) AS shipped_at FROM fulfilment f WHERE f.order_id = o.id AND f.state < 90
) w
CROSS JOIN LATERAL (
    SELECT COALESCE(array_agg(DISTINCT p.tracking_no), '{}') AS tracking_nos
    FROM parcel_line pl JOIN parcel p ON p.id = pl.parcel_id JOIN fulfilment f ON f.id = pl.fulfilment_id
    WHERE pl.order_id = o.id AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
) p
LEFT JOIN LATERAL (SELECT SUM(pm.times)::integer AS times FROM print_mark pm WHERE pm.order_id = o.id) m ON true
ORDER BY a.n;

-- name: live_values
-- Values of the enum fields that are master data, of what the caller sees. Parameters: shops, warehouses.
SELECT 'shop', code, name FROM shop WHERE %(shops)s::bigint[] IS NULL OR id = ANY(%(shops)s)
UNION ALL SELECT 'warehouse', code, name FROM warehouse WHERE %(warehouses)s::bigint[] IS NULL OR id = ANY(%(warehouses)s)
UNION ALL SELECT 'carrier', code, name FROM carrier
ORDER BY 1, 2;

-- name: find_numbers
-- Which order each number means: ours, the platform's, a waybill, a fulfilment's (all that travel with it).
-- Parameters: parallel arrays numbers, fulfilments (the id its number tells, or NULL); shops, warehouses.
SELECT DISTINCT w.number, o.order_no
FROM unnest(%(numbers)s::text[], %(fulfilments)s::bigint[]) AS w (number, fulfilment_id)
CROSS JOIN LATERAL (
    SELECT k.order_id FROM order_key k WHERE k.order_no = w.number
    UNION SELECT k.order_id FROM shop s JOIN order_key k ON k.shop_id = s.id AND k.platform_order_no = w.number
    UNION SELECT l.order_id FROM parcel p JOIN parcel_line l ON l.parcel_id = p.id WHERE p.tracking_no = w.number
    UNION SELECT l.order_id FROM fulfilment l WHERE l.id = w.fulfilment_id
    UNION SELECT m.order_id FROM fulfilment m WHERE m.merged_into_id = w.fulfilment_id
) f
JOIN sales_order o ON o.id = f.order_id
WHERE (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY 1, 2;

-- name: find_skus
-- SKUs of this code or barcode. Parameters: code.
SELECT code FROM sku WHERE code = %(code)s UNION SELECT k.code FROM sku_barcode b JOIN sku k ON k.id = b.sku_id WHERE b.barcode = %(code)s;

-- name: stale_names
-- Names whose initials are not known or are of another name. Parameters: limit.
(SELECT 'product' AS kind, p.id, p.name FROM product p LEFT JOIN name_initials n ON n.kind = 'product' AND n.ref_id = p.id
 WHERE n.name IS DISTINCT FROM p.name LIMIT %(limit)s)
UNION ALL
(SELECT 'shop', s.id, s.name FROM shop s LEFT JOIN name_initials n ON n.kind = 'shop' AND n.ref_id = s.id
 WHERE n.name IS DISTINCT FROM s.name LIMIT %(limit)s);

-- name: put_initials
-- Parameters: parallel arrays kind, ref_id, name, initials.
INSERT INTO name_initials (kind, ref_id, name, initials)
SELECT * FROM unnest(%(kind)s::text[], %(ref_id)s::bigint[], %(name)s::text[], %(initials)s::text[]) ORDER BY 1, 2
ON CONFLICT (kind, ref_id) DO UPDATE SET name = excluded.name, initials = excluded.initials;

-- name: find_by_initials
-- Open orders of the products or shops whose names have these initials in a row, newest first. Parameters: initials, limit, shops, warehouses.
SELECT o.order_no
FROM sales_order o
WHERE o.state < 90
  AND (o.shop_id IN (SELECT n.ref_id FROM name_initials n WHERE n.kind = 'shop' AND strpos(n.initials, %(initials)s) > 0)
       OR EXISTS (SELECT 1 FROM order_line l JOIN sku k ON k.id = l.sku_id
                  WHERE l.order_id = o.id
                    AND k.product_id IN (SELECT n.ref_id FROM name_initials n WHERE n.kind = 'product' AND strpos(n.initials, %(initials)s) > 0)))
  AND (%(shops)s::bigint[] IS NULL OR o.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR EXISTS (SELECT 1 FROM fulfilment f WHERE f.order_id = o.id AND f.warehouse_id = ANY(%(warehouses)s)))
ORDER BY o.id DESC LIMIT %(limit)s;

-- name: numbers_of
-- Order numbers by id, in the order given. Parameters: ids bigint[].
SELECT o.order_no FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS w (id, n) JOIN sales_order o ON o.id = w.id ORDER BY w.n;

-- name: list_views
-- Mine and the team's; `is_default` is mine alone. Parameters: list or NULL, id or NULL, owner.
SELECT v.id::text AS id, v.version, v.list, v.name, v.is_team, d.view_id IS NOT NULL AS is_default, v.owner = %(owner)s AS is_mine,
       v.body -> 'filters' AS filters, v.body ->> 'sort' AS sort, COALESCE(v.body ->> 'group', '') AS "group", v.body -> 'columns' AS columns
FROM saved_view v
LEFT JOIN default_view d ON d.owner = %(owner)s AND d.list = v.list AND d.view_id = v.id
WHERE (v.owner = %(owner)s OR v.is_team) AND (%(list)s::text IS NULL OR v.list = %(list)s) AND (%(id)s::bigint IS NULL OR v.id = %(id)s)
ORDER BY v.list, v.is_team, v.name, v.id LIMIT 500;

-- name: add_view
-- Parameters: id, list, name, owner, is_team, body. Nothing comes back when the owner has one of that name.
INSERT INTO saved_view (id, list, name, owner, is_team, body)
VALUES (%(id)s, %(list)s, %(name)s, %(owner)s, %(is_team)s, %(body)s)
ON CONFLICT (list, owner, name) DO NOTHING RETURNING id;

-- name: count_views
-- Parameters: owner.
SELECT count(*) FROM saved_view WHERE owner = %(owner)s;

-- name: lock_view
-- Parameters: id. Locks: the row.
SELECT version, owner, list FROM saved_view WHERE id = %(id)s FOR UPDATE;

-- name: change_view
-- Parameters: id, name, is_team, body. The row is locked.
UPDATE saved_view SET name = %(name)s, is_team = %(is_team)s, body = %(body)s, version = version + 1 WHERE id = %(id)s;

-- name: make_default
-- A list has one default for each person. Nothing comes back when he does not see the view. Parameters: id, owner. Locks: the row.
INSERT INTO default_view (owner, list, view_id)
SELECT %(owner)s, v.list, v.id FROM saved_view v WHERE v.id = %(id)s AND (v.owner = %(owner)s OR v.is_team) FOR SHARE
ON CONFLICT (owner, list) DO UPDATE SET view_id = EXCLUDED.view_id RETURNING view_id;

-- name: unmake_default
-- Parameters: id, owner. Locks: the row.
DELETE FROM default_view WHERE owner = %(owner)s AND view_id = %(id)s;

-- name: keep_default_to_owner
-- What is the team's no more is nobody else's default. Parameters: id, owner. Locks: the rows.
DELETE FROM default_view WHERE view_id = %(id)s AND owner <> %(owner)s;

-- name: remove_view
-- Parameters: id, owner. Locks: the row.
DELETE FROM saved_view WHERE id = %(id)s AND owner = %(owner)s;
