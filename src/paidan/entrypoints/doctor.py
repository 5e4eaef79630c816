"""`paidan doctor`: looks at an installation and says what should be mended, and how."""

import shutil
import sys
import sysconfig
from collections.abc import Iterator

import psycopg
from msgspec import Struct

from paidan.entrypoints.api.people.openid.attempts import BACK_PATH
from paidan.entrypoints.api.people.openid.configuration import read_provider
from paidan.entrypoints.api.people.openid.door import open_door
from paidan.entrypoints.api.people.openid.store import known_roles
from paidan.entrypoints.installation import keyring_file
from paidan.kernel.errors import CounterpartError, SetupError
from paidan.runtime import embedded
from paidan.runtime.database import Database
from paidan.runtime.migrations import head, revision_of
from paidan.runtime.provision import merchants, with_database
from paidan.runtime.settings import Settings

FREE_BYTES_MIN = 2 << 30
PYTHON_MIN = (3, 11)


class Finding(Struct, frozen=True):
    """One look: what was seen, whether it is good, what to do when it is not."""

    is_good: bool
    text: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """All looks, cheapest first."""
    yield _python()
    home = settings.home.resolve()
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    yield Finding(free >= FREE_BYTES_MIN, f"{free >> 30} GiB free for {home.name}", "" if free >= FREE_BYTES_MIN else "Make room on the disk")
    yield from _keys(settings)
    yield from _database(settings)
    yield from _provider(settings)


def _python() -> Finding:
    version = sys.version_info[:2]
    name = f"Python {version[0]}.{version[1]}"
    if version < PYTHON_MIN:
        return Finding(is_good=False, text=name, advice="Use Python 3.11 or newer")
    # Distributions compile theirs by rules of their own, without the word: they are optimised.
    if sys.base_prefix != "/usr" and "--enable-optimizations" not in str(sysconfig.get_config_var("CONFIG_ARGS") or ""):
        advice = "The same pass takes an eighth more CPU: name another one in PAIDAN_PYTHON, remove .venv, run ./paidan setup"
        return Finding(is_good=True, text=f"{name}, compiled without its optimisations", advice=advice)
    return Finding(is_good=True, text=f"{name}, compiled with its optimisations")


def _keys(settings: Settings) -> Iterator[Finding]:
    file = keyring_file(settings)
    if not file.exists():
        yield Finding(is_good=True, text="no keyring yet: it is made at the first start")
        return
    private = file.stat().st_mode & 0o077 == 0
    yield Finding(private, f"keyring {file.name}", "" if private else f"chmod 600 {file}: others can read the master keys")


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.owner_url and not settings.database_url and not settings.data_dir.exists():
        yield Finding(is_good=True, text="no database yet: `paidan up` or `paidan demo` makes one")
        return
    try:
        url = settings.owner_url or settings.database_url or embedded.start(settings.data_dir)
        with psycopg.connect(url) as connection:
            yield Finding(is_good=True, text=f"PostgreSQL {connection.info.server_version // 10000}")
            yield from _durability(connection)
            app = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'paidan_app'").fetchone()
        if app is not None:
            yield Finding(not app[0], "the application is no superuser", "" if not app[0] else "ALTER ROLE paidan_app NOSUPERUSER")
        if settings.owner_url:
            yield from _schemas(settings.owner_url)
        yield from _roles(settings, settings.database_url or with_database(url, settings.database))
    except (psycopg.Error, SetupError) as error:
        yield Finding(is_good=False, text="the database does not answer", advice=str(error).splitlines()[0])


def _provider(settings: Settings) -> Iterator[Finding]:
    """Whether the provider of sign-ins answers, speaks for the issuer that is configured, and has keys that we take."""
    try:
        door = open_door(settings)
        if door is None:
            return
        has_secret = "with" if door.provider.client_secret else "without"
        yield Finding(is_good=True, text=f"sign-in by {door.provider.issuer} as {door.provider.client_id} ({has_secret} a secret)")
        known = bool(door.provider.public_url) or settings.allow_loopback
        yield Finding(known, "address of the console", "" if known else f"Set PAIDAN_PUBLIC_URL, and register {BACK_PATH} below it with the provider")
        keys = door.published.count_keys()
        yield Finding(keys > 0, f"keys that the provider publishes and we take: {keys}", "" if keys else "It must sign by RS256 or ES256")
    except (CounterpartError, SetupError) as error:
        yield Finding(is_good=False, text="sign-in by a provider", advice=str(error))


def _roles(settings: Settings, url: str) -> Iterator[Finding]:
    """Whether every role that the provider's words stand for is there."""
    try:
        provider = read_provider(settings)
    except SetupError:
        return  # told by `_provider`
    if provider is None or not provider.role_codes:
        return
    text = "roles named by PAIDAN_OIDC_ROLES and PAIDAN_OIDC_DEFAULT_ROLE"
    database = Database(url, settings.merchant, size=1)
    with database.transaction() as tx:
        missing = sorted(set(provider.role_codes) - set(known_roles(tx, sorted(provider.role_codes))))
    database.close()
    yield Finding(not missing, text, f"There is no role {', '.join(missing)}" if missing else "")


def _durability(connection: "psycopg.Connection[tuple[object, ...]]") -> Iterator[Finding]:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        value = str(row[0]) if row else "?"
        yield Finding(value == "on", f"{name} = {value}", "" if value == "on" else f"ALTER SYSTEM SET {name} = on: a crash may lose accepted orders")


def _schemas(owner_url: str) -> Iterator[Finding]:
    for merchant in merchants(owner_url):
        at = revision_of(owner_url, merchant)
        yield Finding(at == head(), f"merchant {merchant} at revision {at}", "" if at == head() else "Run `paidan migrate`")
