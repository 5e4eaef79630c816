-- Lists that stay quick with ten million orders stored.

-- Open orders, newest first: without it the newest of some rare kind were looked for among all orders there ever were.
CREATE INDEX sales_order_open_newest ON sales_order (id) WHERE state < 90;

-- Which orders have this SKU, ended ones too. Found without reading the lines.
CREATE INDEX order_line_sku ON order_line (sku_id, order_id);
