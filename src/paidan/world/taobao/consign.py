"""Shipping: what the platform checks, what it books, and the calls for it. Codes: the service's published error list (marks in taobao.md 6)."""

import re
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from paidan.world.taobao.errors import TopError, invalid, refused
from paidan.world.taobao.gateway import Call, as_number
from paidan.world.taobao.life import Told
from paidan.world.taobao.state import CLOSED, CONSIGNED, PAID, PART_CONSIGNED, Line, State, Trade

OFFLINE = "logistics-offline-service-error"
RESEND = "logistics-update-company-or-mailno-error"
WAYBILL = re.compile(r"[A-Za-z0-9-]{6,40}")
SUCCESS = {"shipping": {"is_success": True}}
# consign_type of alibaba.ascp.logistics.offline.send
PLAIN, BY_UNITS, NOW_FULL, SUPPLEMENT = 0, 1, 2, 3


class Goods(Struct, kw_only=True):
    """What of a line is in a parcel; without `num` the rest of it."""

    sub_tid: str | int
    num: int | UnsetType = UNSET
    comp_item_id: str = ""
    comp_sku_id: str = ""
    item_type: int = 0


class Pkg(Struct, kw_only=True):
    """A parcel."""

    out_sid: str
    company_code: str
    goods: list[Goods] = []
    sub_out_sid: str = ""


class Status(Struct, kw_only=True):
    """Whether a line is done with this call."""

    sub_tid: str | int
    is_part_consign: bool


class Consigner:
    """The shipping services. `companies` maps the platform's company codes to names."""

    def __init__(self, state: State, tell: Told, companies: dict[str, str]) -> None:
        self._state = state
        self._tell = tell
        self._companies = companies

    def offline_send(self, call: Call) -> dict[str, Any]:
        """`taobao.logistics.offline.send`: whole lines, all of them or those of `sub_tid` with `is_split=1`."""
        trade = self._trade(call, "tid", OFFLINE)
        company, waybill = call.text("company_code"), call.text("out_sid")
        lines = self._split_lines(call, trade, OFFLINE)
        self._check_parcel(trade, company, waybill)
        if trade.status not in {PAID, PART_CONSIGNED} or any(not line.is_open for line in lines):
            raise refused(OFFLINE, "B04", "订单状态不对该物流订单已经发货或者已关闭，不能重复发货")
        if any(line.shipped for line in lines):
            raise refused(OFFLINE, "P38", "拆单校验未通过")
        self._book(trade, [(line, line.num, company, waybill) for line in lines], {line.oid: True for line in lines}, call.now)
        return SUCCESS

    def online_send(self, call: Call) -> dict[str, Any]:
        """`taobao.logistics.online.send`: as above for what a courier of the platform fetches and collects for; here cash on delivery alone."""
        if not self._trade(call, "tid", OFFLINE).order.is_cod:
            raise invalid("tid")
        return self.offline_send(call)

    def ascp_send(self, call: Call) -> dict[str, Any]:
        """`alibaba.ascp.logistics.offline.send`: several parcels, part of a line."""
        trade = self._trade(call, "tid", OFFLINE)
        kind = call.number("consign_type", PLAIN, least=PLAIN, most=SUPPLEMENT)
        if kind == NOW_FULL:
            self._make_full(trade, self._statuses(call), call.now)
            return {"result": {"success": True}}
        pkgs: list[Pkg] = call.json("consign_pkgs", list[Pkg])
        if not pkgs:
            raise invalid("consign_pkgs")
        for pkg in pkgs:
            self._check_parcel(trade, pkg.company_code, pkg.out_sid)
        if kind == SUPPLEMENT:
            self._supplement(trade, pkgs, call.now)
        else:
            self._send_units(trade, pkgs, self._statuses(call) if kind == BY_UNITS else {}, call.now)
        return {"result": {"success": True}}

    def resend(self, call: Call) -> dict[str, Any]:
        """`taobao.logistics.consign.resend`: another carrier or number for what was sent."""
        trade = self._trade(call, "tid", RESEND)
        company, waybill = call.text("company_code"), call.text("out_sid")
        wanted = set(call.numbers("sub_tid", 50))
        lines = [line for line in trade.lines if line.waybills and (not wanted or line.oid in wanted)]
        if not lines or (wanted and len(lines) < len(wanted)):
            raise refused(RESEND, "CD19", "订单未发货")
        if company not in self._companies:
            raise refused(RESEND, "P03", "无效的物流公司")
        if not WAYBILL.fullmatch(waybill):
            raise refused(RESEND, "P10", "运单号不符合规则或已经被使用")
        if all((kind, number) == (company, waybill) for line in lines for kind, number, _ in line.waybills):
            raise refused(RESEND, "P07", "未作修改")
        for line in lines:
            line.waybills = [(company, waybill, sum(units for _, _, units in line.waybills))]
        self._state.touch(trade, call.now)
        return SUCCESS

    def companies(self, call: Call) -> dict[str, Any]:
        """`taobao.logistics.companies.get`."""
        names = set(call.text("fields").split(","))
        rows = [
            {"id": 100 + place, "code": code, "name": name, "reg_mail_no": f"^{WAYBILL.pattern}$"}
            for place, (code, name) in enumerate(sorted(self._companies.items()))
        ]
        return {"logistics_companies": {"logistics_company": [{k: v for k, v in row.items() if k in names} for row in rows]}}

    def _trade(self, call: Call, name: str, service: str) -> Trade:
        trade = self._state.trades.get(call.number(name))
        if trade is None or trade.shop.code != call.shop:
            raise refused(service, "B01", "订单不存在")
        return trade

    def _check_parcel(self, trade: Trade, company: str, waybill: str) -> None:
        """The company must be known, the number look like one and not belong to somebody else's parcel."""
        if company not in self._companies:
            raise refused(OFFLINE, "B57", "该物流公司不支持自己联系")
        receiver = trade.order.receiver
        owner = f"{receiver.name} {receiver.phone} {receiver.detail}"
        if not WAYBILL.fullmatch(waybill) or self._state.waybills.get(waybill, owner) != owner:
            raise refused(OFFLINE, "B60", "运单号不符合规则或已经被使用")

    @staticmethod
    def _split_lines(call: Call, trade: Trade, service: str) -> list[Line]:
        """The lines of the call: those of `sub_tid` when it splits, else all that are not closed."""
        is_split = call.number("is_split", 0, least=0, most=1) == 1
        wanted = call.numbers("sub_tid", 50)
        if is_split != bool(wanted):
            raise refused(service, "CD25", "拆单标记和子订单列表两者必须都填或者都不填")
        if not is_split:
            if trade.status == PART_CONSIGNED:
                raise refused(service, "CD23", "订单已拆单，必须传入子交易号列表和拆单标记")
            return [line for line in trade.lines if line.status != CLOSED]
        lines = [trade.line(oid) for oid in wanted]
        if None in lines or len(set(wanted)) != len(wanted):
            raise refused(service, "CD24", "传入的主子订单号不匹配")
        return [line for line in lines if line is not None]

    @staticmethod
    def _statuses(call: Call) -> dict[int, bool]:
        """By oid: whether the line is said to be consigned in full. One object or a list of them."""
        if not call.parameters.get("consign_status"):
            return {}
        given = call.json("consign_status", Status | list[Status])
        statuses = given if isinstance(given, list) else [given]
        return {as_number("sub_tid", str(one.sub_tid)): not one.is_part_consign for one in statuses}

    def _send_units(self, trade: Trade, pkgs: list[Pkg], statuses: dict[int, bool], now: datetime) -> None:
        if trade.status not in {PAID, PART_CONSIGNED}:
            raise refused(OFFLINE, "B04", "订单状态不对该物流订单已经发货或者已关闭，不能重复发货")
        parts: list[tuple[Line, int, str, str]] = []
        left = {line.oid: line.num - line.shipped for line in trade.lines}
        for pkg in pkgs:
            for line, units in self._contents(trade, pkg):
                num = left[line.oid] if units is None else units
                if not line.is_open or left[line.oid] == 0:
                    raise refused(OFFLINE, "B04", "订单状态不对该物流订单已经发货或者已关闭，不能重复发货")
                if num < 1 or num > left[line.oid]:
                    raise refused(OFFLINE, "P38", "拆单校验未通过")
                left[line.oid] -= num
                parts.append((line, num, pkg.company_code, pkg.out_sid))
        full = {line.oid: left[line.oid] == 0 for line, *_ in parts}
        if any(full.get(oid, said) != said for oid, said in statuses.items()):
            raise refused(OFFLINE, "P38", "拆单校验未通过")
        self._book(trade, parts, full, now)

    @staticmethod
    def _contents(trade: Trade, pkg: Pkg) -> list[tuple[Line, int | None]]:
        """Lines and units of a parcel; a parcel that names no goods carries every open line."""
        if not pkg.goods:
            return [(line, None) for line in trade.lines if line.is_open]
        contents: list[tuple[Line, int | None]] = []
        for goods in pkg.goods:
            line = trade.line(as_number("sub_tid", str(goods.sub_tid)))
            if line is None:
                raise refused(OFFLINE, "CD24", "传入的主子订单号不匹配")
            contents.append((line, goods.num if isinstance(goods.num, int) else None))
        return contents

    def _make_full(self, trade: Trade, statuses: dict[int, bool], now: datetime) -> None:
        """A line that was sent in part counts as sent."""
        lines = [trade.line(oid) for oid, is_full in statuses.items() if is_full]
        if not lines or any(line is None or not line.shipped or not line.is_open for line in lines):
            raise refused(OFFLINE, "P38", "拆单校验未通过")
        self._book(trade, [], dict.fromkeys(statuses, True), now)

    def _supplement(self, trade: Trade, pkgs: list[Pkg], now: datetime) -> None:
        """A further parcel for lines that were sent: noted, changes no counts."""
        for pkg in pkgs:
            for line, _ in self._contents(trade, pkg):
                if not line.waybills:
                    raise refused(OFFLINE, "B04", "订单未发货，不能补发")
                line.waybills.append((pkg.company_code, pkg.out_sid, 0))
        self._state.touch(trade, now)

    def _book(self, trade: Trade, parts: list[tuple[Line, int, str, str]], full: dict[int, bool], now: datetime) -> None:
        """Write down what left; lines without anything to send go with the last of the goods."""
        receiver = trade.order.receiver
        at = now.replace(microsecond=0)
        for line, units, company, waybill in parts:
            line.shipped += units
            line.waybills.append((company, waybill, units))
            line.consigned_at = at
            self._state.waybills[waybill] = f"{receiver.name} {receiver.phone} {receiver.detail}"
        for oid, is_full in full.items():
            line = trade.line(oid) or trade.lines[0]
            line.is_full = line.is_full or is_full
            line.status = CONSIGNED if line.is_full else PART_CONSIGNED
        if not any(line.is_open for line in trade.lines if not line.is_service):
            for line in trade.lines:
                if line.is_open:
                    line.is_full, line.status = True, CONSIGNED
        is_whole = not any(line.is_open for line in trade.lines)
        trade.status = CONSIGNED if is_whole else PART_CONSIGNED
        trade.consigned_at = at
        trade.consigns += 1
        self._state.touch(trade, now)
        self._tell("taobao_trade_TradeSellerShip" if is_whole else "taobao_trade_TradePartlySellerShip", trade, now)


def own_trade(state: State, call: Call) -> Trade:
    """The trade of argument `tid` in the caller's shop. Raises the trade service's refusal."""
    trade = state.trades.get(call.number("tid"))
    if trade is None or trade.shop.code != call.shop:
        raise TopError(15, "isv.trade-not-exist", "交易不存在")
    return trade
