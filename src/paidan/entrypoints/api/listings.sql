-- Listings that wait for their SKU, what they may be, and what hangs on them. Shops only those the caller sees (`shops`; NULL: all). No locks.

-- name: unmapped
-- With the orders that wait for each. Parameters: after (id), ids bigint[] (NULL: all), shop (code; NULL: all), shops, limit.
SELECT l.id::text AS id, l.version, s.code AS shop_code, l.item_ref, l.sku_ref, '' AS sku_code, l.merchant_code, l.title,
       (SELECT count(DISTINCT x.order_id) FROM order_line x WHERE x.listing_id = l.id AND x.sku_id IS NULL) AS waiting_orders
FROM listing l JOIN shop s ON s.id = l.shop_id
WHERE l.sku_id IS NULL AND l.id > %(after)s::bigint AND (%(shop)s::text IS NULL OR s.code = %(shop)s)
  AND (%(ids)s::bigint[] IS NULL OR l.id = ANY(%(ids)s))
  AND (%(shops)s::bigint[] IS NULL OR l.shop_id = ANY(%(shops)s))
ORDER BY l.id LIMIT %(limit)s;

-- name: goods_version
-- A number that grows with each change of a product, a SKU or a barcode. One row is read.
SELECT version FROM cache_version WHERE subject = 'goods';

-- name: all_goods
-- SKUs as listings are compared with them. No parameters.
SELECT k.code, k.name, p.name || ' ' || k.name AS title, ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = k.id) AS barcodes
FROM sku k JOIN product p ON p.id = k.product_id
WHERE k.kind <> 'service'
ORDER BY k.id;

-- name: are_more_goods
-- Whether there are more SKUs than this: that many are counted, and no more. Parameters: most.
SELECT count(*) > %(most)s::bigint FROM (SELECT 1 FROM sku WHERE kind <> 'service' LIMIT %(most)s::bigint + 1) AS counted;

-- name: goods_of_codes
-- SKUs that have one of these codes or barcodes, each found by its index. Parameters: codes text[].
SELECT k.code, k.name, p.name || ' ' || k.name AS title, ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = k.id) AS barcodes
FROM (
    SELECT id FROM sku WHERE code = ANY(%(codes)s::text[])
    UNION
    SELECT sku_id FROM sku_barcode WHERE barcode = ANY(%(codes)s::text[])
) AS wanted
JOIN sku k ON k.id = wanted.id JOIN product p ON p.id = k.product_id
WHERE k.kind <> 'service'
ORDER BY k.id;

-- name: effect
-- Orders that wait for a listing, and open ones not yet sent to a warehouse whose lines of it have their SKU already. Parameters: id.
SELECT (SELECT count(DISTINCT x.order_id) FROM order_line x WHERE x.listing_id = %(id)s AND x.sku_id IS NULL) AS waiting_orders,
       (SELECT count(DISTINCT o.id) FROM sales_order o JOIN order_line x ON x.order_id = o.id
        WHERE o.state < 60 AND x.listing_id = %(id)s AND x.sku_id IS NOT NULL) AS kept_orders;
