"""The world of a day in this process: the simulators answer Paidan's calls and make theirs without a socket between. Their CPU is counted apart."""

import heapq
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import gauges
from psycopg.conninfo import make_conninfo

from paidan.entrypoints.demo.masters import Urls
from paidan.entrypoints.installation import OpenInstallation
from paidan.fulfilment.door import receive_pushes, receive_wms_calls
from paidan.fulfilment.links import LinkCache
from paidan.network.connections import ConnectionCache
from paidan.runtime.http import HttpAnswer
from paidan.world.carrier import Carrier, CarrierConfig
from paidan.world.host_client import Advanced
from paidan.world.script import Day
from paidan.world.taobao import BulkTable, TaobaoPlatform
from paidan.world.town import TownConfig
from paidan.world.wire import Callback, Faults, Request, Simulator
from paidan.world.wms import Wms, WmsConfig

AT_ONCE = 200  # callbacks handed to a door together: what comes side by side is kept by one commit
DOORS = "http://doors"
URLS = Urls(taobao="http://taobao", shopify="http://shopify", wms="http://wms", carrier="http://carrier")


class MemoryWorld:
    """A port for Paidan's calls (`call`), and a host for whoever drives the day (`advance`, `books`, `stats`)."""

    def __init__(self, services: OpenInstallation, day: Day, town: TownConfig) -> None:
        carrier = Carrier(day, CarrierConfig(key=town.tracker_key, customer=town.tracker_customer))
        wms_config = WmsConfig(
            app_key=town.app_key,
            secret=town.wms_secret,
            customer_id=town.wms_customer,
            owner_code=town.wms_owner,
            callback_url=f"{DOORS}/wms/{town.wms_code}",
            clock_skew_s=7200,
            two_confirms_share=town.two_confirms_share,
        )
        wms = Wms(day, wms_config, collect=carrier.collect, intercept=carrier.intercept)
        taobao = TaobaoPlatform(
            day, app_key=town.app_key, app_secret=town.app_secret, bulk=BulkTable(make_conninfo(town.bulk_dsn, application_name=gauges.PLATFORM))
        )
        self._simulators: dict[str, Simulator] = {"taobao": taobao, "wms": wms, "carrier": carrier}
        self._services = services
        self._links = LinkCache(ConnectionCache(services.sealer))
        self._waiting: list[tuple[datetime, int, Callback]] = []
        self._numbers = count()
        self._lock = Lock()
        self.now = day.opens_at
        self.cpu_s = 0.0
        self.calls = 0
        self.callbacks = 0
        self.door_cpu_s = 0.0

    # What Paidan calls.

    def call(self, verb: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> HttpAnswer:
        """One request, answered by the simulator it is addressed to."""
        del timeout_s
        place = urlsplit(url)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        request = Request(verb=verb, path=place.path, query=place.query, headers=lower, body=body)
        with self._lock:
            began = time.thread_time()
            response = self._simulators[place.netloc].answer(request, self.now)
            self.cpu_s += time.thread_time() - began
            self.calls += 1
        return HttpAnswer(status=response.status, headers={"content-type": response.content_type}, body=response.body)

    # What the driver of the day calls.

    def advance(self, to: datetime) -> Advanced:
        """Let the world live until then; what it has to tell Paidan is handed to the doors, oldest first."""
        began = time.thread_time()
        for simulator in self._simulators.values():
            for callback in simulator.advance(to):
                heapq.heappush(self._waiting, (callback.due_at, next(self._numbers), callback))
        self.now = to
        self.cpu_s += time.thread_time() - began
        due = []
        while self._waiting and self._waiting[0][0] <= to:
            due.append(heapq.heappop(self._waiting)[2])
        began = time.process_time()
        for start in range(0, len(due), AT_ONCE):
            self._hand_over(due[start : start + AT_ONCE])
        self.door_cpu_s += time.process_time() - began
        self.callbacks += len(due)
        instants = [simulator.next_due() for simulator in self._simulators.values()]
        instants += [at for at, _, _ in self._waiting[:1]]
        return Advanced(callbacks=len(due), failures=0, set_aside=0, aside=0, next_due=min((at for at in instants if at is not None), default=None))

    def redeliver(self) -> Advanced:
        """Nothing is ever set aside here: a refusal ends the run."""
        return Advanced(callbacks=0, failures=0, set_aside=0, aside=0, next_due=None)

    def set_faults(self, faults: Faults, seed: int | None = None) -> None:
        """The weather is fair."""
        del faults, seed

    def books(self) -> dict[str, Any]:
        """The simulators' own books by name."""
        return {name: simulator.books() for name, simulator in self._simulators.items()} | {
            "shopify": {"orders": {}, "listings": {}, "lost_sales": []}
        }

    def stats(self) -> dict[str, Any]:
        """As a host tells them."""
        return {"cpu_s": self.cpu_s, "simulators": {"all": {"calls": self.calls, "crashes": 0}}}

    def _hand_over(self, callbacks: Sequence[Callback]) -> None:
        wms: list[Callback] = []
        pushes: list[Callback] = []
        for callback in callbacks:
            (wms if callback.url.startswith(f"{DOORS}/wms/") else pushes).append(callback)
        s = self._services
        if wms:
            calls = [(callback.url.partition("?")[2], callback.body) for callback in wms]
            _expect(wms, receive_wms_calls(s.database, s.ids, s.sealer, self._links, calls, self.now))
        if pushes:
            _expect(pushes, receive_pushes(s.database, s.ids, s.sealer, self._links, [callback.body for callback in pushes], self.now))


def _expect(callbacks: Sequence[Callback], answers: Sequence[bytes]) -> None:
    for callback, answer in zip(callbacks, answers, strict=True):
        if callback.ok_contains not in answer:
            raise RuntimeError(f"{callback.key} was refused: {answer.decode(errors='replace')[:300]}")
