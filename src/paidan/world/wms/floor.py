"""The work in the house: accept, print, pick, check, package, weigh, ship."""

from datetime import datetime
from typing import Final

from paidan.world.carrier.lots import between, lot, whole
from paidan.world.wms import telling
from paidan.world.wms.packing import pack
from paidan.world.wms.records import Line, Outbound, Package, Step
from paidan.world.wms.regions import region, transit_h
from paidan.world.wms.shelf import Place
from paidan.world.wms.site import Site

# Where each step lies on the way from ACCEPT (0) to shipped (100).
_PERCENT: Final = {Step.ACCEPT: 0, Step.PRINT: 20, Step.PICK: 40, Step.CHECK: 60, Step.PACKAGE: 80, Step.WEIGH: 90, Step.SHIP: 100}
_HOUR_S: Final = 3600
_GOES_MAX: Final = 2
_SECOND_GO_S: Final = (1800, 3 * 3600)


def plan_work(site: Site, order: Outbound, now: datetime) -> None:
    """Plan every step of a new order by its lots, the working hours and the capacity of the hour in which it ships."""
    config = site.config
    accept = site.hours.work_s(now) + between(*config.accept_s, site.seed, "accept", order.code)
    ready = accept + between(*config.work_s, site.seed, "work", order.code)
    ship = _slot(site, order, ready)
    order.plan = [(accept + (ship - accept) * percent // 100, step) for step, percent in _PERCENT.items()]
    if sum(line.plan for line in order.lines) > 1 and lot(site.seed, "two goes", order.code) < config.two_confirms_share:
        order.plan.append((ship + between(*_SECOND_GO_S, site.seed, "second go", order.code), Step.SHIP))
    _plan_next(site, order)


def on_step(site: Site, at: datetime, code: str, revision: int) -> None:
    """Do the next step of an order, unless it was cancelled, held or planned anew meanwhile."""
    order = site.outbound[code]
    if order.revision != revision:
        return
    _, step = order.plan.pop(0)
    if step is Step.ACCEPT and lot(site.seed, "reject", code) < site.config.reject_share:
        reject(site, at, order)
        return
    if step is Step.PICK and not _pick(site, at, order):
        return
    if step is Step.SHIP:
        _ship(site, at, order)
    else:
        order.status = Step.ACCEPT
        note(site, at, order, step)
    _plan_next(site, order)


def note(site: Site, at: datetime, order: Outbound, step: str) -> None:
    """Write a step down and tell it when it is one that is told."""
    order.steps.append((step, at))
    if step in site.config.reported_steps:
        telling.process(site, at, order, step)


def is_past_recall(site: Site, order: Outbound) -> bool:
    """Tell whether the last step in which an order can be stopped is done."""
    return any(step == site.config.cancel_until for step, _ in order.steps) or order.confirms > 0


def hold(order: Outbound) -> None:
    """Stop the work; the plan is kept."""
    if not order.held:
        order.held = True
        order.revision += 1


def restore(site: Site, order: Outbound, now: datetime) -> None:
    """Go on with the work: what should have been done meanwhile is done from now on, the rest as late after it as planned."""
    if not order.held:
        return
    order.held = False
    late = max(site.hours.work_s(now) + 1 - order.plan[0][0], 0)
    order.plan = [(work_s + late, step) for work_s, step in order.plan]
    _plan_next(site, order)


def give_up(site: Site, order: Outbound, status: str) -> None:
    """End an order that will not ship: its goods go back to their places."""
    order.revision += 1
    order.held = False
    order.plan = []
    order.status = status
    for line in order.lines:
        site.shelf.put_back(place(order, line), line.picked)
        line.picked = 0


def reject(site: Site, at: datetime, order: Outbound) -> None:
    """Refuse an order that was stored before; always told."""
    give_up(site, order, "REJECT")
    order.steps.append(("REJECT", at))
    telling.process(site, at, order, "REJECT")


def place(order: Outbound, line: Line) -> Place:
    """Say where the goods of a line lie."""
    return order.warehouse, line.item, line.inventory_type


def _slot(site: Site, order: Outbound, ready: int) -> int:
    """Take a place in the first hour from `ready` on that is not full; give the working second of shipping."""
    hour = ready // _HOUR_S
    while site.slots.get((order.warehouse, hour), 0) >= site.config.capacity_per_hour:
        hour += 1
    site.slots[order.warehouse, hour] = site.slots.get((order.warehouse, hour), 0) + 1
    return ready if hour == ready // _HOUR_S else hour * _HOUR_S + whole(site.seed, "slot", order.code) % _HOUR_S


def _plan_next(site: Site, order: Outbound) -> None:
    if order.plan and not order.held:
        order.revision += 1
        site.agenda.plan(site.hours.instant(order.plan[0][0]), "step", order.code, order.revision)


def _pick(site: Site, at: datetime, order: Outbound) -> bool:
    """Take the goods from their places; False when the order ends here for want of them."""
    for line in order.lines:
        line.picked = site.shelf.pick(place(order, line), line.plan)
    if sum(line.picked for line in order.lines) < _GOES_MAX and order.plan[-_GOES_MAX][1] is Step.SHIP:
        order.plan.pop()  # nothing is left for a second go
    lacking = [line for line in order.lines if line.picked < line.plan]
    if not lacking:
        return True
    telling.lack(site, at, order, lacking)
    if site.config.short_policy == "partial" and any(line.picked for line in order.lines):
        return True
    reject(site, at, order)
    return False


def _ship(site: Site, at: datetime, order: Outbound) -> None:
    is_final = not order.plan
    shares = _share(order, is_final=is_final)
    for index, units in shares:
        line = order.lines[index]
        site.shelf.ship(place(order, line), units)
        line.picked -= units
        line.actual += units
    order.confirms += 1
    order.confirmed_at = at
    packages = _hand_over(site, at, order, shares)
    order.packages += packages
    is_whole = all(line.actual == line.plan for line in order.lines)
    order.status = "DELIVERED" if is_final and is_whole else "PARTDELIVERED"
    note(site, at, order, order.status)
    telling.confirm_out(site, at, order, shares, packages, is_final=is_final)


def _share(order: Outbound, *, is_final: bool) -> list[tuple[int, int]]:
    """Choose what ships in this go as (line index, units): everything, or the first half of the units."""
    rest = sum(line.picked for line in order.lines)
    room = rest if is_final else max(rest // 2, 1)
    shares = []
    for index, line in enumerate(order.lines):
        units = min(line.picked, room)
        room -= units
        if units:
            shares.append((index, units))
    return shares


def _hand_over(site: Site, at: datetime, order: Outbound, shares: list[tuple[int, int]]) -> list[Package]:
    if not order.carrier:
        return []
    goods = [(index, units, site.unit_g(order.warehouse, order.lines[index].item)) for index, units in shares]
    packages: list[Package] = []
    for weight_g, contents in pack(goods, site.config.package_g_max, site.config.packages_max):
        number = len(order.packages) + len(packages)
        package = Package(waybill=_waybill(site, order, number), carrier=order.carrier, weight_g=weight_g, shipped_at=at, contents=tuple(contents))
        packages.append(package)
        _collect(site, at, order, package)
    return packages


def _waybill(site: Site, order: Outbound, number: int) -> str:
    if number == 0 and order.waybill_given and site.waybills.claim(order.waybill_given):
        return order.waybill_given
    return site.waybills.issue(order.carrier, order.code, number)


def _collect(site: Site, at: datetime, order: Outbound, package: Package) -> None:
    site.collect(
        waybill=package.waybill,
        carrier_code=order.carrier,
        region=region(order.country, order.province),
        at=at,
        transit_h=transit_h(site.transit_h, order),
        origin=site.warehouses[order.warehouse].city,
        destination=order.city,
        phone_tail=order.phone_tail,
    )
