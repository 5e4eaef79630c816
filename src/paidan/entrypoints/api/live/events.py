"""GET /events: server-sent events (WHATWG HTML, 9.2). A stream ends after ten minutes and the browser comes again: rights taken away count then."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from litestar import Request, Router
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Struct

from paidan.entrypoints.api.guard import SEE, Known
from paidan.entrypoints.api.live.changes import Snapshot, count_changed
from paidan.entrypoints.api.live.watch import Watch
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.services import Given
from paidan.entrypoints.api.verbs import get

STREAM_S: Final = 600.0
QUIET_S: Final = 15.0
RETRY_MS: Final = 2_000
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Missed(Struct, frozen=True, kw_only=True):
    """How many."""

    changed: int


@get("/events", opt=SEE, summary="Hear what happens", tags=["live"])
async def get_events(request: Request[Any, Any, Any], caller: Known) -> ServerSentEvent:
    """Events `hello` {upto}: from that snapshot on you hear of everything; `orders` {changed, at, upto}, `exceptions` {changed}, `claims` {changed},
    `queues` {as_of, queues: [{queue, count, is_exact}]} (`as_of` is `not_before` of `/queues`), `job` {id, state, total, done, failed, undone}.
    """
    watch: Watch = request.app.state.watch
    return ServerSentEvent(_stream(watch, caller), headers=HEADERS)


@get("/events/missed", opt=SEE, sync_to_thread=True, summary="Count orders changed unheard", tags=["live"])
def get_missed(services: Given, caller: Known, since: Snapshot, upto: Snapshot) -> Missed:
    """Open orders changed after the snapshot `since` (`as_of` of what was read), up to `upto` (of the event `hello`)."""
    with services.database.transaction() as tx:
        return Missed(changed=count_changed(tx, caller, since, upto))


async def _stream(watch: Watch, caller: Caller) -> AsyncIterator[ServerSentEventMessage]:
    until = time.monotonic() + STREAM_S
    with watch.listening(caller) as listener:
        yield ServerSentEventMessage(data=None, comment="paidan", retry=RETRY_MS)
        while time.monotonic() < until:
            try:
                heard = await asyncio.wait_for(listener.waiting.get(), QUIET_S)
            except TimeoutError:
                yield ServerSentEventMessage(data=None, comment="quiet")
                continue
            yield ServerSentEventMessage(event=heard.event, data=heard.data)


ROUTER = Router("/", route_handlers=[get_events, get_missed])
