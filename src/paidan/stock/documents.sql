-- Stock documents (单据): entry orders, adjustments, counts. Written by stock/documents.py only.

-- name: copy_documents
COPY document (id, kind, state, path, warehouse_id, reference, expected_at, created_at, created_by) FROM STDIN

-- name: copy_document_lines
COPY document_line (document_id, line_no, sku_id, planned, done) FROM STDIN

-- name: lock_documents
-- Documents, locked in key order. Parameters: ids bigint[].
SELECT id, kind, state, warehouse_id, reference, wms_ref, expected_at, created_at FROM document WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: read_documents
-- The same without locks. Parameters: ids bigint[].
SELECT id, kind, state, warehouse_id, reference, wms_ref, expected_at, created_at FROM document WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id;

-- name: document_lines
-- Parameters: ids bigint[] of documents. No locks.
SELECT document_id, line_no, sku_id, planned, done FROM document_line WHERE document_id = ANY(%(ids)s::bigint[]) ORDER BY document_id, line_no;

-- name: update_documents
-- Parameters: parallel arrays. The rows are locked.
UPDATE document d SET state = w.state, path = w.path::smallint[], wms_ref = w.wms_ref, version = d.version + 1
FROM unnest(%(id)s::bigint[], %(state)s::smallint[], %(path)s::text[], %(wms_ref)s::text[]) AS w (id, state, path, wms_ref)
WHERE d.id = w.id;

-- name: put_document_lines
-- What was done of each line; lines nobody had planned are added. Parameters: parallel arrays. Their documents are locked.
INSERT INTO document_line (document_id, line_no, sku_id, planned, done)
SELECT * FROM unnest(%(document_id)s::bigint[], %(line_no)s::smallint[], %(sku_id)s::bigint[], %(planned)s::integer[], %(done)s::integer[])
ON CONFLICT (document_id, line_no) DO UPDATE SET done = excluded.done;

-- name: times_entered
-- How often these documents have entered each line: the highest sequence. Parameters: ids bigint[], kind. The documents are locked.
SELECT document_id, document_line, max(sequence) FROM entry WHERE document_id = ANY(%(ids)s::bigint[]) AND kind = %(kind)s GROUP BY 1, 2;

-- name: on_hand
-- Units there now. Parameters: parallel arrays sku_ids, warehouse_ids, grades. No locks: the rows are locked.
SELECT b.sku_id, b.warehouse_id, b.grade, b.on_hand
FROM balance b
JOIN unnest(%(sku_ids)s::bigint[], %(warehouse_ids)s::bigint[], %(grades)s::smallint[]) AS w (sku_id, warehouse_id, grade)
  ON b.sku_id = w.sku_id AND b.warehouse_id = w.warehouse_id AND b.grade = w.grade
WHERE b.owner_id = 0 AND b.lot_id = 0;
