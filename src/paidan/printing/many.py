"""Prints of any number of orders: sorted out first, drawn in files of bounded length, counted and logged all together at the end.

Unlike a print of a few (press.py), what can't be printed stays out and is named; the rest is printed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.parties.store import unseal_receivers
from paidan.printing.decide import reason_against
from paidan.printing.load import Shipment, find_by_orders, load_shipments
from paidan.printing.papers import Kind
from paidan.printing.press import LIMIT, Asked, Prepared, Refusal, finish, lay_out_run, render
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.sealing import Sealer


class Sorted(Struct, frozen=True, kw_only=True):
    """Of some orders: the shipments of each that can be printed, by order number; and why nothing of the others can."""

    leaders_by_no: Mapping[str, tuple[int, ...]]
    reasons_by_no: Mapping[str, Reason]
    warehouse_by_leader: Mapping[int, str]


def sort_out(tx: Tx, asked: Asked, order_nos: Sequence[str]) -> Sorted:
    """Which of these orders can be printed. Of an order with several shipments those that can. Five statements for each `LIMIT` shipments."""
    found = find_by_orders(tx, asked.kind, order_nos, asked.sees)
    against: dict[int, Reason] = {}
    warehouse_by_leader: dict[int, str] = {}
    for start in range(0, len(found.leader_ids), LIMIT):
        for shipment in load_shipments(tx, found.leader_ids[start : start + LIMIT], asked.kind):
            reason = reason_against(asked.kind, shipment, None, again=asked.again)
            warehouse_by_leader[shipment.leader_id] = shipment.warehouse_code
            if reason is not None:
                against[shipment.leader_id] = reason
    reasons_by_no = {problem.detail: problem.reason for problem in found.problems}
    leaders_by_no = {}
    for number, leaders in found.leaders_by_no.items():
        if good := tuple(leader for leader in leaders if leader not in against):
            leaders_by_no[number] = good
        else:
            reasons_by_no[number] = against[leaders[0]]
    return Sorted(leaders_by_no=leaders_by_no, reasons_by_no=reasons_by_no, warehouse_by_leader=warehouse_by_leader)


def prepare_some(
    tx: Tx, ids: IdSource, sealer: Sealer, asked: Asked, leader_ids: Sequence[int], now: datetime
) -> tuple[Prepared | None, dict[int, Reason]]:
    """Papers of these shipments (`LIMIT` at most), and why some of them have none. Five statements, for labels one more."""
    shipments = load_shipments(tx, leader_ids, asked.kind)
    receivers: dict[int, Receiver] = {}
    if asked.kind == Kind.LABEL:
        receivers = unseal_receivers(tx, [shipment.receiver_id for shipment in shipments], sealer)
    against = {shipment.leader_id: reason_against(asked.kind, shipment, receivers, again=asked.again) for shipment in shipments}
    refused = {leader_id: reason for leader_id, reason in against.items() if reason is not None}
    good = [shipment for shipment in shipments if shipment.leader_id not in refused]
    if not good:
        return None, refused
    return lay_out_run(ids, asked, good, receivers, now), refused


def draw(prepared: Prepared, *, font_folder: str, zpl_font: str) -> tuple[Prepared, bytes] | Refusal:
    """The file, and what counting it needs: neither papers nor goods, so that many files fit into memory until all are counted."""
    file = render(prepared, font_folder=font_folder, zpl_font=zpl_font)
    if isinstance(file, Refusal):
        return file
    return replace(prepared, papers=(), shipments=tuple(_counted(shipment) for shipment in prepared.shipments)), file


def _counted(shipment: Shipment) -> Shipment:
    return replace(shipment, lines=(), parcels=())


def finish_all(tx: Tx, ids: IdSource, drawn: Sequence[Prepared]) -> bool:
    """Count and log all files. False when somebody has printed one of them meanwhile: then the caller undoes the transaction."""
    return all(finish(tx, ids, prepared) is None for prepared in drawn)
