import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.taobao_trades import body, line, trade
from paidan.channels.facts import PlatformOrder, PlatformPart, PlatformStatus, RefundStatus
from paidan.channels.taobao.orders import parse
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

S, R = PlatformStatus, RefundStatus


def read(*lines: dict[str, Any], **fields: Any) -> PlatformOrder:
    return parse(body(trade(*lines, **fields)))


def test_a_paid_trade_is_told_in_our_words() -> None:
    order = read()
    assert (order.platform_order_no, order.status, order.currency) == ("2145678901234567890", S.PAID, "CNY")
    assert order.placed_at == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    assert order.paid_at == datetime(2026, 3, 1, 2, 1, 30, tzinfo=UTC)
    assert order.version_at == datetime(2026, 3, 1, 2, 1, 31, tzinfo=UTC)
    assert (order.goods_minor, order.discount_minor, order.freight_minor, order.paid_minor) == (23600, 3000, 800, 21400)
    assert order.goods_minor - order.discount_minor + order.freight_minor == order.paid_minor
    first = order.lines[0]
    assert (first.line_ref, first.item_ref, first.sku_ref, first.merchant_code) == ("7001", "601", "801", "SKU-1")
    assert (first.quantity, first.price_minor, first.payable_minor, first.refund) == (2, 5900, 10300, R.NONE)
    assert (order.buyer_remark, order.seller_remark, order.seller_flag) == ("请尽快发货", "老客户", 3)


def test_the_envelope_of_the_push_table_and_flat_lists_tell_the_same() -> None:
    told = trade()
    bare = parse(body(told))
    assert parse(body({"trade_fullinfo_get_response": {"trade": told}, "request_id": "x"})) == bare
    assert parse(body(told | {"orders": told["orders"]["order"]})) == bare


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("TRADE_NO_CREATE_PAY", S.UNPAID),
        ("WAIT_BUYER_PAY", S.UNPAID),
        ("PAY_PENDING", S.UNPAID),
        ("WAIT_PRE_AUTH_CONFIRM", S.UNPAID),
        ("PAID_FORBID_CONSIGN", S.FORBIDDEN),
        ("WAIT_SELLER_SEND_GOODS", S.PAID),
        ("SELLER_CONSIGNED_PART", S.PART_SHIPPED),
        ("WAIT_BUYER_CONFIRM_GOODS", S.SHIPPED),
        ("TRADE_BUYER_SIGNED", S.FINISHED),
        ("TRADE_FINISHED", S.FINISHED),
        ("TRADE_CLOSED", S.CLOSED_REFUNDED),
        ("TRADE_CLOSED_BY_TAOBAO", S.CLOSED_UNPAID),
    ],
)
def test_each_status_has_its_meaning(word: str, status: PlatformStatus) -> None:
    assert read(status=word).status is status


@pytest.mark.parametrize(
    "fields",
    [{"forbid_consign": 1}, {"top_hold": 1}, {"top_hold": "1"}, {"top_hold": True}, {"mark_desc": "风险订单"}, {"rx_audit_status": "0"}],
)
def test_marks_of_the_platform_forbid_shipping(fields: dict[str, Any]) -> None:
    assert read(**fields).status is S.FORBIDDEN
    assert read(**fields, status="SELLER_CONSIGNED_PART").status is S.FORBIDDEN
    assert read(**fields, status="TRADE_CLOSED").status is S.CLOSED_REFUNDED


@pytest.mark.parametrize(
    "fields", [{"forbid_consign": 0, "top_hold": 0, "mark_desc": "", "rx_audit_status": "1"}, {"top_hold": False}, {"top_hold": "0"}]
)
def test_marks_that_are_off_forbid_nothing(fields: dict[str, Any]) -> None:
    assert read(**fields).status is S.PAID


@pytest.mark.parametrize(
    ("step", "word", "is_open"),
    [
        ("FRONT_NOPAID_FINAL_NOPAID", "WAIT_BUYER_PAY", False),
        ("FRONT_PAID_FINAL_NOPAID", "WAIT_BUYER_PAY", True),
        ("FRONT_PAID_FINAL_NOPAID", "WAIT_SELLER_SEND_GOODS", True),
        ("FRONT_PAID_FINAL_PAID", "WAIT_SELLER_SEND_GOODS", False),
        ("FRONT_PAID_FRONT_FORFEITED", "WAIT_SELLER_SEND_GOODS", True),
        ("A_WORD_OF_NEXT_YEAR", "WAIT_SELLER_SEND_GOODS", True),
        ("FRONT_PAID_FRONT_FORFEITED", "TRADE_CLOSED", False),
    ],
)
def test_a_presale_is_open_until_its_balance_is_paid(step: str, word: str, *, is_open: bool) -> None:
    assert read(type="step", step_trade_status=step, status=word).is_presale_open is is_open


@pytest.mark.parametrize(
    ("word", "refund"),
    [
        ("NO_REFUND", R.NONE),
        ("WAIT_SELLER_AGREE", R.REQUESTED),
        ("WAIT_BUYER_RETURN_GOODS", R.REQUESTED),
        ("SELLER_REFUSE_BUYER", R.REQUESTED),
        ("CLOSED", R.WITHDRAWN),
        ("SUCCESS", R.REFUNDED),
        ("A_WORD_OF_NEXT_YEAR", R.REQUESTED),
    ],
)
def test_each_refund_status_has_its_meaning(word: str, refund: RefundStatus) -> None:
    assert read(line(refund_status=word), payment="111.00").lines[0].refund is refund


def test_a_line_closed_before_shipping_is_cancelled_and_one_shipped_is_not() -> None:
    order = read(
        line(1, status="TRADE_CLOSED", refund_status="SUCCESS"),
        line(2, status="TRADE_CLOSED", refund_status="SUCCESS", consign_time="2026-03-01 12:00:00"),
        line(3, status="WAIT_BUYER_CONFIRM_GOODS"),
        line(4),
        status="SELLER_CONSIGNED_PART",
    )
    assert [(found.quantity_cancelled, found.quantity_shipped) for found in order.lines] == [(2, 0), (0, 2), (0, 2), (0, 0)]


def test_a_closed_trade_cancels_what_was_not_shipped() -> None:
    order = read(line(1), line(2, status="TRADE_FINISHED"), status="TRADE_CLOSED")
    assert [found.quantity_cancelled for found in order.lines] == [2, 0]


def test_a_line_closed_unpaid_in_a_trade_that_goes_on_is_paid_nothing() -> None:
    order = read(line(1), line(2, status="TRADE_CLOSED_BY_TAOBAO"), payment="111.00")
    assert [found.payable_minor for found in order.lines] == [10300, 0]
    assert order.goods_minor - order.discount_minor + order.freight_minor == order.paid_minor


@pytest.mark.parametrize(
    ("lines", "fields", "payables"),
    [
        # the seller made it 5.00 dearer by hand, nothing off the trade
        ([line(1, divide_order_fee=None, part_mjz_discount=None, adjust_fee="5.00")], {"payment": "121.00"}, [11300]),
        # 12.00 off the trade, not spread by the platform: by value, the cents kept
        (
            [
                line(n, divide_order_fee=None, part_mjz_discount=None, discount_fee="0.00", num=1, price=p)
                for n, p in ((1, "10.00"), (2, "20.00"), (3, "30.01"))
            ],
            {"payment": "56.01"},
            [800, 1600, 2401],
        ),
        # the share told by part_mjz_discount
        ([line(1, divide_order_fee=None), line(2, divide_order_fee=None)], {}, [10300, 10300]),
        # amounts that disagree are not made to agree
        ([line(1, divide_order_fee=None, part_mjz_discount=None)], {"payment": "500.00"}, [10800]),
    ],
)
def test_what_is_paid_for_a_line_is_computed_when_not_told(lines: list[dict[str, Any]], fields: dict[str, Any], payables: list[int]) -> None:
    assert [found.payable_minor for found in read(*lines, **fields).lines] == payables


def test_amounts_that_disagree_stay_visible() -> None:
    order = read(payment="999.00")
    assert order.goods_minor - order.discount_minor + order.freight_minor != order.paid_minor == 99900


def test_services_virtual_goods_and_sets_are_told_apart() -> None:
    parts = {
        "combine_sub_item_d_o": [
            {"item_id": 1, "sku_id": 2, "quantity": 3, "outer_sku_id": "PART-1"},
            {"item_id": 4, "quantity": 1, "outer_iid": "PART-2"},
        ]
    }
    service = {"oid": 99, "service_id": 5, "num": 1, "price": "20.00", "payment": "20.00", "title": "安装"}
    order = read(
        line(1, combine_item_info=parts),
        line(2, shipping_type="virtual"),
        line(3, is_service_order=True, is_oversold=True),
        service_orders={"service_order": [service]},
    )
    assert [found.is_service for found in order.lines] == [False, True, True, True]
    assert [found.is_oversold for found in order.lines] == [False, False, True, False]
    assert order.lines[3].line_ref == "99"
    assert order.lines[3].payable_minor == 2000
    assert order.lines[0].parts == (
        PlatformPart(item_ref="1", sku_ref="2", merchant_code="PART-1", quantity=3),
        PlatformPart(item_ref="4", merchant_code="PART-2", quantity=1),
    )


def test_a_masked_receiver_keeps_its_token() -> None:
    receiver = read().receiver
    assert receiver is not None
    assert receiver.masked
    assert receiver.oaid.startswith("1Ki2")
    assert (receiver.province, receiver.city, receiver.district, receiver.town) == ("浙江省", "杭州市", "余杭区", "五常街道")
    assert "张" not in repr(receiver)


def test_a_county_level_city_stays_in_the_district() -> None:
    receiver = read(receiver_state="河南省", receiver_city=None, receiver_district="济源市").receiver
    assert receiver is not None
    assert (receiver.country, receiver.city, receiver.district) == ("CN", "", "济源市")


@pytest.mark.parametrize(("name", "code"), [("", "CN"), ("中国", "CN"), ("美国", "US"), ("Japan", "JP"), ("亚特兰蒂斯", "亚特兰蒂斯")])
def test_countries_come_by_name(name: str, code: str) -> None:
    receiver = read(receiver_country=name).receiver
    assert receiver is not None
    assert receiver.country == code


def test_a_message_without_a_receiver_does_not_tell_one() -> None:
    gone = dict.fromkeys(["receiver_name", "receiver_mobile", "receiver_address", "oaid"])
    assert read(**gone).receiver is None


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"delivery_time": "2026-03-03 18:00:00"}, datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        ({"delivery_time": "2026-03-03"}, datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC)),
        ({"est_con_time": "7天内", "timeout_action_time": "2026-03-04 10:00:00"}, None),
        ({"timeout_action_time": "2026-03-04 10:00:00"}, datetime(2026, 3, 4, 2, 0, tzinfo=UTC)),
        ({"timeout_action_time": "2026-03-04 10:00:00", "status": "WAIT_BUYER_CONFIRM_GOODS"}, None),
        ({}, None),
    ],
)
def test_the_latest_shipping_time_is_found(fields: dict[str, Any], wanted: datetime | None) -> None:
    assert read(**fields).ship_by_at == wanted


def test_the_earliest_promise_of_the_lines_counts() -> None:
    order = read(line(1, delivery_time="2026-03-05 00:00:00"), line(2, delivery_time="2026-03-04 00:00:00"))
    assert order.ship_by_at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("infos", "carrier"),
    [
        ([{"biz_delivery_code": "SF", "biz_delivery_type": 2}], "SF"),
        ([{"biz_delivery_code": "SF", "biz_delivery_type": 1}], ""),
        ([{"biz_delivery_code": "SF"}, {"biz_delivery_code": "YTO"}], ""),
    ],
)
def test_a_demanded_carrier_is_told_and_a_suggested_one_is_not(infos: list[dict[str, Any]], carrier: str) -> None:
    assert read(logistics_infos={"logistics_info": infos}).carrier_wanted == carrier


def test_the_warehouse_is_told_when_all_lines_want_the_same() -> None:
    assert read(line(1, store_code="CN01"), line(2, store_code="CN01")).warehouse_wanted == "CN01"
    assert read(line(1, store_code="CN01"), line(2, store_code="CN02")).warehouse_wanted == ""
    assert read(line(1, store_code="SC")).warehouse_wanted == ""


def test_cash_on_delivery_is_told() -> None:
    assert read(type="cod").is_cod


def edited(*path: Any, value: Any) -> bytes:
    told = trade()
    place: Any = told
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body(told)


LINE = ("orders", "order", 1)


@pytest.mark.parametrize(
    ("path", "value", "reason", "detail"),
    [
        ((*LINE, "num"), 0, Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "num"), -1, Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "num"), 1.5, Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "num"), 2**63, Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "num"), "２", Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "num"), True, Reason.FIELD_INVALID, "orders.order[1].num"),
        ((*LINE, "price"), "５９.００", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "1e400", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "59.001", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "NaN", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "-59.00", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "999999999999.00", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), "1_0.00", Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), 59, Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "price"), None, Reason.FIELD_INVALID, "orders.order[1].price"),
        ((*LINE, "divide_order_fee"), "103,00", Reason.FIELD_INVALID, "orders.order[1].divide_order_fee"),
        ((*LINE, "oid"), None, Reason.FIELD_MISSING, "orders.order[1].oid"),
        ((*LINE, "oid"), 2**64, Reason.FIELD_INVALID, "orders.order[1].oid"),
        ((*LINE, "oid"), 7001, Reason.DUPLICATE_KEY, "orders.order.oid"),
        ((*LINE, "oid"), "a b", Reason.FIELD_INVALID, "orders.order[1].oid"),
        (("payment",), "9" * 10_000, Reason.FIELD_INVALID, "payment"),
        (("payment",), "Infinity", Reason.FIELD_INVALID, "payment"),
        (("payment",), "", Reason.FIELD_INVALID, "payment"),
        (("modified",), "2026-02-30 10:00:00", Reason.FIELD_INVALID, "modified"),
        (("modified",), "２０２６-03-01 10:00:00", Reason.FIELD_INVALID, "modified"),
        (("created",), "0001-01-01 00:00:00", Reason.FIELD_INVALID, "created"),
        (("status",), "PAID_AND_WHATEVER", Reason.FIELD_INVALID, "status"),
        (("tid",), 1e20, Reason.FIELD_INVALID, "tid"),
        (("tid",), "", Reason.FIELD_MISSING, "tid"),
        (("receiver_address",), "弄" * 4001, Reason.FIELD_INVALID, "receiver_address"),
        (("orders",), "x", Reason.FIELD_INVALID, "orders"),
    ],
)
def test_odd_values_are_refused_with_their_place(path: tuple[Any, ...], value: Any, reason: Reason, detail: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(edited(*path, value=value))
    assert (refusal.value.reason, refusal.value.detail) == (reason, detail)


def test_missing_fields_are_named() -> None:
    for name in ("status", "modified", "created", "payment"):
        with pytest.raises(BadInput) as refusal:
            parse(body(trade(**{name: None})))
        assert (refusal.value.reason, refusal.value.detail) == (Reason.FIELD_MISSING, name)


PLAIN = body(trade())


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (b"", Reason.BODY_UNREADABLE),
        (b"{}", Reason.FIELD_MISSING),
        (b"[]", Reason.FIELD_INVALID),
        (PLAIN[:-10], Reason.BODY_UNREADABLE),
        (PLAIN + b"x", Reason.BODY_UNREADABLE),
        (b"\xef\xbb\xbf" + PLAIN, Reason.BODY_UNREADABLE),
        (PLAIN.replace(b'"seller_flag": 3', b'"seller_flag": NaN'), Reason.BODY_UNREADABLE),
        (PLAIN.replace(b'"seller_flag": 3', b'"seller_flag": Infinity'), Reason.BODY_UNREADABLE),
        (PLAIN.replace(b'"seller_flag": 3', b'"seller_flag": 1e400'), Reason.FIELD_INVALID),
        (PLAIN.replace(b'"seller_flag": 3', b'"seller_flag": ' + b"9" * 10_000), Reason.FIELD_INVALID),
        (PLAIN.replace(b'"seller_flag": 3', b'"x": ' + b"[" * 200_000), Reason.BODY_UNREADABLE),
        (PLAIN.replace("老客户".encode(), b"\\ud800"), Reason.BODY_UNREADABLE),
        (PLAIN.replace("老客户".encode(), b"\\u0000"), Reason.BODY_UNREADABLE),
        (PLAIN.replace("老客户".encode(), "老客户".encode("gb18030")), Reason.ENCODING_WRONG),
        (b'{"x":"' + b"a" * (8 * 1024 * 1024) + b'"}', Reason.BODY_TOO_LARGE),
    ],
)
def test_hostile_bodies_are_refused_quickly(hostile: bytes, reason: Reason) -> None:
    began = time.monotonic()
    with pytest.raises(BadInput) as refusal:
        parse(hostile)
    assert refusal.value.reason is reason
    assert time.monotonic() - began < 1


def test_a_literal_backslash_before_u0000_is_only_text() -> None:
    assert read(seller_memo="\\u0000").seller_remark == "\\u0000"


def test_ten_thousand_lines_are_read_or_refused_quickly() -> None:
    began = time.monotonic()
    order = read(*[line(n) for n in range(10_000)])
    assert len(order.lines) == 10_000
    assert time.monotonic() - began < 2


def test_refusals_show_nothing_personal() -> None:
    told = edited("receiver_mobile", value={"13812345678": "张三丰"})
    with pytest.raises(BadInput) as refusal:
        parse(told)
    assert "138" not in str(refusal.value)
    assert refusal.value.__cause__ is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(trade())), json_values)
def test_any_value_in_any_field_is_read_or_refused(field: str, value: Any) -> None:
    refused_or_read(parse, json.dumps(trade() | {field: value}).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(line())), json_values)
def test_any_value_in_any_field_of_a_line_is_read_or_refused(field: str, value: Any) -> None:
    refused_or_read(parse, json.dumps(trade(line() | {field: value})).encode())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 10_000)), min_size=1, max_size=6),
    st.integers(0, 10_000),
    st.integers(0, 2_000),
)
def test_shares_never_lose_a_cent(goods: list[tuple[int, int]], off: int, freight: int) -> None:
    total = sum(num * price for num, price in goods)
    paid = total - min(off, total) + freight
    lines = [
        line(n, num=num, price=f"{price / 100:.2f}", discount_fee="0.00", divide_order_fee=None, part_mjz_discount=None)
        for n, (num, price) in enumerate(goods)
    ]
    order = read(*lines, payment=f"{paid / 100:.2f}", post_fee=f"{freight / 100:.2f}")
    assert order.goods_minor - order.discount_minor + order.freight_minor == order.paid_minor == paid
    assert all(found.payable_minor >= 0 for found in order.lines)


def refused_or_read(read: Callable[[bytes], PlatformOrder], told: bytes) -> None:
    try:
        order = read(told)
    except BadInput as refusal:
        assert refusal.detail  # noqa: PT017 - either way is right, but a refusal names its place
    else:
        assert order.platform_order_no
