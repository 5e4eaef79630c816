"""Every closed list that the API speaks, with its words in zh and en: for consoles and for people who write clients."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

from litestar import Router
from msgspec import Struct

from paidan.entrypoints.api.guard import SIGNED_IN
from paidan.entrypoints.api.kind_words import MESSAGE_KIND_WORDS, OUTBOX_KIND_WORDS
from paidan.entrypoints.api.order_reads import KINDS
from paidan.entrypoints.api.verbs import get
from paidan.kernel.reasons import WORDS, Reason
from paidan.kernel.states import DocumentState, FulfilmentState, LineKind, OrderState, ParcelState
from paidan.orders.story_words import FULFILMENT_WORDS, ORDER_WORDS, PARCEL_WORDS, STEP_WORDS, Both
from paidan.runtime.messages import MessageState
from paidan.runtime.outbox import OutboxState

DOCUMENT_WORDS: Final[Mapping[int, Both]] = {
    DocumentState.DRAFT: ("草稿", "draft"),
    DocumentState.RELEASED: ("已下发", "released"),
    DocumentState.ACCEPTED: ("已接单", "accepted"),
    DocumentState.PART_DONE: ("部分完成", "partly done"),
    DocumentState.DONE: ("已完成", "done"),
    DocumentState.REJECTED: ("已拒绝", "rejected"),
    DocumentState.CANCELLED: ("已取消", "cancelled"),
}
LINE_WORDS: Final[Mapping[str, Both]] = {
    LineKind.GOODS: ("商品", "goods"),
    LineKind.BUNDLE: ("组合装", "bundle"),
    LineKind.PART: ("组合装子件", "part of a bundle"),
    LineKind.GIFT: ("赠品", "gift"),
    LineKind.SERVICE: ("服务", "service"),
}
MESSAGE_WORDS: Final[Mapping[int, Both]] = {
    MessageState.WAITING: ("待处理", "waiting"),
    MessageState.DONE: ("已处理", "done"),
    MessageState.SET_ASIDE: ("已隔离", "set aside"),
    MessageState.DUPLICATE: ("重复", "duplicate"),
}
OUTBOX_WORDS: Final[Mapping[int, Both]] = {
    OutboxState.PENDING: ("待发送", "pending"),
    OutboxState.SENDING: ("发送中", "sending"),
    OutboxState.DONE: ("已完成", "done"),
    OutboxState.UNKNOWN: ("结果未知", "unknown"),
    OutboxState.DEAD: ("已放弃", "given up"),
}
EXCEPTION_WORDS: Final[Mapping[str, Both]] = dict(
    zip(
        KINDS,
        (("挂起", "hold"), ("缺货", "backordered"), ("报文隔离", "message set aside"), ("发送失败", "call given up"), ("结果未知", "result unknown")),
        strict=True,
    )
)


class Word(Struct, frozen=True, kw_only=True):
    """One value of a list; `next_zh` and `next_en` say what to do about a reason."""

    code: str
    zh: str
    en: str
    next_zh: str = ""
    next_en: str = ""


def _named(states: type[IntEnum], words: Mapping[int, Both]) -> list[Word]:
    return [Word(code=state.name.lower(), zh=words[state][0], en=words[state][1]) for state in states]


def _told(words: Mapping[Any, Both]) -> list[Word]:
    return [Word(code=str(code), zh=zh, en=en) for code, (zh, en) in words.items()]


def all_words() -> dict[str, list[Word]]:
    """Lists by subject."""
    return {
        "order_state": _named(OrderState, ORDER_WORDS),
        "fulfilment_state": _named(FulfilmentState, FULFILMENT_WORDS),
        "parcel_state": _named(ParcelState, PARCEL_WORDS),
        "document_state": _named(DocumentState, DOCUMENT_WORDS),
        "message_state": _named(MessageState, MESSAGE_WORDS),
        "message_kind": _told(MESSAGE_KIND_WORDS),
        "outbox_state": _named(OutboxState, OUTBOX_WORDS),
        "outbox_kind": _told(OUTBOX_KIND_WORDS),
        "line_kind": _told(LINE_WORDS),
        "exception_kind": _told(EXCEPTION_WORDS),
        "step": _told(STEP_WORDS),
        "reason": [Word(code=r, zh=w.zh, en=w.en, next_zh=w.next_zh, next_en=w.next_en) for r, w in ((r, WORDS[r]) for r in Reason)],
    }


@get("/words", opt=SIGNED_IN, sync_to_thread=False, summary="Words of all closed lists", tags=["words"])
def get_words() -> dict[str, list[Word]]:
    """States, kinds, steps and reasons with their words in both languages."""
    return all_words()


ROUTER = Router("/", route_handlers=[get_words])
