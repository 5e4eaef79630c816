"""Somebody who works with the console, as the API sees him; and orders told and passed."""

from typing import Any

from litestar.testing import TestClient

from paidan.pipeline import run_pass
from scene import NOW, Scene

PASSWORD = "correct horse battery"


class Person:
    """Somebody signed in with a browser: cookie and CSRF token; `call` speaks as him."""

    def __init__(self, client: TestClient[Any], cookie: str) -> None:
        self.client = client
        self.cookie = cookie
        self.csrf = self.call("GET", "/me").json()["csrf"]

    def call(self, verb: str, path: str, body: Any = None, *, csrf: str | None = None, **more: Any) -> Any:
        headers = {"cookie": f"paidan_session={self.cookie}", **more.pop("headers", {})}
        if verb != "GET":
            headers["x-csrf"] = self.csrf if csrf is None else csrf
        return self.client.request(verb, f"/api/v1{path}", headers=headers, json=body, **more)


def told(scene: Scene, *facts: Any, shop: str = "S1", due: Any = ()) -> None:
    """Messages of one shop, and due orders, through one pass."""
    messages = scene.say(*facts, shop=shop) if facts else []
    with scene.database.transaction() as tx:
        run_pass(tx, scene.stages, message_ids=messages, order_ids=list(due), now=NOW)
    assert scene.broken_invariants() == {}


def second_shop(scene: Scene, code: str = "S2") -> int:
    """Another shop of the small merchant."""
    (shop_id,) = scene.ids.take(1)
    scene.query("INSERT INTO shop (id, code, name, platform, merge_window_s) VALUES (%s, %s, '二店', 'direct', 600) RETURNING 1", shop_id, code)
    scene.query("UPDATE cache_version SET version = version + 1 RETURNING 1")
    return shop_id
