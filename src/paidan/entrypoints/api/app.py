"""The HTTP API: routes, guards, refusals as problems, documents. `create_app(services)` is all that an entrypoint needs."""

from typing import Any, Final

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from paidan import __version__
from paidan.entrypoints.api import catalog_routes, documents, doors, fulfilments, health, imports, network_routes, operations, orders, stock, words
from paidan.entrypoints.api.committer import Committer
from paidan.entrypoints.api.guard import caller_of, require_key
from paidan.entrypoints.api.idempotency import provide_once
from paidan.entrypoints.api.problems import HANDLERS
from paidan.entrypoints.api.services import Services

API: Final = "/api/v1"
CLOSED: Final = "/api/v1/litestar"
JSON_BODY_MAX: Final = 1024 * 1024


def create_app(services: Services) -> Litestar:
    """The application over these services. Nothing is shared between two applications of one process."""
    committer = Committer(services)

    def provide_services() -> Services:
        return services

    def provide_caller(request: Request[Any, Any, Any]) -> Any:
        return caller_of(request.scope)

    modules = (orders, fulfilments, stock, catalog_routes, network_routes, operations, imports, words, documents)
    api = Router(API, route_handlers=[module.ROUTER for module in modules], security=[{"key": []}])
    return Litestar(
        route_handlers=[api, doors.ROUTER, *health.HANDLERS],
        guards=[require_key],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
            "once": Provide(provide_once),
        },
        exception_handlers=HANDLERS,
        request_max_body_size=JSON_BODY_MAX,
        state=State({"services": services, "committer": committer}),
        on_startup=[committer.start],
        on_shutdown=[committer.stop],
        openapi_config=OpenAPIConfig(
            title="Paidan 派单",
            version=__version__,
            path=CLOSED,
            # Litestar must have a page of its own to describe the API: closed to everybody, for documents.py shows the same.
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(CLOSED, route_handlers=[], include_in_schema=False),
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
