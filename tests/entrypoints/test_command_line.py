"""What the command line says and with which code it ends, where a script reads both."""

import pytest

from paidan.entrypoints.cli import in_words, plain_word, tell_migrated
from paidan.entrypoints.comparing import differing
from paidan.kernel.errors import BadInput, SetupError
from paidan.kernel.reasons import Reason
from paidan.runtime.migrations import Migrated
from scene import Scene, empty


def test_a_migration_that_stopped_is_told_as_that_and_fails(capsys):
    done = [
        Migrated(merchant="one", before="0015", after="0016"),
        Migrated(merchant="two", before="0015", after="0015", trouble="lock timeout"),
    ]
    assert tell_migrated(done) == 1
    assert capsys.readouterr().out.splitlines() == ["✓ one: 0015 → 0016", "✗ two: 0015: lock timeout"]
    assert tell_migrated(done[:1]) == 0


@pytest.mark.parametrize("name", ["NOPE", "", "1a", "a-b"])
def test_a_name_no_merchant_has_is_refused_without_a_traceback(name):
    with pytest.raises(SetupError, match="a merchant's name"):
        plain_word(name)


def test_refusals_are_told_in_words():
    assert in_words(BadInput(Reason.UNKNOWN_WAREHOUSE, "NOPE")) == "NOPE: 仓库不存在 / There is no such warehouse"
    assert in_words(BadInput(Reason.BODY_UNREADABLE)) == "报文无法解析 / The body cannot be read"
    assert in_words(SetupError("no database")) == "no database"


def test_a_warehouse_that_is_not_there_has_no_good_counts(server, merchant, database, ids, sealer):
    empty(server.owner_url, merchant)
    scene = Scene(database, ids, sealer).set_up({"A": {"X": 1}})
    assert differing(scene, "A") == []
    with pytest.raises(BadInput, match="unknown_warehouse: NOPE"):
        differing(scene, "NOPE")
