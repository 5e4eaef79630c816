-- name: try_keys
-- Whether each key is free of other requests in flight; taken until the transaction ends, never waits. Parameters: parallel arrays callers, keys.
-- Locks: advisory, per key.
SELECT w.n, pg_try_advisory_xact_lock(hashtext('idempotency'), hashtext(current_schema() || '/' || w.caller || '/' || w.key))
FROM unnest(%(callers)s::text[], %(keys)s::text[]) WITH ORDINALITY AS w (caller, key, n)
ORDER BY w.caller, w.key;

-- name: first_answers
-- What was answered before. Parameters: parallel arrays callers, keys. The keys are locked.
SELECT w.n, i.request_digest, i.status, i.answer
FROM unnest(%(callers)s::text[], %(keys)s::text[]) WITH ORDINALITY AS w (caller, key, n)
JOIN idempotency_key i USING (caller, key);

-- name: keep_answers
-- Parameters: parallel arrays caller, key, request_digest, status, answer; now.
INSERT INTO idempotency_key (caller, key, request_digest, status, answer, created_at)
SELECT *, %(now)s FROM unnest(%(caller)s::text[], %(key)s::text[], %(request_digest)s::bytea[], %(status)s::smallint[], %(answer)s::bytea[]);
