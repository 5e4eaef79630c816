"""The dashboard: figures of a range of placing (at most 31 days) and of what is open now; each with the filters of the list behind it."""

import time
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated, Any, Final

from litestar import Request, Router
from litestar.params import QueryParameter
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.lists.queues import QueueView
from paidan.entrypoints.api.lists.routes import moment_of
from paidan.entrypoints.api.live.watch import queries
from paidan.entrypoints.api.pages import as_views, named_rows
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get
from paidan.kernel.states import OrderState
from paidan.runtime.database import Tx

KEPT_S: Final = 10.0
KEPT_MAX: Final = 200
AGES: Final = {"6h": ("now-6h", ""), "1d": ("now-1d", "now-6h"), "3d": ("now-3d", "now-1d"), "older": ("", "now-3d")}
Days = Annotated[int, QueryParameter(ge=1, le=31, description="How many days back")]


class Share(Struct, frozen=True, kw_only=True):
    """A part of a whole; `whole` 0: there is nothing to divide by."""

    part: int
    whole: int
    filters: tuple[str, ...]


class Figures(Struct, frozen=True, kw_only=True):
    """Of the orders placed within the range. Seconds from paid to released; freight per released order in minor units."""

    orders: int
    cancelled: int
    untouched: Share
    in_time: Share
    split: Share
    paid_to_released_p50_s: int | None
    paid_to_released_p95_s: int | None
    freight_per_order_minor: int | None
    filters: tuple[str, ...]


class HourFigure(Struct, frozen=True, kw_only=True):
    """Orders of one shop in one hour; cancelled ones count as orders, not in the amount."""

    hour: datetime
    shop: str
    platform: str
    currency: str
    orders: int
    paid_minor: int


class StateFigure(Struct, frozen=True, kw_only=True):
    """Open orders of one state and age since placing: 6h, 1d, 3d, older."""

    state: str
    age: str
    orders: int
    filters: tuple[str, ...]


class HoldFigure(Struct, frozen=True, kw_only=True):
    """Orders held for one cause."""

    reason: str
    orders: int
    filters: tuple[str, ...]


class LoadFigure(Struct, frozen=True, kw_only=True):
    """Fulfilments of one warehouse: planned, and with it."""

    warehouse: str
    name: str
    planned: int
    there: int
    filters: tuple[str, ...]


class LagView(Struct, frozen=True, kw_only=True):
    """How far behind one feed of a shop is."""

    shop: str
    name: str
    feed: str
    pulled_at: datetime | None
    lag_s: int
    error: str


class Dashboard(Struct, frozen=True, kw_only=True):
    """All of it at one moment."""

    at: datetime
    start: datetime
    until: datetime
    figures: Figures
    hours: list[HourFigure]
    open: list[StateFigure]
    holds: list[HoldFigure]
    queues: list[QueueView]
    warehouses: list[LoadFigure]
    channels: list[LagView]


class DashboardCache:
    """Dashboards by what somebody sees and how many days, kept for ten seconds. Threads may share it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: dict[object, tuple[float, Dashboard]] = {}


@get("/dashboard", opt=SEE, sync_to_thread=True, summary="Figures of the day", tags=["live"])
def get_dashboard(services: Given, caller: Known, request: Request[Any, Any, Any], days: Days = 1) -> Dashboard:
    """At most ten seconds old."""
    cache: DashboardCache = request.app.state.dashboards
    key = (caller.shops, caller.warehouses, days)
    with cache.lock:
        at, kept = cache.kept.get(key, (0.0, None))
        if kept is not None and time.monotonic() - at < KEPT_S:
            return kept
        queues = request.app.state.queues.read(services.database, caller, moment_of(services))
        with services.database.transaction() as tx:
            made = _made(tx, caller, services.clock.now(), days, queues)
        if len(cache.kept) >= KEPT_MAX:
            cache.kept.clear()
        cache.kept[key] = (time.monotonic(), made)
        return made


def _made(tx: Tx, caller: Caller, now: datetime, days: int, queues: list[QueueView]) -> Dashboard:
    """Six statements."""
    start = now - timedelta(days=days)
    scope = caller.sees
    span = {"start": start, "until": now + timedelta(seconds=1), **scope}
    placed = f"placed_at:between:now-{days}d|now+1m"
    return Dashboard(
        at=now,
        start=start,
        until=now,
        figures=_figures(tx, span, placed),
        hours=as_views(HourFigure, tx.execute(queries.by_hour, span)),
        open=[_state(*row) for row in tx.execute(queries.open_by_state, {"now": now, **scope})],
        holds=[_held(*row) for row in tx.execute(queries.holds_by_reason, scope)],
        queues=queues,
        warehouses=[_load(*row) for row in tx.execute(queries.warehouse_load, scope)],
        channels=as_views(LagView, tx.execute(queries.channel_lag, {"now": now, **scope})),
    )


def _figures(tx: Tx, span: dict[str, Any], placed: str) -> Figures:
    [row] = named_rows(tx.execute(queries.day, span))
    released = row["released"]
    return Figures(
        orders=row["orders"],
        cancelled=row["cancelled"],
        untouched=Share(part=row["untouched"], whole=released, filters=(placed,)),
        in_time=Share(part=row["in_time"], whole=row["with_deadline"], filters=(placed, "state:is:shipped|delivered")),
        split=Share(part=row["split"], whole=released, filters=(placed, "is_split:is:true")),
        paid_to_released_p50_s=None if row["p50_s"] is None else round(row["p50_s"]),
        paid_to_released_p95_s=None if row["p95_s"] is None else round(row["p95_s"]),
        freight_per_order_minor=row["freight_minor"] // released if released else None,
        filters=(placed,),
    )


def _state(state: int, age: str, orders: int) -> StateFigure:
    start, end = AGES[age]
    name = OrderState(state).name.lower()
    limits = [f"placed_at:from:{start}"] * bool(start) + [f"placed_at:before:{end}"] * bool(end)
    return StateFigure(state=name, age=age, orders=orders, filters=(f"state:is:{name}", *limits))


def _held(reason: str, orders: int) -> HoldFigure:
    return HoldFigure(reason=reason, orders=orders, filters=(f"hold:is:{reason}",))


def _load(warehouse: str, name: str, planned: int, there: int) -> LoadFigure:
    return LoadFigure(warehouse=warehouse, name=name, planned=planned, there=there, filters=(f"warehouse:is:{warehouse}",))


ROUTER = Router("/", route_handlers=[get_dashboard])
