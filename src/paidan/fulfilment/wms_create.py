"""Sends fulfilments to their warehouse (下发): items first, then the orders, many in one call where the warehouse takes that.

Nothing is sent blindly twice: after a silence the warehouse is asked what it has. What is being recalled and was never sent is not sent.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.answers import parse_delivery_answer, parse_failed_orders
from paidan.counterparts.qimen.messages import DeliveryBatch, DeliveryQuery
from paidan.fulfilment.calls import Reply, WmsCaller
from paidan.fulfilment.consignments import Consignment, delivery_order, load_consignments
from paidan.fulfilment.decide import accept, agree_recall, give_up, note
from paidan.fulfilment.items import Article, Synced, SyncedItem, codes_missing, forget_items, load_articles, note_synced, sync_items
from paidan.fulfilment.links import LinkCache, WmsLink
from paidan.fulfilment.load import finish, take
from paidan.kernel.clock import Clock
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network, NetworkCache
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import Exchange
from paidan.runtime.outbox import OutboxRow, Outcome, Verdict, done, later, refused, unknown
from paidan.runtime.sealing import Sealer

LANE = "warehouse:"
WILL_NOT_SHIP = frozenset({"CANCELED", "REJECT", "CLOSED"})
NOBODY_DELAY_S = 300.0  # a warehouse without a connection: people are at it
FEW = 2


class What(StrEnum):
    """What a sending has shown."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEVER_SENT = "never_sent"  # recalled before it reached the warehouse
    UNKNOWN_ITEM = "unknown_item"
    NOTHING = "nothing"  # there was nothing to send any more


class Created(Struct, frozen=True, kw_only=True):
    """The answer of one row's outcome, for `apply`."""

    what: What
    actor: str = "system"
    wms_ref: str = ""
    code: str = ""
    synced: tuple[SyncedItem, ...] = ()


class Loaded(Struct, frozen=True, kw_only=True):
    """What sending needs, read in the claiming transaction."""

    link: WmsLink | None
    network: Network
    warehouse_id: int
    consignments: Mapping[int, Consignment]
    articles: Mapping[int, Article]


class WmsCreate:
    """The outbox delivery of `wms.create`; `ref_id` is the fulfilment (the leader's). One lane is one warehouse."""

    kind = "wms.create"
    batch = 100

    def __init__(self, *, caller: WmsCaller, clock: Clock, ids: IdSource, sealer: Sealer, network: NetworkCache, links: LinkCache) -> None:
        self._caller = caller
        self._clock = clock
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._links = links

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> Loaded:
        """Orders, lines, receivers, items, the connection: five statements."""
        version = cache_versions(tx)["network"]
        network, links = self._network.load(tx, version), self._links.load(tx, version)
        warehouse_id = warehouse_of(rows[0].lane)
        consignments = load_consignments(tx, [row.ref_id for row in rows], self._sealer)
        sku_ids = {line.sku_id for consignment in consignments.values() for line in consignment.lines}
        articles = load_articles(tx, warehouse_id, sku_ids)
        link = links.of_warehouse(network, warehouse_id)
        return Loaded(link=link, network=network, warehouse_id=warehouse_id, consignments=consignments, articles=articles)

    def send(self, rows: Sequence[OutboxRow], loaded: Loaded) -> list[Outcome]:
        """Ask about the unknown, make items known, send the rest."""
        link = loaded.link
        if link is None:
            return [_without_link(row, loaded) for row in rows]
        outcomes: dict[int, Outcome] = {}
        asked: dict[int, Exchange] = {}
        to_send: list[tuple[OutboxRow, Consignment]] = []
        for row in rows:
            consignment = loaded.consignments.get(row.ref_id)
            outcome = self._before(row, consignment, loaded, link, asked)
            if outcome is not None or consignment is None:
                outcomes[row.id] = outcome or done(Created(what=What.NOTHING))
            else:
                to_send.append((row, consignment))
        if to_send:
            outcomes |= self._send_with_items(to_send, loaded, link)
        return [_with_question(outcomes[row.id], asked.get(row.id)) for row in rows]

    def _before(self, row: OutboxRow, consignment: Consignment | None, loaded: Loaded, link: WmsLink, asked: dict[int, Exchange]) -> Outcome | None:
        """The outcome of a row that is not to be sent; None: send it."""
        if consignment is None or consignment.state not in {FulfilmentState.RELEASED, FulfilmentState.RECALLING} or not consignment.lines:
            return done(Created(what=What.NOTHING))
        if row.was_unknown:
            outcome, asked[row.id] = self._ask(consignment, loaded, link)
            if outcome is not None:
                return outcome
        if consignment.state == FulfilmentState.RECALLING:
            return done(Created(what=What.NEVER_SENT))
        if consignment.receiver is None:
            return refused(Reason.FIELD_MISSING)
        return None

    def _ask(self, consignment: Consignment, loaded: Loaded, link: WmsLink) -> tuple[Outcome | None, Exchange]:
        """What the warehouse has of it. None: nothing, send it (again)."""
        warehouse_code = loaded.network.warehouses[loaded.warehouse_id].code
        query = DeliveryQuery(warehouse_code=warehouse_code, owner_code=link.qimen.owner_code, order_code=consignment.number)
        reply = self._caller.call(link, query, consignment.number)
        return _of_query(reply, link), reply.exchange

    def _send_with_items(self, to_send: Sequence[tuple[OutboxRow, Consignment]], loaded: Loaded, link: WmsLink) -> dict[int, Outcome]:
        warehouse = loaded.network.warehouses[loaded.warehouse_id]
        wanted = {line.sku_id for _, consignment in to_send for line in consignment.lines}
        articles = [article for sku_id, article in loaded.articles.items() if sku_id in wanted]
        synced = sync_items(self._caller, link, warehouse.id, warehouse.code, articles)
        outcomes: dict[int, Outcome] = {}
        ready = []
        for row, consignment in to_send:
            if codes_missing(loaded.articles, (line.sku_id for line in consignment.lines), synced.missing):
                outcomes[row.id] = later(reason=Reason.ITEM_NOT_SYNCED)
            else:
                ready.append((row, consignment))
        if link.batch_create and len(ready) >= FEW:
            outcomes |= self._send_batch(ready, loaded, link)
        else:
            outcomes |= self._send_singly(ready, loaded, link)
        return _with_items(outcomes, to_send[0][0].id, synced)

    def _send_batch(self, ready: Sequence[tuple[OutboxRow, Consignment]], loaded: Loaded, link: WmsLink) -> dict[int, Outcome]:
        """Many in one call. What the warehouse did not take is sent alone, to learn why: the list of failures has no codes."""
        now = self._clock.now()
        orders = tuple(delivery_order(consignment, link, loaded.network, loaded.articles, now) for _, consignment in ready)
        reply = self._caller.call(link, DeliveryBatch(orders=orders), ready[0][1].number)
        if reply.answer is None and reply.refusal is None:
            again = reply.try_again()
            return _keep_once({row.id: again for row, _ in ready}, reply.exchange)
        failed = _failed(reply)
        if failed is None:
            return _keep_once({row.id: unknown(unreachable=False) for row, _ in ready}, reply.exchange)
        if reply.answer is None and not failed:
            # The warehouse refuses batches as such.
            failed = {consignment.number for _, consignment in ready}
        taken = {row.id: done(Created(what=What.ACCEPTED, actor=link.counterpart)) for row, consignment in ready if consignment.number not in failed}
        alone = [(row, consignment) for row, consignment in ready if consignment.number in failed]
        return _keep_once(taken | self._send_singly(alone, loaded, link), reply.exchange)

    def _send_singly(self, ready: Sequence[tuple[OutboxRow, Consignment]], loaded: Loaded, link: WmsLink) -> dict[int, Outcome]:
        """One by one; when nobody answers the rest is left for later."""
        outcomes: dict[int, Outcome] = {}
        is_silent = False
        for row, consignment in ready:
            if is_silent:
                outcomes[row.id] = later(unreachable=True)
                continue
            order = delivery_order(consignment, link, loaded.network, loaded.articles, self._clock.now())
            reply = self._caller.call(link, order, consignment.number)
            outcomes[row.id] = _of_create(reply, link)
            is_silent = reply.is_silent
        return outcomes

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """RELEASED → ACCEPTED, the refused given up, the never sent recalled; what the warehouse has learnt of items is noted."""
        now = self._clock.now()
        pairs = [(row, outcome, outcome.answer) for row, outcome in zip(rows, outcomes, strict=True)]
        work = take(tx, [row.ref_id for row, outcome, answer in pairs if _is_news(outcome, answer)])
        unknown_items = []
        for row, outcome, answer in pairs:
            group = work.groups.get(row.ref_id)
            if group is None:
                continue
            if outcome.verdict == Verdict.GAVE_UP:
                note(group.leader.order, "not_sent", {"fulfilment": row.ref_id, "reason": str(outcome.reason)}, actor="system")
            if not isinstance(answer, Created):
                continue
            if answer.what == What.ACCEPTED:
                accept(work, group, answer.wms_ref, answer.actor)
            elif answer.what == What.REJECTED:
                give_up(work, group, FulfilmentState.REJECTED, answer.code, now, answer.actor)
            elif answer.what == What.NEVER_SENT:
                agree_recall(work, group, now, answer.actor)
            elif answer.what == What.UNKNOWN_ITEM:
                unknown_items.append(row.ref_id)
        finish(tx, work, ids=self._ids, sealer=self._sealer, now=now)
        note_synced(tx, [item for _, _, answer in pairs if isinstance(answer, Created) for item in answer.synced])
        forget_items(tx, unknown_items)


def warehouse_of(lane: str) -> int:
    """The warehouse of a lane `warehouse:<id>`."""
    return int(lane.removeprefix(LANE))


def _without_link(row: OutboxRow, loaded: Loaded) -> Outcome:
    """Nobody to call: people see to the connection. When it was taken away for good, the warehouse is worked with our own phone page."""
    if loaded.network.is_worked_here(loaded.warehouse_id) and not row.was_unknown:
        return done(Created(what=What.NOTHING))
    return later(NOBODY_DELAY_S, Reason.UNKNOWN_WAREHOUSE)


def _is_news(outcome: Outcome, answer: object) -> bool:
    """Whether something follows for the fulfilment."""
    return outcome.verdict == Verdict.GAVE_UP or (isinstance(answer, Created) and answer.what != What.NOTHING)


def _of_query(reply: Reply, link: WmsLink) -> Outcome | None:
    if reply.refusal is not None:
        return None
    if reply.answer is None:
        # Nothing was learnt: a row that was unknown stays so.
        return replace(reply.try_again(), verdict=Verdict.LATER, exchanges=())
    try:
        order = parse_delivery_answer(reply.body).order
    except BadInput:
        return unknown(unreachable=False)
    if order.status.upper() in WILL_NOT_SHIP:
        return _rejected(order.status, link, ())
    return done(Created(what=What.ACCEPTED, actor=link.counterpart, wms_ref=order.delivery_order_id))


def _of_create(reply: Reply, link: WmsLink) -> Outcome:
    if reply.answer is not None:
        ref = reply.answer.fields.get("deliveryOrderId", "")
        return done(Created(what=What.ACCEPTED, actor=link.counterpart, wms_ref=ref), (reply.exchange,))
    refusal = reply.refusal
    if refusal is None:
        return reply.try_again()
    if refusal.code in link.unknown_item_codes:
        answer = Created(what=What.UNKNOWN_ITEM, actor=link.counterpart)
        return Outcome(verdict=Verdict.LATER, reason=Reason.ITEM_NOT_SYNCED, answer=answer, exchanges=(reply.exchange,))
    return _rejected(refusal.code, link, (reply.exchange,))


def _rejected(code: str, link: WmsLink, exchanges: tuple[Exchange, ...]) -> Outcome:
    return refused(Reason.WAREHOUSE_REJECTED, Created(what=What.REJECTED, actor=link.counterpart, code=code[:100]), exchanges)


def _failed(reply: Reply) -> set[str] | None:
    """Numbers of the orders a batch did not take; None: the answer can't be read."""
    try:
        return {failed.code for failed in parse_failed_orders(reply.body)}
    except BadInput:
        return None


def _with_question(outcome: Outcome, question: Exchange | None) -> Outcome:
    """What was asked before it was sent again is kept too."""
    return outcome if question is None else replace(outcome, exchanges=(question, *outcome.exchanges))


def _keep_once(outcomes: dict[int, Outcome], exchange: Exchange) -> dict[int, Outcome]:
    """The exchange of a call for many is kept with the first of them."""
    first = next(iter(outcomes))
    rest = tuple(kept for kept in outcomes[first].exchanges if kept is not exchange)
    stripped = {n: replace(o, exchanges=tuple(kept for kept in o.exchanges if kept is not exchange)) for n, o in outcomes.items()}
    return stripped | {first: replace(outcomes[first], exchanges=(exchange, *rest))}


def _with_items(outcomes: dict[int, Outcome], first: int, synced: Synced) -> dict[int, Outcome]:
    """What the warehouse has learnt travels with the first row, whatever becomes of that."""
    if not synced.exchanges:
        return outcomes
    outcome = outcomes[first]
    answer = outcome.answer if isinstance(outcome.answer, Created) else Created(what=What.NOTHING)
    exchanges = (*synced.exchanges, *outcome.exchanges)
    return outcomes | {first: replace(outcome, answer=replace(answer, synced=synced.items), exchanges=exchanges)}
