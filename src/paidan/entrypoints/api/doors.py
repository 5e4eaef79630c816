"""The doors of counterparts: no API key, but signed by their own rules. What comes is kept before it is answered; deciding comes later."""

from asyncio import Future
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, post
from litestar.params import PathParameter, RawBody

from paidan.catalog.load import cache_versions
from paidan.entrypoints.api.gathering import Gathering
from paidan.entrypoints.api.guard import OPEN
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.fulfilment.door import receive_pushes, receive_wms_calls
from paidan.intake.pushes import receive_shopify, webhook_secrets
from paidan.kernel.reasons import Reason
from paidan.network.accounts import Account
from paidan.runtime.plans import PlanWatch

SIZE_MAX: Final = 10 * 1024 * 1024
CODE_MAX: Final = 64
SHOPIFY: Final = "shopify"
# Doors whose calls are kept together, and in what they are answered.
MEDIA_TYPES: Final = {"wms": "application/xml; charset=utf-8", "tracking": "application/json; charset=utf-8"}

Code = Annotated[str, PathParameter(max_length=CODE_MAX, description="Code of the connection or shop")]


WmsCall = tuple[str, bytes]  # query string and body


def gatherings(services: HandlerContext) -> dict[str, Gathering[Any, bytes]]:
    """What comes at the same time is kept by one commit: warehouses' calls, pushes of tracking services."""
    plans = {door: PlanWatch(services.front_database) for door in MEDIA_TYPES}

    def keep_calls(calls: Sequence[WmsCall]) -> list[bytes]:
        plans["wms"].look()
        return receive_wms_calls(services.front_database, services.ids, services.sealer, services.links, calls, services.clock.now())

    def keep_pushes(bodies: Sequence[bytes]) -> list[bytes]:
        plans["tracking"].look()
        return receive_pushes(services.front_database, services.ids, services.sealer, services.links, bodies, services.clock.now())

    return {"wms": Gathering("wms calls", keep_calls), "tracking": Gathering("tracking pushes", keep_pushes)}


@post("/wms/{code:str}", opt=OPEN, status_code=200, request_max_body_size=SIZE_MAX, summary="Called by a warehouse system")
async def wms(code: Code, request: Request[Any, Any, Any], body: RawBody) -> Response[bytes]:
    """Qimen: the query is signed with the body; the answer is XML. The customer id in the query says who calls, the code only makes an address."""
    del code
    return await _kept(request, "wms", body)


@post("/tracking/{code:str}", opt=OPEN, status_code=200, request_max_body_size=SIZE_MAX, summary="Called by a tracking service")
async def tracking(code: Code, request: Request[Any, Any, Any], body: RawBody) -> Response[bytes]:
    """A push of the tracking service; the answer is its JSON."""
    del code
    return await _kept(request, "tracking", body)


async def _kept(request: Request[Any, Any, Any], door: str, body: bytes) -> Response[bytes]:
    answer = await submitted(request.app.state.gatherings, door, request.scope["query_string"], body)
    return Response(content=answer, media_type=MEDIA_TYPES[door])


def submitted(gathered: Mapping[str, Gathering[Any, bytes]], door: str, query: bytes, body: bytes) -> "Future[bytes]":
    """A call, handed in to be kept; its answer in the counterpart's protocol."""
    call: WmsCall | bytes = (query.decode("latin-1"), body) if door == "wms" else body
    return gathered[door].submit(call)


@post("/shopify/{code:str}", opt=OPEN, status_code=200, sync_to_thread=True, request_max_body_size=SIZE_MAX, summary="Called by Shopify")
def shopify(services: Given, code: Code, request: Request[Any, Any, Any], body: RawBody) -> Response[bytes]:
    """A webhook to one shop, signed over the raw body."""
    account = _account(services, code)
    headers = dict(request.headers.items())
    secrets = webhook_secrets(account)
    now = services.clock.now()
    answer = receive_shopify(services.database, services.ids, services.sealer, account.shop, secrets, headers, body, now)
    return Response(content=answer.body, status_code=answer.status, media_type="text/plain; charset=utf-8")


def _account(services: HandlerContext, code: str) -> Account:
    """The account of an active Shopify shop. Raises Refused (404) for any other code."""
    with services.database.transaction() as tx:
        network = services.network.load(tx, cache_versions(tx)["network"])
        shop = network.shop_by_code(code)
        account = services.accounts.load(tx, network).get(shop.id) if shop is not None and shop.platform == SHOPIFY else None
    if account is None:
        raise Refused(Reason.NOT_FOUND)
    return account


ROUTER = Router("/doors", route_handlers=[wms, tracking, shopify], include_in_schema=False)
