import os
import subprocess
import sys
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from intake.stand import APP_KEY, SECRET, Line, Stand
from paidan.channels.platform import PullPage, RawOrder
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.pull import FULLINFO, TaobaoPuller
from paidan.channels.taobao.refunds import RefundPuller
from paidan.channels.taobao.windows import WindowRules
from paidan.intake.ports import Feed
from paidan.intake.pulling import pull_refunds, pull_shop
from paidan.kernel.errors import AnswerUnknown, CallLater
from paidan.network.rows import ShopRow
from paidan.world.taobao import TaobaoPlatform
from scene import empty
from world.taobao_client import OPENS, make_day, minutes, order

TID = 2_000_000_000_000_000_000
SMALL_PAGES = WindowRules(page_size=2)


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, OPENS).open_taobao("A")


class World:
    """Shop A on the simulated platform, at one clock with the merchant."""

    def __init__(self, stand, *orders, rules=SMALL_PAGES, **more):
        self.stand = stand
        self.platform = TaobaoPlatform(make_day(*orders), app_key=APP_KEY, app_secret=SECRET, **more)
        self.line = Line(self.platform, stand.clock)
        self.client = client_of(stand.settings(), self.line, stand.clock)
        self.puller = TaobaoPuller(self.client, rules)

    def at(self, minute):
        self.stand.clock.set(minutes(minute))
        self.platform.advance(minutes(minute))
        return self

    def pull(self, **more):
        return pull_shop(self.stand.ports, self.puller, self.stand.shops["A"], start_at=OPENS, **more)

    def tids(self):
        return {str(tid) for tid in self.platform.state.trades}

    def versions(self):
        return {(str(tid), trade.modified.timestamp()) for tid, trade in self.platform.state.trades.items()}


def landed_versions(stand):
    rows = stand.query("SELECT business_key, EXTRACT(EPOCH FROM (meta->>'version')::timestamptz)::float8 FROM message WHERE kind = 'order'")
    return set(rows)


def test_a_pull_lands_what_changed_and_moves_the_cursor(stand):
    world = World(stand, *(order(n) for n in range(1, 6))).at(10)
    report = world.pull()
    assert (report.read, report.landed, report.repeated, report.error) == (5, 5, 0, "")
    assert set(stand.kept()) == world.tids()
    assert stand.place() == ((minutes(10) - timedelta(seconds=5)).isoformat(), "")
    assert stand.query("SELECT pulled_at, read_to FROM shop_cursor") == [(minutes(10), minutes(10) - timedelta(seconds=5))]


def test_overlapping_windows_land_each_version_once_and_do_not_read_it_again(stand):
    world = World(stand, *(order(n) for n in range(1, 8))).at(10)
    world.pull()
    details = world.line.calls.count(FULLINFO)
    report = world.at(11).pull()
    assert (report.read, report.landed, report.skipped) == (0, 0, 4)  # those changed within five minutes before the cursor
    assert world.line.calls.count(FULLINFO) == details == 7
    assert len(stand.kept()) == 7


@pytest.mark.parametrize(("widest_s", "calls_min"), [(1800, 300 / 30), (SMALL_PAGES.widest_s, 5)])
def test_a_shop_long_away_is_read_window_by_window(stand, widest_s, calls_min):
    world = World(stand, *(order(n * 40) for n in range(1, 6)), rules=structs.replace(SMALL_PAGES, widest_s=widest_s)).at(300)
    assert world.pull().landed == 5
    assert world.line.calls.count("taobao.trades.sold.increment.get") >= calls_min


def test_enough_pages_stop_at_a_good_place_and_the_next_pull_goes_on(stand):
    world = World(stand, *(order(n * 20) for n in range(1, 11))).at(300)
    pulls = []
    while not pulls or not pulls[-1].is_finished:
        pulls.append(world.pull(pages_max=1))
        assert pulls[-1].error == ""
    assert len(pulls) > 5
    assert sum(report.landed for report in pulls) == 10


def test_whatever_call_fails_the_cursor_stays_before_it_and_nothing_is_lost(stand):
    """Every call of a pull over three windows is cut once: pages and details alike."""
    orders = [order(n * 5) for n in range(1, 13)]
    world = World(stand, *orders).at(80)
    world.pull()
    count = len(world.line.calls)
    assert count > 20
    for broken in range(1, count + 1):
        _start_again(stand)
        world.line.calls.clear()
        world.line.cut = lambda number, _method, broken=broken: number == broken
        failed = world.pull()
        assert (failed.error != "", failed.is_finished) == (True, False)
        cursor, error = stand.place()
        assert error == failed.error
        before = {tid for tid, version in world.versions() if version <= _epoch(cursor)}
        assert before <= set(stand.kept()), broken
        world.line.cut = lambda _number, _method: False
        assert world.pull().error == ""
        assert stand.place() == ((minutes(80) - timedelta(seconds=5)).isoformat(), "")
        assert sorted(stand.kept()) == sorted(world.tids()), broken  # each once


def _start_again(stand):
    """A shop of its own for each try: quicker than emptying all tables."""
    code = f"A{stand.ids.take(1)[0]}"
    stand.open_shops([], [ShopRow(code=code, name=code, platform="taobao")])
    stand.shops["A"] = stand.shops[code]
    stand.kept = lambda: [row[0] for row in stand.query("SELECT business_key FROM message WHERE counterpart = %s AND kind = 'order'", f"shop:{code}")]
    stand.place = lambda: stand.query("SELECT read_ref, error FROM shop_cursor WHERE shop_id = %s", stand.shops["A"].id)[0]


def _epoch(cursor):
    return datetime.fromisoformat(cursor).timestamp()


def test_a_failed_call_is_kept_with_its_answer_and_told_beside_the_cursor(stand):
    world = World(stand, order(1), calls_max=1).at(10)
    report = world.pull()
    assert report.retry_after_s == 1.0
    assert "accesscontrol.limited-by-app-access-count" in report.error
    rows = stand.query("SELECT kind, counterpart, reason, http_status, answer IS NOT NULL FROM message WHERE direction = 'o'")
    assert rows == [(FULLINFO, "shop:A", "accesscontrol.limited-by-app-access-count", 200, True)]
    assert stand.place() == (OPENS.isoformat(), report.error)


class Ticking:
    """A clock that moves whenever it is asked."""

    def __init__(self, clock):
        self.clock = clock

    def now(self):
        self.clock.set(self.clock.now() + timedelta(seconds=1))
        return self.clock.now()


@pytest.mark.parametrize("more", [{}, {"calls_max": 1}], ids=["it goes well", "it fails"])
def test_a_pull_says_the_instant_that_the_database_knows(stand, more):
    world = World(stand, order(1), **more).at(10)
    report = pull_shop(structs.replace(stand.ports, clock=Ticking(stand.clock)), world.puller, stand.shops["A"], start_at=OPENS)
    assert bool(report.error) is bool(more)
    assert stand.query("SELECT pulled_at FROM shop_cursor") == [(report.ended_at,)]


def test_calls_are_kept_when_wanted(stand):
    world = World(stand, order(1)).at(10)
    world.pull(keeps_calls=True)
    assert len(stand.query("SELECT id FROM message WHERE direction = 'o'")) == len(world.line.calls)


def test_an_order_that_changes_twice_within_a_second_is_read_again(stand):
    world = World(stand, order(1, paid_at=None), rules=WindowRules(lag_s=0)).at(1)
    world.pull()
    trade = next(iter(world.platform.state.trades.values()))
    trade.seller_memo = "改地址"  # the same second, the same `modified`
    world.at(1.2).pull()
    assert len(stand.kept()) == 2


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), step_s=st.integers(1, 40))
def test_a_list_that_moves_while_it_is_paged_loses_nothing(stand, seed, step_s):
    """After every call time goes on and buyers act: orders enter the window, leave it, and change between list and detail."""
    rng = Random(seed)
    orders = [order(n, placed_at=minutes(a := rng.uniform(0, 60)), paid_at=minutes(a + rng.uniform(0, 60))) for n in range(1, 41)]
    _start_again(stand)
    stand.clock.set(OPENS)
    world = World(stand, *orders)

    def live():
        world.at((stand.clock.now() - OPENS).total_seconds() / 60 + rng.random() * step_s / 60)

    world.line.between = live
    while stand.clock.now() < minutes(125):
        world.at((stand.clock.now() - OPENS).total_seconds() / 60 + 25)  # far more than the overlap, which would hide a loss
        assert world.pull().error == ""
    world.line.between = lambda: None
    world.at(240).pull()
    kept = stand.query(
        "SELECT business_key, EXTRACT(EPOCH FROM (meta->>'version')::timestamptz)::float8 FROM message WHERE counterpart = %s",
        f"shop:{stand.shops['A'].code}",
    )
    assert world.versions() <= set(kept)
    assert len(kept) == len(set(kept))


def test_a_refund_case_brings_its_order_as_it_stands_now(stand):
    world = World(stand, order(1, refund_asked_at=minutes(20)), order(2)).at(10)
    world.pull()
    refunds = RefundPuller(world.client)
    report = pull_refunds(stand.ports, refunds, world.puller, stand.shops["A"], start_at=OPENS)
    assert (report.landed, report.error) == (0, "")
    world.at(30)
    report = pull_refunds(stand.ports, refunds, world.puller, stand.shops["A"], start_at=OPENS)
    assert (report.read, report.landed, report.error) == (2, 2, "")
    assert (len(stand.kept("refund")), stand.kept()[-1]) == (1, str(TID + 1))
    again = pull_refunds(stand.ports, refunds, world.puller, stand.shops["A"], start_at=OPENS)
    assert (again.read, again.landed) == (0, 0)
    assert stand.pass_all() == 0
    assert dict(stand.query("SELECT platform_order_no, waits_for FROM sales_order"))[str(TID + 1)] != ""
    assert stand.query("SELECT refund FROM order_line l JOIN sales_order o ON o.id = l.order_id WHERE platform_order_no = %s", str(TID + 1)) == [
        ("requested",)
    ]


def test_a_refund_whose_order_cannot_be_read_is_not_passed_by(stand):
    world = World(stand, order(1, refund_asked_at=minutes(20))).at(30)
    world.line.cut = lambda _number, method: method == FULLINFO
    refunds = RefundPuller(world.client)
    report = pull_refunds(stand.ports, refunds, world.puller, stand.shops["A"], start_at=OPENS)
    assert report.error != ""
    assert (stand.kept("refund"), stand.place("refunds")[0]) == ([], OPENS.isoformat())


def raw(no):
    return RawOrder(business_key=str(no), body=b"{}", version_at=OPENS)


class Scripted:
    """A reader whose pages are written down; an exception among them is raised in its turn."""

    def __init__(self, *pages):
        self.pages = pages

    def start_cursor(self, at):
        return at.isoformat()

    def pull(self, cursor, *, now, known=None):
        del now, known
        self.started_at = cursor
        for page in self.pages:
            if isinstance(page, Exception):
                raise page
            yield page


def page(cursor, *numbers):
    return PullPage(orders=tuple(raw(number) for number in numbers), cursor=cursor)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("error", [CallLater("later", retry_after_s=7.0), AnswerUnknown("nothing")])
def test_a_fault_at_any_page_leaves_the_cursor_of_the_last_one_before_it(stand, place, error):
    pages = [page("c0", 1), page("c1", 2), page("c1", 3), page("c2", 4)]
    cursors = [OPENS.isoformat(), "c0", "c1", "c1", "c2"]
    report = pull_shop(stand.ports, Scripted(*pages[:place], error, *pages[place:]), stand.shops["A"], start_at=OPENS)
    assert (report.landed, report.retry_after_s) == (place, error.retry_after_s)
    assert stand.place() == (cursors[place], f"{type(error).__name__}: {error}")
    again = Scripted(*pages)
    report = pull_shop(stand.ports, again, stand.shops["A"], start_at=OPENS)
    assert (again.started_at, report.landed, report.repeated, report.error) == (cursors[place], 4 - place, place, "")
    assert stand.kept() == ["1", "2", "3", "4"]


def test_two_pullers_of_one_feed_do_not_pass_one_another(stand):
    class Racing(Scripted):
        def pull(self, cursor, *, now, known=None):
            pull_shop(stand.ports, Scripted(page("theirs", 1)), stand.shops["A"], start_at=OPENS)
            yield from super().pull(cursor, now=now, known=known)

    report = pull_shop(stand.ports, Racing(page("ours", 1, 2)), stand.shops["A"], start_at=OPENS)
    assert (report.error, report.landed) == ("overtaken", 0)
    assert stand.place() == ("theirs", "")


def test_feeds_of_one_shop_have_places_of_their_own(stand):
    for feed in (Feed.ORDERS, Feed.BULK):
        pull_shop(stand.ports, Scripted(page(f"at {feed}", 1)), stand.shops["A"], start_at=OPENS, feed=feed)
    assert stand.query("SELECT feed, read_ref, read_to FROM shop_cursor ORDER BY 1") == [("bulk", "at bulk", OPENS), ("orders", "at orders", OPENS)]


def test_a_place_made_by_hand_is_where_a_feed_begins(stand):
    stand.query("INSERT INTO shop_cursor (shop_id, feed, read_to) VALUES (%s, 'orders', %s) RETURNING feed", stand.shops["A"].id, minutes(-90))
    reader = Scripted(page("c1", 1))
    assert pull_shop(stand.ports, reader, stand.shops["A"], start_at=OPENS).landed == 1
    assert reader.started_at == minutes(-90).isoformat()


CRASHING = """
import sys
from datetime import datetime
from intake.test_pulling import Scripted, page
from intake.stand import Stand
from paidan.intake.pulling import pull_shop
from paidan.network.load import read_network
from paidan.runtime.database import Database

database = Database(sys.argv[1], sys.argv[2])
stand = Stand(database, datetime.fromisoformat(sys.argv[3]))
with database.transaction() as tx:
    shop = read_network(tx, -1).shop_by_code("A")
pages = [page("c0", 1), page("c1", 2), page("c1", 3), page("c2", 4)]
print(pull_shop(stand.ports, Scripted(*pages), shop, start_at=stand.clock.now()).landed)
"""


@pytest.mark.parametrize(("at", "kept", "cursor"), [("pull.page_landed:3", 3, "c1"), ("pull.cursor_moved:2", 2, "c1")])
def test_a_process_killed_at_a_crash_point_has_kept_what_the_cursor_says(stand, server, merchant, at, kept, cursor):
    command = [sys.executable, "-c", CRASHING, server.app_url, merchant, OPENS.isoformat()]
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path), "PAIDAN_CRASH_AT": at}
    died = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own code
    assert died.returncode == 137, died.stderr
    assert (len(stand.kept()), stand.place()[0]) == (kept, cursor)
    pages = [page("c0", 1), page("c1", 2), page("c1", 3), page("c2", 4)]
    report = pull_shop(stand.ports, Scripted(*pages), stand.shops["A"], start_at=OPENS)
    assert (report.landed, report.repeated) == (4 - kept, kept)
    assert (sorted(stand.kept()), stand.place()[0]) == (["1", "2", "3", "4"], "c2")  # ids of two processes
