-- Policy versions. A published version is never changed but for its end; the highest version in force wins.
-- A version in force from the beginning of time has '-infinity' in its row and None in Python.

-- name: read_effective_policy
-- Purpose: the version of a policy in force at an instant. Parameters: kind, at. Locks: none. Rows: 0 or 1.
SELECT version, body::text, nullif(effective_from, '-infinity') AS effective_from, effective_until
FROM policy
WHERE kind = %(kind)s
  AND effective_from <= %(at)s
  AND (effective_until IS NULL OR effective_until > %(at)s)
ORDER BY version DESC
LIMIT 1;

-- name: read_policy_version
-- Purpose: one version, whether in force or not. Parameters: kind, version. Locks: none. Rows: 0 or 1.
SELECT version, body::text, nullif(effective_from, '-infinity') AS effective_from, effective_until
FROM policy
WHERE kind = %(kind)s AND version = %(version)s;

-- name: list_policy_versions
-- Purpose: who published which version when, newest first, without the rules. Parameters: kind, below (versions under this one), limit. Locks: none.
SELECT version, nullif(effective_from, '-infinity') AS effective_from, effective_until, published_at, published_by, note
FROM policy
WHERE kind = %(kind)s AND version < %(below)s
ORDER BY version DESC
LIMIT %(limit)s;

-- name: publish_policy
-- Purpose: add the next version; no row comes back when somebody else took the number. Parameters: kind, version, body, effective_from,
-- effective_until, published_at, published_by, note. Locks: the new key.
INSERT INTO policy (kind, version, body, effective_from, effective_until, published_at, published_by, note)
SELECT %(kind)s, %(version)s, %(body)s::jsonb, coalesce(%(effective_from)s, '-infinity'::timestamptz), %(effective_until)s, %(published_at)s, %(published_by)s, %(note)s
WHERE %(version)s = (SELECT coalesce(max(version), 0) + 1 FROM policy WHERE kind = %(kind)s)
ON CONFLICT (kind, version) DO NOTHING
RETURNING version;

-- name: end_policy
-- Purpose: let a version end at an instant. Parameters: kind, version, until. Locks: its row.
UPDATE policy
SET effective_until = %(until)s
WHERE kind = %(kind)s
  AND version = %(version)s
  AND effective_from < %(until)s
RETURNING version;

-- name: bump_rules
-- Purpose: tell running passes to read the policies again. Parameters: none. Locks: the row of 'rules', until the end of the transaction.
UPDATE cache_version SET version = version + 1 WHERE subject = 'rules';
