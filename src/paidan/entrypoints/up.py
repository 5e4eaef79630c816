"""`paidan up`: database, API and workers of one installation, until Ctrl-C."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import structlog
from msgspec import structs
from rich.console import Console

from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.keys import queries as key_queries
from paidan.entrypoints.api.people.openid.configuration import read_provider
from paidan.entrypoints.api.people.passwords import drawn
from paidan.entrypoints.api.people.rights import Scope
from paidan.entrypoints.api.people.store import FIRST, make_first_person
from paidan.entrypoints.installation import connect, install, keyring_file
from paidan.entrypoints.serving import environment, serve_in_child
from paidan.entrypoints.simulators import simulators_beside
from paidan.runtime import embedded
from paidan.runtime.sealing import make_keyring
from paidan.runtime.settings import Settings

FIRST_CHANGE = "The first sign-in asks for a password of your own (首次登录后需换成自己的密码)."
CHANGE_HINT = "Another one can be chosen in the console, under Settings (可在工作台的“设置”里换成自己的密码)."

console = Console()
log = structlog.get_logger(__name__)


def run_up(settings: Settings, *, host: str, port: int, workers: int, api_processes: int, simulators: bool = False) -> int:
    """Start everything, wait, end everything. `simulators`: the console's first steps offer them instead of a real shop."""
    read_provider(settings)
    if simulators:
        settings = structs.replace(settings, allow_loopback=True)
    with _server_ended(settings):
        return _run(settings, host, port, workers, api_processes, simulators=simulators)


@contextmanager
def _server_ended(settings: Settings) -> Iterator[None]:
    """The embedded server ends with whoever has started it; one that ran before goes on for whom it runs."""
    is_ours = not (settings.database_url or settings.owner_url or embedded.is_running(settings.data_dir))
    try:
        yield
    finally:
        if is_ours:
            embedded.stop(settings.data_dir)


def _run(settings: Settings, host: str, port: int, workers: int, api_processes: int, *, simulators: bool) -> int:
    installation = None if settings.database_url else install(settings)
    app_url = settings.database_url or (installation.app_url if installation else "")
    make_keyring(keyring_file(settings))
    _first_key(settings, app_url)
    greet_first_person(settings, app_url, must_change=True)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    children: list[subprocess.Popen[bytes]] = []
    with (
        serve_in_child(settings, app_url, port, host, processes=api_processes) as url,
        simulators_beside(settings, installation, url, is_wanted=simulators) as turn,
    ):
        try:
            for _ in range(workers):
                command = [sys.executable, "-m", "paidan.entrypoints.worker"]
                children.append(subprocess.Popen(command, env=environment(settings, app_url)))  # noqa: S603 - our own interpreter and module
            console.print(f"Paidan is up at [bold]{url}/[/] · API docs at {url}/api/v1/docs · Ctrl-C ends it", highlight=False)
            while not stop.wait(1.0):
                _restart_dead(children, settings, app_url)
                turn()
        except KeyboardInterrupt:
            pass
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(15)
    return 0


def _first_key(settings: Settings, app_url: str) -> None:
    """An installation without any API key gets one for its administrator, shown this once."""
    services = connect(settings, app_url)
    with services.database.transaction() as tx:
        if not tx.execute(key_queries.list_keys, {"after": None, "limit": 1}).fetchall():
            now = services.clock.now()
            _, secret = make_key(tx, services.ids, services.sealer, name="admin", scopes=[Scope.ADMIN], now=now)
            console.print("The administrator's API key, shown once (管理员密钥，仅显示一次):", highlight=False)
            console.print(secret, markup=False, highlight=False, soft_wrap=True)
    services.close()


def greet_first_person(settings: Settings, app_url: str, *, must_change: bool) -> None:
    """An installation without anybody gets its administrator; a password drawn by lot is shown this once.

    `must_change`: a drawn one, which a terminal has shown, is good for the first sign-in only; else that it can be changed is told.
    """
    is_shown = not settings.admin_password
    password = settings.admin_password or drawn()
    services = connect(settings, app_url)
    with services.database.transaction() as tx:
        is_new = make_first_person(tx, services.ids, password, services.clock.now(), must_change=is_shown and must_change)
    services.close()
    if is_new:
        console.print(f"Sign in as [bold]{FIRST}[/] with this password, shown once (管理员密码，仅显示一次):", highlight=False)
        console.print(password if is_shown else "(PAIDAN_ADMIN_PASSWORD)", markup=False, highlight=False, soft_wrap=True)
        if is_shown:
            console.print(FIRST_CHANGE if must_change else CHANGE_HINT, style="dim", highlight=False)


def _restart_dead(children: "list[subprocess.Popen[bytes]]", settings: Settings, app_url: str) -> None:
    """A worker that died is started again; what it held is free within ten seconds."""
    for index, child in enumerate(children):
        if child.poll() is not None:
            log.warning("worker_restarted", code=child.returncode)
            command = [sys.executable, "-m", "paidan.entrypoints.worker"]
            children[index] = subprocess.Popen(command, env=environment(settings, app_url))  # noqa: S603 - our own interpreter and module
