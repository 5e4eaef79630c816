"""What each action does to one order's draft, or why not. Pure: the same for a dry run and for the run; what is read before is in Context.

Guards and meanings are those of orders/commands.py; here only what an action over many orders adds. Each leaves in `before` what undoing needs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType, field

from paidan.entrypoints.api.jobs.parameters import Action, Told
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, LineKind, OrderState
from paidan.orders import commands
from paidan.orders.batch import Fulfilment, FulfilmentLine, Hold, Line, Order
from paidan.orders.commands import AT_WAREHOUSE, AUDITORS_MAY, ENDED, HOLDERS_MAY, NEVER_FORCED, Cancel, Edit, PutHold, ReleaseHolds
from paidan.stock.moves import GiveBack, Reserve

TAKES_GIFTS: Final = frozenset({OrderState.RECEIVED, OrderState.AUDITED, OrderState.BACKORDERED, OrderState.SOURCED})
SPLIT_ATTEMPT: Final = 2  # a fulfilment sent for the second time travels alone: so does one that a person has split off


class Context(Struct, kw_only=True):
    """What an action over a chunk of orders knows, and what it leaves to be written beside the orders."""

    action: Action
    told: Told
    actor: str
    now: datetime
    take_ids: Callable[[int], list[int]]
    weight_by_sku: Mapping[int, int]
    mates: frozenset[int] = frozenset()  # planned fulfilments that may travel with another's
    leader_by_fulfilment: Mapping[int, int] = {}  # fulfilments that travel with others, and the leader of their parcel
    freight: Callable[[Order, Fulfilment, int], int] = lambda _order, fulfilment, _weight_g: fulfilment.freight_minor
    before: dict[int, Any] = field(default_factory=dict)  # by order id: what undoing needs
    reserve: list[Reserve] = field(default_factory=list)
    give_back: list[GiveBack] = field(default_factory=list)
    split_off: list[Fulfilment] = field(default_factory=list)


def carry_out(order: Order, context: Context) -> Reason | None:
    """Change the draft, or say why not."""
    order.actor = context.actor
    reason = _DECIDE[context.action](order, context)
    if reason is None and order.is_changed:
        order.due_at = context.now
    return reason


def undo(order: Order, context: Context, before: Any) -> Reason | None:
    """Change the draft back as far as it still can be, or say why not."""
    order.actor = context.actor
    reason = _UNDO[context.action](order, context, before)
    if reason is None and order.is_changed:
        order.due_at = context.now
    return reason


def _command(order: Order, command: commands.OrderCommand, context: Context) -> Reason | None:
    # No remark is written by a job: nothing is sealed.
    return commands.decide(order, command, seal=str, actor=context.actor, now=context.now)


# ------------------------------------------------------------------ holds


def _open_holds(order: Order) -> list[Hold]:
    return [hold for hold in order.holds if hold.closed_at is None]


def _audit(order: Order, context: Context) -> Reason | None:
    blocked = next((hold.reason for hold in _open_holds(order) if hold.reason not in AUDITORS_MAY), None)
    return Reason(blocked) if blocked is not None else _lift(order, _open_holds(order), context)


def _release(order: Order, context: Context) -> Reason | None:
    blocked = next((hold.reason for hold in _open_holds(order) if hold.reason in NEVER_FORCED | HOLDERS_MAY), None)
    return Reason(blocked) if blocked is not None else _lift(order, _open_holds(order), context)


def _release_hold(order: Order, context: Context) -> Reason | None:
    """What people have stopped goes on; what else holds it stays."""
    return _lift(order, [hold for hold in _open_holds(order) if hold.reason in HOLDERS_MAY], context)


def _lift(order: Order, held: Sequence[Hold], context: Context) -> Reason | None:
    if not held:
        return ENDED.get(OrderState(order.state), Reason.NOT_HELD)
    context.before[order.id] = [[hold.reason, hold.origin, hold.stops, hold.note, hold.expires_at and hold.expires_at.isoformat()] for hold in held]
    return _command(order, ReleaseHolds(note=context.told.given.note, reasons=tuple(Reason(hold.reason) for hold in held)), context)


def _hold_again(order: Order, context: Context, before: Any) -> Reason | None:
    if order.state in ENDED or _is_at_warehouse(order):
        return Reason.NOT_TO_BE_UNDONE
    for reason, origin, stops, note, *until in before:  # jobs of before have written no end
        if order.open_hold(Reason(reason)) is None:
            expires_at = datetime.fromisoformat(until[0]) if until and until[0] else None
            order.holds.append(Hold(reason=reason, origin=origin, stops=stops, note=note, opened_at=context.now, expires_at=expires_at))
            order.tell("held", {"reason": reason, "by": context.actor} | ({"until": until[0]} if expires_at else {}))
    return None


def _hold(order: Order, context: Context) -> Reason | None:
    if order.open_hold(Reason.HELD_BY_PERSON) is not None:
        return Reason.ALREADY_HELD
    given = context.told.given
    return _command(order, PutHold(note=given.note, stops=given.stops, expires_at=given.expires_at), context)


def _let_go(order: Order, context: Context, before: Any) -> Reason | None:
    del before
    if order.open_hold(Reason.HELD_BY_PERSON) is None:
        return Reason.NOT_TO_BE_UNDONE
    return _command(order, ReleaseHolds(note="", reasons=(Reason.HELD_BY_PERSON,)), context)


# ------------------------------------------------------------------ wishes


def _is_at_warehouse(order: Order) -> bool:
    return any(fulfilment.state in AT_WAREHOUSE for fulfilment in order.fulfilments)


def _edit(order: Order, context: Context) -> Reason | None:
    told = context.told
    names = {Action.CHANGE_WAREHOUSE: "warehouse_id", Action.CHANGE_CARRIER: "carrier_id", Action.FLAG: "flag"}
    name = names[context.action]
    if name != "flag" and order.state not in ENDED and _is_at_warehouse(order):
        return Reason.AT_THE_WAREHOUSE
    context.before[order.id] = (order.edits or {}).get(name)
    wishes: dict[str, Any] = {"warehouse_id": told.warehouse_id, "carrier_id": told.carrier_id, "flag": told.given.flag}
    return _command(order, Edit(**{name: wishes[name]}), context)


def _edit_back(order: Order, context: Context, before: Any) -> Reason | None:
    if context.action != Action.FLAG and _is_at_warehouse(order):
        return Reason.NOT_TO_BE_UNDONE
    number: int | None = int(before) if before else None
    warehouse_id: int | UnsetType | None = number if context.action == Action.CHANGE_WAREHOUSE else UNSET
    carrier_id: int | UnsetType | None = number if context.action == Action.CHANGE_CARRIER else UNSET
    flag: int | UnsetType = (number or 0) if context.action == Action.FLAG else UNSET
    reason = _command(order, Edit(warehouse_id=warehouse_id, carrier_id=carrier_id, flag=flag), context)
    return Reason.NOT_TO_BE_UNDONE if reason is not None else None


def _cancel(order: Order, context: Context) -> Reason | None:
    return _command(order, Cancel(note=context.told.given.note), context)


# ------------------------------------------------------------------ gifts


def _add_gift(order: Order, context: Context) -> Reason | None:
    if order.state in ENDED:
        return ENDED[OrderState(order.state)]
    if order.state not in TAKES_GIFTS or order.is_wanted_back:
        return Reason.AT_THE_WAREHOUSE if _is_at_warehouse(order) else Reason.ILLEGAL_MOVE
    if _is_at_warehouse(order):
        return Reason.AT_THE_WAREHOUSE
    given = context.told.given
    line_no = max((line.line_no for line in order.lines), default=0) + 1
    gift = Line(line_no=line_no, kind=LineKind.GIFT, quantity=given.quantity, price_minor=0, payable_minor=0, sku_id=context.told.sku_id)
    gift.open = given.quantity
    order.lines.append(gift)
    order.tell("gift_added", {"line": line_no, "sku": context.told.sku_id, "quantity": given.quantity})
    context.before[order.id] = line_no
    return None


def _take_gift_back(order: Order, context: Context, before: Any) -> Reason | None:
    del context
    gift = next((line for line in order.lines if line.line_no == before and line.kind == LineKind.GIFT), None)
    if gift is None or gift.in_fulfilment or gift.shipped or gift.cancelled or order.state in ENDED:
        return Reason.NOT_TO_BE_UNDONE
    gift.taken_back = gift.quantity
    order.tell("gift_taken_back", {"line": before})
    return None


# ------------------------------------------------------------------ merge, un-merge, split


def _planned(order: Order) -> list[Fulfilment]:
    return [fulfilment for fulfilment in order.fulfilments if fulfilment.state == FulfilmentState.PLANNED]


def _merge(order: Order, context: Context) -> Reason | None:
    """Its window ends now: at the release all that may travel together do. Kept for undoing: when each would have been released."""
    if order.state in ENDED:
        return ENDED[OrderState(order.state)]
    found = [fulfilment for fulfilment in _planned(order) if fulfilment.id in context.mates]
    if not found or (order.edits or {}).get("sealed"):
        return Reason.AT_THE_WAREHOUSE if _is_at_warehouse(order) else Reason.NOTHING_TO_MERGE
    held = _open_holds(order)
    if held:
        return Reason(held[0].reason)
    context.before[order.id] = {str(f.id): f.release_due_at.isoformat() if f.release_due_at else "" for f in found}
    for fulfilment in found:
        fulfilment.release_due_at = context.now
        fulfilment.is_changed = True
    order.tell("merge_asked", {"fulfilment": found[0].id})
    return None


def _wait_again(order: Order, context: Context, before: Any) -> Reason | None:
    """The window opens again for what is planned still; a parcel that its warehouse has not taken yet is asked back and taken apart."""
    ours = [fulfilment for fulfilment in order.fulfilments if str(fulfilment.id) in before]
    travelling = [fulfilment for fulfilment in ours if fulfilment.id in context.leader_by_fulfilment]
    if any(fulfilment.state in AT_WAREHOUSE and fulfilment not in travelling for fulfilment in ours):
        return Reason.AT_THE_WAREHOUSE
    due_at = {f.id: datetime.fromisoformat(before[str(f.id)]) for f in ours if f.state == FulfilmentState.PLANNED and before[str(f.id)]}
    waiting = [fulfilment for fulfilment in ours if fulfilment.id in due_at and due_at[fulfilment.id] > context.now]
    if order.state in ENDED or not (travelling or waiting):
        return Reason.NOT_TO_BE_UNDONE
    for fulfilment in waiting:
        fulfilment.release_due_at = due_at[fulfilment.id]
        fulfilment.is_changed = True
    if travelling:
        _keep_alone(order, travelling, context)
    order.tell("merge_undone", {"fulfilment": (travelling or waiting)[0].id})
    return None


def _un_merge(order: Order, context: Context) -> Reason | None:
    travelling = [f for f in order.fulfilments if f.id in context.leader_by_fulfilment]
    waiting = [f for f in _planned(order) if f.id in context.mates and not (order.edits or {}).get("sealed")]
    if not travelling and not waiting:
        return ENDED.get(OrderState(order.state), Reason.NOT_MERGED)
    _keep_alone(order, travelling, context)
    order.tell("unmerge_asked", {"fulfilment": (travelling or waiting)[0].id})
    return None


def _keep_alone(order: Order, travelling: Sequence[Fulfilment], context: Context) -> None:
    """It merges no more, and the parcels in which it travels with others are asked back."""
    order.edits = dict(order.edits or {}) | {"sealed": True}
    for fulfilment in travelling:
        order.recalls.append((context.leader_by_fulfilment[fulfilment.id], str(Reason.HELD_BY_PERSON)))


def _split(order: Order, context: Context) -> Reason | None:
    if order.state in ENDED:
        return ENDED[OrderState(order.state)]
    if (order.edits or {}).get("sealed"):
        return Reason.KEPT_WHOLE
    planned = _planned(order)
    if not planned:
        return Reason.AT_THE_WAREHOUSE if _is_at_warehouse(order) else Reason.NOTHING_TO_SPLIT
    wanted = {line.line_no: line.quantity for line in context.told.given.lines}
    reason = _against_split(order, planned, wanted)
    if reason is not None:
        return reason
    parts = _parts(planned, wanted)
    if not any(parts):
        return Reason.NOTHING_TO_SPLIT
    done: list[list[Any]] = []
    for fulfilment, units_by_part in zip(planned, parts, strict=True):
        attempt = fulfilment.attempt
        split_off = [_split_off(order, fulfilment, units, context).id for units in units_by_part]
        if split_off:
            done.append([fulfilment.id, attempt, split_off])
    context.before[order.id] = done
    return None


def _join(order: Order, context: Context, before: Any) -> Reason | None:
    """The parts go back into the fulfilments they were taken from, all of them or none."""
    by_id = {fulfilment.id: fulfilment for fulfilment in order.fulfilments}
    groups = [(by_id.get(whole_id), attempt, [by_id.get(part_id) for part_id in part_ids]) for whole_id, attempt, part_ids in before]
    found = [one for whole, _, parts in groups for one in (whole, *parts)]
    if any(one is not None and one.state in AT_WAREHOUSE for one in found):
        return Reason.AT_THE_WAREHOUSE
    if not found or any(one is None or one.state != FulfilmentState.PLANNED for one in found):
        return Reason.NOT_TO_BE_UNDONE
    for whole, attempt, parts in groups:
        for part in parts:
            if whole is not None and part is not None:
                _take_in(order, whole, part, context)
        if whole is not None:
            whole.attempt = attempt
    return None


def _take_in(order: Order, whole: Fulfilment, part: Fulfilment, context: Context) -> None:
    """The units of a part are its whole's again, reserved without a moment in which others could take them; the part ends."""
    by_no = {line.line_no: line for line in whole.lines}
    for line in part.lines:
        quantity = line.open
        if quantity:
            line.cancelled += quantity
            by_no[line.line_no].cancelled -= quantity
            for fulfilment_id, back in ((part.id, quantity), (whole.id, -quantity)):
                place = {"sku_id": line.sku_id, "warehouse_id": whole.warehouse_id}
                context.give_back.append(GiveBack(fulfilment_id=fulfilment_id, line_no=line.line_no, quantity=back, **place))
    whole.weight_g += part.weight_g
    whole.freight_minor = context.freight(order, whole, whole.weight_g)
    whole.is_changed = True
    part.release_due_at = None
    part.recall_reason = str(Reason.EDITED_BY_PERSON)
    part.move(FulfilmentState.CANCELLED)
    order.tell("split_undone", {"fulfilment": whole.id, "part": part.id})


def _against_split(order: Order, planned: Sequence[Fulfilment], wanted: Mapping[int, int]) -> Reason | None:
    """Why these units can't be split off what is planned; something always stays."""
    open_ = _open_units(planned)
    known = {line.line_no for line in order.lines}
    if any(line_no not in known for line_no in wanted):
        return Reason.UNKNOWN_LINE
    if any(quantity > open_.get(line_no, 0) for line_no, quantity in wanted.items()):
        return Reason.MORE_THAN_PLANNED
    return Reason.SPLITS_NOTHING_OFF if wanted and sum(wanted.values()) == sum(open_.values()) else None


def _open_units(planned: Sequence[Fulfilment]) -> dict[int, int]:
    """Units that no warehouse has, by line."""
    units: dict[int, int] = {}
    for fulfilment in planned:
        for line in fulfilment.lines:
            units[line.line_no] = units.get(line.line_no, 0) + line.open
    return units


def _parts(planned: Sequence[Fulfilment], wanted: Mapping[int, int]) -> list[list[dict[int, int]]]:
    """For each planned fulfilment the parts to be split off it, as units by line; nothing wanted: every line travels alone.

    A fulfilment that holds nothing but what is wanted stays as it is: it travels alone already.
    """
    left = dict(wanted)
    found: list[list[dict[int, int]]] = []
    for fulfilment in planned:
        open_ = {line.line_no: line.open for line in fulfilment.lines if line.open}
        if not wanted:
            found.append([{line_no: units} for line_no, units in list(open_.items())[1:]])
            continue
        part = {line_no: min(units, left[line_no]) for line_no, units in open_.items() if left.get(line_no)}
        for line_no, units in part.items():
            left[line_no] -= units
        found.append([part] if part and part != open_ else [])
    return found


def _split_off(order: Order, fulfilment: Fulfilment, units: Mapping[int, int], context: Context) -> Fulfilment:
    """Part of a planned fulfilment becomes one of its own, from the same warehouse; both travel alone from now on."""
    (new_id,) = context.take_ids(1)
    moved = [line for line in fulfilment.lines if line.line_no in units]
    weight_g = sum(context.weight_by_sku.get(line.sku_id, 0) * units[line.line_no] for line in moved)
    lines = [FulfilmentLine(line_no=line.line_no, sku_id=line.sku_id, quantity=units[line.line_no]) for line in moved]
    part = Fulfilment(
        id=new_id,
        warehouse_id=fulfilment.warehouse_id,
        carrier_id=fulfilment.carrier_id,
        lines=lines,
        weight_g=weight_g,
        freight_minor=context.freight(order, fulfilment, weight_g),
        transit_h=fulfilment.transit_h,
        release_due_at=fulfilment.release_due_at,
        path=[int(FulfilmentState.PLANNED)],
        is_new=True,
    )
    for line in moved:
        quantity = units[line.line_no]
        line.cancelled += quantity
        sku_id, warehouse_id = line.sku_id, fulfilment.warehouse_id
        context.give_back.append(
            GiveBack(fulfilment_id=fulfilment.id, line_no=line.line_no, sku_id=sku_id, warehouse_id=warehouse_id, quantity=quantity)
        )
        context.reserve.append(Reserve(fulfilment_id=new_id, line_no=line.line_no, sku_id=sku_id, warehouse_id=warehouse_id, quantity=quantity))
    fulfilment.weight_g = max(fulfilment.weight_g - weight_g, 0)
    fulfilment.freight_minor = context.freight(order, fulfilment, fulfilment.weight_g)
    fulfilment.attempt = max(fulfilment.attempt, SPLIT_ATTEMPT)
    fulfilment.is_changed = True
    order.fulfilments.append(part)
    context.split_off.append(part)
    order.tell("split_by_hand", {"fulfilment": fulfilment.id, "part": new_id, "units": dict(units)})
    return part


def _nothing(order: Order, context: Context) -> Reason | None:
    """Printing and exporting leave the order as it is."""
    del order, context
    return None


def _nothing_back(order: Order, context: Context, before: Any) -> Reason | None:
    del order, context, before
    return None


_DECIDE: Final[Mapping[Action, Callable[[Order, Context], Reason | None]]] = {
    Action.AUDIT: _audit,
    Action.RELEASE: _release,
    Action.RELEASE_HOLD: _release_hold,
    Action.HOLD: _hold,
    Action.CHANGE_WAREHOUSE: _edit,
    Action.CHANGE_CARRIER: _edit,
    Action.FLAG: _edit,
    Action.CANCEL: _cancel,
    Action.ADD_GIFT: _add_gift,
    Action.MERGE: _merge,
    Action.UN_MERGE: _un_merge,
    Action.SPLIT: _split,
    Action.MARK_PRINTED: _nothing,
    Action.EXPORT: _nothing,
}
_UNDO: Final[Mapping[Action, Callable[[Order, Context, Any], Reason | None]]] = {
    Action.AUDIT: _hold_again,
    Action.RELEASE: _hold_again,
    Action.RELEASE_HOLD: _hold_again,
    Action.HOLD: _let_go,
    Action.CHANGE_WAREHOUSE: _edit_back,
    Action.CHANGE_CARRIER: _edit_back,
    Action.FLAG: _edit_back,
    Action.ADD_GIFT: _take_gift_back,
    Action.MERGE: _wait_again,
    Action.SPLIT: _join,
    Action.MARK_PRINTED: _nothing_back,
}
