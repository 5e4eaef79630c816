"""Settle: under lock, who still gets what he chose. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from paidan.stock.moves import Reserve


def settle(wishes: Sequence[tuple[int, Sequence[Reserve]]], free: Mapping[tuple[int, int], int]) -> set[int]:
    """Give the orders, in the order given (highest priority first), the units they chose; the ids of those that do not fit come back.

    `wishes`: (order id, its reservations), all or nothing per order. `free`: units by (sku_id, warehouse_id), read under lock,
    with what this write gives back already added.
    """
    left = dict(free)
    dropped = set()
    for order_id, reserves in wishes:
        needed = _needed(reserves)
        if all(left.get(key, 0) >= quantity for key, quantity in needed.items()):
            for key, quantity in needed.items():
                left[key] -= quantity
        else:
            dropped.add(order_id)
    return dropped


def _needed(reserves: Iterable[Reserve]) -> dict[tuple[int, int], int]:
    needed: dict[tuple[int, int], int] = {}
    for reserve in reserves:
        key = (reserve.sku_id, reserve.warehouse_id)
        needed[key] = needed.get(key, 0) + reserve.quantity
    return needed
