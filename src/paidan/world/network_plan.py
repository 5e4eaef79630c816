"""Shops, warehouses, carriers and freight tiers of the made-up merchant. Cities are real; money is plausible for 2024, not anybody's tariff."""

from typing import Final

from paidan.world.script import ScriptCarrier, ScriptShop, ScriptTier, ScriptWarehouse

BULK_SHOP, PUSH_SHOP, POLL_SHOP, WHOLESALE_SHOP, FOREIGN_SHOP = "TB-BULK", "TB-PUSH", "TB-POLL", "TB-TRADE", "SHOPIFY"
# Share of the day's orders per shop, in hundredths.
SHOP_WEIGHTS: Final = {BULK_SHOP: 40, PUSH_SHOP: 30, POLL_SHOP: 20, WHOLESALE_SHOP: 2, FOREIGN_SHOP: 8}
SHOPS: Final = (
    ScriptShop(code=BULK_SHOP, name="派单生活旗舰店", platform="taobao", door="bulk"),
    ScriptShop(code=PUSH_SHOP, name="派单家居专营店", platform="taobao", door="push"),
    ScriptShop(code=POLL_SHOP, name="派单礼品小店", platform="taobao", door="poll"),
    ScriptShop(code=WHOLESALE_SHOP, name="派单批发", platform="taobao", door="bulk", is_wholesale=True),
    ScriptShop(code=FOREIGN_SHOP, name="Paidan Giftware", platform="shopify", door="webhook", currency="GBP"),
)
EAST, NATIONAL, SOUTH = "WH-HZ", "WH-WH", "WH-GZ"
# Warehouses that send anywhere in the mainland; one of them holds all that is sold of a SKU, so that an ordinary order never waits.
MAINLAND_WIDE: Final = (EAST, NATIONAL, SOUTH)
ABROAD: Final = SOUTH  # the only one that sends abroad


def warehouse(
    code: str, where: tuple[str, str, str, str], point: tuple[float, float], serves: str, handling: tuple[int, int], priority: int
) -> ScriptWarehouse:
    """A warehouse; `serves` as words, `handling` in fen per order and per unit."""
    province, city, district, detail = where
    return ScriptWarehouse(
        code=code, name=f"{city.removesuffix('市')}仓", province=province, city=city, district=district, detail=detail,
        longitude=point[0], latitude=point[1], serves=tuple(serves.split()),
        handling_order_minor=handling[0], handling_unit_minor=handling[1], priority=priority,
    )  # fmt: skip


WAREHOUSES: Final = (
    warehouse(EAST, ("浙江省", "杭州市", "余杭区", "物流一路1号"), (119.98, 30.28), "310000 320000 330000 340000 350000 CN", (120, 20), 1),
    warehouse(SOUTH, ("广东省", "广州市", "白云区", "物流二路2号"), (113.27, 23.16), "440000 450000 460000 350000 CN *", (125, 20), 2),
    warehouse(NATIONAL, ("湖北省", "武汉市", "东西湖区", "物流三路3号"), (114.14, 30.62), "420000 430000 360000 410000 CN", (105, 18), 3),
    warehouse("WH-BJ", ("北京市", "北京市", "大兴区", "物流四路4号"), (116.34, 39.73), "110000 120000 130000 140000 150000 370000", (150, 25), 4),
    warehouse("WH-CD", ("四川省", "成都市", "双流区", "物流五路5号"), (103.92, 30.57), "510000 500000 520000 530000 540000", (100, 17), 5),
    warehouse("WH-SY", ("辽宁省", "沈阳市", "于洪区", "物流六路6号"), (123.31, 41.79), "210000 220000 230000 150000", (100, 18), 6),
    warehouse("WH-XA", ("陕西省", "西安市", "未央区", "物流七路7号"), (108.95, 34.29), "610000 620000 630000 640000 650000 140000", (95, 17), 7),
    warehouse("WH-ZZ", ("河南省", "郑州市", "管城回族区", "物流八路8号"), (113.68, 34.75), "410000 370000 130000 140000 340000", (95, 16), 8),
)  # fmt: skip
CARRIERS: Final = (
    ScriptCarrier(code="ZTO", name="中通快递", kuaidi100="zhongtong", taobao="ZTO"),
    ScriptCarrier(code="YTO", name="圆通速递", kuaidi100="yuantong", taobao="YTO"),
    ScriptCarrier(code="YUNDA", name="韵达快递", kuaidi100="yunda", taobao="YUNDA"),
    ScriptCarrier(code="STO", name="申通快递", kuaidi100="shentong", taobao="STO"),
    ScriptCarrier(code="SF", name="顺丰速运", kuaidi100="shunfeng", taobao="SF"),
    ScriptCarrier(code="EMS", name="EMS", kuaidi100="ems", taobao="EMS"),
)
FAR: Final = ("150000", "460000", "540000", "620000", "630000", "640000", "650000")
# Carrier → (first kilogram, each further kilogram, hours) for the warehouse's own provinces, the mainland, the far provinces; fen.
DOMESTIC: Final = {
    "ZTO": ((320, 100, 30), (420, 180, 54), (1100, 900, 110)),
    "YTO": ((310, 110, 32), (410, 200, 58), (1150, 950, 115)),
    "YUNDA": ((300, 110, 34), (400, 210, 60), (1200, 1000, 120)),
    "STO": ((305, 120, 34), (405, 205, 60), (1200, 1000, 120)),
    "SF": ((900, 200, 20), (1300, 500, 36), (2100, 1300, 72)),
    "EMS": ((800, 300, 40), (1100, 500, 70), (1500, 800, 110)),
}
# Region → (first 500 g, each further 500 g, hours) of EMS from the warehouse that sends abroad; SF asks a third more and is faster.
FOREIGN: Final = {
    "HK": (4500, 900, 72), "MO": (4500, 900, 72), "TW": (6000, 1200, 96), "JP": (9000, 2200, 120), "SG": (9500, 2500, 120),
    "US": (13500, 4200, 200), "CA": (13800, 4400, 220), "AU": (12000, 3800, 190), "DE": (14000, 4500, 190), "FR": (14000, 4500, 190),
    "IE": (14500, 4600, 210), "ES": (14500, 4600, 210), "NL": (14000, 4500, 190), "*": (17500, 6500, 280),
}  # fmt: skip


def tiers() -> tuple[ScriptTier, ...]:
    """All freight tiers. A tier of one warehouse goes before one of any warehouse (`*`) for the same region.

    Far provinces cost far rates from everywhere but a warehouse that has them as its own.
    """
    found = []
    for carrier, (near, mainland, far) in DOMESTIC.items():
        found.append(tier(carrier, "*", "CN", 1000, mainland))
        found += [tier(carrier, "*", region, 1000, far) for region in FAR]
        for place in WAREHOUSES:
            own = [region for region in place.serves if len(region) == 6 and region not in FAR]  # noqa: PLR2004 - an adcode
            found += [tier(carrier, place.code, region, 1000, near) for region in own]
            found += [tier(carrier, place.code, region, 1000, mainland) for region in place.serves if region in FAR]
    for region, (first, step, hours) in FOREIGN.items():
        found.append(tier("EMS", ABROAD, region, 500, (first, step, hours)))
        found.append(tier("SF", ABROAD, region, 500, (first * 4 // 3, step * 4 // 3, hours * 2 // 3)))
    return tuple(found)


def tier(carrier: str, place: str, region: str, step_g: int, price: tuple[int, int, int]) -> ScriptTier:
    """One tier whose first weight and step are alike."""
    first_minor, step_minor, hours = price
    return ScriptTier(
        carrier=carrier,
        warehouse=place,
        region=region,
        first_g=step_g,
        first_minor=first_minor,
        step_g=step_g,
        step_minor=step_minor,
        transit_h=hours,
    )
