"""The seam between a simulator (a pure, seeded state machine) and the host that puts it on a loopback socket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct


class Request(Struct, frozen=True, kw_only=True):
    """An HTTP request as received: raw query string and raw body, for signatures go over bytes. Header names are lower case."""

    verb: str
    path: str
    query: str = ""
    headers: Mapping[str, str]
    body: bytes = b""


class Response(Struct, frozen=True, kw_only=True):
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


class Callback(Struct, frozen=True, kw_only=True):
    """A call the counterpart makes to Paidan. `key` names it for seeded faults and de-duplication; it is repeated until answered well."""

    key: str
    due_at: datetime
    url: str
    body: bytes
    headers: Mapping[str, str]
    ok_contains: bytes = b""  # the answer counts as success when 2xx and containing this


class Faults(Struct, frozen=True, kw_only=True):
    """Shares between 0 and 1; all zero is a fair-weather world. Drawn by hash of (seed, key, attempt), never by order of arrival."""

    duplicate: float = 0.0  # a callback or message is delivered twice
    delay: float = 0.0  # a callback is late by up to an hour of business time
    reorder: float = 0.0  # a callback overtakes the one before it
    lost_answer: float = 0.0  # effect done, connection closed without an answer
    server_error: float = 0.0  # 5xx, no effect
    late_answer: float = 0.0  # effect done, the answer comes after the caller's time-out


class Simulator(Protocol):
    """One counterpart. Deterministic: same seed, same calls at the same business instants, same answers."""

    name: str

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve one request at business instant `now`."""
        ...

    def advance(self, now: datetime) -> list[Callback]:
        """Live until `now`: place due orders, ship, move parcels; return the callbacks that fell due, oldest first."""
        ...

    def next_due(self) -> datetime | None:
        """When something would happen next; None when nothing is planned."""
        ...

    def books(self) -> dict[str, Any]:
        """Its own books, JSON-ready, keyed by the numbers both sides know, for the line-by-line comparison."""
        ...
