"""Messages that wait for a pass: claimed by bucket, read under lock, settled each with its own outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.messages import MessageState, body_bond
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.runtime", "waiting.sql")


class WaitingMessage(Struct, frozen=True, kw_only=True):
    """An inbound message, opened."""

    id: int
    at: datetime
    counterpart: str
    kind: str
    business_key: str
    meta: dict[str, Any]
    body: bytes


def waiting_ids(tx: Tx, buckets: Sequence[int], limit: int) -> list[int]:
    """Ids of messages waiting in these buckets, oldest first."""
    return [row[0] for row in tx.execute(queries.waiting_message_ids, share_of(buckets, limit)).fetchall()]


def share_of(buckets: Sequence[int], limit: int) -> dict[str, Any]:
    """Parameters of a claim: how many may come, and how many of them out of one bucket. Four even shares, for buckets are never quite even."""
    return {"buckets": list(buckets), "limit": limit, "per_bucket": 4 * limit // max(len(buckets), 1) + 1}


def read_waiting(tx: Tx, sealer: Sealer, ids: Sequence[int]) -> list[WaitingMessage]:
    """Those of the messages that still wait, opened and locked until the transaction ends."""
    if not ids:
        return []
    return [
        WaitingMessage(
            id=row[0],
            at=row[1],
            counterpart=row[2],
            kind=row[3],
            business_key=row[4],
            meta=row[5] or {},
            body=sealer.unseal(row[6], bound_to=body_bond(row[0])),
        )
        for row in tx.execute(queries.read_waiting, {"ids": array(ids)}, binary=True).fetchall()
    ]


def settle_messages(tx: Tx, outcomes: Sequence[tuple[int, MessageState, str]]) -> None:
    """Write what became of each message: (id, state, reason)."""
    if outcomes:
        rows = [(message_id, int(state), reason) for message_id, state, reason in sorted(outcomes)]
        tx.execute(queries.settle_messages, columns(("id", "state", "reason"), rows))
