-- Questions to the platform's push database (RDS, table jdp_tb_trade), which is not ours: read only, no locks.

-- name: changed_trades
-- The next trades after the place (jdp_modified, tid), oldest change first, no later than `until`. Times are China local time without zone.
-- Parameters: after_modified, after_tid, until, row_count. Wants an index on (jdp_modified).
SELECT tid, modified, jdp_modified, jdp_response::text
FROM jdp_tb_trade
WHERE (jdp_modified, tid) > (%(after_modified)s::timestamp, %(after_tid)s::bigint)
  AND jdp_modified <= %(until)s::timestamp
ORDER BY jdp_modified, tid
LIMIT %(row_count)s;
