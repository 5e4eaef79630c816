"""What feedback asks of a platform. The channels' adapters fit these; tests may put a small fake in their place."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from paidan.channels.platform import ListingQuantity, PlatformParcel, StockOutcome, Told
from paidan.channels.taobao.merge import Candidate, Groups
from paidan.runtime.calling import CallRecord, RecordedFailure


class Teller(Protocol):
    """Hears about parcels and quantities (channels.platform.Writer)."""

    parcels_at_once: int

    def ship_all(self, parcels: Sequence[PlatformParcel]) -> list[Told | RecordedFailure]:
        """Tell parcels, each by itself; a repeat of the same one is success. What became of each, in order."""
        ...

    def set_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Show exactly these quantities."""
        ...

    def change_quantities(self, rows: Sequence[ListingQuantity], *, key: str) -> list[StockOutcome]:
        """Add these differences; the same rows under the same key count once for ever."""
        ...


class Looker(Protocol):
    """Tells what listings show."""

    def look(self, rows: Sequence[ListingQuantity]) -> tuple[Mapping[tuple[str, str], int], tuple[CallRecord, ...]]:
        """What these listings show now, by (item_ref, sku_ref); changes nothing. Raises RecordedFailure."""
        ...


class Merger(Protocol):
    """Says which orders with masked receivers go to one person."""

    def groups(self, candidates: Sequence[Candidate]) -> Groups:
        """Ask about at most 100 orders of one shop. Raises RecordedFailure."""
        ...
