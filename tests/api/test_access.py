"""Every operation, as each kind of caller."""

import re
from datetime import timedelta

import pytest

from paidan.entrypoints.api.keys import find_caller, make_key
from paidan.entrypoints.api.people.rights import Right, Scope
from scene import NOW

# Every operation and the right it needs. `everywhere`: kept from those who see some shops or warehouses only. A route that is forgotten here fails.
OPEN, SIGNED_IN = "open", "signed_in"
ENDLESS = "/events"  # a stream: who may hear it is not kept waiting here
CLOSED = "closed"
# Everything beside the API: open, or (the framework's own page) closed to everybody.
BESIDE = {
    "GET /": OPEN,
    "GET /{path}": OPEN,
    "GET /livez": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /api/v1/openapi.json": OPEN,
    "GET /api/v1/docs": OPEN,
    "GET /api/v1/sign-in/provider": OPEN,
    "GET /api/v1/sign-in/provider/back": OPEN,
    "POST /doors/wms/{code}": OPEN,
    "POST /doors/tracking/{code}": OPEN,
    "POST /doors/shopify/{code}": OPEN,
    "GET /api/v1/litestar": CLOSED,
    "GET /api/v1/litestar/openapi.json": CLOSED,
    "GET /api/v1/litestar/{path}": CLOSED,
}
BODIES = {"PUT /me/language": {"language": "en"}, "PUT /me/password": {"present": "x", "new": "correct horse battery"}}
NEEDS = {
    "GET /catalog/bans": "see",
    "POST /catalog/bans": "masters everywhere",
    "POST /catalog/bans/lift": "masters everywhere",
    "POST /catalog/bundles": "masters everywhere",
    "PUT /catalog/bundles/{record_id}": "masters everywhere",
    "GET /catalog/listings": "see",
    "POST /catalog/listings": "masters everywhere",
    "GET /catalog/listings/{record_id}": "see",
    "GET /catalog/listings/{record_id}/effect": "see",
    "PUT /catalog/listings/{record_id}": "masters everywhere",
    "GET /catalog/sku-suggestions": "see",
    "GET /catalog/skus": "see",
    "POST /catalog/skus": "masters everywhere",
    "GET /catalog/skus/{record_id}": "see",
    "PUT /catalog/skus/{record_id}": "masters everywhere",
    "GET /catalog/unmapped": "see",
    "POST /catalog/unmapped/sure": "masters everywhere",
    "GET /divisions": SIGNED_IN,
    "GET /documents": "see",
    "POST /documents/entries": "stock",
    "GET /documents/{document_id}": "see",
    "GET /dashboard": "see",
    "GET /events": "see",
    "GET /events/missed": "see",
    "GET /exceptions": "see",
    "POST /exceptions/{exception_id}/claim": "see",
    "DELETE /exceptions/{exception_id}/claim": "see",
    "POST /exceptions/{exception_id}/snooze": "see",
    "POST /exceptions/{exception_id}/fix": "see",
    "GET /health/parts": "see",
    "GET /lists/exceptions": "see",
    "POST /exports": "see",
    "GET /exports/count": "see",
    "GET /first-steps": "see",
    "POST /first-steps/simulators": "settings everywhere",
    "GET /fulfilments": "see",
    "GET /fulfilments/{fulfilment_id}": "see",
    "POST /fulfilments/{fulfilment_id}/unmerge": "merge",
    "GET /holds": "see",
    "POST /imports/{kind}": "import everywhere",
    "GET /imports/{kind}/template": "see",
    "GET /invariants": "see everywhere",
    "GET /jobs": "see",
    "POST /jobs": "see",
    "GET /jobs/{job_id}": "see",
    "GET /jobs/{job_id}/file": "see",  # and the right that its job takes, see test_exports and test_prints_of_many
    "GET /jobs/{job_id}/rows": "see",
    "POST /jobs/{job_id}/forcings": "force",
    "POST /jobs/{job_id}/retries": "see",
    "POST /jobs/{job_id}/undo": "see",
    "GET /keys": "people everywhere",
    "POST /keys": "people everywhere",
    "POST /keys/{key_id}/revoke": "people everywhere",
    "GET /lists/orders": "see",
    "GET /lists/orders/count": "see",
    "GET /lists/orders/fields": "see",
    "GET /lists/orders/groups": "see",
    "GET /lists/sorts": "see",
    "POST /lists/orders/find": "see",
    "GET /pda/find/{text}": "see",
    "GET /pda/fulfilments/{no}": "ship",
    "POST /pda/fulfilments/{no}/accept": "ship",
    "POST /pda/fulfilments/{no}/reject": "ship",
    "POST /pda/fulfilments/{no}/ship": "ship",
    "POST /pda/fulfilments/{no}/verify": "ship",
    "GET /pda/receipts": "stock",
    "GET /pda/receipts/{no}": "stock",
    "POST /pda/receipts/{no}/receive": "stock",
    "GET /pda/tasks": "ship",
    "GET /pick-places": "see",
    "PUT /pick-places": "masters",
    "GET /prints": "print",
    "POST /prints": "print",
    "GET /queues": "see",
    "GET /views": "see",
    "POST /views": "see",
    "PUT /views/{view_id}": "see",
    "DELETE /views/{view_id}": "see",
    "PUT /views/{view_id}/default": "see",
    "DELETE /views/{view_id}/default": "see",
    "GET /me": SIGNED_IN,
    "PUT /me/language": "a person",
    "PUT /me/password": "a person",
    "DELETE /me/sessions": "a person",
    "GET /me/sessions": "a person",
    "DELETE /me/sessions/{session_id}": "a person",
    "GET /messages": "see",
    "GET /messages/{message_id}": "see",
    "POST /messages/{message_id}/replay": "messages",
    "POST /messages/replays": "messages",
    "GET /network/carriers": "see",
    "POST /network/carriers": "masters everywhere",
    "GET /network/carriers/{record_id}": "see",
    "PUT /network/carriers/{record_id}": "masters everywhere",
    "GET /network/connections": "see everywhere",
    "POST /network/connections": "settings everywhere",
    "GET /network/connections/{record_id}": "see everywhere",
    "PUT /network/connections/{record_id}": "settings everywhere",
    "GET /network/freight": "see",
    "POST /network/freight": "masters everywhere",
    "POST /network/freight/remove": "masters everywhere",
    "GET /network/translations": "see",
    "POST /network/translations": "masters everywhere",
    "GET /network/warehouses": "see",
    "POST /network/warehouses": "masters everywhere",
    "GET /network/warehouses/{record_id}": "see",
    "PUT /network/warehouses/{record_id}": "masters everywhere",
    "GET /orders": "see",
    "POST /orders": "import",
    "GET /orders/by-number/{order_no}": "see",
    "GET /orders/{order_id}": "see",
    "POST /orders/{order_id}/cancel": "cancel",
    "POST /orders/{order_id}/edits": "edit_order",
    "POST /orders/{order_id}/hold": "hold",
    "POST /orders/{order_id}/lines": "edit_order",
    "POST /orders/{order_id}/receiver": "edit_order",
    "POST /orders/{order_id}/receiver/restore": "edit_order",
    "POST /orders/{order_id}/release": "see",  # and the right that lifts its holds, see test_jobs
    "GET /outbox": "see",
    "POST /outbox/revive": "messages",
    "POST /outbox/tries": "messages everywhere",
    "GET /receiver-reveals": "people everywhere",
    "POST /receiver-reveals": "reveal",
    "POST /receiver-texts": "edit_order",
    "GET /rights": SIGNED_IN,
    "GET /roles": "people everywhere",
    "POST /roles": "people everywhere",
    "PUT /roles/{role_id}": "people everywhere",
    "GET /settings/flags": "see",
    "PUT /settings/flags": "settings everywhere",
    "GET /settings/sourcing": "see",
    "PUT /settings/sourcing": "settings everywhere",
    "GET /shops": "see",
    "POST /shops": "settings everywhere",
    "GET /shops/{record_id}": "see",
    "PUT /shops/{record_id}": "settings everywhere",
    "POST /shops/{record_id}/reads": "settings",
    "PUT /shops/{record_id}/stock-push": "settings everywhere",
    "POST /shops/trials": "settings everywhere",
    "POST /sign-in": OPEN,
    "GET /sign-in/ways": OPEN,
    "POST /sign-out": OPEN,
    "GET /stock/alarms": "see",
    "GET /stock/balances": "see",
    "GET /stock/by-shop": "see",
    "GET /stock/comparisons": "see",
    "POST /stock/comparisons": "stock",
    "GET /stock/differences": "see",
    "POST /stock/differences/{difference_id}/accept": "stock",
    "GET /stock/entries": "see",
    "POST /stock/opening": "stock everywhere",
    "GET /stock/sellable": "see",
    "GET /stock/shops": "see",
    "GET /users": "people everywhere",
    "POST /users": "people everywhere",
    "PUT /users/{person_id}": "people everywhere",
    "POST /users/{person_id}/password": "people everywhere",
    "POST /users/{person_id}/provider": "people everywhere",
    "DELETE /users/{person_id}/provider": "people everywhere",
    "GET /words": SIGNED_IN,
}


def operations(world):
    spec = world.client.get("/api/v1/openapi.json").json()
    for path, item in spec["paths"].items():
        for verb in ("get", "post", "put", "patch", "delete"):
            if verb in item:
                yield verb.upper(), path.removeprefix("/api/v1")


def said_by(opt):
    """What a handler's own options ask for, in the words of the tables above."""
    if right := opt.get("right"):
        return f"{right} everywhere" if opt["everywhere"] else str(right)
    return OPEN if opt.get("open") else SIGNED_IN if opt.get("signed_in") else CLOSED


def test_every_route_asks_for_what_the_tables_say_and_none_is_open_but_these(still):
    said = {
        f"{verb} {route.path_format}": said_by(handler.opt)
        for route in still.client.app.routes
        for handler in route.route_handlers
        for verb in handler.http_methods
        if verb != "OPTIONS"
    }
    asked = {operation.replace(" ", " /api/v1", 1): SIGNED_IN if needed == "a person" else needed for operation, needed in NEEDS.items()}
    assert said == {**asked, **BESIDE}


@pytest.mark.parametrize("path", ["/api/v1/litestar", "/api/v1/litestar/openapi.json", "/api/v1/litestar/swagger"])
def test_a_handler_that_names_no_right_is_closed_to_everybody(still, path):
    assert still.client.get(path).status_code == 401
    assert still.client.get(path, headers={"authorization": f"Bearer {still.keys['admin']}"}).status_code == 403


def filled(path: str) -> str:
    """Ids that are nobody's: a key that revokes itself would end the test."""
    url = (
        re.sub(r"\{\w+_id\}", "999999", path.replace("{exception_id}", "hold-999999"))
        .replace("{kind}", "products")
        .replace("{no}", "FH0")
        .replace("{text}", "x")
        .replace("{order_no}", "SO0")
        .replace("{action}", "hold")
    )
    assert "{" not in url, path
    return url


def test_the_table_names_every_operation_and_no_other(world):
    assert sorted(NEEDS) == sorted(f"{verb} {path}" for verb, path in operations(world))


@pytest.fixture
def key_of(world):
    def make(rights, **limits):
        with world.services.database.transaction() as tx:
            return make_key(tx, world.services.ids, world.services.sealer, name="k", scopes=sorted(rights), now=NOW, **limits)[1]

    return make


def test_every_operation_asks_for_its_right_and_for_no_other(world, key_of):
    with_right = {right: {"authorization": f"Bearer {key_of([right])}"} for right in Right}
    without = {right: {"authorization": f"Bearer {key_of(set(Right) - {right})}"} for right in Right}
    limits = [{"authorization": f"Bearer {key_of(Right, **limit)}"} for limit in ({"shop_ids": [1]}, {"warehouse_ids": [1]})]
    for operation, needed in NEEDS.items():
        verb, path = operation.split()
        right, _, everywhere = needed.partition(" ")

        def status(headers, verb=verb, path=path):
            if path == ENDLESS and headers not in ({}, without[Right.SEE]):
                return 200
            return world.call(
                verb, filled(path), scope="", headers=headers, json=BODIES.get(f"{verb} {path}", {}) if verb != "GET" else None
            ).status_code

        if needed == OPEN:
            assert status({}) not in {401, 403}, operation
            continue
        assert status({}) == 401, operation
        if needed in {SIGNED_IN, "a person"}:
            for headers in (*with_right.values(), *limits):
                assert status(headers) == (200 if needed == SIGNED_IN else 403), operation
            continue
        assert status(with_right[Right(right)]) not in {401, 403}, operation
        assert status(without[Right(right)]) == 403, operation
        for limited in limits:
            assert (status(limited) == 403) == bool(everywhere), operation


def test_the_coarse_scopes_of_keys_grant_what_they_always_did(world):
    rank = {"read": 0, "write": 1, "admin": 2}
    for operation, needed in NEEDS.items():
        verb, path = operation.split()
        right = needed.partition(" ")[0]
        if right not in set(Right):
            continue
        least = "read" if right == "see" else "admin" if right in {"people", "settings", "reveal"} else "write"
        for scope, own in rank.items():
            if path == ENDLESS:
                continue
            status = world.call(verb, filled(path), scope=scope, json={} if verb != "GET" else None).status_code
            assert (status == 403) == (own < rank[least]), (operation, scope, status)
            assert status != 401, (operation, scope)


def test_only_the_listed_pages_are_open(world, monkeypatch, tmp_path):
    monkeypatch.setenv("PAIDAN_CONSOLE_DIR", str(tmp_path))
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


def test_the_first_page_and_the_documents_fetch_nothing_from_elsewhere(world, monkeypatch, tmp_path):
    monkeypatch.setenv("PAIDAN_CONSOLE_DIR", str(tmp_path))
    for path in ("/", "/api/v1/docs"):
        page = world.client.get(path, headers={"accept-language": "en"}).text
        assert "<script" not in page
        assert 'src="' not in page
        assert "https://" not in page.replace("https?://", "")
