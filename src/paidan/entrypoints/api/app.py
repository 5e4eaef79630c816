"""The HTTP API: routes, guards, refusals as problems, documents. `create_app(services)` is all that an entrypoint needs."""

from typing import Any, Final

from litestar import Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from paidan import __version__
from paidan.entrypoints.api import (
    catalog_routes,
    comparisons,
    documents,
    doors,
    first_steps,
    fulfilments,
    health,
    imports,
    listings,
    merchant_settings,
    network_routes,
    operations,
    order_edits,
    orders,
    pick_places,
    prints,
    shop_trials,
    stock,
    stock_alarms,
    words,
)
from paidan.entrypoints.api.committer import committer
from paidan.entrypoints.api.console import pages as console_pages
from paidan.entrypoints.api.exports import routes as export_routes
from paidan.entrypoints.api.front_door import BODY_MAX, FrontDoor
from paidan.entrypoints.api.gathering import Gathering
from paidan.entrypoints.api.guard import caller_of, require_right
from paidan.entrypoints.api.idempotency import provide_once
from paidan.entrypoints.api.jobs import routes as job_routes
from paidan.entrypoints.api.jobs.runner import JobRunner
from paidan.entrypoints.api.lists import routes as list_routes
from paidan.entrypoints.api.lists import sorts, views
from paidan.entrypoints.api.lists.queues import QueueCounts
from paidan.entrypoints.api.live import dashboard, events, exceptions, parts
from paidan.entrypoints.api.live.watch import Watch
from paidan.entrypoints.api.pda import routes as pda_routes
from paidan.entrypoints.api.people import reveals, sign_in, users
from paidan.entrypoints.api.people.openid import routes as provider_routes
from paidan.entrypoints.api.people.sessions import COOKIE
from paidan.entrypoints.api.problems import HANDLERS
from paidan.entrypoints.api.services import HandlerContext

API: Final = "/api/v1"
CLOSED: Final = "/api/v1/litestar"


def create_app(services: HandlerContext) -> FrontDoor:
    """The application over these services. Nothing is shared between two applications of one process."""
    _ = services.provider  # a configuration that can't work is told now, not to the first who signs in
    posts, gatherings = committer(services), doors.gatherings(services)
    kept_together: list[Gathering[Any, Any]] = [posts, *gatherings.values()]
    jobs = JobRunner(services)
    counts = QueueCounts()
    watch = Watch(services, counts)
    held = {
        "services": services,
        "committer": posts,
        "gatherings": gatherings,
        "queues": counts,
        "jobs": jobs,
        "watch": watch,
        "dashboards": dashboard.DashboardCache(),
        "stock_alarms": stock_alarms.AlarmCounts(),
    }

    def provide_services() -> HandlerContext:
        return services

    def provide_caller(request: Request[Any, Any, Any]) -> Any:
        return caller_of(request.scope)

    modules = (
        orders,
        order_edits,
        fulfilments,
        stock,
        stock_alarms,
        comparisons,
        catalog_routes,
        listings,
        network_routes,
        shop_trials,
        merchant_settings,
        operations,
        imports,
        words,
        first_steps,
        documents,
        sign_in,
        provider_routes,
        users,
        reveals,
        list_routes,
        sorts,
        views,
        job_routes,
        export_routes,
        prints,
        pick_places,
        events,
        exceptions,
        dashboard,
        parts,
        pda_routes,
    )
    api = Router(API, route_handlers=[module.ROUTER for module in modules], security=[{"key": []}, {"session": []}])
    return FrontDoor(
        route_handlers=[api, doors.ROUTER, *health.HANDLERS, *console_pages.HANDLERS],
        guards=[require_right],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
            "once": Provide(provide_once),
        },
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_MAX,
        state=State(held),
        on_startup=[*(one.start for one in kept_together), jobs.start, watch.start],
        on_shutdown=[watch.stop, jobs.stop, *(one.stop for one in kept_together)],
        openapi_config=OpenAPIConfig(
            title="Paidan 派单",
            version=__version__,
            path=CLOSED,
            # Litestar must have a page of its own to describe the API: closed to everybody, for documents.py shows the same.
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(CLOSED, route_handlers=[], include_in_schema=False),
            components=Components(
                security_schemes={
                    "key": SecurityScheme(type="http", scheme="bearer"),
                    "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name=COOKIE),
                }
            ),
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
