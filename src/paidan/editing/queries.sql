-- name: goods_by_code
-- SKUs by code, or those that lines have or had. Parameters: codes text[], ids bigint[]. No locks.
SELECT id, code, kind FROM sku WHERE code = ANY(%(codes)s::text[]) OR id = ANY(%(ids)s::bigint[]);
