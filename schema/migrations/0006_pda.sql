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
