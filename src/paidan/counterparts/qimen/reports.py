"""What a warehouse tells us. Quantities are whole units, weights g, sizes mm, instants UTC; `extend_props` keeps what we have no field for.

`extend_props` rows are (path of element names, text), so that nothing a warehouse said is lost.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from msgspec import Struct, field

from paidan.counterparts.qimen.messages import Properties

CONFIRM_FINAL = 0
CONFIRM_INTERMEDIATE = 1  # quantities are increments; allowed even after a final one, as a correction


class Lot(Struct, frozen=True, kw_only=True):
    """`BATCH` of the protocol: a lot with its quantity."""

    batch_code: str = ""
    product_on: date | None = None
    expire_on: date | None = None
    produce_code: str = ""
    inventory_type: str = "ZP"
    quantity: int


class PackageItem(Struct, frozen=True, kw_only=True):
    """So many of an article in one parcel."""

    item_code: str
    item_id: str = ""
    quantity: int
    order_line_no: str = ""


class Package(Struct, frozen=True, kw_only=True):
    """One parcel: the carrier's code and waybill number."""

    logistics_code: str
    logistics_name: str = ""
    express_code: str
    package_code: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None
    volume_cm3: int | None = None
    items: tuple[PackageItem, ...] = ()
    extend_props: Properties = ()


class ConfirmLine(Struct, frozen=True, kw_only=True):
    """What was really shipped of one line; `actual_qty` None: the warehouse did not say, the parcels do."""

    order_line_no: str = ""
    order_source_code: str = ""
    sub_source_code: str = ""
    item_code: str = ""
    item_id: str = ""
    inventory_type: str = "ZP"
    owner_code: str = ""
    plan_qty: int | None = None
    actual_qty: int | None = None
    lots: tuple[Lot, ...] = ()
    serials: tuple[str, ...] = ()
    extend_props: Properties = ()


class DeliveryConfirm(Struct, frozen=True, kw_only=True):
    """`deliveryorder.confirm`: parcels have left. The same `out_biz_code` again is a repeat and counts once."""

    delivery_order_code: str
    delivery_order_id: str = ""
    warehouse_code: str = ""
    order_type: str = ""
    status: str = ""
    out_biz_code: str = ""
    confirm_type: int = CONFIRM_FINAL
    confirmed_at: datetime | None = None
    operated_at: datetime | None = None
    packages: tuple[Package, ...] = ()
    lines: tuple[ConfirmLine, ...] = ()
    extend_props: Properties = ()


class DeliveryBatchConfirm(Struct, frozen=True, kw_only=True):
    """`deliveryorder.batchconfirm`: several confirms in one message."""

    orders: tuple[DeliveryConfirm, ...]


class EntryConfirmLine(Struct, frozen=True, kw_only=True):
    """What was really received of one line."""

    out_biz_code: str = ""
    order_line_no: str = ""
    owner_code: str = ""
    item_code: str
    item_id: str = ""
    plan_qty: int | None = None
    actual_qty: int
    inventory_type: str = "ZP"
    batch_code: str = ""
    product_on: date | None = None
    expire_on: date | None = None
    lots: tuple[Lot, ...] = ()
    serials: tuple[str, ...] = ()
    extend_props: Properties = ()


class EntryConfirm(Struct, frozen=True, kw_only=True):
    """`entryorder.confirm`: goods have arrived. `total_order_lines` above the number of lines: the rest follows in other messages."""

    entry_order_code: str
    entry_order_id: str = ""
    entry_order_type: str = ""
    owner_code: str = ""
    warehouse_code: str = ""
    out_biz_code: str
    confirm_type: int = CONFIRM_FINAL
    status: str
    operated_at: datetime | None = None
    total_order_lines: int | None = None
    lines: tuple[EntryConfirmLine, ...] = ()
    extend_props: Properties = ()


class ProcessReport(Struct, frozen=True, kw_only=True):
    """`orderprocess.report`: one step in the warehouse (ACCEPT, PRINT, PICK, ...)."""

    order_code: str
    order_id: str = ""
    order_type: str = ""
    warehouse_code: str = ""
    process_status: str
    operator_code: str = ""
    operator_name: str = ""
    operated_at: datetime | None = None
    operate_info: str = ""
    express_code: str = ""
    extend_props: Properties = ()


class LackItem(Struct, frozen=True, kw_only=True):
    """So many of an article were missing while picking."""

    item_code: str
    item_id: str = ""
    inventory_type: str = "ZP"
    batch_code: str = ""
    plan_qty: int
    lack_qty: int
    reason: str = ""


class ItemLackReport(Struct, frozen=True, kw_only=True):
    """`itemlack.report`: a delivery order can't be shipped whole."""

    warehouse_code: str
    delivery_order_code: str
    delivery_order_id: str = ""
    out_biz_code: str
    created_at: datetime | None = None
    items: tuple[LackItem, ...]
    extend_props: Properties = ()


class StockChange(Struct, frozen=True, kw_only=True):
    """A change of stock without a document of ours; `quantity` is signed."""

    owner_code: str
    warehouse_code: str
    order_code: str
    order_type: str = ""
    out_biz_code: str
    item_code: str
    item_id: str = ""
    inventory_type: str = "ZP"
    quantity: int
    batch_code: str = ""
    product_on: date | None = None
    expire_on: date | None = None
    changed_at: datetime | None = None
    lots: tuple[Lot, ...] = ()
    extend_props: Properties = ()


class StockChangeReport(Struct, frozen=True, kw_only=True):
    """`stockchange.report`."""

    items: tuple[StockChange, ...]
    extend_props: Properties = ()


class CountedItem(Struct, frozen=True, kw_only=True):
    """A counted article: `quantity` is the difference (surplus above zero, loss below), `total_qty` what was found."""

    item_code: str
    item_id: str = ""
    inventory_type: str = "ZP"
    quantity: int
    total_qty: int | None = None
    batch_code: str = ""
    product_on: date | None = None
    expire_on: date | None = None
    extend_props: Properties = ()


class InventoryReport(Struct, frozen=True, kw_only=True):
    """`inventory.report`: one page of a stock-take (`adjust_type` CHECK) or adjustment (ADJUST)."""

    total_page: int
    current_page: int
    page_size: int
    warehouse_code: str
    check_order_code: str
    check_order_id: str = ""
    owner_code: str
    checked_at: datetime | None = None
    out_biz_code: str
    adjust_type: str
    items: tuple[CountedItem, ...]
    extend_props: Properties = ()


class ExceptionReport(Struct, frozen=True, kw_only=True):
    """`orderexception.report`: something is wrong with a delivery order. The protocol does not define the values of `message_type`."""

    message_id: str = ""
    warehouse_code: str = ""
    delivery_order_code: str
    delivery_order_id: str = ""
    order_type: str = ""
    logistics_code: str = ""
    express_code: str = ""
    message_type: str = ""
    message_text: str = ""
    created_at: datetime | None = None
    extend_props: Properties = ()


class BatchCreated(Struct, frozen=True, kw_only=True):
    """What became of one order of a batch."""

    delivery_order_code: str
    is_success: bool
    code: str = ""
    message: str = ""
    delivery_order_id: str = ""
    warehouse_code: str = ""
    logistics_code: str = ""
    extend_props: Properties = ()


class BatchCreateAnswer(Struct, frozen=True, kw_only=True):
    """`deliveryorder.batchcreate.answer`: the late answer of a warehouse that works through batches on its own time."""

    orders: tuple[BatchCreated, ...]


class QimenAnswer(Struct, frozen=True, kw_only=True):
    """The envelope of an answer. `fields` are its other simple elements (deliveryOrderId, createTime, itemId, ...).

    `message` is free text that may name people: its repr leaves it out.
    """

    is_success: bool
    code: str = ""
    sub_code: str = ""
    message: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"QimenAnswer(is_success={self.is_success}, code={self.code!r})"


class Failed(Struct, frozen=True, kw_only=True):
    """One item or order of a call for several that the warehouse did not take."""

    code: str
    message: str = ""


class StockRow(Struct, frozen=True, kw_only=True):
    """The warehouse's stock of one article, type and lot: `quantity` there, `lock_quantity` of it promised."""

    warehouse_code: str = ""
    item_code: str
    item_id: str = ""
    inventory_type: str = "ZP"
    quantity: int
    lock_quantity: int = 0
    batch_code: str = ""
    product_on: date | None = None
    expire_on: date | None = None


Report = (
    DeliveryConfirm
    | DeliveryBatchConfirm
    | EntryConfirm
    | ProcessReport
    | ItemLackReport
    | StockChangeReport
    | InventoryReport
    | ExceptionReport
    | BatchCreateAnswer
)
