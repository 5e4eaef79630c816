"""What audit rules may ask of an order: the subject they look at, and the catalogue of its fields in words."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from paidan.kernel.money import minor_digits
from paidan.rules.fields import Catalogue, Field, FieldType, Option

CNY_PER_UNIT: Final[Mapping[str, Decimal]] = {
    currency: Decimal(rate)
    for currency, rate in {
        "CNY": "1", "USD": "7.1", "EUR": "8.2", "GBP": "9.5", "HKD": "0.91", "JPY": "0.047", "KRW": "0.0051",
        "AUD": "4.7", "CAD": "5.1", "SGD": "5.5", "MYR": "1.7", "THB": "0.22", "VND": "0.00027",
    }.items()
}  # fmt: skip
"""Round rates, good enough for a limit that asks for a second look; never for booking. A merchant may give others."""

# GB/T 2260: the six digits of province-level divisions.
_PROVINCES: Final = (
    ("110000", "北京", "Beijing"), ("120000", "天津", "Tianjin"), ("130000", "河北", "Hebei"), ("140000", "山西", "Shanxi"),
    ("150000", "内蒙古", "Inner Mongolia"), ("210000", "辽宁", "Liaoning"), ("220000", "吉林", "Jilin"), ("230000", "黑龙江", "Heilongjiang"),
    ("310000", "上海", "Shanghai"), ("320000", "江苏", "Jiangsu"), ("330000", "浙江", "Zhejiang"), ("340000", "安徽", "Anhui"),
    ("350000", "福建", "Fujian"), ("360000", "江西", "Jiangxi"), ("370000", "山东", "Shandong"), ("410000", "河南", "Henan"),
    ("420000", "湖北", "Hubei"), ("430000", "湖南", "Hunan"), ("440000", "广东", "Guangdong"), ("450000", "广西", "Guangxi"),
    ("460000", "海南", "Hainan"), ("500000", "重庆", "Chongqing"), ("510000", "四川", "Sichuan"), ("520000", "贵州", "Guizhou"),
    ("530000", "云南", "Yunnan"), ("540000", "西藏", "Tibet"), ("610000", "陕西", "Shaanxi"), ("620000", "甘肃", "Gansu"),
    ("630000", "青海", "Qinghai"), ("640000", "宁夏", "Ningxia"), ("650000", "新疆", "Xinjiang"), ("710000", "台湾", "Taiwan"),
    ("810000", "香港", "Hong Kong"), ("820000", "澳门", "Macao"),
)  # fmt: skip
_GOODS_CLASSES: Final = (
    ("normal", "普通", "normal"),
    ("fragile", "易碎", "fragile"),
    ("fresh", "生鲜", "fresh"),
    ("dangerous", "危险品", "dangerous"),
    ("oversize", "超大件", "oversize"),
)


class AuditSubject(Struct, frozen=True, kw_only=True, gc=False):
    """An order as audit rules see it. Amounts in minor units of `currency`, those `_cny_` in fen; None: not known (not parsed, not mapped, no rate).

    Counts, weight, classes and codes are over the lines that are to be shipped.
    """

    platform: str
    shop_code: str
    currency: str
    goods_minor: int
    discount_minor: int
    freight_minor: int
    paid_minor: int
    paid_cny_minor: int | None
    line_count: int
    unit_count: int
    weight_g: int | None
    country: str
    province: str | None  # adcode, "330000"; None when not parsed or not in China
    placed_at: datetime
    paid_at: datetime | None
    ship_by_at: datetime | None
    is_cod: bool
    has_buyer_remark: bool
    has_seller_remark: bool
    seller_flag: int
    goods_classes: frozenset[str] = frozenset()
    sku_codes: frozenset[str] = frozenset()
    buyer_order_count: int | None = None
    time_zone: str = "Asia/Shanghai"  # the shop's

    @property
    def placed_time(self) -> time:
        """The time of day it was placed, as the shop's clock showed it."""
        return self.placed_at.astimezone(ZoneInfo(self.time_zone)).time()


def cny_equivalent(amount_minor: int, currency: str, rates: Mapping[str, Decimal] = CNY_PER_UNIT) -> int | None:
    """The amount in fen, rounded down; None for a currency without a rate."""
    if currency == "CNY":
        return amount_minor
    rate = rates.get(currency)
    return None if rate is None else int(Decimal(amount_minor).scaleb(2 - minor_digits(currency)) * rate)


def _options(rows: tuple[tuple[str, str, str], ...]) -> tuple[Option, ...]:
    return tuple(Option(*row) for row in rows)


_T = FieldType

# `sql` is over: sales_order o JOIN shop s ON s.id = o.shop_id LEFT JOIN receiver r ON r.id = o.receiver_id.
ORDER_FIELDS: Final = (
    Field(name="platform", type=_T.CODE, zh="平台", en="platform", sql="s.platform"),
    Field(name="shop_code", type=_T.CODE, zh="店铺", en="shop", sql="s.code"),
    Field(name="currency", type=_T.CODE, zh="币种", en="currency", sql="o.currency"),
    Field(name="goods_minor", type=_T.MONEY_MINOR, zh="商品金额", en="goods amount", sql="o.goods_minor"),
    Field(name="discount_minor", type=_T.MONEY_MINOR, zh="优惠金额", en="discount", sql="o.discount_minor"),
    Field(name="freight_minor", type=_T.MONEY_MINOR, zh="运费", en="freight", sql="o.freight_minor"),
    Field(name="paid_minor", type=_T.MONEY_MINOR, zh="实付金额", en="amount paid", sql="o.paid_minor"),
    Field(name="paid_cny_minor", type=_T.MONEY_MINOR, zh="实付金额（折人民币）", en="amount paid in CNY"),
    Field(name="line_count", type=_T.INTEGER, zh="商品行数", en="number of lines"),
    Field(name="unit_count", type=_T.INTEGER, zh="商品件数", en="number of units"),
    Field(name="weight_g", type=_T.INTEGER, zh="重量（克）", en="weight in grams"),
    Field(name="country", type=_T.CODE, zh="国家或地区", en="country", sql="r.country"),
    Field(name="province", type=_T.CODE, zh="省份", en="province", options=_options(_PROVINCES), sql=(
        "CASE WHEN r.country = 'CN' AND r.adcode <> '' THEN left(r.adcode, 2) || '0000' END")),
    Field(name="goods_classes", type=_T.CODE_SET, zh="货品类别", en="goods classes", options=_options(_GOODS_CLASSES)),
    Field(name="sku_codes", type=_T.CODE_SET, zh="货品编码", en="SKU codes"),
    Field(name="is_cod", type=_T.BOOLEAN, zh="货到付款", en="cash on delivery", sql="o.is_cod"),
    Field(name="has_buyer_remark", type=_T.BOOLEAN, zh="有买家留言", en="has a buyer's remark", sql="o.has_buyer_remark"),
    Field(name="has_seller_remark", type=_T.BOOLEAN, zh="有卖家备注", en="has a seller's remark", sql="o.has_seller_remark"),
    Field(name="seller_flag", type=_T.INTEGER, zh="卖家旗帜", en="seller's flag", sql="o.seller_flag"),
    Field(name="buyer_order_count", type=_T.INTEGER, zh="买家历史订单数", en="buyer's earlier orders"),
    Field(name="placed_at", type=_T.INSTANT, zh="下单时间", en="placed at", sql="o.placed_at"),
    Field(name="placed_time", type=_T.TIME_OF_DAY, zh="下单时刻", en="time of day placed", sql="(o.placed_at AT TIME ZONE s.time_zone)::time"),
    Field(name="age_h", type=_T.AGE_HOURS, zh="下单已过", en="time since placed", path="placed_at", sql="o.placed_at"),
    Field(name="paid_at", type=_T.INSTANT, zh="付款时间", en="paid at", sql="o.paid_at"),
    Field(name="ship_by_at", type=_T.INSTANT, zh="最晚发货时间", en="ship by", sql="o.ship_by_at"),
)  # fmt: skip

ORDER: Final = Catalogue(subject="order", fields=ORDER_FIELDS, shop_field="shop_code", platform_field="platform")
