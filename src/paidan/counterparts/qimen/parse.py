"""What warehouses tell us, by method: request bytes → report. Required elements and numbers: Qimen API metadata. BadInput names the element."""

from collections.abc import Callable
from typing import Final

from paidan.counterparts.qimen.reader import SIZE_MAX, Reader, read_root
from paidan.counterparts.qimen.reports import (
    CONFIRM_FINAL,
    CONFIRM_INTERMEDIATE,
    BatchCreateAnswer,
    BatchCreated,
    ConfirmLine,
    CountedItem,
    DeliveryBatchConfirm,
    DeliveryConfirm,
    EntryConfirm,
    EntryConfirmLine,
    ExceptionReport,
    InventoryReport,
    ItemLackReport,
    LackItem,
    Lot,
    Package,
    PackageItem,
    ProcessReport,
    Report,
    StockChange,
    StockChangeReport,
)
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason


def parse_report(method: str, body: bytes, size_max: int = SIZE_MAX) -> Report:
    """The report in `body`; `method` in its short spelling. BadInput for an unknown method or anything the method does not allow."""
    read = REPORTS.get(method)
    if read is None:
        raise BadInput(Reason.UNKNOWN_METHOD, "method")
    return read(read_root(body, "request", size_max))


def delivery_confirm(root: Reader) -> DeliveryConfirm:
    """Head, packages and lines of a confirm, of one order of a batch confirm, or of the answer to a query."""
    head = root.inner("deliveryOrder")
    packages = tuple(_package(package) for package in root.each("packages", "package"))
    lines = tuple(_confirm_line(line) for line in root.each("orderLines", "orderLine"))
    return DeliveryConfirm(
        delivery_order_code=head.required("deliveryOrderCode"),
        delivery_order_id=head.code("deliveryOrderId"),
        warehouse_code=head.code("warehouseCode"),
        order_type=head.code("orderType"),
        status=head.code("status"),
        out_biz_code=head.code("outBizCode"),
        confirm_type=_confirm_type(head),
        confirmed_at=head.instant("orderConfirmTime"),
        operated_at=head.instant("operateTime"),
        packages=packages,
        lines=lines,
        extend_props=head.rest() + root.rest(),
    )


def _delivery_batch_confirm(root: Reader) -> DeliveryBatchConfirm:
    return DeliveryBatchConfirm(orders=tuple(delivery_confirm(order) for order in root.each("orders", "order")))


def _confirm_type(head: Reader) -> int:
    kind = head.count("confirmType")
    if kind not in {None, CONFIRM_FINAL, CONFIRM_INTERMEDIATE}:
        raise BadInput(Reason.FIELD_INVALID, "confirmType")
    return kind or CONFIRM_FINAL


def _package(package: Reader) -> Package:
    return Package(
        logistics_code=package.required("logisticsCode"),
        logistics_name=package.code("logisticsName"),
        express_code=package.required("expressCode"),
        package_code=package.code("packageCode"),
        length_mm=package.scaled("length", 1),
        width_mm=package.scaled("width", 1),
        height_mm=package.scaled("height", 1),
        weight_g=package.scaled("weight", 3),
        volume_cm3=package.scaled("volume", 3),
        items=tuple(_package_item(item) for item in package.each("items", "item")),
        extend_props=package.rest(),
    )


def _package_item(item: Reader) -> PackageItem:
    return PackageItem(
        item_code=item.required("itemCode"),
        item_id=item.code("itemId"),
        quantity=item.quantity_required("quantity"),
        order_line_no=item.code("orderLineNo"),
    )


def _confirm_line(line: Reader) -> ConfirmLine:
    lots, actual = _lots(line), line.count("actualQty")
    return ConfirmLine(
        order_line_no=line.code("orderLineNo"),
        order_source_code=line.code("orderSourceCode"),
        sub_source_code=line.code("subSourceCode"),
        item_code=line.code("itemCode"),
        item_id=line.code("itemId"),
        inventory_type=line.code("inventoryType", "ZP"),
        owner_code=line.code("ownerCode"),
        plan_qty=line.count("planQty"),
        actual_qty=_agreed(lots, actual),
        lots=lots,
        serials=line.texts("snList", "sn"),
        extend_props=line.rest(),
    )


def _lots(line: Reader) -> tuple[Lot, ...]:
    return tuple(_lot(batch) for batch in line.each("batchs", "batch"))


def _lot(batch: Reader) -> Lot:
    actual, plain = batch.quantity("actualQty"), batch.quantity("quantity")  # the stock change report spells it `quantity`
    quantity = plain if actual is None else actual
    if quantity is None:
        raise BadInput(Reason.FIELD_MISSING, "batchs/batch/actualQty")
    return Lot(
        batch_code=batch.code("batchCode"),
        product_on=batch.day("productDate"),
        expire_on=batch.day("expireDate"),
        produce_code=batch.code("produceCode"),
        inventory_type=batch.code("inventoryType", "ZP"),
        quantity=quantity,
    )


def _agreed(lots: tuple[Lot, ...], actual: int | None) -> int | None:
    """The line's quantity, which its lots must sum to; their sum when the line has none."""
    total = sum(lot.quantity for lot in lots)
    if lots and actual not in {None, total}:
        raise BadInput(Reason.FIELD_INVALID, "batchs: the sum is not actualQty")
    return total if lots else actual


def _entry_confirm(root: Reader) -> EntryConfirm:
    head = root.inner("entryOrder")
    lines = tuple(_entry_line(line) for line in root.each("orderLines", "orderLine"))
    return EntryConfirm(
        entry_order_code=head.required("entryOrderCode"),
        entry_order_id=head.code("entryOrderId"),
        entry_order_type=head.code("entryOrderType"),
        owner_code=head.code("ownerCode"),
        warehouse_code=head.code("warehouseCode"),
        out_biz_code=head.required("outBizCode"),
        confirm_type=_confirm_type(head),
        status=head.required("status"),
        operated_at=head.instant("operateTime"),
        total_order_lines=head.count("totalOrderLines"),
        lines=lines,
        extend_props=head.rest() + root.rest(),
    )


def _entry_line(line: Reader) -> EntryConfirmLine:
    lots = _lots(line)
    actual = line.quantity_required("actualQty")
    _agreed(lots, actual)
    return EntryConfirmLine(
        out_biz_code=line.code("outBizCode"),
        order_line_no=line.code("orderLineNo"),
        owner_code=line.code("ownerCode"),
        item_code=line.required("itemCode"),
        item_id=line.code("itemId"),
        plan_qty=line.count("planQty"),
        actual_qty=actual,
        inventory_type=line.code("inventoryType", "ZP"),
        batch_code=line.code("batchCode"),
        product_on=line.day("productDate"),
        expire_on=line.day("expireDate"),
        lots=lots,
        serials=line.texts("snList", "sn"),
        extend_props=line.rest(),
    )


def _process_report(root: Reader) -> ProcessReport:
    order, process = root.inner("order"), root.inner("process")
    return ProcessReport(
        order_code=order.required("orderCode"),
        order_id=order.code("orderId"),
        order_type=order.code("orderType"),
        warehouse_code=order.code("warehouseCode"),
        process_status=process.required("processStatus"),
        operator_code=process.code("operatorCode"),
        operator_name=process.code("operatorName"),
        operated_at=process.instant("operateTime"),
        operate_info=process.text("operateInfo"),
        express_code=process.code("expressCode"),
        extend_props=order.rest() + process.rest() + root.rest(),
    )


def _item_lack_report(root: Reader) -> ItemLackReport:
    return ItemLackReport(
        warehouse_code=root.required("warehouseCode"),
        delivery_order_code=root.required("deliveryOrderCode"),
        delivery_order_id=root.code("deliveryOrderId"),
        out_biz_code=root.required("outBizCode"),
        created_at=root.instant("createTime"),
        items=tuple(_lack_item(item) for item in root.each("items", "item")),
        extend_props=root.rest(),
    )


def _lack_item(item: Reader) -> LackItem:
    return LackItem(
        item_code=item.required("itemCode"),
        item_id=item.code("itemId"),
        inventory_type=item.code("inventoryType", "ZP"),
        batch_code=item.code("batchCode"),
        plan_qty=item.quantity_required("planQty"),
        lack_qty=item.quantity_required("lackQty"),
        reason=item.text("reason"),
    )


def _stock_change_report(root: Reader) -> StockChangeReport:
    changes = tuple(_stock_change(item) for item in root.each("items", "item"))
    return StockChangeReport(items=changes, extend_props=root.rest())


def _stock_change(item: Reader) -> StockChange:
    lots = _lots(item)
    quantity = item.quantity_required("quantity", signed=True)
    _agreed(lots, quantity)
    return StockChange(
        owner_code=item.required("ownerCode"),
        warehouse_code=item.required("warehouseCode"),
        order_code=item.required("orderCode"),
        order_type=item.code("orderType"),
        out_biz_code=item.required("outBizCode"),
        item_code=item.required("itemCode"),
        item_id=item.code("itemId"),
        inventory_type=item.code("inventoryType", "ZP"),
        quantity=quantity,
        batch_code=item.code("batchCode"),
        product_on=item.day("productDate"),
        expire_on=item.day("expireDate"),
        changed_at=item.instant("changeTime"),
        lots=lots,
        extend_props=item.rest(),
    )


def _inventory_report(root: Reader) -> InventoryReport:
    counted = tuple(_counted_item(item) for item in root.each("items", "item"))
    return InventoryReport(
        total_page=root.quantity_required("totalPage"),
        current_page=root.quantity_required("currentPage"),
        page_size=root.quantity_required("pageSize"),
        warehouse_code=root.required("warehouseCode"),
        check_order_code=root.required("checkOrderCode"),
        check_order_id=root.code("checkOrderId"),
        owner_code=root.required("ownerCode"),
        checked_at=root.instant("checkTime"),
        out_biz_code=root.required("outBizCode"),
        adjust_type=root.required("adjustType"),
        items=counted,
        extend_props=root.rest(),
    )


def _counted_item(item: Reader) -> CountedItem:
    return CountedItem(
        item_code=item.required("itemCode"),
        item_id=item.code("itemId"),
        inventory_type=item.code("inventoryType", "ZP"),
        quantity=item.quantity_required("quantity", signed=True),
        total_qty=item.count("totalQty"),
        batch_code=item.code("batchCode"),
        product_on=item.day("productDate"),
        expire_on=item.day("expireDate"),
        extend_props=item.rest(),
    )


def _exception_report(root: Reader) -> ExceptionReport:
    return ExceptionReport(
        message_id=root.code("messageId"),
        warehouse_code=root.code("warehouseCode"),
        delivery_order_code=root.required("deliveryOrderCode"),
        delivery_order_id=root.code("deliveryOrderId"),
        order_type=root.code("orderType"),
        logistics_code=root.code("logisticsCode"),
        express_code=root.code("expressCode"),
        message_type=root.code("messageType"),
        message_text=root.text("messageDesc"),
        created_at=root.instant("createTime"),
        extend_props=root.rest(),
    )


def _batch_create_answer(root: Reader) -> BatchCreateAnswer:
    return BatchCreateAnswer(orders=tuple(_batch_created(order) for order in root.each("orders", "order")))


def _batch_created(order: Reader) -> BatchCreated:
    made = order.inner_or_empty("orderInfo")
    return BatchCreated(
        delivery_order_code=order.required("deliveryOrderCode"),
        is_success=is_success(order),
        code=order.code("code"),
        message=order.text("message"),
        delivery_order_id=made.code("deliveryOrderId"),
        warehouse_code=made.code("warehouseCode"),
        logistics_code=made.code("logisticsCode"),
        extend_props=order.rest(),
    )


def is_success(answer: Reader) -> bool:
    """The `flag`: success or failure, in any case of letters. BadInput for anything else."""
    flag = answer.required("flag").lower()
    if flag not in {"success", "failure"}:
        raise BadInput(Reason.FIELD_INVALID, "flag")
    return flag == "success"


REPORTS: Final[dict[str, Callable[[Reader], Report]]] = {
    "deliveryorder.confirm": delivery_confirm,
    "deliveryorder.batchconfirm": _delivery_batch_confirm,
    "deliveryorder.batchcreate.answer": _batch_create_answer,
    "entryorder.confirm": _entry_confirm,
    "orderprocess.report": _process_report,
    "itemlack.report": _item_lack_report,
    "stockchange.report": _stock_change_report,
    "inventory.report": _inventory_report,
    "orderexception.report": _exception_report,
}
