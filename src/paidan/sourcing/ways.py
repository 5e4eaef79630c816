"""Ways (发货方案): what it costs to send units from one warehouse or from several, and which of two ways is the better one. Pure.

Cost of a way = freight + handling of each parcel + split penalty for each parcel after the first.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from paidan.catalog.load import Sku
from paidan.sourcing.lanes import Lane
from paidan.sourcing.policy import Aim, SourcingPolicy

Units = dict[int, int]  # sku_id -> units
FreeStock = dict[int, dict[int, int]]  # sku_id -> warehouse_id -> units
Rank = tuple[int, ...]

NOWHERE: Final[Mapping[int, int]] = {}  # where a SKU lies that no warehouse has


class Parcel(Struct, frozen=True):
    """What one warehouse would send: the way, the units, and what it costs."""

    lane: Lane
    units: Units
    weight_g: int
    freight_minor: int
    carrier_id: int
    transit_h: int
    cost_minor: int


class Asked(Struct, frozen=True, kw_only=True):
    """By what ways are judged: the SKUs' weights and the merchant's policy."""

    skus: Mapping[int, Sku]
    policy: SourcingPolicy


class Load(Struct, frozen=True):
    """Units to be sent together: counted and weighed once, offered over many lanes."""

    units: Units
    count: int
    weight_g: int


def load_of(units: Units, asked: Asked) -> Load:
    """These units, counted and weighed."""
    return Load(units, sum(units.values()), sum([asked.skus[sku_id].weight_g * quantity for sku_id, quantity in units.items()]))


def parcel_of(lane: Lane, load: Load) -> Parcel | None:
    """The parcel with this load over this lane, by the carrier that takes it for least; None: nobody carries it."""
    found = lane.freight.cheapest(load.weight_g)
    if found is None:
        return None
    freight_minor, tier = found
    handling = lane.warehouse.handling_order_minor + lane.warehouse.handling_unit_minor * load.count
    return Parcel(lane, load.units, load.weight_g, freight_minor, tier.carrier_id, tier.transit_h, freight_minor + handling)


def cost_of(parcels: Sequence[Parcel], policy: SourcingPolicy) -> int:
    """What a way costs in minor units, the penalty for each parcel after the first included."""
    return sum([parcel.cost_minor for parcel in parcels]) + policy.split_penalty_minor * max(len(parcels) - 1, 0)


def rank(parcels: Sequence[Parcel], policy: SourcingPolicy) -> Rank:
    """The smaller the better. Cheapest: cost, fewer parcels, nearer. Nearest: fewer parcels, nearer, cost. Then priority and ids."""
    places = [parcel.lane.warehouse for parcel in parcels]
    rest = (sum([place.priority for place in places]), *sorted([place.id for place in places]))
    return (*measure(cost_of(parcels, policy), len(parcels), sum([parcel.lane.distance_km for parcel in parcels]), policy), *rest)


def rank_alone(parcel: Parcel, policy: SourcingPolicy) -> Rank:
    """The rank of a single parcel; the same as of a way with only this one."""
    place = parcel.lane.warehouse
    return (*measure(parcel.cost_minor, 1, parcel.lane.distance_km, policy), place.priority, place.id)


def best_alone(parcels: Sequence[Parcel], policy: SourcingPolicy) -> Parcel:
    """The best of some single parcels; the whole rank is asked only of those that are equal in what counts first."""
    if policy.aim == Aim.NEAREST:
        least = min([parcel.lane.distance_km for parcel in parcels])
        best = [parcel for parcel in parcels if parcel.lane.distance_km == least]
    else:
        least = min([parcel.cost_minor for parcel in parcels])
        best = [parcel for parcel in parcels if parcel.cost_minor == least]
    return best[0] if len(best) == 1 else min(best, key=lambda parcel: rank_alone(parcel, policy))


def measure(cost_minor: int, parcels: int, distance_km: int, policy: SourcingPolicy) -> tuple[int, int, int]:
    """The first three numbers of a rank, in the order of the merchant's aim. None of them ever falls when units are added to a way."""
    if policy.aim == Aim.NEAREST:
        return parcels, distance_km, cost_minor
    return cost_minor, parcels, distance_km
