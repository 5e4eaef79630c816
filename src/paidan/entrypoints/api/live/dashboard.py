"""The dashboard: figures of a range of placing (at most 31 days) and of what is open now; each with the filters of the list behind it."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Annotated, Any, Final

from litestar import Request, Router
from litestar.params import QueryParameter
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.lists.queues import QueueView
from paidan.entrypoints.api.lists.routes import moment_of
from paidan.entrypoints.api.live.changes import queries, snapshot_now
from paidan.entrypoints.api.live.parts import State, feed_state
from paidan.entrypoints.api.pages import as_views, named_rows
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get
from paidan.kernel.states import OrderState
from paidan.runtime.database import Tx

KEPT_S: Final = 10.0
FRESH_S: Final = 1.0
KEPT_MAX: Final = 200
AGES: Final = {"6h": (timedelta(hours=6), None), "1d": (timedelta(days=1), timedelta(hours=6)), "3d": (timedelta(days=3), timedelta(days=1))}
OLDEST: Final = timedelta(days=3)
IS_RELEASED: Final = "released_at:none:false"
Days = Annotated[int, QueryParameter(ge=1, le=31, description="How many days back")]
IsFresh = Annotated[bool, QueryParameter(description="At most one second old instead of ten: somebody asked for the news")]


class Count(Struct, frozen=True, kw_only=True):
    """So many orders, and the filters that list them."""

    orders: int
    filters: tuple[str, ...]


class Share(Struct, frozen=True, kw_only=True):
    """A part of a whole and what is left, each with its list; a whole of 0: there is nothing to divide by."""

    part: Count
    rest: Count
    whole: Count


class Wait(Struct, frozen=True, kw_only=True):
    """A length of time that a share of the orders stayed below, and those that took so long or longer."""

    seconds: int | None
    slower: Count


class Figures(Struct, frozen=True, kw_only=True):
    """Of the orders placed within the range. `in_time`: of those that left or should have left by now. Freight per released order in minor units
    of the house's currency, `freight_currency`.
    """

    placed: Count
    cancelled: Count
    released: Count
    untouched: Share
    in_time: Share
    split: Share
    paid_to_released_p50: Wait
    paid_to_released_p95: Wait
    freight_per_order_minor: int | None
    freight_currency: str


class HourFigure(Struct, frozen=True, kw_only=True):
    """Orders of one shop in one hour; cancelled ones count as orders, not in the amount."""

    hour: datetime
    shop: str
    shop_name: str
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
    """Orders of one warehouse: to be sent to it, and with it. An order of which it has one part and waits for another is both."""

    warehouse: str
    name: str
    planned: Count
    there: Count


class LagView(Struct, frozen=True, kw_only=True):
    """How far behind one feed of a shop is."""

    shop: str
    name: str
    feed: str
    pulled_at: datetime | None
    lag_s: int
    error: str
    state: State


class Dashboard(Struct, frozen=True, kw_only=True):
    """All of it at one moment; the range is without its end.

    Filters name instants, so a list stays the list of its number; only what is overdue is judged when the list is read.
    `as_of`: the snapshot that was read (/events/missed).
    """

    at: datetime
    as_of: str
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
def get_dashboard(services: Given, caller: Known, request: Request[Any, Any, Any], *, days: Days = 1, is_fresh: IsFresh = False) -> Dashboard:
    """At most ten seconds old; every number with the filters of the list of orders that lists as many."""
    cache: DashboardCache = request.app.state.dashboards
    key = (caller.shops, caller.warehouses, days)
    with cache.lock:
        at, kept = cache.kept.get(key, (0.0, None))
        if kept is not None and time.monotonic() - at < (FRESH_S if is_fresh else KEPT_S):
            return kept
        queues = request.app.state.queues.read(services.database, caller, moment_of(services), is_stale=is_fresh)
        with services.database.transaction() as tx:
            made = _made(tx, caller, services.clock.now(), days, queues, services.settings.currency)
        if len(cache.kept) >= KEPT_MAX:
            cache.kept.clear()
        cache.kept[key] = (time.monotonic(), made)
        return made


def _made(tx: Tx, caller: Caller, now: datetime, days: int, queues: list[QueueView], currency: str) -> Dashboard:
    """Seven statements."""
    until = now + timedelta(seconds=1)
    start = until - timedelta(days=days)
    scope = caller.sees
    span = {"start": start, "until": until, **scope}
    return Dashboard(
        at=now,
        as_of=snapshot_now(tx),
        start=start,
        until=until,
        figures=_figures(tx, {**span, "now": now}, f"placed_at:between:{_told(start)}|{_told(until)}", currency),
        hours=as_views(HourFigure, tx.execute(queries.by_hour, span)),
        open=[_state(now, *row) for row in tx.execute(queries.open_by_state, {"now": now, **scope})],
        holds=[_held(*row) for row in tx.execute(queries.holds_by_reason, scope)],
        queues=queues,
        warehouses=[_load(*row) for row in tx.execute(queries.warehouse_load, scope)],
        channels=[_lag(row) for row in named_rows(tx.execute(queries.channel_lag, {"now": now, "shops": caller.shops_seen}))],
    )


def _figures(tx: Tx, span: dict[str, Any], placed: str, currency: str) -> Figures:
    [row] = named_rows(tx.execute(queries.day, span))
    of = row["released"]
    released = Count(orders=of, filters=(placed, IS_RELEASED))

    def of_released(part: str, flag: str) -> Share:
        some = Count(orders=row[part], filters=(*released.filters, f"{flag}:is:true"))
        return Share(part=some, rest=Count(orders=of - row[part], filters=(*released.filters, f"{flag}:is:false")), whole=released)

    def wait(name: str) -> Wait:
        seconds = row[f"{name}_s"]
        return Wait(seconds=seconds, slower=Count(orders=row[f"{name}_orders"], filters=(placed, f"release_wait_s:at_least:{seconds or 0}")))

    def by_deadline(orders: int, values: str) -> Count:
        return Count(orders=orders, filters=(placed, f"deadline:is:{values}"))

    kept, missed = row["kept"], row["missed"]
    return Figures(
        placed=Count(orders=row["orders"], filters=(placed,)),
        cancelled=Count(orders=row["cancelled"], filters=(placed, "state:is:cancelled")),
        released=released,
        untouched=of_released("untouched", "is_untouched"),
        in_time=Share(part=by_deadline(kept, "kept"), rest=by_deadline(missed, "missed"), whole=by_deadline(kept + missed, "kept|missed")),
        split=of_released("split", "is_split"),
        paid_to_released_p50=wait("p50"),
        paid_to_released_p95=wait("p95"),
        freight_per_order_minor=row["freight_minor"] // of if of else None,
        freight_currency=currency,
    )


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _state(now: datetime, state: int, age: str, orders: int) -> StateFigure:
    oldest, youngest = AGES.get(age, (None, OLDEST))
    name = OrderState(state).name.lower()
    limits = () if oldest is None else (f"placed_at:from:{_told(now - oldest)}",)
    if youngest is not None:
        limits = (*limits, f"placed_at:before:{_told(now - youngest)}")
    return StateFigure(state=name, age=age, orders=orders, filters=(f"state:is:{name}", *limits))


def _held(reason: str, orders: int) -> HoldFigure:
    return HoldFigure(reason=reason, orders=orders, filters=(f"hold:is:{reason}",))


def _lag(row: dict[str, Any]) -> LagView:
    return LagView(**row, state=feed_state(row["feed"], row["error"], row["lag_s"]))


def _load(warehouse: str, name: str, planned: int, there: int) -> LoadFigure:
    return LoadFigure(
        warehouse=warehouse,
        name=name,
        planned=Count(orders=planned, filters=(f"planned_warehouse:is:{warehouse}",)),
        there=Count(orders=there, filters=(f"working_warehouse:is:{warehouse}",)),
    )


ROUTER = Router("/", route_handlers=[get_dashboard])
