"""Writes listings met in orders. Master data comes in by `masters.py`."""

from collections.abc import Sequence
from typing import Any

from paidan.catalog.load import ListingRef, resolve_listings
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.catalog")

LISTING_NAMES = ("id", "shop_id", "item_ref", "sku_ref", "merchant_code", "title", "sku_id")


def insert_listings(tx: Tx, listings: Sequence[tuple[int, int | None, ListingRef]]) -> dict[int, int]:
    """Add listings met for the first time: (id, sku_id or None, as the platform names it).

    Another worker may have met some of them in the same moment: then theirs stands, and the answer gives its id for the id we had meant.
    """
    if not listings:
        return {}
    rows: list[tuple[Any, ...]] = [(i, ref.shop_id, ref.item_ref, ref.sku_ref, ref.merchant_code, ref.title, sku) for i, sku, ref in listings]
    tx.execute(queries.insert_listings, columns(LISTING_NAMES, rows))
    found = resolve_listings(tx, [ref for _, _, ref in listings])
    return {ours: theirs for (ours, _, _), (theirs, _) in zip(listings, found, strict=True) if theirs is not None and theirs != ours}
