"""Landing: what a platform said of an order is kept whole before anybody reads it, each telling once however often its window is read.

A telling is (shop, order number, platform version, digest of the body). The inbox remembers it as `v:<number>:<version, µs>:<digest>`, with a `+`
when it was read so long after its version that nothing of that version can still be to come: a platform's time has whole seconds, and an order
may change twice within one. Only such versions count as known, so only those are not read again.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final
from zlib import crc32

from msgspec import Struct

from paidan.channels.platform import RawOrder, Version
from paidan.intake.load import SHOP
from paidan.network.load import Shop
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.inbox import Arrival, take_in
from paidan.runtime.messages import InboundMessage, MessageState, keep_and_tell
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array
from paidan.runtime.sealing import Sealer

BUCKETS: Final = 64
SETTLED_AFTER: Final = timedelta(seconds=3)  # a second of the platform's time, and two by which clocks may differ
SETTLED: Final = "+"
DIGEST_SIZE: Final = 12
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

queries = load_queries("paidan.intake", "pulls.sql")


class Subject(Struct, frozen=True, kw_only=True):
    """What a telling is about: `kind` in the message log, `mark` before its references in the inbox, whether a pass waits for it."""

    kind: str
    mark: str
    is_awaited: bool


ORDERS: Final = Subject(kind="order", mark="v", is_awaited=True)
REFUNDS: Final = Subject(kind="refund", mark="r", is_awaited=False)  # kept for the log; its order is read again beside it


class Landed(Struct, frozen=True, kw_only=True):
    """Ids of the messages kept, in order of coming; how many were kept before; the platform's numbers of the orders told anew."""

    message_ids: tuple[int, ...] = ()
    repeated: int = 0
    told: frozenset[str] = frozenset()


def bucket_of(shop_id: int, platform_order_no: str) -> int:
    """The bucket (0..63) in which all messages of one platform order wait, whatever door they came by."""
    return crc32(f"{shop_id}:{platform_order_no}".encode()) % BUCKETS


def counterpart_of(shop: Shop) -> str:
    """The shop's name in the message log."""
    return SHOP + shop.code


def land(
    tx: Tx,
    ids: IdSource,
    sealer: Sealer,
    shop: Shop,
    raw_orders: Sequence[RawOrder],
    now: datetime,
    via: str,
    *,
    read_at: datetime | None = None,
    subject: Subject = ORDERS,
) -> Landed:
    """Keep raw orders for the pass; those kept before are counted and not kept again. Four statements at most.

    `read_at`: not later than the moment they were read from the platform; unknown: they never count as settled.
    """
    if not raw_orders:
        return Landed()
    kept = _kept_tellings(tx, shop, raw_orders, subject)
    fresh: dict[str, RawOrder] = {}
    settled: list[Arrival] = []
    for raw in raw_orders:
        ref, is_settled = _ref(raw, subject), _is_settled(raw.version_at, read_at)
        if ref in kept:
            if is_settled and ref + SETTLED not in kept:
                settled.append(Arrival(source=counterpart_of(shop), message_ref=ref + SETTLED, message_id=kept[ref]))
        elif ref + SETTLED not in kept:
            fresh.setdefault(ref + SETTLED * is_settled, raw)
    messages = [_message(shop, raw, subject, ref, now, via) for ref, raw in fresh.items()]
    told = keep_and_tell(tx, ids, sealer, messages) if messages else []
    if settled:
        take_in(tx, settled)
    new = {one.id: message.business_key for one, message in zip(told, messages, strict=True) if one.state != MessageState.DUPLICATE}
    return Landed(message_ids=tuple(new), repeated=len(raw_orders) - len(new), told=frozenset(new.values()))


def known_versions(tx: Tx, shop: Shop, versions: Collection[Version], subject: Subject = ORDERS) -> frozenset[Version]:
    """Those of the versions that have landed, read when they were settled: reading them again would bring nothing new. One statement."""
    by_prefix = {_prefix(version, subject): version for version in versions}
    rows = _refs(tx, shop, by_prefix)
    return frozenset(by_prefix[prefix] for prefix, rest, _ in rows if rest.endswith(SETTLED))


def landed_orders(tx: Tx, shop: Shop, order_nos: Collection[str]) -> frozenset[str]:
    """Those of the orders of which any telling has landed through `land`. One statement."""
    if not order_nos:
        return frozenset()
    prefixes = {f"{ORDERS.mark}:{order_no}:" for order_no in order_nos}
    rows = tx.execute(queries.landed_refs, {"source": counterpart_of(shop), "prefixes": sorted(prefixes)})
    landed = {ref.removeprefix(f"{ORDERS.mark}:").rsplit(":", 2)[0] for ref, _ in rows}
    return frozenset(order_nos) & landed


def _ref(raw: RawOrder, subject: Subject) -> str:
    """What names a telling in the inbox."""
    return _prefix((raw.business_key, raw.version_at), subject) + blake2b(raw.body, digest_size=DIGEST_SIZE).hexdigest()


def _prefix(version: Version, subject: Subject) -> str:
    order_no, at = version
    return f"{subject.mark}:{order_no}:{(at - _EPOCH) // timedelta(microseconds=1)}:"


def _is_settled(version_at: datetime, read_at: datetime | None) -> bool:
    return read_at is not None and read_at >= version_at + SETTLED_AFTER


def _kept_tellings(tx: Tx, shop: Shop, raw_orders: Sequence[RawOrder], subject: Subject) -> dict[str, int]:
    """References of all tellings of these versions, with the message that keeps each."""
    prefixes = {_prefix((raw.business_key, raw.version_at), subject) for raw in raw_orders}
    return {prefix + rest: message_id for prefix, rest, message_id in _refs(tx, shop, prefixes)}


def _refs(tx: Tx, shop: Shop, prefixes: Collection[str]) -> list[tuple[str, str, int]]:
    """(prefix, digest with its mark, message id). An order number with a colon may begin like another one's prefix: those are left out."""
    if not prefixes:
        return []
    rows = tx.execute(queries.landed_refs, {"source": counterpart_of(shop), "prefixes": array(sorted(prefixes))})
    cut = [(ref[: ref.rindex(":") + 1], ref[ref.rindex(":") + 1 :], message_id) for ref, message_id in rows]
    return [row for row in cut if row[0] in prefixes]


def _message(shop: Shop, raw: RawOrder, subject: Subject, ref: str, now: datetime, via: str) -> InboundMessage:
    return InboundMessage(
        counterpart=counterpart_of(shop),
        kind=subject.kind,
        body=raw.body,
        at=now,
        business_key=raw.business_key,
        bucket=bucket_of(shop.id, raw.business_key) if subject.is_awaited else None,
        message_ref=ref,
        state=MessageState.WAITING if subject.is_awaited else MessageState.DONE,
        meta={**raw.meta, "via": via, "version": raw.version_at.isoformat()},
    )
