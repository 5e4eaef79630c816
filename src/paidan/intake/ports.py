"""What the doors of intake need from outside, handed over once."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from paidan.channels.platform import Known, PullPage
from paidan.kernel.clock import Clock
from paidan.runtime.database import Database
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer


class Feed(StrEnum):
    """A way in which changes of a shop are fetched; each has its own place in `shop_cursor`."""

    ORDERS = "orders"  # by the time of change
    BULK = "bulk"  # the platform's push database
    REFUNDS = "refunds"  # refund cases; their orders are read again
    CREATED = "created"  # by the time of creation, hours later: finds what the other feeds have missed
    PUSH = "push"  # messages that name orders to read again


class Ports(Struct, frozen=True, kw_only=True):
    """Threads may share it."""

    database: Database
    ids: IdSource
    sealer: Sealer
    clock: Clock


class Reader(Protocol):
    """The part of a Puller that lists changes; push databases and refund lists have it too."""

    def start_cursor(self, at: datetime) -> str:
        """The cursor that means: everything since `at`."""
        ...

    def pull(self, cursor: str, *, now: datetime, known: Known = ...) -> Iterator[PullPage]:
        """Everything since the cursor, page by page. Raises CounterpartError, SetupError."""
        ...
