-- Master data as the API shows it; shops, listings and warehouses only those the caller sees (`shops`, `warehouses`; NULL: all). `id` NULL: a list page after `after`; given: that one record. Secrets are never read here. No locks.

-- name: skus
-- `kind`: only those.
SELECT k.id::text AS id, k.version, k.code, k.name, p.code AS product_code, p.name AS product_name, p.brand, p.category, k.kind, k.goods_class,
       k.weight_g, k.volume_cm3, k.is_on_sale,
       ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = k.id ORDER BY b.barcode) AS barcodes,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('code', c.code, 'quantity', x.quantity, 'price_share', x.price_share) ORDER BY c.code), '[]')
        FROM bundle_part x JOIN sku c ON c.id = x.part_id WHERE x.bundle_id = k.id) AS parts
FROM sku k JOIN product p ON p.id = k.product_id
WHERE (%(id)s::bigint IS NULL OR k.id = %(id)s) AND k.id > %(after)s::bigint AND (%(code)s::text IS NULL OR k.code = %(code)s)
  AND (%(kind)s::text IS NULL OR k.kind = %(kind)s)
ORDER BY k.id LIMIT %(limit)s;

-- name: sku_suggestions
-- What a typed text may mean, each step only as far as the one before left room. Parameters: text, starts (as codes may begin: as typed, in capitals),
-- like (the text, escaped), is_caseless (no letter of it is large or small: then LIKE finds the same as ILIKE in a fifth of the time), limit.
WITH exact AS (
    SELECT id, 0 AS rank FROM sku WHERE code = %(text)s
    UNION SELECT sku_id, 0 FROM sku_barcode WHERE barcode = %(text)s),
starting AS (
    SELECT found.id, 1 AS rank FROM unnest(%(starts)s::text[]) start
    CROSS JOIN LATERAL (SELECT id FROM sku WHERE code >= start AND code < start || U&'\+10FFFF' ORDER BY code LIMIT %(limit)s) found),
with_it AS (
    (SELECT id, 2 AS rank FROM sku WHERE (SELECT count(*) FROM starting) < %(limit)s AND %(is_caseless)s
       AND (name LIKE '%%' || %(like)s || '%%' OR code LIKE '%%' || %(like)s || '%%') LIMIT %(limit)s)
    UNION ALL
    (SELECT id, 2 FROM sku WHERE (SELECT count(*) FROM starting) < %(limit)s AND NOT %(is_caseless)s
       AND (name ILIKE '%%' || %(like)s || '%%' OR code ILIKE '%%' || %(like)s || '%%') LIMIT %(limit)s)),
best AS (SELECT id, min(rank) AS rank FROM (TABLE exact UNION ALL TABLE starting UNION ALL TABLE with_it) AS found GROUP BY id)
SELECT k.code, k.name, k.kind FROM best JOIN sku k USING (id) ORDER BY best.rank, k.code LIMIT %(limit)s;

-- name: listings
-- `code` is the shop's; `is_unmapped`: only those without a SKU.
SELECT l.id::text AS id, l.version, s.code AS shop_code, l.item_ref, l.sku_ref, COALESCE(k.code, '') AS sku_code, l.merchant_code, l.title
FROM listing l JOIN shop s ON s.id = l.shop_id LEFT JOIN sku k ON k.id = l.sku_id
WHERE (%(id)s::bigint IS NULL OR l.id = %(id)s) AND l.id > %(after)s::bigint AND (%(code)s::text IS NULL OR s.code = %(code)s)
  AND (NOT %(is_unmapped)s OR l.sku_id IS NULL)
  AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
ORDER BY l.id LIMIT %(limit)s;

-- name: goods_bans
-- By class and region. Parameters: after_class, after_region (NULL: from the first), limit.
SELECT goods_class, region FROM goods_ban
WHERE %(after_class)s::text IS NULL OR (goods_class, region) > (%(after_class)s::text, %(after_region)s::text)
ORDER BY goods_class, region LIMIT %(limit)s;

-- name: connections
SELECT c.id::text AS id, c.version, c.code, c.protocol, c.url, c.account, c.secrets IS NOT NULL AS has_secrets, c.is_active
FROM connection c
WHERE (%(id)s::bigint IS NULL OR c.id = %(id)s) AND c.id > %(after)s::bigint AND (%(code)s::text IS NULL OR c.code = %(code)s)
ORDER BY c.id LIMIT %(limit)s;

-- name: shops
SELECT s.id::text AS id, s.version, s.code, s.name, s.platform, s.shop_group, s.currency, s.time_zone, COALESCE(c.code, '') AS connection_code,
       s.account_ref, s.doors, s.merge_window_s, s.safety_quantity, s.secrets IS NOT NULL AS has_secrets, s.is_active,
       s.pushes_stock, COALESCE(p.actor, '') AS switched_by, p.at AS switched_at,
       ARRAY(SELECT w.code FROM shop_warehouse x JOIN warehouse w ON w.id = x.warehouse_id WHERE x.shop_id = s.id ORDER BY w.code) AS warehouse_codes,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('feed', u.feed, 'read_to', u.read_to, 'pulled_at', u.pulled_at, 'error', u.error, 'wanted_at', u.wanted_at) ORDER BY u.feed), '[]')
        FROM shop_cursor u WHERE u.shop_id = s.id) AS feeds
FROM shop s LEFT JOIN connection c ON c.id = s.connection_id
LEFT JOIN LATERAL (SELECT x.actor, x.at FROM stock_push_switch x WHERE x.shop_id = s.id ORDER BY x.id DESC LIMIT 1) p ON true
WHERE (%(id)s::bigint IS NULL OR s.id = %(id)s) AND s.id > %(after)s::bigint AND (%(code)s::text IS NULL OR s.code = %(code)s)
  AND (%(shops)s::bigint[] IS NULL OR s.id = ANY(%(shops)s))
ORDER BY s.id LIMIT %(limit)s;

-- name: shop_is_seen
-- Parameters: id, shops.
SELECT s.id FROM shop s WHERE s.id = %(id)s AND s.is_active AND (%(shops)s::bigint[] IS NULL OR s.id = ANY(%(shops)s));

-- name: want_reads
-- A person wants the feeds of a shop read now, those that come by the doors it still has. Parameters: id, now, shops; parallel arrays doors,
-- feeds. Locks: the rows.
UPDATE shop_cursor u SET wanted_at = %(now)s FROM shop s
WHERE s.id = u.shop_id AND s.id = %(id)s AND s.is_active AND (%(shops)s::bigint[] IS NULL OR s.id = ANY(%(shops)s))
  AND EXISTS (SELECT 1 FROM unnest(%(doors)s::text[], %(feeds)s::text[]) AS w (door, feed) WHERE w.feed = u.feed AND w.door = ANY(s.doors))
RETURNING u.feed;

-- name: warehouses
SELECT w.id::text AS id, w.version, w.code, w.name, w.kind, COALESCE(c.code, '') AS connection_code, w.country, w.province, w.city, w.district, w.detail,
       w.longitude, w.latitude, w.priority, w.handling_order_minor, w.handling_unit_minor, w.time_zone, w.cut_off, w.work_days, w.is_active,
       ARRAY(SELECT a.region FROM warehouse_area a WHERE a.warehouse_id = w.id ORDER BY a.region) AS regions,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('on_date', d.on_date, 'is_open', d.is_open) ORDER BY d.on_date), '[]')
        FROM warehouse_day d WHERE d.warehouse_id = w.id) AS days
FROM warehouse w LEFT JOIN connection c ON c.id = w.connection_id
WHERE (%(id)s::bigint IS NULL OR w.id = %(id)s) AND w.id > %(after)s::bigint AND (%(code)s::text IS NULL OR w.code = %(code)s)
  AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s))
ORDER BY w.id LIMIT %(limit)s;

-- name: carriers
SELECT c.id::text AS id, c.version, c.code, c.name, c.code_by_system, c.is_active
FROM carrier c
WHERE (%(id)s::bigint IS NULL OR c.id = %(id)s) AND c.id > %(after)s::bigint AND (%(code)s::text IS NULL OR c.code = %(code)s)
ORDER BY c.id LIMIT %(limit)s;

-- name: freight
-- `code` is the carrier's.
SELECT t.id::text AS id, c.code AS carrier_code, COALESCE(w.code, '') AS warehouse_code, t.region, t.first_g, t.first_minor, t.step_g, t.step_minor,
       t.weight_g_max, t.transit_h
FROM freight_tier t JOIN carrier c ON c.id = t.carrier_id LEFT JOIN warehouse w ON w.id = t.warehouse_id
WHERE t.id > %(after)s::bigint AND (%(code)s::text IS NULL OR c.code = %(code)s)
  AND (%(warehouses)s::bigint[] IS NULL OR t.warehouse_id IS NULL OR t.warehouse_id = ANY(%(warehouses)s))
ORDER BY t.id LIMIT %(limit)s;

-- name: translations
SELECT protocol, subject, code, meaning, zh, en FROM state_translation ORDER BY protocol, subject, code LIMIT 10000;
