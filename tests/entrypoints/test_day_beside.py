"""The day that is played beside for comparison: if it fails, or is not in order itself, the demo is not in order."""

import multiprocessing
from contextlib import contextmanager
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from paidan.entrypoints.demo import beside, show
from paidan.entrypoints.demo.beside import DayBeside, Late, day_beside
from paidan.entrypoints.demo.run import Outcome, Plan
from paidan.runtime.settings import Settings

FIGURES = {"late_for_want_of_stock": 31, "lost_sales": 2, "backordered": 40}
ASKED = {"orders": 10, "seed": 1, "headless": True, "short_share": 0.02}


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def shown(monkeypatch):
    """What the demo says, its own day being in order."""
    text = StringIO()
    monkeypatch.setattr(show, "console", Console(file=text, width=200))
    monkeypatch.setattr(show, "play", lambda *_: Outcome(figures={"backordered": 7}, faults=[], differences=[]))
    return text


def run_demo(settings, tmp_path, *, check=True):
    code = show.run_demo(settings, check=check, compare=True, json_file=tmp_path / "figures.json", **ASKED)
    return code, msgspec.json.decode((tmp_path / "figures.json").read_bytes())


def not_a_demo_s_home(settings):
    """Makes the day beside fail at its very beginning: it wipes nothing that it has not made."""
    home = settings.home / "demo-late"
    home.mkdir(parents=True)
    (home / "mine").touch()


def test_a_day_beside_that_fails_is_a_fault_of_the_demo_and_its_log_is_named(settings, tmp_path, shown):
    not_a_demo_s_home(settings)
    code, told = run_demo(settings, tmp_path)
    log = settings.home / "demo-late.log"
    assert code == 1
    [fault] = told["faults"]
    assert "with pushes 60 s late: it ended with code 1" in fault
    assert str(log) in fault
    assert "FileExistsError" in log.read_text(encoding="utf-8")
    assert fault in shown.getvalue().replace("\n", "")
    assert "✓" not in shown.getvalue()
    assert run_demo(settings, tmp_path, check=False)[0] == 0


def test_looking_at_a_day_beside_that_has_failed_is_harmless(settings):
    not_a_demo_s_home(settings)
    with day_beside(Settings(home=settings.home / "demo"), Plan(orders=10)) as day:
        assert day.outcome().faults
        assert day.look() is None
        assert day.outcome().figures == {}


def test_one_that_is_killed_is_a_fault_too_though_nobody_has_looked(settings):
    with day_beside(Settings(home=settings.home / "demo"), Plan(orders=10)) as day:
        day._process.kill()
        day._process.join()
        assert day.look() is None
        assert "it ended with code -9 before its end: it left no word" in day.outcome().faults[0]


@pytest.mark.parametrize(("check", "code"), [(True, 1), (False, 0)])
def test_what_is_not_in_order_in_the_day_beside_is_not_in_order_in_the_demo(settings, tmp_path, monkeypatch, shown, check, code):
    class Played(DayBeside):
        def __init__(self):
            self.settings = settings

        def look(self):
            return None

        def outcome(self):
            return Late(figures=FIGURES, faults=("invariant stock: first row 1",))

    @contextmanager
    def played(*_):
        yield Played()

    monkeypatch.setattr(show, "day_beside", played)
    ended, told = run_demo(settings, tmp_path, check=check)
    assert (ended, told["faults"]) == (code, ["the same day with pushes 60 s late: invariant stock: first row 1"])
    assert told["pushes_60_s_late"] == FIGURES
    assert "7   (with pushes 60 s late: 40)" in shown.getvalue()


def test_the_day_beside_tells_its_own_faults(settings, tmp_path, monkeypatch):
    outcome = Outcome(figures={**FIGURES, "seconds": 3}, faults=["dead letters: 1"], differences=[])
    monkeypatch.setattr(beside, "play", lambda *_: outcome)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    beside._play(settings, Plan(), theirs, tmp_path / "log")
    assert ours.recv() == Late(figures=FIGURES, faults=("dead letters: 1",))
    assert not (tmp_path / "log").exists()
