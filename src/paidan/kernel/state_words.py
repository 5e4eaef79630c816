"""The names people use for states and kinds, in zh and en. The database and programs use the names in `states.py`."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from paidan.kernel.reasons import Words
from paidan.kernel.states import DocumentState, FulfilmentState, LineKind, OrderState, ParcelState

W = Words
ORDER_WORDS: Final = {
    OrderState.UNPAID: W("待付款", "Unpaid"),
    OrderState.RECEIVED: W("待审核", "Received"),
    OrderState.AUDITED: W("已审核", "Audited"),
    OrderState.BACKORDERED: W("缺货", "Backordered"),
    OrderState.SOURCED: W("已分仓", "Sourced"),
    OrderState.RELEASED: W("已下发", "Released"),
    OrderState.PART_SHIPPED: W("部分发货", "Partly shipped"),
    OrderState.SHIPPED: W("已发货", "Shipped"),
    OrderState.DELIVERED: W("已签收", "Delivered"),
    OrderState.CANCELLED: W("已取消", "Cancelled"),
}
FULFILMENT_WORDS: Final = {
    FulfilmentState.PLANNED: W("待下发", "Planned"),
    FulfilmentState.MERGED: W("已并入", "Merged"),
    FulfilmentState.RELEASED: W("下发中", "Released"),
    FulfilmentState.ACCEPTED: W("仓库已接单", "Accepted by the warehouse"),
    FulfilmentState.RECALLING: W("拦截中", "Being recalled"),
    FulfilmentState.PART_SHIPPED: W("部分发货", "Partly shipped"),
    FulfilmentState.SHIPPED: W("已发货", "Shipped"),
    FulfilmentState.DELIVERED: W("已签收", "Delivered"),
    FulfilmentState.REJECTED: W("仓库拒单", "Rejected by the warehouse"),
    FulfilmentState.CANCELLED: W("已取消", "Cancelled"),
}
PARCEL_WORDS: Final = {
    ParcelState.CREATED: W("已出库", "Handed over"),
    ParcelState.PICKED_UP: W("已揽收", "Picked up"),
    ParcelState.IN_TRANSIT: W("运输中", "In transit"),
    ParcelState.ARRIVED_CITY: W("到达目的城市", "Arrived in the city"),
    ParcelState.CUSTOMS: W("清关中", "In customs"),
    ParcelState.CUSTOMS_EXCEPTION: W("清关异常", "Customs exception"),
    ParcelState.OUT_FOR_DELIVERY: W("派送中", "Out for delivery"),
    ParcelState.AVAILABLE_FOR_PICKUP: W("待自提", "Waits to be collected"),
    ParcelState.DELIVERY_FAILED: W("派送失败", "Delivery failed"),
    ParcelState.STALLED: W("停滞", "Stalled"),
    ParcelState.REFUSED: W("拒收", "Refused"),
    ParcelState.RETURNING: W("退回中", "On its way back"),
    ParcelState.RETURNED: W("已退回", "Returned"),
    ParcelState.DAMAGED: W("破损", "Damaged"),
    ParcelState.LOST: W("丢失", "Lost"),
    ParcelState.DELIVERED: W("已签收", "Delivered"),
    ParcelState.CANCELLED: W("已取消", "Cancelled"),
}
DOCUMENT_WORDS: Final = {
    DocumentState.DRAFT: W("草稿", "Draft"),
    DocumentState.RELEASED: W("已下发", "Released"),
    DocumentState.ACCEPTED: W("已接单", "Accepted"),
    DocumentState.PART_DONE: W("部分完成", "Partly done"),
    DocumentState.DONE: W("已完成", "Done"),
    DocumentState.REJECTED: W("已拒绝", "Rejected"),
    DocumentState.CANCELLED: W("已取消", "Cancelled"),
}
LINE_WORDS: Final = {
    LineKind.GOODS: W("商品", "Goods"),
    LineKind.BUNDLE: W("组合装", "Bundle"),
    LineKind.PART: W("组合装子件", "Part of a bundle"),
    LineKind.GIFT: W("赠品", "Gift"),
    LineKind.SERVICE: W("服务", "Service"),
}
STATE_WORDS: Final[Mapping[str, Mapping[Enum, Words]]] = {
    "order_state": {**ORDER_WORDS},
    "fulfilment_state": {**FULFILMENT_WORDS},
    "parcel_state": {**PARCEL_WORDS},
    "document_state": {**DOCUMENT_WORDS},
    "line_kind": {**LINE_WORDS},
}
"""All of them by subject, for lists of choices."""
