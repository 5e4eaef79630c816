"""Which SKUs alarm, and how many. Found over the stock board itself; with very many SKUs that takes seconds: it is kept for a while then."""

import time
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Final, Literal, LiteralString

from litestar import Request, Router
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.operations import queries
from paidan.entrypoints.api.pages import named_rows
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get
from paidan.runtime.database import Tx

QUICK_S: Final = 0.2  # an answer that came within this is not kept: it is counted anew as cheaply
REST: Final = 30  # times as long as counting took, its answer is kept
KEPT_MAX_S: Final = 120.0
SCOPES_MAX: Final = 200
LOOKED_AT: Final = 1_000
"""SKUs of a page of those that alarm that are looked at in one statement."""
Alarm = Literal["short", "oversold", "any"]

ALARMING: Final[LiteralString] = (
    "SELECT sku_id::bigint, short > 0, is_short OR shown > sellable FROM (" + queries.sellable.rstrip(";\n") + "\n) alarms"
)
"""Found by the list itself, so that a number is always that of its list."""


class StockAlarms(Struct, frozen=True, kw_only=True):
    """How many SKUs alarm: `short`, orders wait for them; `oversold`, promised twice or shown beyond what there is. One may be both."""

    short: int
    oversold: int


class Alarming(Struct, frozen=True, kw_only=True):
    """Ids of the SKUs that alarm, rising."""

    short: "array[int]"
    oversold: "array[int]"

    def of(self, alarm: Alarm) -> "array[int]":
        """Those of one kind, or of any."""
        if alarm == "any":
            return array("q", sorted({*self.short, *self.oversold}))
        return self.short if alarm == "short" else self.oversold


class AlarmCounts:
    """What alarms, by what somebody sees. Of each scope one thread looks at a time; others are told what was found before, if anything was."""

    def __init__(self) -> None:
        self._lock = Lock()  # for a moment only: never while counting
        self._counting: dict[object, Lock] = {}
        self._kept: dict[object, tuple[float, Alarming]] = {}  # good until then

    def read(self, services: HandlerContext, caller: Caller) -> StockAlarms:
        """As many as `alarm=short` and `alarm=oversold` list."""
        found = self.alarming(services, caller)
        return StockAlarms(short=len(found.short), oversold=len(found.oversold))

    def alarming(self, services: HandlerContext, caller: Caller) -> Alarming:
        """Which SKUs alarm: with a very large catalogue as of two minutes ago at most."""
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
            found = _look(services, caller)
            took_s = time.monotonic() - began
            with self._lock:
                if len(self._kept) >= SCOPES_MAX:
                    self._kept.clear()
                    self._counting.clear()
                self._kept[scope] = (time.monotonic() + (min(took_s * REST, KEPT_MAX_S) if took_s > QUICK_S else 0.0), found)
            return found
        finally:
            counting.release()


def _look(services: HandlerContext, caller: Caller) -> Alarming:
    filters = {"after": 0, "codes": None, "ids": None, "alarm": "any", "now": services.clock.now(), "limit": None, **caller.sees}
    short, oversold = array("q"), array("q")
    with services.database.transaction() as tx:
        for sku_id, is_short, is_oversold in tx.execute(ALARMING, filters):
            if is_short:
                short.append(sku_id)
            if is_oversold:
                oversold.append(sku_id)
    return Alarming(short=short, oversold=oversold)


def still_alarming(tx: Tx, ids: Sequence[int], filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first `limit` rows of `sellable` after `after` that alarm now, of these ids (rising): as few statements as that takes."""
    left = ids[bisect_right(ids, filters["after"]) :]
    found: list[dict[str, Any]] = []
    while left and len(found) < filters["limit"]:
        asked = {**filters, "ids": list(left[:LOOKED_AT]), "limit": filters["limit"] - len(found)}
        # Planned for these ids each time: a plan for any ids would look at every SKU.
        found += named_rows(tx.execute(queries.sellable, asked, prepare=False))
        left = left[LOOKED_AT:]
    return found


@get("/stock/alarms", opt=SEE, sync_to_thread=True, summary="Count what alarms", tags=["stock"])
def get_alarms(services: Given, caller: Known, request: Request[Any, Any, Any]) -> StockAlarms:
    """SKUs that orders wait for, and those that are oversold; with a very large catalogue up to two minutes old."""
    counts: AlarmCounts = request.app.state.stock_alarms
    return counts.read(services, caller)


ROUTER = Router("/", route_handlers=[get_alarms])
