-- name: cache_versions
-- What caches compare inside the transaction of a decision. No locks.
SELECT subject, version FROM cache_version;

-- name: raise_catalog_version
UPDATE cache_version SET version = version + 1 WHERE subject = 'catalog';

-- name: resolve_listings
-- The listing and SKU of what platforms name; unknown listings come with the SKU that has the merchant code. Parameters: parallel arrays. No locks.
SELECT w.n, l.id, CASE WHEN l.id IS NULL THEN s.id ELSE l.sku_id END
FROM unnest(%(shop_ids)s::bigint[], %(item_refs)s::text[], %(sku_refs)s::text[], %(merchant_codes)s::text[])
  WITH ORDINALITY AS w (shop_id, item_ref, sku_ref, merchant_code, n)
LEFT JOIN listing l USING (shop_id, item_ref, sku_ref)
LEFT JOIN sku s ON l.id IS NULL AND w.merchant_code <> '' AND s.code = w.merchant_code;

-- name: insert_listings
-- Listings met for the first time in an order. Another worker may have met them too. Parameters: parallel arrays.
INSERT INTO listing (id, shop_id, item_ref, sku_ref, merchant_code, title, sku_id)
SELECT w.* FROM unnest(%(id)s::bigint[], %(shop_id)s::bigint[], %(item_ref)s::text[], %(sku_ref)s::text[], %(merchant_code)s::text[],
                       %(title)s::text[], %(sku_id)s::bigint[]) AS w (id, shop_id, item_ref, sku_ref, merchant_code, title, sku_id)
ORDER BY shop_id, item_ref, sku_ref
ON CONFLICT (shop_id, item_ref, sku_ref) DO NOTHING;

-- name: listing_skus
-- Parameters: listing_ids bigint[]. No locks.
SELECT id, sku_id FROM listing WHERE id = ANY(%(listing_ids)s::bigint[]);

-- name: skus
-- Parameters: sku_ids bigint[]. No locks.
SELECT id, code, name, kind, goods_class, weight_g, volume_cm3, is_on_sale, version FROM sku WHERE id = ANY(%(sku_ids)s::bigint[]);

-- name: bundle_parts
-- Parameters: bundle_ids bigint[]. No locks.
SELECT bundle_id, part_id, quantity, price_share FROM bundle_part WHERE bundle_id = ANY(%(bundle_ids)s::bigint[]) ORDER BY bundle_id, part_id;

-- name: goods_bans
SELECT goods_class, region FROM goods_ban;
