from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from paidan.intake.doors import Doors
from paidan.intake.ports import Feed
from paidan.intake.pulling import Place, PullReport
from paidan.intake.schedule import Due, PullRules, PullSchedule, PullWorker
from paidan.network.load import Shop
from paidan.runtime.clocks import FixedClock

T = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
RULES = PullRules(
    intervals_s={"poll": {Feed.ORDERS: 60, Feed.REFUNDS: 300}, "push": {Feed.PUSH: 5, Feed.ORDERS: 900}}, rest_first_s=15, rest_max_s=100
)


def shop(number=1, *doors):
    return Shop(id=number, code=str(number), name="", platform="taobao", doors=doors or ("poll",))


def report(feed=Feed.ORDERS, shop_id=1, **more):
    return PullReport(shop=str(shop_id), shop_id=shop_id, feed=feed, **more)


def after(seconds):
    return T + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("doors", "feeds"),
    [
        (("poll",), {Feed.ORDERS: 60, Feed.REFUNDS: 300}),
        (("push",), {Feed.PUSH: 5, Feed.ORDERS: 900}),
        (("push", "poll"), {Feed.PUSH: 5, Feed.ORDERS: 60, Feed.REFUNDS: 300}),
        (("unheard",), {}),
    ],
)
def test_doors_say_which_feeds_and_the_quickest_interval_counts(doors, feeds):
    assert PullSchedule(RULES).feeds_of(shop(1, *doors)) == feeds


def test_everything_is_due_at_first_and_then_by_its_interval():
    schedule, one = PullSchedule(RULES), shop()
    assert schedule.next_at([one]) is None
    assert schedule.due([one], T) == [Due(1, Feed.ORDERS), Due(1, Feed.REFUNDS)]
    schedule.note(report(), one, T)
    schedule.note(report(Feed.REFUNDS), one, T)
    assert schedule.next_at([one]) == after(60)
    assert schedule.due([one], after(59)) == []
    assert schedule.due([one], after(60)) == [Due(1, Feed.ORDERS)]
    assert schedule.due([one], after(300)) == [Due(1, Feed.ORDERS), Due(1, Feed.REFUNDS)]  # the longest overdue first


@pytest.mark.parametrize(
    ("outcomes", "waits_s"),
    [
        ([{}], 60),
        ([{"is_finished": False}], 0),
        ([{"error": "overtaken"}], 0),
        ([{"error": "x", "is_finished": False}], 15),
        ([{"error": "x", "is_finished": False}] * 3, 60),
        ([{"error": "x", "is_finished": False}] * 40, 100),
        ([{"error": "x", "is_finished": False, "retry_after_s": 40.0}], 40),
        ([{"error": "x", "is_finished": False, "retry_after_s": 4000.0}], 4000),
        ([{"error": "x", "is_finished": False}] * 3 + [{}], 60),
        ([{"error": "x", "is_finished": False}] * 3 + [{}, {"error": "x", "is_finished": False}], 15),
    ],
)
def test_the_next_turn_follows_from_the_outcome(outcomes, waits_s):
    schedule, one = PullSchedule(RULES), shop()
    for outcome in outcomes:
        schedule.note(report(**outcome), one, T)
    assert Due(1, Feed.ORDERS) in schedule.due([one], after(waits_s))
    assert waits_s == 0 or Due(1, Feed.ORDERS) not in schedule.due([one], after(waits_s - 1))


def test_a_process_goes_on_where_the_one_before_stopped():
    schedule = PullSchedule(RULES)
    places = [
        Place(shop_id=1, feed="orders", read_to=T, read_ref="", error="", pulled_at=T),
        Place(shop_id=1, feed="bulk", read_to=T, read_ref="", error="", pulled_at=T),  # not a door of this shop any more
        Place(shop_id=9, feed="orders", read_to=T, read_ref="", error="", pulled_at=T),  # a shop that is gone
    ]
    schedule.remember(places, [shop()])
    assert schedule.due([shop()], after(59)) == [Due(1, Feed.REFUNDS)]
    assert schedule.due([shop()], after(60)) == [Due(1, Feed.REFUNDS), Due(1, Feed.ORDERS)]


def test_shops_do_not_wait_for_one_another():
    schedule = PullSchedule(RULES)
    schedule.note(report(error="x", is_finished=False), shop(1), T)
    schedule.note(report(shop_id=2), shop(2), T)
    assert schedule.due([shop(1), shop(2)], after(15))[-1] == Due(1, Feed.ORDERS)


def test_what_a_worker_beside_has_pulled_well_is_not_pulled_again():
    schedule, one = PullSchedule(RULES), shop()
    schedule.note(report(), one, T)

    def told(at, error=""):
        return [Place(shop_id=1, feed="orders", read_to=T, read_ref="", error=error, pulled_at=at)]

    schedule.remember(told(after(50)), [one])
    assert Due(1, Feed.ORDERS) not in schedule.due([one], after(109))
    assert Due(1, Feed.ORDERS) in schedule.due([one], after(110))
    schedule.remember(told(after(100), error="CallLater: no connection"), [one])
    assert Due(1, Feed.ORDERS) in schedule.due([one], after(110))  # the other's bad luck is no news


def test_what_a_worker_beside_has_pulled_well_ends_our_rest():
    schedule, one = PullSchedule(RULES), shop()
    for _ in range(8):
        schedule.note(report(error="x", is_finished=False), one, T)

    def told(at):
        schedule.remember([Place(shop_id=1, feed="orders", read_to=T, read_ref="", error="", pulled_at=at)], [one])
        return Due(1, Feed.ORDERS) in schedule.due([one], after(70))

    assert not told(T), "that was before our own last try"
    assert told(after(5))


def test_what_a_person_wants_read_is_due_though_all_is_well():
    schedule, one = PullSchedule(RULES), shop()
    schedule.note(report(), one, T)
    schedule.remember([Place(shop_id=1, feed="orders", read_to=T, read_ref="", error="", pulled_at=T, wanted_at=after(5))], [one])
    assert Due(1, Feed.ORDERS) in schedule.due([one], after(6))


def test_what_a_person_wants_read_is_due_once_however_long_it_rests():
    schedule, one = PullSchedule(RULES), shop()

    def told(wanted_at, pulled_at=T):
        schedule.remember([Place(shop_id=1, feed="orders", read_to=T, read_ref="", error="x", pulled_at=pulled_at, wanted_at=wanted_at)], [one])
        return Due(1, Feed.ORDERS) in schedule.due([one], after(10))

    schedule.note(report(error="x", is_finished=False), one, T)
    assert not told(None)
    assert told(after(5))
    schedule.note(report(error="x", is_finished=False), one, after(6))
    assert not told(after(5)), "one asking is one pull: it rests again when that fails"
    assert told(after(7))
    schedule.note(report(), one, after(8))
    assert not told(after(7), pulled_at=after(8))


def test_what_was_wanted_before_the_last_pull_is_not_due_again():
    schedule, one = PullSchedule(RULES), shop()
    schedule.remember([Place(shop_id=1, feed="orders", read_to=T, read_ref="", error="", pulled_at=after(5), wanted_at=T)], [one])
    assert Due(1, Feed.ORDERS) not in schedule.due([one], after(10))


def test_one_shop_takes_the_messages_for_all_of_its_group(monkeypatch):
    worker = PullWorker(SimpleNamespace(sealer=None), None)
    worker._doors = {n: Doors(shop=shop(n, "push"), puller=object(), messages=object(), group="app/default") for n in (5, 2, 3)}
    monkeypatch.setattr("paidan.intake.schedule.take_messages", lambda _ports, _door, one, _sellers: [f"{one.id} takes"])
    monkeypatch.setattr("paidan.intake.schedule.reread", lambda _ports, _puller, one: f"{one.id} reads its notices")
    assert [worker.run(Due(n, Feed.PUSH)) for n in (2, 3, 5)] == [["2 takes"], ["3 reads its notices"], ["5 reads its notices"]]


@pytest.mark.parametrize(
    ("outcome", "waits_s"),
    [
        ({"ended_at": T}, 60),
        ({}, 60),
        ({"error": "x", "is_finished": False, "ended_at": T}, 15),
        ({"error": "x", "is_finished": False}, 15),
        ({"error": "overtaken"}, 0),
    ],
)
def test_time_that_passes_before_the_outcome_is_noted_does_not_delay_the_next_turn(monkeypatch, outcome, waits_s):
    clock = FixedClock(T)
    worker = PullWorker(SimpleNamespace(sealer=None, clock=clock), None, PullSchedule(RULES))
    worker._doors = {1: Doors(shop=shop())}

    def run(due):
        clock.set(after(3600))
        return [report(due.feed, **outcome)]

    monkeypatch.setattr(worker, "run", run)
    worker.take_turn(Due(1, Feed.ORDERS))
    assert Due(1, Feed.ORDERS) in worker.schedule.due([shop()], after(waits_s))
    assert waits_s == 0 or Due(1, Feed.ORDERS) not in worker.schedule.due([shop()], after(waits_s - 1))
