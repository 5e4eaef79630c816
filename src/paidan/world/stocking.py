"""Opening stock and later arrivals, so that ordinary demand is met and chosen SKUs are short.

- Of every SKU one warehouse that serves the whole mainland holds all that the day will ask for; up to three more hold 20 to 50 % of it again.
  What is sold abroad lies, besides, in the warehouse that sends abroad.
- A scarce SKU has only 30 to 70 % of its demand, in one warehouse. Half of the scarce get the rest by an entry order: two thirds of these
  during the day, one third on the next.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec import Struct

from paidan.world.network_plan import ABROAD, FOREIGN_SHOP, MAINLAND_WIDE, SHOPS, WAREHOUSES
from paidan.world.script import ScriptOrder, ScriptSku, ScriptStock

MAIN_WEIGHTS: Final = (70, 15, 15)  # where the whole of a SKU lies, in the order of MAINLAND_WIDE
MORE_WEIGHTS: Final = (35, 35, 20, 10)  # 0, 1, 2 or 3 more warehouses
SPARE: Final = 3


class Demand(Struct, frozen=True):
    """Units the day asks for, bundles taken apart."""

    home: Mapping[str, int]
    abroad: Mapping[str, int]


def demand_of(orders: Iterable[ScriptOrder], skus: Mapping[str, ScriptSku], *, shipping_only: bool) -> Demand:
    """The units of all orders, or only of those that are paid and not closed."""
    home, abroad = Counter[str](), Counter[str]()
    for order in orders:
        if shipping_only and (order.cancelled_at is not None or (order.paid_at is None and not order.is_cod)):
            continue
        count = abroad if order.shop == FOREIGN_SHOP else home
        for line in order.lines:
            if line.is_service or line.merchant_code not in skus:
                continue
            for code, quantity in skus[line.merchant_code].parts or ((line.merchant_code, 1),):
                count[code] += quantity * line.quantity
    return Demand(home, abroad)


def choose_scarce(demand: Demand, share: float, rng: Random) -> frozenset[str]:
    """That share of the SKUs asked for, those asked for at least three times first."""
    total = Counter(demand.home)
    total.update(demand.abroad)
    codes = sorted(code for code, units in total.items() if units > 0)
    wanted = min(round(share * len(codes)) if share <= 0 else max(1, round(share * len(codes))), len(codes))
    rng.shuffle(codes)
    codes.sort(key=lambda code: total[code] < 3)  # noqa: PLR2004 - see above
    return frozenset(codes[:wanted])


def stock_of(codes: Iterable[str], every: Demand, live: Demand, scarce: frozenset[str], opens_at: datetime, rng: Random) -> tuple[ScriptStock, ...]:
    """Opening stock and arrivals of all SKUs."""
    found: list[ScriptStock] = []
    for code in codes:
        if code in scarce:
            units = live.home.get(code, 0) + live.abroad.get(code, 0)
            found += short_stock(code, units, opens_at, rng, abroad=live.abroad.get(code, 0) > 0)
        else:
            found += ample_stock(code, every.home.get(code, 0), every.abroad.get(code, 0), rng)
    return tuple(found)


def ample_stock(code: str, home: int, abroad: int, rng: Random) -> list[ScriptStock]:
    """Enough of a SKU wherever its orders come from."""
    units = {rng.choices(MAINLAND_WIDE, MAIN_WEIGHTS)[0]: home + SPARE}
    if abroad:
        units[ABROAD] = home + abroad + SPARE
    others = [place.code for place in WAREHOUSES if place.code not in units]
    for code_of in rng.sample(others, rng.choices((0, 1, 2, 3), MORE_WEIGHTS)[0])[: 4 - len(units)]:
        units[code_of] = 1 + home * rng.randrange(20, 51) // 100
    return [ScriptStock(warehouse=place, sku=code, quantity=quantity) for place, quantity in units.items()]


def short_stock(code: str, units: int, opens_at: datetime, rng: Random, *, abroad: bool) -> list[ScriptStock]:
    """Too little of a SKU, and perhaps the rest later."""
    place = ABROAD if abroad else rng.choices(MAINLAND_WIDE, MAIN_WEIGHTS)[0]
    opening = min(units * rng.randrange(30, 71) // 100, max(units - 1, 0))
    found = [ScriptStock(warehouse=place, sku=code, quantity=opening)]
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        hours = rng.uniform(4, 20) if rng.random() < 2 / 3 else rng.uniform(26, 40)
        arrives_at = opens_at + timedelta(seconds=round(hours * 3600))
        found.append(ScriptStock(warehouse=place, sku=code, quantity=units - opening + SPARE, arrives_at=arrives_at))
    return found


def sellable_of(stock: Iterable[ScriptStock], skus: Mapping[str, ScriptSku]) -> dict[tuple[str, str], int]:
    """(shop, SKU code) → what its listing may show at opening, out of the warehouses that serve its buyers; a bundle by its scarcest part."""
    home, abroad = Counter[str](), Counter[str]()
    for row in stock:
        if row.arrives_at is None:
            home[row.sku] += row.quantity
            if row.warehouse == ABROAD:
                abroad[row.sku] += row.quantity
    found = {}
    for code, sku in skus.items():
        parts = sku.parts or ((code, 1),)
        for shop in SHOPS:
            pool = abroad if shop.code == FOREIGN_SHOP else home
            found[shop.code, code] = min(pool[part] // count for part, count in parts)
    return found
