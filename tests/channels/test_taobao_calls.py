import hmac
import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import pytest
from msgspec import structs

from channels.platform_server import Got, PlatformServer, Said, top, top_error
from channels.taobao_trades import body, line, trade
from paidan.channels.china_time import CHINA
from paidan.channels.facts import RefundStatus
from paidan.channels.platform import ListingQuantity, ParcelLine, PlatformParcel, Version
from paidan.channels.taobao.client import TopAccess, TopAnswer, TopCall, TopClient
from paidan.channels.taobao.merge import Candidate, merge_groups
from paidan.channels.taobao.messages import MessageService
from paidan.channels.taobao.orders import parse
from paidan.channels.taobao.pull import FULLINFO, TaobaoPuller
from paidan.channels.taobao.refunds import RefundPuller, parse_refund
from paidan.channels.taobao.ship import BY_PART, OFFLINE, ONLINE, RESEND, TaobaoShipper
from paidan.channels.taobao.sign import sign
from paidan.channels.taobao.stock import TaobaoStock, difference_calls, full_calls
from paidan.channels.taobao.windows import Window, WindowRules, following_length_s, next_window, pages_to_read
from paidan.kernel.errors import AnswerUnknown, BadInput, CallLater, CallRefused, CounterpartError
from paidan.runtime.calling import RecordedFailure
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpCaller

LIST = "taobao.trades.sold.increment.get"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
VECTOR = {
    "app_key": "12345678",
    "fields": "num_iid,title,nick,price,num",
    "format": "json",
    "method": "taobao.item.seller.get",
    "num_iid": "11223344",
    "session": "test",
    "timestamp": "2016-01-01 12:00:00",
    "v": "2.0",
}
INCREMENT = {
    "app_key": "12345678",
    "end_modified": "2026-01-01 12:00:00",
    "fields": "tid,status,modified,orders",
    "format": "json",
    "method": LIST,
    "page_no": "1",
    "page_size": "50",
    "session": "test-session",
    "start_modified": "2026-01-01 11:30:00",
    "timestamp": "2026-01-01 12:00:00",
    "use_has_next": "true",
    "v": "2.0",
}


@pytest.mark.parametrize(
    ("parameters", "method", "expected"),
    [
        (VECTOR, "md5", "66987CB115214E59E6EC978214934FB8"),
        (VECTOR, "hmac", "D56D7858309C31B6251083A874D48273"),
        (VECTOR, "hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
        (INCREMENT, "md5", "37ED93C8A1671D9DFA5F7C23F12222D7"),
    ],
)
def test_signatures_match_the_published_vectors(parameters: dict[str, str], method: str, expected: str) -> None:
    assert sign("helloworld", parameters | {"sign_method": method}) == expected


def test_an_unknown_way_to_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="sign_method"):
        sign("s", VECTOR | {"sign_method": "crc32"})


def test_a_call_is_signed_and_both_sides_are_kept(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: top("taobao.trade.close", {"trade": {"tid": 1}})
    answer = top_client.call("taobao.trade.close", {"tid": "1", "close_reason": "买家不想买了"})
    form = platform.got[0].form
    assert form["sign"] == sign("app-secret", {name: value for name, value in form.items() if name != "sign"})
    assert (form["timestamp"], form["session"], form["close_reason"]) == ("2026-03-02 12:00:00", "shop-session", "买家不想买了")
    assert answer.record.request == platform.got[0].body
    assert b"trade_close_response" in answer.record.answer
    assert "app-secret" not in repr(top_client.access)
    assert "shop-session" not in repr(top_client.access) + repr(answer.record)


@pytest.mark.parametrize(
    ("said", "kind", "code", "retry_after_s"),
    [
        (
            top_error(7, "accesscontrol.limited-by-app-access-count", "This ban will last for 3 more seconds"),
            CallLater,
            "accesscontrol.limited-by-app-access-count",
            3.0,
        ),
        (top_error(7), CallLater, "7", None),
        (top_error(15, "isp.top-remote-service-unavailable"), CallLater, "isp.top-remote-service-unavailable", None),
        (top_error(15, "isp.top-remote-connection-timeout"), AnswerUnknown, "isp.top-remote-connection-timeout", None),
        (top_error(15), AnswerUnknown, "15", None),
        (top_error(15, "isv.trade-not-exist", "交易不存在 张三 13812345678"), CallRefused, "isv.trade-not-exist", None),
        (top_error(25), CallRefused, "25", None),
        (top_error(27), CallRefused, "27", None),
        (Said(b"<error_response/>"), AnswerUnknown, "", None),
        (Said(b""), AnswerUnknown, "", None),
        (Said(b'{"another_response":{}}'), AnswerUnknown, "", None),
        (Said(b'{"error_response":{"code":[]}}'), AnswerUnknown, "", None),
        (Said(b"oops", 502), AnswerUnknown, "http_502", None),
        (Said(b"slow down", 429, (("retry-after", "2.0"),)), CallLater, "http_429", 2.0),
        (Said(b"no", 403), CallRefused, "http_403", None),
        (None, AnswerUnknown, "", None),
    ],
)
def test_each_failure_has_its_kind(
    platform: PlatformServer, top_client: TopClient, said: Said | None, kind: type[CounterpartError], code: str, retry_after_s: float | None
) -> None:
    platform.answer = lambda _got: said
    with pytest.raises(kind) as failure:
        top_client.call("taobao.trade.close", {"tid": "1"})
    assert (failure.value.code, failure.value.retry_after_s) == (code, retry_after_s)
    assert "张三" not in str(failure.value)
    record = failure.value.records[-1]
    assert record.method == "taobao.trade.close"
    assert record.request == platform.got[0].body
    assert record.answer == (said.body if said else b"")


def test_calls_go_together_signed_once_and_are_kept_one_by_one(platform: PlatformServer, top_client: TopClient) -> None:
    """The signature of the batch gateway, computed here by hand as the platform's Java SDK computes it."""
    platform.answer = lambda got: top(got.form["method"], {"tid": int(got.form["tid"])})
    answers = top_client.call_all([TopCall(method="taobao.trade.close", parameters={"tid": str(n), "close_reason": "不想买了"}) for n in range(45)])
    assert [json.loads(answer.result)["tid"] for answer in answers if isinstance(answer, TopAnswer)] == list(range(45))
    assert [len(got.parts()) for got in platform.requests] == [20, 20, 5]
    first = platform.requests[0]
    assert first.path.partition("?")[0] == "/router/batch"
    assert first.headers["content-type"].startswith("text/plain")
    common = {name: value for name, value in first.query.items() if name != "sign"}
    text = "".join(name + common[name] for name in sorted(common)).encode() + first.body
    assert first.query["sign"] == hmac.new(b"app-secret", text, "sha256").hexdigest().upper()
    assert common["session"] == "shop-session"
    kept = dict(parse_qsl(answers[21].record.request.decode())) if isinstance(answers[21], TopAnswer) else {}
    assert (kept["tid"], kept["method"], kept["app_key"]) == ("21", "taobao.trade.close", "12345678")


def test_one_call_of_several_fails_alone(platform: PlatformServer, top_client: TopClient) -> None:
    errors = {"1": top_error(15, "isv.trade-not-exist"), "2": top_error(7), "3": Said(b"<html>")}
    platform.answer = lambda got: errors.get(got.form["tid"], top("taobao.trade.close", {}))
    answers = top_client.call_all([TopCall(method="taobao.trade.close", parameters={"tid": str(n)}) for n in range(5)])
    kinds = [TopAnswer, CallRefused, CallLater, AnswerUnknown, TopAnswer]
    assert all(isinstance(answer, kind) for answer, kind in zip(answers, kinds, strict=True))
    assert [answer.records[-1].method for answer in answers if isinstance(answer, CounterpartError)] == ["taobao.trade.close"] * 3


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        (None, AnswerUnknown, ""),
        (Said(b"oops", 502), AnswerUnknown, "http_502"),
        (Said(b"slow down", 429), CallLater, "http_429"),
        (top_error(25), CallRefused, "25"),
        (top_error(7), CallLater, "7"),
        (Said(b"{}"), AnswerUnknown, ""),
        (Said(b"{}\r\n-S-\r\n{}"), AnswerUnknown, ""),
        (top("taobao.trade.close", {}), AnswerUnknown, ""),  # a success, but of which of them?
    ],
)
def test_what_befalls_a_batch_befalls_each_of_its_calls(
    platform: PlatformServer, top_client: TopClient, said: Said | None, kind: type[CounterpartError], code: str
) -> None:
    platform.answer_each = lambda _calls: said  # type: ignore[method-assign]
    answers = top_client.call_all([TopCall(method="taobao.trade.close", parameters={"tid": str(n)}) for n in range(3)])
    assert [isinstance(answer, kind) for answer in answers] == [True] * 3
    assert [answer.code for answer in answers if isinstance(answer, CounterpartError)] == [code] * 3
    forms = [dict(parse_qsl(answer.records[-1].request.decode())) for answer in answers if isinstance(answer, RecordedFailure)]
    assert [form["tid"] for form in forms] == ["0", "1", "2"]
    assert {answer.records[-1].answer for answer in answers if isinstance(answer, RecordedFailure)} == {said.body if said else b""}


@pytest.mark.parametrize(("url", "at_once"), [("/router/rest", 1), ("/gateway", 20)])
def test_calls_go_one_by_one_where_batches_are_not_known(platform: PlatformServer, caller: HttpCaller, url: str, at_once: int) -> None:
    access = TopAccess(url=platform.url + url, app_key="12345678", app_secret="app-secret", session="shop-session", calls_at_once=at_once)
    platform.answer = lambda got: top(got.form["method"], {})
    TopClient(access, caller, FixedClock(NOW)).call_all([TopCall(method="taobao.trade.close", parameters={"tid": str(n)}) for n in range(3)])
    assert [got.path for got in platform.requests] == [url] * 3


def test_a_gateway_that_is_not_there_was_surely_not_reached(top_client: TopClient, platform: PlatformServer) -> None:
    platform.close()
    with pytest.raises(CallLater):
        top_client.call("taobao.trade.close", {})


RULES = WindowRules(length_s=1800, overlap_s=300, lag_s=5, page_size=2)


@pytest.mark.parametrize(
    ("cursor_ago_s", "expected_s"),
    [
        (7200, (-7500, -5700)),  # far behind: a full window, reaching back over the cursor
        (60, (-360, -5)),  # near: up to now less the lag
        (5, None),
        (0, None),
        (-3600, None),  # a cursor of the future
    ],
)
def test_windows_overlap_and_stop_short_of_now(cursor_ago_s: int, expected_s: tuple[int, int] | None) -> None:
    window = next_window(NOW - timedelta(seconds=cursor_ago_s), NOW, RULES)
    expected = Window(start_at=NOW + timedelta(seconds=expected_s[0]), end_at=NOW + timedelta(seconds=expected_s[1])) if expected_s else None
    assert window == expected


def test_windows_leave_no_gap_and_end() -> None:
    cursor, reached, count = NOW - timedelta(hours=5), NOW - timedelta(hours=5), 0
    while window := next_window(cursor, NOW, RULES):
        assert window.start_at <= reached < window.end_at
        assert window.end_at - window.start_at <= timedelta(seconds=1800)
        cursor = reached = window.end_at
        count += 1
    assert (reached, count) == (NOW - timedelta(seconds=5), 12)


@pytest.mark.parametrize(
    ("length_s", "pages", "expected_s"), [(1800, 0, 3600), (3600, 1, 7200), (43_200, 1, 43_200), (7200, 2, 1800), (1800, 9, 1800)]
)
def test_a_window_that_stood_on_a_page_is_followed_by_one_twice_as_long(length_s: int, pages: int, expected_s: int) -> None:
    assert following_length_s(length_s, pages, RULES) == expected_s


def test_pages_are_read_from_the_last() -> None:
    assert list(pages_to_read(101, 50)) == [3, 2, 1]
    assert list(pages_to_read(0, 50)) == []


class Gateway:
    """The list and the whole trades of a shop, as the platform keeps them: sorted newest first, by modification."""

    def __init__(self, count: int, *, end: datetime = NOW) -> None:
        self.modified = {1000 + n: end - timedelta(seconds=20 + n) for n in range(count)}
        self.calls = 0
        self.change_after: dict[int, int] = {}  # after the n-th call this trade changes (and leaves the window)
        self.fail: dict[str, Said] = {}  # by tid

    def text(self, tid: int) -> str:
        return self.modified[tid].astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")

    def __call__(self, got: Got) -> Said:
        self.calls += 1
        form = got.form
        said = self._list(form) if form["method"] == LIST else self._whole(form["tid"])
        if tid := self.change_after.get(self.calls):
            self.modified[tid] = NOW + timedelta(seconds=self.calls)
        return said

    def inside(self, form: dict[str, str]) -> tuple[int, list[int]]:
        """How many the window of a list has, and which stand on the page that is asked for."""
        inside = [tid for tid in self.modified if form["start_modified"] <= self.text(tid) <= form["end_modified"]]
        inside.sort(key=lambda tid: self.modified[tid], reverse=True)
        size, page = int(form["page_size"]), int(form["page_no"])
        return len(inside), inside[(page - 1) * size : page * size]

    def _list(self, form: dict[str, str]) -> Said:
        total, tids = self.inside(form)
        rows = [{"tid": tid, "modified": self.text(tid)} for tid in tids]
        return top(LIST, {"total_results": total} | ({"trades": {"trade": rows}} if rows else {}))

    def _whole(self, tid: str) -> Said:
        return self.fail.get(tid) or top(FULLINFO, {"trade": trade(tid=int(tid), modified=self.text(int(tid)), tid_str=tid)})


def puller(client: TopClient) -> TaobaoPuller:
    return TaobaoPuller(client, RULES)


def start(seconds: int = 600) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


def test_a_pull_brings_whole_trades_verbatim(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = Gateway(3)
    pages = list(puller(top_client).pull(start(), now=NOW))
    orders = [order for page in pages for order in page.orders]
    assert sorted(order.business_key for order in orders) == ["1000", "1001", "1002"]
    whole = next(got for got in platform.got if got.form["method"] == FULLINFO)
    assert "oaid" in whole.form["fields"]
    assert parse(orders[0].body).platform_order_no == orders[0].business_key
    assert parse(orders[0].body).version_at == orders[0].version_at
    assert any(orders[0].body in record.answer for page in pages for record in page.records)
    assert pages[-1].cursor == (NOW - timedelta(seconds=5)).isoformat()
    assert {page.cursor for page in pages[:-1]} <= {start()}


@pytest.mark.parametrize("changed", range(1000, 1007))
@pytest.mark.parametrize("after_call", [1, 2, 4, 6])
def test_no_trade_is_lost_while_the_list_moves(platform: PlatformServer, top_client: TopClient, changed: int, after_call: int) -> None:
    gateway = Gateway(7)
    gateway.change_after = {after_call: changed}
    platform.answer = gateway
    seen = {order.business_key for page in puller(top_client).pull(start(), now=NOW) for order in page.orders}
    assert {str(tid) for tid in gateway.modified} - seen <= {str(changed)}  # the changed one stands in the next window


def test_a_quiet_day_is_caught_up_with_in_a_few_calls_a_busy_hour_by_short_windows(platform: PlatformServer, top_client: TopClient) -> None:
    gateway = Gateway(5, end=NOW - timedelta(hours=10))
    platform.answer = gateway
    pages = list(puller(top_client).pull(start(24 * 3600), now=NOW))
    forms = [got.form for got in platform.got if got.form["method"] == LIST]
    asked = list(dict.fromkeys((form["start_modified"], form["end_modified"]) for form in forms))
    lengths = [datetime.fromisoformat(end) - datetime.fromisoformat(since) for since, end in asked]
    assert max(lengths) <= timedelta(hours=12)
    # Twice as long each time; those that take in the five (the 16, and two of the 8) are left unread and asked for anew from their begin.
    expected = [1, 2, 4, 8, 16, 1, 2, 4, 8, 1, 2, 4, 8, 1, 1, 2, 4, 8, 5]
    assert [length // timedelta(minutes=30) for length in lengths] == expected
    assert all(end >= since for (_, end), (since, _) in pairwise(asked))
    read = {(form["start_modified"], form["end_modified"]) for form in forms if form["page_no"] != "1"}
    assert [length // timedelta(minutes=30) for window, length in zip(asked, lengths, strict=True) if window in read] == [1]
    assert {order.business_key for page in pages for order in page.orders} == {str(tid) for tid in gateway.modified}
    assert pages[-1].cursor == (NOW - timedelta(seconds=5)).isoformat()


@pytest.mark.parametrize("failing", ["1000", "1003", "1004"])
def test_the_cursor_stays_until_every_trade_of_the_window_is_read(platform: PlatformServer, top_client: TopClient, failing: str) -> None:
    gateway = Gateway(5)
    gateway.fail = {failing: top_error(15, "isp.top-remote-connection-timeout")}
    platform.answer = gateway
    pages = []
    with pytest.raises(AnswerUnknown) as failure:
        pages.extend(puller(top_client).pull(start(), now=NOW))
    assert all(page.cursor == start() for page in pages)
    assert failure.value.records[-1].method == FULLINFO


def test_a_trade_the_platform_denies_is_reported_and_passed(platform: PlatformServer, top_client: TopClient) -> None:
    gateway = Gateway(2)
    gateway.fail = {"1001": top_error(15, "isv.trade-not-exist")}
    platform.answer = gateway
    pages = list(puller(top_client).pull(start(), now=NOW))
    assert [page.refused for page in pages] == [(("1001", "isv.trade-not-exist"),)]
    assert pages[-1].cursor != start()


def test_versions_that_are_kept_already_are_not_read_again(platform: PlatformServer, top_client: TopClient) -> None:
    gateway = Gateway(4)
    platform.answer = gateway
    kept: set[Version] = {("1000", gateway.modified[1000]), ("1001", gateway.modified[1001] - timedelta(seconds=1))}

    def known(versions: Collection[Version]) -> set[Version]:
        return kept & set(versions)

    seen = {order.business_key for page in puller(top_client).pull(start(), now=NOW, known=known) for order in page.orders}
    assert seen == {"1001", "1002", "1003"}


def test_named_trades_are_read_now(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = Gateway(3)
    page = puller(top_client).read_orders(["1002", "1000"])
    assert [order.business_key for order in page.orders] == ["1002", "1000"]
    assert page.cursor == ""


def test_an_incredible_total_is_not_believed(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: top(LIST, {"total_results": 10**12})
    with pytest.raises(AnswerUnknown):
        list(puller(top_client).pull(start(), now=NOW))


def tmc(*messages: dict[str, Any]) -> Said:
    return top("taobao.tmc.messages.consume", {"messages": {"tmc_message": list(messages)}})


def test_messages_name_the_trades_to_read_once_each(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: tmc(
        {"id": 1, "topic": "taobao_trade_TradeBuyerPay", "pub_time": "2026-03-02 11:59:00", "content": '{"tid":7,"payment":"30.36"}'},
        {"id": 2, "topic": "taobao_refund_RefundCreated", "content": '{"tid":"7","refund_id":9}'},
        {"id": 3, "topic": "taobao_item_ItemStockChanged", "content": '{"num_iid":5,"tid":8}'},
        {"id": 4, "topic": "taobao_trade_TradeMemoModified", "content": "not json"},
        {"id": 5, "topic": "taobao_trade_TradeSuccess", "content": '{"tid":10}'},
    )
    consumed = MessageService(top_client).consume()
    assert consumed.order_nos() == ("7", "10")
    assert [message.message_ref for message in consumed.messages] == ["tmc:1", "tmc:2", "tmc:3", "tmc:4", "tmc:5"]
    assert consumed.messages[0].published_at == datetime(2026, 3, 2, 3, 59, tzinfo=UTC)
    assert all(message.body in consumed.record.answer for message in consumed.messages)


def test_no_messages_is_an_empty_answer(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: top("taobao.tmc.messages.consume", {})
    assert MessageService(top_client).consume().messages == ()


def test_confirmations_go_by_two_hundred(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: top("taobao.tmc.messages.confirm", {"is_success": True})
    MessageService(top_client).confirm([f"tmc:{n}" for n in range(450)])
    assert [len(got.form["s_message_ids"].split(",")) for got in platform.got] == [200, 200, 50]
    assert "tmc" not in platform.got[0].form["s_message_ids"]


REFUND = {
    "refund_id": "5001",
    "tid": 1000,
    "oid": 1001,
    "status": "WAIT_SELLER_AGREE",
    "created": "2026-03-02 10:00:00",
    "modified": "2026-03-02 10:00:01",
    "refund_fee": "103.00",
    "num": 2,
    "refund_version": 1772416801000,
    "has_good_return": False,
    "dispute_type": "REFUND",
}


def test_refund_cases_are_pulled_and_read(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: top("taobao.refunds.receive.get", {"total_results": 1, "refunds": {"refund": [REFUND]}})
    (page,) = RefundPuller(top_client, RULES).pull(start(), now=NOW)
    (raw,) = page.orders
    assert (raw.business_key, raw.meta["order_no"]) == ("5001", "1000")
    case = parse_refund(raw.body)
    assert (case.status, case.amount_minor, case.line_ref, case.version_no) == (RefundStatus.REQUESTED, 10300, "1001", 1772416801000)
    with pytest.raises(BadInput):
        parse_refund(raw.body.replace(b"103.00", b"1e3"))


@pytest.mark.parametrize("which", ["trades", "refunds"])
def test_a_peak_after_a_quiet_day_is_read_by_short_windows(platform: PlatformServer, top_client: TopClient, which: str) -> None:
    """A window that grew while nothing happened would take in all of the peak: no pull could stop before it was read whole."""
    gateway = Gateway(0)
    gateway.modified = {1000 + n: NOW - timedelta(seconds=90 * n + 20) for n in range(120)}  # three hours of it

    def case(tid: int) -> dict[str, Any]:
        return REFUND | {"refund_id": str(tid), "modified": gateway.text(tid)}

    def cases(got: Got) -> Said:
        total, found = gateway.inside(got.form)
        return top(got.form["method"], {"total_results": total, "refunds": {"refund": [case(tid) for tid in found]}})

    platform.answer = gateway if which == "trades" else cases
    reader = puller(top_client) if which == "trades" else RefundPuller(top_client, RULES)
    pages = list(reader.pull(start(24 * 3600), now=NOW))
    assert {order.business_key for page in pages for order in page.orders} == {str(tid) for tid in gateway.modified}
    forms = [got.form for got in platform.got if "page_no" in got.form and got.form["page_no"] != "1"]
    lengths = {datetime.fromisoformat(form["end_modified"]) - datetime.fromisoformat(form["start_modified"]) for form in forms}
    assert max(lengths) <= timedelta(minutes=30)


def parcel(*lines: ParcelLine, **fields: Any) -> PlatformParcel:
    told: dict[str, Any] = {"order_no": "1000", "waybill_no": "SF123", "carrier": "SF", "lines": lines}
    return PlatformParcel(**(told | fields))


WHOLE = ParcelLine(line_ref="71", quantity=2, quantity_ordered=2)
PART = ParcelLine(line_ref="72", quantity=1, quantity_ordered=3)
REST = ParcelLine(line_ref="72", quantity=2, quantity_ordered=3, quantity_told=1)
SHIPPED = {"shipping": {"is_success": True}}


def shipped(got: Got) -> Said:
    method = got.form["method"]
    if method == FULLINFO:
        return top(FULLINFO, {"trade": {"tid": 1000, "orders": {"order": [line(1, oid=71), line(2, oid=72, invoice_no="SF1")]}}})
    return top(method, {"result": {"success": True}} if method == BY_PART else SHIPPED)


@pytest.mark.parametrize(
    ("told", "methods", "expected"),
    [
        (parcel(WHOLE, is_whole_order=True), [OFFLINE], [{"sub_tid": None, "is_split": None, "out_sid": "SF123", "company_code": "SF"}]),
        (parcel(WHOLE), [OFFLINE], [{"sub_tid": "71", "is_split": "1"}]),
        (parcel(WHOLE, is_whole_order=True, is_cod=True), [ONLINE], [{"tid": "1000"}]),
        (parcel(PART), [FULLINFO, BY_PART], [{}, {"consign_type": "1", "consign_status": '{"sub_tid":"72","is_part_consign":true}'}]),
        (parcel(REST), [FULLINFO, BY_PART], [{}, {"consign_status": '{"sub_tid":"72","is_part_consign":false}'}]),
        (parcel(WHOLE, PART), [OFFLINE, FULLINFO, BY_PART], [{"sub_tid": "71"}, {}, {"tid": "1000"}]),
    ],
)
def test_a_parcel_is_told_by_the_call_that_fits(
    platform: PlatformServer, top_client: TopClient, told: PlatformParcel, methods: list[str], expected: list[dict[str, str | None]]
) -> None:
    platform.answer = shipped
    done = TaobaoShipper(top_client).ship(told)
    assert platform.methods() == methods
    assert not done.was_known
    assert len(done.records) == len(methods)
    for got, fields in zip(platform.got, expected, strict=True):
        assert {name: got.form.get(name) for name in fields} == fields


def test_parcels_are_told_together_and_each_has_its_own_fate(platform: PlatformServer, top_client: TopClient) -> None:
    """Of four parcels in one request: taken, told before, refused; the fourth is a part of a line and goes by itself."""

    def answer(got: Got) -> Said:
        trade, method = got.form["tid"], got.form["method"]
        if method == FULLINFO:
            return top(
                FULLINFO, {"trade": {"tid": int(trade), "orders": {"order": [line(1, oid=71, invoice_no="SF123" if trade == "1001" else "")]}}}
            )
        return top_error(15, "isv.logistics-offline-service-error:B04") if trade in {"1001", "1002"} else shipped(got)

    platform.answer = answer
    parcels = [structs.replace(parcel(WHOLE), order_no=str(1000 + n)) for n in range(3)]
    outcomes = TaobaoShipper(top_client).ship_all([*parcels, structs.replace(parcel(PART), order_no="1003")])
    assert [len(got.parts()) for got in platform.requests] == [3, 1, 1, 1, 1]
    assert [getattr(outcome, "was_known", "refused") for outcome in outcomes] == [False, True, "refused", False]
    methods = [[record.method for record in outcome.records] for outcome in outcomes]
    assert methods == [[OFFLINE], [OFFLINE, FULLINFO], [OFFLINE, FULLINFO], [FULLINFO, BY_PART]]


def test_a_part_of_a_line_names_its_goods(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = shipped
    TaobaoShipper(top_client).ship(parcel(PART))
    (box,) = json.loads(platform.got[1].form["consign_pkgs"])
    assert box == {"out_sid": "SF123", "company_code": "SF", "goods": [{"sub_tid": "72", "item_type": 0, "num": 1}]}


def already(waybill_no: str) -> Any:
    def answer(got: Got) -> Said:
        if got.form["method"] == FULLINFO:
            return top(FULLINFO, {"trade": {"tid": 1000, "orders": {"order": [line(1, oid=71, invoice_no=waybill_no)]}}})
        return top_error(15, "isv.logistics-offline-service-error:B04", "订单已发货")

    return answer


def test_a_parcel_told_before_is_done(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = already("SF123")
    told = TaobaoShipper(top_client).ship(parcel(WHOLE))
    assert told.was_known
    assert [record.method for record in told.records] == [OFFLINE, FULLINFO]


def test_a_part_told_before_is_not_sent_twice(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = already("SF122,SF123")
    assert TaobaoShipper(top_client).ship(parcel(ParcelLine(line_ref="71", quantity=1, quantity_ordered=3))).was_known
    assert platform.methods() == [FULLINFO]


def test_a_line_shipped_with_another_waybill_is_a_refusal(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = already("SF1234")
    with pytest.raises(CallRefused) as refusal:
        TaobaoShipper(top_client).ship(parcel(WHOLE))
    assert refusal.value.code.startswith("isv.logistics")
    assert [record.method for record in refusal.value.records] == [OFFLINE, FULLINFO]


def test_a_no_inside_a_success_is_a_refusal(platform: PlatformServer, top_client: TopClient) -> None:
    open_trade = {"tid": 1000, "orders": {"order": [line(1, oid=71)]}}
    platform.answer = lambda got: top(
        got.form["method"], {"trade": open_trade} if got.form["method"] == FULLINFO else {"shipping": {"is_success": False}}
    )
    with pytest.raises(CallRefused):
        TaobaoShipper(top_client).ship(parcel(WHOLE))


def test_a_refusal_that_cannot_be_looked_into_is_asked_again(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda got: None if got.form["method"] == FULLINFO else already("SF123")(got)
    with pytest.raises(AnswerUnknown) as silence:
        TaobaoShipper(top_client).ship(parcel(WHOLE))
    assert [record.method for record in silence.value.records] == [OFFLINE, FULLINFO]


def test_a_silence_is_not_taken_for_a_refusal(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: None
    with pytest.raises(AnswerUnknown):
        TaobaoShipper(top_client).ship(parcel(WHOLE))
    assert platform.methods() == [OFFLINE]


def test_a_waybill_can_be_corrected(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = shipped
    TaobaoShipper(top_client).correct(parcel(WHOLE, waybill_no="YT9"))
    assert platform.methods() == [RESEND]
    assert platform.got[0].form["out_sid"] == "YT9"


def rows(*told: tuple[str, str, int]) -> list[ListingQuantity]:
    return [ListingQuantity(item_ref=item, sku_ref=sku, quantity=quantity) for item, sku, quantity in told]


def test_full_quantities_go_by_item_and_twenty() -> None:
    calls = full_calls(rows(*[("5", f"{n:02}", n) for n in range(45)], ("6", "", 3)))
    assert [(call.method, len(call.rows)) for call in calls] == [
        ("taobao.skus.quantity.update", 20),
        ("taobao.skus.quantity.update", 20),
        ("taobao.skus.quantity.update", 5),
        ("taobao.item.quantity.update", 1),
    ]
    assert calls[2].parameters == {"num_iid": "5", "type": "1", "skuid_quantities": "40:40;41:41;42:42;43:43;44:44"}
    assert calls[3].parameters == {"num_iid": "6", "type": "1", "quantity": "3"}
    with pytest.raises(ValueError, match="negative"):
        full_calls(rows(("5", "1", -1)))


def test_differences_carry_a_key_that_is_the_same_on_every_repeat() -> None:
    first = difference_calls(rows(("5", "1", -2), ("5", "2", 3), ("6", "", 1)), "push-9")
    again = difference_calls(rows(("6", "", 1), ("5", "2", 3), ("5", "1", -2)), "push-9")
    other = difference_calls(rows(("5", "1", -2)), "push-10")
    assert first == again
    keys = [json.loads(call.parameters["options"])["outer_biz_key"] for call in [*first, *other]]
    assert len(set(keys)) == 3
    assert all(set(key) <= set("0123456789abcdef") for key in keys)
    assert json.loads(first[0].parameters["sku_quantities"]) == [{"sku_id": "1", "quantity": -2}, {"sku_id": "2", "quantity": 3}]
    assert first[1].parameters["item_quantity"] == "1"


def test_a_failing_stock_call_does_not_stop_the_others(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda got: top_error(15, "isv.item-not-exist") if got.form["num_iid"] == "5" else top(got.form["method"], {"item": {}})
    outcomes = TaobaoStock(top_client).set_quantities(rows(("5", "1", 1), ("6", "2", 2)))
    assert [isinstance(outcome.failure, CallRefused) for outcome in outcomes] == [True, False]
    assert all(outcome.records for outcome in outcomes)


def merged(*groups: str) -> Said:
    return top("taobao.top.oaid.merge", {"tid_list": {"string": list(groups)}})


def test_the_platform_groups_trades_of_one_person(platform: PlatformServer, top_client: TopClient) -> None:
    platform.answer = lambda _got: merged("1,2", "3")
    groups = merge_groups(top_client, [Candidate(order_no=no, oaid="x" + no) for no in ("1", "2", "3", "4")])
    assert groups.order_nos == (("1", "2"), ("3",), ("4",))
    assert json.loads(platform.got[0].form["merge_list"])[0] == {"oaid": "x1", "tid": "1"}


@pytest.mark.parametrize("groups", [("1,2", "2"), ("1,9",)])
def test_groups_that_contradict_the_question_are_not_believed(platform: PlatformServer, top_client: TopClient, groups: tuple[str, ...]) -> None:
    platform.answer = lambda _got: merged(*groups)
    with pytest.raises(AnswerUnknown):
        merge_groups(top_client, [Candidate(order_no=no, oaid="x") for no in ("1", "2")])


def test_more_than_a_hundred_trades_are_not_asked_about(top_client: TopClient) -> None:
    with pytest.raises(ValueError, match="100"):
        merge_groups(top_client, [Candidate(order_no=str(n), oaid="x") for n in range(101)])


def test_an_access_without_its_secret_is_not_an_access() -> None:
    with pytest.raises(TypeError):
        TopAccess(app_key="1")  # type: ignore[call-arg]


def test_a_pulled_body_is_what_the_codec_reads() -> None:
    assert parse(body(trade())).lines
