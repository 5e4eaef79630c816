from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from paidan.runtime.database import Database
from paidan.runtime.fingerprint import catalog_fingerprint, differences
from paidan.runtime.ids import BLOCK
from paidan.runtime.migrations import head, migrate, migrate_all, revision_of, schema_folder
from paidan.runtime.provision import Installation, create_merchant, drop_merchant, merchants
from paidan.runtime.statements import statements

OWN_MERCHANT = True  # compares what migrations make


@pytest.fixture(scope="module")
def written(server: Installation, merchant: str) -> Iterator[str]:
    """A merchant whose tables were made by current.sql."""
    name = f"{merchant[:30]}_current"
    drop_merchant(server.owner_url, name)
    create_merchant(server.owner_url, name)
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("SET ROLE paidan_owner")
        owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(f"m_{name}")))
        for statement in statements((schema_folder() / "current.sql").read_text(encoding="utf-8")):
            owner.execute(statement.encode())
    yield f"m_{name}"
    drop_merchant(server.owner_url, name)


def rows_by_table(owner: Any, schema: str) -> dict[str, list[str]]:
    owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
    tables = owner.execute(
        "SELECT relname FROM pg_class "
        "WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'schema_version'",
        (schema,),
    )
    row_texts = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t ORDER BY 1")
    return {name: [row for (row,) in owner.execute(row_texts.format(sql.Identifier(name)))] for (name,) in tables.fetchall()}


def test_current_sql_makes_the_same_schema(server: Installation, merchant: str, written: str) -> None:
    with psycopg.connect(server.owner_url) as owner:
        migrated = catalog_fingerprint(owner, f"m_{merchant}")
        current = catalog_fingerprint(owner, written)
    assert len(migrated) > 150
    assert differences(migrated, current) == []


def test_current_sql_plants_the_same_rows(server: Installation, merchant: str, written: str) -> None:
    with psycopg.connect(server.owner_url) as owner:
        migrated, current = rows_by_table(owner, f"m_{merchant}"), rows_by_table(owner, written)
    assert {name: len(rows) for name, rows in migrated.items()} == {name: len(rows) for name, rows in current.items()}
    assert migrated == current


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE setting ALTER version SET DEFAULT 2",
        "ALTER TABLE setting ALTER version TYPE bigint",
        "ALTER TABLE setting ADD CHECK (version > 0)",
        "CREATE INDEX extra ON setting (version)",
        "CREATE TRIGGER extra BEFORE DELETE ON setting FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE VIEW extra AS SELECT 1",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER SEQUENCE id_block INCREMENT BY 1",
        "REVOKE DELETE ON setting FROM {role}",
        "COMMENT ON TABLE setting IS 'other'",
    ],
)
def test_the_fingerprint_notices(server: Installation, merchant: str, change: Any) -> None:
    schema = f"m_{merchant}"
    with psycopg.connect(server.owner_url) as owner:
        before = catalog_fingerprint(owner, schema)
        owner.execute("SET LOCAL ROLE paidan_owner")
        owner.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
        owner.execute(change.replace("{role}", schema).encode())
        assert differences(before, catalog_fingerprint(owner, schema)) != []
        owner.rollback()


def test_migrating_twice_does_nothing(server: Installation, merchant: str) -> None:
    told = migrate(server.owner_url, merchant)
    assert (told.before, told.after) == (head(), head())


def test_migrations_go_on_where_they_stopped_and_one_bad_merchant_does_not_stop_the_rest(server: Installation, merchant: str) -> None:
    good, bad = f"{merchant[:20]}_good", f"{merchant[:20]}_bad"
    for name in (good, bad):
        create_merchant(server.owner_url, name)
    try:
        assert migrate(server.owner_url, good, to="0001").after == "0001"
        with psycopg.connect(server.owner_url) as owner:
            owner.execute(sql.SQL("CREATE TABLE {}.message (id int)").format(sql.Identifier(f"m_{bad}")))
        told = {row.merchant: row for row in migrate_all(server.owner_url, [bad, good])}
        assert (told[good].before, told[good].after, told[good].trouble) == ("0001", head(), "")
        assert (told[bad].after, "already exists" in told[bad].trouble) == ("", True)
        assert revision_of(server.owner_url, good) == head()
        assert {good, bad} <= set(merchants(server.owner_url))
    finally:
        drop_merchant(server.owner_url, good)
        drop_merchant(server.owner_url, bad)


def test_ids_are_taken_in_the_blocks_that_the_sequence_gives(database: Database) -> None:
    with database.transaction() as tx:
        first, second = (tx.execute("SELECT nextval('id_block')").fetchone()[0] for _ in range(2))
    assert second - first == BLOCK
