"""Master data: singleitem.synchronize, items.synchronize, combineitem.synchronize."""

from datetime import datetime

from lxml.etree import _Element as Element

from paidan.world.wms.demands import demand, demand_child, demand_list, demand_quantity, demand_word
from paidan.world.wms.markup import leaves, text, wrap
from paidan.world.wms.records import Item
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.site import ANY_WAREHOUSE, Site

_ITEM = ("itemCode", "itemName", "barCode", "itemType")
_ITEM_TYPES = ("ZC", "FX", "ZH", "ZP", "BC", "HC", "FL", "XN", "FS", "CC", "OTHER")


def synchronize_one(site: Site, root: Element, _now: datetime) -> str:
    """Serve singleitem.synchronize: add or update one item; answers the itemId, the same for a repeat."""
    action, warehouse = _head(site, root)
    return leaves(itemId=_store(site, demand_child(root, "item"), action, warehouse).id)


def synchronize_many(site: Site, root: Element, _now: datetime) -> str:
    """Serve items.synchronize. The answer lists the failed items; the flag is failure only when none was stored [unverified]."""
    action, warehouse = _head(site, root)
    elements = demand_list(root, "items/item")
    failed = []
    for element in elements:
        try:
            _store(site, element, action, warehouse)
        except Refused as no:
            failed.append(wrap("item", (leaves(itemCode=text(element, "itemCode"), message=no.message),)))
    inner = wrap("items", failed) if failed else ""
    if len(failed) == len(elements):
        raise Refused(Trouble.MALFORMED, "no item was stored", inner)
    return inner


def synchronize_bundle(site: Site, root: Element, _now: datetime) -> str:
    """Serve combineitem.synchronize: keep the bill of materials of a bundle (orders for a bundle are not taken apart here)."""
    head = demand(root, ("itemCode", "ownerCode"))
    site.demand_owner(head["ownerCode"])
    parts = {}
    for element in demand_list(root, "items/item"):
        part = demand(element, ("itemCode", "itemId", "quantity"))
        parts[part["itemCode"]] = demand_quantity(part["quantity"], "quantity")
    site.bundles[head["itemCode"]] = parts
    return ""


def _head(site: Site, root: Element) -> tuple[str, str]:
    head = demand(root, ("actionType", "warehouseCode", "ownerCode"))
    site.demand_owner(head["ownerCode"])
    warehouse = head["warehouseCode"] if head["warehouseCode"] == ANY_WAREHOUSE else site.demand_warehouse(head["warehouseCode"])
    return demand_word(head["actionType"], ("add", "update"), "actionType"), ANY_WAREHOUSE if site.config.items_shared else warehouse


def _store(site: Site, element: Element, action: str, warehouse: str) -> Item:
    fields = demand(element, _ITEM)
    demand_word(fields["itemType"], _ITEM_TYPES, "itemType")
    key = (warehouse, fields["itemCode"])
    known = site.items.get(key)
    if known is None and action == "update":
        raise Refused(Trouble.UNKNOWN_ITEM, f"itemCode {fields['itemCode']} is unknown, it cannot be updated")
    item = Item(
        code=fields["itemCode"],
        id=known.id if known else site.serial("I"),
        name=fields["itemName"],
        barcode=fields["barCode"],
        weight_g=_grams(text(element, "grossWeight")),
    )
    site.items[key] = item
    return item


def _grams(kilograms: str) -> int:
    if not kilograms:
        return 0
    whole, _, part = kilograms.partition(".")
    if not (whole.isdecimal() and (part or "0").isdecimal() and len(whole) <= len("9999999")):
        raise Refused(Trouble.MALFORMED, "grossWeight is not a weight in kilograms")
    return int(whole) * 1000 + int(part[:3].ljust(3, "0"))
