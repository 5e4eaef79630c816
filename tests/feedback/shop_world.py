"""A merchant with one shop at a simulated platform, met over real bytes: no network, but every signature and every body."""

from datetime import timedelta
from urllib.parse import urlsplit

from paidan.channels.registry import CHANNELS
from paidan.feedback.links import ShopLinks
from paidan.feedback.ship import SHIP, ShipDelivery
from paidan.kernel.errors import AnswerUnknown
from paidan.network.load import NetworkCache
from paidan.network.masters import write_connections, write_shops
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.pipeline import run_pass
from paidan.runtime.clocks import FixedClock
from paidan.runtime.http import HttpAnswer
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.outbox import OutboxRow, put
from paidan.runtime.relay import RelayReport, relay_once
from paidan.world.wire import Request
from scene import Scene
from world.taobao_client import APP_KEY, OPENS, SECRET


class SimCaller:
    """The HTTP port, straight into a simulator; `lose("word")` takes the answer of the next call with that word away."""

    def __init__(self, simulator, clock: FixedClock) -> None:
        self.simulator = simulator
        self.clock = clock
        self.lost = b""

    def lose(self, word: str) -> None:
        self.lost = word.encode()

    def call(self, verb, url, *, headers=None, body=b"", timeout_s=10.0):
        del timeout_s
        parts = urlsplit(url)
        named = {name.lower(): value for name, value in (headers or {}).items()}
        response = self.simulator.answer(Request(verb=verb, path=parts.path, query=parts.query, headers=named, body=body), self.clock.now())
        if self.lost and self.lost in body:
            self.lost = b""
            raise AnswerUnknown("the answer was lost")
        return HttpAnswer(status=response.status, headers={"content-type": response.content_type}, body=response.body)


class ShopWorld:
    """`platform` is taobao or shopify; the shop is A of tests/world/taobao_client.py's day."""

    def __init__(self, scene: Scene, simulator, platform: str, account: dict[str, str], secrets: dict[str, str], account_ref: str) -> None:
        self.scene = scene
        self.simulator = simulator
        self.platform = platform
        self.clock = FixedClock(OPENS)
        self.caller = SimCaller(simulator, self.clock)
        self.network = NetworkCache()
        self.links = ShopLinks(CHANNELS, self.caller, self.clock, scene.sealer)
        scene.stages.codecs = {name: channel.codec.parse for name, channel in CHANNELS.items()}
        url = "https://sim.example/router/rest" if platform == "taobao" else "https://sim.example"
        with scene.database.transaction() as tx:
            link = ConnectionRow(code="LINK", protocol=platform, url=url, account=account, secrets={"app_secret": SECRET})
            write_connections(tx, scene.ids, [link], OPENS, sealer=scene.sealer)
            shop = ShopRow(
                code="A", name="店铺A", platform=platform, connection_code="LINK", account_ref=account_ref, secrets=secrets, merge_window_s=600
            )
            write_shops(tx, scene.ids, [shop], OPENS, sealer=scene.sealer)
            tx.execute('UPDATE carrier SET code_by_system = \'{"taobao": "ZTO"}\'')
            tx.execute("UPDATE cache_version SET version = version + 1 WHERE subject = 'network'")
        self.shop_id = scene.query("SELECT id FROM shop WHERE code = 'A'")[0][0]
        scene.query("INSERT INTO shop_cursor (shop_id, feed, read_to) VALUES (%s, 'orders', %s) RETURNING 1", self.shop_id, OPENS)
        with scene.database.transaction() as tx:
            self.link = self.links.load(tx, self.network.load(tx, -1))[self.shop_id]
            self.puller = CHANNELS[platform].connect(self._settings(tx), self.caller, self.clock).puller
        self.cursor = self.puller.start_cursor(OPENS - timedelta(minutes=1))

    def _settings(self, tx):
        return self.links._accounts.load(tx, self.network.load(tx, -1))[self.shop_id].settings

    def at(self, minute: float) -> "ShopWorld":
        """The world lives until then."""
        self.clock.set(OPENS + timedelta(minutes=minute))
        self.simulator.advance(self.clock.now())
        return self

    def pull(self) -> None:
        """Read what changed and carry it through the pass."""
        now = self.clock.now()
        for page in self.puller.pull(self.cursor, now=now):
            self.cursor = page.cursor
            rows = [
                InboundMessage(counterpart="shop:A", kind="order", body=raw.body, at=now, business_key=raw.business_key, bucket=1)
                for raw in page.orders
            ]
            with self.scene.database.transaction() as tx:
                messages = keep_inbound(tx, self.scene.ids, self.scene.sealer, rows)
            with self.scene.database.transaction() as tx:
                due = [row[0] for row in tx.execute("SELECT id FROM sales_order WHERE due_at <= %s", (now,))]
                run_pass(tx, self.scene.stages, message_ids=messages, order_ids=due, now=now)
        self.scene.query("UPDATE shop_cursor SET read_to = %s RETURNING 1", now - timedelta(seconds=5))

    def parcel(self, number: int, waybill: str, units: dict[int, int]) -> int:
        """Goods of the n-th order left the warehouse: units by line number. Leaves the telling in the outbox."""
        order_id, fulfilment_id = self.order(number), 1
        (parcel_id,) = self.scene.ids.take(1)
        with self.scene.database.transaction() as tx:
            tx.execute(
                "INSERT INTO parcel (id, fulfilment_id, carrier_id, tracking_no, shipped_at) VALUES (%s, %s, %s, %s, %s)",
                (parcel_id, fulfilment_id, self.scene.carrier_id, waybill, self.clock.now()),
            )
            for line_no, quantity in units.items():
                tx.execute("INSERT INTO parcel_line VALUES (%s, %s, %s, %s, %s)", (parcel_id, order_id, line_no, fulfilment_id, quantity))
            about = {"business_key": str(order_id), "args": {"order_id": str(order_id)}, "due_at": self.clock.now()}
            told = OutboxRow(lane=f"shop:{self.shop_id}", kind=SHIP, ref_id=parcel_id, **about)
            put(tx, self.scene.ids, [told])
        return parcel_id

    def order(self, number: int) -> int:
        no = str(2_000_000_000_000_000_000 + number)
        return self.scene.query("SELECT id FROM sales_order WHERE platform_order_no = %s", no)[0][0]

    def relay(self) -> RelayReport:
        delivery = ShipDelivery(self.links, self.network, clock=self.clock, ids=self.scene.ids)
        return relay_once(self.scene.database, [delivery], self.clock, self.scene.ids, self.scene.sealer)

    def tell(self, rounds: int = 3) -> RelayReport:
        """Relay until nothing is due, a minute apart."""
        report = self.relay()
        for _ in range(rounds - 1):
            self.clock.forward(seconds=60)
            report = self.relay()
        return report

    def steps(self, number: int = 1) -> list[str]:
        return [row[0] for row in self.scene.query("SELECT step FROM timeline WHERE order_id = %s ORDER BY id", self.order(number))]


def taobao_account() -> dict[str, str]:
    return {"app_key": APP_KEY}
