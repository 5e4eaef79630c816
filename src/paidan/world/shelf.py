"""What the shops show: a counter for each listing. A simulated shop sells only what it displays, and knows nothing of our stock."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from paidan.world.script import ScriptListing

ListingKey = tuple[str, str, str]  # shop, item_ref, sku_ref


@dataclass(slots=True)
class Slot:
    """One listing's counter. Always: display = start - sold + oversold + returned + pushed, and never below zero."""

    start: int
    display: int
    sold: int = 0
    oversold: int = 0  # of these the counter had none left when they were paid
    returned: int = 0  # given back by orders closed before shipping
    pushed: int = 0  # net effect of the merchant's updates
    clamped: int = 0  # units that updates would have taken the counter below zero
    pushes: int = 0

    def is_consistent(self) -> bool:
        """Whether the equation holds."""
        return self.display >= 0 and self.display == self.start - self.sold + self.oversold + self.returned + self.pushed


class Shelf:
    """All counters of a platform. A key that is not listed has no limit: postage and fee links are sold without a counter."""

    def __init__(self, listings: Iterable[ScriptListing]) -> None:
        self.slots: dict[ListingKey, Slot] = {
            (one.shop, one.item_ref, one.sku_ref): Slot(start=one.display_quantity, display=one.display_quantity) for one in listings
        }

    def shows(self, wanted: dict[ListingKey, int]) -> bool:
        """Whether every listing shows at least the units wanted."""
        return all(self.slots[key].display >= quantity for key, quantity in wanted.items() if key in self.slots)

    def sell(self, key: ListingKey, quantity: int) -> int:
        """Subtract what was sold; returns the units the counter really had, the rest is oversold."""
        slot = self.slots.get(key)
        if slot is None:
            return quantity
        taken = min(quantity, slot.display)
        slot.display -= taken
        slot.sold += quantity
        slot.oversold += quantity - taken
        return taken

    def give_back(self, key: ListingKey, taken: int) -> None:
        """Units of an order closed before shipping are shown again."""
        if key in self.slots:
            self.slots[key].display += taken
            self.slots[key].returned += taken

    def set_to(self, key: ListingKey, quantity: int) -> int:
        """The merchant's full update, not negative; returns the new display."""
        slot = self.slots[key]
        slot.pushed += quantity - slot.display
        slot.display = quantity
        slot.pushes += 1
        return slot.display

    def change(self, key: ListingKey, delta: int) -> int:
        """The merchant's incremental update; stops at zero. Returns the new display."""
        slot = self.slots[key]
        after = max(slot.display + delta, 0)
        slot.clamped += after - (slot.display + delta)
        slot.pushed += after - slot.display
        slot.display = after
        slot.pushes += 1
        return after

    def books(self) -> dict[str, dict[str, int]]:
        """Counters by `shop:item_ref:sku_ref`."""
        return {":".join(key): asdict(slot) for key, slot in self.slots.items()}
