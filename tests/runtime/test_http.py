"""HttpCaller against a raw socket server that says exactly what the path names."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused
from paidan.runtime import http
from paidan.runtime.http import HttpCaller, is_public

ANSWERS = {
    "/ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nhi",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "/until-close": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it",
    "/no": b"HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
    "/moved": b"HTTP/1.1 302 Moved\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi",
    "/cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "/nonsense": b"what?\r\n\r\n",
    "/gone": b"",
}
CLOSING = {"/until-close", "/cut", "/cut-chunk", "/nonsense", "/gone"}


class Server:
    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.requests = []
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.closing = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError, IndexError), connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                path = line.split(b" ")[1].decode().partition("?")[0]
                headers = dict(header.decode().strip().lower().split(": ", 1) for header in iter(lines.readline, b"\r\n"))
                self.requests.append((line, headers, lines.read(int(headers.get("content-length", 0)))))
                if path == "/silent":
                    self.closing.wait(5)
                    return
                if path == "/big":
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4000)
                    continue
                if path == "/trickle":
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
                    while not self.closing.wait(0.02):
                        connection.sendall(b"x")
                    return
                connection.sendall(ANSWERS[path])
                if path in CLOSING:
                    return


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.closing.set()
    server.socket.close()


@pytest.fixture
def caller() -> Iterator[HttpCaller]:
    caller = HttpCaller(allow_loopback=True)
    yield caller
    caller.close()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/ok", 200, b"hi"), ("/chunked", 200, b"abcde"), ("/until-close", 200, b"all of it"), ("/no", 429, b""), ("/moved", 302, b"")],
)
def test_whole_answers_of_any_status_come_back(server: Server, caller: HttpCaller, path: str, status: int, body: bytes) -> None:
    answer = caller.call("POST", server.url + path, body=b"q")
    assert (answer.status, answer.body) == (status, body)


def test_headers_are_lower_case_and_joined(server: Server, caller: HttpCaller) -> None:
    assert caller.call("GET", server.url + "/ok").headers["x-a"] == "1, 2"


def test_the_connection_is_kept_and_the_request_arrives_as_given(server: Server, caller: HttpCaller) -> None:
    before = server.connections
    for _ in range(3):
        caller.call("POST", server.url + "/ok?sign=1%2B2", headers={"Content-Type": "text/xml"}, body=b"<a/>")
    line, headers, body = server.requests[-1]
    assert server.connections == before + 1
    assert line == b"POST /ok?sign=1%2B2 HTTP/1.1\r\n"
    assert (headers["content-type"], headers["user-agent"], body) == ("text/xml", "paidan", b"<a/>")


@pytest.mark.parametrize("path", ["/cut", "/cut-chunk", "/nonsense", "/gone", "/silent"])
def test_no_whole_answer_means_unknown(server: Server, caller: HttpCaller, path: str) -> None:
    with pytest.raises(AnswerUnknown, match="no whole answer") as caught:
        caller.call("POST", server.url + path + "?sign=secret", body=b"q", timeout_s=0.3)
    assert "secret" not in str(caught.value)


def test_an_answer_that_is_too_large_or_too_slow_is_unknown(server: Server, caller: HttpCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_SIZE_MAX", 1000)
    with pytest.raises(AnswerUnknown):
        caller.call("GET", server.url + "/big")
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_S", 0.1)
    with pytest.raises(AnswerUnknown):
        caller.call("GET", server.url + "/trickle", timeout_s=0.2)


def test_a_refused_connection_means_later(caller: HttpCaller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(CallLater, match=r"127\.0\.0\.1: no connection"):
        caller.call("GET", f"http://127.0.0.1:{port}/")


def test_a_failed_tls_handshake_means_later(server: Server, caller: HttpCaller) -> None:
    with pytest.raises(CallLater):
        caller.call("POST", server.url.replace("http", "https") + "/ok", body=b"q", timeout_s=0.5)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "0.0.0.0", "10.1.2.3", "169.254.169.254", "[::ffff:192.168.0.1]", "localhost", "2130706433"])  # noqa: S104 - nothing is bound
def test_private_addresses_are_refused_without_the_setting(host: str) -> None:
    with pytest.raises(CallRefused, match="not called"):
        HttpCaller(allow_plain=True).call("GET", f"http://{host}:9/")


def test_a_name_is_refused_when_any_of_its_addresses_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(CallRefused, match="not called"):
        HttpCaller().call("GET", "https://gateway.example/")


def test_plain_http_is_refused_without_the_setting() -> None:
    with pytest.raises(CallRefused, match="only https"):
        HttpCaller().call("GET", "http://gateway.example/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:  # noqa: FBT001 - a case of the table
    assert is_public(address) is public
