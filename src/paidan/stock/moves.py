"""What a write asks of the stock, as values: reserve, give back, use, enter. Pure; quantities are units of the SKU, always positive unless said."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field

GOOD = 1  # 正品
DEFECTIVE = 2  # 残次

type_key = tuple[int, int, int]


class Reserve(Struct, frozen=True, kw_only=True):
    """Hold units for a fulfilment line."""

    fulfilment_id: int
    line_no: int
    sku_id: int
    warehouse_id: int
    quantity: int
    is_platform_subtracted: bool = True


class GiveBack(Struct, frozen=True, kw_only=True):
    """Let go of units that a fulfilment line has reserved. Negative: the line takes again what another gives back in the same moves."""

    fulfilment_id: int
    line_no: int
    sku_id: int
    warehouse_id: int
    quantity: int


class Issue(Struct, frozen=True, kw_only=True):
    """Reserved units left the warehouse (出库). `sequence` numbers the causes of one line: units used before it, plus one."""

    fulfilment_id: int
    line_no: int
    sku_id: int
    warehouse_id: int
    quantity: int
    sequence: int
    cause: str
    occurred_at: datetime


class Enter(Struct, frozen=True, kw_only=True):
    """Any other entry: opening, receive, adjust. `quantity` is signed; `in_transit` is the change of what is on the way."""

    document_id: int
    line_no: int
    kind: str
    sequence: int
    sku_id: int
    warehouse_id: int
    quantity: int
    cause: str
    occurred_at: datetime
    grade: int = GOOD
    value_minor: int = 0
    in_transit: int = 0


class Delta(Struct, kw_only=True):
    """The change of one balance row."""

    on_hand: int = 0
    reserved: int = 0
    in_transit: int = 0
    may_be_short: bool = False


class StockMoves(Struct, kw_only=True):
    """Everything one write asks of the stock."""

    reserve: list[Reserve] = field(default_factory=list)
    give_back: list[GiveBack] = field(default_factory=list)
    issue: list[Issue] = field(default_factory=list)
    enter: list[Enter] = field(default_factory=list)
    owe: list[tuple[int, int, int]] = field(default_factory=list)  # (sku_id, warehouse_id, in_transit change) without an entry
    demand: dict[int, tuple[int, int]] = field(default_factory=dict)  # sku_id -> change of (held, short)
    sold: dict[int, int] = field(default_factory=dict)  # listing_id -> units the platform has subtracted by itself

    def add_demand(self, sku_id: int, held: int, short: int) -> None:
        """Add a change of the waiting units of one SKU."""
        before = self.demand.get(sku_id, (0, 0))
        self.demand[sku_id] = (before[0] + held, before[1] + short)

    def add_sold(self, sold: Iterable[tuple[int, int]]) -> None:
        """Add what platforms have subtracted (negative: given back) by themselves."""
        for listing_id, quantity in sold:
            self.sold[listing_id] = self.sold.get(listing_id, 0) + quantity

    def deltas(self) -> dict[type_key, Delta]:
        """The change of each balance row (sku_id, warehouse_id, grade), in key order."""
        deltas: dict[type_key, Delta] = defaultdict(Delta)
        for r in self.reserve:
            deltas[r.sku_id, r.warehouse_id, GOOD].reserved += r.quantity
        for g in self.give_back:
            deltas[g.sku_id, g.warehouse_id, GOOD].reserved -= g.quantity
        for i in self.issue:
            delta = deltas[i.sku_id, i.warehouse_id, GOOD]
            delta.reserved -= i.quantity
            delta.on_hand -= i.quantity
        for e in self.enter:
            delta = deltas[e.sku_id, e.warehouse_id, e.grade]
            delta.on_hand += e.quantity
            delta.in_transit += e.in_transit
            # Only word from outside may leave less than is reserved: the units are gone, whatever we promised.
            delta.may_be_short = delta.may_be_short or e.quantity < 0
        for sku_id, warehouse_id, in_transit in self.owe:
            deltas[sku_id, warehouse_id, GOOD].in_transit += in_transit
        return dict(sorted(deltas.items()))
