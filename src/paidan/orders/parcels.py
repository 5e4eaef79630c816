"""Parcels (包裹), their tracks, and the marks shipping leaves on fulfilments: read under lock and written here only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from paidan.kernel.states import ParcelState
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array, columns, copy

queries = load_queries("paidan.orders", "parcels.sql")

ParcelKey = tuple[int, str]  # carrier_id, tracking_no


class Parcel(Struct, kw_only=True):
    """One box: known, or (`is_new`) packed by the message that is being read. `order_ids`: whose units it carries. Weight in grams."""

    id: int
    fulfilment_id: int
    carrier_id: int
    tracking_no: str
    state: int = ParcelState.CREATED
    order_ids: set[int] = field(default_factory=set)
    weight_g: int = 0
    shipped_at: datetime | None = None
    is_new: bool = False


class ParcelLine(Struct, frozen=True, kw_only=True):
    """Units of one fulfilment line in one parcel."""

    parcel_id: int
    order_id: int
    line_no: int
    fulfilment_id: int
    quantity: int


class TrackRow(Struct, frozen=True, kw_only=True):
    """One scan of one parcel; `event_key` is the same in every telling, `text` shows no phone number."""

    parcel_id: int
    event_key: bytes
    at: datetime
    code: str
    state: int
    text: str = ""


def parcels_known(tx: Tx, fulfilment_ids: Iterable[int], keys: Iterable[ParcelKey]) -> list[Parcel]:
    """Parcels of these (locked) fulfilments and parcels of these carriers and numbers."""
    return _parcels(tx.execute(queries.parcels_known, {"fulfilment_ids": array(sorted(set(fulfilment_ids))), **_keys(keys)}).fetchall())


def lock_parcels(tx: Tx, keys: Iterable[ParcelKey]) -> list[Parcel]:
    """Parcels by carrier and number, locked in key order."""
    return _parcels(tx.execute(queries.lock_parcels, _keys(keys)).fetchall())


def _keys(keys: Iterable[ParcelKey]) -> dict[str, list[object]]:
    return columns(("carrier_ids", "tracking_nos"), sorted(set(keys)))


def _parcels(rows: Sequence[tuple[int, int, int, str, int, list[int]]]) -> list[Parcel]:
    return [Parcel(id=row[0], fulfilment_id=row[1], carrier_id=row[2], tracking_no=row[3], state=row[4], order_ids=set(row[5])) for row in rows]


def write_parcels(tx: Tx, parcels: Iterable[Parcel], lines: Iterable[ParcelLine]) -> None:
    """Write new parcels, and what went into new and known ones; their fulfilments are locked."""
    new = [parcel for parcel in parcels if parcel.is_new]
    copy(
        tx,
        queries.copy_parcels,
        ((p.id, p.fulfilment_id, p.carrier_id, p.tracking_no, p.weight_g, p.shipped_at) for p in new),
        any_rows=bool(new),
    )
    quantities: dict[tuple[int, int, int, int], int] = {}
    for line in lines:
        key = (line.parcel_id, line.order_id, line.line_no, line.fulfilment_id)
        quantities[key] = quantities.get(key, 0) + line.quantity
    if quantities:
        rows = [(*key, quantity) for key, quantity in sorted(quantities.items())]
        tx.execute(queries.add_parcel_lines, columns(("parcel_id", "order_id", "line_no", "fulfilment_id", "quantity"), rows))


def mark_told(tx: Tx, parcels: Iterable[tuple[int, int]], now: datetime) -> None:
    """Note that the platform knows of these: (parcel id, order id)."""
    rows = sorted(set(parcels))
    if rows:
        tx.execute(queries.mark_told, {**columns(("parcel_ids", "order_ids"), rows), "now": now})


def mark_accepted(tx: Tx, wms_refs: Mapping[int, str]) -> None:
    """Note the warehouse's own numbers, by fulfilment id; the rows are locked."""
    rows = sorted((fulfilment_id, ref) for fulfilment_id, ref in wms_refs.items() if ref)
    if rows:
        tx.execute(queries.mark_accepted, columns(("ids", "wms_refs"), rows))


def mark_shipped(tx: Tx, ats: Mapping[int, datetime]) -> None:
    """Note when fulfilments began to leave; the rows are locked."""
    if ats:
        tx.execute(queries.mark_shipped, columns(("ids", "ats"), sorted(ats.items())))


def mark_delivered(tx: Tx, ats: Mapping[int, datetime]) -> None:
    """Note when fulfilments arrived; the rows are locked."""
    if ats:
        tx.execute(queries.mark_delivered, columns(("ids", "ats"), sorted(ats.items())))


def tracks(tx: Tx, parcel_ids: Sequence[int]) -> dict[int, dict[bytes, tuple[datetime, str]]]:
    """What is known of the tracks of (locked) parcels: parcel id → event key → (instant, code)."""
    found: dict[int, dict[bytes, tuple[datetime, str]]] = {}
    for parcel_id, event_key, at, code in tx.execute(queries.tracks, {"ids": array(parcel_ids)}, binary=True).fetchall():
        found.setdefault(parcel_id, {})[event_key] = (at, code)
    return found


def add_track(tx: Tx, rows: Sequence[TrackRow]) -> None:
    """Write scans that were not told before."""
    if rows:
        values = [(r.parcel_id, r.event_key, r.at, r.code, r.state, r.text) for r in rows]
        tx.execute(queries.add_tracking_events, columns(("parcel_id", "event_key", "at", "code", "state", "text"), values))


def update_parcels(tx: Tx, standings: Sequence[tuple[int, int, datetime | None]]) -> None:
    """Write where (locked) parcels stand: (id, state, when it was delivered)."""
    if standings:
        tx.execute(queries.update_parcels, columns(("ids", "states", "delivered_ats"), sorted(standings, key=lambda row: row[0])))


def arrived_fulfilments(tx: Tx, fulfilment_ids: Iterable[int]) -> dict[int, datetime]:
    """Of these fulfilments (leaders), those whose every parcel was delivered, and when the last was."""
    rows = tx.execute(queries.arrived_fulfilments, {"fulfilment_ids": array(sorted(set(fulfilment_ids)))})
    return dict(rows.fetchall())
