"""What the handlers work with, given once when the app is made: no globals."""

from functools import cached_property

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from paidan.fulfilment.links import LinkCache
from paidan.kernel.clock import Clock
from paidan.network.accounts import AccountCache
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.runtime.database import Database
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer
from paidan.runtime.settings import Settings


class Services:
    """Database, ids, seal, clock and settings of one merchant, and the caches over them."""

    def __init__(self, *, database: Database, ids: IdSource, sealer: Sealer, clock: Clock, settings: Settings) -> None:
        self.database = database
        self.ids = ids
        self.sealer = sealer
        self.clock = clock
        self.settings = settings

    @cached_property
    def connections(self) -> ConnectionCache:
        """Connections with their secrets opened, read again when the network's version changes."""
        return ConnectionCache(self.sealer)

    @cached_property
    def links(self) -> LinkCache:
        """Warehouse systems and tracking services."""
        return LinkCache(self.connections)

    @cached_property
    def accounts(self) -> AccountCache:
        """Our accounts with platforms."""
        return AccountCache(self.sealer, self.connections)

    @cached_property
    def network(self) -> NetworkCache:
        """The network, read again when its version changes."""
        return NetworkCache()


Given = NamedDependency[SkipValidation[Services]]
"""How a handler asks for the services: `services: Given`."""
