-- name: what_is_due
-- One look before anything is turned: which parts have something to do at this business instant. Partial indexes answer; no locks.
-- Parameters: now; chores: how many there are.
SELECT
    EXISTS (SELECT 1 FROM sales_order WHERE due_at IS NOT NULL AND due_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM message WHERE state = 0 AND direction = 'i' AND bucket BETWEEN 0 AND 63) AS orders,
    EXISTS (SELECT 1 FROM message WHERE state = 0 AND direction = 'i' AND bucket BETWEEN 64 AND 127) AS warehouse_messages,
    EXISTS (SELECT 1 FROM message WHERE state = 0 AND direction = 'i' AND bucket BETWEEN 128 AND 191) AS tracking_messages,
    EXISTS (SELECT 1 FROM fulfilment WHERE release_due_at IS NOT NULL AND release_due_at <= %(now)s) AS release,
    -- What another worker is sending is no work of ours until its lease has run out.
    EXISTS (SELECT 1 FROM outbox WHERE state IN (0, 3) AND due_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM outbox_lease WHERE until < clock_timestamp()) AS send,
    EXISTS (SELECT 1 FROM stock_change WHERE NOT is_woken) AS wake,
    EXISTS (SELECT 1 FROM stock_change WHERE NOT is_pushed)
        OR EXISTS (SELECT 1 FROM listing_stock WHERE is_dirty AND (due_at IS NULL OR due_at <= %(now)s)) AS push,
    EXISTS (SELECT 1 FROM shop_cursor WHERE wanted_at IS NOT NULL AND (pulled_at IS NULL OR pulled_at < wanted_at)) AS reads,
    (SELECT COUNT(*) FROM chore WHERE due_at > clock_timestamp()) < %(chores)s AS chores,
    (SELECT SUM(version) FROM cache_version) AS versions;
