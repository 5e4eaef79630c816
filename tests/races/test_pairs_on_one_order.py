"""Every pair of commands that may meet on one order, in both ways they can meet: one after the other's lock, and one with a view gone stale."""

from itertools import count, product

import pytest

from hands import ACTOR, leaders, let_go, order_by_hand, settle_down
from paidan.catalog.load import cache_versions
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.counterparts.qimen.reports import DeliveryConfirm
from paidan.editing.edits import EditLines, EditReceiver, Gift, LineChange
from paidan.editing.step import Wanted
from paidan.editing.step import run as run_edit
from paidan.fulfilment.decide import accept, agree_recall, give_up, refuse_recall
from paidan.fulfilment.load import finish, take
from paidan.fulfilment.shipping import Known, Package, confirm_shipping
from paidan.kernel.states import FulfilmentState
from paidan.orders.commands import Cancel, PutHold, Request
from paidan.orders.commands import run as run_commands
from paidan.orders.fulfilment_no import fulfilment_no
from paidan.orders.merge_keys import MergeKey, set_merge_keys
from paidan.orders.parcels import parcels_known
from paidan.orders.store import make_due
from paidan.pipeline import run_pass
from paidan.release.step import release
from races.stepping import Actor
from scene import NOW, line, order, receiver

LATER = NOW.replace(hour=5)
LAST = NOW.replace(hour=20)
ELSEWHERE = {"province": "广东省", "city": "广州市", "district": "天河区", "detail": "体育西路1号"}
LOCKING = "-- Locks the rows a pass is about to write"
numbers = count(1)


@pytest.fixture(scope="module", autouse=True)
def stocked(scene):
    scene.set_up({"A": {"X": 10_000}, "B": {"X": 10_000}})


class Case:
    """One order, sourced and due for release, and the commands that may come to it. Messages are kept before the race."""

    def __init__(self, scene):
        self.scene = scene
        self.no = f"N{next(numbers)}"
        self.say(line("X", 2))
        self.act("message")(None)
        [(self.order_id, self.fulfilment_id)] = scene.query(
            "SELECT o.id, f.id FROM sales_order o JOIN fulfilment f ON f.order_id = o.id WHERE platform_order_no = %s", self.no
        )

    def say(self, *lines, **more):
        self.messages = self.scene.say(
            order(self.no, *lines, receiver=more.pop("receiver", receiver(len(self.no) * 1000 + int(self.no[1:]))), **more)
        )

    def act(self, name):
        """The command as something to be done in a transaction; `None`: in one of its own, now."""
        method = getattr(self, name)

        def run(tx):
            if tx is not None:
                return method(tx)
            with self.scene.database.transaction() as own:
                return method(own)

        return run

    def prepare(self, names):
        """Messages wait at the door before anybody looks."""
        for name in names:
            if name in MESSAGES:
                lines, more = MESSAGES[name]
                self.say(line("X", 2, **lines), **{"version_at": LATER, **more})

    def message(self, tx):
        return run_pass(tx, self.scene.stages, message_ids=self.messages, order_ids=[], now=NOW)

    closed = moved = refund_asked = message

    def looked_at(self, tx):
        return run_pass(tx, self.scene.stages, message_ids=[], order_ids=[self.order_id], now=LATER)

    def released(self, tx):
        network = self.scene.stages.network.load(tx, cache_versions(tx)["network"])
        return release(tx, [self.fulfilment_id], network=network, ids=self.scene.ids, sealer=self.scene.sealer, now=LATER)

    def woken(self, tx):
        make_due(tx, [self.order_id], LATER)

    def keyed(self, tx):
        [(version,)] = tx.execute("SELECT version FROM sales_order WHERE id = %s", (self.order_id,))
        set_merge_keys(tx, [MergeKey(order_id=self.order_id, version=version, merge_key=b"k")], LATER)

    def by_hand(self, tx, command):
        [answer] = run_commands(
            tx, self.scene.ids, self.scene.sealer, [Request(order_id=self.order_id, command=command)], actor="user:test", now=LATER
        )
        return answer

    def cancelled_by_hand(self, tx):
        return self.by_hand(tx, Cancel(note=""))

    def held_by_hand(self, tx):
        return self.by_hand(tx, PutHold(note=""))

    def edited(self, tx, edit):
        network = self.scene.stages.network.load(tx, cache_versions(tx)["network"])
        wanted = Wanted(order_id=self.order_id, edit=edit, actor="user:test")
        return run_edit(tx, wanted, network=network, ids=self.scene.ids, sealer=self.scene.sealer, now=LATER)

    def address_edited(self, tx):
        return self.edited(tx, EditReceiver(**ELSEWHERE))

    def lines_edited(self, tx):
        return self.edited(tx, EditLines(changes=(LineChange(line_no=1, quantity=1),), gifts=(Gift(sku_code="X"),)))

    def of_warehouse(self, tx, decide, before=lambda: None):
        work = take(tx, [self.fulfilment_id])
        before()
        decide(work, work.groups[self.fulfilment_id])
        finish(tx, work, ids=self.scene.ids, sealer=self.scene.sealer, now=LATER)

    def accepted(self, tx):
        self.of_warehouse(tx, lambda work, group: accept(work, group, "W", ACTOR))

    def rejected(self, tx):
        self.of_warehouse(tx, lambda work, group: give_up(work, group, FulfilmentState.REJECTED, "no", LATER, ACTOR))

    def given_back(self, tx):
        self.of_warehouse(tx, lambda work, group: agree_recall(work, group, LATER, ACTOR))

    def kept(self, tx):
        self.of_warehouse(tx, lambda work, group: refuse_recall(work, group, "no", LATER, ACTOR))

    def shipped(self, tx):
        number = fulfilment_no(self.fulfilment_id)
        confirm = DeliveryConfirm(delivery_order_code=number, packages=(Package(logistics_code="ZTO", express_code=f"E{self.fulfilment_id}"),))
        known = Known(skus=self.scene.skus, carriers={"ZTO": self.scene.carrier_id}, take_ids=self.scene.ids.take, now=LATER)

        def see_parcels():
            known.parcels.update({(p.carrier_id, p.tracking_no): p for p in parcels_known(tx, [self.fulfilment_id], [])})

        self.of_warehouse(tx, lambda work, group: confirm_shipping(work, known, group, 1, confirm, cause="c", at=LATER, actor=ACTOR), see_parcels)

    def state(self):
        [(state, is_closed, edits)] = self.scene.query("SELECT state, is_closed, edits FROM sales_order WHERE id = %s", self.order_id)
        holds = {row[0] for row in self.scene.query("SELECT reason FROM hold WHERE order_id = %s AND closed_at IS NULL", self.order_id)}
        return state, is_closed or bool((edits or {}).get("cancel")), "warehouse_refused_recall" in holds

    def end(self):
        """What was asked back from the warehouse is given back; nothing is due any more; the books are in order."""
        settle_down(self.scene, LATER)
        for leader in leaders(self.scene):
            with self.scene.database.transaction() as tx:
                work = take(tx, [leader])
                agree_recall(work, work.groups[leader], LATER, ACTOR)
                finish(tx, work, ids=self.scene.ids, sealer=self.scene.sealer, now=LATER)
        settle_down(self.scene, LAST)
        assert self.scene.broken_invariants() == {}
        state, is_wanted_back, is_kept = self.state()
        assert not is_wanted_back or state in {95, 80} or is_kept, "the cancellation was lost"
        [(waiting,)] = self.scene.query("SELECT COUNT(*) FROM message WHERE state = 0 AND direction = 'i'")
        assert waiting == 0


MESSAGES = {
    "closed": ({}, {"status": PlatformStatus.CLOSED_REFUNDED}),
    "moved": ({}, {"receiver": receiver(3, **ELSEWHERE)}),
    "refund_asked": ({"refund": RefundStatus.REQUESTED}, {}),
}
PLANNED = (
    "closed",
    "moved",
    "refund_asked",
    "looked_at",
    "released",
    "woken",
    "keyed",
    "cancelled_by_hand",
    "held_by_hand",
    "address_edited",
    "lines_edited",
)
AT_WAREHOUSE = ("closed", "looked_at", "cancelled_by_hand", "accepted", "rejected", "given_back", "kept", "shipped", "woken")
QUICK = {
    ("closed", "released"), ("released", "closed"), ("looked_at", "looked_at"), ("released", "released"), ("looked_at", "woken"),
    ("closed", "shipped"), ("shipped", "closed"), ("given_back", "shipped"), ("looked_at", "cancelled_by_hand"), ("moved", "released"), ("rejected", "closed"),
    ("address_edited", "looked_at"), ("looked_at", "address_edited"), ("lines_edited", "looked_at"), ("looked_at", "lines_edited"),
    ("address_edited", "released"), ("released", "address_edited"), ("lines_edited", "released"), ("released", "lines_edited"),
    ("address_edited", "cancelled_by_hand"), ("cancelled_by_hand", "lines_edited"), ("address_edited", "lines_edited"), ("moved", "address_edited"),
}  # fmt: skip


def pairs(names):
    """All ordered pairs; messages come through one door, so two messages of one order are one command. The usual ones run always."""
    for one, other in product(names, names):
        if one in MESSAGES and other in MESSAGES:
            continue
        yield pytest.param(one, other, marks=() if (one, other) in QUICK else pytest.mark.slow, id=f"{one} x {other}")


def behind_the_lock(case, one, other):
    """`one` has done everything but its commit; `other` comes, waits or passes by, and goes on after the commit."""
    first = Actor(case.scene.database, case.act(one)).start().until_it_stands()
    second = Actor(case.scene.database, case.act(other)).start()
    second.until_it_waits()
    first.result()
    second.result()


def with_a_stale_view(case, one, other):
    """`one` has read and stands before its first lock of the order; `other` comes and commits; `one` goes on with what it had read.

    A command that locks before it reads has no stale view: then `other` waits for it, as behind the lock.
    """
    first = Actor(case.scene.database, case.act(one), before=LOCKING).start().until_it_stands()
    second = Actor(case.scene.database, case.act(other)).start()
    for actor in (first, second) if second.until_it_waits() else (second, first):
        actor.result()


@pytest.mark.parametrize("meet", [behind_the_lock, with_a_stale_view])
@pytest.mark.parametrize(("one", "other"), list(pairs(PLANNED)))
def test_two_commands_meet_on_a_planned_order(scene, one, other, meet):
    case = Case(scene)
    case.prepare([one, other])
    meet(case, one, other)
    case.end()


@pytest.mark.parametrize("is_recalled", [False, True], ids=["", "recalled"])
@pytest.mark.parametrize("meet", [behind_the_lock, with_a_stale_view])
@pytest.mark.parametrize(("one", "other"), list(pairs(AT_WAREHOUSE)))
def test_two_commands_meet_on_an_order_at_the_warehouse(scene, one, other, meet, is_recalled):
    case = Case(scene)
    let_go(scene, LATER)
    if is_recalled:
        order_by_hand(scene, case.order_id, Cancel(note=""), now=LATER)
        settle_down(scene, LATER)
    case.prepare([one, other])
    meet(case, one, other)
    case.end()
