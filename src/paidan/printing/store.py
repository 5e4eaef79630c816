"""Writes what was printed: counters, the log, the orders' marks and timelines, and for labels the reveal log. The only writer of these tables but for
`print_mark`, which a person may set by hand (jobs), and `receiver_reveal`, to which reveals at the door are written too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from paidan.orders.fulfilment_no import fulfilment_no
from paidan.orders.timeline import Note, note
from paidan.printing.load import Shipment, queries
from paidan.printing.papers import Format, Kind
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.rows import columns

PURPOSE: Final = "print"


class Run(Struct, frozen=True, kw_only=True):
    """One file that is printed: who asked for it, from which address, and how many papers it has."""

    id: int
    kind: Kind
    format: Format
    language: str
    is_again: bool
    papers: int
    actor: str
    address: str
    at: datetime


def count_prints(tx: Tx, run: Run, shipments: Sequence[Shipment]) -> dict[int, int]:
    """Count one more print of each; how often each was printed now, by leader id. One statement; locks the counters, by key."""
    named = columns(("fulfilment_id", "attempt"), [(shipment.leader_id, shipment.attempt) for shipment in shipments])
    return dict(tx.execute(queries.count_prints, {**named, "kind": run.kind.value, "by": run.actor, "now": run.at}).fetchall())


def log_prints(tx: Tx, ids: IdSource, run: Run, shipments: Sequence[Shipment], times: Mapping[int, int]) -> None:
    """The run with its orders, the orders' marks and timelines; for labels a row of the reveal log for each order. Five statements at most."""
    number_by_order = {part.order_id: part.order_no for shipment in shipments for part in shipment.parts}
    tx.execute(
        queries.add_run,
        {
            "id": run.id,
            "kind": run.kind.value,
            "format": run.format.value,
            "language": run.language,
            "is_again": run.is_again,
            "papers": run.papers,
            "actor": run.actor,
            "now": run.at,
        },
    )
    items = [(part.fulfilment_id, part.order_id, part.order_no) for shipment in shipments for part in shipment.parts]
    tx.execute(queries.add_items, {"run_id": run.id, **columns(("fulfilment_id", "order_id", "order_no"), items)})
    tx.execute(queries.mark_orders, {"order_id": list(number_by_order), "kind": run.kind.value, "by": run.actor, "now": run.at})
    note(tx, ids, [_note(run, shipment, order_id, times) for shipment in shipments for order_id in _orders(shipment)], run.at)
    if run.kind == Kind.LABEL:
        rows = [(row_id, *order) for row_id, order in zip(ids.take(len(number_by_order)), number_by_order.items(), strict=True)]
        named: dict[str, Any] = {"actor": run.actor, "purpose": PURPOSE, "address": run.address, "now": run.at}
        tx.execute(queries.add_reveals, {**named, **columns(("id", "order_id", "order_no"), rows)})


def _orders(shipment: Shipment) -> list[int]:
    return list(dict.fromkeys(part.order_id for part in shipment.parts))


def _note(run: Run, shipment: Shipment, order_id: int, times: Mapping[int, int]) -> Note:
    number = fulfilment_no(shipment.leader_id, shipment.attempt)
    detail = {"kind": run.kind.value, "fulfilment": number, "times": times[shipment.leader_id]}
    return Note(order_id=order_id, step="printed", detail=detail, actor=run.actor)
