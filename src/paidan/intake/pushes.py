"""Pushes: what platforms tell of their own accord. Every message is kept before anything is done about it, and acknowledged only then."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from paidan.channels.decoding import decode, instant
from paidan.channels.platform import Puller
from paidan.channels.shopify.webhooks import Webhook, read_webhook
from paidan.channels.taobao.messages import Consumed, PlatformMessage
from paidan.intake.landing import ORDERS, bucket_of, counterpart_of
from paidan.intake.load import SHOP
from paidan.intake.notices import Notice, keep_notices, notice_bucket, notice_states, reread
from paidan.intake.ports import Feed, Ports
from paidan.intake.pulling import READ_ERRORS, PullReport, keep_failure, note_push, open_place
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.network.accounts import Account
from paidan.network.load import Shop
from paidan.runtime.calling import CallRecord
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import InboundMessage, MessageState, keep_inbound, mark
from paidan.runtime.sealing import Sealer

VIA_WEBHOOK: Final = "webhook"
WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - how the names of such settings begin
FETCHED_AT_ONCE: Final = 100
ROUNDS_MAX: Final = 20
# Topics whose body is not an order but names one: that order is read again.
ABOUT_ORDERS: Final = ("orders/", "refunds/", "fulfillments/", "fulfillment_orders/", "returns/", "order_transactions/")
UNKNOWN_SELLER: Final = SHOP  # counterpart of messages for a seller who is none of our shops


# Message service -------------------------------------------------------------------------------------------------


class MessageDoor(Protocol):
    """A platform's message service by polling: messages come again until confirmed."""

    def consume(self, quantity: int = ...) -> Consumed:
        """The next messages. Raises CounterpartError."""
        ...

    def confirm(self, message_refs: Sequence[str]) -> list[CallRecord]:
        """These are done with. Raises CounterpartError."""
        ...


class Seller(Struct, frozen=True, kw_only=True):
    """A shop that messages may be for, and how its orders are read again."""

    shop: Shop
    puller: Puller


class _Sender(Struct):
    """Whose message it is."""

    user_nick: str | int | None = None


_SENDER: Final = msgspec.json.Decoder(_Sender)


def take_messages(ports: Ports, door: MessageDoor, shop: Shop, sellers: Mapping[str, Seller]) -> list[PullReport]:
    """Fetch messages until there are none: keep each once, read the orders they name again, confirm what is settled. One report for each shop.

    `shop` is the one that asks; `sellers` are all shops of its message group by `account_ref` (the seller's nick). Messages whose order could
    not be read stay unconfirmed and waiting; those for nobody we know are kept and set aside.
    """
    reports = {shop.id: PullReport(shop=shop.code, shop_id=shop.id, feed=Feed.PUSH)}
    try:
        for _ in range(ROUNDS_MAX):
            messages = door.consume(FETCHED_AT_ONCE).messages
            if not messages or not _take_round(ports, door, _by_seller(messages, sellers), reports):
                break
            if len(messages) < FETCHED_AT_ONCE:  # that was all there was
                break
    except READ_ERRORS as error:
        now = ports.clock.now()
        reports[shop.id] = reports[shop.id].failed(error, now)
        with ports.database.transaction() as tx:
            open_place(tx, shop, Feed.PUSH, now, "")
            keep_failure(tx, ports, shop, Feed.PUSH, error, now)
    else:
        if not reports[shop.id].error:  # an empty answer is good news too: the last error is over
            _read_left(ports, shop, sellers, reports)
    return list(reports.values())


def _read_left(ports: Ports, shop: Shop, sellers: Mapping[str, Seller], reports: dict[int, PullReport]) -> None:
    """Notices of the shop itself that wait without a new message beside them: somebody wants them read again. What none waits for is noted so."""
    asker = next((seller for seller in sellers.values() if seller.shop.id == shop.id), None)
    if asker is not None:
        _add(reports, reread(ports, asker.puller, asker.shop))
        return
    with ports.database.transaction() as tx:
        note_push(tx, shop, ports.clock.now())


def _by_seller(messages: Sequence[PlatformMessage], sellers: Mapping[str, Seller]) -> list[tuple[Seller | None, list[PlatformMessage]]]:
    """Messages of each seller; None for nobody's. A single shop that does not tell its nick takes all."""
    everybody = sellers.get("") if len(sellers) == 1 else None
    by_nick: dict[str, list[PlatformMessage]] = {}
    for message in messages:
        by_nick.setdefault(str(decode(_SENDER, message.body).user_nick or ""), []).append(message)
    return [(sellers.get(nick, everybody), found) for nick, found in by_nick.items()]


def _take_round(
    ports: Ports, door: MessageDoor, groups: Sequence[tuple[Seller | None, Sequence[PlatformMessage]]], reports: dict[int, PullReport]
) -> bool:
    """Work off what one call has brought; whether all of it could be confirmed."""
    with ports.database.transaction() as tx:
        for seller, messages in groups:
            _keep_group(tx, ports, seller, messages, reports)
    crash_point("intake.kept")
    for seller, _ in groups:
        if seller is not None:
            _add(reports, reread(ports, seller.puller, seller.shop))
    settled = _settled(ports, groups)
    if settled:
        door.confirm(settled)
    return len(settled) == sum(len(messages) for _, messages in groups)


def _keep_group(tx: Tx, ports: Ports, seller: Seller | None, messages: Sequence[PlatformMessage], reports: dict[int, PullReport]) -> None:
    if seller is None:
        _keep_strangers(tx, ports, messages)
        return
    notices = [Notice(message_ref=m.message_ref, kind=m.topic, order_no=m.order_no, body=m.body, meta=_meta(m)) for m in messages]
    fresh = keep_notices(tx, ports, seller.shop, notices)
    report = PullReport(shop=seller.shop.code, shop_id=seller.shop.id, feed=Feed.PUSH)
    _add(reports, report.plus(messages=fresh, messages_repeated=len(messages) - fresh))


def _keep_strangers(tx: Tx, ports: Ports, messages: Sequence[PlatformMessage]) -> None:
    rows = [
        InboundMessage(
            counterpart=UNKNOWN_SELLER,
            kind=message.topic,
            body=message.body,
            at=ports.clock.now(),
            business_key=message.order_no,
            message_ref=message.message_ref,
            state=MessageState.SET_ASIDE,
        )
        for message in messages
    ]
    mark(tx, keep_inbound(tx, ports.ids, ports.sealer, rows), MessageState.SET_ASIDE, Reason.UNKNOWN_SHOP)


def _meta(message: PlatformMessage) -> dict[str, str]:
    return {"published_at": message.published_at.isoformat()} if message.published_at else {}


def _settled(ports: Ports, groups: Sequence[tuple[Seller | None, Sequence[PlatformMessage]]]) -> list[str]:
    """References of the messages that need not come again."""
    settled: list[str] = []
    with ports.database.transaction() as tx:
        for seller, messages in groups:
            refs = [message.message_ref for message in messages]
            states = {} if seller is None else notice_states(tx, seller.shop, refs)
            settled += [ref for ref in refs if states.get(ref) != MessageState.WAITING]
    return settled


def _add(reports: dict[int, PullReport], more: PullReport) -> None:
    known = reports.get(more.shop_id)
    reports[more.shop_id] = more if known is None else known.joined(more)


# Webhooks --------------------------------------------------------------------------------------------------------


class Answer(Struct, frozen=True, kw_only=True):
    """What the door answers."""

    status: int
    body: bytes = b""


class _Named(Struct):
    """The numbers a body goes by."""

    id: int | str | None = None
    order_id: int | str | None = None
    updated_at: str | None = None


_NAMED: Final = msgspec.json.Decoder(_Named)


def webhook_secrets(account: Account) -> tuple[str, ...]:
    """The secrets that may have signed a webhook to this shop: its settings named `webhook_secret…`, two while rotating."""
    return tuple(str(value) for name, value in sorted(account.settings.items()) if name.startswith(WEBHOOK_SECRET) and isinstance(value, str))


def receive_shopify(
    database: Database,
    ids: IdSource,
    sealer: Sealer,
    shop: Shop,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Answer:
    """Take a webhook in: 200 once it is kept, 401 for a wrong signature, 404 when it is another shop's. Whatever comes is kept.

    Orders go to the pass; other messages about an order wait as notices (`notices.reread`); anything else is only kept. A genuine message that
    cannot be read is set aside with its reason and answered 200, since it would come again just the same.
    """
    try:
        webhook = read_webhook(headers, body, secrets)
        message = _message(shop, webhook, body, now)
        status, reason = 200, None
    except BadInput as bad:
        message, reason = _unread(shop, headers, body, now), bad.reason
        status = 401 if reason == Reason.SIGNATURE_WRONG else 200
    else:
        if shop.account_ref and webhook.shop != shop.account_ref.lower():
            message, status, reason = _unread(shop, headers, body, now), 404, Reason.UNKNOWN_SHOP
    with database.transaction() as tx:
        kept = keep_inbound(tx, ids, sealer, [message])
        if reason is not None:
            mark(tx, kept, MessageState.SET_ASIDE, reason)
    crash_point("intake.kept")
    return Answer(status=status)


def _message(shop: Shop, webhook: Webhook, body: bytes, now: datetime) -> InboundMessage:
    """The message as it shall be kept. Raises BadInput when an order's body does not tell its number."""
    order_no = _order_no(webhook, body)
    bucket = (bucket_of(shop.id, order_no) if webhook.is_order else notice_bucket(shop)) if order_no else None
    return InboundMessage(
        counterpart=counterpart_of(shop),
        kind=ORDERS.kind if webhook.is_order else webhook.topic,
        body=body,
        at=now,
        business_key=order_no,
        bucket=bucket,
        message_ref=webhook.webhook_ref,
        meta={"via": VIA_WEBHOOK, "shape": "rest", "topic": webhook.topic, "event": webhook.event_ref, "api": webhook.api_version},
        state=MessageState.DONE if bucket is None else MessageState.WAITING,
    )


def _order_no(webhook: Webhook, body: bytes) -> str:
    """The order a body is or names; empty when it is about none."""
    if not webhook.topic.startswith(ABOUT_ORDERS):
        return ""
    named = decode(_NAMED, body)
    if not webhook.is_order:
        return str(named.order_id or "")
    if not named.id:
        raise BadInput(Reason.FIELD_MISSING, "id")
    instant(named.updated_at or "", "updated_at")
    return str(named.id)


def _unread(shop: Shop, headers: Mapping[str, str], body: bytes, now: datetime) -> InboundMessage:
    """A message nobody may act on. Without the sender's reference: a forged one must not make the genuine one a duplicate."""
    topic = next((value for name, value in headers.items() if name.lower() == "x-shopify-topic"), "")
    kind = topic if topic.replace("/", "").replace("_", "").isalnum() and topic.isascii() else "unknown"
    return InboundMessage(
        counterpart=counterpart_of(shop), kind=kind[:80], body=body, at=now, meta={"via": VIA_WEBHOOK}, state=MessageState.SET_ASIDE
    )
