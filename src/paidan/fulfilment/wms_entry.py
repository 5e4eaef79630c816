"""Announces goods to their warehouse (入库单下发). The document's number is the key: booked once, so a silence is answered by a repeat."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.messages import EntryLine, EntryOrder
from paidan.fulfilment.arrivals import call_off
from paidan.fulfilment.calls import Reply, WmsCaller
from paidan.fulfilment.items import Article, SyncedItem, codes_missing, forget_document_items, load_articles, note_synced, sync_items
from paidan.fulfilment.links import LinkCache, WmsLink
from paidan.fulfilment.load import Work, finish
from paidan.fulfilment.wms_create import NOBODY_DELAY_S, What, warehouse_of
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState
from paidan.network.load import Network, NetworkCache
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, Outcome, Verdict, done, later, refused
from paidan.runtime.sealing import Sealer
from paidan.stock.documents import Document, document_no, lock_documents, read_documents


class Announced(Struct, frozen=True, kw_only=True):
    """The answer of one row's outcome, for `apply`."""

    what: What
    wms_ref: str = ""
    synced: tuple[SyncedItem, ...] = ()


class Loaded(Struct, frozen=True, kw_only=True):
    """What announcing needs."""

    link: WmsLink | None
    network: Network
    warehouse_id: int
    documents: Mapping[int, Document]
    articles: Mapping[int, Article]


class WmsEntry:
    """The outbox delivery of `wms.entry`; `ref_id` is the document."""

    kind = "wms.entry"
    batch = 20

    def __init__(self, *, caller: WmsCaller, clock: Clock, ids: IdSource, sealer: Sealer, network: NetworkCache, links: LinkCache) -> None:
        self._caller = caller
        self._clock = clock
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._links = links

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> Loaded:
        """Documents with lines, items, the connection."""
        version = cache_versions(tx)["network"]
        network, links = self._network.load(tx, version), self._links.load(tx, version)
        warehouse_id = warehouse_of(rows[0].lane)
        documents = read_documents(tx, [row.ref_id for row in rows])
        articles = load_articles(tx, warehouse_id, [line.sku_id for document in documents.values() for line in document.lines])
        link = links.of_warehouse(network, warehouse_id)
        return Loaded(link=link, network=network, warehouse_id=warehouse_id, documents=documents, articles=articles)

    def send(self, rows: Sequence[OutboxRow], loaded: Loaded) -> list[Outcome]:
        """Items first, then one by one; when nobody answers the rest is left for later."""
        link = loaded.link
        if link is None and loaded.network.is_worked_here(loaded.warehouse_id):
            return [done(Announced(what=What.NOTHING)) for _ in rows]  # the connection was taken away: people receive it with the phone page
        if link is None:
            return [later(NOBODY_DELAY_S, Reason.UNKNOWN_WAREHOUSE) for _ in rows]
        warehouse = loaded.network.warehouses[loaded.warehouse_id]
        synced = sync_items(self._caller, link, warehouse.id, warehouse.code, loaded.articles.values())
        outcomes: list[Outcome] = []
        for row in rows:
            document = loaded.documents.get(row.ref_id)
            if document is None or document.state != DocumentState.RELEASED:
                outcomes.append(done(Announced(what=What.NOTHING)))
            elif codes_missing(loaded.articles, (line.sku_id for line in document.lines), synced.missing):
                outcomes.append(later(reason=Reason.ITEM_NOT_SYNCED))
            elif outcomes and outcomes[-1].unreachable:
                outcomes.append(later(unreachable=True))
            else:
                order = entry_order(document, link, warehouse.code, loaded.articles)
                outcomes.append(_of_create(self._caller.call(link, order, order.entry_order_code), link))
        first = outcomes[0].answer if isinstance(outcomes[0].answer, Announced) else Announced(what=What.NOTHING)
        exchanges = (*synced.exchanges, *outcomes[0].exchanges)
        return [replace(outcomes[0], answer=replace(first, synced=synced.items), exchanges=exchanges), *outcomes[1:]]

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """RELEASED → ACCEPTED, or REJECTED: then nothing is expected any more."""
        now = self._clock.now()
        pairs = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome.answer, Announced)]
        told = [row.ref_id for row, outcome in pairs if outcome.answer.what in {What.ACCEPTED, What.REJECTED}]
        documents = lock_documents(tx, told) if told else {}
        work = Work(documents=list(documents.values()))
        for row, outcome in pairs:
            document = documents.get(row.ref_id)
            if document is None:
                continue
            document.is_changed = True
            document.wms_ref = document.wms_ref or outcome.answer.wms_ref
            if outcome.answer.what == What.REJECTED:
                call_off(work, document, DocumentState.REJECTED)
            elif document.state == DocumentState.RELEASED:
                document.move(DocumentState.ACCEPTED)
        finish(tx, work, ids=self._ids, sealer=self._sealer, now=now)
        note_synced(tx, [item for _, outcome in pairs for item in outcome.answer.synced])
        forget_document_items(tx, [row.ref_id for row, outcome in pairs if outcome.answer.what == What.UNKNOWN_ITEM])


def entry_order(document: Document, link: WmsLink, warehouse_code: str, articles: Mapping[int, Article]) -> EntryOrder:
    """The protocol's entry order."""
    return EntryOrder(
        entry_order_code=document_no(document.id),
        owner_code=link.qimen.owner_code,
        purchase_order_code=document.reference,
        warehouse_code=warehouse_code,
        created_at=document.created_at,
        expected_from_at=document.expected_at,
        expected_to_at=document.expected_at,
        lines=tuple(
            EntryLine(
                order_line_no=str(line.line_no),
                owner_code=link.qimen.owner_code,
                item_code=articles[line.sku_id].item.item_code,
                item_id=articles[line.sku_id].item.item_id,
                item_name=articles[line.sku_id].item.item_name,
                plan_qty=line.planned,
            )
            for line in document.lines
        ),
    )


def _of_create(reply: Reply, link: WmsLink) -> Outcome:
    if reply.answer is not None:
        return done(Announced(what=What.ACCEPTED, wms_ref=reply.answer.fields.get("entryOrderId", "")), (reply.exchange,))
    refusal = reply.refusal
    if refusal is None:
        return reply.try_again()
    if refusal.code in link.unknown_item_codes:
        answer = Announced(what=What.UNKNOWN_ITEM)
        return Outcome(verdict=Verdict.LATER, reason=Reason.ITEM_NOT_SYNCED, answer=answer, exchanges=(reply.exchange,))
    return refused(Reason.WAREHOUSE_REJECTED, Announced(what=What.REJECTED), (reply.exchange,))
