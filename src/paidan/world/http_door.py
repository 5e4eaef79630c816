"""A lean HTTP/1.1 server on asyncio: keep-alive, pipelined requests answered in order, answers given now, later or never."""

import asyncio
import sys
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import cast

import httptools
from msgspec import Struct

from paidan.world.wire import Request, Response

BODY_MAX = 32 * 1024 * 1024
PHRASES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Reply(Struct, frozen=True):
    """What goes back: a response, after `delay_s` seconds of real time; `None` closes the connection without a word."""

    response: Response | None
    delay_s: float = 0.0


Answer = Callable[[Request], Reply | Awaitable[Reply]]


class HttpDoor(asyncio.Protocol):
    """One connection. A slow answer holds back the answers of the same connection, not of others."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)  # a TCP server hands out nothing else; uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        del exc
        self._transport = None
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(501)
        except httptools.HttpParserError:
            self._refuse(400)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A new request begins."""
        self._url = b""
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._size = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; a repeated one is joined by a comma (RFC 9110, 5.3)."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._size += len(body)
        if self._size <= BODY_MAX:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._size > BODY_MAX:
            self._refuse(413)
            return
        path, _, query = self._url.decode("latin-1").partition("?")
        verb = self._parser.get_method().decode("latin-1")
        request = Request(verb=verb, path=path, query=query, headers=self._headers, body=b"".join(self._chunks))
        self._waiting.append((request, self._parser.should_keep_alive()))
        self._serve()

    # Answering.

    def _serve(self) -> None:
        while self._waiting and not self._busy:
            request, keep = self._waiting.popleft()
            try:
                reply = self._answer(request)
            except Exception:  # noqa: BLE001 - the world must go on; the trace is shown and the caller gets a 500
                sys.stderr.write(traceback.format_exc())
                reply = Reply(Response(status=500))
            if isinstance(reply, Reply):
                self._give(reply, keep=keep)
            else:
                self._busy = True
                self._task = asyncio.ensure_future(self._wait(reply, keep=keep))

    async def _wait(self, coming: Awaitable[Reply], *, keep: bool) -> None:
        try:
            reply = await coming
        except Exception:  # noqa: BLE001 - as above
            sys.stderr.write(traceback.format_exc())
            reply = Reply(Response(status=500, body=traceback.format_exc().encode(), content_type="text/plain"))
        self._busy = False
        self._give(reply, keep=keep)
        self._serve()

    def _give(self, reply: Reply, *, keep: bool) -> None:
        if reply.delay_s:
            self._busy = True
            asyncio.get_running_loop().call_later(reply.delay_s, self._give_late, reply, keep)
        else:
            self._write(reply.response, keep=keep)

    def _give_late(self, reply: Reply, keep: bool) -> None:  # noqa: FBT001 - call_later passes no keywords
        self._busy = False
        self._write(reply.response, keep=keep)
        self._serve()

    def _write(self, response: Response | None, *, keep: bool) -> None:
        if self._transport is None:
            return
        if response is None:
            self._transport.abort()
            return
        head = f"content-type: {response.content_type}\r\ncontent-length: {len(response.body)}\r\n".encode()
        if response.headers:
            head += "".join(f"{name}: {value}\r\n" for name, value in response.headers.items()).encode("latin-1")
        ending = b"\r\n" if keep else b"connection: close\r\n\r\n"
        self._transport.write(PHRASES[response.status] + head + ending + response.body)
        if not keep:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        self._waiting.clear()
        self._write(Response(status=status), keep=False)


async def open_door(answer: Answer, port: int = 0) -> tuple[asyncio.Server, int]:
    """Listen on 127.0.0.1; port 0 takes a free one. Returns the server and its port."""
    server = await asyncio.get_running_loop().create_server(lambda: HttpDoor(answer), "127.0.0.1", port, backlog=512)
    return server, server.sockets[0].getsockname()[1]
