"""Master data of the catalogue as people and files give it: SKUs with their products, bundles, listings, bans. Values only."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f](.*[^\s\x00-\x1f])?$")]
OptionalCode = Annotated[str, Meta(max_length=64, pattern=r"^([^\s\x00-\x1f](.*[^\s\x00-\x1f])?)?$")]
Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Ref = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]
OptionalRef = Annotated[str, Meta(max_length=128, pattern=r"^[^\x00]*$")]
Grams = Annotated[int, Meta(ge=0, le=10_000_000)]
Units = Annotated[int, Meta(ge=1, le=100_000)]
Share = Annotated[int, Meta(ge=0, le=1_000_000_000)]

Region = Annotated[str, Meta(pattern=r"^([0-9]{6}|[A-Z]{2}|\*)$")]
GoodsClass = Literal["normal", "fragile", "fresh", "dangerous", "oversize"]


SkuKind = Literal["goods", "bundle", "service"]


class SkuRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SKU with its product. `product_code` empty: a product of its own; weight in grams, volume in cm³."""

    code: Code
    name: Name
    product_code: OptionalCode = ""
    product_name: Text = ""
    brand: Text = ""
    category: Text = ""
    kind: SkuKind = "goods"
    goods_class: GoodsClass = "normal"
    weight_g: Grams = 0
    volume_cm3: Grams = 0
    is_on_sale: bool = True
    barcodes: tuple[Code, ...] = ()


class PartRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of one SKU in a bundle; `price_share` is the weight of all of them in the bundle's price."""

    code: Code
    quantity: Units = 1
    price_share: Share = 1


class BundleRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All parts of one bundle: what is not named is no part any more."""

    code: Code
    parts: Annotated[tuple[PartRow, ...], Meta(min_length=1, max_length=200)]


class ListingRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a shop sells, and which SKU that is. `sku_code` empty: not mapped."""

    shop_code: Code
    item_ref: Ref
    sku_ref: OptionalRef = ""
    sku_code: OptionalCode = ""
    merchant_code: OptionalRef = ""
    title: Text = ""


class GoodsBanRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of goods that must not go to a region: adcode, country code, or '*'."""

    goods_class: GoodsClass
    region: Region
