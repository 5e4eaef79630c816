from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from paidan.counterparts.qimen.client import QimenClient, QimenConnection
from paidan.counterparts.qimen.sign import check_timestamp, read_query, verify
from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused, CounterpartError
from paidan.runtime.calling import Caller, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence

NOW = datetime(2026, 1, 1, 4, tzinfo=UTC)
BODY = "<request><orderCode>张三</orderCode></request>".encode()
Say = Callable[..., Any]


def connection(url: str) -> QimenConnection:
    return QimenConnection(url=url, app_key="k & 1", secret="s=cret", customer_id="客户1", owner_code="O")


def response(flag: str, code: str = "", more: str = "") -> bytes:
    return f"<response><flag>{flag}</flag><code>{code}</code>{more}</response>".encode()


def test_a_success_gives_the_answer_and_both_sides_bytes(counterpart: Any, caller: Caller, say: Say) -> None:
    answer = response("success", "0", "<deliveryOrderId>W1</deliveryOrderId>")
    counterpart.answer = say(answer)
    called = QimenClient(caller).call(connection(counterpart.url), "deliveryorder.create", BODY, NOW)
    assert called.answer.fields["deliveryOrderId"] == "W1"
    assert (called.record.request, called.record.answer, called.record.status) == (BODY, answer, 200)
    got = counterpart.got[0]
    assert (got.path, got.body, got.headers["content-type"]) == ("/door", BODY, "text/xml; charset=utf-8")
    assert got.query == called.record.query
    parameters = read_query(got.query)
    assert (parameters["method"], parameters["customerId"]) == ("taobao.qimen.deliveryorder.create", "客户1")
    verify("s=cret", parameters, got.body)
    check_timestamp(parameters, NOW)


def test_parameters_of_the_address_are_signed_too_and_a_direct_warehouse_gets_the_short_method(counterpart: Any, caller: Caller, say: Say) -> None:
    counterpart.answer = say(response("success"))
    direct = msgspec.structs.replace(connection(counterpart.url + "?route=7"), method_prefix="", target_app_key="t", sign_method="hmac-sha256")
    QimenClient(caller).call(direct, "order.cancel", BODY, NOW)
    parameters = read_query(counterpart.got[0].query)
    assert (parameters["route"], parameters["target_app_key"], parameters["method"]) == ("7", "t", "order.cancel")
    verify("s=cret", parameters, BODY)


OUTCOMES = [
    (200, response("failure", "S003", "<message>张三的电话不对</message>"), RecordedRefusal, CallRefused, "S003"),
    (200, response("failure", "TOP60", "<sub_code>qimen.request-convert-error</sub_code>"), RecordedRefusal, CallRefused, "TOP60"),
    (200, response("failure"), RecordedRefusal, CallRefused, ""),
    (200, response("failure", "TOP1"), RecordedDelay, CallLater, "TOP1"),
    (200, response("failure", "TOP15"), RecordedDelay, CallLater, "TOP15"),
    (200, response("failure", "TOP15", "<sub_code>isp.http-read-timeout</sub_code>"), RecordedSilence, AnswerUnknown, "TOP15"),
    (200, b"<response><flag>success</fl", RecordedSilence, AnswerUnknown, ""),
    (200, b"", RecordedSilence, AnswerUnknown, ""),
    (200, b"<html>welcome</html>", RecordedSilence, AnswerUnknown, ""),
    (200, response("perhaps"), RecordedSilence, AnswerUnknown, ""),
    (200, b"<response>" + b"x" * 5_000_000, RecordedSilence, AnswerUnknown, ""),
    (502, b"bad gateway", RecordedSilence, AnswerUnknown, "http_502"),
    (408, b"", RecordedSilence, AnswerUnknown, "http_408"),
    (429, b"", RecordedDelay, CallLater, "http_429"),
    (404, b"nothing here", RecordedRefusal, CallRefused, "http_404"),
    (302, b"", RecordedRefusal, CallRefused, "http_302"),
]


@pytest.mark.parametrize(("status", "body", "kind", "meaning", "code"), OUTCOMES)
def test_every_failure_has_its_kind_and_keeps_the_bytes(
    counterpart: Any, caller: Caller, say: Say, status: int, body: bytes, kind: type[RecordedFailure], meaning: type[CounterpartError], code: str
) -> None:
    counterpart.answer = say(body, status)
    with pytest.raises(meaning) as caught:
        QimenClient(caller).call(connection(counterpart.url), "deliveryorder.create", BODY, NOW)
    failure = caught.value
    assert type(failure) is kind
    assert (failure.code, failure.body) == (code, body)
    assert (failure.record.request, failure.record.answer, failure.record.status) == (BODY, body, status)
    assert "张三" not in str(failure) + repr(failure) + repr(failure.record)


def test_a_rate_limit_tells_how_long_to_wait(counterpart: Any, caller: Caller, say: Say) -> None:
    counterpart.answer = say(b"", 429, retry_after="7")
    with pytest.raises(RecordedDelay) as caught:
        QimenClient(caller).call(connection(counterpart.url), "order.cancel", BODY, NOW)
    assert caught.value.retry_after_s == 7


def test_a_business_code_may_be_declared_to_mean_later(counterpart: Any, caller: Caller, say: Say) -> None:
    counterpart.answer = say(response("failure", "BUSY"))
    patient = msgspec.structs.replace(connection(counterpart.url), retry_codes=frozenset({"BUSY"}))
    with pytest.raises(RecordedDelay):
        QimenClient(caller).call(patient, "order.cancel", BODY, NOW)


def test_a_lost_answer_is_unknown_and_an_unreachable_warehouse_is_later(counterpart: Any, caller: Caller) -> None:
    counterpart.answer = lambda _got: None
    with pytest.raises(RecordedSilence) as lost:
        QimenClient(caller).call(connection(counterpart.url), "order.cancel", BODY, NOW)
    assert (lost.value.record.request, lost.value.record.status) == (BODY, 0)
    counterpart.close()
    with pytest.raises(RecordedDelay):
        QimenClient(caller).call(connection(counterpart.url), "order.cancel", BODY, NOW)


def test_secrets_are_not_in_a_repr() -> None:
    assert "s=cret" not in repr(connection("http://x"))
