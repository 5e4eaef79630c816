"""Roles, the database, and one schema per merchant. Idempotent: run at every start of an installation that owns its database.

paidan_owner  owns every table; nobody logs in as it
paidan_app    the application's login: no superuser, inherits nothing, owns nothing
m_<merchant>  what the application becomes for one transaction; sees that merchant's schema alone
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
from msgspec import Struct
from psycopg import sql
from psycopg.conninfo import make_conninfo

from paidan.kernel.errors import SetupError
from paidan.runtime.database import Tx, schema_of

OWNER = "paidan_owner"
APP = "paidan_app"
SERVER_VERSION_MIN = 150000
BUILTIN_LOCALE_FROM = 170000


class Installation(Struct, frozen=True, kw_only=True):
    """Two ways into one database: `owner_url` for provisioning and migrations, `app_url` for everything else."""

    owner_url: str
    app_url: str


def provision(admin_url: str, *, password: str, database: str = "paidan") -> Installation:
    """Make roles and database where missing. `admin_url` is a superuser, or a role with CREATEROLE and CREATEDB.

    `password` becomes the application's. Raises SetupError for a server older than PostgreSQL 15.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        if admin.info.server_version < SERVER_VERSION_MIN:
            raise SetupError(f"PostgreSQL 15 or newer is needed; this server is {admin.info.server_version // 10000}")
        # Roles belong to the whole server: two installers must not meet in the middle.
        admin.execute("SELECT pg_advisory_lock(hashtext('paidan provision'))")
        _make_roles(admin, password)
        _make_database(admin, database)
    owner_url = with_database(admin_url, database)
    with psycopg.connect(owner_url, autocommit=True) as admin:
        admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    return Installation(owner_url=owner_url, app_url=make_conninfo(owner_url, user=APP, password=password))


def create_merchant(owner_url: str, merchant: str) -> None:
    """Make the merchant's schema and role; tables come by `migrations.migrate`. Doing it twice does nothing."""
    schema = sql.Identifier(schema_of(merchant))
    with psycopg.connect(owner_url) as owner:
        owner.execute("SELECT pg_advisory_xact_lock(hashtext('paidan provision'))")
        if not _exists(owner, "SELECT 1 FROM pg_roles WHERE rolname = %s", schema_of(merchant)):
            owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOINHERIT").format(schema))
        owner.execute(sql.SQL("GRANT {} TO {}").format(schema, sql.Identifier(APP)))
        owner.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, sql.Identifier(OWNER)))
        owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {0} TO {0}").format(schema))
        for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
            grant = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT {rights} TO {schema}"
            owner.execute(sql.SQL(grant).format(owner=sql.Identifier(OWNER), schema=schema, rights=sql.SQL(rights)))


def drop_merchant(owner_url: str, merchant: str) -> None:
    """Remove the merchant's schema with all it holds, and its role. There is no way back."""
    name = schema_of(merchant)
    with psycopg.connect(owner_url) as owner:
        owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        if _exists(owner, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
            owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def merchants(owner_url: str) -> list[str]:
    """All merchants of the database, by name."""
    found = "SELECT substr(nspname, 3) FROM pg_namespace WHERE nspname LIKE 'm\\_%%' AND nspowner = to_regrole(%s) ORDER BY 1"
    with psycopg.connect(owner_url) as owner:
        return [row[0] for row in owner.execute(found, (OWNER,))]


def kept_password(keys_dir: Path, name: str = APP) -> str:
    """The password kept in `keys_dir`, made at random the first time; the file is readable by its owner alone."""
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = keys_dir / f"{name}.password"
    if not file.exists():
        # Whole or not at all, and never over another's: mkstemp makes it 0600, a link fails when the name is taken.
        handle, draft = tempfile.mkstemp(dir=keys_dir, prefix=".password-")
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(24))
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        Path(draft).unlink()
    return file.read_text().strip()


def with_database(url: str, database: str) -> str:
    """The same server and login, another database."""
    return make_conninfo(url, dbname=database)


def _make_roles(admin: Tx, password: str) -> None:
    if not _exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER").format(sql.Identifier(OWNER)))
    verb = "ALTER" if _exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", APP) else "CREATE"
    # Hashed here: the clear password never reaches the server's log.
    hashed = admin.pgconn.encrypt_password(password.encode(), APP.encode(), b"scram-sha-256").decode()
    words = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {}")
    admin.execute(words.format(sql.Identifier(APP), sql.Literal(hashed)))
    # The administrator of a managed server is no superuser: it must be a member to hand things over.
    admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def _make_database(admin: Tx, database: str) -> None:
    """UTF-8, ordered by code point: the same everywhere, whatever the server's locale."""
    if not _exists(admin, "SELECT 1 FROM pg_database WHERE datname = %s", database):
        builtin = admin.info.server_version >= BUILTIN_LOCALE_FROM
        locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'" if builtin else "LOCALE 'C'"
        words = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' " + locale)
        admin.execute(words.format(sql.Identifier(database), sql.Identifier(OWNER)))
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(APP)))


def _exists(connection: Tx, question: str, name: str) -> bool:
    return connection.execute(question.encode(), (name,)).fetchone() is not None
