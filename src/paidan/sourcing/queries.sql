-- name: read_sourcing
-- The merchant's way of sourcing, and its version. No locks.
SELECT value::text, version FROM setting WHERE key = 'sourcing';

-- name: write_sourcing
-- Parameters: value (JSON), seen (the version that is replaced; NULL: any). Locks the row; every decision from the next transaction on goes by it.
-- No row: another version is in force.
INSERT INTO setting (key, value, version) VALUES ('sourcing', %(value)s::text::jsonb, 1)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = setting.version + 1
WHERE %(seen)s::integer IS NULL OR setting.version = %(seen)s
RETURNING version;

-- name: raise_rules_version
UPDATE cache_version SET version = version + 1 WHERE subject = 'rules';
