"""How the demo's time moves."""

from datetime import UTC, datetime, timedelta

import pytest

from paidan.entrypoints.demo.drive import ticks
from paidan.world.day import make_day

MIDNIGHT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)  # in China


@pytest.mark.parametrize(
    ("orders", "orders_a_tick", "hour", "least_s", "most_s"),
    [
        pytest.param(20_000, 30, 20, 60, 60, id="the evening peak: a minute"),
        pytest.param(20_000, 30, 14, 100, 140, id="the afternoon: as long as thirty orders take"),
        pytest.param(20_000, 30, 4, 300, 300, id="the small hours: five minutes at most"),
        pytest.param(2_000, 30, 20, 300, 300, id="a small day: five minutes"),
        pytest.param(2_000, 1, 20, 60, 60, id="one by one: a minute at least"),
        pytest.param(0, 30, 20, 300, 300, id="nothing at all"),
    ],
)
def test_a_tick_is_as_long_as_a_few_orders_take(orders, orders_a_tick, hour, least_s, most_s):
    tick_at = ticks(make_day(1, orders, opens_at=MIDNIGHT), 60, orders_a_tick)
    assert least_s <= tick_at(MIDNIGHT + timedelta(hours=hour, minutes=30)) <= most_s


def test_a_tick_that_is_given_longer_stays_so():
    assert ticks(make_day(1, 50, opens_at=MIDNIGHT), 3600, 30)(MIDNIGHT) == 3600
