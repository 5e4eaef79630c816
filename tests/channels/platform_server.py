"""A platform as a real HTTP server on loopback, answered by a function, and what a Taobao gateway does with a form."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

BETWEEN = b"\r\n-S-\r\n"


class Got(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))

    def parts(self) -> "list[Got]":
        """The calls of a batch, each as if it had come alone."""
        return [self._replace(path="/router/rest", body=part) for part in self.body.split(BETWEEN)] if "/router/batch" in self.path else [self]


class Said(NamedTuple):
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class PlatformServer:
    """Answers with `answer` (None closes the connection without an answer); keeps what it got."""

    def __init__(self) -> None:
        self.answer: Callable[[Got], Said | None] = lambda _got: Said(b"{}")
        self.got: list[Got] = []  # call by call
        self.requests: list[Got] = []  # as they came
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together: else each call waits for a delayed ACK

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                outer.requests.append(got)
                said = outer.answer_each(got.parts())
                if said is None:
                    self.close_connection = True
                    return
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer_each(self, calls: list[Got]) -> Said | None:
        """The answers of a batch together; one that is no plain answer stands for the whole."""
        said = []
        for got in calls:
            self.got.append(got)
            said.append(self.answer(got))
        odd = [one for one in said if one is None or one.status != 200]
        return odd[0] if odd else Said(BETWEEN.join(one.body for one in said if one), 200, said[0].headers if said[0] else ())

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def methods(self) -> list[str]:
        return [got.form["method"] for got in self.got]


def top(method: str, result: dict[str, Any]) -> Said:
    """A success of the Taobao gateway."""
    name = method.removeprefix("taobao.").replace(".", "_") + "_response"
    return Said(json.dumps({name: result | {"request_id": "r1"}}, ensure_ascii=False).encode())


def top_error(code: int, sub_code: str = "", sub_msg: str = "") -> Said:
    """An error of the Taobao gateway."""
    return Said(json.dumps({"error_response": {"code": code, "msg": "no", "sub_code": sub_code, "sub_msg": sub_msg, "request_id": "r2"}}).encode())
