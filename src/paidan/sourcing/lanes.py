"""Which warehouse can send where, with which carrier, over what distance. Pure, and remembered per region: addresses repeat, tiers do not change."""

from collections.abc import Sequence

from msgspec import Struct, field

from paidan.network.load import Network, Tier, Warehouse
from paidan.orders.batch import Region
from paidan.parties.addresses.parse import distance_km, keys_of

Answers = dict[int, tuple[int, Tier] | None]  # weight_g → freight in minor units, and the tier


class Lane(Struct, frozen=True):
    """A warehouse that serves a region, its distance and the tiers that apply, one per carrier that reaches it."""

    warehouse: Warehouse
    distance_km: int
    tiers: tuple[Tier, ...]
    best_by_weight: Answers = field(default_factory=dict)  # given before: weights repeat

    def cheapest(self, weight_g: int) -> tuple[int, Tier] | None:
        """Freight in minor units and the tier of the carrier that carries this weight for least; None: nobody does."""
        if weight_g not in self.best_by_weight:
            self.best_by_weight[weight_g] = self.quote(weight_g)
        return self.best_by_weight[weight_g]

    def quote(self, weight_g: int) -> tuple[int, Tier] | None:
        """The same, not remembered: for weights that will hardly be asked again. Never less for more weight."""
        able = [tier for tier in self.tiers if tier.weight_g_max is None or weight_g <= tier.weight_g_max]
        best = min(able, key=lambda tier: (tier.freight_minor(weight_g), tier.transit_h, tier.carrier_id), default=None)
        return None if best is None else (best.freight_minor(weight_g), best)


class Lanes:
    """All lanes of one version of the network, found once per region."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._named = {region for _, region in network.tiers}.union(*(warehouse.regions for warehouse in network.warehouses.values()))
        self._found: dict[tuple[str, str], tuple[Lane, ...]] = {}
        self._freight: dict[tuple[int, tuple[str, ...]], tuple[tuple[Tier, ...], Answers]] = {}

    def to(self, region: Region) -> tuple[Lane, ...]:
        """The lanes to this region: active warehouses that serve it."""
        key = (region.country, region.adcode)
        if key not in self._found:
            self._found[key] = self._find(region)
        return self._found[key]

    def _find(self, region: Region) -> tuple[Lane, ...]:
        keys = tuple(key for key in keys_of(region.adcode or None, region.country) if key in self._named)
        return tuple(
            Lane(warehouse, _distance(warehouse, region), *self._freight_from(warehouse.id, keys))
            for warehouse in self.network.warehouses.values()
            if warehouse.is_active and not warehouse.regions.isdisjoint(keys)
        )

    def _freight_from(self, warehouse_id: int, keys: tuple[str, ...]) -> tuple[tuple[Tier, ...], Answers]:
        """Tiers, and the answers they gave: districts of one province mostly share both."""
        key = (warehouse_id, keys)
        if key not in self._freight:
            self._freight[key] = (self._tiers(warehouse_id, keys), {})
        return self._freight[key]

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
