"""A day of trade through every door over loopback: push database, message service, polling, webhooks; then through the pipeline."""

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psycopg
import pytest

from intake.stand import APP_KEY, SECRET, Stand
from paidan.intake.doors import permit_messages
from paidan.intake.ports import Feed
from paidan.intake.pushes import receive_shopify
from paidan.intake.schedule import PullRules, PullSchedule, PullWorker
from paidan.network.accounts import AccountCache
from paidan.network.load import read_network
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.runtime.http import HttpCaller
from paidan.world.day import make_day
from paidan.world.host import HostSetup, host_in_thread
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, token_of
from paidan.world.taobao import BulkTable, TaobaoPlatform
from paidan.world.taobao.platform import session_of
from paidan.world.wire import Faults
from scene import empty

OPENS = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)  # midnight in China
STEP = timedelta(minutes=110)
HUSH = "shopify-client-secret"
ROUGH = Faults(duplicate=0.2, delay=0.1, reorder=0.2, lost_answer=0.02, server_error=0.05)
RULES = PullRules(
    intervals_s={
        "poll": {Feed.ORDERS: 600, Feed.REFUNDS: 36000, Feed.CREATED: 36000},
        "push": {Feed.PUSH: 600, Feed.CREATED: 36000},
        "bulk": {Feed.BULK: 600},
        "webhook": {Feed.PUSH: 600, Feed.ORDERS: 9000},
    },
    rest_first_s=60,
    rest_max_s=60,
)


@contextmanager
def webhook_door(stand):
    """Paidan's door for webhooks, as the API would open it."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            shop = stand.shops["SHOPIFY"]
            answer = receive_shopify(stand.database, stand.ids, stand.sealer, shop, (HUSH,), dict(self.headers), body, stand.clock.now())
            self.send_response(answer.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def push_database(server):
    table = BulkTable(server.owner_url)
    try:
        yield table
    finally:
        table.close()
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA sys_info CASCADE")


def open_shops(stand, day, client, dsn):
    top = ConnectionRow(
        code="TOP",
        protocol="taobao",
        url=client.base_url("taobao") + "/router/rest",
        account={"app_key": APP_KEY},
        secrets={"app_secret": SECRET, "bulk_dsn": dsn},
    )
    shopify = ConnectionRow(code="SHOPIFY", protocol="shopify", url=client.base_url("shopify"), secrets={"webhook_secret": HUSH})
    rows = [
        ShopRow(
            code=shop.code,
            name=shop.name,
            platform=shop.platform,
            currency=shop.currency,
            connection_code="TOP" if shop.platform == "taobao" else "SHOPIFY",
            account_ref=shop.name if shop.platform == "taobao" else domain_of(shop.code),
            doors=(shop.door,),
            secrets={"session": session_of(shop.code)} if shop.platform == "taobao" else {"token": token_of(shop.code)},
        )
        for shop in day.shops
    ]
    stand.open_shops([top, shopify], rows)


def permit_pushes(stand, caller):
    with stand.database.transaction() as tx:
        accounts = AccountCache(stand.sealer).load(tx, read_network(tx, 1))
    for account in accounts.values():
        if "push" in account.shop.doors:
            permit_messages(account, caller, stand.clock)


@pytest.fixture(scope="module")
def day():
    return make_day(9, 200, opens_at=OPENS)


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, OPENS)


@pytest.mark.parametrize("faults", [pytest.param(Faults(), id="fair", marks=pytest.mark.slow), pytest.param(ROUGH, id="rough")])
def test_a_day_of_orders_comes_in_by_every_door_each_once(stand, server, day, faults):
    caller = HttpCaller(allow_loopback=True, allow_plain=True)
    with webhook_door(stand) as url, push_database(server) as table:
        taobao = TaobaoPlatform(day, app_key=APP_KEY, app_secret=SECRET, bulk=table)
        shopify = ShopifyPlatform(day, webhook_urls={"SHOPIFY": url}, client_secret=HUSH)
        with host_in_thread(HostSetup(simulators=[taobao, shopify], start_at=OPENS, seed=5, at_once=4)) as client:
            open_shops(stand, day, client, server.app_url)
            permit_pushes(stand, caller)
            client.set_faults(faults)
            worker = PullWorker(stand.ports, caller, PullSchedule(RULES))
            counts = live_through_the_day(stand, client, worker, day.closes_at + timedelta(hours=4))
            client.set_faults(Faults())
            client.redeliver()
            counts += live_through_the_day(stand, client, worker, day.closes_at + timedelta(hours=8))
            books = client.books()
    caller.close()
    assert stand.pass_all() == 0
    told = {number: order["shop"] for platform in ("taobao", "shopify") for number, order in books[platform]["orders"].items()}
    assert stand.orders() == told
    assert set(told.values()) == {shop.code for shop in day.shops}
    closed = {number for number, order in taobao.books()["orders"].items() if order["status"].startswith("TRADE_CLOSED")}
    closed |= {number for number, order in shopify.books()["orders"].items() if order["status"] == "CANCELLED"}
    assert {row[0] for row in stand.query("SELECT platform_order_no FROM sales_order WHERE is_closed")} == closed
    assert stand.query("SELECT reason, COUNT(*) FROM message WHERE direction = 'i' AND state = 2 GROUP BY 1") == []
    assert stand.query("SELECT feed, error FROM shop_cursor WHERE error <> ''") == []
    assert counts["landed"] > 180
    assert (counts["errors"] > 0) == (faults != Faults())


def live_through_the_day(stand, client, worker, until):
    """Time goes on for both sides; the merchant's clock stands where the world's does. Counts what the pulls have told."""
    counts = Counter()
    while stand.clock.now() < until:
        stand.clock.forward(seconds=STEP.total_seconds())
        client.advance(stand.clock.now())
        for report in worker.run_due():
            counts.update(landed=report.landed, repeated=report.deduplicated, errors=report.error != "")
    return counts
