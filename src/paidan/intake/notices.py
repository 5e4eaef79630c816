"""Notices: messages that only say which order to read again. Kept first, worked off oldest first; done when the order has landed.

A notice waits in buckets of its own (192..255, by shop), which no pass claims.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from paidan.channels.platform import Puller, PullPage
from paidan.intake.landing import counterpart_of, land
from paidan.intake.ports import Feed, Ports
from paidan.intake.pulling import READ_ERRORS, PullReport, exchanges_of, keep_failure, note_push, open_place
from paidan.kernel.errors import CallRefused
from paidan.kernel.reasons import Reason
from paidan.network.load import Shop
from paidan.runtime.database import Tx
from paidan.runtime.messages import InboundMessage, MessageState, keep_and_tell, keep_exchanges
from paidan.runtime.queries import load_queries
from paidan.runtime.waiting import settle_messages

BUCKET_FIRST: Final = 192
BUCKETS: Final = 64
AT_ONCE: Final = 20  # orders read again before they are landed: so much is lost by a failure
VIA: Final = "push"

queries = load_queries("paidan.intake", "pulls.sql")


class Notice(Struct, frozen=True, kw_only=True):
    """`message_ref` is the platform's id of the delivery; `order_no` empty: nothing is to be read again."""

    message_ref: str
    kind: str
    order_no: str
    body: bytes
    meta: Mapping[str, Any] | None = None


def notice_bucket(shop: Shop) -> int:
    """Where notices of a shop wait."""
    return BUCKET_FIRST + shop.id % BUCKETS


def keep_notices(tx: Tx, ports: Ports, shop: Shop, notices: Sequence[Notice]) -> int:
    """Keep those that were not kept before; how many these are. Four statements at most."""
    kept = notice_states(tx, shop, [notice.message_ref for notice in notices])
    fresh = {notice.message_ref: notice for notice in notices if notice.message_ref not in kept}
    now = ports.clock.now()
    rows = [
        InboundMessage(
            counterpart=counterpart_of(shop),
            kind=notice.kind,
            body=notice.body,
            at=now,
            business_key=notice.order_no,
            bucket=notice_bucket(shop) if notice.order_no else None,
            message_ref=notice.message_ref,
            meta={"via": VIA, **(notice.meta or {})},
            state=MessageState.WAITING if notice.order_no else MessageState.DONE,
        )
        for notice in fresh.values()
    ]
    return len(keep_and_tell(tx, ports.ids, ports.sealer, rows)) if rows else 0


def notice_states(tx: Tx, shop: Shop, message_refs: Collection[str]) -> dict[str, MessageState]:
    """What became of deliveries kept before, by their reference. One statement."""
    rows = tx.execute(queries.kept_notices, {"source": counterpart_of(shop), "message_refs": list(message_refs)})
    return {message_ref: MessageState(state) for message_ref, state in rows}


def reread(ports: Ports, puller: Puller, shop: Shop) -> PullReport:
    """Read again every order that waiting notices name. An error ends it; what is left waits for the next time.

    An order the platform denies to know, or refuses to tell while it tells others, sets its notices aside.
    """
    report = PullReport(shop=shop.code, shop_id=shop.id, feed=Feed.PUSH)
    after_id = 0
    try:
        while waiting := _waiting_or_done(ports, shop, after_id):
            after_id = waiting[-1][0]
            report = _work_off(ports, puller, shop, waiting, report)
            if len(waiting) < AT_ONCE:
                break
    except READ_ERRORS as error:
        now = ports.clock.now()
        with ports.database.transaction() as tx:
            open_place(tx, shop, Feed.PUSH, now, "")
            keep_failure(tx, ports, shop, Feed.PUSH, error, now)
        return report.failed(error, now)
    return report


def _waiting_or_done(ports: Ports, shop: Shop, after_id: int) -> list[tuple[int, str]]:
    """(message id, order number) of the next notices; when there are none, that is noted in the same transaction."""
    asked = {"bucket": notice_bucket(shop), "counterpart": counterpart_of(shop), "after_id": after_id, "limit": AT_ONCE}
    with ports.database.transaction() as tx:
        waiting = [(row[0], row[1]) for row in tx.execute(queries.waiting_notices, asked)]
        if not waiting:
            note_push(tx, shop, ports.clock.now())
    return waiting


def _work_off(ports: Ports, puller: Puller, shop: Shop, waiting: Sequence[tuple[int, str]], report: PullReport) -> PullReport:
    """Read the orders, then keep them and settle their notices in one transaction."""
    began_at = ports.clock.now()
    pages, refused = _read(puller, list(dict.fromkeys(order_no for _, order_no in waiting)))
    orders = [raw for page in pages for raw in page.orders]
    with ports.database.transaction() as tx:
        now = ports.clock.now()
        landed = land(tx, ports.ids, ports.sealer, shop, orders, now, VIA, read_at=began_at)
        if refused:
            keep_exchanges(tx, ports.ids, ports.sealer, [one for page in pages for one in exchanges_of(shop, page.records, now)])
        settle_messages(tx, [(message_id, *_outcome(refused.get(order_no))) for message_id, order_no in waiting])
        if len(waiting) < AT_ONCE:  # these were the last
            note_push(tx, shop, now)
    return report.plus(read=len(orders), landed=len(landed.message_ids), repeated=landed.repeated, refused=len(refused))


def _outcome(refusal: Reason | None) -> tuple[MessageState, str]:
    return (MessageState.DONE, "") if refusal is None else (MessageState.SET_ASIDE, refusal.value)


def _read(puller: Puller, order_nos: Sequence[str]) -> tuple[list[PullPage], dict[str, Reason]]:
    """The orders, and why some can't be had. A lot refused is asked for one by one; when every one is refused, the fault is not theirs."""
    try:
        page = puller.read_orders(order_nos)
    except CallRefused:
        if len(order_nos) == 1:
            raise
        return _read_singly(puller, order_nos)
    return [page], {order_no: Reason.UNKNOWN_ORDER for order_no, _ in page.refused}


def _read_singly(puller: Puller, order_nos: Sequence[str]) -> tuple[list[PullPage], dict[str, Reason]]:
    pages: list[PullPage] = []
    refused: dict[str, Reason] = {}
    refusal: CallRefused | None = None
    for order_no in order_nos:
        try:
            page = puller.read_orders([order_no])
        except CallRefused as error:
            refused[order_no], refusal = Reason.COUNTERPART_REFUSED, error
            continue
        pages.append(page)
        refused |= dict.fromkeys((number for number, _ in page.refused), Reason.UNKNOWN_ORDER)
    if refusal is not None and not pages:
        raise refusal
    return pages, refused
