"""The words of an order's story in zh and en: states and steps. A step told by code that is not here shows its own name."""

from typing import Final

from paidan.kernel.states import FulfilmentState, OrderState, ParcelState

Both = tuple[str, str]

ORDER_WORDS: Final[dict[int, Both]] = {
    OrderState.UNPAID: ("待付款", "unpaid"),
    OrderState.RECEIVED: ("待审核", "received"),
    OrderState.AUDITED: ("已审核", "audited"),
    OrderState.BACKORDERED: ("缺货", "backordered"),
    OrderState.SOURCED: ("已分仓", "sourced"),
    OrderState.RELEASED: ("已下发", "released"),
    OrderState.PART_SHIPPED: ("部分发货", "part shipped"),
    OrderState.SHIPPED: ("已发货", "shipped"),
    OrderState.DELIVERED: ("已签收", "delivered"),
    OrderState.CANCELLED: ("已取消", "cancelled"),
}
FULFILMENT_WORDS: Final[dict[int, Both]] = {
    FulfilmentState.PLANNED: ("待下发", "planned"),
    FulfilmentState.MERGED: ("已合单", "merged"),
    FulfilmentState.RELEASED: ("下发中", "released"),
    FulfilmentState.ACCEPTED: ("仓库已接单", "accepted"),
    FulfilmentState.RECALLING: ("拦截中", "being recalled"),
    FulfilmentState.PART_SHIPPED: ("部分发货", "part shipped"),
    FulfilmentState.SHIPPED: ("已发货", "shipped"),
    FulfilmentState.DELIVERED: ("已签收", "delivered"),
    FulfilmentState.REJECTED: ("仓库拒单", "rejected"),
    FulfilmentState.CANCELLED: ("已取消", "cancelled"),
}
PARCEL_WORDS: Final[dict[int, Both]] = {
    ParcelState.CREATED: ("待揽收", "created"),
    ParcelState.PICKED_UP: ("已揽收", "picked up"),
    ParcelState.IN_TRANSIT: ("运输中", "in transit"),
    ParcelState.ARRIVED_CITY: ("到达城市", "arrived in the city"),
    ParcelState.CUSTOMS: ("清关中", "at customs"),
    ParcelState.CUSTOMS_EXCEPTION: ("清关异常", "held by customs"),
    ParcelState.OUT_FOR_DELIVERY: ("派送中", "out for delivery"),
    ParcelState.AVAILABLE_FOR_PICKUP: ("待自提", "to be picked up"),
    ParcelState.DELIVERY_FAILED: ("派送失败", "delivery failed"),
    ParcelState.STALLED: ("滞留", "stalled"),
    ParcelState.REFUSED: ("拒收", "refused"),
    ParcelState.RETURNING: ("退回中", "returning"),
    ParcelState.RETURNED: ("已退回", "returned"),
    ParcelState.DAMAGED: ("破损", "damaged"),
    ParcelState.LOST: ("丢失", "lost"),
    ParcelState.DELIVERED: ("已签收", "delivered"),
    ParcelState.CANCELLED: ("已取消", "cancelled"),
}
STEP_WORDS: Final[dict[str, Both]] = {
    "received": ("收到平台订单", "received from the platform"),
    "platform_changed": ("平台有变更", "the platform changed it"),
    "bundle_unpacked": ("组合装拆为单品", "a bundle was unpacked into its parts"),
    "held": ("挂起", "held"),
    "hold_closed": ("挂起解除", "the hold was closed"),
    "sourced": ("分仓", "sourced"),
    "backordered": ("缺货等待", "waits for stock"),
    "unplanned": ("取消原分仓", "the plan was dropped"),
    "cancelled": ("取消", "cancelled"),
    "released": ("下发仓库", "released to the warehouse"),
    "release_stopped": ("暂停下发", "the release was stopped"),
    "recall_asked": ("请求拦截", "asked back from the warehouse"),
    "recalled": ("拦截成功", "came back from the warehouse"),
    "recall_refused": ("仓库拒绝拦截", "the warehouse refused the recall"),
    "accepted": ("仓库接单", "the warehouse took it"),
    "rejected": ("仓库拒单", "the warehouse rejected it"),
    "shipped": ("发货", "shipped"),
    "delivered": ("签收", "delivered"),
    "told_platform": ("已回传平台", "the platform was told"),
    "tracking": ("物流轨迹", "tracking"),
}
LABELS: Final[dict[str, Both]] = {
    "order": ("订单", "Order"),
    "platform_no": ("平台单号", "platform no."),
    "shop": ("店铺", "shop"),
    "state": ("状态", "state"),
    "waits": ("等待", "waits for"),
    "receiver": ("收货人", "receiver"),
    "lines": ("明细", "Lines"),
    "holds": ("挂起", "Holds"),
    "fulfilments": ("发货单", "Fulfilments"),
    "parcels": ("包裹", "Parcels"),
    "timeline": ("时间线", "Timeline"),
    "why": ("为何如此分仓", "Why this warehouse"),
    "chosen": ("选中", "chosen"),
    "open": ("未处理", "open"),
    "paid": ("实付", "paid"),
    "ship_by": ("最晚发货", "ship by"),
    "until": ("解除", "closed"),
}
