"""Receivers in clear: one order at a time, with a purpose, and a row in a log that nobody can change."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import Known, needs
from paidan.entrypoints.api.lists import sorts
from paidan.entrypoints.api.lists.sorting import SortedBy, find
from paidan.entrypoints.api.pages import Cursor, Limit, OptionalText, Page, as_views
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.sessions import queries
from paidan.entrypoints.api.people.visiting import address_of
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.kernel.reasons import Reason
from paidan.parties.store import unseal_receivers

Which = Literal["in_force", "platform"]


class RevealBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which order's receiver, and what for; it is kept for ever. `which`: the one in force, or the platform's beside an edit of ours."""

    order_no: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
    purpose: Annotated[str, Meta(min_length=2, max_length=200, pattern=r"^[^\x00]*$")]
    which: Which = "in_force"


class ReceiverView(Struct, frozen=True, kw_only=True):
    """A receiver in clear. `is_masked`: the platform itself keeps name and phone."""

    name: str
    phone: str
    country: str
    province: str
    city: str
    district: str
    detail: str
    is_masked: bool


class RevealView(Struct, frozen=True, kw_only=True):
    """Who saw which receiver."""

    id: str
    order_id: str
    order_no: str
    which: Which
    actor: str
    purpose: str
    address: str
    at: datetime


@post("/receiver-reveals", opt=needs(Right.REVEAL), status_code=200, sync_to_thread=True, summary="Reveal a receiver", tags=["people"])
def post_reveal(services: Given, caller: Known, request: Request[Any, Any, Any], data: JSONBody[RevealBody]) -> Response[ReceiverView]:
    """The receiver in clear; the log row is committed before the answer leaves. Never kept by any cache."""
    now = services.clock.now()
    with services.database.transaction() as tx:
        row = tx.execute(queries.receiver_of, {"order_no": data.order_no, **caller.sees}).fetchone()
        if row is None:
            raise Refused(Reason.UNKNOWN_ORDER)
        order_id, number, ours, theirs = row
        receiver_id = theirs if data.which == "platform" else ours
        found = unseal_receivers(tx, [receiver_id], services.sealer).get(receiver_id) if receiver_id is not None else None
        if found is None:
            raise Refused(Reason.NOT_FOUND)
        seen = {"order_id": order_id, "order_no": number, "which": data.which, "purpose": data.purpose}
        by = {"actor": caller.actor, "address": address_of(request), "now": now}
        tx.execute(queries.add_reveal, {"id": services.ids.take(1)[0], **seen, **by})
    shown = ReceiverView(
        name=found.name,
        phone=found.phone,
        country=found.country,
        province=found.province,
        city=found.city,
        district=found.district,
        detail=found.detail,
        is_masked=found.masked,
    )
    return Response(content=shown, headers={"cache-control": "no-store"})


@get("/receiver-reveals", opt=needs(Right.PEOPLE, everywhere=True), sync_to_thread=True, summary="List reveals", tags=["people"])
def get_reveals(services: Given, actor: OptionalText = None, sort_by: SortedBy = "", cursor: Cursor = "", limit: Limit = 50) -> Page[RevealView]:
    """Who saw which receiver, newest first."""
    with services.database.transaction() as tx:
        found = find(tx, sorts.REVEALS, sort_by, cursor, limit, {"actor": actor or None})
    return found.page(as_views(RevealView, found.rows))


ROUTER = Router("/", route_handlers=[post_reveal, get_reveals])
