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
