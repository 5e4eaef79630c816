"""The health of each part: shops, warehouses, carriers, messages, workers; good, slow or broken, and why."""

from datetime import datetime
from typing import Any, Final, Literal

from litestar import Router
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.live.changes import queries
from paidan.entrypoints.api.people.seen import hears
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get
from paidan.intake.ports import Feed
from paidan.intake.schedule import INTERVALS_S
from paidan.runtime.database import Tx

FEED_SLOW_S: Final = 900  # beyond the rest that a feed takes between two reads
WAITS_SLOW_S: Final = 300

State = Literal["good", "slow", "broken"]
WORST_FIRST: Final[tuple[State, ...]] = ("broken", "slow", "good")


class PartView(Struct, frozen=True, kw_only=True):
    """One part. `kind`: shop, stock (told to a shop), warehouse, carrier, messages, workers; `detail`: figures by name; `error`: its last words.

    `is_off`: a person has switched it off, `since` when; it lags behind nothing.
    """

    kind: str
    code: str
    name: str
    state: State
    lane: str = ""  # of calls: what POST /outbox/tries takes
    feed: str = ""  # of a shop: which of its feeds
    detail: dict[str, int]
    error: str = ""
    since: datetime | None = None
    is_off: bool = False


@get("/health/parts", opt=SEE, sync_to_thread=True, summary="Health of each part", tags=["live"])
def get_parts(services: Given, caller: Known) -> list[PartView]:
    """Whatever talks to us or works for us, the worst first; to those with a limited view the parts of their shops and warehouses."""
    now = services.clock.now()
    with services.database.transaction() as tx:
        names = {lane: (code, name) for lane, code, name in tx.execute(queries.named_lanes)}
        feeds = [_feed(*row) for row in tx.execute(queries.channel_lag, {"now": now, "shops": caller.shops_seen})]
        pushes = [_push(*row) for row in tx.execute(queries.stock_push_lag, {"now": now, "shops": caller.shops_seen})]
        heard = hears(tx, caller)["lanes"]
        lanes = [_lane(names, now, *row) for row in tx.execute(queries.lanes, {"now": now, "lanes": heard})]
        house = [_messages(tx, now), _workers(tx)] if caller.sees_all else []
        return sorted([*feeds, *pushes, *lanes, *house], key=lambda part: WORST_FIRST.index(part.state))


def feed_state(feed: str, error: str, lag_s: int) -> State:
    """How a feed is, wherever that is told."""
    rest_s = min((by_feed[Feed(feed)] for by_feed in INTERVALS_S.values() if feed in by_feed), default=0)
    return "broken" if error else "slow" if lag_s > FEED_SLOW_S + rest_s else "good"


def _feed(shop: str, name: str, feed: str, pulled_at: datetime | None, lag_s: int, error: str) -> PartView:
    return PartView(
        kind="shop", code=shop, name=name, feed=feed, state=feed_state(feed, error, lag_s), detail={"lag_s": lag_s}, error=error, since=pulled_at
    )


def _push(shop: str, name: str, is_on: bool, due: int, waits_s: int, switched_at: datetime | None) -> PartView:  # noqa: FBT001 - a column
    if not is_on:
        return PartView(kind="stock", code=shop, name=name, state="good", detail={}, since=switched_at, is_off=True)
    state: State = "slow" if waits_s > WAITS_SLOW_S else "good"
    return PartView(kind="stock", code=shop, name=name, state=state, detail={"due": due, "waits_s": waits_s})


def _lane(names: dict[str, tuple[str, str]], now: datetime, lane: str, *figures: Any) -> PartView:
    pending, sending, unknown, dead, waits_s, failures, open_until = figures
    is_open = open_until is not None and open_until > now
    state: State = "broken" if is_open or dead else "slow" if waits_s > WAITS_SLOW_S or unknown else "good"
    code, name = names.get(lane, (lane, lane))
    detail = {"pending": pending, "sending": sending, "unknown": unknown, "dead": dead, "waits_s": waits_s, "failures": failures or 0}
    kind = lane.partition(":")[0]
    return PartView(kind=kind, code=code, name=name, state=state, lane=lane, detail=detail, since=open_until if is_open else None)


def _messages(tx: Tx, now: datetime) -> PartView:
    waiting, set_aside, waits_s = tx.execute(queries.message_queue, {"now": now}).fetchone() or (0, 0, 0)
    state: State = "slow" if waits_s > WAITS_SLOW_S or set_aside else "good"
    detail = {"waiting": waiting, "set_aside": set_aside, "waits_s": waits_s}
    return PartView(kind="messages", code="messages", name="messages", state=state, detail=detail)


def _workers(tx: Tx) -> PartView:
    alive, free = tx.execute(queries.workers).fetchone() or (0, 0)
    state: State = "good" if alive else "broken"
    return PartView(kind="workers", code="workers", name="workers", state=state, detail={"alive": alive, "buckets_free": free})


ROUTER = Router("/", route_handlers=[get_parts])
