"""States and legal moves, as data. A migration seeds the same pairs; the database refuses any other move."""

from enum import IntEnum, StrEnum
from typing import Final


class OrderState(IntEnum):
    """Where an order stands. A hold is not a state (see `Hold`)."""

    UNPAID = 10  # 待付款
    RECEIVED = 20  # 待审核
    AUDITED = 30  # 已审核
    BACKORDERED = 40  # 缺货
    SOURCED = 50  # 已分仓, stock held, fulfilments planned
    RELEASED = 60  # 已下发
    PART_SHIPPED = 70  # 部分发货
    SHIPPED = 80  # 已发货
    DELIVERED = 90  # 已签收
    COMPLETED = 92  # 已完成, there was nothing to ship: services, postage, fees
    CANCELLED = 95  # 已取消


class FulfilmentState(IntEnum):
    """Where a fulfilment (发货单) stands."""

    PLANNED = 10  # 待下发
    MERGED = 20  # 已并入, travels with the fulfilment it was merged into
    RELEASED = 30  # 下发中: given to the outbox, not yet acknowledged
    ACCEPTED = 40  # 仓库已接单
    RECALLING = 50  # 拦截中
    PART_SHIPPED = 60  # 部分发货
    SHIPPED = 70  # 已发货
    DELIVERED = 80  # 已签收
    REJECTED = 90  # 仓库拒单
    CANCELLED = 95  # 已取消


class ParcelState(IntEnum):
    """Canonical tracking status of a parcel (carriers.md 7)."""

    CREATED = 10
    PICKED_UP = 20
    IN_TRANSIT = 30
    ARRIVED_CITY = 35
    CUSTOMS = 40
    CUSTOMS_EXCEPTION = 45
    OUT_FOR_DELIVERY = 50
    AVAILABLE_FOR_PICKUP = 55
    DELIVERY_FAILED = 60
    STALLED = 62
    REFUSED = 65
    RETURNING = 70
    RETURNED = 75
    DAMAGED = 80
    LOST = 85
    DELIVERED = 90
    CANCELLED = 95


class DocumentState(IntEnum):
    """One state shape for stock documents: entry order, transfer, adjustment, count (单据)."""

    DRAFT = 10
    RELEASED = 30
    ACCEPTED = 40
    PART_DONE = 60
    DONE = 70
    REJECTED = 90
    CANCELLED = 95


class LineKind(StrEnum):
    """What an order line is."""

    GOODS = "goods"
    BUNDLE = "bundle"  # carries no work: its parts do
    PART = "part"
    GIFT = "gift"
    SERVICE = "service"  # postage, fees: nothing to ship


O = OrderState  # noqa: E741 - the table below reads better so
F = FulfilmentState
D = DocumentState

ORDER_MOVES: Final[frozenset[tuple[int, int]]] = frozenset(
    {
        (O.UNPAID, O.RECEIVED),
        (O.UNPAID, O.CANCELLED),
        (O.RECEIVED, O.UNPAID),
        (O.RECEIVED, O.AUDITED),
        (O.RECEIVED, O.CANCELLED),
        (O.AUDITED, O.RECEIVED),
        (O.AUDITED, O.SOURCED),
        (O.AUDITED, O.BACKORDERED),
        (O.AUDITED, O.COMPLETED),
        (O.AUDITED, O.CANCELLED),
        (O.BACKORDERED, O.RECEIVED),
        (O.BACKORDERED, O.SOURCED),
        (O.BACKORDERED, O.CANCELLED),
        (O.SOURCED, O.RECEIVED),
        (O.SOURCED, O.BACKORDERED),
        (O.SOURCED, O.RELEASED),
        (O.SOURCED, O.CANCELLED),
        (O.RELEASED, O.RECEIVED),
        (O.RELEASED, O.BACKORDERED),
        (O.RELEASED, O.SOURCED),
        (O.RELEASED, O.PART_SHIPPED),
        (O.RELEASED, O.SHIPPED),
        (O.RELEASED, O.CANCELLED),
        (O.PART_SHIPPED, O.SHIPPED),
        (O.SHIPPED, O.PART_SHIPPED),  # the platform has added a line
        (O.SHIPPED, O.DELIVERED),
    },
)

FULFILMENT_MOVES: Final[frozenset[tuple[int, int]]] = frozenset(
    {
        (F.PLANNED, F.MERGED),
        (F.PLANNED, F.RELEASED),
        (F.PLANNED, F.CANCELLED),
        (F.MERGED, F.PLANNED),
        (F.MERGED, F.PART_SHIPPED),
        (F.MERGED, F.SHIPPED),
        (F.MERGED, F.REJECTED),
        (F.MERGED, F.CANCELLED),
        (F.RELEASED, F.ACCEPTED),
        (F.RELEASED, F.RECALLING),
        (F.RELEASED, F.PART_SHIPPED),
        (F.RELEASED, F.SHIPPED),
        (F.RELEASED, F.REJECTED),
        (F.RELEASED, F.CANCELLED),
        (F.ACCEPTED, F.RECALLING),
        (F.ACCEPTED, F.PART_SHIPPED),
        (F.ACCEPTED, F.SHIPPED),
        (F.ACCEPTED, F.REJECTED),
        (F.ACCEPTED, F.CANCELLED),
        (F.RECALLING, F.PLANNED),
        (F.RECALLING, F.ACCEPTED),
        (F.RECALLING, F.PART_SHIPPED),
        (F.RECALLING, F.SHIPPED),
        (F.RECALLING, F.REJECTED),
        (F.RECALLING, F.CANCELLED),
        (F.PART_SHIPPED, F.SHIPPED),  # the rest has left, or will not leave any more
        (F.SHIPPED, F.DELIVERED),
    },
)

DOCUMENT_MOVES: Final[frozenset[tuple[int, int]]] = frozenset(
    {
        (D.DRAFT, D.RELEASED),
        (D.DRAFT, D.CANCELLED),
        (D.RELEASED, D.ACCEPTED),
        (D.RELEASED, D.PART_DONE),
        (D.RELEASED, D.DONE),
        (D.RELEASED, D.REJECTED),
        (D.RELEASED, D.CANCELLED),
        (D.ACCEPTED, D.PART_DONE),
        (D.ACCEPTED, D.DONE),
        (D.ACCEPTED, D.REJECTED),
        (D.ACCEPTED, D.CANCELLED),
        (D.PART_DONE, D.DONE),
    },
)

INITIAL: Final = {
    "order": frozenset({O.UNPAID, O.RECEIVED, O.CANCELLED}),
    "fulfilment": frozenset({F.PLANNED}),
    "document": frozenset({D.DRAFT, D.RELEASED}),
}
MOVES: Final = {"order": ORDER_MOVES, "fulfilment": FULFILMENT_MOVES, "document": DOCUMENT_MOVES}
TERMINAL_ORDERS: Final = frozenset({O.DELIVERED, O.COMPLETED, O.CANCELLED})
TERMINAL_FULFILMENTS: Final = frozenset({F.DELIVERED, F.REJECTED, F.CANCELLED})
OPEN_ORDERS: Final = frozenset(OrderState) - TERMINAL_ORDERS
