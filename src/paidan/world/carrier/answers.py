"""What the tracking service says: answers, pushes and their signatures, in the words of kuaidi100."""

from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any, Final

from msgspec import json

from paidan.world.carrier.chinatime import write_time
from paidan.world.carrier.journey import Parcel, Scan

_DETAILED: Final = frozenset({"4", "6", "8"})  # values of resultv2 that ask for the detailed states

NAMES: Final[Mapping[str, str]] = {
    "0": "在途",
    "1": "揽收",
    "2": "疑难",
    "3": "签收",
    "4": "退签",
    "5": "派件",
    "6": "退回",
    "8": "清关",
    "14": "拒签",
    "103": "已揽收",
    "1001": "到达派件城市",
    "1002": "干线",
    "202": "超时未更新",
    "301": "本人签收",
    "303": "代签",
    "304": "投柜或站签收",
    "11": "清关中",
    "12": "已清关",
}


def sign(*parts: str) -> str:
    """UPPER(MD5(parts joined)): (param, key, customer) for a query, (param, salt) for a push."""
    return md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


def refusal(code: str, message: str) -> bytes:
    """Say no: `{"result":false,"returnCode":…,"message":…}`."""
    return json.encode({"result": False, "returnCode": code, "message": message})


def accepted() -> bytes:
    """Confirm a subscription."""
    return json.encode({"result": True, "returnCode": "200", "message": "提交成功"})


def result(parcel: Parcel, history: Sequence[Scan], resultv2: str, *, newest_first: bool = True) -> dict[str, Any]:
    """Tell the whole history of a parcel. `resultv2` of 4, 6 or 8 gives the detailed code as the state, else the basic one."""
    last = history[-1]
    detailed = resultv2 in _DETAILED
    rows = [_row(scan, resultv2) for scan in history]
    told: dict[str, Any] = {
        "message": "ok",
        "nu": parcel.waybill,
        "ischeck": "1" if last.state == "3" else "0",
        "com": parcel.company,
        "status": "200",
        "state": last.code if detailed else last.state,
        "condition": "F00",
        "data": rows[::-1] if newest_first else rows,
    }
    if detailed:
        told["routeInfo"] = {"from": {"name": parcel.origin}, "cur": {"name": last.area}, "to": {"name": parcel.destination}}
    return told


def nothing_found(company: str, number: str) -> dict[str, Any]:
    """Be the last result of a number nobody has scanned."""
    return {"message": "查询无结果", "nu": number, "ischeck": "0", "com": company, "status": "201", "state": "0", "condition": "00", "data": []}


def push_param(status: str, message: str, last_result: Mapping[str, Any]) -> str:
    """Write the `param` of a push; `status` is polling, shutdown or abort."""
    body = {"status": status, "billstatus": "", "message": message, "autoCheck": "0", "comOld": "", "comNew": "", "lastResult": last_result}
    return json.encode(body).decode()


def _row(scan: Scan, resultv2: str) -> dict[str, str]:
    at = write_time(scan.at)
    row = {"time": at, "ftime": at, "context": scan.context}
    if resultv2 in {"", "0"}:
        return row
    row |= {"areaName": scan.area, "location": scan.area, "status": NAMES[scan.state]}
    if resultv2 in _DETAILED:
        row |= {"status": NAMES[scan.code], "statusCode": scan.code}
    return row
