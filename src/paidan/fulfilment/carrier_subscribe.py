"""Asks the tracking service to tell what becomes of a parcel. Subscribing twice is the same as once, so a silence is answered by a repeat."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.counterparts.carriers import CARRIERS_BY_CODE
from paidan.counterparts.kuaidi100.client import Kuaidi100Client
from paidan.counterparts.kuaidi100.client import Parcel as Waybill
from paidan.fulfilment.calls import exchange_of
from paidan.fulfilment.links import LinkCache, TrackerLink
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.kernel.receiver import Receiver
from paidan.network.load import Carrier, Network, NetworkCache
from paidan.parties.masks import digits_of
from paidan.parties.store import unseal_receivers
from paidan.runtime.calling import RecordedDelay, RecordedFailure, RecordedRefusal
from paidan.runtime.database import Tx
from paidan.runtime.outbox import OutboxRow, Outcome, done, later, refused, unknown
from paidan.runtime.queries import load_queries
from paidan.runtime.sealing import Sealer
from paidan.runtime.slots import Slots

queries = load_queries("paidan.fulfilment")

SYSTEM = "kuaidi100"
TAIL = 4


TOGETHER = 4  # calls on their way at a time


class Loaded(Struct, frozen=True, kw_only=True):
    """What subscribing needs."""

    link: TrackerLink | None
    waybills: Mapping[int, Waybill | None]  # by parcel id; None: the service has no name for the carrier


class CarrierSubscribe:
    """The outbox delivery of `carrier.subscribe`; `ref_id` is the parcel. Without a tracking service there is nobody to tell."""

    kind = "carrier.subscribe"
    batch = 50

    def __init__(self, *, client: Kuaidi100Client, clock: Clock, sealer: Sealer, network: NetworkCache, links: LinkCache) -> None:
        self._client = client
        self._clock = clock
        self._sealer = sealer
        self._network = network
        self._links = links
        self._slots = Slots()

    def load(self, tx: Tx, rows: Sequence[OutboxRow]) -> Loaded:
        """Parcels with their carrier and ends of the way; some carriers want the phone's last digits."""
        version = cache_versions(tx)["network"]
        network, links = self._network.load(tx, version), self._links.load(tx, version)
        found = tx.execute(queries.parcels_to_track, {"ids": [row.ref_id for row in rows]}).fetchall()
        receivers = unseal_receivers(tx, [row[4] for row in found], self._sealer)
        waybills = {row[0]: _waybill(network, receivers.get(row[4]), row) for row in found}
        return Loaded(link=links.trackers[0] if links.trackers else None, waybills=waybills)

    def send(self, rows: Sequence[OutboxRow], loaded: Loaded) -> list[Outcome]:
        """A few side by side; when nobody answers the rest is left for later."""
        outcomes: list[Outcome] = []
        for start in range(0, len(rows), TOGETHER):
            if outcomes and outcomes[-1].unreachable:
                outcomes += [later(unreachable=True)] * len(rows[start : start + TOGETHER])
            else:
                outcomes += self._slots.map(lambda row: self._tell(row, loaded), rows[start : start + TOGETHER])
        return outcomes

    def _tell(self, row: OutboxRow, loaded: Loaded) -> Outcome:
        waybill = loaded.waybills.get(row.ref_id)
        if loaded.link is None:
            return done()
        return refused(Reason.UNKNOWN_CARRIER) if waybill is None else self._subscribe(loaded.link, waybill)

    def _subscribe(self, link: TrackerLink, waybill: Waybill) -> Outcome:
        now = self._clock.now()
        try:
            record = self._client.subscribe(link.kuaidi100, waybill)
        except RecordedFailure as failure:
            exchange = exchange_of(link.counterpart, failure.record, waybill.number, now, failure.code)
            if isinstance(failure, RecordedRefusal):
                return refused(Reason.COUNTERPART_REFUSED, exchanges=(exchange,))
            if isinstance(failure, RecordedDelay):
                return later(failure.retry_after_s, exchanges=(exchange,), unreachable=failure.record.status == 0)
            return unknown(exchanges=(exchange,))
        return done(exchanges=(exchange_of(link.counterpart, record, waybill.number, now, ""),))

    def apply(self, tx: Tx, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome]) -> None:
        """Nothing follows: the tracks come by themselves."""


def kuaidi100_name(carrier: Carrier) -> str:
    """How the service names a carrier: as the operator says, else as the default table does; empty when neither knows."""
    default = CARRIERS_BY_CODE.get(carrier.code)
    return carrier.code_by_system.get(SYSTEM) or (default.kuaidi100 if default else "")


def _waybill(network: Network, receiver: Receiver | None, row: tuple[object, ...]) -> Waybill | None:
    _, carrier_id, tracking_no, warehouse_id, _, city = row
    carrier = network.carriers.get(int(str(carrier_id)))
    company = kuaidi100_name(carrier) if carrier else ""
    if not company:
        return None
    warehouse = network.warehouses.get(int(str(warehouse_id)))
    digits = "" if receiver is None or receiver.masked else digits_of(receiver.phone)
    return Waybill(
        company=company,
        number=str(tracking_no),
        phone_tail=digits[-TAIL:],
        origin=f"{warehouse.province}{warehouse.city}" if warehouse else "",
        destination=str(city),
    )
