"""Orders of one buyer can be found by what the platform calls him, and nothing readable of that is kept."""

import pytest

from hands import run
from paidan.channels.facts import PlatformStatus
from scene import NOW, Scene, empty, line, order, timedelta

OPEN_UID = "AAHr5mEAAO-buyer-one"


@pytest.fixture
def scene(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer).set_up({"A": {"X": 9}})


def digests(scene):
    return dict(scene.query("SELECT platform_order_no, buyer_digest FROM sales_order"))


def test_one_buyer_one_digest(scene):
    run(scene, order("1", line("X"), buyer_ref=OPEN_UID), order("2", line("X"), buyer_ref=OPEN_UID), order("3", line("X"), buyer_ref="another"))
    found = digests(scene)
    assert found["1"] is not None
    assert found["1"] == found["2"] != found["3"]


def test_nothing_readable_is_stored(scene):
    run(scene, order("1", line("X"), buyer_ref=OPEN_UID))
    [(row,)] = scene.query("SELECT to_jsonb(o)::text FROM sales_order o")
    assert OPEN_UID not in row
    assert OPEN_UID.encode() not in digests(scene)["1"]
    assert len(digests(scene)["1"]) == 16


def test_no_identity_no_digest_until_a_later_message_tells_it(scene):
    run(scene, order("1", line("X")))
    assert digests(scene) == {"1": None}
    run(scene, order("1", line("X"), buyer_ref=OPEN_UID, version_at=NOW + timedelta(minutes=1), status=PlatformStatus.PAID))
    told = digests(scene)["1"]
    assert told is not None
    run(scene, order("1", line("X"), version_at=NOW + timedelta(minutes=2), seller_flag=1))
    assert digests(scene)["1"] == told
