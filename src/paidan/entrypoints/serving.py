"""Serves the API: granian over the Litestar app, in this process or as a child of the demo."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import structs

from paidan.kernel.errors import SetupError
from paidan.runtime.settings import Settings

READY_S = 30.0
LEAVE_S = 3  # an answer under way has so long at the end; consoles that listen would never let go
PROCESSES = 2  # of `paidan up`: while one waits for its commit the other works (docs/performance.md), and a long answer of one holds up nobody else
TAIL_BYTES = 2_000
FACTORY = "paidan.entrypoints.serving:make_app"


def make_app() -> object:
    """The application over the installation that the environment names; made in the serving process."""
    from paidan.entrypoints.api.app import create_app
    from paidan.entrypoints.api.services import HandlerContext
    from paidan.entrypoints.installation import open_installation
    from paidan.parties.addresses.divisions import atlas
    from paidan.runtime.collector import calm_collector
    from paidan.runtime.settings import read_settings
    from paidan.runtime.telemetry import configure_logs

    settings = read_settings()
    configure_logs(settings.log_level)
    opened = open_installation(settings)
    services = HandlerContext(database=opened.database, ids=opened.ids, sealer=opened.sealer, clock=opened.clock, settings=settings)
    app = create_app(services)
    atlas()  # before the collector is told what lasts
    calm_collector()
    return app


def command(host: str, port: int, processes: int = 1) -> list[str]:
    """How the serving process is started; it starts `processes` of its own that answer."""
    options = {
        "--interface": "asgi", "--host": host, "--port": port, "--workers": processes, "--workers-kill-timeout": LEAVE_S, "--respawn-interval": 0.5,
        "--log-level": "warning",
    }  # fmt: skip
    words = [str(word) for option in options.items() for word in option]
    return [sys.executable, "-m", "granian", "--factory", "--respawn-failed-workers", "--no-access-log", *words, FACTORY]


def environment(settings: Settings, app_url: str) -> dict[str, str]:
    """What a child process must know of this installation."""
    import os

    told = {
        "PAIDAN_HOME": str(settings.home.resolve()),
        "PAIDAN_DATABASE_URL": app_url,
        "PAIDAN_MERCHANT": settings.merchant,
        "PAIDAN_ALLOW_LOOPBACK": "true" if settings.allow_loopback else "",
        "PAIDAN_LOG_LEVEL": settings.log_level,
        "PAIDAN_PUSH_DELAY_S": str(settings.push_delay_s),
        "PAIDAN_CALL_TIMEOUT_S": str(settings.call_timeout_s),
        "PAIDAN_LEASE_S": str(settings.lease_s),
        "PAIDAN_OUTBOX_LEASE_S": str(settings.outbox_lease_s),
        "PAIDAN_PUBLIC_URL": settings.public_url,
        "PAIDAN_PASSWORD_SIGN_IN": "true" if settings.password_sign_in else "false",
        **{f"PAIDAN_{name.upper()}": str(value) for name, value in structs.asdict(settings).items() if name.startswith("oidc_")},
    }
    return {**os.environ, **told}


@contextmanager
def held_port(host: str = "127.0.0.1") -> Iterator[int]:
    """A free port that stays ours for the block.

    A port that was only looked up may be taken by any connection going out before the server binds it. So a socket stays bound to
    it and never listens; the server, which shares its port as this socket does, may bind it beside.
    """
    with socket.socket() as holder:
        if hasattr(socket, "SO_REUSEPORT"):  # pragma: no branch - not on Windows
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((host, 0))
        yield int(holder.getsockname()[1])


@contextmanager
def serve_in_child(
    settings: Settings, app_url: str, port: int, host: str = "127.0.0.1", log_file: Path | None = None, processes: int = 1
) -> Iterator[str]:
    """The API as a child process, ready when the block begins, ended on leaving; gives its base URL. Its log goes to `log_file` if one is given."""
    with ExitStack() as stack:
        log = stack.enter_context(log_file.open("ab")) if log_file else None
        child = stack.enter_context(subprocess.Popen(command(host, port, processes), env=environment(settings, app_url), stderr=log))  # noqa: S603 - our own interpreter and module
        try:
            wait_ready(child, f"http://{host}:{port}/readyz", log_file)
            yield f"http://{host}:{port}"
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_ready(child: "subprocess.Popen[bytes]", url: str, log_file: Path | None = None) -> None:
    """Wait until the child answers at `url`. Raises SetupError, with the end of its log if it has one, when it ends or takes too long."""
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if child.poll() is not None:
            raise SetupError(f"the API ended at its start with code {child.returncode}{_said(log_file)}")
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SetupError(f"the API did not get ready within {READY_S:.0f} s{_said(log_file)}")


def _said(log_file: Path | None) -> str:
    if log_file is None:
        return "; what it printed says why"
    end = log_file.read_bytes()[-TAIL_BYTES:].decode(errors="replace").strip()
    return f"; {log_file} ends with:\n{end}" if end else f"; {log_file} is empty"
