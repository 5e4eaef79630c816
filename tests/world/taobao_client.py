"""A hand-made caller and hand-made scripts for the Taobao tests: nothing of it is shared with the simulator or our adapters."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any
from urllib.parse import urlencode

from paidan.world.script import Day, ScriptCarrier, ScriptLine, ScriptListing, ScriptOrder, ScriptReceiver, ScriptShop
from paidan.world.taobao import TaobaoPlatform
from paidan.world.wire import Request

OPENS = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
APP_KEY, SECRET = "23000001", "taobao-app-secret"
ALL_FIELDS = "tid,status,created,modified,payment,post_fee,discount_fee,adjust_fee,total_fee,orders,seller_memo,pay_time,type"
CONSIGNEE = "receiver_name,receiver_address,receiver_mobile,receiver_phone,receiver_city"
WANG = ScriptReceiver(
    name="王小明", phone="13812345678", country="CN", province="上海市", city="市辖区", district="浦东新区", detail="世纪大道100号18楼"
)


def minutes(number: float) -> datetime:
    return OPENS + timedelta(minutes=number)


def line(number: int = 1, quantity: int = 1, price_minor: int = 1000, **more: Any) -> ScriptLine:
    given = {"item_ref": "600001", "sku_ref": str(480000 + number), "merchant_code": f"SKU{number}", "title": f"货品{number}"}
    return ScriptLine(**(given | {"quantity": quantity, "price_minor": price_minor} | more))


def order(number: int = 1, *lines: ScriptLine, shop: str = "A", **more: Any) -> ScriptOrder:
    """Placed at minute `number`, paid a minute later."""
    given = {
        "shop": shop,
        "order_no": str(2_000_000_000_000_000_000 + number),
        "buyer": "小明明",
        "placed_at": minutes(number),
        "paid_at": minutes(number + 1),
        "ship_by_at": minutes(number + 2880),
        "receiver": WANG,
        "lines": lines or (line(),),
    }
    return ScriptOrder(**(given | more))


def make_day(*orders: ScriptOrder, display: int = 100, platform: str = "taobao", doors: tuple[str, str] = ("poll", "bulk")) -> Day:
    shops = tuple(ScriptShop(code=code, name=f"店铺{code}", platform=platform, door=door) for code, door in zip("AB", doors, strict=True))
    listings = tuple(
        ScriptListing(
            shop=shop.code,
            item_ref="600001",
            sku_ref=str(480000 + number),
            merchant_code=f"SKU{number}",
            title=f"货品{number}",
            display_quantity=display,
        )
        for shop in shops
        for number in range(1, 30)
    )
    return Day(
        seed=1,
        opens_at=OPENS,
        closes_at=OPENS + timedelta(days=1),
        skus=(),
        shops=shops,
        listings=listings,
        warehouses=(),
        carriers=(
            ScriptCarrier(code="ZTO", name="中通快递", kuaidi100="zhongtong", taobao="ZTO"),
            ScriptCarrier(code="SF", name="顺丰速运", kuaidi100="shunfeng", taobao="SF"),
        ),
        tiers=(),
        stock=(),
        orders=orders,
    )


class Shop:
    """The merchant's side of one shop."""

    def __init__(self, platform: TaobaoPlatform, shop: str = "A") -> None:
        self.platform = platform
        self.session = platform.sessions[shop]
        self.now = OPENS

    def at(self, minute: float) -> "Shop":
        self.now = minutes(minute)
        self.platform.advance(self.now)
        return self

    def raw(self, *, secret: str = SECRET, verb: str = "POST", at: datetime | None = None, **parameters: Any) -> dict[str, Any]:
        local = (at or self.now) + timedelta(hours=8)
        common = {
            "app_key": APP_KEY, "session": self.session, "timestamp": local.strftime("%Y-%m-%d %H:%M:%S"), "v": "2.0", "format": "json",
            "sign_method": "md5",
        }  # fmt: skip
        given = {name: str(value) for name, value in (common | parameters).items() if value is not None}
        text = secret + "".join(name + given[name] for name in sorted(given)) + secret
        given.setdefault("sign", md5(text.encode(), usedforsecurity=False).hexdigest().upper())
        form = urlencode(given)
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        request = Request(
            verb=verb, path="/router/rest", query=form if verb == "GET" else "", headers=headers, body=b"" if verb == "GET" else form.encode()
        )
        response = self.platform.answer(request, self.now)
        assert response.status == 200
        body: dict[str, Any] = json.loads(response.body)
        return body

    def batch(self, body: str, *, secret: str = SECRET, verb: str = "POST", separator: str = "", **changes: Any) -> list[dict[str, Any]]:
        """Several calls through the batch gateway; each one's answer."""
        common = {
            "app_key": APP_KEY, "session": self.session, "timestamp": (self.now + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S"), "v": "2.0",
            "format": "json", "sign_method": "md5",
        }  # fmt: skip
        given = {name: str(value) for name, value in (common | changes).items() if value is not None}
        text = secret + "".join(name + given[name] for name in sorted(given)) + body + secret
        given.setdefault("sign", md5(text.encode(), usedforsecurity=False).hexdigest().upper())
        headers = {"content-type": "text/plain;charset=utf-8"} | ({"top-api-separator": separator} if separator else {})
        request = Request(verb=verb, path="/router/batch", query=urlencode(given), headers=headers, body=body.encode())
        response = self.platform.answer(request, self.now)
        return [json.loads(part) for part in response.body.decode().split(separator or "\r\n-S-\r\n")]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        body = self.raw(method=method, **parameters)
        assert "error_response" not in body, body
        answer: dict[str, Any] = body[method.removeprefix("taobao.").replace(".", "_") + "_response"]
        assert answer.pop("request_id")
        return answer

    def refused(self, method: str, **parameters: Any) -> str:
        error = self.raw(method=method, **parameters)["error_response"]
        return f"{error['code']} {error.get('sub_code', '')}".strip()

    def trade(self, number: int = 1, fields: str = ALL_FIELDS, **more: Any) -> dict[str, Any]:
        tid = 2_000_000_000_000_000_000 + number
        trade: dict[str, Any] = self.call("taobao.trade.fullinfo.get", tid=tid, fields=fields, **more)["trade"]
        return trade

    def lines(self, number: int = 1) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.trade(number)["orders"]["order"]
        return lines

    def display(self, sku: int = 1, shop: str = "A") -> int:
        slot: dict[str, int] = self.platform.books()["listings"][f"{shop}:600001:{480000 + sku}"]
        return slot["display"]
