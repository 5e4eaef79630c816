"""One embedded PostgreSQL per test run (or the server named by PAIDAN_TEST_ADMIN_URL), one merchant of each process, as new for each module."""

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from paidan.runtime import embedded
from paidan.runtime.clocks import FixedClock
from paidan.runtime.database import Database
from paidan.runtime.ids import CountingIds
from paidan.runtime.migrations import migrate
from paidan.runtime.provision import Installation, create_merchant, drop_merchant, provision
from paidan.runtime.sealing import Sealer, new_keyring
from shared_merchant import SharedMerchant

RUN_DIR = "PAIDAN_TEST_RUN_DIR"
ADMIN_URL = "PAIDAN_TEST_ADMIN_URL"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - each run has a private folder of its own there
ROOM = 6 << 30  # bytes; the server's WAL alone may take four
APP_PASSWORD = "for-tests-only"
# How long an example takes tells of what else the machine does: of itself the library would call a slow one a failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai, a Monday


def pytest_configure(config: pytest.Config) -> None:
    """The controller names the folder of this run; workers inherit the name and start the server when a test wants it."""
    if not hasattr(config, "workerinput"):
        _sweep()
        os.environ[RUN_DIR] = tempfile.mkdtemp(prefix=f"paidan-test-{os.getpid()}-", dir=_quick_place())


@pytest.hookimpl(trylast=True)  # once each folder has marked its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: a long one at the end would keep one process waiting for the other. Within a file nothing moves."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The console's day is played by one process, not by each."""
    if config.getvalue("dist") != "loadfile":
        return None
    from whose_day import DayOfOne  # what is without a second process may be without the plugin

    return DayOfOne(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not walk over it again and again (a tenth of the run's Python)."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_DIR in os.environ:
        _remove(Path(os.environ.pop(RUN_DIR)))


def _quick_place() -> str | None:
    """The memory's file system where it has room. A hundred merchants made and dropped are a hundred thousand files, and a disk's file system looks
    long for inodes that were not freed just now: half of the run's system time."""
    roomy = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return str(IN_MEMORY) if roomy else None


def _sweep() -> None:
    """Stop the servers of runs that were killed."""
    for folder in (*Path(tempfile.gettempdir()).glob("paidan-test-*"), *IN_MEMORY.glob("paidan-test-*")):
        match = re.match(r"paidan-test-(\d+)-", folder.name)
        if match and not Path(f"/proc/{match[1]}").exists() and Path("/proc/self").exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    for running in folder.rglob("postmaster.pid"):
        embedded.stop(running.parent, mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Installation:
    """Roles and database on the run's server; all workers share it."""
    admin_url = os.environ.get(ADMIN_URL) or embedded.start(Path(os.environ[RUN_DIR]) / "data")
    return provision(admin_url, password=APP_PASSWORD, database="paidan_test")


@pytest.fixture(scope="session")
def shared_merchant(server: Installation) -> Iterator[SharedMerchant]:
    """The merchant of all modules of this process that ask for none of their own."""
    shared = SharedMerchant(server.owner_url, f"t{os.getpid()}")
    yield shared
    shared.drop()


@pytest.fixture(scope="module")
def merchant(request: pytest.FixtureRequest) -> Iterator[str]:
    """Name of a migrated merchant without rows: one of this module's own where it says `OWN_MERCHANT`, else the one that is as new for each."""
    if getattr(request.module, "OWN_MERCHANT", False):
        with _own_merchant(request.getfixturevalue("server"), request.module.__name__) as name:
            yield name
        return
    shared = request.getfixturevalue("shared_merchant")
    shared.as_new()
    yield shared.name
    assert shared.is_as_made(), "it changes the schema: say OWN_MERCHANT = True"


@contextmanager
def _own_merchant(server: Installation, module: str) -> Iterator[str]:
    word = re.sub(r"[^a-z0-9]+", "_", module.rsplit(".", maxsplit=1)[-1].lower())[-24:]
    name = f"t{os.getpid()}_{word}"
    drop_merchant(server.owner_url, name)
    create_merchant(server.owner_url, name)
    migrate(server.owner_url, name)
    yield name
    drop_merchant(server.owner_url, name)


@pytest.fixture(scope="module")
def database(server: Installation, merchant: str) -> Iterator[Database]:
    """The module's merchant, as the application sees it: neither superuser nor owner."""
    database = Database(server.app_url, merchant)
    yield database
    database.close()


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def fixed_clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def sealer() -> Sealer:
    """A sealer with a fresh keyring; the key differs in each test."""
    return Sealer(new_keyring())
