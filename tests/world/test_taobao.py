import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from paidan.world.faults import FaultDraw
from paidan.world.script import ScriptLine
from paidan.world.taobao import TaobaoPlatform
from paidan.world.taobao.gateway import sign
from paidan.world.wire import Faults, Request
from world.taobao_client import CONSIGNEE, OPENS, SECRET, WANG, Shop, line, make_day, minutes, order

LI = structs.replace(WANG, name="李四", phone="13900000000", province="浙江省", city="杭州市", district="西湖区", detail="文三路1号")
TID = 2_000_000_000_000_000_001
SEND = "taobao.logistics.offline.send"
ONLINE = "taobao.logistics.online.send"
ASCP = "alibaba.ascp.logistics.offline.send"
INCREMENT = "taobao.trades.sold.increment.get"


def shop_of(*orders: Any, **more: Any) -> Shop:
    return Shop(TaobaoPlatform(make_day(*orders, **more)))


# Signature and gateway.

VECTOR = {
    "method": "taobao.item.seller.get", "app_key": "12345678", "session": "test", "timestamp": "2016-01-01 12:00:00", "format": "json", "v": "2.0",
    "fields": "num_iid,title,nick,price,num", "num_iid": "11223344",
}  # fmt: skip
VECTOR_INCREMENT = {
    "method": INCREMENT, "app_key": "12345678", "session": "test-session", "timestamp": "2026-01-01 12:00:00", "format": "json", "v": "2.0",
    "fields": "tid,status,modified,orders", "start_modified": "2026-01-01 11:30:00", "end_modified": "2026-01-01 12:00:00", "page_no": "1",
    "page_size": "50", "use_has_next": "true",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "parameters", "expected"),
    [
        ("md5", VECTOR, "66987CB115214E59E6EC978214934FB8"),  # published by the platform
        ("hmac", VECTOR, "D56D7858309C31B6251083A874D48273"),
        ("hmac-sha256", VECTOR, "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
        ("md5", VECTOR_INCREMENT, "37ED93C8A1671D9DFA5F7C23F12222D7"),
    ],
)
def test_signatures_match_the_vectors(method: str, parameters: dict[str, str], expected: str) -> None:
    signed = parameters | {"sign_method": method}
    assert sign(method, "helloworld", signed) == expected
    assert sign(method, "helloworld", signed | {"sign": expected}) == expected


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"app_key": None}, "28"),
        ({"app_key": "1"}, "29"),
        ({"method": None}, "21"),
        ({"method": "taobao.no.such.method"}, "22 isv.invalid-method"),
        ({"sign": ""}, "24"),
        ({"sign": "0" * 32}, "25"),
        ({"secret": "another"}, "25"),
        ({"session": None}, "26"),
        ({"session": "stolen"}, "27"),
        ({"timestamp": None}, "30"),
        ({"timestamp": "yesterday"}, "31"),
        ({"at": OPENS - timedelta(minutes=11)}, "31"),
        ({"at": OPENS + timedelta(minutes=11)}, "31"),
        ({"v": None}, "32"),
        ({"v": "1.0"}, "34"),
        ({"format": "xml"}, "23"),
        ({"sign_method": "sha1"}, "41 isv.invalid-parameter"),
        ({"fields": None}, "40 isv.missing-parameter"),
        ({"page_size": 101}, "41 isv.invalid-parameter"),
        ({"page_no": 0}, "41 isv.invalid-parameter"),
        ({"page_size": "many"}, "41 isv.invalid-parameter"),
        ({"end_modified": None}, "40 isv.missing-parameter"),
        ({"end_modified": "2026-01-06 08:00:01"}, "41 isv.invalid-parameter"),
        ({"end_modified": "2026-01-05 07:00:00"}, "41 isv.invalid-parameter"),
        ({}, "fine"),
        ({"at": OPENS + timedelta(minutes=9)}, "fine"),
    ],
)
def test_the_gateway_checks_what_the_real_one_checks(changes: dict[str, Any], refusal: str) -> None:
    shop = shop_of(order())
    call = {"method": INCREMENT, "fields": "tid", "start_modified": "2026-01-05 08:00:00", "end_modified": "2026-01-05 08:30:00"}
    body = shop.raw(**(call | changes))
    error = body.get("error_response")
    assert refusal == ("fine" if error is None else f"{error['code']} {error.get('sub_code', '')}".strip())


@pytest.mark.parametrize("kind", ["md5", "hmac", "hmac-sha256"])
def test_get_and_every_signature_method_work(kind: str) -> None:
    shop = shop_of()
    parameters = {
        "method": "taobao.time.get",
        "sign_method": kind,
        "app_key": "23000001",
        "v": "2.0",
        "format": "json",
        "timestamp": "2026-01-05 08:00:00",
    }
    body = shop.raw(verb="GET", session=None, sign=sign(kind, SECRET, parameters), **parameters)
    assert body["time_get_response"]["time"] == "2026-01-05 08:00:00"


def test_too_many_calls_in_a_second_are_refused() -> None:
    shop = Shop(TaobaoPlatform(make_day(), calls_max=3))
    for _ in range(3):
        shop.call("taobao.time.get")
    assert shop.refused("taobao.time.get") == "7 accesscontrol.limited-by-app-access-count"
    shop.at(1).call("taobao.time.get")


def test_other_paths_and_other_bodies_are_refused() -> None:
    platform = TaobaoPlatform(make_day())
    assert platform.answer(Request(verb="GET", path="/", headers={}), OPENS).status == 404
    for headers, body in (({"content-type": "text/xml"}, b"<a/>"), ({}, b"\xff=1")):
        answer = json.loads(platform.answer(Request(verb="POST", path="/router/rest", headers=headers, body=body), OPENS).body)
        assert answer["error_response"]["code"] == 41
    assert json.loads(platform.answer(Request(verb="PUT", path="/router/rest", headers={}), OPENS).body)["error_response"]["code"] == 9


BETWEEN = "\r\n-S-\r\n"
TIME, FULL = "method=taobao.time.get", f"method=taobao.trade.fullinfo.get&tid={TID}&fields=tid"


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        (BETWEEN.join([TIME, FULL]), {}, ["time_get_response", "trade_fullinfo_get_response"]),
        (
            BETWEEN.join([FULL, TIME, FULL]),
            {"separator": BETWEEN},
            ["trade_fullinfo_get_response", "time_get_response", "trade_fullinfo_get_response"],
        ),
        ("#PUBLIC#method=taobao.time.get" + BETWEEN + BETWEEN.join(["N", "N"]), {}, ["time_get_response"] * 2),
        (BETWEEN.join([TIME, FULL]), {"session": None}, ["time_get_response", "26"]),
        (BETWEEN.join([TIME, FULL + "&session=stolen"]), {}, ["time_get_response", "27"]),
        (BETWEEN.join([TIME, "method=taobao.no.such.method", "tid=1", FULL.replace("&tid=", "&tid=9")]), {}, ["time_get_response", "22", "21", "15"]),
        (FULL.replace("&tid", "|tid"), {"separator": "|"}, ["40", "21"]),
        (BETWEEN.join([TIME, FULL]), {"secret": "another"}, ["25"]),
        (BETWEEN.join([TIME, FULL]), {"sign": "0" * 32}, ["25"]),
        (BETWEEN.join([TIME, FULL]), {"app_key": "1"}, ["29"]),
        (BETWEEN.join([TIME, FULL]), {"timestamp": "2026-01-05 09:00:00"}, ["31"]),
        (BETWEEN.join([TIME] * 21), {}, ["41"]),
        ("", {}, ["40"]),
        (TIME, {"verb": "GET"}, ["9"]),
    ],
)
def test_the_batch_gateway_answers_call_by_call_and_checks_the_whole_once(body: str, changes: dict[str, Any], expected: list[str]) -> None:
    answers = shop_of(order()).at(10).batch(body, **changes)
    assert [str(answer["error_response"]["code"]) if "error_response" in answer else next(iter(answer)) for answer in answers] == expected


def test_each_call_of_a_batch_counts() -> None:
    shop = Shop(TaobaoPlatform(make_day(), calls_max=3))
    answers = shop.batch(BETWEEN.join([TIME] * 5))
    assert ["error_response" in answer for answer in answers] == [False, False, False, True, True]


# Trades.


def test_a_trade_is_placed_paid_and_told_in_the_platforms_way() -> None:
    shop = shop_of(order(1, line(quantity=3, price_minor=1050), freight_minor=600, buyer_remark="快点"))
    unpaid = shop.at(1).trade()
    assert (unpaid["status"], "pay_time" in unpaid) == ("WAIT_BUYER_PAY", False)
    paid = shop.at(2).trade()
    assert (paid["tid"], paid["status"], paid["payment"], paid["post_fee"]) == (TID, "WAIT_SELLER_SEND_GOODS", "37.50", "6.00")
    assert (paid["created"], paid["pay_time"], paid["modified"]) == ("2026-01-05 08:01:00", "2026-01-05 08:02:00", "2026-01-05 08:02:00")
    (only,) = paid["orders"]["order"]
    assert (only["oid"], only["num"], only["price"], only["outer_sku_id"], only["sku_id"]) == (TID, 3, "10.50", "SKU1", "480001")


def test_the_consignee_is_masked_and_the_token_needs_all_its_fields() -> None:
    shop = shop_of(order()).at(2)
    body = shop.trade(fields=f"tid,created,receiver_state,receiver_district,{CONSIGNEE}", include_oaid="include_oaid")
    assert (body["receiver_name"], body["receiver_mobile"]) == ("王**", "*******5678")
    assert (body["receiver_state"], body["receiver_city"], body["receiver_district"]) == ("上海", "上海市", "浦东新区")
    assert WANG.detail not in json.dumps(body, ensure_ascii=False)
    assert body["oaid"]
    assert "oaid" not in shop.trade(fields=f"tid,{CONSIGNEE}", include_oaid="include_oaid")
    assert "oaid" not in shop.trade(fields=f"tid,created,{CONSIGNEE}")
    assert shop.trade(fields=f"tid,created,oaid,{CONSIGNEE}")["oaid"] == body["oaid"]


def test_lists_tell_a_part_only_and_another_shop_sees_nothing() -> None:
    shop = shop_of(order(1, buyer_remark="x")).at(5)
    body = shop.call(
        INCREMENT, fields="tid,buyer_message,receiver_name,orders.oid", start_modified="2026-01-05 08:00:00", end_modified="2026-01-05 09:00:00"
    )
    assert body == {"total_results": 1, "trades": {"trade": [{"tid": TID, "orders": {"order": [{"oid": TID}]}}]}}
    other = Shop(shop.platform, "B").at(5)
    assert other.refused("taobao.trade.fullinfo.get", tid=TID, fields="tid") == "15 isv.trade-not-exist"
    assert other.call("taobao.trades.sold.get", fields="tid", use_has_next="true") == {"has_next": False}


def window(shop: Shop, page: int, size: int = 10, **more: Any) -> dict[str, Any]:
    return shop.call(
        INCREMENT,
        fields="tid,modified",
        start_modified="2026-01-05 08:00:00",
        end_modified="2026-01-05 12:00:00",
        page_no=page,
        page_size=size,
        **more,
    )


def test_increment_pages_are_newest_first_with_total_or_has_next() -> None:
    shop = shop_of(*(order(n) for n in range(1, 26))).at(60)
    pages = [window(shop, page) for page in (1, 2, 3, 4)]
    assert [page["total_results"] for page in pages] == [25] * 4
    modified = [trade["modified"] for page in pages[:3] for trade in page["trades"]["trade"]]
    assert len(modified) == 25
    assert modified == sorted(modified, reverse=True)
    assert "trades" not in pages[3]
    assert [window(shop, page, use_has_next="true")["has_next"] for page in (1, 2, 3)] == [True, True, False]
    assert "total_results" not in window(shop, 1, use_has_next="true")


def test_pages_move_when_trades_change_between_them_and_reading_backwards_loses_none() -> None:
    def read(pages: list[int]) -> set[int]:
        shop = shop_of(*(order(n) for n in range(1, 31))).at(60)
        seen: set[int] = set()
        for step, page in enumerate(pages):
            seen |= {trade["tid"] for trade in window(shop, page)["trades"]["trade"]}
            if step == 0:  # the newest trades of the first page change and leave the window's present page
                for n in (30, 29, 28):
                    shop.at(300).call("taobao.trade.memo.update", tid=2_000_000_000_000_000_000 + n, memo="m")
        return seen

    everything = {2_000_000_000_000_000_000 + n for n in range(1, 31)}
    assert len(everything - read([1, 2, 3])) == 3  # forwards: three slipped from page 2 to page 1, from 3 to 2
    assert everything - read([3, 2, 1]) == {2_000_000_000_000_000_000 + n for n in (28, 29, 30)}  # these changed: the next window has them


def test_status_and_type_filter_the_list() -> None:
    shop = shop_of(order(1), order(2, paid_at=None), order(3, is_cod=True, paid_at=None)).at(9)
    assert window(shop, 1, status="WAIT_BUYER_PAY")["total_results"] == 1
    assert window(shop, 1, type="cod")["total_results"] == 1
    assert window(shop, 1, type="guarantee_trade")["total_results"] == 2
    assert window(shop, 1, type="auction")["total_results"] == 0


amounts = st.integers(0, 100_000)
script_lines = st.builds(
    ScriptLine,
    item_ref=st.just("600001"),
    sku_ref=st.integers(480001, 480003).map(str),
    merchant_code=st.just("SKU1"),
    title=st.just("t"),
    quantity=st.integers(-5, 9),
    price_minor=st.integers(-500, 10_000),
    discount_minor=st.integers(0, 5_000),
    is_service=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(script_lines, min_size=1, max_size=8), st.integers(0, 5000))
def test_amounts_add_up_whatever_was_in_the_invoice(lines: list[ScriptLine], freight: int) -> None:
    shop = shop_of(order(1, *lines, freight_minor=freight)).at(5)
    books = shop.platform.books()
    if not any(one.quantity > 0 and one.price_minor >= 0 for one in lines):
        assert books["unsellable"] == [str(TID)]
        return
    trade = shop.trade()

    def fen(text: str) -> int:
        assert text[-3] == "."
        return int(text.replace(".", ""))

    rows = trade["orders"]["order"]
    assert fen(trade["payment"]) == sum(fen(row["divide_order_fee"]) for row in rows) + fen(trade["post_fee"])
    assert fen(trade["total_fee"]) == sum(fen(row["price"]) * row["num"] for row in rows)
    for row in rows:
        assert fen(row["payment"]) == fen(row["price"]) * row["num"] + fen(row["adjust_fee"]) - fen(row["discount_fee"])
        assert fen(row["divide_order_fee"]) == fen(row["payment"]) - fen(row["part_mjz_discount"])
        assert fen(row["divide_order_fee"]) >= 0
        assert row["num"] > 0
        assert "outer_sku_id" in row or row["shipping_type"] == "virtual"
    credit = sum(max(-one.quantity * one.price_minor, 0) for one in lines)
    assert -sum(fen(row["adjust_fee"]) for row in rows) + books["orders"][str(TID)]["uncollected_minor"] == credit


# What the buyers do later.


def statuses(shop: Shop) -> tuple[str, list[str]]:
    trade = shop.trade()
    return trade["status"], [row["refund_status"] for row in trade["orders"]["order"]]


def test_a_refund_is_asked_for_and_withdrawn() -> None:
    shop = shop_of(order(1, line(1), line(2), refund_asked_at=minutes(10), refund_withdrawn_at=minutes(20)))
    assert statuses(shop.at(10)) == ("WAIT_SELLER_SEND_GOODS", ["WAIT_SELLER_AGREE"] * 2)
    assert statuses(shop.at(20)) == ("WAIT_SELLER_SEND_GOODS", ["CLOSED"] * 2)


def test_a_cancellation_before_shipping_closes_the_trade_and_shows_the_units_again() -> None:
    shop = shop_of(order(1, line(1, 3), refund_asked_at=minutes(10), cancelled_at=minutes(30)))
    assert shop.at(5).display() == 97
    assert statuses(shop.at(30)) == ("TRADE_CLOSED", ["SUCCESS"])
    assert shop.display() == 100
    listed = shop.call("taobao.refunds.receive.get", fields="refund_id,tid,status,refund_fee,oid")["refunds"]["refund"]
    assert [(one["tid"], one["status"], one["refund_fee"]) for one in listed] == [(TID, "SUCCESS", "30.00")]
    one = shop.call("taobao.refund.get", refund_id=listed[0]["refund_id"], fields="refund_id,status,num")["refund"]
    assert one == {"refund_id": listed[0]["refund_id"], "status": "SUCCESS", "num": 3}
    assert shop.refused("taobao.refund.get", refund_id=1, fields="status") == "15 isv.refund-not-exist"


def test_an_unpaid_trade_is_closed_by_the_platform_and_never_paid() -> None:
    shop = shop_of(order(1, cancelled_at=minutes(1.5)))
    assert statuses(shop.at(60)) == ("TRADE_CLOSED_BY_TAOBAO", ["NO_REFUND"])
    assert shop.display() == 100


def test_a_cancellation_after_shipping_is_refused_and_the_books_say_so() -> None:
    shop = shop_of(order(1, refund_asked_at=minutes(30), cancelled_at=minutes(40))).at(20)
    shop.call(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001")
    assert statuses(shop.at(50)) == ("WAIT_BUYER_CONFIRM_GOODS", ["SELLER_REFUSE_BUYER"])
    assert shop.platform.books()["orders"][str(TID)]["is_close_refused"] is True


def test_stopping_the_goods_releases_the_refund() -> None:
    shop = shop_of(order(1, line(1), line(2), refund_asked_at=minutes(10), cancelled_at=minutes(90))).at(15)
    listed = shop.call("taobao.refunds.receive.get", fields="refund_id,oid")["refunds"]["refund"]
    stop = "taobao.rdc.aligenius.sendgoods.cancel"
    for row in listed:
        param = {"refund_id": int(row["refund_id"]), "tid": TID, "oid": row["oid"], "status": "SUCCESS"}
        assert shop.call(stop, param=json.dumps(param))["result"]["success"] is True
        assert shop.call(stop, param=json.dumps(param))["result"]["success"] is False
    assert statuses(shop) == ("TRADE_CLOSED", ["SUCCESS"] * 2)
    assert statuses(shop.at(100)) == ("TRADE_CLOSED", ["SUCCESS"] * 2)
    assert shop.display() == shop.display(2) == 100


# The shop sells what it displays.


def test_a_sale_is_lost_when_the_shop_shows_too_little() -> None:
    shop = shop_of(*(order(n * 3, line(1, 2)) for n in range(1, 5)), display=5).at(30)
    assert shop.platform.books()["lost_sales"] == [str(2_000_000_000_000_000_009), str(2_000_000_000_000_000_012)]
    assert shop.display() == 1


def test_two_unpaid_orders_may_oversell_but_the_counter_stays_at_zero() -> None:
    shop = shop_of(*(order(1, line(1, 4), order_no=str(TID + n), cancelled_at=minutes(60)) for n in range(2)), display=5).at(5)
    books = shop.platform.books()
    assert (shop.display(), books["oversold"], books["is_display_consistent"]) == (0, 3, True)
    assert [shop.lines(n)[0]["is_oversold"] for n in (1, 2)] == [False, True]
    shop.at(70)
    assert shop.display() == 5


def test_full_updates_and_increments_move_the_counter() -> None:
    shop = shop_of()
    shop.call("taobao.item.quantity.update", num_iid=600001, sku_id=480001, quantity=7)
    assert shop.display() == 7
    shop.call("taobao.item.quantity.update", num_iid=600001, outer_id="SKU1", quantity=-2, type=2)
    assert shop.display() == 5
    assert shop.refused("taobao.item.quantity.update", num_iid=600001, sku_id=480001, quantity=-6, type=2) == "41 isv.invalid-parameter"
    assert shop.refused("taobao.item.quantity.update", num_iid=600001, sku_id=480001, quantity=-6) == "41 isv.invalid-parameter"
    unknown = shop.refused("taobao.item.quantity.update", num_iid=600001, sku_id=1, quantity=6)
    assert unknown == "15 isv.item-not-exist:invalid-numIid-or-iid-or-skuid"
    body = shop.call("taobao.skus.quantity.update", num_iid=600001, skuid_quantities="480001:-9;480002:3", type=2)
    assert [(one["sku_id"], one["quantity"]) for one in body["item"]["skus"]["sku"]] == [(480001, 0), (480002, 103)]
    assert shop.platform.books()["listings"]["A:600001:480001"]["clamped"] == 4
    many = ";".join(f"{480001 + n}:1" for n in range(21))
    assert shop.refused("taobao.skus.quantity.update", num_iid=600001, skuid_quantities=many) == "41 isv.invalid-parameter"
    shop.call("taobao.skus.quantity.update", num_iid=600001, outerid_quantities="SKU3:1;SKU4:2")
    assert (shop.display(3), shop.display(4)) == (1, 2)


def test_an_increment_with_a_key_counts_once() -> None:
    shop = shop_of()

    def push(quantity: int, key: str, kind: int = 2) -> dict[str, Any]:
        options = json.dumps({"type": kind, "outer_biz_key": key})
        quantities = json.dumps([{"sku_id": 480001, "quantity": quantity}])
        return shop.raw(method="tmall.item.quantity.update", item_id=600001, sku_quantities=quantities, options=options)

    first = push(-3, "ab01")
    assert first["tmall_item_quantity_update_response"]["quantity_update_result"] == "600001"
    again = push(-3, "ab01")
    assert again["tmall_item_quantity_update_response"]["quantity_update_result"] == "600001"
    assert shop.display() == 97
    push(-3, "ab02")
    assert shop.display() == 94
    assert push(-4, "ab02")["error_response"]["code"] == 41
    assert push(-4, "not hex")["error_response"]["code"] == 41
    push(11, "", 1)
    assert shop.display() == 11


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["set", "add"]), st.integers(-30, 30)), max_size=12), st.integers(0, 12))
def test_the_counter_is_never_negative_and_always_explained(pushes: list[tuple[str, int]], display: int) -> None:
    shop = shop_of(*(order(n, line(1, 1 + n % 3), cancelled_at=minutes(n + 7) if n % 4 == 0 else None) for n in range(1, 12)), display=display)
    for step, (kind, quantity) in enumerate(pushes):
        shop.at(step)
        amount = abs(quantity) if kind == "set" else quantity
        shop.call("taobao.skus.quantity.update", num_iid=600001, skuid_quantities=f"480001:{amount}", type=1 if kind == "set" else 2)
        assert shop.display() >= 0
    shop.at(60)
    slot = shop.platform.books()["listings"]["A:600001:480001"]
    assert slot["display"] == display - slot["sold"] + slot["oversold"] + slot["returned"] + slot["pushed"] >= 0


# Shipping.


def test_a_whole_trade_is_shipped_once() -> None:
    shop = shop_of(order(1, line(1), line(2), line(3, is_service=True, merchant_code=""))).at(5)
    assert shop.call(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001") == {"shipping": {"is_success": True}}
    assert shop.trade()["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert shop.refused(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001") == "15 isv.logistics-offline-service-error:B04"
    assert [row["invoice_no"] for row in shop.lines()] == ["ZT1000001"] * 3


def test_cash_on_delivery_goes_by_the_online_call_and_nothing_else_does() -> None:
    shop = shop_of(order(1, is_cod=True, paid_at=None), order(2)).at(5)
    parcel = {"company_code": "ZTO", "out_sid": "ZT1000001"}
    assert shop.call(ONLINE, tid=TID, **parcel) == {"shipping": {"is_success": True}}
    assert shop.trade()["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert shop.refused(ONLINE, tid=TID + 1, **parcel).startswith("41 ")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tid": 99}, "B01"),
        ({"company_code": "NOBODY"}, "B57"),
        ({"out_sid": "!"}, "B60"),
        ({"out_sid": "TAKEN-0001"}, "B60"),
        ({"is_split": 1}, "CD25"),
        ({"sub_tid": TID}, "CD25"),
        ({"is_split": 1, "sub_tid": 99}, "CD24"),
    ],
)
def test_shipping_calls_are_checked(changes: dict[str, Any], code: str) -> None:
    other = order(2, receiver=LI)
    shop = shop_of(order(1, line(1), line(2)), other).at(5)
    shop.call(SEND, tid=TID + 1, company_code="ZTO", out_sid="TAKEN-0001")
    call = {"tid": TID, "company_code": "ZTO", "out_sid": "ZT1000001"}
    assert shop.refused(SEND, **(call | changes)) == f"15 isv.logistics-offline-service-error:{code}"
    assert shop.trade()["status"] == "WAIT_SELLER_SEND_GOODS"


def test_unpaid_and_closed_trades_cannot_be_shipped() -> None:
    shop = shop_of(order(1, paid_at=None), order(2, cancelled_at=minutes(10))).at(20)
    for tid in (TID, TID + 1):
        assert shop.refused(SEND, tid=tid, company_code="ZTO", out_sid="ZT1000001") == "15 isv.logistics-offline-service-error:B04"


def test_a_trade_is_shipped_line_by_line() -> None:
    shop = shop_of(order(1, line(1), line(2))).at(5)
    first, second = (row["oid"] for row in shop.lines())
    shop.call(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001", is_split=1, sub_tid=first)
    assert [row["status"] for row in shop.lines()] == ["WAIT_BUYER_CONFIRM_GOODS", "WAIT_SELLER_SEND_GOODS"]
    assert shop.trade()["status"] == "SELLER_CONSIGNED_PART"
    assert shop.refused(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000002").endswith("CD23")
    assert shop.refused(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001", is_split=1, sub_tid=first).endswith("B04")
    shop.call(SEND, tid=TID, company_code="SF", out_sid="SF1000002", is_split=1, sub_tid=second)
    assert shop.trade()["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert shop.platform.books()["orders"][str(TID)]["waybills"] == ["SF1000002", "ZT1000001"]


def test_part_of_a_line_in_several_parcels() -> None:
    shop = shop_of(order(1, line(1, 5), line(2, 2))).at(5)
    first, second = (row["oid"] for row in shop.lines())

    def send(*pkgs: tuple[str, dict[int, int]], **status: Any) -> dict[str, Any]:
        packed = [
            {"out_sid": number, "company_code": "ZTO", "goods": [{"sub_tid": str(oid), "num": num} for oid, num in goods.items()]}
            for number, goods in pkgs
        ]
        return shop.raw(method=ASCP, tid=TID, consign_type=1, consign_pkgs=json.dumps(packed), **status)

    assert send(("ZT1000001", {first: 6}))["error_response"]["sub_code"].endswith("P38")
    assert send(("ZT1000001", {first: 0}))["error_response"]["sub_code"].endswith("P38")
    said_full = json.dumps([{"sub_tid": str(first), "is_part_consign": False}])
    assert send(("ZT1000001", {first: 2}), consign_status=said_full)["error_response"]["sub_code"].endswith("P38")
    said_part = json.dumps({"sub_tid": str(first), "is_part_consign": True})
    assert send(("ZT1000001", {first: 2}), consign_status=said_part)["alibaba_ascp_logistics_offline_send_response"]["result"] == {"success": True}
    assert [row["status"] for row in shop.lines()] == ["SELLER_CONSIGNED_PART", "WAIT_SELLER_SEND_GOODS"]
    send(("ZT1000002", {first: 1, second: 2}), ("ZT1000003", {first: 2}))
    assert shop.trade()["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    books = shop.platform.books()["orders"][str(TID)]["lines"]
    assert {oid: row["shipped"] for oid, row in books.items()} == {str(first): 5, str(second): 2}
    assert send(("ZT1000004", {first: 1}))["error_response"]["sub_code"].endswith("B04")


def test_the_waybill_can_be_changed_after_shipping() -> None:
    shop = shop_of(order()).at(5)
    resend = "taobao.logistics.consign.resend"
    assert shop.refused(resend, tid=TID, company_code="SF", out_sid="SF1000009").endswith("CD19")
    shop.call(SEND, tid=TID, company_code="ZTO", out_sid="ZT1000001")
    assert shop.refused(resend, tid=TID, company_code="ZTO", out_sid="ZT1000001").endswith("P07")
    shop.call(resend, tid=TID, company_code="SF", out_sid="SF1000009")
    assert shop.platform.books()["orders"][str(TID)]["waybills"] == ["SF1000009"]


def test_companies_are_listed() -> None:
    body = shop_of().call("taobao.logistics.companies.get", fields="code,reg_mail_no")
    assert [row["code"] for row in body["logistics_companies"]["logistics_company"]] == ["SF", "ZTO"]


# Messages.


def consume(shop: Shop, **more: Any) -> list[dict[str, Any]]:
    body = shop.call("taobao.tmc.messages.consume", session=None, **more)
    return list(body.get("messages", {}).get("tmc_message", []))


def test_messages_come_only_after_permission_and_again_until_confirmed() -> None:
    shop = shop_of(*(order(n) for n in range(1, 4)))
    shop.at(0.5).call("taobao.tmc.user.permit", topics="taobao_trade_TradeBuyerPay,taobao_trade_TradeCreate")
    got = consume(shop.at(10))
    assert Counter(message["topic"] for message in got) == {"taobao_trade_TradeBuyerPay": 3, "taobao_trade_TradeCreate": 3}
    content = json.loads(got[0]["content"])
    assert {"tid", "payment", "seller_nick", "buyer_nick", "type"} <= set(content)
    assert consume(shop) == []
    kept, done = got[0]["id"], [message["id"] for message in got[1:]]
    shop.call("taobao.tmc.messages.confirm", session=None, s_message_ids=",".join(map(str, done)))
    assert [message["id"] for message in consume(shop.at(12))] == [kept]
    shop.call("taobao.tmc.messages.confirm", session=None, s_message_ids=str(done[0]), f_message_ids=str(kept))
    assert [message["id"] for message in consume(shop)] == [kept]


def test_messages_are_not_in_order() -> None:
    shop = shop_of(*(order(n) for n in range(1, 40)))
    shop.at(0).call("taobao.tmc.user.permit")
    numbers = [message["id"] for message in consume(shop.at(90), quantity=200)]
    assert len(numbers) == 78
    assert numbers != sorted(numbers)


def test_message_faults_duplicate_and_delay() -> None:
    shop = Shop(TaobaoPlatform(make_day(*(order(n) for n in range(1, 40))), draw=FaultDraw(faults=Faults(duplicate=0.5, delay=0.5), seed=3)))
    shop.at(0).call("taobao.tmc.user.permit")
    seen: Counter[int] = Counter()
    for minute in range(41, 200, 2):
        numbers = [message["id"] for message in consume(shop.at(minute), quantity=200)]
        seen.update(numbers)
        if numbers:
            shop.call("taobao.tmc.messages.confirm", session=None, s_message_ids=",".join(map(str, numbers)))
    assert len(seen) == 78
    assert set(seen.values()) == {1, 2}


def test_a_group_has_its_own_messages() -> None:
    shop = shop_of(order(1), order(2, shop="B"))
    other = Shop(shop.platform, "B")
    shop.call("taobao.tmc.user.permit")
    other.call("taobao.tmc.user.permit")
    shop.call("taobao.tmc.group.add", group_name="mine", nicks="店铺A", session=None)
    assert shop.refused("taobao.tmc.messages.consume", group_name="no-such") == "41 isv.invalid-parameter"
    assert shop.refused("taobao.tmc.messages.consume", quantity=9) == "41 isv.invalid-parameter"
    shop.at(10)
    other.at(10)
    assert {message["user_nick"] for message in consume(shop, group_name="mine")} == {"店铺A"}
    assert {message["user_nick"] for message in consume(shop)} == {"店铺B"}


# Consignees.


def oaid(shop: Shop, number: int) -> str:
    return str(shop.trade(number, fields=f"created,oaid,{CONSIGNEE}")["oaid"])


def test_trades_of_one_consignee_are_grouped_by_the_platform_alone() -> None:
    shop = shop_of(order(1), order(2), order(3, receiver=LI)).at(9)
    tokens = {n: oaid(shop, n) for n in (1, 2, 3)}
    assert len(set(tokens.values())) == 3
    entries = [{"oaid": token, "tid": str(TID - 1 + n)} for n, token in tokens.items()]
    body = shop.call("taobao.top.oaid.merge", merge_list=json.dumps(entries))
    assert body == {"tid_list": {"string": [f"{TID},{TID + 1}", str(TID + 2)]}}
    entries[0]["oaid"] = tokens[3]
    assert shop.refused("taobao.top.oaid.merge", merge_list=json.dumps(entries)) == "41 isv.invalid-parameter"
    assert shop.refused("taobao.top.oaid.merge", merge_list=json.dumps(entries * 40)) == "41 isv.invalid-parameter"


def test_a_token_is_decrypted_for_a_scene_and_only_while_the_trade_lives() -> None:
    shop = shop_of(order(1), order(2, cancelled_at=minutes(30))).at(9)
    tokens = [oaid(shop, 1), oaid(shop, 2)]

    def decrypt(number: int, token: str, scene: str = "1004") -> dict[str, Any]:
        query = json.dumps([{"oaid": token, "tid": str(TID - 1 + number), "scene": scene}])
        body: dict[str, Any] = shop.call("taobao.top.oaid.decrypt", query_list=query)["receiver_list"]["receiver"][0]
        return body

    told = decrypt(1, tokens[0])
    assert (told["name"], told["mobile"], told["address_detail"], told["matched"]) == (WANG.name, WANG.phone, WANG.detail, True)
    assert "name" not in decrypt(1, tokens[1])
    assert decrypt(2, tokens[1])["matched"] is True
    shop.at(40)
    assert decrypt(2, tokens[1])["matched"] is False
    query = json.dumps([{"oaid": tokens[0], "tid": str(TID), "scene": "9"}])
    assert shop.refused("taobao.top.oaid.decrypt", query_list=query) == "41 isv.invalid-parameter"


def test_a_memo_is_kept() -> None:
    shop = shop_of(order(1, seller_remark="老客")).at(9)
    assert shop.trade()["seller_memo"] == "老客"
    shop.call("taobao.trade.memo.update", tid=TID, memo="已发", flag=3)
    assert shop.trade()["seller_memo"] == "已发"
    assert shop.refused("taobao.trade.memo.update", tid=TID, memo="长" * 400) == "41 isv.invalid-parameter"
    shop.call("taobao.trade.memo.update", tid=TID, reset="true")
    assert shop.trade()["seller_memo"] == ""


# The whole.


def test_the_same_day_gives_the_same_bytes() -> None:
    def play() -> tuple[str, list[dict[str, Any]]]:
        shop = shop_of(*(order(n, line(1, n % 3 + 1), line(2), refund_asked_at=minutes(50)) for n in range(1, 20)))
        shop.call("taobao.tmc.user.permit")
        shop.at(60)
        return json.dumps(shop.platform.books()), consume(shop, quantity=200)

    assert play() == play()


def test_steps_of_time_do_not_change_the_trades() -> None:
    orders = [order(n, line(1, 2), cancelled_at=minutes(n + 5) if n % 3 else None) for n in range(1, 30)]
    big, small = shop_of(*orders, display=20), shop_of(*orders, display=20)
    big.at(120)
    for minute in range(121):
        small.at(minute)
    assert big.platform.books() == small.platform.books()


def test_numbers_the_platform_could_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="digits only"):
        TaobaoPlatform(make_day(order(1, order_no="SO-1")))


def test_the_push_table_has_the_newest_facts_of_bulk_shops() -> None:
    shop = shop_of(order(1), order(2, shop="B", cancelled_at=minutes(30))).at(5)
    rows = shop.platform.bulk.rows
    assert list(rows) == [TID + 1]
    before = rows[TID + 1]
    assert before.status == "WAIT_SELLER_SEND_GOODS"
    assert before.modified == before.created + timedelta(minutes=1)
    shop.at(31)
    after = shop.platform.bulk.rows[TID + 1]
    assert (after.status, after.jdp_created, after.jdp_modified > before.jdp_modified) == ("TRADE_CLOSED", before.jdp_created, True)
    assert after.jdp_hashcode != before.jdp_hashcode
    told = json.loads(after.jdp_response)["trade_fullinfo_get_response"]["trade"]
    assert (told["tid"], told["receiver_name"], bool(told["oaid"])) == (TID + 1, "王**", True)
