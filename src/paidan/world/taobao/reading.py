"""The calls that read trades and refunds."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from paidan.world.taobao.consign import own_trade
from paidan.world.taobao.errors import TopError, invalid
from paidan.world.taobao.gateway import Call, china
from paidan.world.taobao.render import read_fields, refund_body, trade_body
from paidan.world.taobao.state import Refund, State, Trade

WINDOW_MAX = timedelta(days=1)
HISTORY = timedelta(days=92)
PAGE_SIZE_MAX = 100
DEFAULT_TYPES = "guarantee_trade,auto_delivery,ec,cod,step"

T = TypeVar("T")


class Reader:
    """Trades and refunds of the caller's shop."""

    def __init__(self, state: State) -> None:
        self._state = state

    def seller(self, call: Call) -> dict[str, Any]:
        """`taobao.user.seller.get`: whom the session belongs to."""
        shop = self._state.sellers[call.shop]
        told = {"user_id": shop.user_id, "nick": shop.shop.name, "type": "B"}
        return {"user": {name: told[name] for name in call.text("fields").split(",") if name in told}}

    def increment(self, call: Call) -> dict[str, Any]:
        """`taobao.trades.sold.increment.get`: by `modified`, newest first; pages are cut anew at each call, so they move while trades change."""
        start, end = call.instant("start_modified"), call.instant("end_modified")
        if end < start or end - start > WINDOW_MAX:
            raise invalid("end_modified", "not before start_modified, and at most a day later")
        found = self._state.sellers[call.shop].trades.between(start, end)
        return self._trades(call, (trade for number, trade in found if number == trade.changes))

    def sold(self, call: Call) -> dict[str, Any]:
        """`taobao.trades.sold.get`: the last three months by creation, newest first."""
        start = call.instant("start_created") if call.parameters.get("start_created") else call.now - HISTORY
        end = call.instant("end_created") if call.parameters.get("end_created") else call.now
        created = self._state.sellers[call.shop].created
        return self._trades(call, (trade for at, trade in reversed(created) if start <= at <= end and call.now - at <= HISTORY))

    def full(self, call: Call) -> dict[str, Any]:
        """`taobao.trade.fullinfo.get`: `oaid` only when `include_oaid` (or the field) and all fields of `ASKED_FOR_OAID` are asked for."""
        trade = own_trade(self._state, call)
        wanted = read_fields(call.text("fields"))
        with_oaid = call.parameters.get("include_oaid", "") not in {"", "false"} or "oaid" in wanted.trade
        return {"trade": trade_body(trade, wanted, is_full=True, with_oaid=with_oaid)}

    def refunds(self, call: Call) -> dict[str, Any]:
        """`taobao.refunds.receive.get`: by `modified`, newest first; without a window the last day."""
        end = call.instant("end_modified") if call.parameters.get("end_modified") else call.now
        start = call.instant("start_modified") if call.parameters.get("start_modified") else end - WINDOW_MAX
        fields = frozenset(call.text("fields").split(","))
        status = call.parameters.get("status", "")
        found = self._state.sellers[call.shop].refunds.between(start, end)
        newest = (one for number, one in found if number == one.changes and status in {"", one.status})

        def show(refund: Refund) -> dict[str, Any]:
            return refund_body(refund, fields)

        return self._page(call, newest, show, ("refunds", "refund"))

    def refund(self, call: Call) -> dict[str, Any]:
        """`taobao.refund.get`."""
        refund = self._state.refunds.get(call.number("refund_id"))
        if refund is None or refund.trade.shop.code != call.shop:
            raise TopError(15, "isv.refund-not-exist", "退款不存在")
        return {"refund": refund_body(refund, frozenset(call.text("fields").split(",")))}

    @staticmethod
    def time(call: Call) -> dict[str, Any]:
        """`taobao.time.get`."""
        return {"time": china(call.now)}

    def _trades(self, call: Call, trades: Iterator[Trade]) -> dict[str, Any]:
        wanted = read_fields(call.text("fields"))
        status = call.parameters.get("status", "")
        types = set(call.parameters.get("type", DEFAULT_TYPES).split(","))
        # An ordinary purchase shows type `fixed`, which the filter calls guarantee_trade.
        kinds = {"cod": bool(types & {"cod"}), "fixed": bool(types & {"fixed", "guarantee_trade"})}
        found = (one for one in trades if status in {"", one.status} and kinds["cod" if one.order.is_cod else "fixed"])

        def show(trade: Trade) -> dict[str, Any]:
            return trade_body(trade, wanted, is_full=False)

        return self._page(call, found, show, ("trades", "trade"))

    @staticmethod
    def _page(call: Call, found: Iterator[T], show: Callable[[T], dict[str, Any]], names: tuple[str, str]) -> dict[str, Any]:
        """A page; with `use_has_next` whether there is another one, otherwise the total. An empty page has no list, as the platform has it."""
        size = call.number("page_size", 40, least=1, most=PAGE_SIZE_MAX)
        first = (call.number("page_no", 1, least=1) - 1) * size
        if call.flag("use_has_next"):
            page = list(islice(found, first, first + size + 1))
            body: dict[str, Any] = {"has_next": len(page) > size}
            page = page[:size]
        else:
            everything = list(found)
            page, body = everything[first : first + size], {"total_results": len(everything)}
        return body | ({names[0]: {names[1]: [show(one) for one in page]}} if page else {})
