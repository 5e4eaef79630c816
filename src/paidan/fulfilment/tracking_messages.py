"""The step that takes up tracks (物流轨迹): each scan is written once, a parcel stands where all its scans say, in whatever order they came."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from paidan.catalog.load import cache_versions
from paidan.counterparts.carriers import CARRIERS_BY_KUAIDI100
from paidan.counterparts.forms import read_form
from paidan.counterparts.kuaidi100.push import read_param
from paidan.counterparts.kuaidi100.tracking import TrackingEvent, TrackingUpdate, event_key
from paidan.counterparts.kuaidi100.translate import FINAL_STATES, standing
from paidan.fulfilment.arrived import deliver_arrived
from paidan.fulfilment.carrier_subscribe import SYSTEM
from paidan.fulfilment.load import finish, take
from paidan.fulfilment.meanings import Meanings
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.kernel.states import ParcelState
from paidan.network.load import Network, NetworkCache
from paidan.orders.parcels import Parcel, ParcelKey, TrackRow, add_track, lock_parcels, tracks, update_parcels
from paidan.orders.store import Told, write_told
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import MessageState
from paidan.runtime.passes import PassReport
from paidan.runtime.sealing import Sealer
from paidan.runtime.strict_json import SIZE_MAX
from paidan.runtime.waiting import WaitingMessage, read_waiting, settle_messages, waiting_ids

BUCKET_FROM = 128
ACTOR = "carrier"
KEY_BYTES = 16
# Mobile numbers with or without +86, landlines with area code, 400 and 800 numbers; waybills are longer or have letters about them.
PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|[2-8]\d{6,7})(?![0-9A-Za-z])"
)


class Track(Struct, frozen=True):
    """One push, read: the message it came by and the parcel it speaks of."""

    message_id: int
    key: ParcelKey
    update: TrackingUpdate


class TrackingMessages:
    """A passes.Step over the pushes of tracking services (buckets 128 to 191)."""

    name = "tracking_messages"

    def __init__(self, *, ids: IdSource, sealer: Sealer, network: NetworkCache) -> None:
        self._ids = ids
        self._sealer = sealer
        self._network = network
        self._meanings: Meanings | None = None

    def claim(self, tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[WaitingMessage]:
        """The oldest messages that wait in these buckets, locked."""
        del now
        return read_waiting(tx, self._sealer, waiting_ids(tx, [bucket + BUCKET_FROM for bucket in buckets], limit))

    def set_aside(self, tx: Tx, item: WaitingMessage, error: BaseException, now: datetime) -> None:
        """Keep the one message that can't be decided for people."""
        del now
        reason = error.reason if isinstance(error, BadInput) else Reason.POISON
        settle_messages(tx, [(item.id, MessageState.SET_ASIDE, str(reason))])

    def run(self, tx: Tx, items: list[WaitingMessage], now: datetime) -> PassReport:
        """Read, write scans and standings, deliver what has arrived. The number of statements does not depend on the number of messages."""
        network = self._network.load(tx, cache_versions(tx)["network"])
        if self._meanings is None or self._meanings.version != network.version:
            self._meanings = Meanings(network)
        read, refused = _read(items, _carriers(network))
        parcels = {(parcel.carrier_id, parcel.tracking_no): parcel for parcel in lock_parcels(tx, [track.key for track in read])}
        for track in read:
            if track.key not in parcels:
                refused[track.message_id] = Reason.UNKNOWN_PARCEL
        mine = [track for track in read if track.key in parcels]
        self._follow(tx, mine, parcels, self._meanings, now)
        outcomes = [(item.id, MessageState.SET_ASIDE if item.id in refused else MessageState.DONE, str(refused.get(item.id, ""))) for item in items]
        settle_messages(tx, outcomes)
        return PassReport(outcomes={"done": len(items) - len(refused), "unknown": len(refused)})

    def _follow(self, tx: Tx, read: Sequence[Track], parcels: Mapping[ParcelKey, Parcel], meanings: Meanings, now: datetime) -> None:
        known = tracks(tx, [parcel.id for parcel in parcels.values()])
        rows = _new_rows(read, parcels, known, meanings)
        add_track(tx, rows)
        moved = _moved({row.parcel_id for row in rows}, parcels, known, meanings)
        update_parcels(tx, [(parcel.id, int(state), at if state == ParcelState.DELIVERED else None) for parcel, state, at in moved])
        told = [
            Told(order_id=order_id, step="tracking", actor=ACTOR, detail={"parcel": parcel.tracking_no, "state": state.name, "at": at.isoformat()})
            for parcel, state, at in moved
            for order_id in sorted(parcel.order_ids)
        ]
        write_told(tx, told, ids=self._ids, now=now)
        arrived = [parcel.fulfilment_id for parcel, state, _ in moved if state == ParcelState.DELIVERED]
        if arrived:
            self._deliver(tx, arrived, now)

    def _deliver(self, tx: Tx, fulfilment_ids: Sequence[int], now: datetime) -> None:
        """Locks come first: a parcel that is being added meanwhile is seen."""
        work = take(tx, fulfilment_ids)
        deliver_arrived(tx, work, fulfilment_ids, ACTOR)
        finish(tx, work, ids=self._ids, sealer=self._sealer, now=now)


def _carriers(network: Network) -> dict[str, int]:
    """Carriers by the service's name of them: as operators say, else by the default table."""
    by_code = {carrier.code: carrier.id for carrier in network.carriers.values()}
    default = {name: by_code[names.code] for name, names in CARRIERS_BY_KUAIDI100.items() if names.code in by_code}
    return default | {carrier.code_by_system[SYSTEM]: carrier.id for carrier in network.carriers.values() if SYSTEM in carrier.code_by_system}


def _read(items: Sequence[WaitingMessage], carriers: Mapping[str, int]) -> tuple[list[Track], dict[int, Reason]]:
    read: list[Track] = []
    refused: dict[int, Reason] = {}
    for item in items:
        try:
            update = read_param(read_form(item.body, SIZE_MAX).get("param", ""))
        except BadInput as bad:
            refused[item.id] = bad.reason
            continue
        carrier_id = carriers.get(update.company)
        if carrier_id is None:
            refused[item.id] = Reason.UNKNOWN_CARRIER
        else:
            read.append(Track(item.id, (carrier_id, update.number), update))
    return read, refused


def _new_rows(
    read: Sequence[Track], parcels: Mapping[ParcelKey, Parcel], known: dict[int, dict[bytes, tuple[datetime, str]]], meanings: Meanings
) -> list[TrackRow]:
    """The scans not told before; `known` learns of them."""
    rows = []
    for track in read:
        parcel = parcels[track.key]
        mine = known.setdefault(parcel.id, {})
        for told, event in zip(track.update.events, _events(track.update), strict=True):
            key = blake2b(event_key(track.update.company, track.update.number, told).encode(), digest_size=KEY_BYTES).digest()
            if key in mine or event.code.upper() in meanings.tracking_masked:
                continue
            mine[key] = (event.at, event.code)
            state = meanings.tracking.get(event.code, ParcelState.IN_TRANSIT)
            rows.append(TrackRow(parcel_id=parcel.id, event_key=key, at=event.at, code=event.code, state=int(state), text=hide_phones(event.text)))
    return rows


def _events(update: TrackingUpdate) -> Sequence[TrackingEvent]:
    """Where the service gives scans no code of their own, the newest has that of the whole track."""
    events = list(update.events)
    if events and not events[-1].code and update.code:
        events[-1] = msgspec.structs.replace(events[-1], code=update.code)
    return events


def _moved(
    parcel_ids: set[int], parcels: Mapping[ParcelKey, Parcel], known: Mapping[int, Mapping[bytes, tuple[datetime, str]]], meanings: Meanings
) -> list[tuple[Parcel, ParcelState, datetime]]:
    """Parcels that stand elsewhere now, and since when; an end is never left."""
    moved = []
    for parcel in parcels.values():
        if parcel.id not in parcel_ids or ParcelState(parcel.state) in FINAL_STATES:
            continue
        events = [TrackingEvent(at=at, code=code) for at, code in known[parcel.id].values()]
        state = standing(events, meanings.tracking)
        if state != parcel.state:
            since = max(event.at for event in events if meanings.tracking.get(event.code) == state)
            moved.append((parcel, state, since))
    return sorted(moved, key=lambda row: row[0].id)


def hide_phones(text: str) -> str:
    """A track's text with the phone numbers of couriers and stations hidden but for three digits."""
    return PHONE.sub(lambda match: match[1][:3] + "*" * (len(match[1]) - 3), text)
