"""Which feed of which shop is due, and running those that are. The choice is pure: it knows instants and outcomes, no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog
from msgspec import Struct, field

from paidan.catalog.load import cache_versions
from paidan.intake.doors import Doors, doors_of
from paidan.intake.notices import reread
from paidan.intake.ports import Feed, Ports
from paidan.intake.pulling import OVERTAKEN, Place, PullReport, pull_refunds, pull_shop, read_places
from paidan.intake.pushes import Seller, take_messages
from paidan.intake.reconciling import reconcile
from paidan.kernel.errors import SetupError
from paidan.network.accounts import Account, AccountCache
from paidan.network.load import NetworkCache, Shop
from paidan.runtime.calling import Caller
from paidan.runtime.slots import Slots

log = structlog.get_logger(__name__)

# Seconds between pulls, by door of the shop. The slow ones beside a push are the net below it.
INTERVALS_S: Final[Mapping[str, Mapping[Feed, int]]] = {
    "poll": {Feed.ORDERS: 60, Feed.REFUNDS: 300, Feed.CREATED: 3600},
    "push": {Feed.PUSH: 5, Feed.ORDERS: 900, Feed.REFUNDS: 900, Feed.CREATED: 3600},
    "bulk": {Feed.BULK: 15, Feed.REFUNDS: 900, Feed.CREATED: 3600},
    "webhook": {Feed.PUSH: 15, Feed.ORDERS: 600, Feed.CREATED: 3600},
}


class PullRules(Struct, frozen=True, kw_only=True):
    """How often, how long to rest after failures, how far back a shop begins that was never read, how much at a time."""

    intervals_s: Mapping[str, Mapping[Feed, int]] = field(default_factory=lambda: INTERVALS_S)
    rest_first_s: int = 15
    rest_max_s: int = 900
    reach_back_s: int = 86400
    pages_max: int = 200


class Due(NamedTuple):
    """A feed whose time has come."""

    shop_id: int
    feed: Feed


class Turn(Struct, frozen=True, kw_only=True):
    """When a feed comes next, after how many failures in a row, and when we noted that; None: learnt from others."""

    next_at: datetime
    failures: int = 0
    noted_at: datetime | None = None


class PullSchedule:
    """Remembers turns; asks nobody. A feed it has never heard of is due at once."""

    def __init__(self, rules: PullRules | None = None) -> None:
        self.rules = rules or PullRules()
        self._turns: dict[Due, Turn] = {}
        self._wanted: dict[Due, datetime] = {}

    def remember(self, places: Iterable[Place], shops: Iterable[Shop]) -> None:
        """Learn from the database what others have pulled: the process before this one, and workers beside it."""
        by_id = {shop.id: shop for shop in shops}
        for place in places:
            interval_s = self.feeds_of(by_id[place.shop_id]).get(Feed(place.feed)) if place.shop_id in by_id else None
            if interval_s is None:
                continue
            due = Due(place.shop_id, Feed(place.feed))
            if place.wanted_at is not None and (place.pulled_at is None or place.pulled_at < place.wanted_at):
                self._want(due, place.wanted_at)
            elif place.pulled_at is not None:
                self._learn(due, place.pulled_at, interval_s, is_well=not place.error)

    def _want(self, due: Due, wanted_at: datetime) -> None:
        """A person wants it read now, and it was not read since: it is due, once for each asking."""
        if self._wanted.get(due) != wanted_at:
            self._wanted[due] = wanted_at
            self._turns[due] = Turn(next_at=wanted_at)

    def _learn(self, due: Due, pulled_at: datetime, interval_s: int, *, is_well: bool) -> None:
        """Somebody pulled it: its next turn counts from there when that is later than ours, or when it went well after our own last try."""
        known, next_at = self._turns.get(due), pulled_at + timedelta(seconds=interval_s)
        if known is None or (is_well and (known.next_at < next_at or (known.noted_at is not None and known.noted_at < pulled_at))):
            self._turns[due] = Turn(next_at=next_at)

    def feeds_of(self, shop: Shop) -> dict[Feed, int]:
        """Seconds between pulls of each feed of a shop; of several doors the quickest counts."""
        found: dict[Feed, int] = {}
        for door in shop.doors:
            for feed, interval_s in self.rules.intervals_s.get(door, {}).items():
                found[feed] = min(interval_s, found.get(feed, interval_s))
        return found

    def due(self, shops: Iterable[Shop], now: datetime) -> list[Due]:
        """What is due at `now`: the longest overdue first, then by shop."""
        waiting = [Due(shop.id, feed) for shop in shops for feed in self.feeds_of(shop)]
        known = [(turn.next_at, due) for due in waiting if (turn := self._turns.get(due)) is not None and turn.next_at <= now]
        return [due for due in waiting if due not in self._turns] + [due for _, due in sorted(known)]

    def next_at(self, shops: Iterable[Shop]) -> datetime | None:
        """When the next feed falls due; None: one is due already, or there is none at all."""
        dues = [Due(shop.id, feed) for shop in shops for feed in self.feeds_of(shop)]
        turns = [self._turns.get(due) for due in dues]
        return min((turn.next_at for turn in turns if turn is not None), default=None) if all(turns) else None

    def note(self, report: PullReport, shop: Shop, now: datetime) -> None:
        """Set the feed's next turn by the outcome: again at once when there is more, later and later while it fails.

        Who was overtaken looks again at once: the other has noted its pull, or has died over it.
        """
        due = Due(shop.id, report.feed)
        before = self._turns.get(due, Turn(next_at=now))
        if report.error == OVERTAKEN:
            self._turns[due] = Turn(next_at=now, failures=before.failures, noted_at=now)
        elif report.error and not report.is_finished:
            next_at = now + timedelta(seconds=self._rest_s(report, before.failures))
            self._turns[due] = Turn(next_at=next_at, failures=before.failures + 1, noted_at=now)
        else:
            interval_s = self.feeds_of(shop).get(report.feed, 0) if report.is_finished else 0
            self._turns[due] = Turn(next_at=now + timedelta(seconds=interval_s), noted_at=now)

    def _rest_s(self, report: PullReport, failures: int) -> float:
        wished = report.retry_after_s if report.retry_after_s is not None else 0.0
        return max(wished, min(self.rules.rest_first_s * 2.0 ** min(failures, 16), self.rules.rest_max_s))


class PullWorker:
    """Runs what is due. Keeps the doors of all shops, made anew when the network has changed.

    `hands` shops are pulled side by side, so that a slow platform holds up its own shops only; feeds of one shop come one after another.
    """

    def __init__(self, ports: Ports, caller: Caller, schedule: PullSchedule | None = None, *, hands: int = 1) -> None:
        self.ports = ports
        self._hands = Slots(hands)
        self.schedule = schedule or PullSchedule()
        self._caller = caller
        self._network = NetworkCache()
        self._accounts = AccountCache(ports.sealer)
        self._version: int | None = None
        self._doors: dict[int, Doors] = {}
        self._failed: dict[int, SetupError] = {}
        self._places: dict[Due, Place] = {}

    def run_due(self, is_ours: Callable[[int], bool] = lambda _: True, *, is_asked: bool = True) -> list[PullReport]:
        """Pull every feed that is due at the business instant; one report for each shop and feed. Errors of platforms are in the reports.

        `is_ours`: whether a shop's feeds, by its id, are for this worker to pull. `is_asked` False: since the last time no network has changed and
        nobody wants a feed read now; then the database is asked what others have pulled only if a feed of ours seems due.
        """
        now = self.ports.clock.now()
        if not is_asked and self._version is not None and not self.schedule.due([shop for shop in self.shops() if is_ours(shop.id)], now):
            return []
        self._load()
        by_shop: dict[int, list[Due]] = {}
        for due in self.schedule.due([shop for shop in self.shops() if is_ours(shop.id)], now):
            by_shop.setdefault(due.shop_id, []).append(due)
        return [report for reports in self._hands.map(self._run_shop, list(by_shop.values())) for report in reports]

    def _run_shop(self, dues: Sequence[Due]) -> list[PullReport]:
        return [report for due in dues for report in self.take_turn(due)]

    def take_turn(self, due: Due) -> list[PullReport]:
        """Pull one feed now, and set its next turn.

        It counts from the instant that the database knows, else from the one at which the pull began: counted from an instant read afterwards, the
        feed would rest longer here than everybody beside us sees.
        """
        began_at = self.ports.clock.now()
        reports = self.run(due)
        told = {report.shop_id: report for report in reports if report.feed == due.feed}
        for shop_id in {due.shop_id, *told}:
            shop = self._doors[shop_id].shop
            report = told.get(shop_id, PullReport(shop=shop.code, shop_id=shop_id, feed=due.feed))
            self.schedule.note(report, shop, report.ended_at or began_at)
        return reports

    def run(self, due: Due) -> list[PullReport]:
        """Pull one feed now."""
        doors = self._doors[due.shop_id]
        if due.shop_id in self._failed:
            error = self._failed[due.shop_id]
            return [PullReport(shop=doors.shop.code, shop_id=due.shop_id, feed=due.feed).failed(error)]
        if due.feed == Feed.PUSH:
            return self._take_pushes(doors)
        reader = doors.readers.get(due.feed)
        if reader is None or doors.puller is None:
            return []
        start_at = self.ports.clock.now() - timedelta(seconds=self.schedule.rules.reach_back_s)
        place = self._places.pop(due, None)  # read when this turn began: good for one pull
        if due.feed == Feed.CREATED:
            return [reconcile(self.ports, reader, doors.shop, start_at=start_at, place=place).report]
        pages_max = self.schedule.rules.pages_max
        if due.feed == Feed.REFUNDS:
            return [pull_refunds(self.ports, reader, doors.puller, doors.shop, start_at=start_at, pages_max=pages_max, place=place)]
        return [pull_shop(self.ports, reader, doors.shop, feed=due.feed, start_at=start_at, pages_max=pages_max, place=place)]

    def shops(self) -> list[Shop]:
        """The active shops."""
        return [doors.shop for doors in self._doors.values()]

    def doors(self, shop_id: int) -> Doors:
        """The doors of a shop. Raises KeyError."""
        self._load()
        return self._doors[shop_id]

    def _take_pushes(self, doors: Doors) -> list[PullReport]:
        """Of a message service for its whole group; else only the notices that webhooks have left."""
        if doors.puller is None:
            return []
        mates = [mate for mate in self._doors.values() if mate.group == doors.group and mate.puller is not None]
        takers = [mate.shop.id for mate in mates if mate.messages is not None and "push" in mate.shop.doors]
        if doors.messages is None or doors.shop.id != min(takers, default=None):  # one shop takes for its whole group
            return [reread(self.ports, doors.puller, doors.shop)]
        sellers = {mate.shop.account_ref: Seller(shop=mate.shop, puller=mate.puller) for mate in mates if mate.puller is not None}
        return take_messages(self.ports, doors.messages, doors.shop, sellers)

    def _load(self) -> None:
        """Learn what others have pulled; make the doors anew if the network has changed."""
        with self.ports.database.transaction() as tx:
            version = cache_versions(tx)["network"]
            accounts = self._accounts.load(tx, self._network.load(tx, version)) if version != self._version else None
            places = read_places(tx)
        if accounts is not None:
            self._failed = {}
            self._doors = {shop_id: self._opened(account) for shop_id, account in accounts.items()}
            self._tell_unserved()
            self._version = version
        self._places = {Due(place.shop_id, Feed(place.feed)): place for place in places}
        self.schedule.remember(places, self.shops())

    def unserved(self) -> dict[str, tuple[Feed, ...]]:
        """Feeds that a shop's doors ask for and that nobody can read there, by shop code: settings to be put right by people."""
        found = {}
        for doors in self._doors.values():
            missing = tuple(feed for feed in self.schedule.feeds_of(doors.shop) if not doors.serves(feed))
            if missing and doors.shop.id not in self._failed:
                found[doors.shop.code] = missing
        return found

    def _tell_unserved(self) -> None:
        for code, feeds in self.unserved().items():
            log.warning("feeds_not_served", shop=code, feeds=sorted(feeds))

    def _opened(self, account: Account) -> Doors:
        """A shop that is set up wrongly fails at its turns, not all shops at once."""
        try:
            return doors_of(account, self._caller, self.ports.clock)
        except SetupError as error:
            self._failed[account.shop.id] = error
            return Doors(shop=account.shop)
