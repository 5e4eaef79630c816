"""Where an order goes, as freight tiers name it. Adcodes of provinces: GB/T 2260."""

from collections.abc import Iterator
from typing import Final

from paidan.world.wms.records import Outbound

TRANSIT_H_DEFAULT: Final = 96

_ADCODES: Final = {
    "北京": "110000",
    "天津": "120000",
    "河北": "130000",
    "山西": "140000",
    "内蒙": "150000",
    "辽宁": "210000",
    "吉林": "220000",
    "黑龙": "230000",
    "上海": "310000",
    "江苏": "320000",
    "浙江": "330000",
    "安徽": "340000",
    "福建": "350000",
    "江西": "360000",
    "山东": "370000",
    "河南": "410000",
    "湖北": "420000",
    "湖南": "430000",
    "广东": "440000",
    "广西": "450000",
    "海南": "460000",
    "重庆": "500000",
    "四川": "510000",
    "贵州": "520000",
    "云南": "530000",
    "西藏": "540000",
    "陕西": "610000",
    "甘肃": "620000",
    "青海": "630000",
    "宁夏": "640000",
    "新疆": "650000",
    "台湾": "710000",
    "香港": "810000",
    "澳门": "820000",
}


def region(country: str, province: str) -> str:
    """Name the destination: the province's adcode inside China ("CN" when the province is not known), else the country."""
    return _ADCODES.get(province[:2], "CN") if country == "CN" else country


def transit_h(tiers: dict[tuple[str, str, str], int], order: Outbound) -> int:
    """Find the planned transit of an order: the closest warehouse and region that the carrier has a freight tier for."""
    return next((tiers[key] for key in _keys(order) if key in tiers), TRANSIT_H_DEFAULT)


def _keys(order: Outbound) -> Iterator[tuple[str, str, str]]:
    for where in dict.fromkeys((region(order.country, order.province), order.country, "*")):
        for warehouse in (order.warehouse, "*"):
            yield order.carrier, warehouse, where
