"""The outbox: what a counterpart must hear, written in the transaction of the change it tells of. `relay.py` sends it.

There is no NOTIFY: it makes all commits of a database queue up behind one lock, and a poll of the open rows costs less than a millisecond.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Protocol

from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import Exchange
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import copy

queries = load_queries("paidan.runtime")

# As the columns of copy_outbox.
COLUMN_TYPES = ("int8", "text", "text", "int8", "text", "jsonb", "timestamptz", "timestamptz")


class OutboxState(IntEnum):
    """Where a row stands."""

    PENDING = 0
    SENDING = 1
    DONE = 2
    UNKNOWN = 3
    DEAD = 4


class OutboxRow(Struct, frozen=True, kw_only=True):
    """One thing to tell. To `put` one, leave out what stands below `created_at`; `args` holds ids and flags, never personal data.

    Rows of one lane and business key are sent in the order of their writing; "" waits for nobody.
    """

    lane: str
    kind: str
    due_at: datetime  # business clock
    ref_id: int = 0
    business_key: str = ""
    args: Mapping[str, Any] = {}
    created_at: datetime | None = None  # None: as due_at
    id: int = 0
    attempts: int = 0  # this one included
    was_unknown: bool = False  # ask the counterpart what happened before sending again


class Verdict(StrEnum):
    """What became of one sending."""

    DONE = "done"
    REFUSED = "refused"  # the counterpart said no: dead at once
    LATER = "later"  # surely without effect: again
    UNKNOWN = "unknown"  # effect unknown: asked about before it is sent again
    GAVE_UP = "gave_up"  # given to `apply` by the relay when a row dies of too many attempts


class Outcome(Struct, frozen=True, kw_only=True):
    """One row's outcome. `answer` is for the delivery's own `apply`; exchanges go to the message log.

    `unreachable`: nothing was heard from the counterpart at all; a batch of only such outcomes counts against the lane's breaker.
    """

    verdict: Verdict
    reason: str = ""
    delay_s: float | None = None
    answer: Any = None
    exchanges: tuple[Exchange, ...] = ()
    unreachable: bool = False


def done(answer: Any = None, exchanges: Sequence[Exchange] = ()) -> Outcome:
    """It took effect, or had done so before."""
    return Outcome(verdict=Verdict.DONE, answer=answer, exchanges=tuple(exchanges))


def refused(reason: str = Reason.COUNTERPART_REFUSED, answer: Any = None, exchanges: Sequence[Exchange] = ()) -> Outcome:
    """The counterpart said no; the row is dead and visible."""
    return Outcome(verdict=Verdict.REFUSED, reason=reason, answer=answer, exchanges=tuple(exchanges))


def later(delay_s: float | None = None, reason: str = "", exchanges: Sequence[Exchange] = (), *, unreachable: bool = False) -> Outcome:
    """Again after `delay_s` of business time (None: exponential back-off). A row that was unknown stays so."""
    return Outcome(verdict=Verdict.LATER, reason=reason, delay_s=delay_s, exchanges=tuple(exchanges), unreachable=unreachable)


def unknown(reason: str = Reason.ANSWER_UNKNOWN, exchanges: Sequence[Exchange] = (), *, unreachable: bool = True) -> Outcome:
    """Sent, and no answer that tells."""
    return Outcome(verdict=Verdict.UNKNOWN, reason=reason, exchanges=tuple(exchanges), unreachable=unreachable)


class Delivery(Protocol):
    """How rows of one kind are sent. `batch`: how many at most go into one call of `send`."""

    kind: str
    batch: int

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> Any:
        """Read what sending needs, in the claiming transaction: a fixed number of statements."""
        ...

    def send(self, rows: Sequence[OutboxRow], loaded: Any) -> list[Outcome]:
        """Call the counterpart, outside any transaction; one outcome per row, in order. Rows with `was_unknown` are asked about first.

        May raise CallLater, AnswerUnknown or CallRefused for the batch as a whole.
        """
        ...

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """Write what follows, in the transaction that settles the rows. Sees every outcome, GAVE_UP included."""
        ...


def put(tx: Tx, ids: IdSource, rows: Sequence[OutboxRow]) -> list[int]:
    """Write rows with the change they tell of; returns their ids in order."""
    if not rows:
        return []
    numbers = ids.take(len(rows))
    numbered = zip(numbers, rows, strict=True)
    told = ((number, r.lane, r.kind, r.ref_id, r.business_key, r.args, r.due_at, r.created_at or r.due_at) for number, r in numbered)
    copy(tx, queries.copy_outbox, told, types=COLUMN_TYPES)
    return numbers


def try_lane(tx: Tx, lane: str, now: datetime) -> int:
    """Try a lane now, whatever failed before: its breaker is closed, calls that rest after a failure are due; gives how many."""
    tx.execute(queries.close_breaker, {"lane": lane})
    return len(tx.execute(queries.hurry_lane, {"lane": lane, "now": now}).fetchall())


def revive(tx: Tx, row_ids: Sequence[int], now: datetime) -> list[int]:
    """Send dead rows round again with fresh attempts; returns the ids that were dead. They are asked about first: that is always safe."""
    return sorted(row[0] for row in tx.execute(queries.revive_outbox, {"ids": list(row_ids), "now": now}))


def ask_again(tx: Tx, row_ids: Sequence[int], now: datetime) -> list[int]:
    """Calls whose answer nobody knows are asked about now, however long they would rest; returns the ids that were unknown."""
    return sorted(row[0] for row in tx.execute(queries.ask_again, {"ids": list(row_ids), "now": now}))
