import http.client
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paidan.world.faults import KINDS, FaultDraw, share
from paidan.world.host import HostSetup, host_in_thread
from paidan.world.host_client import HostClient, spawned_host
from paidan.world.wire import Callback, Faults, Request, Response

START = datetime(2026, 1, 5, tzinfo=UTC)


class Echo:
    """A counterpart that repeats what it hears and calls back when told."""

    name = "echo"

    def __init__(self, callbacks: tuple[Callback, ...] = ()) -> None:
        self.heard: list[bytes] = []
        self.callbacks = sorted(callbacks, key=lambda one: one.due_at)

    def answer(self, request: Request, now: datetime) -> Response:
        if request.path == "/crash":
            raise RuntimeError("planted")
        self.heard.append(request.body)
        return Response(body=f"{request.verb} {request.path}?{request.query} {now:%H:%M} ".encode() + request.body)

    def advance(self, now: datetime) -> list[Callback]:
        due = [one for one in self.callbacks if one.due_at <= now]
        self.callbacks = self.callbacks[len(due) :]
        return due

    def next_due(self) -> datetime | None:
        return self.callbacks[0].due_at if self.callbacks else None

    def books(self) -> dict[str, Any]:
        return {"heard": len(self.heard)}


def make_echo(config: dict[str, Any]) -> HostSetup:
    return HostSetup(simulators=[Echo()], start_at=datetime.fromisoformat(config["start_at"]))


@contextmanager
def listener(wrong_first: int = 0, wrong_always: tuple[bytes, ...] = ()) -> Iterator[tuple[str, list[bytes]]]:
    """Paidan's side: notes the bodies it gets; the first `wrong_first` deliveries of each body get a 500."""
    heard: list[bytes] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                heard.append(body)
                is_wrong = body in wrong_always or heard.count(body) <= wrong_first
            answer = b"no" if is_wrong else b"<flag>success</flag>"
            self.send_response(500 if is_wrong else 200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/door?shop=1", heard
    finally:
        server.shutdown()
        server.server_close()


def callbacks(url: str, *keys: str) -> tuple[Callback, ...]:
    return tuple(
        Callback(key=key, due_at=START + timedelta(minutes=number), url=url, body=key.encode(), headers={"x": "y"}, ok_contains=b"success")
        for number, key in enumerate(keys, 1)
    )


def hosted(echo: Echo) -> AbstractContextManager[HostClient]:
    return host_in_thread(HostSetup(simulators=[echo], start_at=START))


def ask(client: HostClient, path: str, body: bytes = b"", verb: str = "POST") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", client.ports["echo"], timeout=5)
    try:
        connection.request(verb, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_request_makes_the_round_trip_at_business_time() -> None:
    with hosted(Echo()) as client:
        assert ask(client, "/a/b?x=%20y", b"hello") == (200, b"POST /a/b?x=%20y 00:00 hello")
        client.advance(START + timedelta(hours=3))
        assert ask(client, "/", verb="GET") == (200, b"GET /? 03:00 ")
        assert client.books() == {"echo": {"heard": 2}}
        assert client.stats()["simulators"]["echo"]["calls"] == 2


def test_pipelined_and_cut_up_requests_are_answered_in_order() -> None:
    whole = b"".join(b"POST /%d HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n%03d" % (n, n) for n in range(20))
    with hosted(Echo()) as client:
        with socket.create_connection(("127.0.0.1", client.ports["echo"]), timeout=5) as line:
            for at in range(0, len(whole), 37):
                line.sendall(whole[at : at + 37])
            got = b""
            while got.count(b"HTTP/1.1 200") < 20 or not got.endswith(b"019"):
                got += line.recv(65536)
        bodies = [part.rsplit(b" ", 1)[-1] for part in got.split(b"HTTP/1.1 200 OK")[1:]]
        assert bodies == [b"%03d" % n for n in range(20)]


def test_a_chunked_body_is_put_together() -> None:
    with hosted(Echo()) as client:
        connection = http.client.HTTPConnection("127.0.0.1", client.ports["echo"], timeout=5)
        connection.request("POST", "/c", iter([b"ab", b"cd"]), encode_chunked=True, headers={"transfer-encoding": "chunked"})
        assert connection.getresponse().read().endswith(b"abcd")
        connection.close()


def test_bytes_that_are_not_http_are_refused() -> None:
    with (
        hosted(Echo()) as client,
        socket.create_connection(("127.0.0.1", client.ports["echo"])) as line,
    ):
        line.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_crash_in_a_simulator_is_a_500_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with hosted(Echo()) as client:
        assert ask(client, "/crash")[0] == 500
        assert ask(client, "/fine")[0] == 200
        assert client.stats()["simulators"]["echo"]["crashes"] == 1
    assert "planted" in capsys.readouterr().err


def test_callbacks_are_delivered_when_due_and_repeated_until_answered_well() -> None:
    with (
        listener(wrong_first=2) as (url, heard),
        host_in_thread(HostSetup(simulators=[Echo(callbacks(url, "a", "b", "c"))], start_at=START)) as client,
    ):
        first = client.advance(START + timedelta(minutes=2))
        assert (first.callbacks, first.failures, first.set_aside, first.next_due) == (2, 4, 0, START + timedelta(minutes=3))
        assert Counter(heard) == {b"a": 3, b"b": 3}
        assert client.advance(START + timedelta(minutes=3)).next_due is None
        assert Counter(heard)[b"c"] == 3


def test_a_callback_never_answered_well_is_set_aside_and_can_be_tried_again() -> None:
    with listener(wrong_always=(b"b",)) as (url, heard):
        setup = HostSetup(simulators=[Echo(callbacks(url, "a", "b"))], start_at=START, tries_max=3)
        with host_in_thread(setup) as client:
            done = client.advance(START + timedelta(hours=1))
            assert (done.callbacks, done.set_aside, done.aside) == (1, 1, 1)
            assert heard.count(b"b") == 3
            assert client.stats()["callbacks_aside"] == ["b"]
            assert client.redeliver().set_aside == 1
            assert heard.count(b"b") == 6


def test_callbacks_to_nobody_are_set_aside() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with host_in_thread(HostSetup(simulators=[Echo(callbacks(url, "a"))], start_at=START, tries_max=2)) as client:
            assert client.advance(START + timedelta(hours=1)).set_aside == 1


def test_one_lane_keeps_its_order_though_many_are_on_their_way() -> None:
    keys = [f"lane{n % 3}#{n}" for n in range(60)]
    with listener() as (url, heard), hosted(Echo(callbacks(url, *keys))) as client:
        assert client.advance(START + timedelta(days=1)).callbacks == 60
        for lane in range(3):
            mine = [int(body.split(b"#")[1]) for body in heard if body.startswith(b"lane%d" % lane)]
            assert mine == sorted(mine)


def test_one_at_a_time_is_strictly_in_order() -> None:
    keys = [str(n) for n in range(40)]
    with listener() as (url, heard), host_in_thread(HostSetup(simulators=[Echo(callbacks(url, *keys))], start_at=START, at_once=1)) as client:
        client.advance(START + timedelta(days=1))
        assert heard == [key.encode() for key in keys]


def test_callback_faults_duplicate_repeat_delay_and_reorder() -> None:
    keys = [str(n) for n in range(40)]
    with listener() as (url, heard):
        setup = HostSetup(simulators=[Echo(callbacks(url, *keys))], start_at=START, at_once=1, seed=5, tries_max=30)
        with host_in_thread(setup) as client:
            client.set_faults(Faults(duplicate=0.3, lost_answer=0.3, reorder=0.3, delay=0.5))
            at_once = client.advance(START + timedelta(minutes=40))
            late = client.advance(START + timedelta(days=1))
        assert set(heard) == {key.encode() for key in keys}
        assert at_once.callbacks + late.callbacks == 40
        assert late.callbacks > 0
        assert len(heard) > 50
        first_seen = [int(body) for body in dict.fromkeys(heard)]
        assert first_seen != sorted(first_seen)


def test_a_lost_answer_has_its_effect_and_a_server_error_has_none() -> None:
    echo = Echo()
    with host_in_thread(HostSetup(simulators=[echo], start_at=START, late_s=0.3)) as client:
        client.set_faults(Faults(lost_answer=1.0))
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            ask(client, "/", b"lost")
        client.set_faults(Faults(server_error=1.0))
        assert ask(client, "/", b"refused")[0] == 503
        client.set_faults(Faults(late_answer=1.0))
        assert ask(client, "/", b"late")[0] == 200
        client.set_faults(Faults())
        assert ask(client, "/", b"fine")[0] == 200
        assert echo.heard == [b"lost", b"late", b"fine"]
        assert client.stats()["simulators"]["echo"]["faults"] == {"server_error": 1, "lost_answer": 1, "late_answer": 1}


def test_unknown_faults_and_a_clock_set_back_are_refused() -> None:
    with hosted(Echo()) as client:
        with pytest.raises(RuntimeError, match="409"):
            client.advance(START - timedelta(seconds=1))
        with pytest.raises(RuntimeError, match="unknown faults"):
            client._call("POST", "/faults", {"gremlins": 1})
        with pytest.raises(RuntimeError, match="400"):
            client._call("POST", "/advance", {"to": "tomorrow"})
        with pytest.raises(RuntimeError, match="404"):
            client._call("GET", "/advance")


def test_a_host_runs_as_a_child_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":".join(path for path in sys.path if path) + f":{__file__.rsplit('/', 1)[0]}")
    with spawned_host("test_host:make_echo", {"start_at": START.isoformat()}) as client:
        assert ask(client, "/x", b"y") == (200, b"POST /x? 00:00 y")


@given(st.integers(0, 9), st.permutations([f"key{n}" for n in range(30)]), st.sampled_from(KINDS))
def test_fault_draws_do_not_depend_on_order(seed: int, order: list[str], kind: str) -> None:
    draw = FaultDraw(faults=Faults(**{kind: 0.4}), seed=seed)
    assert {key: draw.hits(kind, key) for key in order} == {key: draw.hits(kind, key) for key in sorted(order)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_share_drawn_is_the_share_asked_for(kind: str) -> None:
    draw = FaultDraw(faults=Faults(**{kind: 0.25}), seed=3)
    hits = sum(draw.hits(kind, str(n), n % 3) for n in range(4000))
    assert 880 < hits < 1120
    assert not any(FaultDraw().hits(kind, str(n)) for n in range(50))


def test_a_draw_is_the_same_in_every_process() -> None:
    assert share(7, "lost_answer", "SO1", 0) == pytest.approx(0.280031637)
