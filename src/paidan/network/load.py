"""Reads the network (shops, warehouses, carriers, freight) once per version: it is small, and every decision needs it whole."""

from datetime import time
from typing import Any

from msgspec import Struct, field

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.network")

ANYWHERE = "*"


class Shop(Struct, frozen=True, kw_only=True):
    """Our account on a platform. `warehouse_ids`: the warehouses that serve it; none: all.

    `pushes_stock`: whether its listings are told what may be sold.
    """

    id: int
    code: str
    name: str
    platform: str
    shop_group: str = ""
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    connection_id: int | None = None
    account_ref: str = ""
    doors: tuple[str, ...] = ()
    merge_window_s: int = 600
    safety_quantity: int = 0
    warehouse_ids: tuple[int, ...] = ()
    pushes_stock: bool = True

    def is_served_by(self, warehouse_id: int) -> bool:
        """Whether this warehouse sends orders of this shop, so that its stock is shown there."""
        return not self.warehouse_ids or warehouse_id in self.warehouse_ids


class Warehouse(Struct, frozen=True, kw_only=True):
    """A place that ships. `regions` are the adcodes, countries or '*' it serves; costs in minor units."""

    id: int
    code: str
    name: str
    kind: str = "warehouse"
    connection_id: int | None = None
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""
    longitude: float = 0.0
    latitude: float = 0.0
    priority: int = 100
    handling_order_minor: int = 0
    handling_unit_minor: int = 0
    time_zone: str = "Asia/Shanghai"
    cut_off: time = time(18)
    work_days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    is_active: bool = True
    regions: frozenset[str] = frozenset()

    @property
    def is_worked_here(self) -> bool:
        """Whether people pack and receive there with our own phone page: no system is connected that could be told."""
        return self.connection_id is None


class Carrier(Struct, frozen=True, kw_only=True):
    """A carrier; `code` is Qimen's logisticsCode, other systems' names in `code_by_system`."""

    id: int
    code: str
    name: str
    code_by_system: dict[str, str] = field(default_factory=dict)


class Tier(Struct, frozen=True, kw_only=True):
    """What a parcel costs: the first `first_g` grams, then each started step. `warehouse_id` None: from anywhere."""

    id: int
    carrier_id: int
    warehouse_id: int | None
    region: str
    first_g: int
    first_minor: int
    step_g: int
    step_minor: int
    weight_g_max: int | None = None
    transit_h: int = 48

    def freight_minor(self, weight_g: int) -> int:
        """Freight of a parcel of this weight, minor units."""
        steps = -(-max(weight_g - self.first_g, 0) // self.step_g)
        return self.first_minor + steps * self.step_minor


class Network(Struct, frozen=True, kw_only=True):
    """All of it at one version."""

    version: int
    shops: dict[int, Shop]
    warehouses: dict[int, Warehouse]
    carriers: dict[int, Carrier]
    tiers: dict[tuple[int | None, str], tuple[Tier, ...]]  # (warehouse_id or None, region)
    translations: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def has_bound_shops(self) -> bool:
        """Whether any shop is served by some warehouses only."""
        return any(shop.warehouse_ids for shop in self.shops.values())

    def is_worked_here(self, warehouse_id: int) -> bool:
        """Whether people work this warehouse with our own phone page; one that we do not know (yet) is not."""
        warehouse = self.warehouses.get(warehouse_id)
        return warehouse is not None and warehouse.is_worked_here

    def is_served(self, shop_id: int, warehouse_id: int) -> bool:
        """Whether this warehouse sends orders of this shop; a shop we do not (any longer) know is served by all."""
        shop = self.shops.get(shop_id)
        return shop is None or shop.is_served_by(warehouse_id)

    def share_stock(self, shop_id: int, other_id: int) -> bool:
        """Whether some warehouse serves both shops: what one takes the other cannot have."""
        shop, other = self.shops.get(shop_id), self.shops.get(other_id)
        if shop_id == other_id or shop is None or other is None or not shop.warehouse_ids or not other.warehouse_ids:
            return True
        return not set(shop.warehouse_ids).isdisjoint(other.warehouse_ids)

    def shop_by_code(self, code: str) -> Shop | None:
        """The active shop of this code."""
        return next((shop for shop in self.shops.values() if shop.code == code), None)


class NetworkCache:
    """The network, read again when its version has changed. Threads may share it: a race costs a second reading."""

    def __init__(self) -> None:
        self._network: Network | None = None

    def load(self, tx: Tx, version: int) -> Network:
        """The network as of this transaction; five statements when it has changed, none otherwise."""
        known = self._network
        if known is None or known.version != version:
            known = self._network = read_network(tx, version)
        return known


def read_network(tx: Tx, version: int) -> Network:
    """Read everything."""
    shops = [Shop(**_named(Shop, row)) for row in tx.execute(queries.shops)]
    warehouses = [
        Warehouse(
            id=row[0],
            code=row[1],
            name=row[2],
            kind=row[3],
            connection_id=row[4],
            province=row[5],
            city=row[6],
            district=row[7],
            detail=row[8],
            longitude=row[9],
            latitude=row[10],
            priority=row[11],
            handling_order_minor=row[12],
            handling_unit_minor=row[13],
            time_zone=row[14],
            cut_off=row[15],
            work_days=tuple(row[16]),
            is_active=row[17],
            regions=frozenset(row[18]),
        )
        for row in tx.execute(queries.warehouses)
    ]
    carriers = [Carrier(id=row[0], code=row[1], name=row[2], code_by_system=row[3]) for row in tx.execute(queries.carriers)]
    tiers: dict[tuple[int | None, str], list[Tier]] = {}
    for row in tx.execute(queries.freight_tiers):
        tier = Tier(**_named(Tier, row))
        tiers.setdefault((tier.warehouse_id, tier.region), []).append(tier)
    return Network(
        version=version,
        shops={shop.id: shop for shop in shops},
        warehouses={warehouse.id: warehouse for warehouse in warehouses},
        carriers={carrier.id: carrier for carrier in carriers},
        tiers={key: tuple(found) for key, found in tiers.items()},
        translations={(row[0], row[1], row[2]): row[3] for row in tx.execute(queries.state_translations)},
    )


def _named(kind: type[Struct], row: tuple[Any, ...]) -> dict[str, Any]:
    """Pair the columns of a row with the fields of a struct declared in the same order."""
    values = (tuple(value) if isinstance(value, list) else value for value in row)
    return dict(zip(kind.__struct_fields__, values, strict=True))
