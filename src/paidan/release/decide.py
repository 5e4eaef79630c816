"""Release (下发): which planned fulfilments go to their warehouses now, and which travel together. Pure.

The merge window delays release only. When one of a merge key is due, all planned ones of that key, warehouse and carrier go with it:
the smallest id leads, the others become its members. Nothing is moved, so un-merging is exact. COD never merges.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network
from paidan.orders.batch import STOPS_RELEASE, Fulfilment, Order

MERGE_CAP = 20  # orders one parcel may carry: a pick list stays readable
MERGE_WEIGHT_G_MAX = 20_000


class Leader(Struct, frozen=True):
    """A fulfilment to be sent, with those that travel with it; each beside its order."""

    order: Order
    fulfilment: Fulfilment
    members: tuple[tuple[Order, Fulfilment], ...]


def decide(orders: Sequence[Order], due: AbstractSet[int], network: Network, now: datetime) -> list[Leader]:
    """Release the due fulfilments of these orders, merged with what may travel with them; held ones wait for their hold to go."""
    at = now.isoformat()
    groups: dict[object, list[tuple[Order, Fulfilment]]] = {}
    for order in sorted(orders, key=lambda order: order.id):
        for fulfilment in order.fulfilments:
            if fulfilment.state != FulfilmentState.PLANNED:
                continue
            if order.is_held(STOPS_RELEASE):
                _wait(order, fulfilment, due)
            else:
                groups.setdefault(_travels_by(order, fulfilment, network), []).append((order, fulfilment))
    parcels = [part for group in groups.values() for part in (_parcels(group) if len(group) > 1 else [group])]
    return [_release(part, now, at) for part in parcels if any(fulfilment.id in due for _, fulfilment in part)]


def _travels_by(order: Order, fulfilment: Fulfilment, network: Network) -> object:
    """What must be equal for two fulfilments to travel together; alone when nothing may."""
    if order.merge_key is None or order.is_cod or (order.edits or {}).get("sealed"):
        return fulfilment.id
    shop = network.shops.get(order.shop_id)
    group = (shop.shop_group or shop.code) if shop else order.shop_id
    return (order.merge_key, fulfilment.warehouse_id, fulfilment.carrier_id, group, order.currency, fulfilment.attempt > 1 and fulfilment.id)


def _parcels(group: Sequence[tuple[Order, Fulfilment]]) -> list[list[tuple[Order, Fulfilment]]]:
    """Cut a group where it would become too many orders or too heavy for one parcel."""
    parcels: list[list[tuple[Order, Fulfilment]]] = []
    weight_g = 0
    for pair in sorted(group, key=lambda pair: pair[1].id):
        if not parcels or len(parcels[-1]) >= MERGE_CAP or weight_g + pair[1].weight_g > MERGE_WEIGHT_G_MAX:
            parcels.append([])
            weight_g = 0
        parcels[-1].append(pair)
        weight_g += pair[1].weight_g
    return parcels


def _wait(order: Order, fulfilment: Fulfilment, due: AbstractSet[int]) -> None:
    if fulfilment.id in due:
        fulfilment.release_due_at = None
        fulfilment.is_changed = True
        order.waits_for = next(str(hold.reason) for hold in order.holds if hold.closed_at is None)
        order.tell("release_stopped", {"fulfilment": fulfilment.id, "reason": order.waits_for})


def _release(pairs: Sequence[tuple[Order, Fulfilment]], now: datetime, at: str) -> Leader:
    (order, leader), *members = pairs
    for owner, fulfilment in pairs:
        is_leader = fulfilment is leader
        _send_units(owner, fulfilment)
        fulfilment.release_due_at, fulfilment.released_at = None, now
        fulfilment.merged_into_id = None if is_leader else leader.id
        fulfilment.move(FulfilmentState.RELEASED if is_leader else FulfilmentState.MERGED)
        if owner.waits_for == Reason.IN_MERGE_WINDOW:
            owner.waits_for = ""
        with_ids = [other.id for _, other in pairs if other is not fulfilment]
        owner.tell("released", {"fulfilment": fulfilment.id, "leader": leader.id, "with": with_ids, "at": at})
    return Leader(order, leader, tuple(members))


def _send_units(order: Order, fulfilment: Fulfilment) -> None:
    by_no = {line.line_no: line for line in order.lines}
    for line in fulfilment.lines:
        by_no[line.line_no].reserved -= line.open
        by_no[line.line_no].in_fulfilment += line.open
