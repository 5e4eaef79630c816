"""How many SKUs alarm. Counted over the stock board itself; with very many SKUs that takes seconds, so the answer is kept for a while then."""

import time
from threading import Lock
from typing import Any, Final, LiteralString

from litestar import Request, Router
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.operations import queries
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get

QUICK_S: Final = 0.2  # an answer that came within this is not kept: it is counted anew as cheaply
REST: Final = 30  # times as long as counting took, its answer is kept
KEPT_MAX_S: Final = 120.0
SCOPES_MAX: Final = 200

COUNT: Final[LiteralString] = (
    "SELECT count(*) FILTER (WHERE short > 0), count(*) FILTER (WHERE is_short OR shown > sellable) FROM ("
    + queries.sellable.rstrip(";\n")
    + "\n) alarms"
)
"""Counted over the list itself, so that a number is always that of its list."""


class StockAlarms(Struct, frozen=True, kw_only=True):
    """How many SKUs alarm: `short`, orders wait for them; `oversold`, promised twice or shown beyond what there is. One may be both."""

    short: int
    oversold: int


class AlarmCounts:
    """Counts by what somebody sees. Of each scope one thread counts at a time; others are told the count before, if there is one."""

    def __init__(self) -> None:
        self._lock = Lock()  # for a moment only: never while counting
        self._counting: dict[object, Lock] = {}
        self._kept: dict[object, tuple[float, StockAlarms]] = {}  # good until then

    def read(self, services: HandlerContext, caller: Caller) -> StockAlarms:
        """As many as `alarm=short` and `alarm=oversold` list."""
        scope = (caller.shops, caller.warehouses)
        with self._lock:
            until, kept = self._kept.get(scope, (0.0, None))
            counting = self._counting.setdefault(scope, Lock())
        if kept is not None and time.monotonic() < until:
            return kept
        if kept is not None and not counting.acquire(blocking=False):
            return kept
        if kept is None:
            counting.acquire()
        try:
            if kept is None and scope in self._kept:  # the first of those who waited has counted for all
                return self._kept[scope][1]
            began = time.monotonic()
            found = _count(services, caller)
            took_s = time.monotonic() - began
            with self._lock:
                if len(self._kept) >= SCOPES_MAX:
                    self._kept.clear()
                    self._counting.clear()
                self._kept[scope] = (time.monotonic() + (min(took_s * REST, KEPT_MAX_S) if took_s > QUICK_S else 0.0), found)
            return found
        finally:
            counting.release()


def _count(services: HandlerContext, caller: Caller) -> StockAlarms:
    filters = {"after": 0, "codes": None, "alarm": "any", "now": services.clock.now(), "limit": None, **caller.sees}
    with services.database.transaction() as tx:
        [(short, oversold)] = tx.execute(COUNT, filters).fetchall()
    return StockAlarms(short=short, oversold=oversold)


@get("/stock/alarms", opt=SEE, sync_to_thread=True, summary="Count what alarms", tags=["stock"])
def get_alarms(services: Given, caller: Known, request: Request[Any, Any, Any]) -> StockAlarms:
    """SKUs that orders wait for, and those that are oversold; with a very large catalogue up to two minutes old."""
    counts: AlarmCounts = request.app.state.stock_alarms
    return counts.read(services, caller)


ROUTER = Router("/", route_handlers=[get_alarms])
