"""How the demo's time moves."""

from datetime import UTC, datetime

from paidan.entrypoints.demo.drive import quiet_hours
from paidan.world.day import make_day

MIDNIGHT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)  # in China


def test_the_small_hours_are_quiet_and_no_others():
    day = make_day(1, 2000, opens_at=MIDNIGHT)
    quiet = quiet_hours(day)
    assert {2, 3, 4, 5} <= quiet <= {1, 2, 3, 4, 5, 6}
    inside = sum((order.placed_at - MIDNIGHT).seconds // 3600 in quiet for order in day.orders)
    assert 0 < inside < len(day.orders) / 15
