"""Counting again on Shopify, and feeds that a shop's doors ask for and nobody can read."""

import pytest

from intake.stand import APP_KEY, GATEWAY, SECRET, Line, Stand
from paidan.channels.shopify.channel import access_of
from paidan.channels.shopify.created import ShopifyCreated
from paidan.channels.shopify.graphql import ShopifyClient
from paidan.channels.shopify.pull import PullRules, ShopifyPuller
from paidan.intake.ports import Feed
from paidan.intake.pulling import pull_shop
from paidan.intake.reconciling import reconcile
from paidan.intake.schedule import PullWorker
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, token_of
from scene import empty
from world.taobao_client import OPENS, make_day, minutes, order


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, OPENS)


def shop_row(code="A", platform="shopify", doors=("webhook",), **more):
    return ShopRow(code=code, name=code, platform=platform, account_ref=domain_of(code), doors=doors, secrets={"token": token_of(code)}, **more)


class World:
    """A Shopify shop with an order every six minutes, whose webhooks never come."""

    def __init__(self, stand, count=30):
        self.stand = stand.open_shops(
            [ConnectionRow(code="SHOPIFY", protocol="shopify", url="http://127.0.0.1")], [shop_row(connection_code="SHOPIFY")]
        )
        orders = [order(n, placed_at=minutes(6 * n - 3), paid_at=minutes(6 * n)) for n in range(1, count + 1)]
        self.platform = ShopifyPlatform(make_day(*orders, platform="shopify"))
        self.line = Line(self.platform, stand.clock)
        settings = {"shop": domain_of("A"), "token": token_of("A"), "url": "http://127.0.0.1"}
        self.puller = ShopifyPuller(ShopifyClient(access_of(settings), self.line), PullRules(page_size=4))
        self.created = ShopifyCreated(self.puller)

    def at(self, minute):
        self.stand.clock.set(minutes(minute))
        self.platform.advance(minutes(minute))
        return self

    def poll(self):
        return pull_shop(self.stand.ports, self.puller, self.stand.shops["A"], start_at=OPENS)

    def count_again(self):
        return reconcile(self.stand.ports, self.created, self.stand.shops["A"], start_at=OPENS)


def kept(stand):
    return [row[0] for row in stand.query("SELECT business_key FROM message WHERE kind = 'order' AND direction = 'i' ORDER BY id")]


def test_orders_that_the_other_feeds_have_missed_are_found_and_fetched(stand):
    world = World(stand).at(31)
    world.poll()
    stand.query("UPDATE shop_cursor SET read_ref = %s RETURNING feed", minutes(150).isoformat())
    assert len(kept(stand)) == 5
    world.at(131)
    counts = world.count_again().counts
    assert [(count.platform, count.ours) for count in counts] == [(10, 5), (10, 0)]
    assert [len(count.missing) for count in counts] == [5, 10]
    assert len(set(kept(stand))) == len(kept(stand)) == 20
    assert world.count_again().counts == ()


def test_a_call_that_fails_keeps_its_hour(stand):
    world = World(stand).at(131)
    calls = len(world.line.calls)
    world.line.cut = lambda number, _: number == calls + 16
    assert world.count_again().report.error
    read = len(kept(stand))
    assert 0 < read < 20
    world.line.cut = lambda *_: False
    world.count_again()
    assert len(set(kept(stand))) == len(kept(stand)) == 20


@pytest.mark.parametrize(
    ("shop", "missing"),
    [
        (shop_row(connection_code="SHOPIFY"), {}),
        (shop_row(connection_code="SHOPIFY", doors=("poll",)), {}),
        (shop_row(connection_code="SHOPIFY", doors=("bulk", "webhook")), {"A": (Feed.BULK,)}),
        (ShopRow(code="T", name="T", platform="taobao", connection_code="TOP", doors=("bulk",), secrets={"session": "s"}), {"T": (Feed.BULK,)}),
        (ShopRow(code="T", name="T", platform="taobao", connection_code="TOP", doors=("push", "poll"), secrets={"session": "s"}), {}),
        (ShopRow(code="D", name="D", platform="direct", doors=("poll",), secrets={"x": "y"}), {"D": (Feed.ORDERS, Feed.REFUNDS, Feed.CREATED)}),
    ],
)
def test_feeds_nobody_can_read_are_told(stand, shop, missing):
    top = ConnectionRow(code="TOP", protocol="taobao", url=GATEWAY, account={"app_key": APP_KEY}, secrets={"app_secret": SECRET})
    stand.open_shops([top, ConnectionRow(code="SHOPIFY", protocol="shopify", url="http://127.0.0.1")], [shop])
    worker = PullWorker(stand.ports, Line(ShopifyPlatform(make_day(platform="shopify")), stand.clock))
    worker._load()
    assert worker.unserved() == missing
