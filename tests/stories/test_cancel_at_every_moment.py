"""Cancellation and refund requests at every moment of an order's life, through the simulators: each ends right on all sides.

The moments are instants after the payment: before the first pass, while stock is held, at the warehouse early (it agrees) and late (it refuses),
after shipping. At each the platform closes the order, with or without a refund request before it; or a refund is asked for, and withdrawn or not.
"""

from collections import defaultdict

import pytest
from msgspec import structs

from paidan.entrypoints.demo.run import OPENS_AT, Plan
from paidan.kernel.reasons import Reason
from paidan.world.day import make_day
from paidan.world.town import Fate
from simulation.day_stage import a_stage

pytestmark = pytest.mark.slow

PLAN = Plan(orders=150, seed=5, short_share=0.02, tick_s=300, merge_window_s=1800, at_once=1, hands=1)
# The warehouses work from 8 to 22 o'clock in China, one to six hours on an order; in the last fifth of that they give nothing back.
AT_WAREHOUSE_S = (2700, 5400, 9000, 12_600, 16_200, 19_800)
MOMENTS_S = {"before audit": (20,), "reserved": (900,), "at the warehouse": AT_WAREHOUSE_S, "shipped": (93_600,)}
KINDS = ("closed", "asked and closed", "asked and withdrawn", "asked")
MORNING_H, AFTERNOON_H = 0, 9  # UTC: 8 to 17 o'clock in China


def fate_of(order_no, kind, after_s):
    if kind == "closed":
        return Fate(order_no=order_no, cancelled_s=after_s)
    if kind == "asked and closed":
        return Fate(order_no=order_no, refund_asked_s=after_s, cancelled_s=after_s + 700)
    if kind == "asked and withdrawn":
        return Fate(order_no=order_no, refund_asked_s=after_s, refund_withdrawn_s=after_s + 1500)
    return Fate(order_no=order_no, refund_asked_s=after_s)


def cases():
    """(moment, kind, seconds after payment), the rarer moments as often as those at the warehouse."""
    for kind in KINDS:
        for moment, seconds in MOMENTS_S.items():
            for after_s in seconds:
                yield moment, kind, after_s
    yield "unpaid", "closed", 1200


def fates():
    """A case for each of so many plain orders of the day, shop after shop, so that each platform has its share; by order number."""
    day = make_day(PLAN.seed, PLAN.orders, opens_at=OPENS_AT, short_share=PLAN.short_share)
    by_shop = defaultdict(list)
    for order in day.orders:
        if not order.planted and order.paid_at and MORNING_H <= order.paid_at.hour < AFTERNOON_H and order.paid_at > OPENS_AT:
            by_shop[order.shop].append(order.order_no)
    todo = list(cases())
    given = {}
    for turn in range(PLAN.orders):
        for numbers in by_shop.values():
            if turn < len(numbers):
                given[numbers[turn]] = todo[len(given) % len(todo)]
    assert len(given) >= len(todo)
    return given


@pytest.fixture(scope="module")
def told():
    """The day played, with the case of each order."""
    given = fates()
    made = []
    for order_no, (moment, kind, after_s) in given.items():
        fate = fate_of(order_no, kind, after_s)
        made.append(structs.replace(fate, is_unpaid=moment == "unpaid"))
    with a_stage(structs.replace(PLAN, fates=tuple(made))) as stage:
        return given, stage.play()


def ours(played):
    return {number.split()[1]: order for number, order in played.books["orders"].items()}


def theirs(played):
    return {number: order for platform in ("taobao", "shopify") for number, order in played.world[platform]["orders"].items()}


def is_closed(order):
    return order["status"].upper() in {"TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO", "CANCELLED"}


def shipped(order):
    return sum(line["shipped"] for line in order["lines"])


def test_all_sides_agree(told):
    _, played = told
    assert played.outcome.faults == []
    assert played.outcome.differences == []


def test_what_the_platform_closed_is_not_sent_unless_it_had_left(told):
    given, played = told
    platform = theirs(played)
    for number, order in ours(played).items():
        if number in given and is_closed(platform[number]):
            moment, kind, _ = given[number]
            if shipped(order):
                assert any(hold[0] == Reason.ALREADY_SHIPPED for hold in order["holds"]), (number, moment, kind, order["holds"])
            else:
                assert order["state"] == "CANCELLED", (number, moment, kind, order["state"], order["waits_for"])
                assert all(line["cancelled"] == line["quantity"] for line in order["lines"] if line["kind"] not in {"bundle", "service"})


def test_nothing_leaves_for_an_order_closed_before_the_warehouse_had_it(told):
    given, played = told
    books = ours(played)
    early = {number for number, (moment, kind, _) in given.items() if moment in {"unpaid", "before audit", "reserved"} and "closed" in kind}
    assert {books[number]["state"] for number in early if number in books} == {"CANCELLED"}


def test_a_withdrawn_request_ends_in_delivery(told):
    given, played = told
    ends = {(given[number][0], order["state"]) for number, order in ours(played).items() if given.get(number, ("", ""))[1] == "asked and withdrawn"}
    assert {state for _, state in ends} == {"DELIVERED"}
    assert {moment for moment, _ in ends} == set(MOMENTS_S)


def test_an_open_request_stops_what_has_not_left(told):
    given, played = told
    for number, order in ours(played).items():
        moment, kind, _ = given.get(number, ("", "", 0))
        if kind != "asked":
            continue
        if order["state"] == "DELIVERED":
            assert moment in {"at the warehouse", "shipped"}, number
        else:
            assert order["waits_for"] == Reason.REFUND_REQUESTED, (number, moment, order["state"], order["waits_for"])
            # One of two fulfilments may have left already.
            assert (shipped(order) > 0) == (order["state"] == "PART_SHIPPED"), number


def test_the_warehouses_have_both_agreed_and_refused(told):
    _, played = told
    steps = {step.split()[1] for order in played.books["orders"].values() for step in order["steps"]}
    assert {"recall_asked", "recalled", "recall_refused"} <= steps
    attempts = {row[4] for rows in played.books["fulfilments"].values() for row in rows if row[2] == "DELIVERED"}
    assert max(attempts) > 1, "what came back was sent again after the request was withdrawn"
