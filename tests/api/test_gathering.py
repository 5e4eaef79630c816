"""Items that come together are done together; one that spoils the batch spoils only itself."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest

from paidan.entrypoints.api import gathering
from paidan.entrypoints.api.gathering import Gathering


def run_aside(coroutine):
    """In a thread of its own: a browser's event loop may lie under the tests of this process."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, coroutine).result()


def answers_of(work, items, *, simpler=None, before=None):
    """Submit all items while the thread is busy or not yet started; their answers or errors."""
    gathered = Gathering("test", work, simpler=simpler)

    async def run():
        futures = [gathered.submit(item) for item in items]
        gathered.start()
        if before is not None:
            before()
        return await asyncio.gather(*futures, return_exceptions=True)

    try:
        return run_aside(run())
    finally:
        gathered.stop()


def test_what_waits_together_is_done_together_and_answered_in_order():
    batches = []

    def double(items):
        batches.append(list(items))
        return [item * 2 for item in items]

    assert answers_of(double, [1, 2, 3]) == [2, 4, 6]
    assert batches == [[1, 2, 3]]


def test_what_comes_while_a_batch_is_at_work_makes_the_next_one():
    batches, go, begun = [], Event(), Event()

    def slow(items):
        batches.append(list(items))
        begun.set()
        assert go.wait(10)
        return list(items)

    gathered = Gathering("test", slow)
    gathered.start()

    async def run():
        first = gathered.submit(1)
        await asyncio.to_thread(begun.wait, 10)
        more = [gathered.submit(2), gathered.submit(3)]
        go.set()
        return await asyncio.gather(first, *more)

    assert run_aside(run()) == [1, 2, 3]
    gathered.stop()
    assert batches == [[1], [2, 3]]


def test_a_bad_item_fails_alone():
    def work(items):
        if any(item < 0 for item in items):
            raise ValueError("negative")
        return list(items)

    good, bad, other = answers_of(work, [1, -1, 2])
    assert (good, other) == (1, 2)
    assert isinstance(bad, ValueError)


def test_an_exception_among_the_answers_is_raised_to_its_own_caller():
    told = answers_of(lambda items: [KeyError(item) if item == "b" else item for item in items], ["a", "b"])
    assert told[0] == "a"
    assert isinstance(told[1], KeyError)


def test_what_fails_alone_may_be_done_more_simply():
    def work(items):
        if "hard" in items:
            raise ValueError("too hard")
        return [f"done {item}" for item in items]

    assert answers_of(work, ["hard", "easy"], simpler=lambda item: "simple" if item == "hard" else None) == ["done simple", "done easy"]


@pytest.mark.parametrize(("failures", "is_kept"), [(1, True), (gathering.RETRIES, False)])
def test_a_lost_connection_is_nobodys_fault(monkeypatch, failures, is_kept):
    monkeypatch.setattr(gathering, "RETRY_S", 0.0)
    left = [failures]

    def work(items):
        if left[0]:
            left[0] -= 1
            raise psycopg.OperationalError("the server went away")
        return list(items)

    [answer] = answers_of(work, [1])
    assert answer == 1 if is_kept else isinstance(answer, psycopg.OperationalError)


def test_a_caller_who_has_gone_does_not_stop_the_others():
    gathered = Gathering("test", list)

    async def run():
        gone, stays = gathered.submit(1), gathered.submit(2)
        gone.cancel()
        gathered.start()
        return await stays

    assert run_aside(run()) == 2
    gathered.stop()
