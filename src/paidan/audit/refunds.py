"""Requests for a refund (退款申请): each is decided once. What a person has let go is not asked again; another one, or the same made anew, is.

Pure. Which requests a hold was opened for stands in its note, so that a person sees them and we know later what was decided.
"""

from paidan.kernel.reasons import Reason
from paidan.orders.batch import Order

BETWEEN = ", "


def undecided(order: Order) -> list[str]:
    """The requests on lines not yet taken back that no person has decided on."""
    asked = {
        line.refund_ref or line.line_ref
        for line in order.lines
        if line.refund == "requested" and line.parent_line_no is None and line.taken_back < line.quantity
    }
    return sorted(asked - _decided(order)) if asked else []


def named_in(note: str) -> set[str]:
    """The requests a hold was opened for."""
    return set(note.split(BETWEEN))


def _decided(order: Order) -> set[str]:
    return {
        name
        for hold in order.holds
        if hold.reason == Reason.REFUND_REQUESTED and hold.closed_at is not None and hold.closed_by.startswith("user:")
        for name in named_in(hold.note)
    }
