"""Asking Taobao who we are: the seller's name, then one trade at most, for the right to read trades is what everything hangs upon.

Codes of the gateway: developer.alibaba.com document 101617 (25 signature, 26 and 27 session, 28 and 29 application, 11 to 13 permissions, 31 time).
Its words for sessions in `sub_code` are from published answers: `invalid-sessionkey`, `session-expired`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.channels.china_time import china_text
from paidan.channels.greeting import Greeting, turned_away, unfit, welcomed
from paidan.channels.taobao.client import ErrorAnswer, TopAccess, TopClient
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import Caller, RecordedFailure, RecordedRefusal

SELLER: Final = "taobao.user.seller.get"
TRADES: Final = "taobao.trades.sold.get"
LOOK_BACK: Final = timedelta(hours=1)
REASONS: Final = {
    "25": Reason.SHOP_KEY_WRONG,
    "28": Reason.SHOP_KEY_WRONG,
    "29": Reason.SHOP_KEY_WRONG,
    "26": Reason.SHOP_SESSION_WRONG,
    "27": Reason.SHOP_SESSION_WRONG,
    "11": Reason.SHOP_PERMISSION_MISSING,
    "12": Reason.SHOP_PERMISSION_MISSING,
    "13": Reason.SHOP_PERMISSION_MISSING,
    "31": Reason.TIMESTAMP_WRONG,
}


class _User(Struct):
    nick: str = ""


class _SellerResult(Struct):
    user: _User


class _Trades(Struct):
    total_results: int | str = 0


class _Refusal(Struct):
    error_response: ErrorAnswer


_SELLER_RESULT: Final = msgspec.json.Decoder(_SellerResult)
_TRADES: Final = msgspec.json.Decoder(_Trades)


def greet(settings: Mapping[str, Any], caller: Caller, clock: Clock) -> Greeting:
    """Who we are, or why we are nobody there."""
    try:
        client = TopClient(msgspec.convert(dict(settings), TopAccess), caller, clock)
    except msgspec.ValidationError as error:
        return unfit(error)
    if missing := next((name for name in ("app_key", "app_secret", "session") if not getattr(client.access, name)), ""):
        return Greeting(reason=Reason.FIELD_MISSING, detail=missing)
    try:
        name = _seller(client)
        _read_a_trade(client, clock)
    except RecordedFailure as failure:
        return turned_away(failure, _meaning)
    return welcomed(name)


def _seller(client: TopClient) -> str:
    """The seller's name; empty where the application may not ask for it: reading trades is what it is for."""
    try:
        return client.call(SELLER, {"fields": "nick"}).read(_SELLER_RESULT).user.nick
    except RecordedRefusal as failure:
        if _meaning(failure) is not Reason.SHOP_PERMISSION_MISSING:
            raise
        return ""


def _read_a_trade(client: TopClient, clock: Clock) -> None:
    now = clock.now()
    window = {"start_created": china_text(now - LOOK_BACK), "end_created": china_text(now)}
    client.call(TRADES, {"fields": "tid", "page_no": "1", "page_size": "1", **window}).read(_TRADES)


def _meaning(failure: RecordedFailure) -> Reason | None:
    """By the gateway's main code: `failure.code` is the finer one, where there is one."""
    try:
        refusal = msgspec.json.decode(failure.records[-1].answer, type=_Refusal).error_response
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return REASONS.get(str(refusal.code))
