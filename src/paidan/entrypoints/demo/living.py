"""After the day: time goes on at its own speed. What somebody does in the console is carried out, the warehouses and carriers of the world answer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Final

import structlog

from paidan.entrypoints.demo.drive import set_clock
from paidan.entrypoints.installation import OpenInstallation
from paidan.entrypoints.mill import Mill
from paidan.runtime.telemetry import told
from paidan.world.host_client import HostClient

EVERY_S: Final = 0.3
log = structlog.get_logger(__name__)


@contextmanager
def living(services: OpenInstallation, host: HostClient, *, speed: float = 1.0) -> Iterator[None]:
    """Within the block the world lives on; `speed` business seconds pass in one real second."""
    stop = Event()
    thread = Thread(target=_live, args=(services, host, speed, stop), name="living", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _live(services: OpenInstallation, host: HostClient, speed: float, stop: Event) -> None:
    mill = Mill(services)
    began_at, began = services.clock.now(), time.monotonic()
    try:
        while not stop.wait(EVERY_S):
            now = began_at + timedelta(seconds=(time.monotonic() - began) * speed)
            set_clock(services, now)
            try:
                if host.advance(now).aside:
                    host.redeliver()
                while any(mill.turn().values()) and not stop.is_set():
                    pass
            except Exception as error:  # noqa: BLE001 - a demo that somebody looks at goes on; the log says what went wrong
                log.warning("living.error", **told(error))
    finally:
        mill.close()
