"""The push against the simulated platforms: what they show is what is sellable, whatever they sell by themselves."""

import pytest
from msgspec import structs

from feedback.shop_world import ShopWorld, taobao_account
from paidan.feedback.listings import start_listings
from paidan.feedback.pushing import Pusher, PushRules
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, location_of, token_of
from paidan.world.taobao import TaobaoPlatform
from scene import Scene, empty
from world.taobao_client import line, make_day, order

SKUS = ("SKU1", "SKU2")


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def taobao(scene: Scene, day) -> ShopWorld:
    simulator = TaobaoPlatform(day)
    return ShopWorld(scene, simulator, "taobao", taobao_account(), {"session": simulator.sessions["A"]}, "店铺A")


def shopify(scene: Scene, day) -> ShopWorld:
    return ShopWorld(scene, ShopifyPlatform(day), "shopify", {"location_ref": location_of("A")}, {"token": token_of("A")}, domain_of("A"))


def world_of(scene: Scene, make, *orders, knows_display: bool = True) -> tuple[ShopWorld, Pusher]:
    """Eight of SKU1 and of SKU2 in stock; the platform shows ten of each."""
    scene.set_up({"A": dict.fromkeys(SKUS, 8)})
    world = make(scene, make_day(*orders, display=10, platform=make.__name__))
    for number, code in enumerate(SKUS, 1):
        scene.query(
            "INSERT INTO listing (id, shop_id, item_ref, sku_ref, merchant_code, sku_id) VALUES (%s, %s, '600001', %s, %s, %s) RETURNING 1",
            scene.ids.take(1)[0], world.shop_id, str(480000 + number), code, scene.skus[code],
        )  # fmt: skip
    if knows_display:
        with scene.database.transaction() as tx:
            assert start_listings(tx, [("A", "600001", str(480001 + n), 10) for n in range(2)]) == 2
    rules = PushRules(wait_s=1, retry_first_s=1)
    return world, Pusher(scene.database, world.links, world.network, clock=world.clock, ids=scene.ids, sealer=scene.sealer, rules=rules)


def display(world: ShopWorld) -> list[int]:
    listings = world.simulator.books()["listings"]
    return [listings[f"A:600001:{480000 + n}"]["display"] for n in (1, 2)]


def live(world: ShopWorld, pusher: Pusher, *minutes: float) -> None:
    for minute in minutes:
        world.at(minute).pull()
        pusher.once()


@pytest.mark.parametrize("make", [taobao, shopify])
@pytest.mark.parametrize("knows_display", [True, False])
def test_the_display_follows_stock_and_orders(scene, make, knows_display):
    world, pusher = world_of(scene, make, order(3, line(1, 2)), order(5, line(1), line(2, 3)), knows_display=knows_display)
    pusher.once()
    assert display(world) == [8, 8]
    live(world, pusher, 5, 7, 10, 40)
    assert display(world) == [5, 5]
    assert pusher.strays() == []
    with scene.database.transaction() as tx:
        scene.receive(tx, "A", "SKU1", 4)
    live(world, pusher, 41, 45, 70)
    assert display(world) == [9, 5]


@pytest.mark.parametrize("make", [taobao, shopify])
def test_lost_answers_change_nothing_in_the_end(scene, make):
    world, pusher = world_of(scene, make, order(3, line(1, 2)))
    world.caller.lose("tmall.item.quantity.update" if make is taobao else "inventoryAdjustQuantities")
    pusher.once()
    assert pusher.strays() != []
    live(world, pusher, 1, 4, 9, 40)
    assert display(world) == [6, 8]
    assert pusher.strays() == []


def test_what_was_sold_twice_and_closed_is_shown_right_again(scene):
    """Both order the last units while they are shown and pay later: the second sale finds the counter empty; then it is closed."""
    both = [structs.replace(order(n, line(1, 6)), paid_at=order(20).placed_at) for n in (1, 2)]
    both[1] = structs.replace(both[1], cancelled_at=order(40).placed_at)
    world, pusher = world_of(scene, taobao, *both)
    pusher.once()
    live(world, pusher, 22, 25, 30, 45, 48, 50)
    assert world.simulator.books()["oversold"] == 4
    assert display(world) == [2, 8]
    assert pusher.strays() == []


def test_a_listing_the_platform_does_not_know_stops_nobody_else(scene):
    world, pusher = world_of(scene, taobao)
    gone = scene.ids.take(1)[0]
    scene.query(
        "INSERT INTO listing (id, shop_id, item_ref, sku_ref, sku_id) VALUES (%s, %s, '600001', '499999', %s) RETURNING 1",
        gone, world.shop_id, scene.skus["SKU1"],
    )  # fmt: skip
    with scene.database.transaction() as tx:
        start_listings(tx, [("A", "600001", "499999", 10)])
    report = pusher.once()
    assert display(world) == [8, 8]
    assert (report.taken, report.refused) == (2, 4)  # three in company, then one alone
    assert [stray.listing_id for stray in pusher.strays()] == [gone]
    assert pusher.once().sent == 0
