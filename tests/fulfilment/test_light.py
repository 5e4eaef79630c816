"""Warehouses without a system of their own: nobody is called, people pack, and a recall is granted until the parcel is closed."""

import pytest

from hands import order_by_hand
from light import numbers, packer, set_up_shop
from paidan.fulfilment.entries import order_entry
from paidan.fulfilment.light.packing import Box, ScansRefused
from paidan.fulfilment.light.tally import Scan
from paidan.fulfilment.wms_recall import PACKED, Recalled, WmsRecall
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.orders.commands import Cancel
from paidan.runtime.outbox import OutboxRow, done
from races.stepping import Actor
from scene import NOW, line, order, receiver


@pytest.fixture
def shop(yard):
    """Two units of X and one of Y ordered and released; A is worked by hand."""
    set_up_shop(yard.scene, {"A": {"X": 10, "Y": 10}})
    yard.order(order("1", line("X", 2), line("Y")))
    yard.let_go()
    return yard


def states(yard):
    return [row[0] for row in yard.scene.query("SELECT state FROM fulfilment ORDER BY id")]


def step(yard, act, **more):
    with yard.scene.database.transaction() as tx:
        stands = act(packer(tx, yard.scene, yard.clock.now(), **more))
    yard.sound()
    return stands


def verified(yard, *codes):
    [no] = numbers(yard.scene)
    return step(yard, lambda p: p.verify(no, [Scan(code=code) for code in codes]))


def shipped(yard, *codes, no="", **more):
    number = no or numbers(yard.scene)[0]
    box = Box(tracking_no="ZT001", weight_g=640, scans=tuple(Scan(code=code) for code in codes))
    return step(yard, lambda p: p.ship(number, [box], at=yard.clock.now(), is_last=more.get("is_last", False)))


def cancel(yard):
    [(order_id,)] = yard.scene.query("SELECT id FROM sales_order")
    order_by_hand(yard.scene, order_id, Cancel(note="买错"))
    yard.pass_due()


def test_what_is_released_to_people_calls_nobody_and_waits_for_them(shop):
    shop.relay()
    assert shop.scene.query("SELECT kind FROM outbox") == []
    assert states(shop) == [30]


def test_a_release_that_was_left_for_a_system_which_is_gone_calls_nobody(yard):
    yard.scene.set_up({"A": {"X": 10}})
    yard.connect()
    yard.order(order("1", line("X")))
    yard.let_go()
    with yard.scene.database.transaction() as tx:
        tx.execute("UPDATE warehouse SET connection_id = NULL")
        tx.execute("UPDATE cache_version SET version = version + 1 WHERE subject = 'network'")
    yard.relay()
    assert (yard.wms.calls, states(yard)) == ([], [30])
    assert shipped(yard, "X").state == "shipped"


def test_goods_announced_to_people_call_nobody(yard):
    set_up_shop(yard.scene, {"A": {"X": 10}})
    with yard.scene.database.transaction() as tx:
        order_entry(tx, yard.scene.ids, "A", [("X", 5)], "PO-1", NOW, NOW)
    yard.sound()
    assert yard.scene.query("SELECT kind FROM outbox") == []


def test_shipping_by_hand_goes_the_way_of_a_confirm(shop):
    assert shipped(shop, "X", "X", "Y").state == "shipped"
    assert states(shop) == [70]
    assert shop.scene.query("SELECT carrier_id, tracking_no, weight_g FROM parcel") == [(shop.scene.carrier_id, "ZT001", 640)]
    assert sorted(row[0] for row in shop.scene.query("SELECT kind FROM outbox")) == ["carrier.subscribe", "shop.ship"]
    assert shop.scene.query("SELECT cause, SUM(quantity) FROM entry WHERE kind = 'issue' GROUP BY 1") == [("scan:1", -3)]
    assert ("shipped", "user:li") in shop.scene.query("SELECT step, actor FROM timeline")


def test_a_part_leaves_and_the_rest_follows_or_is_sourced_again(shop):
    first = shipped(shop, "X")
    assert (first.state, first.scanned, first.left) == ("part_shipped", 1, 2)
    last = shipped(shop, "X", is_last=True)
    assert (last.state, last.left) == ("shipped", 0)
    assert shop.scene.query("SELECT SUM(open) FROM order_line") == [(1,)]
    assert shop.scene.query("SELECT warehouses_refused FROM sales_order") == [([shop.scene.warehouses["A"]],)]


def test_those_that_travel_together_are_packed_as_one(yard):
    set_up_shop(yard.scene, {"A": {"X": 10}})
    yard.order(order("1", line("X")), order("2", line("X", 2)))
    yard.let_go()
    [no] = numbers(yard.scene)
    assert verified(yard, "X").left == 3
    assert shipped(yard, "X", "X", "X", no=no).state == "shipped"
    assert states(yard) == [70, 70]
    assert yard.scene.query("SELECT COUNT(*) FROM outbox WHERE kind = 'shop.ship'") == [(2,)]


def test_a_recall_is_granted_at_once(shop):
    cancel(shop)
    assert states(shop) == [50]
    shop.relay()
    assert states(shop) == [95]
    shop.pass_due()
    assert shop.scene.query("SELECT state FROM sales_order") == [(95,)]
    assert shop.scene.query("SELECT SUM(reserved_hard) FROM balance") == [(0,)]


def test_a_closed_parcel_is_not_given_back_by_itself(shop):
    assert verified(shop, "X", "X", "Y").is_packed
    cancel(shop)
    shop.relay()
    assert states(shop) == [40]
    assert shop.scene.query("SELECT reason, note FROM hold WHERE closed_at IS NULL AND reason = 'warehouse_refused_recall'") == [
        ("warehouse_refused_recall", PACKED)
    ]
    [no] = numbers(shop.scene)
    assert step(shop, lambda p: p.reject(no, "顾客取消")).state == "rejected"
    shop.pass_due()
    assert shop.scene.query("SELECT state FROM sales_order") == [(95,)]


@pytest.mark.parametrize("is_packed", [False, True])
def test_while_it_is_asked_back_only_a_closed_parcel_may_leave(shop, is_packed):
    [no] = numbers(shop.scene)
    verified(shop, *(["X", "X", "Y"] if is_packed else ["X"]))
    cancel(shop)
    if is_packed:
        assert shipped(shop, "X", "X", "Y", no=no).state == "shipped"
    else:
        with pytest.raises(BadInput) as refused:
            shipped(shop, "X", "X", "Y", no=no)
        assert refused.value.reason == Reason.CALLED_BACK
    shop.relay()
    assert states(shop) == ([70] if is_packed else [95])


def test_an_old_slip_of_what_was_called_back_ships_nothing(shop):
    [no] = numbers(shop.scene)
    cancel(shop)
    shop.relay()
    with pytest.raises(BadInput) as refused:
        shipped(shop, "X", "X", "Y", no=no)
    assert refused.value.reason == Reason.CALLED_BACK


def test_rejected_by_people_it_looks_for_another_warehouse(yard):
    set_up_shop(yard.scene, {"A": {"X": 1}, "B": {"X": 1}})
    yard.order(order("1", line("X")))
    yard.let_go()
    [no] = numbers(yard.scene)
    step(yard, lambda p: p.reject(no, "破损"))
    yard.pass_due()
    assert yard.scene.query("SELECT w.code, f.state FROM fulfilment f JOIN warehouse w ON w.id = f.warehouse_id ORDER BY f.id") == [
        ("A", 90),
        ("B", 10),
    ]


@pytest.mark.parametrize(
    ("codes", "reason"),
    [(("Z",), Reason.UNKNOWN_BARCODE), (("X", "X", "X"), Reason.SCANNED_ENOUGH), (("W",), Reason.NOT_IN_THIS_PARCEL)],
)
def test_wrong_scans_book_nothing(yard, codes, reason):
    set_up_shop(yard.scene, {"A": {"X": 10, "Y": 10, "W": 10}})
    yard.order(order("1", line("X", 2), line("Y")))
    yard.let_go()
    with pytest.raises(ScansRefused) as refused:
        shipped(yard, *codes)
    assert [problem.reason for problem in refused.value.problems] == [reason]
    assert states(yard) == [30]


def test_a_waybill_serves_one_fulfilment(yard):
    set_up_shop(yard.scene, {"A": {"X": 10}})
    yard.order(order("1", line("X")), order("2", line("X"), receiver=receiver(2)))
    yard.let_go()
    first, second = numbers(yard.scene)
    shipped(yard, "X", no=first)
    with pytest.raises(BadInput) as refused:
        shipped(yard, "X", no=second)
    assert refused.value.reason == Reason.WAYBILL_TAKEN


def test_two_phones_that_ship_the_same_at_once_ship_it_once(shop):
    [no] = numbers(shop.scene)

    def ship(tx):
        box = Box(tracking_no="ZT001", scans=tuple(Scan(code=code) for code in ("X", "X", "Y")))
        return packer(tx, shop.scene, shop.clock.now()).ship(no, [box], at=shop.clock.now(), is_last=False)

    first = Actor(shop.scene.database, ship).start().until_it_stands()
    second = Actor(shop.scene.database, ship).start()
    assert second.until_it_waits()
    assert first.result().state == "shipped"
    with pytest.raises(BadInput) as refused:
        second.result()
    assert refused.value.reason == Reason.ALREADY_SHIPPED
    shop.sound()
    assert shop.scene.query("SELECT SUM(on_hand) FROM balance") == [(17,)]


@pytest.mark.parametrize("packs_first", [True, False])
def test_of_packing_and_a_recall_that_meet_the_first_wins(shop, packs_first):
    [no] = numbers(shop.scene)
    scene, codes = shop.scene, [Scan(code=code) for code in ("X", "X", "Y")]
    verified(shop, "X")
    ((leader_id,),) = scene.query("SELECT id FROM fulfilment")

    def pack(tx):
        return packer(tx, scene, shop.clock.now()).verify(no, codes)

    def recall(tx):
        delivery = WmsRecall(caller=shop.wms, clock=shop.clock, ids=scene.ids, sealer=scene.sealer, network=shop.network, links=shop.links)
        row = OutboxRow(lane="warehouse:1", kind="wms.recall", ref_id=leader_id, business_key=str(leader_id), due_at=NOW)
        delivery.apply(tx, [row], [done(Recalled(is_agreed=True, actor="system", is_ours=True))])

    if packs_first:
        verified(shop, "X", "X", "Y")  # a closed parcel may still be looked at while it is asked back
    cancel(shop)
    first = Actor(scene.database, pack if packs_first else recall).start().until_it_stands()
    second = Actor(scene.database, recall if packs_first else pack).start()
    assert second.until_it_waits()
    first.result()
    if packs_first:
        second.result()
    else:
        with pytest.raises(BadInput) as refused:
            second.result()
        assert refused.value.reason == Reason.CALLED_BACK
    assert states(shop) == [40 if packs_first else 95]
    shop.sound()
