-- What is stored of the records a file names, in the fields of its rows. Parallel arrays by the fields of the key. `lock` first.

-- name: lock
-- The version row that writers of such records by hand and by file lock, until the transaction ends: they take turns. Passes that add listings
-- do not. Parameters: subject.
SELECT version FROM cache_version WHERE subject = %(subject)s FOR NO KEY UPDATE;

-- name: products
SELECT k.code, k.name, p.code AS product_code, k.kind, k.goods_class, k.weight_g, k.volume_cm3, k.is_on_sale,
       ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = k.id ORDER BY b.barcode) AS barcodes
FROM sku k JOIN product p ON p.id = k.product_id WHERE k.code = ANY(%(code)s::text[]);

-- name: products_of
-- The products themselves. `is_own`: of one SKU alone, called as that is. Parameters: codes.
SELECT p.code, p.name AS product_name, p.brand, p.category,
       (SELECT count(*) = 1 AND bool_and(k.code = p.code AND k.name = p.name) FROM sku k WHERE k.product_id = p.id) AS is_own
FROM product p WHERE p.code = ANY(%(codes)s::text[]);

-- name: bundles
-- A row for each part.
SELECT s.code, k.code AS part, b.quantity, b.price_share
FROM sku s JOIN bundle_part b ON b.bundle_id = s.id JOIN sku k ON k.id = b.part_id WHERE s.code = ANY(%(code)s::text[]);

-- name: warehouses
SELECT w.code, w.name, w.kind, COALESCE(c.code, '') AS connection_code, w.country, w.province, w.city, w.district, w.detail, w.longitude, w.latitude,
       w.priority, w.handling_order_minor, w.handling_unit_minor, w.time_zone, w.cut_off, w.work_days, w.is_active
FROM warehouse w LEFT JOIN connection c ON c.id = w.connection_id WHERE w.code = ANY(%(code)s::text[]);

-- name: carriers
SELECT code, name, code_by_system, is_active FROM carrier WHERE code = ANY(%(code)s::text[]);

-- name: freight
SELECT c.code AS carrier_code, COALESCE(w.code, '') AS warehouse_code, t.region, t.first_g, t.first_minor, t.step_g, t.step_minor, t.weight_g_max, t.transit_h
FROM unnest(%(carrier_code)s::text[], %(warehouse_code)s::text[], %(region)s::text[]) AS asked (carrier, warehouse, region)
JOIN carrier c ON c.code = asked.carrier JOIN freight_tier t ON t.carrier_id = c.id AND t.region = asked.region
LEFT JOIN warehouse w ON w.id = t.warehouse_id
WHERE COALESCE(w.code, '') = asked.warehouse;

-- name: shops
SELECT s.code, s.name, s.platform, s.shop_group, s.currency, s.time_zone, COALESCE(c.code, '') AS connection_code, s.account_ref, s.doors,
       s.merge_window_s, s.safety_quantity, s.is_active
FROM shop s LEFT JOIN connection c ON c.id = s.connection_id WHERE s.code = ANY(%(code)s::text[]);

-- name: listings
SELECT s.code AS shop_code, l.item_ref, l.sku_ref, COALESCE(k.code, '') AS sku_code, l.merchant_code, l.title
FROM unnest(%(shop_code)s::text[], %(item_ref)s::text[], %(sku_ref)s::text[]) AS asked (shop, item, sku)
JOIN shop s ON s.code = asked.shop JOIN listing l ON l.shop_id = s.id AND l.item_ref = asked.item AND l.sku_ref = asked.sku
LEFT JOIN sku k ON k.id = l.sku_id;

-- name: orders_there
-- Those of a shop's orders that there are. Parameters: shop_id, order_nos text[] (the platform's).
SELECT k.platform_order_no FROM order_key k WHERE k.shop_id = %(shop_id)s AND k.platform_order_no = ANY(%(order_nos)s::text[]);
