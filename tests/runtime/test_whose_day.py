"""The played day of the console belongs to one process of the tests at a time, and to another once that one has died."""

from types import SimpleNamespace

import pytest

from whose_day import DayOfOne, over_the_day

DAY = [f"tests/console/test_{n}.py::test_{k}" for n in "abcd" for k in range(3)]
REST = [f"tests/api/test_{n}.py::test_{k}" for n in "stuvwxyz" for k in range(3)]


class Process:
    """What the scheduler sees of a process: it keeps in which order it was given files, and is told to end."""

    def __init__(self, name):
        self.gateway = SimpleNamespace(id=name)
        self.given = []
        self.shutting_down = False

    def send_runtest_some(self, indices):
        self.given += indices

    def shutdown(self):
        self.shutting_down = True


def files(process):
    return list(dict.fromkeys((DAY + REST)[i].split("::")[0] for i in process.given))


@pytest.fixture
def two():
    """A scheduler that has given two processes their first files; the first has the day."""
    sched = DayOfOne(SimpleNamespace(getvalue=lambda _: ["2*popen"], option=SimpleNamespace(loadscopereorder=False)))
    first, second = Process("gw0"), Process("gw1")
    for one in (first, second):
        sched.add_node(one)
        sched.add_node_collection(one, DAY + REST)
    sched.schedule()
    return sched, first, second


def work(sched, *processes):
    """They work in turns until there is nothing left."""
    done = dict.fromkeys(processes, 0)
    while any(done[one] < len(one.given) for one in processes):
        for one in processes:
            if done[one] < len(one.given):
                sched.mark_test_complete(one, one.given[done[one]])
                done[one] += 1


def test_one_process_has_the_day_as_long_as_there_is_something_else(two):
    sched, first, second = two
    assert over_the_day(files(first)[0])
    work(sched, first, second)
    assert not any(map(over_the_day, files(second)[:4])), files(second)
    assert sorted(first.given + second.given) == list(range(len(DAY + REST)))


def test_when_its_process_died_another_takes_the_day_at_once(two):
    sched, first, second = two
    died_at = sched.remove_node(first)
    assert died_at == DAY[0]
    third = Process("gw2")
    sched.add_node(third)
    sched.add_node_collection(third, DAY + REST)
    sched.schedule()
    before = len(files(second))
    work(sched, second, third)
    ahead = [files(third)[0], *files(second)[before : before + 1]]
    assert any(map(over_the_day, ahead)), ahead
    owners = [one for one in (second, third) if any(map(over_the_day, files(one)))]
    assert len(owners) == 1, (files(second), files(third))
