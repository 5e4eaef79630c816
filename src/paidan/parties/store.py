"""The only writer and unsealer of receivers: one sealed blob each, keyed digests to find it by, masks to show."""

from collections.abc import Sequence

import msgspec

from paidan.kernel.receiver import Receiver
from paidan.orders.batch import Order
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
    """Each receiver told in this pass becomes a record of its own; the order points at it."""
    told = [order for order in orders if order.new_receiver is not None]
    for order, receiver_id in zip(told, ids.take(len(told)), strict=True):
        order.receiver_id = receiver_id


def write_receivers(tx: Tx, orders: Sequence[Order], sealer: Sealer) -> None:
    """Seal and store the receivers told in this pass."""
    told = [(order, order.new_receiver) for order in orders if order.new_receiver is not None]
    copy(tx, queries.copy_receivers, (_row(order, receiver, sealer) for order, receiver in told), any_rows=bool(told), types=RECEIVER_TYPES)


def _row(order: Order, receiver: Receiver, sealer: Sealer) -> tuple[object, ...]:
    digits = "" if receiver.masked else digits_of(receiver.phone)
    region = order.region
    return (
        order.receiver_id,
        sealer.seal(_encode(receiver), bound_to=f"receiver:{order.receiver_id}"),
        sealer.digest("phone_tail", digits[-4:]) if digits else None,
        sealer.digest("phone", digits) if digits else None,
        order.receiver_digest,
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


def unseal_receivers(tx: Tx, ids: Sequence[int], sealer: Sealer) -> dict[int, Receiver]:
    """Receivers in clear, by id: for rendering to a counterpart, or after a logged reveal. Erased ones are absent."""
    rows = tx.execute(queries.receivers, {"ids": sorted(set(ids))}, binary=True)
    return {row[0]: _decode(sealer.unseal(row[1], bound_to=f"receiver:{row[0]}")) for row in rows if row[1] is not None}
