"""The two steps of a sign-in by the provider, as the browser goes them, and what the sign-in page must know before.

Both steps are pages, not operations of the API: whatever happens, the browser is led back to a page of ours that says what, why and what next.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
import structlog
from litestar import Request, Response, Router
from litestar import get as page
from litestar.datastructures import Cookie
from msgspec import Struct

from paidan.entrypoints.api.guard import OPEN
from paidan.entrypoints.api.language import SPOKEN, language_of
from paidan.entrypoints.api.pages import OptionalText
from paidan.entrypoints.api.people.openid import attempts, claims, store, tokens
from paidan.entrypoints.api.people.openid.attempts import Attempt
from paidan.entrypoints.api.people.openid.configuration import Provider
from paidan.entrypoints.api.people.openid.door import ProviderDoor
from paidan.entrypoints.api.people.sessions import Visitor, count_address_failure, is_address_resting, open_session
from paidan.entrypoints.api.people.visiting import address_of, is_on_this_machine, session_cookie
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import get
from paidan.kernel.errors import CounterpartError
from paidan.kernel.reasons import Reason, next_step, words
from paidan.runtime.database import trouble
from paidan.runtime.telemetry import told as told_of

SEE_OTHER: Final = 303
WORD_MAX: Final = 2_000

TOLD: Final = frozenset(
    {
        Reason.SIGN_IN_PROVIDER_OFF,
        Reason.SIGN_IN_PROVIDER_AWAY,
        Reason.SIGN_IN_REFUSED_THERE,
        Reason.SIGN_IN_EXPIRED,
        Reason.SIGN_IN_TOKEN_WRONG,
        Reason.SIGN_IN_NAME_MISSING,
        Reason.SIGN_IN_NAME_TAKEN,
        Reason.SIGN_IN_NO_ROLE,
        Reason.SIGN_IN_ADDRESS_UNKNOWN,
        Reason.PERSON_SWITCHED_OFF,
        Reason.LAST_ADMINISTRATOR_KEPT,
        Reason.TOO_MANY_REQUESTS,
        Reason.UNAVAILABLE,
        Reason.INTERNAL,
    }
)
"""What a page may be asked to say about a sign-in: a link made by somebody else can make it say no more than this."""

# Nobody tried to come in who should not: the provider was away, or somebody thought better of it.
_BLAMELESS: Final = frozenset(
    {
        Reason.SIGN_IN_PROVIDER_OFF,
        Reason.SIGN_IN_PROVIDER_AWAY,
        Reason.SIGN_IN_REFUSED_THERE,
        Reason.SIGN_IN_ADDRESS_UNKNOWN,
        Reason.TOO_MANY_REQUESTS,
        Reason.UNAVAILABLE,
        Reason.INTERNAL,
    }
)

Step = Callable[[HandlerContext, Request[Any, Any, Any]], Response[bytes]]

log = structlog.get_logger(__name__)


class ProviderWay(Struct, frozen=True, kw_only=True):
    """How to sign in by the provider: what the button says, and where it leads (a page, not a call)."""

    label: str
    path: str


class SignInTold(Struct, frozen=True, kw_only=True):
    """What became of a sign-in, in words."""

    reason: Reason
    title: str
    next_step: str


class SignInWays(Struct, frozen=True, kw_only=True):
    """How people sign in here. `has_password` false: the first administrator alone does so by a password."""

    has_password: bool
    provider: ProviderWay | None
    told: SignInTold | None


@get("/sign-in/ways", opt=OPEN, sync_to_thread=False, summary="How people sign in", tags=["people"])
def get_ways(services: Given, request: Request[Any, Any, Any], told: OptionalText = None) -> SignInWays:
    """By password, by a provider, or both. `told`: the reason that a sign-in came back with, to be put in words."""
    language = language_of(request.headers.get("accept-language", ""))
    reason = next((reason for reason in TOLD if reason.value == told), None)
    door = services.provider
    return SignInWays(
        has_password=services.settings.password_sign_in,
        provider=None if door is None else ProviderWay(label=door.provider.label, path=attempts.START_PATH),
        told=None if reason is None else SignInTold(reason=reason, title=words(reason, language), next_step=next_step(reason, language)),
    )


@page("/sign-in/provider", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def start(services: Given, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Off to the provider: `to` names the page of ours to come back to, `language` the one that is spoken there."""
    return _safely(services, request, _start)


def _start(services: HandlerContext, request: Request[Any, Any, Any]) -> Response[bytes]:
    asked = request.query_params
    door = _door(services)
    with services.database.transaction() as tx:
        if is_address_resting(tx, address_of(request)):
            raise Refused(Reason.TOO_MANY_REQUESTS)
    document = door.published.document()
    language = asked.get("language", "")
    attempt = attempts.begin(
        to=asked.get("to", ""),
        language=language if language in SPOKEN else language_of(request.headers.get("accept-language", "")),
        redirect_uri=_redirect_uri(request, door.provider),
        now=door.clock.now(),
    )
    question = {
        "response_type": "code",
        "client_id": door.provider.client_id,
        "redirect_uri": attempt.redirect_uri,
        "scope": door.provider.scopes,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
        "ui_locales": "zh-CN zh" if attempt.language == "zh" else attempt.language,
    }
    joint = "&" if "?" in document.authorization_endpoint else "?"
    cookie = _attempt_cookie(request, attempts.sealed(attempt, services.sealer), attempts.AGE_S)
    return _to(f"{document.authorization_endpoint}{joint}{urlencode(question)}", [cookie])


@page("/sign-in/provider/back", opt=OPEN, sync_to_thread=True, include_in_schema=False)
def back(services: Given, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Back from the provider: with a code for somebody he vouches for, or with an error."""
    return _safely(services, request, _back)


def _back(services: HandlerContext, request: Request[Any, Any, Any]) -> Response[bytes]:
    door = _door(services)
    attempt = attempts.opened(request.cookies.get(attempts.COOKIE, ""), services.sealer)
    visitor = Visitor(address=address_of(request), agent=request.headers.get("user-agent", ""))
    with services.database.transaction() as tx:
        if is_address_resting(tx, visitor.address):
            raise Refused(Reason.TOO_MANY_REQUESTS)
    if attempt is None:
        raise Refused(Reason.SIGN_IN_EXPIRED)
    told = _vouched_for(services, door, request.query_params, attempt)
    with services.database.transaction() as tx:
        came = store.come_in(tx, services.ids, door.provider, told, language=attempt.language, now=services.clock.now())
        token = "" if came.person_id is None else open_session(tx, services.ids, services.sealer, came.person_id, visitor, by_password=False)
    if came.reason is not None and not token:
        raise Refused(came.reason)
    to = attempt.to if came.reason is None else attempts.told_at(attempt.to, came.reason.value)
    return _to(to, [session_cookie(request, token), _attempt_cookie(request, "", 0)])


def _vouched_for(services: HandlerContext, door: ProviderDoor, answer: Any, attempt: Attempt) -> claims.Told:
    """Who it is, in the provider's words. No connection of ours is held while he is asked. Raises Refused, CounterpartError."""
    now = door.clock.now()
    if not attempts.is_answered(attempt, answer.get("state", "")[:WORD_MAX], now) or not _is_first(services, attempt):
        raise Refused(Reason.SIGN_IN_EXPIRED)
    document = door.published.document()
    issuer = answer.get("iss", "")
    if (issuer and issuer != door.provider.issuer) or (not issuer and document.authorization_response_iss_parameter_supported):
        raise _wrong("issuer of the answer")  # RFC 9207: another provider's answer is not passed on to this one
    if answer.get("error"):
        raise Refused(Reason.SIGN_IN_REFUSED_THERE)
    code = answer.get("code", "")
    if not 0 < len(code) <= WORD_MAX:
        raise Refused(Reason.SIGN_IN_EXPIRED)
    return _told_by(door, attempt, code, now)


def _told_by(door: ProviderDoor, attempt: Attempt, code: str, now: datetime) -> claims.Told:
    provider, document = door.provider, door.published.document()
    try:
        got = tokens.exchange(
            door.calls, document, provider, code=code, verifier=attempt.verifier, redirect_uri=attempt.redirect_uri, timeout_s=door.timeout_s
        )
        said = tokens.verified(got.id_token, door.published, provider, nonce=attempt.nonce, now=now)
        if not claims.is_enough(said, provider) and got.access_token and document.userinfo_endpoint:
            said = tokens.with_userinfo(said, door.calls, document, got.access_token, timeout_s=door.timeout_s)
    except tokens.CodeWrong:
        raise Refused(Reason.SIGN_IN_EXPIRED) from None
    except tokens.TokenWrong as error:
        raise _wrong(str(error)) from None
    return claims.read(said, provider)


def _wrong(what: str) -> Refused:
    """What came can't be trusted: the log says which check failed, and nothing of what came."""
    log.warning("sign_in.token_wrong", check=what)
    return Refused(Reason.SIGN_IN_TOKEN_WRONG)


def _is_first(services: HandlerContext, attempt: Attempt) -> bool:
    with services.database.transaction() as tx:
        return store.use_attempt(tx, sha256(attempt.state.encode()).digest(), 2 * attempts.AGE_S)


def _door(services: HandlerContext) -> ProviderDoor:
    if services.provider is None:
        raise Refused(Reason.SIGN_IN_PROVIDER_OFF)
    return services.provider


def _redirect_uri(request: Request[Any, Any, Any], provider: Provider) -> str:
    """Our address as the provider knows it. What a browser says of our host is believed on this machine only."""
    if provider.public_url:
        return provider.public_url + attempts.BACK_PATH
    if not is_on_this_machine(request):
        raise Refused(Reason.SIGN_IN_ADDRESS_UNKNOWN)
    return f"http://{request.base_url.netloc}{attempts.BACK_PATH}"


def _attempt_cookie(request: Request[Any, Any, Any], value: str, age_s: int) -> Cookie:
    secure = not is_on_this_machine(request)
    return Cookie(key=attempts.COOKIE, value=value, path=attempts.START_PATH, httponly=True, samesite="lax", secure=secure, max_age=age_s)


def _to(address: str, cookies: list[Cookie]) -> Response[bytes]:
    headers = {"location": address, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(content=b"", status_code=SEE_OTHER, media_type="text/plain", headers=headers, cookies=cookies)


def _safely(services: HandlerContext, request: Request[Any, Any, Any], step: Step) -> Response[bytes]:
    """One step; what goes wrong leads back to a page of ours with its reason. Our own mistakes are told in the log, as everywhere."""
    try:
        return step(services, request)
    except Refused as error:
        reason = error.reason
    except CounterpartError as error:
        log.warning("sign_in.provider_away", code=error.code, error=str(error))
        reason = Reason.SIGN_IN_PROVIDER_AWAY
    except Exception as error:  # noqa: BLE001 - told, and the browser is led back: a page must not end in JSON
        is_busy = isinstance(error, psycopg.Error) and trouble(error) == "retry"
        log.error("sign_in.failed", path=str(request.scope.get("path_template", "")), **told_of(error))  # noqa: TRY400 - `told_of` leaves values out
        reason = Reason.UNAVAILABLE if is_busy else Reason.INTERNAL
    return _led_back(services, request, reason)


def _led_back(services: HandlerContext, request: Request[Any, Any, Any], reason: Reason) -> Response[bytes]:
    """To the page of ours that was wanted, which says why nobody was signed in; what looks like an attack is counted."""
    log.info("sign_in.refused", reason=reason.value)
    if reason not in _BLAMELESS:
        with services.database.transaction() as tx:
            count_address_failure(tx, address_of(request))
    if request.url.path.endswith(attempts.START_PATH):
        return _to(attempts.told_at(attempts.own_page(request.query_params.get("to", "")), reason.value), [])
    attempt = attempts.opened(request.cookies.get(attempts.COOKIE, ""), services.sealer)
    return _to(attempts.told_at(attempt.to if attempt else attempts.HOME, reason.value), [_attempt_cookie(request, "", 0)])


ROUTER: Final = Router("/", route_handlers=[get_ways, start, back])
