"""The stage of `http`, `hot-sku` and `memory`: the made-up merchant with a shop of his own, whose orders are posted one by one."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from msgspec import Struct
from stage import NOW, OPENS_AT, SKUS, write_masters

from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.people.rights import Scope
from paidan.entrypoints.installation import OpenInstallation, connect, install
from paidan.network.masters import write_shops
from paidan.network.rows import ShopRow
from paidan.runtime import embedded
from paidan.runtime.settings import Settings
from paidan.world.day import make_day
from paidan.world.script import Day, ScriptOrder

SHOP = "OWN"
PATH = f"/api/v1/orders?shop={SHOP}"
FEN = 100


class Counter(Struct, kw_only=True):
    """An open installation with master data, a shop `OWN` and an API key; the day's consumer orders in Paidan's own format."""

    services: OpenInstallation
    owner_url: str
    app_url: str
    key: str
    day: Day
    bodies: list[dict[str, object]]

    def body(self, n: int, order_no: str) -> bytes:
        """The n-th basket (they begin again at the end) under this order number."""
        return msgspec.json.encode({**self.bodies[n % len(self.bodies)], "order_no": order_no})


@contextmanager
def opened(orders: int, say: str, *, skus: int = SKUS) -> Iterator[Counter]:
    """The stage for baskets of a day of so many orders, and a catalogue of so many SKUs; the server ends and its files go on leaving."""
    home = Path(tempfile.mkdtemp(prefix="paidan-bench-"))
    settings = Settings(home=home)
    try:
        print(f"{say}: preparing …", flush=True)
        installation = install(settings)
        services = connect(settings, installation.app_url)
        day = make_day(1, orders, opens_at=OPENS_AT)
        write_masters(services, day, skus)
        with services.database.transaction() as tx:
            write_shops(tx, services.ids, [ShopRow(code=SHOP, name="Own shop", platform="direct", merge_window_s=0)], NOW, sealer=services.sealer)
            _, key = make_key(tx, services.ids, services.sealer, name="bench", scopes=[Scope.WRITE], now=NOW)
        with psycopg.connect(installation.owner_url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
        codes = {sku.code for sku in day.skus}
        bodies = [_body(order) for order in day.orders if _is_plain(order, codes)]
        yield Counter(services=services, owner_url=installation.owner_url, app_url=installation.app_url, key=key, day=day, bodies=bodies)
        services.close()
    finally:
        embedded.stop(settings.data_dir, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


def _is_plain(order: ScriptOrder, codes: set[str]) -> bool:
    """Paid, of known goods, and to an address that can be read: what would wait for people keeps its units from everybody else."""
    is_known = all(line.merchant_code in codes and line.quantity > 0 for line in order.lines)
    return order.paid_at is not None and is_known and "address_unparsed" not in order.planted


def _body(order: ScriptOrder) -> dict[str, object]:
    who = order.receiver
    receiver = {
        "name": who.name,
        "phone": who.phone,
        "country": who.country,
        "province": who.province,
        "city": who.city,
        "district": who.district,
        "detail": who.detail,
    }
    lines = [
        {"merchant_code": line.merchant_code, "title": line.title, "quantity": line.quantity, "price": f"{max(line.price_minor, 0) / FEN:.2f}"}
        for line in order.lines
        if not line.is_service
    ]
    return {"order_no": "", "status": "paid", "placed_at": order.placed_at, "paid_at": order.paid_at, "receiver": receiver, "lines": lines}


def free_port() -> int:
    """A loopback port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
