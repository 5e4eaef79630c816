"""What the platform has taken back, or a person cancels: at every moment something else is to be done. Pure.

| units are            | what happens                                                          |
| -------------------- | --------------------------------------------------------------------- |
| open, short          | cancelled at once                                                     |
| in a planned parcel  | the fulfilment is cancelled, its stock given back, the rest goes on   |
| at the warehouse     | the fulfilment is recalled; the warehouse may refuse                  |
| shipped              | cannot be stopped: a hold tells people, the rest is a return          |
"""

from datetime import datetime

from paidan.audit.refunds import undecided
from paidan.kernel.reasons import Reason
from paidan.kernel.states import TERMINAL_ORDERS, FulfilmentState, LineKind, OrderState
from paidan.orders.batch import BY_PLATFORM, Fulfilment, Hold, Line, Order
from paidan.orders.plans import unplan

AT_WAREHOUSE = frozenset({FulfilmentState.RELEASED, FulfilmentState.ACCEPTED, FulfilmentState.MERGED})


def decide(order: Order, now: datetime) -> None:
    """Cancel what is to be cancelled and can be; recall what is at a warehouse; un-plan what a change of address makes wrong."""
    if not _is_left_alone(order):
        _cancel(order, now)


def _cancel(order: Order, now: datetime) -> None:
    _take_back_parts(order)
    for fulfilment in order.fulfilments:
        if fulfilment.state == FulfilmentState.PLANNED and _is_edited_away(order, fulfilment):
            unplan(order, fulfilment, Reason.EDITED_BY_PERSON)
    wanted = {line.line_no: units for line in order.lines if (units := _still_wanted(order, line)) > 0 and line.is_work}
    is_all_stopped = order.is_receiver_changed or order.is_cod_changed or bool(undecided(order))
    if not wanted and not is_all_stopped:
        if order.is_wanted_back:
            _close_if_nothing_left(order)
        return
    reason = _reason(order)
    for fulfilment in order.fulfilments:
        if not wanted and fulfilment.state == FulfilmentState.PLANNED and not order.is_receiver_changed:
            continue  # a mere request: its hold stops the release; another way of payment: the release goes by it
        if is_all_stopped or any(line.line_no in wanted and line.open for line in fulfilment.lines):
            _stop(order, fulfilment, reason)
    for line in order.work_lines():
        _cancel_free_units(line, wanted.get(line.line_no, 0))
    if any(_still_wanted(order, line) > 0 and line.shipped for line in order.work_lines()):
        _hold_once(order, Reason.ALREADY_SHIPPED, now)
    _close_if_nothing_left(order)


def _is_left_alone(order: Order) -> bool:
    """As most orders are when they come: nothing is planned, nothing edited, nobody wants anything back."""
    if order.fulfilments or order.edits or order.is_closed or order.is_receiver_changed or order.is_cod_changed:
        return False
    return not any(line.taken_back or line.refund == "requested" or line.kind == LineKind.BUNDLE for line in order.lines)


def _is_edited_away(order: Order, fulfilment: Fulfilment) -> bool:
    """A person has named another warehouse or carrier since it was planned."""
    edits = order.edits or {}
    planned = (("warehouse_id", fulfilment.warehouse_id), ("carrier_id", fulfilment.carrier_id))
    return any(edits.get(name) is not None and int(edits[name]) != chosen for name, chosen in planned)


def _reason(order: Order) -> Reason:
    if order.is_closed:
        return Reason.REFUNDED if order.paid_at else Reason.CLOSED_UNPAID
    if order.is_wanted_back:
        return Reason.CANCELLED_BY_PERSON
    if order.is_receiver_changed or order.is_cod_changed:  # some lines may be taken back as well: the way to the warehouse is the same
        return Reason.PLATFORM_CHANGED_AFTER_RELEASE
    return Reason.REFUND_REQUESTED if undecided(order) else Reason.BUYER_CANCELLED


def _still_wanted(order: Order, line: Line) -> int:
    """Units of the line that shall be cancelled and are not yet."""
    return (line.quantity if order.is_wanted_back else line.taken_back) - line.cancelled


def _take_back_parts(order: Order) -> None:
    """A bundle taken back takes its parts back."""
    bundles = {line.line_no: line for line in order.lines if line.kind == LineKind.BUNDLE}
    for part in order.lines:
        bundle = bundles.get(part.parent_line_no) if part.parent_line_no is not None else None
        if bundle is not None and bundle.quantity:
            part.taken_back = part.quantity * bundle.taken_back // bundle.quantity
            part.refund = bundle.refund


def _stop(order: Order, fulfilment: Fulfilment, reason: Reason) -> None:
    if fulfilment.state == FulfilmentState.PLANNED:
        unplan(order, fulfilment, reason)
    elif fulfilment.state in AT_WAREHOUSE:
        leader_id = fulfilment.merged_into_id or fulfilment.id
        if (leader_id, str(reason)) not in order.recalls:
            order.recalls.append((leader_id, str(reason)))
            order.tell("recall_asked", {"fulfilment": leader_id, "reason": str(reason)})


def _cancel_free_units(line: Line, wanted: int) -> None:
    from_open = min(line.open, wanted)
    from_short = min(line.short, wanted - from_open)
    line.open -= from_open
    line.short -= from_short
    line.cancelled += from_open + from_short


def _hold_once(order: Order, reason: Reason, now: datetime) -> None:
    """Tell people once; what was held on the platform's word alone is another matter, unless it is open still."""
    if order.open_hold(reason) is None and not any(hold.reason == reason and hold.origin != BY_PLATFORM for hold in order.holds):
        order.holds.append(Hold(reason=reason, origin="system", opened_at=now))
        order.is_changed = True


def _close_if_nothing_left(order: Order) -> None:
    lines = list(order.work_lines())
    if not lines and not order.is_wanted_back:
        return
    if all(line.cancelled == line.quantity for line in lines) and order.state not in TERMINAL_ORDERS:
        reason = _reason(order) if order.is_wanted_back else Reason.BUYER_CANCELLED
        order.waits_for = str(reason)
        order.tell("cancelled", {"reason": str(reason)})
        order.move(OrderState.CANCELLED)
        order.due_at = None
    elif order.state == OrderState.CANCELLED and order.is_closed and order.waits_for == Reason.BUYER_CANCELLED:
        order.waits_for = str(_reason(order))  # line by line at first, now as a whole: the same as if that had been told at once
        order.is_changed = True
