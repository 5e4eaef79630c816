"""The columns of an order file: fields of the direct format, their headers in zh and en, and whether one belongs to the order or to the line."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from paidan.kernel import expected
from paidan.kernel.expected import Expected


class Column(NamedTuple):
    """A column. `kind`: text, ref (a number may stand there), amount, count, instant, flag, choice."""

    field: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    kind: str = "text"
    part: str = "order"  # order, receiver, line
    is_needed: bool = False

    @property
    def heading(self) -> str:
        """What it is called in a file, in both languages."""
        return f"{self.zh[0]} / {self.en[0]}"


COLUMNS: Final = (
    Column("order_no", ("订单号", "订单编号", "平台单号"), ("order no", "order number", "order id"), "ref", is_needed=True),
    Column("status", ("订单状态", "状态"), ("status", "order status"), "choice"),
    Column("placed_at", ("下单时间", "创建时间"), ("placed at", "order date", "created at"), "instant", is_needed=True),
    Column("version_at", ("更新时间", "修改时间"), ("version at", "updated at"), "instant"),
    Column("paid_at", ("付款时间", "支付时间"), ("paid at",), "instant"),
    Column("ship_by_at", ("最晚发货时间",), ("ship by", "ship by at"), "instant"),
    Column("currency", ("币种",), ("currency",)),
    Column("discount", ("订单优惠", "整单优惠"), ("order discount",), "amount"),
    Column("freight", ("运费", "邮费"), ("freight", "shipping fee"), "amount"),
    Column("paid", ("实付金额", "实付"), ("paid", "amount paid"), "amount"),
    Column("is_cod", ("货到付款",), ("cod", "is cod"), "flag"),
    Column("buyer_ref", ("买家编号", "买家ID"), ("buyer ref", "buyer id"), "ref"),
    Column("buyer_remark", ("买家留言", "买家备注"), ("buyer remark", "buyer note")),
    Column("seller_remark", ("卖家备注", "备注"), ("seller remark", "seller note", "remark")),
    Column("warehouse_wanted", ("指定仓库",), ("warehouse",), "ref"),
    Column("carrier_wanted", ("指定快递",), ("carrier",), "ref"),
    Column("name", ("收件人", "收货人", "收货人姓名", "收件人姓名"), ("receiver", "receiver name", "name"), part="receiver"),
    Column("phone", ("手机", "电话", "联系电话", "手机号", "收货人手机", "收件人手机"), ("phone", "mobile"), "ref", part="receiver"),
    Column("country", ("国家",), ("country",), part="receiver"),
    Column("province", ("省", "省份"), ("province", "state"), part="receiver"),
    Column("city", ("市", "城市"), ("city",), part="receiver"),
    Column("district", ("区", "区县", "区/县"), ("district",), part="receiver"),
    Column("town", ("街道", "乡镇", "街道/乡镇"), ("town",), part="receiver"),
    Column("detail", ("详细地址", "收货地址", "地址"), ("address", "detail"), part="receiver"),
    Column("zip_code", ("邮编",), ("zip", "zip code", "postcode"), "ref", part="receiver"),
    Column("line_ref", ("行号", "子订单号"), ("line no", "line ref"), "ref", part="line"),
    Column(
        "merchant_code", ("商家编码", "货品编码", "商品编码", "SKU编码"), ("sku", "merchant code", "item code"), "ref", part="line", is_needed=True
    ),
    Column("title", ("商品名称", "货品名称", "商品标题"), ("title", "product", "item"), part="line"),
    Column("quantity", ("数量", "购买数量"), ("quantity", "qty"), "count", part="line", is_needed=True),
    Column("price", ("单价", "价格"), ("price", "unit price"), "amount", part="line", is_needed=True),
    Column("line_discount", ("优惠", "商品优惠", "行优惠"), ("discount", "line discount"), "amount", part="line"),
)
BY_HEADER: Final = {name.lower(): column for column in COLUMNS for name in (column.field, column.field.replace("_", " "), *column.zh, *column.en)}
CHOICES: Final = {
    "status": {
        "unpaid": "unpaid", "待付款": "unpaid", "未付款": "unpaid",
        "paid": "paid", "已付款": "paid", "待发货": "paid",
        "forbidden": "forbidden", "暂不发货": "forbidden",
        "closed_unpaid": "closed_unpaid", "已关闭": "closed_unpaid",
        "closed_refunded": "closed_refunded", "已退款": "closed_refunded",
    },
}  # fmt: skip
FLAGS: Final = {
    "": False,
    "0": False,
    "否": False,
    "no": False,
    "false": False,
    "n": False,
    "1": True,
    "是": True,
    "yes": True,
    "true": True,
    "y": True,
}


def column_of(header: str) -> Column | None:
    """The column a header names, in either language, whatever its case and stars; None if nobody knows it."""
    return BY_HEADER.get(header.strip().strip("*").strip().lower())


EXPECTED: Final[Mapping[str, Expected]] = {
    "ref": Expected(zh="文字；长数字请按文本填写", en="a text; long numbers as text"),
    "text": Expected(zh="文字；长数字请按文本填写", en="a text; long numbers as text"),
    "amount": expected.amount(0),
    "count": expected.whole(1),
    "instant": expected.MOMENT,
    "flag": expected.YES_NO,
}
"""What a cell of each kind of column should hold."""


def expected_of(field: str) -> Expected | None:
    """What a cell of the column of this field should hold."""
    column = next((one for one in COLUMNS if one.field == field), None)
    if column is None:
        return None
    if column.kind == "choice":
        names: dict[str, str] = {}
        for word, value in CHOICES[field].items():
            if word != value:
                names.setdefault(value, word)
        return expected.one_of(dict.fromkeys(CHOICES[field].values()), names)
    return EXPECTED[column.kind]
