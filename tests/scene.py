"""A small merchant for tests: two or more warehouses, one carrier, some SKUs with stock, one shop whose messages are facts in JSON."""

import atexit
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import psycopg

from paidan.channels.facts import PlatformLine, PlatformOrder, PlatformReceiver, PlatformStatus
from paidan.pipeline import Stages
from paidan.runtime.database import Database, Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.numbers import NumberSource
from paidan.runtime.sealing import Sealer

NOW = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
INVARIANTS = "SELECT viewname FROM pg_views WHERE schemaname = current_schema() AND viewname LIKE 'invariant%' ORDER BY 1"


def facts_codec(body: bytes) -> PlatformOrder:
    return msgspec.json.decode(body, type=PlatformOrder)


def receiver(n: int = 1, **more: Any) -> PlatformReceiver:
    base = {"name": f"张三{n}", "phone": f"1380000{n:04d}", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": f"文三路{n}号"}
    return PlatformReceiver(**{**base, **more})


def line(code: str, quantity: int = 1, price_minor: int = 1000, **more: Any) -> PlatformLine:
    base = {"line_ref": code, "item_ref": f"item-{code}", "merchant_code": code, "title": code, "quantity": quantity, "price_minor": price_minor}
    return PlatformLine(**{**base, "payable_minor": quantity * price_minor, **more})


def order(no: str, *lines: PlatformLine, **more: Any) -> PlatformOrder:
    goods = sum(x.price_minor * x.quantity for x in lines)
    base: dict[str, Any] = {
        "platform_order_no": no,
        "status": PlatformStatus.PAID,
        "version_at": NOW,
        "placed_at": NOW - timedelta(minutes=5),
        "paid_at": NOW - timedelta(minutes=4),
        "ship_by_at": NOW + timedelta(hours=48),
        "goods_minor": goods,
        "discount_minor": 0,
        "freight_minor": 0,
        "paid_minor": goods,
        "receiver": receiver(),
        "lines": lines,
    }
    return PlatformOrder(**{**base, **more})


class Scene:
    """Writes master data and hands messages to the pipeline's door."""

    def __init__(self, database: Database, ids: IdSource, sealer: Sealer) -> None:
        self.database = database
        self.ids = ids
        self.sealer = sealer
        self.stages = Stages(ids=ids, numbers=NumberSource(database), sealer=sealer, codecs={"direct": facts_codec})
        self.skus: dict[str, int] = {}
        self.warehouses: dict[str, int] = {}
        self._invariants: list[str] = []

    def set_up(self, stock: Mapping[str, Mapping[str, int]], *, bundles: Mapping[str, Mapping[str, int]] | None = None) -> "Scene":
        """`stock`: warehouse code → SKU code → units. Warehouses serve everywhere; A is near 杭州, B near 广州."""
        with self.database.transaction() as tx:
            self._network(tx, list(stock))
            codes = sorted({code for skus in stock.values() for code in skus} | {p for parts in (bundles or {}).values() for p in parts})
            for code in [*codes, *(bundles or {})]:
                self._sku(tx, code, "bundle" if code in (bundles or {}) else "goods")
            for bundle, parts in (bundles or {}).items():
                for part, quantity in parts.items():
                    tx.execute("INSERT INTO bundle_part VALUES (%s, %s, %s, %s)", (self.skus[bundle], self.skus[part], quantity, quantity))
            for warehouse, skus in stock.items():
                for code, units in skus.items():
                    self.receive(tx, warehouse, code, units)
        return self

    def _network(self, tx: Tx, warehouses: list[str]) -> None:
        places = {"A": ("浙江省", "杭州市", 120.15, 30.28), "B": ("广东省", "广州市", 113.26, 23.13)}
        self.shop_id, self.carrier_id, wms_id = self.ids.take(3)
        tx.execute(
            "INSERT INTO shop (id, code, name, platform, merge_window_s) VALUES (%s, 'S1', '一店', 'direct', 600)",
            (self.shop_id,),
        )
        tx.execute("INSERT INTO carrier (id, code, name) VALUES (%s, 'ZTO', '中通')", (self.carrier_id,))
        # A system that nobody has told us how to talk to: calls to its warehouses wait. Without one, people would work them with the phone page.
        tx.execute("INSERT INTO connection (id, code, protocol, url) VALUES (%s, 'SOME-WMS', 'none', '')", (wms_id,))
        for code in warehouses:
            (warehouse_id,) = self.ids.take(1)
            self.warehouses[code] = warehouse_id
            province, city, longitude, latitude = places.get(code, ("湖北省", "武汉市", 114.3, 30.6))
            tx.execute(
                "INSERT INTO warehouse (id, code, name, province, city, longitude, latitude, connection_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (warehouse_id, code, code, province, city, longitude, latitude, wms_id),
            )
            tx.execute("INSERT INTO warehouse_area VALUES (%s, '*')", (warehouse_id,))
            tx.execute(
                "INSERT INTO freight_tier (id, carrier_id, warehouse_id, region, first_g, first_minor, step_g, step_minor)"
                " VALUES (%s, %s, %s, '*', 1000, %s, 1000, 200)",
                (self.ids.take(1)[0], self.carrier_id, warehouse_id, 500 if code == "A" else 900),
            )

    def _sku(self, tx: Tx, code: str, kind: str) -> None:
        product_id, sku_id = self.ids.take(2)
        self.skus[code] = sku_id
        tx.execute("INSERT INTO product (id, code, name) VALUES (%s, %s, %s)", (product_id, code, code))
        tx.execute(
            "INSERT INTO sku (id, product_id, code, name, kind, weight_g) VALUES (%s, %s, %s, %s, %s, 300)",
            (sku_id, product_id, code, code, kind),
        )

    def receive(self, tx: Tx, warehouse: str, code: str, units: int) -> None:
        """Stock by its own door: an opening entry."""
        from paidan.stock.moves import Enter, StockMoves
        from paidan.stock.store import apply, lock

        (document_id,) = self.ids.take(1)
        enter = Enter(
            document_id=document_id,
            line_no=1,
            kind="opening",
            sequence=1,
            sku_id=self.skus[code],
            warehouse_id=self.warehouses[warehouse],
            quantity=units,
            cause="test",
            occurred_at=NOW,
        )
        moves = StockMoves(enter=[enter])
        lock(tx, moves, NOW)
        apply(tx, moves, ids=self.ids, now=NOW)

    def say(self, *facts: PlatformOrder, shop: str = "S1") -> list[int]:
        """Keep messages of a shop, each whole, before anything is read."""
        rows = [
            InboundMessage(counterpart=f"shop:{shop}", kind="order", body=msgspec.json.encode(f), at=NOW, business_key=f.platform_order_no, bucket=1)
            for f in facts
        ]
        with self.database.transaction() as tx:
            return keep_inbound(tx, self.ids, self.sealer, rows)

    def query(self, sql: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of any statement."""
        with self.database.transaction() as tx:
            return tx.execute(sql, parameters).fetchall()

    def broken_invariants(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every invariant view that returns rows. All are asked at once: one by one would cost twice as much, after each step of many tests."""
        with self.database.transaction() as tx:
            if not self._invariants:
                self._invariants = [row[0] for row in tx.execute(INVARIANTS)]
            asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in self._invariants)
            broken = [row[0] for row in tx.execute(asked)]  # type: ignore[call-overload]  # names from the catalogue
            found = {name: tx.execute(f"SELECT * FROM {name}").fetchall() for name in broken}  # type: ignore[arg-type]
        assert self._invariants
        return found


KEPT = {"legal_move", "cache_version", "alembic_version", "bucket", "business_clock"}
FEW_BYTES = 256 << 10  # of a table: as long as it holds no more, deleting its rows is quicker than a new file for it


def empty(owner_url: str, merchant: str) -> None:
    """Empty every table of the merchant between tests; the application itself may not.

    Rows are deleted where there are some: to truncate ninety tables, most of them empty, costs thirty times as much, and whoever has a plan over them
    makes it anew. Only once a table has grown, by its rows or by what deleted ones leave behind, all of them begin again with no file.

    The application (what consoles hear by themselves) may be on its way over the same tables: who of the two has
    to give way, PostgreSQL decides; if it is this one, it comes again and deletes, which waits for no look.
    """
    schema, owner = f"m_{merchant}", owner_session(owner_url)
    tables = owner.execute(
        "SELECT quote_ident(relname), pg_relation_size(oid) FROM pg_class"
        " WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') AND relname <> ALL(%s)",
        (schema, list(KEPT)),
    ).fetchall()
    is_grown = any(size > FEW_BYTES for _, size in tables)
    names = [name for name, _ in tables if not name.endswith("_p1")]
    for attempts_left in reversed(range(5)):
        try:
            with owner.transaction():
                owner.execute("SELECT set_config('search_path', %s, true)", (schema,))
                (_truncate if is_grown else _delete)(owner, names)
                owner.execute("UPDATE cache_version SET version = version + 1")
            break
        except psycopg.errors.DeadlockDetected:
            if not attempts_left:
                raise
            is_grown = False  # or the same look may be met on each table of its way


@cache
def owner_session(owner_url: str) -> psycopg.Connection:
    """One session for all of a process's emptying: a new one would first read what there is to know of each table, for longer than it then works.

    It is a replica from its first moment to its last: to become one makes a session forget its plans.
    """
    owner = psycopg.connect(owner_url, autocommit=True, prepare_threshold=2, options="-c lock_timeout=30s -c session_replication_role=replica")
    atexit.register(owner.close)
    return owner


def _truncate(owner: Tx, names: list[str]) -> None:
    owner.execute(f"TRUNCATE {', '.join(names)} CASCADE")  # type: ignore[arg-type]  # names from the catalogue


def _delete(owner: Tx, names: list[str]) -> None:
    """Wait for whoever writes, as TRUNCATE does; what guards single rows (foreign keys, books that only grow) is not asked."""
    owner.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")  # type: ignore[arg-type]  # names from the catalogue
    # Planned once for all times: to plan a look into ninety tables takes six times as long as the look.
    held = owner.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)).fetchall()  # type: ignore[arg-type]
    if held:
        owner.execute("; ".join(f"DELETE FROM {name}" for (name,) in held), prepare=False)  # type: ignore[arg-type]
