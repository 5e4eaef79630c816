"""One installation on this machine or elsewhere: its database, its keys, its sources of ids. Everything an entrypoint needs, made once."""

from pathlib import Path

import structlog
from msgspec import Struct

from paidan.kernel.clock import Clock
from paidan.runtime import embedded
from paidan.runtime.clocks import SharedClock
from paidan.runtime.database import Database
from paidan.runtime.ids import BlockIds, IdSource
from paidan.runtime.numbers import NumberSource
from paidan.runtime.provision import Installation, create_merchant, kept_password, provision
from paidan.runtime.sealing import Sealer, load_keyring, make_keyring
from paidan.runtime.settings import Settings

log = structlog.get_logger(__name__)


class OpenInstallation(Struct, frozen=True, kw_only=True):
    """One installation as a process has it open: what entrypoints hand to the code they start; nothing is global."""

    settings: Settings
    database: Database
    ids: IdSource
    numbers: NumberSource
    sealer: Sealer
    clock: Clock

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


def install(settings: Settings) -> Installation:
    """Start the embedded server when no URL is given, make roles, database, merchant and tables where missing. Safe to repeat."""
    # Here, not above: a worker or an API beside a database that is there needs no Alembic: a third of a worker's start, a quarter of its memory.
    from paidan.runtime.migrations import migrate

    password = kept_password(settings.keys_dir)
    admin_url = settings.owner_url or embedded.start(settings.data_dir)
    installation = provision(admin_url, password=password, database=settings.database)
    create_merchant(installation.owner_url, settings.merchant)
    migrate(installation.owner_url, settings.merchant)
    make_keyring(keyring_file(settings))
    return installation


def keyring_file(settings: Settings) -> Path:
    """Where the master keys lie: outside the database's folder."""
    return settings.keys_dir / "keyring.json"


def connect(settings: Settings, app_url: str, *, name: str = "paidan") -> OpenInstallation:
    """An installed database, as the application sees it: neither superuser nor owner."""
    database = Database(app_url, settings.merchant, size=16, name=name)
    keyring = load_keyring(keyring_file(settings))
    return OpenInstallation(
        settings=settings,
        database=database,
        ids=BlockIds(database),
        numbers=NumberSource(database),
        sealer=Sealer(keyring, settings.merchant),
        clock=SharedClock(database, keep_s=0.02, look_s=1.0),
    )


def open_installation(settings: Settings) -> OpenInstallation:
    """The installation for a process: by PAIDAN_DATABASE_URL when given, else over the embedded installation."""
    if settings.database_url:
        make_keyring(keyring_file(settings))
        return connect(settings, settings.database_url)
    return connect(settings, install(settings).app_url)
