"""The books of the warehouse system, JSON-ready, keyed by the numbers both sides know."""

from typing import Any

from paidan.world.wms.records import Entry, Outbound
from paidan.world.wms.site import Site


def write_books(site: Site) -> dict[str, Any]:
    """Write everything down.

    `deliveries` and `stockouts` by deliveryOrderCode, `entries` by entryOrderCode, `cancels` by orderCode (one outcome for each call),
    `stock` as warehouse -> item -> good units there, `turnover` as warehouse -> item -> inventory type -> opening, entered, changed, shipped,
    locked, there; `arrivals_unannounced` are goods of the day no entry order has named; `counts` has physical_short, repeats, refusals by code.
    """
    return {
        "deliveries": {code: _outbound(order) for code, order in site.outbound.items() if order.kind == "deliveryorder"},
        "stockouts": {code: _outbound(order) for code, order in site.outbound.items() if order.kind == "stockout"},
        "entries": {code: _entry(entry) for code, entry in site.entries.items()},
        "cancels": {
            code: [{"at": c.at.isoformat(), "outcome": c.outcome, "reason": c.reason} for c in cancels] for code, cancels in site.cancels.items()
        },
        "stock": _stock(site),
        "turnover": _turnover(site),
        "arrivals_unannounced": [
            {"warehouse": a.warehouse, "item": a.item, "quantity": a.quantity, "at": a.at.isoformat()}
            for arrivals in site.arrivals.values()
            for a in arrivals
            if not a.entry
        ],
        "counts": {"physical_short": site.shelf.physical_short} | dict(sorted(site.counts.items())),
    }


def _outbound(order: Outbound) -> dict[str, Any]:
    lines: dict[str, dict[str, int]] = {}
    for line in order.lines:
        sums = lines.setdefault(line.item, {"plan": 0, "actual": 0})
        sums["plan"] += line.plan
        sums["actual"] += line.actual
    return {
        "id": order.id,
        "warehouse": order.warehouse,
        "order_type": order.order_type,
        "status": order.status,
        "held": order.held,
        "created_at": order.created_at.isoformat(),
        "steps": [[step, at.isoformat()] for step, at in order.steps],
        "confirms": order.confirms,
        "lines": lines,
        "packages": {
            package.waybill: {
                "carrier": package.carrier,
                "weight_g": package.weight_g,
                "shipped_at": package.shipped_at.isoformat(),
                "items": _contents(order, package.contents),
            }
            for package in order.packages
        },
    }


def _contents(order: Outbound, contents: tuple[tuple[int, int], ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for index, units in contents:
        item = order.lines[index].item
        sums[item] = sums.get(item, 0) + units
    return sums


def _entry(entry: Entry) -> dict[str, Any]:
    lines: dict[str, dict[str, int]] = {}
    for line in entry.lines:
        sums = lines.setdefault(line.item, {"plan": 0, "actual": 0})
        sums["plan"] += line.plan
        sums["actual"] += line.actual
    return {"id": entry.id, "warehouse": entry.warehouse, "status": entry.status, "confirms": entry.confirms, "lines": lines}


def _stock(site: Site) -> dict[str, dict[str, int]]:
    stock: dict[str, dict[str, int]] = {warehouse: {} for warehouse in site.warehouses}
    for (warehouse, item, kind), pile in sorted(site.shelf.piles.items()):
        if kind == "ZP":
            stock[warehouse][item] = pile.there
    return stock


def _turnover(site: Site) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    turnover: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    for (warehouse, item, kind), pile in sorted(site.shelf.piles.items()):
        turnover.setdefault(warehouse, {}).setdefault(item, {})[kind] = {
            "opening": pile.opening,
            "entered": pile.entered,
            "changed": pile.changed,
            "shipped": pile.shipped,
            "locked": pile.locked,
            "there": pile.there,
        }
    return turnover
