from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from paidan.entrypoints.api.app import create_app
from paidan.entrypoints.api.keys import Scope, make_key
from paidan.entrypoints.api.services import Services
from paidan.runtime.clocks import FixedClock
from paidan.runtime.settings import Settings
from scene import NOW, Scene, empty


class World:
    """A small merchant with its API: `call` speaks as the key of one scope."""

    def __init__(self, client: TestClient[Any], scene: Scene, services: Services, keys: dict[str, str]) -> None:
        self.client = client
        self.scene = scene
        self.services = services
        self.keys = keys

    def call(self, verb: str, path: str, *, scope: str = "admin", headers: dict[str, str] | None = None, **more: Any) -> Any:
        bearer = {"authorization": f"Bearer {self.keys[scope]}"} if scope else {}
        url = path if path.startswith("/doors") else f"/api/v1{path}"
        return self.client.request(verb, url, headers={**bearer, **(headers or {})}, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, json=body, **more)


@pytest.fixture
def world(server, merchant, database, ids, sealer) -> Iterator[World]:
    empty(server.owner_url, merchant)
    scene = Scene(database, ids, sealer)
    services = Services(database=database, ids=ids, sealer=sealer, clock=FixedClock(NOW), settings=Settings())
    keys = {}
    with database.transaction() as tx:
        for scope in Scope:
            keys[scope.value] = make_key(tx, ids, sealer, name=f"{scope}er", scopes=[scope], now=NOW)[1]
    with TestClient(create_app(services), raise_server_exceptions=False) as client:
        yield World(client, scene, services, keys)
