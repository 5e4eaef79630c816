"""Reads what intake decides over: messages, the orders they speak of, the listings they name."""

from collections.abc import Callable, Mapping, Sequence

from paidan.catalog.load import listing_skus, resolve_listings
from paidan.channels.facts import PlatformOrder
from paidan.intake.decide import Known, Parsed, listing_refs
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.network.load import Network
from paidan.orders.batch import MessageOutcome, Order
from paidan.orders.load import load_orders, order_ids_by_key
from paidan.runtime.database import Tx
from paidan.runtime.waiting import WaitingMessage

Codec = Callable[[bytes], PlatformOrder]

SHOP = "shop:"


def parse(messages: Sequence[WaitingMessage], network: Network, codecs: Mapping[str, Codec]) -> tuple[list[Parsed], list[MessageOutcome]]:
    """Read the bodies; what cannot be read is set aside with its reason, whole and replayable."""
    parsed, unreadable = [], []
    shops = {shop.code: shop for shop in network.shops.values()}
    for message in messages:
        shop = shops.get(message.counterpart.removeprefix(SHOP))
        if shop is None:
            unreadable.append(MessageOutcome(message_id=message.id, reason=Reason.UNKNOWN_SHOP))
            continue
        try:
            facts = codecs[shop.platform](message.body)
        except BadInput as bad:
            unreadable.append(MessageOutcome(message_id=message.id, reason=bad.reason, detail=bad.detail))
            continue
        parsed.append(Parsed(message_id=message.id, shop=shop, facts=facts))
    return parsed, unreadable


def load(tx: Tx, parsed: Sequence[Parsed], due_order_ids: Sequence[int]) -> tuple[Known, list[Order]]:
    """The orders these messages speak of and those that are due, in six statements; gives (known, all orders loaded)."""
    keys = sorted({(p.shop.id, p.facts.platform_order_no) for p in parsed})
    ids_by_key = order_ids_by_key(tx, keys) if keys else {}
    wanted = sorted({*ids_by_key.values(), *due_order_ids})
    orders = load_orders(tx, wanted) if wanted else []
    by_id = {order.id: order for order in orders}
    refs = listing_refs(parsed)
    listings = {(ref.shop_id, ref.item_ref, ref.sku_ref): found for ref, found in zip(refs, resolve_listings(tx, refs), strict=True)}
    return Known(orders={key: by_id[order_id] for key, order_id in ids_by_key.items()}, listings=listings), orders


def map_again(tx: Tx, orders: Sequence[Order]) -> None:
    """Lines whose listing was not mapped when they came are matched again. One statement, and only if there are any."""
    unmapped = [line for order in orders for line in order.work_lines() if line.sku_id is None and line.listing_id is not None]
    if not unmapped:
        return
    skus = listing_skus(tx, sorted({line.listing_id for line in unmapped if line.listing_id is not None}))
    for line in unmapped:
        line.sku_id = skus.get(line.listing_id or 0)
