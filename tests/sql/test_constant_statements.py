"""Statements per pass are constant: the same ones for one order and for five hundred, COPY included."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from hands import BUCKETS
from paidan.catalog.load import cache_versions
from paidan.channels.facts import PlatformStatus, RefundStatus
from paidan.pipeline import run_pass
from paidan.release.step import due_fulfilments, release
from paidan.runtime.copying import Cursor
from paidan.sourcing.waking import wake
from scene import NOW, Scene, empty, line, order, receiver

MANY = 500
A_MINUTE = timedelta(minutes=1)
LATER = NOW + 11 * A_MINUTE


@contextmanager
def statements(tx):
    """Every statement and every COPY of this connection."""
    seen: list[str] = []

    class Counting(Cursor):
        def execute(self, query, *more, **named):
            seen.append(str(query))
            return super().execute(query, *more, **named)

        def copy(self, statement, *more, **named):
            seen.append(str(statement))
            return super().copy(statement, *more, **named)

        def copy_all(self, copies):
            seen.extend(str(statement) for statement, _ in copies)
            return super().copy_all(copies)

    before, tx.cursor_factory = tx.cursor_factory, Counting
    try:
        yield seen
    finally:
        tx.cursor_factory = before


@pytest.fixture(scope="module")
def scene(server, merchant, database):
    from paidan.runtime.ids import CountingIds
    from paidan.runtime.sealing import Sealer, new_keyring

    empty(server.owner_url, merchant)
    stocked = dict.fromkeys(("X", "Y", "P", "Q"), 100000)
    made = Scene(database, CountingIds(), Sealer(new_keyring())).set_up({"A": stocked, "B": stocked}, bundles={"SET": {"P": 2, "Q": 1}})
    run_counted(made, [order("warm", line("X"), line("SET"), line("SHORT-OF"), receiver=receiver(9999))])  # the caches and the listings are known
    return made


def run_counted(scene, facts, due=(), now=NOW):
    messages = scene.say(*facts)
    with scene.database.transaction() as tx, statements(tx) as seen:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=list(due), now=now)
    return seen


def same(one, many):
    assert len(one) == len(many), Counter(many) - Counter(one) or Counter(one) - Counter(many)
    assert Counter(one) == Counter(many)


STORIES = {
    "new and sourced": [[{}]],
    "new, a bundle among them": [[{"lines": (line("X"), line("SET", 2))}]],
    "released at once": [[{"is_cod": True}]],
    "held": [[{"buyer_remark": "急"}]],
    "not mapped": [[{"lines": (line("SHORT-OF"),)}]],
    "cancelled before release": [[{}], [{"status": PlatformStatus.CLOSED_REFUNDED, "version_at": NOW + A_MINUTE}]],
    "one line refunded": [
        [{"lines": (line("X"), line("Y"))}],
        [{"lines": (line("X", refund=RefundStatus.REFUNDED), line("Y")), "version_at": NOW + A_MINUTE}],
    ],
    "told again": [[{}], [{}]],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_pass_says_as_much_for_one_as_for_five_hundred(scene, story):
    counts = []
    for size in (1, MANY):
        for rounds in STORIES[story]:
            [more] = rounds
            facts = [
                order(
                    f"{story}-{size}-{n}",
                    *more.get("lines", (line("X"),)),
                    receiver=receiver(n % 9000),
                    **{k: v for k, v in more.items() if k != "lines"},
                )
                for n in range(size)
            ]
            seen = run_counted(scene, facts)
        counts.append(seen)
    same(*counts)


def test_the_release_and_the_waker_say_as_much_for_one_as_for_five_hundred(scene):
    counts, wakings = [], []
    with scene.database.transaction() as tx:
        network = scene.stages.network.load(tx, cache_versions(tx)["network"])
        wake(tx, NOW, limit=10_000)
    for size in (1, MANY):
        run_counted(scene, [order(f"go-{size}-{n}", line("Y"), receiver=receiver(n)) for n in range(size)])
        with scene.database.transaction() as tx:
            due = [
                row[0]
                for row in tx.execute(
                    "SELECT f.id FROM fulfilment f JOIN sales_order o ON o.id = f.order_id WHERE o.platform_order_no LIKE %s", (f"go-{size}-%",)
                )
            ]
            assert len(due) == size
            assert set(due) <= set(due_fulfilments(tx, BUCKETS, 10_000, LATER))
        with scene.database.transaction() as tx, statements(tx) as seen:
            assert release(tx, due, network=network, ids=scene.ids, sealer=scene.sealer, now=LATER) == size
        counts.append(seen)
    same(*counts)
    for size in (1, MANY):
        run_counted(scene, [order(f"short-{size}-{n}", line("X", 200_000), receiver=receiver(n)) for n in range(size)])
        with scene.database.transaction() as tx, statements(tx) as seen:
            wake(tx, NOW)
        wakings.append(seen)
    same(*wakings)
