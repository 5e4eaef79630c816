"""Goods in: entryorder.create, entryorder.query, and their arrival."""

from datetime import datetime, timedelta
from typing import Final

from lxml.etree import _Element as Element

from paidan.world.carrier.chinatime import read_time, write_time
from paidan.world.carrier.lots import lot
from paidan.world.wms import telling
from paidan.world.wms.demands import INVENTORY_TYPES, demand, demand_child, demand_code, demand_list, demand_page, demand_quantity, demand_word
from paidan.world.wms.markup import leaf, leaves, text, wrap
from paidan.world.wms.records import Entry, EntryLine
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.site import Site

_ENTRY_TYPES: Final = ("", "CGRK", "DBRK", "SCRK", "LYRK", "CCRK", "QTRK", "B2BRK", "XNRK")
_UNLOADING: Final = timedelta(minutes=30)


def create(site: Site, root: Element, now: datetime) -> str:
    """Serve entryorder.create. The same code again is answered with the same entryOrderId and booked once."""
    head = demand_child(root, "entryOrder")
    fields = demand(head, ("entryOrderCode", "ownerCode", "warehouseCode"))
    code = demand_code(fields["entryOrderCode"], "entryOrderCode")
    site.demand_owner(fields["ownerCode"])
    warehouse = site.demand_warehouse(fields["warehouseCode"])
    known = site.entries.get(code)
    if known is None:
        lines = [_line(site, line, warehouse) for line in demand_list(root, "orderLines/orderLine")]
        order_type = demand_word(text(head, "orderType"), _ENTRY_TYPES, "orderType")
        known = Entry(code=code, id=site.serial("E"), order_type=order_type, warehouse=warehouse, created_at=now, lines=lines)
        site.entries[code] = known
        _plan(site, known, _expected(site, head, now))
    elif known.warehouse != warehouse:
        raise Refused(Trouble.CODE_TAKEN, f"entryOrderCode {code} belongs to another document")
    else:
        site.count("repeated create")
    return leaves(entryOrderId=known.id)


def query(site: Site, root: Element, _now: datetime) -> str:
    """Serve entryorder.query: head and one page of lines with what was received so far."""
    code = demand(root, ("entryOrderCode",))["entryOrderCode"]
    offset, size = demand_page(root)
    entry = site.entries.get(code)
    if entry is None or text(root, "warehouseCode") not in {"", entry.warehouse}:
        raise Refused(Trouble.NOT_FOUND, f"entryOrderCode {code} is unknown")
    head = leaves(
        entryOrderCode=entry.code,
        ownerCode=site.config.owner_code,
        warehouseCode=entry.warehouse,
        entryOrderId=entry.id,
        entryOrderType=entry.order_type,
        status=entry.status,
        operateTime=write_time(entry.operated_at) if entry.operated_at else "",
    )
    lines = [
        wrap(
            "orderLine",
            (leaves(orderLineNo=line.line_no, itemCode=line.item, planQty=line.plan, actualQty=line.actual, inventoryType=line.inventory_type),),
        )
        for line in entry.lines[offset : offset + size]
    ]
    return leaf("totalLines", len(entry.lines)) + wrap("entryOrder", (head,)) + wrap("orderLines", lines)


def cancel_entry(site: Site, entry: Entry) -> None:
    """Cancel an entry order of which nothing has arrived; its goods can be announced again."""
    if entry.status == "CANCELED":
        return
    if entry.status != "NEW":
        raise Refused(Trouble.TOO_LATE, f"order {entry.code} is {entry.status}")
    entry.status = "CANCELED"
    entry.revision += 1
    for arrivals in site.arrivals.values():
        for arrival in arrivals:
            if arrival.entry == entry.code:
                arrival.entry = ""


def on_arrival(site: Site, at: datetime, code: str, revision: int, goods: list[tuple[int, int]]) -> None:
    """Receive (line index, units) of one go, put them on the shelf and tell."""
    entry = site.entries[code]
    if entry.revision != revision:
        return
    entry.waits -= 1
    entry.confirms += 1
    entry.operated_at = at
    is_final = entry.waits == 0
    entry.status = "FULFILLED" if is_final else "PARTFULFILLED"
    for index, units in goods:
        line = entry.lines[index]
        line.actual += units
        site.shelf.pile((entry.warehouse, line.item, line.inventory_type)).entered += units
    telling.confirm_in(site, at, entry, goods, is_final=is_final)


def _line(site: Site, element: Element, warehouse: str) -> EntryLine:
    fields = demand(element, ("ownerCode", "itemCode", "planQty"))
    site.demand_owner(fields["ownerCode"])
    if site.item(warehouse, fields["itemCode"]) is None:
        raise Refused(Trouble.UNKNOWN_ITEM, f"itemCode {fields['itemCode']} is unknown in {warehouse}, synchronise it first")
    return EntryLine(
        line_no=text(element, "orderLineNo"),
        item=fields["itemCode"],
        inventory_type=demand_word(text(element, "inventoryType") or "ZP", INVENTORY_TYPES, "inventoryType"),
        plan=demand_quantity(fields["planQty"], "planQty"),
    )


def _expected(site: Site, head: Element, now: datetime) -> datetime:
    """When goods arrive that the day knows nothing of: as announced, else after a while."""
    return read_time(text(head, "expectStartTime")) or now + timedelta(seconds=site.config.entry_default_s)


def _plan(site: Site, entry: Entry, expected: datetime) -> None:
    """Plan the goes of an entry order: each arrival is counted in several goes, half an hour apart, in working hours."""
    goes: dict[datetime, list[tuple[int, int]]] = {}
    for index, line in enumerate(entry.lines):
        at = max(_claim(site, entry, line) or expected, entry.created_at)
        start = site.hours.instant(site.hours.work_s(at))
        for number, units in enumerate(_split(_counted(site, entry, index), site.config.entry_confirms)):
            if units:
                goes.setdefault(start + number * _UNLOADING, []).append((index, units))
    entry.waits = len(goes)
    for at in sorted(goes):
        site.agenda.plan(at, "arrival", entry.code, entry.revision, goes[at])


def _claim(site: Site, entry: Entry, line: EntryLine) -> datetime | None:
    """Find goods of the day on their way that this line announces, by item and quantity; the earliest not yet announced."""
    for arrival in site.arrivals.get((entry.warehouse, line.item, line.plan), ()):
        if not arrival.entry:
            arrival.entry = entry.code
            return arrival.at
    return None


def _counted(site: Site, entry: Entry, index: int) -> int:
    units = entry.lines[index].plan
    if units == 1 or lot(site.seed, "miscount", entry.code, index) >= site.config.miscount_share:
        return units
    return units + (1 if lot(site.seed, "miscount way", entry.code, index) < 0.5 else -1)  # noqa: PLR2004 - a coin


def _split(units: int, goes: int) -> list[int]:
    share, rest = divmod(units, goes)
    return [*[share] * (goes - 1), share + rest]
