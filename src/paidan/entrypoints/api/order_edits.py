"""Editing an order over HTTP while no warehouse has it: whom it goes to, what is in it. As the other commands: If-Match, Idempotency-Key, problems.

Editing a receiver shows nothing of him: fields left out stay as they are. Reading him is a reveal, see people/reveals.py.
"""

from typing import Annotated, Final

from litestar import Response, Router
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from paidan.catalog.load import cache_versions
from paidan.editing.edits import EditLines, EditReceiver, Gift, LineChange, OrderEdit, TakeTheirReceiver
from paidan.editing.step import Wanted, run
from paidan.entrypoints.api.guard import SIGNED_IN, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.orders import Done, present_order
from paidan.entrypoints.api.pages import RecordId
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.seen import refuse_unseen
from paidan.entrypoints.api.problems import Refused, invalid, refuse_if
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.api.versions import IfMatch, seen
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.parties.addresses.divisions import Division as DivisionRecord
from paidan.parties.addresses.divisions import atlas, full_name
from paidan.parties.addresses.free_text import Recipient, read_recipient
from paidan.runtime.database import Tx

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00*]*[^\x00*\s][^\x00*]*$")]
Phone = Annotated[str, Meta(min_length=5, max_length=32, pattern=r"^[0-9+ \-]*[0-9][0-9+ \-]*$")]
Division = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")]
Street = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"^[^\x00*]*[^\x00*\s][^\x00*]*$")]
ZipCode = Annotated[str, Meta(max_length=16, pattern=r"^[0-9A-Za-z \-]*$")]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Under = Annotated[str, QueryParameter(pattern=r"^[0-9]{0,6}$", required=False, description="Code of a division; empty: provinces")]
Codes = Annotated[str, QueryParameter(pattern=r"^([0-9]{6}(,[0-9]{6}){0,199})?$", required=False, description="Codes to be named, with commas")]
LINES_MAX: Final = 100


class ReceiverBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another receiver. A field left out stays; province, city and district go together. One the platform masks needs all of them."""

    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    province: Division | UnsetType = UNSET
    city: Division | UnsetType = UNSET
    district: Division | UnsetType = UNSET
    detail: Street | UnsetType = UNSET
    zip_code: ZipCode | UnsetType = UNSET

    def __repr__(self) -> str:
        return "ReceiverBody(…)"


class LineBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one line: the units that shall be sent (0: none), the SKU to send instead (null: what was bought)."""

    line_no: Annotated[int, Meta(ge=1, le=32_767)]
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    sku: Code | UnsetType | None = UNSET


class GiftBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods of ours that are sent along."""

    sku: Code
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1


class LinesBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of lines and new gifts, all or nothing."""

    lines: Annotated[tuple[LineBody, ...], Meta(max_length=LINES_MAX)] = ()
    gifts: Annotated[tuple[GiftBody, ...], Meta(max_length=LINES_MAX)] = ()


class TextBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receiver as people paste him: name, phone and address in one text, in any order."""

    text: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]

    def __repr__(self) -> str:
        return "TextBody(…)"


class DivisionView(Struct, frozen=True, kw_only=True):
    """A province, city or district. `full_name`: with those above it. `is_leaf`: nothing lies below it."""

    code: str
    name: str
    full_name: str
    is_leaf: bool


class Divisions(Struct, frozen=True, kw_only=True):
    """Divisions right below one."""

    items: tuple[DivisionView, ...]


def _edit(services: HandlerContext, caller: Caller, once: Post, order_id: int, edit: OrderEdit, if_match: str) -> Response[Done]:
    version = seen(if_match)

    def work(tx: Tx) -> Done:
        refuse_unseen(tx, caller, [order_id])
        network = services.network.load(tx, cache_versions(tx)["network"])
        wanted = Wanted(order_id=order_id, edit=edit, actor=caller.actor, version=version)
        answer = run(tx, wanted, network=network, ids=services.ids, sealer=services.sealer, now=once.now)
        if answer.reason == Reason.VERSION_CONFLICT:
            raise Refused(answer.reason, present=present_order(tx, services, caller, order_id))
        refuse_if(answer.reason)
        return Done(order_id=str(order_id), version=answer.version)

    return once.answer(work, version=lambda done: done.version)


@post("/orders/{order_id:int}/receiver", opt=needs(Right.EDIT_ORDER), status_code=200, sync_to_thread=True, summary="Edit the receiver")
def edit_receiver(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[ReceiverBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Send it to another person or place. What was planned is dropped, and the order is audited and sourced again. A later address of the platform
    does not overwrite it: the order is held instead (edit_conflict).
    """
    del idempotency_key
    edit = EditReceiver(
        name=data.name, phone=data.phone, province=data.province, city=data.city, district=data.district, detail=data.detail, zip_code=data.zip_code
    )
    region = [data.province, data.city, data.district]
    if any(name is UNSET for name in region) and not all(name is UNSET for name in region):
        raise invalid("province", Reason.FIELD_MISSING)
    return _edit(services, caller, once, order_id, edit, if_match)


@post(
    "/orders/{order_id:int}/receiver/restore",
    opt=needs(Right.EDIT_ORDER),
    status_code=200,
    sync_to_thread=True,
    summary="Take the platform's receiver back",
)
def restore_receiver(
    services: Given, caller: Known, once: Post, order_id: RecordId, if_match: IfMatch = "", idempotency_key: IdempotencyKey = ""
) -> Response[Done]:
    """Drop our edit: the receiver the platform told last is in force again."""
    del idempotency_key
    return _edit(services, caller, once, order_id, TakeTheirReceiver(), if_match)


@post("/orders/{order_id:int}/lines", opt=needs(Right.EDIT_ORDER), status_code=200, sync_to_thread=True, summary="Edit the lines")
def edit_lines(
    services: Given,
    caller: Known,
    once: Post,
    order_id: RecordId,
    data: JSONBody[LinesBody],
    if_match: IfMatch = "",
    idempotency_key: IdempotencyKey = "",
) -> Response[Done]:
    """Send fewer units, another SKU, a gift; 0 units of a line leave it out. What was planned is dropped and its stock given back; the order is
    audited and sourced again. Money stays as the platform told it: refunds are the platform's.
    """
    del idempotency_key
    changes = tuple(LineChange(line_no=line.line_no, quantity=line.quantity, sku_code=line.sku) for line in data.lines)
    if len({change.line_no for change in changes}) < len(changes):
        raise invalid("lines", expected=expected.ONE_CHANGE)
    gifts = tuple(Gift(sku_code=gift.sku, quantity=gift.quantity) for gift in data.gifts)
    return _edit(services, caller, once, order_id, EditLines(changes=changes, gifts=gifts), if_match)


@get("/divisions", opt=SIGNED_IN, sync_to_thread=False, summary="List divisions")
def get_divisions(under: Under = "", codes: Codes = "") -> Divisions:
    """Provinces, or what lies right below the division of this code; with `codes` those divisions instead. Both together are refused."""
    if codes and under:
        raise invalid("under", expected=expected.EITHER_PLACE)
    every = atlas()
    if codes:
        found = [every.by_code[code] for code in codes.split(",") if code in every.by_code]
    else:
        found = sorted((one for one in every.by_code.values() if one.parent == under and one.level != "zone"), key=lambda one: one.adcode)
    return Divisions(items=tuple(_shown(one) for one in found))


def _shown(one: DivisionRecord) -> DivisionView:
    return DivisionView(code=one.adcode, name=one.name, full_name=full_name(one.adcode), is_leaf=one.adcode not in atlas().with_children)


@post("/receiver-texts", opt=needs(Right.EDIT_ORDER), status_code=200, sync_to_thread=False, summary="Read a pasted receiver")
def read_receiver_text(data: JSONBody[TextBody]) -> Response[Recipient]:
    """Name, phone and address found in a text, as far as they are; nothing is kept."""
    return Response(content=read_recipient(data.text), headers={"cache-control": "no-store"})


ROUTER = Router("/", route_handlers=[edit_receiver, restore_receiver, edit_lines, get_divisions, read_receiver_text], tags=["orders"])
