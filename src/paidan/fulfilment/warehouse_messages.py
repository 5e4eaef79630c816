"""The step that takes up what warehouses have told (仓库回传): reads a batch of messages, decides each piece, writes everything once.

A message whose number, article or warehouse we do not know is set aside whole with its reason; what else it held is booked, and not booked again
when it is replayed. Words that come late are written down and move nothing backwards.
"""

from collections.abc import Sequence
from datetime import datetime

from paidan.catalog.load import cache_versions
from paidan.counterparts.qimen.reports import BatchCreated, DeliveryConfirm, EntryConfirm, ProcessReport
from paidan.counterparts.qimen.translate import GRADE_BY_INVENTORY_TYPE, next_state
from paidan.fulfilment.adjustments import Adjustments, Change
from paidan.fulfilment.arrivals import ENTRY_ROWS, RECEIVE, Times, call_off, confirm_arrival
from paidan.fulfilment.arrived import deliver_arrived
from paidan.fulfilment.decide import accept, agree_recall, deliver, drop_rest, give_up, note, refuse_recall, travelling
from paidan.fulfilment.items import forget_items
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.load import Group, Work, finish, take
from paidan.fulfilment.meanings import Meanings, told_state
from paidan.fulfilment.reading import Piece, read_pieces
from paidan.fulfilment.shipping import Known, confirm_shipping, parcel_key
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState, FulfilmentState
from paidan.network.load import Network, NetworkCache
from paidan.orders.parcels import ParcelKey, parcels_known
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import MessageState
from paidan.runtime.passes import PassReport
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.runtime.sealing import Sealer
from paidan.runtime.waiting import WaitingMessage, read_waiting, settle_messages, waiting_ids
from paidan.stock.documents import Document, lock_documents, times_entered

queries = load_queries("paidan.fulfilment")

BUCKET_FROM = 64


class WarehouseMessages:
    """A passes.Step over the messages of warehouses (buckets 64 to 127)."""

    name = "warehouse_messages"

    def __init__(self, *, ids: IdSource, sealer: Sealer, network: NetworkCache, links: LinkCache) -> None:
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._links = links
        self._meanings: Meanings | None = None

    def claim(self, tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[WaitingMessage]:
        """The oldest messages that wait in these buckets, locked."""
        del now
        return read_waiting(tx, self._sealer, waiting_ids(tx, [bucket + BUCKET_FROM for bucket in buckets], limit))

    def set_aside(self, tx: Tx, item: WaitingMessage, error: BaseException, now: datetime) -> None:
        """Keep the one message that can't be decided for people."""
        del now
        reason = error.reason if isinstance(error, BadInput) else Reason.POISON
        settle_messages(tx, [(item.id, MessageState.SET_ASIDE, str(reason))])

    def run(self, tx: Tx, items: list[WaitingMessage], now: datetime) -> PassReport:
        """Read, decide, write. The number of statements does not depend on the number of messages."""
        versions = cache_versions(tx)
        network, links = self._network.load(tx, versions["network"]), self._links.load(tx, versions["network"])
        pieces, refused = read_pieces(items, links)
        batch = _Batch(tx, self._ids, network, self._meant(network), pieces, now)
        for piece in pieces:
            reason = batch.problem(piece)
            if reason is not None:
                refused.setdefault(piece.message.id, reason)
        batch.book(tx, [piece for piece in pieces if batch.problem(piece) is None])
        deliver_arrived(tx, batch.work, batch.work.rest_dropped, "carrier")
        finish(tx, batch.work, ids=self._ids, sealer=self._sealer, now=now)
        forget_items(tx, batch.unknown_items)
        settle_messages(tx, [_settled(item, refused.get(item.id)) for item in items])
        return PassReport(outcomes={"done": len(items) - len(refused), "unknown": len(refused)})

    def _meant(self, network: Network) -> Meanings:
        if self._meanings is None or self._meanings.version != network.version:
            self._meanings = Meanings(network)
        return self._meanings


def _settled(item: WaitingMessage, reason: Reason | None) -> tuple[int, MessageState, str]:
    return (item.id, MessageState.DONE, "") if reason is None else (item.id, MessageState.SET_ASIDE, str(reason))


class _Batch:
    """What the pieces of one run are decided over: everything loaded, drafts changed in place."""

    def __init__(self, tx: Tx, ids: IdSource, network: Network, meanings: Meanings, pieces: Sequence[Piece], now: datetime) -> None:
        self._network = network
        self._meanings = meanings
        self._now = now
        self.unknown_items: list[int] = []
        self._written: set[int] = set()
        self.work: Work = take(tx, [piece.fulfilment_id for piece in pieces if piece.fulfilment_id])
        document_ids = sorted({piece.document_id for piece in pieces if piece.document_id})
        self._documents: dict[int, Document] = lock_documents(tx, document_ids) if document_ids else {}
        self._times: Times = times_entered(tx, document_ids, RECEIVE) if document_ids else {}
        codes = sorted({code for piece in pieces for code in piece.item_codes})
        self._skus: dict[str, int] = dict(tx.execute(queries.sku_ids, {"codes": codes}).fetchall()) if codes else {}
        self._warehouses = {warehouse.code: warehouse for warehouse in network.warehouses.values()}
        carriers = {carrier.code: carrier.id for carrier in network.carriers.values()}
        self._known = Known(skus=self._skus, carriers=carriers, take_ids=ids.take, now=now)
        self._adjustments = Adjustments(self.work, ids.take, now)
        self._load_parcels(tx, pieces)

    def _load_parcels(self, tx: Tx, pieces: Sequence[Piece]) -> None:
        keys: set[ParcelKey] = set()
        leaders: set[int] = set()
        for piece in pieces:
            group = self.work.groups.get(piece.fulfilment_id)
            if isinstance(piece.what, DeliveryConfirm) and group is not None:
                leaders.add(piece.fulfilment_id)
                keys |= {parcel_key(package, self._known.carriers, group.leader.fulfilment.carrier_id) for package in piece.what.packages}
        if leaders:
            self._known.parcels |= {(parcel.carrier_id, parcel.tracking_no): parcel for parcel in parcels_known(tx, leaders, keys)}

    def problem(self, piece: Piece) -> Reason | None:
        """Why a piece can't be booked: it names something we do not know, or something another warehouse has."""
        if isinstance(piece.what, Change):
            place = self._place(piece)
            if place is None:
                return Reason.UNKNOWN_WAREHOUSE
        elif piece.fulfilment_id:
            group = self.work.groups.get(piece.fulfilment_id)
            if group is None or self._connection_of(group.leader.fulfilment.warehouse_id) != piece.link.id:
                return Reason.UNKNOWN_FULFILMENT
        else:
            document = self._documents.get(piece.document_id)
            if document is None or self._connection_of(document.warehouse_id) != piece.link.id:
                return Reason.UNKNOWN_FULFILMENT if isinstance(piece.what, DeliveryConfirm) else Reason.UNKNOWN_DOCUMENT
        if any(code not in self._skus for code in piece.item_codes):
            return Reason.UNKNOWN_SKU
        return None if _types_of(piece) <= GRADE_BY_INVENTORY_TYPE.keys() else Reason.FIELD_INVALID

    def _connection_of(self, warehouse_id: int) -> int | None:
        warehouse = self._network.warehouses.get(warehouse_id)
        return warehouse.connection_id if warehouse is not None else None

    def _place(self, piece: Piece) -> int | None:
        """The warehouse a change of stock speaks of, if it belongs to who speaks."""
        code = piece.what.warehouse_code if isinstance(piece.what, Change) else ""
        warehouse = self._warehouses.get(code)
        return warehouse.id if warehouse is not None and warehouse.connection_id == piece.link.id else None

    def book(self, tx: Tx, pieces: Sequence[Piece]) -> None:
        """Decide piece by piece, in the order of the messages; repeats of pieces are passed by."""
        new = _note_booked(tx, [piece for piece in pieces if piece.booked_by])
        for piece in pieces:
            if not piece.booked_by or (piece.link.counterpart, piece.booked_by) in new:
                new.discard((piece.link.counterpart, piece.booked_by))
                self._decide(piece)

    def _decide(self, piece: Piece) -> None:
        match piece.what:
            case Change():
                warehouse_id = self._place(piece) or 0
                message_id = piece.message.id
                self._adjustments.book(
                    piece.what, message_id=message_id, warehouse_id=warehouse_id, skus=self._skus, cause=piece.cause, actor=piece.actor
                )
            case EntryConfirm():
                document = self._touched(piece)
                confirm_arrival(self.work, document, piece.what, self._times, self._skus, cause=piece.cause, at=piece.at)
            case _ if piece.document_id:
                self._document_step(piece)
            case _:
                self._fulfilment_piece(piece, self.work.groups[piece.fulfilment_id])

    def _touched(self, piece: Piece) -> Document:
        document = self._documents[piece.document_id]
        if piece.document_id not in self._written:
            self._written.add(piece.document_id)
            self.work.documents.append(document)
        return document

    def _document_step(self, piece: Piece) -> None:
        """A step of an entry order: taken, or called off. Goods are told by the confirm."""
        if not isinstance(piece.what, ProcessReport):
            return
        document = self._touched(piece)
        state = next_state(ENTRY_ROWS, piece.what.process_status, document.state)
        if state == DocumentState.ACCEPTED:
            document.move(DocumentState.ACCEPTED)
        elif state in {DocumentState.REJECTED, DocumentState.CANCELLED}:
            call_off(self.work, document, DocumentState(state))

    def _fulfilment_piece(self, piece: Piece, group: Group) -> None:
        what = piece.what
        if isinstance(what, DeliveryConfirm):
            self._confirm(piece, group, what)
        elif piece.attempt != group.leader.fulfilment.attempt:
            self._write_down(piece, group, "late", {"reason": str(Reason.OUT_OF_ORDER)})
        elif isinstance(what, ProcessReport):
            self._process(piece, group, what)
        elif isinstance(what, BatchCreated):
            self._created(piece, group, what)
        else:
            self._write_down(piece, group, piece.message.kind.partition(".")[0], {})

    def _confirm(self, piece: Piece, group: Group, confirm: DeliveryConfirm) -> None:
        """Some systems tell by a confirm without goods that nothing will come."""
        state = told_state(self._meanings.delivery, confirm.status, group.leader.fulfilment.state)
        if state in {FulfilmentState.REJECTED, FulfilmentState.CANCELLED} and not confirm.packages and not any(x.actual_qty for x in confirm.lines):
            if piece.attempt == group.leader.fulfilment.attempt:
                self._move(piece, group, FulfilmentState(state), confirm.status)
            return
        if confirm.delivery_order_id:
            self.work.wms_refs[group.leader.fulfilment.id] = confirm.delivery_order_id
        confirm_shipping(self.work, self._known, group, piece.attempt, confirm, cause=piece.cause, at=piece.at, actor=piece.actor)

    def _process(self, piece: Piece, group: Group, report: ProcessReport) -> None:
        code = report.process_status.upper()
        state = told_state(self._meanings.process, code, group.leader.fulfilment.state)
        if code not in self._meanings.masked:
            self._write_down(piece, group, "warehouse_step", {"status": code, "at": piece.at.isoformat()})
        if state is not None:
            self._move(piece, group, FulfilmentState(state), code, wms_ref=report.order_id)

    def _move(self, piece: Piece, group: Group, state: FulfilmentState, word: str, *, wms_ref: str = "") -> None:
        is_recalling = group.leader.fulfilment.state == FulfilmentState.RECALLING
        match state:
            case FulfilmentState.ACCEPTED if is_recalling:
                refuse_recall(self.work, group, word, self._now, piece.actor)
            case FulfilmentState.ACCEPTED:
                accept(self.work, group, wms_ref, piece.actor)
            case FulfilmentState.CANCELLED if is_recalling:
                agree_recall(self.work, group, self._now, piece.actor)
            case FulfilmentState.CANCELLED if group.leader.fulfilment.state == FulfilmentState.PART_SHIPPED:
                drop_rest(self.work, group, word, self._now, piece.actor)
            case FulfilmentState.CANCELLED | FulfilmentState.REJECTED:
                give_up(self.work, group, state, word, self._now, piece.actor)
            case FulfilmentState.DELIVERED:
                deliver(self.work, group, piece.at, piece.actor)
            case _:
                pass  # shipping is told by the confirm alone: a word without goods moves no stock

    def _created(self, piece: Piece, group: Group, made: BatchCreated) -> None:
        """The late answer to a batch."""
        if made.is_success:
            accept(self.work, group, made.delivery_order_id, piece.actor)
            return
        if made.code in piece.link.unknown_item_codes:
            self.unknown_items += [group.leader.fulfilment.id]
        give_up(self.work, group, FulfilmentState.REJECTED, made.code, self._now, piece.actor)

    def _write_down(self, piece: Piece, group: Group, step: str, detail: dict[str, object]) -> None:
        for owned in travelling(group):
            note(owned.order, step, {"fulfilment": owned.fulfilment.id, **detail}, actor=piece.actor)


def _types_of(piece: Piece) -> set[str]:
    """The kinds of stock a piece speaks of, when it changes stock by them."""
    match piece.what:
        case Change():
            return {piece.what.inventory_type}
        case EntryConfirm():
            return {line.inventory_type for line in piece.what.lines}
        case _:
            return set()


def _note_booked(tx: Tx, pieces: Sequence[Piece]) -> set[tuple[str, str]]:
    """(source, number) of those pieces nobody has booked before."""
    if not pieces:
        return set()
    first: dict[tuple[str, str], int] = {}
    for piece in pieces:
        first.setdefault((piece.link.counterpart, piece.booked_by), piece.message.id)
    rows = [(source, ref, message_id) for (source, ref), message_id in sorted(first.items())]
    found = tx.execute(queries.note_booked, columns(("sources", "message_refs", "message_ids"), rows))
    return {(source, ref) for source, ref in found}
