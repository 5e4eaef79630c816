"""The tracking service and the carriers behind it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from msgspec import json

from paidan.world.carrier import Carrier, CarrierConfig
from paidan.world.carrier.answers import sign
from paidan.world.carrier.chinatime import CHINA
from paidan.world.carrier.waybills import WaybillBook, looks_right, s10_check_digit, waybill_no
from paidan.world.wire import Callback, Request
from world.wms_caller import NOW, day

WAYBILL = "73100000000001"


class Subscriber:
    """Hands parcels over, subscribes, asks."""

    def __init__(self, **knobs: Any) -> None:
        self.carrier = Carrier(day(), CarrierConfig(**({"key": "k100key", "customer": "k100customer"} | knobs)))
        self.now = NOW

    def hand_over(self, waybill: str = WAYBILL, **facts: Any) -> None:
        facts = {"carrier_code": "ZTO", "region": "310000", "transit_h": 24, "origin": "杭州市", "destination": "上海市"} | facts
        self.carrier.collect(waybill=waybill, at=self.now, **facts)

    def post(self, path: str, form: dict[str, str]) -> Any:
        request = Request(verb="POST", path=path, headers={}, body=urlencode(form).encode())
        return json.decode(self.carrier.answer(request, self.now).body)

    def subscribe(self, number: str = WAYBILL, **parameters: Any) -> str:
        parameters = {"callbackurl": "http://127.0.0.1:9/track", "salt": "k100salt", "resultv2": "4"} | parameters
        return self.subscribe_raw({"company": "zhongtong", "number": number, "key": "k100key", "parameters": parameters})

    def subscribe_raw(self, param: Any, schema: str = "json") -> str:
        text = param if isinstance(param, str) else json.encode(param).decode()
        return str(self.post("/poll", {"schema": schema, "param": text})["returnCode"])

    def query(self, number: str = WAYBILL, **param: Any) -> Any:
        text = json.encode({"com": "zhongtong", "num": number, "resultv2": "4"} | param).decode()
        return self.post("/poll/query.do", {"customer": "k100customer", "sign": sign(text, "k100key", "k100customer"), "param": text})

    def later(self, **delta: float) -> list[Callback]:
        self.now += timedelta(**delta)
        return self.carrier.advance(self.now)

    def parcel(self, waybill: str = WAYBILL) -> Any:
        return self.carrier.books()["parcels"][waybill]


def param_of(callback: Callback) -> Any:
    return json.decode(dict(parse_qsl(callback.body.decode()))["param"])


def test_the_signatures_are_the_documented_ones() -> None:
    # From the project's table of signature vectors: "kuaidi100.query" and "kuaidi100.push", computed from the vendor's algorithm.
    query = '{"com":"yuantong","num":"YT9693083639795","phone":"","from":"","to":"","resultv2":"4","show":"0","order":"desc"}'
    assert sign(query, "k100key", "k100customer") == "6BBFD71999FC0CE1C0623BBE8A78135C"
    push = (
        '{"status":"polling","billstatus":"got","message":"","lastResult":{"message":"ok","state":"0","status":"200",'
        '"ischeck":"0","com":"yuantong","nu":"YT9693083639795","data":[]}}'
    )
    assert sign(push, "k100salt") == "F9D47DADB844CBF168A2DBFFD16DE848"


GOOD = {"company": "zhongtong", "number": WAYBILL, "key": "k100key", "parameters": {"callbackurl": "http://127.0.0.1:9/track"}}


@pytest.mark.parametrize(
    ("code", "param", "schema"),
    [
        ("700", GOOD, "xml"),
        ("700", "", "json"),
        ("700", "{", "json"),
        ("700", "[]", "json"),
        ("700", "[" * 50_000, "json"),
        ("700", '{"x":' * 20_000, "json"),
        ("700", GOOD | {"number": 1}, "json"),
        ("600", GOOD | {"key": "other"}, "json"),
        ("700", '{"key":"\\ud800"}', "json"),
        ("700", GOOD | {"company": "unknown"}, "json"),
        ("700", GOOD | {"number": ""}, "json"),
        ("700", GOOD | {"number": "1" * 33}, "json"),
        ("700", GOOD | {"parameters": {}}, "json"),
        ("700", GOOD | {"parameters": {"callbackurl": "ftp://x"}}, "json"),
    ],
)
def test_a_subscription_that_is_not_in_order_is_refused(code: str, param: Any, schema: str) -> None:
    subscriber = Subscriber()
    assert subscriber.subscribe_raw(param, schema) == code
    assert subscriber.carrier.books()["subscribed_but_unknown"] == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"schema", b"schema=%ff", b"x" * 300_000])
def test_an_unreadable_form_is_refused(body: bytes) -> None:
    subscriber = Subscriber()
    for path in ("/poll", "/poll/query.do"):
        answer = subscriber.carrier.answer(Request(verb="POST", path=path, headers={}, body=body), NOW)
        assert json.decode(answer.body)["result"] is False


def test_other_doors_are_shut() -> None:
    carrier = Subscriber().carrier
    assert carrier.answer(Request(verb="GET", path="/poll", headers={}), NOW).status == 404
    assert carrier.answer(Request(verb="POST", path="/else", headers={}), NOW).status == 404


def test_a_parcel_is_told_of_twice_on_its_way_and_at_its_end() -> None:
    subscriber = Subscriber()
    subscriber.hand_over()
    assert subscriber.subscribe() == "200"
    assert subscriber.subscribe() == "501"
    told = subscriber.later(days=5)
    assert [param_of(push)["status"] for push in told] == ["polling", "shutdown"]
    first, last = (param_of(push)["lastResult"] for push in told)
    assert [row["statusCode"] for row in first["data"]] in (["1002", "103"], ["1001", "1002", "103"])
    assert [row["statusCode"] for row in last["data"]] == [last["state"], "5", "1001", "1002", "103"]
    assert (last["nu"], last["com"], last["ischeck"], last["state"][0]) == (WAYBILL, "zhongtong", "1", "3")
    assert last["data"][-len(first["data"]) :] == first["data"]
    for push in told:
        form = dict(parse_qsl(push.body.decode()))
        assert form["sign"] == sign(form["param"], "k100salt")
        assert push.url == "http://127.0.0.1:9/track"
        assert push.ok_contains == b'"result":true'
    assert len({push.key for push in told}) == 2
    assert subscriber.carrier.next_due() is None
    book = subscriber.parcel()
    assert book["state"] == "3"
    assert book["subscription"] == {"status": "shutdown", "pushes": 2, "scans_told": 5}
    assert 9 <= datetime.fromisoformat(book["delivered_at"]).astimezone(CHINA).hour < 20
    assert subscriber.subscribe() == "200"
    assert [param_of(push)["status"] for push in subscriber.later(hours=5)] == ["shutdown"]


def test_every_scan_can_be_pushed() -> None:
    subscriber = Subscriber(push_on=("103", "1002", "1001", "5"), first_push_s=(0, 0))
    subscriber.subscribe()
    subscriber.hand_over()
    told = [param_of(push)["lastResult"]["data"] for push in subscriber.later(days=5)]
    assert [len(rows) for rows in told] == [1, 2, 3, 4, 5]


def test_a_late_subscriber_gets_the_whole_history_at_once() -> None:
    subscriber = Subscriber()
    subscriber.hand_over()
    subscriber.later(days=5)
    subscriber.subscribe(salt=None, resultv2="0")
    assert subscriber.later(minutes=14) == []
    (push,) = subscriber.later(hours=4)
    assert "sign" not in dict(parse_qsl(push.body.decode()))
    result = param_of(push)["lastResult"]
    assert (result["state"], len(result["data"]), set(result["data"][0])) == ("3", 5, {"time", "ftime", "context"})


def test_an_empty_salt_signs_too() -> None:
    subscriber = Subscriber()
    subscriber.hand_over()
    subscriber.subscribe(salt="")
    form = dict(parse_qsl(subscriber.later(days=5)[0].body.decode()))
    assert form["sign"] == sign(form["param"], "")


def test_a_number_nobody_scans_is_given_up_after_three_days() -> None:
    subscriber = Subscriber()
    subscriber.subscribe()
    assert subscriber.later(days=2.9) == []
    (push,) = subscriber.later(days=0.2)
    assert (param_of(push)["status"], param_of(push)["message"]) == ("abort", "3天查询无记录")
    assert subscriber.subscribe() == "200"
    subscriber.hand_over()
    assert [param_of(push)["status"] for push in subscriber.later(days=5)] == ["polling", "shutdown"]


def knob_cases() -> list[tuple[str, dict[str, float], list[str], str]]:
    return [
        ("stalled", {"stall_share": 1.0}, ["polling", "polling", "shutdown"], "3"),
        ("refused", {"refuse_share": 1.0}, ["polling", "polling", "polling", "shutdown"], "4"),
        ("lost", {"lost_share": 1.0}, ["polling", "abort"], "0"),
    ]


@pytest.mark.parametrize(("name", "knobs", "statuses", "state"), knob_cases(), ids=lambda value: value if isinstance(value, str) else "")
def test_trouble_on_the_way_is_told(name: str, knobs: dict[str, float], statuses: list[str], state: str) -> None:
    subscriber = Subscriber(**knobs)
    subscriber.hand_over()
    subscriber.subscribe()
    told = subscriber.later(days=70)
    assert [param_of(push)["status"] for push in told] == statuses, name
    assert subscriber.parcel()["state"] == state
    assert (subscriber.parcel()["delivered_at"] is None) == (state != "3")
    times = [at for at, _ in subscriber.parcel()["history"]]
    assert times == sorted(times)


def test_a_foreign_parcel_passes_customs() -> None:
    subscriber = Subscriber()
    subscriber.hand_over("EA123456785CN", carrier_code="EMS", region="GB", transit_h=240)
    subscriber.later(days=20)
    assert [code for _, code in subscriber.parcel("EA123456785CN")["history"]][:5] == ["103", "1002", "11", "12", "1001"]


@pytest.mark.parametrize(("days", "can"), [(0.2, True), (5, False)])
def test_a_parcel_can_be_turned_back_before_it_is_out_for_delivery(days: float, *, can: bool) -> None:
    subscriber = Subscriber()
    subscriber.hand_over()
    subscriber.subscribe()
    subscriber.later(days=days)
    assert subscriber.carrier.intercept(waybill=WAYBILL, at=subscriber.now) is can
    subscriber.later(days=10)
    assert subscriber.parcel()["state"] == ("4" if can else "3")
    assert not subscriber.carrier.intercept(waybill="none", at=subscriber.now)


def test_a_query_tells_the_history_so_far() -> None:
    subscriber = Subscriber()
    assert subscriber.query()["returnCode"] == "500"
    subscriber.hand_over()
    assert subscriber.query()["returnCode"] == "500"
    subscriber.later(days=5)
    newest, oldest = subscriber.query(), subscriber.query(order="asc", resultv2="1")
    assert newest["data"][0]["time"] == oldest["data"][-1]["time"]
    assert (newest["state"][0], oldest["state"]) == ("3", "3")
    assert newest["routeInfo"] == {"from": {"name": "杭州市"}, "cur": {"name": "上海市"}, "to": {"name": "上海市"}}
    assert subscriber.query(com="ems")["returnCode"] == "500"
    assert subscriber.query(com="nobody")["returnCode"] == "400"
    assert subscriber.post("/poll/query.do", {"customer": "k100customer", "sign": "0" * 32, "param": "{}"})["returnCode"] == "503"
    assert subscriber.carrier.books()["refusals"] == {"400": 1, "500": 3, "503": 1}


def test_some_carriers_answer_only_to_the_phone() -> None:
    subscriber = Subscriber(phone_wanted_by=frozenset({"zhongtong"}))
    subscriber.hand_over(phone_tail="0042")
    assert subscriber.subscribe() == "408"
    assert subscriber.subscribe(phone="13800000043") == "408"
    assert subscriber.subscribe(phone="13800000042") == "200"
    subscriber.later(days=5)
    assert subscriber.query()["returnCode"] == "408"
    assert subscriber.query(phone="0042")["status"] == "200"


def test_a_parcel_handed_over_twice_is_one_parcel() -> None:
    subscriber = Subscriber()
    subscriber.hand_over()
    before = subscriber.parcel()
    subscriber.now += timedelta(hours=3)
    subscriber.hand_over()
    assert subscriber.parcel()["collected_at"] == before["collected_at"]


def test_transit_is_near_the_plan_and_the_same_for_one_seed() -> None:
    def live() -> Any:
        subscriber = Subscriber()
        for number in range(200):
            subscriber.hand_over(f"7310000000{number:04d}", transit_h=48)
        subscriber.later(days=9)
        return subscriber.carrier.books()["parcels"]

    parcels = live()
    assert parcels == live()
    hours = [(datetime.fromisoformat(p["delivered_at"]) - NOW).total_seconds() / 3600 for p in parcels.values()]
    assert min(hours) >= 0.8 * 48
    assert max(hours) <= 1.3 * 48 + 16
    assert len(set(hours)) > 100


@pytest.mark.parametrize("code", ["SF", "ZTO", "YTO", "STO", "YUNDA", "HTKY", "JTSD", "JD", "DBKD", "ZJS", "POSTB", "EMS", "OWN"])
def test_waybill_numbers_have_the_shape_of_their_carrier_and_are_never_given_twice(code: str) -> None:
    book = WaybillBook(1)
    numbers = [book.issue(code, f"CK{n}", 0) for n in range(300)]
    assert len(set(numbers)) == 300
    assert all(looks_right(code, number) for number in numbers)
    assert waybill_no(1, code, "CK0", 0, 0) == numbers[0]
    assert book.issue(code, "CK0", 0) not in numbers


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("12345678", 5)])
def test_the_postal_check_digit_is_the_published_one(serial: str, digit: int) -> None:
    # RR473124829GB is the worked example usually given for the S10 standard.
    assert s10_check_digit(serial) == digit


def test_a_wrong_check_digit_is_seen() -> None:
    assert looks_right("EMS", "EA123456785CN")
    assert not looks_right("EMS", "EA123456786CN")
    assert not looks_right("EMS", "EA12345678CN")
