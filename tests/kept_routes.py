"""The application of a module's tests over the routes of the module before.

`create_app` takes a third of a second, nearly all of it for copying and reading the routes, which are the same for everybody. Whatever an application
holds or starts is as new for each module.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.di import Provide

from paidan.entrypoints.api.front_door import FrontDoor

SHARED = ("guards", "exception_handlers", "request_max_body_size")


class KeptRoutes:
    """Stands where `create_app` makes the application: made once for a process, filled anew each time after."""

    def __init__(self) -> None:
        self._made: FrontDoor | None = None
        self._provided: Mapping[str, Provide] = {}
        self._routes: Mapping[str, Any] = {}

    def __call__(
        self, *, state: Any, on_startup: Sequence[Any], on_shutdown: Sequence[Any], dependencies: Mapping[str, Provide], **routes: Any
    ) -> FrontDoor:
        if self._made is None:
            self._made = FrontDoor(state=state, on_startup=on_startup, on_shutdown=on_shutdown, dependencies=dependencies, **routes)
            self._provided, self._routes = dependencies, routes
            return self._made
        self._made.state = state
        self._made.on_startup, self._made.on_shutdown = list(on_startup), list(on_shutdown)
        assert dependencies.keys() == self._provided.keys()
        assert routes.keys() == self._routes.keys()
        assert all(routes[name] == self._routes[name] for name in SHARED)  # of no one application's own, or they would be the first one's
        for name, one in dependencies.items():
            self._provided[name].dependency = one.dependency  # the routes hold what provides, not what is provided
        return self._made
