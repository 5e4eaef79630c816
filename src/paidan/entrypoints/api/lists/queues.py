"""The queues: what waits for people, each a filter of the list of orders with its count. Counted by one statement, at most every two seconds."""

import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from paidan.entrypoints.api.lists.compose import EXACT_MAX, Question, read_question, run
from paidan.entrypoints.api.lists.kinds import Moment
from paidan.entrypoints.api.lists.order_tables import ORDERS
from paidan.entrypoints.api.people.caller import Caller
from paidan.kernel.reasons import WORDS, Reason
from paidan.orders.commands import AUDITORS_MAY
from paidan.runtime.database import Database

KEPT_S: Final = 2.0
SCOPES_MAX: Final = 200
BEFORE_SHIPPING: Final = "state:is:received|audited|backordered|sourced|released"
Both = tuple[str, str]

QUEUES: Final[Mapping[str, tuple[Both, tuple[str, ...]]]] = {
    "to_audit": (("待审单", "To audit"), ("hold:is:" + "|".join(sorted(AUDITORS_MAY - {Reason.ALREADY_SHIPPED})), BEFORE_SHIPPING)),
    "has_remark": (("有备注", "Has a remark"), ("has_remark:is:true", "state:is:received|audited|backordered|sourced")),
    "short_of_stock": (("缺货", "Short of stock"), ("state:is:backordered",)),
    "waiting_to_merge": (("等待合单", "Waiting to merge"), ("waits_to_merge:is:true",)),
    "overdue": (("超时未发", "Overdue"), ("is_overdue:is:true",)),
    "refund_requested": (("有退款申请", "Has a refund request"), ("asks_refund:is:true", "state:not:cancelled")),
    "to_print": (("待打印", "To print"), ("to_print:is:true",)),
    "unknown_answers": (("结果未知", "Unknown answers"), ("answer_unknown:is:true",)),
}
EXCEPTIONS: Final = tuple(
    Reason(word)
    for word in (
        "listing_unmapped bundle_without_parts address_unparsed address_undeliverable amounts_disagree payment_missing goods_off_sale "
        "goods_forbidden_here remark_unread amount_unusual duplicate_purchase rule_says_hold held_by_person edit_conflict "
        "platform_changed_after_release platform_forbids presale_balance_open refund_requested already_shipped warehouse_refused_recall "
        "nothing_to_ship"
    ).split()
)
"""Reasons of holds, each a queue of its own while anything waits for it."""


class QueueView(Struct, frozen=True, kw_only=True):
    """A queue: `filters` of the list of orders that show it; `count` is exact to ten thousand."""

    queue: str
    zh: str
    en: str
    count: int
    is_exact: bool
    filters: tuple[str, ...]


def _held_for(reason: Reason) -> tuple[Both, tuple[str, ...]]:
    return (WORDS[reason].zh, WORDS[reason].en), (f"hold:is:{reason}",)


ALL: Final = {**QUEUES, **{f"hold.{reason}": _held_for(reason) for reason in EXCEPTIONS}}


class QueueCounts:
    """Counts by what somebody sees, kept for two seconds: a hundred consoles cost what one does. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[object, tuple[float, datetime, list[QueueView]]] = {}

    def read(
        self, database: Database, caller: Caller, moment: Moment, *, not_before: datetime | None = None, is_stale: bool = False
    ) -> list[QueueView]:
        """All queues, and those of exceptions that are not empty. `not_before`: a count older than this will not do; `is_stale`: none will."""
        key = (caller.shops, caller.warehouses)
        with self._lock:
            if key in self._kept and not is_stale:
                at, now, kept = self._kept[key]
                if time.monotonic() - at < KEPT_S and (not_before is None or now >= not_before):
                    return kept
            counted = self._count(database, caller, moment)
            if len(self._kept) >= SCOPES_MAX:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), moment.now, counted)
            return counted

    def forget(self) -> None:
        """The next read counts anew."""
        with self._lock:
            self._kept.clear()

    @staticmethod
    def _count(database: Database, caller: Caller, moment: Moment) -> list[QueueView]:
        counts = [_counted(read_question(filters, "", caller, moment)).label(f"q{n}") for n, (_, filters) in enumerate(ALL.values())]
        with database.transaction() as tx:
            found = run(tx, sa.select(*counts)).fetchone()
        return [
            QueueView(queue=name, zh=zh, en=en, count=min(count, EXACT_MAX), is_exact=count <= EXACT_MAX, filters=filters)
            for (name, ((zh, en), filters)), count in zip(ALL.items(), found, strict=True)
            if count or name in QUEUES
        ]


def _counted(question: Question) -> sa.ScalarSelect[int]:
    some = sa.select(sa.literal_column("1")).select_from(ORDERS).where(*question.conditions).limit(sa.literal_column(str(EXACT_MAX + 1))).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()
