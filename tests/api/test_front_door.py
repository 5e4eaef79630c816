"""The short way of counterparts' calls: it answers what the long way would answer, and leaves to it what it can't do."""

import psycopg
import pytest

from paidan.entrypoints.api import front_door
from paidan.entrypoints.api.doors import CODE_MAX, SIZE_MAX

WMS = "/doors/wms/{}?method=deliveryorder.confirm&customerId=c"
TRACKING = "/doors/tracking/{}"


def both_ways(world, path, content):
    """What the short way says, and what the long way says of the same: a header that only that one understands leads there."""
    return [
        (answer.status_code, answer.headers["content-type"], answer.content)
        for headers in ({}, {"cookie": "a=b"})
        for answer in [world.call("POST", path, scope="", content=content, headers=headers)]
    ]


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        (WMS.format("W1"), b"<request/>", 200),
        (WMS.format("W1"), b"\xff not XML", 200),
        (TRACKING.format("T"), b"param=%7B%7D&sign=X", 200),
        (TRACKING.format("T"), b"", 200),
        (TRACKING.format("T"), b"x" * (SIZE_MAX + 1), 413),
        (TRACKING.format("T" * CODE_MAX), b"param=%7B%7D", 200),
        (TRACKING.format("T" * (CODE_MAX + 1)), b"param=%7B%7D", 422),
    ],
)
def test_both_ways_say_the_same(world, path, content, status):
    short, long = both_ways(world, path, content)
    assert short == long
    assert short[0] == status
    kept = world.scene.query("SELECT count(*) FROM message")[0][0]
    assert kept == (2 if short[0] == 200 else 0)


def test_what_the_short_way_could_not_keep_the_long_way_keeps(world, monkeypatch):
    """The database is away for a moment: the call is tried once more, and kept once."""
    tries = []

    def away(*call):
        tries.append(call)
        raise psycopg.OperationalError("away")

    monkeypatch.setattr(front_door, "submitted", away)
    answer = world.call("POST", WMS.format("W1"), scope="", content=b"<request/>")
    assert (answer.status_code, b"failure" in answer.content, len(tries)) == (200, True, 1)
    assert world.scene.query("SELECT count(*) FROM message") == [(1,)]
