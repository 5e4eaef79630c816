"""What is asked about an order out later: order.cancel, order.pending, order.callback, deliveryorder.query, orderprocess.query."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from lxml.etree import _Element as Element

from paidan.world.carrier.chinatime import write_time
from paidan.world.wms import telling
from paidan.world.wms.demands import demand, demand_page, demand_word
from paidan.world.wms.floor import give_up, hold, is_past_recall, restore
from paidan.world.wms.inbound import cancel_entry
from paidan.world.wms.markup import leaf, leaves, text, wrap
from paidan.world.wms.records import Cancel, Outbound
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.site import Site

_SHIPPED = ("DELIVERED", "PARTDELIVERED")


def cancel(site: Site, root: Element, now: datetime) -> str:
    """Serve order.cancel for any document: success means cancelled (a repeat too), failure that it is too late or unknown."""
    fields = demand(root, ("warehouseCode", "orderCode"))
    try:
        _cancel(site, site.demand_warehouse(fields["warehouseCode"]), fields["orderCode"])
    except Refused as no:
        site.cancels.setdefault(fields["orderCode"], []).append(Cancel(at=now, outcome="failure", reason=no.code))
        raise
    site.cancels.setdefault(fields["orderCode"], []).append(Cancel(at=now, outcome="success", reason=""))
    return ""


def _cancel(site: Site, warehouse: str, code: str) -> None:
    if (entry := site.entries.get(code)) is not None and entry.warehouse == warehouse:
        cancel_entry(site, entry)
        return
    order = _find(site, warehouse, code)
    if order.status in {"CANCELED", "REJECT"}:  # it will not ship: that is all the caller wants to know
        return
    _demand_recallable(site, order)
    give_up(site, order, "CANCELED")


def pend(site: Site, root: Element, now: datetime) -> str:
    """Serve order.pending: `pending` stops the work, `restore` goes on with it; repeats change nothing."""
    fields = demand(root, ("actionType", "warehouseCode", "orderCode"))
    action = demand_word(fields["actionType"], ("pending", "restore"), "actionType")
    order = _find(site, site.demand_warehouse(fields["warehouseCode"]), fields["orderCode"])
    _demand_recallable(site, order)
    if action == "pending":
        hold(order)
    else:
        restore(site, order, now)
    return ""


def call_back(site: Site, root: Element, now: datetime) -> str:
    """Serve order.callback: the carrier is asked to turn shipped parcels back; TMSCANCELED or TMSCANCELFAILED follows by orderprocess.report."""
    order = _find(site, text(root, "warehouseCode"), demand(root, ("deliveryOrderCode",))["deliveryOrderCode"])
    wanted = text(root, "expressCode")
    waybills = [package.waybill for package in order.packages if wanted in {"", package.waybill}]
    if not waybills:
        raise Refused(Trouble.NOT_FOUND, f"deliveryOrderCode {order.code} has no such parcel on the way")
    for waybill in waybills:
        site.agenda.plan(now + timedelta(seconds=site.config.intercept_answer_s), "intercept", order.code, waybill)
    return ""


def on_intercept(site: Site, at: datetime, code: str, waybill: str) -> None:
    """Ask the carrier and tell how it went."""
    done = site.intercept is not None and site.intercept(waybill=waybill, at=at)
    order = site.outbound[code]
    step = "TMSCANCELED" if done else "TMSCANCELFAILED"
    order.steps.append((step, at))
    telling.process(site, at, order, step, waybill)


def query(site: Site, root: Element, _now: datetime) -> str:
    """Serve deliveryorder.query: head, all packages, one page of lines with what has shipped so far."""
    code = demand(root, ("orderCode",))["orderCode"]
    offset, size = demand_page(root)
    order = _find(site, text(root, "warehouseCode"), code)
    confirmed = write_time(order.confirmed_at) if order.confirmed_at else ""
    head = leaves(
        deliveryOrderCode=order.code,
        deliveryOrderId=order.id,
        warehouseCode=order.warehouse,
        orderType=order.order_type,
        status=order.status,
        orderConfirmTime=confirmed,
    )
    lines = [telling.order_line(site, line, line.actual) for line in order.lines[offset : offset + size]]
    return (
        leaf("totalLines", len(order.lines))
        + wrap("deliveryOrder", (head,))
        + wrap("packages", (telling.package(site, order, package) for package in order.packages))
        + wrap("orderLines", lines)
    )


def query_process(site: Site, root: Element, _now: datetime) -> str:
    """Serve orderprocess.query: every step made so far."""
    order = _find(site, text(root, "warehouseCode"), demand(root, ("orderCode",))["orderCode"])
    head = leaves(orderCode=order.code, orderId=order.id, orderType=order.order_type, warehouseCode=order.warehouse)
    return wrap("orderProcess", (head, wrap("processes", _processes(order))))


def _processes(order: Outbound) -> Iterator[str]:
    for step, at in order.steps:
        yield wrap("process", (leaves(processStatus=step, operateTime=write_time(at)),))


def _find(site: Site, warehouse: str, code: str) -> Outbound:
    order = site.outbound.get(code)
    if order is None or warehouse not in {"", order.warehouse}:
        raise Refused(Trouble.NOT_FOUND, f"order {code} is unknown")
    return order


def _demand_recallable(site: Site, order: Outbound) -> None:
    if order.status in _SHIPPED:
        raise Refused(Trouble.TOO_LATE, f"order {order.code} has been shipped")
    if order.status in {"CANCELED", "REJECT"}:
        raise Refused(Trouble.TOO_LATE, f"order {order.code} is {order.status}")
    if is_past_recall(site, order):
        raise Refused(Trouble.TOO_LATE, f"order {order.code} is past {site.config.cancel_until}")
