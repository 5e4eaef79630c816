"""What really lies in the warehouses. Quantities never go below zero, locked never above what is there."""

from msgspec import Struct

Place = tuple[str, str, str]  # warehouse, item, inventory type


class Pile(Struct, kw_only=True):
    """One item of one condition in one warehouse; there = opening + entered + changed - shipped, always."""

    opening: int = 0
    entered: int = 0
    shipped: int = 0
    changed: int = 0
    locked: int = 0  # picked or being packed, still in the house

    @property
    def there(self) -> int:
        """Units physically in the house, locked ones included."""
        return self.opening + self.entered + self.changed - self.shipped


class Shelf:
    """All piles of one warehouse system."""

    def __init__(self) -> None:
        self.piles: dict[Place, Pile] = {}
        self.physical_short = 0  # units orders asked for that were not there

    def pile(self, place: Place) -> Pile:
        """Give the pile at a place, empty at first."""
        found = self.piles.get(place)
        if found is None:
            found = self.piles[place] = Pile()
        return found

    def pick(self, place: Place, wanted: int) -> int:
        """Lock up to `wanted` units; give how many there were and count the missing ones."""
        pile = self.pile(place)
        got = min(wanted, pile.there - pile.locked)
        pile.locked += got
        self.physical_short += wanted - got
        return got

    def put_back(self, place: Place, units: int) -> None:
        """Unlock units that were picked and will not ship."""
        self.pile(place).locked -= units

    def ship(self, place: Place, units: int) -> None:
        """Let picked units leave the house."""
        pile = self.pile(place)
        pile.locked -= units
        pile.shipped += units

    def change(self, place: Place, units: int) -> bool:
        """Find or lose units; False, without effect, when there is nothing free to lose."""
        pile = self.pile(place)
        if pile.there - pile.locked + units < 0:
            return False
        pile.changed += units
        return True
