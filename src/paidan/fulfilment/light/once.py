"""What a phone sends counts once: it may have been offline, and sends its queue again until it hears an answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.fulfilment.light")

KEPT_FOR: Final = timedelta(days=60)

T = TypeVar("T", bound=Struct)


class ScanKey(Struct, frozen=True, kw_only=True):
    """The phone's own id of what it sends, who sends it, and what it was about."""

    scan_id: UUID
    caller: str
    asked: bytes


def taken_once(tx: Tx, key: ScanKey, kind: type[T], now: datetime, work: Callable[[], T]) -> T:
    """Do the work, or answer again what was answered the first time. Three statements around it.

    Two at once: the second waits for the first. What `work` refuses by raising is not kept: it may be sent again.
    Raises BadInput (IDEMPOTENCY_CONFLICT) when the id was used for something else.
    """
    digest = sha256(key.caller.encode() + b"\n" + key.asked).digest()
    taken = tx.execute(queries.take_scan, {"scan_id": key.scan_id, "caller": key.caller, "request_digest": digest, "now": now}).fetchone()
    if taken is None:
        row = tx.execute(queries.first_answer, {"scan_id": key.scan_id}).fetchone()
        if row is None or row[0] != key.caller or bytes(row[1]) != digest:
            raise BadInput(Reason.IDEMPOTENCY_CONFLICT)
        return msgspec.json.decode(row[2], type=kind)
    answer = work()
    tx.execute(queries.keep_answer, {"scan_id": key.scan_id, "answer": msgspec.json.encode(answer)})
    return answer


def forget_scans(tx: Tx, now: datetime) -> int:
    """Remove what was sent long ago, at most a thousand; gives how many."""
    return tx.execute(queries.forget_scans, {"before": now - KEPT_FOR}).rowcount
