-- name: ask_back
-- Marks fulfilments that are at a warehouse as being recalled; those already shipped, rejected or recalled are not touched.
-- Parameters: parallel arrays ids, reasons. Locks the rows in key order by the sub-select.
UPDATE fulfilment f SET state = 50, path = '{50}', recall_reason = w.reason, version = f.version + 1
FROM (
    SELECT f.id, w.reason FROM fulfilment f
    JOIN unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS w (id, reason) USING (id)
    WHERE f.state IN (30, 40) ORDER BY f.id FOR NO KEY UPDATE OF f
) w
WHERE f.id = w.id
RETURNING f.id, f.warehouse_id;
