from collections import deque
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counting import counted
from feedback.shelf_fakes import FakeLinks, FakeShelf
from paidan.catalog.load import cache_versions
from paidan.feedback import pushing
from paidan.feedback.listings import start_listings, stop_telling, tell_anew
from paidan.feedback.pushing import Pusher, PushRules, mark
from paidan.network.load import NetworkCache
from paidan.network.masters import switch_stock_push
from paidan.runtime.clocks import FixedClock
from paidan.stock.moves import Enter, StockMoves
from paidan.stock.store import apply, lock
from scene import NOW, Scene, empty

RULES = PushRules(wait_s=1, retry_first_s=1, flight_s=1)


class Shops:
    """Two shops that sell one SKU and a bundle of it; their news come when the test says so."""

    def __init__(self, scene: Scene, stock: int = 5, rules: PushRules = RULES) -> None:
        self.scene = scene.set_up({"A": {"X": stock, "Y": 100}}, bundles={"SET": {"X": 2, "Y": 1}})
        self.clock = FixedClock(NOW)
        self.shelves = {"S1": FakeShelf(), "S2": FakeShelf()}
        (self.second,) = scene.ids.take(1)
        scene.query("INSERT INTO shop (id, code, name, platform) VALUES (%s, 'S2', '二店', 'taobao') RETURNING id", self.second)
        self.shop_ids = {"S1": scene.shop_id, "S2": self.second}
        self.listings: dict[tuple[str, str], int] = {}
        for shop in self.shop_ids:
            for code in ("X", "SET"):
                self.offer(shop, code)
        for shop_id in self.shop_ids.values():
            scene.query("INSERT INTO shop_cursor (shop_id, feed, read_to) VALUES (%s, 'orders', %s) RETURNING 1", shop_id, NOW)
        with scene.database.transaction() as tx:
            start_listings(tx, [(shop, code, "", self.shelves[shop].display[code]) for shop, code in self.listings])
        self.rules = rules
        self.pusher = self.new_pusher()
        self.news: deque[tuple] = deque()
        self.waiting = 0
        self.documents = 0

    def new_pusher(self) -> Pusher:
        scene = self.scene
        network = NetworkCache()
        return Pusher(scene.database, FakeLinks(self.shelves), network, clock=self.clock, ids=scene.ids, sealer=scene.sealer, rules=self.rules)

    def offer(self, shop: str, code: str, item: str = "") -> None:
        (listing_id,) = self.scene.ids.take(1)
        self.listings[shop, item or code] = listing_id
        self.shelves[shop].display[item or code] = 0
        self.scene.query(
            "INSERT INTO listing (id, shop_id, item_ref, sku_id) VALUES (%s, %s, %s, %s) RETURNING 1",
            listing_id, self.shop_ids[shop], item or code, self.scene.skus[code],
        )  # fmt: skip

    # what happens outside

    def sell(self, shop: str, code: str, quantity: int, *, oversells: bool = False) -> bool:
        """A buyer pays; with `oversells` he had ordered while there was enough."""
        if self.shelves[shop].display[code] < quantity and not oversells:
            return False
        taken = self.shelves[shop].sell(code, quantity)
        self.news.append((self.clock.now(), shop, code, quantity, taken))
        return True

    def close(self, sale: tuple) -> None:
        """The platform closes a sale and shows again what it had really taken."""
        _, shop, code, quantity, taken = sale
        self.shelves[shop].give_back(code, taken)
        self.news.append((self.clock.now(), shop, code, -quantity, 0))

    # what we hear and do

    def hear(self, n: int = 1000) -> list[tuple]:
        """The next news become demand, with what the platform has subtracted; the feeds are read up to there."""
        heard = [self.news.popleft() for _ in range(min(n, len(self.news)))]
        for _, shop, code, quantity, _ in heard:
            units = {"X": {"X": 1}, "SET": {"X": 2, "Y": 1}}[code]
            moves = StockMoves(demand={self.scene.skus[part]: (0, n * quantity) for part, n in units.items()})
            moves.add_sold([(self.listings[shop, code], quantity)])
            self._move(moves)
        read_to = self.news[0][0] - timedelta(seconds=1) if self.news else self.clock.now()
        self.scene.query("UPDATE shop_cursor SET read_to = %s RETURNING 1", read_to)
        return heard

    def restock(self, quantity: int) -> None:
        self.documents += 1
        enter = Enter(
            document_id=self.documents, line_no=1, kind="adjust", sequence=1, sku_id=self.scene.skus["X"],
            warehouse_id=self.scene.warehouses["A"], quantity=quantity, cause="test", occurred_at=NOW,
        )  # fmt: skip
        self._move(StockMoves(enter=[enter]))

    def _move(self, moves: StockMoves) -> None:
        with self.scene.database.transaction() as tx:
            lock(tx, moves, NOW)
            apply(tx, moves, ids=self.scene.ids, now=NOW)

    def push(self, seconds: int = 1):
        self.clock.forward(seconds=seconds)
        return self.pusher.once()

    def rest(self) -> None:
        """Everything is heard, nothing is lost any more, time passes."""
        for shelf in self.shelves.values():
            shelf.lose = lambda _items: ""
        for _ in range(40):
            self.clock.forward(seconds=5)
            self.hear()
            self.pusher.once()
            if not self.scene.query("SELECT 1 FROM listing_stock WHERE is_dirty"):
                return
        raise AssertionError("it never comes to rest")

    def sellable(self) -> dict[str, int]:
        on_hand = self.scene.query("SELECT on_hand FROM balance WHERE sku_id = %s", self.scene.skus["X"])[0][0]
        short = dict(self.scene.query("SELECT sku_id, held + short FROM demand"))
        x = max(on_hand - short.get(self.scene.skus["X"], 0), 0)
        y = max(100 - short.get(self.scene.skus["Y"], 0), 0)
        return {"X": x, "SET": min(x // 2, y)}

    def displays(self) -> dict[str, dict[str, int]]:
        return {shop: dict(shelf.display) for shop, shelf in self.shelves.items()}

    def check_rest(self) -> None:
        wanted = self.sellable()
        assert self.displays() == {"S1": wanted, "S2": wanted}
        assert self.pusher.strays() == []


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)


@pytest.fixture
def shops(scene):
    return Shops(scene)


def test_every_listing_of_a_sku_and_of_its_bundles_follows_the_stock(shops):
    shops.rest()
    assert shops.displays() == {"S1": {"X": 5, "SET": 2}, "S2": {"X": 5, "SET": 2}}
    shops.restock(-2)
    shops.push()
    assert shops.displays() == {"S1": {"X": 3, "SET": 1}, "S2": {"X": 3, "SET": 1}}
    shops.check_rest()


def test_the_shop_that_sold_is_not_told_its_own_sale(shops):
    shops.rest()
    before = {shop: len(shelf.calls) for shop, shelf in shops.shelves.items()}
    shops.sell("S1", "X", 1)
    shops.hear()
    shops.push()
    told = {shop: [(item, delta) for item, delta, _ in shelf.calls[before[shop] :]] for shop, shelf in shops.shelves.items()}
    assert told == {"S1": [], "S2": [("X", -1)]}  # one bundle less needs two of X: floor(4 / 2) = 2 still
    shops.check_rest()


def test_changes_between_two_pushes_go_as_one_the_newest(shops):
    shops.rest()
    for quantity in (-1, -2, 1):
        shops.restock(quantity)
    shops.push()
    assert [delta for item, delta, _ in shops.shelves["S1"].calls if item == "X"][-1] == -2


def test_a_push_that_is_late_by_setting_waits_its_time(scene):
    shops = Shops(scene, rules=PushRules(delay_s=60, wait_s=1, retry_first_s=1))
    shops.rest()
    shops.restock(-2)
    shops.push()
    assert shops.displays()["S1"]["X"] == 5
    shops.push(30)
    shops.pusher = shops.new_pusher()  # a worker that starts looks at everything, and is no quicker for it
    shops.push(29)
    assert shops.displays()["S1"]["X"] == 5
    shops.push()
    assert shops.displays()["S1"]["X"] == 3


def test_a_push_that_was_taken_is_not_looked_at_again_unless_something_was_heard_meanwhile(shops, monkeypatch):
    shops.rest()
    plan, plans = Pusher._plan, []
    monkeypatch.setattr(Pusher, "_plan", lambda *these: plans.append(1) or plan(*these))
    shops.restock(-2)
    shops.push()
    assert (len(plans), shops.scene.query("SELECT 1 FROM listing_stock WHERE is_dirty")) == (2, [])
    shops.check_rest()


def test_what_is_heard_while_a_push_is_under_way_is_pushed_after_it(shops):
    shops.rest()

    def shrink_meanwhile(_items):
        for shelf in shops.shelves.values():
            shelf.lose = lambda _items: ""
        shops.restock(-1)
        with shops.scene.database.transaction() as tx:
            mark(tx, shop_ids=list(shops.shop_ids.values()), now=shops.clock.now())
        return ""

    shops.shelves["S1"].lose = shrink_meanwhile
    shops.restock(-2)
    shops.push()
    assert shops.shelves["S1"].display["X"] == 2
    shops.check_rest()


@pytest.mark.parametrize("fate", ["before", "after"])
def test_what_is_heard_before_a_push_is_sent_again_is_not_forgotten(shops, fate):
    shops.rest()
    fates = deque([fate])
    shops.shelves["S1"].lose = lambda items: fates.popleft() if fates and "X" in items else ""
    shops.restock(-2)
    shops.push()
    shops.scene.query("UPDATE shop SET safety_quantity = 1 WHERE code = 'S1' RETURNING 1")
    shops.scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    shops.push(0)  # the listing in flight is marked with all others, and waits for its answer
    shops.push(5)
    assert shops.shelves["S1"].display["X"] == 2


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_lost_answer_is_asked_for_again_under_the_same_key(shops, fate):
    shops.rest()
    fates = deque([fate, fate])
    shops.shelves["S1"].lose = lambda _items: fates.popleft() if fates else ""
    shops.restock(-4)
    shops.push()
    shops.sell("S1", "X", 1)  # meanwhile, if the platform still shows it
    shops.rest()
    keys = {key for item, delta, key in shops.shelves["S1"].calls if item == "X" and delta == -4}
    assert len(keys) == 1
    shops.check_rest()


def test_sales_we_did_not_know_are_not_shown_again_after_a_decrease_that_was_cut_at_zero(shops):
    shops.rest()
    shops.sell("S1", "X", 3)  # not heard of yet
    shops.restock(-4)
    shops.push()
    assert shops.shelves["S1"].display["X"] == 0
    shops.restock(6)
    shops.push()
    assert shops.shelves["S1"].display["X"] == 0, "more is shown only when the sales before the cut are known"
    shops.rest()
    assert shops.shelves["S1"].display["X"] == 5 - 4 + 6 - 3
    shops.check_rest()


def test_units_given_back_are_only_those_the_platform_had_taken(shops):
    shops.rest()
    sold = [shops.sell("S1", "X", 4), shops.sell("S1", "X", 3, oversells=True)]
    assert sold == [True, True]
    oversold = shops.news[-1]
    shops.rest()
    shops.close(oversold)
    shops.rest()
    assert shops.shelves["S1"].display["X"] == 1
    shops.check_rest()


def test_a_refusal_after_a_lost_answer_is_looked_up(shops):
    shops.rest()
    fates = deque(["after", "refuse"])
    shops.shelves["S1"].lose = lambda items: fates.popleft() if fates and "X" in items else ""
    shops.restock(-2)
    shops.push()
    shops.push(2)
    shops.rest()
    shops.check_rest()


def test_a_sale_older_than_an_increase_is_not_taken_for_a_newer_one(shops):
    shops.rest()
    shops.sell("S1", "X", 5)
    shops.rest()
    shops.clock.forward(seconds=5)
    shops.sell("S1", "X", 2, oversells=True)  # ordered before, paid when nothing was left, not heard of yet
    shops.restock(4)
    shops.scene.query("UPDATE shop_cursor SET read_to = %s RETURNING 1", shops.clock.now())
    shops.push()
    assert shops.shelves["S1"].display["X"] == 4
    shops.rest()
    assert shops.shelves["S1"].display["X"] == 2
    shops.check_rest()


def test_a_sale_older_than_an_increase_is_not_taken_for_a_newer_one_after_a_decrease(shops):
    shops.sell("S1", "X", 1, oversells=True)  # paid before we had set anything, not heard of yet
    shops.push()
    shops.sell("S1", "X", 1)
    shops.restock(-1)
    shops.push()
    assert shops.shelves["S1"].display["X"] == 5 - 1 - 1
    shops.rest()
    shops.check_rest()


def test_an_answer_that_comes_again_late_does_not_answer_the_next_call(shops, monkeypatch):
    shops.rest()
    settle, told = Pusher._settle, []

    def with_all_before(pusher, *these):
        told.append(these)
        for each in told:
            settle(pusher, *each)

    monkeypatch.setattr(Pusher, "_settle", with_all_before)
    shops.restock(-1)
    shops.push()
    shops.shelves["S1"].lose = lambda _items: "before"
    shops.restock(-2)
    shops.push()
    monkeypatch.undo()
    shops.rest()
    shops.check_rest()


def test_what_is_refused_alone_waits_for_the_next_change(shops):
    scene = shops.scene
    shops.rest()
    shops.shelves["S1"].lose = lambda items: "refuse" if "SET" in items else ""
    shops.restock(-4)
    report = shops.push()
    assert report.refused == 1
    assert scene.query("SELECT answer FROM listing_stock WHERE listing_id = %s", shops.listings["S1", "SET"]) == [("refused isv.no",)]
    assert shops.push().sent == 0
    shops.restock(1)
    shops.rest()
    shops.check_rest()


def test_a_listing_nobody_has_set_is_set_in_full_first(shops):
    shops.rest()
    shops.scene.query("DELETE FROM listing_stock WHERE listing_id = %s RETURNING 1", shops.listings["S2", "X"])
    shops.shelves["S2"].display["X"] = 77
    shops.scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'catalog' RETURNING 1")
    shops.push()
    assert shops.shelves["S2"].display["X"] == 5


def test_a_changed_safety_quantity_is_shown(shops):
    shops.rest()
    shops.scene.query("UPDATE shop SET safety_quantity = 2 WHERE code = 'S2' RETURNING 1")
    shops.scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    shops.rest()
    assert shops.displays() == {"S1": {"X": 5, "SET": 2}, "S2": {"X": 3, "SET": 1}}


def test_every_call_is_kept_with_its_answer(shops):
    shops.restock(1)
    shops.rest()
    rows = shops.scene.query("SELECT counterpart, kind, direction, answer IS NOT NULL FROM message")
    assert {row[0] for row in rows} == {"shop:S1", "shop:S2"}
    assert {row[1:] for row in rows} == {("change", "o", True)}


@pytest.mark.parametrize("dies_at", ["push.planned", "push.sent"])
def test_whoever_dies_leaves_a_plan_that_the_next_one_finishes(shops, monkeypatch, dies_at):
    shops.rest()
    shops.restock(-3)

    def die(point: str) -> None:
        if point == dies_at:
            raise KeyboardInterrupt

    monkeypatch.setattr("paidan.feedback.pushing.crash_point", die)
    with pytest.raises(KeyboardInterrupt):
        shops.push()
    monkeypatch.undo()
    shops.pusher = shops.new_pusher()
    shops.sell("S1", "X", 1)
    shops.rest()
    shops.check_rest()


def test_marking_takes_as_many_statements_for_many_changes_as_for_one(shops):
    shops.rest()
    counts = []
    for many in (1, 30):
        for _ in range(many):
            shops.restock(1)
        with shops.scene.database.transaction() as tx, counted(tx) as statements:
            assert mark(tx, shop_ids=list(shops.shop_ids.values()), now=NOW) == many
        counts.append(len(statements))
    assert counts == [6, 6]


def test_planning_takes_as_many_statements_for_many_listings_as_for_one(shops):
    shops.rest()
    counts = []
    for more in (0, 30):
        for n in range(more):
            shops.offer("S1", "X", item=f"L{n}")
        shops.rest()
        shops.restock(-1)
        with shops.scene.database.transaction() as tx:
            mark(tx, shop_ids=list(shops.shop_ids.values()), now=shops.clock.now())
        with shops.scene.database.transaction() as tx:
            network = shops.pusher._network.load(tx, cache_versions(tx)["network"])
            link = FakeLinks(shops.shelves).load(tx, network)[shops.shop_ids["S1"]]
            with counted(tx) as statements:
                shops.pusher._write_plan(tx, shops.pusher._plan(tx, link, network, shops.pusher._seen[0], None), "taobao")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


class Heard:
    """How often each item of a shelf was told, and how."""

    def __init__(self, shelf, monkeypatch):
        self.told = []
        for how in ("set_quantities", "change_quantities"):
            monkeypatch.setattr(shelf, how, self._listening(how, getattr(shelf, how)))

    def _listening(self, how, tell):
        def told(rows, *, key):
            self.told += [(how, row.item_ref, row.quantity) for row in rows]
            return tell(rows, key=key)

        return told


def turn(shops, shop, *, is_on):
    """What the API does when somebody turns a shop's switch."""
    with shops.scene.database.transaction() as tx:
        shop_id, now = shops.shop_ids[shop], shops.clock.now()
        if switch_stock_push(tx, shops.scene.ids, shop_id, now, is_on=is_on, actor="user:li"):
            if is_on:
                tell_anew(tx, shop_id, now)
            else:
                stop_telling(tx, shop_id)


def test_a_shop_switched_off_hears_nothing_and_switched_on_again_hears_every_number_once(shops, monkeypatch):
    shops.rest()
    heard, other = Heard(shops.shelves["S1"], monkeypatch), Heard(shops.shelves["S2"], monkeypatch)
    turn(shops, "S1", is_on=False)
    shops.restock(7)
    shops.sell("S1", "X", 1)  # the platform goes on selling, and we go on hearing of it
    shops.rest()
    assert heard.told == []
    assert shops.displays()["S2"] == shops.sellable() != shops.displays()["S1"]
    assert ("change_quantities", "X", 6) in other.told
    assert shops.pusher.strays() == []  # it shows what somebody else sets
    shops.shelves["S1"].display.update(X=99, SET=0)  # as somebody did
    turn(shops, "S1", is_on=True)
    shops.rest()
    assert sorted(heard.told) == [("set_quantities", "SET", 5), ("set_quantities", "X", 11)]
    shops.check_rest()
    shops.restock(1)
    shops.rest()
    assert ("change_quantities", "X", 1) in heard.told
    shops.check_rest()
    kept = shops.scene.query("SELECT shop_id, is_on, actor FROM stock_push_switch ORDER BY id")
    assert kept == [(shops.shop_ids["S1"], False, "user:li"), (shops.shop_ids["S1"], True, "user:li")]


@pytest.mark.parametrize("crash", ["push.planned", "push.sent"])
def test_a_switch_turned_off_in_the_midst_of_a_push_leaves_nothing_to_be_sent_again(shops, monkeypatch, crash):
    """Whatever was planned and not sent is dropped; an answer on its way finds nothing it belongs to."""
    shops.rest()
    shops.restock(4)
    monkeypatch.setattr(pushing, "crash_point", lambda name: turn(shops, "S1", is_on=False) if name == crash else None)
    shops.push()
    monkeypatch.undo()
    heard = Heard(shops.shelves["S1"], monkeypatch)
    shops.rest()
    assert heard.told == []
    assert shops.scene.query("SELECT 1 FROM listing_stock WHERE shop_id = %s AND (is_dirty OR pending_key <> '')", shops.shop_ids["S1"]) == []
    turn(shops, "S1", is_on=True)
    shops.rest()
    shops.check_rest()


def test_turning_the_switch_takes_as_many_statements_for_many_listings_as_for_one(shops):
    counts = []
    for more in (0, 30):
        for n in range(more):
            shops.offer("S1", "X", item=f"L{n}")
        for is_on in (False, True):
            with shops.scene.database.transaction() as tx, counted(tx) as statements:
                assert switch_stock_push(tx, shops.scene.ids, shops.shop_ids["S1"], NOW, is_on=is_on, actor="user:li")
                (tell_anew(tx, shops.shop_ids["S1"], NOW) if is_on else stop_telling(tx, shops.shop_ids["S1"]))
            counts.append(len(statements))
    assert counts == [6, 8, 6, 8]
    with shops.scene.database.transaction() as tx:
        assert not switch_stock_push(tx, shops.scene.ids, shops.shop_ids["S1"], NOW, is_on=True, actor="user:li")


SHOP = st.sampled_from(["S1", "S2"])
CODE = st.sampled_from(["X", "X", "SET"])
STEP = st.one_of(
    st.tuples(st.just("sell"), SHOP, CODE, st.integers(1, 3), st.booleans()),
    st.tuples(st.just("close"), st.integers(0, 5)),
    st.tuples(st.just("hear"), st.integers(1, 3)),
    st.tuples(st.just("restock"), st.integers(1, 6)),
    st.tuples(st.just("shrink"), st.integers(1, 6)),
    st.tuples(st.just("push"), st.lists(st.sampled_from(["", "before", "after", "refuse"]), max_size=3)),
    st.tuples(st.just("push"), st.just([])),
    st.tuples(st.just("restart")),
    st.tuples(st.just("rest")),
)


def play(shops: Shops, steps) -> None:
    sales: list[tuple] = []
    for name, *more in steps:
        shops.clock.forward(seconds=2)
        ACTS[name](shops, sales, *more)
    come_to_rest(shops, sales)


def sell(shops: Shops, sales: list[tuple], shop: str, code: str, quantity: int, oversells: bool) -> None:  # noqa: FBT001 - drawn by position
    if shops.sell(shop, code, quantity, oversells=oversells):
        sales.append(shops.news[-1])


def close(shops: Shops, sales: list[tuple], which: int) -> None:
    if sales:
        shops.close(sales.pop(which % len(sales)))


def shrink(shops: Shops, _sales: list[tuple], quantity: int) -> None:
    on_hand = shops.scene.query("SELECT on_hand FROM balance WHERE sku_id = %s", shops.scene.skus["X"])[0][0]
    if min(quantity, on_hand):
        shops.restock(-min(quantity, on_hand))


def push(shops: Shops, _sales: list[tuple], fates: list[str]) -> None:
    left = deque(fates)
    for shelf in shops.shelves.values():
        shelf.lose = lambda _items: left.popleft() if left else ""
    shops.pusher.once()
    check_bound(shops)


def restart(shops: Shops, _sales: list[tuple]) -> None:
    shops.pusher = shops.new_pusher()


def come_to_rest(shops: Shops, _sales: list[tuple]) -> None:
    shops.rest()
    refresh_refused(shops)
    shops.check_rest()


ACTS = {
    "sell": sell,
    "close": close,
    "hear": lambda shops, _sales, n: shops.hear(n),
    "restock": lambda shops, _sales, n: shops.restock(n),
    "shrink": shrink,
    "push": push,
    "restart": restart,
    "rest": come_to_rest,
}


def refresh_refused(shops: Shops) -> None:
    """A refusal waits for the next change: here is one."""
    shops.restock(1)
    shops.rest()


def check_bound(shops: Shops) -> None:
    """What is settled never shows more than we know to be sellable, but for units given back we have not heard of."""
    wanted = shops.sellable()
    for (shop, code), listing_id in shops.listings.items():
        is_dirty, answer = shops.scene.query("SELECT is_dirty, answer FROM listing_stock WHERE listing_id = %s", listing_id)[0]
        if not is_dirty and "refused" not in answer:
            returned = sum(-quantity for _, s, c, quantity, _ in shops.news if (s, c) == (shop, code) and quantity < 0)
            assert shops.shelves[shop].display[code] <= wanted[code] + returned


@pytest.fixture
def new_shops(server, merchant, database, ids, sealer):
    def made() -> Shops:
        empty(server.owner_url, merchant)
        return Shops(Scene(database, ids, sealer))

    return made


quick = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@given(steps=st.lists(STEP, max_size=25))
@settings(max_examples=20, **quick)
def test_any_interleaving_ends_with_every_listing_showing_what_is_sellable(new_shops, steps):
    play(new_shops(), steps)


@pytest.mark.deep
@given(steps=st.lists(STEP, min_size=12, max_size=40))
@settings(max_examples=2000, **quick)
def test_two_thousand_long_interleavings_end_with_every_listing_showing_what_is_sellable(new_shops, steps):
    play(new_shops(), steps)


def test_a_bound_shop_shows_only_its_warehouses_stock_less_what_waits_for_it(scene):
    shops = Shops(scene)  # 5 of X in A
    (other,) = scene.ids.take(1)
    scene.query("INSERT INTO warehouse (id, code, name) VALUES (%s, 'B', 'B') RETURNING 1", other)
    scene.warehouses["B"] = other
    for shop, place in (("S1", "A"), ("S2", "B")):
        scene.query("INSERT INTO shop_warehouse VALUES (%s, %s) RETURNING 1", shops.shop_ids[shop], scene.warehouses[place])
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    with scene.database.transaction() as tx:
        scene.receive(tx, "B", "X", 3)
    shops.rest()
    assert [shops.displays()[shop]["X"] for shop in ("S1", "S2")] == [5, 3]
    # Two units that an order of S2 waits for: S1 shows as many as before.
    waits(scene, shops.second, units=2)
    scene.query("UPDATE cache_version SET version = version + 1 WHERE subject = 'network' RETURNING 1")
    shops.rest()
    assert [shops.displays()[shop]["X"] for shop in ("S1", "S2")] == [5, 1]
    assert shops.pusher.strays() == []


def waits(scene, shop_id, *, units):
    """An order of this shop is short of X."""
    scene.query(
        "INSERT INTO sales_order (id, order_no, shop_id, platform_order_no, bucket, state, path, platform_status, platform_version_at, platform_digest,"
        " placed_at, currency, goods_minor, discount_minor, freight_minor, paid_minor, created_at, changed_at)"
        " VALUES (1, 'SO1', %s, '1', 1, 40, '{20,30,40}', 30, %s, '', %s, 'CNY', 0, 0, 0, 0, %s, %s) RETURNING 1",
        shop_id, NOW, NOW, NOW, NOW,
    )  # fmt: skip
    scene.query(
        "INSERT INTO order_line (order_id, line_no, kind, sku_id, quantity, price_minor, payable_minor, short)"
        " VALUES (1, 1, 'goods', %s, %s, 0, 0, %s) RETURNING 1",
        scene.skus["X"], units, units,
    )  # fmt: skip
