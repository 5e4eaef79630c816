-- Writes of the network. Each is one statement for any number of rows: parallel arrays. `lock_network` comes first: writers of the network
-- take turns, readers (passes) are never stopped.

-- name: lock_network
-- Locks: the network's version row, until the transaction ends.
SELECT version FROM cache_version WHERE subject = 'network' FOR NO KEY UPDATE;

-- name: raise_network
-- Locks: held since lock_network.
UPDATE cache_version SET version = version + 1 WHERE subject = 'network';

-- name: connections_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id, version, protocol, secrets IS NOT NULL FROM connection WHERE code = ANY(%(codes)s::text[]);

-- name: shops_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id, version FROM shop WHERE code = ANY(%(codes)s::text[]);

-- name: warehouses_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id, version FROM warehouse WHERE code = ANY(%(codes)s::text[]);

-- name: carriers_by_code
-- Parameters: codes text[]. No locks.
SELECT code, id, version FROM carrier WHERE code = ANY(%(codes)s::text[]);

-- name: put_connections
-- Secrets not told stay. Parameters: parallel arrays. Locks: the rows.
INSERT INTO connection AS c (id, code, protocol, url, account, secrets, is_active)
SELECT id, code, protocol, url, account::jsonb, secrets, is_active
FROM unnest(%(id)s::bigint[], %(code)s::text[], %(protocol)s::text[], %(url)s::text[], %(account)s::text[], %(secrets)s::bytea[], %(is_active)s::boolean[])
  AS w (id, code, protocol, url, account, secrets, is_active)
ON CONFLICT (code) DO UPDATE SET
    protocol = excluded.protocol, url = excluded.url, account = excluded.account, secrets = COALESCE(excluded.secrets, c.secrets),
    is_active = excluded.is_active, version = c.version + 1
WHERE (c.protocol, c.url, c.account, c.is_active) IS DISTINCT FROM (excluded.protocol, excluded.url, excluded.account, excluded.is_active)
   OR excluded.secrets IS NOT NULL
RETURNING c.code, c.id, c.version;

-- name: put_shops
-- Secrets not told stay. `touched`: codes whose warehouses change, so that their version is raised. Parameters: parallel arrays; doors as array
-- literals. Locks: the rows.
INSERT INTO shop AS s (id, code, name, platform, shop_group, currency, time_zone, connection_id, account_ref, doors, merge_window_s, safety_quantity,
                       secrets, is_active)
SELECT id, code, name, platform, shop_group, currency, time_zone, connection_id, account_ref, doors::text[], merge_window_s, safety_quantity,
       secrets, is_active
FROM unnest(%(id)s::bigint[], %(code)s::text[], %(name)s::text[], %(platform)s::text[], %(shop_group)s::text[], %(currency)s::text[],
            %(time_zone)s::text[], %(connection_id)s::bigint[], %(account_ref)s::text[], %(doors)s::text[], %(merge_window_s)s::integer[],
            %(safety_quantity)s::integer[], %(secrets)s::bytea[], %(is_active)s::boolean[])
  AS w (id, code, name, platform, shop_group, currency, time_zone, connection_id, account_ref, doors, merge_window_s, safety_quantity, secrets, is_active)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, platform = excluded.platform, shop_group = excluded.shop_group, currency = excluded.currency,
    time_zone = excluded.time_zone, connection_id = excluded.connection_id, account_ref = excluded.account_ref, doors = excluded.doors,
    merge_window_s = excluded.merge_window_s, safety_quantity = excluded.safety_quantity, secrets = COALESCE(excluded.secrets, s.secrets),
    is_active = excluded.is_active, version = s.version + 1
WHERE (s.name, s.platform, s.shop_group, s.currency, s.time_zone, s.connection_id, s.account_ref, s.doors, s.merge_window_s, s.safety_quantity, s.is_active)
      IS DISTINCT FROM (excluded.name, excluded.platform, excluded.shop_group, excluded.currency, excluded.time_zone, excluded.connection_id,
                        excluded.account_ref, excluded.doors, excluded.merge_window_s, excluded.safety_quantity, excluded.is_active)
   OR excluded.secrets IS NOT NULL OR s.code = ANY(%(touched)s::text[])
RETURNING s.code, s.id, s.version;

-- name: switch_stock_push
-- Returns the id when it was the other way round. Its version stays: what the switch says is no part of the record people edit.
-- Parameters: id, is_on. Locks: the row.
UPDATE shop SET pushes_stock = %(is_on)s WHERE id = %(id)s AND pushes_stock <> %(is_on)s RETURNING id;

-- name: keep_stock_push_switch
-- Parameters: id, shop_id, is_on, actor, at.
INSERT INTO stock_push_switch (id, shop_id, is_on, actor, at) VALUES (%(id)s, %(shop_id)s, %(is_on)s, %(actor)s, %(at)s);

-- name: warehouses_of_shops
-- Parameters: shop_ids bigint[]. No locks.
SELECT shop_id, warehouse_id FROM shop_warehouse WHERE shop_id = ANY(%(shop_ids)s::bigint[]) ORDER BY 1, 2;

-- name: remove_shop_warehouses
-- Parameters: shop_ids bigint[]. Locks: the rows.
DELETE FROM shop_warehouse WHERE shop_id = ANY(%(shop_ids)s::bigint[]);

-- name: add_shop_warehouses
-- Parameters: parallel arrays.
INSERT INTO shop_warehouse (shop_id, warehouse_id) SELECT * FROM unnest(%(shop_id)s::bigint[], %(warehouse_id)s::bigint[]);

-- name: put_warehouses
-- `touched`: codes whose areas or days change, so that their version is raised. Parameters: parallel arrays; work_days as array literals. Locks: the rows.
INSERT INTO warehouse AS h (id, code, name, kind, connection_id, country, province, city, district, detail, longitude, latitude, priority,
                            handling_order_minor, handling_unit_minor, time_zone, cut_off, work_days, is_active)
SELECT id, code, name, kind, connection_id, country, province, city, district, detail, longitude, latitude, priority,
       handling_order_minor, handling_unit_minor, time_zone, cut_off, work_days::smallint[], is_active
FROM unnest(%(id)s::bigint[], %(code)s::text[], %(name)s::text[], %(kind)s::text[], %(connection_id)s::bigint[], %(country)s::text[],
            %(province)s::text[], %(city)s::text[], %(district)s::text[], %(detail)s::text[], %(longitude)s::double precision[],
            %(latitude)s::double precision[], %(priority)s::integer[], %(handling_order_minor)s::bigint[], %(handling_unit_minor)s::bigint[],
            %(time_zone)s::text[], %(cut_off)s::time[], %(work_days)s::text[], %(is_active)s::boolean[])
  AS w (id, code, name, kind, connection_id, country, province, city, district, detail, longitude, latitude, priority,
        handling_order_minor, handling_unit_minor, time_zone, cut_off, work_days, is_active)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, connection_id = excluded.connection_id, country = excluded.country, province = excluded.province,
    city = excluded.city, district = excluded.district, detail = excluded.detail, longitude = excluded.longitude, latitude = excluded.latitude,
    priority = excluded.priority, handling_order_minor = excluded.handling_order_minor, handling_unit_minor = excluded.handling_unit_minor,
    time_zone = excluded.time_zone, cut_off = excluded.cut_off, work_days = excluded.work_days, is_active = excluded.is_active, version = h.version + 1
WHERE (h.name, h.kind, h.connection_id, h.country, h.province, h.city, h.district, h.detail, h.longitude, h.latitude, h.priority,
       h.handling_order_minor, h.handling_unit_minor, h.time_zone, h.cut_off, h.work_days, h.is_active)
      IS DISTINCT FROM (excluded.name, excluded.kind, excluded.connection_id, excluded.country, excluded.province, excluded.city, excluded.district,
                        excluded.detail, excluded.longitude, excluded.latitude, excluded.priority, excluded.handling_order_minor,
                        excluded.handling_unit_minor, excluded.time_zone, excluded.cut_off, excluded.work_days, excluded.is_active)
   OR h.code = ANY(%(touched)s::text[])
RETURNING h.code, h.id, h.version;

-- name: areas_of
-- Parameters: warehouse_ids bigint[]. No locks.
SELECT warehouse_id, region FROM warehouse_area WHERE warehouse_id = ANY(%(warehouse_ids)s::bigint[]);

-- name: remove_areas
-- Parameters: warehouse_ids bigint[]. Locks: the rows.
DELETE FROM warehouse_area WHERE warehouse_id = ANY(%(warehouse_ids)s::bigint[]);

-- name: add_areas
-- Parameters: parallel arrays.
INSERT INTO warehouse_area (warehouse_id, region) SELECT * FROM unnest(%(warehouse_id)s::bigint[], %(region)s::text[]);

-- name: days_of
-- Parameters: warehouse_ids bigint[]. No locks.
SELECT warehouse_id, on_date, is_open FROM warehouse_day WHERE warehouse_id = ANY(%(warehouse_ids)s::bigint[]);

-- name: remove_days
-- Parameters: warehouse_ids bigint[]. Locks: the rows.
DELETE FROM warehouse_day WHERE warehouse_id = ANY(%(warehouse_ids)s::bigint[]);

-- name: add_days
-- Parameters: parallel arrays.
INSERT INTO warehouse_day (warehouse_id, on_date, is_open) SELECT * FROM unnest(%(warehouse_id)s::bigint[], %(on_date)s::date[], %(is_open)s::boolean[]);

-- name: put_carriers
-- Parameters: parallel arrays. Locks: the rows.
INSERT INTO carrier AS c (id, code, name, code_by_system, is_active)
SELECT id, code, name, code_by_system::jsonb, is_active
FROM unnest(%(id)s::bigint[], %(code)s::text[], %(name)s::text[], %(code_by_system)s::text[], %(is_active)s::boolean[])
  AS w (id, code, name, code_by_system, is_active)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, code_by_system = excluded.code_by_system, is_active = excluded.is_active, version = c.version + 1
WHERE (c.name, c.code_by_system, c.is_active) IS DISTINCT FROM (excluded.name, excluded.code_by_system, excluded.is_active)
RETURNING c.code, c.id, c.version;

-- name: tiers_by_key
-- Parameters: parallel arrays carrier_id, warehouse_id (0 = from anywhere), region. No locks.
SELECT t.carrier_id, COALESCE(t.warehouse_id, 0), t.region, t.id, t.first_g, t.first_minor, t.step_g, t.step_minor, t.weight_g_max, t.transit_h
FROM freight_tier t
JOIN unnest(%(carrier_id)s::bigint[], %(warehouse_id)s::bigint[], %(region)s::text[]) AS w (carrier_id, warehouse_id, region)
  ON t.carrier_id = w.carrier_id AND COALESCE(t.warehouse_id, 0) = w.warehouse_id AND t.region = w.region;

-- name: put_tiers
-- Parameters: parallel arrays; warehouse_id 0 = from anywhere. Locks: the rows.
INSERT INTO freight_tier AS t (id, carrier_id, warehouse_id, region, first_g, first_minor, step_g, step_minor, weight_g_max, transit_h)
SELECT id, carrier_id, NULLIF(warehouse_id, 0), region, first_g, first_minor, step_g, step_minor, weight_g_max, transit_h
FROM unnest(%(id)s::bigint[], %(carrier_id)s::bigint[], %(warehouse_id)s::bigint[], %(region)s::text[], %(first_g)s::integer[],
            %(first_minor)s::bigint[], %(step_g)s::integer[], %(step_minor)s::bigint[], %(weight_g_max)s::integer[], %(transit_h)s::integer[])
  AS w (id, carrier_id, warehouse_id, region, first_g, first_minor, step_g, step_minor, weight_g_max, transit_h)
ON CONFLICT (carrier_id, COALESCE(warehouse_id, 0), region) DO UPDATE SET
    first_g = excluded.first_g, first_minor = excluded.first_minor, step_g = excluded.step_g, step_minor = excluded.step_minor,
    weight_g_max = excluded.weight_g_max, transit_h = excluded.transit_h
WHERE (t.first_g, t.first_minor, t.step_g, t.step_minor, t.weight_g_max, t.transit_h)
      IS DISTINCT FROM (excluded.first_g, excluded.first_minor, excluded.step_g, excluded.step_minor, excluded.weight_g_max, excluded.transit_h)
RETURNING t.carrier_id, COALESCE(t.warehouse_id, 0), t.region, t.id;

-- name: remove_tiers
-- Returns what was there. Parameters: parallel arrays carrier_id, warehouse_id (0 = from anywhere), region. Locks: the rows.
DELETE FROM freight_tier t USING unnest(%(carrier_id)s::bigint[], %(warehouse_id)s::bigint[], %(region)s::text[]) AS w (carrier_id, warehouse_id, region)
WHERE t.carrier_id = w.carrier_id AND COALESCE(t.warehouse_id, 0) = w.warehouse_id AND t.region = w.region
RETURNING t.carrier_id, COALESCE(t.warehouse_id, 0), t.region, t.id;

-- name: translations_by_key
-- Parameters: parallel arrays. No locks.
SELECT t.protocol, t.subject, t.code, t.meaning, t.zh, t.en
FROM state_translation t JOIN unnest(%(protocol)s::text[], %(subject)s::text[], %(code)s::text[]) AS w (protocol, subject, code)
  ON t.protocol = w.protocol AND t.subject = w.subject AND t.code = w.code;

-- name: put_translations
-- Parameters: parallel arrays. Locks: the rows. Returns the keys written and whether they are new.
INSERT INTO state_translation AS t (protocol, subject, code, meaning, zh, en)
SELECT * FROM unnest(%(protocol)s::text[], %(subject)s::text[], %(code)s::text[], %(meaning)s::text[], %(zh)s::text[], %(en)s::text[])
ON CONFLICT (protocol, subject, code) DO UPDATE SET meaning = excluded.meaning, zh = excluded.zh, en = excluded.en
WHERE (t.meaning, t.zh, t.en) IS DISTINCT FROM (excluded.meaning, excluded.zh, excluded.en)
RETURNING t.protocol, t.subject, t.code, t.xmax = 0;

-- name: shop_secrets
-- Sealed secrets of shops, by id. No locks.
SELECT id, secrets FROM shop WHERE secrets IS NOT NULL AND is_active;
