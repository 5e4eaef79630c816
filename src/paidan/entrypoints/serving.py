"""Serves the API: granian over the Litestar app, in this process or as a child of the demo."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from paidan.kernel.errors import SetupError
from paidan.runtime.settings import Settings

READY_S = 30.0
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
    options = ["--interface", "asgi", "--factory", "--host", host, "--port", str(port), "--workers", str(processes), "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "--no-access-log", FACTORY]


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
    }
    return {**os.environ, **told}


@contextmanager
def serve_in_child(
    settings: Settings, app_url: str, port: int, host: str = "127.0.0.1", log_file: Path | None = None, processes: int = 1
) -> Iterator[str]:
    """The API as a child process, ready when the block begins, ended on leaving; gives its base URL. Its log goes to `log_file` if one is given."""
    with ExitStack() as stack:
        log = stack.enter_context(log_file.open("ab")) if log_file else None
        child = stack.enter_context(subprocess.Popen(command(host, port, processes), env=environment(settings, app_url), stderr=log))  # noqa: S603 - our own interpreter and module
        try:
            wait_ready(child, f"http://{host}:{port}/readyz")
            yield f"http://{host}:{port}"
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_ready(child: "subprocess.Popen[bytes]", url: str) -> None:
    """Wait until the child answers at `url`. Raises SetupError when it ends or takes too long."""
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if child.poll() is not None:
            raise SetupError(f"the API ended at its start with code {child.returncode}; its log says why")
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SetupError(f"the API did not get ready within {READY_S:.0f} s")
