"""The inbox: ids of messages already taken in, kept for ever. The second message of one id is a duplicate."""

from collections.abc import Sequence

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array

queries = load_queries("paidan.runtime")


class Arrival(Struct, frozen=True, kw_only=True):
    """`message_ref` is the sender's own id of the message, unique within `source`; `message_id` is the row that keeps it."""

    source: str
    message_ref: str
    message_id: int


def take_in(tx: Tx, arrivals: Sequence[Arrival]) -> set[int]:
    """Note the arrivals; return the `message_id`s that are new. The rest, repeats within the call included, came before.

    Waits for another transaction that is taking in the same id, so that exactly one of them finds it new.
    """
    first: dict[tuple[str, str], int] = {}
    for arrival in arrivals:
        first.setdefault((arrival.source, arrival.message_ref), arrival.message_id)
    # One order for all: two transactions with the same ids wait, never deadlock.
    ordered = sorted(first.items())
    rows = tx.execute(
        queries.take_in,
        {
            "sources": array([source for (source, _), _ in ordered]),
            "message_refs": array([message_ref for (_, message_ref), _ in ordered]),
            "message_ids": array([message_id for _, message_id in ordered]),
        },
    )
    return {row[0] for row in rows}
