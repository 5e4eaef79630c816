"""The only writer and unsealer of receivers: one sealed blob each, keyed digests to find it by, masks to show."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from paidan.kernel.receiver import Receiver
from paidan.orders.batch import Order, Region
from paidan.parties.masks import digits_of, mask_name, mask_phone
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import copy
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.parties")

RECEIVER_TYPES = "int8 bytea bytea bytea bytea text text text text text text text float4 float4 bool".split()  # as the columns of copy_receivers

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Receiver).decode


def give_receiver_ids(orders: Sequence[Order], ids: IdSource) -> None:
    """Each receiver told in this pass becomes a record of its own; the order points at it, or its edit does."""
    told = [order for order in orders if order.new_receiver is not None]
    for order, receiver_id in zip(told, ids.take(len(told)), strict=True):
        order.receiver_id = receiver_id
    beside = [order for order in orders if order.receiver_beside is not None]
    for order, receiver_id in zip(beside, ids.take(len(beside)) if beside else (), strict=True):
        order.edits = dict(order.edits or {}) | {"receiver": {"theirs": str(receiver_id)}}


def write_receivers(tx: Tx, orders: Sequence[Order], sealer: Sealer) -> None:
    """Seal and store the receivers told in this pass."""
    told = [
        _row(order.receiver_id, order.new_receiver, order.region, order.receiver_digest, sealer) for order in orders if order.new_receiver is not None
    ]
    for order in orders:
        if (beside := order.receiver_beside) is not None:
            theirs = int((order.edits or {})["receiver"]["theirs"])
            told.append(_row(theirs, beside.receiver, beside.region, beside.digest, sealer))
    copy(tx, queries.copy_receivers, told, any_rows=bool(told), types=RECEIVER_TYPES)


def _row(receiver_id: int | None, receiver: Receiver, region: Region | None, key: bytes | None, sealer: Sealer) -> tuple[object, ...]:
    digits = "" if receiver.masked else digits_of(receiver.phone)
    return (
        receiver_id,
        sealer.seal(_encode(receiver), bound_to=f"receiver:{receiver_id}"),
        sealer.digest("phone_tail", digits[-4:]) if digits else None,
        sealer.digest("phone", digits) if digits else None,
        key,
        mask_name(receiver.name),
        mask_phone(receiver.phone),
        receiver.country,
        region.province if region else "",
        region.city if region else "",
        region.district if region else "",
        region.adcode if region else "",
        region.longitude if region else 0.0,
        region.latitude if region else 0.0,
        receiver.masked,
    )


class StoredReceiver(Struct, frozen=True, kw_only=True):
    """A stored receiver without what is personal: where it is, and its key. `key` None: erased."""

    region: Region
    key: bytes | None
    is_masked: bool


def stored_receiver(tx: Tx, receiver_id: int) -> StoredReceiver | None:
    """One receiver as it is stored."""
    row = tx.execute(queries.stored_receiver, {"id": receiver_id}).fetchone()
    if row is None:
        return None
    country, adcode, province, city, district, longitude, latitude, key, is_masked = row
    region = Region(country=country, adcode=adcode, province=province, city=city, district=district, longitude=longitude, latitude=latitude)
    return StoredReceiver(region=region, key=key, is_masked=is_masked)


def unseal_receivers(tx: Tx, ids: Sequence[int], sealer: Sealer) -> dict[int, Receiver]:
    """Receivers in clear, by id: for rendering to a counterpart, or after a logged reveal. Erased ones are absent."""
    return open_receivers(tx.execute(queries.receivers, {"ids": sorted(set(ids))}, binary=True), sealer)


def open_receivers(sealed: Iterable[Sequence[Any]], sealer: Sealer) -> dict[int, Receiver]:
    """Receivers in clear of pairs of an id and its sealed blob, as another statement has brought them along. Erased ones are absent."""
    return {receiver_id: _decode(sealer.unseal(blob, bound_to=f"receiver:{receiver_id}")) for receiver_id, blob in sealed if blob is not None}
