from datetime import UTC, datetime, timedelta

import pytest

from paidan.catalog.load import Part, Sku
from paidan.feedback.sellable import Do, Shown, Supply, choose, in_calls, in_parts, wanted

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
LATER, EARLIER = NOON + timedelta(minutes=1), NOON - timedelta(minutes=1)
SKUS = {
    1: Sku(id=1, code="P", name="P"),
    2: Sku(id=2, code="Q", name="Q"),
    3: Sku(id=3, code="SET", name="SET", kind="bundle", parts=(Part(1, 2, 1), Part(2, 1, 1))),
    4: Sku(id=4, code="POST", name="POST", kind="service"),
    5: Sku(id=5, code="OLD", name="OLD", is_on_sale=False),
}


@pytest.mark.parametrize(
    ("sku_id", "free", "waiting", "safety", "expected"),
    [
        pytest.param(1, {1: {10: 5, 11: 2}}, {}, 0, 7, id="all warehouses together"),
        pytest.param(1, {1: {10: 5, 99: 2}}, {}, 0, 5, id="not from one that is closed"),
        pytest.param(1, {1: {10: 5}}, {1: (1, 2)}, 0, 2, id="room for held and short orders"),
        pytest.param(1, {1: {10: 5}}, {1: (4, 4)}, 0, 0, id="never below zero"),
        pytest.param(1, {1: {10: 5}}, {}, 2, 3, id="a safety quantity is kept back"),
        pytest.param(1, {}, {}, 0, 0, id="no stock at all"),
        pytest.param(3, {1: {10: 5}, 2: {10: 9}}, {}, 0, 2, id="a bundle by its scarcest part"),
        pytest.param(3, {1: {10: 5}}, {}, 0, 0, id="a bundle without one of its parts"),
        pytest.param(4, {}, {}, 0, None, id="a service has no stock"),
        pytest.param(5, {5: {10: 5}}, {}, 0, 0, id="off sale"),
        pytest.param(None, {}, {}, 0, None, id="not mapped"),
    ],
)
def test_how_many_a_listing_shall_show(sku_id, free, waiting, safety, expected):
    assert wanted(sku_id, Supply(skus=SKUS, free=free, waiting=waiting, warehouses={10, 11}), safety) == expected


def shown(believed: int, **more) -> Shown:
    return Shown(**{"listing_id": 1, "shop_id": 1, "item_ref": "i", "sku_ref": "s", "sku_id": 1, "believed": believed, "touched_at": NOON} | more)


@pytest.mark.parametrize(
    ("listing", "quantity", "known_to", "do", "delta"),
    [
        pytest.param(shown(5), 5, None, Do.NOTHING, 0, id="as it shall be"),
        pytest.param(shown(5), 3, None, Do.SEND, -2, id="less goes at once"),
        pytest.param(shown(5), 8, NOON, Do.WAIT, 0, id="more waits for the sales before the last touch"),
        pytest.param(shown(5), 8, None, Do.WAIT, 0, id="more waits when nobody can say"),
        pytest.param(shown(5), 8, LATER, Do.SEND, 3, id="more goes when they are known"),
        pytest.param(shown(5, touched_at=None), 8, None, Do.SEND, 8, id="the first time in full"),
        pytest.param(shown(5, pending_key="k", pending_delta=-2), 9, LATER, Do.SEND_AGAIN, -2, id="unanswered goes again as it was"),
        pytest.param(shown(-2), 0, LATER, Do.LOOK, 0, id="below zero can't be"),
        pytest.param(shown(5, answer="look"), 5, LATER, Do.LOOK, 0, id="a doubt is looked up"),
        pytest.param(shown(5, answer="look"), 4, LATER, Do.SEND, -1, id="less goes before the look"),
        pytest.param(shown(-2, answer="seen 0"), 0, NOON, Do.WAIT, 0, id="what was seen waits for the sales before the look"),
        pytest.param(shown(-2, answer="seen 0"), 0, LATER, Do.NOTHING, 0, id="then it counts"),
        pytest.param(shown(2, answer="seen 1"), 2, LATER, Do.SEND, 1, id="and is corrected"),
        pytest.param(shown(5), None, LATER, Do.NOTHING, 0, id="not ours to say"),
    ],
)
def test_what_is_done_about_a_listing(listing, quantity, known_to, do, delta):
    choice = choose(listing, quantity, known_to)
    assert (choice.do, choice.delta) == (do, delta)


def test_skus_of_one_item_go_together_twenty_at_most():
    listings = [shown(0, listing_id=n, item_ref="a" if n < 25 else "b", sku_ref=f"{n:03}") for n in range(26)]
    assert [[one.listing_id for one in part] for part in in_parts(listings, "taobao")] == [list(range(20)), [20, 21, 22, 23, 24], [25]]
    assert [len(call) for call in in_calls(listings, "shopify")] == [26]


def test_twenty_items_go_under_one_key():
    listings = [shown(0, listing_id=n, item_ref=f"{n // 2:03}", sku_ref=f"{n:03}") for n in range(90)]
    assert [len(call) for call in in_calls(listings, "taobao")] == [40, 40, 10]
    assert [one.listing_id for call in in_calls(listings[::-1], "taobao") for one in call] == list(range(90))


def test_first_settings_and_refused_ones_go_apart():
    listings = [shown(0), shown(0, listing_id=2, touched_at=None), shown(0, listing_id=3, answer="refused x"), shown(0, listing_id=4, sku_ref="")]
    assert [[one.listing_id for one in call] for call in in_calls(listings, "taobao")] == [[3], [2], [4, 1]]
    assert [len(part) for part in in_parts([listings[3], listings[0]], "taobao")] == [1, 1]
