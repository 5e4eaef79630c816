"""Checks that hold an order whatever the rules say: payment, amounts, address, mapping, refunds. Pure; each gives findings or none."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from paidan.audit.refunds import BETWEEN, undecided
from paidan.catalog.load import Sku
from paidan.channels.facts import PlatformStatus
from paidan.kernel.reasons import Reason
from paidan.kernel.states import LineKind
from paidan.orders.batch import BY_PLATFORM, Order
from paidan.parties.addresses.parse import keys_of


class Finding(Struct, frozen=True):
    """A reason to hold, a note without personal data, and where it comes from (`system`, or a rule: `audit@3#big`)."""

    reason: Reason
    note: str = ""
    origin: str = "system"


SYSTEM_REASONS = frozenset(
    {
        Reason.UNKNOWN_SHOP,
        Reason.PLATFORM_FORBIDS,
        Reason.PRESALE_BALANCE_OPEN,
        Reason.AMOUNTS_DISAGREE,
        Reason.ADDRESS_UNPARSED,
        Reason.LISTING_UNMAPPED,
        Reason.BUNDLE_WITHOUT_PARTS,
        Reason.GOODS_OFF_SALE,
        Reason.GOODS_FORBIDDEN_HERE,
        Reason.REFUND_REQUESTED,
    },
)
"""Reasons these checks own: a hold for one of them is closed by itself when its cause goes away."""

WITHOUT_SHARE = frozenset({LineKind.PART, LineKind.GIFT})  # what was paid for them stands in other lines, or nowhere


def check(order: Order, skus: Mapping[int, Sku], bans: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """Everything that keeps the order from going on."""
    if order.platform_status == PlatformStatus.FORBIDDEN:
        yield Finding(Reason.PLATFORM_FORBIDS)
    if order.is_presale_open:
        yield Finding(Reason.PRESALE_BALANCE_OPEN)
    if _amounts_disagree(order):
        yield Finding(Reason.AMOUNTS_DISAGREE)
    if order.region is None or order.address_problem or (order.region.country == "CN" and not order.region.adcode):
        yield Finding(Reason.ADDRESS_UNPARSED)
    if requests := undecided(order):
        yield Finding(Reason.REFUND_REQUESTED, BETWEEN.join(requests))
    if order.platform_status >= PlatformStatus.PART_SHIPPED and _is_shipped_elsewhere(order):
        yield Finding(Reason.ALREADY_SHIPPED, origin=BY_PLATFORM)
    yield from _check_goods(order, skus, bans)


def _amounts_disagree(order: Order) -> bool:
    """Goods less discount plus freight and surcharges is what was paid; the lines' shares sum to the goods less discount. To the cent."""
    due = order.goods_minor - order.discount_minor
    shares = sum([line.payable_minor for line in order.lines if line.kind not in WITHOUT_SHARE])
    return due + order.freight_minor + order.surcharge_minor != order.paid_minor or shares != due


def _is_shipped_elsewhere(order: Order) -> bool:
    """The platform says goods have left, and not one of ours has. Of a part it says so for services, too: those leave by themselves."""
    if any(line.shipped for line in order.lines):
        return False
    if order.platform_status == PlatformStatus.PART_SHIPPED:
        return all(line.kind != LineKind.SERVICE for line in order.lines)
    return order.platform_status in {PlatformStatus.SHIPPED, PlatformStatus.FINISHED}


def _check_goods(order: Order, skus: Mapping[int, Sku], bans: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    work = [line for line in order.lines if line.is_work]
    if any(line.sku_id is None for line in work):
        yield Finding(Reason.LISTING_UNMAPPED)
    known = [sku for line in work if (line.open or line.short) and (sku := skus.get(line.sku_id or 0)) is not None]
    if any(sku.kind == LineKind.BUNDLE and not sku.parts for sku in known):
        yield Finding(Reason.BUNDLE_WITHOUT_PARTS)
    if any(not sku.is_on_sale for sku in known):
        yield Finding(Reason.GOODS_OFF_SALE)
    if bans and order.region is not None:
        keys = keys_of(order.region.adcode or None, order.region.country)
        if any((goods_class, key) in bans for goods_class in {sku.goods_class for sku in known} for key in keys):
            yield Finding(Reason.GOODS_FORBIDDEN_HERE)
