from datetime import timedelta

import pytest
from msgspec import Struct

from paidan.kernel.reasons import Reason
from paidan.rules.conditions import AnyOf, Compare, Op
from paidan.rules.policies import Policy, Rule, Scope
from paidan.rules.store import end, list_versions, publish, read_effective, read_version
from paidan.runtime.database import Database
from rules.rule_cases import NOW


class Say(Struct, frozen=True, tag="say"):
    word: str


class Ask(Struct, frozen=True, tag="ask"):
    word: str


ACTIONS = Say | Ask
WHEN = AnyOf(of=(Compare(field="rate", op=Op.BETWEEN, value=("0.10", "0.2")), Compare(field="shop", op=Op.IN, value=("急", "b"))))


def policy(kind: str, version: int, **more: object) -> Policy[Say | Ask]:
    rule = Rule(id="r", name_zh="规则", name_en="rule", when=WHEN, then=Ask(f"v{version}"), scope=Scope(shops=("s1",)), effective_from=NOW)
    return Policy(kind=kind, version=version, rules=(rule,), **more)  # type: ignore[arg-type]


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return request.node.name


def test_without_a_published_version_the_default_decides(database: Database, kind: str) -> None:
    default = policy(kind, 0)
    with database.transaction() as tx:
        assert read_effective(tx, default, ACTIONS, NOW) is default
        assert read_version(tx, default, ACTIONS, 0) is default
        assert read_version(tx, default, ACTIONS, 1) is None


def test_a_policy_comes_back_as_it_was_published(database: Database, kind: str) -> None:
    made = policy(kind, 1, effective_until=NOW + timedelta(days=1))
    with database.transaction() as tx:
        assert publish(tx, made, published_at=NOW, published_by="user:li", note="首版") is None
    with database.transaction() as tx:
        assert read_effective(tx, policy(kind, 0), ACTIONS, NOW) == made
        assert read_version(tx, policy(kind, 0), ACTIONS, 1) == made
        (told,) = list_versions(tx, kind)
    assert (told.version, told.published_by, told.note, told.effective_from) == (1, "user:li", "首版", None)


def test_the_highest_version_in_force_decides_and_may_be_ended(database: Database, kind: str) -> None:
    default, tomorrow = policy(kind, 0), NOW + timedelta(days=1)
    with database.transaction() as tx:
        for version, start in ((1, None), (2, tomorrow), (3, None)):
            assert publish(tx, policy(kind, version, effective_from=start), published_at=NOW, published_by="user:li") is None
        assert read_effective(tx, default, ACTIONS, NOW).version == 3
        assert end(tx, kind, 3, NOW) is None
        assert read_effective(tx, default, ACTIONS, NOW).version == 1
        assert read_effective(tx, default, ACTIONS, tomorrow).version == 2
        assert end(tx, kind, 2, NOW) is Reason.NOT_FOUND
        assert [told.version for told in list_versions(tx, kind, below=3)] == [2, 1]


def test_of_two_publishers_of_one_version_the_second_is_refused(database: Database, kind: str) -> None:
    with database.transaction() as tx:
        assert publish(tx, policy(kind, 1), published_at=NOW, published_by="user:li") is None
        assert publish(tx, policy(kind, 1), published_at=NOW, published_by="user:wang") is Reason.VERSION_CONFLICT
        assert publish(tx, policy(kind, 3), published_at=NOW, published_by="user:wang") is Reason.VERSION_CONFLICT


def test_each_change_tells_running_passes_and_a_refusal_does_not(database: Database, kind: str) -> None:
    def cache_version() -> int:
        (found,) = tx.execute("SELECT version FROM cache_version WHERE subject = 'rules'").fetchone() or (0,)
        return int(found)

    with database.transaction() as tx:
        start = cache_version()
        publish(tx, policy(kind, 1), published_at=NOW, published_by="user:li")
        end(tx, kind, 1, NOW)
        assert cache_version() == start + 2
        publish(tx, policy(kind, 1), published_at=NOW, published_by="user:li")
        end(tx, kind, 9, NOW)
        assert cache_version() == start + 2
