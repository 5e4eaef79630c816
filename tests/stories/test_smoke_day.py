"""The quickest whole day: from the platforms' orders to the delivered parcels, all sides agreeing in the end."""

import pytest

from paidan.entrypoints.demo.run import Plan
from simulation.day_stage import a_stage

QUIET_TICK_S = 4 * 3600  # further than a warehouse lets a caller's clock be from its own: the last questions must find it at the same hour


@pytest.mark.parametrize("mills", [1, 2])
def test_a_small_day_goes_round_and_all_sides_agree(mills):
    with a_stage(Plan(orders=40, seed=3, short_share=0.05, tick_s=3600, quiet_tick_s=QUIET_TICK_S, at_once=1, hands=1, mills=mills)) as stage:
        played = stage.play()
    assert played.outcome.faults == []
    assert played.outcome.differences == []
    states = played.outcome.figures["states"]
    assert states["DELIVERED"] > 25
    assert sum(states.values()) + played.outcome.figures["lost_sales"] == 40
