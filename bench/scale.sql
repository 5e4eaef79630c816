-- Orders of the past, made set-based: eight ids each, 1.8 lines, one parcel; one in forty is under way yet. Parameters: from, until (numbers of orders),
-- first_id, now, shop_id, warehouses, carrier_id, skus (ids), sku_id (never in stock), detail (of a timeline row), count (of all orders). Placed three seconds apart, the last one now.

-- name: skus
-- The first of them is never in stock: what waits for it stays waiting.
INSERT INTO product (id, code, name) SELECT %(first_id)s + n, 'B' || n, 'Ware ' || n FROM generate_series(0, %(count)s) n ON CONFLICT DO NOTHING;
INSERT INTO sku (id, product_id, code, name, weight_g) SELECT %(first_id)s + n, %(first_id)s + n, 'B' || n, 'Ware ' || n, 200 + n %% 900 FROM generate_series(0, %(count)s) n
ON CONFLICT DO NOTHING;

-- name: balances
INSERT INTO balance (sku_id, warehouse_id, on_hand)
SELECT %(first_id)s + n, w, 5 + n %% 40 FROM generate_series(1, %(count)s) n CROSS JOIN unnest(%(warehouses)s::bigint[]) w;

-- name: orders
WITH made AS MATERIALIZED (
    SELECT n, %(first_id)s + n * 8 AS id, %(now)s - (%(count)s - n) * interval '3 s' AS at,
           CASE n %% 200 WHEN 0 THEN 20 WHEN 1 THEN 40 WHEN 2 THEN 50 WHEN 3 THEN 60 WHEN 4 THEN 80 WHEN 5 THEN 95 ELSE 90 END AS state
    FROM generate_series(%(from)s::bigint, %(until)s::bigint) n
), receivers AS (
    INSERT INTO receiver (id, sealed, tail_digest, phone_digest, key_digest, name_mask, phone_mask, province, city, district, adcode)
    SELECT id + 1, sha256(int8send(n)) || sha256(int8send(n + 1)), substr(sha256(int8send(n %% 10000)), 1, 16), substr(sha256(int8send(n)), 1, 16),
           substr(sha256(int8send(n)), 1, 16), '王**', '138****' || lpad((n %% 10000)::text, 4, '0'),
           (ARRAY['浙江省', '广东省', '江苏省', '四川省', '北京市'])[n %% 5 + 1], (ARRAY['杭州市', '广州市', '南京市', '成都市', '北京市'])[n %% 5 + 1], '城区', '330106'
    FROM made
), keys AS (
    INSERT INTO order_key (shop_id, platform_order_no, order_id, order_no) SELECT %(shop_id)s, 'OLD' || n, id, 'SO00' || lpad(n::text, 12, '0') FROM made
), orders AS (
    INSERT INTO sales_order (id, order_no, shop_id, platform_order_no, bucket, state, path, waits_for, platform_status, platform_version_at, platform_digest,
                             placed_at, paid_at, ship_by_at, currency, goods_minor, discount_minor, freight_minor, paid_minor, has_buyer_remark, seller_flag,
                             receiver_id, merge_key, created_at, changed_at)
    SELECT id, 'SO00' || lpad(n::text, 12, '0'), %(shop_id)s, 'OLD' || n, n %% 64, state, ARRAY[state]::smallint[],
           CASE state WHEN 20 THEN 'remark_unread' WHEN 40 THEN 'short_of_stock' ELSE '' END, 30, at, substr(sha256(int8send(n)), 1, 16),
           at, at + interval '1 min', at + interval '48 h', 'CNY', 9900, 0, 0, 1000 + n %% 50000, n %% 20 = 0, n %% 50, id + 1, substr(sha256(int8send(n)), 1, 16), at, at
    FROM made
), lines AS (
    INSERT INTO order_line (order_id, line_no, line_ref, kind, sku_id, quantity, price_minor, payable_minor, open, short, reserved, in_fulfilment, shipped, cancelled)
    SELECT id, k, k::text, 'goods', CASE state WHEN 40 THEN %(sku_id)s ELSE (%(skus)s::bigint[])[1 + (n * 7 + k) %% cardinality(%(skus)s::bigint[])] END,
           1, 9900, 9900,
           (state = 20)::int, (state = 40)::int, (state = 50)::int, (state = 60)::int, (state IN (80, 90))::int, (state = 95)::int
    FROM made CROSS JOIN LATERAL generate_series(1, (ARRAY[1, 2, 2, 1, 3])[n %% 5 + 1]) k
), fulfilments AS (
    INSERT INTO fulfilment (id, order_id, bucket, state, path, shop_id, warehouse_id, carrier_id, receiver_id, weight_g, freight_minor, created_at, released_at,
                            shipped_at, delivered_at)
    SELECT id + 2, id, n %% 64, CASE state WHEN 50 THEN 10 WHEN 60 THEN 40 WHEN 80 THEN 70 ELSE 80 END, ARRAY[10, 30]::smallint[], %(shop_id)s,
           (%(warehouses)s::bigint[])[1 + n %% cardinality(%(warehouses)s::bigint[])], %(carrier_id)s, id + 1, 500, 600, at, at + interval '10 min',
           at + interval '5 h', CASE WHEN state = 90 THEN at + interval '2 d' END
    FROM made WHERE state IN (50, 60, 80, 90)
), fulfilment_lines AS (
    INSERT INTO fulfilment_line (fulfilment_id, line_no, sku_id, quantity, shipped)
    SELECT id + 2, k, (%(skus)s::bigint[])[1 + (n * 7 + k) %% cardinality(%(skus)s::bigint[])], 1, (state IN (80, 90))::int
    FROM made CROSS JOIN LATERAL generate_series(1, (ARRAY[1, 2, 2, 1, 3])[n %% 5 + 1]) k WHERE state IN (50, 60, 80, 90)
), reservations AS (
    INSERT INTO reservation (fulfilment_id, line_no, sku_id, warehouse_id, quantity, used)
    SELECT id + 2, k, (%(skus)s::bigint[])[1 + (n * 7 + k) %% cardinality(%(skus)s::bigint[])],
           (%(warehouses)s::bigint[])[1 + n %% cardinality(%(warehouses)s::bigint[])], 1, (state IN (80, 90))::int
    FROM made CROSS JOIN LATERAL generate_series(1, (ARRAY[1, 2, 2, 1, 3])[n %% 5 + 1]) k WHERE state IN (50, 60, 80, 90)
), parcels AS (
    INSERT INTO parcel (id, fulfilment_id, carrier_id, tracking_no, state, weight_g, shipped_at, delivered_at)
    SELECT id + 3, id + 2, %(carrier_id)s, 'YT' || lpad(n::text, 12, '0'), CASE state WHEN 90 THEN 90 ELSE 30 END, 500, at + interval '5 h',
           CASE WHEN state = 90 THEN at + interval '2 d' END
    FROM made WHERE state IN (80, 90)
), holds AS (
    INSERT INTO hold (id, order_id, reason, origin, opened_at) SELECT id + 7, id, 'remark_unread', 'system', at FROM made WHERE state = 20
), timelines AS (
    INSERT INTO timeline (id, order_id, at, actor, step, detail)
    SELECT id + 3 + k, id, at + k * interval '1 h', 'system', 'sourced', %(detail)s::bytea
    FROM made CROSS JOIN generate_series(1, 3) k
)
SELECT count(*) FROM made;

-- name: parcel_lines
INSERT INTO parcel_line (parcel_id, order_id, line_no, fulfilment_id, quantity, told_at)
SELECT p.id, f.order_id, l.line_no, f.id, 1, p.shipped_at
FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id JOIN fulfilment_line l ON l.fulfilment_id = f.id
WHERE p.id BETWEEN %(first_id)s + %(from)s * 8 AND %(first_id)s + %(until)s * 8 + 7;

-- name: demand
INSERT INTO demand (sku_id, held, short)
SELECT l.sku_id, SUM(l.open), SUM(l.short) FROM order_line l
WHERE l.order_id BETWEEN %(first_id)s + %(from)s * 8 AND %(first_id)s + %(until)s * 8 + 7 AND l.open + l.short > 0
GROUP BY l.sku_id
ON CONFLICT (sku_id) DO UPDATE SET held = demand.held + excluded.held, short = demand.short + excluded.short;
