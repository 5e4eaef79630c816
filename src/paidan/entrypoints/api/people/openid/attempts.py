"""One attempt to sign in by the provider: what the browser carries, sealed, from its start to its end; and where it may lead.

Nothing is kept here while somebody is away at the provider. At its end the attempt is written down, so that it counts once (openid.sql).
"""

import base64
import hmac
import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

from paidan.kernel.errors import SetupError
from paidan.runtime.sealing import SealBroken, Sealer

START_PATH: Final = "/api/v1/sign-in/provider"
BACK_PATH: Final = "/api/v1/sign-in/provider/back"
COOKIE: Final = "paidan_sign_in"
AGE_S: Final = 600
COOKIE_MAX: Final = 4_000
WORD_BYTES: Final = 32
HOME: Final = "/console/"
TO_MAX: Final = 1_000
TOLD: Final = "sign_in"  # the parameter by which a page of ours hears what became of a sign-in
# The console and the phone page, and nothing that a browser might take for another host: no backslash, no spaces, ASCII only.
_OURS: Final = re.compile(r"/(?:console|pda)(?:[/?][!-\[\]-~]*)?")
_BOUND: Final = "sign-in attempt"


class Attempt(Struct, frozen=True, kw_only=True):
    """`state` ties the answer to the browser, `nonce` the ID token to the attempt, `verifier` the code to us (RFC 7636); `to`: a page of ours."""

    state: str
    nonce: str
    verifier: str
    to: str
    language: str
    redirect_uri: str
    at_s: float

    @property
    def challenge(self) -> str:
        """S256 of the verifier."""
        return base64.urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


def begin(*, to: str, language: str, redirect_uri: str, now: datetime) -> Attempt:
    """A new attempt, its words drawn by lot."""
    state, nonce, verifier = (secrets.token_urlsafe(WORD_BYTES) for _ in range(3))
    at_s = now.timestamp()
    return Attempt(state=state, nonce=nonce, verifier=verifier, to=own_page(to), language=language, redirect_uri=redirect_uri, at_s=at_s)


def sealed(attempt: Attempt, sealer: Sealer) -> str:
    """The cookie's value."""
    return base64.urlsafe_b64encode(sealer.seal(msgspec.json.encode(attempt), bound_to=_BOUND)).decode().rstrip("=")


def opened(cookie: str, sealer: Sealer) -> Attempt | None:
    """The attempt in a cookie of ours, however old; None for anything else."""
    if not cookie or len(cookie) > COOKIE_MAX:
        return None
    try:
        return msgspec.json.decode(sealer.unseal(base64.urlsafe_b64decode(cookie.encode() + b"=="), bound_to=_BOUND), type=Attempt)
    except (ValueError, IndexError, SealBroken, SetupError):  # anybody may send any bytes: a key we lack is one more way to be none of ours
        return None


def is_answered(attempt: Attempt, state: str, now: datetime) -> bool:
    """Whether this answer belongs to the attempt, and comes in time."""
    return hmac.compare_digest(state.encode(), attempt.state.encode()) and 0 <= now.timestamp() - attempt.at_s + 1 <= AGE_S + 1


def own_page(wanted: str) -> str:
    """The page of ours that is wanted; the console's first one for anything else, wherever it leads."""
    path = wanted.partition("?")[0]
    is_ours = len(wanted) <= TO_MAX and _OURS.fullmatch(wanted) is not None and "/.." not in path and "//" not in path
    return wanted if is_ours else HOME


def told_at(page: str, word: str) -> str:
    """The same page, told what became of the sign-in; what it was told before is forgotten."""
    parts = urlsplit(page)
    others = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != TOLD]
    return urlunsplit(("", "", parts.path, urlencode([*others, (TOLD, word)]), ""))
