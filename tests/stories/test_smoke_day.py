"""The quickest whole day: from the platforms' orders to the delivered parcels, all sides agreeing in the end."""

import pytest

from paidan.entrypoints.demo.books import outcomes
from paidan.entrypoints.demo.run import Plan
from simulation.day_stage import a_stage

ORDERS = 60
MERGE_S = 6 * 3600  # long enough for some of so few to meet
QUIET_TICK_S = 4 * 3600  # further than a warehouse lets a caller's clock be from its own: the last questions must find it at the same hour


@pytest.fixture(scope="module")
def days():
    """The same day worked by one mill in this process, and by two in processes of their own."""
    found = {}
    for mills in (1, 2):
        plan = Plan(
            orders=ORDERS, seed=3, short_share=0, tick_s=3600, quiet_tick_s=QUIET_TICK_S, at_once=1, hands=1, mills=mills, merge_window_s=MERGE_S
        )
        with a_stage(plan) as stage:
            found[mills] = stage.play()
    return found


@pytest.mark.parametrize("mills", [1, 2])
def test_a_small_day_goes_round_and_all_sides_agree(days, mills):
    outcome = days[mills].outcome
    assert outcome.faults == []
    assert outcome.differences == []
    states = outcome.figures["states"]
    assert states["DELIVERED"] > 2 * ORDERS / 3
    assert sum(states.values()) + outcome.figures["lost_sales"] == ORDERS


def test_two_mills_merge_split_and_ship_what_one_does(days):
    one, two = days[1], days[2]
    assert one.outcome.figures["merged"] > 0
    assert one.outcome.figures["split"] > 0
    for name in ("merged", "split", "states", "held_by_cause"):
        assert two.outcome.figures[name] == one.outcome.figures[name], name
    assert outcomes(two.books) == outcomes(one.books)
