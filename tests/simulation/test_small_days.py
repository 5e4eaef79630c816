import pytest

from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from scene import Scene, empty
from simulation.small_day import live

SEEDS = [pytest.param(seed, marks=() if seed <= 3 else pytest.mark.slow) for seed in range(1, 29)]


@pytest.fixture
def new_scene(server, merchant, database):
    def new() -> Scene:
        empty(server.owner_url, merchant)
        return Scene(database, CountingIds(), Sealer(new_keyring()))

    return new


@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_day_ends_with_every_order_accounted_for(new_scene, seed):
    live(new_scene(), seed)


def outcome(scene):
    return scene.query(
        "SELECT o.platform_order_no, o.state, o.waits_for, l.line_no, l.open, l.short, l.reserved, l.in_fulfilment, l.shipped, l.cancelled"
        " FROM sales_order o JOIN order_line l ON l.order_id = o.id ORDER BY 1, 4"
    )


def test_one_seed_is_one_day(new_scene):
    first = new_scene()
    live(first, 2, acts=60)
    before = outcome(first)
    second = new_scene()
    live(second, 2, acts=60)
    assert outcome(second) == before
