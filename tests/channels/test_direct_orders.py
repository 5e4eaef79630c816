import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paidan.channels.direct.orders import parse
from paidan.channels.facts import PlatformStatus
from paidan.channels.registry import CHANNELS, channel_of
from paidan.kernel.errors import BadInput, SetupError
from paidan.kernel.reasons import Reason
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpCaller

LINE = {"merchant_code": "SKU-1", "quantity": 2, "price": "19.90"}
RECEIVER = {"name": "李四", "phone": "13900000000", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路 1 号"}
ORDER: dict[str, Any] = {
    "order_no": "A-1001",
    "status": "paid",
    "placed_at": "2026-03-01T10:00:00+08:00",
    "receiver": RECEIVER,
    "lines": [LINE, LINE | {"merchant_code": "SKU-2", "discount": "1.80", "price": "5.00", "quantity": 1}],
}


def body(**fields: Any) -> bytes:
    return json.dumps(ORDER | fields, ensure_ascii=False).encode()


def test_an_order_is_told_in_our_words() -> None:
    order = parse(body(discount="3.00", freight="6.00", paid_at="2026-03-01T10:01:00+08:00"))
    assert (order.platform_order_no, order.status, order.currency) == ("A-1001", PlatformStatus.PAID, "CNY")
    assert order.version_at == order.placed_at == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    assert (order.goods_minor, order.discount_minor, order.freight_minor, order.paid_minor) == (4480, 480, 600, 4600)
    assert [(line.line_ref, line.item_ref, line.payable_minor) for line in order.lines] == [("1", "SKU-1", 3702), ("2", "SKU-2", 298)]
    assert order.receiver is not None
    assert not order.receiver.masked


def test_a_told_payment_is_kept_even_when_it_disagrees() -> None:
    assert parse(body(paid="1.00")).paid_minor == 100


def test_a_closed_order_cancels_its_lines() -> None:
    assert [line.quantity_cancelled for line in parse(body(status="closed_refunded")).lines] == [2, 1]


def with_line(**fields: Any) -> dict[str, Any]:
    return {"lines": [LINE | fields]}


@pytest.mark.parametrize(
    ("fields", "reason", "detail"),
    [
        ({"colour": "red"}, Reason.UNKNOWN_FIELD, "colour"),
        (with_line(colour="red"), Reason.UNKNOWN_FIELD, "lines[0].colour"),
        ({"receiver": RECEIVER | {"mail": "x"}}, Reason.UNKNOWN_FIELD, "receiver.mail"),
        ({"receiver": {"name": "x"}}, Reason.FIELD_MISSING, "receiver.detail"),
        ({"status": "shipped"}, Reason.FIELD_INVALID, "status"),
        ({"placed_at": "2026-03-01T10:00:00"}, Reason.FIELD_INVALID, "placed_at"),
        ({"placed_at": 1772330400}, Reason.FIELD_INVALID, "placed_at"),
        ({"order_no": ""}, Reason.FIELD_INVALID, "order_no"),
        ({"order_no": "a b"}, Reason.FIELD_INVALID, "order_no"),
        ({"order_no": "a" * 65}, Reason.FIELD_INVALID, "order_no"),
        ({"currency": "cny"}, Reason.FIELD_INVALID, "currency"),
        ({"currency": "XXX"}, Reason.FIELD_INVALID, "currency"),
        ({"currency": "JPY"}, Reason.FIELD_INVALID, "lines[0].price"),
        ({"discount": "99.00"}, Reason.FIELD_INVALID, "discount"),
        ({"freight": "-1.00"}, Reason.FIELD_INVALID, "freight"),
        ({"lines": []}, Reason.FIELD_INVALID, "lines"),
        (with_line(quantity=0), Reason.FIELD_INVALID, "lines[0].quantity"),
        (with_line(quantity=-1), Reason.FIELD_INVALID, "lines[0].quantity"),
        (with_line(quantity=1.5), Reason.FIELD_INVALID, "lines[0].quantity"),
        (with_line(quantity=2**63), Reason.FIELD_INVALID, "lines[0].quantity"),
        (with_line(quantity="２"), Reason.FIELD_INVALID, "lines[0].quantity"),
        (with_line(quantity_cancelled=3), Reason.FIELD_INVALID, "lines[0].quantity_cancelled"),
        (with_line(price="１９.９０"), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(price=19.9), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(price="1e400"), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(price="19.905"), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(price="9" * 10_000), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(price="999999999999.99"), Reason.FIELD_INVALID, "lines[0].price"),
        (with_line(discount="40.00"), Reason.FIELD_INVALID, "lines[0].discount"),
        (with_line(merchant_code=""), Reason.FIELD_MISSING, "lines[0].merchant_code"),
        ({"lines": [LINE | {"line_ref": "2"}, LINE]}, Reason.DUPLICATE_KEY, "lines.line_ref"),
    ],
)
def test_odd_values_are_refused_with_their_place(fields: dict[str, Any], reason: Reason, detail: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(body(**fields))
    assert (refusal.value.reason, refusal.value.detail) == (reason, detail)


@pytest.mark.parametrize("name", ["order_no", "status", "placed_at", "lines"])
def test_missing_fields_are_named(name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(json.dumps({field: value for field, value in ORDER.items() if field != name}).encode())
    assert (refusal.value.reason, refusal.value.detail) == (Reason.FIELD_MISSING, name)


PLAIN = body()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        PLAIN[:-1],
        PLAIN.replace(b'"status": "paid"', b'"status": "paid", "status": "paid"'),
        PLAIN.replace(b'"quantity": 2', b'"quantity": NaN', 1),
        PLAIN.replace(b'"quantity": 2', b'"quantity": -Infinity', 1),
        PLAIN.replace(b'"quantity": 2', b'"quantity": 1e400', 1),
        PLAIN.replace(b'"quantity": 2', b'"quantity": ' + b"9" * 10_000, 1),
        PLAIN.replace(b"A-1001", b"A-\\ud800"),
        PLAIN.replace(b"A-1001", b"A-\\u0000"),
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        "订单".encode("gb18030"),
        b'"' + b"a" * (9 * 1024 * 1024) + b'"',
    ],
)
def test_hostile_bodies_are_refused_quickly(hostile: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(BadInput) as refusal:
        parse(hostile)
    assert refusal.value.reason in {Reason.BODY_UNREADABLE, Reason.ENCODING_WRONG, Reason.BODY_TOO_LARGE}
    assert time.monotonic() - began < 1


def test_refusals_show_nothing_personal() -> None:
    for fields in ({"receiver": RECEIVER | {"phone": 13900000000}}, {"receiver": RECEIVER | {"李四 13900000000": "x"}}, {"李四": 1}):
        with pytest.raises(BadInput) as refusal:
            parse(body(**fields))
        assert "1390" not in str(refusal.value)
        assert "李四" not in str(refusal.value)


money = st.integers(0, 100_000).map(lambda minor: f"{minor / 100:.2f}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), money), min_size=1, max_size=8), st.integers(0, 100), money)
def test_parts_always_sum_to_the_whole(goods: list[tuple[int, str]], percent: int, freight: str) -> None:
    total = sum(quantity * round(float(price) * 100) for quantity, price in goods)
    discount = f"{total * percent // 100 / 100:.2f}"
    lines = [{"merchant_code": f"S{n}", "quantity": quantity, "price": price} for n, (quantity, price) in enumerate(goods)]
    order = parse(body(lines=lines, discount=discount, freight=freight))
    assert order.goods_minor - order.discount_minor + order.freight_minor == order.paid_minor
    assert order.discount_minor == total * percent // 100
    assert all(line.payable_minor >= 0 for line in order.lines)


def test_every_platform_stands_in_the_registry_under_its_name() -> None:
    assert {name: channel.platform for name, channel in CHANNELS.items()} == {name: name for name in ("taobao", "shopify", "direct", "sheet")}
    with pytest.raises(SetupError):
        channel_of("elsewhere")


def test_settings_make_a_connection_or_say_what_is_missing() -> None:
    caller, clock = HttpCaller(allow_loopback=True), FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
    shops = {
        "taobao": {"app_key": "1", "app_secret": "2", "session": "3"},
        "shopify": {"shop": "example.myshopify.com", "token": "t", "webhook_secrets": ["a", "b"]},
    }
    for platform, access in shops.items():
        connect = channel_of(platform).connect
        assert connect is not None
        connection = connect(access, caller, clock)
        assert connection.puller.start_cursor(clock.now()).startswith("2026-03-02")
        with pytest.raises(SetupError):
            connect({}, caller, clock)
