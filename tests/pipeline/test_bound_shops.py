"""A shop served by some warehouses only neither takes nor waits for the stock of others, nor is it stopped by who waits elsewhere."""

from datetime import timedelta

import msgspec
import pytest

from hands import run, settle_down
from paidan.kernel.states import OrderState
from paidan.network.load import Network, Shop
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.sourcing.apart import Apart
from paidan.sourcing.waking import to_wake_apart
from scene import NOW, Scene, empty, line, order, receiver

SHORT, PLANNED = int(OrderState.BACKORDERED), int(OrderState.SOURCED)


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def bind(scene, **warehouses_by_shop):
    """Shops beside S1, and which warehouses serve each; none: all."""
    for n, (code, places) in enumerate(warehouses_by_shop.items()):
        scene.query(
            "INSERT INTO shop (id, code, name, platform) VALUES (%s, %s, %s, 'direct') ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING 1",
            900 + n, code, code,
        )  # fmt: skip
        for place in places:
            scene.query("INSERT INTO shop_warehouse SELECT id, %s FROM shop WHERE code = %s RETURNING 1", scene.warehouses[place], code)
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")


def say(scene, shop, *facts):
    rows = [
        InboundMessage(counterpart=f"shop:{shop}", kind="order", body=msgspec.json.encode(f), at=NOW, business_key=f.platform_order_no, bucket=1)
        for f in facts
    ]
    with scene.database.transaction() as tx:
        keep_inbound(tx, scene.ids, scene.sealer, rows)
    settle_down(scene, NOW)
    assert scene.broken_invariants() == {}


def bought(no, units=1, hours=48):
    return order(no, line("X", units), receiver=receiver(int(no)), ship_by_at=NOW + timedelta(hours=hours))


def stands(scene):
    rows = scene.query(
        "SELECT o.platform_order_no, o.state, w.code FROM sales_order o LEFT JOIN fulfilment f ON f.order_id = o.id"
        " LEFT JOIN warehouse w ON w.id = f.warehouse_id ORDER BY 1"
    )
    return {no: (state, warehouse) for no, state, warehouse in rows}


def test_a_bound_shop_takes_only_its_warehouses_stock(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    bind(scene, S1=["A"], S2=["B"], S3=[])
    say(scene, "S1", bought("1", 4), bought("2", 4))
    say(scene, "S2", bought("3", 4), bought("4", 4))
    assert stands(scene) == {"1": (PLANNED, "A"), "2": (SHORT, None), "3": (PLANNED, "B"), "4": (SHORT, None)}


def test_without_a_binding_every_warehouse_serves(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    bind(scene, S1=["A"], S2=[])
    say(scene, "S2", bought("1", 5), bought("2", 5))
    assert stands(scene) == {"1": (PLANNED, "A"), "2": (PLANNED, "B")}


def test_it_is_not_stopped_by_who_waits_for_other_warehouses(scene):
    scene.set_up({"A": {"X": 1}, "B": {"X": 5}})
    bind(scene, S1=["A"], S2=["B"])
    say(scene, "S1", bought("1", 50))
    say(scene, "S2", bought("2", 5))
    assert stands(scene) == {"1": (SHORT, None), "2": (PLANNED, "B")}


def test_it_leaves_what_a_shop_of_the_same_warehouse_waits_for(scene):
    scene.set_up({"A": {"X": 3}, "B": {"X": 0}})
    bind(scene, S1=["A"], S2=["A", "B"], S3=[])
    say(scene, "S1", bought("1", 4))
    say(scene, "S2", bought("2", 1))
    say(scene, "S3", bought("3", 1))
    assert {state for state, _ in stands(scene).values()} == {SHORT}


def test_stock_that_arrives_elsewhere_wakes_others_only(scene):
    scene.set_up({"A": {"X": 0}, "B": {"X": 0}})
    bind(scene, S1=["A"], S2=["B"])
    say(scene, "S1", bought("1", 2, hours=10))
    say(scene, "S2", bought("2", 2, hours=90))
    with scene.database.transaction() as tx:
        scene.receive(tx, "B", "X", 2)
    settle_down(scene, NOW)
    assert stands(scene) == {"1": (SHORT, None), "2": (PLANNED, "B")}
    with scene.database.transaction() as tx:
        scene.receive(tx, "A", "X", 2)
    settle_down(scene, NOW)
    assert stands(scene)["1"] == (PLANNED, "A")


def test_orders_that_travel_together_go_where_all_their_shops_are_served(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    bind(scene, S1=["B"], S2=["A", "B"])
    scene.query("UPDATE shop SET shop_group = 'G' RETURNING 1")
    same = receiver(7)
    messages = [("S1", order("1", line("X"), receiver=same)), ("S2", order("2", line("X"), receiver=same))]
    with scene.database.transaction() as tx:
        keep_inbound(
            tx, scene.ids, scene.sealer,
            [InboundMessage(counterpart=f"shop:{s}", kind="order", body=msgspec.json.encode(f), at=NOW, business_key="", bucket=1) for s, f in messages],
        )  # fmt: skip
    settle_down(scene, NOW)
    assert stands(scene) == {"1": (PLANNED, "B"), "2": (PLANNED, "B")}


def test_the_story_says_why_a_warehouse_was_out(scene):
    scene.set_up({"A": {"X": 5}, "B": {"X": 5}})
    bind(scene, S1=["B"])
    run(scene, bought("1"))
    steps = [step for (detail,) in scene.query("SELECT detail FROM timeline WHERE detail IS NOT NULL") for step in msgspec.msgpack.decode(detail)]
    [story] = [detail for step, detail in steps if step == "sourced"]
    candidates = {row[0]: row[4] for row in story["candidates"]}
    assert candidates == {scene.warehouses["B"]: "", scene.warehouses["A"]: "warehouse_not_for_shop"}


A, B = 1, 2
NETWORK = Network(
    version=1,
    shops={n: Shop(id=n, code=str(n), name="", platform="direct", warehouse_ids=places) for n, places in ((1, (A,)), (2, (B,)), (3, ()))},
    warehouses={},
    carriers={},
    tiers={},
)


@pytest.mark.parametrize(
    ("lines", "free", "held", "woken"),
    [
        ([(7, 10, 2, 1), (7, 11, 2, 2)], {A: 1, B: 2}, {}, {11}),
        ([(7, 10, 2, 3), (7, 11, 2, 2)], {A: 0, B: 2}, {}, {10}),  # who may take it and comes before is served before
        ([(7, 10, 9, 3), (7, 11, 2, 2)], {A: 0, B: 2}, {}, set()),  # nobody overtakes
        ([(7, 10, 2, 1)], {A: 2}, {2: {7: (5, 0)}}, {10}),  # held for another warehouse's units
        ([(7, 10, 2, 1)], {A: 2}, {3: {7: (1, 0)}}, set()),
    ],
)
def test_who_is_woken(lines, free, held, woken):
    assert to_wake_apart(lines, {7: free}, Apart(NETWORK, held)) == woken
