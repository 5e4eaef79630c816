"""What can be printed, and what stands on each paper: values, before anything is drawn."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The papers there are."""

    PICK_LIST = "pick_list"
    PACKING_LIST = "packing_list"
    LABEL = "label"


class Format(StrEnum):
    """What a file is written in."""

    PDF = "pdf"
    ZPL = "zpl"


class PickLine(Struct, frozen=True, kw_only=True):
    """One SKU to be fetched. `baskets`: (basket number, units) of each fulfilment that wants some."""

    place: str
    sku: str
    name: str
    barcode: str
    quantity: int
    baskets: tuple[tuple[int, int], ...]


class Basket(Struct, frozen=True, kw_only=True):
    """One fulfilment of a pick list: what its basket is called and what comes into it."""

    number: int
    fulfilment_no: str
    order_nos: tuple[str, ...]
    carrier: str
    units: int


class PickList(Struct, frozen=True, kw_only=True):
    """拣货单: everything that a batch wants of one warehouse, along its shelves."""

    run_no: str
    warehouse: str
    warehouse_code: str
    lines: tuple[PickLine, ...]
    baskets: tuple[Basket, ...]
    units: int
    printed_at: datetime
    times: int


class PackedLine(Struct, frozen=True, kw_only=True):
    """One line of what lies in a parcel."""

    order_no: str
    sku: str
    name: str
    barcode: str
    quantity: int


class PackedOrder(Struct, frozen=True, kw_only=True):
    """An order of which something lies in a parcel."""

    order_no: str
    platform_order_no: str
    shop: str
    placed_at: datetime


class PackingList(Struct, frozen=True, kw_only=True):
    """装箱单: what lies in one parcel. `tracking_no` is empty as long as the parcel has none. The receiver is masked."""

    fulfilment_no: str
    tracking_no: str
    carrier: str
    warehouse: str
    receiver: str
    region: str
    orders: tuple[PackedOrder, ...]
    lines: tuple[PackedLine, ...]
    units: int
    box: int
    boxes: int
    printed_at: datetime
    times: int


class Contact(Struct, frozen=True, kw_only=True):
    """Who sends or gets a parcel, in clear."""

    name: str
    phone: str
    region: str
    detail: str

    def __repr__(self) -> str:
        """Nothing personal, wherever it may be shown."""
        return "Contact(…)"


class Label(Struct, frozen=True, kw_only=True):
    """面单: goes onto one parcel. Without a waybill number the fulfilment's number is what the barcode says.

    `collect`: money with its currency that the carrier collects; on the first parcel of several, for all of them.
    """

    fulfilment_no: str
    tracking_no: str
    carrier: str
    carrier_code: str
    receiver: Contact
    sender: Contact
    order_nos: tuple[str, ...]
    shop: str
    goods: tuple[str, ...]
    goods_left_out: int
    units: int
    weight_g: int
    is_cod: bool
    collect: str
    box: int
    boxes: int
    printed_at: datetime
    times: int


Paper = PickList | PackingList | Label
