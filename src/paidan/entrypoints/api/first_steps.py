"""The first steps of an installation: whether it offers simulators instead of a real shop, and connecting them."""

from litestar import Response, Router
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known, needs
from paidan.entrypoints.api.idempotency import IdempotencyKey, Post
from paidan.entrypoints.api.network_routes import SHOPS
from paidan.entrypoints.api.pages import as_views
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get, post
from paidan.entrypoints.offer import Simulators, read_offer, write_offer
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx


class FirstSteps(Struct, frozen=True, kw_only=True):
    """`simulators`: offered where this installation runs them (`up --simulators`)."""

    simulators: Simulators


@get("/first-steps", opt=SEE, sync_to_thread=True, summary="See what the first steps offer", tags=["live"])
def get_first_steps(services: Given) -> FirstSteps:
    """Where the simulators of this installation stand."""
    return FirstSteps(simulators=read_offer(services.settings))


@post(
    "/first-steps/simulators",
    opt=needs(Right.SETTINGS, everywhere=True),
    status_code=202,
    sync_to_thread=True,
    summary="Connect the simulators",
    tags=["live"],
)
def connect_simulators(services: Given, caller: Known, once: Post, idempotency_key: IdempotencyKey = "") -> Response[FirstSteps]:
    """Shops, warehouses, carriers, goods and stock of the simulators are written, and orders come. Only into a house that has no shop yet."""
    del idempotency_key

    def work(tx: Tx) -> FirstSteps:
        if read_offer(services.settings) not in {Simulators.OFFERED, Simulators.FAILED}:
            raise Refused(Reason.NOT_FOUND)
        shops = as_views(
            SHOPS.view, tx.execute(SHOPS.listed.select, {"id": None, "after": -1, "code": None, "limit": 1, **SHOPS.more, **caller.sees})
        )
        if shops:
            raise Refused(Reason.ILLEGAL_MOVE)
        write_offer(services.settings, Simulators.WANTED)
        return FirstSteps(simulators=Simulators.WANTED)

    return once.answer(work, status=202)


ROUTER = Router("/", route_handlers=[get_first_steps, connect_simulators])
