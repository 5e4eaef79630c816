"""What people order about an order: hold, release, cancel, edit, keep alone. Set-based: many commands in one transaction, one answer each.

A command changes holds and edits, tells the timeline who did it, and lets a pass look at the order at once: what follows (giving stock back,
recalling from a warehouse) is decided there, by the same code that decides for the platform. `decide` is pure.
"""

import base64
import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.orders.batch import STOPS_ALL, Hold, Order
from paidan.orders.load import load_orders
from paidan.orders.store import queries, write_orders
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer

NEVER_FORCED: Final = frozenset({Reason.LISTING_UNMAPPED, Reason.BUNDLE_WITHOUT_PARTS, Reason.NOTHING_TO_SHIP, Reason.UNKNOWN_SHOP})
"""Holds that no word of a person can lift: without goods there is nothing to reserve."""

AUDITORS_MAY: Final = frozenset(
    {
        Reason.REMARK_UNREAD,
        Reason.RULE_SAYS_HOLD,
        Reason.AMOUNT_UNUSUAL,
        Reason.DUPLICATE_PURCHASE,
        Reason.EDIT_CONFLICT,
        Reason.UNITS_CONFLICT,
        Reason.ALREADY_SHIPPED,
        Reason.WAREHOUSE_REFUSED_RECALL,
        Reason.PLATFORM_CHANGED_AFTER_RELEASE,
    }
)
"""Holds that wait for somebody to look: an auditor's word lifts them. Any other is a fact (not paid, no address), which only force overrides."""

HOLDERS_MAY: Final = frozenset({Reason.HELD_BY_PERSON})
"""What a person has stopped stays until somebody lets that very hold go: neither an audit nor force over many orders sweeps it away with the rest."""

AT_WAREHOUSE: Final = frozenset(
    {FulfilmentState.MERGED, FulfilmentState.RELEASED, FulfilmentState.ACCEPTED, FulfilmentState.RECALLING, FulfilmentState.PART_SHIPPED}
)
ENDED: Final = {
    OrderState.SHIPPED: Reason.ALREADY_SHIPPED,
    OrderState.DELIVERED: Reason.ALREADY_SHIPPED,
    OrderState.COMPLETED: Reason.NOTHING_TO_SHIP,
    OrderState.CANCELLED: Reason.ALREADY_CANCELLED,
}
DIGITS: Final = re.compile(r"\d{5,}")


class PutHold(Struct, frozen=True, kw_only=True):
    """Stop everything (`stops` 1) or only the release to a warehouse (2), until released by hand or `expires_at`."""

    note: str
    stops: int = STOPS_ALL
    expires_at: datetime | None = None


class ReleaseHolds(Struct, frozen=True, kw_only=True):
    """Let it go on against these open holds (none named: all of them). What a person has released is not held again."""

    note: str
    reasons: tuple[Reason, ...] = ()


class Cancel(Struct, frozen=True, kw_only=True):
    """Cancel what is not shipped; a warehouse that has it already is asked and may refuse."""

    note: str


class Edit(Struct, frozen=True, kw_only=True):
    """Our own wishes, above what the platform says. UNSET: as it is; None: no wish any more. The remark is sealed: people write names into it."""

    warehouse_id: int | UnsetType | None = UNSET
    carrier_id: int | UnsetType | None = UNSET
    remark: str | UnsetType | None = UNSET
    is_urgent: bool | UnsetType = UNSET
    is_alone: bool | UnsetType = UNSET  # neither split nor merged (不拆不合)
    flag: int | UnsetType = UNSET  # our own mark, 0 none


OrderCommand = PutHold | ReleaseHolds | Cancel | Edit


class Request(Struct, frozen=True, kw_only=True):
    """One command to one order; `version` is what the person has seen (None: whatever it is)."""

    order_id: int
    command: OrderCommand
    version: int | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What became of a command: the order's new version, or why not."""

    version: int = 0
    reason: Reason | None = None


def run(tx: Tx, ids: IdSource, sealer: Sealer, requests: Sequence[Request], *, actor: str, now: datetime) -> list[Answer]:
    """Carry out commands; one answer each, in order. Locks the orders; a refused command leaves its order as it was.

    `actor` is `user:<name>`. The second command to one order in one call sees what the first has done.
    """
    wanted = sorted({request.order_id for request in requests})
    tx.execute(queries.lock_orders, {"ids": wanted})
    orders = {order.id: order for order in load_orders(tx, wanted)}
    answers = [_carry_out(orders.get(request.order_id), request, sealer, actor, now) for request in requests]
    changed = [order for order in orders.values() if order.is_changed]
    if changed:
        write_orders(tx, changed, sealer=sealer, ids=ids, now=now)
    return answers


def not_to_be_lifted(tx: Tx, order_id: int, reasons: Sequence[Reason], liftable: Container[str]) -> Reason | None:
    """The first open hold (of these reasons, or any) that is not among what somebody may lift; None: he may lift them all."""
    rows = tx.execute(queries.open_reasons, {"ids": [order_id]})
    return next((Reason(reason) for _, reason in rows if reason not in liftable and (not reasons or reason in reasons)), None)


def _carry_out(order: Order | None, request: Request, sealer: Sealer, actor: str, now: datetime) -> Answer:
    if order is None:
        return Answer(reason=Reason.UNKNOWN_ORDER)
    if request.version is not None and request.version != order.version:
        return Answer(reason=Reason.VERSION_CONFLICT)
    order.actor = actor
    reason = decide(order, request.command, seal=sealer_of_remarks(order.id, sealer), actor=actor, now=now)
    if reason is not None:
        return Answer(reason=reason)
    order.due_at = now
    return Answer(version=order.version + 1)


def decide(order: Order, command: OrderCommand, *, seal: Callable[[str], str], actor: str, now: datetime) -> Reason | None:
    """Change the draft, or say why not. Pure but for `seal`, which is given. Repeated commands are refused, not done twice."""
    # What went wrong with goods that have left is told by a hold, and somebody must be able to say that he has seen it.
    if order.state in ENDED and not (isinstance(command, ReleaseHolds) and order.state != OrderState.CANCELLED):
        return ENDED[OrderState(order.state)]
    match command:
        case PutHold():
            return _hold(order, command, actor, now)
        case ReleaseHolds():
            return _release(order, command, actor, now)
        case Cancel():
            return _cancel(order, command)
        case Edit():
            return _edit(order, command, seal)


def _hold(order: Order, command: PutHold, actor: str, now: datetime) -> Reason | None:
    if order.open_hold(Reason.HELD_BY_PERSON) is not None or (command.expires_at is not None and command.expires_at <= now):
        return Reason.ILLEGAL_MOVE
    order.holds.append(
        Hold(
            reason=Reason.HELD_BY_PERSON, origin=actor, note=cleaned(command.note), stops=command.stops, opened_at=now, expires_at=command.expires_at
        )
    )
    told: dict[str, Any] = {"reason": str(Reason.HELD_BY_PERSON), "by": actor, "stops": command.stops, "note": cleaned(command.note)}
    order.tell("held", told | ({"until": command.expires_at.isoformat()} if command.expires_at else {}))
    return None


def _release(order: Order, command: ReleaseHolds, actor: str, now: datetime) -> Reason | None:
    open_holds = [hold for hold in order.holds if hold.closed_at is None and (not command.reasons or hold.reason in command.reasons)]
    if not open_holds:
        return Reason.ILLEGAL_MOVE
    stays = next((hold.reason for hold in open_holds if hold.reason in NEVER_FORCED), None)
    if stays is not None:
        return Reason(stays)
    for hold in open_holds:
        hold.close(now=now, by=actor, note=cleaned(command.note))
        order.tell("hold_released", {"reason": hold.reason, "by": actor, "note": cleaned(command.note)})
    return None


def _cancel(order: Order, command: Cancel) -> Reason | None:
    edits = dict(order.edits or {})
    if edits.get("cancel"):
        return Reason.ALREADY_CANCELLED
    order.edits = edits | {"cancel": True}
    order.tell("cancel_asked", {"note": cleaned(command.note)})
    return None


def _edit(order: Order, command: Edit, seal: Callable[[str], str]) -> Reason | None:
    routed = command.warehouse_id is not UNSET or command.carrier_id is not UNSET
    if routed and any(fulfilment.state in AT_WAREHOUSE for fulfilment in order.fulfilments):
        return Reason.ILLEGAL_MOVE
    edits = dict(order.edits or {})
    told: dict[str, str | bool | int | None] = {}
    before: dict[str, str | bool | int | None] = {}
    for key, wish in _wishes(command, seal).items():
        was = edits.pop(key, None)
        if wish:
            edits[key] = wish
        told[key], before[key] = (wish, was) if key != "remark" else (bool(wish), bool(was))
    order.edits = edits or None
    order.tell("edited", {**told, "before": before})
    return None


def _wishes(command: Edit, seal: Callable[[str], str]) -> dict[str, str | bool | int | None]:
    """The edits as stored: ids are text, the remark is sealed."""
    wishes: dict[str, str | bool | int | None] = {}
    if command.warehouse_id is not UNSET:
        wishes["warehouse_id"] = str(command.warehouse_id) if command.warehouse_id else None
    if command.carrier_id is not UNSET:
        wishes["carrier_id"] = str(command.carrier_id) if command.carrier_id else None
    if command.remark is not UNSET:
        wishes["remark"] = seal(command.remark) if command.remark else None
    if command.is_urgent is not UNSET:
        wishes["urgent"] = command.is_urgent
    if command.is_alone is not UNSET:
        wishes["sealed"] = command.is_alone
    if command.flag is not UNSET:
        wishes["flag"] = command.flag
    return wishes


def sealer_of_remarks(order_id: int, sealer: Sealer) -> Callable[[str], str]:
    """Seals a remark to its order, as text that JSON can hold."""
    return lambda remark: base64.b64encode(sealer.seal(remark.encode(), bound_to=_bond(order_id))).decode()


def own_remark(order_id: int, edits: Mapping[str, Any] | None, sealer: Sealer) -> str:
    """Our remark with longer runs of digits hidden: phones are typed there. Empty: there is none."""
    blob = (edits or {}).get("remark")
    return cleaned(sealer.unseal(base64.b64decode(blob), bound_to=_bond(order_id)).decode()) if blob else ""


def cleaned(note: str) -> str:
    """A note without its longer runs of digits: notes are stored and shown in clear."""
    return DIGITS.sub("***", note)


def _bond(order_id: int) -> str:
    return f"sales_order.edits.remark:{order_id}"
