"""Ask fulfilments back from their warehouses (拦截). The call itself is an outbox row; the warehouse may refuse."""

from collections.abc import Sequence
from datetime import datetime

from paidan.orders.batch import Order
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.fulfilment")

RECALL = "wms.recall"


def lane_of(warehouse_id: int) -> str:
    """The outbox lane of a warehouse: each counterpart has its own slots and breaker."""
    return f"warehouse:{warehouse_id}"


def ask_back(tx: Tx, ids: IdSource, orders: Sequence[Order], now: datetime) -> list[int]:
    """Move to RECALLING what these orders want back and is still at a warehouse; leave the calls in the outbox. Gives the fulfilments' ids."""
    wanted = {fulfilment_id: reason for order in orders for fulfilment_id, reason in order.recalls}
    if not wanted:
        return []
    recalled = tx.execute(queries.ask_back, {"ids": list(wanted), "reasons": list(wanted.values())}).fetchall()
    put(
        tx,
        ids,
        [
            OutboxRow(lane=lane_of(warehouse_id), kind=RECALL, ref_id=fulfilment_id, business_key=str(fulfilment_id), due_at=now)
            for fulfilment_id, warehouse_id in recalled
        ],
    )
    return [fulfilment_id for fulfilment_id, _ in recalled]
