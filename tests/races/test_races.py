"""Two passes and one shelf: stepped statement by statement, each way they can meet."""

from itertools import count

import pytest

from hands import leaders, let_go, order_by_hand, settle_down, ships
from paidan.catalog.load import cache_versions
from paidan.channels.facts import PlatformStatus
from paidan.orders.commands import Cancel
from paidan.pipeline import Stages, run_pass
from paidan.release.step import release
from paidan.runtime.numbers import NumberSource
from races.stepping import Actor
from scene import NOW, facts_codec, line, order, receiver

LATER = NOW.replace(hour=5)
LOCKS_THE_SHELF = "-- Locks exactly the chosen rows, in key order"
numbers = count(1)


@pytest.fixture
def shop(scene, server, merchant):
    from scene import empty

    empty(server.owner_url, merchant)
    return scene


def taking(scene, *facts):
    """A pass over these messages, by a worker of its own."""
    messages = scene.say(*facts)
    stages = Stages(ids=scene.ids, numbers=NumberSource(scene.database), sealer=scene.sealer, codecs={"direct": facts_codec})
    return lambda tx: run_pass(tx, stages, message_ids=messages, order_ids=[], now=NOW)


def states(scene):
    return dict(scene.query("SELECT platform_order_no, state FROM sales_order"))


def both(scene, first, second, before=LOCKS_THE_SHELF):
    """Both have chosen by what they saw; then the second goes first."""
    one = Actor(scene.database, first, before=before).start().until_it_stands()
    other = Actor(scene.database, second, before=before).start().until_it_stands()
    results = (other.result(), one.result())
    assert scene.broken_invariants() == {}
    return results


def test_of_two_passes_one_gets_the_last_unit(shop):
    shop.set_up({"A": {"X": 1}})
    other, one = both(shop, taking(shop, order("1", line("X"))), taking(shop, order("2", line("X"), receiver=receiver(2))))
    assert (other.planned, one.planned, one.again) == (1, 0, 1)
    assert states(shop) == {"1": 20, "2": 50}
    assert shop.query("SELECT waits_for FROM sales_order WHERE state = 20") == [("stock_taken_meanwhile",)]
    settle_down(shop, LATER)
    assert states(shop)["1"] == 40
    assert shop.query("SELECT SUM(reserved_hard) FROM balance") == [(1,)]


def test_when_the_second_waits_for_the_firsts_shelf_nobody_gets_too_much(shop):
    shop.set_up({"A": {"X": 1}})
    first = Actor(shop.database, taking(shop, order("1", line("X")))).start().until_it_stands()
    second = Actor(shop.database, taking(shop, order("2", line("X"), receiver=receiver(2)))).start()
    assert second.until_it_waits()
    assert (first.result().planned, second.result().planned) == (1, 0)
    assert states(shop) == {"1": 50, "2": 20}
    assert shop.broken_invariants() == {}


def test_under_the_lock_the_earlier_promise_comes_first(shop):
    shop.set_up({"A": {"X": 2}})
    late = order("late", line("X"), ship_by_at=NOW.replace(day=20))
    early = order("early", line("X"), ship_by_at=NOW.replace(day=12), version_at=LATER, receiver=receiver(2))
    both(shop, taking(shop, late, early), taking(shop, order("other", line("X"), receiver=receiver(3))))
    assert states(shop) == {"late": 20, "early": 50, "other": 50}


@pytest.mark.parametrize("codes", [("X", "Y"), ("Y", "X")])
def test_two_passes_over_the_same_shelves_never_lock_in_a_ring(shop, codes):
    shop.set_up({"A": {"X": 3, "Y": 3}, "B": {"X": 3, "Y": 3}})
    one = [order(f"a{n}", line(codes[0]), line(codes[1]), receiver=receiver(n)) for n in range(3)]
    other = [order(f"b{n}", line(codes[1]), line(codes[0]), receiver=receiver(10 + n)) for n in range(3)]
    both(shop, taking(shop, *one), taking(shop, *other[::-1]))
    settle_down(shop, LATER)
    settle_down(shop, NOW.replace(hour=6))
    assert set(states(shop).values()) == {60}


@pytest.mark.parametrize("step", [LOCKS_THE_SHELF, "-- Takes the natural keys of new orders"])
def test_two_passes_that_meet_the_same_new_orders_make_each_once(shop, step):
    shop.set_up({"A": {"X": 10}})
    facts = [order(str(n), line("X"), receiver=receiver(n)) for n in range(4)]
    again = [order(str(n), line("X"), receiver=receiver(n), version_at=LATER) for n in reversed(range(4))]
    first = Actor(shop.database, taking(shop, *facts), before=step).start().until_it_stands()
    second = Actor(shop.database, taking(shop, *again), before=step).start()
    first.go()
    first.result()
    second.result()
    settle_down(shop, NOW)
    assert states(shop) == {str(n): 50 for n in range(4)}
    assert shop.query("SELECT SUM(reserved_hard) FROM balance") == [(4,)]
    assert shop.broken_invariants() == {}


def test_new_orders_are_keyed_in_one_order_whatever_the_order_of_messages(shop):
    """A third holds the key of order 1 while both come, one with 1 and 2, one with 2 and 1; then it lets go. They must wait in a row, not in a ring."""
    shop.set_up({"A": {"X": 100}})
    key = "-- Takes the natural keys of new orders"
    for n in range(0, 12, 2):
        one, two = str(n), str(n + 1)
        first = taking(shop, order(one, line("X"), receiver=receiver(n)), order(two, line("X"), receiver=receiver(n + 1), version_at=LATER))
        second = taking(shop, order(two, line("X"), receiver=receiver(n + 1)), order(one, line("X"), receiver=receiver(n), version_at=LATER))
        actors = [Actor(shop.database, act, before=key).start().until_it_stands() for act in (first, second)]
        with shop.database.transaction() as tx, tx.transaction(force_rollback=True):
            tx.execute("INSERT INTO order_key VALUES (%s, %s, 1, 'nobody')", (shop.shop_id, one))
            for actor in actors:
                actor.go()
            waits = [actor.until_it_waits() for actor in actors]
            assert all(waits)
        for actor in actors:
            actor.result()
    settle_down(shop, NOW)
    assert set(states(shop)) == {str(n) for n in range(12)}
    assert shop.broken_invariants() == {}


def test_a_listing_met_by_two_passes_is_one_listing_and_both_orders_know_it(shop):
    shop.set_up({"A": {"X": 10}})
    new = "-- Listings met for the first time in an order"
    both(shop, taking(shop, order("1", line("NEW"))), taking(shop, order("2", line("NEW"), receiver=receiver(2))), before=new)
    [(listing_id,)] = shop.query("SELECT id FROM listing")
    assert shop.query("SELECT DISTINCT listing_id FROM order_line") == [(listing_id,)]
    shop.query("UPDATE listing SET sku_id = %s RETURNING id", shop.skus["X"])
    with shop.database.transaction() as tx:
        run_pass(tx, shop.stages, message_ids=[], order_ids=[row[0] for row in tx.execute("SELECT id FROM sales_order")], now=NOW)
    assert states(shop) == {"1": 50, "2": 50}


def test_what_platforms_have_sold_is_told_of_the_listing_that_stands(shop):
    shop.set_up({"A": {"X": 10}})
    both(shop, taking(shop, order("1", line("X", 2))), taking(shop, order("2", line("X", 3), receiver=receiver(2))))
    [(listing_id,)] = shop.query("SELECT id FROM listing")
    told = shop.query("SELECT l, s FROM stock_change, unnest(listing_ids, listing_sold) AS t (l, s) ORDER BY s")
    assert told == [(listing_id, 2), (listing_id, 3)]


def releasing(scene, *fulfilment_ids):
    def act(tx):
        network = scene.stages.network.load(tx, cache_versions(tx)["network"])
        return release(tx, list(fulfilment_ids), network=network, ids=scene.ids, sealer=scene.sealer, now=LATER)

    return act


@pytest.mark.parametrize("before", ["", "-- Locks the rows a pass is about to write"], ids=["behind the lock", "stale"])
def test_two_releases_of_one_merge_key_send_each_order_once(shop, before):
    shop.set_up({"A": {"X": 9}})
    with shop.database.transaction() as tx:
        taking(shop, *(order(str(n), line("X")) for n in (1, 2, 3)))(tx)
    plans = [row[0] for row in shop.query("SELECT id FROM fulfilment ORDER BY id")]
    first = Actor(shop.database, releasing(shop, plans[0]), before=before).start().until_it_stands()
    second = Actor(shop.database, releasing(shop, plans[2])).start()
    second.until_it_waits()
    if before:
        second.result()
    first.result()
    second.result()
    assert shop.query("SELECT COUNT(*) FROM outbox") == [(1,)]
    assert sorted(row[0] for row in shop.query("SELECT state FROM fulfilment")) == [20, 20, 30]
    assert shop.broken_invariants() == {}


def test_goods_leave_while_units_of_the_same_shelf_come_back(shop):
    shop.set_up({"A": {"X": 4}})
    with shop.database.transaction() as tx:
        taking(shop, order("1", line("X", 2)))(tx)
    let_go(shop, LATER)
    [leader] = leaders(shop)
    with shop.database.transaction() as tx:
        taking(shop, order("2", line("X", 2), receiver=receiver(2)))(tx)
    closed = taking(shop, order("2", line("X", 2), receiver=receiver(2), status=PlatformStatus.CLOSED_REFUNDED, version_at=LATER))
    first = Actor(shop.database, closed).start().until_it_stands()
    second = Actor(shop.database, lambda _tx: ships(shop, leader, now=LATER)).start()
    first.result()
    second.result()
    assert shop.query("SELECT on_hand, reserved_hard FROM balance") == [(2, 0)]
    assert shop.broken_invariants() == {}


def test_a_wake_that_comes_while_a_pass_looks_is_not_lost(shop):
    """The pass has seen no stock; it arrives, the waker makes the order due; then the pass writes."""
    shop.set_up({"A": {"X": 1}})
    with shop.database.transaction() as tx:
        taking(shop, order("1", line("X", 2)))(tx)
    settle_down(shop, NOW)
    [(order_id,)] = shop.query("SELECT id FROM sales_order WHERE state = 40")
    shop.query("UPDATE sales_order SET due_at = %s RETURNING id", NOW)
    look = Actor(
        shop.database,
        lambda tx: run_pass(tx, shop.stages, message_ids=[], order_ids=[order_id], now=NOW),
        before="-- Locks the rows a pass is about to write",
    )
    look.start().until_it_stands()
    with shop.database.transaction() as tx:
        shop.receive(tx, "A", "X", 1)
    with shop.database.transaction() as tx:
        from paidan.sourcing.waking import wake

        assert wake(tx, NOW) == 1
    look.result()
    settle_down(shop, NOW)
    assert states(shop) == {"1": 50}


def test_a_cancellation_by_hand_is_not_overwritten_by_a_pass_that_saw_the_order_before(shop):
    shop.set_up({"A": {"X": 1}})
    with shop.database.transaction() as tx:
        taking(shop, order("1", line("X")))(tx)
    [(order_id,)] = shop.query("SELECT id FROM sales_order")
    told_again = taking(shop, order("1", line("X"), seller_flag=1, version_at=LATER))
    look = Actor(shop.database, told_again, before="-- Locks the rows a pass is about to write").start().until_it_stands()
    order_by_hand(shop, order_id, Cancel(note=""))
    assert look.result().again == 1
    settle_down(shop, LATER)
    assert states(shop) == {"1": 95}
