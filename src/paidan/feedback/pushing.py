"""Pushes sellable stock to every listing after each change: differences, the newest wins, every answer kept.

    mark    stock_change rows become marks on listings, with what platforms sold by themselves taken off `believed`
    plan    of each shop what is due: the difference and its key are written before anything is sent
    send    outside any transaction; the same rows under the same key count once at the platform
    settle  the answers; unknown ones are sent again as they are until answered, then the listing is looked at once more

Whoever dies between two steps leaves a written plan, which the next round sends again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec import Struct

from paidan.catalog.load import SkuCache, cache_versions
from paidan.channels.platform import ListingQuantity
from paidan.feedback.exchanges import exchanges_of, reason_of
from paidan.feedback.links import ShopLink, ShopLinks
from paidan.feedback.listings import FLIGHT_S
from paidan.feedback.sellable import LOOK, SEEN, TAKEN, Choice, Do, Shown, Supply, Waiting, choose, in_calls, in_parts, together, wanted
from paidan.kernel.clock import Clock
from paidan.kernel.errors import CallRefused, SetupError
from paidan.network.load import Network, NetworkCache, Shop
from paidan.runtime.calling import CallRecord, RecordedFailure
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import Exchange, keep_exchanges
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.runtime.sealing import Sealer
from paidan.runtime.slots import Slots
from paidan.stock.store import demands, demands_by_shop, free_stock

queries = load_queries("paidan.feedback")
log = structlog.get_logger(__name__)

MARKED_AT_ONCE = 1000  # changes taken up by one transaction

PLAN_NAMES = ("listing_id", "believed", "pending_delta", "pending_key", "is_dirty", "due_at", "attempts", "answer", "is_corrected")
LOOK_NAMES = ("listing_id", "believed", "believed_after", "is_seen", "attempts", "due_at", "answer")
ANSWER_NAMES = ("listing_id", "pending_key", "is_taken", "is_over", "due_at", "answer")


class PushRules(Struct, frozen=True, kw_only=True):
    """How pushing behaves, in business seconds. `delay_s`: a change becomes due only so long after it happened (a merchant's or demo's setting)."""

    delay_s: float = 0.0
    batch: int = 200  # listings of one shop planned together
    hands: int = 1  # shops pushed side by side
    flight_s: float = FLIGHT_S  # after a crash what was planned is sent again when so much has passed
    retry_first_s: float = 5.0
    retry_max_s: float = 600.0
    wait_s: float = 10.0  # an increase looks again whether all sales are known
    known_after_s: float = 1200.0  # sales older than this count as known whatever the feeds say; longer than the slowest of them rests


class PushReport(Struct, kw_only=True):
    """Counts of one round: changes marked; listings sent, taken, looked up, waiting for news, refused, unanswered."""

    changes: int = 0
    sent: int = 0
    taken: int = 0
    looked: int = 0
    waiting: int = 0
    refused: int = 0
    unanswered: int = 0

    def count(self, choices: Sequence[Choice]) -> None:
        """Add what was decided."""
        self.sent += sum(choice.do in {Do.SEND, Do.SEND_AGAIN} for choice in choices)
        self.looked += sum(choice.do is Do.LOOK for choice in choices)
        self.waiting += sum(choice.do is Do.WAIT for choice in choices)

    def add(self, more: "PushReport") -> None:
        """Both together."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(more, name))


class Stray(Struct, frozen=True, kw_only=True):
    """A listing that shows, by all we know, something else than it shall."""

    listing_id: int
    believed: int
    wanted: int


class Call(Struct, frozen=True, kw_only=True):
    """Listings told together under one key."""

    key: str
    is_full: bool
    deltas: Mapping[int, int]  # listing_id -> quantity
    listings: tuple[Shown, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """What became of one listing of a call. `failure` None: taken. `company`: how many listings share this answer."""

    listing: Shown
    call: Call
    failure: RecordedFailure | SetupError | None
    company: int = 1
    exchanges: tuple[Exchange, ...] = ()  # stands with the first listing of the call


class Sight(Struct, frozen=True, kw_only=True):
    """What became of a look at one listing; `seen` None: see `failure`."""

    listing: Shown
    seen: int | None
    failure: RecordedFailure | None = None
    exchanges: tuple[Exchange, ...] = ()  # stands with the first listing of the call


def mark(tx: Tx, *, shop_ids: Sequence[int], now: datetime, delay_s: float = 0.0, limit: int = MARKED_AT_ONCE) -> int:
    """Mark the listings of the oldest changes and take off what platforms sold; gives the number of changes. Six statements at most."""
    tx.execute(queries.lock_push)
    changes = tx.execute(queries.changes_to_mark, {"limit": limit}).fetchall()
    if not changes:
        return 0
    tx.execute(queries.changes_marked, {"ids": [change[0] for change in changes]})
    sku_ids = sorted({sku_id for change in changes for sku_id in change[1]})
    shops: dict[int, int] = dict(tx.execute(queries.listings_of_skus, {"sku_ids": sku_ids, "shop_ids": list(shop_ids)}).fetchall())
    tx.execute(queries.make_listing_stock, {"listing_ids": list(shops), "shop_ids": list(shops.values())})
    news = dict.fromkeys(shops, (0, False))
    for _, _, listing_ids, quantities in changes:
        for listing_id, quantity in zip(listing_ids, quantities, strict=True):
            sold, doubt = news.get(listing_id, (0, False))
            news[listing_id] = (sold + quantity, doubt or quantity < 0)
    marked = columns(("listing_ids", "sold", "doubts"), [(listing_id, *told) for listing_id, told in sorted(news.items())])
    tx.execute(queries.mark_listings, {**marked, "due_at": now + timedelta(seconds=delay_s), "shop_ids": list(shop_ids)})
    return len(changes)


def mark_all(tx: Tx, *, shop_ids: Sequence[int], now: datetime, delay_s: float = 0.0) -> None:
    """Look at every mapped listing of these shops again: the catalogue or the network has changed, or nobody knows what has."""
    tx.execute(queries.lock_push)
    tx.execute(queries.make_all_listing_stock, {"shop_ids": list(shop_ids)})
    tx.execute(queries.mark_all, {"shop_ids": list(shop_ids), "due_at": now + timedelta(seconds=delay_s)})


class Pusher:
    """Pushes the stock of one merchant. Several may run: each transaction takes its turn, and a call made twice counts once."""

    def __init__(
        self,
        database: Database,
        links: ShopLinks,
        network: NetworkCache,
        *,
        clock: Clock,
        ids: IdSource,
        sealer: Sealer,
        rules: PushRules | None = None,
        skus: SkuCache | None = None,
    ) -> None:
        self.rules = rules or PushRules()
        self._database = database
        self._links = links
        self._network = network
        self._clock = clock
        self._ids = ids
        self._sealer = sealer
        self._skus = skus or SkuCache()
        self._seen: tuple[int, int] | None = None
        self._slots = Slots()
        self._hands = Slots(self.rules.hands)

    def once(self, is_ours: Callable[[int], bool] = lambda _: True) -> PushReport:
        """Mark what has changed, then push what is due until nothing is or every listing due was looked at.

        `is_ours`: whether a shop, by its id, is for this worker to push to.
        """
        report = PushReport()
        known_to, marked, due = self._begin(is_ours)
        report.changes += marked
        while marked == MARKED_AT_ONCE:
            marked, due = self._mark_more(known_to, is_ours)
            report.changes += marked
        for told in self._hands.map(lambda shop_id: self._push_all(shop_id, known_to[shop_id]), due):
            report.add(told)
        return report

    def _push_all(self, shop_id: int, known_to: datetime | None) -> PushReport:
        """Batches of one shop, until nothing of it is due."""
        report = PushReport()
        while self.push_shop(shop_id, known_to, report):
            pass
        return report

    def _begin(self, is_ours: Callable[[int], bool]) -> tuple[dict[int, datetime | None], int, list[int]]:
        """The shops that are told and until when they are known, how many changes were marked, and which of our shops have listings to look at.

        Until when is read before marking, so that all of that is marked before it is used.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            versions = cache_versions(tx)
            shop_ids = _told(self._links.load(tx, self._network.load(tx, versions["network"])))
            floor = now - timedelta(seconds=self.rules.known_after_s)
            known = {shop_id: known_at(read_to, floor, has_feed=has_feed) for shop_id, read_to, has_feed in _known_to(tx, shop_ids)}
            seen = (versions["catalog"], versions["network"])
            if seen != self._seen:
                mark_all(tx, shop_ids=shop_ids, now=now, delay_s=self.rules.delay_s)
            marked = mark(tx, shop_ids=sorted(known), now=now, delay_s=self.rules.delay_s)
            due = self._shops_due(tx, known, is_ours)
        self._seen = seen
        return known, marked, due

    def _mark_more(self, known: Mapping[int, datetime | None], is_ours: Callable[[int], bool]) -> tuple[int, list[int]]:
        with self._database.transaction() as tx:
            marked = mark(tx, shop_ids=sorted(known), now=self._clock.now(), delay_s=self.rules.delay_s)
            return marked, self._shops_due(tx, known, is_ours)

    def _shops_due(self, tx: Tx, known: Mapping[int, datetime | None], is_ours: Callable[[int], bool]) -> list[int]:
        ours = [shop_id for shop_id in sorted(known) if is_ours(shop_id)]
        return [row[0] for row in tx.execute(queries.shops_with_pushes, {"shop_ids": ours, "now": self._clock.now()})]

    def push_shop(self, shop_id: int, known_to: datetime | None, report: PushReport) -> bool:
        """One batch of one shop: plan, send, settle. Whether there is more to do: what was answered is looked at once more."""
        with self._database.transaction() as tx:
            versions = cache_versions(tx)
            network = self._network.load(tx, versions["network"])
            link = self._links.load(tx, network).get(shop_id)
            if link is None or not link.shop.pushes_stock:
                return False
            choices = self._plan(tx, link, network, versions["catalog"], known_to)
            calls = self._write_plan(tx, choices, link.shop.platform)
        crash_point("push.planned")
        report.count(choices)
        answers = [answer for told in self._slots.map(partial(self._send, link), calls) for answer in told]
        looks = [choice.listing for choice in choices if choice.do is Do.LOOK]
        seen = self._slots.map(partial(self._look, link), in_parts(looks, link.shop.platform))
        sights = [sight for group in seen for sight in group]
        crash_point("push.sent")
        is_open = bool(answers or sights) and self._settle(shop_id, answers, sights, report)
        crash_point("push.settled")
        return is_open or len(choices) >= self.rules.batch

    def _plan(self, tx: Tx, link: ShopLink, network: Network, catalog_version: int, known_to: datetime | None) -> list[Choice]:
        """What to do about the listings that are due. At most nine statements."""
        tx.execute(queries.lock_shop_push, {"shop_id": link.shop.id})
        now = self._clock.now()
        due = {"shop_id": link.shop.id, "now": now, "limit": self.rules.batch}
        listings = [_shown(row) for row in tx.execute(queries.listings_due, due)]
        if not listings:
            return []
        supply = self._supply(tx, link.shop, listings, network, catalog_version, now)
        return [choose(listing, wanted(listing.sku_id, supply, link.shop.safety_quantity), known_to) for listing in listings]

    def _supply(self, tx: Tx, shop: Shop, listings: Sequence[Shown], network: Network, catalog_version: int, now: datetime) -> Supply:
        """What one shop may sell from: the warehouses that serve it, and what waits for their units."""
        skus = self._skus.load(tx, {listing.sku_id for listing in listings if listing.sku_id is not None}, catalog_version)
        waiting: Waiting = demands(tx, sorted(skus))
        if network.has_bound_shops:
            rivals = {other: by_sku for other, by_sku in demands_by_shop(tx, sorted(skus)).items() if network.share_stock(shop.id, other)}
            waiting = together(rivals.values())
        return Supply(
            skus=skus,
            free=free_stock(tx, sorted(skus), now),
            waiting=waiting,
            warehouses={place.id for place in network.warehouses.values() if place.is_active and shop.is_served_by(place.id)},
        )

    def _write_plan(self, tx: Tx, choices: Sequence[Choice], platform: str) -> list[Call]:
        """Keys and differences, written before the call; those in flight keep theirs."""
        if not choices:
            return []
        by_id = {choice.listing.listing_id: choice for choice in choices}
        calls = [_call(key, group, by_id) for key, group in _in_flight(choices)]
        groups = in_calls([choice.listing for choice in choices if choice.do is Do.SEND], platform)
        calls += [_call(f"p{key}", group, by_id) for key, group in zip(self._ids.take(len(groups)), groups, strict=True)]
        keys = {listing.listing_id: call.key for call in calls for listing in call.listings}
        rows = [self._planned(choice, keys.get(choice.listing.listing_id, "")) for choice in choices]
        tx.execute(queries.write_plan, columns(PLAN_NAMES, rows))
        return calls

    def _planned(self, choice: Choice, key: str) -> tuple[int, int, int, str, bool, datetime | None, int, str, bool]:
        listing, rules, now = choice.listing, self.rules, self._clock.now()
        answer = "checked" if choice.is_corrected else listing.answer
        if key:
            due_at = now + timedelta(seconds=rules.flight_s)
            return (listing.listing_id, choice.believed, choice.delta, key, True, due_at, listing.attempts + 1, answer, choice.is_corrected)
        wait_s = {Do.WAIT: rules.wait_s, Do.LOOK: rules.flight_s}.get(choice.do)
        due = now + timedelta(seconds=wait_s) if wait_s is not None else None
        return (listing.listing_id, choice.believed, 0, "", due is not None, due, listing.attempts, answer, choice.is_corrected)

    def _send(self, link: ShopLink, call: Call) -> list[Answer]:
        """One call to the platform; an answer for each listing in it."""
        rows = [ListingQuantity(item_ref=one.item_ref, sku_ref=one.sku_ref, quantity=call.deltas[one.listing_id]) for one in call.listings]
        tell = link.teller.set_quantities if call.is_full else link.teller.change_quantities
        try:
            outcomes = tell(rows, key=call.key)
        except SetupError as error:
            log.warning("stock can't be told", shop=link.shop.code, error=str(error))
            return [Answer(listing=listing, call=call, failure=error) for listing in call.listings]
        by_ref = {(one.item_ref, one.sku_ref): one for one in call.listings}
        answers = []
        for outcome in outcomes:
            kept = self._exchanges(link, [by_ref[row.item_ref, row.sku_ref] for row in outcome.rows], outcome.records, outcome.failure)
            for place, row in enumerate(outcome.rows):
                told = by_ref[row.item_ref, row.sku_ref]
                answers.append(Answer(listing=told, call=call, failure=outcome.failure, company=len(outcome.rows), exchanges=() if place else kept))
        return answers

    def _look(self, link: ShopLink, group: Sequence[Shown]) -> list[Sight]:
        """One look at a few listings."""
        rows = [ListingQuantity(item_ref=one.item_ref, sku_ref=one.sku_ref, quantity=0) for one in group]
        failure: RecordedFailure | None = None
        found: Mapping[tuple[str, str], int] = {}
        try:
            found, records = link.looker.look(rows)
        except RecordedFailure as raised:
            failure, records = raised, raised.records
        kept = self._exchanges(link, group, records, failure)
        return [
            Sight(listing=one, seen=found.get((one.item_ref, one.sku_ref)), failure=failure, exchanges=() if place else kept)
            for place, one in enumerate(group)
        ]

    def _exchanges(
        self, link: ShopLink, listings: Sequence[Shown], records: Sequence[CallRecord], failure: RecordedFailure | None
    ) -> tuple[Exchange, ...]:
        return exchanges_of(
            records,
            counterpart=link.counterpart,
            at=self._clock.now(),
            business_key=listings[0].item_ref,
            attempts=listings[0].attempts + 1,
            reason=reason_of(failure) if failure else "",
        )

    def _settle(self, shop_id: int, answers: Sequence[Answer], sights: Sequence[Sight], report: PushReport) -> bool:
        """Write what became of them; whether any of them is due again already."""
        now = self._clock.now()
        rows = [settled(answer, now, self.rules) for answer in answers]
        with self._database.transaction() as tx:
            tx.execute(queries.lock_shop_push, {"shop_id": shop_id})
            keep_exchanges(tx, self._ids, self._sealer, [*_exchanges_in(answers), *_exchanges_in(sights)])
            settled_rows = tx.execute(queries.settle_pushes, {**columns(ANSWER_NAMES, rows), "now": now}).fetchall()
            tx.execute(queries.settle_looks, {**columns(LOOK_NAMES, [looked(sight, now, self.rules) for sight in sights]), "now": now})
        report.taken += sum(row[2] for row in rows)
        report.refused += sum(row[3] and not row[2] for row in rows)
        report.unanswered += sum(not row[3] for row in rows)
        return bool(sights) or any(is_due for (is_due,) in settled_rows)

    def strays(self) -> list[Stray]:
        """Mapped listings of shops within reach that are not believed to show what they shall: at rest there are none."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            versions = cache_versions(tx)
            network = self._network.load(tx, versions["network"])
            links = self._links.load(tx, network)
            by_shop: dict[int, list[Shown]] = {}
            for row in tx.execute(queries.listings_shown, {"shop_ids": _told(links)}):
                listing = _shown(row)
                by_shop.setdefault(listing.shop_id, []).append(listing)
            supplies = {
                shop_id: self._supply(tx, links[shop_id].shop, listings, network, versions["catalog"], now) for shop_id, listings in by_shop.items()
            }
        found = []
        for one in (listing for listings in by_shop.values() for listing in listings):
            quantity = wanted(one.sku_id, supplies[one.shop_id], links[one.shop_id].shop.safety_quantity)
            if quantity is not None and (quantity != one.believed or one.pending_key):
                found.append(Stray(listing_id=one.listing_id, believed=one.believed, wanted=quantity))
        return found


def known_at(read_to: datetime | None, floor: datetime, *, has_feed: bool) -> datetime | None:
    """Until when a shop's sales are known: what its feeds say; `floor` when they say less, or when there are none."""
    return max(read_to, floor) if has_feed and read_to is not None else floor


def settled(answer: Answer, now: datetime, rules: PushRules) -> tuple[int, str, bool, bool, datetime | None, str]:
    """The row of ANSWER_NAMES for one listing. A refusal in company is tried alone at once; one refused alone waits for the next change. Pure."""
    listing, failure = answer.listing, answer.failure
    key = answer.call.key
    if failure is None:
        return (listing.listing_id, key, True, True, now, TAKEN)
    if isinstance(failure, CallRefused | SetupError):
        code = getattr(failure, "code", "") or "setup"
        # Refused after an attempt nobody answered: that one may have been taken.
        doubt = f"{LOOK}; " if listing.attempts else ""
        is_again = bool(doubt) or answer.company > 1
        return (listing.listing_id, key, False, True, now if is_again else None, f"{doubt}refused {code}"[:100])
    return (listing.listing_id, key, False, False, now + _pause(listing, failure, rules), str(reason_of(failure)))


def looked(sight: "Sight", now: datetime, rules: PushRules) -> tuple[int, int, int, bool, int, datetime, str]:
    """The row of LOOK_NAMES for one listing. Where we may not look, a belief below zero is zero: that errs to the safe side. Pure."""
    listing, failure = sight.listing, sight.failure
    if sight.seen is not None:
        due_at = now + timedelta(seconds=rules.wait_s)
        return (listing.listing_id, listing.believed, listing.believed, True, 0, due_at, f"{SEEN}{sight.seen}")
    if failure is None or isinstance(failure, CallRefused):
        answer = f"refused {failure.code if failure else ''}"[:100].rstrip()
        return (listing.listing_id, listing.believed, max(listing.believed, 0), False, 0, now, answer)
    due_at = now + _pause(listing, failure, rules)
    return (listing.listing_id, listing.believed, listing.believed, False, listing.attempts + 1, due_at, listing.answer)


def _pause(listing: Shown, failure: RecordedFailure, rules: PushRules) -> timedelta:
    """Doubling with each attempt, capped; what the platform asks for at least."""
    return timedelta(seconds=max(min(rules.retry_first_s * 2.0 ** min(listing.attempts, 30), rules.retry_max_s), failure.retry_after_s or 0.0))


def _exchanges_in(told: Sequence[Answer] | Sequence[Sight]) -> list[Exchange]:
    return [exchange for one in told for exchange in one.exchanges]


def _told(links: Mapping[int, ShopLink]) -> list[int]:
    """The shops that hear of stock: those within reach whose switch is on."""
    return sorted(shop_id for shop_id, link in links.items() if link.shop.pushes_stock)


def _known_to(tx: Tx, shop_ids: Sequence[int]) -> Iterable[tuple[int, datetime | None, bool]]:
    return [(row[0], row[1], row[2]) for row in tx.execute(queries.known_to, {"shop_ids": list(shop_ids)})]


def _shown(row: tuple[object, ...]) -> Shown:
    return Shown(**dict(zip(Shown.__struct_fields__, row, strict=True)))  # type: ignore[arg-type]  # columns in the order of the fields


def _in_flight(choices: Sequence[Choice]) -> list[tuple[str, list[Shown]]]:
    """Calls whose answer is not known, whole."""
    calls: dict[str, list[Shown]] = {}
    for choice in choices:
        if choice.do is Do.SEND_AGAIN:
            calls.setdefault(choice.listing.pending_key, []).append(choice.listing)
    return list(calls.items())


def _call(key: str, listings: Sequence[Shown], by_id: Mapping[int, Choice]) -> Call:
    """In an order that is the same whenever it is sent again."""
    deltas = {listing.listing_id: by_id[listing.listing_id].delta for listing in listings}
    ordered = sorted(listings, key=lambda listing: (listing.item_ref, listing.sku_ref))
    return Call(key=key, is_full=ordered[0].touched_at is None, deltas=deltas, listings=tuple(ordered))
