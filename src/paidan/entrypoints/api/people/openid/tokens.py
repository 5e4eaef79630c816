"""From the code that the browser brings to what the provider vouches for: RFC 6749 (4.1.3), RFC 7636, OpenID Connect Core 1.0 (3.1.3)."""

import base64
import hmac
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from msgspec import Struct

from paidan.entrypoints.api.people.openid.configuration import Provider
from paidan.entrypoints.api.people.openid.published import GOOD, Calls, Document, Published
from paidan.kernel.errors import CallLater, CallRefused

ALGORITHMS: Final = ("RS256", "ES256")
LEEWAY_S: Final = 60
AGE_MAX_S: Final = 600  # an ID token is fetched the moment it is made: one that is older was made for somebody else's attempt
SERVER_ERROR: Final = 500
SECONDS_MAX: Final = 1e12  # of a NumericDate: far beyond any year that is meant
SUBJECT_MAX: Final = 255  # Core 1.0, section 2
BASIC: Final = "client_secret_basic"
POST: Final = "client_secret_post"
Claims = Mapping[str, Any]


class TokenWrong(Exception):
    """What came as an ID token is not to be trusted; the text says which check failed, and nothing of the token."""


class CodeWrong(Exception):
    """The provider does not know the code, or not any more."""


class Tokens(Struct, frozen=True, kw_only=True):
    """What the code was exchanged for."""

    id_token: str
    access_token: str = ""


class _Refusal(Struct, frozen=True):
    error: str = ""


class _Headers(jws.JWSRegistry):
    """As the library's, with room for certificates in the head and for parameters that we do not know (RFC 7515, 4: they are ignored)."""

    max_header_length = 8 * 1024

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)


def exchange(calls: Calls, document: Document, provider: Provider, *, code: str, verifier: str, redirect_uri: str, timeout_s: float) -> Tokens:
    """The tokens for a code. Raises CodeWrong, or CounterpartError when the provider refuses us, is away or can't be understood."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    methods = document.token_endpoint_auth_methods_supported
    if not provider.client_secret or (BASIC not in methods and POST in methods):
        form["client_id"] = provider.client_id
        if provider.client_secret:
            form["client_secret"] = str(provider.client_secret)
    else:
        words = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(words.encode()).decode()}"
    answer = calls.call("POST", document.token_endpoint, headers=headers, body=urlencode(form).encode(), timeout_s=timeout_s)
    if answer.status != GOOD:
        raise _refusal(answer.status, answer.body)
    try:
        return msgspec.json.decode(answer.body, type=Tokens)
    except msgspec.MsgspecError as error:
        raise CallRefused("the provider's answer to a code cannot be read", code="unreadable") from error


def _refusal(status: int, body: bytes) -> Exception:
    """RFC 6749, 5.2. The provider's own word goes no further than our log, and only when it is one."""
    if status >= SERVER_ERROR:
        return CallLater("the provider fails", code=str(status))
    try:
        error = msgspec.json.decode(body, type=_Refusal).error
    except msgspec.MsgspecError:
        error = ""
    if error == "invalid_grant":
        return CodeWrong(error)
    return CallRefused("the provider refuses our client", code=error if error.isidentifier() else str(status))


def verified(token: str, published: Published, provider: Provider, *, nonce: str, now: datetime) -> Claims:
    """The claims of an ID token that was made by the provider, for us, for this attempt, now.

    Raises TokenWrong; CounterpartError when the provider's keys can't be had.
    """
    claims = _signed_claims(token, published)
    at_s = now.timestamp()
    for is_so, what in (
        (claims.get("iss") == provider.issuer, "issuer"),
        (_is_for(claims, provider.client_id), "audience"),
        (_number(claims, "exp") > at_s - LEEWAY_S, "expired"),
        (at_s - AGE_MAX_S - LEEWAY_S <= _number(claims, "iat") <= at_s + LEEWAY_S, "issued at"),
        ("nbf" not in claims or _number(claims, "nbf") <= at_s + LEEWAY_S, "not yet"),
        (hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()), "nonce"),
        (0 < len(_text(claims, "sub")) <= SUBJECT_MAX and _text(claims, "sub").isprintable(), "subject"),
    ):
        if not is_so:
            raise TokenWrong(what)
    return claims


def _signed_claims(token: str, published: Published) -> Claims:
    """What stands in the token, once its signature is proved. `alg` never chooses the kind of key, nor does anything else in the token bring one."""
    headers = _Headers()
    try:
        whole = jws.extract_compact(token.encode(), registry=headers)
        head = whole.headers()
        algorithm, kid = head.get("alg"), head.get("kid")
        if algorithm not in ALGORITHMS or "crit" in head or not isinstance(kid, str | None):
            raise TokenWrong("algorithm")
        key = published.key(kid, algorithm)
        if key is None:
            raise TokenWrong("key unknown")
        if not jws.validate_compact(whole, key, registry=headers):
            raise TokenWrong("signature")
        claims = msgspec.json.decode(whole.payload or b"")
    except (JoseError, ValueError) as error:
        raise TokenWrong("unreadable") from error
    if not isinstance(claims, dict):
        raise TokenWrong("unreadable")
    return claims


def _is_for(claims: Claims, client_id: str) -> bool:
    """Core 1.0, 3.1.3.7, points 3 to 5."""
    told = claims.get("aud")
    audience = [told] if isinstance(told, str) else told
    if not isinstance(audience, list) or client_id not in audience:
        return False
    party = claims.get("azp")
    return party == client_id if "azp" in claims else len(audience) == 1


def _number(claims: Claims, name: str) -> float:
    """A NumericDate; not a number at all: none that any limit takes."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > SECONDS_MAX:
        return math.nan
    return float(value)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def with_userinfo(claims: Claims, calls: Calls, document: Document, access_token: str, *, timeout_s: float) -> Claims:
    """The claims, and what the provider tells beside them (Core 1.0, 5.3). Raises TokenWrong when it speaks of somebody else."""
    answer = calls.call("GET", document.userinfo_endpoint, headers={"Authorization": f"Bearer {access_token}"}, timeout_s=timeout_s)
    if answer.status != GOOD:
        raise CallRefused("the provider does not tell who it is", code=str(answer.status))
    try:
        told = msgspec.json.decode(answer.body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise CallRefused("what the provider tells of a person cannot be read", code="unreadable") from error
    if told.get("sub") != claims["sub"]:
        raise TokenWrong("subject of userinfo")
    return {**told, **claims}
