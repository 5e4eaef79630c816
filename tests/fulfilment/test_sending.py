"""Fulfilments go to their warehouse, and come back."""

from datetime import timedelta

import pytest

from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.fulfilment.recall import ask_back
from paidan.orders.load import load_orders
from scene import NOW, line, order, receiver


def closed(no, *lines, **more):
    return order(no, *lines, status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + timedelta(minutes=20), **more)


def test_a_fulfilment_is_sent_with_its_items_and_accepted(yard):
    yard.scene.set_up({"A": {"X": 9, "Y": 9}})
    yard.connect()
    numbers = yard.sent(order("1", line("X", 2), line("Y"), buyer_remark=""))
    assert yard.wms.calls == [("items", "X,Y"), ("create", numbers[0])]
    assert (yard.states(), yard.orders(), yard.outbox()) == ([40], [60], [("wms.create", 2)])
    assert yard.scene.query("SELECT wms_ref FROM fulfilment") == [(f"D-{numbers[0]}",)]
    sent = yard.wms.bodies[-1]
    fulfilment_id = yard.scene.query("SELECT id FROM fulfilment")[0][0]
    for text in ("张三1", "13800000001", "杭州市", "<logisticsCode>ZTO", f"<orderLineNo>{fulfilment_id}-1<", "<planQty>2<", "<totalAmount>30.00<"):
        assert text in sent


def test_items_are_told_once_and_again_when_they_change(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.sent(order("2", line("X"), receiver=receiver(2)))
    assert [kind for kind, _ in yard.wms.calls] == ["items", "create", "create"]
    yard.scene.query("UPDATE sku SET version = version + 1 RETURNING id")
    yard.sent(order("3", line("X"), receiver=receiver(3)))
    assert [kind for kind, _ in yard.wms.calls][3:] == ["items", "create"]
    assert "<actionType>update" in yard.wms.bodies[-2]


def test_several_fulfilments_of_a_warehouse_are_one_call(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.order(*(order(str(n), line("X"), receiver=receiver(n)) for n in range(1, 4)))
    yard.wms.refused[yard.numbers()[1]] = "S099"
    yard.let_go()
    yard.relay()
    numbers = yard.numbers()
    assert yard.wms.calls == [("items", "X"), ("batch", ",".join(numbers)), ("create", numbers[1])]
    assert yard.states() == [40, 90, 40]
    assert yard.scene.query("SELECT COUNT(*) FROM message WHERE kind = 'deliveryorder.batchcreate'") == [(1,)]


@pytest.mark.parametrize("account", [{"batch_create": False}, {}])
def test_a_system_without_batches_is_told_one_by_one(yard, account):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect(**account)
    yard.wms.takes_batches = False
    yard.sent(order("1", line("X")), order("2", line("X"), receiver=receiver(2)))
    assert yard.states() == [40, 40]


def test_a_rejected_fulfilment_gives_its_stock_back_and_is_sourced_elsewhere(yard):
    yard.scene.set_up({"A": {"X": 9}, "B": {"X": 9}})
    yard.connect()
    yard.order(order("1", line("X", 2)))
    yard.wms.refused[yard.numbers()[0]] = "S099"
    yard.let_go()
    assert yard.relay().refused == 1
    assert (yard.states(), yard.orders(), yard.units()) == ([90], [20], [(2, 0, 0, 0, 0)])
    assert yard.scene.query("SELECT warehouses_refused FROM sales_order") == [([yard.scene.warehouses["A"]],)]
    assert yard.stock() == (18, 0)
    yard.pass_due()
    assert yard.orders() == [50]


def test_an_item_the_warehouse_does_not_know_is_told_again(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.wms.items.clear()
    yard.order(order("2", line("X"), receiver=receiver(2)))
    yard.let_go()
    assert yard.relay().later == 1
    assert yard.relay(minutes=5).done == 1
    assert yard.states() == [40, 40]


def test_a_silent_warehouse_is_asked_before_anything_is_sent_again(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.order(order("2", line("X"), receiver=receiver(2)))
    yard.let_go()
    yard.wms.silent_after = 1
    assert yard.relay().unknown == 1
    assert yard.states() == [40, 30]
    assert yard.relay(minutes=5).done == 1
    assert [kind for kind, _ in yard.wms.calls] == ["items", "create", "create", "query"]
    assert yard.states() == [40, 40]


def test_what_never_arrived_is_sent_again_after_asking(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.order(order("2", line("X"), receiver=receiver(2)))
    yard.let_go()
    yard.wms.silent_after = 1
    yard.relay()
    del yard.wms.orders[yard.numbers()[1]]
    assert yard.relay(minutes=5).done == 1
    assert [kind for kind, _ in yard.wms.calls] == ["items", "create", "create", "query", "create"]


def test_a_dead_warehouse_is_tried_later(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.wms.dead = True
    yard.sent(order("1", line("X")), order("2", line("X"), receiver=receiver(2)))
    assert (yard.states(), yard.outbox()) == ([30, 30], [("wms.create", 0), ("wms.create", 0)])
    yard.wms.dead = False
    assert yard.relay(minutes=10).done == 2


def test_an_order_closed_at_the_warehouse_is_recalled_and_cancelled(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X", 2)))
    yard.order(closed("1", line("X", 2)))
    assert yard.states() == [50]
    yard.relay()
    assert (yard.states(), yard.units()) == ([95], [(2, 0, 0, 0, 0)])
    yard.pass_due()
    assert (yard.orders(), yard.stock()) == ([95], (9, 0))


def test_what_is_recalled_before_it_was_sent_is_never_sent(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.order(order("1", line("X", 2)))
    yard.let_go()
    yard.order(closed("1", line("X", 2)))
    yard.relay()
    assert yard.states() == [95]
    yard.relay()
    assert (yard.wms.calls, yard.outbox()) == ([], [("wms.create", 2), ("wms.recall", 2)])


def test_only_the_order_that_wants_it_back_is_cancelled_and_the_others_go_out_anew(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(*(order(str(n), line("X")) for n in (1, 2, 3)))
    assert yard.states() == [40, 20, 20]
    yard.order(closed("2", line("X")))
    yard.relay()
    assert yard.states() == [10, 95, 10]
    assert yard.scene.query("SELECT attempt, merged_into_id FROM fulfilment ORDER BY id") == [(2, None), (1, None), (1, None)]
    assert yard.orders() == [50, 20, 50]
    yard.pass_due()
    yard.let_go()
    yard.relay()
    assert (yard.states(), yard.orders()) == ([40, 95, 40], [60, 95, 60])
    assert sorted(yard.wms.orders.values()) == ["CANCELED", "NEW", "NEW"]


def test_a_withdrawn_refund_request_goes_out_anew(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.order(order("1", line("X", refund=RefundStatus.REQUESTED), version_at=NOW + timedelta(minutes=20)))
    yard.relay()
    assert yard.states() == [10]
    yard.let_go()
    assert yard.states() == [10]  # its hold stops the release
    yard.order(order("1", line("X", refund=RefundStatus.WITHDRAWN), version_at=NOW + timedelta(minutes=30)), now=yard.clock.now())
    yard.let_go()
    yard.relay()
    assert yard.states() == [40]
    assert [number.endswith("-2") for number in sorted(yard.wms.orders)] == [False, True]


@pytest.mark.parametrize("members", [1, 3])
def test_a_refused_recall_holds_the_orders_that_wanted_it(yard, members):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    numbers = yard.sent(*(order(str(n), line("X")) for n in range(1, members + 1)))
    yard.wms.keeps.add(numbers[0])
    yard.order(closed("1", line("X")))
    yard.relay()
    assert yard.states() == [40] + [20] * (members - 1)
    assert yard.holds() == ["warehouse_refused_recall"]
    assert [kind for kind, _ in yard.wms.calls][-2:] == ["cancel", "query"]
    yard.confirm(numbers[0], ("Z1", {"X": members}))
    yard.decide()
    yard.pass_due()
    assert sorted(yard.holds()) == ["already_shipped", "warehouse_refused_recall"]


def test_a_recall_nobody_answers_is_asked_about(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")))
    yard.order(closed("1", line("X")))
    yard.wms.silent_after = 1
    assert yard.relay().unknown == 1
    assert yard.relay(minutes=5).done == 1
    assert [kind for kind, _ in yard.wms.calls][-2:] == ["cancel", "query"]
    assert yard.states() == [95]


def test_an_order_whose_receiver_has_changed_is_recalled_and_sent_to_the_new_one(yard):
    scene = yard.scene
    scene.set_up({"A": {"X": 9}})
    yard.connect()
    yard.sent(order("1", line("X")), order("2", line("X")))
    yard.order(order("3", line("X"), receiver=receiver(7)))
    with scene.database.transaction() as tx:
        changed = load_orders(tx, [scene.query("SELECT id FROM sales_order ORDER BY id")[0][0]])[0]
        changed.recalls = [(changed.fulfilments[0].id, "platform_changed_after_release")]
        tx.execute(
            "UPDATE sales_order o SET receiver_id = n.receiver_id, merge_key = n.merge_key"
            " FROM sales_order n WHERE o.id = %s AND n.platform_order_no = '3'",
            (changed.id,),
        )
        ask_back(tx, scene.ids, [changed], yard.clock.now())
    yard.relay()
    assert yard.states() == [95, 10, 10]
    yard.pass_due()
    yard.clock.forward(minutes=20)
    yard.let_go()
    yard.relay()
    assert (yard.states(), yard.orders()) == ([95, 40, 40, 20], [60, 60, 60])
    assert yard.scene.query("SELECT merged_into_id FROM fulfilment WHERE state = 20") == yard.scene.query(
        "SELECT id FROM fulfilment ORDER BY id OFFSET 2 LIMIT 1"
    )
    assert "13800000007" in yard.wms.bodies[-1]


def test_a_warehouse_without_connection_waits_for_people(yard):
    yard.scene.set_up({"A": {"X": 9}})
    yard.order(order("1", line("X")))
    yard.let_go()
    assert yard.relay().later == 1
    assert yard.scene.query("SELECT reason FROM outbox") == [("unknown_warehouse",)]
