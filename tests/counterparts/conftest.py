"""A counterpart as a real HTTP server on loopback, and a plain caller: the clients are tested over real bytes."""

import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from paidan.kernel.errors import AnswerUnknown, CallLater


class Got(NamedTuple):
    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Got], Said | None]  # None: close the connection without an answer


class PlainCaller:
    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> Said:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
        try:
            connection.connect()
        except OSError as error:
            raise CallLater("not connected") from error
        try:
            connection.request(verb, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {})
            answer = connection.getresponse()
            return Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise AnswerUnknown("no whole answer") from error
        finally:
            connection.close()


class Counterpart:
    """Answers by `answer`, keeps what it got in `got`."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _got: Said(200, {}, b"")
        self.got: list[Got] = []
        counterpart = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got("POST", path, query, headers, self.rfile.read(int(headers["content-length"])))
                counterpart.got.append(got)
                said = counterpart.answer(got)
                if said is None:
                    self.close_connection = True
                    return
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/door"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    server = Counterpart()
    yield server
    server.close()


@pytest.fixture
def caller() -> PlainCaller:
    return PlainCaller()


@pytest.fixture
def say() -> Callable[..., Answer]:
    """Make an answer: `say(body, status=200, headers...)`."""
    return lambda body, status=200, **headers: lambda _got: Said(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
