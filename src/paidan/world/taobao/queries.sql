-- The order-push table: the platform writes it, the merchant reads it. Columns as the platform documents them for `jdp_tb_trade`;
-- times are China local, without zone.

-- name: make_schema
-- The platform's own schema.
CREATE SCHEMA IF NOT EXISTS sys_info

-- name: make_table
CREATE TABLE IF NOT EXISTS sys_info.jdp_tb_trade (
    tid          bigint PRIMARY KEY,
    status       varchar(64),
    type         varchar(64),
    seller_nick  varchar(32),
    buyer_nick   varchar(32),
    created      timestamp,
    modified     timestamp,
    jdp_hashcode varchar(128),
    jdp_response text,
    jdp_created  timestamp,
    jdp_modified timestamp
)

-- name: make_index_by_change
CREATE INDEX IF NOT EXISTS ind_jdp_tb_trade_seller_nick_jdp_modified ON sys_info.jdp_tb_trade (seller_nick, jdp_modified)

-- name: make_index_by_change_alone
CREATE INDEX IF NOT EXISTS ind_jdp_tb_trade_jdp_modified ON sys_info.jdp_tb_trade (jdp_modified)

-- name: let_in
-- Who may log in to the platform's database may read.
GRANT USAGE ON SCHEMA sys_info TO PUBLIC

-- name: let_read
GRANT SELECT ON sys_info.jdp_tb_trade TO PUBLIC

-- name: empty_table
TRUNCATE sys_info.jdp_tb_trade

-- name: write_rows
-- Newest facts win; a row is never older than what stands there, for one writer writes in the order of changes.
-- Parameters: one array for each column.
INSERT INTO sys_info.jdp_tb_trade AS old
    (tid, status, type, seller_nick, buyer_nick, created, modified, jdp_hashcode, jdp_response, jdp_created, jdp_modified)
SELECT * FROM unnest(
    %(tid)s::bigint[], %(status)s::text[], %(type)s::text[], %(seller_nick)s::text[], %(buyer_nick)s::text[],
    %(created)s::timestamp[], %(modified)s::timestamp[], %(jdp_hashcode)s::text[], %(jdp_response)s::text[],
    %(jdp_created)s::timestamp[], %(jdp_modified)s::timestamp[])
ON CONFLICT (tid) DO UPDATE SET
    status = excluded.status, type = excluded.type, seller_nick = excluded.seller_nick, buyer_nick = excluded.buyer_nick,
    modified = excluded.modified, jdp_hashcode = excluded.jdp_hashcode, jdp_response = excluded.jdp_response,
    jdp_modified = excluded.jdp_modified
