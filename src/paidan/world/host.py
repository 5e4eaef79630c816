"""One process that puts any number of simulators on loopback sockets and moves their common, virtual business time.

Each simulator has its own port on 127.0.0.1. A control port, JSON over HTTP, is for the demo driver and the tests:

    POST /advance   {"to": instant}      live until then, deliver the callbacks that fell due; answers when all are answered or set aside
    POST /faults    {"duplicate": 0.1}   set the shares (see wire.Faults; absent ones become 0); "seed" may be given as well
    POST /redeliver                      try the callbacks once more that were set aside
    POST /stop                           end the process
    GET  /books                          the books of all simulators by name
    GET  /stats                          calls served, callbacks sent, CPU seconds, instants

`python -m paidan.world.host package.module:function --config FILE` runs it: the function gets the config as a dict and returns a `HostSetup`.
"""

import argparse
import asyncio
import gc
import importlib
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from paidan.world.delivery import Delivered, Deliverer
from paidan.world.faults import KINDS, FaultDraw
from paidan.world.host_client import HostClient
from paidan.world.http_caller import Caller
from paidan.world.http_door import Answer, Reply, open_door
from paidan.world.wire import Callback, Faults, Request, Response, Simulator


class HostSetup(Struct, kw_only=True):
    """What a host is made of. Ports by simulator name; 0 or absent means any free one."""

    simulators: Sequence[Simulator]
    start_at: datetime
    ports: dict[str, int] = field(default_factory=dict)
    control_port: int = 0
    faults: Faults = Faults()
    seed: int = 0
    late_s: float = 1.0  # real seconds a late answer is held back: longer than the caller's time-out
    at_once: int = 16  # callbacks on their way at a time; 1 makes the order of delivery exact
    tries_max: int = 8  # a callback is set aside after so many bad answers


class Advance(Struct, frozen=True):
    """Body of POST /advance."""

    to: datetime


class _Seat:
    """A simulator, its port and what was asked of it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.port = 0
        self.calls = 0
        self.crashes = 0
        self.faults = dict.fromkeys(("server_error", "lost_answer", "late_answer"), 0)
        self.attempts: dict[bytes, int] = {}


class Host:
    """The running host; `open` and `close` belong to one event loop."""

    def __init__(self, setup: HostSetup) -> None:
        self.now = setup.start_at
        self.control_port = setup.control_port
        self._setup = setup
        self._seats = [_Seat(simulator) for simulator in setup.simulators]
        self._caller = Caller()
        self._draw = FaultDraw(faults=setup.faults, seed=setup.seed)
        self._deliverer = Deliverer(self._caller, self._draw, at_once=setup.at_once, tries_max=setup.tries_max, renew=self._renewed)
        self._servers: list[asyncio.Server] = []
        self._stop = asyncio.Event()
        self._tell_faults()

    def _renewed(self, callback: Callback, now: datetime) -> Callback:
        """The same callback as its simulator would send it now; those whose signatures carry no time stay as they are."""
        owner = callback.key.partition(":")[0]
        for seat in self._seats:
            renewed = getattr(seat.simulator, "renewed", None)
            if renewed is not None and seat.simulator.name == owner:
                again: Callback = renewed(callback, now)
                return again
        return callback

    @property
    def ports(self) -> dict[str, int]:
        """The simulators' ports by name, known after `open`."""
        return {seat.simulator.name: seat.port for seat in self._seats}

    async def open(self) -> None:
        """Listen on all ports."""
        for seat in self._seats:
            server, seat.port = await open_door(self._answering(seat), self._setup.ports.get(seat.simulator.name, 0))
            self._servers.append(server)
        server, self.control_port = await open_door(self._control, self._setup.control_port)
        self._servers.append(server)

    async def run(self) -> None:
        """Serve until POST /stop."""
        await self._stop.wait()
        await asyncio.sleep(0.05)  # lets the answer to /stop leave
        self.close()

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.close()
        self._caller.close()

    def stop(self) -> None:
        """End `run`; to be called in the host's own loop."""
        self._stop.set()

    # Requests to the simulators.

    def _answering(self, seat: _Seat) -> Answer:
        return lambda request: self._reply(seat, request)

    def _reply(self, seat: _Seat, request: Request) -> Reply:
        seat.calls += 1
        if self._draw.faults == Faults():
            return Reply(self._ask(seat, request))
        key, attempt = self._name(seat, request)
        if self._falls(seat, "server_error", key, attempt):
            return Reply(Response(status=503, body=b"<html><body>503 Service Temporarily Unavailable</body></html>", content_type="text/html"))
        response = self._ask(seat, request)
        if self._falls(seat, "lost_answer", key, attempt):
            return Reply(None)
        return Reply(response, self._setup.late_s if self._falls(seat, "late_answer", key, attempt) else 0.0)

    def _ask(self, seat: _Seat, request: Request) -> Response:
        try:
            return seat.simulator.answer(request, self.now)
        except Exception:
            seat.crashes += 1
            raise

    @staticmethod
    def _name(seat: _Seat, request: Request) -> tuple[str, int]:
        """What a request is called for the draws: a digest of its bytes, and how many times it came."""
        whole = f"{seat.simulator.name} {request.verb} {request.path}?{request.query} ".encode() + request.body
        digest = blake2b(whole, digest_size=12).digest()
        attempt = seat.attempts.get(digest, 0)
        seat.attempts[digest] = attempt + 1
        return digest.hex(), attempt

    def _falls(self, seat: _Seat, kind: str, key: str, attempt: int) -> bool:
        hit = self._draw.hits(kind, key, attempt)
        seat.faults[kind] += hit
        return hit

    # The control port.

    def _control(self, request: Request) -> Reply | Awaitable[Reply]:
        routes: dict[tuple[str, str], Callable[[bytes], Reply | Awaitable[Reply]]] = {
            ("POST", "/advance"): lambda body: self._advance(msgspec.json.decode(body, type=Advance).to),
            ("POST", "/redeliver"): lambda _: self._redeliver(),
            ("POST", "/faults"): lambda body: self._set_faults(msgspec.json.decode(body)),
            ("POST", "/stop"): lambda _: self._end(),
            ("GET", "/books"): lambda _: _json({seat.simulator.name: seat.simulator.books() for seat in self._seats}),
            ("GET", "/stats"): lambda _: _json(self._stats()),
        }
        route = routes.get((request.verb, request.path))
        try:
            return route(request.body) if route else Reply(Response(status=404))
        except msgspec.MsgspecError as error:
            return Reply(Response(status=400, body=str(error).encode(), content_type="text/plain"))

    def _end(self) -> Reply:
        self.stop()
        return _json({})

    async def _advance(self, to: datetime) -> Reply:
        if to < self.now:
            return Reply(Response(status=409, body=b"time does not go back", content_type="text/plain"))
        for seat in self._seats:
            self._deliverer.plan(seat.simulator.advance(to))
        self.now = to
        return self._told(await self._deliverer.deliver(to))

    async def _redeliver(self) -> Reply:
        return self._told(await self._deliverer.redeliver(self.now))

    def _told(self, delivered: Delivered) -> Reply:
        return _json(msgspec.structs.asdict(delivered) | {"next_due": self._next_due(), "aside": len(self._deliverer.aside)})

    def _set_faults(self, given: dict[str, Any]) -> Reply:
        if unknown := set(given) - set(KINDS) - {"seed"}:
            return Reply(Response(status=400, body=f"unknown faults: {sorted(unknown)}".encode(), content_type="text/plain"))
        seed = given.pop("seed", self._draw.seed)
        self._draw = FaultDraw(faults=msgspec.convert(given, Faults), seed=seed)
        self._tell_faults()
        return _json({})

    def _tell_faults(self) -> None:
        """A simulator whose messages are fetched, not sent, bends them itself: it may offer `set_faults(draw)`."""
        self._deliverer.draw = self._draw
        for seat in self._seats:
            tell = getattr(seat.simulator, "set_faults", None)
            if tell is not None:
                tell(self._draw)

    def _next_due(self) -> datetime | None:
        instants = [seat.simulator.next_due() for seat in self._seats] + [self._deliverer.next_due()]
        return min((instant for instant in instants if instant is not None), default=None)

    def _stats(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "next_due": self._next_due(),
            "cpu_s": time.process_time(),
            "callbacks_sent": self._deliverer.sent,
            "callbacks_aside": [callback.key for callback in self._deliverer.aside],
            "simulators": {
                seat.simulator.name: {"port": seat.port, "calls": seat.calls, "crashes": seat.crashes, "faults": seat.faults} for seat in self._seats
            },
        }


def _json(value: Any) -> Reply:
    return Reply(Response(body=msgspec.json.encode(value)))


def run_host(setup: HostSetup) -> None:
    """Serve until POST /stop. Writes one line to stdout when ready: {"control_port": n, "ports": {name: n}}."""
    _quickest_loop(_run(setup))


def _quickest_loop(main: Coroutine[Any, Any, None]) -> None:
    """On uvloop where there is one: most of the host's work is reading and writing sockets."""
    if sys.platform == "win32":
        asyncio.run(main)
    else:
        import uvloop

        uvloop.run(main)


async def _run(setup: HostSetup) -> None:
    host = Host(setup)
    await host.open()
    gc.collect()
    gc.freeze()  # the script of a day is large and never dies: the collector need not look at it again
    sys.stdout.buffer.write(msgspec.json.encode({"control_port": host.control_port, "ports": host.ports}) + b"\n")
    sys.stdout.flush()
    await host.run()


@contextmanager
def host_in_thread(setup: HostSetup) -> Iterator[HostClient]:
    """A host in a thread of this process, for tests; gives its control client."""
    ready = threading.Event()
    hosts: list[tuple[Host, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        host = Host(setup)
        await host.open()
        hosts.append((host, asyncio.get_running_loop()))
        ready.set()
        await host.run()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(30):
        raise RuntimeError("the host did not start")
    host, loop = hosts[0]
    client = HostClient(host.control_port, host.ports)
    try:
        yield client
    finally:
        client.close()
        loop.call_soon_threadsafe(host.stop)
        thread.join(10)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m paidan.world.host", description="Put simulators on loopback sockets.")
    parser.add_argument("factory", help="package.module:function; it gets the config as a dict and returns a HostSetup")
    parser.add_argument("--config", type=Path, help="a JSON file; - reads stdin; absent means {}")
    given = parser.parse_args(arguments)
    module, _, function = given.factory.partition(":")
    text = "{}" if given.config is None else sys.stdin.read() if str(given.config) == "-" else given.config.read_text(encoding="utf-8")
    run_host(getattr(importlib.import_module(module), function)(msgspec.json.decode(text)))


if __name__ == "__main__":
    main()
