"""Which warehouse can send where, with which carrier, over what distance. Pure, and remembered per region: addresses repeat, tiers do not change."""

from collections.abc import Sequence
from math import gcd
from typing import Final

from msgspec import Struct, field

from paidan.kernel.reasons import Reason
from paidan.network.load import Network, Tier, Warehouse
from paidan.orders.batch import Region
from paidan.parties.addresses.parse import distance_km, keys_of

ANSWERS_MAX: Final = 10_000  # remembered for one set of tiers; a merchant with so many weight classes starts again

Answer = tuple[int, Tier] | None  # freight in minor units, and the tier


class Freight(Struct, frozen=True):
    """The tiers that apply, one per carrier that reaches the place.

    No price changes but at multiples of `grain_g`: one answer serves all weights of such a class.
    """

    tiers: tuple[Tier, ...]
    grain_g: int
    best_by_class: dict[int, Answer] = field(default_factory=dict)  # given before

    def cheapest(self, weight_g: int) -> Answer:
        """Freight in minor units and the tier of the carrier that carries this weight for least; None: nobody does. Never less for more weight."""
        at = -(-weight_g // self.grain_g)
        if at not in self.best_by_class:
            if len(self.best_by_class) >= ANSWERS_MAX:
                self.best_by_class.clear()
            self.best_by_class[at] = self._quote(at * self.grain_g)
        return self.best_by_class[at]

    def _quote(self, weight_g: int) -> Answer:
        able = [tier for tier in self.tiers if tier.weight_g_max is None or weight_g <= tier.weight_g_max]
        best = min(able, key=lambda tier: (tier.freight_minor(weight_g), tier.transit_h, tier.carrier_id), default=None)
        return None if best is None else (best.freight_minor(weight_g), best)


def freight_of(tiers: tuple[Tier, ...]) -> Freight:
    """These tiers with the steps in which their prices change."""
    return Freight(tiers, gcd(*[grams for tier in tiers for grams in (tier.first_g, tier.step_g, tier.weight_g_max or 0)]) or 1)


class Lane(Struct, frozen=True):
    """A warehouse that serves a region, its distance and what its carriers ask for."""

    warehouse: Warehouse
    distance_km: int
    freight: Freight

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers that apply, one per carrier."""
        return self.freight.tiers


class Lanes:
    """All lanes of one version of the network, found once per region."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.has_bound_shops = network.has_bound_shops
        self._named = {region for _, region in network.tiers}.union(*(warehouse.regions for warehouse in network.warehouses.values()))
        self._found: dict[tuple[str, str], tuple[Lane, ...]] = {}
        self._out: dict[tuple[str, str], list[list[int | str]]] = {}
        self._serving: dict[tuple[str, ...], list[tuple[Warehouse, Freight]]] = {}

    def to(self, region: Region) -> tuple[Lane, ...]:
        """The lanes to this region: active warehouses that serve it."""
        key = (region.country, region.adcode)
        if key not in self._found:
            self._found[key] = self._find(region)
        return self._found[key]

    def out_of(self, region: Region) -> list[list[int | str]]:
        """The warehouses that do not serve this region, as the explanation of an order tells of them. Nobody changes these lists."""
        key = (region.country, region.adcode)
        if key not in self._out:
            seen = {lane.warehouse.id for lane in self.to(region)}
            self._out[key] = [[place, 0, -1, -1, str(Reason.NO_WAREHOUSE_SERVES)] for place in self.network.warehouses if place not in seen]
        return self._out[key]

    def _find(self, region: Region) -> tuple[Lane, ...]:
        """Districts of one province mostly share warehouses, tiers and the answers they gave: only the distances are their own."""
        keys = tuple([key for key in keys_of(region.adcode or None, region.country) if key in self._named])
        if keys not in self._serving:
            self._serving[keys] = [
                (warehouse, freight_of(self._tiers(warehouse.id, keys)))
                for warehouse in self.network.warehouses.values()
                if warehouse.is_active and not warehouse.regions.isdisjoint(keys)
            ]
        return tuple([Lane(warehouse, _distance(warehouse, region), freight) for warehouse, freight in self._serving[keys]])

    def _tiers(self, warehouse_id: int, keys: Sequence[str]) -> tuple[Tier, ...]:
        """For each carrier the most specific tier: own warehouse before anywhere, district before city before province."""
        by_carrier: dict[int, Tier] = {}
        for place in (warehouse_id, None):
            for key in keys:
                for tier in self.network.tiers.get((place, key), ()):
                    by_carrier.setdefault(tier.carrier_id, tier)
        return tuple(by_carrier[carrier_id] for carrier_id in sorted(by_carrier))


def _distance(warehouse: Warehouse, region: Region) -> int:
    return round(distance_km(warehouse.longitude, warehouse.latitude, region.longitude, region.latitude))
