"""What the handlers work with, given once when the app is made: no globals."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from litestar.params import Dependency

from paidan.channels.platform import Codec
from paidan.kernel.clock import Clock
from paidan.network.load import NetworkCache
from paidan.runtime.database import Database
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer
from paidan.runtime.settings import Settings


class Services:
    """Database, ids, seal, clock and settings of one merchant; `codecs` read what shops say, by platform."""

    def __init__(
        self, *, database: Database, ids: IdSource, sealer: Sealer, clock: Clock, settings: Settings, codecs: Mapping[str, Codec] | None = None
    ) -> None:
        self.database = database
        self.ids = ids
        self.sealer = sealer
        self.clock = clock
        self.settings = settings
        self._codecs = codecs

    @cached_property
    def codecs(self) -> Mapping[str, Codec]:
        """The codec of each platform; those of the channels unless others were given."""
        if self._codecs is not None:
            return self._codecs
        from paidan.channels.registry import CHANNELS

        return {platform: channel.codec for platform, channel in CHANNELS.items()}

    @cached_property
    def network(self) -> NetworkCache:
        """The network, read again when its version changes."""
        return NetworkCache()


Given = Annotated[Services, Dependency(skip_validation=True)]
"""How a handler asks for the services: `services: Given`."""
