"""The stage of `pass` and `floor`: a durable server of its own, the made-up merchant's master data, orders landed and waiting. Copied for each round.

The orders are consumer baskets of the world's day as Taobao tells them (or its wholesale orders); the receivers stand in clear, so that there is
something to seal and merge. About 2 % are held for a remark, 5 % travel with another order of the same buyer, 5 % are split between warehouses;
what a run came to is counted and printed. The catalogue has 20,000 SKUs if not told otherwise, of which the real baskets ask for some 3,000.
Server settings are those the embedded default ships with: fsync and synchronous_commit on.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
import psycopg
from msgspec import Struct
from msgspec.structs import replace

from paidan.audit.rules import DEFAULT_POLICY, FlagAction
from paidan.channels.platform import RawOrder
from paidan.entrypoints.demo.masters import Urls, load_day
from paidan.entrypoints.installation import OpenInstallation, connect, install
from paidan.intake.landing import land
from paidan.network.load import Network, read_network
from paidan.rules.policies import Policy, Rule
from paidan.rules.store import publish
from paidan.runtime import embedded
from paidan.runtime.provision import with_database
from paidan.runtime.settings import Settings
from paidan.world.day import Shares, make_day
from paidan.world.network_plan import EAST
from paidan.world.script import Day, ScriptReceiver, ScriptSku, ScriptStock
from paidan.world.taobao import TaobaoPlatform, life
from paidan.world.taobao.render import whole_trade
from paidan.world.taobao.state import Trade
from paidan.world.town import TownConfig
from rules import WHENS

OPENS_AT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
NOW = OPENS_AT + timedelta(days=1)
SPARE = 1.4  # of a day's orders, those of the consumer shops that are paid are somewhat less than all
ROOM = 100  # times the opening stock of the day: the bench is not about shortage
SKUS = 20_000
WHOLESALE = 0.02  # of a day's orders are wholesale
SHARES = Shares(remark=0.02, unmapped=0.0, lost_address=0.0, refund=0.0, unpaid=0.0, cod=0.0, follow_up=0.125)
TOGETHER = 0.6  # of the SKUs that lie elsewhere, so many lie in the first warehouse too: few orders must be split


class Stage(Struct, kw_only=True):
    """A server with one prepared database, `paidan`."""

    settings: Settings
    owner_url: str
    app_url: str
    orders: int
    lines: int
    skus: int
    warehouses: int
    body_bytes: int

    @contextmanager
    def copy(self, name: str) -> Iterator[tuple[str, str]]:
        """A copy of the prepared database, as (owner URL, application URL); gone afterwards."""
        with psycopg.connect(with_database(self.owner_url, "postgres"), autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE paidan STRATEGY file_copy'.encode())
            admin.execute("CHECKPOINT")
        try:
            yield with_database(self.owner_url, name), with_database(self.app_url, name)
        finally:
            with psycopg.connect(with_database(self.owner_url, "postgres"), autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def prepared(orders: int, say: str, *, skus: int = SKUS, is_wholesale: bool = False) -> Iterator[Stage]:
    """The stage for a run with so many orders; the server ends and its files go on leaving."""
    home = Path(tempfile.mkdtemp(prefix="paidan-bench-"))
    settings = Settings(home=home)
    try:
        print(f"{say}: preparing {orders} orders …", flush=True)
        installation = install(settings)
        services = connect(settings, installation.app_url)
        day = make_day(1, int(orders * SPARE / (WHOLESALE if is_wholesale else 1)) + 50, opens_at=OPENS_AT, shares=SHARES)
        bodies = list(islice(_bodies(day, is_wholesale=is_wholesale), orders))
        write_masters(services, day, skus)
        _land(services, [(shop, raw) for shop, raw, _ in bodies])
        services.close()
        with psycopg.connect(installation.owner_url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
        yield Stage(
            settings=settings,
            owner_url=installation.owner_url,
            app_url=installation.app_url,
            orders=len(bodies),
            lines=sum(lines for _, _, lines in bodies),
            skus=max(len(day.skus), skus),
            warehouses=len(day.warehouses),
            body_bytes=sum(len(raw.body) for _, raw, _ in bodies) // len(bodies),
        )
    finally:
        embedded.stop(settings.data_dir, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


def _bodies(day: Day, *, is_wholesale: bool) -> Iterator[tuple[str, RawOrder, int]]:
    """(shop, what the platform tells of a paid order, its lines), in the order of time."""
    shops = {shop.code for shop in day.shops if shop.platform == "taobao" and shop.is_wholesale == is_wholesale}
    state = TaobaoPlatform(day, app_key="1", app_secret="1").state
    for order in day.orders:
        if order.shop in shops and order.paid_at is not None:
            life.place(state, order, order.placed_at, _nobody)
            trade = state.trades.get(int(order.order_no))  # baskets that cannot be sold are not placed
            if trade is not None:
                life.pay(state, trade, order.paid_at, _nobody)
                yield order.shop, _raw(trade), len(trade.lines)


def _raw(trade: Trade) -> RawOrder:
    body = msgspec.json.encode({"trade_fullinfo_get_response": {"trade": whole_trade(trade) | _clear(trade.order.receiver)}})
    return RawOrder(business_key=str(trade.tid), version_at=trade.modified, body=body)


def _nobody(*_: object, **__: object) -> None:
    """Messages of the platform go nowhere here."""


def _clear(receiver: ScriptReceiver) -> dict[str, str]:
    return {"receiver_name": receiver.name, "receiver_mobile": receiver.phone, "receiver_address": receiver.detail, "oaid": ""}


def write_masters(services: OpenInstallation, day: Day, skus: int) -> None:
    """Master data and opening stock of the day, a catalogue of at least so many SKUs, twelve rules of audit; the warehouses know all items."""
    town = TownConfig(
        seed=1, orders=1, opens_at=OPENS_AT, paidan_url="http://127.0.0.1:1", app_secret="1", wms_secret="1", tracker_key="1", shopify_secret="1"
    )
    urls = Urls(taobao="http://127.0.0.1:1", shopify="http://127.0.0.1:1", wms="http://127.0.0.1:1", carrier="http://127.0.0.1:1")
    load_day(services, _stocked(day, skus), town, urls, merge_window_s=0)
    with services.database.transaction() as tx:
        more = tuple(
            Rule(id=f"flag{n}", name_zh="标记", name_en="Flag", when=when, then=FlagAction(flag=f"f{n}")) for n, when in enumerate(WHENS[4:])
        )
        publish(tx, Policy(kind="audit", version=1, rules=DEFAULT_POLICY.rules + more), published_at=OPENS_AT, published_by="bench")
        # Warehouses know the items already: what is measured is an ordinary day, not the first one.
        tx.execute("INSERT INTO item_sync (warehouse_id, sku_id, synced_version) SELECT w.id, s.id, s.version FROM warehouse w, sku s")


def _stocked(day: Day, skus: int) -> Day:
    """The day with a full catalogue and plenty of stock, most of it together in one warehouse."""
    rng = Random(day.seed)
    plain = [sku for sku in day.skus if not sku.parts and sku.goods_class != "service"]
    more = tuple(replace(sku, code=f"{sku.code}+{n}", barcode=f"{sku.barcode}+{n}") for n, sku in _again(plain, skus - len(day.skus)))
    stock = [replace(one, quantity=one.quantity * ROOM) for one in day.stock]
    there = {one.sku for one in stock if one.warehouse == EAST}
    units: dict[str, int] = {}
    for one in stock:
        units[one.sku] = units.get(one.sku, 0) + one.quantity
    stock += [ScriptStock(warehouse=EAST, sku=code, quantity=units[code]) for code in sorted(units) if code not in there and rng.random() < TOGETHER]
    stock += [ScriptStock(warehouse=place.code, sku=sku.code, quantity=100) for sku in more for place in rng.sample(day.warehouses, 3)]
    return replace(day, skus=(*day.skus, *more), stock=tuple(stock))


def _again(skus: Sequence[ScriptSku], count: int) -> Iterator[tuple[int, ScriptSku]]:
    """`count` SKUs to be named anew: round after round through the list."""
    return ((n // len(skus) + 1, skus[n % len(skus)]) for n in range(max(count, 0)))


def _land(services: OpenInstallation, bodies: list[tuple[str, RawOrder]]) -> None:
    with services.database.transaction() as tx:
        network: Network = read_network(tx, 0)
    for start in range(0, len(bodies), 2000):
        by_shop: dict[str, list[RawOrder]] = {}
        for shop, raw in bodies[start : start + 2000]:
            by_shop.setdefault(shop, []).append(raw)
        with services.database.transaction() as tx:
            for code, raws in by_shop.items():
                found = network.shop_by_code(code)
                if found is not None:
                    land(tx, services.ids, services.sealer, found, raws, NOW, "bench")
