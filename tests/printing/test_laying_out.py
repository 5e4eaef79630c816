"""What stands on which paper: parcels, what is in none yet, shelves, baskets, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.kernel.states import FulfilmentState
from paidan.printing.decide import GOODS_COLUMNS, along_the_shelves, boxes_of, lay_out, refuse
from paidan.printing.load import Line, Parcel, Part, Shipment
from paidan.printing.papers import Kind
from paidan.printing.shortening import columns_of, shortened, wrapped
from papers import PRINTED_AT

RECEIVER = Receiver(name="张三", phone="13800000001", province="上海市", city="上海市", district="徐汇区", town="", detail="漕溪路1号")


def line(n=1, fulfilment_id=7, left=2, **more):
    return Line(**{"fulfilment_id": fulfilment_id, "line_no": n, "sku": f"S{n}", "name": f"货{n}", "barcode": "", "place": "", "left": left, **more})


def parcel(tracking_no="T1", **units):
    return Parcel(
        parcel_id=1, tracking_no=tracking_no, carrier="顺丰", carrier_code="SF", weight_g=500, units={(7, int(n[1:])): q for n, q in units.items()}
    )


def shipment(leader_id=7, **more):
    base = {
        "leader_id": leader_id,
        "attempt": 1,
        "state": int(FulfilmentState.ACCEPTED),
        "warehouse_id": 1,
        "warehouse_code": "A",
        "warehouse": "杭州仓",
        "warehouse_region": "浙江省杭州市",
        "warehouse_detail": "1号库",
        "time_zone": "Asia/Shanghai",
        "sender_name": "",
        "sender_phone": "",
        "carrier": "中通",
        "carrier_code": "ZTO",
        "receiver_id": 5,
        "receiver_mask": "张* 138****0001",
        "receiver_region": "上海市徐汇区",
        "is_cod": False,
        "collect_minor": 0,
        "currency": "CNY",
        "weight_g": 900,
        "times": 0,
        "parts": (
            Part(fulfilment_id=leader_id, order_id=leader_id, order_no=f"O{leader_id}", platform_order_no="P", placed_at=PRINTED_AT, shop="一店"),
        ),
        "lines": (line(1, leader_id), line(2, leader_id)),
    }
    return Shipment(**{**base, **more})


def papers(kind, *shipments):
    return lay_out(kind, shipments, {5: RECEIVER}, "PR1", PRINTED_AT)


def test_what_is_in_no_parcel_yet_is_a_box_of_its_own():
    part_shipped = shipment(state=int(FulfilmentState.PART_SHIPPED), lines=(line(1, left=0), line(2, left=1)), parcels=(parcel(l1=2, l2=1),))
    assert [(box.tracking_no, box.carrier, box.units, box.weight_g) for box in boxes_of(part_shipped)] == [("T1", "顺丰", 3, 500), ("", "中通", 1, 0)]
    assert [(one.box, one.boxes, one.units) for one in papers(Kind.LABEL, part_shipped)] == [(1, 2, 3), (2, 2, 1)]


def test_what_a_warehouse_left_out_at_the_end_is_not_packed():
    ended = shipment(state=int(FulfilmentState.SHIPPED), lines=(line(1, left=1),), parcels=(parcel(l1=1),))
    assert [box.tracking_no for box in boxes_of(ended)] == ["T1"]


def test_pick_lists_are_by_warehouse_along_the_shelves_and_name_the_baskets():
    lines = (line(1, 7, place="A-10"), line(2, 7, place="A-2"), line(3, 7, left=1))
    same = (line(1, 8, left=5, place="A-10"),)
    [of_a, of_b] = papers(Kind.PICK_LIST, shipment(9, warehouse_code="B", warehouse_id=2), shipment(7, lines=lines), shipment(8, lines=same))
    assert (of_a.warehouse_code, of_b.warehouse_code) == ("A", "B")
    assert [(one.place, one.sku, one.quantity, one.baskets) for one in of_a.lines] == [
        ("A-2", "S2", 2, ((1, 2),)),
        ("A-10", "S1", 7, ((1, 2), (2, 5))),
        ("", "S3", 1, ((1, 1),)),
    ]
    assert [(basket.number, basket.fulfilment_no, basket.units) for basket in of_a.baskets] == [(1, "FH75", 5), (2, "FH83", 5)]
    assert of_a.units == sum(basket.units for basket in of_a.baskets)


@given(st.lists(st.tuples(st.text("AB-019", max_size=6), st.text("S-012", min_size=1, max_size=4)), max_size=20))
def test_any_places_can_be_sorted_and_no_unit_is_lost(places):
    lines = tuple(line(n, place=place, sku=f"{sku}#{n}") for n, (place, sku) in enumerate(places, 1))
    ordered = sorted(lines, key=along_the_shelves)
    assert [bool(one.place) for one in ordered] == sorted((bool(one.place) for one in lines), reverse=True)
    if lines:
        [paper] = papers(Kind.PICK_LIST, shipment(lines=lines))
        assert paper.units == 2 * len(lines)


def test_a_packing_list_names_only_the_orders_of_which_something_lies_in_it():
    parts = (*shipment().parts, Part(fulfilment_id=8, order_id=8, order_no="O8", platform_order_no="P8", placed_at=PRINTED_AT, shop="二店"))
    merged = shipment(parts=parts, lines=(line(1, 7, left=0), line(1, 8, left=3)), parcels=(parcel(l1=2),))
    first, rest = papers(Kind.PACKING_LIST, merged)
    assert [[order.order_no for order in one.orders] for one in (first, rest)] == [["O7"], ["O8"]]
    assert [(one.lines[0].order_no, one.lines[0].quantity) for one in (first, rest)] == [("O7", 2), ("O8", 3)]
    assert first.receiver == "张* 138****0001"


def test_a_label_names_the_sender_and_a_municipality_once():
    [label] = papers(Kind.LABEL, shipment())
    assert (label.sender.name, label.sender.detail) == ("一店", "1号库")
    assert label.receiver.region == "上海市 徐汇区"
    assert label.goods == ("货1 × 2", "货2 × 2")
    [named] = papers(Kind.LABEL, shipment(sender_name="总仓", sender_phone="0571"))
    assert (named.sender.name, named.sender.phone) == ("总仓", "0571")


def test_money_to_collect_stands_on_the_first_label_only():
    rest = shipment(state=60, lines=(line(1, left=0), line(2, left=1)), parcels=(parcel(l1=2, l2=1),), is_cod=True, collect_minor=123450)
    assert [label.collect for label in papers(Kind.LABEL, rest)] == ["CNY 1234.50", ""]


def test_many_goods_are_cut_short():
    [label] = papers(Kind.LABEL, shipment(lines=tuple(line(n, name="很长的货品名字" * 5) for n in range(1, 9))))
    assert (len(label.goods), label.goods_left_out) == (5, 3)
    assert all(columns_of(goods) <= 36 and goods.endswith("… × 2") for goods in label.goods)


def test_however_many_units_the_goods_stay_beside_the_code():
    [label] = papers(Kind.LABEL, shipment(lines=(line(1, left=12_000, name="很长的货品名字" * 5),)))
    assert label.goods[0].endswith("… × 12000")
    assert columns_of(label.goods[0]) <= GOODS_COLUMNS


@pytest.mark.parametrize(
    ("kind", "more", "again", "reason"),
    [
        (Kind.LABEL, {}, False, None),
        (Kind.LABEL, {"times": 1}, False, Reason.ALREADY_PRINTED),
        (Kind.LABEL, {"times": 1}, True, None),
        (Kind.LABEL, {"receiver_id": 6}, False, Reason.RECEIVER_ERASED),
        (Kind.PACKING_LIST, {"receiver_id": 6}, False, None),
        (Kind.LABEL, {"lines": ()}, False, Reason.NOTHING_TO_PRINT),
        (Kind.PICK_LIST, {"state": 70, "lines": (line(1, left=0),), "parcels": (parcel(l1=2),)}, True, Reason.NOTHING_TO_PRINT),
        (Kind.PACKING_LIST, {"state": 70, "lines": (line(1, left=0),), "parcels": (parcel(l1=2),)}, True, None),
    ],
)
def test_what_is_refused_and_why(kind, more, again, reason):
    problems = refuse(kind, [shipment(**more)], {5: RECEIVER}, again=again)
    assert [problem.reason for problem in problems] == ([reason] if reason else [])


@given(st.text("甲乙ab -", max_size=120), st.integers(4, 40), st.integers(1, 6))
def test_wrapped_texts_fit_and_lose_nothing_but_blanks_unless_cut(text, columns, lines_max):
    lines = wrapped(text, columns, lines_max)
    assert len(lines) <= lines_max
    assert all(columns_of(one) <= columns for one in lines)
    if not any(one.endswith("…") for one in lines):
        assert "".join("".join(lines).split()) == "".join(text.split())
    assert columns_of(shortened(text, columns)) <= columns
