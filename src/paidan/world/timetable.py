"""What the buyers of a script do, one act after the other."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from paidan.world.script import ScriptOrder


class Act(IntEnum):
    """An act of a buyer (or of the platform in his name); at one instant they come in this order."""

    PLACE = 1
    PAY = 2
    ASK_REFUND = 3
    WITHDRAW_REFUND = 4
    CANCEL = 5


class Entry(NamedTuple):
    """An act that is due."""

    at: datetime
    number: int  # the order's place in the script
    act: Act
    order: ScriptOrder


class Timetable:
    """All acts of some orders by time; taken off from the front."""

    def __init__(self, orders: Iterable[ScriptOrder]) -> None:
        entries = (entry for number, order in enumerate(orders) for entry in _acts(number, order))
        self._entries = sorted(entries, key=lambda entry: entry[:3])
        self._next = 0

    def due(self, now: datetime) -> Iterable[Entry]:
        """The acts due until `now`, oldest first, each once."""
        while self._next < len(self._entries) and self._entries[self._next].at <= now:
            entry = self._entries[self._next]
            self._next += 1
            yield entry

    def next_due(self) -> datetime | None:
        """When the next act is due."""
        return self._entries[self._next].at if self._next < len(self._entries) else None


def _acts(number: int, order: ScriptOrder) -> Iterable[Entry]:
    instants = {
        Act.PLACE: order.placed_at,
        Act.PAY: order.paid_at,
        Act.ASK_REFUND: order.refund_asked_at,
        Act.WITHDRAW_REFUND: order.refund_withdrawn_at,
        Act.CANCEL: order.cancelled_at,
    }
    return (Entry(at, number, act, order) for act, at in instants.items() if at is not None)
