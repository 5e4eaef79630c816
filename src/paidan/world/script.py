"""A day of trade as data: who sells what from where, and what the buyers will do. Made by `day.py`, played by the simulators."""

from datetime import datetime

from msgspec import Struct


class ScriptSku(Struct, frozen=True, kw_only=True):
    """A SKU of the merchant. `code` is the merchant's code, which listings and warehouses share."""

    code: str
    name: str
    barcode: str
    weight_g: int
    volume_cm3: int
    goods_class: str = "normal"
    price_minor: int  # in CNY fen
    parts: tuple[tuple[str, int], ...] = ()  # a bundle: (part code, quantity)


class ScriptListing(Struct, frozen=True, kw_only=True):
    """What a shop shows. `merchant_code` empty or unknown = an unmapped listing, planted."""

    shop: str
    item_ref: str
    sku_ref: str
    merchant_code: str
    title: str
    display_quantity: int


class ScriptShop(Struct, frozen=True, kw_only=True):
    """A shop: platform is `taobao` or `shopify`; `door` says how its orders reach Paidan (poll, push, bulk, webhook)."""

    code: str
    name: str
    platform: str
    door: str
    currency: str = "CNY"
    is_wholesale: bool = False


class ScriptWarehouse(Struct, frozen=True, kw_only=True):
    """A warehouse run by a WMS that speaks Qimen."""

    code: str
    name: str
    province: str
    city: str
    district: str
    detail: str
    longitude: float
    latitude: float
    serves: tuple[str, ...]  # province adcodes ("330000"), "CN", or country codes; "*" is anywhere
    handling_order_minor: int
    handling_unit_minor: int
    priority: int


class ScriptTier(Struct, frozen=True, kw_only=True):
    """A freight tier: from a warehouse ("*" any) to a region (province adcode, "CN", country code, "*")."""

    carrier: str
    warehouse: str
    region: str
    first_g: int
    first_minor: int
    step_g: int
    step_minor: int
    transit_h: int


class ScriptCarrier(Struct, frozen=True, kw_only=True):
    """A carrier and the names others give it."""

    code: str  # Qimen logisticsCode, which is our code too
    name: str
    kuaidi100: str
    taobao: str


class ScriptStock(Struct, frozen=True, kw_only=True):
    """Opening stock, or a later arrival by an entry order when `arrives_at` is set."""

    warehouse: str
    sku: str
    quantity: int
    arrives_at: datetime | None = None


class ScriptReceiver(Struct, frozen=True, kw_only=True):
    """A made-up person at a real address."""

    name: str
    phone: str
    country: str
    province: str
    city: str
    district: str
    detail: str
    zip_code: str = ""


class ScriptLine(Struct, frozen=True, kw_only=True):
    """One line of a basket. `quantity` may be odd (zero, negative) in the real invoices: platforms then send what they would send."""

    item_ref: str
    sku_ref: str
    merchant_code: str
    title: str
    quantity: int
    price_minor: int
    discount_minor: int = 0
    is_service: bool = False


class ScriptOrder(Struct, frozen=True, kw_only=True):
    """One buyer's order and what happens to it later. Instants are business time (UTC)."""

    shop: str
    order_no: str  # the platform's
    buyer: str
    placed_at: datetime
    paid_at: datetime | None
    ship_by_at: datetime
    receiver: ScriptReceiver
    lines: tuple[ScriptLine, ...]
    freight_minor: int = 0
    buyer_remark: str = ""
    seller_remark: str = ""
    is_cod: bool = False
    refund_asked_at: datetime | None = None  # the buyer asks for his money back
    refund_withdrawn_at: datetime | None = None  # ... and thinks better of it
    cancelled_at: datetime | None = None  # the platform closes the order
    planted: tuple[str, ...] = ()  # causes planted on purpose (reasons.py values): what share should need a human touch


class Day(Struct, frozen=True, kw_only=True):
    """Everything one day of trade needs."""

    seed: int
    opens_at: datetime
    closes_at: datetime
    skus: tuple[ScriptSku, ...]
    shops: tuple[ScriptShop, ...]
    listings: tuple[ScriptListing, ...]
    warehouses: tuple[ScriptWarehouse, ...]
    carriers: tuple[ScriptCarrier, ...]
    tiers: tuple[ScriptTier, ...]
    stock: tuple[ScriptStock, ...]
    orders: tuple[ScriptOrder, ...]
    scarce: frozenset[str] = frozenset()  # SKU codes made short on purpose
