-- Writes of the catalogue. Each is one statement for any number of rows: parallel arrays. `lock_catalog` comes first: writers of the
-- catalogue take turns, readers (passes) are never stopped.

-- name: lock_catalog
-- Locks: the catalogue's version row, until the transaction ends.
SELECT version FROM cache_version WHERE subject = 'catalog' FOR NO KEY UPDATE;

-- name: raise_catalog
-- Locks: held since lock_catalog.
UPDATE cache_version SET version = version + 1 WHERE subject = 'catalog';

-- name: raise_goods
-- Products, SKUs or barcodes have changed. Locks: the rows; that of the catalogue is held since lock_catalog.
UPDATE cache_version SET version = version + 1 WHERE subject IN ('catalog', 'goods');

-- name: skus_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id, kind, version FROM sku WHERE code = ANY(%(codes)s::text[]);

-- name: products_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id FROM product WHERE code = ANY(%(codes)s::text[]);

-- name: barcodes_of
-- Who has these barcodes, and which barcodes these SKUs have. Parameters: barcodes text[], sku_ids bigint[]. No locks.
SELECT b.barcode, b.sku_id, s.code FROM sku_barcode b JOIN sku s ON s.id = b.sku_id
WHERE b.barcode = ANY(%(barcodes)s::text[]) OR b.sku_id = ANY(%(sku_ids)s::bigint[]);

-- name: skus_in_use
-- SKUs with stock, demand, or a place in a bundle: their kind stays what it is. Parameters: sku_ids bigint[]. No locks.
SELECT DISTINCT sku_id FROM entry WHERE sku_id = ANY(%(sku_ids)s::bigint[])
UNION SELECT sku_id FROM demand WHERE sku_id = ANY(%(sku_ids)s::bigint[]) AND held + short > 0
UNION SELECT part_id FROM bundle_part WHERE part_id = ANY(%(sku_ids)s::bigint[])
UNION SELECT bundle_id FROM bundle_part WHERE bundle_id = ANY(%(sku_ids)s::bigint[]);

-- name: put_products
-- Parameters: parallel arrays id, code, name, brand, category. Locks: the rows.
INSERT INTO product AS p (id, code, name, brand, category)
SELECT * FROM unnest(%(id)s::bigint[], %(code)s::text[], %(name)s::text[], %(brand)s::text[], %(category)s::text[])
ON CONFLICT (code) DO UPDATE SET name = excluded.name, brand = excluded.brand, category = excluded.category, version = p.version + 1
WHERE (p.name, p.brand, p.category) IS DISTINCT FROM (excluded.name, excluded.brand, excluded.category)
RETURNING p.code;

-- name: put_skus
-- `touched`: something beside the row changed (barcodes), so its version is raised. Parameters: parallel arrays. Locks: the rows.
INSERT INTO sku AS s (id, product_id, code, name, kind, goods_class, weight_g, volume_cm3, is_on_sale)
SELECT w.id, p.id, w.code, w.name, w.kind, w.goods_class, w.weight_g, w.volume_cm3, w.is_on_sale
FROM unnest(%(id)s::bigint[], %(product_code)s::text[], %(code)s::text[], %(name)s::text[], %(kind)s::text[], %(goods_class)s::text[],
            %(weight_g)s::integer[], %(volume_cm3)s::integer[], %(is_on_sale)s::boolean[])
  AS w (id, product_code, code, name, kind, goods_class, weight_g, volume_cm3, is_on_sale)
JOIN product p ON p.code = w.product_code
ON CONFLICT (code) DO UPDATE SET
    product_id = excluded.product_id, name = excluded.name, kind = excluded.kind, goods_class = excluded.goods_class,
    weight_g = excluded.weight_g, volume_cm3 = excluded.volume_cm3, is_on_sale = excluded.is_on_sale, version = s.version + 1
WHERE (s.product_id, s.name, s.kind, s.goods_class, s.weight_g, s.volume_cm3, s.is_on_sale)
      IS DISTINCT FROM (excluded.product_id, excluded.name, excluded.kind, excluded.goods_class, excluded.weight_g, excluded.volume_cm3, excluded.is_on_sale)
   OR s.code = ANY(%(touched)s::text[])
RETURNING s.code, s.id, s.version;

-- name: raise_siblings
-- A product is shown with each of its SKUs: who has seen one of them has not seen the product's change. Parameters: product_codes text[],
-- written text[] (codes of SKUs raised already). Locks: the rows.
UPDATE sku s SET version = s.version + 1 FROM product p
WHERE p.code = ANY(%(product_codes)s::text[]) AND s.product_id = p.id AND s.code <> ALL(%(written)s::text[]);

-- name: remove_barcodes
-- Parameters: barcodes text[]. Locks: the rows.
DELETE FROM sku_barcode WHERE barcode = ANY(%(barcodes)s::text[]);

-- name: add_barcodes
-- Parameters: parallel arrays barcode, sku_id.
INSERT INTO sku_barcode (barcode, sku_id) SELECT * FROM unnest(%(barcode)s::text[], %(sku_id)s::bigint[]);

-- name: parts_of
-- Parameters: bundle_ids bigint[]. No locks.
SELECT bundle_id, part_id, quantity, price_share FROM bundle_part WHERE bundle_id = ANY(%(bundle_ids)s::bigint[]);

-- name: remove_parts
-- Parameters: bundle_ids bigint[]. Locks: the rows.
DELETE FROM bundle_part WHERE bundle_id = ANY(%(bundle_ids)s::bigint[]);

-- name: add_parts
-- Parameters: parallel arrays.
INSERT INTO bundle_part (bundle_id, part_id, quantity, price_share)
SELECT * FROM unnest(%(bundle_id)s::bigint[], %(part_id)s::bigint[], %(quantity)s::integer[], %(price_share)s::integer[]);

-- name: raise_skus
-- Parameters: ids bigint[]. Locks: the rows.
UPDATE sku SET version = version + 1 WHERE id = ANY(%(ids)s::bigint[]) RETURNING id, version;

-- name: shops_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id FROM shop WHERE code = ANY(%(codes)s::text[]);

-- name: listings_by_key
-- Parameters: parallel arrays shop_id, item_ref, sku_ref. Locks: the rows, in key order.
SELECT l.shop_id, l.item_ref, l.sku_ref, l.id, l.sku_id, l.version, l.merchant_code, l.title
FROM listing l JOIN unnest(%(shop_id)s::bigint[], %(item_ref)s::text[], %(sku_ref)s::text[]) AS w (shop_id, item_ref, sku_ref)
  ON l.shop_id = w.shop_id AND l.item_ref = w.item_ref AND l.sku_ref = w.sku_ref
ORDER BY l.id
FOR NO KEY UPDATE OF l;

-- name: put_listings
-- Another worker may have met the listing in an order meanwhile. Parameters: parallel arrays. Locks: the rows.
INSERT INTO listing AS l (id, shop_id, item_ref, sku_ref, merchant_code, title, sku_id)
SELECT * FROM unnest(%(id)s::bigint[], %(shop_id)s::bigint[], %(item_ref)s::text[], %(sku_ref)s::text[], %(merchant_code)s::text[],
                     %(title)s::text[], %(sku_id)s::bigint[]) AS w (id, shop_id, item_ref, sku_ref, merchant_code, title, sku_id)
ORDER BY shop_id, item_ref, sku_ref
ON CONFLICT (shop_id, item_ref, sku_ref) DO UPDATE SET
    sku_id = excluded.sku_id, title = excluded.title, merchant_code = excluded.merchant_code, version = l.version + 1
WHERE (l.sku_id, l.title, l.merchant_code) IS DISTINCT FROM (excluded.sku_id, excluded.title, excluded.merchant_code)
RETURNING l.shop_id, l.item_ref, l.sku_ref, l.id, l.version;

-- name: put_bans
-- Returns the pairs that are new. Parameters: parallel arrays goods_class, region.
INSERT INTO goods_ban (goods_class, region) SELECT * FROM unnest(%(goods_class)s::text[], %(region)s::text[])
ON CONFLICT DO NOTHING RETURNING goods_class, region;

-- name: skus_of_classes
-- Ids. Parameters: goods_classes text[].
SELECT id FROM sku WHERE goods_class = ANY(%(goods_classes)s::text[]);

-- name: lift_bans
-- Returns the pairs that were there. Parameters: parallel arrays goods_class, region. Locks: the rows.
DELETE FROM goods_ban b USING unnest(%(goods_class)s::text[], %(region)s::text[]) AS w (goods_class, region)
WHERE b.goods_class = w.goods_class AND b.region = w.region RETURNING b.goods_class, b.region;
