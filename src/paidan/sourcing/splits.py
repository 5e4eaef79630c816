"""Splits (拆单): the best way to send one order from several warehouses. Pure, deterministic, bounded.

Most orders need no search: a bound tells that no split can beat the best single warehouse. Where one is needed, the greedy cover comes first; when it
fails, covers are looked for by the scarcest SKU, which finds one if there is any; then sets of warehouses and deals of units among them are tried as
far as their bounds can still win and `nodes` last. With few units and warehouses that is all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from operator import itemgetter
from typing import Final

from paidan.sourcing.lanes import Lane
from paidan.sourcing.policy import Aim
from paidan.sourcing.ways import NOWHERE, Asked, FreeStock, Parcel, Rank, Units, cost_of, load_of, measure, parcel_of, rank, rank_alone

NODES: Final = 400  # steps one search may take, some 5 µs each: it must never hold up a pass
SHARES_MAX: Final = 64  # ways to deal one SKU that are all tried; of more only those that empty one place after the other
PERMUTED_MAX: Final = 3  # places whose every order is tried for emptying them one after the other


def may_win(needed: Units, lanes: Sequence[Lane], whole: Parcel, asked: Asked) -> bool:
    """Whether any split could be better than this single parcel. A bound: yes may be wrong, no never is."""
    policy = asked.policy
    count = sum(needed.values())
    if policy.aim == Aim.NEAREST or policy.split_cap < 2 or count < 2:  # noqa: PLR2004 - two make a split
        return False
    firsts = sorted([least for lane in lanes if (least := least_of(lane)) is not None])
    if len(firsts) < 2 or whole.cost_minor <= policy.split_penalty_minor + firsts[0] + firsts[1]:  # noqa: PLR2004 - two make a split
        return False
    handling = count * min(lane.warehouse.handling_unit_minor for lane in lanes)
    return any(
        whole.cost_minor > policy.split_penalty_minor * (n - 1) + sum(firsts[:n]) + _steps(lanes, whole.weight_g, n) + handling
        for n in range(2, min(policy.split_cap, count, len(firsts)) + 1)
    )


def least_of(lane: Lane) -> int | None:
    """What any parcel over this lane costs at least; None: nobody carries from there."""
    found = lane.freight.cheapest(0)
    return None if found is None else found[0] + lane.warehouse.handling_order_minor


def _steps(lanes: Sequence[Lane], weight_g: int, parcels: int) -> int:
    """What the weight beyond the first steps of so many parcels costs at least."""
    tiers = [tier for lane in lanes for tier in lane.tiers]
    beyond = max(weight_g - parcels * max(tier.first_g for tier in tiers), 0)
    return min(beyond * tier.step_minor // tier.step_g for tier in tiers)


def best_split(needed: Units, lanes: Sequence[Lane], free: FreeStock, asked: Asked, *, nodes: int = NODES) -> list[Parcel]:
    """The best way with two parcels or more within the policy's cap; empty: none was found."""
    search = _Search(needed, lanes, free, asked, nodes)
    greedy = search.greedy()
    if len(greedy) > 1:
        search.offer(greedy)
    elif not search.first_cover():
        return []
    search.better_sets()
    return search.best


def greedy_split(needed: Units, lanes: Sequence[Lane], free: FreeStock, asked: Asked) -> list[Parcel]:
    """The warehouse with most of the missing units first (best among equals), until all is covered or the cap is reached: then empty."""
    return _Search(needed, lanes, free, asked, 0).greedy()


class _Search:
    """One search: the best split so far, and how many steps are left."""

    def __init__(self, needed: Units, lanes: Sequence[Lane], free: FreeStock, asked: Asked, nodes: int) -> None:
        self._needed = needed
        self._asked = asked
        self._cap = asked.policy.split_cap
        self._nodes = nodes
        rooms = [(sku_id, free.get(sku_id, NOWHERE)) for sku_id in needed]
        self._stock: dict[int, Units] = {}
        useful = []
        for lane in lanes:
            place = lane.warehouse.id
            self._stock[place] = {sku_id: room.get(place, 0) for sku_id, room in rooms}
            if any(self._stock[place].values()) and (least := least_of(lane)) is not None:
                useful.append((least, place, lane))
        self._lanes = [lane for _, _, lane in sorted(useful, key=itemgetter(0, 1))]
        self._least = {warehouse_id: least for least, warehouse_id, _ in useful}
        self._parcels: dict[tuple[object, ...], Parcel | None] = {}  # made before: sets and deals share most of theirs
        self.best: list[Parcel] = []
        self._best_rank: Rank | None = None

    def greedy(self) -> list[Parcel]:
        """The warehouse with most of the missing units first (best among equals), until all is covered or the cap is reached: then empty."""
        missing, left = self._needed, self._lanes
        parcels: list[Parcel] = []
        while missing and len(parcels) < self._cap:
            best = self._most_of(missing, left)
            if best is None:
                return []
            parcels.append(best)
            left = [lane for lane in left if lane is not best.lane]
            missing = {sku_id: rest for sku_id, units in missing.items() if (rest := units - best.units.get(sku_id, 0))}
        return [] if missing else parcels

    def _most_of(self, missing: Units, lanes: Sequence[Lane]) -> Parcel | None:
        """The parcel with most of the missing units that somebody carries, the best among equals."""
        gives = [(self._gives(lane, missing), lane) for lane in lanes]
        for most in sorted({units for units, _ in gives if units}, reverse=True):
            parts = [self._parcel(lane, self._part(lane, missing)) for units, lane in gives if units == most]
            options = [parcel for parcel in parts if parcel is not None]
            if options:
                return min(options, key=lambda parcel: rank_alone(parcel, self._asked.policy))
        return None

    def _part(self, lane: Lane, missing: Units) -> Units:
        """What this warehouse has of what is missing."""
        stock = self._stock[lane.warehouse.id]
        return {sku_id: min(stock[sku_id], units) for sku_id, units in missing.items() if stock[sku_id]}

    def _parcel(self, lane: Lane, units: Units) -> Parcel | None:
        """The parcel with these units; None: there are none, or nobody carries them."""
        key = (lane.warehouse.id, *units.items())
        if key not in self._parcels:
            self._parcels[key] = parcel_of(lane, load_of(units, self._asked)) if units else None
        return self._parcels[key]

    def offer(self, parcels: list[Parcel]) -> None:
        """Keep this way if it is better than the best so far."""
        far = sum([parcel.lane.distance_km for parcel in parcels])
        at = measure(cost_of(parcels, self._asked.policy), len(parcels), far, self._asked.policy)
        if self._best_rank is not None and at > self._best_rank[:3]:
            return
        found = rank(parcels, self._asked.policy)
        if self._best_rank is None or found < self._best_rank:
            self.best, self._best_rank = parcels, found

    def _can_win(self, cost_minor: int, parcels: int, distance_km: int) -> bool:
        """Whether a way that costs at least this can still be the best."""
        penalty = self._asked.policy.split_penalty_minor * (parcels - 1)
        return self._best_rank is None or measure(cost_minor + penalty, parcels, distance_km, self._asked.policy) < self._best_rank[:3]

    def _step(self, nodes: int = 1) -> bool:
        self._nodes -= nodes
        return self._nodes >= 0

    def first_cover(self) -> bool:
        """Take the first set of warehouses that has all and whose parcels somebody carries. False: no set within the cap has all."""
        is_any = False
        for lanes in self._covers(dict(self._needed), self._lanes, []):
            is_any = True
            if len(lanes) > 1:
                self._deal(lanes)
            if self.best:
                break
        return is_any or self._nodes < 0

    def _covers(self, missing: Units, left: Sequence[Lane], chosen: list[Lane]) -> Iterator[list[Lane]]:
        """Sets within the cap without which something is missing: one of those that have the scarcest SKU must be among them."""
        if not missing:
            yield chosen
        if not missing or not self._step() or not self._coverable(missing, left, self._cap - len(chosen)):
            return
        has = {sku_id: [lane for lane in left if self._stock[lane.warehouse.id][sku_id]] for sku_id in missing}
        scarcest = min(missing, key=lambda sku_id: (len(has[sku_id]), sku_id))
        for lane in sorted(has[scarcest], key=lambda lane: (-self._gives(lane, missing), lane.warehouse.id)):
            left = [other for other in left if other is not lane]
            stock = self._stock[lane.warehouse.id]
            rest = {sku_id: units - stock[sku_id] for sku_id, units in missing.items() if units > stock[sku_id]}
            yield from self._covers(rest, left, [*chosen, lane])

    def _gives(self, lane: Lane, missing: Units) -> int:
        stock = self._stock[lane.warehouse.id]
        return sum([min(stock[sku_id], units) for sku_id, units in missing.items()])

    def _coverable(self, missing: Units, left: Sequence[Lane], parcels: int) -> bool:
        """Whether so many of these warehouses could have what is missing, each SKU by itself."""
        stocks = [self._stock[lane.warehouse.id] for lane in left]
        for sku_id, units in missing.items():
            rooms = [stock[sku_id] for stock in stocks]
            if sum(rooms) < units or (len(rooms) > parcels and sum(sorted(rooms, reverse=True)[:parcels]) < units):
                return False
        return True

    def better_sets(self) -> None:
        """Every set of warehouses that has all and could be better than the best so far, small ones first."""
        for size in range(2, min(self._cap, len(self._lanes), sum(self._needed.values())) + 1):
            if not self._can_win(self._least_of(self._lanes[:size]), size, 0):
                continue
            for lanes in combinations(self._lanes, size):
                if not self._step():
                    return
                far = sum([lane.distance_km for lane in lanes])
                if self._can_win(self._least_of(lanes), size, far) and self._coverable(self._needed, lanes, size):
                    self._deal(lanes)

    def _least_of(self, lanes: Sequence[Lane]) -> int:
        return sum([self._least[lane.warehouse.id] for lane in lanes])

    def _deal(self, lanes: Sequence[Lane]) -> None:
        """Deal the units among these warehouses, each of which sends something: emptied one after the other first, then every way that can win."""
        if self._is_dealt_one_way(lanes):
            self._offer_units(lanes, self._emptied(lanes))
            return
        orders = permutations(lanes) if len(lanes) <= PERMUTED_MAX else (lanes, lanes[::-1])
        for order in orders:
            self._offer_units(lanes, self._emptied(order))
        if self._step(len(self._needed) * len(lanes)):
            deal = _Deal(self._needed, lanes, [self._stock[lane.warehouse.id] for lane in lanes], self._asked)
            self._step(sum(map(len, deal.shares.values())) // 4)  # making them is work as well
            self._try(deal, 0, [0] * len(lanes), 0)

    def _is_dealt_one_way(self, lanes: Sequence[Lane]) -> bool:
        """Whether each SKU lies in one of these places only, or is needed to the last unit of them all."""
        for sku_id, units in self._needed.items():
            rooms = [room for lane in lanes if (room := self._stock[lane.warehouse.id][sku_id])]
            if len(rooms) > 1 and sum(rooms) > units:
                return False
        return True

    def _emptied(self, lanes: Sequence[Lane]) -> dict[int, Units]:
        """Units by warehouse when the first gives all it has, the next what is missing then."""
        missing, units_by_id = self._needed, {}
        for lane in lanes:
            units = units_by_id[lane.warehouse.id] = self._part(lane, missing)
            missing = {sku_id: rest for sku_id, wanted in missing.items() if (rest := wanted - units.get(sku_id, 0))}
        return units_by_id

    def _offer_units(self, lanes: Sequence[Lane], units_by_id: Mapping[int, Units]) -> None:
        parcels = [parcel for lane in lanes if (parcel := self._parcel(lane, units_by_id[lane.warehouse.id])) is not None]
        if len(parcels) == len(lanes):
            self.offer(parcels)

    def _try(self, deal: "_Deal", at: int, weights: Sequence[int], handling: int) -> None:
        """Deal the SKU at this place of the row, and all after it, wherever that can still be the best."""
        cost = deal.cost(weights)
        if not self._step() or cost is None or not self._can_win(cost + handling + deal.handling_left[at], len(deal.lanes), deal.distance_km):
            return
        if at == len(deal.row):
            self._offer_units(deal.lanes, deal.units())
            return
        sku_id = deal.row[at]
        weight_g = self._asked.skus[sku_id].weight_g
        for share in deal.shares[sku_id]:
            deal.chosen[sku_id] = share
            more = sum(lane.warehouse.handling_unit_minor * units for lane, units in zip(deal.lanes, share, strict=True))
            self._try(deal, at + 1, [grams + units * weight_g for grams, units in zip(weights, share, strict=True)], handling + more)


class _Deal:
    """How the units of each SKU can be shared among these warehouses; SKUs with least choice first, then the heavy ones."""

    def __init__(self, needed: Units, lanes: Sequence[Lane], stocks: Sequence[Mapping[int, int]], asked: Asked) -> None:
        self.lanes = lanes
        self.distance_km = sum(lane.distance_km for lane in lanes)
        self.shares = {sku_id: _shares(units, [stock[sku_id] for stock in stocks]) for sku_id, units in needed.items()}
        self.row = sorted(needed, key=lambda sku_id: (len(self.shares[sku_id]), -needed[sku_id] * asked.skus[sku_id].weight_g, sku_id))
        self.chosen: dict[int, tuple[int, ...]] = {}
        least = min(lane.warehouse.handling_unit_minor for lane in lanes)
        self.handling_left = [least * sum(needed[sku_id] for sku_id in self.row[at:]) for at in range(len(self.row) + 1)]
        self._costs: dict[tuple[int, int], int | None] = {}

    def cost(self, weights: Sequence[int]) -> int | None:
        """What parcels of these weights cost without their units, one from each warehouse; None: one of them nobody carries."""
        total = 0
        for n, weight_g in enumerate(weights):
            if (n, weight_g) not in self._costs:
                found = self.lanes[n].freight.cheapest(weight_g)
                self._costs[n, weight_g] = None if found is None else found[0] + self.lanes[n].warehouse.handling_order_minor
            cost = self._costs[n, weight_g]
            if cost is None:
                return None
            total += cost
        return total

    def units(self) -> dict[int, Units]:
        """The units by warehouse, as chosen."""
        return {lane.warehouse.id: {sku_id: share[n] for sku_id, share in self.chosen.items() if share[n]} for n, lane in enumerate(self.lanes)}


def _shares(units: int, rooms: Sequence[int]) -> list[tuple[int, ...]]:
    """The ways to take so many units from places that have so many each: from few places first. Of very many only some, see SHARES_MAX."""
    forced = [max(units - sum(rooms) + room, 0) for room in rooms]
    wide = 1
    for least, room in zip(forced[:-1], rooms[:-1], strict=True):
        wide *= min(room, units) - least + 1
    if wide <= SHARES_MAX:
        found = product(*(range(min(room, units), least - 1, -1) for least, room in zip(forced[:-1], rooms[:-1], strict=True)))
        every = [(*share, units - sum(share)) for share in found if forced[-1] <= units - sum(share) <= rooms[-1]]
    else:
        orders = permutations(range(len(rooms))) if len(rooms) <= PERMUTED_MAX else (range(len(rooms)), range(len(rooms))[::-1])
        every = list(dict.fromkeys(_filled(units, rooms, order) for order in orders))
    return sorted(every, key=lambda share: len(share) - share.count(0))


def _filled(units: int, rooms: Sequence[int], order: Sequence[int]) -> tuple[int, ...]:
    share = [0] * len(rooms)
    for n in order:
        share[n] = min(rooms[n], units - sum(share))
    return tuple(share)
