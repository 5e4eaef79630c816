"""Plans that no warehouse knows yet: taking one back. Pure."""

from paidan.kernel.states import FulfilmentState
from paidan.orders.batch import Fulfilment, Order


def unplan(order: Order, fulfilment: Fulfilment, reason: str) -> None:
    """Cancel a fulfilment that no warehouse knows yet; its units are open again, its reservation is given back when applied."""
    by_no = {line.line_no: line for line in order.lines}
    for line in fulfilment.lines:
        by_no[line.line_no].reserved -= line.open
        by_no[line.line_no].open += line.open
        line.cancelled += line.open
    fulfilment.release_due_at = None
    fulfilment.recall_reason = str(reason)
    fulfilment.move(FulfilmentState.CANCELLED)
    order.tell("unplanned", {"fulfilment": fulfilment.id, "reason": str(reason)})
