-- name: find_key
-- The key of this prefix. Parameters: prefix. No locks.
SELECT id, name, digest, scopes, expires_at, revoked_at FROM api_key WHERE prefix = %(prefix)s;

-- name: add_key
-- Parameters: id, name, prefix, digest, scopes, now, expires_at.
INSERT INTO api_key (id, name, prefix, digest, scopes, created_at, expires_at)
VALUES (%(id)s, %(name)s, %(prefix)s, %(digest)s, %(scopes)s::text[], %(now)s, %(expires_at)s);

-- name: list_keys
-- All keys, newest first; never what they are. No locks.
SELECT id::text AS id, name, prefix, scopes, created_at, expires_at, revoked_at FROM api_key
WHERE (%(after)s::bigint IS NULL OR id < %(after)s) ORDER BY id DESC LIMIT %(limit)s;

-- name: revoke_key
-- Parameters: id, now. Locks: the row.
UPDATE api_key SET revoked_at = COALESCE(revoked_at, %(now)s) WHERE id = %(id)s RETURNING id;
