"""What a caller with a limited view sees of orders, messages and calls. Statements take it as parameters: nothing is sorted out after it was read."""

from collections.abc import Sequence
from typing import Any

from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import Refused
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "orders.sql")


def hears(tx: Tx, caller: Caller) -> dict[str, Any]:
    """Parameters `counterparts` (of messages) and `lanes` (of calls): None for who sees all, else those of his shops or his warehouses."""
    if caller.sees_all:
        return {"counterparts": None, "lanes": None}
    row = tx.execute(queries.counterparts_seen, caller.sees).fetchone()
    counterparts, lanes = row or ([], [])
    return {"counterparts": counterparts, "lanes": lanes}


def refuse_unseen(tx: Tx, caller: Caller, order_ids: Sequence[int]) -> None:
    """Raise Refused, as if it were not there, when the caller does not see one of these orders."""
    if caller.sees_all:
        return
    seen = {row[0] for row in tx.execute(queries.seen_orders, {"ids": list(order_ids), **caller.sees})}
    if set(order_ids) - seen:
        raise Refused(Reason.UNKNOWN_ORDER)
