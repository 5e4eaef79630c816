"""A warehouse that has shipped in part and will not ship the rest: what has left is delivered when it has arrived, the rest is open again."""

from datetime import timedelta

import pytest

from hands import gives_back
from paidan.channels.facts import PlatformStatus, RefundStatus
from scene import NOW, line, order

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def shop(yard):
    yard.scene.set_up({"A": {"X": 20, "Y": 20}, "B": {"Y": 5}})
    return yard.connect()


def arrives(shop, waybill):
    shop.push(waybill, (3, "3", "签收"))
    shop.decide()


@pytest.mark.parametrize("arrives_first", [True, False])
def test_the_rest_goes_to_another_warehouse_and_the_parcel_is_delivered(shop, arrives_first):
    (number,) = shop.sent(order("1", line("X", 2), line("Y")))
    shop.confirm(number, ("Z1", {"X": 2}), kind=1)
    shop.decide()
    if arrives_first:
        arrives(shop, "Z1")
    assert (shop.states(), shop.orders()) == ([60], [70])
    shop.process(number, "CANCELED")
    shop.decide()
    assert (shop.states(), shop.orders()) == ([80 if arrives_first else 70], [70])
    assert (shop.stock("X"), shop.stock("Y")) == ((18, 0), (25, 0))
    shop.pass_due()
    assert (shop.states()[1:], shop.orders()) == ([10], [70])
    assert shop.scene.query("SELECT w.code FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id ORDER BY f.id") == [("A",), ("B",)]
    if not arrives_first:
        arrives(shop, "Z1")
    assert (shop.states(), shop.orders()) == ([80, 10], [70])


@pytest.mark.parametrize("arrives_first", [True, False])
def test_a_rest_nobody_wants_any_more_leaves_the_order_delivered(shop, arrives_first):
    (number,) = shop.sent(order("1", line("X", 2), line("Y")))
    shop.confirm(number, ("Z1", {"X": 2}), kind=1)
    shop.decide()
    if arrives_first:
        arrives(shop, "Z1")
    shop.order(order("1", line("X", 2), line("Y", refund=RefundStatus.REFUNDED), version_at=LATER))
    shop.process(number, "CANCELED")
    shop.decide()
    shop.pass_due()
    if not arrives_first:
        assert shop.orders() == [80]
        arrives(shop, "Z1")
    assert (shop.states(), shop.orders(), shop.holds()) == ([80], [90], [])


def test_a_parcel_told_together_with_the_end_of_the_rest_is_under_way(shop):
    (number,) = shop.sent(order("1", line("X", 2), line("Y")))
    shop.confirm(number, ("Z1", {"X": 1}), kind=1)
    shop.decide()
    arrives(shop, "Z1")
    shop.confirm(number, ("Z2", {"X": 1}), kind=1)
    shop.process(number, "CANCELED")
    shop.decide()
    assert (shop.states(), shop.orders()) == ([70], [70])
    arrives(shop, "Z2")
    assert shop.states() == [80]


def test_of_merged_orders_those_whose_units_have_left_are_delivered_and_the_others_go_on(shop):
    shop.sent(*(order(str(n), line("X")) for n in (1, 2, 3)))
    number, *_ = shop.numbers()
    second = shop.scene.query("SELECT fulfilment_id FROM fulfilment_line ORDER BY 1")[1][0]
    shop.confirm(number, ("Z1", {"X": 1}), lines={f"{second}-1=X": 1}, kind=1)
    shop.decide()
    assert (shop.states(), shop.orders()) == ([60, 70, 20], [60, 80, 60])
    shop.process(number, "CANCELED")
    shop.decide()
    assert (shop.states(), shop.orders()) == ([70, 70, 95], [20, 80, 20])
    arrives(shop, "Z1")
    assert (shop.states(), shop.orders()) == ([80, 80, 95], [20, 90, 20])


def test_a_recall_that_was_slower_than_a_part_gets_the_rest(shop):
    (number,) = shop.sent(order("1", line("X", 2), line("Y")))
    shop.order(order("1", line("X", 2), line("Y"), status=PlatformStatus.CLOSED_REFUNDED, version_at=LATER))
    assert shop.states() == [50]
    shop.confirm(number, ("Z1", {"X": 2}), kind=1)
    shop.decide()
    gives_back(shop.scene, shop.scene.query("SELECT id FROM fulfilment")[0][0])
    shop.pass_due()
    assert (shop.states(), shop.orders(), shop.holds()) == ([70], [80], ["already_shipped"])
    arrives(shop, "Z1")
    assert (shop.states(), shop.orders()) == ([80], [90])
