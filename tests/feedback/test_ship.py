import pytest
from msgspec import structs

from counting import counted
from feedback.shop_world import ShopWorld, taobao_account
from paidan.feedback.exchanges import reason_of
from paidan.feedback.ship import ShipDelivery
from paidan.runtime.calling import CallRecord, RecordedDelay, RecordedRefusal, RecordedSilence
from paidan.runtime.outbox import OutboxRow
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, location_of, token_of
from paidan.world.taobao import TaobaoPlatform
from scene import Scene, empty
from world.taobao_client import OPENS, line, make_day, minutes, order

TID = 2_000_000_000_000_000_001


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def stock(*, bundles=None) -> dict:
    return {"stock": {"A": {f"SKU{n}": 50 for n in range(1, 5)}}, "bundles": bundles or {}}


def taobao(scene: Scene, *orders, bundles=None) -> ShopWorld:
    scene.set_up(stock()["stock"], bundles=bundles)
    simulator = TaobaoPlatform(make_day(*orders))
    world = ShopWorld(scene, simulator, "taobao", taobao_account(), {"session": simulator.sessions["A"]}, "店铺A")
    world.at(5).pull()
    return world


def shopify(scene: Scene, *orders) -> ShopWorld:
    scene.set_up(stock()["stock"])
    simulator = ShopifyPlatform(make_day(*orders, platform="shopify"))
    account = {"location_ref": location_of("A")}
    world = ShopWorld(scene, simulator, "shopify", account, {"token": token_of("A")}, domain_of("A"))
    world.at(5).pull()
    return world


def lines_of(world: ShopWorld, number: int = 1) -> list[tuple[int, list[str]]]:
    """Units shipped and waybills of each line, in the platform's own books."""
    trade = world.simulator.books()["orders"][str(2_000_000_000_000_000_000 + number)]
    return [(one["shipped"], [parcel["number"] for parcel in one["waybills"]]) for one in trade["lines"].values()]


def status(world: ShopWorld) -> str:
    return world.simulator.books()["orders"][str(TID)]["status"]


def test_a_whole_order_in_one_parcel(scene):
    world = taobao(scene, order(1, line(1, 2), line(2)))
    world.parcel(1, "ZT0000001", {1: 2, 2: 1})
    assert world.tell().refused == 0
    assert lines_of(world) == [(2, ["ZT0000001"]), (1, ["ZT0000001"])]
    assert status(world) == "WAIT_BUYER_CONFIRM_GOODS"
    assert world.steps()[-1] == "told_platform"
    assert scene.query("SELECT kind, business_key FROM message WHERE direction = 'o'") == [("taobao.logistics.offline.send", str(TID))]


def test_lines_in_two_parcels_and_a_line_in_two(scene):
    world = taobao(scene, order(1, line(1, 3), line(2)))
    world.parcel(1, "ZT0000001", {2: 1})
    world.parcel(1, "ZT0000002", {1: 2})
    world.parcel(1, "ZT0000003", {1: 1})
    world.tell(5)
    assert lines_of(world) == [(3, ["ZT0000002", "ZT0000003"]), (1, ["ZT0000001"])]
    assert status(world) == "WAIT_BUYER_CONFIRM_GOODS"


def test_what_was_told_is_known_when_its_outbox_row_is_forgotten(scene):
    world = taobao(scene, order(1, line(9, 1), line(2)), bundles={"SKU9": {"SKU1": 2, "SKU2": 1}})
    world.parcel(1, "ZT0000001", {3: 2})
    world.tell()
    assert scene.query("DELETE FROM outbox RETURNING state") == [(2,)]
    assert scene.query("SELECT told_at IS NOT NULL FROM parcel_line") == [(True,)]
    world.parcel(1, "ZT0000002", {4: 1, 2: 1})
    world.tell()
    assert lines_of(world) == [(1, ["ZT0000002"]), (1, ["ZT0000002"])]


def test_what_the_platform_refused_is_not_known_to_it(scene):
    world = taobao(scene, structs.replace(order(1, line(1)), cancelled_at=order(7).placed_at))
    world.at(10)
    world.parcel(1, "ZT0000001", {1: 1})
    world.tell()
    assert scene.query("SELECT told_at FROM parcel_line") == [(None,)]


def test_a_bundle_is_told_with_its_last_part(scene):
    world = taobao(scene, order(1, line(9, 1)), bundles={"SKU9": {"SKU1": 2, "SKU2": 1}})
    world.parcel(1, "ZT0000001", {2: 2})
    world.tell()
    assert lines_of(world) == [(0, [])]
    world.parcel(1, "ZT0000002", {3: 1})
    world.tell()
    assert lines_of(world) == [(1, ["ZT0000002"])]


@pytest.mark.parametrize("make", [taobao, shopify])
def test_a_lost_answer_leaves_one_effect_and_ends_told(scene, make):
    world = make(scene, order(1, line(1, 3)))
    world.parcel(1, "ZT0000001", {1: 2})
    world.caller.lose("logistics.offline.send" if make is taobao else "fulfillmentCreate")
    world.tell(1)
    assert scene.query("SELECT state FROM outbox") == [(3,)]
    world.clock.forward(seconds=600)
    world.tell()
    assert scene.query("SELECT state FROM outbox") == [(2,)]
    assert world.steps()[-1] == "told_platform"
    world.parcel(1, "ZT0000002", {1: 1})
    world.tell()
    assert scene.query("SELECT state FROM outbox ORDER BY id") == [(2,), (2,)]


def test_shopify_hears_of_each_parcel_by_fulfilment(scene):
    world = shopify(scene, order(1, line(1, 3), line(2)))
    world.parcel(1, "ZT0000001", {1: 2, 2: 1})
    world.parcel(1, "ZT0000002", {1: 1})
    world.tell(5)
    assert scene.query("SELECT state, reason FROM outbox ORDER BY id") == [(2, ""), (2, "")]
    books = str(world.simulator.books())
    assert "ZT0000001" in books
    assert "ZT0000002" in books


def test_a_hold_that_came_too_late_is_released_for_goods_that_have_left(scene):
    world = shopify(scene, structs.replace(order(1, line(1, 3)), refund_asked_at=minutes(8)))
    world.at(10)  # staff has put it on hold, and the goods are gone
    world.parcel(1, "ZT0000001", {1: 3})
    world.tell()
    assert lines_of(world) == [(3, ["ZT0000001"])]
    assert scene.query("SELECT state, reason FROM outbox") == [(2, "")]
    assert world.steps()[-1] == "told_platform"


def test_an_order_on_hold_there_is_held_here_until_it_is_released(scene):
    asked = structs.replace(order(1, line(1)), refund_asked_at=minutes(4), refund_withdrawn_at=minutes(20))
    shopify(scene, asked)  # pulled at the fifth minute
    assert scene.query("SELECT reason, closed_at IS NULL FROM hold") == [("platform_forbids", True)]
    assert scene.query("SELECT count(*) FROM fulfilment") == [(0,)]


def test_what_the_platform_refuses_stays_visible(scene):
    world = taobao(scene, structs.replace(order(1, line(1)), cancelled_at=order(7).placed_at))
    world.at(10)  # closed by the buyer, and we have not heard of it
    world.parcel(1, "ZT0000001", {1: 1})
    world.tell()
    assert scene.query("SELECT state, reason FROM outbox") == [(4, "counterpart_refused")]
    assert world.steps()[-1] == "platform_refused"


def test_a_carrier_the_platform_has_no_code_for_is_not_guessed(scene):
    world = taobao(scene, order(1, line(1)))
    scene.query("UPDATE carrier SET code_by_system = '{}' RETURNING 1")
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    world.parcel(1, "ZT0000001", {1: 1})
    world.tell(1)
    assert scene.query("SELECT state, reason FROM outbox") == [(4, "unknown_carrier")]


def test_an_own_channel_needs_no_telling(scene):
    world = taobao(scene, order(1, line(1)))
    scene.query("UPDATE shop SET platform = 'direct' WHERE code = 'A' RETURNING 1")
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    world.parcel(1, "ZT0000001", {1: 1})
    world.tell(1)
    assert scene.query("SELECT state FROM outbox") == [(2,)]
    assert "told_platform" not in world.steps()


def test_a_shop_out_of_reach_is_tried_again(scene):
    world = taobao(scene, order(1, line(1)))
    scene.query("UPDATE connection SET account = '{}' RETURNING 1")
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    world.parcel(1, "ZT0000001", {1: 1})
    assert world.relay().later == 1
    scene.query('UPDATE connection SET account = \'{"app_key": "23000001"}\' RETURNING 1')
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    world.clock.forward(seconds=301)
    assert world.relay().done == 1


@pytest.mark.parametrize(
    ("kind", "reason"), [(RecordedRefusal, "counterpart_refused"), (RecordedDelay, "too_many_requests"), (RecordedSilence, "answer_unknown")]
)
def test_failures_in_our_words(kind, reason):
    assert reason_of(kind("x", record=CallRecord(method="m", request=b""))) == reason


def test_loading_takes_as_many_statements_for_many_parcels_as_for_one(scene):
    world = taobao(scene, *[order(n, line(1)) for n in range(1, 4)])
    delivery = ShipDelivery(world.links, world.network, clock=world.clock, ids=scene.ids)
    rows = [
        OutboxRow(id=n, lane="x", kind="shop.ship", ref_id=world.parcel(n, f"ZT000000{n}", {1: 1}), business_key=str(world.order(n)), due_at=OPENS)
        for n in (1, 2, 3)
    ]
    counts = []
    for some in (rows, rows[:1], rows):  # the first one fills the caches
        with scene.database.transaction() as tx, counted(tx) as statements:
            assert all(job.parcel for job in delivery.load(tx, some).values())
        counts.append(len(statements))
    assert counts[1:] == [4, 4]
