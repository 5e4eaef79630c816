"""The warehouse system as one state machine: calls in, time passing, calls out, books."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from lxml.etree import _Element as Element
from msgspec.structs import replace

from paidan.world.script import Day
from paidan.world.wire import Callback, Request, Response
from paidan.world.wms import changes, inbound, items, orders, stock
from paidan.world.wms.bookkeeping import write_books
from paidan.world.wms.config import WmsConfig
from paidan.world.wms.floor import on_step
from paidan.world.wms.gate import admit
from paidan.world.wms.markup import failure, read_request, success
from paidan.world.wms.records import Arrival
from paidan.world.wms.refused import Refused, Trouble
from paidan.world.wms.site import Collect, Intercept, Site
from paidan.world.wms.telling import send, signed_url

_SERVED: Final[Mapping[str, Callable[[Site, Element, datetime], str]]] = {
    "singleitem.synchronize": items.synchronize_one,
    "items.synchronize": items.synchronize_many,
    "combineitem.synchronize": items.synchronize_bundle,
    "entryorder.create": inbound.create,
    "entryorder.query": inbound.query,
    "deliveryorder.create": orders.create_delivery,
    "deliveryorder.batchcreate": orders.create_batch,
    "deliveryorder.query": changes.query,
    "stockout.create": orders.create_stockout,
    "order.cancel": changes.cancel,
    "order.pending": changes.pend,
    "order.callback": changes.call_back,
    "orderprocess.query": changes.query_process,
    "inventory.query": stock.query_many,
    "stock.query": stock.query_one,
}

_DONE: Final[Mapping[str, Callable[..., None]]] = {
    "step": on_step,
    "arrival": inbound.on_arrival,
    "batch answer": orders.on_batch_answer,
    "stock change": stock.on_change,
    "intercept": changes.on_intercept,
}


class Wms:
    """Runs the warehouses of a day over Qimen in direct mode. Shipped parcels go to `collect`; `intercept` is asked to turn one back."""

    name = "wms"

    def __init__(self, day: Day, config: WmsConfig, *, collect: Collect, intercept: Intercept | None = None) -> None:
        self._site = Site(day, config, collect, intercept)
        self._now = day.opens_at
        _take_over(self._site, day)
        stock.plan_changes(self._site, day)

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve one signed call; a refusal is an envelope with flag failure and HTTP status 200."""
        self._live(now)
        try:
            method = admit(request, self._site.config, self._now)
            serve = _SERVED.get(method)
            if serve is None:
                raise Refused(Trouble.CALLER_FAULT, f"isv.invalid-method: {method[:50]}")  # noqa: TRY301 - one place writes refusals
            body = success(serve(self._site, read_request(request.body), self._now))
        except Refused as no:
            self._site.count(f"refused {no.code}")
            body = failure(no)
        return Response(body=body, content_type="text/xml; charset=utf-8")

    def advance(self, now: datetime) -> list[Callback]:
        """Live until `now` and hand over the calls to Paidan that fell due, oldest first."""
        self._live(now)
        words, self._site.outbox = self._site.outbox, []
        return send(self._site.config, words, self._now)

    def next_due(self) -> datetime | None:
        """When the next thing happens; None when all work is done or held."""
        if self._site.outbox:
            return self._site.outbox[0].at
        return self._site.agenda.next_at()

    def renewed(self, callback: Callback, now: datetime) -> Callback:
        """Sign a call anew for an attempt at `now`: a receiver refuses an old timestamp. Body, key and outBizCode stay."""
        method = dict(parse_qsl(callback.url.partition("?")[2]))["method"]
        return replace(callback, url=signed_url(self._site.config, method, callback.body, now))

    def books(self) -> dict[str, Any]:
        """Its own books: see `bookkeeping.py`."""
        return write_books(self._site)

    def _live(self, now: datetime) -> None:
        self._now = max(self._now, now)
        while (event := self._site.agenda.pop_due(self._now)) is not None:
            _DONE[event.what](self._site, event.at, *event.about)


def _take_over(site: Site, day: Day) -> None:
    """Put the opening stock on the shelf and note the goods on their way."""
    for entry in day.stock:
        if entry.warehouse not in site.warehouses:
            continue
        if entry.arrives_at is None:
            site.shelf.pile((entry.warehouse, entry.sku, "ZP")).opening += entry.quantity
        else:
            arrival = Arrival(warehouse=entry.warehouse, item=entry.sku, quantity=entry.quantity, at=entry.arrives_at)
            site.arrivals.setdefault((entry.warehouse, entry.sku, entry.quantity), []).append(arrival)
    for arrivals in site.arrivals.values():
        arrivals.sort(key=lambda arrival: arrival.at)
