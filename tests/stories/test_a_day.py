"""A 300-order day with more than 5 % of the SKUs short, one worker, no faults."""

import pytest

from paidan.entrypoints.demo.books import dumped
from paidan.entrypoints.demo.run import Plan
from paidan.kernel.reasons import Reason
from simulation.day_stage import a_stage

pytestmark = pytest.mark.slow

# Stock changes are told a day late, so that the platforms sell what is no longer there and orders have to wait for stock.
PLAN = Plan(orders=300, seed=2, short_share=0.06, push_delay_s=90_000, tick_s=1800, quiet_tick_s=7200, at_once=1, hands=1)
ENDS = {"DELIVERED", "CANCELLED"}


@pytest.fixture(scope="module")
def days():
    """The same day, played twice."""
    played = []
    for _ in range(2):
        with a_stage(PLAN) as stage:
            played.append(stage.play())
            day = stage.day
    return day, *played


def test_enough_skus_are_short_and_some_orders_have_waited_for_stock(days):
    day, first, _ = days
    asked_for = {sku.code for sku in day.skus if not sku.parts and sku.goods_class != "service"}
    assert len(day.scarce) >= 0.05 * len(asked_for)
    assert first.outcome.figures["backordered"] > 0


def test_all_invariants_hold_and_all_sides_agree_line_by_line(days):
    _, first, second = days
    assert first.outcome.faults == second.outcome.faults == []
    assert first.outcome.differences == second.outcome.differences == []


def test_every_order_is_at_an_end_or_waits_for_a_reason(days):
    _, first, _ = days
    waiting = {number: order["waits_for"] for number, order in first.books["orders"].items() if order["state"] not in ENDS}
    assert set(waiting.values()) <= set(Reason), "each reason is one of the closed list"
    assert len(waiting) < 0.1 * len(first.books["orders"])


def test_every_order_the_platforms_took_is_there_once(days):
    _, first, _ = days
    theirs = {number for platform in ("taobao", "shopify") for number in first.world[platform]["orders"]}
    ours = [number.split()[1] for number in first.books["orders"]]
    assert sorted(ours) == sorted(theirs)


def test_the_same_seed_gives_the_same_books_byte_for_byte(days):
    _, first, second = days
    assert dumped(first.books) == dumped(second.books)
