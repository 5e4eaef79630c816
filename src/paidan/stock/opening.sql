-- name: opening_places
-- Ids of SKUs and warehouses by code. Parameters: sku_codes text[], warehouse_codes text[]. No locks.
SELECT 's', code, id, kind FROM sku WHERE code = ANY(%(sku_codes)s::text[])
UNION ALL SELECT 'w', code, id, '' FROM warehouse WHERE code = ANY(%(warehouse_codes)s::text[]);

-- name: opened_before
-- Balances that were opened before: once is enough. Parameters: parallel arrays sku_ids, warehouse_ids, grades. Their balances are locked.
SELECT DISTINCT e.sku_id, e.warehouse_id, e.grade
FROM entry e JOIN unnest(%(sku_ids)s::bigint[], %(warehouse_ids)s::bigint[], %(grades)s::smallint[]) AS w (sku_id, warehouse_id, grade)
  ON e.sku_id = w.sku_id AND e.warehouse_id = w.warehouse_id AND e.grade = w.grade
WHERE e.kind = 'opening';

-- name: add_documents
-- Opening documents are done when they are born. Parameters: parallel arrays id, warehouse_id; reference, now, by.
INSERT INTO document (id, kind, state, path, warehouse_id, reference, created_at, created_by)
SELECT id, 'opening', 70, '{30,70}', warehouse_id, %(reference)s, %(now)s, %(by)s
FROM unnest(%(id)s::bigint[], %(warehouse_id)s::bigint[]) AS w (id, warehouse_id);

-- name: add_document_lines
-- Parameters: parallel arrays.
INSERT INTO document_line (document_id, line_no, sku_id, planned, done)
SELECT document_id, line_no, sku_id, quantity, quantity
FROM unnest(%(document_id)s::bigint[], %(line_no)s::smallint[], %(sku_id)s::bigint[], %(quantity)s::integer[]) AS w (document_id, line_no, sku_id, quantity);
