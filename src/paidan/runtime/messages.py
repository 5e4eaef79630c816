"""The message log (报文): every request and answer with a counterpart, both ways, kept whole and sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from hashlib import sha256
from typing import Any

from msgspec import Struct
from psycopg.types.json import Jsonb

from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.inbox import Arrival, take_in
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import copy
from paidan.runtime.sealing import Sealer

IN = "i"
OUT = "o"

queries = load_queries("paidan.runtime")


class MessageState(IntEnum):
    """What became of a message."""

    WAITING = 0
    DONE = 1
    SET_ASIDE = 2
    DUPLICATE = 3


class InboundMessage(Struct, frozen=True, kw_only=True):
    """Something that came, or that we fetched. `meta` holds no personal data; `message_ref` is the sender's id of it ("" = none)."""

    counterpart: str
    kind: str
    body: bytes
    at: datetime
    business_key: str = ""
    bucket: int | None = None  # None: no pass waits for it
    message_ref: str = ""
    meta: Mapping[str, Any] | None = None
    state: MessageState = MessageState.WAITING


class Exchange(Struct, frozen=True, kw_only=True):
    """A call of ours with its answer (None: no answer came)."""

    counterpart: str
    kind: str
    request: bytes
    at: datetime
    business_key: str = ""
    answer: bytes | None = None
    http_status: int | None = None
    reason: str = ""
    attempts: int = 1
    meta: Mapping[str, Any] | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """An inbound message as kept: DUPLICATE when its `message_ref` came before."""

    id: int
    state: MessageState


class StoredMessage(Struct, frozen=True, kw_only=True):
    """A row of the log, opened."""

    id: int
    at: datetime
    direction: str
    counterpart: str
    kind: str
    business_key: str
    bucket: int | None
    state: MessageState
    attempts: int
    reason: str
    http_status: int | None
    meta: Mapping[str, Any] | None
    body: bytes
    answer: bytes | None


def keep_inbound(tx: Tx, ids: IdSource, sealer: Sealer, rows: Sequence[InboundMessage]) -> list[int]:
    """Keep the messages; return their ids in the same order. Duplicates are kept too, in state DUPLICATE: nobody takes them up."""
    return [kept.id for kept in keep_and_tell(tx, ids, sealer, rows)]


def keep_and_tell(tx: Tx, ids: IdSource, sealer: Sealer, rows: Sequence[InboundMessage]) -> list[Kept]:
    """As `keep_inbound`, telling which were duplicates."""
    numbered = list(zip(ids.take(len(rows)), rows, strict=True))
    named = [Arrival(source=row.counterpart, message_ref=row.message_ref, message_id=number) for number, row in numbered if row.message_ref]
    new = take_in(tx, named) if named else set()
    kept = [Kept(id=number, state=MessageState.DUPLICATE if row.message_ref and number not in new else row.state) for number, row in numbered]
    _copy(tx, [_inbound_columns(sealer, one, row) for one, row in zip(kept, rows, strict=True)])
    return kept


def keep_settled(tx: Tx, sealer: Sealer, rows: Sequence[tuple[int, InboundMessage]], outcomes: Mapping[int, tuple[MessageState, str]]) -> None:
    """Keep messages of these ids together with what became of each, state and reason; one of which nothing is told waits on."""
    columns = []
    for number, row in rows:
        state, reason = outcomes.get(number, (row.state, ""))
        columns.append(_inbound_columns(sealer, Kept(id=number, state=state), row, attempts=int(number in outcomes), reason=reason))
    _copy(tx, columns)


def keep_exchanges(tx: Tx, ids: IdSource, sealer: Sealer, rows: Sequence[Exchange]) -> None:
    """Keep calls of ours with their answers."""
    _copy(tx, [_exchange_columns(sealer, number, row) for number, row in zip(ids.take(len(rows)), rows, strict=True)])


def read_message(tx: Tx, sealer: Sealer, message_id: int) -> StoredMessage | None:
    """One message, opened; None when there is none of that id."""
    row = tx.execute(queries.read_message, {"id": message_id}).fetchone()
    return _opened(sealer, row) if row else None


def take_waiting(tx: Tx, sealer: Sealer, buckets: Sequence[int], limit: int) -> list[StoredMessage]:
    """The oldest waiting messages of these buckets, opened and locked until the transaction ends; those locked by others are passed by."""
    rows = tx.execute(queries.take_waiting_messages, {"buckets": list(buckets), "limit": limit})
    return sorted((_opened(sealer, row) for row in rows), key=lambda message: message.id)


def mark(tx: Tx, message_ids: Sequence[int], state: MessageState, reason: str = "") -> None:
    """Tell what became of messages, and count the attempt. `reason` is of the closed list, never free text with personal data."""
    tx.execute(queries.mark_messages, {"ids": list(message_ids), "state": int(state), "reason": reason})


def body_bond(message_id: int) -> str:
    """What the body of a message is sealed to."""
    return _bond(message_id, "body")


def _bond(message_id: int, column: str) -> str:
    return f"message/{message_id}/{column}"


def _inbound_columns(sealer: Sealer, kept: Kept, row: InboundMessage, *, attempts: int = 0, reason: str = "") -> tuple[Any, ...]:
    return (
        kept.id,
        row.at,
        IN,
        row.counterpart,
        row.kind,
        row.business_key,
        row.bucket,
        int(kept.state),
        attempts,
        reason,
        None,
        Jsonb(dict(row.meta)) if row.meta else None,
        sealer.seal(row.body, bound_to=_bond(kept.id, "body"), compress=True),
        None,
        sha256(row.body).digest(),
    )


def _exchange_columns(sealer: Sealer, number: int, row: Exchange) -> tuple[Any, ...]:
    return (
        number,
        row.at,
        OUT,
        row.counterpart,
        row.kind,
        row.business_key,
        None,
        int(MessageState.DONE),
        row.attempts,
        row.reason,
        row.http_status,
        Jsonb(dict(row.meta)) if row.meta else None,
        sealer.seal(row.request, bound_to=_bond(number, "body"), compress=True),
        None if row.answer is None else sealer.seal(row.answer, bound_to=_bond(number, "answer"), compress=True),
        sha256(row.request).digest(),
    )


def _copy(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> None:
    copy(tx, queries.copy_messages, rows, any_rows=bool(rows), types=COLUMN_TYPES)


# As the columns of copy_messages.
COLUMN_TYPES = ("int8", "timestamptz", "text", "text", "text", "text", "int2", "int2", "int2", "text", "int2", "jsonb", "bytea", "bytea", "bytea")


def _opened(sealer: Sealer, row: tuple[Any, ...]) -> StoredMessage:
    number, at, direction, counterpart, kind, business_key, bucket, state, attempts, reason, http_status, meta, body, answer = row
    return StoredMessage(
        id=number,
        at=at,
        direction=direction,
        counterpart=counterpart,
        kind=kind,
        business_key=business_key,
        bucket=bucket,
        state=MessageState(state),
        attempts=attempts,
        reason=reason,
        http_status=http_status,
        meta=meta,
        body=sealer.unseal(body, bound_to=_bond(number, "body")),
        answer=None if answer is None else sealer.unseal(answer, bound_to=_bond(number, "answer")),
    )
