"""Every operation, as each kind of caller: made from the API's own description."""

import re
from datetime import timedelta

import pytest

from paidan.entrypoints.api.keys import Scope, find_caller, make_key
from scene import NOW

GET_NEEDS = {"/api/v1/keys": "admin"}
ADMIN_WRITES = ("/api/v1/shops", "/api/v1/network/connections", "/api/v1/keys")


def operations(world):
    spec = world.client.get("/api/v1/openapi.json").json()
    for path, item in spec["paths"].items():
        for verb in ("get", "post", "put", "patch", "delete"):
            if verb in item:
                yield verb.upper(), path


def needed(verb: str, path: str) -> str:
    if verb == "GET":
        return GET_NEEDS.get(path.rstrip("/"), "read")
    return "admin" if path.startswith(ADMIN_WRITES) else "write"


RANK = {"read": 0, "write": 1, "admin": 2}


def filled(path: str) -> str:
    """Ids that are nobody's: a key that revokes itself would end the test."""
    return re.sub(r"\{\w+_id\}", "999999", path.replace("{kind}", "products"))


def test_every_operation_asks_for_a_key_and_for_its_scope(world):
    seen = 0
    for verb, path in operations(world):
        url = filled(path).removeprefix("/api/v1")
        assert "{" not in url, path
        assert world.call(verb, url, scope="").status_code == 401, (verb, path)
        for scope, rank in RANK.items():
            status = world.call(verb, url, scope=scope, json={} if verb != "GET" else None).status_code
            assert (status == 403) == (rank < RANK[needed(verb, path)]), (verb, path, scope, status)
            assert status != 401, (verb, path, scope)
        seen += 1
    assert seen > 45


def test_only_the_listed_pages_are_open(world):
    for path in ("/", "/livez", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/docs"):
        assert world.client.get(path).status_code == 200, path


def test_objects_that_are_not_there_are_not_found_whoever_asks(world):
    for path in ("/orders/99", "/fulfilments/99", "/documents/99", "/messages/99", "/catalog/skus/99", "/shops/99", "/nowhere", "/a/b/c"):
        answer = world.get(path, scope="read")
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "key",
    ["", "x", "pd_aaaaaaaa_" + "a" * 39, "pd_" + "a" * 500, "пароль"],
)
def test_a_key_that_is_none_opens_nothing(world, key):
    headers = {"authorization": f"Bearer {key}".encode()}
    assert world.client.get("/api/v1/orders", headers=headers).status_code == 401


def test_a_key_lives_until_it_expires_or_is_revoked(world):
    services, sealer = world.services, world.services.sealer
    with services.database.transaction() as tx:
        _, key = make_key(tx, services.ids, sealer, name="a", scopes=[Scope.READ], now=NOW, expires_at=NOW + timedelta(days=1))
        assert find_caller(tx, sealer, key, NOW).name == "a"
        assert find_caller(tx, sealer, key, NOW + timedelta(days=1)) is None
        assert find_caller(tx, sealer, key[:-1] + ("a" if key[-1] != "a" else "b"), NOW) is None
        other = key[:12] + ("b" if key[12] != "b" else "c") + key[13:]
        assert find_caller(tx, sealer, other, NOW) is None
        digests = tx.execute("SELECT digest FROM api_key").fetchall()
        assert all(key.encode() not in bytes(row[0]) for row in digests)


def test_a_key_made_over_the_api_works_until_it_is_revoked(world):
    made = world.post("/keys", {"name": "clerk", "scopes": ["read"]}).json()
    bearer = {"authorization": f"Bearer {made['key']}"}
    assert world.call("GET", "/orders", scope="", headers=bearer).status_code == 200
    assert made["key"] not in world.get("/keys").text
    assert world.post(f"/keys/{made['id']}/revoke").status_code == 200
    assert world.call("GET", "/orders", scope="", headers=bearer).status_code == 401


def test_the_first_page_and_the_documents_fetch_nothing_from_elsewhere(world):
    for path in ("/", "/api/v1/docs"):
        page = world.client.get(path, headers={"accept-language": "en"}).text
        assert "<script" not in page
        assert 'src="' not in page
        assert "https://" not in page.replace("https?://", "")
