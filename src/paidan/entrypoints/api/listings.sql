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

-- name: catalogue_stamp
-- How many SKUs there are and a sum that moves with each change of one; barcodes and products raise it too.
SELECT count(*), COALESCE(SUM(version), 0)::bigint FROM sku WHERE kind <> 'service';

-- name: goods
-- SKUs as listings are compared with them: all (`codes` NULL), or those that have one of these codes or barcodes. Parameters: codes text[].
SELECT k.code, k.name, p.name || ' ' || k.name AS title, ARRAY(SELECT b.barcode FROM sku_barcode b WHERE b.sku_id = k.id) AS barcodes
FROM sku k JOIN product p ON p.id = k.product_id
WHERE k.kind <> 'service'
  AND (%(codes)s::text[] IS NULL OR k.code = ANY(%(codes)s) OR EXISTS (SELECT 1 FROM sku_barcode b WHERE b.sku_id = k.id AND b.barcode = ANY(%(codes)s)))
ORDER BY k.id;

-- name: effect
-- Orders that wait for a listing, and open ones not yet sent to a warehouse whose lines of it have their SKU already. Parameters: id.
SELECT (SELECT count(DISTINCT x.order_id) FROM order_line x WHERE x.listing_id = %(id)s AND x.sku_id IS NULL) AS waiting_orders,
       (SELECT count(DISTINCT o.id) FROM sales_order o JOIN order_line x ON x.order_id = o.id
        WHERE o.state < 60 AND x.listing_id = %(id)s AND x.sku_id IS NOT NULL) AS kept_orders;
