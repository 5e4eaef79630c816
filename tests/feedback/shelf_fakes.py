"""A platform in a few lines, for the port: a counter per listing that sells by itself, takes keys once, and may lose answers."""

from collections.abc import Callable

from msgspec.structs import replace

from paidan.channels.platform import StockOutcome
from paidan.feedback.links import ShopLink
from paidan.network.load import Shop
from paidan.runtime.calling import CallRecord, RecordedRefusal, RecordedSilence


class FakeShelf:
    """`lose` is asked before each call: "" goes well, "before" loses the call, "after" its answer, "refuse" refuses."""

    def __init__(self) -> None:
        self.display: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.calls: list[tuple[str, int, str]] = []
        self.lose: Callable[[list[str]], str] = lambda _items: ""

    def sell(self, item: str, quantity: int) -> int:
        taken = min(quantity, self.display[item])
        self.display[item] -= taken
        return taken

    def give_back(self, item: str, taken: int) -> None:
        self.display[item] += taken

    def set_quantities(self, rows, *, key):
        del key
        return [self._answer(row, lambda row=row: self.display.update({row.item_ref: row.quantity})) for row in rows]

    def change_quantities(self, rows, *, key):
        return [self._change(row, f"{key}/{row.item_ref}") for row in rows]

    def _change(self, row, key):
        assert self.keys.get(key, row.quantity) == row.quantity, "a key belongs to one change for ever"

        def change():
            if key not in self.keys:
                self.keys[key] = row.quantity
                self.display[row.item_ref] = max(self.display[row.item_ref] + row.quantity, 0)

        self.calls.append((row.item_ref, row.quantity, key))
        return self._answer(row, change)

    def look(self, rows):
        record = CallRecord(method="look", request=b"?", status=200, answer=b"!")
        return {(row.item_ref, row.sku_ref): self.display[row.item_ref] for row in rows}, (record,)

    def _answer(self, row, act):
        fate = self.lose([row.item_ref])
        record = CallRecord(method="change", request=b"?", status=200 if fate in {"", "refuse"} else 0, answer=b"!")
        if fate in {"", "after"}:
            act()
        failure = {"before": RecordedSilence, "after": RecordedSilence, "refuse": RecordedRefusal}.get(fate)
        error = failure("lost", record=record, code="isv.no" if fate == "refuse" else "") if failure else None
        return StockOutcome(rows=(row,), records=(record,), failure=error)


class FakeLinks:
    """In the place of ShopLinks: shops by code are within reach of shelves."""

    def __init__(self, shelves: dict[str, FakeShelf], platform: str = "taobao") -> None:
        self.shelves = shelves
        self.platform = platform

    def load(self, _tx, network):
        return {
            shop.id: ShopLink(shop=replace(shop, platform=self.platform), teller=self.shelves[shop.code], looker=self.shelves[shop.code])
            for shop in network.shops.values()
            if shop.code in self.shelves
        }

    def is_told(self, _shop: Shop) -> bool:
        return True
