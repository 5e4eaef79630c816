"""What would be right where a value is refused, in words of both languages: said beside the reason, so that nobody has to guess.

Each sentence is made here; a refusal carries it as data. Nothing that was sent stands in it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

CHOICES_SHOWN: Final = 12
MINOR: Final = 100
LARGE: Final = 10**12  # a bound nobody meets by hand is not told


class Expected(Struct, frozen=True, kw_only=True):
    """What is expected, as it follows "expected:"."""

    zh: str
    en: str

    def words(self, language: str) -> str:
        """In one of the languages."""
        return self.zh if language == "zh" else self.en


def whole(least: int | None = None, most: int | None = None) -> Expected:
    """A whole number within bounds, both included."""
    return _within("整数", "a whole number", _figure(least), _figure(most))


def number(least: float | None = None, most: float | None = None) -> Expected:
    """A number with or without a fraction, within bounds."""
    return _within("数字", "a number", _figure(least), _figure(most))


def amount(least_minor: int | None = None, most_minor: int | None = None) -> Expected:
    """Money with at most two places; the bounds are in minor units."""
    bounds = [None if minor is None or abs(minor) >= LARGE else f"{minor / MINOR:,.2f}" for minor in (least_minor, most_minor)]
    return _within("金额（最多两位小数）", "an amount with at most two decimals", *bounds)


def minor(least: int | None = None, most: int | None = None) -> Expected:
    """Money as programs send it: a whole number of the smallest unit."""
    return _within("整数（最小货币单位，如分）", "a whole number of minor units (such as cents)", _figure(least), _figure(most))


def text(least: int = 0, most: int | None = None) -> Expected:
    """A text of some length."""
    if most is None:
        return Expected(zh="不能为空的文字", en="a text that is not empty") if least else Expected(zh="文字", en="a text")
    if least == most:
        return Expected(zh=f"正好 {most} 个字符", en=f"exactly {most} characters")
    if least:
        return Expected(zh=f"{least} 到 {most:,} 个字符", en=f"{least} to {most:,} characters")
    return Expected(zh=f"最多 {most:,} 个字符", en=f"at most {most:,} characters")


def one_of(values: Iterable[object], names: Mapping[str, str] | None = None) -> Expected:
    """One of a closed list. `names`: how each is told in Chinese, where that is more than its code."""
    told = [str(value) for value in values]
    zh = [(names or {}).get(value, value) for value in told]
    more = len(told) > CHOICES_SHOWN
    return Expected(
        zh="以下之一：" + "、".join(zh[:CHOICES_SHOWN]) + ("……" if more else ""),
        en="one of: " + ", ".join(told[:CHOICES_SHOWN]) + (", …" if more else ""),
    )


def at_most_orders(most: int) -> Expected:
    """So many orders at once."""
    return Expected(zh=f"一次最多 {most:,} 单", en=f"at most {most:,} orders at once")


def at_most_numbers(most: int) -> Expected:
    """So many numbers in one search."""
    return Expected(zh=f"最多 {most:,} 个单号", en=f"at most {most:,} numbers")


def at_most_filters(most: int) -> Expected:
    """So many conditions of one list."""
    return Expected(zh=f"最多 {most:,} 个筛选条件", en=f"at most {most:,} filters")


def at_most_rows(most: int) -> Expected:
    """A list that is narrow enough."""
    return Expected(zh=f"筛选后最多 {most:,} 行", en=f"at most {most:,} rows that match")


def at_most_views(most: int) -> Expected:
    """So many saved views."""
    return Expected(zh=f"最多 {most:,} 个视图（请先删掉不用的）", en=f"at most {most:,} views (delete one first)")


def of_protocol(protocol: str) -> Expected:
    """A connection that speaks the shop's protocol."""
    return Expected(zh=f"{protocol} 的连接", en=f"a connection of {protocol}")


def after_row(number: int) -> Expected:
    """A row that is right, but belongs together with one that is not."""
    return Expected(zh=f"先改正同一记录的第 {number} 行", en=f"row {number} of the same record put right first")


def several(least: int, most: int | None, of: Expected | None) -> Expected:
    """A list of so many things."""
    has_count = bool(least) or most is not None
    zh, en = (f"列表（{_count_zh(least, most)}）", f"a list of {_count_en(least, most)}") if has_count else ("列表", "a list")
    return Expected(zh=f"{zh}，每项为{of.zh}", en=f"{en}, each {of.en}") if of else Expected(zh=zh, en=en)


def _count_zh(least: int, most: int | None) -> str:
    if most is None:
        return f"至少 {least:,} 项"
    if least == most:
        return f"正好 {most:,} 项"
    return f"{least:,} 到 {most:,} 项" if least else f"最多 {most:,} 项"


def _count_en(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least:,}"
    if least == most:
        return f"exactly {most:,}"
    return f"{least:,} to {most:,}" if least else f"at most {most:,}"


def _figure(value: float | None) -> str | None:
    return None if value is None or abs(value) >= LARGE else f"{value:,}"


def _within(zh: str, en: str, least: str | None, most: str | None) -> Expected:
    if least is not None and most is not None:
        return Expected(zh=f"{least} 到 {most} 的{zh}", en=f"{en} from {least} to {most}")
    if least is not None:
        return Expected(zh=f"不小于 {least} 的{zh}", en=f"{en}, {least} or more")
    if most is not None:
        return Expected(zh=f"不大于 {most} 的{zh}", en=f"{en}, {most} or less")
    return Expected(zh=zh, en=en)


YES_NO: Final = Expected(zh="“是”或“否”", en="yes or no")
SWITCH: Final = Expected(zh="true 或 false", en="true or false")
DATE: Final = Expected(zh="日期，如 2026-06-18", en="a date such as 2026-06-18")
INSTANT: Final = Expected(zh="带时区的时间，如 2026-06-18T09:30:00+08:00", en="a time with its zone such as 2026-06-18T09:30:00+08:00")
MOMENT: Final = Expected(zh="时间，如 2026-06-18 09:30", en="a time such as 2026-06-18 09:30")
CLOCK: Final = Expected(zh="一天中的时间，如 18:00", en="a time of the day such as 18:00")
STOCK_QUERY: Final = Expected(zh="一天中的时间（如 03:30）或 never", en="a time of the day such as 03:30, or never")
ID: Final = Expected(zh="由数字组成的 id", en="an id made of digits")
PAIRS: Final = Expected(zh="名称=值，用分号隔开，如 cainiao=ZTO;jd=ZT", en="name=value, apart by semicolons, such as cainiao=ZTO;jd=ZT")
WHOLES: Final = Expected(zh="用逗号隔开的整数，如 1,2,3,4,5", en="whole numbers apart by commas such as 1,2,3,4,5")
RECORD: Final = Expected(zh="一组字段", en="an object of fields")
ZONE: Final = Expected(zh="IANA 时区，如 Asia/Shanghai", en="an IANA time zone such as Asia/Shanghai")
MEANING: Final = Expected(zh="已有的状态、说明或掩码的名称", en="the name of a state, note or mask that there is")
CONNECTION: Final = Expected(zh="已有连接的编码", en="the code of a connection that there is")
SAME_PRODUCT: Final = Expected(zh="与同一商品的其他行一致", en="the same as the other rows tell of this product")
SAME_ORDER: Final = Expected(zh="与同一订单的其他行一致", en="the same as the other rows of this order")
BUNDLE: Final = Expected(zh="组合装的编码", en="the code of a bundle")
NO_BUNDLE: Final = Expected(zh="不是组合装的货品编码", en="the code of goods, not of a bundle")
CURSOR: Final = Expected(zh="上一页返回的 next", en="what the page before gave as next")
ETAG: Final = Expected(zh='读取时 ETag 里的版本，如 "v3"；* 表示任意版本', en='the version that its ETag told, such as "v3"; * for any')
NAMED_FILTER: Final = Expected(zh="名称:值，每个名称只写一次", en="name:value, each name once")
NO_FILTERS: Final = Expected(zh="不填（这个列表没有筛选）", en="nothing: this list has no filters")
NO_SORT: Final = Expected(zh="不填（这个列表不能排序）", en="nothing: this list is not sorted by columns")
LATER: Final = Expected(zh="将来的时间", en="a time to come")
LIVE_CONNECTION: Final = Expected(zh="已启用的连接的编码", en="the code of a connection that is switched on")
SECRETS_ANEW: Final = Expected(zh="重新填写密钥（账号已改）", en="its secrets typed anew (the account was changed)")
SKU_OR_DOCUMENT: Final = Expected(zh="填写 sku 或 document_id", en="sku or document_id")
STATE_OR_KEY: Final = Expected(zh="填写 state 或 business_key", en="state or business_key")
EITHER_TARGET: Final = Expected(zh="order_nos 与 filters 二选一", en="either order_nos or filters")
EITHER_PLACE: Final = Expected(zh="codes 与 under 二选一", en="either codes or under")
ONE_CHANGE: Final = Expected(zh="同一行只改一次", en="one change of each line")
PARCELS_OR_SCANS: Final = Expected(zh="parcels，或 scans 与 tracking_no", en="parcels, or scans and tracking_no")
PLACED_RANGE: Final = Expected(
    zh="下单时间的起点（已完成和已取消的订单按它列出）", en="a time of placing to begin at (ended orders are listed by it)"
)
PLACED_DAYS: Final = Expected(zh="最多 31 天的下单时间", en="at most 31 days of placing")
WITHIN_A_MONTH: Final = Expected(zh="将来的时间，最多一个月后", en="a time to come, at most a month away")
