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
