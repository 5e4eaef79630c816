"""Writes merge keys that only a platform can tell, for orders whose receivers it masks."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.orders", "merge_keys.sql")
order_queries = load_queries("paidan.orders")


class MergeKey(Struct, frozen=True, kw_only=True):
    """The key for one order, as it was when loaded. `merge_key` None: it goes alone."""

    order_id: int
    version: int
    merge_key: bytes | None


def set_merge_keys(tx: Tx, keys: Sequence[MergeKey], now: datetime) -> set[int]:
    """Write the keys to orders nobody has changed since, and to their planned fulfilments; gives the ids written. Four statements.

    `edits.merge_asked` then names the receiver that was asked about: another receiver is asked about anew.
    """
    if not keys:
        return set()
    wanted = {key.order_id: key for key in keys}
    locked = tx.execute(order_queries.lock_orders, {"ids": sorted(wanted)})
    rows = [(order_id, wanted[order_id].merge_key) for order_id, version in locked if wanted[order_id].version == version]
    ours = [order_id for order_id, _ in rows]
    planned = [row[0] for row in tx.execute(queries.lock_planned, {"order_ids": ours})]
    tx.execute(queries.set_merge_keys, {**columns(("ids", "merge_keys"), rows), "now": now})
    tx.execute(queries.set_fulfilment_merge_keys, {"ids": planned})
    return set(ours)
