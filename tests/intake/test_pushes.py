import base64
import hmac
import json

import pytest

from intake.stand import APP_KEY, SECRET, Line, Stand
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.messages import MessageService
from paidan.channels.taobao.pull import FULLINFO, TaobaoPuller
from paidan.intake.notices import Notice, keep_notices, reread
from paidan.intake.pushes import Seller, receive_shopify, take_messages
from paidan.network.rows import ShopRow
from paidan.world.faults import FaultDraw
from paidan.world.taobao import TaobaoPlatform
from paidan.world.wire import Faults
from scene import empty
from world.taobao_client import OPENS, make_day, minutes, order

TID = 2_000_000_000_000_000_000
PERMIT, CONFIRM = "taobao.tmc.user.permit", "taobao.tmc.messages.confirm"


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, OPENS).open_taobao("A", "B")


class World:
    """Shops A and B, both in the application's default message group."""

    def __init__(self, stand, *orders, shops="AB", permitted="AB", **more):
        self.stand = stand
        self.platform = TaobaoPlatform(make_day(*orders), app_key=APP_KEY, app_secret=SECRET, **more)
        self.line = Line(self.platform, stand.clock)
        clients = {code: client_of(stand.settings(code), self.line, stand.clock) for code in permitted}
        for client in clients.values():
            client.call(PERMIT, {})
        self.service = MessageService(clients["A"])
        self.sellers = {f"店铺{code}": Seller(shop=stand.shops[code], puller=TaobaoPuller(clients[code])) for code in shops}
        self.line.calls.clear()

    def at(self, minute):
        self.stand.clock.set(minutes(minute))
        self.platform.advance(minutes(minute))
        return self

    def take(self):
        return {report.shop: report for report in take_messages(self.stand.ports, self.service, self.stand.shops["A"], self.sellers)}

    def waiting(self):
        return len(self.platform._messages._messages)  # unconfirmed at the platform


def test_messages_are_kept_and_their_orders_land_before_they_are_confirmed(stand):
    world = World(stand, order(1), order(2, shop="B"), order(3, shop="B")).at(10)
    reports = world.take()
    assert {code: (r.messages, r.landed, r.error) for code, r in reports.items()} == {"A": (2, 1, ""), "B": (4, 2, "")}
    assert sorted(stand.kept()) == [str(TID + n) for n in (1, 2, 3)]
    assert len(stand.kept("taobao_trade_TradeBuyerPay")) == 3
    assert world.waiting() == 0
    assert world.line.calls.index(CONFIRM) > max(n for n, call in enumerate(world.line.calls) if call == FULLINFO)
    assert stand.pass_all() == 0
    assert stand.orders() == {str(TID + 1): "A", str(TID + 2): "B", str(TID + 3): "B"}


def test_redelivery_reordering_and_delay_change_nothing_in_the_end(stand):
    draw = FaultDraw(faults=Faults(duplicate=0.5, delay=0.3, reorder=0.5), seed=3)
    orders = [order(n, shop="AB"[n % 2], cancelled_at=minutes(40) if n % 3 == 0 else None) for n in range(1, 21)]
    world = World(stand, *orders, draw=draw)
    repeated = 0
    for minute in range(5, 200, 5):
        repeated += sum(report.messages_repeated for report in world.at(minute).take().values())
    assert repeated > 5
    assert world.waiting() == 0
    refs = stand.query("SELECT COUNT(*), COUNT(DISTINCT digest) FROM message WHERE kind LIKE 'taobao%%'")
    assert refs[0][0] == refs[0][1]
    assert stand.pass_all() == 0
    states = {str(tid): trade.status == "TRADE_CLOSED" for tid, trade in world.platform.state.trades.items()}
    assert dict(stand.query("SELECT platform_order_no, is_closed FROM sales_order")) == states


def test_what_could_not_be_read_is_not_confirmed_and_is_read_the_next_time(stand):
    world = World(stand, order(1), order(2)).at(10)
    world.line.cut = lambda _number, method: method == FULLINFO
    report = world.take()["A"]
    assert (report.messages, report.landed, report.is_finished) == (4, 0, False)
    assert (CONFIRM in world.line.calls, world.waiting(), stand.place("push")[1]) == (False, 4, report.error)
    world.line.cut = lambda _number, _method: False
    report = world.at(12).take()["A"]
    assert (report.messages, report.messages_repeated, report.landed, report.error) == (0, 4, 2, "")
    assert (world.waiting(), stand.place("push")[1]) == (0, "")


@pytest.mark.parametrize("method", ["taobao.tmc.messages.consume", CONFIRM])
def test_a_service_that_fails_costs_nothing_but_time(stand, method):
    world = World(stand, order(1)).at(10)
    world.line.cut = lambda _number, called: called == method
    assert world.take()["A"].error == "RecordedSilence: no answer"
    world.line.cut = lambda _number, _method: False
    assert world.at(12).take()["A"].error == ""
    assert (stand.kept(), world.waiting()) == ([str(TID + 1)], 0)


def test_messages_for_a_seller_we_do_not_know_are_kept_and_set_aside(stand):
    world = World(stand, order(1), order(2, shop="B"), shops="A").at(10)
    assert set(world.take()) == {"A"}
    assert (
        stand.query("SELECT counterpart, state, reason, business_key FROM message WHERE state = 2")
        == [("shop:", 2, "unknown_shop", str(TID + 2))] * 2
    )
    assert (stand.kept(), world.waiting()) == ([str(TID + 1)], 0)


def test_notices_wanted_again_are_read_though_no_message_comes(stand):
    """Somebody replays them: they wait, and nothing new comes beside them."""
    world = World(stand, order(1)).at(10)
    world.take()
    replay = "UPDATE message SET state = 0 WHERE kind LIKE 'taobao_trade_%%' AND bucket IS NOT NULL RETURNING 1"
    assert len(stand.query(replay)) == 2
    world.line.calls.clear()
    reports = world.take()
    assert (reports["A"].read, reports["A"].messages, reports["A"].error) == (1, 0, "")
    assert stand.query("SELECT count(*) FROM message WHERE state = 0 AND bucket >= 192") == [(0,)]
    assert FULLINFO in world.line.calls


def notice(stand, no, shop="A"):
    with stand.database.transaction() as tx:
        keep_notices(tx, stand.ports, stand.shops[shop], [Notice(message_ref=f"n{no}", kind="refunds/create", order_no=no, body=b"{}")])


def test_an_order_that_is_not_there_sets_its_notice_aside_and_the_others_go_on(stand):
    world = World(stand, order(1)).at(10)
    for no in ("77", str(TID + 1), "odd"):
        notice(stand, no)
    puller = world.sellers["店铺A"].puller
    report = reread(stand.ports, puller, stand.shops["A"])
    assert (report.landed, report.refused, report.error) == (1, 2, "")
    rows = stand.query("SELECT business_key, state, reason FROM message WHERE kind = 'refunds/create' ORDER BY id")
    assert rows == [("77", 2, "unknown_order"), (str(TID + 1), 1, ""), ("odd", 2, "counterpart_refused")]
    assert reread(stand.ports, puller, stand.shops["A"]).read == 0


def test_when_everything_is_refused_nothing_is_set_aside(stand):
    world = World(stand, order(1)).at(10)
    for no in ("1", "2"):
        notice(stand, no)
    strange = TaobaoPuller(client_of(stand.settings() | {"session": "stolen"}, world.line, stand.clock))
    assert "27" in reread(stand.ports, strange, stand.shops["A"]).error
    assert stand.query("SELECT COUNT(*) FROM message WHERE kind = 'refunds/create' AND state = 0") == [(2,)]


# Webhooks.

HUSH = "hush"
ORDER = {"id": 820982911946154508, "updated_at": "2026-03-02T12:00:00+08:00", "name": "#9999"}


@pytest.fixture
def store(database):
    """A shop of its own for each test, which is quicker than emptying all tables."""
    store = Stand(database, OPENS)
    store.code = f"S{store.ids.take(1)[0]}"
    return store.open_shops([], [ShopRow(code=store.code, name="S", platform="shopify", account_ref="s.myshopify.com")])


def signed(body, secret=HUSH, **headers):
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    found = {"topic": "orders/create", "hmac-sha256": signature, "shop-domain": "s.myshopify.com", "webhook-id": "w1", "event-id": "e1"}
    return {f"X-Shopify-{name}": value for name, value in (found | {n.replace("_", "-"): v for n, v in headers.items()}).items() if value is not None}


def knock(store, body, headers, secrets=(HUSH,)):
    return receive_shopify(store.database, store.ids, store.sealer, store.shops[store.code], secrets, headers, body, store.clock.now()).status


def rows(store):
    kept = "SELECT kind, business_key, state, reason, bucket IS NOT NULL FROM message WHERE counterpart = %s ORDER BY id"
    return store.query(kept, f"shop:{store.code}")


NO = str(ORDER["id"])
BODY = json.dumps(ORDER).encode()


@pytest.mark.parametrize(
    ("body", "headers", "status", "kept"),
    [
        (BODY, {}, 200, ("order", NO, 0, "", True)),
        (BODY, {"topic": "orders/cancelled"}, 200, ("order", NO, 0, "", True)),
        (BODY, {"secret": "old"}, 200, ("order", NO, 0, "", True)),
        (BODY, {"secret": "another"}, 401, ("orders/create", "", 2, "signature_wrong", False)),
        (BODY, {"hmac_sha256": None}, 401, ("orders/create", "", 2, "signature_wrong", False)),
        (BODY, {"hmac_sha256": "签"}, 401, ("orders/create", "", 2, "signature_wrong", False)),
        (BODY, {"hmac_sha256": None, "topic": "drop; table"}, 401, ("unknown", "", 2, "signature_wrong", False)),
        (BODY, {"shop_domain": "other.myshopify.com"}, 404, ("orders/create", "", 2, "unknown_shop", False)),
        (BODY, {"webhook_id": None}, 200, ("orders/create", "", 2, "field_missing", False)),
        (BODY, {"topic": "app/uninstalled"}, 200, ("app/uninstalled", "", 1, "", False)),
        (BODY, {"topic": "orders/edited"}, 200, ("orders/edited", "", 1, "", False)),
        (b'{"id": 5, "order_id": 77}', {"topic": "refunds/create"}, 200, ("refunds/create", "77", 0, "", True)),
        (b'{"id": 5, "order_id": 77}', {"topic": "fulfillments/update"}, 200, ("fulfillments/update", "77", 0, "", True)),
        (b'{"updated_at": "2026-03-02T12:00:00+08:00"}', {}, 200, ("orders/create", "", 2, "field_missing", False)),
        (b'{"id": 5}', {}, 200, ("orders/create", "", 2, "field_invalid", False)),
        (b'{"id": {}, "updated_at": "x"}', {}, 200, ("orders/create", "", 2, "field_invalid", False)),
        (b'{"id": 5', {}, 200, ("orders/create", "", 2, "body_unreadable", False)),
        (b'{"id": 5, "id": 6}', {}, 200, ("orders/create", "", 2, "body_unreadable", False)),
        (b'{"id": "\xff"}', {}, 200, ("orders/create", "", 2, "encoding_wrong", False)),
        (b"", {}, 200, ("orders/create", "", 2, "body_unreadable", False)),
        (b"[" * 100_000, {}, 200, ("orders/create", "", 2, "body_unreadable", False)),
    ],
)
def test_a_webhook_is_kept_whatever_it_is_and_answered_by_what_it_is(store, body, headers, status, kept):
    assert knock(store, body, signed(body, **headers), (HUSH, "old")) == status
    assert rows(store) == [kept]


def test_without_secrets_nothing_is_believed(store):
    assert knock(store, BODY, signed(BODY, secret=""), ()) == knock(store, BODY, signed(BODY, secret=""), ("",)) == 401


def test_a_webhook_delivered_again_is_kept_once_and_a_forged_one_takes_nobodys_place(store):
    assert knock(store, BODY, signed(BODY, secret="forged")) == 401
    assert [knock(store, BODY, signed(BODY)) for _ in range(3)] == [200, 200, 200]
    assert [row[2] for row in rows(store)] == [2, 0, 3, 3]


def test_a_notice_waits_where_no_pass_takes_it(store):
    knock(store, b'{"id": 5, "order_id": 77}', signed(b'{"id": 5, "order_id": 77}', topic="refunds/create"))
    assert store.query("SELECT bucket >= 192 FROM message WHERE counterpart = %s", f"shop:{store.code}") == [(True,)]
