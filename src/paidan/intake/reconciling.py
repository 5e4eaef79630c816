"""Counting again (漏单): what the platform lists by time of creation, hour by hour, against what we have. What is missing is fetched and landed."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from paidan.channels.platform import Known, PullPage, Version, nothing_known
from paidan.intake.landing import landed_orders
from paidan.intake.ports import Feed, Ports, Reader
from paidan.intake.pulling import Place, PullReport, pull_shop
from paidan.network.load import Shop
from paidan.orders.load import order_ids_by_key

GRACE: Final = timedelta(minutes=10)  # after the hour: what the other feeds bring late is not missing yet
HOUR: Final = timedelta(hours=1)


class Count(Struct, frozen=True, kw_only=True):
    """One window of creation times: how many orders the platform lists, how many of them we had, the numbers of the others."""

    since: str  # the cursor it began at
    platform: int
    ours: int
    missing: tuple[str, ...]


class Reconciliation(Struct, frozen=True, kw_only=True):
    """The counts of the windows finished, and the pull that fetched what was missing."""

    counts: tuple[Count, ...]
    report: PullReport


def reconcile(ports: Ports, reader: Reader, shop: Shop, *, start_at: datetime, place: Place | None = None) -> Reconciliation:
    """Compare every whole hour since the last time, up to the last one that ended `GRACE` ago. `reader` lists by creation.

    Its cursor is the feed `created` (`place`, if it was read just now); as with any pull it never passes an hour in which a call has failed.
    """
    counting = _Counting(ports, reader, shop, last_hour(ports.clock.now() - GRACE))
    report = pull_shop(ports, counting, shop, feed=Feed.CREATED, start_at=last_hour(start_at), place=place)
    return Reconciliation(counts=tuple(counting.counts), report=report)


def last_hour(at: datetime) -> datetime:
    """The full hour before or at `at`; hours begin alike in every zone we know of but for those with half hours."""
    return at.replace(minute=0, second=0, microsecond=0)


class _Counting:
    """A reader that lists up to an hour's end, reads only what we do not have, and counts both."""

    def __init__(self, ports: Ports, reader: Reader, shop: Shop, until: datetime) -> None:
        self._ports = ports
        self._reader = reader
        self._shop = shop
        self._until = until
        self._listed: set[str] = set()
        self._had: set[str] = set()
        self.counts: list[Count] = []

    def start_cursor(self, at: datetime) -> str:
        return self._reader.start_cursor(at)

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        del now, known  # whole hours only; and an order we have at any version is not missing
        for page in self._reader.pull(cursor, now=self._until, known=self._ours):
            yield page
            if page.cursor != cursor:
                self._count(cursor)
                cursor = page.cursor

    def _ours(self, versions: Collection[Version]) -> frozenset[Version]:
        if not versions:
            return frozenset()
        numbers = sorted({order_no for order_no, _ in versions})
        with self._ports.database.transaction() as tx:
            had = {number for _, number in order_ids_by_key(tx, [(self._shop.id, number) for number in numbers])}
            had |= landed_orders(tx, self._shop, numbers)
        # An order met twice because pages moved was fetched by ourselves the first time: it is missing all the same.
        self._had |= had - (self._listed - self._had)
        self._listed |= set(numbers)
        return frozenset(version for version in versions if version[0] in had)

    def _count(self, since: str) -> None:
        missing = tuple(sorted(self._listed - self._had))
        self.counts.append(Count(since=since, platform=len(self._listed), ours=len(self._had), missing=missing))
        self._listed, self._had = set(), set()
