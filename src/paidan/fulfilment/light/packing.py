"""A fulfilment worked by people with a phone (轻仓作业): taken, verified, shipped, given back.

Each step goes the way that a warehouse system's word goes (decide.py, shipping.py), with the person as actor: stock, parcels, what the platform and
the tracking service are told, all of it. A recall finds the fulfilment free until its parcel is closed; then people decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from msgspec import Struct

from paidan.counterparts.qimen.reports import CONFIRM_FINAL, CONFIRM_INTERMEDIATE, ConfirmLine, DeliveryConfirm, Package, PackageItem
from paidan.fulfilment.arrived import deliver_arrived
from paidan.fulfilment.decide import accept, agree_recall, drop_rest, give_up, note, travelling
from paidan.fulfilment.light.tally import Put, Scan, Sku, Want, is_whole, tally
from paidan.fulfilment.load import Group, Work, finish, take
from paidan.fulfilment.shipping import Known, confirm_shipping
from paidan.kernel.errors import BadInput
from paidan.kernel.outcomes import Problem
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network
from paidan.orders.fulfilment_no import fulfilment_no, read_fulfilment_no
from paidan.orders.parcels import parcels_known
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.fulfilment.light")

OPEN: Final = frozenset({FulfilmentState.RELEASED, FulfilmentState.ACCEPTED, FulfilmentState.RECALLING, FulfilmentState.PART_SHIPPED})
GONE: Final = frozenset({FulfilmentState.SHIPPED, FulfilmentState.DELIVERED})


class ScansRefused(Exception):
    """Scans that do not belong, each with its place and reason. Nothing was booked."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].reason.value)
        self.problems = tuple(problems)


class Box(Struct, frozen=True, kw_only=True):
    """A parcel as its packer tells it; `carrier_code` empty: the carrier that was planned."""

    tracking_no: str
    carrier_code: str = ""
    weight_g: int | None = None
    scans: tuple[Scan, ...]


class Packed(Struct, frozen=True, kw_only=True):
    """Where a fulfilment stands after a step. Units: `scanned` in this step, `left` still to be shipped."""

    no: str
    state: str
    scanned: int = 0
    left: int = 0
    is_packed: bool = False
    tracking_nos: tuple[str, ...] = ()


class Packer:
    """One person's steps, each in the transaction it is given. `seen`: shops and warehouses he sees (None: all)."""

    def __init__(
        self, tx: Tx, *, ids: IdSource, sealer: Sealer, network: Network, seen: Mapping[str, list[int] | None], actor: str, cause: str, now: datetime
    ) -> None:
        self._tx = tx
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._seen = seen
        self._actor = actor
        self._cause = cause
        self._now = now

    def accept(self, number: str) -> Packed:
        """He takes it in hand; a second time changes nothing. Raises BadInput."""
        with self._taken(number) as (work, group):
            accept(work, group, "", self._actor)
        return _stands(group)

    def verify(self, number: str, scans: Sequence[Scan]) -> Packed:
        """Look at what was scanned so far. When nothing lacks, the parcel counts as closed. Raises ScansRefused, BadInput."""
        with self._taken(number) as (work, group):
            wants = wants_of(group)
            puts, problems = tally(wants, [scans], self._skus([scan.code for scan in scans]))
            if problems:
                raise ScansRefused(problems)
            is_packed = is_whole(wants, puts)
            accept(work, group, "", self._actor)
            if is_packed and not self._is_packed(group):
                self._close(group)
        return _stands(group, puts, is_packed=is_packed)

    def ship(self, number: str, boxes: Sequence[Box], *, at: datetime, is_last: bool) -> Packed:
        """Parcels have left. `is_last`: what was not scanned will not leave from here, and is sourced again. Raises ScansRefused, BadInput."""
        with self._taken(number) as (work, group):
            wants = wants_of(group)
            skus = self._skus([scan.code for box in boxes for scan in box.scans] + [box.tracking_no for box in boxes])
            puts, problems = tally(wants, [box.scans for box in boxes], skus)
            problems += self._wrong_boxes(boxes, skus)
            if problems:
                raise ScansRefused(problems)
            known = self._known(group, skus, [box.tracking_no for box in boxes])
            confirm = self._confirm(group, boxes, puts, is_last=is_last or is_whole(wants, puts))
            self._refuse_foreign_waybills(known, group, confirm)
            attempt = group.leader.fulfilment.attempt
            confirm_shipping(work, known, group, attempt, confirm, cause=self._cause, at=at, actor=self._actor)
            deliver_arrived(self._tx, work, work.rest_dropped, "carrier")
        return _stands(group, puts, tracking_nos=tuple(box.tracking_no for box in boxes))

    def reject(self, number: str, reason: str) -> Packed:
        """It can't be sent from here: its units look for another warehouse, as when a warehouse system rejects. Raises BadInput."""
        with self._taken(number, even_recalled=True) as (work, group):
            match group.leader.fulfilment.state:
                case FulfilmentState.RECALLING:
                    agree_recall(work, group, self._now, self._actor)
                case FulfilmentState.PART_SHIPPED:
                    drop_rest(work, group, reason, self._now, self._actor)
                case _:
                    give_up(work, group, FulfilmentState.REJECTED, reason, self._now, self._actor)
            self._tx.execute(queries.unpack, {"fulfilment_id": group.leader.fulfilment.id})
            deliver_arrived(self._tx, work, work.rest_dropped, "carrier")
        return _stands(group)

    @contextmanager
    def _taken(self, number: str, *, even_recalled: bool = False) -> Iterator[tuple[Work, Group]]:
        """The fulfilment under lock, orders before fulfilments; what is decided inside is written at the end."""
        named = read_fulfilment_no(number)
        if named is None:
            raise BadInput(Reason.UNKNOWN_FULFILMENT)
        leader_id, attempt = named
        place = self._tx.execute(queries.place_of_fulfilment, {"id": leader_id, **self._seen}).fetchone()
        if place is None:
            raise BadInput(Reason.UNKNOWN_FULFILMENT)
        if place[0]:
            raise BadInput(Reason.NOT_WORKED_HERE)
        work = take(self._tx, [leader_id])
        group = work.groups[leader_id]
        reason = self._stopped(group, attempt, even_recalled=even_recalled)
        if reason is not None:
            raise BadInput(reason)
        yield work, group
        finish(self._tx, work, ids=self._ids, sealer=self._sealer, now=self._now)

    def _stopped(self, group: Group, attempt: int, *, even_recalled: bool) -> Reason | None:
        """Why nothing may be done with it any more, or with this slip of it."""
        fulfilment = group.leader.fulfilment
        if fulfilment.state in GONE:
            return Reason.ALREADY_SHIPPED
        if fulfilment.attempt != attempt or fulfilment.state not in OPEN:
            return Reason.CALLED_BACK
        if fulfilment.state == FulfilmentState.RECALLING and not even_recalled and not self._is_packed(group):
            return Reason.CALLED_BACK
        return None

    def _is_packed(self, group: Group) -> bool:
        leader = group.leader.fulfilment
        return self._tx.execute(queries.is_packed, {"fulfilment_id": leader.id, "attempt": leader.attempt}).fetchone() is not None

    def _close(self, group: Group) -> None:
        leader = group.leader.fulfilment
        named = {"fulfilment_id": leader.id, "attempt": leader.attempt, "by": self._actor, "now": self._now}
        self._tx.execute(queries.note_packed, named)
        for owned in travelling(group):
            note(owned.order, "packed", {"fulfilment": owned.fulfilment.id}, actor=self._actor)

    def _skus(self, codes: Sequence[str]) -> dict[str, Sku]:
        rows = self._tx.execute(queries.skus_of_codes, {"codes": sorted(set(codes))})
        return {code: Sku(sku_id, sku_code) for code, sku_id, sku_code in rows}

    def _wrong_boxes(self, boxes: Sequence[Box], skus: Mapping[str, Sku]) -> list[Problem]:
        carriers = {carrier.code for carrier in self._network.carriers.values()}
        wrong = [Problem(field=f"parcels.{n}.tracking_no", reason=Reason.NOT_A_WAYBILL) for n, box in enumerate(boxes) if box.tracking_no in skus]
        return wrong + [
            Problem(field=f"parcels.{n}.carrier", reason=Reason.UNKNOWN_CARRIER)
            for n, box in enumerate(boxes)
            if box.carrier_code and box.carrier_code not in carriers
        ]

    def _known(self, group: Group, skus: Mapping[str, Sku], tracking_nos: Sequence[str]) -> Known:
        carriers = {carrier.code: carrier.id for carrier in self._network.carriers.values()}
        leader = group.leader.fulfilment
        keys = [(carrier_id, number) for number in tracking_nos for carrier_id in {*carriers.values(), leader.carrier_id}]
        parcels = {(parcel.carrier_id, parcel.tracking_no): parcel for parcel in parcels_known(self._tx, [leader.id], keys)}
        return Known(skus={sku.code: sku.id for sku in skus.values()}, carriers=carriers, parcels=parcels, take_ids=self._ids.take, now=self._now)

    def _confirm(self, group: Group, boxes: Sequence[Box], puts: Sequence[Put], *, is_last: bool) -> DeliveryConfirm:
        """What a warehouse system would tell of the same parcels."""
        leader = group.leader.fulfilment
        codes = {row[0]: row[1] for row in self._tx.execute(queries.skus_by_id, {"ids": sorted({put.sku_id for put in puts})})}
        planned = self._network.carriers.get(leader.carrier_id)
        packages = tuple(
            Package(
                logistics_code=box.carrier_code or (planned.code if planned else ""),
                express_code=box.tracking_no,
                weight_g=box.weight_g,
                items=tuple(
                    PackageItem(item_code=codes[put.sku_id], quantity=put.quantity, order_line_no=put.key) for put in puts if put.parcel == n
                ),
            )
            for n, box in enumerate(boxes)
        )
        return DeliveryConfirm(
            delivery_order_code=fulfilment_no(leader.id, leader.attempt),
            out_biz_code=self._cause,
            confirm_type=CONFIRM_FINAL if is_last else CONFIRM_INTERMEDIATE,
            packages=packages,
            lines=tuple(ConfirmLine(order_line_no=put.key, item_code=codes[put.sku_id], actual_qty=put.quantity) for put in puts),
        )

    def _refuse_foreign_waybills(self, known: Known, group: Group, confirm: DeliveryConfirm) -> None:
        for package in confirm.packages:
            key = (known.carriers.get(package.logistics_code, group.leader.fulfilment.carrier_id), package.express_code)
            parcel = known.parcels.get(key)
            if parcel is not None and parcel.fulfilment_id != group.leader.fulfilment.id:
                raise BadInput(Reason.WAYBILL_TAKEN)


def wants_of(group: Group) -> list[Want]:
    """What still has to leave with this delivery order, lines of those that travel with it too."""
    return [
        Want(key=f"{owned.fulfilment.id}-{line.line_no}", sku_id=line.sku_id, quantity=line.open)
        for owned in travelling(group)
        for line in owned.fulfilment.lines
        if line.open
    ]


def _stands(group: Group, puts: Sequence[Put] = (), *, is_packed: bool = False, tracking_nos: tuple[str, ...] = ()) -> Packed:
    leader = group.leader.fulfilment
    is_open = leader.state in OPEN
    return Packed(
        no=fulfilment_no(leader.id, leader.attempt),
        state=FulfilmentState(leader.state).name.lower(),
        scanned=sum(put.quantity for put in puts),
        left=sum(want.quantity for want in wants_of(group)) if is_open else 0,
        is_packed=is_packed,
        tracking_nos=tracking_nos,
    )
