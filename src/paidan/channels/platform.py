"""What every platform's adapter offers. A new channel is a folder with these and one line in `registry.py`.

Raw bodies travel beside the parsed form: a pull gives `RawOrder`s, which intake keeps first; `Codec.parse` reads them later, in the pass.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from paidan.channels.facts import PlatformOrder
from paidan.channels.greeting import Greet
from paidan.kernel.clock import Clock
from paidan.runtime.calling import Caller, CallRecord, RecordedFailure

Version = tuple[str, datetime]  # an order's number and its platform version
Known = Callable[[Collection[Version]], AbstractSet[Version]]  # which of these versions are kept already: they are not read again


def nothing_known(_versions: Collection[Version]) -> AbstractSet[Version]:
    """For a pull that reads everything."""
    return frozenset()


class RawOrder(Struct, frozen=True, kw_only=True):
    """One order as it came, before anybody has read it. `meta` holds no personal data."""

    business_key: str  # the platform's order number
    body: bytes  # the JSON of that order, verbatim
    version_at: datetime
    meta: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"RawOrder(business_key={self.business_key!r}, version_at={self.version_at.isoformat()})"


class PullPage(Struct, frozen=True, kw_only=True):
    """Some orders, and the cursor to store in the transaction that keeps them.

    The cursor moves only when nothing before it is left to read. `refused`: (order number, code) the platform listed but denies to know.
    """

    orders: tuple[RawOrder, ...]
    cursor: str
    records: tuple[CallRecord, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class ParcelLine(Struct, frozen=True, kw_only=True):
    """What of one order line lies in a parcel."""

    line_ref: str
    quantity: int
    quantity_ordered: int  # without what was cancelled
    quantity_told: int = 0  # shipped by earlier parcels and told to the platform


class PlatformParcel(Struct, frozen=True, kw_only=True):
    """A parcel of one platform order. `carrier` is the platform's code or name of the carrier."""

    order_no: str
    waybill_no: str
    carrier: str
    lines: tuple[ParcelLine, ...]
    is_whole_order: bool = False  # everything there is to ship lies in this parcel, and nothing was shipped before
    is_cod: bool = False
    tracking_url: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """The platform knows. `was_known`: it had been told the same before."""

    records: tuple[CallRecord, ...]
    was_known: bool = False


class ListingQuantity(Struct, frozen=True, kw_only=True):
    """A quantity to show (full) or to add (change, may be negative) for one listing. `sku_ref` empty: an item without SKUs."""

    item_ref: str
    sku_ref: str = ""
    quantity: int


class StockOutcome(Struct, frozen=True, kw_only=True):
    """What became of one stock call: all its rows share it. `failure` None: the platform has taken them."""

    rows: tuple[ListingQuantity, ...]
    records: tuple[CallRecord, ...]
    failure: RecordedFailure | None = None


class Codec(Protocol):
    """Reads what a platform says."""

    def parse(self, body: bytes) -> PlatformOrder:
        """One order from its raw body. Raises BadInput with Reason and field path, without personal data."""
        ...


class Puller(Protocol):
    """Asks a platform what changed."""

    def start_cursor(self, at: datetime) -> str:
        """The cursor of a shop that was never pulled: everything changed since `at`."""
        ...

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """Everything changed since the cursor, page by page. An error ends it; the pages before stay good. Raises CounterpartError."""
        ...

    def read_orders(self, order_nos: Sequence[str]) -> PullPage:
        """These orders now, as after a push that only names them; its cursor is empty."""
        ...


class Writer(Protocol):
    """Tells a platform what we did."""

    parcels_at_once: int  # so many go in one request

    def ship_all(self, parcels: Sequence[PlatformParcel]) -> list[Told | RecordedFailure]:
        """Tell parcels, each by itself, at most `parcels_at_once`; a repeat of the same one is success. What became of each, in order."""
        ...

    def set_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Show exactly these quantities. `key` names the change for ever: a repeat with the same key has no second effect."""
        ...

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences. `key` as above."""
        ...


class Connection(Struct, frozen=True, kw_only=True):
    """A shop within reach."""

    puller: Puller
    writer: Writer


class Channel(Struct, frozen=True, kw_only=True):
    """A kind of platform. `connect` takes the shop's settings (see the platform's Access); None: nothing to call there.

    `greet` asks with the same settings who we are.
    """

    platform: str
    codec: Codec
    connect: Callable[[Mapping[str, Any], Caller, Clock], Connection] | None = None
    greet: Greet | None = None
