"""Gives Paidan the made-up merchant's master data, by the same writers the API and the imports use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from paidan.catalog.masters import write_bundles, write_listings, write_skus
from paidan.catalog.rows import BundleRow, ListingRow, PartRow, SkuRow
from paidan.entrypoints.installation import OpenInstallation
from paidan.feedback.listings import start_listings
from paidan.intake.doors import permit_messages
from paidan.kernel.errors import SetupError
from paidan.kernel.outcomes import Outcome
from paidan.network.accounts import AccountCache
from paidan.network.load import read_network
from paidan.network.masters import write_carriers, write_connections, write_freight, write_shops, write_warehouses
from paidan.network.rows import CarrierRow, ConnectionRow, ShopRow, TierRow, WarehouseRow
from paidan.runtime.calling import Caller
from paidan.runtime.database import Tx
from paidan.stock.opening import OpeningRow, write_opening
from paidan.world.script import Day, ScriptShop
from paidan.world.shopify.platform import domain_of, location_of, token_of
from paidan.world.taobao.platform import session_of
from paidan.world.town import TownConfig


class Urls(Struct, frozen=True, kw_only=True):
    """Where the simulators listen."""

    taobao: str
    shopify: str
    wms: str
    carrier: str


def load_day(services: OpenInstallation, day: Day, town: TownConfig, urls: Urls, *, merge_window_s: int) -> None:
    """Write catalogue, network, listings and opening stock of the day: all of it or nothing."""
    with services.database.transaction() as tx:
        _write_network(services, tx, day, town, urls, merge_window_s)
        _write_catalogue(services, tx, day)
        _write_stock(services, tx, day)


def _write_network(services: OpenInstallation, tx: Tx, day: Day, town: TownConfig, urls: Urls, merge_window_s: int) -> None:
    now, ids, sealer = day.opens_at, services.ids, services.sealer
    _all_good(write_connections(tx, ids, list(_connections(town, urls)), now, sealer=sealer))
    shops = [
        ShopRow(
            code=shop.code,
            name=shop.name,
            platform="taobao" if shop.platform == "taobao" else "shopify",
            shop_group="demo",
            currency=shop.currency,
            connection_code="TOP" if shop.platform == "taobao" else "SHOPIFY",
            account_ref=shop.name if shop.platform == "taobao" else domain_of(shop.code),
            doors=(shop.door,),  # type: ignore[arg-type]  # the script's doors are the same words
            merge_window_s=merge_window_s,
            secrets=_shop_secrets(shop, town),
        )
        for shop in day.shops
    ]
    _all_good(write_shops(tx, ids, shops, now, sealer=sealer))
    carriers = [CarrierRow(code=c.code, name=c.name, code_by_system={"taobao": c.taobao, "kuaidi100": c.kuaidi100}) for c in day.carriers]
    _all_good(write_carriers(tx, ids, carriers, now))
    warehouses = [
        WarehouseRow(
            code=w.code,
            name=w.name,
            connection_code=town.wms_code,
            province=w.province,
            city=w.city,
            district=w.district,
            detail=w.detail,
            longitude=w.longitude,
            latitude=w.latitude,
            priority=w.priority,
            handling_order_minor=w.handling_order_minor,
            handling_unit_minor=w.handling_unit_minor,
            regions=w.serves,
        )
        for w in day.warehouses
    ]
    _all_good(write_warehouses(tx, ids, warehouses, now))
    tiers = [
        TierRow(
            carrier_code=t.carrier,
            warehouse_code="" if t.warehouse == "*" else t.warehouse,
            region=t.region,
            first_g=t.first_g,
            first_minor=t.first_minor,
            step_g=t.step_g,
            step_minor=t.step_minor,
            transit_h=t.transit_h,
        )
        for t in day.tiers
    ]
    _all_good(write_freight(tx, ids, tiers, now))


def _connections(town: TownConfig, urls: Urls) -> Iterable[ConnectionRow]:
    wms: dict[str, Any] = {
        "app_key": town.app_key,
        "customer_id": town.wms_customer,
        "owner_code": town.wms_owner,
        "method_prefix": "",
        "version": "2.0",
        "stock_query_at": "never",  # the day itself asks, at its end
    }
    yield ConnectionRow(code=town.wms_code, protocol="qimen", url=f"{urls.wms}/", account=wms, secrets={"secret": town.wms_secret})
    callback = f"{town.paidan_url}/doors/tracking/{town.tracker_code}"
    tracker: dict[str, Any] = {"customer": town.tracker_customer, "callback_url": callback, "query_url": f"{urls.carrier}/poll/query.do"}
    secrets = {"key": town.tracker_key, "salt": town.tracker_key[::-1]}
    yield ConnectionRow(code=town.tracker_code, protocol="kuaidi100", url=f"{urls.carrier}/poll", account=tracker, secrets=secrets)
    top: dict[str, Any] = {"app_key": town.app_key}
    yield ConnectionRow(code="TOP", protocol="taobao", url=f"{urls.taobao}/router/rest", account=top, secrets={"app_secret": town.app_secret})
    yield ConnectionRow(code="SHOPIFY", protocol="shopify", url=urls.shopify, account={}, secrets={"webhook_secret": town.shopify_secret})


def _shop_secrets(shop: ScriptShop, town: TownConfig) -> dict[str, str]:
    if shop.platform == "taobao":
        return {"session": session_of(shop.code), **({"bulk_dsn": town.bulk_dsn} if shop.door == "bulk" else {})}
    return {"token": token_of(shop.code), "location_ref": location_of(shop.code)}


def _write_catalogue(services: OpenInstallation, tx: Tx, day: Day) -> None:
    now, ids = day.opens_at, services.ids
    skus = [
        SkuRow(
            code=sku.code,
            name=sku.name or sku.code,
            kind="bundle" if sku.parts else "service" if sku.goods_class == "service" else "goods",
            goods_class="normal" if sku.goods_class == "service" else sku.goods_class,  # type: ignore[arg-type]  # the script's classes are the same words
            weight_g=sku.weight_g,
            volume_cm3=sku.volume_cm3,
            barcodes=(sku.barcode,) if sku.barcode else (),
        )
        for sku in day.skus
    ]
    _all_good(write_skus(tx, ids, skus, now))
    price = {sku.code: sku.price_minor for sku in day.skus}
    bundles = [
        BundleRow(code=sku.code, parts=tuple(PartRow(code=code, quantity=n, price_share=max(price[code] * n, 1)) for code, n in sku.parts))
        for sku in day.skus
        if sku.parts
    ]
    _all_good(write_bundles(tx, ids, bundles, now))
    known = {sku.code for sku in day.skus}
    listings = [
        ListingRow(
            shop_code=listing.shop,
            item_ref=listing.item_ref,
            sku_ref=listing.sku_ref,
            sku_code=listing.merchant_code if listing.merchant_code in known else "",
            merchant_code=listing.merchant_code,
            title=listing.title,
        )
        for listing in day.listings
    ]
    _all_good(write_listings(tx, ids, listings, now))


def _write_stock(services: OpenInstallation, tx: Tx, day: Day) -> None:
    opening = [
        OpeningRow(warehouse_code=stock.warehouse, sku_code=stock.sku, quantity=stock.quantity)
        for stock in day.stock
        if stock.arrives_at is None and stock.quantity > 0
    ]
    _all_good(write_opening(tx, services.ids, opening, day.opens_at))
    shown = [(listing.shop, listing.item_ref, listing.sku_ref, listing.display_quantity) for listing in day.listings]
    start_listings(tx, shown)


def permit_pushes(services: OpenInstallation, caller: Caller) -> None:
    """Ask the platform once to send messages for the shops that are read by push."""
    accounts = AccountCache(services.sealer)
    with services.database.transaction() as tx:
        found = accounts.load(tx, read_network(tx, 0))
    for account in found.values():
        if "push" in account.shop.doors and account.shop.platform == "taobao":
            permit_messages(account, caller, services.clock)


def arrivals(day: Day) -> Mapping[datetime, Sequence[tuple[str, str, int]]]:
    """Later arrivals by their instant: (warehouse, SKU, units)."""
    found: dict[datetime, list[tuple[str, str, int]]] = {}
    for stock in day.stock:
        if stock.arrives_at is not None:
            found.setdefault(stock.arrives_at, []).append((stock.warehouse, stock.sku, stock.quantity))
    return found


def _all_good(outcomes: Sequence[Outcome]) -> None:
    """The made-up merchant has no bad rows: one would be a mistake of ours."""
    bad = [(row, outcome.problems) for row, outcome in enumerate(outcomes) if outcome.problems]
    if bad:
        raise SetupError(f"the demo's master data were refused: {bad[:3]}")
