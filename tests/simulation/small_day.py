"""A seeded day in one process over a real database: messages late, twice and out of order, passes in pieces, warehouses of many minds, people, time."""

from datetime import datetime, timedelta
from random import Random

from hands import BUCKETS, accepts, delivers, gives_back, go_round, keeps, let_go, order_by_hand, rejects, settle_down, ships
from intake.histories import CODES, Telling
from paidan.channels.facts import PlatformOrder, PlatformStatus
from paidan.kernel.reasons import Reason
from paidan.orders.commands import Cancel, Edit, PutHold, ReleaseHolds
from paidan.orders.load import due_order_ids
from paidan.pipeline import run_pass
from paidan.runtime.waiting import waiting_ids
from paidan.sourcing.waking import wake
from scene import NOW, Scene

STEPS = ("pay", "pay", "pay", "flag", "remark", "move", "request", "withdraw", "refund", "cancel", "close", "forbid")
WAITING = {Reason.PAYMENT_MISSING, Reason.PLATFORM_FORBIDS, Reason.REFUND_REQUESTED, Reason.REMARK_UNREAD, Reason.SHORT_OF_STOCK, Reason.SPLIT_CAP}
WAITING |= {Reason.NO_WAREHOUSE_SERVES, Reason.WAREHOUSE_REFUSED_RECALL, Reason.ALREADY_SHIPPED}
"""What an order may wait for at the end of the day, when warehouses do as they are asked, stock is plenty and people have let go of their holds."""


class SmallDay:
    """One seed, one day. Every act is one line of `story`, so that a failing seed can be read."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.chance = Random(seed)
        self.now = NOW
        self.tellings: list[Telling] = []
        self.on_the_way: list[PlatformOrder] = []
        self.told: list[PlatformOrder] = []
        self.story: list[str] = []
        # A merged seed in five has one warehouse only: then a reject leaves nobody.
        shelves = ("A", "B") if self.chance.random() < 0.8 else ("A",)
        scene.set_up({place: {code: self.chance.randint(0, 6) for code in CODES} for place in shelves})
        self.places = shelves

    def act(self) -> None:
        """One act of somebody."""
        name = self.chance.choices(tuple(ACTS), weights=tuple(ACTS.values()))[0]
        self.story.append(f"{self.now:%d %H:%M} {name}")
        getattr(self, name)()

    def buy(self) -> None:
        units = tuple(self.chance.choice((0, 1, 1, 2)) for _ in CODES)
        number = len(self.tellings) + 1
        more = {"ship_by_at": self.now + timedelta(hours=self.chance.randint(12, 72)), "version_at": self.now, "is_cod": self.chance.random() < 0.1}
        if more["is_cod"]:
            more["status"] = PlatformStatus.PAID
        elif self.chance.random() < 0.6:
            more |= {"status": PlatformStatus.PAID, "paid_at": self.now}
        telling = Telling(units if any(units) else (1, 0, 0), str(number), self.chance.randint(1, 5), **more)
        self.tellings.append(telling)
        self.on_the_way.append(telling.facts)

    def platform_tells(self) -> None:
        if self.tellings:
            telling = self.chance.choice(self.tellings[-8:])
            telling.take((self.chance.choice(STEPS), self.chance.randint(0, 2), self.chance.choice((1, 1, 0))))
            self.on_the_way.append(telling.facts)

    def messages_come(self) -> None:
        """Some of what is on its way, in any order; now and then something told before comes again."""
        self.chance.shuffle(self.on_the_way)
        coming = [self.on_the_way.pop() for _ in range(min(len(self.on_the_way), self.chance.randint(1, 4)))]
        if self.told and self.chance.random() < 0.3:
            coming.append(self.chance.choice(self.told))
        if coming:
            self.scene.say(*coming)
            self.told += coming

    def pass_looks(self) -> None:
        """A pass over a part of what waits; now and then it dies before its commit."""
        limit = self.chance.choice((1, 3, 500))
        with self.scene.database.transaction() as tx:
            due, messages = due_order_ids(tx, BUCKETS, limit, self.now), waiting_ids(tx, BUCKETS, limit)
        try:
            with self.scene.database.transaction() as tx:
                run_pass(tx, self.scene.stages, message_ids=messages, order_ids=due, now=self.now)
                if self.chance.random() < 0.1:
                    raise Died
        except Died:
            self.story.append("    died before the commit")

    def release_goes(self) -> None:
        let_go(self.scene, self.now)

    def waker_looks(self) -> None:
        with self.scene.database.transaction() as tx:
            wake(tx, self.now)

    def stock_comes(self) -> None:
        with self.scene.database.transaction() as tx:
            self.scene.receive(tx, self.chance.choice(self.places), self.chance.choice(CODES), self.chance.randint(1, 3))

    def time_goes(self) -> None:
        self.now += timedelta(minutes=self.chance.choice((1, 5, 15, 60)))

    def warehouse_acts(self) -> None:
        leader = self._any("SELECT id FROM fulfilment WHERE state IN (30, 40, 50, 60) AND merged_into_id IS NULL ORDER BY id")
        if leader is None:
            return
        what = self.chance.choice((accepts, accepts, ships, ships, ships, rejects, gives_back, gives_back, keeps))
        if what is not ships:
            what(self.scene, leader, self.now)
        elif self.chance.random() < 0.3:
            ships(self.scene, leader, short_by=1, is_final=self.chance.random() < 0.5, now=self.now)
        else:
            ships(self.scene, leader, now=self.now)

    def carrier_delivers(self) -> None:
        leader = self._any("SELECT id FROM fulfilment WHERE state = 70 AND merged_into_id IS NULL ORDER BY id")
        if leader is not None:
            delivers(self.scene, leader, self.now)

    def person_acts(self) -> None:
        order_id = self._any("SELECT id FROM sales_order ORDER BY id")
        if order_id is None:
            return
        until = self.now + timedelta(minutes=self.chance.choice((5, 60)))
        commands = (
            PutHold(note="", stops=self.chance.choice((1, 2)), expires_at=self.chance.choice((None, until))),
            ReleaseHolds(note=""),
            ReleaseHolds(note=""),
            Cancel(note=""),
            Edit(is_alone=self.chance.random() < 0.5),
            Edit(warehouse_id=self.chance.choice((None, *self.scene.warehouses.values()))),
        )
        order_by_hand(self.scene, order_id, self.chance.choice(commands), now=self.now)

    def _any(self, question: str) -> int | None:
        rows = self.scene.query(question)
        return self.chance.choice(rows)[0] if rows else None

    def in_order(self) -> None:
        """The books add up, and nobody is forgotten."""
        assert self.scene.broken_invariants() == {}, self.told_story()

    def told_story(self) -> str:
        return "\n".join(["", *self.story[-60:]])

    def evening(self) -> None:
        """Liveness: everything told arrives, stock is plenty, warehouses do as they are asked, people let go; all must come to an end by itself."""
        self.story.append("evening")
        self.scene.say(*self.on_the_way, *(telling.facts for telling in self.tellings))
        with self.scene.database.transaction() as tx:
            for place in self.places:
                for code in CODES:
                    self.scene.receive(tx, place, code, 1000)
        for _ in range(12):
            self.now += timedelta(minutes=61)
            settle_down(self.scene, self.now)
            for (order_id,) in self.scene.query("SELECT DISTINCT order_id FROM hold WHERE closed_at IS NULL AND reason IN ('held_by_person')"):
                order_by_hand(self.scene, order_id, ReleaseHolds(note="", reasons=(Reason.HELD_BY_PERSON,)), now=self.now)
            for leader, state in self.scene.query("SELECT id, state FROM fulfilment WHERE state IN (30, 40, 50, 60) AND merged_into_id IS NULL"):
                (gives_back if state == 50 else ships)(self.scene, leader, now=self.now)
            settle_down(self.scene, self.now)
        assert go_round(self.scene, self.now + timedelta(days=1)) == 0, self.told_story()

    def all_came_to_an_end(self) -> None:
        """Every order is shipped, cancelled, or waits for one of the things the day has left open; none of them for something that is there."""
        rows = self.scene.query("SELECT platform_order_no, state, waits_for, due_at, is_closed, edits FROM sales_order")
        assert len(rows) == len(self.tellings)
        assert self.scene.query("SELECT COUNT(*) FROM message WHERE state <> 1 AND direction = 'i'") == [(0,)]
        newest = {telling.facts.platform_order_no: telling.facts for telling in self.tellings}
        for number, state, waits_for, due_at, is_closed, edits in rows:
            facts = newest[number]
            told = (number, state, waits_for, self.told_story())
            assert due_at is None, told
            assert state in {70, 80, 90, 95} or waits_for in WAITING, told
            assert is_closed == (facts.status in {PlatformStatus.CLOSED_UNPAID, PlatformStatus.CLOSED_REFUNDED}), told
            is_clean = facts.status == PlatformStatus.PAID and not facts.buyer_remark and not any(x.refund == "requested" for x in facts.lines)
            if is_clean and not edits and state not in {70, 80, 90, 95}:
                assert waits_for in {Reason.NO_WAREHOUSE_SERVES, Reason.WAREHOUSE_REFUSED_RECALL, Reason.ALREADY_SHIPPED}, told
        lost = self.scene.query(
            "SELECT o.platform_order_no FROM sales_order o JOIN order_line l ON l.order_id = o.id WHERE o.state = 95 AND NOT o.is_closed"
            " AND COALESCE(o.edits ->> 'cancel', '') = '' GROUP BY 1 HAVING SUM(l.taken_back) < SUM(l.quantity)"
        )
        assert lost == [], self.told_story()


class Died(Exception):
    """The process of a pass is gone."""


ACTS = {
    "buy": 8, "platform_tells": 12, "messages_come": 14, "pass_looks": 16, "release_goes": 6, "waker_looks": 4, "stock_comes": 5, "time_goes": 10,
    "warehouse_acts": 12, "carrier_delivers": 4, "person_acts": 4,
}  # fmt: skip


def live(scene: Scene, seed: int, *, acts: int = 150, look_every: int = 10) -> datetime:
    """A day of so many acts, its evening, and the reckoning."""
    day = SmallDay(scene, seed)
    for n in range(acts):
        day.act()
        if n % look_every == 0:
            day.in_order()
    day.evening()
    day.in_order()
    day.all_came_to_an_end()
    return day.now
