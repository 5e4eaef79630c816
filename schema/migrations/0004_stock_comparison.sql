-- Comparisons of our stock with what a warehouse says it has (库存对账), and the differences found. Written by stock/differences.py only.

CREATE TABLE stock_comparison (
    id bigint PRIMARY KEY,
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL,                       -- schedule | user:<name>
    scheduled_for timestamptz,                    -- the quiet hour it stands for; NULL: on demand
    finished_at timestamptz,
    asked integer NOT NULL DEFAULT 0,             -- SKUs
    unknown integer NOT NULL DEFAULT 0,           -- of them, those the warehouse does not know
    error text NOT NULL DEFAULT '',               -- why it ended before its end
    UNIQUE (warehouse_id, scheduled_for)
);
CREATE UNIQUE INDEX stock_comparison_once ON stock_comparison (warehouse_id) WHERE finished_at IS NULL;
CREATE INDEX stock_comparison_latest ON stock_comparison (warehouse_id, id DESC);

CREATE TABLE stock_difference (
    id bigint PRIMARY KEY,
    comparison_id bigint NOT NULL REFERENCES stock_comparison (id),
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    sku_id bigint NOT NULL,
    grade smallint NOT NULL,
    theirs bigint NOT NULL,                       -- units there, as the warehouse said when last asked
    ours bigint NOT NULL,                         -- on hand, as we had it then
    looks smallint NOT NULL DEFAULT 1,            -- so often it was found, one after the other
    found_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text NOT NULL DEFAULT '',          -- system: it went away; user:<name>: accepted
    document_id bigint,                           -- the adjustment that an acceptance made
    version integer NOT NULL DEFAULT 1,
    CHECK (theirs <> ours OR settled_at IS NOT NULL)
);
CREATE UNIQUE INDEX stock_difference_open ON stock_difference (warehouse_id, sku_id, grade) WHERE settled_at IS NULL;
CREATE INDEX stock_difference_of ON stock_difference (comparison_id);
