"""What each shop may sell of a SKU: the same sum by which the stock push decides what shops are told."""

from collections.abc import Mapping
from datetime import datetime

from paidan.feedback.sellable import Free, Supply, Waiting, sellable, together
from paidan.network.load import Network, Shop
from paidan.runtime.database import Tx
from paidan.stock.store import demands, demands_by_shop, free_stock


def sellable_in_shops(tx: Tx, network: Network, sku_id: int, now: datetime) -> dict[int, int]:
    """Units by shop, its own reserve (安全库存) taken off. Two statements; a third where shops do not all share their warehouses."""
    free = free_stock(tx, [sku_id], now)
    waiting = demands(tx, [sku_id])
    by_shop = demands_by_shop(tx, [sku_id]) if network.has_bound_shops else None
    return {
        shop.id: _of(shop, network, sku_id, free, waiting if by_shop is None else _rivals(network, shop, by_shop)) for shop in network.shops.values()
    }


def _rivals(network: Network, shop: Shop, by_shop: Mapping[int, Waiting]) -> Waiting:
    """What waits in the shops that share a warehouse with this one."""
    return together(waiting for other, waiting in by_shop.items() if network.share_stock(shop.id, other))


def _of(shop: Shop, network: Network, sku_id: int, free: Free, waiting: Waiting) -> int:
    places = {place.id for place in network.warehouses.values() if place.is_active and shop.is_served_by(place.id)}
    return sellable(sku_id, Supply(skus={}, free=free, waiting=waiting, warehouses=places), shop.safety_quantity)
