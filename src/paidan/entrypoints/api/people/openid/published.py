"""What the provider publishes: its addresses (OpenID Connect Discovery 1.0) and its keys (RFC 7517), kept for a while and shared by all threads.

A key that is not known is asked for once more, for providers change their keys without a word; at most so often, for anybody may show us a token.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey
from msgspec import Struct

from paidan.kernel.errors import CallRefused, CounterpartError
from paidan.runtime.http import HttpAnswer

KEPT_S: Final = 3600.0
REST_S: Final = 5.0  # after a failure nobody is sent to the provider again before
ASK_AGAIN_S: Final = 30.0  # between two askings for a key that is not known
RSA_BITS_MIN: Final = 2048
GOOD: Final = 200
DOCUMENT: Final = "/.well-known/openid-configuration"

Key = RSAKey | ECKey
T = TypeVar("T")


class Calls(Protocol):
    """The door out: runtime/http.py's HttpCaller."""

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> HttpAnswer:
        """One request, one whole answer."""
        ...


class Document(Struct, frozen=True, kw_only=True):
    """What we read of the discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _KeySet(Struct, frozen=True):
    keys: tuple[dict[str, Any], ...]


class Published:
    """The document and the keys of one issuer. Errors are of kernel.errors' CounterpartError."""

    def __init__(self, issuer: str, calls: Calls, *, timeout_s: float, real_s: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._calls = calls
        self._timeout_s = timeout_s
        self._real_s = real_s
        self._lock = Lock()
        self._document: tuple[float, Document] | None = None
        self._keys: tuple[float, tuple[Key, ...]] | None = None
        self._asked_again_s = float("-inf")
        self._failed: tuple[float, CounterpartError] | None = None

    def document(self) -> Document:
        """Its addresses. Raises CallRefused when it does not speak for the issuer that is configured."""
        with self._lock:
            return self._told_document()

    def key(self, kid: str | None, algorithm: str) -> Key | None:
        """The key that signs under this number, asked for anew when it is not known; without a number the only one that can. None: there is none."""
        with self._lock:
            found = _fitting(self._told_keys(), kid, algorithm)
            if found is None and self._real_s() - self._asked_again_s >= ASK_AGAIN_S:
                self._asked_again_s = self._real_s()
                self._keys = None
                found = _fitting(self._told_keys(), kid, algorithm)
            return found

    def count_keys(self) -> int:
        """How many keys are published that we take."""
        with self._lock:
            return len(self._told_keys())

    def _told_document(self) -> Document:
        if self._document is None or self._real_s() - self._document[0] > KEPT_S:
            self._document = (self._real_s(), self._fresh(self._read_document))
        return self._document[1]

    def _told_keys(self) -> tuple[Key, ...]:
        if self._keys is None or self._real_s() - self._keys[0] > KEPT_S:
            self._keys = (self._real_s(), self._fresh(self._read_keys))
        return self._keys[1]

    def _fresh(self, read: Callable[[], T]) -> T:
        """What the provider says; a failure is told again for some seconds without asking, so that people who try don't queue up behind it."""
        if self._failed is not None and self._real_s() - self._failed[0] < REST_S:
            raise self._failed[1]
        try:
            return read()
        except CounterpartError as error:
            self._failed = (self._real_s(), error)
            raise

    def _read_document(self) -> Document:
        document = self._get(self._issuer.rstrip("/") + DOCUMENT, Document)
        if document.issuer != self._issuer:
            raise CallRefused("the discovery document is another issuer's than PAIDAN_OIDC_ISSUER", code="other_issuer")
        if urlsplit(document.authorization_endpoint).scheme not in {"https", urlsplit(self._issuer).scheme}:
            raise CallRefused("people would be sent to an address without TLS", code="scheme_refused")
        return document

    def _read_keys(self) -> tuple[Key, ...]:
        published = self._get(self._told_document().jwks_uri, _KeySet)
        return tuple(key for told in published.keys if (key := _key(told)) is not None)

    def _get(self, url: str, kind: type[T]) -> T:
        answer = self._calls.call("GET", url, headers={"Accept": "application/json"}, timeout_s=self._timeout_s)
        if answer.status != GOOD:
            raise CallRefused("the provider does not tell what it publishes", code=str(answer.status))
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.MsgspecError as error:
            raise CallRefused("what the provider publishes cannot be read", code="unreadable") from error


def _key(told: dict[str, Any]) -> Key | None:
    """A key that may sign ID tokens here: RSA of 2048 bits or more, or P-256; None for any other."""
    if told.get("kty") not in {"RSA", "EC"} or told.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None  # a key we can't read signs nothing we would take
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= RSA_BITS_MIN else None
    return key if isinstance(key, ECKey) and key.curve_name == "P-256" else None


def _fitting(keys: tuple[Key, ...], kid: str | None, algorithm: str) -> Key | None:
    kind = RSAKey if algorithm == "RS256" else ECKey
    able = [key for key in keys if isinstance(key, kind) and key.alg in {None, algorithm}]
    if kid is None:
        return able[0] if len(able) == 1 else None
    return next((key for key in able if key.kid == kid), None)
