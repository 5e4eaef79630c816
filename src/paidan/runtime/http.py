"""HTTP calls to counterparts: one whole answer, or an error that says whether it was sent.

Built on urllib3: a call over a kept connection costs a fraction of what httpx takes (bench/http_clients.py).
"""

import ipaddress
import socket
import time
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from msgspec import Struct
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused
from paidan.runtime.telemetry import CALL_SECONDS

ANSWER_SIZE_MAX: Final = 10 * 1024 * 1024
READ_SIZE: Final = 64 * 1024
CONNECT_TIMEOUT_S: Final = 5.0


class HttpAnswer(Struct, frozen=True, kw_only=True):
    """An answer read whole. Header names are lower case; of repeated headers the values are joined by ", "."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpCaller:
    """Calls counterparts over kept connections. Threads may share it.

    Private and loopback addresses are refused unless `allow_loopback`, at the moment of connecting and for the very address connected to,
    so that a name can't be pointed elsewhere in between. Redirects are not followed. Proxies of the environment are not used.
    """

    def __init__(self, *, allow_loopback: bool = False, pool_size: int = 16) -> None:
        self._allow_loopback = allow_loopback
        self._pools = urllib3.PoolManager(
            num_pools=200, maxsize=pool_size, retries=False, cert_reqs="CERT_REQUIRED", assert_hostname=None, socket_options=_SOCKET_OPTIONS
        )
        if not allow_loopback:
            self._pools.pool_classes_by_scheme = {"http": _GuardedHttpPool, "https": _GuardedHttpsPool}

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> HttpAnswer:
        """Send one request and read the whole answer, whatever its status.

        Raises CallRefused for an address that is not allowed, CallLater when surely nothing was sent, AnswerUnknown when no whole answer came
        within `timeout_s` after connecting, or one above 10 MiB.
        """
        host = _host(url, allow_plain=self._allow_loopback)
        began_at_s = time.monotonic()
        outcome = "error"
        try:
            answer = self._call(verb, url, headers or {}, body, timeout_s)
            outcome = f"{answer.status // 100}xx"
            return answer
        except (NewConnectionError, SSLError) as error:
            if isinstance(error.__cause__, _AddressRefused):
                raise CallRefused(f"{host}: private and loopback addresses are not called", code="address_refused") from error
            raise CallLater(f"{host}: no connection") from error
        except HTTPError as error:
            if _never_sent(error):
                raise CallLater(f"{host}: no connection") from error
            raise AnswerUnknown(f"{host}: no whole answer ({type(error).__name__})") from error
        finally:
            CALL_SECONDS.labels(host, outcome).observe(time.monotonic() - began_at_s)

    def close(self) -> None:
        """Close the kept connections."""
        self._pools.clear()

    def _call(self, verb: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float) -> HttpAnswer:
        timeout = urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, timeout_s), read=timeout_s)
        answer = self._pools.request(verb, url, body=body or None, headers=headers, timeout=timeout, redirect=False, preload_content=False)
        try:
            whole = _read(answer, time.monotonic() + timeout_s)
        except BaseException:
            answer.close()
            raise
        answer.release_conn()
        return HttpAnswer(status=answer.status, headers={name.lower(): value for name, value in answer.headers.items()}, body=whole)


_SOCKET_OPTIONS: Final = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]


class _AddressRefused(Exception):
    """The name stands for an address that must not be called."""


