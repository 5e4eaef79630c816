"""Whatever the shelves and the orders: no unit is lost or invented, none is planned that is not there, and the order of rows does not matter."""

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from drafts import GUANGZHOU, HANGZHOU, draft_line, draft_network, draft_order, draft_sku, draft_tier, draft_warehouse
from paidan.sourcing.decide import Sourcing, Supply, decide, given_back, unplan_new
from paidan.sourcing.lanes import Lanes
from paidan.sourcing.policy import Aim, SourcingPolicy
from scene import NOW

WHERE = [draft_warehouse(1, "HZ"), draft_warehouse(2, "GZ"), draft_warehouse(3, "CD", ["330000"])]
NETWORK = draft_network(WHERE, [draft_tier(), draft_tier(2, "330000", first_minor=400, weight_g_max=900)])
SKUS = {n: draft_sku(n) for n in (1, 2, 3)}
units = st.integers(1, 3)
wanted = st.lists(st.tuples(st.sampled_from([1, 2, 3]), units, st.sampled_from(["open", "short"])), min_size=1, max_size=3)
stock = st.dictionaries(st.sampled_from([1, 2, 3]), st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(0, 5)), max_size=3)
policies = st.builds(SourcingPolicy, aim=st.sampled_from(Aim), split_cap=st.integers(1, 3), may_split=st.booleans())


@st.composite
def baskets(draw):
    orders = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        is_new = draw(st.booleans())
        lines = [
            draft_line(k, quantity, sku_id=sku_id, **({"open": 0, "short": quantity} if place == "short" and not is_new else {}))
            for k, (sku_id, quantity, place) in enumerate(draw(wanted), 1)
        ]
        more = {"merge_key": draw(st.sampled_from([None, b"one", b"two"])), "region": draw(st.sampled_from([HANGZHOU, GUANGZHOU]))}
        order = draft_order(lines, id=n, is_new=is_new, **more)
        if not is_new:
            order.units_before = order.waiting_units()
        orders.append(order)
    return orders


def source(orders, shelves, policy):
    demands = {}
    for order in orders:
        for sku_id, (held, short) in order.units_before.items():
            before = demands.get(sku_id, (0, 0))
            demands[sku_id] = (before[0] + held, before[1] + short)
    supply = Supply({sku: dict(places) for sku, places in shelves.items()}, demands)
    numbers = count(100)
    context = Sourcing(lanes=Lanes(NETWORK), network=NETWORK, skus=SKUS, policy=policy, now=NOW)
    decide(orders, supply, context, lambda n: [next(numbers) for _ in range(n)])
    return supply


def planned(orders):
    taken = {}
    for order in orders:
        for f in order.fulfilments:
            for line in f.lines:
                taken[line.sku_id, f.warehouse_id] = taken.get((line.sku_id, f.warehouse_id), 0) + line.quantity
    return taken


@settings(deadline=None)  # the machine may be busy
@given(baskets(), stock, policies)
def test_units_that_came_in_are_planned_or_short_and_none_is_taken_twice(orders, shelves, policy):
    supply = source(orders, shelves, policy)
    for order in orders:
        for line in order.lines:
            assert line.open + line.short + line.reserved == line.quantity
            mine = sum(x.quantity for f in order.fulfilments for x in f.lines if x.line_no == line.line_no)
            assert mine == line.reserved
        assert all(line.reserved == line.quantity for line in order.lines) or not order.fulfilments
        assert len(order.fulfilments) <= (policy.split_cap if policy.may_split else 1)
    for (sku_id, place), taken in planned(orders).items():
        assert taken <= shelves[sku_id].get(place, 0)
        assert supply.free[sku_id][place] == shelves[sku_id][place] - taken


@settings(deadline=None)  # the machine may be busy
@given(baskets(), stock, policies, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(orders, shelves, policy, chance):
    import copy

    shuffled = copy.deepcopy(orders)
    chance.shuffle(shuffled)
    source(orders, shelves, policy)
    source(shuffled, shelves, policy)
    by_id = {order.id: order for order in shuffled}
    for order in orders:
        other = by_id[order.id]
        assert [(f.warehouse_id, f.carrier_id, f.lines) for f in order.fulfilments] == [
            (f.warehouse_id, f.carrier_id, f.lines) for f in other.fulfilments
        ]
        assert (order.lines, order.waits_for) == (other.lines, other.waits_for)


@settings(deadline=None)  # the machine may be busy
@given(baskets(), stock, policies)
def test_plans_that_are_dropped_leave_every_unit_open_again(orders, shelves, policy):
    before = {order.id: [line.waiting for line in order.lines] for order in orders}
    source(orders, shelves, policy)
    for order in orders:
        unplan_new(order)
        assert order.fulfilments == []
        assert [line.waiting for line in order.lines] == before[order.id]
        assert all(line.reserved == 0 for line in order.lines)
        assert given_back(order) == {}


@settings(deadline=None)  # the machine may be busy
@given(baskets(), stock, policies)
def test_a_parcel_is_carried_by_who_may_carry_it_from_where_it_lies(orders, shelves, policy):
    source(orders, shelves, policy)
    for order in orders:
        places = [f.warehouse_id for f in order.fulfilments]
        assert len(set(places)) == len(places)
        for f in order.fulfilments:
            assert f.weight_g == sum(SKUS[line.sku_id].weight_g * line.quantity for line in f.lines)
            assert order.region.adcode.startswith("33") or f.warehouse_id != 3
            assert f.carrier_id == 1 or (f.weight_g <= 900 and order.region.adcode.startswith("33"))
