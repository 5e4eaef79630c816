"""A load generator of its own process: so many kept connections, each with one request under way, over loopback."""

import asyncio
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Shot(Struct, kw_only=True):
    """What a volley met: seconds from request to whole answer, in order of answering; answers by status; wall and own CPU."""

    waits_s: list[float] = field(default_factory=list)
    by_status: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)  # of answers beyond 2xx, the first few
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def percentile_ms(self, share: float) -> float:
        """The wait that this share of the requests did not exceed."""
        ordered = sorted(self.waits_s)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000

    def figures(self) -> dict[str, float]:
        """Throughput and waits."""
        return {
            "per_s": len(self.waits_s) / self.wall_s,
            "p50_ms": median(self.waits_s) * 1000,
            "p99_ms": self.percentile_ms(0.99),
            "max_ms": max(self.waits_s) * 1000,
            "generator_us": self.cpu_s / len(self.waits_s) * 1e6,
        }


def request(url: str, path: str, key: str, body: bytes, *, verb: str = "POST", once: str = "") -> bytes:
    """One HTTP/1.1 request, whole."""
    host = urlsplit(url).netloc
    more = f"idempotency-key: {once}\r\n" if once else ""
    head = f"{verb} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n{more}"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def fire(url: str, requests: Sequence[bytes], connections: int) -> Shot:
    """Send all requests from a process of its own and wait for all answers. The process is started before the watch is."""
    told = pickle.dumps((url, list(requests), connections))
    command = [sys.executable, "-c", "from load import main; main()"]
    ended = subprocess.run(command, input=told, stdout=subprocess.PIPE, check=True, cwd=Path(__file__).parent)  # noqa: S603 - our own file
    return msgspec.msgpack.decode(ended.stdout, type=Shot)


def fire_here(url: str, requests: Sequence[bytes], connections: int) -> Shot:
    """The same from this process, which has nothing else to do meanwhile."""
    place = urlsplit(url)
    return asyncio.run(_volley(place.hostname or "", place.port or 80, list(requests), connections))


def main() -> None:
    """The process: reads what to send, writes what it met."""
    url, requests, connections = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(msgspec.msgpack.encode(fire_here(url, requests, connections)))


async def _volley(host: str, port: int, requests: list[bytes], connections: int) -> Shot:
    loop = asyncio.get_running_loop()
    shot, left, ended = Shot(), iter(requests), loop.create_future()
    waiting = [len(requests)]
    clients = [_Client(shot, left, waiting, ended) for _ in range(min(connections, len(requests)))]
    for client in clients:
        await loop.create_connection(lambda client=client: client, host, port)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    began, cpu_s = time.perf_counter(), time.process_time()
    for client in clients:
        client.go_on()
    await ended
    shot.wall_s, shot.cpu_s = time.perf_counter() - began, time.process_time() - cpu_s
    for client in clients:
        client.close()
    return shot


class _Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, shot: Shot, left: Iterator[bytes], waiting: list[int], ended: "asyncio.Future[None]") -> None:
        self._shot = shot
        self._left = left
        self._waiting = waiting
        self._ended = ended
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or ConnectionResetError("the server closed a kept connection"))

    def go_on(self) -> None:
        """Send the next request, if there is one."""
        following = next(self._left, None)
        if following is not None and self._transport is not None:
            self._began = time.perf_counter()
            self._transport.write(following)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        got = self._got = self._got + data
        end = got.find(HEAD_END)
        if end < 0:
            return
        head = got[:end].lower()
        at = head.index(LENGTH) + len(LENGTH)
        body_end = end + 4 + int(head[at : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None])
        if len(got) < body_end:
            return
        self._note(int(got[9:12]), got[end + 4 : body_end])
        self._got = b""
        self.go_on()

    def _note(self, status: int, body: bytes) -> None:
        shot = self._shot
        shot.waits_s.append(time.perf_counter() - self._began)
        shot.by_status[status] = shot.by_status.get(status, 0) + 1
        if status >= 300 and len(shot.bodies) < 5:  # noqa: PLR2004 - beyond 2xx, the first few
            shot.bodies.append(body)
        self._waiting[0] -= 1
        if not self._waiting[0]:
            self._ended.set_result(None)
