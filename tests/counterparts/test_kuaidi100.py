import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.counterparts.kuaidi100.client import Kuaidi100Client, Kuaidi100Connection, Parcel
from paidan.counterparts.kuaidi100.push import receive_push, reply_failure, reply_success
from paidan.counterparts.kuaidi100.sign import push_sign, query_sign
from paidan.counterparts.kuaidi100.tracking import TrackingEvent, event_key
from paidan.counterparts.kuaidi100.translate import FINAL_STATES, PARCEL_STATE_BY_CODE, TURNS, advance, standing
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.kernel.states import ParcelState as P
from paidan.runtime.calling import Caller, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence

Say = Callable[..., Any]
TRACK: dict[str, Any] = {
    "message": "ok",
    "state": "3",
    "status": "200",
    "ischeck": "1",
    "com": "yuantong",
    "nu": "YT9693083639795",
    "data": [
        {"time": "2026-01-02 09:00:00", "ftime": "2026-01-02 09:00:00", "context": "已签收，签收人张三", "statusCode": "301"},
        {"time": "2026-01-01 20:00:00", "context": "已揽收", "statusCode": 103, "areaName": "浙江杭州"},
        {"time": "2026-01-01 21:00:00", "context": "运输中"},
    ],
}


def push(param: str, salt: str = "k100salt", **more: str) -> bytes:
    return urlencode({"param": param, "sign": push_sign(param, salt)} | more).encode()


def as_push(status: str = "shutdown", **changes: Any) -> bytes:
    return push(json.dumps({"status": status, "message": "done", "lastResult": TRACK | changes}, ensure_ascii=False))


def test_signatures_agree_with_the_vectors() -> None:
    # computed from the vendor's SDK samples
    query = '{"com":"yuantong","num":"YT9693083639795","phone":"","from":"","to":"","resultv2":"4","show":"0","order":"desc"}'
    assert query_sign(query, "k100key", "k100customer") == "6BBFD71999FC0CE1C0623BBE8A78135C"
    param = (
        '{"status":"polling","billstatus":"got","message":"","lastResult":{"message":"ok","state":"0","status":"200","ischeck":"0",'
        '"com":"yuantong","nu":"YT9693083639795","data":[]}}'
    )
    assert push_sign(param, "k100salt") == "F9D47DADB844CBF168A2DBFFD16DE848"
    got = receive_push("k100salt", urlencode({"param": param, "sign": "F9D47DADB844CBF168A2DBFFD16DE848"}).encode())
    assert (got.company, got.number, got.code, got.events, got.is_signed, got.is_finished) == ("yuantong", "YT9693083639795", "0", (), False, False)


def test_a_push_is_read_oldest_event_first_in_utc() -> None:
    got = receive_push("k100salt", as_push())
    assert [(event.at, event.code, event.location) for event in got.events] == [
        (datetime(2026, 1, 1, 12, tzinfo=UTC), "103", "浙江杭州"),
        (datetime(2026, 1, 1, 13, tzinfo=UTC), "", ""),
        (datetime(2026, 1, 2, 1, tzinfo=UTC), "301", ""),
    ]
    assert (got.is_signed, got.is_finished, got.is_aborted, got.abort_text) == (True, True, False, "")
    assert "张三" not in repr(got)


def test_an_abort_says_why() -> None:
    got = receive_push("k100salt", as_push("abort"))
    assert (got.is_aborted, got.is_finished, got.abort_text) == (True, False, "done")


GOOD = json.dumps({"status": "polling", "lastResult": TRACK})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (push(GOOD, "wrong"), Reason.SIGNATURE_WRONG),
        (push(GOOD).replace(b"yuantong", b"zhongtong"), Reason.SIGNATURE_WRONG),
        (urlencode({"param": GOOD}).encode(), Reason.SIGNATURE_WRONG),
        (urlencode({"sign": "x"}).encode(), Reason.FIELD_MISSING),
        (b"param", Reason.BODY_UNREADABLE),
        (b"", Reason.FIELD_MISSING),
        (b"param=%FF&sign=1", Reason.BODY_UNREADABLE),
        ("param=圆通&sign=1".encode(), Reason.ENCODING_WRONG),
        (push(GOOD) + b"&param=x", Reason.FIELD_INVALID),
        (b"param=" + b"x" * 10_000_000, Reason.BODY_TOO_LARGE),
        (push("x" * 2_000_000), Reason.BODY_TOO_LARGE),
        (push("[]"), Reason.BODY_UNREADABLE),
        (push(GOOD[:-5]), Reason.BODY_UNREADABLE),
        (push('{"status":"polling","lastResult":{"com":"a","nu":NaN}}'), Reason.BODY_UNREADABLE),
        (push('{"status":"polling","lastResult":{"com":"a","nu":1e400}}'), Reason.BODY_UNREADABLE),
        (push('{"status":"polling","lastResult":{"com":"a","nu":' + "9" * 10_000 + "}}"), Reason.BODY_UNREADABLE),
        (push('{"status":"polling","status":"abort","lastResult":{}}'), Reason.BODY_UNREADABLE),
        (push('{"a":' * 100_000), Reason.BODY_UNREADABLE),
        (push("[" * 500_000), Reason.BODY_UNREADABLE),
        (push(GOOD.replace("yuantong", "\\ud800")), Reason.BODY_UNREADABLE),
        (push(GOOD.replace("yuantong", "\\u0000")), Reason.BODY_UNREADABLE),
        (push(GOOD.replace("yuantong", "a\x00b")), Reason.BODY_UNREADABLE),
        (push("\ufeff" + GOOD), Reason.BODY_UNREADABLE),
        (push(GOOD.replace("polling", "resting")), Reason.FIELD_INVALID),
        (push('{"lastResult":{}}'), Reason.FIELD_MISSING),
        (push('{"status":"polling"}'), Reason.FIELD_MISSING),
        (push('{"status":"polling","lastResult":[]}'), Reason.FIELD_INVALID),
        (as_push(nu=""), Reason.FIELD_MISSING),
        (as_push(nu=True), Reason.FIELD_INVALID),
        (as_push(nu="9" * 201), Reason.FIELD_INVALID),
        (as_push(data={"time": "x"}), Reason.FIELD_INVALID),
        (as_push(data=[{"time": "yesterday"}]), Reason.FIELD_INVALID),
        (as_push(data=[{"time": "2026-01-01 20:00:00", "context": "x" * 4001}]), Reason.FIELD_INVALID),
    ],
)
def test_bad_pushes_are_refused_with_a_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(BadInput) as caught:
        receive_push("k100salt", body)
    assert caught.value.reason is reason


def test_without_a_salt_nothing_is_believed() -> None:
    with pytest.raises(BadInput):
        receive_push("", push(GOOD, ""))


def test_escaped_chinese_and_emoji_are_read() -> None:
    track = TRACK | {"data": [{"time": "2026-01-01 20:00:00", "context": "好😀"}]}
    got = receive_push("k100salt", push(json.dumps({"status": "polling", "lastResult": track})))
    assert got.events[0].text == "好😀"


def test_replies_are_what_kuaidi100_waits_for() -> None:
    assert json.loads(reply_success()) == {"result": True, "returnCode": "200", "message": "成功"}
    assert json.loads(reply_failure(Reason.SIGNATURE_WRONG))["result"] is False


def test_the_same_scan_has_the_same_key_and_another_scan_another() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    keys = [
        event_key("zto", "1", event)
        for event in (
            TrackingEvent(at=at, code="103", text="a"),
            TrackingEvent(at=at, code="103", text="b"),
            TrackingEvent(at=at, text="a"),
            TrackingEvent(at=at, text="b"),
        )
    ]
    assert keys[0] == keys[1] == "zto|1|20260101T000000|103"
    assert len(set(keys)) == 3


# ---- states


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        (P.CREATED, "103", P.PICKED_UP),
        (P.PICKED_UP, "1002", P.IN_TRANSIT),
        (P.IN_TRANSIT, "1001", P.ARRIVED_CITY),
        (P.ARRIVED_CITY, "1002", P.ARRIVED_CITY),
        (P.OUT_FOR_DELIVERY, "103", P.OUT_FOR_DELIVERY),
        (P.OUT_FOR_DELIVERY, "204", P.DELIVERY_FAILED),
        (P.DELIVERY_FAILED, "5", P.OUT_FOR_DELIVERY),
        (P.STALLED, "1002", P.IN_TRANSIT),
        (P.REFUSED, "6", P.RETURNING),
        (P.RETURNING, "5", P.OUT_FOR_DELIVERY),
        (P.RETURNING, "3", P.DELIVERED),
        (P.RETURNING, "4", P.RETURNED),
        (P.DELIVERED, "6", P.DELIVERED),
        (P.DELIVERED, "210", P.DELIVERED),
        (P.RETURNED, "3", P.RETURNED),
        (P.IN_TRANSIT, "210", P.CANCELLED),
        (P.CUSTOMS, "13", P.CUSTOMS_EXCEPTION),
        (P.CUSTOMS_EXCEPTION, "12", P.CUSTOMS),
        (P.IN_TRANSIT, "", P.IN_TRANSIT),
        (P.IN_TRANSIT, "9999", P.IN_TRANSIT),
    ],
)
def test_a_code_moves_a_parcel_forward_or_by_a_turn(state: P, code: str, expected: P) -> None:
    assert advance(state, code) is expected


def test_every_code_of_the_vendors_table_has_a_meaning() -> None:
    codes = [*range(9), 14, *range(10, 14), 101, 102, 103, *range(201, 211), 301, 302, 303, 304, 401, 501, 1001, 1002, 1003]
    assert set(PARCEL_STATE_BY_CODE) == {str(code) for code in codes}


@given(st.sampled_from(sorted(P)), st.sampled_from([*PARCEL_STATE_BY_CODE, "", "x"]))
def test_a_repeat_changes_nothing_and_a_final_state_stays(state: P, code: str) -> None:
    once = advance(state, code)
    assert advance(once, code) is once
    assert once is state or state not in FINAL_STATES
    assert once >= state or (state, once) in TURNS


def test_events_end_in_one_state_however_they_arrive() -> None:
    codes = ("103", "1002", "204", "5", "3")
    events = [TrackingEvent(at=datetime(2026, 1, 1, hour, tzinfo=UTC), code=code) for hour, code in enumerate(codes)]
    assert {standing([*order, order[0]]) for order in permutations(events)} == {P.DELIVERED}
    assert {standing(order) for order in permutations(events[:3])} == {P.DELIVERY_FAILED}
    assert standing([]) is P.CREATED
    assert all(earlier.at < later.at for earlier, later in pairwise(events))


# ---- calls

PARCEL = Parcel(company="yuantong", number="YT1", phone_tail="0000")


def account(url: str) -> Kuaidi100Connection:
    return Kuaidi100Connection(subscribe_url=url, query_url=url, customer="c", key="k", salt="s", callback_url="http://127.0.0.1/push")


@pytest.mark.parametrize("code", ["200", "501"])
def test_subscribing_sends_the_form_and_twice_is_as_good_as_once(counterpart: Any, caller: Caller, say: Say, code: str) -> None:
    counterpart.answer = say(json.dumps({"result": code == "200", "returnCode": code, "message": "x"}).encode())
    record = Kuaidi100Client(caller).subscribe(account(counterpart.url), PARCEL)
    form = dict(parse_qsl(counterpart.got[0].body.decode()))
    param = json.loads(form["param"])
    assert (form["schema"], param["company"], param["number"], param["key"]) == ("json", "yuantong", "YT1", "k")
    assert param["parameters"] | {"callbackurl": "http://127.0.0.1/push", "salt": "s", "phone": "0000", "resultv2": "4"} == param["parameters"]
    assert (record.request, record.status) == (counterpart.got[0].body, 200)


def test_a_query_is_signed_over_the_exact_param_and_gives_the_track(counterpart: Any, caller: Caller, say: Say) -> None:
    counterpart.answer = say(json.dumps(TRACK).encode())
    tracked = Kuaidi100Client(caller).query(account(counterpart.url), PARCEL)
    form = dict(parse_qsl(counterpart.got[0].body.decode()))
    assert form["sign"] == query_sign(form["param"], "k", "c")
    assert form["customer"] == "c"
    assert (tracked.update.is_signed, len(tracked.update.events)) == (True, 3)


@pytest.mark.parametrize(
    ("call", "status", "answer", "kind", "code"),
    [
        ("subscribe", 200, {"result": False, "returnCode": "701", "message": "x"}, RecordedRefusal, "701"),
        ("subscribe", 200, {"result": False, "returnCode": "500", "message": "x"}, RecordedDelay, "500"),
        ("subscribe", 200, {}, RecordedSilence, ""),
        ("subscribe", 200, {"returnCode": []}, RecordedSilence, ""),
        ("query", 200, {"result": False, "returnCode": "500", "message": "查询无结果"}, RecordedRefusal, "500"),
        ("query", 200, {"result": False, "returnCode": "502", "message": "x"}, RecordedDelay, "502"),
        ("query", 200, {"result": False, "returnCode": "408", "message": "x"}, RecordedRefusal, "408"),
        ("query", 200, {"status": "200"}, RecordedSilence, ""),
        ("query", 200, [], RecordedSilence, ""),
        ("query", 503, {}, RecordedSilence, "http_503"),
        ("query", 403, {}, RecordedRefusal, "http_403"),
    ],
)
def test_failures_have_their_kind(
    counterpart: Any, caller: Caller, say: Say, call: str, status: int, answer: Any, kind: type[RecordedFailure], code: str
) -> None:
    counterpart.answer = say(json.dumps(answer).encode(), status)
    with pytest.raises(kind) as caught:
        getattr(Kuaidi100Client(caller), call)(account(counterpart.url), PARCEL)
    assert (caught.value.code, caught.value.record.request) == (code, counterpart.got[0].body)
