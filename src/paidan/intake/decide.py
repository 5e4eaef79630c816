"""Intake: messages become orders. Pure; ids, digests and the clock are arguments."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from msgspec import Struct

from paidan.catalog.load import ListingRef
from paidan.channels.facts import PlatformOrder
from paidan.intake.fold import end_conflict, fold, is_newer_receiver, new_order, open_conflict, platform_sold, receiver_edit
from paidan.kernel.reasons import Reason
from paidan.kernel.states import LineKind, OrderState
from paidan.network.load import Shop
from paidan.orders.batch import Batch, MessageOutcome, Order, ToldReceiver
from paidan.orders.commands import AT_WAREHOUSE
from paidan.parties.whereabouts import Digest, key_of, merge_key_of, place_of, region_of

BUCKETS = 64


class Parsed(Struct, frozen=True, kw_only=True):
    """A kept message whose body could be read."""

    message_id: int
    shop: Shop
    facts: PlatformOrder


class Known(Struct, frozen=True, kw_only=True):
    """What intake has loaded: orders we have, and what their platforms' names mean."""

    orders: Mapping[tuple[int, str], Order]
    listings: Mapping[tuple[int, str, str], tuple[int | None, int | None]]


def listing_refs(parsed: Sequence[Parsed], known: AbstractSet[tuple[int, str, str]] = frozenset()) -> list[ListingRef]:
    """Every listing named in these messages, once; those known already are left out."""
    told = {(p.shop.id, line.item_ref, line.sku_ref): line for p in parsed for line in p.facts.lines if not line.is_service}
    return [ListingRef(*key, told[key].merchant_code, told[key].title) for key in sorted(told.keys() - known if known else told)]


def decide(batch: Batch, parsed: Sequence[Parsed], known: Known, *, ids: Callable[[int], list[int]], digest: Digest) -> None:
    """Fold each message into its order; new and changed orders join the batch, each message gets its outcome.

    Messages of one order may come in any order; they are folded by the platform's version.
    """
    orders = dict(known.orders)
    sold_before = {key: platform_sold(order) for key, order in orders.items()}
    listings = _with_new_listings(batch, parsed, known, ids)
    in_batch = {order.id for order in batch.orders}
    fresh_ids = iter(ids(len({(p.shop.id, p.facts.platform_order_no) for p in parsed} - set(orders))))
    for p in sorted(parsed, key=lambda p: (p.facts.version_at, int(p.facts.status), p.message_id)):
        key = (p.shop.id, p.facts.platform_order_no)
        order = orders.get(key)
        if order is None:
            order = orders[key] = new_order(p.facts, order_id=next(fresh_ids), shop_id=p.shop.id, bucket=-1, now=batch.now)
            _take_receiver(order, p, digest)
            changed = True
        else:
            changed = fold(order, p.facts, now=batch.now)
            if is_newer_receiver(order, p.facts) and receiver_edit(order) is not None:
                changed |= _meet_edit(order, p, digest, batch.now)
            elif is_newer_receiver(order, p.facts):
                order.is_receiver_changed |= _take_receiver(order, p, digest) and not order.is_new
                order.is_changed = changed = True
        _know_listings(order, p, listings)
        if changed and order.buyer_digest is None and p.facts.buyer_ref:
            order.buyer_digest = digest("buyer", f"{p.shop.platform}:{p.shop.shop_group or p.shop.code}:{p.facts.buyer_ref}")
        if changed and order.id not in in_batch:
            in_batch.add(order.id)
            batch.orders.append(order)
        batch.outcomes.append(MessageOutcome(message_id=p.message_id, order_id=order.id))
    for key, order in orders.items():
        order.sold_by_listing = _difference(platform_sold(order), sold_before.get(key, {}))
        if order.is_new and order.state == OrderState.RECEIVED:
            order.due_at = batch.now


def _difference(after: Mapping[int, int], before: Mapping[int, int]) -> dict[int, int]:
    if not before:
        return {key: units for key, units in after.items() if units}
    return {key: change for key in after.keys() | before.keys() if (change := after.get(key, 0) - before.get(key, 0))}


def _with_new_listings(
    batch: Batch, parsed: Sequence[Parsed], known: Known, ids: Callable[[int], list[int]]
) -> dict[tuple[int, str, str], tuple[int | None, int | None]]:
    """Listings met for the first time get an id; those whose merchant code is a SKU's are mapped at once."""
    listings = dict(known.listings)
    unknown = listing_refs(parsed, {key for key, (listing_id, _) in listings.items() if listing_id is not None})
    for ref, listing_id in zip(unknown, ids(len(unknown)), strict=True):
        key = (ref.shop_id, ref.item_ref, ref.sku_ref)
        sku_id = listings.get(key, (None, None))[1]
        listings[key] = (listing_id, sku_id)
        batch.new_listings.append((listing_id, sku_id, ref))
    return listings


def _know_listings(order: Order, p: Parsed, listings: Mapping[tuple[int, str, str], tuple[int | None, int | None]]) -> None:
    """Tell each line its listing, and its SKU when the listing is mapped and nothing was decided for the line yet."""
    by_ref = {line.line_ref: line for line in order.lines if line.parent_line_no is None}
    for told in p.facts.lines:
        line = by_ref[told.line_ref]
        if line.kind == LineKind.SERVICE:
            continue
        line.listing_id, sku_id = listings[p.shop.id, told.item_ref, told.sku_ref]
        if line.sku_id is None:
            line.sku_id = sku_id


def _take_receiver(order: Order, p: Parsed, digest: Digest) -> bool:
    """The receiver as the platform tells it: where it is, and the keys by which orders meet. The sealing is the owner's work, later.

    False: the same person at the same place as before, told again.
    """
    receiver = p.facts.receiver
    if receiver is None:
        if order.bucket < 0:
            order.bucket = _bucket(digest("order", f"{order.shop_id}:{order.platform_order_no}"))
        return False
    order.receiver_version_at = p.facts.version_at
    key = key_of(receiver, digest)
    if key == order.receiver_digest:
        if order.is_cod_changed:
            order.merge_key = _merge_key(order, p, key, digest)
        return False
    order.receiver_digest = key
    order.new_receiver = receiver
    place = place_of(receiver)
    order.region, order.address_problem = region_of(place, receiver), "" if place.adcode or receiver.country != "CN" else "failed"
    if order.bucket < 0:
        order.bucket = _bucket(key)
    order.merge_key = _merge_key(order, p, key, digest)
    return True


def _meet_edit(order: Order, p: Parsed, digest: Digest, now: datetime) -> bool:
    """The platform tells a receiver whom a person has edited here: ours stays, theirs is kept beside it. Another one than before waits for people.

    What a warehouse has is asked back, as without an edit: it must not leave before they have chosen.
    """
    receiver = p.facts.receiver
    if receiver is None:
        return False
    order.receiver_version_at = p.facts.version_at
    key = key_of(receiver, digest)
    if key == order.their_digest:
        return False
    order.their_digest = key
    if key == order.receiver_digest:  # it was changed there as it was here
        order.receiver_beside, order.is_receiver_changed = None, False
        order.edits = dict(order.edits or {}) | {"receiver": {"theirs": str(order.receiver_id)}}
        end_conflict(order, Reason.EDIT_CONFLICT, now)
        return True
    order.receiver_beside = ToldReceiver(receiver=receiver, region=region_of(place_of(receiver), receiver), digest=key)
    is_asked = open_conflict(order, Reason.EDIT_CONFLICT, now)
    order.is_receiver_changed |= any(fulfilment.state in AT_WAREHOUSE for fulfilment in order.fulfilments)
    order.tell("platform_receiver_changed", {"reason": str(Reason.EDIT_CONFLICT)} if is_asked else None)
    return True


def _merge_key(order: Order, p: Parsed, key: bytes, digest: Digest) -> bytes | None:
    """A masked receiver is no key: only the platform's own merge call may say that two are one."""
    if order.is_cod or p.facts.receiver is None or p.facts.receiver.masked:
        return None
    return merge_key_of(key, p.shop, order.currency, digest)


def _bucket(key: bytes) -> int:
    return key[0] % BUCKETS
