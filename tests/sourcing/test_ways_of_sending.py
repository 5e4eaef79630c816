"""Cost decides between one parcel and several: cases by hand, and the search against trying everything."""

import itertools
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts import GUANGZHOU, HANGZHOU, draft_line, draft_network, draft_order, draft_sku, draft_tier, draft_warehouse
from paidan.kernel.reasons import Reason
from paidan.sourcing.decide import Sourcing, Supply, decide
from paidan.sourcing.lanes import Lanes, freight_of
from paidan.sourcing.policy import Aim, SourcingPolicy
from paidan.sourcing.splits import best_split, greedy_split, may_win
from paidan.sourcing.ways import Asked, best_alone, load_of, parcel_of, rank
from scene import NOW

HZ, GZ, CD, SH = 1, 2, 3, 4
WHERE = [draft_warehouse(HZ, "HZ"), draft_warehouse(GZ, "GZ"), draft_warehouse(CD, "CD"), draft_warehouse(SH, "SH")]
SKUS = {n: draft_sku(n, weight_g=grams) for n, grams in ((1, 300), (2, 900), (3, 2500))}
FAR_IS_DEAR = [draft_tier(from_id=HZ, first_minor=500), draft_tier(from_id=SH, first_minor=600), draft_tier(first_minor=3000)]


def sourced(wanted, stock, tiers, **policy):
    lines = [draft_line(n, units, sku_id=sku_id) for n, (sku_id, units) in enumerate(wanted.items(), 1)]
    order = draft_order(lines)
    network = draft_network(WHERE, tiers)
    context = Sourcing(lanes=Lanes(network), network=network, skus=SKUS, policy=SourcingPolicy(**policy), now=NOW)
    numbers = count(100)
    decide([order], Supply({sku: dict(places) for sku, places in stock.items()}, {}), context, lambda n: [next(numbers) for _ in range(n)])
    return order


def story_of(order):
    return next(detail for step, detail in order.steps if step in {"sourced", "backordered"})


@pytest.mark.parametrize(
    ("penalty", "aim", "chosen", "cost"),
    [
        (0, Aim.CHEAPEST, [HZ, SH], 1100),
        (2099, Aim.CHEAPEST, [HZ, SH], 3199),
        (2100, Aim.CHEAPEST, [CD], 3200),  # equally dear: one parcel
        (5000, Aim.CHEAPEST, [CD], 3200),
        (0, Aim.NEAREST, [CD], 3200),  # one warehouse comes first, however far
    ],
)
def test_the_split_penalty_decides(penalty, aim, chosen, cost):
    stock = {1: {HZ: 1, CD: 1}, 2: {SH: 1, CD: 1}}
    order = sourced({1: 1, 2: 1}, stock, FAR_IS_DEAR, split_penalty_minor=penalty, aim=aim)
    assert sorted(f.warehouse_id for f in order.fulfilments) == chosen
    assert story_of(order)["cost"] == cost


@pytest.mark.parametrize(
    ("wanted", "stock", "policy", "chosen"),
    [
        # the place with most of it has no part in any cover of two
        (
            {1: 2, 2: 2, 3: 2},
            {1: {HZ: 2, GZ: 1, CD: 1}, 2: {HZ: 2, GZ: 1, CD: 1}, 3: {GZ: 1, CD: 1}},
            {"split_cap": 2},
            [GZ, CD],
        ),
        ({1: 3}, {1: {HZ: 2, GZ: 1, CD: 1, SH: 2}}, {"split_cap": 2}, [HZ, SH]),
        # near and cheap for what it has, the dear one only for the rest
        ({3: 4}, {3: {HZ: 2, GZ: 4}}, {"split_penalty_minor": 0}, [HZ, GZ]),
    ],
)
def test_a_cover_within_the_cap_is_found(wanted, stock, policy, chosen):
    tiers = [draft_tier(from_id=HZ, first_minor=100), draft_tier(from_id=SH, first_minor=100), draft_tier(first_minor=500, step_minor=900)]
    order = sourced(wanted, stock, tiers, **policy)
    assert sorted(f.warehouse_id for f in order.fulfilments) == sorted(chosen)


def test_what_is_too_heavy_for_one_parcel_goes_in_two_though_each_place_has_all():
    order = sourced({3: 4}, {3: {HZ: 4, SH: 4}}, [draft_tier(weight_g_max=6000)])
    assert sorted((f.warehouse_id, f.weight_g) for f in order.fulfilments) == [(HZ, 5000), (SH, 5000)]


def test_the_best_split_is_told_where_it_lost_and_the_whole_where_it_won():
    stock = {1: {HZ: 1, CD: 1}, 3: {SH: 1, CD: 1}}
    lost = story_of(sourced({1: 1, 3: 1}, stock, FAR_IS_DEAR, split_penalty_minor=1950))
    assert lost["cost"] == 3000 + 2 * 200
    assert lost["split"]["cost"] == 500 + 600 + 2 * 200 + 1950
    assert lost["split"]["reason"] == Reason.DEARER
    assert sorted(place for place, *_ in lost["split"]["parcels"]) == [HZ, SH]
    won = story_of(sourced({1: 1, 3: 1}, stock, FAR_IS_DEAR, split_penalty_minor=0))
    assert won["split"]["reason"] == ""
    assert {place: (cost, why) for place, _, cost, _, why in won["candidates"]}[CD] == (3400, Reason.DEARER)


def test_a_split_that_cannot_win_is_not_looked_for():
    story = story_of(sourced({1: 1, 2: 1}, {1: {HZ: 1, SH: 1}, 2: {HZ: 1, SH: 1}}, [draft_tier()]))
    assert "split" not in story


# ---- against trying everything

tiers_st = st.lists(
    st.builds(
        draft_tier,
        st.sampled_from([1, 2]),
        from_id=st.sampled_from([HZ, GZ, CD, SH]),
        first_minor=st.integers(0, 2000),
        step_minor=st.integers(0, 900),
        first_g=st.sampled_from([500, 1000, 3000]),
        step_g=st.sampled_from([500, 1000]),
        weight_g_max=st.sampled_from([None, None, None, 1000, 4000]),
    ),
    min_size=2,
    max_size=6,
)
wanted_st = st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(1, 3), min_size=1, max_size=3)
stock_st = st.dictionaries(st.sampled_from([1, 2, 3]), st.dictionaries(st.sampled_from([HZ, GZ, CD, SH]), st.integers(0, 3)), max_size=3)
policy_st = st.builds(
    SourcingPolicy, aim=st.sampled_from(Aim), split_cap=st.integers(1, 4), split_penalty_minor=st.sampled_from([0, 0, 100, 500, 2000])
)


def shares(units, rooms):
    """Every way to take `units` from places that have `rooms`."""
    return [way for way in itertools.product(*(range(min(units, room) + 1) for room in rooms)) if sum(way) == units]


def every_way(asked, wanted, stock, lanes):
    """Every way there is, as parcels; by trying all."""
    places = [lane.warehouse.id for lane in lanes]
    for deal in itertools.product(*(shares(units, [stock.get(sku, {}).get(place, 0) for place in places]) for sku, units in wanted.items())):
        units_at = [{sku: way[n] for sku, way in zip(wanted, deal, strict=True) if way[n]} for n in range(len(places))]
        parcels = [parcel_of(lane, load_of(units, asked)) for lane, units in zip(lanes, units_at, strict=True) if units]
        if len(parcels) <= asked.policy.split_cap and all(parcels):
            yield parcels


def asked_for(tiers, policy, region):
    lanes = Lanes(draft_network(WHERE, tiers)).to(region)
    return Asked(skus=SKUS, policy=policy), lanes


@settings(deadline=None)  # the machine may be busy
@given(wanted_st, tiers_st, policy_st, st.sampled_from([HANGZHOU, GUANGZHOU]))
def test_the_best_single_parcel_is_the_first_by_rank(wanted, tiers, policy, region):
    asked, lanes = asked_for(tiers, policy, region)
    parcels = [parcel for lane in lanes if (parcel := parcel_of(lane, load_of(wanted, asked))) is not None]
    if parcels:
        assert best_alone(parcels, policy) == min(parcels, key=lambda parcel: rank([parcel], policy))


def test_what_does_not_serve_a_region_is_told_with_each_order_of_it():
    places = [draft_warehouse(HZ, "HZ"), draft_warehouse(GZ, "GZ", regions=frozenset({"440000"}))]
    lanes = Lanes(draft_network(places, [draft_tier()]))
    assert [lane.warehouse.id for lane in lanes.to(HANGZHOU)] == [HZ]
    assert lanes.out_of(HANGZHOU) == [[GZ, 0, -1, -1, "no_warehouse_serves"]]
    assert lanes.out_of(GUANGZHOU) == []


@settings(deadline=None)  # the machine may be busy
@given(wanted_st, stock_st, tiers_st, policy_st, st.sampled_from([HANGZHOU, GUANGZHOU]))
def test_the_best_split_is_the_best_of_all_splits(wanted, stock, tiers, policy, region):
    asked, lanes = asked_for(tiers, policy, region)
    splits = [way for way in every_way(asked, wanted, stock, lanes) if len(way) > 1]
    found = best_split(wanted, lanes, stock, asked, nodes=1_000_000)
    assert bool(found) == bool(splits)
    if splits:
        assert rank(found, policy)[:3] == min(rank(way, policy) for way in splits)[:3]


@settings(deadline=None)  # the machine may be busy
@given(wanted_st, stock_st, tiers_st, policy_st)
def test_a_bound_that_says_no_is_right(wanted, stock, tiers, policy):
    asked, lanes = asked_for(tiers, policy, HANGZHOU)
    ways = list(every_way(asked, wanted, stock, lanes))
    whole = min((way for way in ways if len(way) == 1), key=lambda way: rank(way, policy), default=None)
    if whole is not None and any(rank(way, policy) < rank(whole, policy) for way in ways):
        assert may_win(wanted, lanes, whole[0], asked)


@settings(deadline=None)  # the machine may be busy
@given(wanted_st, stock_st, tiers_st, policy_st)
def test_within_its_bounds_the_search_finds_a_cover_and_is_never_dearer_than_the_greedy_one(wanted, stock, tiers, policy):
    asked, lanes = asked_for(tiers, policy, HANGZHOU)
    found, greedy = best_split(wanted, lanes, stock, asked), greedy_split(wanted, lanes, stock, asked)
    if len(greedy) > 1:
        assert rank(found, policy) <= rank(greedy, policy)
    for parcel in found:
        assert all(0 < units <= stock[sku].get(parcel.lane.warehouse.id, 0) for sku, units in parcel.units.items())
    if found:
        assert len({parcel.lane.warehouse.id for parcel in found}) == len(found) <= policy.split_cap
        assert {sku: sum(parcel.units.get(sku, 0) for parcel in found) for sku in wanted} == wanted


big_stock = st.dictionaries(
    st.integers(1, 12), st.dictionaries(st.integers(1, 30), st.integers(0, 40), min_size=1, max_size=12), min_size=3, max_size=12
)


@settings(deadline=None)  # the machine may be busy
@given(big_stock, st.data())
def test_with_many_warehouses_and_many_lines_it_stays_bounded_and_finds_a_cover_that_is_there(stock, data):
    places = [draft_warehouse(n, "HZ") for n in range(1, 31)]
    lanes = Lanes(draft_network(places, [draft_tier(step_minor=0)])).to(HANGZHOU)
    home = data.draw(st.lists(st.integers(1, 30), min_size=2, max_size=3, unique=True))
    there = {sku: sum(at.get(place, 0) for place in home) for sku, at in stock.items()}
    wanted = {sku: data.draw(st.integers(1, units)) for sku, units in there.items() if units}
    if not wanted:
        return
    asked = Asked(skus={n: draft_sku(n) for n in range(1, 13)}, policy=SourcingPolicy(split_cap=3, split_penalty_minor=0))
    whole = any(all(stock[sku].get(place, 0) >= units for sku, units in wanted.items()) for place in range(1, 31))
    assert whole or best_split(wanted, lanes, stock, asked)


@given(tiers_st, st.lists(st.integers(0, 20_000), max_size=20))
def test_one_answer_serves_all_weights_between_two_steps(tiers, weights):
    freight = freight_of(tuple(tiers))
    for weight_g in weights:
        able = [(tier.freight_minor(weight_g), tier.transit_h, tier.carrier_id) for tier in tiers if weight_g <= (tier.weight_g_max or weight_g)]
        found = freight.cheapest(weight_g)
        assert (found and (found[0], found[1].transit_h, found[1].carrier_id)) == min(able, default=None)
