-- Parcels and their tracks, and the marks that shipping leaves on fulfilments. Written by orders/parcels.py only.

-- name: parcels_known
-- Parcels of these fulfilments and parcels of these carriers and numbers, with the orders each carries something of.
-- Parameters: fulfilment_ids bigint[]; parallel arrays carrier_ids, tracking_nos. No locks: their fulfilments are locked.
SELECT p.id, p.fulfilment_id, p.carrier_id, p.tracking_no, p.state, ARRAY(SELECT DISTINCT l.order_id FROM parcel_line l WHERE l.parcel_id = p.id)
FROM parcel p
WHERE p.id IN (
    SELECT k.id FROM parcel k WHERE k.fulfilment_id = ANY(%(fulfilment_ids)s::bigint[])
    UNION
    SELECT k.id FROM unnest(%(carrier_ids)s::bigint[], %(tracking_nos)s::text[]) AS w (carrier_id, tracking_no)
    JOIN parcel k ON k.carrier_id = w.carrier_id AND k.tracking_no = w.tracking_no
)
ORDER BY p.id;

-- name: copy_parcels
COPY parcel (id, fulfilment_id, carrier_id, tracking_no, weight_g, shipped_at) FROM STDIN

-- name: add_parcel_lines
-- What went into parcels; more of the same line into the same parcel adds up. Parameters: parallel arrays, ordered. Locks: rows added to.
INSERT INTO parcel_line AS l (parcel_id, order_id, line_no, fulfilment_id, quantity)
SELECT * FROM unnest(%(parcel_id)s::bigint[], %(order_id)s::bigint[], %(line_no)s::smallint[], %(fulfilment_id)s::bigint[], %(quantity)s::integer[])
ON CONFLICT (parcel_id, fulfilment_id, line_no) DO UPDATE SET quantity = l.quantity + excluded.quantity;

-- name: mark_told
-- What of these orders lies in these parcels is known to their platforms, since the first time it was so. Parameters: parallel arrays parcel_ids,
-- order_ids (ordered); now. Locks: the rows.
UPDATE parcel_line l SET told_at = %(now)s
FROM unnest(%(parcel_ids)s::bigint[], %(order_ids)s::bigint[]) AS w (parcel_id, order_id)
WHERE l.parcel_id = w.parcel_id AND l.order_id = w.order_id AND l.told_at IS NULL;

-- name: mark_accepted
-- The warehouse's own number of a fulfilment, the first it tells. Parameters: parallel arrays ids, wms_refs. The rows are locked.
UPDATE fulfilment f SET wms_ref = w.wms_ref
FROM unnest(%(ids)s::bigint[], %(wms_refs)s::text[]) AS w (id, wms_ref)
WHERE f.id = w.id AND f.wms_ref IS DISTINCT FROM w.wms_ref;

-- name: mark_shipped
-- When the first parcel of a fulfilment left. Parameters: parallel arrays ids, ats. The rows are locked.
UPDATE fulfilment f SET shipped_at = w.at
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS w (id, at)
WHERE f.id = w.id AND f.shipped_at IS NULL;

-- name: mark_delivered
-- Parameters: parallel arrays ids, ats. The rows are locked.
UPDATE fulfilment f SET delivered_at = w.at
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS w (id, at)
WHERE f.id = w.id AND f.delivered_at IS NULL;

-- name: lock_parcels
-- Parcels by carrier and number, locked in key order, with the orders they carry. Parameters: parallel arrays carrier_ids, tracking_nos.
SELECT p.id, p.fulfilment_id, p.carrier_id, p.tracking_no, p.state, ARRAY(SELECT DISTINCT l.order_id FROM parcel_line l WHERE l.parcel_id = p.id)
FROM parcel p
WHERE p.id IN (
    SELECT k.id FROM unnest(%(carrier_ids)s::bigint[], %(tracking_nos)s::text[]) AS w (carrier_id, tracking_no)
    JOIN parcel k ON k.carrier_id = w.carrier_id AND k.tracking_no = w.tracking_no
)
ORDER BY p.id
FOR NO KEY UPDATE OF p;

-- name: tracks
-- What is known of the tracks of parcels. Parameters: ids bigint[]. No locks: their parcels are locked.
SELECT parcel_id, event_key, at, code FROM tracking_event WHERE parcel_id = ANY(%(ids)s::bigint[]);

-- name: add_tracking_events
-- Scans told for the first time; the rest were told before. Parameters: parallel arrays.
INSERT INTO tracking_event (parcel_id, event_key, at, code, state, text)
SELECT * FROM unnest(%(parcel_id)s::bigint[], %(event_key)s::bytea[], %(at)s::timestamptz[], %(code)s::text[], %(state)s::smallint[], %(text)s::text[])
ON CONFLICT DO NOTHING;

-- name: update_parcels
-- Where parcels stand now. Parameters: parallel arrays ids, states, delivered_ats. The rows are locked.
UPDATE parcel p SET state = w.state, delivered_at = COALESCE(p.delivered_at, w.delivered_at), version = p.version + 1
FROM unnest(%(ids)s::bigint[], %(states)s::smallint[], %(delivered_ats)s::timestamptz[]) AS w (id, state, delivered_at)
WHERE p.id = w.id;

-- name: arrived_fulfilments
-- Of the fulfilments of these parcels, those whose every parcel was delivered, and when the last was. Parameters: fulfilment_ids bigint[]. No locks.
SELECT p.fulfilment_id, max(p.delivered_at)
FROM parcel p WHERE p.fulfilment_id = ANY(%(fulfilment_ids)s::bigint[])
GROUP BY p.fulfilment_id
HAVING bool_and(p.state = 90);
