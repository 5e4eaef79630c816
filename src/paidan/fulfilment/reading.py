"""Takes a warehouse's message apart into pieces that are decided one by one, each with the number it is booked once by. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from paidan.counterparts.qimen.parse import parse_report
from paidan.counterparts.qimen.reports import (
    BatchCreateAnswer,
    BatchCreated,
    DeliveryBatchConfirm,
    DeliveryConfirm,
    EntryConfirm,
    ExceptionReport,
    InventoryReport,
    ItemLackReport,
    ProcessReport,
    Report,
    StockChangeReport,
)
from paidan.fulfilment.adjustments import Change, change_of, count_of
from paidan.fulfilment.links import Links, WmsLink
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.orders.fulfilment_no import read_fulfilment_no
from paidan.runtime.waiting import WaitingMessage
from paidan.stock.documents import read_document_no

What = DeliveryConfirm | ProcessReport | ItemLackReport | ExceptionReport | BatchCreated | EntryConfirm | Change


class Piece(Struct, frozen=True, kw_only=True):
    """One thing said of one delivery order, entry order or article. `booked_by` names pieces of messages that hold several ("" otherwise)."""

    message: WaitingMessage
    link: WmsLink
    what: What
    fulfilment_id: int = 0
    attempt: int = 0
    document_id: int = 0
    item_codes: tuple[str, ...] = ()
    booked_by: str = ""
    cause: str = ""
    at: datetime

    @property
    def actor(self) -> str:
        """Who says it, for the timeline."""
        return self.link.counterpart


def read_pieces(messages: Sequence[WaitingMessage], links: Links) -> tuple[list[Piece], dict[int, Reason]]:
    """The pieces in the order of the messages, and the reasons of messages that can't be read."""
    pieces: list[Piece] = []
    unreadable: dict[int, Reason] = {}
    for message in messages:
        link = links.by_counterpart(message.counterpart)
        if link is None:
            unreadable[message.id] = Reason.UNKNOWN_WAREHOUSE
            continue
        try:
            pieces += list(_pieces(message, link, parse_report(message.kind, message.body)))
        except BadInput as bad:
            unreadable[message.id] = bad.reason
    return pieces, unreadable


def _pieces(message: WaitingMessage, link: WmsLink, report: Report) -> Iterable[Piece]:
    match report:
        case DeliveryConfirm():
            yield _confirm(message, link, report, is_alone=True)
        case DeliveryBatchConfirm():
            yield from [_confirm(message, link, confirm, is_alone=False) for confirm in report.orders]
        case ProcessReport():
            yield _about(message, link, report, report.order_code, at=report.operated_at)
        case ItemLackReport() | ExceptionReport():
            yield _about(message, link, report, report.delivery_order_code, at=report.created_at)
        case BatchCreateAnswer():
            yield from [_about(message, link, made, made.delivery_order_code) for made in report.orders]
        case EntryConfirm():
            yield _arrival(message, link, report)
        case StockChangeReport() | InventoryReport():
            yield from _changes(message, link, report)


def _about(message: WaitingMessage, link: WmsLink, what: What, number: str, at: datetime | None = None) -> Piece:
    """Raises BadInput for a number that is none of ours."""
    found = read_fulfilment_no(number)
    document_id = read_document_no(number) if found is None else None
    if found is None and document_id is None:
        raise BadInput(Reason.UNKNOWN_FULFILMENT)
    fulfilment_id, attempt = found or (0, 0)
    return Piece(
        message=message, link=link, what=what, fulfilment_id=fulfilment_id, attempt=attempt, document_id=document_id or 0, at=at or message.at
    )


def _confirm(message: WaitingMessage, link: WmsLink, confirm: DeliveryConfirm, *, is_alone: bool) -> Piece:
    found = read_fulfilment_no(confirm.delivery_order_code)
    fulfilment_id, attempt = found or (0, 0)
    ref = f"deliveryorder.confirm:{confirm.delivery_order_code}:{confirm.out_biz_code or message.id}"
    lines = {line.item_code for line in confirm.lines if line.item_code}
    items = {item.item_code for package in confirm.packages for item in package.items}
    return Piece(
        message=message,
        link=link,
        what=confirm,
        fulfilment_id=fulfilment_id,
        attempt=attempt,
        item_codes=tuple(sorted(lines | items)),
        booked_by="" if is_alone else ref,
        cause=ref,
        at=confirm.confirmed_at or confirm.operated_at or message.at,
    )


def _arrival(message: WaitingMessage, link: WmsLink, confirm: EntryConfirm) -> Piece:
    return Piece(
        message=message,
        link=link,
        what=confirm,
        document_id=read_document_no(confirm.entry_order_code) or 0,
        item_codes=tuple(sorted({line.item_code for line in confirm.lines})),
        cause=f"entryorder.confirm:{confirm.entry_order_code}:{confirm.out_biz_code}",
        at=confirm.operated_at or message.at,
    )


def _changes(message: WaitingMessage, link: WmsLink, report: StockChangeReport | InventoryReport) -> list[Piece]:
    """A repeat names the same papers, pages and rows."""
    if isinstance(report, StockChangeReport):
        changes = [(change_of(item, message.at), f"stockchange.report:{item.out_biz_code}:{n}") for n, item in enumerate(report.items)]
    else:
        page = f"inventory.report:{report.out_biz_code}:{report.current_page}"
        changes = [(count_of(report, item, message.at), f"{page}:{n}") for n, item in enumerate(report.items)]
    return [
        Piece(message=message, link=link, what=change, item_codes=(change.item_code,), booked_by=ref, cause=ref, at=change.at)
        for change, ref in changes
    ]
