-- The whole schema of one merchant. Written from schema/migrations/*.sql by `just generate`: change those, not this.

-- Runtime tables of one merchant's schema: messages, inbox, outbox, leases, numbers, keys, settings. No business words.

CREATE SEQUENCE id_block AS bigint INCREMENT BY 1024 MINVALUE 1024 START WITH 1024;
COMMENT ON SEQUENCE id_block IS 'one value is the first of 1024 ids; runtime/ids.py hands them out';

CREATE SEQUENCE lease_token AS bigint;
COMMENT ON SEQUENCE lease_token IS 'fencing tokens of bucket and outbox leases: a higher one is newer';

CREATE TABLE business_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    now timestamptz NOT NULL
);
COMMENT ON TABLE business_clock IS 'virtual time shared by the processes of a demo or test; empty: the system clock';

CREATE TABLE setting (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1
);

-- Message (报文) --------------------------------------------------------------------------------------------------

CREATE TABLE message (
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    direction "char" NOT NULL CHECK (direction IN ('i', 'o')),
    counterpart text NOT NULL,
    kind text NOT NULL,
    business_key text NOT NULL DEFAULT '',
    bucket smallint,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    attempts smallint NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT '',
    http_status smallint,
    meta jsonb,
    body bytea NOT NULL,
    answer bytea,
    digest bytea NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
COMMENT ON TABLE message IS 'every request and answer, both ways, kept whole';
COMMENT ON COLUMN message.direction IS 'i: they called us, or we fetched it; o: we called them';
COMMENT ON COLUMN message.state IS '0 waiting, 1 done, 2 set aside, 3 duplicate';
COMMENT ON COLUMN message.meta IS 'never personal data';
COMMENT ON COLUMN message.body IS 'zstd, then sealed';
COMMENT ON COLUMN message.digest IS 'SHA-256 of the original body';
CREATE INDEX message_waiting ON message (bucket, id) WHERE state = 0 AND direction = 'i' AND bucket IS NOT NULL;
CREATE INDEX message_set_aside ON message (id) WHERE state = 2;
CREATE INDEX message_by_key ON message (business_key, id);

CREATE TABLE inbox (
    source text NOT NULL,
    message_ref text NOT NULL,
    message_id bigint NOT NULL,
    PRIMARY KEY (source, message_ref)
);
COMMENT ON TABLE inbox IS 'ids of messages taken in: the second one is a duplicate. Of sources whose repeats change nothing they are forgotten after a time';
CREATE INDEX inbox_by_age ON inbox (source, message_id);

-- Outbox ----------------------------------------------------------------------------------------------------------

CREATE SEQUENCE outbox_seq AS bigint;

CREATE TABLE outbox (
    id bigint NOT NULL,
    seq bigint NOT NULL DEFAULT nextval('outbox_seq'),
    lane text NOT NULL,
    kind text NOT NULL,
    ref_id bigint NOT NULL DEFAULT 0,
    business_key text NOT NULL DEFAULT '',
    args jsonb NOT NULL DEFAULT '{}',
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    due_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    lease_token bigint,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (id),
    CHECK ((state = 1) = (lease_token IS NOT NULL)),
    CHECK ((state IN (2, 4)) = (done_at IS NOT NULL))
) PARTITION BY RANGE (id);
COMMENT ON TABLE outbox IS 'what a counterpart must hear, written with the change it tells of; claimed row by row by state, never by id order';
COMMENT ON COLUMN outbox.seq IS 'order of writing among rows of one business key: a row waits for older open ones of its lane and key';
COMMENT ON COLUMN outbox.lane IS 'one counterpart''s queue: it has its own slots and breaker';
COMMENT ON COLUMN outbox.args IS 'ids and flags, never personal data: the body is rendered when sent';
COMMENT ON COLUMN outbox.state IS '0 pending, 1 sending, 2 done, 3 unknown (ask before sending again), 4 dead';
COMMENT ON COLUMN outbox.due_at IS 'business clock';
CREATE INDEX outbox_open ON outbox (lane, kind, due_at, seq) WHERE state IN (0, 1, 3);
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 4;
CREATE INDEX outbox_by_key ON outbox (business_key, id);

CREATE TABLE outbox_lease (
    token bigint PRIMARY KEY,
    lane text NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE outbox_lease IS 'batches of outbox rows under way; until by the database clock. Renewing touches one row, not the batch';

CREATE TABLE lane (
    lane text PRIMARY KEY,
    slots smallint NOT NULL DEFAULT 2 CHECK (slots > 0),
    failures integer NOT NULL DEFAULT 0,
    open_until timestamptz
);
COMMENT ON TABLE lane IS 'a row for lanes that differ from the default or have failed lately';
COMMENT ON COLUMN lane.slots IS 'batches that may be under way at once';
COMMENT ON COLUMN lane.failures IS 'batches in a row without any answer';
COMMENT ON COLUMN lane.open_until IS 'the breaker is open until then (business clock)';

-- Buckets, numbers, keys ------------------------------------------------------------------------------------------

CREATE TABLE bucket (
    bucket smallint PRIMARY KEY CHECK (bucket BETWEEN 0 AND 63),
    owner text NOT NULL DEFAULT '',
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    token bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE bucket IS 'which worker holds which bucket; lease_until by the database clock';
INSERT INTO bucket (bucket) SELECT generate_series(0, 63);

CREATE TABLE worker (
    owner text PRIMARY KEY,
    lease_until timestamptz NOT NULL
);
COMMENT ON TABLE worker IS 'who works now (database clock), so that buckets are shared fairly';

CREATE TABLE chore (
    name text PRIMARY KEY,
    due_at timestamptz NOT NULL
);
COMMENT ON TABLE chore IS 'when each of the house''s chores comes next, by the database clock; who moves it on does it. No row: never done yet';

CREATE TABLE number_block (
    pattern text NOT NULL,
    period text NOT NULL,
    next_no bigint NOT NULL CHECK (next_no > 0),
    PRIMARY KEY (pattern, period)
);
COMMENT ON TABLE number_block IS 'where the next block of human numbers starts, by pattern and date part; never deleted: numbers are unique for ever';

CREATE TABLE idempotency_key (
    caller text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status smallint,
    answer bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
);
COMMENT ON TABLE idempotency_key IS 'first answers of POSTs, replayed for a day; status is null while the first is in flight; the answer is sealed';
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);

CREATE TABLE api_key (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    prefix text NOT NULL UNIQUE,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE api_key IS 'the key itself is shown once and never kept; digest is HMAC-SHA-256 with the pepper of the keyring';

-- Functions -------------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is immutable: % is refused', tg_table_name, tg_op USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'BEFORE UPDATE OR DELETE trigger (and TRUNCATE, per statement) of tables whose rows never change';

-- As the owner: the application's role may add a partition, and nothing else of the kind.
CREATE FUNCTION add_partition(parent text, id_from bigint, id_to bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    name text := format('%s_%s', parent, lpad(to_hex(id_from), 10, '0'));
BEGIN
    IF to_regclass(quote_ident(name)) IS NOT NULL THEN
        RETURN name;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)', name, parent, id_from, id_to);
    RETURN name;
END
$$;
COMMENT ON FUNCTION add_partition(text, bigint, bigint) IS 'add the partition [id_from, id_to) to a table partitioned by id; nothing if it is there';
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION add_partition(text, bigint, bigint) SET search_path = %I, pg_temp', current_schema());
END
$$;

SELECT add_partition('message', 0, 16777216);
SELECT add_partition('message', 16777216, 33554432);
SELECT add_partition('outbox', 0, 16777216);
SELECT add_partition('outbox', 16777216, 33554432);

-- The records: catalog, network, parties, orders, fulfilments, stock. One owner folder per table is named above each group.
-- State numbers are kernel/states.py; the same moves are seeded below and every write is checked against them.

-- ---------------------------------------------------------------- states (kernel)

CREATE TABLE legal_move (
    machine text NOT NULL,               -- order | fulfilment | document
    from_state smallint NOT NULL,        -- 0 = birth
    to_state smallint NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);

-- Checks the whole path a row took in one write: each step must be legal, the last must be the state now written. The legal moves stand in the
-- trigger's second argument as {from * 100 + to, …}, made from legal_move at the end of this file: looking each up in the table cost 15 µs an order.
CREATE FUNCTION check_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legal CONSTANT integer[] := TG_ARGV[1]::integer[];
    at_state smallint := CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.state END;
    step smallint;
BEGIN
    FOREACH step IN ARRAY NEW.path LOOP
        IF at_state * 100 + step <> ALL (legal) THEN
            RAISE EXCEPTION 'illegal % move from % to %', TG_ARGV[0], at_state, step USING ERRCODE = '23514';
        END IF;
        at_state := step;
    END LOOP;
    IF at_state <> NEW.state THEN
        RAISE EXCEPTION 'the % path ends at %, not at %', TG_ARGV[0], at_state, NEW.state USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

-- ---------------------------------------------------------------- catalog/

CREATE TABLE product (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    brand text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE sku (
    id bigint PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES product (id),
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'goods' CHECK (kind IN ('goods', 'bundle', 'service')),
    goods_class text NOT NULL DEFAULT 'normal',   -- normal | fragile | fresh | dangerous | oversize
    weight_g integer NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    volume_cm3 integer NOT NULL DEFAULT 0 CHECK (volume_cm3 >= 0),
    is_on_sale boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE sku_barcode (
    barcode text PRIMARY KEY,
    sku_id bigint NOT NULL REFERENCES sku (id)
);
CREATE INDEX sku_barcode_sku ON sku_barcode (sku_id);

CREATE TABLE bundle_part (
    bundle_id bigint NOT NULL REFERENCES sku (id),
    part_id bigint NOT NULL REFERENCES sku (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    price_share integer NOT NULL DEFAULT 1 CHECK (price_share >= 0),  -- weight of this part (all its units) in the price of the bundle
    PRIMARY KEY (bundle_id, part_id)
);

-- Where a class of goods must not go: region is an adcode ('650000'), a country code, or '*'.
CREATE TABLE goods_ban (
    goods_class text NOT NULL,
    region text NOT NULL,
    PRIMARY KEY (goods_class, region)
);

CREATE TABLE listing (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL,
    item_ref text NOT NULL,
    sku_ref text NOT NULL DEFAULT '',
    merchant_code text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    sku_id bigint REFERENCES sku (id),            -- NULL: not mapped yet
    version integer NOT NULL DEFAULT 1,
    UNIQUE (shop_id, item_ref, sku_ref)
);
CREATE INDEX listing_sku ON listing (sku_id);

-- ---------------------------------------------------------------- network/

-- How we talk to a counterpart: a WMS (qimen), a tracking service (kuaidi100). The secret is sealed.
CREATE TABLE connection (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    protocol text NOT NULL,                       -- qimen | kuaidi100 | taobao | shopify
    url text NOT NULL,
    account jsonb NOT NULL DEFAULT '{}',          -- app_key, customer_id, owner_code, api version: nothing secret
    secrets bytea,                                -- sealed JSON
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE shop (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    platform text NOT NULL,                       -- taobao | shopify | direct
    shop_group text NOT NULL DEFAULT '',          -- orders of one group may be merged
    currency text NOT NULL DEFAULT 'CNY',
    time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
    connection_id bigint REFERENCES connection (id),
    account_ref text NOT NULL DEFAULT '',         -- seller nick, shop domain: how the platform names this shop
    doors text[] NOT NULL DEFAULT '{}',           -- poll | push | bulk | webhook
    merge_window_s integer NOT NULL DEFAULT 600,
    safety_quantity integer NOT NULL DEFAULT 0,   -- kept back per listing
    secrets bytea,                                -- sealed JSON: session, tokens
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

-- How far each feed of a shop has been read. A failed page never moves it.
CREATE TABLE shop_cursor (
    shop_id bigint NOT NULL REFERENCES shop (id),
    feed text NOT NULL,                           -- orders | bulk | refunds
    read_to timestamptz NOT NULL,
    read_ref text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT '',
    pulled_at timestamptz,
    PRIMARY KEY (shop_id, feed)
);

CREATE TABLE warehouse (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'warehouse',       -- warehouse | store | supplier
    connection_id bigint REFERENCES connection (id),
    country text NOT NULL DEFAULT 'CN',
    province text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    district text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT '',
    longitude double precision NOT NULL DEFAULT 0,
    latitude double precision NOT NULL DEFAULT 0,
    priority integer NOT NULL DEFAULT 100,        -- smaller first
    handling_order_minor bigint NOT NULL DEFAULT 0,
    handling_unit_minor bigint NOT NULL DEFAULT 0,
    time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
    cut_off time NOT NULL DEFAULT '18:00',
    work_days smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}',  -- ISO weekdays
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE warehouse_area (
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    region text NOT NULL,                         -- adcode, country code, or '*'
    PRIMARY KEY (warehouse_id, region)
);

CREATE TABLE warehouse_day (                      -- exceptions to the weekly calendar
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    on_date date NOT NULL,
    is_open boolean NOT NULL,
    PRIMARY KEY (warehouse_id, on_date)
);

-- Which warehouses serve a shop. No row: all of them.
CREATE TABLE shop_warehouse (
    shop_id bigint NOT NULL REFERENCES shop (id),
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    PRIMARY KEY (shop_id, warehouse_id)
);

CREATE TABLE carrier (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,                    -- Qimen logisticsCode
    name text NOT NULL,
    code_by_system jsonb NOT NULL DEFAULT '{}',   -- {"taobao": "ZTO", "kuaidi100": "zhongtong"}
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE freight_tier (
    id bigint PRIMARY KEY,
    carrier_id bigint NOT NULL REFERENCES carrier (id),
    warehouse_id bigint REFERENCES warehouse (id),   -- NULL: from anywhere
    region text NOT NULL,
    first_g integer NOT NULL CHECK (first_g > 0),
    first_minor bigint NOT NULL CHECK (first_minor >= 0),
    step_g integer NOT NULL CHECK (step_g > 0),
    step_minor bigint NOT NULL CHECK (step_minor >= 0),
    weight_g_max integer,
    transit_h integer NOT NULL DEFAULT 48
);
CREATE UNIQUE INDEX freight_tier_key ON freight_tier (carrier_id, COALESCE(warehouse_id, 0), region);

-- Which SKU (in which version) a WMS already knows: items are synchronised before the first order.
CREATE TABLE item_sync (
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    sku_id bigint NOT NULL,
    synced_version integer NOT NULL,
    item_ref text NOT NULL DEFAULT '',
    PRIMARY KEY (warehouse_id, sku_id)
);

-- What the outside calls its states, in our words; operators edit these rows.
CREATE TABLE state_translation (
    protocol text NOT NULL,                       -- qimen | kuaidi100
    subject text NOT NULL,                        -- process_status | order_status | tracking
    code text NOT NULL,
    meaning text NOT NULL,                        -- a fulfilment or parcel state name, 'note' (timeline only) or 'mask'
    zh text NOT NULL DEFAULT '',
    en text NOT NULL DEFAULT '',
    PRIMARY KEY (protocol, subject, code)
);

-- Raised by every change of catalog, network or rules: caches compare it inside the transaction of a decision.
CREATE TABLE cache_version (
    subject text PRIMARY KEY,                     -- catalog | network | rules
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO cache_version (subject) VALUES ('catalog'), ('network'), ('rules');

-- ---------------------------------------------------------------- rules/

CREATE TABLE policy (
    kind text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_until timestamptz,
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (kind, version)
);

-- ---------------------------------------------------------------- parties/

-- One sealed blob per receiver (name, phone, address, remarks' owner); region and masks are what lists may show.
CREATE TABLE receiver (
    id bigint NOT NULL,
    sealed bytea,                                 -- NULL after erasure
    tail_digest bytea,                            -- last four digits of the phone; keyed per merchant
    phone_digest bytea,
    key_digest bytea,                             -- same person at the same place
    name_mask text NOT NULL DEFAULT '',
    phone_mask text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT 'CN',
    province text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    district text NOT NULL DEFAULT '',
    adcode text NOT NULL DEFAULT '',              -- '' = not parsed
    longitude real NOT NULL DEFAULT 0,
    latitude real NOT NULL DEFAULT 0,
    is_masked boolean NOT NULL DEFAULT false,     -- the platform keeps name and phone, an OAID stands for them
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX receiver_phone ON receiver (tail_digest, phone_digest);

-- ---------------------------------------------------------------- orders/

CREATE TABLE order_key (                          -- for ever: one platform order, one order
    shop_id bigint NOT NULL,
    platform_order_no text NOT NULL,
    order_id bigint NOT NULL,
    order_no text NOT NULL,
    PRIMARY KEY (shop_id, platform_order_no)
);
CREATE UNIQUE INDEX order_key_no ON order_key (order_no);

CREATE TABLE sales_order (
    id bigint NOT NULL,
    order_no text NOT NULL,
    shop_id bigint NOT NULL,
    platform_order_no text NOT NULL,
    bucket smallint NOT NULL,
    state smallint NOT NULL,
    path smallint[] NOT NULL,                     -- states taken by the last write
    due_at timestamptz,                           -- when a pass shall look; NULL: nothing to do
    waits_for text NOT NULL DEFAULT '',           -- reason (kernel/reasons.py) it waits for, '' = none
    -- platform facts, folded
    platform_status smallint NOT NULL,
    platform_version_at timestamptz NOT NULL,
    platform_digest bytea NOT NULL,
    receiver_version_at timestamptz,
    is_closed boolean NOT NULL DEFAULT false,     -- the platform closed it: for ever
    placed_at timestamptz NOT NULL,
    paid_at timestamptz,
    ship_by_at timestamptz,
    currency text NOT NULL,
    goods_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    freight_minor bigint NOT NULL,
    surcharge_minor bigint NOT NULL DEFAULT 0,    -- tax on top, duties, tips
    paid_minor bigint NOT NULL,
    is_cod boolean NOT NULL DEFAULT false,
    is_presale_open boolean NOT NULL DEFAULT false,
    buyer_digest bytea,
    remarks bytea,                                -- sealed JSON [buyer, seller]
    has_buyer_remark boolean NOT NULL DEFAULT false,
    has_seller_remark boolean NOT NULL DEFAULT false,
    seller_flag smallint NOT NULL DEFAULT 0,
    receiver_id bigint,
    merge_key bytea,                              -- NULL: not to be merged (yet)
    -- our edits, above the facts
    edits jsonb,                                  -- {"receiver": true, "warehouse_id": "1", "carrier_id": "2", "urgent": true}
    warehouses_refused bigint[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX sales_order_due ON sales_order (bucket, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX sales_order_receiver ON sales_order (receiver_id);              -- search by phone
CREATE INDEX sales_order_placed ON sales_order USING brin (placed_at);        -- lists by date: orders come nearly in this order
CREATE INDEX sales_order_open ON sales_order (state, id) WHERE state < 90;

CREATE TABLE order_line (
    order_id bigint NOT NULL,
    line_no smallint NOT NULL,
    line_ref text NOT NULL DEFAULT '',
    kind text NOT NULL,                           -- goods | bundle | part | gift | service
    parent_line_no smallint,                      -- of a part: its bundle line
    listing_id bigint,
    sku_id bigint,
    quantity integer NOT NULL,
    price_minor bigint NOT NULL,
    payable_minor bigint NOT NULL,
    refund text NOT NULL DEFAULT 'none',
    refund_ref text NOT NULL DEFAULT '',          -- which request it is; another one holds again
    taken_back integer NOT NULL DEFAULT 0,        -- units the platform has taken back before shipping
    -- where the units are: their sum is `quantity` (goods, parts, gifts); all zero for bundles and services
    open integer NOT NULL DEFAULT 0,
    short integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    in_fulfilment integer NOT NULL DEFAULT 0,
    shipped integer NOT NULL DEFAULT 0,
    cancelled integer NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, line_no),
    CHECK (open >= 0 AND short >= 0 AND reserved >= 0 AND in_fulfilment >= 0 AND shipped >= 0 AND cancelled >= 0),
    CHECK (kind IN ('bundle', 'service') OR quantity = open + short + reserved + in_fulfilment + shipped + cancelled)
) PARTITION BY RANGE (order_id);
CREATE INDEX order_line_short ON order_line (sku_id) WHERE short > 0;
CREATE INDEX order_line_open ON order_line (sku_id) WHERE open > 0;
CREATE INDEX order_line_unmapped ON order_line (listing_id) WHERE sku_id IS NULL;

CREATE TABLE hold (
    id bigint PRIMARY KEY,
    order_id bigint NOT NULL,
    reason text NOT NULL,                         -- kernel/reasons.py
    stops smallint NOT NULL DEFAULT 1,            -- 1 everything from audit on, 2 release only
    origin text NOT NULL,                         -- audit@3#12 (policy version, rule), system, user:<name>
    note text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL,
    expires_at timestamptz,
    closed_at timestamptz,
    closed_by text NOT NULL DEFAULT '',           -- system when the cause went away, user:<name> when released by hand
    close_note text NOT NULL DEFAULT ''
);
CREATE INDEX hold_order ON hold (order_id);
CREATE INDEX hold_open ON hold (reason, id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX hold_once ON hold (order_id, reason) WHERE closed_at IS NULL;

-- One row per order and write: what happened, by whom, why; `detail` is the explanation (msgpack), rendered when read.
CREATE TABLE timeline (
    id bigint NOT NULL,
    order_id bigint NOT NULL,
    fulfilment_id bigint,
    at timestamptz NOT NULL,
    actor text NOT NULL,                          -- system, user:<name>, wms:<code>, platform, carrier
    step text NOT NULL,
    detail bytea,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX timeline_order ON timeline (order_id, id);

-- What one warehouse sends for one order. Merging makes one of several the leader: the others travel with it (merged_into_id).
CREATE TABLE fulfilment (
    id bigint NOT NULL,
    order_id bigint NOT NULL,
    bucket smallint NOT NULL,
    state smallint NOT NULL,
    path smallint[] NOT NULL,
    shop_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    carrier_id bigint NOT NULL,
    receiver_id bigint NOT NULL,
    merge_key bytea,
    merged_into_id bigint,
    attempt smallint NOT NULL DEFAULT 1,          -- grows when it is sent again after a recall: part of its number
    release_due_at timestamptz,                   -- when the merge window ends; NULL: not waiting for release
    ship_by_at timestamptz,
    is_cod boolean NOT NULL DEFAULT false,
    weight_g integer NOT NULL,
    freight_minor bigint NOT NULL,                -- estimate
    transit_h integer NOT NULL DEFAULT 0,
    wms_ref text NOT NULL DEFAULT '',
    recall_reason text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    released_at timestamptz,
    shipped_at timestamptz,
    delivered_at timestamptz,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX fulfilment_order ON fulfilment (order_id);
CREATE INDEX fulfilment_due ON fulfilment (bucket, release_due_at) WHERE release_due_at IS NOT NULL;
CREATE INDEX fulfilment_mergeable ON fulfilment (merge_key) WHERE state = 10 AND merge_key IS NOT NULL;
CREATE INDEX fulfilment_members ON fulfilment (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX fulfilment_open ON fulfilment (state, id) WHERE state BETWEEN 30 AND 70;

CREATE TABLE fulfilment_line (
    fulfilment_id bigint NOT NULL,
    line_no smallint NOT NULL,                    -- the order's line number
    sku_id bigint NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    shipped integer NOT NULL DEFAULT 0 CHECK (shipped >= 0),
    cancelled integer NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    PRIMARY KEY (fulfilment_id, line_no),
    CHECK (shipped + cancelled <= quantity)
) PARTITION BY RANGE (fulfilment_id);

CREATE TABLE parcel (
    id bigint PRIMARY KEY,
    fulfilment_id bigint NOT NULL,                -- the leader's, when merged
    carrier_id bigint NOT NULL,
    tracking_no text NOT NULL,
    state smallint NOT NULL DEFAULT 10,           -- kernel/states.py ParcelState
    weight_g integer NOT NULL DEFAULT 0,
    shipped_at timestamptz NOT NULL,
    delivered_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    UNIQUE (carrier_id, tracking_no)
);
CREATE INDEX parcel_fulfilment ON parcel (fulfilment_id);

CREATE TABLE parcel_line (
    parcel_id bigint NOT NULL REFERENCES parcel (id),
    order_id bigint NOT NULL,
    line_no smallint NOT NULL,
    fulfilment_id bigint NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    told_at timestamptz,                          -- when the platform knew of it; NULL: not yet
    PRIMARY KEY (parcel_id, fulfilment_id, line_no)
);
CREATE INDEX parcel_line_order ON parcel_line (order_id);

CREATE TABLE tracking_event (
    parcel_id bigint NOT NULL REFERENCES parcel (id),
    event_key bytea NOT NULL,                     -- digest of (time, code, text): a push repeats the whole history
    at timestamptz NOT NULL,
    code text NOT NULL,
    state smallint NOT NULL,
    text text NOT NULL DEFAULT '',                -- digit runs of phones are masked
    PRIMARY KEY (parcel_id, event_key)
);

-- ---------------------------------------------------------------- stock/

CREATE TABLE balance (
    sku_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    grade smallint NOT NULL DEFAULT 1,            -- 1 正品 good, 2 残次 defective
    owner_id bigint NOT NULL DEFAULT 0,
    lot_id bigint NOT NULL DEFAULT 0,             -- 0 = none
    on_hand bigint NOT NULL DEFAULT 0,
    reserved_hard bigint NOT NULL DEFAULT 0,
    reserved_soft bigint NOT NULL DEFAULT 0,
    soft_expires_at timestamptz,
    in_transit bigint NOT NULL DEFAULT 0,
    is_short boolean NOT NULL DEFAULT false,      -- an outside correction left less than is reserved
    PRIMARY KEY (sku_id, warehouse_id, grade, owner_id, lot_id),
    CHECK (on_hand >= 0 AND reserved_hard >= 0 AND reserved_soft >= 0 AND in_transit >= 0),
    CHECK (reserved_hard <= on_hand OR is_short)
) WITH (fillfactor = 60);

-- Units paid for but not reserved yet: `held` waits for people, `short` waits for stock. Sellable leaves room for both.
CREATE TABLE demand (
    sku_id bigint PRIMARY KEY,
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    short bigint NOT NULL DEFAULT 0 CHECK (short >= 0)
) WITH (fillfactor = 60);

CREATE TABLE reservation (
    fulfilment_id bigint NOT NULL,
    line_no smallint NOT NULL,
    sku_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    grade smallint NOT NULL DEFAULT 1,
    owner_id bigint NOT NULL DEFAULT 0,
    lot_id bigint NOT NULL DEFAULT 0,
    quantity integer NOT NULL CHECK (quantity > 0),
    used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
    given_back integer NOT NULL DEFAULT 0 CHECK (given_back >= 0),
    is_platform_subtracted boolean NOT NULL DEFAULT true,
    PRIMARY KEY (fulfilment_id, line_no),
    CHECK (used + given_back <= quantity)
) PARTITION BY RANGE (fulfilment_id);

CREATE TABLE entry (                              -- 流水: never changed
    document_id bigint NOT NULL,
    document_line smallint NOT NULL,
    kind text NOT NULL,                           -- opening issue receive adjust move_out move_in
    sequence integer NOT NULL,                    -- counts repeats of one cause; a cause counts once
    sku_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    grade smallint NOT NULL DEFAULT 1,
    owner_id bigint NOT NULL DEFAULT 0,
    lot_id bigint NOT NULL DEFAULT 0,
    quantity integer NOT NULL CHECK (quantity <> 0),
    value_minor bigint NOT NULL DEFAULT 0,
    cause text NOT NULL,                          -- number of the message or document that caused it
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (document_id, document_line, kind, sequence)
) PARTITION BY RANGE (document_id);
CREATE INDEX entry_sku ON entry (sku_id, warehouse_id, occurred_at);
CREATE TRIGGER entry_is_for_ever BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE document (                           -- 单据: entry orders, adjustments, counts, transfers
    id bigint PRIMARY KEY,
    kind text NOT NULL,                           -- opening entry adjustment count transfer
    state smallint NOT NULL,
    path smallint[] NOT NULL,
    warehouse_id bigint NOT NULL REFERENCES warehouse (id),
    reference text NOT NULL DEFAULT '',           -- the purchase order's or the WMS's number
    expected_at timestamptz,
    wms_ref text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL DEFAULT ''
);
CREATE INDEX document_open ON document (state, id) WHERE state < 70;

CREATE TABLE document_line (
    document_id bigint NOT NULL REFERENCES document (id),
    line_no smallint NOT NULL,
    sku_id bigint NOT NULL,
    planned integer NOT NULL CHECK (planned >= 0),
    done integer NOT NULL DEFAULT 0,
    PRIMARY KEY (document_id, line_no)
);

-- One row per write that changed stock, demand or what a platform has sold by itself; read by the push and by the waker of backorders.
CREATE TABLE stock_change (
    id bigint PRIMARY KEY,
    sku_ids bigint[] NOT NULL,
    listing_ids bigint[] NOT NULL DEFAULT '{}',
    listing_sold integer[] NOT NULL DEFAULT '{}', -- units the platform has subtracted (negative: given back) by itself
    is_woken boolean NOT NULL DEFAULT false,      -- backorders looked at
    is_pushed boolean NOT NULL DEFAULT false      -- listings marked
);
CREATE INDEX stock_change_push ON stock_change (id) WHERE NOT is_pushed;
CREATE INDEX stock_change_wake ON stock_change (id) WHERE NOT is_woken;

-- What each listing shows: `believed` is what the platform must be showing by all we know; the push sends the difference.
CREATE TABLE listing_stock (
    listing_id bigint PRIMARY KEY,
    shop_id bigint NOT NULL,
    believed bigint NOT NULL DEFAULT 0,
    pending_delta bigint NOT NULL DEFAULT 0,      -- sent, not yet answered; sent again under the same key until answered
    pending_key text NOT NULL DEFAULT '',
    is_dirty boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    pushed_at timestamptz,
    answer text NOT NULL DEFAULT ''
) WITH (fillfactor = 60);
CREATE INDEX listing_stock_dirty ON listing_stock (shop_id, due_at) WHERE is_dirty;

-- ---------------------------------------------------------------- partitions: by id, cut by size (runtime/partitions.py adds the next)

CREATE TABLE receiver_p1 PARTITION OF receiver FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE sales_order_p1 PARTITION OF sales_order FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE order_line_p1 PARTITION OF order_line FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE timeline_p1 PARTITION OF timeline FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE fulfilment_p1 PARTITION OF fulfilment FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE fulfilment_line_p1 PARTITION OF fulfilment_line FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE reservation_p1 PARTITION OF reservation FOR VALUES FROM (MINVALUE) TO (1000000000);
CREATE TABLE entry_p1 PARTITION OF entry FOR VALUES FROM (MINVALUE) TO (1000000000);

-- ---------------------------------------------------------------- invariants: each view must be empty

CREATE VIEW invariant_on_hand_is_the_sum_of_entries AS
SELECT sku_id, warehouse_id, grade, owner_id, lot_id, COALESCE(b.on_hand, 0) AS on_hand, COALESCE(e.quantity, 0) AS entered
FROM balance b
FULL JOIN (
    SELECT sku_id, warehouse_id, grade, owner_id, lot_id, SUM(quantity) AS quantity
    FROM entry GROUP BY 1, 2, 3, 4, 5
) e USING (sku_id, warehouse_id, grade, owner_id, lot_id)
WHERE COALESCE(b.on_hand, 0) <> COALESCE(e.quantity, 0);

CREATE VIEW invariant_reserved_is_the_sum_of_open_reservations AS
SELECT sku_id, warehouse_id, grade, owner_id, lot_id, COALESCE(b.reserved_hard, 0) AS reserved, COALESCE(r.quantity, 0) AS open
FROM balance b
FULL JOIN (
    SELECT sku_id, warehouse_id, grade, owner_id, lot_id, SUM(quantity - used - given_back) AS quantity
    FROM reservation GROUP BY 1, 2, 3, 4, 5
) r USING (sku_id, warehouse_id, grade, owner_id, lot_id)
WHERE COALESCE(b.reserved_hard, 0) <> COALESCE(r.quantity, 0);

CREATE VIEW invariant_reserved_is_never_above_on_hand AS
SELECT sku_id, warehouse_id, on_hand, reserved_hard FROM balance WHERE reserved_hard > on_hand AND NOT is_short;

CREATE VIEW invariant_demand_is_the_sum_of_waiting_lines AS
SELECT sku_id, COALESCE(d.held, 0) AS held, COALESCE(l.held, 0) AS lines_held, COALESCE(d.short, 0) AS short, COALESCE(l.short, 0) AS lines_short
FROM demand d
FULL JOIN (
    SELECT l.sku_id, SUM(l.open) AS held, SUM(l.short) AS short
    FROM order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE l.sku_id IS NOT NULL AND o.state BETWEEN 20 AND 79
    GROUP BY 1
) l USING (sku_id)
WHERE COALESCE(d.held, 0) <> COALESCE(l.held, 0) OR COALESCE(d.short, 0) <> COALESCE(l.short, 0);

CREATE VIEW invariant_line_work_is_in_fulfilments AS
SELECT order_id, line_no, l.reserved + l.in_fulfilment AS planned, l.shipped, COALESCE(f.open, 0) AS in_fulfilments, COALESCE(f.shipped, 0) AS sent
FROM order_line l
LEFT JOIN (
    SELECT f.order_id, fl.line_no, SUM(fl.quantity - fl.shipped - fl.cancelled) AS open, SUM(fl.shipped) AS shipped
    FROM fulfilment_line fl JOIN fulfilment f ON f.id = fl.fulfilment_id
    GROUP BY 1, 2
) f USING (order_id, line_no)
WHERE l.reserved + l.in_fulfilment <> COALESCE(f.open, 0) OR l.shipped <> COALESCE(f.shipped, 0);

CREATE VIEW invariant_reservation_follows_its_fulfilment_line AS
SELECT fl.fulfilment_id, fl.line_no, fl.quantity, fl.shipped, fl.cancelled, r.quantity AS reserved, r.used, r.given_back
FROM fulfilment_line fl
LEFT JOIN reservation r USING (fulfilment_id, line_no)
WHERE r.fulfilment_id IS NULL OR r.quantity <> fl.quantity OR r.used <> fl.shipped OR r.given_back <> fl.cancelled;

CREATE VIEW invariant_parcels_carry_what_was_shipped AS
SELECT fulfilment_id, line_no, fl.shipped, COALESCE(p.quantity, 0) AS in_parcels
FROM fulfilment_line fl
LEFT JOIN (SELECT fulfilment_id, line_no, SUM(quantity) AS quantity FROM parcel_line GROUP BY 1, 2) p USING (fulfilment_id, line_no)
WHERE fl.shipped <> COALESCE(p.quantity, 0);

CREATE VIEW invariant_issues_are_what_was_shipped AS
SELECT fulfilment_id, line_no, fl.shipped, COALESCE(e.quantity, 0) AS issued
FROM fulfilment_line fl
LEFT JOIN (
    SELECT document_id AS fulfilment_id, document_line AS line_no, -SUM(quantity) AS quantity FROM entry WHERE kind = 'issue' GROUP BY 1, 2
) e USING (fulfilment_id, line_no)
WHERE fl.shipped <> COALESCE(e.quantity, 0);

CREATE VIEW invariant_order_state_agrees_with_its_lines AS
SELECT o.id, o.order_no, o.state, l.*
FROM sales_order o
JOIN (
    SELECT order_id, SUM(open) AS open, SUM(short) AS short, SUM(reserved) AS reserved, SUM(in_fulfilment) AS in_fulfilment, SUM(shipped) AS shipped,
           SUM(cancelled) AS cancelled
    FROM order_line GROUP BY 1
) l ON l.order_id = o.id
WHERE (o.state IN (10, 20, 30) AND (l.short + l.reserved + l.in_fulfilment + l.shipped > 0))
   OR (o.state = 40 AND (l.short = 0 OR l.reserved + l.in_fulfilment + l.shipped > 0))
   OR (o.state = 50 AND (l.reserved = 0 OR l.in_fulfilment + l.shipped > 0))
   OR (o.state = 60 AND (l.in_fulfilment = 0 OR l.shipped > 0))
   OR (o.state = 70 AND l.shipped = 0)
   OR (o.state IN (80, 90) AND (l.open + l.short + l.reserved + l.in_fulfilment > 0 OR l.shipped = 0))
   OR (o.state = 92 AND (l.open + l.short + l.reserved + l.in_fulfilment + l.shipped + l.cancelled > 0))
   OR (o.state = 95 AND (l.open + l.short + l.reserved + l.in_fulfilment + l.shipped > 0));

CREATE VIEW invariant_every_order_moves_or_waits_for_a_reason AS
SELECT o.id, o.order_no, o.state FROM sales_order o
WHERE o.due_at IS NULL AND o.waits_for = ''
  AND (o.state IN (10, 20, 30, 40)
       OR (o.state IN (50, 60, 70) AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.open + l.short > 0)));

CREATE VIEW invariant_one_order_per_platform_order AS
SELECT k.shop_id, k.platform_order_no, k.order_id
FROM order_key k LEFT JOIN sales_order o ON o.id = k.order_id
WHERE o.id IS NULL OR o.platform_order_no <> k.platform_order_no OR o.order_no <> k.order_no;

CREATE VIEW invariant_merged_fulfilments_travel_with_their_leader AS
SELECT m.id, m.state, l.state AS leader_state
FROM fulfilment m LEFT JOIN fulfilment l ON l.id = m.merged_into_id
WHERE (m.state = 20 AND (l.id IS NULL OR l.state NOT IN (30, 40, 50, 60) OR l.merged_into_id IS NOT NULL OR l.warehouse_id <> m.warehouse_id))
   OR (m.state = 10 AND m.merged_into_id IS NOT NULL);

CREATE VIEW invariant_in_transit_is_what_entry_orders_still_owe AS
SELECT sku_id, warehouse_id, COALESCE(b.in_transit, 0) AS in_transit, COALESCE(d.owed, 0) AS owed
FROM (SELECT sku_id, warehouse_id, SUM(in_transit) AS in_transit FROM balance GROUP BY 1, 2) b
FULL JOIN (
    SELECT l.sku_id, d.warehouse_id, SUM(GREATEST(l.planned - l.done, 0)) AS owed
    FROM document d JOIN document_line l ON l.document_id = d.id
    WHERE d.kind = 'entry' AND d.state IN (30, 40, 60) GROUP BY 1, 2
) d USING (sku_id, warehouse_id)
WHERE COALESCE(b.in_transit, 0) <> COALESCE(d.owed, 0);

CREATE VIEW invariant_states_are_declared AS
SELECT 'order' AS machine, id, state FROM sales_order WHERE state NOT IN (SELECT to_state FROM legal_move WHERE machine = 'order')
UNION ALL
SELECT 'fulfilment', id, state FROM fulfilment WHERE state NOT IN (SELECT to_state FROM legal_move WHERE machine = 'fulfilment');

-- ---------------------------------------------------------------- rights: the ledger and the moves are read and added to, never changed

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = current_schema()) THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON entry, entry_p1 FROM %I', current_schema());
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON legal_move FROM %I', current_schema());
    END IF;
END $$;

-- ---------------------------------------------------------------- seeds: the same pairs as kernel/states.py (a test compares)

INSERT INTO legal_move (machine, from_state, to_state) VALUES
    ('order', 0, 10),
    ('order', 0, 20),
    ('order', 0, 95),
    ('order', 10, 20),
    ('order', 10, 95),
    ('order', 20, 10),
    ('order', 20, 30),
    ('order', 20, 95),
    ('order', 30, 20),
    ('order', 30, 40),
    ('order', 30, 50),
    ('order', 30, 92),
    ('order', 30, 95),
    ('order', 40, 20),
    ('order', 40, 50),
    ('order', 40, 95),
    ('order', 50, 20),
    ('order', 50, 40),
    ('order', 50, 60),
    ('order', 50, 95),
    ('order', 60, 20),
    ('order', 60, 40),
    ('order', 60, 50),
    ('order', 60, 70),
    ('order', 60, 80),
    ('order', 60, 95),
    ('order', 70, 80),
    ('order', 80, 70),
    ('order', 80, 90),
    ('fulfilment', 0, 10),
    ('fulfilment', 10, 20),
    ('fulfilment', 10, 30),
    ('fulfilment', 10, 95),
    ('fulfilment', 20, 10),
    ('fulfilment', 20, 60),
    ('fulfilment', 20, 70),
    ('fulfilment', 20, 90),
    ('fulfilment', 20, 95),
    ('fulfilment', 30, 40),
    ('fulfilment', 30, 50),
    ('fulfilment', 30, 60),
    ('fulfilment', 30, 70),
    ('fulfilment', 30, 90),
    ('fulfilment', 30, 95),
    ('fulfilment', 40, 50),
    ('fulfilment', 40, 60),
    ('fulfilment', 40, 70),
    ('fulfilment', 40, 90),
    ('fulfilment', 40, 95),
    ('fulfilment', 50, 10),
    ('fulfilment', 50, 40),
    ('fulfilment', 50, 60),
    ('fulfilment', 50, 70),
    ('fulfilment', 50, 90),
    ('fulfilment', 50, 95),
    ('fulfilment', 60, 70),
    ('fulfilment', 70, 80),
    ('document', 0, 10),
    ('document', 0, 30),
    ('document', 10, 30),
    ('document', 10, 95),
    ('document', 30, 40),
    ('document', 30, 60),
    ('document', 30, 70),
    ('document', 30, 90),
    ('document', 30, 95),
    ('document', 40, 60),
    ('document', 40, 70),
    ('document', 40, 90),
    ('document', 40, 95),
    ('document', 60, 70);

-- ---------------------------------------------------------------- every write of a state is checked; a migration that adds a move makes these anew

DO $$
DECLARE
    machine_name text;
    table_name text;
BEGIN
    FOR machine_name, table_name IN VALUES ('order', 'sales_order'), ('fulfilment', 'fulfilment'), ('document', 'document') LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF state ON %I FOR EACH ROW EXECUTE FUNCTION check_path(%L, %L)',
            table_name || '_path', table_name, machine_name,
            (SELECT array_agg(from_state * 100 + to_state ORDER BY from_state, to_state) FROM legal_move WHERE machine = machine_name)
        );
    END LOOP;
END $$;

-- People of the console (entrypoints/api is their only writer): rights, scope, sessions, reveals, saved views, jobs, claims, prints.

-- ---------------------------------------------------------------- who may do what

CREATE TABLE role (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    rights text[] NOT NULL,                       -- the closed list of entrypoints/api/people/rights.py
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE person (
    id bigint PRIMARY KEY,
    name text NOT NULL UNIQUE,                    -- how he signs in; told in timelines as user:<name>
    title text NOT NULL DEFAULT '',
    password text NOT NULL DEFAULT '',            -- Argon2id, in PHC form; '' = no password
    language text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    shop_ids bigint[],                            -- what he sees; NULL = every shop
    warehouse_ids bigint[],                       -- NULL = every warehouse
    is_active boolean NOT NULL DEFAULT true,
    must_change_password boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    signed_in_at timestamptz
);

CREATE TABLE person_role (
    person_id bigint NOT NULL REFERENCES person (id),
    role_id bigint NOT NULL REFERENCES role (id),
    PRIMARY KEY (person_id, role_id)
);

CREATE TABLE session (
    id bigint PRIMARY KEY,
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    person_id bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    address text NOT NULL DEFAULT '',
    agent text NOT NULL DEFAULT ''
);
COMMENT ON TABLE session IS 'sign-ins under way; the cookie itself is never kept. All instants by the database clock: people live in real time';
CREATE INDEX session_person ON session (person_id);

CREATE TABLE sign_in_failure (
    subject text PRIMARY KEY,                     -- name:<digest> or address:<address>
    failures integer NOT NULL,
    since timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_failure IS 'failed sign-ins of the running window; database clock';

ALTER TABLE api_key ADD COLUMN shop_ids bigint[];
ALTER TABLE api_key ADD COLUMN warehouse_ids bigint[];

CREATE TABLE receiver_reveal (
    id bigint PRIMARY KEY,
    order_id bigint NOT NULL,
    order_no text NOT NULL,
    actor text NOT NULL,
    purpose text NOT NULL,
    address text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
COMMENT ON TABLE receiver_reveal IS 'who saw which receiver in clear, when and what for';
CREATE TRIGGER receiver_reveal_is_for_ever BEFORE UPDATE OR DELETE ON receiver_reveal FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- lists

CREATE TABLE saved_view (
    id bigint PRIMARY KEY,
    list text NOT NULL,
    name text NOT NULL,
    owner text NOT NULL,                          -- person:<id> or key:<id>
    is_team boolean NOT NULL DEFAULT false,
    is_default boolean NOT NULL DEFAULT false,
    body jsonb NOT NULL,                          -- filters, sort, columns
    version integer NOT NULL DEFAULT 1,
    UNIQUE (list, owner, name)
);

-- Names as people type them: the first letters of their pinyin. Made when they are first searched for, and again when names have changed.
CREATE TABLE name_initials (
    kind text NOT NULL,                           -- product | shop
    ref_id bigint NOT NULL,
    name text NOT NULL,
    initials text NOT NULL,
    PRIMARY KEY (kind, ref_id)
);

CREATE INDEX parcel_tracking ON parcel (tracking_no);
CREATE INDEX order_line_refund ON order_line (order_id) WHERE refund = 'requested';   -- the queue of refund requests

-- What people do about an exception: who has it, until when it sleeps.
CREATE TABLE exception_claim (
    kind text NOT NULL,
    ref_id bigint NOT NULL,
    owner text NOT NULL DEFAULT '',               -- user:<name>; '' = nobody
    claimed_at timestamptz,
    snoozed_until timestamptz,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (kind, ref_id)
);

CREATE TABLE print_mark (
    order_id bigint NOT NULL,
    kind text NOT NULL,                           -- pick_list | packing_list | label
    times integer NOT NULL DEFAULT 1,
    printed_at timestamptz NOT NULL,
    printed_by text NOT NULL,
    PRIMARY KEY (order_id, kind)
);

-- ---------------------------------------------------------------- jobs: one action over many orders

CREATE TABLE job (
    id bigint PRIMARY KEY,
    action text NOT NULL,
    parameters jsonb NOT NULL DEFAULT '{}',
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    owner text NOT NULL,                          -- person:<id> or key:<id>
    actor text NOT NULL,                          -- user:<name>
    warehouse_ids bigint[],                       -- what its owner sees, for what it reads; NULL = all
    language text NOT NULL DEFAULT 'zh',
    total integer NOT NULL,
    done integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    undone integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    undo_until timestamptz,
    lease_until timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON COLUMN job.state IS '0 waiting or running, 1 done, 2 being undone, 3 undone';
COMMENT ON COLUMN job.lease_until IS 'who works on it renews it; database clock. Past: anybody may go on';
CREATE INDEX job_open ON job (id) WHERE state IN (0, 2);
CREATE INDEX job_owner ON job (owner, id);

CREATE TABLE job_row (
    job_id bigint NOT NULL REFERENCES job (id),
    n integer NOT NULL,
    order_id bigint NOT NULL,                     -- 0: there is no such order
    order_no text NOT NULL,
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    reason text NOT NULL DEFAULT '',
    before jsonb,
    PRIMARY KEY (job_id, n)
);
COMMENT ON COLUMN job_row.state IS '0 waiting, 1 done, 2 refused, 3 undone, 4 could not be undone';
COMMENT ON COLUMN job_row.before IS 'what is needed to undo it';
CREATE INDEX job_row_open ON job_row (job_id, n) WHERE state = 0;

CREATE TABLE job_file (
    job_id bigint PRIMARY KEY REFERENCES job (id),
    name text NOT NULL,
    media_type text NOT NULL,
    body bytea NOT NULL
);

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

-- People who pack and receive with a phone (轻仓): what they have sent, each thing once, and which fulfilments lie in a closed parcel.
-- Written by fulfilment/light only.

CREATE TABLE scan_taken (
    scan_id uuid PRIMARY KEY,                     -- made by the phone: a queue sent twice counts once
    caller text NOT NULL,                         -- person:<id> | key:<id>
    request_digest bytea NOT NULL,
    answer bytea NOT NULL DEFAULT '',             -- what was answered: numbers and quantities, nothing about people
    taken_at timestamptz NOT NULL
);
CREATE INDEX scan_taken_at ON scan_taken USING brin (taken_at);

CREATE TABLE packing (
    fulfilment_id bigint PRIMARY KEY,             -- the leader's, when merged
    attempt smallint NOT NULL,                    -- which sending of it
    packed_at timestamptz NOT NULL,
    packed_by text NOT NULL
);

-- Whether anything was heard of a listing since its last push was planned: if not, a push that was taken needs no second look.
-- True for those that are there: a push may be under way, and something may have been heard.

ALTER TABLE listing_stock ADD COLUMN has_news boolean NOT NULL DEFAULT true;

-- What people ask for: a feed to be read now, and why a difference of stock was accepted.

ALTER TABLE shop_cursor ADD COLUMN wanted_at timestamptz;
COMMENT ON COLUMN shop_cursor.wanted_at IS 'a person wants it read again, however long it rests after failures (business clock)';

ALTER TABLE stock_difference ADD COLUMN note text NOT NULL DEFAULT '';
COMMENT ON COLUMN stock_difference.note IS 'why it was accepted, by who did';

-- Which receiver of an order was seen: the one in force, or the platform's beside an edit of ours.

ALTER TABLE receiver_reveal ADD COLUMN which text NOT NULL DEFAULT 'in_force' CHECK (which IN ('in_force', 'platform'));

-- People whom a provider vouches for (OpenID Connect), and attempts to sign in that have come to their end.

CREATE TABLE person_identity (
    person_id bigint PRIMARY KEY REFERENCES person (id),
    issuer text NOT NULL,
    subject text NOT NULL DEFAULT '',             -- '' = awaited: the provider's next person of the same name is he
    since timestamptz NOT NULL
);
COMMENT ON TABLE person_identity IS 'as whom a provider knows a person; database clock';
CREATE UNIQUE INDEX person_identity_subject ON person_identity (issuer, subject) WHERE subject <> '';

CREATE TABLE sign_in_done (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    at timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_done IS 'attempts that were answered, so that none counts twice; database clock';

-- A switch per shop: whether it is told its stock; and who turned it when.

ALTER TABLE shop ADD COLUMN pushes_stock boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN shop.pushes_stock IS 'whether its listings are told what may be sold; off: they show what somebody else sets';

CREATE TABLE stock_push_switch (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shop (id),
    is_on boolean NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE stock_push_switch IS 'who turned the telling of stock on or off, and when (business clock); rows are only added';
CREATE INDEX stock_push_switch_shop ON stock_push_switch (shop_id, id);

-- Everybody's own default view of a list: a view of his own, or one of the team's.

CREATE TABLE default_view (
    owner text NOT NULL,                          -- person:<id> or key:<id>
    list text NOT NULL,
    view_id bigint NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
    PRIMARY KEY (owner, list)
);
COMMENT ON TABLE default_view IS 'which saved view a list opens with, for each person by himself';
CREATE INDEX default_view_view ON default_view (view_id);

-- Until now a view's owner made it the default, and only he was asked. `saved_view.is_default` is read no more; it goes with a later release.
INSERT INTO default_view (owner, list, view_id)
SELECT DISTINCT ON (v.owner, v.list) v.owner, v.list, v.id FROM saved_view v WHERE v.is_default ORDER BY v.owner, v.list, v.id DESC
ON CONFLICT DO NOTHING;

-- Whether a session was opened by a password or by a provider: who came by a provider is not asked to change a password he never typed.

ALTER TABLE session ADD COLUMN by_password boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN session.by_password IS 'false: a provider vouched for him';

-- Nobody knows of those that live now: none of them is shut out of its work, the next sign-in tells.
UPDATE session SET by_password = false;

-- Lists that stay quick when what they look through has grown: the log of messages, the catalogue.

-- What was taken up, by its kind: rare kinds of a log of millions. A message that waits has no entry yet, so each is entered once.
CREATE INDEX message_by_kind ON message (kind, state, id) WHERE state > 0;
CREATE INDEX message_duplicate ON message (id) WHERE state = 3;

-- What listings are compared with: raised by every change of a product, a SKU or a barcode, and not, as `catalog` is, by each listing that is mapped.
INSERT INTO cache_version (subject) VALUES ('goods');

-- Lists that stay quick with ten million orders stored.

-- Open orders, newest first: without it the newest of some rare kind were looked for among all orders there ever were.
CREATE INDEX sales_order_open_newest ON sales_order (id) WHERE state < 90;

-- Which orders have this SKU, ended ones too. Found without reading the lines.
CREATE INDEX order_line_sku ON order_line (sku_id, order_id);

-- How much a listing's last increase added: a sale heard of afterwards may be older than it, and then what was cut at zero is unknown. It stood in
-- the answer ("taken 5"), where a decrease taken, or refused, after it wiped it out.

ALTER TABLE listing_stock ADD COLUMN raised bigint NOT NULL DEFAULT 0;
UPDATE listing_stock SET raised = substring(answer FROM 'taken (\d+)$')::bigint, answer = regexp_replace(answer, 'taken \d+$', 'taken')
WHERE answer ~ 'taken \d+$';
