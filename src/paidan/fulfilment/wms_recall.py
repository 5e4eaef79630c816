"""Asks fulfilments back from their warehouse (拦截).

When it refuses it is asked what it has: "no such order" and "already cancelled" are agreement too. A warehouse that people work with our own phone
page is not called: it agrees at once, unless the units lie in a closed parcel.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.answers import parse_delivery_answer
from paidan.counterparts.qimen.messages import DeliveryQuery, OrderCancel
from paidan.fulfilment.arrived import deliver_arrived
from paidan.fulfilment.calls import Reply, WmsCaller
from paidan.fulfilment.decide import agree_recall, note, refuse_recall
from paidan.fulfilment.links import LinkCache, WmsLink
from paidan.fulfilment.load import finish, take
from paidan.fulfilment.wms_create import NOBODY_DELAY_S, WILL_NOT_SHIP, warehouse_of
from paidan.kernel.clock import Clock
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason, words
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network, NetworkCache
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, Outcome, Verdict, done, later, unknown
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.fulfilment")

PACKED = "packed"


class Recall(Struct, frozen=True, kw_only=True):
    """A fulfilment that may have to be asked back."""

    id: int
    state: int
    attempt: int
    wms_ref: str
    recall_reason: str

    @property
    def number(self) -> str:
        """The number the warehouse knows it by."""
        return fulfilment_no(self.id, self.attempt)


class Recalled(Struct, frozen=True, kw_only=True):
    """The answer of one row's outcome, for `apply`."""

    is_agreed: bool
    actor: str
    code: str = ""
    is_ours: bool = False  # worked here: whether it agrees is seen under lock


class Loaded(Struct, frozen=True, kw_only=True):
    """What asking needs."""

    link: WmsLink | None
    network: Network
    warehouse_id: int
    recalls: Mapping[int, Recall]


class WmsRecall:
    """The outbox delivery of `wms.recall`; `ref_id` is the fulfilment (the leader's). It waits for the creation of the same fulfilment."""

    kind = "wms.recall"
    batch = 20

    def __init__(self, *, caller: WmsCaller, clock: Clock, ids: IdSource, sealer: Sealer, network: NetworkCache, links: LinkCache) -> None:
        self._caller = caller
        self._clock = clock
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._links = links

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> Loaded:
        """The fulfilments and the connection."""
        version = cache_versions(tx)["network"]
        network, links = self._network.load(tx, version), self._links.load(tx, version)
        warehouse_id = warehouse_of(rows[0].lane)
        found = tx.execute(queries.recalls, {"ids": [row.ref_id for row in rows]})
        recalls = {row[0]: Recall(**dict(zip(Recall.__struct_fields__, row, strict=True))) for row in found}
        return Loaded(link=links.of_warehouse(network, warehouse_id), network=network, warehouse_id=warehouse_id, recalls=recalls)

    def send(self, rows: Sequence[OutboxRow], loaded: Loaded) -> list[Outcome]:
        """One by one; when nobody answers the rest is left for later."""
        outcomes: list[Outcome] = []
        for row in rows:
            recall = loaded.recalls.get(row.ref_id)
            if recall is None or recall.state != FulfilmentState.RECALLING:
                outcomes.append(done())
            elif loaded.link is None and loaded.network.is_worked_here(loaded.warehouse_id):
                outcomes.append(done(Recalled(is_agreed=True, actor="system", is_ours=True)))
            elif loaded.link is None:
                outcomes.append(later(NOBODY_DELAY_S, Reason.UNKNOWN_WAREHOUSE))
            elif outcomes and outcomes[-1].unreachable:
                outcomes.append(later(unreachable=True))
            else:
                outcomes.append(self._ask_back(recall, loaded, loaded.link, was_unknown=row.was_unknown))
        return outcomes

    def _ask_back(self, recall: Recall, loaded: Loaded, link: WmsLink, *, was_unknown: bool) -> Outcome:
        """Cancel; after a silence and after a refusal the warehouse is asked what it has."""
        warehouse_code = loaded.network.warehouses[loaded.warehouse_id].code
        if was_unknown:
            before = self._ask(recall, warehouse_code, link)
            if before.verdict != Verdict.REFUSED:
                return before
        cancel = OrderCancel(
            warehouse_code=warehouse_code,
            owner_code=link.qimen.owner_code,
            order_code=recall.number,
            order_id=recall.wms_ref,
            cancel_reason=_words(recall.recall_reason),
        )
        reply = self._caller.call(link, cancel, recall.number)
        if reply.answer is not None:
            return done(Recalled(is_agreed=True, actor=link.counterpart), (reply.exchange,))
        refusal = reply.refusal
        if refusal is None:
            return reply.try_again()
        asked = self._ask(recall, warehouse_code, link)
        exchanges = (reply.exchange, *asked.exchanges)
        if asked.verdict == Verdict.REFUSED:
            return done(Recalled(is_agreed=False, actor=link.counterpart, code=refusal.code[:100]), exchanges)
        return replace(asked, exchanges=exchanges)

    def _ask(self, recall: Recall, warehouse_code: str, link: WmsLink) -> Outcome:
        """DONE: it will not ship. REFUSED (between us only): the warehouse has it and goes on. Else nobody told."""
        query = DeliveryQuery(warehouse_code=warehouse_code, owner_code=link.qimen.owner_code, order_code=recall.number, order_id=recall.wms_ref)
        return _of_query(self._caller.call(link, query, recall.number), link)

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """RECALLING → planned anew or cancelled when the warehouse agreed, → ACCEPTED with a hold when it did not."""
        now = self._clock.now()
        news = [
            (row, outcome)
            for row, outcome in zip(rows, outcomes, strict=True)
            if isinstance(outcome.answer, Recalled) or outcome.verdict == Verdict.GAVE_UP
        ]
        work = take(tx, [row.ref_id for row, _ in news])
        packed = _packed(tx, [row.ref_id for row, outcome in news if isinstance(outcome.answer, Recalled) and outcome.answer.is_ours])
        for row, outcome in news:
            group, answer = work.groups.get(row.ref_id), outcome.answer
            if group is None:
                continue
            if not isinstance(answer, Recalled):
                note(group.leader.order, "recall_unanswered", {"fulfilment": row.ref_id, "reason": str(outcome.reason)}, actor="system")
            elif row.ref_id in packed:
                refuse_recall(work, group, PACKED, now, answer.actor)
            elif answer.is_agreed:
                agree_recall(work, group, now, answer.actor)
            else:
                refuse_recall(work, group, answer.code, now, answer.actor)
        deliver_arrived(tx, work, work.rest_dropped, "carrier")
        finish(tx, work, ids=self._ids, sealer=self._sealer, now=now)


def _packed(tx: Tx, fulfilment_ids: Sequence[int]) -> set[int]:
    """Of these (locked) fulfilments, those that lie in a closed parcel. One statement; none for nothing."""
    return {row[0] for row in tx.execute(queries.packed, {"ids": list(fulfilment_ids)})} if fulfilment_ids else set()


def _of_query(reply: Reply, link: WmsLink) -> Outcome:
    agreed = done(Recalled(is_agreed=True, actor=link.counterpart), (reply.exchange,))
    keeps = Outcome(verdict=Verdict.REFUSED, exchanges=(reply.exchange,))
    refusal = reply.refusal
    if refusal is not None:
        # Only a clear "no such order" is agreement: anything else might ship.
        return agreed if refusal.code in link.not_found_codes else keeps
    if reply.answer is None:
        return reply.try_again()
    try:
        order = parse_delivery_answer(reply.body).order
    except BadInput:
        return unknown(exchanges=(reply.exchange,), unreachable=False)
    return agreed if order.status.upper() in WILL_NOT_SHIP - {"CLOSED"} else keeps


def _words(reason: str) -> str:
    return words(Reason(reason)) if reason in set(Reason) else reason
