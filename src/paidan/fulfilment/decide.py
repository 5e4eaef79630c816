"""What becomes of fulfilments when their warehouse takes them, refuses them, gives them back or keeps them. Pure.

| the warehouse         | leader                      | those that travel with it                | units                              |
| --------------------- | --------------------------- | ---------------------------------------- | ---------------------------------- |
| takes it              | RELEASED → ACCEPTED         | stay                                     | stay                               |
| refuses or drops it   | → REJECTED or CANCELLED     | the same                                 | open again, reservation given back |
| gives it back (wanted)| RECALLING → CANCELLED       | MERGED → CANCELLED                       | open again, reservation given back |
| gives it back (else)  | RECALLING → PLANNED, anew   | MERGED → PLANNED                         | reserved still, released again     |
| keeps it              | RECALLING → ACCEPTED        | stay                                     | stay; those who wanted it are told |
| drops the rest        | PART_SHIPPED → SHIPPED      | the same; CANCELLED if nothing left      | the rest open again                |
"""

from datetime import datetime
from typing import Any

from paidan.fulfilment.load import AT_WAREHOUSE, Group, Owned, Work
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import BY_PLATFORM, STOPS_RELEASE, Fulfilment, Hold, Line, Order
from paidan.stock.moves import GiveBack


def note(order: Order, step: str, detail: Any = None, *, actor: str) -> None:
    """Write a step into the timeline of an order that is not changed otherwise."""
    order.steps.append((step, detail))
    order.actor = actor


def tell(order: Order, step: str, detail: Any = None, *, actor: str) -> None:
    """Write a step of a changed order into its timeline."""
    order.tell(step, detail)
    order.actor = actor


def travelling(group: Group) -> tuple[Owned, ...]:
    """The leader and those that still travel with it."""
    return (group.leader, *(m for m in group.members if m.fulfilment.state in {FulfilmentState.MERGED, FulfilmentState.PART_SHIPPED}))


def accept(work: Work, group: Group, wms_ref: str, actor: str) -> bool:
    """The warehouse has it. False when it was known before or something later has happened."""
    fulfilment = group.leader.fulfilment
    if wms_ref:
        work.wms_refs[fulfilment.id] = wms_ref
    if fulfilment.state != FulfilmentState.RELEASED:
        return False
    fulfilment.move(FulfilmentState.ACCEPTED)
    for owned in travelling(group):
        note(owned.order, "accepted", {"fulfilment": owned.fulfilment.id, "leader": fulfilment.id}, actor=actor)
    return True


def give_up(work: Work, group: Group, state: FulfilmentState, reason: str, now: datetime, actor: str) -> bool:
    """The warehouse won't send it (REJECTED, CANCELLED): its units need another one. False when it is too late for that."""
    if group.leader.fulfilment.state not in AT_WAREHOUSE:
        return False
    for owned in travelling(group):
        order, fulfilment = owned.order, owned.fulfilment
        open_again(work, owned, now)
        if fulfilment.warehouse_id not in order.warehouses_refused:
            order.warehouses_refused = [*order.warehouses_refused, fulfilment.warehouse_id]
        fulfilment.move(state)
        detail = {"fulfilment": fulfilment.id, "warehouse": fulfilment.warehouse_id, "reason": reason}
        tell(order, "rejected" if state == FulfilmentState.REJECTED else "dropped_by_warehouse", detail, actor=actor)
    return True


def drop_rest(work: Work, group: Group, reason: str, now: datetime, actor: str) -> bool:
    """The warehouse won't send the rest of what it has shipped in part. False when nothing has left or nothing is left."""
    if group.leader.fulfilment.state != FulfilmentState.PART_SHIPPED:
        return False
    for owned in travelling(group):
        order, fulfilment = owned.order, owned.fulfilment
        if open_again(work, owned, now) and fulfilment.warehouse_id not in order.warehouses_refused:
            order.warehouses_refused = [*order.warehouses_refused, fulfilment.warehouse_id]
        fulfilment.move(FulfilmentState.SHIPPED if fulfilment.state == FulfilmentState.PART_SHIPPED else FulfilmentState.CANCELLED)
        tell(order, "dropped_by_warehouse", {"fulfilment": fulfilment.id, "warehouse": fulfilment.warehouse_id, "reason": reason}, actor=actor)
    work.rest_dropped.append(group.leader.fulfilment.id)
    return True


def agree_recall(work: Work, group: Group, now: datetime, actor: str) -> bool:
    """The warehouse gives it back: units somebody wants are open again, the rest goes out anew. False when it is no longer asked for."""
    leader = group.leader.fulfilment
    if leader.state == FulfilmentState.PART_SHIPPED and leader.recall_reason:  # some of it was faster than the recall
        return drop_rest(work, group, leader.recall_reason, now, actor)
    if leader.state != FulfilmentState.RECALLING:
        return False
    wanted = {owned.fulfilment.id for owned in travelling(group) if wants_back(work, group, owned)}
    for owned in travelling(group):
        order, fulfilment = owned.order, owned.fulfilment
        if fulfilment.id in wanted:
            open_again(work, owned, now)
            fulfilment.recall_reason = fulfilment.recall_reason or leader.recall_reason
            fulfilment.move(FulfilmentState.CANCELLED)
        else:
            _plan_again(order, fulfilment, now, was_sent=fulfilment is leader)
        fulfilment.merged_into_id = None
        tell(order, "recalled", {"fulfilment": fulfilment.id, "goes_out_again": fulfilment.id not in wanted}, actor=actor)
    return True


def refuse_recall(work: Work, group: Group, reason: str, now: datetime, actor: str) -> bool:
    """The warehouse keeps it: the orders that wanted it back are held for people. False when it is no longer asked for."""
    leader = group.leader.fulfilment
    if leader.state != FulfilmentState.RECALLING:
        return False
    wanted = [owned for owned in travelling(group) if wants_back(work, group, owned) or _asks_refund(owned.order)] or [group.leader]
    leader.recall_reason = ""
    leader.move(FulfilmentState.ACCEPTED)
    for owned in wanted:
        hold_once(owned.order, Reason.WAREHOUSE_REFUSED_RECALL, now, note=reason, stops=STOPS_RELEASE)
        tell(owned.order, "recall_refused", {"fulfilment": owned.fulfilment.id, "reason": reason}, actor=actor)
    return True


def wants_back(work: Work, group: Group, owned: Owned) -> bool:
    """Whether the order wants these units back: it is closed, a line was taken back, or its receiver is another one now."""
    order, fulfilment = owned.order, owned.fulfilment
    if order.is_wanted_back or order.receiver_id != work.receiver_ids.get(fulfilment.id, order.receiver_id):
        return True
    by_no = lines_by_no(order)
    if any(by_no[line.line_no].taken_back > by_no[line.line_no].cancelled for line in fulfilment.lines if line.open):
        return True
    return len(travelling(group)) == 1 and fulfilment.recall_reason == Reason.PLATFORM_CHANGED_AFTER_RELEASE


def _asks_refund(order: Order) -> bool:
    return any(line.refund == "requested" for line in order.lines)


def open_again(work: Work, owned: Owned, now: datetime) -> int:
    """Give back what a fulfilment has not shipped: the units need a warehouse again, the order a pass. Gives how many."""
    order, fulfilment = owned.order, owned.fulfilment
    by_no = lines_by_no(order)
    units = 0
    for line in fulfilment.lines:
        if not line.open:
            continue
        quantity = line.open
        work.moves.give_back.append(
            GiveBack(fulfilment_id=fulfilment.id, line_no=line.line_no, sku_id=line.sku_id, warehouse_id=fulfilment.warehouse_id, quantity=quantity)
        )
        by_no[line.line_no].in_fulfilment -= quantity
        by_no[line.line_no].open += quantity
        line.cancelled += quantity
        units += quantity
    fulfilment.release_due_at = None
    if units:
        order.due_at = now
        order.is_changed = True
    return units


def _plan_again(order: Order, fulfilment: Fulfilment, now: datetime, *, was_sent: bool) -> None:
    """Planned anew with its stock still held. What the warehouse has known gets a new number by its attempt."""
    by_no = lines_by_no(order)
    for line in fulfilment.lines:
        by_no[line.line_no].in_fulfilment -= line.open
        by_no[line.line_no].reserved += line.open
    if was_sent:
        fulfilment.attempt += 1
        fulfilment.recall_reason = ""
    fulfilment.release_due_at = now
    fulfilment.move(FulfilmentState.PLANNED)


def deliver(work: Work, group: Group, at: datetime, actor: str) -> bool:
    """All parcels of it have arrived. False when it is not so far."""
    arrived = [owned for owned in group.all if owned.fulfilment.state == FulfilmentState.SHIPPED]
    for owned in arrived:
        owned.fulfilment.move(FulfilmentState.DELIVERED)
        work.delivered_ats[owned.fulfilment.id] = at
        tell(owned.order, "delivered", {"fulfilment": owned.fulfilment.id, "at": at.isoformat()}, actor=actor)
    return bool(arrived)


def goods_have_left(order: Order, now: datetime) -> None:
    """The platform called it shipped before we had heard of it: now both say the same."""
    hold = order.open_hold(Reason.ALREADY_SHIPPED)
    if hold is not None and hold.origin == BY_PLATFORM:
        hold.close(now=now, by="system", note="shipped")
        order.tell("hold_closed", {"reason": str(hold.reason), "by": "system"})
        order.waits_for = "" if order.waits_for == hold.reason else order.waits_for


def hold_once(order: Order, reason: Reason, now: datetime, *, note: str = "", stops: int) -> None:
    """Open a hold unless one for this reason is open."""
    if order.open_hold(reason) is None:
        order.holds.append(Hold(reason=str(reason), origin="system", opened_at=now, note=note, stops=stops))
        order.is_changed = True


def lines_by_no(order: Order) -> dict[int, Line]:
    """The order's lines by number."""
    return {line.line_no: line for line in order.lines}
