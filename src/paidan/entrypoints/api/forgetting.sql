-- name: forget_answers
-- Parameters: before. Locks: the rows; those locked by others are passed by.
DELETE FROM idempotency_key WHERE (caller, key) IN (
    SELECT caller, key FROM idempotency_key WHERE created_at < %(before)s ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
);

-- name: forget_job_rows
-- Rows of bulk jobs that ended before an instant and can no longer be undone. Parameters: before, limit. Locks: the rows; others' are passed by.
DELETE FROM job_row WHERE (job_id, n) IN (
    SELECT r.job_id, r.n FROM job j JOIN job_row r ON r.job_id = j.id
    WHERE j.ended_at < %(before)s AND (j.undo_until IS NULL OR j.undo_until < %(before)s)
    ORDER BY j.id LIMIT %(limit)s FOR UPDATE OF r SKIP LOCKED
);

-- name: forget_jobs
-- ... then the jobs themselves, and the files they have made. Parameters: before, limit. Locks: the rows; others' are passed by.
WITH old AS (
    SELECT id FROM job j
    WHERE ended_at < %(before)s AND (undo_until IS NULL OR undo_until < %(before)s) AND NOT EXISTS (SELECT FROM job_row r WHERE r.job_id = j.id)
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), files AS (
    DELETE FROM job_file WHERE job_id IN (SELECT id FROM old)
)
DELETE FROM job WHERE id IN (SELECT id FROM old);

-- name: forget_failures
-- Failed sign-ins of windows long over. Parameters: limit. Locks: the rows; others' are passed by.
DELETE FROM sign_in_failure WHERE subject IN (
    SELECT subject FROM sign_in_failure WHERE since < clock_timestamp() - interval '1 day' LIMIT %(limit)s FOR UPDATE SKIP LOCKED
);
