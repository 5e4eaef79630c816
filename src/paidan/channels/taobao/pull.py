"""Pulling changed trades: list a window from its last page to its first, then read each trade whole. Source: paging notes of the platform."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from paidan.channels.china_time import china_instant, china_text
from paidan.channels.decoding import instant
from paidan.channels.platform import Known, PullPage, RawOrder, Version, nothing_known
from paidan.channels.taobao.client import Answered, TopAnswer, TopCall, TopClient
from paidan.channels.taobao.lines import ref_text
from paidan.channels.taobao.windows import Window, WindowRules, following_length_s, is_too_wide, next_window, pages_to_read
from paidan.channels.taobao.wire import FIELDS, Needed, Ref, Total
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import CallRecord, RecordedFailure, RecordedRefusal, RecordedSilence, after

FULLINFO: Final = "taobao.trade.fullinfo.get"
GONE: Final = frozenset({"isv.trade-not-exist", "isv.trade-not-found"})
TYPES: Final = "fixed,auction,guarantee_trade,step,auto_delivery,ec,cod"


class Listing(Struct, frozen=True, kw_only=True):
    """One of the list methods and the names of its window."""

    method: str
    start: str
    end: str


CHANGED: Final = Listing(method="taobao.trades.sold.increment.get", start="start_modified", end="end_modified")
CREATED: Final = Listing(method="taobao.trades.sold.get", start="start_created", end="end_created")


class Row(Struct, frozen=True):
    """What a list is asked for, and enough of a whole trade to name it."""

    modified: Needed
    tid: Ref = None
    tid_str: Ref = None

    def version(self) -> Version:
        """Number and modification time. Raises BadInput."""
        return ref_text(self.tid_str or self.tid, "tid"), china_instant(self.modified, "modified")


class Rows(Struct):
    """Lists are double wrapped."""

    trade: list[Row] = []


class ListResult(Struct):
    """A page of a list."""

    total_results: Total = 0
    trades: list[Row] | Rows | None = None

    def rows(self) -> list[Row]:
        """The rows, whichever way they are wrapped."""
        return self.trades.trade if isinstance(self.trades, Rows) else self.trades or []


class FullResult(Struct):
    """A whole trade, still raw."""

    trade: Raw


_LIST: Final = msgspec.json.Decoder(ListResult)
_FULL: Final = msgspec.json.Decoder(FullResult)
_ROW: Final = msgspec.json.Decoder(Row)


class TaobaoPuller:
    """Reads trades of one shop."""

    def __init__(self, client: TopClient, rules: WindowRules | None = None, listing: Listing = CHANGED) -> None:
        self._client = client
        self._rules = rules or WindowRules()
        self._listing = listing

    def start_cursor(self, at: datetime) -> str:
        """The cursor is the end of the last finished window."""
        return at.isoformat()

    def pull(self, cursor: str, *, now: datetime, known: Known = nothing_known) -> Iterator[PullPage]:
        """Window after window up to now. The cursor moves with the last page of a window, so a failure repeats that window whole.

        The first call of a window counts: a grown one that takes more than a page is asked for again as short as recommended.
        """
        at = instant(cursor, "cursor")
        length_s = self._rules.length_s
        while window := next_window(at, now, self._rules, length_s):
            first = self._page(window, 1)
            if is_too_wide(window, first[0].total_results, self._rules):
                length_s = self._rules.length_s
                continue
            pages = 0
            done = self.start_cursor(window.end_at)
            for page_no, rows, record in self._pages(window, first):
                pages = max(pages, page_no)
                yield self._read(rows, known, (record,), done if page_no == 1 else cursor)
            at, cursor = window.end_at, done
            length_s = following_length_s(length_s, pages, self._rules)

    def read_orders(self, order_nos: Sequence[str]) -> PullPage:
        """These trades now."""
        return self._whole(order_nos, (), "")

    def _pages(self, window: Window, first: tuple[ListResult, CallRecord]) -> Iterator[tuple[int, list[Row], CallRecord]]:
        """The first call only counted, unless everything stands on its page."""
        page, record = first
        numbers = pages_to_read(page.total_results, self._rules.page_size)
        if len(numbers) <= 1:
            yield 1, page.rows(), record
            return
        for page_no in numbers:
            page, record = self._page(window, page_no)
            yield page_no, page.rows(), record

    def _page(self, window: Window, page_no: int) -> tuple[ListResult, CallRecord]:
        asked = {
            "fields": "tid,tid_str,modified,status",
            "type": TYPES,
            self._listing.start: china_text(window.start_at),
            self._listing.end: china_text(window.end_at),
            "page_no": str(page_no),
            "page_size": str(self._rules.page_size),
        }
        answer = self._client.call(self._listing.method, asked)
        return answer.read(_LIST), answer.record

    def _read(self, rows: Sequence[Row], known: Known, records: tuple[CallRecord, ...], cursor: str) -> PullPage:
        try:
            versions = {version[0]: version for version in map(Row.version, rows)}
        except BadInput as error:
            raise RecordedSilence(f"{self._listing.method}: a row is unreadable ({error})", record=records[-1]) from error
        kept = known(versions.values())
        return self._whole([tid for tid, version in versions.items() if version not in kept], records, cursor)

    def _whole(self, tids: Sequence[str], before: tuple[CallRecord, ...], cursor: str) -> PullPage:
        """The trades of these numbers. One that can't be had ends the page, unless the platform denies to know it."""
        answers = self._client.call_all([TopCall(method=FULLINFO, parameters=whole_trade(tid)) for tid in tids])
        refused = [
            (tid, answer.code) for tid, answer in zip(tids, answers, strict=True) if isinstance(answer, RecordedRefusal) and answer.code in GONE
        ]
        gone = dict(refused)
        failed = [answer for tid, answer in zip(tids, answers, strict=True) if isinstance(answer, RecordedFailure) and tid not in gone]
        records = [*before, *[_record(answer) for answer in answers if answer not in failed]]
        if failed:
            with after(records):
                raise failed[0]
        orders = tuple(raw_order(answer, {"door": "pull"}) for answer in answers if isinstance(answer, TopAnswer))
        return PullPage(orders=orders, cursor=cursor, records=tuple(records), refused=tuple(refused))


def _record(answer: Answered) -> CallRecord:
    return answer.record if isinstance(answer, TopAnswer) else answer.records[-1]


def whole_trade(tid: str) -> dict[str, str]:
    """The parameters that read a trade with its token for the masked receiver."""
    return {"tid": tid, "fields": FIELDS, "include_oaid": "true"}


def raw_order(answer: TopAnswer, meta: Mapping[str, str]) -> RawOrder:
    """The trade of a `fullinfo` answer, cut out verbatim."""
    body = bytes(answer.read(_FULL).trade)
    try:
        tid, modified_at = msgspec.json.decode(body, type=Row).version()
    except (BadInput, msgspec.MsgspecError, UnicodeDecodeError):
        raise RecordedSilence(f"{FULLINFO}: the trade has no readable number or time", record=answer.record) from None
    return RawOrder(business_key=tid, body=body, version_at=modified_at, meta=meta)
