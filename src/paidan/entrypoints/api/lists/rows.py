"""Orders as the list shows them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from paidan.entrypoints.api.lists.initials import queries
from paidan.entrypoints.api.pages import as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.kernel.states import OrderState
from paidan.runtime.database import Tx

STATES = {"state": OrderState}


class Goods(Struct, frozen=True, kw_only=True):
    """One line of an order: `sku` empty while its listing is not mapped."""

    sku: str
    name: str
    quantity: int
    kind: str


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order in the list. Amounts in minor units of `currency`; receivers masked; `holds`: reasons of the open ones."""

    id: str
    order_no: str
    version: int
    shop: str
    shop_name: str
    platform: str
    platform_order_no: str
    state: str
    waits_for: str
    holds: tuple[str, ...]
    placed_at: datetime
    paid_at: datetime | None
    ship_by_at: datetime | None
    created_at: datetime
    changed_at: datetime
    release_due_at: datetime | None
    released_at: datetime | None
    shipped_at: datetime | None
    currency: str
    paid_minor: int
    goods_minor: int
    discount_minor: int
    freight_minor: int
    goods: tuple[Goods, ...]
    units: int
    receiver_name: str
    receiver_phone: str
    province: str
    city: str
    district: str
    warehouses: tuple[str, ...]
    carriers: tuple[str, ...]
    tracking_nos: tuple[str, ...]
    fulfilments: int
    seller_flag: int
    flag: int
    printed: int
    has_buyer_remark: bool
    has_seller_remark: bool
    is_urgent: bool
    is_alone: bool
    is_cod: bool
    is_presale_open: bool
    is_overdue: bool
    is_merged: bool
    asks_refund: bool


def read_rows(tx: Tx, ids: Sequence[int], caller: Caller, now: datetime) -> list[OrderRow]:
    """These orders, in this order. One statement."""
    return as_views(OrderRow, tx.execute(queries.order_rows, {"ids": list(ids), "warehouses": caller.sees["warehouses"], "now": now}), STATES)
