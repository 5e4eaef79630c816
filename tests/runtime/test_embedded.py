import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from paidan.kernel.errors import SetupError
from paidan.runtime import embedded
from paidan.runtime.database import Database, wait_until_up


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # A path too long for a socket, as a home deep in a tree would be.
    folder = tmp_path_factory.mktemp("home") / ("deep" * 20) / "postgres"
    yield folder
    embedded.stop(folder, mode="immediate")


def setting(url: str, name: str) -> Any:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]


def test_several_may_start_it_at_once_and_it_starts_once(data_dir: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        urls = set(pool.map(lambda _: embedded.start(data_dir), range(3)))
    assert len(urls) == 1
    assert embedded.is_running(data_dir)
    [url] = urls
    wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "384MB", "jit": "off", "max_wal_size": "4GB"}
    assert {name: setting(url, name) for name in wanted} == wanted
    assert setting(url, "listen_addresses") == ""


def test_nobody_gets_in_without_the_password_and_nothing_lies_open(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace("postgres:", "postgres:not", 1))
    assert data_dir.stat().st_mode & 0o077 == 0
    assert (data_dir.parent / ".postgres.superuser").stat().st_mode & 0o077 == 0
    assert not (data_dir / ".postgres.superuser").exists()
    for folder in data_dir.parents:
        assert not folder.stat().st_mode & 0o002 or folder.stat().st_mode & 0o1000


def test_committed_rows_survive_a_crash_and_waiting_connections_recover(data_dir: Path) -> None:
    url = embedded.start(data_dir)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    embedded.stop(data_dir, mode="immediate")
    assert not embedded.is_running(data_dir)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert embedded.start(data_dir) == url
    wait_until_up(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]


def test_the_server_outlives_the_process_that_started_it(data_dir: Path) -> None:
    embedded.stop(data_dir)
    code = "import sys, pathlib; from paidan.runtime import embedded; embedded.start(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(data_dir)], env=environment, check=True, timeout=60)  # noqa: S603 - our own code
    assert embedded.is_running(data_dir)


def test_without_fsync_only_when_asked(data_dir: Path) -> None:
    embedded.stop(data_dir)
    assert setting(embedded.start(data_dir, fsync=False), "fsync") == "off"
    embedded.stop(data_dir)
    assert setting(embedded.start(data_dir), "fsync") == "on"


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("18")
    (tmp_path / "postgresql.conf").write_text("")
    with pytest.raises(SetupError, match="not made by paidan"):
        embedded.start(tmp_path)


def test_what_fails_is_told_with_the_server_s_words(data_dir: Path) -> None:
    embedded.stop(data_dir)
    extra = data_dir / "postgresql.auto.conf"
    before = extra.read_text()
    extra.write_text("shared_buffers = 'nonsense'\n")
    with pytest.raises(SetupError, match="nonsense"):
        embedded.start(data_dir)
    extra.write_text(before)
    assert embedded.start(data_dir)


def test_a_restart_of_the_server_needs_no_restart_of_ours(data_dir: Path) -> None:
    from paidan.runtime.migrations import migrate
    from paidan.runtime.provision import create_merchant, provision

    installation = provision(embedded.start(data_dir), password="for-tests-only", database="restarted")
    create_merchant(installation.owner_url, "default")
    migrate(installation.owner_url, "default")
    database = Database(installation.app_url)
    with database.transaction(), database.transaction():
        pass
    embedded.stop(data_dir, mode="immediate")
    with pytest.raises(psycopg.OperationalError), database.transaction():
        pass
    embedded.start(data_dir)
    wait_until_up(installation.app_url)
    with database.transaction() as tx:
        assert tx.execute("SELECT count(*) FROM bucket").fetchone() == (64,)
    database.close()
