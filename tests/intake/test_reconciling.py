from datetime import timedelta

import pytest
from msgspec import structs

from intake.stand import APP_KEY, SECRET, Line, Stand
from paidan.channels.taobao.channel import client_of
from paidan.channels.taobao.pull import CREATED, FULLINFO, TaobaoPuller
from paidan.intake.doors import WHOLE_HOURS
from paidan.intake.landing import land
from paidan.intake.pulling import pull_shop
from paidan.intake.reconciling import reconcile
from paidan.world.taobao import TaobaoPlatform
from scene import empty
from world.taobao_client import OPENS, make_day, minutes, order

HOURS = structs.replace(WHOLE_HOURS, page_size=4)


@pytest.fixture
def stand(server, merchant, database):
    empty(server.owner_url, merchant)
    return Stand(database, OPENS).open_taobao("A")


class World:
    """An order every six minutes."""

    def __init__(self, stand, count=30):
        self.stand = stand
        orders = [order(n, placed_at=minutes(6 * n - 3), paid_at=minutes(6 * n)) for n in range(1, count + 1)]
        self.platform = TaobaoPlatform(make_day(*orders), app_key=APP_KEY, app_secret=SECRET)
        self.line = Line(self.platform, stand.clock)
        client = client_of(stand.settings(), self.line, stand.clock)
        self.puller = TaobaoPuller(client)
        self.created = TaobaoPuller(client, HOURS, CREATED)

    def at(self, minute):
        self.stand.clock.set(minutes(minute))
        self.platform.advance(minutes(minute))
        return self

    def poll(self):
        return pull_shop(self.stand.ports, self.puller, self.stand.shops["A"], start_at=OPENS)

    def count_again(self):
        return reconcile(self.stand.ports, self.created, self.stand.shops["A"], start_at=OPENS)

    def tids(self):
        return sorted(str(tid) for tid in self.platform.state.trades)


def test_orders_that_every_other_feed_has_missed_are_found_and_fetched(stand):
    world = World(stand).at(31)
    world.poll()
    # As a mistake of ours, or a platform that told nothing: the poll goes on behind orders it never read.
    stand.query("UPDATE shop_cursor SET read_ref = %s RETURNING feed", minutes(150).isoformat())
    world.at(131)
    world.poll()
    assert len(stand.kept()) == 5
    found = world.count_again()
    assert [(count.platform, count.ours, len(count.missing)) for count in found.counts] == [(10, 5, 5), (10, 0, 10)]
    assert (found.report.read, found.report.landed, found.report.error) == (15, 15, "")
    assert sorted(stand.kept()) == world.tids()[:20]  # the third hour is not over
    world.line.calls.clear()
    assert world.count_again().counts == ()
    assert world.line.calls == []


def test_what_we_have_by_any_door_is_not_read_again(stand):
    world = World(stand).at(75)
    world.poll()
    stand.pass_all()
    world.at(80)
    details = world.line.calls.count(FULLINFO)
    (count,) = world.count_again().counts
    assert (count.platform, count.ours, count.missing) == (10, 10, ())
    assert world.line.calls.count(FULLINFO) == details


def test_an_order_that_has_landed_and_not_yet_passed_is_ours(stand):
    world = World(stand).at(75)
    with stand.database.transaction() as tx:
        page = world.puller.read_orders(world.tids()[:3])
        land(tx, stand.ids, stand.sealer, stand.shops["A"], page.orders, stand.clock.now(), "push")
    assert (world.count_again().counts[0].ours, len(stand.kept())) == (3, 10)


@pytest.mark.parametrize("broken", range(1, 9))
def test_an_hour_in_which_a_call_failed_is_counted_again(stand, broken):
    world = World(stand).at(75)
    world.line.cut = lambda number, _method: number == broken
    failed = world.count_again()
    assert failed.report.error != ""
    assert stand.place("created")[0] == OPENS.isoformat()
    world.line.cut = lambda _number, _method: False
    (count,) = world.count_again().counts
    assert (count.platform, stand.place("created")[0]) == (10, (OPENS + timedelta(hours=1)).isoformat())
    assert sorted(stand.kept()) == world.tids()[:10]
