"""How many of each listing may be sold, and what the platform must hear so that it shows just that. Pure.

A platform takes what it sells off its display by itself and tells us later. So differences are sent, never the quantity itself: sales we have not
heard of stay subtracted. `believed` is what it shows by all we know, sales we know subtracted; the difference to `wanted` is what it must hear.

A display stops at zero: a decrease, or a sale paid late, that would have gone below is cut there, and units given back are only those really
taken. So an increase waits until all that happened up to the last touch of the display is known; and a belief below zero, or one shaken by units
given back, is looked up: what was seen counts when all that happened up to the look is known and nothing new was heard since.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from itertools import groupby

from msgspec import Struct

from paidan.catalog.load import Sku

Free = Mapping[int, Mapping[int, int]]  # sku_id -> warehouse_id -> unreserved good units
Waiting = Mapping[int, tuple[int, int]]  # sku_id -> units paid for but not reserved: (held, short)

LOOK = "look"
TAKEN = "taken"
SEEN = "seen "
ROWS_MAX = 20  # SKUs of one Taobao item in a call; Shopify takes 100 of any product
ROWS_OF_ANY_ITEM_MAX = 100
PARTS_MAX = 20  # as many go through Taobao's batch gateway together


class Supply(Struct, frozen=True, kw_only=True):
    """What there is: `warehouses` are those that may ship."""

    skus: Mapping[int, Sku]
    free: Free
    waiting: Waiting
    warehouses: Collection[int]


class Shown(Struct, frozen=True, kw_only=True):
    """A listing as we believe it is shown. `touched_at` None: nobody has set it yet. `pending_key` set: sent and not answered.

    `answer`: what the platform said last ("taken", "refused …", …), "look…": to be looked up, "seen N": looked up, not yet
    believed, "checked": looked up and believed.
    """

    listing_id: int
    shop_id: int
    item_ref: str
    sku_ref: str
    sku_id: int | None
    believed: int
    pending_delta: int = 0
    pending_key: str = ""
    touched_at: datetime | None = None
    attempts: int = 0
    answer: str = ""

    @property
    def is_alone(self) -> bool:
        """Refused in company: it is tried alone."""
        return "refused" in self.answer

    @property
    def is_doubted(self) -> bool:
        """To be looked up before it is raised."""
        return self.answer.startswith(LOOK) or self.believed < 0

    @property
    def seen(self) -> int | None:
        """What the last look saw, if nothing was heard or sent since."""
        return int(self.answer.removeprefix(SEEN)) if self.answer.startswith(SEEN) else None


class Do(Enum):
    """What is to be done about a listing."""

    NOTHING = auto()
    SEND = auto()
    WAIT = auto()  # until what the platform sold before is known
    LOOK = auto()
    SEND_AGAIN = auto()


class Choice(Struct, frozen=True, kw_only=True):
    """The decision for one listing; `believed` as corrected, `delta` what to send."""

    listing: Shown
    do: Do
    believed: int
    delta: int = 0
    is_corrected: bool = False


def together(waiting: Iterable[Mapping[int, tuple[int, int]]]) -> Waiting:
    """What several shops wait for, added up by SKU."""
    found: dict[int, tuple[int, int]] = {}
    for by_sku in waiting:
        for sku_id, (held, short) in by_sku.items():
            before = found.get(sku_id, (0, 0))
            found[sku_id] = (before[0] + held, before[1] + short)
    return found


def sellable(sku_id: int, supply: Supply, safety: int) -> int:
    """Units of one SKU that a shop may show: max(0, unreserved in the warehouses that may ship - held - short - safety)."""
    there = sum(max(units, 0) for warehouse_id, units in supply.free.get(sku_id, {}).items() if warehouse_id in supply.warehouses)
    held, short = supply.waiting.get(sku_id, (0, 0))
    return max(there - held - short - safety, 0)


def wanted(sku_id: int | None, supply: Supply, safety: int) -> int | None:
    """What a listing of this SKU shall show: a bundle by its scarcest part, nothing of what is off sale. None: not for us to say."""
    sku = supply.skus.get(sku_id) if sku_id is not None else None
    if sku is None or sku.kind == "service":
        return None
    if not sku.is_on_sale:
        return 0
    if sku.kind == "bundle":
        return min((sellable(part.sku_id, supply, safety) // part.quantity for part in sku.parts), default=0)
    return sellable(sku.id, supply, safety)


def choose(listing: Shown, quantity: int | None, known_to: datetime | None) -> Choice:
    """What to do about one listing that shall show `quantity`; everything that happened there until `known_to` is in `believed`."""
    if listing.pending_key:
        return Choice(listing=listing, do=Do.SEND_AGAIN, believed=listing.believed, delta=listing.pending_delta)
    if quantity is None:
        return Choice(listing=listing, do=Do.NOTHING, believed=listing.believed)
    if listing.touched_at is None:
        return Choice(listing=listing, do=Do.SEND, believed=0, delta=quantity)
    is_known = known_to is not None and known_to > listing.touched_at
    is_corrected = is_known and listing.seen is not None
    believed = listing.seen if is_corrected and listing.seen is not None else listing.believed
    do = Do.SEND
    if quantity >= believed:
        if listing.seen is None and listing.is_doubted:
            do = Do.LOOK
        elif listing.seen is not None and not is_known:
            do = Do.WAIT
        elif quantity == believed:
            do = Do.NOTHING
        elif not is_known:
            do = Do.WAIT
    delta = quantity - believed if do is Do.SEND else 0
    return Choice(listing=listing, do=do, believed=believed, delta=delta, is_corrected=is_corrected)


def in_calls(listings: Sequence[Shown], platform: str) -> list[list[Shown]]:
    """Listings that are told under one key, which belongs to exactly these rows for ever. First settings and differences never mix."""
    ordered = sorted(listings, key=lambda listing: (listing.item_ref, listing.sku_ref))
    calls = [[listing] for listing in ordered if listing.is_alone]
    for is_first in (True, False):
        parts = in_parts([one for one in ordered if not one.is_alone and (one.touched_at is None) == is_first], platform)
        size = 1 if platform == "shopify" else PARTS_MAX
        calls += [[one for part in parts[at : at + size] for one in part] for at in range(0, len(parts), size)]
    return calls


def in_parts(listings: Sequence[Shown], platform: str) -> list[list[Shown]]:
    """Listings that the platform takes, or refuses, together: SKUs of one item, an item without SKUs alone; at Shopify whatever there is."""
    parts: list[list[Shown]] = []
    for item, group in groupby(listings, key=lambda one: "" if platform == "shopify" else (one.item_ref, bool(one.sku_ref))):
        limit, members = ROWS_OF_ANY_ITEM_MAX if item == "" else ROWS_MAX, list(group)
        parts += [members[at : at + limit] for at in range(0, len(members), limit)]
    return parts
