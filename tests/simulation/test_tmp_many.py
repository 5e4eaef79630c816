import pytest, collections
from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from scene import Scene, empty
from simulation.small_day import live, SmallDay

C = collections.Counter()


@pytest.mark.parametrize("seed", range(100, 260))
def test_x(server, merchant, database, seed):
    empty(server.owner_url, merchant)
    s = Scene(database, CountingIds(), Sealer(new_keyring()))
    live(s, seed, acts=300)
    for r in s.query("SELECT state, waits_for FROM sales_order"):
        C["o", *r] += 1
    for r in s.query("SELECT state, attempt>1, merged_into_id is not null FROM fulfilment"):
        C["f", *r] += 1
    for r in s.query("SELECT reason, closed_at IS NULL FROM hold"):
        C["h", *r] += 1
    for r in s.query("SELECT step FROM timeline"):
        C["t", *r] += 1
    if seed in (259,):
        for k, v in sorted(C.items(), key=str):
            print(k, v)
