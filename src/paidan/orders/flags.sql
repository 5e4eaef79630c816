-- What the merchant's flags mean.

-- name: read_flag_words
-- The words and their version. No locks.
SELECT value::text, version FROM setting WHERE key = 'order_flags';

-- name: write_flag_words
-- Parameters: value (JSON), seen (the version that is replaced; NULL: any). Locks the row. No row: another version is in force.
INSERT INTO setting (key, value, version) VALUES ('order_flags', %(value)s::text::jsonb, 1)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = setting.version + 1
WHERE %(seen)s::integer IS NULL OR setting.version = %(seen)s
RETURNING version;
