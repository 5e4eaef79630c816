"""One edit of one order, in the caller's transaction: lock, load, decide, write. Orders, then fulfilments, then stock, as everywhere."""

from datetime import datetime

from msgspec import Struct

from paidan.editing.decide import Editing, edit_receiver, refusal, take_theirs
from paidan.editing.edits import EditLines, EditReceiver, Goods, OrderEdit, TakeTheirReceiver
from paidan.editing.lines import edit_lines
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network
from paidan.orders.batch import Order
from paidan.orders.commands import Answer
from paidan.orders.conclude import conclude
from paidan.orders.load import load_orders
from paidan.orders.store import fresh_fulfilments, lock_orders, write_orders
from paidan.parties.store import give_receiver_ids, stored_receiver, unseal_receivers, write_receivers
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer
from paidan.stock.moves import GiveBack, StockMoves
from paidan.stock.store import apply, lock

queries = load_queries("paidan.editing")


class Wanted(Struct, frozen=True, kw_only=True):
    """One edit of one order; `version` is what the person has seen (None: whatever it is). `actor` is `user:<name>`."""

    order_id: int
    edit: OrderEdit
    actor: str
    version: int | None = None


def run(tx: Tx, wanted: Wanted, *, network: Network, ids: IdSource, sealer: Sealer, now: datetime) -> Answer:
    """Make the edit, or say why not: then nothing is written. What was planned is given back, and a pass looks at the order at once."""
    lock_orders(tx, [wanted.order_id])
    found = load_orders(tx, [wanted.order_id])
    if not found:
        return Answer(reason=Reason.UNKNOWN_ORDER)
    [order] = found
    if wanted.version is not None and wanted.version != order.version:
        return Answer(reason=Reason.VERSION_CONFLICT)
    order.actor = wanted.actor
    shop = network.shops.get(order.shop_id)
    if shop is None:
        return Answer(reason=Reason.UNKNOWN_SHOP)
    editing = Editing(shop=shop, digest=sealer.digest, actor=wanted.actor, now=now)
    reason = refusal(order) or _decide(tx, order, wanted.edit, editing, sealer)
    if reason is not None:
        return Answer(reason=reason)
    conclude(order)
    _write(tx, order, ids=ids, sealer=sealer, now=now)
    return Answer(version=order.version + 1)


def _decide(tx: Tx, order: Order, edit: OrderEdit, editing: Editing, sealer: Sealer) -> Reason | None:
    """Read what the edit needs and decide it: at most one more statement."""
    match edit:
        case EditReceiver():
            receivers = unseal_receivers(tx, [order.receiver_id], sealer) if order.receiver_id is not None else {}
            return edit_receiver(order, edit, receivers.get(order.receiver_id or 0), editing)
        case TakeTheirReceiver():
            theirs = ((order.edits or {}).get("receiver") or {}).get("theirs")
            return take_theirs(order, stored_receiver(tx, int(theirs)) if theirs else None, editing)
        case EditLines():
            goods = _goods(tx, order, edit)
            codes = {sku.id: sku.code for sku in goods.values()}
            return edit_lines(order, edit, goods, codes, editing)


def _goods(tx: Tx, order: Order, edit: EditLines) -> dict[str, Goods]:
    codes = {change.sku_code for change in edit.changes if isinstance(change.sku_code, str) and change.sku_code}
    codes |= {gift.sku_code for gift in edit.gifts}
    bought = {int(line["sku"]) for line in (order.edits or {}).get("lines", {}).values() if line.get("sku")}
    sku_ids = bought | {line.sku_id for line in order.lines if line.sku_id is not None}
    rows = tx.execute(queries.goods_by_code, {"codes": sorted(codes), "ids": sorted(sku_ids)})
    return {code: Goods(id=sku_id, code=code, kind=kind) for sku_id, code, kind in rows}


def _write(tx: Tx, order: Order, *, ids: IdSource, sealer: Sealer, now: datetime) -> None:
    fresh_fulfilments(tx, [fulfilment for fulfilment in order.fulfilments if fulfilment.is_changed])
    moves = moves_of(order)
    lock(tx, moves, now)
    give_receiver_ids([order], ids)
    _tell_which(order)
    write_receivers(tx, [order], sealer)
    write_orders(tx, [order], sealer=sealer, ids=ids, now=now)
    apply(tx, moves, ids=ids, now=now)


def _tell_which(order: Order) -> None:
    """The new receiver has its id only now: the timeline names the record."""
    if order.new_receiver is not None:
        order.steps = [
            (name, {**detail, "receiver_after": str(order.receiver_id)} if name == "receiver_edited" else detail) for name, detail in order.steps
        ]


def moves_of(order: Order) -> StockMoves:
    """What the edit asks of the stock: reservations of dropped plans are given back, and what waits now is told."""
    moves = StockMoves()
    for fulfilment in order.fulfilments:
        if fulfilment.state == FulfilmentState.CANCELLED and fulfilment.is_changed:
            moves.give_back += [
                GiveBack(
                    fulfilment_id=fulfilment.id,
                    line_no=line.line_no,
                    sku_id=line.sku_id,
                    warehouse_id=fulfilment.warehouse_id,
                    quantity=line.let_go,
                )
                for line in fulfilment.lines
                if line.let_go
            ]
    after = order.waiting_units()
    for sku_id in order.units_before.keys() | after.keys():
        before, waiting = order.units_before.get(sku_id, (0, 0)), after.get(sku_id, (0, 0))
        moves.add_demand(sku_id, waiting[0] - before[0], waiting[1] - before[1])
    return moves
