-- name: forget_answers
-- Parameters: before. Locks: the rows; those locked by others are passed by.
DELETE FROM idempotency_key WHERE (caller, key) IN (
    SELECT caller, key FROM idempotency_key WHERE created_at < %(before)s ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
);
