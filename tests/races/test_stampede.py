"""Many at once for little: nobody gets what is not there, and nothing stays on the shelf while somebody waits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hands import settle_down
from paidan.pipeline import Stages, run_pass
from paidan.runtime.database import trouble
from paidan.runtime.numbers import NumberSource
from scene import NOW, Scene, empty, facts_codec, line, order, receiver

THREADS = 4
LATER = NOW.replace(hour=5)


@pytest.fixture
def shop(server, merchant, scene) -> Scene:
    empty(server.owner_url, merchant)
    return scene


def stampede(shop: Scene, facts, *, batch: int) -> int:
    """All messages over four threads, each with stages of its own, in small passes; gives how often a pass was tried again for nobody's fault."""
    messages = shop.say(*facts)
    parts = [messages[n : n + batch] for n in range(0, len(messages), batch)]
    all_stages = [
        Stages(ids=shop.ids, numbers=NumberSource(shop.database), sealer=shop.sealer, codecs={"direct": facts_codec}) for _ in range(THREADS)
    ]

    def work(n):
        retries = 0
        for part in parts[n::THREADS]:
            while True:
                try:
                    with shop.database.transaction() as tx:
                        run_pass(tx, all_stages[n], message_ids=part, order_ids=[], now=NOW)
                    break
                except Exception as error:  # judged below
                    if trouble(error) != "retry":
                        raise
                    retries += 1
                    assert retries < 50
        return retries

    with ThreadPoolExecutor(THREADS) as pool:
        retries = sum(pool.map(work, range(THREADS)))
    assert shop.broken_invariants() == {}
    return retries


def counted(shop):
    return dict(shop.query("SELECT state, COUNT(*) FROM sales_order GROUP BY state"))


@pytest.mark.parametrize("batch", [1, 10])
def test_two_hundred_orders_for_fifty_units(shop, batch):
    shop.set_up({"A": {"X": 50}})
    retries = stampede(shop, [order(str(n), line("X"), receiver=receiver(n)) for n in range(200)], batch=batch)
    assert retries == 0
    assert shop.query("SELECT on_hand, reserved_hard FROM balance") == [(50, 50)]
    settle_down(shop, NOW.replace(minute=1))
    assert counted(shop) == {40: 150, 50: 50}
    assert shop.broken_invariants() == {}


def test_orders_of_several_skus_in_every_order_never_ring(shop):
    codes = ("X", "Y", "Z")
    shop.set_up({"A": dict.fromkeys(codes, 20), "B": dict.fromkeys(codes, 20)})
    facts = [order(str(n), *(line(codes[(n + k) % 3], 1 + (n + k) % 2) for k in range(1 + n % 3)), receiver=receiver(n)) for n in range(90)]
    retries = stampede(shop, facts, batch=6)
    assert retries == 0
    settle_down(shop, NOW.replace(minute=1))
    assert shop.broken_invariants() == {}
    assert shop.query("SELECT COUNT(*) FROM balance WHERE reserved_hard > on_hand") == [(0,)]
    assert set(counted(shop)) == {40, 50}


def test_one_order_told_by_forty_messages_at_once_is_one_order(shop):
    shop.set_up({"A": {"X": 5}})
    facts = [order("1", line("X", 2), seller_flag=n % 6, version_at=NOW.replace(second=n)) for n in range(40)]
    stampede(shop, facts, batch=2)
    settle_down(shop, NOW.replace(minute=1))
    assert counted(shop) == {50: 1}
    assert shop.query("SELECT seller_flag, EXTRACT(second FROM platform_version_at)::integer FROM sales_order") == [(39 % 6, 39)]
    assert shop.query("SELECT SUM(reserved_hard) FROM balance") == [(2,)]
