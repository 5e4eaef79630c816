"""Drafts for tests of pure decisions: an order with its lines, a small network, some SKUs. No database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from paidan.catalog.load import Part, Sku
from paidan.kernel.states import FulfilmentState, OrderState
from paidan.network.load import Carrier, Network, Shop, Tier, Warehouse
from paidan.orders.batch import Fulfilment, FulfilmentLine, Line, Order, Region
from scene import NOW

HANGZHOU = Region(adcode="330106", province="浙江省", city="杭州市", district="西湖区", longitude=120.13, latitude=30.26)
GUANGZHOU = Region(adcode="440106", province="广东省", city="广州市", district="天河区", longitude=113.36, latitude=23.12)
BERLIN = Region(country="DE", longitude=13.4, latitude=52.5)
PLACES = {"HZ": (120.15, 30.28), "SH": (121.47, 31.23), "GZ": (113.26, 23.13), "CD": (104.07, 30.67)}
SHOP = 7
ZTO, SF = 1, 2


def draft_line(line_no: int = 1, quantity: int = 1, sku_id: int | None = 1, **more: Any) -> Line:
    base = {"kind": "goods", "price_minor": 1000, "payable_minor": 1000 * quantity, "line_ref": str(line_no), "open": quantity}
    return Line(line_no=line_no, quantity=quantity, sku_id=sku_id, **{**base, **more})


def draft_order(lines: Sequence[Line] = (), *, id: int = 1, **more: Any) -> Order:  # noqa: A002 - the field is called so
    goods = sum(line.payable_minor for line in lines)
    base: dict[str, Any] = {
        "order_no": f"SO{id}",
        "shop_id": SHOP,
        "platform_order_no": str(id),
        "bucket": 0,
        "state": OrderState.RECEIVED,
        "platform_status": 30,
        "platform_version_at": NOW,
        "platform_digest": b"",
        "placed_at": NOW - timedelta(minutes=5),
        "paid_at": NOW - timedelta(minutes=4),
        "ship_by_at": NOW + timedelta(hours=48),
        "currency": "CNY",
        "goods_minor": goods,
        "discount_minor": 0,
        "freight_minor": 0,
        "surcharge_minor": 0,
        "paid_minor": goods,
        "created_at": NOW,
        "region": HANGZHOU,
        "is_new": True,
    }
    return Order(id=id, lines=list(lines), **{**base, **more})


def draft_fulfilment(lines: Mapping[int, int], *, id: int = 100, state: int = FulfilmentState.PLANNED, **more: Any) -> Fulfilment:  # noqa: A002
    """`lines`: line number → units; the SKU has the line's number."""
    base: dict[str, Any] = {"warehouse_id": 1, "carrier_id": ZTO, "weight_g": 300, "freight_minor": 500}
    planned = [FulfilmentLine(line_no=n, sku_id=n, quantity=units) for n, units in lines.items()]
    return Fulfilment(id=id, state=state, lines=planned, **{**base, **more})


def draft_sku(id: int, **more: Any) -> Sku:  # noqa: A002
    return Sku(id=id, code=f"K{id}", name=f"K{id}", **{"weight_g": 300, **more})


def draft_bundle(id: int, parts: Iterable[tuple[int, int, int]]) -> Sku:  # noqa: A002
    """`parts`: (sku_id, units, share of the price)."""
    return draft_sku(id, kind="bundle", parts=tuple(Part(*part) for part in parts))


def draft_tier(carrier_id: int = ZTO, region: str = "*", *, from_id: int | None = None, first_minor: int = 500, **more: Any) -> Tier:
    base = {"first_g": 1000, "step_g": 1000, "step_minor": 200}
    return Tier(id=0, carrier_id=carrier_id, warehouse_id=from_id, region=region, first_minor=first_minor, **{**base, **more})


def draft_warehouse(id: int, place: str = "HZ", regions: Iterable[str] = ("*",), **more: Any) -> Warehouse:  # noqa: A002
    longitude, latitude = PLACES[place]
    return Warehouse(id=id, code=f"{place}{id}", name=place, longitude=longitude, latitude=latitude, regions=frozenset(regions), **more)


def draft_network(warehouses: Iterable[Warehouse], tiers: Iterable[Tier] = (), shop: Shop | None = None) -> Network:
    by_place: dict[tuple[int | None, str], list[Tier]] = {}
    for tier in tiers:
        by_place.setdefault((tier.warehouse_id, tier.region), []).append(tier)
    return Network(
        version=1,
        shops={SHOP: shop or Shop(id=SHOP, code="S1", name="一店", platform="direct")},
        warehouses={warehouse.id: warehouse for warehouse in warehouses},
        carriers={n: Carrier(id=n, code=code, name=code) for n, code in ((ZTO, "ZTO"), (SF, "SF"))},
        tiers={key: tuple(found) for key, found in by_place.items()},
    )
