from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from lxml import etree

from paidan.counterparts.qimen.client import QimenConnection
from paidan.counterparts.qimen.door import receive, reply_failure, reply_success
from paidan.counterparts.qimen.reports import ProcessReport
from paidan.counterparts.qimen.sign import sign
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

NOW = datetime(2026, 1, 1, 4, tzinfo=UTC)
CONNECTIONS = {"c1": QimenConnection(url="http://x", app_key="k", secret="s", customer_id="c1")}
BODY = b"<request><order><orderCode>CK1</orderCode></order><process><processStatus>PICK</processStatus></process></request>"


def query(body: bytes = BODY, secret: str | None = None, **changes: str) -> str:
    parameters = {
        "method": "orderprocess.report",
        "timestamp": "2026-01-01 12:00:00",
        "app_key": "k",
        "sign_method": "md5",
        "customerId": "c1",
    } | changes
    return urlencode(parameters | {"sign": sign(secret or "s", parameters, body)})


@pytest.mark.parametrize("method", ["orderprocess.report", "taobao.qimen.orderprocess.report"])
def test_a_genuine_report_is_received_in_both_spellings(method: str) -> None:
    got = receive(CONNECTIONS, query(method=method), BODY, NOW)
    assert (got.method, got.customer_id) == ("orderprocess.report", "c1")
    assert got.message == ProcessReport(order_code="CK1", process_status="PICK")


def test_connections_may_be_a_function() -> None:
    assert receive(CONNECTIONS.get, query(), BODY, NOW).customer_id == "c1"


@pytest.mark.parametrize(
    ("query_string", "body", "reason"),
    [
        (query(secret="x"), BODY, Reason.SIGNATURE_WRONG),
        (query(customerId="c2"), BODY, Reason.SIGNATURE_WRONG),
        ("", BODY, Reason.SIGNATURE_WRONG),
        (query(), BODY + b"\n", Reason.SIGNATURE_WRONG),
        (query(timestamp="2026-01-01 11:00:00"), BODY, Reason.TIMESTAMP_WRONG),
        (query(method="order.explode"), BODY, Reason.UNKNOWN_METHOD),
        (query(b"<request/>"), b"<request/>", Reason.FIELD_MISSING),
        (query(b"<a"), b"<a", Reason.BODY_UNREADABLE),
        (query() + "&customerId=c1", BODY, Reason.FIELD_INVALID),
        (query(), b"x" * 5_000_000, Reason.BODY_TOO_LARGE),
    ],
)
def test_the_first_thing_wrong_is_the_reason(query_string: str, body: bytes, reason: Reason) -> None:
    with pytest.raises(BadInput) as caught:
        receive(CONNECTIONS, query_string, body, NOW + timedelta(seconds=1))
    assert caught.value.reason is reason


def test_replies_are_readable_answers() -> None:
    assert etree.fromstring(reply_success()).findtext("flag") == "success"
    failure = etree.fromstring(reply_failure(Reason.FIELD_MISSING, "a<b"))
    assert [failure.findtext(name) for name in ("flag", "code", "message")] == ["failure", "field_missing", "缺少必填字段: a<b"]
