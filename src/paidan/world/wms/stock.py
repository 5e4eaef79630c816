"""Stock as the warehouse sees it: inventory.query, stock.query, and the rare changes nobody ordered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml.etree import _Element as Element

from paidan.world.carrier.lots import lot, whole
from paidan.world.script import Day
from paidan.world.wms import telling
from paidan.world.wms.demands import INVENTORY_TYPES, demand, demand_list, demand_page, demand_word
from paidan.world.wms.markup import leaf, leaves, text, wrap
from paidan.world.wms.shelf import Pile, Place
from paidan.world.wms.site import Site


def query_many(site: Site, root: Element, _now: datetime) -> str:
    """Serve inventory.query: every pile that a criterion matches. `quantity` is what is there, locked units included [unverified].

    An item that was never synchronised gives no row; one without stock gives a row of zero.
    """
    rows = []
    for criteria in demand_list(root, "criteriaList/criteria"):
        code = demand(criteria, ("itemCode",))["itemCode"]
        rows += [_row(site, place, pile) for place, pile in _piles(site, criteria, code)]
    return wrap("items", rows)


def query_one(site: Site, root: Element, _now: datetime) -> str:
    """Serve stock.query: the piles of one item, paged."""
    code = demand(root, ("itemCode",))["itemCode"]
    offset, size = demand_page(root)
    found = list(_piles(site, root, code))
    rows = [_row(site, place, pile, with_names=True) for place, pile in found[offset : offset + size]]
    return leaf("totalCount", len(found)) + wrap("items", rows)


def plan_changes(site: Site, day: Day) -> None:
    """Plan the units that will be damaged or found, by seed, for each day of the script and each warehouse."""
    days = max((day.closes_at - day.opens_at).total_seconds() / 86_400, 1)
    count = site.config.stock_changes_per_day * days
    for warehouse in site.warehouses:
        number_of = int(count) + (lot(site.seed, "changes", warehouse) < count % 1)
        for number in range(number_of):
            at = day.opens_at + timedelta(seconds=int(lot(site.seed, "change at", warehouse, number) * days * 86_400))
            site.agenda.plan(site.hours.instant(site.hours.work_s(at)), "stock change", warehouse, number)


def on_change(site: Site, at: datetime, warehouse: str, number: int) -> None:
    """Damage or find one unit of an item the owner has synchronised, and tell."""
    items = sorted(item for place_warehouse, item, kind in site.shelf.piles if place_warehouse == warehouse and kind == "ZP")
    if not items:
        return
    item = items[whole(site.seed, "change of", warehouse, number) % len(items)]
    units = 1 if lot(site.seed, "change way", warehouse, number) < 0.5 else -1  # noqa: PLR2004 - a coin
    if site.item(warehouse, item) is not None and site.shelf.change((warehouse, item, "ZP"), units):
        telling.stock_change(site, at, warehouse, item, units)


def _piles(site: Site, criteria: Element, code: str) -> Iterator[tuple[Place, Pile]]:
    if owner := text(criteria, "ownerCode"):
        site.demand_owner(owner)
    wanted = text(criteria, "warehouseCode")
    kind = demand_word(text(criteria, "inventoryType"), ("", *INVENTORY_TYPES), "inventoryType")
    for warehouse in (site.demand_warehouse(wanted),) if wanted else site.warehouses:
        if site.item(warehouse, code) is None:
            continue
        for each in (kind,) if kind else INVENTORY_TYPES:
            place = (warehouse, code, each)
            if place in site.shelf.piles or each == (kind or "ZP"):
                yield place, site.shelf.piles.get(place, Pile())


def _row(site: Site, place: Place, pile: Pile, *, with_names: bool = False) -> str:
    warehouse, code, kind = place
    item = site.item(warehouse, code)
    names = {"itemName": item.name, "barCode": item.barcode} if with_names and item else {}
    fields = leaves(
        warehouseCode=warehouse,
        itemCode=code,
        itemId=item.id if item else "",
        inventoryType=kind,
        quantity=pile.there,
        lockQuantity=pile.locked,
        **names,
    )
    return wrap("item", (fields,))
