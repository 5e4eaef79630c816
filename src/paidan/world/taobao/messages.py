"""The message service (TMC), fetched by polling: at least once, in no order, again until confirmed.

Not sourced: how soon an unconfirmed message comes again; `REPEAT_AFTER` is our choice.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from paidan.world.faults import FaultDraw, share
from paidan.world.taobao.errors import invalid
from paidan.world.taobao.gateway import Call, china
from paidan.world.taobao.render import mask_name, open_uid, yuan
from paidan.world.taobao.state import Refund, Seller, State, Trade

REPEAT_AFTER = timedelta(minutes=1)
FIRST_ID = 2_104_300_000_000_000_000
DEFAULT_GROUP = "default"


@dataclass(slots=True)
class _Message:
    """A message not yet confirmed."""

    number: int
    seller: Seller
    topic: str
    content: str
    published_at: datetime
    repeats: int = 0  # further deliveries though confirmed: the duplicate fault
    fetched: int = 0


@dataclass(slots=True)
class _Queue:
    """The messages of one group: ready to be fetched, held back or fetched and waiting for a word."""

    ready: deque[int] = field(default_factory=deque)
    held: list[tuple[datetime, int]] = field(default_factory=list)

    def wake(self, now: datetime) -> None:
        """Make ready again what was held until now."""
        due = [number for at, number in self.held if at <= now]
        if due:
            self.held = [(at, number) for at, number in self.held if at > now]
            self.ready.extend(due)


class MessageService:
    """Messages of the sellers who allowed this application to have theirs."""

    def __init__(self, state: State, app_key: str, draw: FaultDraw) -> None:
        self.draw = draw
        self._state = state
        self._app_key = app_key
        self._topics: dict[str, frozenset[str]] = {}  # by shop; empty means all
        self._groups: dict[str, str] = {}  # by shop
        self._names: set[str] = {DEFAULT_GROUP}
        self._queues: dict[str, _Queue] = {DEFAULT_GROUP: _Queue()}
        self._messages: dict[int, _Message] = {}
        self._made = 0

    def tell(self, topic: str, trade: Trade, now: datetime, refund: Refund | None = None) -> None:
        """An event: a message, if the seller permitted the topic."""
        topics = self._topics.get(trade.shop.code)
        if topics is None or (topics and topic not in topics):
            return
        number = FIRST_ID + self._made
        self._made += 1
        seller = self._state.sellers[trade.shop.code]
        content = msgspec.json.encode(_content(trade, refund)).decode()
        message = _Message(number, seller, topic, content, now.replace(microsecond=0))
        name = f"tmc {topic} {trade.tid} {'' if refund is None else refund.refund_id} {trade.changes}"
        message.repeats = int(self.draw.hits("duplicate", name))
        self._messages[number] = message
        queue = self._queue(trade.shop.code)
        late_s = self.draw.delay_s(name)
        if late_s:
            queue.held.append((now + timedelta(seconds=late_s), number))
        else:
            queue.ready.append(number)
        if self.draw.hits("reorder", name) and len(queue.ready) > 1:
            queue.ready[-1], queue.ready[0] = queue.ready[0], queue.ready[-1]

    def next_due(self) -> datetime | None:
        """Nothing here happens by itself: a message only becomes fetchable."""
        return None

    # The calls.

    def permit(self, call: Call) -> dict[str, Any]:
        """`taobao.tmc.user.permit`."""
        self._topics[call.shop] = frozenset(topic for topic in call.parameters.get("topics", "").split(",") if topic)
        return {"is_success": True}

    def add_group(self, call: Call) -> dict[str, Any]:
        """`taobao.tmc.group.add`: messages of these sellers go to a group of their own from now on."""
        name = call.text("group_name")
        if name.startswith(DEFAULT_GROUP):
            raise invalid("group_name", "must not begin with default")
        by_nick = {seller.shop.name: code for code, seller in self._state.sellers.items()}
        nicks = call.text("nicks").split(",")
        if unknown := [nick for nick in nicks if nick not in by_nick]:
            raise invalid("nicks", f"{len(unknown)} of them not known here")
        self._queues.setdefault(name, _Queue())
        self._groups |= {by_nick[nick]: name for nick in nicks}
        return {"group_name": name, "created": china(call.now)}

    def consume(self, call: Call) -> dict[str, Any]:
        """`taobao.tmc.messages.consume`: up to `quantity` messages; each comes again later unless confirmed."""
        quantity = call.number("quantity", 100, least=10, most=200)
        queue = self._named(call)
        queue.wake(call.now)
        fetched: list[_Message] = []
        while queue.ready and len(fetched) < quantity:
            message = self._messages.get(queue.ready.popleft())
            if message is not None:
                message.fetched += 1
                queue.held.append((call.now + REPEAT_AFTER, message.number))
                fetched.append(message)
        fetched.sort(key=lambda message: share(self.draw.seed, message.number, message.fetched))
        return {"messages": {"tmc_message": [self._shown(message) for message in fetched]}} if fetched else {}

    def confirm(self, call: Call) -> dict[str, Any]:
        """`taobao.tmc.messages.confirm`: `s_message_ids` are done with, `f_message_ids` come again."""
        queue = self._named(call)
        call.text("s_message_ids")
        for number in call.numbers("s_message_ids", 200):
            message = self._messages.get(number)
            if message is None:
                continue
            if message.repeats:
                message.repeats -= 1
            else:
                del self._messages[number]
        failed = set(call.numbers("f_message_ids", 200))
        # What is done with leaves at once, so that the held list stays short.
        queue.held = [(call.now if number in failed else at, number) for at, number in queue.held if number in self._messages]
        return {"is_success": True}

    def _queue(self, shop: str) -> _Queue:
        return self._queues[self._groups.get(shop, DEFAULT_GROUP)]

    def _named(self, call: Call) -> _Queue:
        queue = self._queues.get(call.parameters.get("group_name") or DEFAULT_GROUP)
        if queue is None:
            raise invalid("group_name", "no such group")
        return queue

    def _shown(self, message: _Message) -> dict[str, Any]:
        return {
            "id": message.number,
            "topic": message.topic,
            "user_id": message.seller.user_id,
            "user_nick": message.seller.shop.name,
            "pub_app_key": self._app_key,
            "pub_time": china(message.published_at),
            "content": message.content,
        }


def _content(trade: Trade, refund: Refund | None) -> dict[str, Any]:
    """The keys all trade messages have, and those of a refund."""
    body: dict[str, Any] = {
        "buyer_nick": mask_name(trade.order.buyer),
        "buyer_open_uid": open_uid(trade.order.buyer),
        "payment": yuan(trade.payment_minor),
        "status": trade.status,
        "tid": trade.tid,
        "oid": trade.tid,
        "type": "cod" if trade.order.is_cod else "guarantee_trade",
        "seller_nick": trade.shop.name,
        "post_fee": yuan(trade.order.freight_minor),
    }
    if refund is None:
        return body
    return {
        "buyer_nick": body["buyer_nick"],
        "buyer_open_uid": body["buyer_open_uid"],
        "seller_nick": trade.shop.name,
        "tid": trade.tid,
        "oid": refund.line.oid,
        "refund_id": refund.refund_id,
        "refund_fee": yuan(refund.line.divided_minor),
        "refund_phase": "onsale",
        "bill_type": "refund_bill",
        "modified": china(refund.modified),
    }
