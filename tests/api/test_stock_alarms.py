"""How long a count of alarms is kept: the longer, the longer it took; what came quickly is counted anew."""

from types import SimpleNamespace

import pytest

from paidan.entrypoints.api import stock_alarms
from paidan.entrypoints.api.people.caller import Caller

ALL = Caller(name="all", rights=frozenset())
SOME = Caller(name="some", rights=frozenset(), shops=(1,))


@pytest.fixture
def counting(monkeypatch):
    """Counts that take `takes_s` each, at a clock of their own; `asked` says for whom."""
    told = SimpleNamespace(at=100.0, takes_s=0.0, asked=[])

    def count(_services, caller):
        told.at += told.takes_s
        told.asked.append(caller)
        return stock_alarms.StockAlarms(short=len(told.asked), oversold=0)

    monkeypatch.setattr(stock_alarms, "_count", count)
    monkeypatch.setattr(stock_alarms.time, "monotonic", lambda: told.at)
    return told


@pytest.mark.parametrize(("takes_s", "kept_s"), [(0.05, 0), (0.19, 0), (1.0, 30), (3.0, 90), (60.0, 120)])
def test_a_count_is_kept_as_long_as_it_was_dear(counting, takes_s, kept_s):
    counting.takes_s = takes_s
    counts = stock_alarms.AlarmCounts()
    assert counts.read(None, ALL).short == 1
    counting.at += max(kept_s - 0.01, 0)
    assert counts.read(None, ALL).short == (1 if kept_s else 2)
    counting.at += 0.02
    assert counts.read(None, ALL).short == (2 if kept_s else 3)


def test_who_sees_less_has_a_count_of_his_own(counting):
    counting.takes_s = 1.0
    counts = stock_alarms.AlarmCounts()
    counts.read(None, ALL)
    counts.read(None, SOME)
    assert counting.asked == [ALL, SOME]
