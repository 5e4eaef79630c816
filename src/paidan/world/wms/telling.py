"""What the warehouse system tells Paidan: signed calls, one for each thing that happened."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from paidan.world.carrier.chinatime import write_time
from paidan.world.wire import Callback
from paidan.world.wms.config import WmsConfig
from paidan.world.wms.markup import leaf, leaves, request_body, wrap
from paidan.world.wms.records import Entry, Line, Outbound, Package, Word
from paidan.world.wms.refused import Refused
from paidan.world.wms.signature import sign
from paidan.world.wms.site import Site

OK = b"<flag>success</flag>"
_HEADERS = {"content-type": "text/xml; charset=utf-8"}


def signed_url(config: WmsConfig, method: str, body: bytes, at: datetime) -> str:
    """Put the system parameters and the signature over `body` into Paidan's URL; parameters the URL has already are signed too."""
    base, _, own = config.callback_url.partition("?")
    params = dict(parse_qsl(own, keep_blank_values=True)) | {
        "method": method,
        "timestamp": write_time(at),
        "format": "xml",
        "app_key": config.app_key,
        "v": config.version,
        "sign_method": "md5",
        "customerId": config.customer_id,
    }
    return f"{base}?{urlencode(params | {'sign': sign(config.secret, params, body)})}"


def send(config: WmsConfig, words: Sequence[Word], now: datetime) -> list[Callback]:
    """Sign what is to be told, at the moment it leaves."""
    return [
        Callback(
            key=word.key,
            due_at=word.at,
            url=signed_url(config, word.method, word.body, now),
            body=word.body,
            headers=_HEADERS,
            ok_contains=OK,
        )
        for word in words
    ]


def process(site: Site, at: datetime, order: Outbound, step: str, waybill: str = "") -> None:
    """orderprocess.report: one step of an order (the protocol gives this message no outBizCode)."""
    head = leaves(orderCode=order.code, orderId=order.id, orderType=order.order_type, warehouseCode=order.warehouse)
    done = leaves(processStatus=step, operateTime=write_time(at), expressCode=waybill)
    _tell(site, at, "orderprocess.report", order.code, wrap("order", (head,)), wrap("process", (done,)))


def lack(site: Site, at: datetime, order: Outbound, lacking: Sequence[Line]) -> None:
    """itemlack.report: what the picker did not find."""
    head = leaves(
        warehouseCode=order.warehouse,
        deliveryOrderCode=order.code,
        deliveryOrderId=order.id,
        createTime=write_time(at),
        outBizCode=f"{order.id}-L",
    )
    items = [
        wrap(
            "item",
            (
                leaves(
                    itemCode=line.item,
                    inventoryType=line.inventory_type,
                    planQty=line.plan,
                    lackQty=line.plan - line.picked,
                    reason="physical shortage",
                ),
            ),
        )
        for line in lacking
    ]
    _tell(site, at, "itemlack.report", order.code, head, wrap("items", items))


def confirm_out(site: Site, at: datetime, order: Outbound, shares: Sequence[tuple[int, int]], packages: Sequence[Package], *, is_final: bool) -> None:
    """deliveryorder.confirm or stockout.confirm. Quantities are those of this message alone; confirmType 1 announces more, 0 is the last."""
    head = leaves(
        deliveryOrderCode=order.code,
        deliveryOrderId=order.id,
        warehouseCode=order.warehouse,
        orderType=order.order_type,
        status=order.status,
        outBizCode=f"{order.id}-{order.confirms}",
        confirmType=int(not is_final),
        orderConfirmTime=write_time(at),
    )
    _tell(
        site,
        at,
        f"{order.kind}.confirm",
        order.code,
        wrap("deliveryOrder", (head,)),
        wrap("packages", (package(site, order, each) for each in packages)),
        wrap("orderLines", (order_line(site, order.lines[index], units) for index, units in shares)),
    )


def package(site: Site, order: Outbound, parcel: Package) -> str:
    """Write one package with its contents."""
    items = [
        wrap("item", (leaves(itemCode=order.lines[index].item, quantity=units, orderLineNo=order.lines[index].line_no),))
        for index, units in parcel.contents
    ]
    head = leaves(
        logisticsCode=parcel.carrier,
        logisticsName=site.carriers[parcel.carrier],
        expressCode=parcel.waybill,
        weight=f"{parcel.weight_g // 1000}.{parcel.weight_g % 1000:03d}",
    )
    return wrap("package", (head, wrap("items", items)))


def order_line(site: Site, line: Line, actual: int) -> str:
    """Write one line of an order out."""
    return wrap(
        "orderLine",
        (
            leaves(
                orderLineNo=line.line_no,
                ownerCode=site.config.owner_code,
                itemCode=line.item,
                inventoryType=line.inventory_type,
                planQty=line.plan,
                actualQty=actual,
            ),
        ),
    )


def confirm_in(site: Site, at: datetime, entry: Entry, received: Sequence[tuple[int, int]], *, is_final: bool) -> None:
    """entryorder.confirm: (line index, units) of this go; confirmType 1 announces more, 0 is the last."""
    head = leaves(
        totalOrderLines=len(received),
        entryOrderCode=entry.code,
        ownerCode=site.config.owner_code,
        warehouseCode=entry.warehouse,
        entryOrderId=entry.id,
        entryOrderType=entry.order_type,
        outBizCode=f"{entry.id}-{entry.confirms}",
        confirmType=int(not is_final),
        status=entry.status,
        operateTime=write_time(at),
    )
    lines = [_entry_line(site, entry, index, units) for index, units in received]
    _tell(site, at, "entryorder.confirm", entry.code, wrap("entryOrder", (head,)), wrap("orderLines", lines))


def stock_change(site: Site, at: datetime, warehouse: str, item: str, units: int) -> None:
    """stockchange.report: a signed change of good stock that no other message tells."""
    number = site.serial("S")
    change = leaves(
        ownerCode=site.config.owner_code,
        warehouseCode=warehouse,
        orderCode=number,
        outBizCode=number,
        itemCode=item,
        inventoryType="ZP",
        quantity=units,
        changeTime=write_time(at),
        remark="found" if units > 0 else "damaged",
    )
    _tell(site, at, "stockchange.report", f"{warehouse}:{item}", wrap("items", (wrap("item", (change,)),)))


def batch_answer(site: Site, at: datetime, outcomes: Sequence[tuple[str, Outbound | Refused]]) -> None:
    """deliveryorder.batchcreate.answer: what became of each order of a batch."""
    orders = [wrap("order", (leaf("deliveryOrderCode", code), _outcome(outcome))) for code, outcome in outcomes]
    _tell(site, at, "deliveryorder.batchcreate.answer", "batches", wrap("orders", orders))


def _outcome(outcome: Outbound | Refused) -> str:
    if isinstance(outcome, Refused):
        return leaves(flag="failure", code=outcome.code, message=outcome.message)
    info = leaves(
        createTime=write_time(outcome.created_at), deliveryOrderId=outcome.id, warehouseCode=outcome.warehouse, logisticsCode=outcome.carrier
    )
    return wrap("orderInfo", (info,)) + leaves(flag="success", code="0")


def _entry_line(site: Site, entry: Entry, index: int, units: int) -> str:
    line = entry.lines[index]
    fields = leaves(
        outBizCode=f"{entry.id}-{entry.confirms}-{index + 1}",
        orderLineNo=line.line_no,
        ownerCode=site.config.owner_code,
        itemCode=line.item,
        planQty=line.plan,
        inventoryType=line.inventory_type,
        actualQty=units,
    )
    return wrap("orderLine", (fields,))


def _tell(site: Site, at: datetime, method: str, about: str, *parts: str) -> None:
    # The key is a lane and a number: what is told of one document keeps its order.
    number = site.words_about[about] = site.words_about.get(about, 0) + 1
    site.outbox.append(Word(method=method, key=f"wms:{about}#{number}", at=at, body=request_body(*parts)))
