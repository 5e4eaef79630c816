-- name: find_key
-- The key of this prefix. Parameters: prefix. No locks.
SELECT id, name, digest, scopes, expires_at, revoked_at, shop_ids, warehouse_ids FROM api_key WHERE prefix = %(prefix)s;

-- name: add_key
-- Parameters: id, name, prefix, digest, scopes, now, expires_at, shop_ids, warehouse_ids.
INSERT INTO api_key (id, name, prefix, digest, scopes, created_at, expires_at, shop_ids, warehouse_ids)
VALUES (%(id)s, %(name)s, %(prefix)s, %(digest)s, %(scopes)s::text[], %(now)s, %(expires_at)s, %(shop_ids)s::bigint[], %(warehouse_ids)s::bigint[]);

-- name: list_keys
-- All keys, newest first; never what they are. No locks.
SELECT k.id::text AS id, k.name, k.prefix, k.scopes, k.created_at, k.expires_at, k.revoked_at,
       CASE WHEN k.shop_ids IS NOT NULL THEN ARRAY(SELECT s.code FROM shop s WHERE s.id = ANY(k.shop_ids) ORDER BY s.code) END AS shops,
       CASE WHEN k.warehouse_ids IS NOT NULL THEN ARRAY(SELECT w.code FROM warehouse w WHERE w.id = ANY(k.warehouse_ids) ORDER BY w.code) END AS warehouses
FROM api_key k
WHERE (%(after)s::bigint IS NULL OR k.id < %(after)s) ORDER BY k.id DESC LIMIT %(limit)s;

-- name: revoke_key
-- Parameters: id, now. Locks: the row.
UPDATE api_key SET revoked_at = COALESCE(revoked_at, %(now)s) WHERE id = %(id)s RETURNING id;
