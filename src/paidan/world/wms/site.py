"""All that one warehouse system knows; the other files are its work."""

from datetime import datetime
from typing import Protocol

from paidan.world.carrier.waybills import WaybillBook
from paidan.world.script import Day, ScriptWarehouse
from paidan.world.wms.agenda import Agenda
from paidan.world.wms.config import WmsConfig
from paidan.world.wms.hours import Hours
from paidan.world.wms.records import Arrival, Cancel, Entry, Item, Outbound, Word
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.shelf import Shelf

ANY_WAREHOUSE = "OTHER"  # Qimen's code where the warehouse does not matter
_WEIGHT_G_DEFAULT = 200


class Collect(Protocol):
    """How a parcel is handed to the carrier."""

    def __call__(
        self,
        *,
        waybill: str,
        carrier_code: str,
        region: str,
        at: datetime,
        transit_h: int,
        origin: str,
        destination: str,
        phone_tail: str,
    ) -> None:
        """Hand over one parcel."""
        ...


class Intercept(Protocol):
    """How the carrier is asked to turn a parcel back."""

    def __call__(self, *, waybill: str, at: datetime) -> bool:
        """Ask; True when it will come back."""
        ...


class Site:
    """The books, the shelf, the agenda and the outbox of one warehouse system."""

    def __init__(self, day: Day, config: WmsConfig, collect: Collect, intercept: Intercept | None) -> None:
        self.config = config
        self.seed = day.seed if config.seed is None else config.seed
        self.collect = collect
        self.intercept = intercept
        self.hours = Hours(opens_h=config.opens_h, closes_h=config.closes_h)
        self.warehouses: dict[str, ScriptWarehouse] = {w.code: w for w in day.warehouses if not config.warehouses or w.code in config.warehouses}
        self.carriers = {carrier.code: carrier.name for carrier in day.carriers}
        self.transit_h = {(tier.carrier, tier.warehouse, tier.region): tier.transit_h for tier in day.tiers}
        self.weight_g = {sku.code: sku.weight_g for sku in day.skus}
        self.items: dict[tuple[str, str], Item] = {}
        self.bundles: dict[str, dict[str, int]] = {}
        self.outbound: dict[str, Outbound] = {}
        self.entries: dict[str, Entry] = {}
        self.arrivals: dict[tuple[str, str, int], list[Arrival]] = {}
        self.cancels: dict[str, list[Cancel]] = {}
        self.shelf = Shelf()
        self.agenda = Agenda()
        self.outbox: list[Word] = []
        self.words_about: dict[str, int] = {}
        self.waybills = WaybillBook(self.seed)
        self.slots: dict[tuple[str, int], int] = {}  # (warehouse, working hour) -> orders that ship in it
        self.counts: dict[str, int] = {}
        self._serial = 0

    def serial(self, prefix: str) -> str:
        """Give the next number of this system."""
        self._serial += 1
        return f"{prefix}{self._serial:07d}"

    def count(self, what: str) -> None:
        """Count something for the books."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def item(self, warehouse: str, code: str) -> Item | None:
        """Give an item as known to a warehouse."""
        where = ANY_WAREHOUSE if self.config.items_shared else warehouse
        return self.items.get((where, code)) or self.items.get((ANY_WAREHOUSE, code))

    def unit_g(self, warehouse: str, code: str) -> int:
        """Weigh one unit: the truth of the day, else what the owner said, else a guess."""
        known = self.item(warehouse, code)
        return self.weight_g.get(code) or (known.weight_g if known else 0) or _WEIGHT_G_DEFAULT

    def demand_warehouse(self, code: str) -> str:
        """Give the code back; Refused when this system does not run the warehouse."""
        if code not in self.warehouses:
            raise Refused(Trouble.UNKNOWN_WAREHOUSE, f"warehouseCode {code} is unknown")
        return code

    def demand_owner(self, code: str) -> None:
        """Refused when the goods belong to somebody we do not serve."""
        if code != self.config.owner_code:
            raise Refused(Trouble.UNKNOWN_OWNER, f"ownerCode {code} is unknown")
