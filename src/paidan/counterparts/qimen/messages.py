"""What we send to a warehouse. Names follow the protocol's element names; amounts are fen, instants UTC, sizes mm, weights g."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Properties = tuple[tuple[str, str], ...]  # (element name, text): <extendProps>
Action = Literal["add", "update"]


class Contact(Struct, frozen=True, kw_only=True):
    """A sender or receiver. Personal data: its repr shows none of it."""

    company: str = ""
    name: str
    zip_code: str = ""
    tel: str = ""
    mobile: str
    email: str = ""
    country_code: str = ""
    province: str
    city: str
    area: str = ""
    town: str = ""
    detail_address: str
    id_type: str = ""
    id_number: str = ""
    oaid: str = ""

    def __repr__(self) -> str:
        return "Contact(...)"


class SingleItem(Struct, frozen=True, kw_only=True):
    """One article. `item_code` is our key, `item_id` the warehouse's. Sent as cm, litre and kg."""

    item_code: str
    item_id: str = ""
    goods_code: str = ""
    item_name: str
    short_name: str = ""
    english_name: str = ""
    bar_code: str
    sku_property: str = ""
    stock_unit: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    volume_cm3: int | None = None
    gross_weight_g: int | None = None
    net_weight_g: int | None = None
    color: str = ""
    size: str = ""
    category_id: str = ""
    category_name: str = ""
    item_type: str = "ZC"
    tag_price_minor: int | None = None
    retail_price_minor: int | None = None
    cost_price_minor: int | None = None
    brand_code: str = ""
    brand_name: str = ""
    is_sn_managed: bool = False
    is_shelf_life_managed: bool = False
    shelf_life_h: int | None = None
    is_batch_managed: bool = False
    is_fragile: bool = False
    is_hazardous: bool = False
    remark: str = ""
    is_valid: bool = True
    extend_props: Properties = ()


class SingleItemSync(Struct, frozen=True, kw_only=True):
    """`singleitem.synchronize`: make one article known to a warehouse."""

    action: Action
    warehouse_code: str
    owner_code: str
    item: SingleItem


class ItemsSync(Struct, frozen=True, kw_only=True):
    """`items.synchronize`: several articles; the answer lists the failed ones only."""

    action: Action
    warehouse_code: str
    owner_code: str
    items: tuple[SingleItem, ...]


class CombinePart(Struct, frozen=True, kw_only=True):
    """`quantity` of an article in one bundle."""

    item_code: str
    item_id: str = ""
    quantity: int


class CombineItemSync(Struct, frozen=True, kw_only=True):
    """`combineitem.synchronize`: what a bundle is made of."""

    item_code: str
    owner_code: str
    warehouse_code: str = ""
    parts: tuple[CombinePart, ...]


class RelatedOrder(Struct, frozen=True, kw_only=True):
    """A document that another one goes back to (CG purchase order, DB transfer, CK stock-out, RK entry)."""

    order_type: str
    order_code: str


class EntryLine(Struct, frozen=True, kw_only=True):
    """One line to be received. `purchase_price_minor` is per unit."""

    order_line_no: str
    owner_code: str
    item_code: str
    item_id: str = ""
    item_name: str = ""
    plan_qty: int
    purchase_price_minor: int | None = None
    inventory_type: str = "ZP"
    batch_code: str = ""
    unit: str = ""


class EntryOrder(Struct, frozen=True, kw_only=True):
    """`entryorder.create`: goods that will arrive at a warehouse."""

    entry_order_code: str
    owner_code: str
    purchase_order_code: str = ""
    warehouse_code: str
    created_at: datetime | None = None
    order_type: str = "CGRK"
    related_orders: tuple[RelatedOrder, ...] = ()
    expected_from_at: datetime | None = None
    expected_to_at: datetime | None = None
    logistics_code: str = ""
    logistics_name: str = ""
    express_code: str = ""
    supplier_code: str = ""
    supplier_name: str = ""
    sender: Contact | None = None
    receiver: Contact | None = None
    remark: str = ""
    lines: tuple[EntryLine, ...]
    extend_props: Properties = ()


class DeliveryLine(Struct, frozen=True, kw_only=True):
    """One line to be shipped. Prices are per unit: retail = actual + discount."""

    order_line_no: str
    source_order_code: str = ""
    sub_source_order_code: str = ""
    owner_code: str
    item_code: str
    item_id: str = ""
    inventory_type: str = "ZP"
    item_name: str = ""
    ext_code: str = ""
    plan_qty: int
    retail_price_minor: int | None = None
    actual_price_minor: int
    discount_minor: int | None = None
    batch_code: str = ""


class DeliveryRequirements(Struct, frozen=True, kw_only=True):
    """When and how the buyer wants it. `schedule_type` 1 working day, 2 holiday, 101 same day, 102 next morning, 103 next day, 104 booked."""

    schedule_type: int | None = None
    schedule_day: str = ""
    schedule_start_time: str = ""
    schedule_end_time: str = ""
    delivery_type: str = ""


class DeliveryOrder(Struct, frozen=True, kw_only=True):
    """`deliveryorder.create`: what one warehouse shall send to one address.

    total = ar + got = item - discount + freight; `ar_minor` (to be collected) is above zero for cash on delivery only.
    Buyer's words may hold personal data: its repr shows the code only.
    """

    delivery_order_code: str
    pre_delivery_order_code: str = ""
    order_type: str = "JYCK"
    warehouse_code: str
    order_flags: tuple[str, ...] = ()
    source_platform_code: str = ""
    source_platform_name: str = ""
    created_at: datetime
    placed_at: datetime
    paid_at: datetime | None = None
    pay_no: str = ""
    operator_code: str = ""
    operated_at: datetime
    shop_nick: str
    seller_nick: str = ""
    buyer_nick: str = ""
    total_minor: int | None = None
    item_minor: int | None = None
    discount_minor: int | None = None
    freight_minor: int | None = None
    ar_minor: int | None = None
    got_minor: int | None = None
    service_fee_minor: int | None = None
    logistics_code: str
    logistics_name: str = ""
    express_code: str = ""
    logistics_area_code: str = ""
    requirements: DeliveryRequirements | None = None
    sender: Contact
    receiver: Contact
    is_urgent: bool = False
    buyer_message: str = ""
    seller_message: str = ""
    remark: str = ""
    service_code: str = ""
    owner_code: str = ""
    collect_by_at: datetime | None = None
    deliver_by_at: datetime | None = None
    oaid_order_source_code: str = ""
    lines: tuple[DeliveryLine, ...]
    extend_props: Properties = ()

    def __repr__(self) -> str:
        return f"DeliveryOrder({self.delivery_order_code!r}, {len(self.lines)} lines)"


class DeliveryBatch(Struct, frozen=True, kw_only=True):
    """`deliveryorder.batchcreate`: several delivery orders; the answer lists the failed ones only."""

    orders: tuple[DeliveryOrder, ...]


class OrderCancel(Struct, frozen=True, kw_only=True):
    """`order.cancel`: ask for a document of any type back."""

    warehouse_code: str
    owner_code: str = ""
    order_code: str
    order_id: str = ""
    order_type: str = "JYCK"
    cancel_reason: str = ""


class DeliveryQuery(Struct, frozen=True, kw_only=True):
    """`deliveryorder.query`: what became of a delivery order. Pages count from 1; at most 100 lines a page."""

    warehouse_code: str
    owner_code: str = ""
    order_code: str
    order_id: str = ""
    page: int = 1
    page_size: int = 100


class InventoryCriterion(Struct, frozen=True, kw_only=True):
    """One article whose stock is asked for; `inventory_type` empty means every type."""

    warehouse_code: str
    owner_code: str = ""
    item_code: str
    item_id: str = ""
    inventory_type: str = ""


class InventoryQuery(Struct, frozen=True, kw_only=True):
    """`inventory.query`: the stock of several articles."""

    criteria: tuple[InventoryCriterion, ...]


Sendable = SingleItemSync | ItemsSync | CombineItemSync | EntryOrder | DeliveryOrder | DeliveryBatch | OrderCancel | DeliveryQuery | InventoryQuery
