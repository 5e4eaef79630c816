"""Messages that wait for a pass: claimed by bucket, read under lock, settled each with its own outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import InboundMessage, MessageState, body_bond, keep_settled
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


class AtHand:
    """Messages that came a moment ago: the pass that takes them up keeps them itself, with what became of them. Else each would be written, read
    and written again in one transaction.
    """

    def __init__(self, ids: IdSource, rows: Sequence[InboundMessage]) -> None:
        self._rows = list(zip(ids.take(len(rows)), rows, strict=True))

    @property
    def ids(self) -> list[int]:
        """Their ids, in the order they were given."""
        return [number for number, _ in self._rows]

    def read(self) -> list[WaitingMessage]:
        """As `read_waiting`."""
        return [
            WaitingMessage(
                id=number,
                at=row.at,
                counterpart=row.counterpart,
                kind=row.kind,
                business_key=row.business_key,
                meta=dict(row.meta or {}),
                body=row.body,
            )
            for number, row in self._rows
        ]

    def keep(self, tx: Tx, sealer: Sealer, outcomes: Sequence[tuple[int, MessageState, str]]) -> None:
        """Keep them; those without an outcome wait for another pass."""
        keep_settled(tx, sealer, self._rows, {number: (state, reason) for number, state, reason in outcomes})


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
