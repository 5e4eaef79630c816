"""One carrier, several spellings. Our code is the Qimen `logisticsCode`. Default rows: the operator may add and change them.

Source: Qimen logisticsCode enumeration, carrier lists of kuaidi100, kdniao and Taobao/Cainiao, JD logiCoprId.
An empty name means that no sure one is known: the counterpart can't be asked about that carrier until somebody fills it in.
"""

from typing import Final

from msgspec import Struct


class CarrierNames(Struct, frozen=True, kw_only=True):
    """A carrier and the names others give it."""

    code: str
    zh: str
    en: str
    kuaidi100: str = ""
    kdniao: str = ""
    taobao: str = ""
    jd: str = ""


N = CarrierNames
CARRIERS: Final[tuple[CarrierNames, ...]] = (
    N(code="SF", zh="顺丰速运", en="SF Express", kuaidi100="shunfeng", kdniao="SF", taobao="SF", jd="467"),
    N(code="ZTO", zh="中通快递", en="ZTO", kuaidi100="zhongtong", kdniao="ZTO", taobao="ZTO", jd="1499"),
    N(code="YTO", zh="圆通速递", en="YTO", kuaidi100="yuantong", kdniao="YTO", taobao="YTO", jd="463"),
    N(code="STO", zh="申通快递", en="STO", kuaidi100="shentong", kdniao="STO", taobao="STO", jd="470"),
    N(code="YUNDA", zh="韵达快递", en="Yunda", kuaidi100="yunda", kdniao="YD", taobao="YUNDA", jd="1327"),
    N(code="HTKY", zh="百世快递", en="Best (now J&T)", kuaidi100="huitongkuaidi", kdniao="HTKY", taobao="HTKY"),
    N(code="JTSD", zh="极兔速递", en="J&T", kuaidi100="jtexpress", kdniao="JTSD"),  # the Qimen code is agreed bilaterally
    N(code="EMS", zh="邮政特快", en="EMS", kuaidi100="ems", kdniao="EMS", taobao="EMS", jd="465"),
    N(code="POSTB", zh="邮政快递包裹", en="China Post parcel", kuaidi100="youzhengguonei", kdniao="YZPY", taobao="POSTB"),
    N(code="JD", zh="京东快递", en="JD Logistics", kuaidi100="jd", kdniao="JD", jd="2087"),
    N(code="DBKD", zh="德邦快递", en="Deppon", kuaidi100="debangkuaidi", kdniao="DBL", taobao="DBKD", jd="3046"),
    N(code="ZJS", zh="宅急送", en="ZJS", kuaidi100="zhaijisong", kdniao="ZJS", taobao="ZJS"),
    N(code="OTHER", zh="其他", en="Other", taobao="OTHER", jd="1274"),
)
CARRIERS_BY_CODE: Final = {carrier.code: carrier for carrier in CARRIERS}
CARRIERS_BY_KUAIDI100: Final = {carrier.kuaidi100: carrier for carrier in CARRIERS if carrier.kuaidi100}
CARRIERS_BY_TAOBAO: Final = {carrier.taobao: carrier for carrier in CARRIERS if carrier.taobao}
