"""The whole world of one seed: platforms, warehouses and carriers of one day of trade, put together for a host.

`python -m paidan.world.host paidan.world.town:build --config FILE` runs it; the config is `TownConfig` in JSON.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from paidan.world.carrier import Carrier, CarrierConfig
from paidan.world.day import make_day
from paidan.world.host import HostSetup
from paidan.world.script import Day, ScriptOrder
from paidan.world.shopify.platform import ShopifyPlatform
from paidan.world.taobao import BulkTable, TaobaoPlatform
from paidan.world.wire import Faults
from paidan.world.wms import Wms, WmsConfig


class Fate(Struct, frozen=True, kw_only=True):
    """What befalls one order instead of its own fate; seconds after its payment (unpaid: after it was placed)."""

    order_no: str
    is_unpaid: bool = False
    refund_asked_s: int | None = None
    refund_withdrawn_s: int | None = None
    cancelled_s: int | None = None


class TownConfig(Struct, frozen=True, kw_only=True):
    """What a world is made of. Secrets are random per installation; Paidan is given the same ones."""

    seed: int
    orders: int
    opens_at: datetime
    short_share: float = 0.02
    fates: tuple[Fate, ...] = ()
    paidan_url: str  # where Paidan's doors are: http://127.0.0.1:PORT
    bulk_dsn: str = ""  # the platform's own database of the order-push table
    app_key: str = "23000001"
    app_secret: str
    wms_secret: str
    wms_customer: str = "c0000001"
    wms_owner: str = "OWNER1"
    wms_code: str = "WMS"
    tracker_key: str
    tracker_code: str = "KD100"
    tracker_customer: str = "K0000001"
    shopify_secret: str
    faults: Faults = Faults()
    late_s: float = 1.0
    at_once: int = 16
    two_confirms_share: float = 0.02
    is_scarce_only: bool = False  # of the day's orders, only those with a scarce SKU in them


def day_of(config: TownConfig) -> Day:
    """The day this world plays."""
    day = make_day(config.seed, config.orders, opens_at=config.opens_at, short_share=config.short_share)
    if config.is_scarce_only:
        day = _of_scarce_goods(day)
    fates = {fate.order_no: fate for fate in config.fates}
    return replace(day, orders=tuple(_fated(order, fates.get(order.order_no)) for order in day.orders)) if fates else day


def _of_scarce_goods(day: Day) -> Day:
    """The same day with the orders alone that want something scarce, in itself or as part of a bundle. Nothing else can fall short."""
    scarce = day.scarce | {sku.code for sku in day.skus if not day.scarce.isdisjoint(code for code, _ in sku.parts)}
    return replace(day, orders=tuple(order for order in day.orders if any(line.merchant_code in scarce for line in order.lines)))


def _fated(order: ScriptOrder, fate: Fate | None) -> ScriptOrder:
    """The order with what befalls it."""
    if fate is None:
        return order
    began_at = order.placed_at if fate.is_unpaid or order.paid_at is None else order.paid_at

    def after(seconds: int | None) -> datetime | None:
        return None if seconds is None else began_at + timedelta(seconds=seconds)

    return replace(
        order,
        paid_at=None if fate.is_unpaid else order.paid_at,
        refund_asked_at=after(fate.refund_asked_s),
        refund_withdrawn_at=after(fate.refund_withdrawn_s),
        cancelled_at=after(fate.cancelled_s),
    )


def build(config: Mapping[str, Any]) -> HostSetup:
    """The simulators of a town, wired to each other: what a warehouse ships, its carrier collects."""
    town = msgspec.convert(dict(config), TownConfig)
    day = day_of(town)
    carrier = Carrier(day, CarrierConfig(key=town.tracker_key, customer=town.tracker_customer))
    wms = Wms(
        day,
        WmsConfig(
            app_key=town.app_key,
            secret=town.wms_secret,
            customer_id=town.wms_customer,
            owner_code=town.wms_owner,
            callback_url=f"{town.paidan_url}/doors/wms/{town.wms_code}",
            clock_skew_s=7200,
            two_confirms_share=town.two_confirms_share,
        ),
        collect=carrier.collect,
        intercept=carrier.intercept,
    )
    taobao = TaobaoPlatform(day, app_key=town.app_key, app_secret=town.app_secret, bulk=BulkTable(town.bulk_dsn))
    webhooks = {shop.code: f"{town.paidan_url}/doors/shopify/{shop.code}" for shop in day.shops if shop.platform == "shopify"}
    shopify = ShopifyPlatform(day, webhook_urls=webhooks, client_secret=town.shopify_secret)
    return HostSetup(
        simulators=[taobao, shopify, wms, carrier],
        start_at=day.opens_at,
        faults=town.faults,
        seed=day.seed,
        late_s=town.late_s,
        at_once=town.at_once,
    )
