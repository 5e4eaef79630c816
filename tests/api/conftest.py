from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from litestar.testing import TestClient

from browser import PASSWORD, Person
from kept_routes import KeptRoutes
from paidan.entrypoints.api import app as application
from paidan.entrypoints.api.jobs.runner import Claimed, JobRunner
from paidan.entrypoints.api.keys import make_key
from paidan.entrypoints.api.people.rights import Scope
from paidan.entrypoints.api.services import HandlerContext
from paidan.runtime.clocks import FixedClock
from paidan.runtime.database import Database
from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from paidan.runtime.settings import Settings
from scene import NOW, Scene, empty

PATIENCE_S = 20.0


class TellingRunner(JobRunner):
    """The runner of jobs that tells when one has come to its end."""

    def __init__(self, services: HandlerContext) -> None:
        super().__init__(services)
        self.ended: SimpleQueue[int] = SimpleQueue()

    def _end(self, job: Claimed) -> None:
        super()._end(job)
        self.ended.put(job.id)


class World:
    """A small merchant with its API: `call` speaks as the key of one scope."""

    def __init__(self, client: TestClient[Any], scene: Scene, services: HandlerContext, keys: dict[str, str]) -> None:
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

    def ended(self, job_id: str, *, asked_by: Person | None = None, patience_s: float = PATIENCE_S) -> Any:
        """The job when it has come to its end, once for each time it was set going; raises queue.Empty when it never does."""
        runner: TellingRunner = self.client.app.state.jobs
        while runner.ended.get(timeout=patience_s) != int(job_id):
            pass  # another job, which nobody has waited for
        return (asked_by or self).call("GET", f"/jobs/{job_id}").json()

    def sign_in(self, name: str, password: str) -> Any:
        """The answer of a sign-in; the client itself keeps no cookie."""
        answer = self.client.post("/api/v1/sign-in", json={"name": name, "password": password})
        self.client.cookies.clear()
        return answer

    def person(self, name: str, *rights: str, shops: list[str] | None = None, warehouses: list[str] | None = None) -> Person:
        """A new person with these rights, signed in."""
        self.post("/roles", {"code": f"r-{name}", "rights": list(rights)})
        user = {"name": name, "password": PASSWORD, "roles": [f"r-{name}"], "shops": shops, "warehouses": warehouses}
        assert self.post("/users", user).status_code == 201
        # As if he had chosen it: the first sign-in of somebody new is test_people's.
        self.scene.query("UPDATE person SET must_change_password = false WHERE name = %s RETURNING 1", name)
        answer = self.sign_in(name, PASSWORD)
        return Person(self.client, answer.cookies["paidan_session"])


@pytest.fixture(scope="module")
def services(database: Database) -> HandlerContext:
    return HandlerContext(database=database, ids=CountingIds(), sealer=Sealer(new_keyring()), clock=FixedClock(NOW), settings=Settings())


@pytest.fixture(scope="session")
def kept_routes() -> KeptRoutes:
    return KeptRoutes()


@pytest.fixture(scope="module")
def client(services: HandlerContext, kept_routes: KeptRoutes) -> Iterator[TestClient[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "JobRunner", TellingRunner)
        patch.setattr(application, "FrontDoor", kept_routes)
        app = application.create_app(services)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
        app.state.jobs.stop()  # a test may have put another one there


@pytest.fixture(scope="module")
def still(server: Any, merchant: str, services: HandlerContext, client: TestClient[Any]) -> World:
    """The world of a module whose tests only ask, or are refused."""
    return _fresh(server, merchant, services, client)


@pytest.fixture
def world(server: Any, merchant: str, services: HandlerContext, client: TestClient[Any]) -> World:
    """An empty world for each test."""
    return _fresh(server, merchant, services, client)


def _fresh(server: Any, merchant: str, services: HandlerContext, client: TestClient[Any]) -> World:
    empty(server.owner_url, merchant)
    keys = {}
    with services.database.transaction() as tx:
        for scope in Scope:
            keys[scope.value] = make_key(tx, services.ids, services.sealer, name=f"{scope}er", scopes=[scope], now=NOW)[1]
    return World(client, Scene(services.database, services.ids, services.sealer), services, keys)
