-- What an order's history names by id. One statement; personal data comes masked.

-- name: named
-- Kind, key and up to three words of everything asked for. Of warehouses, and orders of fulfilments, only what the caller sees.
-- Parameters: warehouses_named, carriers, skus, receivers, fulfilments, parcels (bigint[]), people, systems, rules (text[]), shops, warehouses.
SELECT 'warehouse', id::text, code, name, '' FROM warehouse
WHERE id = ANY(%(warehouses_named)s::bigint[]) AND (%(warehouses)s::bigint[] IS NULL OR id = ANY(%(warehouses)s))
UNION ALL SELECT 'carrier', id::text, code, name, '' FROM carrier WHERE id = ANY(%(carriers)s::bigint[])
UNION ALL SELECT 'sku', id::text, code, name, '' FROM sku WHERE id = ANY(%(skus)s::bigint[])
UNION ALL SELECT 'receiver', id::text, name_mask, phone_mask, province || city || district FROM receiver WHERE id = ANY(%(receivers)s::bigint[])
UNION ALL SELECT 'fulfilment', f.id::text, f.order_id::text, o.order_no, w.name
FROM fulfilment f JOIN sales_order o ON o.id = f.order_id JOIN warehouse w ON w.id = f.warehouse_id
WHERE f.id = ANY(%(fulfilments)s::bigint[])
  AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
UNION ALL SELECT 'parcel', p.id::text, p.tracking_no, '', ''
FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id
WHERE p.id = ANY(%(parcels)s::bigint[])
  AND (%(shops)s::bigint[] IS NULL OR f.shop_id = ANY(%(shops)s))
  AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
UNION ALL SELECT 'person', name, title, '', '' FROM person WHERE name = ANY(%(people)s::text[])
UNION ALL SELECT 'system', c.code, string_agg(w.name, '、' ORDER BY w.code), count(*)::text, ''
FROM connection c JOIN warehouse w ON w.connection_id = c.id
WHERE c.code = ANY(%(systems)s::text[]) AND (%(warehouses)s::bigint[] IS NULL OR w.id = ANY(%(warehouses)s))
GROUP BY c.code
UNION ALL SELECT 'rule', p.kind || '@' || p.version || '#' || (r.rule ->> 'id'), r.rule ->> 'name_zh', r.rule ->> 'name_en', ''
FROM policy p CROSS JOIN LATERAL jsonb_array_elements(p.body -> 'rules') AS r (rule)
WHERE p.kind || '@' || p.version || '#' || (r.rule ->> 'id') = ANY(%(rules)s::text[])
  AND p.version = ANY(SELECT substring(w.rule FROM '@([0-9]{1,9})#')::int FROM unnest(%(rules)s::text[]) AS w (rule))
UNION ALL SELECT 'flag', f.n::text, f.word, '', ''
FROM setting s CROSS JOIN LATERAL jsonb_array_elements_text(s.value -> 'words') WITH ORDINALITY AS f (word, n) WHERE s.key = 'order_flags';
