"""The columns of each kind of file: field, headers in zh and en, and how a cell becomes a value. Headers match in any case, with or without stars."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from paidan.channels.sheet.columns import FLAGS
from paidan.kernel.expected import CLOCK, PAIRS, WHOLES, YES_NO, Expected, one_of, whole
from paidan.kernel.expected import amount as money
from paidan.kernel.expected import number as any_number

LISTED: Final = re.compile(r'"([^"]+)"(?=$|[;,|、，；\s])|([^;,|、，；\s]+)')
APART: Final = re.compile(r"[;,|、，；\s]")
MINOR: Final = 100


class Field(NamedTuple):
    """One column. `turn` makes the value of a cell's text; it raises ValueError (or KeyError) for what can't be."""

    name: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    turn: Callable[[str], Any] = str
    is_needed: bool = False
    hint: str = ""

    @property
    def heading(self) -> str:
        """What its column is called in a file, in both languages."""
        return f"{self.zh[0]} / {self.en[0]}"

    @property
    def is_figure(self) -> bool:
        """Whether it holds one number or amount, which its record keeps within bounds."""
        return self.turn in {count, amount, number}

    @property
    def expected(self) -> Expected | None:
        """What a cell of it should hold."""
        if isinstance(self.turn, Choice):
            return self.turn.expected
        return EXPECTED.get(self.turn)

    def tell(self, value: Any, language: str) -> Any:
        """The way back of `turn`: what stands in the cell of an exported file, so that it is read as the same value again."""
        if value is None:
            return None
        if isinstance(self.turn, Choice):
            return self.turn.tell(value, language)
        return _TOLD[self.turn](value) if self.turn in _TOLD else value


def count(text: str) -> int:
    """A whole number; "12.0" as spreadsheets write it counts as one."""
    number = _decimal(text)
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def amount(text: str) -> int:
    """Minor units of an amount with at most two places: "12.3" → 1230."""
    minor = _decimal(text) * MINOR
    if minor != minor.to_integral_value():
        raise ValueError("more than two places")
    return int(minor)


def number(text: str) -> float:
    """A number with a fraction: a coordinate."""
    return float(_decimal(text))


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not found.is_finite() or len(text) > 24:  # noqa: PLR2004 - more digits than any figure of ours
        raise ValueError("not a number")
    return found


def clock(text: str) -> time:
    """A time of the day: "9:00", "16:30", "16:30:00"."""
    return time.fromisoformat(text if text.index(":") > 1 else f"0{text}")


def flag(text: str) -> bool:
    """Yes or no, in either language."""
    return FLAGS[text.lower()]


def words(text: str) -> tuple[str, ...]:
    """Several values in one cell; one that holds a blank or a comma stands in quotes."""
    return tuple(quoted or bare for quoted, bare in LISTED.findall(text))


def counts(text: str) -> tuple[int, ...]:
    """Several whole numbers in one cell."""
    return tuple(count(part) for part in words(text))


def pairs(text: str) -> dict[str, str]:
    """Names with their values in one cell: "a=1;b=2"."""
    split = [part.partition("=") for part in words(text)]
    if not all(name and value for name, _, value in split):
        raise ValueError("name=value")
    return {name: value for name, _, value in split}


class Choice:
    """One of some words: ours, or the Chinese ones."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._known = {**values, **{value: value for value in values.values()}}
        self._zh: dict[str, str] = {}
        for zh, value in values.items():
            self._zh.setdefault(value, zh)

    def __call__(self, text: str) -> str:
        """The value of a word. Raises KeyError for any other."""
        return self._known[text.lower()]

    @property
    def expected(self) -> Expected:
        """One of its words."""
        return one_of(self._zh, self._zh)

    def tell(self, value: str, language: str) -> str:
        """The word of a value."""
        return self._zh.get(value, value) if language == "zh" else value


def choice(values: Mapping[str, str]) -> Choice:
    """One of some words: ours, or the Chinese ones."""
    return Choice(values)


def _listed(values: Iterable[object]) -> str:
    parts = [str(value) for value in values]
    return ";".join(f'"{part}"' if APART.search(part) else part for part in parts)


def _of_day(value: time) -> str:
    return value.isoformat("minutes" if not value.second else "seconds")


_TOLD: Final[Mapping[Callable[[str], Any], Callable[[Any], Any]]] = {
    amount: lambda minor: Decimal(minor) / MINOR,
    clock: _of_day,
    words: _listed,
    counts: _listed,
    pairs: lambda value: _listed(f"{name}={text}" for name, text in value.items()),
}
"""How values that are not told as they are become cells."""

EXPECTED: Final[Mapping[Callable[[str], Any], Expected]] = {
    count: whole(),
    amount: money(),
    number: any_number(),
    clock: CLOCK,
    flag: YES_NO,
    counts: WHOLES,
    pairs: PAIRS,
}
"""What a cell should hold, by how it becomes a value."""


CLASSES: Final = {"普通": "normal", "易碎": "fragile", "生鲜": "fresh", "危险品": "dangerous", "超大件": "oversize"}
KINDS: Final = {"商品": "goods", "货品": "goods", "单品": "goods", "组合装": "bundle", "服务": "service"}
PLACES: Final = {"仓库": "warehouse", "门店": "store", "供应商": "supplier"}
GRADES: Final = {"正品": "good", "良品": "good", "残次": "defective", "次品": "defective"}
PLATFORMS: Final = {"淘宝": "taobao", "天猫": "taobao", "shopify": "shopify", "自营": "direct", "直连": "direct"}

PRODUCTS: Final = (
    Field("code", ("货品编码", "商家编码", "sku编码", "规格编码", "编码"), ("sku code", "sku"), is_needed=True),
    Field("name", ("货品名称", "规格名称", "名称"), ("sku name", "name"), is_needed=True),
    Field("product_code", ("商品编码", "款号"), ("product code", "product")),
    Field("product_name", ("商品名称",), ("product name",)),
    Field("brand", ("品牌",), ("brand",)),
    Field("category", ("类目", "分类"), ("category",)),
    Field("kind", ("类型", "货品类型"), ("kind", "type"), choice(KINDS), hint="goods | bundle | service"),
    Field(
        "goods_class",
        ("属性", "货品属性", "品类"),
        ("class", "goods class"),
        choice(CLASSES),
        hint="normal | fragile | fresh | dangerous | oversize",
    ),
    Field("weight_g", ("重量(克)", "重量（克）", "重量g", "重量 g", "重量"), ("weight g", "weight (g)"), count),
    Field("volume_cm3", ("体积(立方厘米)", "体积（立方厘米）", "体积"), ("volume cm3", "volume (cm3)", "volume (cm³)"), count),
    Field("is_on_sale", ("在售", "是否在售"), ("on sale", "is on sale"), flag),
    Field("barcodes", ("条码", "条形码"), ("barcode", "barcodes"), words),
)
BUNDLES: Final = (
    Field("code", ("组合装编码", "组合编码"), ("bundle code", "bundle"), is_needed=True),
    Field("part", ("子件编码", "货品编码"), ("part code", "part"), is_needed=True),
    Field("quantity", ("数量", "子件数量"), ("quantity", "qty"), count),
    Field("price_share", ("价格权重", "金额占比"), ("price share", "share"), count),
)
WAREHOUSES: Final = (
    Field("code", ("仓库编码", "编码"), ("warehouse code", "code"), is_needed=True),
    Field("name", ("仓库名称", "名称"), ("warehouse name", "name"), is_needed=True),
    Field("kind", ("类型",), ("kind", "type"), choice(PLACES), hint="warehouse | store | supplier"),
    Field("connection_code", ("接口编码", "连接"), ("connection", "connection code")),
    Field("country", ("国家",), ("country",)),
    Field("province", ("省", "省份"), ("province", "state")),
    Field("city", ("市", "城市"), ("city",)),
    Field("district", ("区", "区县"), ("district",)),
    Field("detail", ("详细地址", "地址"), ("address", "detail")),
    Field("longitude", ("经度",), ("longitude",), number),
    Field("latitude", ("纬度",), ("latitude",), number),
    Field("priority", ("优先级",), ("priority",), count),
    Field("handling_order_minor", ("每单操作费",), ("handling per order",), amount),
    Field("handling_unit_minor", ("每件操作费",), ("handling per unit",), amount),
    Field("time_zone", ("时区",), ("time zone",)),
    Field("cut_off", ("截单时间",), ("cut-off", "cut off"), clock, hint="18:00"),
    Field("work_days", ("工作日",), ("work days",), counts, hint="1,2,3,4,5"),
    Field("regions", ("覆盖区域", "区域"), ("regions", "areas"), words, hint="330000;310000;*"),
    Field("is_active", ("启用", "是否启用"), ("active", "is active"), flag),
)
CARRIERS: Final = (
    Field("code", ("快递编码", "物流公司编码", "编码"), ("carrier code", "code"), is_needed=True),
    Field("name", ("快递名称", "物流公司", "名称"), ("carrier name", "name"), is_needed=True),
    Field("taobao", ("淘宝编码",), ("taobao", "taobao code")),
    Field("shopify", ("shopify名称",), ("shopify", "shopify name")),
    Field("kuaidi100", ("快递100编码",), ("kuaidi100", "kuaidi100 code")),
    Field("code_by_system", ("其他系统编码",), ("codes by system", "other codes"), pairs, hint="cainiao=ZTO;jd=ZT"),
    Field("is_active", ("启用", "是否启用"), ("active", "is active"), flag),
)
FREIGHT: Final = (
    Field("carrier_code", ("快递编码", "物流公司编码"), ("carrier code", "carrier"), is_needed=True),
    Field("warehouse_code", ("仓库编码", "发货仓"), ("warehouse code", "warehouse")),
    Field("region", ("区域", "目的地"), ("region",), is_needed=True, hint="330000 | US | *"),
    Field("first_g", ("首重(克)", "首重（克）", "首重"), ("first g", "first (g)", "first weight (g)"), count, is_needed=True),
    Field("first_minor", ("首重费(元)", "首重费（元）", "首重费", "首重价"), ("first price", "price of the first weight"), amount, is_needed=True),
    Field("step_g", ("续重(克)", "续重（克）", "续重"), ("step g", "step (g)", "each further (g)"), count, is_needed=True),
    Field("step_minor", ("续重费(元)", "续重费（元）", "续重费", "续重价"), ("step price", "price of each further"), amount, is_needed=True),
    Field("weight_g_max", ("限重(克)", "限重（克）", "限重"), ("max g", "max (g)", "at most (g)"), count),
    Field("transit_h", ("时效(小时)", "时效（小时）", "时效"), ("transit h", "transit (h)"), count),
)
SHOPS: Final = (
    Field("code", ("店铺编码", "编码"), ("shop code", "code"), is_needed=True),
    Field("name", ("店铺名称", "名称"), ("shop name", "name"), is_needed=True),
    Field("platform", ("平台",), ("platform",), choice(PLATFORMS), is_needed=True, hint="taobao | shopify | direct"),
    Field("shop_group", ("合单组", "店铺组"), ("group", "shop group")),
    Field("currency", ("币种",), ("currency",)),
    Field("time_zone", ("时区",), ("time zone",)),
    Field("connection_code", ("接口编码", "连接"), ("connection", "connection code")),
    Field("account_ref", ("平台账号", "卖家昵称"), ("account", "seller nick")),
    Field("doors", ("接入方式",), ("doors",), words, hint="poll;push;bulk;webhook"),
    Field("merge_window_s", ("合单等待(秒)", "合单等待（秒）"), ("merge window s",), count),
    Field("safety_quantity", ("安全库存",), ("safety quantity", "safety"), count),
    Field("warehouse_codes", ("发货仓库", "可用仓库"), ("warehouses", "warehouse codes"), words, hint="WH1;WH2"),
    Field("is_active", ("启用", "是否启用"), ("active", "is active"), flag),
)
LISTINGS: Final = (
    Field("shop_code", ("店铺编码", "店铺"), ("shop code", "shop"), is_needed=True),
    Field("item_ref", ("平台商品id", "商品id"), ("item id", "item ref"), is_needed=True),
    Field("sku_ref", ("平台规格id", "规格id"), ("sku id", "sku ref", "variant id")),
    Field("sku_code", ("货品编码",), ("sku code", "sku"), is_needed=False),
    Field("merchant_code", ("商家编码",), ("merchant code",)),
    Field("title", ("标题", "商品标题"), ("title",)),
)
STOCK: Final = (
    Field("warehouse_code", ("仓库编码", "仓库"), ("warehouse code", "warehouse"), is_needed=True),
    Field("sku_code", ("货品编码", "商家编码"), ("sku code", "sku"), is_needed=True),
    Field("quantity", ("数量", "库存", "期初数量"), ("quantity", "qty"), count, is_needed=True),
    Field("grade", ("品级", "库存类型"), ("grade",), choice(GRADES), hint="good | defective"),
    Field("value_minor", ("金额(元)", "金额（元）", "总成本"), ("value", "total cost"), amount),
)


def by_header(fields: tuple[Field, ...]) -> dict[str, Field]:
    """Fields by every header they go by, lower case."""
    return {name.lower(): field for field in fields for name in (field.name, field.name.replace("_", " "), *field.zh, *field.en)}


def plain(header: object) -> str:
    """A header as it is compared."""
    return str(header).strip().strip("*").strip().lower()
