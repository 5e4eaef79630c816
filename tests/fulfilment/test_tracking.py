"""Tracks of parcels, and what the doors keep."""

import pytest

from counting import counted
from fulfilment.yard import DECLARATION
from paidan.fulfilment.tracking_messages import hide_phones
from scene import line, order, receiver


@pytest.fixture
def shop(yard):
    yard.scene.set_up({"A": {"X": 500}})
    return yard.connect()


def shipped(shop, *waybills: str, units: int = 1) -> None:
    (number,) = shop.sent(order("1", line("X", units * len(waybills))))
    shop.confirm(number, *((waybill, {"X": units}) for waybill in waybills))
    shop.decide()


def parcels(shop) -> list[int]:
    return [row[0] for row in shop.scene.query("SELECT state FROM parcel ORDER BY tracking_no")]


def test_parcels_are_subscribed_by_the_carriers_name_at_the_service(shop):
    shipped(shop, "Z1")
    assert shop.relay().done == 1
    assert ["zhongtong" in body and "Z1" in body for body in shop.wms.tracked] == [True]
    assert shop.outbox()[1:] == [("carrier.subscribe", 2), ("shop.ship", 0)]


def test_a_parcel_subscribed_before_is_subscribed(shop):
    shop.wms.track_code = "501"
    shipped(shop, "Z1")
    assert shop.relay().done == 1
    shop.wms.track_code = "700"
    shop.scene.query("UPDATE outbox SET state = 0, done_at = NULL WHERE kind = 'carrier.subscribe' RETURNING id")
    assert shop.relay().refused == 1


def test_a_delivered_parcel_delivers_fulfilment_and_order(shop):
    shipped(shop, "Z1", "Z2")
    shop.push("Z1", (1, "1", "揽收"), (2, "0", "运输"), (3, "301", "签收"))
    shop.decide()
    assert (parcels(shop), shop.states(), shop.orders()) == ([90, 10], [70], [80])
    shop.push("Z2", (3, "3", "签收"))
    shop.decide()
    assert (parcels(shop), shop.states(), shop.orders()) == ([90, 90], [80], [90])
    assert shop.scene.query("SELECT delivered_at IS NOT NULL FROM fulfilment") == [(True,)]


def test_members_are_delivered_with_their_leader(shop):
    shop.sent(order("1", line("X")), order("2", line("X")))
    shop.confirm(shop.numbers()[0], ("Z1", {"X": 2}))
    shop.decide()
    shop.push("Z1", (3, "3", "签收"))
    shop.decide()
    assert (shop.states(), shop.orders()) == ([80, 80], [90, 90])


def test_a_push_repeats_the_whole_history_and_nothing_moves_backwards(shop):
    shipped(shop, "Z1")
    shop.push("Z1", (1, "1", "揽收"), (2, "0", "运输"), (3, "5", "派送"))
    shop.decide()
    shop.push("Z1", (1, "1", "揽收"), (2, "0", "运输"))
    shop.push("Z1", (1, "1", "揽收"), (2, "0", "运输"), (3, "5", "派送"))
    shop.decide()
    assert (parcels(shop), shop.scene.query("SELECT COUNT(*) FROM tracking_event")) == ([50], [(3,)])
    assert [state for state, _ in shop.reasons()] == [1, 1, 1, 3]


def test_parts_delivered_do_not_deliver_what_is_still_to_come(shop):
    (number,) = shop.sent(order("1", line("X", 2)))
    shop.confirm(number, ("Z1", {"X": 1}), kind=1)
    shop.push("Z1", (3, "3", "签收"))
    shop.decide()
    assert (shop.states(), shop.orders()) == ([60], [70])
    shop.push("Z1", (3, "3", "签收"), (4, "3", "签收"))
    shop.confirm(number, kind=0)
    shop.decide()
    assert (shop.states(), shop.orders()) == ([80], [70])  # one unit looks for another warehouse


def test_pushes_that_fit_nothing_are_set_aside(shop):
    shipped(shop, "Z1")
    shop.push("Z9", (1, "1", "x"))
    shop.push("Z1", (1, "1", "x"), company="nobody")
    assert b'"result":false' in shop.push("Z1", (1, "1", "x"), salt="wrong")
    shop.decide()
    assert shop.reasons()[1:] == [(2, "unknown_parcel"), (2, "unknown_carrier"), (2, "signature_wrong")]


def test_the_number_of_statements_is_the_same_for_one_push_and_a_hundred(shop):
    counts = []
    for n in (1, 100):
        shop.sent(*(order(f"{n}-{i}", line("X"), receiver=receiver(n * 1000 + i)) for i in range(n)))
        for number in list(shop.wms.orders)[-n:]:
            shop.confirm(number, (f"Z{number}", {"X": 1}))
        shop.decide()
        for number in list(shop.wms.orders)[-n:]:
            shop.push(f"Z{number}", (1, "1", "x"), (9, "3", "x"))
        with shop.scene.database.transaction() as tx, counted(tx) as statements:
            items = shop.tracking_step.claim(tx, list(range(64)), 1000, shop.clock.now())
            assert len(items) == n
            shop.tracking_step.run(tx, items, shop.clock.now())
            counts.append(len(statements))
        shop.sound()
    assert counts[0] == counts[1] < 30
    assert set(shop.orders()) == {90}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("快递员王师傅 13800001234 正在派送", "快递员王师傅 138******** 正在派送"),
        ("电话:+8613800001234", "电话:138********"),
        ("网点电话0571-88880000,运单78701234567890", "网点电话057**********,运单78701234567890"),
        ("投诉95311", "投诉95311"),
        ("2026-01-05 到达", "2026-01-05 到达"),
    ],
)
def test_phone_numbers_in_tracks_are_hidden(text, shown):
    assert hide_phones(text) == shown


def test_a_wrongly_signed_message_is_kept_refused_and_never_taken_up(shop):
    (number,) = shop.sent(order("1", line("X")))
    answer = shop.tell("deliveryorder.confirm", shop.confirm_body(number, [("Z1", {"X": 1})]), secret="wrong")
    assert b"<flag>failure</flag>" in answer
    assert shop.reasons() == [(2, "signature_wrong")]
    assert shop.decide().outcomes == {}
    assert shop.states() == [40]


@pytest.mark.parametrize(
    ("method", "body", "reason"),
    [
        ("deliveryorder.confirm", b"<request>", "body_unreadable"),
        ("deliveryorder.confirm", (DECLARATION + "<request><deliveryOrder></deliveryOrder></request>").encode(), "field_missing"),
        ("nothing.known", b"<request/>", "unknown_method"),
        ("deliveryorder.confirm", b"x" * (4 * 1024 * 1024 + 1), "body_too_large"),
    ],
)
def test_an_unreadable_message_is_kept_and_refused(shop, method, body, reason):
    assert b"<flag>failure</flag>" in shop.knock(method, body)
    assert shop.reasons() == [(2, reason)]
    assert shop.scene.query("SELECT counterpart, kind FROM message") == [("wms:W1", method)]


def test_a_poison_message_is_set_aside_alone(shop):
    (number,) = shop.sent(order("1", line("X")))
    shop.confirm(number, ("Z1", {"X": 1}))
    with shop.scene.database.transaction() as tx:
        (item,) = shop.warehouse_step.claim(tx, list(range(64)), 10, shop.clock.now())
        shop.warehouse_step.set_aside(tx, item, ValueError("x"), shop.clock.now())
    assert shop.reasons() == [(2, "poison")]
    assert shop.decide().outcomes == {}
