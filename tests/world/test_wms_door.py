"""The door of the warehouse system: signature, system parameters, envelope, hostile bodies."""

import time
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from lxml import etree

from paidan.world.wire import Request
from paidan.world.wms.hours import Hours
from paidan.world.wms.signature import sign
from world.wms_caller import NOW, SECRET, Caller, cancel, delivery, method_of

# From the project's table of signature vectors: "qimen.order.cancel" and its relayed form, both computed from the vendor's algorithm.
VECTOR_BODY = (
    '<?xml version="1.0" encoding="utf-8"?><request><warehouseCode>WH01</warehouseCode><ownerCode>OWNER1</ownerCode>'
    "<orderCode>CK20260101000001</orderCode><orderType>JYCK</orderType><cancelReason>买家取消</cancelReason></request>"
).encode()
VECTOR_QUERY = {
    "timestamp": "2026-01-01 12:00:00",
    "format": "xml",
    "app_key": "12345678",
    "v": "2.0",
    "sign_method": "md5",
    "customerId": "c1234567",
}


@pytest.mark.parametrize(
    ("method", "expected"),
    [("taobao.qimen.order.cancel", "2FD0648D691B04E191827375E65EFA79"), ("order.cancel", "DF30434457D3F5640A138CC2416B522E")],
)
def test_the_signature_is_the_documented_one(method: str, expected: str) -> None:
    assert len(VECTOR_BODY) == 228
    assert sign("test-secret", VECTOR_QUERY | {"method": method, "empty": "", "sign": "ignored"}, VECTOR_BODY) == expected


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sign": "0" * 32}, "sign does not match"),
        ({"sign": ""}, "isv.missing-parameter: sign"),
        ({"timestamp": "2026-01-05 10:11:00"}, "isv.invalid-timestamp"),
        ({"timestamp": "2026-01-05T10:00:00"}, "isv.invalid-timestamp"),
        ({"timestamp": ""}, "isv.missing-parameter: timestamp"),
        ({"app_key": "other"}, "isv.invalid-parameter: app_key"),
        ({"customerId": "other"}, "isv.invalid-parameter: customerId"),
        ({"format": "json"}, "isv.invalid-parameter: format"),
        ({"sign_method": "hmac"}, "isv.invalid-parameter: sign_method"),
        ({"method": "taobao.qimen.nothing.known"}, "isv.invalid-method: nothing.known"),
    ],
)
def test_a_caller_who_is_not_in_order_is_refused(changed: dict[str, str], words: str) -> None:
    caller = Caller(synchronised=False)
    root = caller.send(caller.request("order.cancel", b"<request/>", **changed))
    assert (root.findtext("flag"), root.findtext("code")) == ("failure", "TOP60")
    assert words in root.findtext("message")


def test_the_signature_goes_over_the_raw_bytes() -> None:
    caller = Caller(synchronised=False)
    good = caller.request("order.cancel", b"<request/>")
    for body in (b"<request />", b"<request/>\n", b""):
        tampered = Request(verb="POST", path=good.path, query=good.query, headers={}, body=body)
        assert caller.send(tampered).findtext("code") == "TOP60"


@pytest.mark.parametrize("query", ["", "a", "method=order.cancel&method=order.cancel", "method=%ff%fe", "méthode=1", "a=1&" * 200])
def test_an_unreadable_query_string_is_refused(query: str) -> None:
    caller = Caller(synchronised=False)
    assert caller.send(Request(verb="POST", path="/", query=query, headers={}, body=b"<request/>")).findtext("code") == "TOP60"


def test_only_post_is_served() -> None:
    caller = Caller(synchronised=False)
    assert caller.send(Request(verb="GET", path="/", query=caller.request("order.cancel", b"").query, headers={})).findtext("code") == "TOP60"


@pytest.mark.parametrize("prefix", ["", "taobao.qimen."])
def test_both_spellings_of_a_method_are_served(prefix: str) -> None:
    assert Caller().outcome(f"{prefix}order.cancel", cancel("nothing")) == ("failure", "S003")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
HOSTILE = {
    "billion laughs": f"<!DOCTYPE request [{LAUGHS}]><request>&l9;</request>".encode(),
    "external entity": b'<!DOCTYPE request [<!ENTITY x SYSTEM "file:///etc/passwd">]><request><orderCode>&x;</orderCode></request>',
    "external dtd": b'<!DOCTYPE request SYSTEM "http://127.0.0.1:1/x.dtd"><request/>',
    "quadratic": b'<!DOCTYPE request [<!ENTITY a "' + b"a" * 100_000 + b'">]><request>' + b"&a;" * 10_000 + b"</request>",
    "too deep": b"<request>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</request>",
    "truncated": b"<request><orderCode>CK1",
    "other root": b"<response/>",
    "two roots": b"<request/><request/>",
    "not utf-8": "<request><a>买家</a></request>".encode("gbk"),
    "utf-16": "<request/>".encode("utf-16"),
    "nul": b"<request>\x00</request>",
    "json": b'{"request":{}}',
    "empty": b"",
    "undeclared entity": b"<request>&nbsp;</request>",
    "attributes": b"<request " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b"",
    "huge": b"<request>" + b"x" * 5_000_000 + b"</request>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_quickly(name: str) -> None:
    caller = Caller(synchronised=False)
    request = caller.request("order.cancel", HOSTILE[name])
    began = time.perf_counter()
    root = caller.send(request)
    assert time.perf_counter() - began < 0.5
    assert (root.findtext("flag"), root.findtext("code")) == ("failure", "TOP60")
    assert caller.wms.books()["cancels"] == {}


def test_calls_to_paidan_are_signed_over_their_query_and_body() -> None:
    caller = Caller(callback_url="http://127.0.0.1:9/qimen?warehouse_system=1")
    caller.call("deliveryorder.create", delivery())
    told = caller.later(hours=12)
    assert [method_of(callback) for callback in told] == ["orderprocess.report", "orderprocess.report", "deliveryorder.confirm"]
    for callback in told:
        assert_signed(callback.url, callback.body)
        assert etree.fromstring(callback.body).tag == "request"
        renewed = caller.wms.renewed(callback, caller.now + timedelta(minutes=5))
        assert (renewed.body, renewed.key) == (callback.body, callback.key)
        assert renewed.url != callback.url
        assert_signed(renewed.url, renewed.body)


def assert_signed(url: str, body: bytes) -> None:
    params = dict(parse_qsl(url.partition("?")[2]))
    assert params["warehouse_system"] == "1"
    assert params["sign"] == sign(SECRET, params, body)


@pytest.mark.parametrize(
    ("utc", "opens_next"),
    [("2026-01-05 02:00", "2026-01-05 02:00"), ("2026-01-04 20:00", "2026-01-05 00:00"), ("2026-01-05 15:30", "2026-01-06 00:00")],
)
def test_the_night_counts_as_the_next_opening(utc: str, opens_next: str) -> None:
    hours = Hours(opens_h=8, closes_h=22)
    at = NOW.fromisoformat(utc + "+00:00")
    assert hours.instant(hours.work_s(at)) == NOW.fromisoformat(opens_next + "+00:00")


def test_a_call_is_signed_when_it_leaves_and_what_is_told_of_one_order_keeps_its_order() -> None:
    caller = Caller()
    for code in ("CK1", "CK2"):
        caller.call("deliveryorder.create", delivery(code))
    told = caller.later(hours=12)
    for callback in told:
        assert dict(parse_qsl(callback.url.partition("?")[2]))["timestamp"] == "2026-01-05 22:00:00"
        assert callback.due_at < caller.now
    assert [callback.key for callback in told if "CK1" in callback.key] == ["wms:CK1#1", "wms:CK1#2", "wms:CK1#3"]
