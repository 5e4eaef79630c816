from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from paidan.counterparts.qimen.sign import check_timestamp, plain_method, read_query, sign, verify
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

# Vectors computed by hand from the vendor's description of the algorithm (its own printed digest has no printed body).
SECRET = "test-secret"
BODY = (
    '<?xml version="1.0" encoding="utf-8"?><request><warehouseCode>WH01</warehouseCode><ownerCode>OWNER1</ownerCode>'
    "<orderCode>CK20260101000001</orderCode><orderType>JYCK</orderType><cancelReason>买家取消</cancelReason></request>"
).encode()
QUERY = {
    "method": "taobao.qimen.order.cancel",
    "timestamp": "2026-01-01 12:00:00",
    "format": "xml",
    "app_key": "12345678",
    "v": "2.0",
    "sign_method": "md5",
    "customerId": "c1234567",
}
SIGN = "2FD0648D691B04E191827375E65EFA79"


@pytest.mark.parametrize(("method", "expected"), [("taobao.qimen.order.cancel", SIGN), ("order.cancel", "DF30434457D3F5640A138CC2416B522E")])
def test_sign_agrees_with_the_vectors_in_both_spellings(method: str, expected: str) -> None:
    assert sign(SECRET, QUERY | {"method": method}, BODY) == expected


def test_empty_parameters_and_the_sign_itself_are_not_signed() -> None:
    assert sign(SECRET, QUERY | {"sign": "x", "partner_id": ""}, BODY) == SIGN


def test_a_raw_query_in_any_order_is_verified() -> None:
    query = urlencode(dict(reversed((QUERY | {"sign": SIGN}).items())))
    verify(SECRET, read_query(query), BODY)
    verify(SECRET, read_query(query.replace(SIGN, SIGN.lower())), BODY)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"sign": ""}, BODY),
        ({"sign": "0" * 32}, BODY),
        ({"sign": "签名"}, BODY),
        ({"customerId": "c1234568"}, BODY),
        ({"extra": "1"}, BODY),
        ({"sign_method": "none"}, BODY),
        ({}, BODY + b" "),
        ({}, BODY.replace("买家".encode(), b"")),
    ],
)
def test_any_change_breaks_the_signature(change: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        verify(SECRET, QUERY | {"sign": SIGN} | change, body)
    assert caught.value.reason is Reason.SIGNATURE_WRONG


@pytest.mark.parametrize("method", ["hmac", "hmac-md5", "hmac-sha256"])
def test_keyed_variants_verify_what_they_sign(method: str) -> None:
    parameters = QUERY | {"sign_method": method}
    verify(SECRET, parameters | {"sign": sign(SECRET, parameters, BODY)}, BODY)
    with pytest.raises(BadInput):
        verify("other", parameters | {"sign": sign(SECRET, parameters, BODY)}, BODY)


@pytest.mark.parametrize("query", ["a", "a=1&a=2", "a=%FF", "a=1&" * 50 + "b=2", "x" * 5000])
def test_a_broken_or_ambiguous_query_is_refused(query: str) -> None:
    with pytest.raises(BadInput):
        read_query(query)


@pytest.mark.parametrize(("skew_s", "fits"), [(0, True), (600, True), (-600, True), (601, False), (-601, False)])
def test_timestamp_window(skew_s: int, fits: bool) -> None:  # noqa: FBT001 - a table of cases
    now = datetime(2026, 1, 1, 4, tzinfo=UTC) + timedelta(seconds=skew_s)
    if fits:
        check_timestamp(QUERY, now)
        return
    with pytest.raises(BadInput) as caught:
        check_timestamp(QUERY, now)
    assert caught.value.reason is Reason.TIMESTAMP_WRONG


@pytest.mark.parametrize("text", ["", "1767240000", "2026-13-01 00:00:00", "２０２６-01-01 12:00:00", "0001-01-01 00:00:00"])
def test_unreadable_timestamps_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_timestamp({"timestamp": text}, datetime(2026, 1, 1, 4, tzinfo=UTC))


def test_methods_have_two_spellings() -> None:
    assert plain_method("taobao.qimen.order.cancel") == plain_method("order.cancel") == "order.cancel"
