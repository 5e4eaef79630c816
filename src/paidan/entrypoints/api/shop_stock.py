"""What each shop may sell of our SKUs: the same sum by which the stock push decides what shops are told."""

from collections.abc import Collection, Mapping
from datetime import datetime

from paidan.catalog.load import Sku
from paidan.feedback.sellable import Supply, Waiting, together, wanted
from paidan.network.load import Network, Shop
from paidan.runtime.database import Tx
from paidan.stock.store import demands, demands_by_shop, free_stock


def _rivals(network: Network, shop: Shop, by_shop: Mapping[int, Waiting]) -> Waiting:
    """What waits in the shops that share a warehouse with this one."""
    return together(waiting for other, waiting in by_shop.items() if network.share_stock(shop.id, other))


def wanted_in_shops(
    tx: Tx, network: Network, skus: Mapping[int, Sku], pairs: Collection[tuple[int, int]], now: datetime
) -> dict[tuple[int, int], int]:
    """What each (SKU, shop) shall show: a bundle by its scarcest part, nothing of what is off sale. `skus`: with the parts of bundles among them.

    Two statements for any number of pairs; a third where shops do not all share their warehouses.
    """
    goods = sorted({part.sku_id for sku_id, _ in pairs for part in skus[sku_id].parts} | {sku_id for sku_id, _ in pairs})
    free = free_stock(tx, goods, now)
    waiting = demands(tx, goods)
    by_shop = demands_by_shop(tx, goods) if network.has_bound_shops else None
    supplies = {
        shop.id: Supply(
            skus=skus,
            free=free,
            waiting=waiting if by_shop is None else _rivals(network, shop, by_shop),
            warehouses={place.id for place in network.warehouses.values() if place.is_active and shop.is_served_by(place.id)},
        )
        for shop in network.shops.values()
        if shop.id in {shop_id for _, shop_id in pairs}
    }
    return {
        (sku_id, shop_id): wanted(sku_id, supplies[shop_id], network.shops[shop_id].safety_quantity) or 0
        for sku_id, shop_id in pairs
        if shop_id in supplies
    }
