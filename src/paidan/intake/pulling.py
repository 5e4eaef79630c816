"""Pulling: everything that changed on a platform since the cursor, page by page, each landed in a transaction of its own.

The adapter decides on windows, their overlap and the order of pages, and says with each page where the cursor may stand once it is kept; here the
cursor moves in the very transaction that keeps the page. So a crash or an error at any place leaves the cursor before what is missing; what is
read twice lands once. No call is made while a transaction is open.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from paidan.channels.platform import Puller, PullPage, Version
from paidan.intake.landing import ORDERS, REFUNDS, Landed, Subject, counterpart_of, known_versions, land
from paidan.intake.ports import Feed, Ports, Reader
from paidan.kernel.errors import BadInput, CounterpartError, LeaseLost, SetupError
from paidan.network.load import Shop
from paidan.runtime.calling import CallRecord, RecordedFailure
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Tx
from paidan.runtime.messages import Exchange, keep_exchanges
from paidan.runtime.queries import load_queries

READ_ERRORS: Final = (CounterpartError, SetupError, BadInput)
OVERTAKEN: Final = "overtaken"
ERROR_LENGTH_MAX: Final = 300

queries = load_queries("paidan.intake", "pulls.sql")


class PullReport(Struct, frozen=True, kw_only=True):
    """What a pull brought. `error` empty: all is well; `is_finished` False: there is more, pull again at once.

    `ended_at`: when it ended, as `shop_cursor.pulled_at` says; None: it left no such mark.
    """

    shop: str
    shop_id: int
    feed: Feed
    read: int = 0  # orders read whole
    landed: int = 0  # of those, kept: they had not been told so before
    repeated: int = 0  # of those, kept before
    skipped: int = 0  # versions listed that were kept before and not read again
    refused: int = 0  # orders the platform listed but denies to know
    messages: int = 0  # pushed messages, each counted once
    messages_repeated: int = 0  # delivered again
    error: str = ""
    retry_after_s: float | None = None  # the platform's own wish
    is_finished: bool = True
    ended_at: datetime | None = None

    @property
    def deduplicated(self) -> int:
        """Tellings met again and kept once."""
        return self.repeated + self.skipped + self.messages_repeated

    def plus(self, **counts: int) -> "PullReport":
        """With these counts added."""
        return structs.replace(self, **{name: getattr(self, name) + count for name, count in counts.items()})

    def joined(self, more: "PullReport") -> "PullReport":
        """Both together; the later error counts."""
        names = ("read", "landed", "repeated", "skipped", "refused", "messages", "messages_repeated")
        both = self.plus(**{name: getattr(more, name) for name in names})
        if not more.error:
            return both
        return structs.replace(both, error=more.error, retry_after_s=more.retry_after_s, is_finished=more.is_finished, ended_at=more.ended_at)

    def failed(self, error: Exception, at: datetime | None = None) -> "PullReport":
        """Ended by this error; `at`: written down with this instant."""
        after_s = error.retry_after_s if isinstance(error, CounterpartError) else None
        return structs.replace(self, error=text_of(error), retry_after_s=after_s, is_finished=False, ended_at=at)


class Place(Struct, frozen=True, kw_only=True):
    """A row of `shop_cursor`: how far a feed has been read, how its last pull ended, when a person last wanted it read."""

    shop_id: int
    feed: str
    read_to: datetime
    read_ref: str
    error: str
    pulled_at: datetime | None
    wanted_at: datetime | None = None


def pull_shop(
    ports: Ports,
    reader: Reader,
    shop: Shop,
    *,
    start_at: datetime,
    feed: Feed = Feed.ORDERS,
    pages_max: int | None = None,
    keeps_calls: bool = False,
    place: Place | None = None,
) -> PullReport:
    """Read on from the feed's cursor up to now; `start_at` is where a feed begins that was never read, `place` the cursor if it was read just now.

    Errors of the platform end the pull and are told in the report, in `shop_cursor.error` and, with the call, in the message log. `pages_max`
    stops at the first good place after so many pages. `keeps_calls` logs the calls that succeeded too (what they brought is kept anyway).
    """
    return _Pull(ports, reader, shop, feed, ORDERS, _nothing_beside, keeps_calls=keeps_calls, place=place).run(start_at, pages_max)


def pull_refunds(
    ports: Ports,
    reader: Reader,
    puller: Puller,
    shop: Shop,
    *,
    start_at: datetime,
    pages_max: int | None = None,
    keeps_calls: bool = False,
    place: Place | None = None,
) -> PullReport:
    """As `pull_shop` for refund cases: each case is kept, and with it its order as it stands now, which carries the refund's status."""

    def orders_of(page: PullPage) -> PullPage | None:
        order_nos = list(dict.fromkeys(number for case in page.orders if (number := case.meta.get("order_no"))))
        return puller.read_orders(order_nos) if order_nos else None

    return _Pull(ports, reader, shop, Feed.REFUNDS, REFUNDS, orders_of, keeps_calls=keeps_calls, place=place).run(start_at, pages_max)


def read_places(tx: Tx) -> list[Place]:
    """All feeds ever read, for the schedule and the status page."""
    return [Place(**dict(zip(Place.__struct_fields__, row, strict=True))) for row in tx.execute(queries.read_cursors)]


def exchanges_of(shop: Shop, records: Iterable[CallRecord], now: datetime, reason: str = "") -> list[Exchange]:
    """Calls as the message log keeps them."""
    return [
        Exchange(
            counterpart=counterpart_of(shop),
            kind=record.method,
            request=record.request,
            at=now,
            answer=record.answer if record.status else None,
            http_status=record.status or None,
            reason=reason,
        )
        for record in records
    ]


def text_of(error: Exception) -> str:
    """An error of a read as the status page shows it: method and code, never what a platform says in its own words."""
    return f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]


def keep_failure(tx: Tx, ports: Ports, shop: Shop, feed: Feed, error: Exception, now: datetime) -> None:
    """Write down a failed read: the call with its answer in the message log, the error beside the cursor."""
    records = error.records[-1:] if isinstance(error, RecordedFailure) else (CallRecord(method=f"read {feed}", request=b""),)
    code = error.code if isinstance(error, CounterpartError) else ""
    keep_exchanges(tx, ports.ids, ports.sealer, exchanges_of(shop, records, now, code or type(error).__name__))
    close_pull(tx, shop, feed, now, text_of(error))


def close_pull(tx: Tx, shop: Shop, feed: Feed, now: datetime | None, error: str = "") -> None:
    """Note when and how a pull ended; `now` None: there is more to read, its turn is not over."""
    tx.execute(queries.close_pull, {"shop_id": shop.id, "feed": feed.value, "error": error, "pulled_at": now})


def note_push(tx: Tx, shop: Shop, now: datetime) -> None:
    """Note that what was pushed has been worked off, at a place that is made at the first time. One statement."""
    tx.execute(queries.note_push, {"shop_id": shop.id, "feed": Feed.PUSH.value, "now": now})


def open_place(tx: Tx, shop: Shop, feed: Feed, read_to: datetime, read_ref: str) -> None:
    """Make the feed's place if it has none."""
    tx.execute(queries.open_cursor, {"shop_id": shop.id, "feed": feed.value, "read_to": read_to, "read_ref": read_ref})


def _nothing_beside(_page: PullPage) -> PullPage | None:
    return None


class _Pull:
    """The state of one run over one feed."""

    def __init__(
        self,
        ports: Ports,
        reader: Reader,
        shop: Shop,
        feed: Feed,
        subject: Subject,
        beside: Callable[[PullPage], PullPage | None],
        *,
        keeps_calls: bool,
        place: Place | None,
    ) -> None:
        self._ports = ports
        self._reader = reader
        self._shop = shop
        self._feed = feed
        self._subject = subject
        self._beside = beside
        self._keeps_calls = keeps_calls
        self._place = place
        self._began_at = ports.clock.now()
        self._cursor = ""
        self._reached = ""  # how far pages without news have led: written down with the next page that has some, or at the end
        self._report = PullReport(shop=shop.code, shop_id=shop.id, feed=feed)

    def run(self, start_at: datetime, pages_max: int | None) -> PullReport:
        """Pull until there is nothing more, an error, or enough pages."""
        try:
            self._cursor = self._open(start_at)
            self._take(pages_max)
            self._close()
        except LeaseLost:
            return structs.replace(self._report, error=OVERTAKEN)  # another puller is at work: its outcome counts
        except READ_ERRORS as error:
            now = self._ports.clock.now()
            with self._ports.database.transaction() as tx:
                keep_failure(tx, self._ports, self._shop, self._feed, error, now)
            return self._report.failed(error, now)
        return self._report

    def _close(self) -> None:
        now = self._ports.clock.now() if self._report.is_finished else None
        with self._ports.database.transaction() as tx:
            if self._reached:
                self._move(tx, self._reached)
            close_pull(tx, self._shop, self._feed, now)
        self._report = structs.replace(self._report, ended_at=now)

    def _open(self, start_at: datetime) -> str:
        """The cursor to start from. A place made by hand has an instant and no reference yet.

        One that has moved since it was read is found out when it shall move on.
        """
        if self._place is not None and self._place.read_ref:
            return self._place.read_ref
        place = {"shop_id": self._shop.id, "feed": self._feed.value}
        with self._ports.database.transaction() as tx:
            row = tx.execute(queries.read_cursor, place).fetchone()
            if row is None:
                open_place(tx, self._shop, self._feed, start_at, self._reader.start_cursor(start_at))
                row = tx.execute(queries.read_cursor, place).fetchone() or ()
            read_to, read_ref, *_ = row
            if read_ref:
                return str(read_ref)
            cursor = self._reader.start_cursor(read_to)
            self._move(tx, cursor)
        return cursor

    def _take(self, pages_max: int | None) -> None:
        for number, page in enumerate(self._reader.pull(self._cursor, now=self._began_at, known=self._known), 1):
            has_moved = self._keep(page, self._beside(page))
            # Stopping within a window would begin it again, and never end it.
            if pages_max is not None and number >= pages_max and has_moved:
                self._report = structs.replace(self._report, is_finished=False)
                return

    def _known(self, versions: Collection[Version]) -> frozenset[Version]:
        if not versions:
            return frozenset()
        with self._ports.database.transaction() as tx:
            known = known_versions(tx, self._shop, versions, self._subject)
        self._report = self._report.plus(skipped=len(known))
        return known

    def _keep(self, page: PullPage, beside: PullPage | None) -> bool:
        """One transaction: what came, and the cursor if nothing before it is missing. Whether it moved."""
        moves = page.cursor not in {"", self._cursor}
        if not (page.orders or page.refused or beside or self._keeps_calls):
            self._reached = page.cursor if moves else self._reached
            return moves
        with self._ports.database.transaction() as tx:
            now = self._ports.clock.now()
            landed = [self._land(tx, page, self._subject, now)] + ([self._land(tx, beside, ORDERS, now)] if beside else [])
            if moves:
                self._move(tx, page.cursor)
        crash_point("pull.page_landed")
        if moves:
            self._cursor, self._reached = page.cursor, ""
            crash_point("pull.cursor_moved")
        self._tell(landed, [part for part in (page, beside) if part is not None])
        return moves

    def _land(self, tx: Tx, page: PullPage, subject: Subject, now: datetime) -> Landed:
        ports = self._ports
        if self._keeps_calls or page.refused:
            keep_exchanges(tx, ports.ids, ports.sealer, exchanges_of(self._shop, page.records, now))
        return land(tx, ports.ids, ports.sealer, self._shop, page.orders, now, self._feed.value, read_at=self._began_at, subject=subject)

    def _move(self, tx: Tx, cursor: str) -> None:
        """Raises LeaseLost when the cursor is not where this pull has left it."""
        place = {"shop_id": self._shop.id, "feed": self._feed.value}
        moved = tx.execute(
            queries.move_cursor, {**place, "read_to": _instant_of(cursor), "read_ref": cursor, "read_ref_before": self._cursor}
        ).fetchone()
        if moved is None:
            raise LeaseLost(f"{self._shop.code}: {self._feed} is being pulled by somebody else")

    def _tell(self, landed: Sequence[Landed], pages: Sequence[PullPage]) -> None:
        self._report = self._report.plus(
            read=sum(len(page.orders) for page in pages),
            landed=sum(len(part.message_ids) for part in landed),
            repeated=sum(part.repeated for part in landed),
            refused=sum(len(page.refused) for page in pages),
        )


def _instant_of(cursor: str) -> datetime | None:
    """The instant a cursor stands for, where it is one: for people who look at the status page. None leaves the last one."""
    try:
        at = datetime.fromisoformat(cursor)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
