"""Tells a platform what of one order went into one parcel (outbox kind `shop.ship`).

A row that was unknown is simply told again: the adapters see that the platform has the parcel already (Taobao refuses the second telling, then
the trade is asked whether it carries our waybill; Shopify is asked for the tracking number first), so a repeat has no second effect.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.channels.platform import PlatformParcel, Told
from paidan.feedback.decide import OrderedLine, Tell, what_to_tell
from paidan.feedback.exchanges import exchanges_of, outcome_of, reason_of
from paidan.feedback.links import ShopLink, ShopLinks
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.network.load import Carrier, Network, NetworkCache
from paidan.orders.parcels import mark_told
from paidan.orders.timeline import Note, note
from paidan.runtime.calling import RecordedFailure
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.outbox import OutboxRow, Outcome, Verdict, done, later, refused
from paidan.runtime.queries import load_queries
from paidan.runtime.slots import Slots

queries = load_queries("paidan.feedback")

SHIP: Final = "shop.ship"
TOLD: Final = "told_platform"
NOT_TOLD: Final = "platform_refused"
OUT_OF_REACH_S: Final = 300.0  # a shop whose settings are wrong is tried again after this


class Job(Struct, frozen=True, kw_only=True):
    """One telling, ready to be sent; without a parcel the outcome is known already."""

    order_id: int
    outcome: Outcome | None = None
    parcel: PlatformParcel | None = None
    link: ShopLink | None = None
    tell: Tell | None = None


class Ready(Struct, frozen=True, kw_only=True):
    """A parcel that is to be told now."""

    row: OutboxRow
    parcel: PlatformParcel
    link: ShopLink
    tell: Tell


class ShipDelivery:
    """Sends `shop.ship` rows; fits runtime.outbox.Delivery."""

    kind = SHIP
    batch = 50

    def __init__(self, links: ShopLinks, network: NetworkCache, *, clock: Clock, ids: IdSource) -> None:
        self._links = links
        self._network = network
        self._clock = clock
        self._ids = ids
        self._slots = Slots()

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> dict[int, Job]:
        """Jobs by row id: four statements, more only when the network has changed."""
        network = self._network.load(tx, cache_versions(tx)["network"])
        links = self._links.load(tx, network)
        read = _Read(tx, sorted({order_id_of(row) for row in rows}))
        return {row.id: self._job(row, read, network, links) for row in rows}

    def _job(self, row: OutboxRow, read: "_Read", network: Network, links: Mapping[int, ShopLink]) -> Job:
        order_id = order_id_of(row)
        order, parcel = read.orders.get(order_id), read.parcels.get((order_id, row.ref_id))
        if order is None or parcel is None:
            return Job(order_id=order_id, outcome=refused(Reason.NOT_FOUND))
        shop_id, order_no, is_cod, is_closed = order
        shop, link = network.shops.get(shop_id), links.get(shop_id)
        # Shipped although the platform had closed it: a hold tells people, the platform takes no word of it.
        if is_closed or (shop is not None and not self._links.is_told(shop)):
            return Job(order_id=order_id, outcome=done())
        if link is None:
            return Job(order_id=order_id, outcome=later(OUT_OF_REACH_S, Reason.UNKNOWN_SHOP))
        tell = what_to_tell(read.lines[order_id], parcel.units, read.units_told(order_id, row.ref_id))
        if not tell.lines:
            return Job(order_id=order_id, outcome=done())
        carrier = carrier_name(network.carriers.get(parcel.carrier_id), link.shop.platform)
        if not carrier:
            return Job(order_id=order_id, outcome=refused(Reason.UNKNOWN_CARRIER))
        told = PlatformParcel(
            order_no=order_no, waybill_no=parcel.tracking_no, carrier=carrier, lines=tell.lines, is_whole_order=tell.is_whole, is_cod=is_cod
        )
        return Job(order_id=order_id, parcel=told, link=link, tell=tell)

    def send(self, rows: Sequence[OutboxRow], loaded: Mapping[int, Job]) -> list[Outcome]:
        """Tell each shop its parcels, as many in a request as its platform takes."""
        by_shop: dict[int, list[Ready]] = {}
        for row in rows:
            job = loaded[row.id]
            if job.parcel is not None and job.link is not None and job.tell is not None:
                by_shop.setdefault(job.link.shop.id, []).append(Ready(row=row, parcel=job.parcel, link=job.link, tell=job.tell))
        groups = [group for ready in by_shop.values() for group in _in_requests(ready)]
        told = {row_id: outcome for group in self._slots.map(self._send, groups) for row_id, outcome in group.items()}
        return [told.get(row.id) or loaded[row.id].outcome or done() for row in rows]

    def _send(self, group: Sequence[Ready]) -> dict[int, Outcome]:
        answers = group[0].link.teller.ship_all([ready.parcel for ready in group])
        return {ready.row.id: self._outcome(ready, answer) for ready, answer in zip(group, answers, strict=True)}

    def _outcome(self, ready: Ready, told: Told | RecordedFailure) -> Outcome:
        row, parcel = ready.row, ready.parcel
        about = partial(exchanges_of, counterpart=ready.link.counterpart, at=self._clock.now(), business_key=parcel.order_no, attempts=row.attempts)
        if isinstance(told, RecordedFailure):
            return outcome_of(told, about(told.records, reason=reason_of(told)))
        lines = [[line.line_ref, line.quantity] for line in ready.tell.lines]
        detail = {"parcel": row.ref_id, "lines": lines, "last": ready.tell.is_last, "known": told.was_known}
        return done(answer=detail, exchanges=about(told.records))

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """What the platform now knows, and one timeline row for each parcel it was told of, or will not hear of."""
        known = [(row.ref_id, order_id_of(row)) for row, outcome in zip(rows, outcomes, strict=True) if outcome.verdict is Verdict.DONE]
        mark_told(tx, known, self._clock.now())
        notes = [_note(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
        note(tx, self._ids, [one for one in notes if one is not None], self._clock.now())


def _in_requests(ready: Sequence[Ready]) -> list[Sequence[Ready]]:
    size = ready[0].link.teller.parcels_at_once
    return [ready[at : at + size] for at in range(0, len(ready), size)]


class _Parcel(Struct, frozen=True):
    carrier_id: int
    tracking_no: str
    units: dict[int, int]
    told: dict[int, int]  # of them, those the platform knows of


class _Read:
    """Orders, lines and parcels of some orders: three statements."""

    def __init__(self, tx: Tx, order_ids: Sequence[int]) -> None:
        parameters = {"ids": list(order_ids)}
        self.orders = {row[0]: (row[1], row[2], row[3], row[4]) for row in tx.execute(queries.orders_to_tell, parameters)}
        self.lines: dict[int, list[OrderedLine]] = {order_id: [] for order_id in order_ids}
        for order_id, *values in tx.execute(queries.lines_to_tell, parameters):
            self.lines[order_id].append(OrderedLine(**dict(zip(OrderedLine.__struct_fields__, values, strict=True))))
        self.parcels: dict[tuple[int, int], _Parcel] = {}
        for order_id, parcel_id, carrier_id, tracking_no, line_no, quantity, is_told in tx.execute(queries.parcels_to_tell, parameters):
            found = self.parcels.setdefault((order_id, parcel_id), _Parcel(carrier_id, tracking_no, {}, {}))
            for units in (found.units, found.told) if is_told else (found.units,):
                units[line_no] = units.get(line_no, 0) + quantity

    def units_told(self, order_id: int, but: int) -> dict[int, int]:
        """Units by line in the parcels of the order that were told, without this one."""
        units: dict[int, int] = {}
        for (owner, parcel_id), parcel in self.parcels.items():
            if owner == order_id and parcel_id != but:
                for line_no, quantity in parcel.told.items():
                    units[line_no] = units.get(line_no, 0) + quantity
        return units


def order_id_of(row: OutboxRow) -> int:
    """The order a row is about."""
    return int(row.args.get("order_id") or row.business_key)


def carrier_name(carrier: Carrier | None, platform: str) -> str:
    """How the platform calls the carrier; Shopify takes any name, the others only codes of their own. Empty: unknown there."""
    if carrier is None:
        return ""
    return carrier.code_by_system.get(platform, "") or (carrier.name if platform == "shopify" else "")


def _note(row: OutboxRow, outcome: Outcome) -> Note | None:
    if outcome.verdict is Verdict.DONE:
        return Note(order_id=order_id_of(row), step=TOLD, detail=outcome.answer) if outcome.answer else None
    if outcome.verdict in {Verdict.REFUSED, Verdict.GAVE_UP}:
        detail: dict[str, Any] = {"parcel": row.ref_id, "reason": str(outcome.reason), **(outcome.answer or {})}
        return Note(order_id=order_id_of(row), step=NOT_TOLD, detail=detail, actor="platform")
    return None
