import pytest
from msgspec import structs

from feedback.shop_world import ShopWorld, taobao_account
from paidan.feedback.merging import Masked, MergeAsker, in_calls, keys_of
from paidan.world.taobao import TaobaoPlatform
from scene import Scene, empty
from world.taobao_client import WANG, make_day, order

LOOKS_LIKE_WANG = structs.replace(WANG, name="王大锤", phone="13912345678")  # the same masks, another person
LI = structs.replace(WANG, name="李四", phone="13900000000")


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


def world_of(scene: Scene, *orders) -> ShopWorld:
    scene.set_up({"A": {f"SKU{n}": 50 for n in range(1, 5)}})
    simulator = TaobaoPlatform(make_day(*orders))
    return ShopWorld(scene, simulator, "taobao", taobao_account(), {"session": simulator.sessions["A"]}, "店铺A")


def ask(world: ShopWorld):
    scene = world.scene
    asker = MergeAsker(scene.database, world.links, world.network, clock=world.clock, ids=scene.ids, sealer=scene.sealer)
    report = asker.once()
    assert {name: rows for name, rows in scene.broken_invariants().items() if "parcel" not in name} == {}
    return report


def keys(world: ShopWorld) -> dict[int, bytes | None]:
    rows = world.scene.query(
        "SELECT o.platform_order_no, o.merge_key, f.merge_key FROM sales_order o JOIN fulfilment f ON f.order_id = o.id WHERE o.state = 50"
    )
    assert all(key == planned for _, key, planned in rows)
    return {int(no) % 1000: key for no, key, _ in rows}


def test_orders_of_one_receiver_get_one_key_and_a_look_alike_none(scene):
    world = world_of(scene, order(1), order(2), order(3, receiver=LOOKS_LIKE_WANG), order(4, receiver=LI))
    world.at(6).pull()
    report = ask(world)
    assert (report.calls, report.asked, report.merged) == (1, 3, 2)
    found = keys(world)
    assert found[1] == found[2] is not None
    assert found[3] is None
    assert found[4] is None
    assert ask(world).calls == 0, "nobody is asked about twice"


def test_a_third_order_joins_the_company(scene):
    world = world_of(scene, order(1), order(2), order(7))
    world.at(5).pull()
    ask(world)
    first = keys(world)
    world.at(9).pull()
    assert ask(world).merged == 3
    assert set(keys(world).values()) == set(first.values())


def test_without_an_answer_nothing_merges_and_the_next_round_asks_again(scene):
    world = world_of(scene, order(1), order(2))
    world.at(5).pull()
    world.caller.lose("oaid.merge")
    assert ask(world).merged == 0
    assert set(keys(world).values()) == {None}
    assert ask(world).merged == 2


def test_a_refusal_is_not_asked_for_again(scene):
    world = world_of(scene, order(1), order(2))
    world.at(5).pull()
    world.simulator._methods.pop("taobao.top.oaid.merge")
    assert (ask(world).calls, ask(world).calls) == (1, 0)
    assert set(keys(world).values()) == {None}


def test_cash_on_delivery_is_not_asked_about(scene):
    world = world_of(scene, order(1, is_cod=True), order(2, is_cod=True))
    world.at(5).pull()
    assert ask(world).calls == 0


def masked(number: int, alike: int = 1, key: bytes | None = None, shop: int = 1) -> Masked:
    return Masked(order_id=number, shop_id=shop, order_no=str(number), receiver_id=number, merge_key=key, version=1, is_asked=False, alike=alike)


def test_look_alikes_are_asked_about_together_a_hundred_at_most():
    orders = [masked(n, alike=n % 3) for n in range(240)] + [masked(900, shop=2), masked(901, shop=2)]
    orders.sort(key=lambda one: (one.shop_id, one.alike, one.order_id))
    calls = in_calls(orders)
    assert [len(call) for call in calls] == [80, 80, 80, 2]
    assert all(len({one.shop_id for one in call}) == 1 for call in calls)


@pytest.mark.parametrize(
    ("orders", "groups", "expected"),
    [
        ([masked(1), masked(2)], [("1", "2")], {1: b"g:1", 2: b"g:1"}),
        ([masked(1), masked(2)], [("1",), ("2",)], {1: None, 2: None}),
        ([masked(1), masked(2, key=b"old"), masked(3)], [("3", "1", "2")], {1: b"old", 2: b"old", 3: b"old"}),
        ([masked(1, key=b"old"), masked(2)], [("1",), ("2",)], {1: None, 2: None}),
    ],
)
def test_keys_of_groups(orders, groups, expected):
    found = keys_of(orders, groups, "g", lambda _kind, text: text.encode())
    assert {key.order_id: key.merge_key for key in found} == expected


def test_only_what_is_masked_is_merged_by_the_platform(scene):
    world = world_of(scene, order(1), order(2))
    world.at(5).pull()
    assert scene.query("SELECT COUNT(*) FROM receiver WHERE is_masked") == [(2,)]
    assert scene.query("SELECT edits FROM sales_order") == [(None,), (None,)]
    ask(world)
    assert scene.query("SELECT DISTINCT edits ->> 'merge_asked' = receiver_id::text FROM sales_order") == [(True,)]
