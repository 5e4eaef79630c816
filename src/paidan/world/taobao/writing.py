"""The calls that change stock counters and memos, stop goods for a refund, and deal with consignee tokens."""

import re
from collections import defaultdict
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from paidan.world.script import ScriptReceiver
from paidan.world.shelf import ListingKey
from paidan.world.taobao.consign import own_trade
from paidan.world.taobao.errors import TopError, invalid
from paidan.world.taobao.gateway import CHINA, Call, as_number, china
from paidan.world.taobao.life import Told, refund_line
from paidan.world.taobao.render import is_mobile
from paidan.world.taobao.state import CLOSED, REFUND_ASKED, Seller, State, Trade

FULL, INCREMENT = 1, 2
SKUS_MAX = 20
MERGE_MAX = 100
DECRYPT_MAX = 20
MEMO_BYTES_MAX = 1000
SCENES = frozenset({"1001", "1002", "1003", "1004", "1005", "1006", "1007", "2001", "2002"})
BIZ_KEY = re.compile(r"[0-9a-fA-F]{1,64}")


class SkuQuantity(Struct, kw_only=True):
    """An entry of `sku_quantities`."""

    sku_id: int | str = ""
    outer_id: str = ""
    quantity: int


class Options(Struct, kw_only=True):
    """`options` of the Tmall stock call."""

    type: int = FULL
    outer_biz_key: str = ""


class Stop(Struct, kw_only=True):
    """`param` of the call that reports stopped goods."""

    refund_id: int | str
    tid: int | str
    status: str
    oid: int | str | UnsetType = UNSET
    msg: str = ""


class Token(Struct, kw_only=True):
    """An entry of `merge_list` or `query_list`."""

    oaid: str
    tid: int | str
    scene: str = ""
    secret_no_days: int | str = 0


class StockWriter:
    """Updates of the display counters."""

    def __init__(self, state: State) -> None:
        self._state = state

    def item(self, call: Call) -> dict[str, Any]:
        """`taobao.item.quantity.update`: one SKU, or an item without SKUs. An increment below zero is refused, as its page says."""
        item, kind = call.text("num_iid"), self._kind(call)
        key = self._key(call.shop, item, call.parameters.get("sku_id", ""), call.parameters.get("outer_id", ""))
        quantity = call.number("quantity")
        if kind == INCREMENT and self._state.shelf.slots[key].display + quantity < 0:
            raise invalid("quantity", "负数与实际库存之和不能小于0")
        return self._update(call, item, kind, [(key, quantity)])

    def skus(self, call: Call) -> dict[str, Any]:
        """`taobao.skus.quantity.update`: up to 20 SKUs as `id:quantity;id:quantity`; an increment stops at zero."""
        item, kind = call.text("num_iid"), self._kind(call)
        by_id = call.parameters.get("skuid_quantities", "")
        pairs = [pair.rpartition(":") for pair in (by_id or call.text("outerid_quantities")).split(";") if pair]
        if len(pairs) > SKUS_MAX:
            raise invalid("skuid_quantities", f"at most {SKUS_MAX}")
        keys = [self._key(call.shop, item, name, "") if by_id else self._key(call.shop, item, "", name) for name, _, _ in pairs]
        quantities = [as_number("quantity", text) for _, _, text in pairs]
        return self._update(call, item, kind, list(zip(keys, quantities, strict=True)))

    def tmall(self, call: Call) -> dict[str, Any]:
        """`tmall.item.quantity.update`: increments with an `outer_biz_key` count once for ever; the first answer is given again."""
        item = call.text("item_id")
        options = call.json("options", Options) if call.parameters.get("options") else Options()
        seller = self._state.sellers[call.shop]
        changes = self._tmall_changes(call, item)
        if options.type not in {FULL, INCREMENT}:
            raise invalid("options.type")
        if options.outer_biz_key and not BIZ_KEY.fullmatch(options.outer_biz_key):
            raise invalid("options.outer_biz_key", "hexadecimal")
        if options.type == FULL or not self._was_used(seller, options.outer_biz_key, (item, changes)):
            self._update(call, item, options.type, changes)
        return {"quantity_update_result": item}

    def _tmall_changes(self, call: Call, item: str) -> list[tuple[ListingKey, int]]:
        if not call.parameters.get("sku_quantities"):
            return [(self._key(call.shop, item, "", ""), call.number("item_quantity"))]
        entries: list[SkuQuantity] = call.json("sku_quantities", list[SkuQuantity])
        if not 0 < len(entries) <= SKUS_MAX:
            raise invalid("sku_quantities", f"1 to {SKUS_MAX}")
        return [(self._key(call.shop, item, str(one.sku_id), one.outer_id), one.quantity) for one in entries]

    @staticmethod
    def _was_used(seller: Seller, key: str, changes: object) -> bool:
        """Whether the key did its work before; a key used for something else is refused."""
        if not key:
            return False
        before = seller.keys_used.setdefault(key, changes)
        if before != changes:
            raise invalid("options.outer_biz_key", "used for another change")
        is_first = before is changes
        return not is_first

    @staticmethod
    def _kind(call: Call) -> int:
        return call.number("type", FULL, least=FULL, most=INCREMENT)

    def _key(self, shop: str, item: str, sku: str, outer: str) -> ListingKey:
        """The listing meant. Raises when the shop shows none such."""
        if outer and not sku:
            found = [key for key, one in self._state.listings.items() if key[:2] == (shop, item) and one.merchant_code == outer]
            if found:
                return found[0]
        key = (shop, item, sku)
        if key not in self._state.listings:
            raise TopError(15, "isv.item-not-exist:invalid-numIid-or-iid-or-skuid", "商品或SKU不存在")
        return key

    def _update(self, call: Call, item: str, kind: int, changes: list[tuple[ListingKey, int]]) -> dict[str, Any]:
        if kind == FULL and any(quantity < 0 for _, quantity in changes):
            raise invalid("quantity", "must not be negative")
        change = self._state.shelf.set_to if kind == FULL else self._state.shelf.change
        shown = [(key, change(key, quantity)) for key, quantity in changes]
        at = china(call.now)
        skus = [{"sku_id": int(key[2]), "quantity": quantity, "modified": at} for key, quantity in shown if key[2]]
        return {
            "item": {
                "num_iid": int(item),
                "num": sum(quantity for _, quantity in shown),
                "modified": at,
                **({"skus": {"sku": skus}} if skus else {}),
            },
        }


class TradeWriter:
    """Memos, stopped goods, consignee tokens."""

    def __init__(self, state: State, tell: Told) -> None:
        self._state = state
        self._tell = tell

    def memo(self, call: Call) -> dict[str, Any]:
        """`taobao.trade.memo.update`."""
        trade = own_trade(self._state, call)
        memo = call.parameters.get("memo", "")
        if len(memo.encode()) > MEMO_BYTES_MAX:
            raise invalid("memo", f"at most {MEMO_BYTES_MAX} bytes")
        if memo or call.flag("reset"):
            trade.seller_memo = "" if call.flag("reset") else memo
        trade.seller_flag = call.number("flag", trade.seller_flag, least=0, most=5)
        self._state.touch(trade, call.now)
        self._tell("taobao_trade_TradeMemoModified", trade, call.now)
        return {"trade": {"tid": trade.tid, "modified": china(trade.modified)}}

    def stop_goods(self, call: Call) -> dict[str, Any]:
        """`taobao.rdc.aligenius.sendgoods.cancel`: the merchant says whether he could stop the goods; if so the refund is paid."""
        stop: Stop = call.json("param", Stop)
        refund = self._state.refunds.get(as_number("refund_id", str(stop.refund_id)))
        if refund is None or refund.trade.tid != as_number("tid", str(stop.tid)) or refund.trade.shop.code != call.shop:
            return _result("refund-not-exist", "退款单不存在")
        if stop.status not in {"SUCCESS", "FAIL"}:
            raise invalid("param.status")
        if refund.status != REFUND_ASKED or (stop.status == "SUCCESS" and not refund.line.is_open):
            return _result("refund-status-error", "退款单状态不正确")
        if stop.status == "SUCCESS":
            refund_line(self._state, refund.trade, refund.line, call.now, self._tell)
        return {"result": {"success": True, "result_data": {"refund_id": refund.refund_id}}}

    def merge(self, call: Call) -> dict[str, Any]:
        """`taobao.top.oaid.merge`: trades of one consignee stand in one text of the answer."""
        groups: dict[tuple[str, str, ScriptReceiver], list[str]] = defaultdict(list)
        for token, trade in self._tokens(call, "merge_list", MERGE_MAX):
            if trade is None:
                raise invalid("merge_list", f"oaid and tid do not match: {token.tid}")
            groups[trade.shop.code, trade.order.buyer, trade.order.receiver].append(str(trade.tid))
        return {"tid_list": {"string": [",".join(dict.fromkeys(tids)) for tids in groups.values()]}}

    def decrypt(self, call: Call) -> dict[str, Any]:
        """`taobao.top.oaid.decrypt`: the consignee in clear, for a scene; `matched` is false when the token is not this trade's.

        A closed trade's consignee is not told (the platform says so by `matched` false, too).
        """
        receivers = []
        for token, trade in self._tokens(call, "query_list", DECRYPT_MAX):
            if token.scene not in SCENES:
                raise invalid("query_list.scene")
            receivers.append(_clear(token, trade, call))
        return {"receiver_list": {"receiver": receivers}}

    def _tokens(self, call: Call, name: str, most: int) -> list[tuple[Token, Trade | None]]:
        """The entries with their trades; no trade when the token is not the trade's or the shop is another."""
        tokens: list[Token] = call.json(name, list[Token])
        if not 0 < len(tokens) <= most:
            raise invalid(name, f"1 to {most}")
        pairs = [(token, self._state.trades.get(as_number("tid", str(token.tid)))) for token in tokens]
        return [(token, trade if trade and trade.oaid == token.oaid and trade.shop.code == call.shop else None) for token, trade in pairs]


def _result(code: str, words: str) -> dict[str, Any]:
    return {"result": {"success": False, "error_code": code, "error_info": words}}


def _clear(token: Token, trade: Trade | None, call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {"oaid": token.oaid, "tid": str(token.tid), "matched": False, "privacy_protection": False}
    if trade is None or trade.status == CLOSED:
        return body
    receiver = trade.order.receiver
    return body | {
        "matched": True,
        "name": receiver.name,
        "mobile" if is_mobile(receiver.phone) else "phone": receiver.phone,
        "country": receiver.country,
        "state": receiver.province,
        "city": receiver.city,
        "district": receiver.district,
        "town": "",
        "address_detail": receiver.detail,
        "secret_no_expire_time": call.now.astimezone(CHINA).strftime("%Y-%m-%d 23:59:59"),
    }
