"""Single rows for an order's timeline, for what happens beside a pass and changes nothing of the order itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import copy

queries = load_queries("paidan.orders")
pack = msgspec.msgpack.Encoder().encode

TIMELINE_TYPES = "int8 int8 int8 timestamptz text text bytea".split()  # as the columns of copy_timeline


class Note(Struct, frozen=True, kw_only=True):
    """One step of one order. `detail` holds ids, quantities and codes, never personal data."""

    order_id: int
    step: str
    detail: Any = None
    actor: str = "system"


def note(tx: Tx, ids: IdSource, notes: Sequence[Note], now: datetime) -> None:
    """Write the notes; the orders are not locked, for nothing of them changes."""
    numbered = zip(ids.take(len(notes)), notes, strict=True)
    rows = ((number, n.order_id, None, now, n.actor, n.step, pack([(n.step, n.detail)])) for number, n in numbered)
    copy(tx, queries.copy_timeline, rows, any_rows=bool(notes), types=TIMELINE_TYPES)
