"""What listings show when we begin, told by somebody who knows it; and when a shop's switch is turned."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.feedback")

BEFORE_ALL_TRADE = datetime(2000, 1, 1, tzinfo=UTC)
FLIGHT_S: Final = 60.0  # by then a call that was sent has arrived or never will

Showing = tuple[str, str, str, int]  # shop code, item_ref, sku_ref, quantity


def start_listings(tx: Tx, showing: Sequence[Showing], at: datetime = BEFORE_ALL_TRADE) -> int:
    """Note what listings showed at an instant from which on all their sales will be told to us; gives how many we know.

    A mapped listing for which this is never called gets its first quantity set in full by the first push.
    """
    tx.execute(queries.lock_push)
    shops, items, skus, quantities = (list(column) for column in zip(*showing, strict=True)) if showing else ([], [], [], [])
    parameters = {"shop_codes": shops, "item_refs": items, "sku_refs": skus, "quantities": quantities, "at": at}
    return tx.execute(queries.start_listings, parameters).rowcount


def stop_telling(tx: Tx, shop_id: int) -> None:
    """The shop is told nothing any more: what its listings show is unknown from now on. Two statements.

    What a round has written down and not yet sent is dropped; what is on its way already arrives.
    """
    tx.execute(queries.lock_push)
    tx.execute(queries.forget_shown, {"shop_id": shop_id})


def tell_anew(tx: Tx, shop_id: int, now: datetime) -> None:
    """Every mapped listing of the shop is told its present number once, in full, as at first. Four statements.

    Not before a call of the time before the switch was turned off must have arrived: it would be counted on top. And whatever a round that did not
    yet know of the switch has noted meanwhile is forgotten.
    """
    tx.execute(queries.lock_push)
    tx.execute(queries.forget_shown, {"shop_id": shop_id})
    tx.execute(queries.make_all_listing_stock, {"shop_ids": [shop_id]})
    tx.execute(queries.mark_all, {"shop_ids": [shop_id], "due_at": now + timedelta(seconds=FLIGHT_S)})
