"""A lean HTTP/1.1 client on asyncio for the callbacks: keep-alive connections, POST only, plain loopback."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

import httptools

Place = tuple[str, int]


class NoAnswer(Exception):
    """Nobody listened, the line broke, or the time ran out."""


class _Dropped(NoAnswer):
    """The line was closed under the request: likely it had been idle too long."""


@lru_cache(maxsize=256)
def _split(url: str) -> tuple[Place, bytes]:
    """Where to connect, and the head of the request up to the first variable header."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"not a plain http address: {url}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (parts.hostname, parts.port or 80), f"POST {target} HTTP/1.1\r\nhost: {parts.netloc}\r\n".encode()


class _Line(asyncio.Protocol):
    """One connection with at most one request on the way."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.is_open = True
        self._restart()

    def _restart(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._chunks: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self.transport = cast("asyncio.Transport", transport)  # a TCP connection is nothing else; uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self.is_open = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(_Dropped(f"the connection was closed before the answer: {exc}"))

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"not HTTP: {error}")

    def on_body(self, body: bytes) -> None:
        """A piece of the answer's body."""
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        status = self._parser.get_status_code()
        if status < 200:  # noqa: PLR2004 - an interim answer (100 Continue)
            return
        if not self._parser.should_keep_alive():
            self.close()
        if self.answer is not None and not self.answer.done():
            self.answer.set_result((status, b"".join(self._chunks)))
        self._chunks = []

    def close(self) -> None:
        """Give the connection up."""
        self.is_open = False
        if self.transport is not None:
            self.transport.close()

    def ask(self, data: bytes, timeout_s: float) -> "asyncio.Future[tuple[int, bytes]]":
        """Send a request; the future gives (status, body) or NoAnswer."""
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        timer = loop.call_later(timeout_s, self._fail, f"no answer within {timeout_s} s")
        self.answer.add_done_callback(lambda _: timer.cancel())
        if self.transport is not None:
            self.transport.write(data)
        return self.answer

    def _fail(self, why: str) -> None:
        self.close()
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(NoAnswer(why))


class Caller:
    """A pool of connections per address."""

    def __init__(self, *, timeout_s: float = 30.0) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[Place, list[_Line]] = {}

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """POST the body; returns (status, body of the answer). Raises NoAnswer.

        A kept connection that turns out closed is replaced once: the other side may drop idle connections at any time.
        """
        place, start = _split(url)
        fields = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        data = start + f"{fields}content-length: {len(body)}\r\n\r\n".encode() + body
        line, was_kept = await self._line(place)
        try:
            answer = await line.ask(data, self._timeout_s)
        except _Dropped:
            if not was_kept:
                raise
            line = await self._connect(place)
            answer = await line.ask(data, self._timeout_s)
        if line.is_open:
            self._idle.setdefault(place, []).append(line)
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        for lines in self._idle.values():
            for line in lines:
                line.close()
        self._idle.clear()

    async def _line(self, place: Place) -> tuple[_Line, bool]:
        idle = self._idle.get(place, [])
        while idle:
            line = idle.pop()
            if line.is_open:
                return line, True
        return await self._connect(place), False

    async def _connect(self, place: Place) -> _Line:
        try:
            async with asyncio.timeout(self._timeout_s):
                _, line = await asyncio.get_running_loop().create_connection(_Line, *place)
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"nobody answers at {place[0]}:{place[1]}: {error}") from error
        return line
