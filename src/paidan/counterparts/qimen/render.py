"""From messages to request bytes. Element names and their order: Qimen API metadata. The hot path of release: keep it allocation-light."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from paidan.counterparts.qimen.markup import extension, flag, group, instant, leaf, request, scaled, whole, yuan
from paidan.counterparts.qimen.messages import (
    CombineItemSync,
    CombinePart,
    Contact,
    DeliveryBatch,
    DeliveryLine,
    DeliveryOrder,
    DeliveryQuery,
    DeliveryRequirements,
    EntryLine,
    EntryOrder,
    InventoryCriterion,
    InventoryQuery,
    ItemsSync,
    OrderCancel,
    Sendable,
    SingleItem,
    SingleItemSync,
)


class Rendered(NamedTuple):
    """A request ready to be signed: the short method name and the exact body."""

    method: str
    body: bytes


def render(message: Sendable) -> Rendered:
    """The method and the exact bytes for any message we send."""
    method, write = _WRITERS[type(message)]
    return Rendered(method, write(message))


def delivery_order(order: DeliveryOrder) -> bytes:
    """`deliveryorder.create`."""
    return request((_delivery_head(order), _delivery_lines(order), extension(order.extend_props)))


def delivery_batch(batch: DeliveryBatch) -> bytes:
    """`deliveryorder.batchcreate`: head and lines of each order as in a single one."""
    return request((group("orders", [_batched_order(order) for order in batch.orders]),))


def single_item(sync: SingleItemSync) -> bytes:
    """`singleitem.synchronize`."""
    return request((*_item_head(sync), _item(sync.item)))


def items(sync: ItemsSync) -> bytes:
    """`items.synchronize`."""
    return request((*_item_head(sync), group("items", [_item(item) for item in sync.items])))


def combine_item(sync: CombineItemSync) -> bytes:
    """`combineitem.synchronize`."""
    head = (leaf("itemCode", sync.item_code), leaf("ownerCode", sync.owner_code), leaf("warehouseCode", sync.warehouse_code))
    return request((*head, group("items", [_combine_part(part) for part in sync.parts])))


def entry_order(order: EntryOrder) -> bytes:
    """`entryorder.create`."""
    return request((_entry_head(order), group("orderLines", [_entry_line(line) for line in order.lines]), extension(order.extend_props)))


def order_cancel(cancel: OrderCancel) -> bytes:
    """`order.cancel`."""
    return request(
        (
            leaf("warehouseCode", cancel.warehouse_code),
            leaf("ownerCode", cancel.owner_code),
            leaf("orderCode", cancel.order_code),
            leaf("orderId", cancel.order_id),
            leaf("orderType", cancel.order_type),
            leaf("cancelReason", cancel.cancel_reason),
        ),
    )


def delivery_query(query: DeliveryQuery) -> bytes:
    """`deliveryorder.query`."""
    return request(
        (
            leaf("ownerCode", query.owner_code),
            leaf("warehouseCode", query.warehouse_code),
            leaf("orderCode", query.order_code),
            leaf("orderId", query.order_id),
            whole("page", query.page),
            whole("pageSize", query.page_size),
        ),
    )


def inventory_query(query: InventoryQuery) -> bytes:
    """`inventory.query`."""
    return request((group("criteriaList", [_criterion(criterion) for criterion in query.criteria]),))


def _batched_order(order: DeliveryOrder) -> str:
    return group("order", (_delivery_head(order), _delivery_lines(order), extension(order.extend_props)))


def _delivery_head(order: DeliveryOrder) -> str:
    return group(
        "deliveryOrder",
        (
            leaf("deliveryOrderCode", order.delivery_order_code),
            leaf("preDeliveryOrderCode", order.pre_delivery_order_code),
            leaf("orderType", order.order_type),
            leaf("warehouseCode", order.warehouse_code),
            leaf("orderFlag", "^".join(order.order_flags)),
            leaf("sourcePlatformCode", order.source_platform_code),
            leaf("sourcePlatformName", order.source_platform_name),
            instant("createTime", order.created_at),
            instant("placeOrderTime", order.placed_at),
            instant("payTime", order.paid_at),
            leaf("payNo", order.pay_no),
            leaf("operatorCode", order.operator_code),
            instant("operateTime", order.operated_at),
            leaf("shopNick", order.shop_nick),
            leaf("sellerNick", order.seller_nick),
            leaf("buyerNick", order.buyer_nick),
            yuan("totalAmount", order.total_minor),
            yuan("itemAmount", order.item_minor),
            yuan("discountAmount", order.discount_minor),
            yuan("freight", order.freight_minor),
            yuan("arAmount", order.ar_minor),
            yuan("gotAmount", order.got_minor),
            yuan("serviceFee", order.service_fee_minor),
            leaf("logisticsCode", order.logistics_code),
            leaf("logisticsName", order.logistics_name),
            leaf("expressCode", order.express_code),
            leaf("logisticsAreaCode", order.logistics_area_code),
            _requirements(order.requirements),
            _sender(order.sender),
            _contact("receiverInfo", order.receiver),
            "<isUrgency>Y</isUrgency>" if order.is_urgent else "",
            leaf("buyerMessage", order.buyer_message),
            leaf("sellerMessage", order.seller_message),
            leaf("remark", order.remark),
            leaf("serviceCode", order.service_code),
            leaf("ownerCode", order.owner_code),
            instant("latestCollectionTime", order.collect_by_at),
            instant("latestDeliveryTime", order.deliver_by_at),
            leaf("oaidOrderSourceCode", order.oaid_order_source_code),
        ),
    )


def _requirements(wanted: DeliveryRequirements | None) -> str:
    if wanted is None:
        return ""
    return group(
        "deliveryRequirements",
        (
            whole("scheduleType", wanted.schedule_type),
            leaf("scheduleDay", wanted.schedule_day),
            leaf("scheduleStartTime", wanted.schedule_start_time),
            leaf("scheduleEndTime", wanted.schedule_end_time),
            leaf("deliveryType", wanted.delivery_type),
        ),
    )


@lru_cache(maxsize=512)
def _sender(contact: Contact | None) -> str:
    """One for each shop and warehouse: written once. Receivers are never kept."""
    return _contact("senderInfo", contact)


def _contact(name: str, contact: Contact | None) -> str:
    if contact is None:
        return ""
    return group(
        name,
        (
            leaf("company", contact.company),
            leaf("name", contact.name),
            leaf("zipCode", contact.zip_code),
            leaf("tel", contact.tel),
            leaf("mobile", contact.mobile),
            leaf("idType", contact.id_type),
            leaf("idNumber", contact.id_number),
            leaf("email", contact.email),
            leaf("countryCode", contact.country_code),
            leaf("province", contact.province),
            leaf("city", contact.city),
            leaf("area", contact.area),
            leaf("town", contact.town),
            leaf("detailAddress", contact.detail_address),
            leaf("oaid", contact.oaid),
        ),
    )


def _delivery_lines(order: DeliveryOrder) -> str:
    return group("orderLines", [_delivery_line(line) for line in order.lines])


def _delivery_line(line: DeliveryLine) -> str:
    return group(
        "orderLine",
        (
            leaf("orderLineNo", line.order_line_no),
            leaf("sourceOrderCode", line.source_order_code),
            leaf("subSourceOrderCode", line.sub_source_order_code),
            leaf("ownerCode", line.owner_code),
            leaf("itemCode", line.item_code),
            leaf("itemId", line.item_id),
            leaf("inventoryType", line.inventory_type),
            leaf("itemName", line.item_name),
            leaf("extCode", line.ext_code),
            whole("planQty", line.plan_qty),
            yuan("retailPrice", line.retail_price_minor),
            yuan("actualPrice", line.actual_price_minor),
            yuan("discountAmount", line.discount_minor),
            leaf("batchCode", line.batch_code),
        ),
    )


def _item_head(sync: SingleItemSync | ItemsSync) -> tuple[str, str, str]:
    return leaf("actionType", sync.action), leaf("warehouseCode", sync.warehouse_code), leaf("ownerCode", sync.owner_code)


def _item(item: SingleItem) -> str:
    return group(
        "item",
        (
            leaf("itemCode", item.item_code),
            leaf("itemId", item.item_id),
            leaf("goodsCode", item.goods_code),
            leaf("itemName", item.item_name),
            leaf("shortName", item.short_name),
            leaf("englishName", item.english_name),
            leaf("barCode", item.bar_code),
            leaf("skuProperty", item.sku_property),
            leaf("stockUnit", item.stock_unit),
            scaled("length", item.length_mm, 1),
            scaled("width", item.width_mm, 1),
            scaled("height", item.height_mm, 1),
            scaled("volume", item.volume_cm3, 3),
            scaled("grossWeight", item.gross_weight_g, 3),
            scaled("netWeight", item.net_weight_g, 3),
            leaf("color", item.color),
            leaf("size", item.size),
            leaf("categoryId", item.category_id),
            leaf("categoryName", item.category_name),
            leaf("itemType", item.item_type),
            yuan("tagPrice", item.tag_price_minor),
            yuan("retailPrice", item.retail_price_minor),
            yuan("costPrice", item.cost_price_minor),
            leaf("brandCode", item.brand_code),
            leaf("brandName", item.brand_name),
            flag("isSNMgmt", yes=item.is_sn_managed),
            flag("isShelfLifeMgmt", yes=item.is_shelf_life_managed),
            whole("shelfLife", item.shelf_life_h),
            flag("isBatchMgmt", yes=item.is_batch_managed),
            flag("isFragile", yes=item.is_fragile),
            flag("isHazardous", yes=item.is_hazardous),
            leaf("remark", item.remark),
            flag("isValid", yes=item.is_valid),
            extension(item.extend_props),
        ),
    )


def _combine_part(part: CombinePart) -> str:
    return group("item", (leaf("itemCode", part.item_code), leaf("itemId", part.item_id), whole("quantity", part.quantity)))


def _entry_head(order: EntryOrder) -> str:
    related = [group("relatedOrder", (leaf("orderType", other.order_type), leaf("orderCode", other.order_code))) for other in order.related_orders]
    return group(
        "entryOrder",
        (
            leaf("entryOrderCode", order.entry_order_code),
            leaf("ownerCode", order.owner_code),
            leaf("purchaseOrderCode", order.purchase_order_code),
            leaf("warehouseCode", order.warehouse_code),
            instant("orderCreateTime", order.created_at),
            leaf("orderType", order.order_type),
            group("relatedOrders", related),
            instant("expectStartTime", order.expected_from_at),
            instant("expectEndTime", order.expected_to_at),
            leaf("logisticsCode", order.logistics_code),
            leaf("logisticsName", order.logistics_name),
            leaf("expressCode", order.express_code),
            leaf("supplierCode", order.supplier_code),
            leaf("supplierName", order.supplier_name),
            _contact("senderInfo", order.sender),
            _contact("receiverInfo", order.receiver),
            leaf("remark", order.remark),
            whole("totalOrderLines", len(order.lines)),
        ),
    )


def _entry_line(line: EntryLine) -> str:
    return group(
        "orderLine",
        (
            leaf("orderLineNo", line.order_line_no),
            leaf("ownerCode", line.owner_code),
            leaf("itemCode", line.item_code),
            leaf("itemId", line.item_id),
            leaf("itemName", line.item_name),
            whole("planQty", line.plan_qty),
            yuan("purchasePrice", line.purchase_price_minor),
            leaf("inventoryType", line.inventory_type),
            leaf("batchCode", line.batch_code),
            leaf("unit", line.unit),
        ),
    )


def _criterion(criterion: InventoryCriterion) -> str:
    return group(
        "criteria",
        (
            leaf("warehouseCode", criterion.warehouse_code),
            leaf("ownerCode", criterion.owner_code),
            leaf("itemCode", criterion.item_code),
            leaf("itemId", criterion.item_id),
            leaf("inventoryType", criterion.inventory_type),
        ),
    )


_WRITERS: Final[dict[type, tuple[str, Callable[[Any], bytes]]]] = {
    DeliveryOrder: ("deliveryorder.create", delivery_order),
    DeliveryBatch: ("deliveryorder.batchcreate", delivery_batch),
    SingleItemSync: ("singleitem.synchronize", single_item),
    ItemsSync: ("items.synchronize", items),
    CombineItemSync: ("combineitem.synchronize", combine_item),
    EntryOrder: ("entryorder.create", entry_order),
    OrderCancel: ("order.cancel", order_cancel),
    DeliveryQuery: ("deliveryorder.query", delivery_query),
    InventoryQuery: ("inventory.query", inventory_query),
}
