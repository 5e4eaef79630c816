"""Shops that not every warehouse serves: which stock an order of a shop can have, and who else waits for it. Pure."""

from collections.abc import Collection, Mapping, Sequence

from paidan.network.load import Network
from paidan.sourcing.lanes import Lane


def serving(shop_ids: Collection[int], lanes: Sequence[Lane], network: Network) -> Sequence[Lane]:
    """Of these lanes those whose warehouse sends orders of all these shops."""
    if not network.has_bound_shops:
        return lanes
    return [lane for lane in lanes if all(network.is_served(shop_id, lane.warehouse.id) for shop_id in shop_ids)]


class Apart:
    """What shops wait for, each by itself: shop_id → sku_id → (held, short)."""

    def __init__(self, network: Network, waiting: Mapping[int, Mapping[int, tuple[int, int]]]) -> None:
        self._network = network
        self._waiting = {shop_id: dict(by_sku) for shop_id, by_sku in waiting.items()}

    def seen_by(self, shop_id: int, sku_id: int, free: Mapping[int, int]) -> tuple[int, int, int]:
        """Units of one SKU in the warehouses that serve a shop, and those held and short there by all shops that could take them."""
        total = sum(units for warehouse_id, units in free.items() if self._network.is_served(shop_id, warehouse_id))
        rivals = [by_sku[sku_id] for other, by_sku in self._waiting.items() if sku_id in by_sku and self._network.share_stock(shop_id, other)]
        return total, sum(held for held, _ in rivals), sum(short for _, short in rivals)

    def add(self, shop_id: int, sku_id: int, held: int, short: int) -> None:
        """Orders of a shop wait for more (or fewer) units."""
        by_sku = self._waiting.setdefault(shop_id, {})
        before = by_sku.get(sku_id, (0, 0))
        by_sku[sku_id] = (before[0] + held, before[1] + short)
