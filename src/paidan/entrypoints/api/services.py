"""What the handlers work with, given once when the app is made: no globals."""

from collections.abc import Mapping
from functools import cached_property

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from paidan.catalog.load import SkuCache
from paidan.channels.direct.orders import parse
from paidan.channels.facts import PlatformOrder
from paidan.channels.registry import CHANNELS
from paidan.entrypoints.api.known_keys import KnownKeys
from paidan.entrypoints.api.likenesses import LikenessCache
from paidan.entrypoints.api.people.openid.door import ProviderDoor, open_door
from paidan.fulfilment.links import LinkCache
from paidan.kernel.clock import Clock
from paidan.network.accounts import AccountCache
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.pipeline import Stages
from paidan.runtime.database import Database
from paidan.runtime.http import HttpCaller
from paidan.runtime.ids import IdSource
from paidan.runtime.numbers import NumberSource
from paidan.runtime.sealing import Sealer
from paidan.runtime.settings import Settings


class BodiesRead:
    """A codec of our own format that remembers what was read a moment ago: the door checks an order before it is kept, the pass reads it after."""

    def __init__(self) -> None:
        self.facts_by_body: Mapping[bytes, PlatformOrder] = {}

    def parse(self, body: bytes) -> PlatformOrder:
        """The order in the body. Raises BadInput."""
        return self.facts_by_body.get(body) or parse(body)


class HandlerContext:
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
    def stages(self) -> Stages:
        """What a pass needs, for orders whose stock is held before they are answered. One thread's: the committer's."""
        codecs = {platform: channel.codec.parse for platform, channel in CHANNELS.items()} | {"direct": self.bodies_read.parse}
        return Stages(ids=self.ids, numbers=NumberSource(self.database), sealer=self.sealer, codecs=codecs)

    @cached_property
    def front_database(self) -> Database:
        """The same connections for what comes thousands a second: its plans are kept once the tables have grown, those of lists never."""
        return self.database.for_merchant(self.database.merchant)

    @cached_property
    def bodies_read(self) -> BodiesRead:
        """Bodies that the door has read already."""
        return BodiesRead()

    @cached_property
    def known_keys(self) -> KnownKeys:
        """Callers by the key they have shown in the last moments."""
        return KnownKeys()

    @cached_property
    def provider(self) -> ProviderDoor | None:
        """Who vouches for people, if anybody is configured. Raises SetupError for a configuration that can't work."""
        return open_door(self.settings)

    @cached_property
    def calls(self) -> HttpCaller:
        """How the API itself calls a platform, when somebody tries a shop's account."""
        local = self.settings.allow_loopback
        return HttpCaller(allow_loopback=local, allow_plain=local, pool_size=4, timeout_s_max=self.settings.call_timeout_s)

    @cached_property
    def network(self) -> NetworkCache:
        """The network, read again when its version changes."""
        return NetworkCache()

    @cached_property
    def skus(self) -> SkuCache:
        """SKUs and the parts of bundles, read again when the catalogue's version changes."""
        return SkuCache()

    @cached_property
    def likeness(self) -> LikenessCache:
        """What listings are compared with, read again when a SKU changes."""
        return LikenessCache()


Given = NamedDependency[SkipValidation[HandlerContext]]
"""How a handler asks for the services: `services: Given`."""
