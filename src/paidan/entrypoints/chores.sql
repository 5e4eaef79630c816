-- name: harmless_sources
-- Shops and tracking services, as the inbox names them. No locks.
SELECT 'shop:' || code FROM shop UNION ALL SELECT 'carrier:' || code FROM connection WHERE protocol = 'kuaidi100' ORDER BY 1;
