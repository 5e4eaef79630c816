"""Orders by the time they were created, hour by hour: for counting again whether the other feeds have missed any."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from paidan.channels.decoding import instant
from paidan.channels.platform import Known, PullPage, nothing_known
from paidan.channels.shopify.pull import ShopifyPuller, wire_instant

WINDOW: Final = timedelta(hours=1)


class ShopifyCreated:
    """Lists what was created; the cursor is where the next window begins, and moves when a window was read to its end."""

    def __init__(self, puller: ShopifyPuller) -> None:
        self._puller = puller

    def start_cursor(self, at: datetime) -> str:
        """Everything created since `at`."""
        return at.isoformat()

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """Every whole window that ends by `now`. The last page of a window is empty and moves the cursor."""
        since = instant(cursor, "cursor")
        while (until := since + WINDOW) <= now:
            search = f"created_at:>='{wire_instant(since)}' created_at:<'{wire_instant(until)}' status:any"
            for answer, versions in self._puller.listed("orders_created", search):
                yield self._puller.whole(answer, versions, known, since.isoformat())
            since = until
            yield PullPage(orders=(), cursor=since.isoformat())
