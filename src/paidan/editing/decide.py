"""Whether an order may still be edited, and what follows from it. Pure.

| the order is                                    | an edit                                                          |
| ----------------------------------------------- | ---------------------------------------------------------------- |
| received, audited, short, planned               | is made; plans are dropped, audit and sourcing look again        |
| unpaid                                          | is refused: what was bought may still change                     |
| at a warehouse, or travels with one that is     | is refused: it must be asked back first                          |
| shipped, completed, cancelled, to be cancelled  | is refused                                                       |

Edits lie above the platform's facts (`sales_order.edits`): `receiver` {theirs} names the platform's receiver, `lines` {line: {sku, cut}} what
was bought. A later word of the platform never overwrites them; where it speaks of the same thing, a hold asks people.
"""

from datetime import datetime
from typing import Final

from msgspec import UNSET, Struct, structs

from paidan.editing.edits import EditReceiver
from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.network.load import Shop
from paidan.orders.batch import Order
from paidan.orders.plans import unplan
from paidan.parties.addresses.divisions import atlas
from paidan.parties.addresses.parse import ParsedAddress, Place
from paidan.parties.store import StoredReceiver
from paidan.parties.whereabouts import Digest, key_of, merge_key_of, place_of, region_of

REFUSED: Final = {
    OrderState.UNPAID: Reason.PAYMENT_MISSING,
    OrderState.RELEASED: Reason.AT_THE_WAREHOUSE,
    OrderState.PART_SHIPPED: Reason.ALREADY_SHIPPED,
    OrderState.SHIPPED: Reason.ALREADY_SHIPPED,
    OrderState.DELIVERED: Reason.ALREADY_SHIPPED,
    OrderState.COMPLETED: Reason.NOTHING_TO_SHIP,
    OrderState.CANCELLED: Reason.ALREADY_CANCELLED,
}
MASK: Final = "*"
REGION_FIELDS: Final = ("province", "city", "district")


class Editing(Struct, frozen=True, kw_only=True):
    """What an edit knows beside the order: its shop, who edits, when, and the keyed digest."""

    shop: Shop
    digest: Digest
    actor: str
    now: datetime


def refusal(order: Order) -> Reason | None:
    """Why the order can't be edited any more, or not yet."""
    if order.state in REFUSED:
        return REFUSED[OrderState(order.state)]
    if order.is_wanted_back:
        return Reason.ALREADY_CANCELLED
    if any(fulfilment.state != FulfilmentState.PLANNED for fulfilment in order.fulfilments):
        return Reason.AT_THE_WAREHOUSE
    return None


def edit_receiver(order: Order, command: EditReceiver, before: Receiver | None, editing: Editing) -> Reason | None:
    """Another receiver is in force from now on; the platform's is remembered. `before`: the one in force until now, in clear."""
    if (reason := refusal(order)) is not None:
        return reason
    after = edited(before, command)
    if after is None:
        return Reason.FIELD_MISSING
    place = place_of(after)
    if after.country == "CN" and (not place.adcode or (command.province is not UNSET and _is_vague(place))):
        return Reason.ADDRESS_UNPARSED
    if after == before:
        return Reason.NOTHING_CHANGED
    key = key_of(after, editing.digest)
    was = order.region
    edits = _without_merge_asked(order)
    if not edits.get("receiver"):
        edits["receiver"] = {"theirs": str(order.receiver_id) if order.receiver_id else None}
        order.their_digest = order.receiver_digest
    order.edits = edits
    order.new_receiver, order.receiver_digest = after, key
    order.region, order.address_problem = region_of(place, after), ""
    order.merge_key = None if order.is_cod else merge_key_of(key, editing.shop, order.currency, editing.digest)
    to = f"{place.province}{place.city}{place.district}"
    came_from = f"{was.province}{was.city}{was.district}" if was else ""
    told = {"fields": _changed_fields(before, after), "from": came_from, "to": to}
    # Which records these are, never what stands in them: erased ones can't be read here either.
    order.tell("receiver_edited", {**told, "receiver_before": _id_text(order.receiver_id)})
    look_again(order, editing)
    decide_conflict(order, Reason.EDIT_CONFLICT, editing)
    return None


def _id_text(record_id: int | None) -> str | None:
    return str(record_id) if record_id else None


def _is_vague(place: Place | ParsedAddress) -> bool:
    """A province or city that has districts, and none of them is named."""
    return not place.district and place.adcode in atlas().with_children


def edited(before: Receiver | None, command: EditReceiver) -> Receiver | None:
    """The receiver after the edit; None: something is missing. Of a masked one nothing personal stays: his token stands for the old place."""
    told = {name: value.strip() for name, value in structs.asdict(command).items() if value is not UNSET}
    kept = before if before is not None and not before.masked else Receiver(name="", phone="", country=before.country if before else "CN")
    if before is not None and before.masked and not told.keys() & set(REGION_FIELDS):
        told = {name: getattr(before, name) for name in REGION_FIELDS} | told
    after = structs.replace(kept, **told, oaid="", masked=False, town="" if told.keys() & set(REGION_FIELDS) else kept.town)
    is_whole = after.name and after.phone and after.detail and MASK not in after.name + after.phone + after.detail
    return after if is_whole else None


def _changed_fields(before: Receiver | None, after: Receiver) -> list[str]:
    """Names of what was changed; never what it was."""
    names = ("name", "phone", *REGION_FIELDS, "detail", "zip_code")
    return [name for name in names if before is None or getattr(before, name) != getattr(after, name)]


def take_theirs(order: Order, stored: StoredReceiver | None, editing: Editing) -> Reason | None:
    """The platform's receiver is in force again. `stored`: it, as our edit names it."""
    if (reason := refusal(order)) is not None:
        return reason
    edit = (order.edits or {}).get("receiver")
    if not edit or stored is None:
        return Reason.NOT_TO_BE_UNDONE
    if stored.key is None:
        return Reason.RECEIVER_ERASED
    edits = _without_merge_asked(order)
    del edits["receiver"]
    order.edits, order.their_digest = edits or None, None
    records = {"receiver_before": _id_text(order.receiver_id), "receiver_after": edit["theirs"]}
    order.receiver_id, order.receiver_digest, order.region = int(edit["theirs"]), stored.key, stored.region
    is_alone = order.is_cod or stored.is_masked
    order.merge_key = None if is_alone else merge_key_of(stored.key, editing.shop, order.currency, editing.digest)
    order.tell("receiver_restored", {"to": f"{stored.region.province}{stored.region.city}{stored.region.district}", **records})
    look_again(order, editing)
    decide_conflict(order, Reason.EDIT_CONFLICT, editing)
    return None


def _without_merge_asked(order: Order) -> dict[str, object]:
    """Our edits without the platform's last word on merging: it was about another receiver."""
    return {name: value for name, value in (order.edits or {}).items() if name != "merge_asked"}


def look_again(order: Order, editing: Editing) -> None:
    """What was planned is planned anew by the next pass."""
    for fulfilment in order.fulfilments:
        if fulfilment.state == FulfilmentState.PLANNED:
            unplan(order, fulfilment, Reason.EDITED_BY_PERSON)
    order.due_at, order.is_changed = editing.now, True


def decide_conflict(order: Order, subject: Reason, editing: Editing) -> None:
    """Who edits what the platform has spoken of as well has decided between both; a conflict about something else stays."""
    hold = order.open_hold(subject)
    if hold is not None:
        hold.close(now=editing.now, by=editing.actor, note="edited")
        order.tell("hold_released", {"reason": str(subject), "by": editing.actor})
