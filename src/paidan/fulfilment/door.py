"""The doors that warehouses and the tracking service call: the message is kept first, committed, then answered. Deciding comes later, by the steps.

What is wrongly signed or unreadable is kept too, set aside with its reason, and refused; a body that is too large is kept by its size only.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from zlib import crc32

from paidan.catalog.load import cache_versions
from paidan.counterparts.kuaidi100.push import receive_push
from paidan.counterparts.kuaidi100.push import reply_failure as refuse_push
from paidan.counterparts.kuaidi100.push import reply_success as thank_push
from paidan.counterparts.kuaidi100.tracking import TrackingUpdate
from paidan.counterparts.qimen.client import QimenConnection
from paidan.counterparts.qimen.door import Received, receive, reply_failure, reply_success
from paidan.counterparts.qimen.reports import (
    BatchCreateAnswer,
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
from paidan.counterparts.qimen.sign import plain_method, read_query
from paidan.fulfilment.links import CARRIER, WMS, LinkCache, Links, TrackerLink
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import InboundMessage, MessageState, keep_inbound, mark
from paidan.runtime.sealing import Sealer

NOBODY = "unknown"
BUCKETS = 64
WAREHOUSE_BUCKET = 64
CARRIER_BUCKET = 128
PUSH = "push"


def receive_wms_calls(
    database: Database, ids: IdSource, sealer: Sealer, links: LinkCache, calls: Sequence[tuple[str, bytes]], now: datetime
) -> list[bytes]:
    """Calls of warehouse systems that came at the same time, as (query string, body): kept by one commit, one answer in its protocol each, in order.

    The answer "success" means: kept, also for a repeat.
    """
    kept: list[InboundMessage] = []
    answers: list[bytes] = []
    with database.transaction() as tx:
        known = _links(tx, links)
        connections = _connections(known)
        for query_string, body in calls:
            customer_id, method = _who(query_string)
            link = known.by_customer(customer_id)
            counterpart = link.counterpart if link is not None else WMS + NOBODY
            try:
                kept.append(_message(counterpart, receive(connections, query_string, body, now), body, now))
                answers.append(reply_success())
            except BadInput as bad:
                _keep_refused(tx, ids, sealer, InboundMessage(counterpart=counterpart, kind=method, body=body, at=now), bad.reason)
                answers.append(reply_failure(bad.reason, bad.detail))
        if kept:
            keep_inbound(tx, ids, sealer, kept)
    crash_point("intake.kept")
    return answers


def receive_pushes(database: Database, ids: IdSource, sealer: Sealer, links: LinkCache, bodies: Sequence[bytes], now: datetime) -> list[bytes]:
    """Pushes of the tracking service that came at the same time: kept by one commit, one answer each, in order.

    Anything but success makes the service push again.
    """
    kept: list[InboundMessage] = []
    answers: list[bytes] = []
    with database.transaction() as tx:
        trackers = _links(tx, links).trackers
        for body in bodies:
            try:
                kept.append(_push(*_pushed(trackers, body), body, now))
                answers.append(thank_push())
            except BadInput as bad:
                _keep_refused(tx, ids, sealer, InboundMessage(counterpart=CARRIER + NOBODY, kind=PUSH, body=body, at=now), bad.reason)
                answers.append(refuse_push(bad.reason))
        if kept:
            keep_inbound(tx, ids, sealer, kept)
    crash_point("intake.kept")
    return answers


def _push(link: TrackerLink, update: TrackingUpdate, body: bytes, now: datetime) -> InboundMessage:
    return InboundMessage(
        counterpart=link.counterpart,
        kind=PUSH,
        body=body,
        at=now,
        business_key=update.number,
        bucket=CARRIER_BUCKET + _hash(update.number),
        message_ref=f"{PUSH}:{sha256(body).hexdigest()}",
    )


def _links(tx: Tx, links: LinkCache) -> Links:
    return links.load(tx, cache_versions(tx)["network"])


def _connections(links: Links) -> dict[str, QimenConnection]:
    return {link.qimen.customer_id: link.qimen for link in links.wms.values()}


def _who(query_string: str) -> tuple[str, str]:
    """Customer and method as the caller says, believed by nobody yet."""
    try:
        parameters = read_query(query_string)
    except BadInput:
        return "", ""
    return parameters.get("customerId", ""), plain_method(parameters.get("method", ""))[:100]


def _keep_refused(tx: Tx, ids: IdSource, sealer: Sealer, message: InboundMessage, reason: Reason) -> None:
    """Set aside: nobody takes it up, people can look at it."""
    too_large = reason == Reason.BODY_TOO_LARGE
    kept = InboundMessage(
        counterpart=message.counterpart,
        kind=message.kind,
        body=b"" if too_large else message.body,
        at=message.at,
        meta={"size": len(message.body)} if too_large else None,
        state=MessageState.SET_ASIDE,
    )
    mark(tx, keep_inbound(tx, ids, sealer, [kept]), MessageState.SET_ASIDE, str(reason))


def _message(counterpart: str, received: Received, body: bytes, now: datetime) -> InboundMessage:
    business_key, ref = name_of(received.message)
    return InboundMessage(
        counterpart=counterpart,
        kind=received.method,
        body=body,
        at=now,
        business_key=business_key,
        bucket=WAREHOUSE_BUCKET + _hash(business_key),
        message_ref=f"{received.method}:{ref or sha256(body).hexdigest()}",
    )


def name_of(report: Report) -> tuple[str, str]:
    """What a report is about, and the sender's own number of it (outBizCode, with the document it belongs to); "" where the protocol has none.

    Reports of several things have no number of their own: their parts are booked once each (reading.py).
    """
    match report:
        case DeliveryConfirm() | ItemLackReport():
            number, ref = report.delivery_order_code, _ref(report.delivery_order_code, report.out_biz_code)
        case EntryConfirm():
            number, ref = report.entry_order_code, _ref(report.entry_order_code, report.out_biz_code)
        case ProcessReport():
            number, ref = report.order_code, ""
        case ExceptionReport():
            number, ref = report.delivery_order_code, ""
        case DeliveryBatchConfirm() | BatchCreateAnswer():
            number, ref = report.orders[0].delivery_order_code if report.orders else "", ""
        case InventoryReport():
            number, ref = report.check_order_code, ""
        case StockChangeReport():
            number, ref = report.items[0].order_code if report.items else "", ""
    return number, ref


def _ref(number: str, out_biz_code: str) -> str:
    return f"{number}:{out_biz_code}" if out_biz_code else ""


def _hash(key: str) -> int:
    """The same key is always decided by the same worker, in the order it came."""
    return crc32(key.encode()) % BUCKETS


def _pushed(trackers: Sequence[TrackerLink], body: bytes) -> tuple[TrackerLink, TrackingUpdate]:
    """Whose push it is: the signature tells. Raises BadInput when it is nobody's or can't be read."""
    wrong = BadInput(Reason.SIGNATURE_WRONG, "sign")
    for link in trackers:
        try:
            return link, receive_push(link.kuaidi100.salt, body)
        except BadInput as bad:
            if bad.reason != Reason.SIGNATURE_WRONG:
                raise
            wrong = bad
    raise wrong
