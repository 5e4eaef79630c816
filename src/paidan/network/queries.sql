-- name: shops
-- The active shops, each with the warehouses that serve it (none: all). No locks.
SELECT s.id, s.code, s.name, s.platform, s.shop_group, s.currency, s.time_zone, s.connection_id, s.account_ref, s.doors, s.merge_window_s,
       s.safety_quantity, ARRAY(SELECT w.warehouse_id FROM shop_warehouse w WHERE w.shop_id = s.id ORDER BY 1), s.pushes_stock
FROM shop s WHERE s.is_active ORDER BY s.id;

-- name: warehouses
SELECT w.id, w.code, w.name, w.kind, w.connection_id, w.province, w.city, w.district, w.detail, w.longitude, w.latitude, w.priority,
       w.handling_order_minor, w.handling_unit_minor, w.time_zone, w.cut_off, w.work_days, w.is_active,
       ARRAY(SELECT a.region FROM warehouse_area a WHERE a.warehouse_id = w.id ORDER BY a.region)
FROM warehouse w ORDER BY w.id;

-- name: carriers
SELECT id, code, name, code_by_system FROM carrier WHERE is_active ORDER BY id;

-- name: freight_tiers
SELECT t.id, t.carrier_id, t.warehouse_id, t.region, t.first_g, t.first_minor, t.step_g, t.step_minor, t.weight_g_max, t.transit_h
FROM freight_tier t JOIN carrier c ON c.id = t.carrier_id AND c.is_active ORDER BY t.id;

-- name: state_translations
SELECT protocol, subject, code, meaning FROM state_translation;

-- name: raise_network_version
UPDATE cache_version SET version = version + 1 WHERE subject = 'network';

-- name: connections
-- How counterparts are talked to, secrets sealed. No locks.
SELECT id, code, protocol, url, account, secrets FROM connection WHERE is_active ORDER BY id;

-- name: secrets_of_shop
-- Sealed, and the account they belong to. Parameters: code. No locks.
SELECT s.id, s.secrets, s.platform, s.account_ref, COALESCE(c.code, '') FROM shop s LEFT JOIN connection c ON c.id = s.connection_id
WHERE s.code = %(code)s;
