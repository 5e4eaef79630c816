"""Master data of the network as people and files give it: connections, shops, warehouses, carriers, freight, state translations. Values only."""

from datetime import date, time
from typing import Annotated, Literal

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f](.*[^\s\x00-\x1f])?$")]
OptionalCode = Annotated[str, Meta(max_length=64, pattern=r"^([^\s\x00-\x1f](.*[^\s\x00-\x1f])?)?$")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
Region = Annotated[str, Meta(pattern=r"^([0-9]{6}|[A-Z]{2}|\*)$")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
Minor = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Grams = Annotated[int, Meta(ge=1, le=10_000_000)]
Weekday = Annotated[int, Meta(ge=1, le=7)]


class ConnectionRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How we talk to a counterpart. `account` holds nothing secret; `secrets` None: as stored."""

    code: Code
    protocol: Literal["qimen", "kuaidi100", "taobao", "shopify"]
    url: Annotated[str, Meta(max_length=500, pattern=r"^https?://[^\s]+$")]
    account: dict[Code, Text | bool | tuple[Text, ...]] = {}
    secrets: dict[Code, Text] | None = None
    is_active: bool = True

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"ConnectionRow(code={self.code!r})"


class ShopRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Our account on a platform. `account_ref`: how the platform names it; `warehouse_codes`: which warehouses serve it, none: all.

    `secrets` and `warehouse_codes` None: as stored.
    """

    code: Code
    name: Name
    platform: Literal["taobao", "shopify", "direct"]
    shop_group: OptionalCode = ""
    currency: Currency = "CNY"
    time_zone: Code = "Asia/Shanghai"
    connection_code: OptionalCode = ""
    account_ref: Text = ""
    doors: tuple[Literal["poll", "push", "bulk", "webhook"], ...] = ()
    merge_window_s: Annotated[int, Meta(ge=0, le=604_800)] = 600
    safety_quantity: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    warehouse_codes: tuple[Code, ...] | None = None
    secrets: dict[Code, Text] | None = None
    is_active: bool = True

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"ShopRow(code={self.code!r})"


class DayRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day that differs from the week."""

    on_date: date
    is_open: bool


class WarehouseRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that ships. `regions`: adcodes, countries or '*' it serves; `days`: exceptions to the week. Both None: as stored."""

    code: Code
    name: Name
    kind: Literal["warehouse", "store", "supplier"] = "warehouse"
    connection_code: OptionalCode = ""
    country: Country = "CN"
    province: Text = ""
    city: Text = ""
    district: Text = ""
    detail: Text = ""
    longitude: Annotated[float, Meta(ge=-180, le=180)] = 0.0
    latitude: Annotated[float, Meta(ge=-90, le=90)] = 0.0
    priority: Annotated[int, Meta(ge=0, le=1_000_000)] = 100
    handling_order_minor: Minor = 0
    handling_unit_minor: Minor = 0
    time_zone: Code = "Asia/Shanghai"
    cut_off: time = time(18)
    work_days: tuple[Weekday, ...] = (1, 2, 3, 4, 5, 6, 7)
    is_active: bool = True
    regions: tuple[Region, ...] | None = None
    days: tuple[DayRow, ...] | None = None


class CarrierRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A carrier; `code` is Qimen's logisticsCode, other systems' names in `code_by_system`."""

    code: Code
    name: Name
    code_by_system: dict[Code, Code] = {}
    is_active: bool = True


class TierKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tier. `warehouse_code` empty: from anywhere."""

    carrier_code: Code
    region: Region
    warehouse_code: OptionalCode = ""


class TierRow(TierKey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a parcel costs: the first `first_g` grams, then each started step of `step_g`. Minor units; transit in hours."""

    first_g: Grams
    first_minor: Minor
    step_g: Grams
    step_minor: Minor
    weight_g_max: Grams | None = None
    transit_h: Annotated[int, Meta(ge=0, le=2_000)] = 48


class TranslationRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a counterpart's word means: the name of a state of ours, `note` (timeline only) or `mask` (not even that)."""

    protocol: Code
    subject: Code
    code: Code
    meaning: Code
    zh: Text = ""
    en: Text = ""
