"""A small day of trade and a caller that speaks Qimen to the warehouse system, for its tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lxml import etree

from paidan.world.carrier import Carrier, CarrierConfig
from paidan.world.script import Day, ScriptCarrier, ScriptSku, ScriptStock, ScriptTier, ScriptWarehouse
from paidan.world.wire import Callback, Request
from paidan.world.wms import Wms, WmsConfig
from paidan.world.wms.signature import sign

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # 10:00 in China, a Monday
SECRET = "test-secret"


def warehouse(code: str, city: str) -> ScriptWarehouse:
    return ScriptWarehouse(
        code=code,
        name=code,
        province="浙江省",
        city=city,
        district="",
        detail="x",
        longitude=120.0,
        latitude=30.0,
        serves=("CN",),
        handling_order_minor=100,
        handling_unit_minor=10,
        priority=1,
    )


def sku(code: str, weight_g: int) -> ScriptSku:
    return ScriptSku(code=code, name=f"{code} & Co", barcode=f"690{code[-1]}", weight_g=weight_g, volume_cm3=100, price_minor=1000)


def tier(code: str, region: str, transit_h: int) -> ScriptTier:
    return ScriptTier(carrier=code, warehouse="*", region=region, first_g=1000, first_minor=500, step_g=1000, step_minor=100, transit_h=transit_h)


def day(*arrivals: ScriptStock) -> Day:
    return Day(
        seed=7,
        opens_at=NOW - timedelta(hours=2),
        closes_at=NOW + timedelta(hours=22),
        skus=(sku("SKU-1", 500), sku("SKU-2", 3000), sku("SKU-3", 40)),
        shops=(),
        listings=(),
        warehouses=(warehouse("WH01", "杭州市"), warehouse("WH02", "成都市")),
        carriers=(
            ScriptCarrier(code="ZTO", name="中通", kuaidi100="zhongtong", taobao="ZTO"),
            ScriptCarrier(code="EMS", name="EMS", kuaidi100="ems", taobao="EMS"),
        ),
        tiers=(tier("ZTO", "310000", 24), tier("ZTO", "CN", 60), tier("EMS", "*", 240)),
        stock=(
            ScriptStock(warehouse="WH01", sku="SKU-1", quantity=100),
            ScriptStock(warehouse="WH01", sku="SKU-2", quantity=10),
            ScriptStock(warehouse="WH02", sku="SKU-1", quantity=5),
            *arrivals,
        ),
        orders=(),
    )


class Caller:
    """Calls the warehouse system and reads its answers and its calls back."""

    def __init__(self, *arrivals: ScriptStock, synchronised: bool = True, **knobs: Any) -> None:
        script = day(*arrivals)
        self.config = WmsConfig(
            **(
                {
                    "app_key": "12345678",
                    "secret": SECRET,
                    "customer_id": "c1234567",
                    "owner_code": "OWNER1",
                    "callback_url": "http://127.0.0.1:9/qimen",
                    "two_confirms_share": 0.0,
                }
                | knobs
            )
        )
        self.carrier = Carrier(script, CarrierConfig(key="k100key", customer="k100customer"))
        self.wms = Wms(script, self.config, collect=self.carrier.collect, intercept=self.carrier.intercept)
        self.now = NOW
        if synchronised:
            for code in ("WH01", "WH02"):
                assert self.call("items.synchronize", items(code)).findtext("flag") == "success"

    def request(self, method: str, body: bytes, /, **changed: str) -> Request:
        params = {
            "method": method,
            "timestamp": (self.now + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S"),
            "format": "xml",
            "app_key": "12345678",
            "v": "2.0",
            "sign_method": "md5",
            "customerId": "c1234567",
        } | changed
        params.setdefault("sign", sign(SECRET, params, body))
        return Request(verb="POST", path="/qimen", query=urlencode(params), headers={}, body=body)

    def call(self, method: str, inner: str) -> Any:
        body = f'<?xml version="1.0" encoding="utf-8"?><request>{inner}</request>'.encode()
        return self.send(self.request(method, body))

    def send(self, request: Request) -> Any:
        answer = self.wms.answer(request, self.now)
        assert answer.status == 200
        return etree.fromstring(answer.body)

    def outcome(self, method: str, inner: str) -> tuple[str, str]:
        root = self.call(method, inner)
        return root.findtext("flag"), root.findtext("code")

    def later(self, **delta: float) -> list[Callback]:
        self.now += timedelta(**delta)
        return self.wms.advance(self.now)

    def until(self, step: str, code: str, hours: int = 48) -> list[Callback]:
        """Live on minute by minute until the order has done a step."""
        told = []
        for _ in range(hours * 60):
            told += self.later(minutes=1)
            if step in [done for done, _ in self.order(code)["steps"]]:
                return told
        raise AssertionError(f"{code} never came to {step}")

    def order(self, code: str) -> Any:
        return self.wms.books()["deliveries"][code]


def method_of(callback: Callback) -> str:
    return dict(parse_qsl(callback.url.partition("?")[2]))["method"]


def items(code: str, action: str = "add", skus: tuple[str, ...] = ("SKU-1", "SKU-2", "SKU-3")) -> str:
    rows = "".join(f"<item><itemCode>{s}</itemCode><itemName>n</itemName><barCode>b</barCode><itemType>ZC</itemType></item>" for s in skus)
    return f"<actionType>{action}</actionType><warehouseCode>{code}</warehouseCode><ownerCode>OWNER1</ownerCode><items>{rows}</items>"


def line(item: str = "SKU-1", quantity: object = 2, owner: str = "OWNER1", number: int = 1) -> str:
    return (
        f"<orderLine><orderLineNo>{number}</orderLineNo><ownerCode>{owner}</ownerCode><itemCode>{item}</itemCode>"
        f"<planQty>{quantity}</planQty><actualPrice>59.00</actualPrice></orderLine>"
    )


def delivery(code: str = "CK1", lines: str | None = None, receiver: str | None = None, **head: str) -> str:
    fields = {
        "deliveryOrderCode": code,
        "orderType": "JYCK",
        "warehouseCode": "WH01",
        "createTime": "2026-01-05 10:00:00",
        "placeOrderTime": "2026-01-05 09:00:00",
        "operateTime": "2026-01-05 09:59:00",
        "shopNick": "demo shop",
        "logisticsCode": "ZTO",
    } | head
    written = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value != "-")
    receiver = receiver or (
        "<name>张*</name><mobile>138****0042</mobile><province>上海市</province><city>上海市</city><detailAddress>y</detailAddress>"
    )
    return (
        f"<deliveryOrder>{written}<receiverInfo>{receiver}</receiverInfo></deliveryOrder>"
        f"<orderLines>{line() if lines is None else lines}</orderLines>"
    )


def cancel(code: str = "CK1", where: str = "WH01") -> str:
    return f"<warehouseCode>{where}</warehouseCode><ownerCode>OWNER1</ownerCode><orderCode>{code}</orderCode><orderType>JYCK</orderType>"


def pend(action: str, code: str = "CK1") -> str:
    return f"<actionType>{action}</actionType>{cancel(code)}"


def entry(code: str = "RK1", lines: str | None = None, **head: str) -> str:
    fields = {"entryOrderCode": code, "ownerCode": "OWNER1", "warehouseCode": "WH01", "orderType": "CGRK"} | head
    written = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value != "-")
    return f"<entryOrder>{written}</entryOrder><orderLines>{line('SKU-2', 20) if lines is None else lines}</orderLines>"
