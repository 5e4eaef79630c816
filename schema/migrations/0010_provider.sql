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
