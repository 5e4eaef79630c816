from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from paidan.entrypoints.demo.drive_workers import WORKER_POINTS, mishaps
from paidan.runtime.crash import CRASH_POINTS


@given(seed=st.integers(0, 10_000), count=st.integers(2, 20), databases=st.integers(0, 2))
def test_mishaps_are_seeded_and_each_befalls_another_tick(seed, count, databases):
    made = mishaps(seed, count, ticks=100, databases=databases)
    assert made == mishaps(seed, count, ticks=100, databases=databases)
    assert len({one.tick for one in made}) == count
    kinds = Counter(one.kind for one in made)
    assert kinds["database"] == databases
    assert abs(kinds["kill"] - kinds["crash"]) <= 1


def test_every_point_that_a_worker_passes_is_chosen_over_some_seeds():
    chosen = {one.point.partition(":")[0] for seed in range(20) for one in mishaps(seed, 20, ticks=100) if one.kind == "crash"}
    assert chosen == set(WORKER_POINTS)
    assert set(WORKER_POINTS) < CRASH_POINTS
