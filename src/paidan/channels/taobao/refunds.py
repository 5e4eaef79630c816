"""Refund cases: listing by modification time, and one case → PlatformRefund. The trade is read again beside it.

Source: metadata of `taobao.refunds.receive.get` and `taobao.refund.get`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from paidan.channels.amounts import fen
from paidan.channels.china_time import china_instant, china_text
from paidan.channels.decoding import decode, instant
from paidan.channels.facts import PlatformRefund, RefundStatus
from paidan.channels.platform import Known, PullPage, RawOrder, nothing_known
from paidan.channels.taobao.client import TopAnswer, TopClient
from paidan.channels.taobao.lines import REFUNDS, ref_text
from paidan.channels.taobao.windows import Window, WindowRules, following_length_s, is_too_wide, next_window, pages_to_read
from paidan.channels.taobao.wire import Flag, Needed, Number, Ref, Short, Total
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import RecordedSilence

LIST: Final = "taobao.refunds.receive.get"
FIELDS: Final = (
    "refund_id,tid,oid,status,order_status,good_status,has_good_return,refund_fee,payment,total_fee,num,num_iid,outer_id,company_name,sid,"
    "refund_phase,refund_version,dispute_type,created,modified"
)


class WireRefund(Struct):
    """A case on the wire."""

    status: Needed
    created: Needed
    modified: Needed
    refund_id: Ref = None
    tid: Ref = None
    oid: Ref = None
    refund_fee: Short = None
    num: Number | None = None
    refund_version: Number | None = None
    dispute_type: Short = None
    refund_phase: Short = None
    has_good_return: Flag = None
    company_name: Short = None
    sid: Short = None


class Case(Struct):
    """Enough to name a case."""

    modified: Needed
    refund_id: Ref = None
    tid: Ref = None


class Wrapped(Struct):
    """Lists are double wrapped."""

    refund: list[Raw] = []


class ListResult(Struct):
    """A page."""

    total_results: Total = 0
    refunds: list[Raw] | Wrapped | None = None


_LIST: Final = msgspec.json.Decoder(ListResult)
_CASE: Final = msgspec.json.Decoder(Case)
_REFUND: Final = msgspec.json.Decoder(WireRefund)


def parse_refund(body: bytes) -> PlatformRefund:
    """One case from its JSON. Raises BadInput with the field's path."""
    found = decode(_REFUND, body)
    return PlatformRefund(
        refund_ref=ref_text(found.refund_id, "refund_id"),
        platform_order_no=ref_text(found.tid, "tid"),
        line_ref=ref_text(found.oid or found.tid, "oid"),
        status=REFUNDS.get(found.status, RefundStatus.REQUESTED),
        version_at=china_instant(found.modified, "modified"),
        version_no=found.refund_version or 0,
        asked_at=china_instant(found.created, "created"),
        amount_minor=fen(found.refund_fee, "refund_fee"),
        quantity=found.num or 0,
        kind=found.dispute_type or "",
        phase=found.refund_phase or "",
        wants_goods_back=str(found.has_good_return).lower() in {"true", "1"},
        carrier=found.company_name or "",
        waybill_no=found.sid or "",
    )


class RefundPuller:
    """Reads refund cases of one shop; `business_key` of the raw cases is the refund's number, `meta["order_no"]` the trade to read again."""

    def __init__(self, client: TopClient, rules: WindowRules | None = None) -> None:
        self._client = client
        self._rules = rules or WindowRules()

    def start_cursor(self, at: datetime) -> str:
        """The cursor is the end of the last finished window."""
        return at.isoformat()

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """Window after window up to now, as for trades."""
        at = instant(cursor, "cursor")
        length_s = self._rules.length_s
        while window := next_window(at, now, self._rules, length_s):
            first = self._page(window, 1)
            if is_too_wide(window, first[1], self._rules):
                length_s = self._rules.length_s
                continue
            pages = 0
            done = self.start_cursor(window.end_at)
            for page_no, answer, rows in self._pages(window, first):
                pages = max(pages, page_no)
                cases = [_raw(answer, bytes(row)) for row in rows]
                kept = known({(case.business_key, case.version_at) for case in cases})
                fresh = [case for case in cases if (case.business_key, case.version_at) not in kept]
                yield PullPage(orders=tuple(fresh), cursor=done if page_no == 1 else cursor, records=(answer.record,))
            at, cursor = window.end_at, done
            length_s = following_length_s(length_s, pages, self._rules)

    def _pages(self, window: Window, first: tuple[TopAnswer, int, list[Raw]]) -> Iterator[tuple[int, TopAnswer, list[Raw]]]:
        answer, total, rows = first
        numbers = pages_to_read(total, self._rules.page_size)
        if len(numbers) <= 1:
            yield 1, answer, rows
            return
        for page_no in numbers:
            answer, _, rows = self._page(window, page_no)
            yield page_no, answer, rows

    def _page(self, window: Window, page_no: int) -> tuple[TopAnswer, int, list[Raw]]:
        asked = {
            "fields": FIELDS,
            "start_modified": china_text(window.start_at),
            "end_modified": china_text(window.end_at),
            "page_no": str(page_no),
            "page_size": str(self._rules.page_size),
        }
        answer = self._client.call(LIST, asked)
        page = answer.read(_LIST)
        return answer, page.total_results, page.refunds.refund if isinstance(page.refunds, Wrapped) else page.refunds or []


def _raw(answer: TopAnswer, body: bytes) -> RawOrder:
    try:
        case = decode(_CASE, body)
        return RawOrder(
            business_key=ref_text(case.refund_id, "refund_id"),
            body=body,
            version_at=china_instant(case.modified, "modified"),
            meta={"door": "pull", "kind": "refund", "order_no": ref_text(case.tid, "tid")},
        )
    except BadInput as error:
        raise RecordedSilence(f"{LIST}: a case has no readable numbers or time ({error})", record=answer.record) from error
