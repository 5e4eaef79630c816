"""Open orders changed between two snapshots of the database: exact whatever the clocks say, since a row knows the transaction that wrote it."""

from typing import Annotated, Final

from litestar.params import QueryParameter

from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import invalid
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

SNAPSHOT_MAX: Final = 10_000  # five hundred transactions at once; beyond 64 KiB of address the server itself refuses
XID_END: Final = 2**63

Snapshot = Annotated[
    str,
    QueryParameter(
        max_length=SNAPSHOT_MAX, pattern=r"^[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?$", description="A snapshot, as it was told"
    ),
]

queries = load_queries("paidan.entrypoints.api.live", "live.sql")


def snapshot_now(tx: Tx) -> str:
    """What is seen from here on, in PostgreSQL's words: `xmin:xmax:xip,xip`."""
    row = tx.execute(queries.snapshot).fetchone()
    return str(row[0]) if row else ""


def count_changed(tx: Tx, caller: Caller, since: str, upto: str) -> int:
    """Open orders that the caller sees, written after `since` and not after `upto`. Raises Refused for what is no snapshot."""
    (since_xmin, _), (_, upto_xmax) = _bounds("since", since), _bounds("upto", upto)
    if upto_xmax <= since_xmin:  # all that the later one sees had ended before: nothing to look for
        return 0
    row = tx.execute(queries.changed_orders, {"since": since, "upto": upto, **caller.sees}).fetchone()
    return int(row[0]) if row else 0


def _bounds(field: str, snapshot: str) -> tuple[int, int]:
    """Its xmin and xmax, when it is one that the server could have told: xmin ≤ each in progress < xmax, rising."""
    if not snapshot.isprintable():  # `$` of a pattern lets a line end through
        raise invalid(field)
    xmin, xmax, running = snapshot.split(":")
    numbers = [int(xmin), *(int(word) for word in running.split(",") if word), int(xmax)]
    if not 0 < numbers[0] <= numbers[-1] < XID_END or numbers[1:-1] != sorted({n for n in numbers[1:-1] if numbers[0] <= n < numbers[-1]}):
        raise invalid(field)
    return numbers[0], numbers[-1]
