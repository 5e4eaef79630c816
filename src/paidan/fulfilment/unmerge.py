"""Take a merged fulfilment apart again, by a person's word: it travels alone from now on, and what a warehouse has already is asked back."""

from datetime import datetime

from paidan.fulfilment.recall import ask_back
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import Fulfilment, Order
from paidan.orders.load import load_orders
from paidan.orders.store import queries, write_orders
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer

LEADING = frozenset({FulfilmentState.RELEASED, FulfilmentState.ACCEPTED})


def unmerge(
    tx: Tx, ids: IdSource, sealer: Sealer, order_id: int, fulfilment_id: int, *, version: int | None, actor: str, now: datetime
) -> Reason | None:
    """Keep the fulfilment's order alone; recall the parcel it travels in. None: done. The warehouse may still refuse.

    A planned one is simply kept from merging; one that is shipped, or at the warehouse without company, is refused.
    """
    tx.execute(queries.lock_orders, {"ids": [order_id]})
    orders = load_orders(tx, [order_id])
    fulfilment = next((f for order in orders for f in order.fulfilments if f.id == fulfilment_id), None)
    if fulfilment is None:
        return Reason.UNKNOWN_FULFILMENT
    if version is not None and version != fulfilment.version:
        return Reason.VERSION_CONFLICT
    [order] = orders
    leader_id = _leader_to_recall(fulfilment)
    if leader_id is None and fulfilment.state != FulfilmentState.PLANNED:
        return Reason.ILLEGAL_MOVE
    _keep_alone(order, fulfilment, leader_id, actor, now)
    write_orders(tx, [order], sealer=sealer, ids=ids, now=now)
    if leader_id is not None and not ask_back(tx, ids, [order], now):
        return Reason.ILLEGAL_MOVE
    return None


def _leader_to_recall(fulfilment: Fulfilment) -> int | None:
    if fulfilment.state == FulfilmentState.MERGED:
        return fulfilment.merged_into_id
    return fulfilment.id if fulfilment.state in LEADING else None


def _keep_alone(order: Order, fulfilment: Fulfilment, leader_id: int | None, actor: str, now: datetime) -> None:
    order.edits = dict(order.edits or {}) | {"sealed": True}
    order.actor = actor
    order.due_at = now
    order.tell("unmerge_asked", {"fulfilment": fulfilment.id})
    if leader_id is not None:
        order.recalls.append((leader_id, str(Reason.HELD_BY_PERSON)))
