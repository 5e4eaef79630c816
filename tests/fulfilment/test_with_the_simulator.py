"""The whole way with the warehouse system and the carriers of the made-up world: both sides of the protocol, written apart."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from fulfilment.yard import SECRET, Answer
from paidan.fulfilment.door import receive_pushes, receive_wms_calls
from paidan.fulfilment.entries import order_entry
from paidan.world.carrier import Carrier, CarrierConfig
from paidan.world.script import Day, ScriptCarrier, ScriptSku, ScriptStock, ScriptTier, ScriptWarehouse
from paidan.world.wire import Request
from paidan.world.wms import Wms, WmsConfig
from scene import NOW, line, order, receiver

DAY = Day(
    seed=5,
    opens_at=NOW,
    closes_at=NOW + timedelta(hours=20),
    skus=tuple(ScriptSku(code=code, name=code, barcode=code, weight_g=300, volume_cm3=100, price_minor=1000) for code in "XY"),
    shops=(),
    listings=(),
    warehouses=(
        ScriptWarehouse(
            code="A",
            name="A",
            province="浙江省",
            city="杭州市",
            district="",
            detail="x",
            longitude=120.0,
            latitude=30.0,
            serves=("CN",),
            handling_order_minor=1,
            handling_unit_minor=1,
            priority=1,
        ),
    ),
    carriers=(ScriptCarrier(code="ZTO", name="中通", kuaidi100="zhongtong", taobao="ZTO"),),
    tiers=(ScriptTier(carrier="ZTO", warehouse="*", region="*", first_g=1000, first_minor=1, step_g=1000, step_minor=1, transit_h=24),),
    stock=(ScriptStock(warehouse="A", sku="X", quantity=40), ScriptStock(warehouse="A", sku="Y", quantity=4)),
    orders=(),
)


class Town:
    """Brings our calls to the simulators and theirs to our doors."""

    def __init__(self, yard, **knobs):
        self.yard = yard
        self.carrier = Carrier(DAY, CarrierConfig(key="K", customer="C"))
        config = WmsConfig(app_key="1", secret=SECRET, customer_id="c1", owner_code="O1", callback_url="http://us/qimen", **knobs)
        self.wms = Wms(DAY, config, collect=self.carrier.collect, intercept=self.carrier.intercept)

    def call(self, verb, url, *, headers=None, body=b"", timeout_s=10.0):
        assert timeout_s > 0
        parts = urlsplit(url)
        simulator = self.carrier if "poll" in parts.path else self.wms
        response = simulator.answer(
            Request(verb=verb, path=parts.path, query=parts.query, headers=dict(headers or {}), body=body), self.yard.clock.now()
        )
        return Answer(response.body)

    def live(self, hours: int) -> None:
        """Time passes hour by hour; everything told is decided at once."""
        yard, scene = self.yard, self.yard.scene
        for _ in range(hours):
            now = yard.clock.forward(hours=1)
            for callback in self.wms.advance(now):
                [answer] = receive_wms_calls(
                    scene.database, scene.ids, scene.sealer, yard.links, [(urlsplit(callback.url).query, callback.body)], now
                )
                assert callback.ok_contains in answer
            for callback in self.carrier.advance(now):
                [answer] = receive_pushes(scene.database, scene.ids, scene.sealer, yard.links, [callback.body], now)
                assert callback.ok_contains in answer
            yard.decide()
            while yard.relay().claimed:
                pass


@pytest.mark.parametrize("knobs", [{}, {"batch_answer_after_s": 60}, {"two_confirms_share": 1.0}])
def test_orders_are_shipped_and_delivered_and_both_books_agree(yard, knobs):
    yard.scene.set_up({"A": {"X": 40, "Y": 4}})
    yard.connect(method_prefix="")
    town = yard.wms = Town(yard, **knobs)
    facts = [order(str(n), line("X", 2), line("Y"), receiver=receiver(n)) for n in range(4)]
    yard.order(*facts, order("m", line("X", 3), receiver=receiver(1)))
    yard.let_go()
    with yard.scene.database.transaction() as tx:
        order_entry(tx, yard.scene.ids, "A", [("Y", 6)], "PO-1", yard.clock.now() + timedelta(hours=1), yard.clock.now())
    town.live(72)
    assert set(yard.orders()) == {90}
    assert set(yard.states()) == {80}
    assert town.wms.books()["stock"]["A"] == {"X": yard.stock("X")[0], "Y": yard.stock("Y")[0]} == {"X": 29, "Y": 6}
    assert yard.scene.query("SELECT DISTINCT state, reason FROM message WHERE state = 2") == []


def test_short_goods_are_rejected_and_wait_for_another_warehouse(yard):
    yard.scene.set_up({"A": {"X": 60}})  # twenty more than are there
    yard.connect(method_prefix="")
    town = yard.wms = Town(yard, short_policy="partial")
    yard.order(order("1", line("X", 50)))
    yard.let_go()
    town.live(24)
    assert yard.units() == [(10, 0, 0, 40, 0)]
    assert yard.orders() == [70]
