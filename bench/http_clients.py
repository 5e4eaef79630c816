"""What a call over a kept connection costs the caller: our HttpCaller (urllib3) beside httpx, against one loopback server.

Run: python bench/http_clients.py [calls]
"""

import multiprocessing
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from paidan.runtime.http import HttpCaller

BODY = b"<request>" + b"x" * 1500 + b"</request>"
ANSWER = b"<response><flag>success</flag></response>"


class Answering(BaseHTTPRequestHandler):
    """Answers every POST at once and keeps the connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: two would wait for each other's acknowledgement

    def do_POST(self) -> None:
        """Read the body, answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def cpu_us_per_call(call: Callable[[], object], calls: int) -> float:
    """Microseconds of this thread's CPU per call, after a warm-up."""
    for _ in range(20):
        call()
    began = time.thread_time()
    for _ in range(calls):
        call()
    return (time.thread_time() - began) / calls * 1e6


def main(calls: int = 2000) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    # A process of its own: its CPU and its interpreter lock are not the caller's.
    serving = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    serving.start()
    url = f"http://127.0.0.1:{server.server_port}/gateway"
    caller = HttpCaller(allow_loopback=True)
    print(f"urllib3 {cpu_us_per_call(lambda: caller.call('POST', url, body=BODY), calls):8.0f} µs CPU a call")
    with httpx.Client() as client:
        print(f"httpx   {cpu_us_per_call(lambda: client.post(url, content=BODY).content, calls):8.0f} µs CPU a call")
    serving.terminate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
