"""A simulated provider of OpenID Connect (Core 1.0, Discovery 1.0; RFC 6749, 7636, 9207): real HTTP, its own people, keys it may change.

It is as strict as real ones are: registered redirect addresses only, PKCE with S256, each code once and by the client it was made for. What it should
do wrong is said by its `knobs`. It lives in real time, as people who sign in do: the world's virtual clock is not asked.
"""

import base64
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b, sha256
from html import escape
from typing import Any, Final, Literal
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode

import msgspec
from msgspec import Struct, field

from paidan.world.openid.signing import SigningKey, make_ec_key, make_rsa_key, signed, signed_by_secret, unsigned
from paidan.world.wire import Callback, Request, Response

CODE_LIVES_S: Final = 60
HTML: Final = "text/html; charset=utf-8"


class Member(Struct, frozen=True, kw_only=True):
    """Somebody the provider knows. `claims` are told beside the subject."""

    subject: str
    claims: Mapping[str, Any] = {}


class Knobs(Struct, kw_only=True):
    """What goes wrong from now on; as made, nothing does."""

    claims: dict[str, Any] = field(default_factory=dict)  # stand in ID tokens in place of the right ones; None: left out
    header: dict[str, Any] = field(default_factory=dict)  # likewise in the head of ID tokens
    expires_in_s: int = 300
    issued_ago_s: int = 0
    signs: Literal["well", "other key", "not at all", "by client secret", "by public key"] = "well"
    is_thin: bool = False  # ID tokens hold no more than they must; the rest is at /userinfo
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # path: status and body, in place of the right answer
    refuses: str = ""  # the error that comes back from the page where people sign in, whatever they choose
    returns: dict[str, str] = field(default_factory=dict)  # parameters that go back to the client in place of the right ones
    takes_spent_codes: bool = False
    document: dict[str, Any] = field(default_factory=dict)  # what the discovery document says otherwise
    userinfo: dict[str, Any] = field(default_factory=dict)  # likewise /userinfo


class Grant(Struct, frozen=True, kw_only=True):
    """What a code stands for."""

    subject: str
    redirect_uri: str
    challenge: str
    nonce: str
    at_s: float


class OpenIdProvider:
    """A `Simulator` whose people sign in at /authorize. Its issuer is the address by which it is called."""

    name = "openid"

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        redirect_uris: list[str],
        members: list[Member],
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uris = redirect_uris
        self.members = {member.subject: member for member in members}
        self.knobs = Knobs()
        self.keys = [make_rsa_key("first")]
        self.calls: dict[str, int] = {}
        self._real_s = real_s
        self._grants: dict[str, Grant] = {}
        self._subjects_by_access: dict[str, str] = {}
        self._spent: set[str] = set()
        self._made = 0

    # What tests and people turn.

    def rotate(self, kid: str, kind: Literal["RSA", "EC"] = "EC") -> None:
        """From now on another key signs; the old one is not published any more."""
        self.keys = [make_rsa_key(kid) if kind == "RSA" else make_ec_key(kid)]

    # The simulator.

    def answer(self, request: Request, now: datetime) -> Response:
        """Serve one request."""
        del now
        self.calls[request.path] = self.calls.get(request.path, 0) + 1
        if request.path in self.knobs.answers:
            status, body = self.knobs.answers[request.path]
            return Response(status=status, body=body)
        issuer = f"http://{request.headers.get('host', '')}"
        routes: dict[tuple[str, str], Callable[[], Response]] = {
            ("GET", "/.well-known/openid-configuration"): lambda: _json(self._document(issuer)),
            ("GET", "/jwks"): lambda: _json({"keys": [key.published() for key in self.keys]}),
            ("GET", "/authorize"): lambda: self._page(request.query),
            ("POST", "/decide"): lambda: self._decide(issuer, request.body.decode()),
            ("POST", "/token"): lambda: self._token(issuer, request),
            ("GET", "/userinfo"): lambda: self._userinfo(request),
        }
        route = routes.get((request.verb, request.path))
        return route() if route else Response(status=404)

    def advance(self, now: datetime) -> list[Callback]:
        """It never calls."""
        del now
        return []

    def next_due(self) -> datetime | None:
        """Nothing is planned."""
        return None

    def books(self) -> dict[str, Any]:
        """Calls by path, and how many codes were made and spent."""
        return {"calls": self.calls, "codes": self._made, "spent": len(self._spent)}

    # What is published.

    def _document(self, issuer: str) -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
            **self.knobs.document,
        }

    # Where people sign in.

    def _page(self, query: str) -> Response:
        """The page with a button for each person, and one to refuse."""
        asked = dict(parse_qsl(query))
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") not in self.redirect_uris:
            return _text(400, "unknown client, or an address that is not registered")
        buttons = "".join(
            f'<p><button name="as" value="{escape(subject)}">{escape(str(member.claims.get("name", subject)))}</button>'
            for subject, member in self.members.items()
        )
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title><h1>Sign in at the pretend provider</h1>'
            f'<form method="post" action="/decide"><input type="hidden" name="query" value="{escape(query)}">{buttons}'
            '<p><button name="as" value="">Refuse</button></form>'
        )
        return Response(body=html.encode(), content_type=HTML)

    def _decide(self, issuer: str, body: str) -> Response:
        """Back to the client: with a code, or with an error (RFC 6749, 4.1.2)."""
        form = dict(parse_qsl(body, keep_blank_values=True))
        asked = dict(parse_qsl(form.get("query", "")))
        if asked.get("client_id") != self.client_id or asked.get("redirect_uri") not in self.redirect_uris:
            return _text(400, "unknown client, or an address that is not registered")
        error = self._wrong_with(asked) or self.knobs.refuses or ("" if form.get("as") in self.members else "access_denied")
        said = {"error": error} if error else {"code": self._granted(asked, form["as"])}
        back = {**said, "state": asked.get("state", ""), "iss": issuer, **self.knobs.returns}
        return Response(status=302, headers={"location": f"{asked['redirect_uri']}?{urlencode({k: v for k, v in back.items() if v})}"})

    @staticmethod
    def _wrong_with(asked: Mapping[str, str]) -> str:
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        if "openid" not in asked.get("scope", "").split():
            return "invalid_scope"
        is_proved = asked.get("code_challenge_method") == "S256" and len(asked.get("code_challenge", "")) == len(_challenge(""))
        return "" if is_proved and asked.get("state") and asked.get("nonce") else "invalid_request"

    def _granted(self, asked: Mapping[str, str], subject: str) -> str:
        code = self._word("code")
        self._grants[code] = Grant(
            subject=subject, redirect_uri=asked["redirect_uri"], challenge=asked["code_challenge"], nonce=asked["nonce"], at_s=self._real_s()
        )
        return code

    def _word(self, kind: str) -> str:
        """A word nobody guesses: the client's secret goes into it."""
        self._made += kind == "code"
        return blake2b(f"{kind} {len(self._grants)} {self._real_s()}".encode(), key=self.client_secret.encode()[:64], digest_size=16).hexdigest()

    # Where the client gets its tokens.

    def _token(self, issuer: str, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self._is_client(request, form):
            return _json({"error": "invalid_client"}, 401)
        grant = self._grants.get(form.get("code", ""))
        if form.get("grant_type") != "authorization_code" or grant is None or not self._is_good(grant, form):
            return _json({"error": "invalid_grant"}, 400)
        self._spent.add(form["code"])
        access = self._word("access")
        self._subjects_by_access[access] = grant.subject
        return _json({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self._id_token(issuer, grant)})

    def _is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        """By HTTP Basic with both words form-encoded (RFC 6749, 2.3.1), or in the form."""
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            name, _, secret = base64.b64decode(told).decode().partition(":")
            name, secret = unquote_plus(name), unquote_plus(secret)
        else:
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        return name == self.client_id and hmac.compare_digest(secret.encode(), self.client_secret.encode())

    def _is_good(self, grant: Grant, form: Mapping[str, str]) -> bool:
        is_new = form["code"] not in self._spent or self.knobs.takes_spent_codes
        is_young = self._real_s() - grant.at_s <= CODE_LIVES_S
        return is_new and is_young and form.get("redirect_uri") == grant.redirect_uri and _challenge(form.get("code_verifier", "")) == grant.challenge

    def _id_token(self, issuer: str, grant: Grant) -> str:
        now_s = int(self._real_s()) - self.knobs.issued_ago_s
        right = {
            "iss": issuer,
            "sub": grant.subject,
            "aud": self.client_id,
            "exp": now_s + self.knobs.expires_in_s,
            "iat": now_s,
            "nonce": grant.nonce,
            **({} if self.knobs.is_thin else self.members[grant.subject].claims),
        }
        claims = {name: value for name, value in {**right, **self.knobs.claims}.items() if value is not None}
        key = self.keys[0]
        match self.knobs.signs:
            case "other key":
                return signed(_another_like(key), claims, self.knobs.header)
            case "not at all":
                return unsigned(claims)
            case "by client secret":
                return signed_by_secret(self.client_secret.encode(), claims, key.kid)
            case "by public key":
                return signed_by_secret(key.public_pem, claims, key.kid)
            case _:
                return signed(key, claims, self.knobs.header)

    def _userinfo(self, request: Request) -> Response:
        scheme, _, access = request.headers.get("authorization", "").partition(" ")
        subject = self._subjects_by_access.get(access) if scheme.lower() == "bearer" else None
        if subject is None:
            return _json({"error": "invalid_token"}, 401)
        return _json({"sub": subject, **self.members[subject].claims, **self.knobs.userinfo})


def _another_like(key: SigningKey) -> SigningKey:
    """A fresh key that goes by the same number and signs the same way."""
    return make_rsa_key(key.kid) if key.algorithm == "RS256" else make_ec_key(key.kid)


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _json(value: Any, status: int = 200) -> Response:
    return Response(status=status, body=msgspec.json.encode(value))


def _text(status: int, text: str) -> Response:
    return Response(status=status, body=text.encode(), content_type="text/plain; charset=utf-8")
