"""One application's view of the platform: a gateway, several shops, their trades played from the script.

Deterministic: the same day, the same calls at the same business instants, the same answers.

Doors, by `ScriptShop.door`: `poll` and `push` shops are read through the gateway (any shop gives messages once permitted);
`bulk` shops are also written to the order-push table whenever business time moves.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from paidan.world.faults import FaultDraw
from paidan.world.numbers import number_from
from paidan.world.script import Day, ScriptShop
from paidan.world.shelf import Shelf
from paidan.world.taobao import life
from paidan.world.taobao.bulk import BulkTable
from paidan.world.taobao.consign import Consigner
from paidan.world.taobao.errors import TopError
from paidan.world.taobao.gateway import BATCH_GATEWAY, GATEWAYS, Call, check, check_gate, check_method, read_batch, read_parameters
from paidan.world.taobao.messages import MessageService
from paidan.world.taobao.reading import Reader
from paidan.world.taobao.state import Seller, State, Trade
from paidan.world.taobao.writing import StockWriter, TradeWriter
from paidan.world.timetable import Act, Timetable
from paidan.world.wire import Callback, Request, Response

Service = Callable[[Call], dict[str, Any]]
JSON_TYPE = "application/json;charset=UTF-8"


def session_of(shop: str) -> str:
    """The session (access token) a shop has unless another is given."""
    return f"6100e{shop}-session"


class TaobaoPlatform:
    """Simulator of TOP.

    `sessions` maps shop codes to access tokens (absent: `session_of`). `shops` restricts to some shops of the day (absent: all Taobao ones).
    `calls_max` limits calls in one second of business time (code 7); None: no limit. `bulk` takes the rows of bulk shops.
    """

    def __init__(
        self,
        day: Day,
        *,
        app_key: str = "23000001",
        app_secret: str = "taobao-app-secret",  # noqa: S107 - of a simulated application
        sessions: Mapping[str, str] | None = None,
        shops: Collection[str] | None = None,
        bulk: BulkTable | None = None,
        calls_max: int | None = None,
        draw: FaultDraw | None = None,
        name: str = "taobao",
    ) -> None:
        self.name = name
        self.app_key = app_key
        self.bulk = bulk or BulkTable()
        self._secret = app_secret
        mine = [shop for shop in day.shops if shop.platform == "taobao" and (shops is None or shop.code in shops)]
        self.sessions = {shop.code: (sessions or {}).get(shop.code, session_of(shop.code)) for shop in mine}
        self._shop_by_session = {session: code for code, session in self.sessions.items()}
        self._over: set[str] = set()
        self.state = _make_state(day, mine)
        self._timetable = Timetable(order for order in day.orders if order.shop in self.sessions)
        self._messages = MessageService(self.state, app_key, draw or FaultDraw(seed=day.seed))
        self._services = self._make_services({carrier.taobao: carrier.name for carrier in day.carriers})
        self._methods = {method: needs_session for method, (_, needs_session) in self._services.items()}
        self._calls_max = calls_max
        self._second: tuple[datetime | None, int] = (None, 0)
        self._answers = 0

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve the gateway, one call or a batch of them."""
        if request.path == BATCH_GATEWAY:
            return Response(body=self._serve_batch(request, now), content_type=JSON_TYPE)
        if request.path not in GATEWAYS:
            return Response(status=404, body=b"404 Not Found", content_type="text/plain")
        return Response(body=self._answered(lambda: self._serve(request, now)), content_type=JSON_TYPE)

    def advance(self, now: datetime) -> list[Callback]:
        """Let the buyers act until then and write the order-push table. This platform calls nobody: its messages are fetched."""
        tell = self._messages.tell
        for entry in self._timetable.due(now):
            if entry.act is Act.PLACE:
                life.place(self.state, entry.order, entry.at, tell)
            elif (trade := self.state.trades.get(int(entry.order.order_no))) is not None:
                life.ACTS[entry.act](self.state, trade, entry.at, tell)
        self._write_bulk(now)
        return []

    def next_due(self) -> datetime | None:
        """When a buyer acts next."""
        return self._timetable.next_due()

    def set_faults(self, draw: FaultDraw) -> None:
        """Bend the messages from now on: duplicate, delay, reorder."""
        self._messages.draw = draw

    def end_session(self, shop: str) -> None:
        """The shop's authorisation runs out: its session is refused from now on."""
        self._over.add(shop)

    def books(self) -> dict[str, Any]:
        """Trades by tid (`orders`), counters by listing, sales that were lost."""
        slots = self.state.shelf.slots.values()
        return {
            "orders": {str(tid): _trade_books(trade) for tid, trade in self.state.trades.items()},
            "listings": self.state.shelf.books(),
            "lost_sales": self.state.lost_sales,
            "unsellable": self.state.unsellable,
            "oversold": sum(slot.oversold for slot in slots),
            "is_display_consistent": all(slot.is_consistent() for slot in slots),
        }

    def _answered(self, serve: Callable[[], dict[str, Any]]) -> bytes:
        self._answers += 1
        try:
            body = serve()
        except TopError as error:
            body = error.body(f"{number_from(self.name, self._answers):x}")
        return msgspec.json.encode(body)

    def _serve_batch(self, request: Request, now: datetime) -> bytes:
        """Each call has an answer of its own, in order; what is wrong with the request as a whole is said once."""
        try:
            common, body, calls, separator = read_batch(request)
            check_gate(common, app_key=self.app_key, secret=self._secret, now=now, body=body)
        except TopError as error:
            return msgspec.json.encode(error.body(f"{number_from(self.name, self._answers):x}"))
        return separator.encode().join([self._answered(partial(self._call, common | call, now)) for call in calls])

    def _serve(self, request: Request, now: datetime) -> dict[str, Any]:
        parameters = read_parameters(request)
        check(parameters, app_key=self.app_key, secret=self._secret, now=now, methods=self._methods)
        return self._call(parameters, now)

    def _call(self, parameters: Mapping[str, str], now: datetime) -> dict[str, Any]:
        method = check_method(parameters, self._methods)
        service, needs_session = self._services[method]
        shop = self._shop_by_session.get(parameters.get("session", ""), "")
        if needs_session and shop in self._over:
            raise TopError(27, "session-expired", "the session is over")
        if needs_session and not shop:
            raise TopError(27)
        self._count(now)
        body = service(Call(method=method, parameters=parameters, shop=shop, now=now))
        return {_envelope(method): body | {"request_id": f"{number_from(self.name, self._answers):x}"}}

    def _count(self, now: datetime) -> None:
        """The call limit of the application."""
        second = now.replace(microsecond=0)
        calls = self._second[1] + 1 if self._second[0] == second else 1
        self._second = (second, calls)
        if self._calls_max is not None and calls > self._calls_max:
            raise TopError(7, "accesscontrol.limited-by-app-access-count", "This ban will last for 1 more seconds")

    def _write_bulk(self, now: datetime) -> None:
        for seller in self.state.sellers.values():
            if seller.shop.door == "bulk" and seller.unwritten:
                self.bulk.write([self.state.trades[tid] for tid in sorted(seller.unwritten)], now)
            seller.unwritten.clear()

    def _make_services(self, companies: dict[str, str]) -> dict[str, tuple[Service, bool]]:
        """Methods, and whether they act for a seller."""
        read, write, stock = Reader(self.state), TradeWriter(self.state, self._messages.tell), StockWriter(self.state)
        consign, messages = Consigner(self.state, self._messages.tell, companies), self._messages
        return {
            "taobao.time.get": (read.time, False),
            "taobao.user.seller.get": (read.seller, True),
            "taobao.trades.sold.get": (read.sold, True),
            "taobao.trades.sold.increment.get": (read.increment, True),
            "taobao.trade.fullinfo.get": (read.full, True),
            "taobao.refunds.receive.get": (read.refunds, True),
            "taobao.refund.get": (read.refund, True),
            "taobao.tmc.user.permit": (messages.permit, True),
            "taobao.tmc.group.add": (messages.add_group, False),
            "taobao.tmc.messages.consume": (messages.consume, False),
            "taobao.tmc.messages.confirm": (messages.confirm, False),
            "taobao.top.oaid.merge": (write.merge, True),
            "taobao.top.oaid.decrypt": (write.decrypt, True),
            "taobao.logistics.offline.send": (consign.offline_send, True),
            "taobao.logistics.online.send": (consign.online_send, True),
            "alibaba.ascp.logistics.offline.send": (consign.ascp_send, True),
            "taobao.logistics.consign.resend": (consign.resend, True),
            "taobao.logistics.companies.get": (consign.companies, False),
            "taobao.item.quantity.update": (stock.item, True),
            "taobao.skus.quantity.update": (stock.skus, True),
            "tmall.item.quantity.update": (stock.tmall, True),
            "taobao.trade.memo.update": (write.memo, True),
            "taobao.rdc.aligenius.sendgoods.cancel": (write.stop_goods, True),
        }


def _make_state(day: Day, shops: list[ScriptShop]) -> State:
    """Raises ValueError when the script has numbers this platform could not have."""
    codes = {shop.code for shop in shops}
    listings = [one for one in day.listings if one.shop in codes]
    wrong = [one.item_ref for one in listings if not one.item_ref.isdigit() or not (one.sku_ref or "0").isdigit()]
    wrong += [order.order_no for order in day.orders if order.shop in codes and not order.order_no.isdigit()]
    if wrong:
        raise ValueError(f"Taobao's numbers have digits only: {wrong[:3]}")
    sellers = {shop.code: Seller(shop=shop, user_id=number_from("seller", shop.code, digits=10)) for shop in shops}
    return State(sellers=sellers, shelf=Shelf(listings), listings={(one.shop, one.item_ref, one.sku_ref): one for one in listings})


def _envelope(method: str) -> str:
    """`taobao.trade.fullinfo.get` answers as `trade_fullinfo_get_response`."""
    return method.removeprefix("taobao.").replace(".", "_") + "_response"


def _trade_books(trade: Trade) -> dict[str, Any]:
    return {
        "shop": trade.shop.code,
        "status": trade.status,
        "payment_minor": trade.payment_minor,
        "uncollected_minor": trade.uncollected_minor,
        "is_close_refused": trade.is_close_refused,
        "seller_memo": trade.seller_memo,
        "lines": {
            str(line.oid): {
                "item_ref": line.item_ref,
                "sku_ref": line.sku_ref,
                "outer_code": line.outer_code,
                "num": line.num,
                "shipped": line.shipped,
                "status": line.status,
                "refund_status": line.refund_status,
                "is_service": line.is_service,
                "waybills": [{"company": company, "number": number, "units": units} for company, number, units in line.waybills],
            }
            for line in trade.lines
        },
        "waybills": sorted({number for line in trade.lines for _, number, _ in line.waybills}),
    }
