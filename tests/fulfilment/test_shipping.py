"""What warehouses tell of delivery orders."""

from datetime import timedelta

import pytest

from counting import counted
from paidan.channels.facts import PlatformStatus
from paidan.orders.store import read_steps
from scene import NOW, line, order, receiver


@pytest.fixture
def shop(yard):
    """Units of X and Y in two warehouses run by one system."""
    yard.scene.set_up({"A": {"X": 20, "Y": 20}, "B": {"X": 5}})
    return yard.connect()


def keys(yard) -> list[str]:
    """orderLineNo of each fulfilment line."""
    rows = yard.scene.query("SELECT fulfilment_id, line_no FROM fulfilment_line ORDER BY 1, 2")
    return [f"{fulfilment_id}-{line_no}" for fulfilment_id, line_no in rows]


def test_a_confirm_ships_the_order_with_its_parcels(shop):
    (number,) = shop.sent(order("1", line("X", 2), line("Y")))
    x, y = keys(shop)
    answer = shop.confirm(number, ("Z1", {"X": 2}), ("Z2", {"Y": 1}), lines={f"{x}=X": 2, f"{y}=Y": 1})
    assert b"<flag>success</flag>" in answer
    assert shop.decide().outcomes == {"done": 1, "unknown": 0}
    assert (shop.states(), shop.orders(), shop.units()) == ([70], [80], [(0, 0, 0, 2, 0), (0, 0, 0, 1, 0)])
    assert (shop.stock("X"), shop.stock("Y")) == ((23, 0), (19, 0))
    assert shop.scene.query("SELECT tracking_no, line_no, quantity FROM parcel p JOIN parcel_line l ON l.parcel_id = p.id ORDER BY 1") == [
        ("Z1", 1, 2),
        ("Z2", 2, 1),
    ]
    assert shop.outbox()[1:] == [("carrier.subscribe", 0), ("carrier.subscribe", 0), ("shop.ship", 0), ("shop.ship", 0)]
    ship = shop.scene.query("SELECT lane, ref_id, business_key, args FROM outbox WHERE kind = 'shop.ship' ORDER BY seq LIMIT 1")[0]
    order_id, parcel_id = shop.scene.query("SELECT o.id, p.id FROM sales_order o, parcel p ORDER BY p.tracking_no LIMIT 1")[0]
    assert ship == (f"shop:{shop.scene.shop_id}", parcel_id, str(order_id), {"order_id": str(order_id)})
    assert shop.scene.query("SELECT shipped_at IS NOT NULL FROM fulfilment") == [(True,)]


def test_the_same_confirm_twice_is_booked_once(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    for _ in range(2):
        shop.confirm(number, ("Z1", {"X": 2}), ref="SAME")
    shop.decide()
    answer = shop.confirm(number, ("Z1", {"X": 2}), ref="SAME")
    shop.decide()
    assert b"success" in answer
    assert [state for state, _ in shop.reasons()] == [1, 3, 3]
    assert (shop.stock(), shop.holds()) == ((23, 0), [])


def test_a_batch_confirm_books_each_order_once(shop):
    shop.sent(order("1", line("X")), order("2", line("X"), receiver=receiver(2)))
    one, two = shop.numbers()
    bodies = [shop.confirm_body(number, [(f"Z{number}", {"X": 1})], ref=f"B{number}") for number in (one, two)]
    shop.tell("deliveryorder.batchconfirm", "<orders>" + "".join(f"<order>{body}</order>" for body in bodies) + "</orders>")
    shop.decide()
    shop.tell("deliveryorder.batchconfirm", f"<orders><order>{bodies[1]}</order></orders>")
    assert shop.decide().outcomes == {"done": 1, "unknown": 0}
    assert (shop.states(), shop.orders(), shop.stock()) == ([70, 70], [80, 80], (23, 0))


def test_partial_confirms_are_increments_and_the_final_one_gives_back_the_rest(shop):
    (number,) = shop.sent(order("1", line("X", 6)))
    shop.confirm(number, ("Z1", {"X": 2}), kind=1)
    shop.decide()
    assert (shop.states(), shop.orders(), shop.units()) == ([60], [70], [(0, 0, 4, 2, 0)])
    shop.confirm(number, ("Z1", {"X": 1}), kind=1)
    shop.confirm(number, ("Z2", {"X": 1}), kind=0)
    shop.decide()
    assert (shop.states(), shop.orders(), shop.units()) == ([70], [70], [(2, 0, 0, 4, 0)])
    assert shop.stock() == (21, 0)
    assert shop.scene.query("SELECT tracking_no, quantity FROM parcel JOIN parcel_line ON parcel_id = id ORDER BY 1") == [("Z1", 3), ("Z2", 1)]
    assert [kind for kind, _ in shop.outbox()].count("shop.ship") == 2
    shop.pass_due()
    assert shop.units() == [(0, 2, 0, 4, 0)]  # two more will come


def test_partial_confirms_that_complete_the_order_end_it(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    shop.confirm(number, ("Z1", {"X": 1}), kind=1)
    shop.confirm(number, ("Z2", {"X": 1}), kind=1)
    shop.decide()
    assert (shop.states(), shop.orders()) == ([70], [80])
    shop.confirm(number, kind=0)
    shop.decide()
    assert (shop.states(), shop.orders(), shop.holds()) == ([70], [80], [])


def test_a_final_confirm_without_goods_gives_everything_back(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    shop.confirm(number)
    shop.decide()
    assert (shop.states(), shop.orders(), shop.units(), shop.stock()) == ([95], [20], [(2, 0, 0, 0, 0)], (25, 0))


@pytest.mark.parametrize("kind", [0, 1])
def test_merged_orders_ship_with_their_leader(shop, kind):
    shop.sent(*(order(str(n), line("X")) for n in (1, 2, 3)))
    number = shop.numbers()[0]
    assert shop.states() == [40, 20, 20]
    named = {f"{key}=X": 1 for key in keys(shop)[:2]}
    shop.confirm(number, ("Z1", {"X": 2}), lines=named, kind=kind)
    shop.decide()
    assert shop.states() == ([70, 70, 95] if kind == 0 else [60, 70, 20])
    assert shop.orders() == [80, 80, 20 if kind == 0 else 60]
    assert shop.scene.query("SELECT COUNT(*) FROM parcel") == [(1,)]
    assert [what for what, _ in shop.outbox()].count("shop.ship") == 2
    if kind == 1:
        shop.confirm(number, ("Z1", {"X": 1}))
        shop.decide()
        assert (shop.states(), shop.orders()) == ([70, 70, 70], [80, 80, 80])


def test_a_confirm_before_the_answer_to_its_creation(shop):
    shop.order(order("1", line("X", 2)))
    shop.let_go()
    shop.wms.silent_after = 9
    shop.relay()
    shop.wms.silent_after = 0
    shop.relay(minutes=5)
    shop.wms.silent_after = 1
    shop.order(order("2", line("X"), receiver=receiver(2)))
    shop.let_go()
    shop.relay()
    number = shop.numbers()[1]
    shop.confirm(number, ("Z1", {"X": 1}))
    shop.decide()
    assert shop.states()[1] == 70
    shop.relay(minutes=5)
    assert shop.states()[1] == 70
    assert [state for kind, state in shop.outbox() if kind == "wms.create"] == [2, 2]


def test_more_than_planned_is_clamped_and_people_are_told(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    shop.confirm(number, ("Z1", {"X": 3}))
    shop.decide()
    assert (shop.orders(), shop.units(), shop.holds()) == ([80], [(0, 0, 0, 2, 0)], ["over_shipped"])
    assert shop.stock() == (22, 0)
    assert shop.scene.query("SELECT kind, quantity FROM entry WHERE kind <> 'opening' ORDER BY kind") == [("adjust", -1), ("issue", -2)]


def test_an_article_nobody_ordered_is_a_surplus(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    shop.confirm(number, ("Z1", {"X": 1, "Y": 1}))
    shop.decide()
    assert (shop.units(), shop.holds()) == ([(1, 0, 0, 1, 0)], ["over_shipped"])
    assert (shop.stock("X"), shop.stock("Y")) == ((24, 0), (19, 0))


def test_goods_the_books_no_longer_have_put_the_books_right(shop):
    (number,) = shop.sent(order("1", line("Y", 20)))
    shop.stock_change("Y", -5, ref="S1")
    shop.decide()
    assert shop.scene.query("SELECT on_hand, reserved_hard, is_short FROM balance WHERE sku_id = %s", shop.scene.skus["Y"]) == [(15, 20, True)]
    shop.confirm(number, ("Z1", {"Y": 20}))
    shop.decide()
    assert (shop.stock("Y"), shop.orders()) == ((0, 0), [80])


@pytest.mark.parametrize(
    ("words", "states", "orders"),
    [
        (["ACCEPT"], [40], [60]),
        (["PICK", "ACCEPT"], [40], [60]),
        (["ACCEPT", "REJECT"], [90], [20]),
        (["REJECT", "ACCEPT"], [90], [20]),
        (["CANCELED"], [95], [20]),
        (["DELIVERED"], [30], [60]),
        (["SIGN", "WHATEVER"], [30], [60]),
    ],
)
def test_words_of_the_warehouse_move_nothing_backwards(shop, words, states, orders):
    shop.order(order("1", line("X", 2)))
    shop.let_go()
    number = shop.numbers()[0]
    for word in words:
        shop.process(number, word)
    shop.decide()
    assert (shop.states(), shop.orders()) == (states, orders)
    assert shop.stock() == (25, 0 if orders == [20] else 2)


def test_a_word_after_shipping_is_only_written_down(shop):
    (number,) = shop.sent(order("1", line("X")))
    shop.confirm(number, ("Z1", {"X": 1}))
    for word in ("PICK", "REJECT", "CANCELED"):
        shop.process(number, word)
    shop.decide()
    assert (shop.states(), shop.orders()) == ([70], [80])
    shop.process(number, "SIGN")
    shop.decide()
    assert (shop.states(), shop.orders()) == ([80], [90])


def test_an_operators_translation_goes_before_the_default(shop):
    shop.scene.query(
        "INSERT INTO state_translation VALUES ('qimen', 'process_status', 'WAVE', 'ACCEPTED'),"
        " ('qimen', 'process_status', 'PICK', 'mask') RETURNING 1"
    )
    shop.scene.query("UPDATE cache_version SET version = version + 1 RETURNING 1")
    shop.order(order("1", line("X")))
    shop.let_go()
    number = shop.numbers()[0]
    before = len(shop.steps())
    shop.process(number, "PICK")
    shop.decide()
    assert (shop.states(), len(shop.steps())) == ([30], before)
    shop.process(number, "WAVE")
    shop.decide()
    assert shop.states() == [40]


def test_members_are_rejected_with_their_leader(shop):
    shop.sent(order("1", line("X")), order("2", line("X")))
    shop.process(shop.numbers()[0], "REJECT")
    shop.decide()
    assert (shop.states(), shop.orders(), shop.stock()) == ([90, 90], [20, 20], (25, 0))


@pytest.mark.parametrize(("word", "state", "holds"), [("CANCELED", 95, []), ("CANCELEDFAIL", 40, ["warehouse_refused_recall"])])
def test_a_recall_may_be_answered_by_a_word(shop, word, state, holds):
    (number,) = shop.sent(order("1", line("X")))
    shop.order(order("1", line("X"), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + timedelta(minutes=20)))
    shop.process(number, word)
    shop.decide()
    assert (shop.states(), shop.holds()) == ([state], holds)
    shop.relay()
    assert shop.states() == [state]


def test_goods_that_left_while_being_recalled_have_left(shop):
    (number,) = shop.sent(order("1", line("X")))
    shop.order(order("1", line("X"), status=PlatformStatus.CLOSED_REFUNDED, version_at=NOW + timedelta(minutes=20)))
    shop.confirm(number, ("Z1", {"X": 1}))
    shop.decide()
    shop.relay()
    assert (shop.states(), shop.orders()) == ([70], [80])
    assert "cancel" not in {kind for kind, _ in shop.wms.calls}
    shop.pass_due()
    assert shop.holds() == ["already_shipped"]


def test_what_left_under_a_recalled_number_is_a_surplus(shop):
    (number,) = shop.sent(order("1", line("X"), line("Y")))
    shop.order(order("1", line("X"), line("Y", refund="requested"), version_at=NOW + timedelta(minutes=20)))
    shop.relay()
    assert shop.states() == [10]
    shop.confirm(number, ("Z1", {"X": 1, "Y": 1}))
    shop.decide()
    assert (shop.states(), shop.holds().count("over_shipped")) == ([10], 1)
    assert shop.stock("X") == (24, 1)


def test_a_late_answer_to_a_batch(shop):
    shop.order(order("1", line("X")), order("2", line("X"), receiver=receiver(2)))
    shop.let_go()
    one, two = shop.numbers()
    good = (
        f"<order><deliveryOrderCode>{one}</deliveryOrderCode><orderInfo><deliveryOrderId>D1</deliveryOrderId></orderInfo><flag>success</flag></order>"
    )
    bad = f"<order><deliveryOrderCode>{two}</deliveryOrderCode><flag>failure</flag><code>S9</code></order>"
    shop.tell("deliveryorder.batchcreate.answer", f"<orders>{good}{bad}</orders>")
    shop.decide()
    assert (shop.states(), shop.orders()) == ([40, 90], [60, 20])
    assert shop.scene.query("SELECT wms_ref FROM fulfilment ORDER BY id") == [("D1",), ("",)]


def test_lacks_and_exceptions_are_written_down(shop):
    (number,) = shop.sent(order("1", line("X")))
    head = f"<warehouseCode>A</warehouseCode><deliveryOrderCode>{number}</deliveryOrderCode>"
    item = "<items><item><itemCode>X</itemCode><planQty>1</planQty><lackQty>1</lackQty></item></items>"
    shop.tell("itemlack.report", head, "<outBizCode>L1</outBizCode>", item)
    shop.tell("orderexception.report", head, "<messageType>1</messageType>")
    shop.decide()
    (detail,) = shop.scene.query("SELECT detail FROM timeline ORDER BY id DESC LIMIT 1")[0]
    assert [step for step, _ in read_steps(detail)] == ["itemlack", "orderexception"]
    assert shop.states() == [40]


def test_messages_about_nothing_of_ours_are_set_aside_with_their_reason(shop):
    (number,) = shop.sent(order("1", line("X")))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for told in (wrong, "PO-1"):
        shop.confirm(told, ("Z1", {"X": 1}))
        shop.process(told, "ACCEPT")
    shop.confirm(number, ("Z1", {"NOBODY": 1}))
    shop.entry_confirm("RK18", [("1", "X", 1)], ref="E1")
    shop.stock_change("NOBODY", 1, ref="S1")
    shop.stock_change("X", 1, ref="S2", warehouse="Q")
    shop.stock_change("X", 1, ref="S3", kind="ZT")
    shop.decide()
    reasons = ["unknown_fulfilment"] * 4 + ["unknown_sku", "unknown_document", "unknown_sku", "unknown_warehouse", "field_invalid"]
    assert shop.reasons() == [(2, reason) for reason in reasons]
    assert shop.states() == [40]


def test_another_systems_message_is_not_believed(shop):
    (number,) = shop.sent(order("1", line("X")))
    shop.scene.query("UPDATE warehouse SET connection_id = NULL RETURNING id")
    shop.scene.query("UPDATE cache_version SET version = version + 1 RETURNING 1")
    shop.confirm(number, ("Z1", {"X": 1}))
    shop.decide()
    assert shop.reasons() == [(2, "unknown_fulfilment")]


def test_the_number_of_statements_is_the_same_for_one_and_a_hundred(shop):
    shop.scene.query("UPDATE balance SET on_hand = on_hand RETURNING 1")
    counts = []
    for n in (1, 100):
        facts = [order(f"{n}-{i}", line("X"), receiver=receiver(n * 1000 + i)) for i in range(n)]
        with shop.scene.database.transaction() as tx:
            shop.scene.receive(tx, "A", "X", n)
        shop.sent(*facts)
        for number in list(shop.wms.orders)[-n:]:
            shop.confirm(number, (f"Z{number}", {"X": 1}))
        with shop.scene.database.transaction() as tx, counted(tx) as statements:
            items = shop.warehouse_step.claim(tx, list(range(64)), 1000, shop.clock.now())
            assert len(items) == n
            shop.warehouse_step.run(tx, items, shop.clock.now())
            counts.append(len(statements))
        shop.sound()
    assert counts[0] == counts[1] < 35
    assert set(shop.states()) == {70}
