-- Printing (拣货单, 装箱单, 面单): what was printed, by whom, how often; and where a warehouse keeps a SKU. Written by printing/ only.

CREATE TABLE pick_place (
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    sku_id bigint NOT NULL REFERENCES sku (id),
    place text NOT NULL CHECK (place <> ''),      -- 货位, as it is written on the shelf: pick lists are sorted by it
    PRIMARY KEY (warehouse_id, sku_id)
);

-- How often each kind was printed for a fulfilment in its n-th sending: its number changes with the attempt, and old paper is void then.
CREATE TABLE print_count (
    fulfilment_id bigint NOT NULL,                -- the leader's, when merged
    attempt smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pick_list', 'packing_list', 'label')),
    times integer NOT NULL DEFAULT 1 CHECK (times > 0),
    printed_at timestamptz NOT NULL,
    printed_by text NOT NULL,
    PRIMARY KEY (fulfilment_id, attempt, kind)
);

CREATE TABLE print_run (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('pick_list', 'packing_list', 'label')),
    format text NOT NULL CHECK (format IN ('pdf', 'zpl')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    is_again boolean NOT NULL,                    -- asked for although some of it had been printed before
    papers integer NOT NULL CHECK (papers > 0),   -- lists or labels in the file
    actor text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE print_run IS 'one file that was printed; the file itself is not kept';

CREATE TABLE print_item (
    run_id bigint NOT NULL REFERENCES print_run (id),
    fulfilment_id bigint NOT NULL,                -- whose line of which order it was; the leader and its members
    order_id bigint NOT NULL,
    order_no text NOT NULL,
    PRIMARY KEY (run_id, fulfilment_id)
);
CREATE INDEX print_item_order ON print_item (order_id);
