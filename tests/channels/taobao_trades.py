"""Trades as Taobao sends them; every field can be overridden, None takes it out."""

import json
from typing import Any


def line(number: int = 1, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "oid": 7000 + number,
        "num_iid": 600 + number,
        "sku_id": str(800 + number),
        "outer_iid": f"ITEM-{number}",
        "outer_sku_id": f"SKU-{number}",
        "title": "纯棉短袖T恤",
        "num": 2,
        "price": "59.00",
        "discount_fee": "10.00",
        "adjust_fee": "0.00",
        "payment": "108.00",
        "divide_order_fee": "103.00",
        "part_mjz_discount": "5.00",
        "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
        "is_oversold": False,
    }
    return _with(told, fields)


def trade(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "tid": 2145678901234567890,
        "type": "fixed",
        "status": "WAIT_SELLER_SEND_GOODS",
        "created": "2026-03-01 10:00:00",
        "pay_time": "2026-03-01 10:01:30",
        "modified": "2026-03-01 10:01:31",
        "post_fee": "8.00",
        "payment": "214.00",
        "buyer_open_uid": "AAHd5d-HAAeGwJedwSHpg8bT",
        "buyer_message": "请尽快发货",
        "seller_memo": "老客户",
        "seller_flag": 3,
        "receiver_name": "张**",
        "receiver_mobile": "138****1234",
        "receiver_state": "浙江省",
        "receiver_city": "杭州市",
        "receiver_district": "余杭区",
        "receiver_town": "五常街道",
        "receiver_address": "文一西路***号",
        "receiver_zip": "310000",
        "oaid": "1Ki2ZEh1yNgaUVLZVdMgvUBBSScOTgyZQ0Xn0qy",
        "orders": {"order": list(lines) or [line(1), line(2)]},
    }
    return _with(told, fields)


def body(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _with(told: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (told | fields).items() if value is not None}
