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
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util.connection import create_connection

from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused
from paidan.runtime.telemetry import CALL_SECONDS

ANSWER_SIZE_MAX: Final = 10 * 1024 * 1024
READ_SIZE: Final = 64 * 1024
CONNECT_TIMEOUT_S: Final = 5.0
USER_AGENT: Final = "paidan"


class HttpAnswer(Struct, frozen=True, kw_only=True):
    """An answer read whole. Header names are lower case; values of repeated headers are joined by ", "."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpCaller:
    """Calls counterparts over kept connections. Threads may share it.

    Without `allow_loopback` only https to public addresses goes out: the address is checked when connecting, and that very address is
    connected to, so that a name can't be pointed elsewhere in between. `allow_plain` lets http out, for gateways that know nothing better.
    Redirects are not followed; proxies of the environment are not used. No call waits longer than `timeout_s_max`, whatever it asks for.
    """

    def __init__(self, *, allow_loopback: bool = False, allow_plain: bool = False, pool_size: int = 16, timeout_s_max: float = 60.0) -> None:
        self._schemes = {"https", "http"} if allow_loopback or allow_plain else {"https"}
        self._timeout_s_max = timeout_s_max
        self._pools = urllib3.PoolManager(num_pools=200, maxsize=pool_size, retries=False)
        self._pools.pool_classes_by_scheme = _pool_classes(is_guarded=not allow_loopback)

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> HttpAnswer:
        """Send one request and read the whole answer, whatever its status.

        Raises CallRefused for an address that is not allowed, CallLater when surely nothing was sent, AnswerUnknown when the request went out
        and no whole answer of at most 10 MiB came within `timeout_s`.
        """
        host = self._host(url)
        began_at_s = time.monotonic()
        outcome = "none"
        try:
            answer = self._call(verb, url, {"User-Agent": USER_AGENT, **(headers or {})}, body, min(timeout_s, self._timeout_s_max))
            outcome = f"{answer.status // 100}xx"
        except (NewConnectionError, ConnectTimeoutError) as error:
            if isinstance(error.__cause__, _AddressRefused):
                raise CallRefused(f"{host}: private and loopback addresses are not called", code="address_refused") from error
            raise CallLater(f"{host}: no connection") from error
        except (HTTPError, OSError) as error:
            raise AnswerUnknown(f"{host}: no whole answer ({type(error).__name__})") from error
        finally:
            CALL_SECONDS.labels(host, outcome).observe(time.monotonic() - began_at_s)
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        self._pools.clear()

    def _host(self, url: str) -> str:
        """The URL's host, the only part of it that errors and counters tell: queries hold signatures."""
        parts = urlsplit(url)
        if parts.scheme not in self._schemes or not parts.hostname:
            raise CallRefused(f"{parts.hostname or 'no host'}: only {' and '.join(sorted(self._schemes))} is called", code="scheme_refused")
        return parts.hostname

    def _call(self, verb: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float) -> HttpAnswer:
        timeout = urllib3.Timeout(connect=min(CONNECT_TIMEOUT_S, timeout_s), read=timeout_s)
        last_s = time.monotonic() + CONNECT_TIMEOUT_S + timeout_s
        answer = self._pools.urlopen(verb, url, body=body or None, headers=headers, timeout=timeout, redirect=False, preload_content=False)
        try:
            whole = _read(answer, last_s)
        except BaseException:
            answer.close()
            raise
        answer.release_conn()
        return HttpAnswer(status=answer.status, headers={name.lower(): value for name, value in answer.headers.itermerged()}, body=whole)


class _AddressRefused(Exception):
    """The name stands for an address that must not be called."""


class _Connecting:
    """Makes any failure of connecting, TLS included, a NewConnectionError: until then nothing was sent."""

    is_guarded: bool

    def connect(self: Any) -> None:
        try:
            super().connect()  # type: ignore[misc]  # the next class is urllib3's connection
        except (NewConnectionError, ConnectTimeoutError):
            raise
        except (HTTPError, OSError, _AddressRefused) as error:
            raise NewConnectionError(self, type(error).__name__) from error

    def _new_conn(self: Any) -> socket.socket:
        host = _checked(self._dns_host, self.port) if self.is_guarded else self._dns_host
        options = [*self.socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
        return create_connection((host, self.port), self.timeout, socket_options=options)


def _pool_classes(*, is_guarded: bool) -> dict[str, Any]:
    class Plain(_Connecting, HTTPConnection):
        pass

    class Tls(_Connecting, HTTPSConnection):
        pass

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Tls

    Plain.is_guarded = Tls.is_guarded = is_guarded
    return {"http": PlainPool, "https": TlsPool}


def _checked(host: str, port: int) -> str:
    """The first address of `host`, when all of them are public. Raises _AddressRefused otherwise."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise _AddressRefused
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whichever way it is written into IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def _read(answer: urllib3.BaseHTTPResponse, last_s: float) -> bytes:
    """Read the body, in bounded size and time: each arriving byte would renew a socket's own time-out."""
    whole = bytearray()
    while chunk := answer.read1(READ_SIZE, decode_content=True):
        whole += chunk
        if len(whole) > ANSWER_SIZE_MAX:
            raise HTTPError("the answer is larger than 10 MiB")
        if time.monotonic() > last_s:
            raise HTTPError("the answer takes too long")
    return bytes(whole)
