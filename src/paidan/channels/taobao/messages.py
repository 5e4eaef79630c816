"""The message service (TMC) by polling: what was said, which trades to read again. Messages come at least once and in any order.

Source: `taobao.tmc.messages.consume` and `.confirm`; content is a JSON text with `tid` as number or text.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from paidan.channels.china_time import china_instant
from paidan.channels.decoding import decode
from paidan.channels.taobao.client import TopClient
from paidan.channels.taobao.lines import ref_text
from paidan.channels.taobao.wire import Needed, Ref, Short
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import CallRecord, RecordedSilence

CONSUME: Final = "taobao.tmc.messages.consume"
CONFIRM: Final = "taobao.tmc.messages.confirm"
CONFIRM_MAX: Final = 200
ABOUT_TRADES: Final = ("taobao_trade_", "taobao_refund_", "taobao_modifyaddress_", "taobao_logistics_")


class PlatformMessage(Struct, frozen=True, kw_only=True):
    """One message as it came. `message_ref` is the same on every delivery; `order_no` empty: it is about no trade."""

    message_ref: str
    topic: str
    order_no: str
    published_at: datetime | None
    body: bytes

    def __repr__(self) -> str:
        return f"PlatformMessage(message_ref={self.message_ref!r}, topic={self.topic!r}, order_no={self.order_no!r})"


class Consumed(Struct, frozen=True, kw_only=True):
    """What one call brought. Confirm only what is kept."""

    messages: tuple[PlatformMessage, ...]
    record: CallRecord

    def order_nos(self) -> tuple[str, ...]:
        """The trades to read again, each once."""
        return tuple(dict.fromkeys([message.order_no for message in self.messages if message.order_no]))


class WireMessage(Struct):
    """A message on the wire; its content is JSON inside a text."""

    id: Ref
    topic: Needed
    pub_time: Short = None
    content: str | None = None


class Content(Struct):
    """The one thing that is read of a content."""

    tid: Ref = None


class Wrapped(Struct):
    """Lists are double wrapped."""

    tmc_message: list[Raw] = []


class ConsumeResult(Struct):
    """The result of a call."""

    messages: list[Raw] | Wrapped | None = None


_RESULT: Final = msgspec.json.Decoder(ConsumeResult)
_MESSAGE: Final = msgspec.json.Decoder(WireMessage)
_CONTENT: Final = msgspec.json.Decoder(Content)


class MessageService:
    """The message door of one application group."""

    def __init__(self, client: TopClient) -> None:
        self._client = client

    def consume(self, quantity: int = 100) -> Consumed:
        """Up to `quantity` (10–200) messages. They come again until confirmed."""
        answer = self._client.call(CONSUME, {"quantity": str(quantity)} | self._group())
        found = answer.read(_RESULT).messages
        rows = found.tmc_message if isinstance(found, Wrapped) else found or []
        try:
            return Consumed(messages=tuple([message_of(bytes(row)) for row in rows]), record=answer.record)
        except BadInput as error:
            raise RecordedSilence(f"{CONSUME}: a message is unreadable ({error})", record=answer.record) from error

    def confirm(self, message_refs: Sequence[str]) -> list[CallRecord]:
        """Tell the service that these are kept; 200 in a call. Confirming again is harmless."""
        ids = [ref.removeprefix("tmc:") for ref in message_refs]
        parts = [ids[at : at + CONFIRM_MAX] for at in range(0, len(ids), CONFIRM_MAX)]
        return [self._client.call(CONFIRM, {"s_message_ids": ",".join(part)} | self._group()).record for part in parts]

    def _group(self) -> dict[str, str]:
        group = self._client.access.message_group
        return {"group_name": group} if group else {}


def message_of(body: bytes) -> PlatformMessage:
    """A message from its JSON. Raises BadInput when it has no id or topic; an odd content only means that no trade is named."""
    found = decode(_MESSAGE, body)
    return PlatformMessage(
        message_ref=f"tmc:{ref_text(found.id, 'id')}",
        topic=found.topic,
        order_no=_order_no(found) if found.topic.startswith(ABOUT_TRADES) else "",
        published_at=_time(found.pub_time),
        body=body,
    )


def _order_no(found: WireMessage) -> str:
    try:
        return ref_text(decode(_CONTENT, (found.content or "").encode()).tid, "tid")
    except BadInput:
        return ""


def _time(text: str | None) -> datetime | None:
    try:
        return china_instant(text, "pub_time") if text else None
    except BadInput:
        return None
