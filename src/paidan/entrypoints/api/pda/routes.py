"""Shops and small warehouses without a system of their own, worked with a phone: what is to be packed and received, and what was done.

Whatever is sent carries a `scan_id` made by the phone: sent twice, it counts once and is answered the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, Router
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.guard import Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Once, Post
from paidan.entrypoints.api.language import language_of
from paidan.entrypoints.api.pages import Cursor, Limit, page, read_cursor, write_cursor
from paidan.entrypoints.api.pda.reads import (
    CodeFound,
    Receipt,
    Task,
    WholeReceipt,
    WholeTask,
    find,
    read_receipt,
    read_receipts,
    read_task,
    read_tasks,
)
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import UNPROCESSABLE, Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get, post
from paidan.fulfilment.light.once import ScanKey, taken_once
from paidan.fulfilment.light.packing import Box, Packed, Packer, ScansRefused
from paidan.fulfilment.light.receiving import Received, receive
from paidan.fulfilment.light.tally import Scan
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx

SCANS_MAX: Final = 2_000
OLD: Final = timedelta(days=7)

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]*$", description="A barcode, or the code of a SKU")]
Waybill = Annotated[str, Meta(min_length=4, max_length=40, pattern=r"^[A-Za-z0-9-]*$", description="As it stands on the label")]
Number = Annotated[str, PathParameter(max_length=64, description="Number of the fulfilment or document")]
T = TypeVar("T", bound=Struct)


class ScanBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A barcode seen so many times."""

    barcode: Code
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    is_damaged: bool = False


Scans = Annotated[tuple[ScanBody, ...], Meta(max_length=SCANS_MAX)]


class AcceptBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It is taken in hand."""

    scan_id: UUID


class VerifyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything scanned so far."""

    scan_id: UUID
    scans: Scans


class BoxBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several parcels, with what lies in it. `carrier` empty: the one that was planned."""

    tracking_no: Waybill
    scans: Annotated[tuple[ScanBody, ...], Meta(min_length=1, max_length=SCANS_MAX)]
    carrier: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""
    weight_g: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class ShipBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has left: one parcel, or several as `parcels`. `is_last`: the rest will not leave from here and is sourced again.

    `scanned_at` is when the phone saw it, when that was earlier: it may have been offline.
    """

    scan_id: UUID
    scans: Scans = ()
    tracking_no: Waybill | None = None
    carrier: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00]*$")] = ""
    weight_g: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    parcels: Annotated[tuple[BoxBody, ...], Meta(max_length=50)] = ()
    is_last: bool = False
    scanned_at: Annotated[datetime, Meta(tz=True)] | None = None


class RejectBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it cannot be sent from here."""

    scan_id: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class ReceiveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has arrived. `is_done`: what has not come is no longer expected."""

    scan_id: UUID
    scans: Scans = ()
    is_done: bool = False


class Tasks(Struct, frozen=True, kw_only=True):
    """A page of tasks; `now` is the business clock that deadlines count by."""

    items: list[Task]
    next: str | None
    now: datetime


class Receipts(Struct, frozen=True, kw_only=True):
    """A page of entry orders on the way."""

    items: list[Receipt]
    next: str | None
    now: datetime


@get("/pda/tasks", opt=needs(Right.SHIP), sync_to_thread=True, summary="What is to be packed", tags=["pda"])
def get_tasks(services: Given, caller: Known, request: Request[Any, Any, Any], cursor: Cursor = "", limit: Limit = 50) -> Tasks:
    """Released fulfilments of warehouses that no system works, the nearest deadline first. Receivers are masked."""
    due, after = read_cursor(cursor, [int, int])
    with services.database.transaction() as tx:
        found = read_tasks(tx, caller, _language(request), after=(due, after), limit=limit + 1)
    paged = page(found, limit, lambda task: [task.due, int(task.id)])
    return Tasks(items=paged.items, next=paged.next, now=services.clock.now())


@get("/pda/fulfilments/{no:str}", opt=needs(Right.SHIP), sync_to_thread=True, summary="One thing to be packed", tags=["pda"])
def get_task(services: Given, caller: Known, request: Request[Any, Any, Any], no: Number) -> WholeTask:
    """The fulfilment with the lines and barcodes of its parcel, by its number, a waybill or an order's number."""
    with services.database.transaction() as tx:
        return read_task(tx, caller, _clean(no), _language(request))


@get("/pda/find/{text:str}", opt=needs(Right.SEE), sync_to_thread=True, summary="What a code is", tags=["pda"])
def get_found(services: Given, caller: Known, request: Request[Any, Any, Any], text: Number) -> CodeFound:
    """Fulfilments, entry orders and goods that a scanned text may mean."""
    with services.database.transaction() as tx:
        return find(tx, caller, _clean(text), _language(request))


@post("/pda/fulfilments/{no:str}/accept", opt=needs(Right.SHIP), status_code=200, sync_to_thread=True, summary="Take it in hand", tags=["pda"])
def accept(
    services: Given, caller: Known, once: Post, no: Number, data: JSONBody[AcceptBody], idempotency_key: IdempotencyKey = ""
) -> Response[Packed]:
    """Somebody begins with it; a second time changes nothing."""
    del idempotency_key
    return _packed(services, caller, once, no, data, lambda packer: packer.accept(no))


@post(
    "/pda/fulfilments/{no:str}/verify", opt=needs(Right.SHIP), status_code=200, sync_to_thread=True, summary="Verify what was scanned", tags=["pda"]
)
def verify(
    services: Given, caller: Known, once: Post, no: Number, data: JSONBody[VerifyBody], idempotency_key: IdempotencyKey = ""
) -> Response[Packed]:
    """Refuses each scan that is wrong or too many, by its place. When nothing lacks, the parcel is closed: a recall is then refused."""
    del idempotency_key
    return _packed(services, caller, once, no, data, lambda packer: packer.verify(no, _scans(data.scans)))


@post("/pda/fulfilments/{no:str}/ship", opt=needs(Right.SHIP), status_code=200, sync_to_thread=True, summary="Ship it", tags=["pda"])
def ship(services: Given, caller: Known, once: Post, no: Number, data: JSONBody[ShipBody], idempotency_key: IdempotencyKey = "") -> Response[Packed]:
    """Parcels have left, with all that was scanned: stock, tracking and the platform follow as they do for a warehouse system's confirm."""
    del idempotency_key
    boxes = _boxes(data)
    at = once.now if data.scanned_at is None or once.now - data.scanned_at > OLD else min(data.scanned_at, once.now)
    return _packed(services, caller, once, no, data, lambda packer: packer.ship(no, boxes, at=at, is_last=data.is_last))


@post("/pda/fulfilments/{no:str}/reject", opt=needs(Right.SHIP), status_code=200, sync_to_thread=True, summary="Give it back", tags=["pda"])
def reject(
    services: Given, caller: Known, once: Post, no: Number, data: JSONBody[RejectBody], idempotency_key: IdempotencyKey = ""
) -> Response[Packed]:
    """It cannot be sent from here: its units look for another warehouse."""
    del idempotency_key
    return _packed(services, caller, once, no, data, lambda packer: packer.reject(no, data.reason))


@get("/pda/receipts", opt=needs(Right.STOCK), sync_to_thread=True, summary="What is to be received", tags=["pda"])
def get_receipts(services: Given, caller: Known, cursor: Cursor = "", limit: Limit = 50) -> Receipts:
    """Open entry orders of warehouses that no system works, the soonest first."""
    due, after = read_cursor(cursor, [int, int])
    with services.database.transaction() as tx:
        found = read_receipts(tx, caller, after=(due, after), limit=limit + 1)
    following = write_cursor([found[limit - 1].due, int(found[limit - 1].id)]) if len(found) > limit else None
    return Receipts(items=found[:limit], next=following, now=services.clock.now())


@get("/pda/receipts/{no:str}", opt=needs(Right.STOCK), sync_to_thread=True, summary="One thing to be received", tags=["pda"])
def get_receipt(services: Given, caller: Known, no: Number) -> WholeReceipt:
    """The entry order with lines and barcodes, by its number or its purchase order's."""
    with services.database.transaction() as tx:
        return read_receipt(tx, caller, _clean(no))


@post("/pda/receipts/{no:str}/receive", opt=needs(Right.STOCK), status_code=200, sync_to_thread=True, summary="Receive goods", tags=["pda"])
def receive_goods(
    services: Given, caller: Known, once: Post, no: Number, data: JSONBody[ReceiveBody], idempotency_key: IdempotencyKey = ""
) -> Response[Received]:
    """Goods have arrived: in parts, more or less than announced. Barcodes that nobody knows are refused by their place."""
    del idempotency_key
    if not data.scans and not data.is_done:
        raise invalid("scans", Reason.FIELD_MISSING)

    def work(tx: Tx) -> Received:
        def received() -> Received:
            return receive(
                tx,
                no,
                _scans(data.scans),
                ids=services.ids,
                sealer=services.sealer,
                seen=caller.sees,
                cause=_cause(data.scan_id),
                now=once.now,
                is_done=data.is_done,
            )

        return taken_once(tx, _key(caller, no, data.scan_id, data), Received, once.now, received)

    return once.answer(lambda tx: _told(tx, work))


def _packed(
    services: HandlerContext,
    caller: Caller,
    once: Once,
    no: str,
    data: AcceptBody | VerifyBody | ShipBody | RejectBody,
    step: Callable[[Packer], Packed],
) -> Response[Packed]:
    """One step of a packer, counted once."""

    def work(tx: Tx) -> Packed:
        network = services.network.load(tx, cache_versions(tx)["network"])
        packer = Packer(
            tx,
            ids=services.ids,
            sealer=services.sealer,
            network=network,
            seen=caller.sees,
            actor=caller.actor,
            cause=_cause(data.scan_id),
            now=once.now,
        )
        return taken_once(tx, _key(caller, no, data.scan_id, data), Packed, once.now, lambda: step(packer))

    return once.answer(lambda tx: _told(tx, work))


def _told(tx: Tx, work: Callable[[Tx], T]) -> T:
    """What the work gives; scans that do not belong as a refusal, each with its place."""
    try:
        return work(tx)
    except ScansRefused as refused:
        raise Refused(refused.problems[0].reason, problems=refused.problems, status=UNPROCESSABLE) from None


def _boxes(data: ShipBody) -> list[Box]:
    """The parcels of a shipment, however they were told."""
    if data.parcels:
        if data.scans or data.tracking_no is not None:
            raise invalid("parcels", expected=expected.PARCELS_OR_SCANS)
        told = data.parcels
    elif data.tracking_no is None:
        raise invalid("tracking_no", Reason.FIELD_MISSING)
    elif not data.scans:
        raise invalid("scans", Reason.FIELD_MISSING)
    else:
        told = (BoxBody(tracking_no=data.tracking_no, scans=data.scans, carrier=data.carrier, weight_g=data.weight_g),)
    if len({box.tracking_no for box in told}) < len(told):
        raise invalid("parcels", Reason.DUPLICATE_KEY)
    return [Box(tracking_no=box.tracking_no, carrier_code=box.carrier, weight_g=box.weight_g, scans=_scans(box.scans)) for box in told]


def _scans(scans: tuple[ScanBody, ...]) -> tuple[Scan, ...]:
    return tuple(Scan(code=scan.barcode.strip(), quantity=scan.quantity, is_damaged=scan.is_damaged) for scan in scans)


def _key(caller: Caller, no: str, scan_id: UUID, data: Struct) -> ScanKey:
    return ScanKey(scan_id=scan_id, caller=caller.owner, asked=f"{type(data).__name__} {no}\n".encode() + msgspec.json.encode(data))


def _cause(scan_id: UUID) -> str:
    return f"scan:{scan_id}"


def _clean(text: str) -> str:
    """What may be looked for: no zero byte, no blanks around."""
    if "\0" in text:
        raise invalid("no")
    return text.strip()


def _language(request: Request[Any, Any, Any]) -> str:
    return language_of(request.headers.get("accept-language", ""))


ROUTER = Router("/", route_handlers=[get_tasks, get_task, get_found, accept, verify, ship, reject, get_receipts, get_receipt, receive_goods])
