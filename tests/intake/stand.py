"""A merchant with shops on simulated platforms, called without sockets: the calls go straight into the simulator."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from paidan.channels.registry import CHANNELS
from paidan.intake.ports import Ports
from paidan.kernel.errors import AnswerUnknown
from paidan.network.load import Shop, read_network
from paidan.network.masters import write_connections, write_shops
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.pipeline import Stages, run_pass
from paidan.runtime.clocks import FixedClock
from paidan.runtime.database import Database
from paidan.runtime.ids import BlockIds
from paidan.runtime.numbers import NumberSource
from paidan.runtime.sealing import Sealer, new_keyring
from paidan.world.taobao.platform import session_of
from paidan.world.wire import Request, Simulator

APP_KEY, SECRET = "23000001", "taobao-app-secret"
GATEWAY = "http://127.0.0.1/router/rest"


class Reply(Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """The caller: the n-th call may be cut after it was answered, or before. `between` is what happens in the world after each call."""

    def __init__(self, simulator: Simulator, clock: FixedClock) -> None:
        self.simulator = simulator
        self.clock = clock
        self.calls: list[str] = []
        self.cut: Callable[[int, str], bool] = lambda _number, _method: False
        self.between: Callable[[], None] = lambda: None

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> Reply:
        del timeout_s
        parts = urlsplit(url)
        given = {name.lower(): value for name, value in (headers or {}).items()}
        methods = [name.decode() for name in re.findall(rb"(?:^|&|\n)method=([^&\r]+)", body)] or [parts.path]
        is_cut = False
        for method in methods:  # several in a batch: it is cut with any of them
            self.calls.append(method)
            is_cut = self.cut(len(self.calls), method) or is_cut
        if is_cut:
            raise AnswerUnknown("no answer", code="cut")
        answer = self.simulator.answer(Request(verb=verb, path=parts.path, query=parts.query, headers=given, body=body), self.clock.now())
        self.between()
        return Reply(status=answer.status, headers={"content-type": answer.content_type}, body=answer.body)


class Stand:
    """The merchant's side."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.clock = FixedClock(now)
        self.ids = BlockIds(database)
        self.sealer = Sealer(new_keyring(), database.merchant)
        self.ports = Ports(database=database, ids=self.ids, sealer=self.sealer, clock=self.clock)
        self.shops: dict[str, Shop] = {}
        self.code = ""
        codecs: Any = {name: channel.codec.parse for name, channel in CHANNELS.items()}
        self.stages = Stages(ids=self.ids, numbers=NumberSource(database), sealer=self.sealer, codecs=codecs)

    def open_shops(self, connections: list[ConnectionRow], shops: list[ShopRow]) -> "Stand":
        with self.database.transaction() as tx:
            told = write_connections(tx, self.ids, connections, self.clock.now(), sealer=self.sealer)
            told += write_shops(tx, self.ids, shops, self.clock.now(), sealer=self.sealer)
            assert not [one.problems for one in told if one.problems]
            self.shops = {shop.code: shop for shop in read_network(tx, -1).shops.values()}
        return self

    def open_taobao(self, *codes: str, doors: tuple[Any, ...] = ("poll",), url: str = GATEWAY) -> "Stand":
        connection = ConnectionRow(code="TOP", protocol="taobao", url=url, account={"app_key": APP_KEY}, secrets={"app_secret": SECRET})
        shops = [
            ShopRow(
                code=code,
                name=code,
                platform="taobao",
                connection_code="TOP",
                account_ref=f"店铺{code}",
                doors=doors,
                secrets={"session": session_of(code)},
            )
            for code in codes
        ]
        return self.open_shops([connection], shops)

    def settings(self, code: str = "A") -> dict[str, str]:
        return {"url": GATEWAY, "app_key": APP_KEY, "app_secret": SECRET, "session": session_of(code)}

    def query(self, sql: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.database.transaction() as tx:
            return tx.execute(sql, parameters).fetchall()

    def kept(self, kind: str = "order") -> list[str]:
        """Numbers of the kept messages of a kind, in order of coming."""
        rows = self.query("SELECT business_key FROM message WHERE direction = 'i' AND kind = %s AND state <> 3 ORDER BY id", kind)
        return [row[0] for row in rows]

    def place(self, feed: str = "orders") -> tuple[str, str]:
        """(cursor, error) of a feed."""
        found: list[tuple[str, str]] = self.query("SELECT read_ref, error FROM shop_cursor WHERE feed = %s", feed)
        return found[0]

    def pass_all(self) -> int:
        """Carry everything that waits through the pipeline; how many messages could not be read."""
        unreadable = 0
        while ids := [row[0] for row in self.query("SELECT id FROM message WHERE state = 0 AND bucket < 64 ORDER BY id LIMIT 500")]:
            with self.database.transaction() as tx:
                unreadable += run_pass(tx, self.stages, message_ids=ids, order_ids=[], now=self.clock.now()).unreadable
        return unreadable

    def orders(self) -> dict[str, str]:
        """Platform order numbers with the code of their shop; fails when one is there twice."""
        rows = self.query("SELECT platform_order_no, s.code FROM sales_order o JOIN shop s ON s.id = o.shop_id")
        assert len(dict(rows)) == len(rows)
        return dict(rows)
