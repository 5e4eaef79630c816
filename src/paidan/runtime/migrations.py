"""Alembic over plain SQL files: one version table in each merchant's schema, taken up again where it stopped.

A revision is two files: `0002_records.sql`, and `0002_records.py` that says what it follows and calls `run_file`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import psycopg
from alembic import op
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from msgspec import Struct
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from paidan.kernel.errors import SetupError
from paidan.runtime.database import schema_of
from paidan.runtime.provision import OWNER, merchants
from paidan.runtime.statements import statements

VERSION_TABLE = "schema_version"
LOCK_TIMEOUT_MS = 1000  # a migration must not hold up writers behind it for longer
LOCK_TRIES = 20


class Migrated(Struct, frozen=True, kw_only=True):
    """What happened to one merchant: revisions before and after; `trouble` is the error's text when it stopped."""

    merchant: str
    before: str
    after: str
    trouble: str = ""


def schema_folder() -> Path:
    """Where migrations and current.sql lie: in the installed package, else at the repository's root."""
    packaged = Path(str(files("paidan"))) / "schema"
    found = packaged if packaged.exists() else Path(__file__).resolve().parents[3] / "schema"
    if not (found / "migrations").exists():
        raise SetupError(f"no migrations at {found}: the installation is incomplete")
    return found


def run_file(name: str) -> None:
    """For revisions: run each statement of a file beside them, as the owner, in the merchant's schema."""
    text = (schema_folder() / "migrations" / name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise SetupError("migrations run on psycopg connections only")
    for statement in statements(text):
        # Bytes, no parameters: per cent signs mean themselves.
        connection.execute(statement.encode())


def head() -> str:
    """The newest revision. Raises SetupError when there is not exactly one."""
    heads = _scripts().get_heads()
    if len(heads) != 1:
        raise SetupError(f"one newest migration is expected, found {sorted(heads)}")
    return heads[0]


def migrate(owner_url: str, merchant: str = "default", *, to: str = "head", sleep: Callable[[float], None] = time.sleep) -> Migrated:
    """Bring one merchant's schema to revision `to`, each revision in a transaction of its own.

    Waits at most a second for any table lock and then tries again later, so that writers behind it go on. One migration per merchant at a time.
    Raises SetupError when a lock can't be had after many tries, psycopg.Error for a statement that fails.
    """
    for attempt in range(LOCK_TRIES):
        try:
            return _migrate_once(owner_url, merchant, to)
        except psycopg.errors.LockNotAvailable:
            sleep(min(0.1 * 2**attempt, 5.0))
    raise SetupError(f"merchant {merchant}: a table stayed locked; stop long transactions and run migrate again")


def migrate_all(owner_url: str, names: Sequence[str] | None = None, *, to: str = "head") -> list[Migrated]:
    """Every merchant in turn; one that fails is told in its line and does not stop the others. Run it again to take up the rest."""
    return [_migrate_telling(owner_url, merchant, to) for merchant in (merchants(owner_url) if names is None else names)]


def revision_of(owner_url: str, merchant: str) -> str:
    """The merchant's revision; empty before the first migration."""
    with _as_owner(owner_url, merchant) as connection:
        return _revision(connection)


def _migrate_telling(owner_url: str, merchant: str, to: str) -> Migrated:
    try:
        return migrate(owner_url, merchant, to=to)
    except (psycopg.Error, SetupError) as error:
        now = revision_of(owner_url, merchant)
        return Migrated(merchant=merchant, before=now, after=now, trouble=str(error).strip())


def _migrate_once(owner_url: str, merchant: str, to: str) -> Migrated:
    scripts = _scripts()
    schema = schema_of(merchant)
    with _as_owner(owner_url, merchant) as connection:
        before = _revision(connection)
        environment = EnvironmentContext(_config(), scripts, fn=lambda now, _: scripts._upgrade_revs(to, now), destination_rev=to)  # noqa: SLF001 - as alembic.command does
        with environment:
            environment.configure(
                connection=connection,
                version_table=VERSION_TABLE,
                version_table_schema=schema,
                transaction_per_migration=True,
                transactional_ddl=True,
            )
            try:
                environment.run_migrations()
            except RevisionError as error:
                raise SetupError(f"merchant {merchant} stands at {before!r}, which this version of paidan does not know") from error
        return Migrated(merchant=merchant, before=before, after=_revision(connection))


@contextmanager
def _as_owner(owner_url: str, merchant: str) -> Iterator[Connection]:
    """A session as `paidan_owner` in the merchant's schema, alone with it."""
    schema = schema_of(merchant)

    def connect() -> psycopg.Connection:
        raw = psycopg.connect(owner_url, application_name="paidan migrate", prepare_threshold=None)
        raw.execute("SELECT pg_advisory_lock(hashtext('paidan migrate'), hashtext(%s))", (schema,))
        raw.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        raw.execute("SELECT set_config('search_path', %s, false), set_config('lock_timeout', %s, false)", (schema, f"{LOCK_TIMEOUT_MS}ms"))
        if raw.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone() == (None,):
            raw.close()
            raise SetupError(f"there is no merchant {merchant}: create it first")
        raw.commit()
        return raw

    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _revision(connection: Connection) -> str:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise SetupError("migrations run on psycopg connections only")
    if raw.execute("SELECT to_regclass(%s)", (VERSION_TABLE,)).fetchone() == (None,):
        raw.commit()
        return ""
    row = raw.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(VERSION_TABLE))).fetchone()
    raw.commit()
    return row[0] if row else ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema_folder() / "migrations").replace("%", "%%"))
    config.set_main_option("version_locations", str(schema_folder() / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
