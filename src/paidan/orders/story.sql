-- name: find_order
-- By our number, the platform's number, or id. Parameters: text.
SELECT k.order_id FROM order_key k
WHERE k.order_no = %(text)s OR k.platform_order_no = %(text)s
LIMIT 2;

-- name: story_head
SELECT o.order_no, o.platform_order_no, s.code, s.name, s.platform, o.state, o.waits_for, o.placed_at, o.paid_at, o.ship_by_at, o.currency, o.paid_minor,
       r.name_mask, r.phone_mask, r.province, r.city, r.district, s.time_zone
FROM sales_order o JOIN shop s ON s.id = o.shop_id LEFT JOIN receiver r ON r.id = o.receiver_id
WHERE o.id = %(id)s;

-- name: story_lines
SELECT l.line_no, l.kind, COALESCE(k.code, li.merchant_code, ''), COALESCE(k.name, li.title, ''), l.quantity, l.payable_minor,
       l.open, l.short, l.reserved, l.in_fulfilment, l.shipped, l.cancelled, l.refund
FROM order_line l LEFT JOIN sku k ON k.id = l.sku_id LEFT JOIN listing li ON li.id = l.listing_id
WHERE l.order_id = %(id)s ORDER BY l.line_no;

-- name: story_holds
SELECT reason, origin, note, opened_at, closed_at, closed_by, close_note FROM hold WHERE order_id = %(id)s ORDER BY id;

-- name: story_fulfilments
SELECT f.id, f.attempt, f.state, w.code, w.name, c.name, f.weight_g, f.freight_minor, f.merged_into_id, f.released_at, f.shipped_at, f.delivered_at
FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id JOIN carrier c ON c.id = f.carrier_id
WHERE f.order_id = %(id)s ORDER BY f.id;

-- name: story_parcels
SELECT p.tracking_no, c.name, p.state, p.shipped_at, p.delivered_at
FROM parcel p JOIN carrier c ON c.id = p.carrier_id
WHERE p.id IN (SELECT parcel_id FROM parcel_line WHERE order_id = %(id)s) ORDER BY p.id;

-- name: story_timeline
SELECT at, actor, detail FROM timeline WHERE order_id = %(id)s ORDER BY at, id;

-- name: story_places
SELECT id, code, name FROM warehouse;

-- name: story_carriers
SELECT id, name FROM carrier;
