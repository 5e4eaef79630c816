"""Simulators beside an installation that is up: the demo's platforms, warehouses and carriers, living by the real clock.

They start when somebody asks for them in the console's first steps. Their day began a while ago, so that the first orders are there at once.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Final

import msgspec
import structlog
from msgspec import structs

from paidan.entrypoints.demo.masters import Urls, load_day, permit_pushes
from paidan.entrypoints.demo.run import Plan, push_database, town_of
from paidan.entrypoints.installation import OpenInstallation, connect
from paidan.entrypoints.offer import Simulators, read_offer, write_offer
from paidan.kernel.errors import SetupError
from paidan.runtime.http import HttpCaller
from paidan.runtime.provision import Installation
from paidan.runtime.settings import Settings
from paidan.runtime.telemetry import told
from paidan.world.host_client import HostClient, spawned_host
from paidan.world.town import day_of

PLAN: Final = Plan(orders=300, merge_window_s=60)
BEGAN: Final = timedelta(hours=1)
"""So long ago: a dozen orders have been placed."""
log = structlog.get_logger(__name__)


@contextmanager
def simulators_beside(settings: Settings, installation: Installation | None, url: str, *, is_wanted: bool) -> Iterator[Callable[[], None]]:
    """What is to be called every second or so while the installation is up. Raises SetupError without a server of our own to keep their tables on."""
    before = read_offer(settings)
    if not is_wanted:
        if before in {Simulators.OFFERED, Simulators.WANTED, Simulators.FAILED}:
            write_offer(settings, Simulators.NONE)
        elif before == Simulators.CONNECTED:
            write_offer(settings, Simulators.ENDED)
        yield lambda: None
        return
    if installation is None:
        raise SetupError("simulators need a database server that Paidan has set up: leave PAIDAN_DATABASE_URL empty")
    write_offer(settings, Simulators.ENDED if before in {Simulators.CONNECTED, Simulators.ENDED} else Simulators.OFFERED)
    beside = Beside(settings, installation, url)
    try:
        yield beside.turn
    finally:
        beside.close()


class Beside:
    """The simulators once they are wanted. Not for several threads."""

    def __init__(self, settings: Settings, installation: Installation, url: str) -> None:
        self._settings = settings
        self._installation = installation
        self._url = url
        self._open = ExitStack()
        self._services: OpenInstallation | None = None
        self._host: HostClient | None = None
        self._is_permitted = False

    def turn(self) -> None:
        """Connect them when somebody has asked; then let them live up to now. Trouble is theirs alone: it is logged, and the installation goes on."""
        try:
            if self._host is None and read_offer(self._settings) == Simulators.WANTED:
                self._connect()
            if self._host is not None and self._services is not None:
                self._live(self._host, self._services)
        except Exception as error:  # noqa: BLE001 - as said above
            log.warning("simulators.error", **told(error))
            if self._host is None:
                write_offer(self._settings, Simulators.FAILED)

    def close(self) -> None:
        """End them."""
        if self._host is not None:
            write_offer(self._settings, Simulators.ENDED)
        self._open.close()

    def _connect(self) -> None:
        """Start them, and write their shops, warehouses, goods and stock as a person would. What fails leaves nothing behind."""
        with ExitStack() as opened:
            services = connect(self._settings, self._installation.app_url)
            opened.callback(services.close)
            dsn = push_database(self._installation.owner_url, f"{self._settings.database}_push")
            town = town_of(PLAN, paidan_url=self._url, bulk_dsn=dsn, opens_at=services.clock.now() - BEGAN)
            host = opened.enter_context(spawned_host("paidan.world.town:build", msgspec.to_builtins(town)))
            urls = Urls(**{field.name: host.base_url(field.name) for field in structs.fields(Urls)})
            load_day(services, day_of(town), town, urls, merge_window_s=PLAN.merge_window_s)
            self._open.push(opened.pop_all())
        self._services, self._host = services, host
        write_offer(self._settings, Simulators.CONNECTED)

    def _live(self, host: HostClient, services: OpenInstallation) -> None:
        """Let them live up to now. Their shops are there by now: a platform that would not hear us yet is asked again at the next turn."""
        aside = host.advance(services.clock.now()).aside
        if not self._is_permitted:  # not before: a platform takes no call from another hour
            permit_pushes(services, HttpCaller(allow_loopback=True, allow_plain=True))
            self._is_permitted = True
        if aside:
            host.redeliver()
