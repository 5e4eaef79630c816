"""Who sends what, case by case: two or three warehouses, what lies there, what it costs, and the way chosen."""

from datetime import timedelta
from itertools import count

import pytest

from drafts import BERLIN, GUANGZHOU, HANGZHOU, SF, ZTO, draft_line, draft_network, draft_order, draft_sku, draft_tier, draft_warehouse
from paidan.kernel.reasons import Reason
from paidan.sourcing.decide import Sourcing, Supply, decide
from paidan.sourcing.lanes import Lanes
from paidan.sourcing.policy import Aim, SourcingPolicy
from scene import NOW

HZ, GZ, CD = 1, 2, 3
SKUS = {n: draft_sku(n) for n in range(1, 6)} | {9: draft_sku(9, weight_g=6000)}
WHERE = [draft_warehouse(HZ, "HZ"), draft_warehouse(GZ, "GZ"), draft_warehouse(CD, "CD")]
EVEN = [draft_tier()]
GZ_CHEAP = [draft_tier(from_id=HZ, first_minor=900), draft_tier(from_id=GZ, first_minor=500), draft_tier(from_id=CD, first_minor=900)]


def source(orders, stock, *, network=None, demands=None, **policy):
    """Decide, and give the orders. `stock`: sku → warehouse → units."""
    network = network or draft_network(WHERE, EVEN)
    context = Sourcing(lanes=Lanes(network), network=network, skus=SKUS, policy=SourcingPolicy(**policy), now=NOW)
    numbers = count(100)
    supply = Supply({sku: dict(places) for sku, places in stock.items()}, demands or {})
    decide(orders, supply, context, lambda n: [next(numbers) for _ in range(n)])
    return orders


def parcels(order):
    """[(warehouse, {sku: units})] as planned."""
    return sorted((f.warehouse_id, {line.sku_id: line.quantity for line in f.lines}) for f in order.fulfilments)


def one(wanted, region=HANGZHOU, **more):
    """An order for `wanted`: sku → units."""
    return draft_order([draft_line(n, units, sku_id=sku_id) for n, (sku_id, units) in enumerate(wanted.items(), 1)], region=region, **more)


@pytest.mark.parametrize(
    ("wanted", "stock", "policy", "chosen"),
    [
        # one warehouse has it all: the nearer among equally dear ones
        ({1: 1}, {1: {HZ: 1, GZ: 1}}, {}, [(HZ, {1: 1})]),
        ({1: 1}, {1: {GZ: 1, CD: 1}}, {}, [(GZ, {1: 1})]),
        ({1: 1}, {1: {CD: 1}}, {}, [(CD, {1: 1})]),
        ({1: 2}, {1: {HZ: 1, GZ: 2}}, {}, [(GZ, {1: 2})]),
        ({1: 1, 2: 1}, {1: {HZ: 1, GZ: 1}, 2: {GZ: 1}}, {}, [(GZ, {1: 1, 2: 1})]),
        # whole before split, however near the parts lie
        ({1: 1, 2: 1}, {1: {HZ: 1, CD: 1}, 2: {HZ: 0, GZ: 1, CD: 1}}, {}, [(CD, {1: 1, 2: 1})]),
        # split: the warehouse with most of it first
        ({1: 1, 2: 1}, {1: {HZ: 1}, 2: {GZ: 1}}, {}, [(HZ, {1: 1}), (GZ, {2: 1})]),
        ({1: 3}, {1: {HZ: 1, GZ: 2}}, {}, [(HZ, {1: 1}), (GZ, {1: 2})]),
        ({1: 1, 2: 1, 3: 1}, {1: {HZ: 1, CD: 1}, 2: {HZ: 1, CD: 1}, 3: {GZ: 1, CD: 0}}, {}, [(HZ, {1: 1, 2: 1}), (GZ, {3: 1})]),
        ({1: 1, 2: 1, 3: 1}, {1: {HZ: 1}, 2: {GZ: 1}, 3: {CD: 1}}, {}, [(HZ, {1: 1}), (GZ, {2: 1}), (CD, {3: 1})]),
        ({1: 1, 2: 1, 3: 1}, {1: {HZ: 1}, 2: {GZ: 1}, 3: {CD: 1}}, {"split_cap": 2}, []),
        ({1: 1, 2: 1}, {1: {HZ: 1}, 2: {GZ: 1}}, {"split_cap": 2}, [(HZ, {1: 1}), (GZ, {2: 1})]),
        ({1: 1, 2: 1}, {1: {HZ: 1}, 2: {GZ: 1}}, {"split_cap": 1}, []),
        ({1: 1, 2: 1}, {1: {HZ: 1}, 2: {GZ: 1}}, {"may_split": False}, []),
        # whole or not at all
        ({1: 2}, {1: {HZ: 1}}, {}, []),
        ({1: 1, 2: 1}, {1: {HZ: 5}}, {}, []),
        ({1: 1}, {}, {}, []),
        ({1: 1}, {1: {HZ: 0, GZ: 0}}, {}, []),
    ],
)
def test_which_warehouses_send(wanted, stock, policy, chosen):
    [order] = source([one(wanted)], stock, **policy)
    assert parcels(order) == sorted(chosen)


@pytest.mark.parametrize(
    ("aim", "tiers", "region", "chosen"),
    [
        (Aim.CHEAPEST, EVEN, HANGZHOU, HZ),
        (Aim.CHEAPEST, GZ_CHEAP, HANGZHOU, GZ),
        (Aim.NEAREST, GZ_CHEAP, HANGZHOU, HZ),
        (Aim.NEAREST, EVEN, GUANGZHOU, GZ),
        (Aim.CHEAPEST, [draft_tier(from_id=CD, first_minor=100), draft_tier()], GUANGZHOU, CD),
        (Aim.NEAREST, [draft_tier(from_id=CD, first_minor=100), draft_tier()], GUANGZHOU, GZ),
    ],
)
def test_nearest_or_cheapest(aim, tiers, region, chosen):
    stock = {1: {HZ: 1, GZ: 1, CD: 1}}
    [order] = source([one({1: 1}, region)], stock, network=draft_network(WHERE, tiers), aim=aim)
    assert [place for place, _ in parcels(order)] == [chosen]


@pytest.mark.parametrize(
    ("near", "far", "chosen"),
    [
        ({}, {}, HZ),
        ({"handling_order_minor": 300}, {}, GZ),
        ({"handling_unit_minor": 100}, {}, GZ),
        ({"handling_unit_minor": 100}, {"handling_order_minor": 250}, HZ),
        ({"is_active": False}, {}, GZ),
    ],
)
def test_handling_counts_and_closed_warehouses_do_not(near, far, chosen):
    network = draft_network([draft_warehouse(HZ, "HZ", **near), draft_warehouse(GZ, "GZ", **far)], EVEN)
    [order] = source([one({1: 2})], {1: {HZ: 2, GZ: 2}}, network=network)
    assert [place for place, _ in parcels(order)] == [chosen]


def test_ties_go_to_the_smaller_priority_number():
    network = draft_network([draft_warehouse(1, "HZ", priority=50), draft_warehouse(2, "HZ", priority=10)], EVEN)
    [order] = source([one({1: 1})], {1: {1: 1, 2: 1}}, network=network)
    assert [place for place, _ in parcels(order)] == [2]


@pytest.mark.parametrize(
    ("areas", "region", "serves"),
    [
        (["*"], HANGZHOU, True),
        (["CN"], HANGZHOU, True),
        (["330000"], HANGZHOU, True),
        (["330100"], HANGZHOU, True),
        (["330106"], HANGZHOU, True),
        (["330105"], HANGZHOU, False),
        (["330200"], HANGZHOU, False),
        (["440000"], HANGZHOU, False),
        ([], HANGZHOU, False),
        (["CN"], BERLIN, False),
        (["DE"], BERLIN, True),
        (["*"], BERLIN, True),
    ],
)
def test_areas_by_district_city_province_country(areas, region, serves):
    [order] = source([one({1: 1}, region)], {1: {HZ: 1}}, network=draft_network([draft_warehouse(HZ, "HZ", areas)], EVEN))
    assert bool(order.fulfilments) == serves
    assert order.waits_for == ("" if serves else Reason.NO_WAREHOUSE_SERVES)


@pytest.mark.parametrize(
    ("tiers", "carrier", "freight_minor"),
    [
        # the most specific price of each carrier holds, also when it is the dearer one; then the cheaper carrier
        ([draft_tier(ZTO, "*", first_minor=500), draft_tier(ZTO, "330000", first_minor=800)], ZTO, 800),
        ([draft_tier(ZTO, "*"), draft_tier(ZTO, "330106", first_minor=300), draft_tier(ZTO, "330100", first_minor=400)], ZTO, 300),
        ([draft_tier(ZTO, "*", first_minor=500), draft_tier(SF, "330100", first_minor=499)], SF, 499),
        ([draft_tier(ZTO, "*", first_minor=500), draft_tier(ZTO, "CN", first_minor=700)], ZTO, 700),
        ([draft_tier(ZTO, "330106", first_minor=400), draft_tier(ZTO, "*", from_id=HZ, first_minor=900)], ZTO, 900),
        ([draft_tier(ZTO, first_minor=500, transit_h=48), draft_tier(SF, first_minor=500, transit_h=24)], SF, 500),
        ([draft_tier(ZTO, first_minor=500), draft_tier(SF, first_minor=500)], ZTO, 500),
        ([draft_tier(ZTO, first_minor=500, weight_g_max=299), draft_tier(SF, first_minor=900)], SF, 900),
        ([draft_tier(ZTO, first_minor=500, weight_g_max=300), draft_tier(SF, first_minor=900)], ZTO, 500),
    ],
)
def test_which_carrier_at_which_freight(tiers, carrier, freight_minor):
    [order] = source([one({1: 1})], {1: {HZ: 1}}, network=draft_network([draft_warehouse(HZ)], tiers))
    [fulfilment] = order.fulfilments
    assert (fulfilment.carrier_id, fulfilment.freight_minor) == (carrier, freight_minor)


@pytest.mark.parametrize(("weight_g", "freight_minor"), [(0, 500), (1, 500), (1000, 500), (1001, 700), (2000, 700), (2001, 900)])
def test_each_started_step_is_paid(weight_g, freight_minor):
    assert draft_tier().freight_minor(weight_g) == freight_minor


def test_a_parcel_too_heavy_for_every_carrier_waits_for_one():
    network = draft_network(WHERE, [draft_tier(weight_g_max=5000)])
    [order] = source([one({9: 1})], {9: {HZ: 1}}, network=network)
    assert (parcels(order), order.waits_for) == ([], Reason.NO_CARRIER_REACHES)


def test_what_is_too_heavy_together_is_split_between_warehouses():
    network = draft_network(WHERE, [draft_tier(weight_g_max=7000)])
    [order] = source([one({9: 2})], {9: {HZ: 1, GZ: 1}}, network=network)
    assert parcels(order) == [(HZ, {9: 1}), (GZ, {9: 1})]


@pytest.mark.parametrize(
    ("more", "chosen", "reason"),
    [
        ({"warehouses_refused": [HZ]}, GZ, ""),
        ({"warehouses_refused": [HZ, GZ, CD]}, None, Reason.NO_WAREHOUSE_SERVES),
        ({"edits": {"warehouse_id": str(CD)}}, CD, ""),
        ({"edits": {"warehouse_id": str(HZ)}, "warehouses_refused": [HZ]}, HZ, ""),
        ({"edits": {"warehouse_id": "99"}}, None, Reason.NO_WAREHOUSE_SERVES),
        ({"edits": {"carrier_id": str(SF)}}, HZ, ""),
        ({"edits": {"carrier_id": "99"}}, None, Reason.NO_CARRIER_REACHES),
    ],
)
def test_refusals_of_warehouses_and_wishes_of_people(more, chosen, reason):
    network = draft_network(WHERE, [draft_tier(ZTO), draft_tier(SF, first_minor=2000)])
    [order] = source([one({1: 1}, **more)], {1: {HZ: 1, GZ: 1, CD: 1}}, network=network)
    assert [place for place, _ in parcels(order)] == ([] if chosen is None else [chosen])
    assert order.waits_for == reason
    if (more.get("edits") or {}).get("carrier_id") == str(SF):
        assert order.fulfilments[0].carrier_id == SF


@pytest.mark.parametrize(
    ("wanted", "stock", "policy", "reason"),
    [
        ({1: 2}, {1: {HZ: 1}}, {}, Reason.SHORT_OF_STOCK),
        ({1: 1, 2: 1, 3: 1}, {1: {HZ: 1}, 2: {GZ: 1}, 3: {CD: 1}}, {"split_cap": 2}, Reason.SPLIT_CAP),
        ({1: 2}, {1: {HZ: 1, GZ: 1}}, {"may_split": False}, Reason.SPLIT_CAP),
        ({1: 2, 2: 1}, {1: {HZ: 1, GZ: 1}}, {"may_split": False}, Reason.SHORT_OF_STOCK),
    ],
)
def test_why_an_order_waits(wanted, stock, policy, reason):
    [order] = source([one(wanted)], stock, **policy)
    assert order.waits_for == reason
    assert [(line.open, line.short) for line in order.lines] == [(0, units) for units in wanted.values()]


def test_stock_where_nobody_sends_from_is_not_counted_as_ours_to_split():
    network = draft_network([draft_warehouse(HZ), draft_warehouse(GZ, "GZ", ["440000"])], EVEN)
    [order] = source([one({1: 2})], {1: {HZ: 1, GZ: 1}}, network=network)
    assert order.waits_for == Reason.SHORT_OF_STOCK


def keyed(n, units=1, **more):
    return one({1: units}, id=n, merge_key=b"same", **more)


def test_orders_of_one_merge_key_are_sent_from_one_place():
    alone = source([keyed(1)], {1: {HZ: 1, GZ: 2}})
    assert parcels(alone[0]) == [(HZ, {1: 1})]
    both = source([keyed(1), keyed(2)], {1: {HZ: 1, GZ: 2}})
    assert [parcels(order) for order in both] == [[(GZ, {1: 1})], [(GZ, {1: 1})]]


def test_a_merge_key_never_keeps_an_order_from_being_sent():
    both = source([keyed(1), keyed(2)], {1: {HZ: 1, GZ: 1}})
    assert sorted(parcels(order)[0][0] for order in both) == [HZ, GZ]


@pytest.mark.parametrize(
    ("demand", "left_for_newcomer"),
    [((0, 0), True), ((1, 0), False), ((0, 1), False), ((5, 5), False)],
)
def test_newcomers_leave_what_others_wait_for(demand, left_for_newcomer):
    [order] = source([one({1: 1})], {1: {HZ: 1}}, demands={1: demand})
    assert bool(order.fulfilments) == left_for_newcomer


@pytest.mark.parametrize(
    ("demand", "own", "served"),
    [
        ((1, 0), (1, 0), True),  # its own units, held till now
        ((0, 1), (0, 1), True),  # its own units, short till now
        ((0, 9), (0, 1), True),  # others short too: the waker says whose turn it is
        ((2, 0), (1, 0), False),  # another held order keeps its one
        ((1, 1), (0, 1), False),
    ],
)
def test_who_waits_himself_leaves_only_what_is_held(demand, own, served):
    [order] = source([one({1: 1}, is_new=False, units_before={1: own})], {1: {HZ: 1}}, demands={1: demand})
    assert bool(order.fulfilments) == served


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"is_new": False, "units_before": {1: (0, 1)}}, {"ship_by_at": NOW}),
        ({"ship_by_at": NOW}, {"ship_by_at": NOW + timedelta(hours=1)}),
        ({"ship_by_at": NOW}, {"ship_by_at": None}),
        ({"ship_by_at": None, "placed_at": NOW}, {"ship_by_at": None, "placed_at": NOW + timedelta(seconds=1)}),
        ({"platform_order_no": "A"}, {"platform_order_no": "B"}),
        ({"shop_id": 7, "platform_order_no": "B"}, {"shop_id": 8, "platform_order_no": "A"}),
    ],
)
def test_the_earlier_promise_chooses_first(first, second):
    for way in (1, -1):
        orders = [one({1: 1}, id=1, **first), one({1: 1}, id=2, **second)]
        source(orders[::way], {1: {HZ: 1}}, demands={1: (0, 1)} if "units_before" in first else {})
        assert [bool(order.fulfilments) for order in orders] == [True, False]


def test_an_earlier_promise_that_does_not_fit_is_not_overtaken_by_newcomers():
    orders = [one({1: 3}, id=1, ship_by_at=NOW), one({1: 1}, id=2)]
    source(orders, {1: {HZ: 2}})
    assert [order.waits_for for order in orders] == [Reason.SHORT_OF_STOCK] * 2


def test_cash_on_delivery_has_no_merge_window_and_others_have():
    cod, other = source([one({1: 1}, id=1, is_cod=True), one({1: 1}, id=2)], {1: {HZ: 2}})
    assert [order.fulfilments[0].release_due_at for order in (cod, other)] == [NOW, NOW + timedelta(seconds=600)]


def test_the_story_names_every_warehouse_and_why_it_lost():
    network = draft_network([*WHERE, draft_warehouse(4, "SH", ["440000"])], GZ_CHEAP)
    [order] = source([one({1: 1}, warehouses_refused=[CD])], {1: {GZ: 1}}, network=network)
    [(step, story)] = [told for told in order.steps if told[0] == "sourced"]
    assert step == "sourced"
    assert {place: why for place, _, _, _, why in story["candidates"]} == {
        HZ: Reason.SHORT_OF_STOCK,
        GZ: "",
        CD: Reason.WAREHOUSE_REJECTED_BEFORE,
        4: Reason.NO_WAREHOUSE_SERVES,
    }
    assert story["cost"] == 500


@pytest.mark.parametrize(("aim", "why"), [(Aim.CHEAPEST, Reason.DEARER), (Aim.NEAREST, Reason.FARTHER)])
def test_a_loser_is_dearer_or_farther(aim, why):
    [order] = source([one({1: 1})], {1: {HZ: 1, GZ: 1}}, aim=aim)
    [candidates] = [told["candidates"] for step, told in order.steps if step == "sourced"]
    assert {place: reason for place, _, _, _, reason in candidates}[GZ] == why


def test_each_parcel_after_the_first_costs_the_penalty():
    [order] = source([one({1: 1, 2: 1})], {1: {HZ: 1}, 2: {GZ: 1}}, split_penalty_minor=77)
    [story] = [told for step, told in order.steps if step == "sourced"]
    assert story["cost"] == 500 + 500 + 77
