"""Master data as the API shows it: what rows say, with id and version. Secrets are never among it."""

from datetime import datetime

from msgspec import Struct

from paidan.catalog.rows import ListingRow, PartRow, SkuRow
from paidan.network.rows import CarrierRow, DayRow, TierRow, TranslationRow, WarehouseRow


class SkuView(SkuRow, frozen=True, kw_only=True):
    """A SKU with its product; `parts` of bundles."""

    id: str
    version: int
    parts: tuple[PartRow, ...] = ()


class ListingView(ListingRow, frozen=True, kw_only=True):
    """What a shop sells. `sku_code` empty: not mapped."""

    id: str
    version: int


class ConnectionView(Struct, frozen=True, kw_only=True):
    """How we talk to a counterpart. Secrets can be set, never read."""

    id: str
    version: int
    code: str
    protocol: str
    url: str
    account: dict[str, object]
    has_secrets: bool
    is_active: bool


class FeedView(Struct, frozen=True, kw_only=True):
    """How far a feed of a shop has been read."""

    feed: str
    read_to: datetime
    pulled_at: datetime | None
    error: str
    wanted_at: datetime | None


class ShopView(Struct, frozen=True, kw_only=True):
    """A shop and its feeds; `warehouse_codes`: which warehouses serve it, none: all. Secrets can be set, never read.

    `pushes_stock`: whether its listings are told what may be sold; `switched_by`, `switched_at`: who turned that last, empty when nobody has.
    """

    id: str
    version: int
    code: str
    name: str
    platform: str
    shop_group: str
    currency: str
    time_zone: str
    connection_code: str
    account_ref: str
    doors: tuple[str, ...]
    merge_window_s: int
    safety_quantity: int
    warehouse_codes: tuple[str, ...]
    has_secrets: bool
    is_active: bool
    pushes_stock: bool
    switched_by: str
    switched_at: datetime | None
    feeds: tuple[FeedView, ...]


class WarehouseView(WarehouseRow, frozen=True, kw_only=True):
    """A warehouse with areas and days."""

    id: str
    version: int
    regions: tuple[str, ...] = ()
    days: tuple[DayRow, ...] = ()


class CarrierView(CarrierRow, frozen=True, kw_only=True):
    """A carrier."""

    id: str
    version: int


class TierView(TierRow, frozen=True, kw_only=True):
    """A freight tier. `version` is a number of what it says: who names it changes only what he has seen."""

    id: str
    version: int = 0


class TranslationView(TranslationRow, frozen=True, kw_only=True):
    """What a counterpart's word means; `version` as a tier's."""

    version: int = 0
