"""Orders out come in: deliveryorder.create, deliveryorder.batchcreate, stockout.create."""

from datetime import datetime, timedelta
from typing import Final, Literal

from lxml.etree import _Element as Element

from paidan.world.carrier.chinatime import write_time
from paidan.world.wms import telling
from paidan.world.wms.demands import (
    INVENTORY_TYPES,
    demand,
    demand_child,
    demand_code,
    demand_contact,
    demand_list,
    demand_quantity,
    demand_times,
    demand_word,
)
from paidan.world.wms.floor import plan_work
from paidan.world.wms.markup import leaves, text, wrap
from paidan.world.wms.records import Line, Outbound
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.site import Site

_DELIVERY: Final = ("deliveryOrderCode", "orderType", "warehouseCode", "createTime", "placeOrderTime", "operateTime", "shopNick", "logisticsCode")
_STOCKOUT: Final = ("deliveryOrderCode", "orderType", "warehouseCode", "createTime")
_DELIVERY_TYPES: Final = ("JYCK", "HHCK", "BFCK", "QTCK")
_STOCKOUT_TYPES: Final = ("PTCK", "DBCK", "B2BCK", "QTCK", "CGTH", "XNCK", "JITCK")


def create_delivery(site: Site, root: Element, now: datetime) -> str:
    """Serve deliveryorder.create. The same code again is answered with the same deliveryOrderId and booked once."""
    return _receipt(_store(site, root, "deliveryorder", now))


def create_stockout(site: Site, root: Element, now: datetime) -> str:
    """Serve stockout.create: everything that is not a consumer order."""
    order = _store(site, root, "stockout", now)
    return leaves(createTime=write_time(order.created_at), deliveryOrderId=order.id)


def create_batch(site: Site, root: Element, now: datetime) -> str:
    """Serve deliveryorder.batchcreate: store what can be stored. Failures are listed in the answer, or told later by batchcreate.answer.

    The flag is failure only when no order was stored [unverified].
    """
    elements = demand_list(root, "orders/order")
    outcomes = [_try_store(site, element, now) for element in elements]
    if site.config.batch_answer_after_s is not None:
        site.agenda.plan(now + timedelta(seconds=site.config.batch_answer_after_s), "batch answer", outcomes)
        return ""
    failed = [wrap("order", (leaves(deliveryOrderCode=code, message=outcome.message),)) for code, outcome in outcomes if isinstance(outcome, Refused)]
    inner = wrap("orders", failed) if failed else ""
    if len(failed) == len(elements):
        raise Refused(Trouble.MALFORMED, "no order was stored", inner)
    return inner


def on_batch_answer(site: Site, at: datetime, outcomes: list[tuple[str, Outbound | Refused]]) -> None:
    """Tell what became of each order of a batch."""
    telling.batch_answer(site, at, outcomes)


def _try_store(site: Site, element: Element, now: datetime) -> tuple[str, Outbound | Refused]:
    code = text(element, "deliveryOrder/deliveryOrderCode")
    try:
        return code, _store(site, element, "deliveryorder", now)
    except Refused as no:
        site.count(f"refused {no.code}")
        return code, no


def _receipt(order: Outbound) -> str:
    return leaves(createTime=write_time(order.created_at), deliveryOrderId=order.id, warehouseCode=order.warehouse, logisticsCode=order.carrier)


def _store(site: Site, element: Element, kind: Literal["deliveryorder", "stockout"], now: datetime) -> Outbound:
    head = demand_child(element, "deliveryOrder")
    fields = demand(head, _DELIVERY if kind == "deliveryorder" else _STOCKOUT)
    code = demand_code(fields["deliveryOrderCode"], "deliveryOrderCode")
    warehouse = site.demand_warehouse(fields["warehouseCode"])
    known = site.outbound.get(code)
    if known is not None:
        return _repeated(site, known, kind, warehouse)
    order = _read(site, element, head, fields, kind, now)
    site.outbound[code] = order
    plan_work(site, order, now)
    return order


def _repeated(site: Site, known: Outbound, kind: str, warehouse: str) -> Outbound:
    if known.kind != kind or known.warehouse != warehouse:
        raise Refused(Trouble.CODE_TAKEN, f"deliveryOrderCode {known.code} belongs to another document")
    site.count("repeated create")
    return known


def _read(site: Site, element: Element, head: Element, fields: dict[str, str], kind: Literal["deliveryorder", "stockout"], now: datetime) -> Outbound:
    is_delivery = kind == "deliveryorder"
    demand_word(fields["orderType"], _DELIVERY_TYPES if is_delivery else _STOCKOUT_TYPES, "orderType")
    demand_times(fields, ("createTime", "placeOrderTime", "operateTime") if is_delivery else ("createTime",))
    if text(head, "ownerCode"):
        site.demand_owner(text(head, "ownerCode"))
    carrier = text(head, "logisticsCode")
    if carrier and carrier not in site.carriers:
        raise Refused(Trouble.UNKNOWN_CARRIER, f"logisticsCode {carrier} is unknown")
    receiver = demand_contact(head, "receiverInfo") if is_delivery or head.find("receiverInfo") is not None else head
    if head.find("senderInfo") is not None:
        demand_contact(head, "senderInfo")
    lines = [_line(site, line, fields["warehouseCode"], is_delivery=is_delivery) for line in demand_list(element, "orderLines/orderLine")]
    return Outbound(
        code=fields["deliveryOrderCode"],
        id=site.serial("D"),
        kind=kind,
        order_type=fields["orderType"],
        warehouse=fields["warehouseCode"],
        carrier=carrier,
        country=text(receiver, "countryCode") or "CN",
        province=text(receiver, "province"),
        city=text(receiver, "city"),
        phone_tail=text(receiver, "mobile")[-4:],
        waybill_given=text(head, "expressCode"),
        created_at=now,
        lines=lines,
    )


def _line(site: Site, element: Element, warehouse: str, *, is_delivery: bool) -> Line:
    fields = demand(element, ("ownerCode", "itemCode", "planQty", "actualPrice") if is_delivery else ("ownerCode", "itemCode", "planQty"))
    site.demand_owner(fields["ownerCode"])
    if site.item(warehouse, fields["itemCode"]) is None:
        raise Refused(Trouble.UNKNOWN_ITEM, f"itemCode {fields['itemCode']} is unknown in {warehouse}, synchronise it first")
    return Line(
        line_no=text(element, "orderLineNo"),
        item=fields["itemCode"],
        inventory_type=demand_word(text(element, "inventoryType") or "ZP", INVENTORY_TYPES, "inventoryType"),
        plan=demand_quantity(fields["planQty"], "planQty"),
    )
