"""Signing in and out, and what everybody may do about himself: language, password, sessions."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from litestar import Request, Response, Router
from litestar.params import JSONBody
from msgspec import Meta, Struct

from paidan.entrypoints.api.guard import OPEN, SIGNED_IN_AT_ALL, Known, is_to_change_password
from paidan.entrypoints.api.pages import RecordId, as_views
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.passwords import LENGTH_MAX, is_right
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.sessions import (
    COOKIE,
    QUIET_S,
    Visitor,
    count_failure,
    end_sessions,
    find_person,
    forget_failures,
    is_locked_out,
    open_session,
    queries,
)
from paidan.entrypoints.api.people.store import set_password, signs_in_by_password
from paidan.entrypoints.api.people.visiting import address_of, session_cookie
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import Given, HandlerContext
from paidan.entrypoints.api.verbs import delete, get, post, put
from paidan.kernel.reasons import Reason

Password = Annotated[str, Meta(min_length=1, max_length=LENGTH_MAX)]


class SignInBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name and password."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    password: Password


class PasswordBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password as it is, and as it shall be."""

    present: Password
    new: Password


class LanguageBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which language the console speaks to me."""

    language: Literal["zh", "en"]


class Me(Struct, frozen=True, kw_only=True):
    """Who I am. `shops`, `warehouses`: ids of what I see, null for all. `csrf` goes into the header X-CSRF of whatever changes something.

    `must_change_password`: an administrator set it; until it is changed everything else is refused (`password_not_own`).

    `has_password`: whether he signs in by one, and may change it. `now` is the business clock, by which deadlines count. `currency`: of the house's
    own costs (freight, handling, what a further parcel costs); orders have their own.
    """

    name: str
    title: str
    language: str
    rights: tuple[Right, ...]
    shops: tuple[str, ...] | None
    warehouses: tuple[str, ...] | None
    csrf: str
    must_change_password: bool
    has_password: bool
    session_id: str | None
    now: datetime
    currency: str


class SessionView(Struct, frozen=True, kw_only=True):
    """A place where I am signed in."""

    id: str
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str


@post("/sign-in", opt=OPEN, status_code=204, sync_to_thread=True, summary="Sign in", tags=["people"])
def sign_in(services: Given, request: Request[Any, Any, Any], data: JSONBody[SignInBody]) -> Response[None]:
    """Sets the session's cookie. After five failures within a quarter of an hour a name rests; thirty, an address."""
    if not _is_ours(request):
        raise Refused(Reason.CSRF_WRONG)
    if not signs_in_by_password(data.name, is_for_all=services.settings.password_sign_in):
        raise Refused(Reason.PASSWORD_SIGN_IN_OFF)
    visitor = Visitor(address=address_of(request), agent=request.headers.get("user-agent", ""))
    token = _signed_in(services, data, visitor)
    if token is None:
        raise Refused(Reason.SIGN_IN_WRONG)
    cookie = session_cookie(request, token)
    return Response(content=None, status_code=204, cookies=[cookie])


def _signed_in(services: HandlerContext, data: SignInBody, visitor: Visitor) -> str | None:
    """The new session's token; None, and the failure counted, when name or password is wrong."""
    with services.database.transaction() as tx:
        if is_locked_out(tx, data.name, visitor.address):
            raise Refused(Reason.TOO_MANY_REQUESTS)
        row = tx.execute(queries.find_by_name, {"name": data.name}).fetchone()
    # The slow part, with no connection held.
    person_id, kept, is_active = row or (0, "", False)
    is_known = is_right(kept, data.password) and is_active
    with services.database.transaction() as tx:
        if not is_known:
            count_failure(tx, data.name, visitor.address)
            return None
        forget_failures(tx, data.name)
        return open_session(tx, services.ids, services.sealer, person_id, visitor, by_password=True)


@post("/sign-out", opt=OPEN, status_code=204, sync_to_thread=True, summary="Sign out", tags=["people"])
def sign_out(services: Given, request: Request[Any, Any, Any]) -> Response[None]:
    """Ends the session and removes its cookie. Whoever is not signed in is signed out already."""
    if not _is_ours(request):
        raise Refused(Reason.CSRF_WRONG)
    with services.database.transaction() as tx:
        caller = find_person(tx, services.sealer, request.cookies.get(COOKIE, ""))
        if caller is not None and caller.person_id is not None:
            end_sessions(tx, caller.person_id, only=caller.session_id)
    gone = session_cookie(request, "")
    return Response(content=None, status_code=204, cookies=[gone])


def _is_ours(request: Request[Any, Any, Any]) -> bool:
    """Whether the page that sends it is one of ours: browsers tell the origin of every POST."""
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


@get("/me", opt=SIGNED_IN_AT_ALL, sync_to_thread=False, summary="Who am I", tags=["people"])
def get_me(services: Given, caller: Known) -> Me:
    """Name, rights and limits of whoever calls, person or key."""
    has_password = caller.has_password and signs_in_by_password(caller.name, is_for_all=services.settings.password_sign_in)
    return Me(
        name=caller.name,
        title=caller.title or caller.name,
        language=caller.language,
        rights=tuple(right for right in Right if caller.may(right)),
        shops=_told(caller.shops),
        warehouses=_told(caller.warehouses),
        csrf=caller.csrf,
        must_change_password=is_to_change_password(services, caller),
        has_password=has_password,
        session_id=None if caller.session_id is None else str(caller.session_id),
        now=services.clock.now(),
        currency=services.settings.currency,
    )


def _told(ids: tuple[int, ...] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(map(str, ids))


def _person(caller: Caller) -> int:
    """The person who calls. Raises Refused for a key: it has neither password nor sessions."""
    if caller.person_id is None:
        raise Refused(Reason.NOT_ALLOWED)
    return caller.person_id


@put("/me/password", opt=SIGNED_IN_AT_ALL, status_code=204, sync_to_thread=True, summary="Change my password", tags=["people"])
def put_password(services: Given, caller: Known, request: Request[Any, Any, Any], data: JSONBody[PasswordBody]) -> None:
    """Every other session of mine ends. Wrong guesses count as failed sign-ins. Whoever signs in by a provider alone has none to change."""
    person_id, address = _person(caller), address_of(request)
    if not caller.has_password:
        raise Refused(Reason.NO_PASSWORD)
    if not signs_in_by_password(caller.name, is_for_all=services.settings.password_sign_in):
        raise Refused(Reason.PASSWORD_SIGN_IN_OFF)
    if data.new == data.present:
        raise invalid("new", Reason.PASSWORD_UNCHANGED)
    with services.database.transaction() as tx:
        if is_locked_out(tx, caller.name, address):
            raise Refused(Reason.TOO_MANY_REQUESTS)
        row = tx.execute(queries.password_of, {"id": person_id}).fetchone()
        is_known = row is not None and is_right(row[0], data.present)
        if is_known:
            set_password(tx, person_id, data.new, must_change=False, but_session=caller.session_id)
        else:
            count_failure(tx, caller.name, address)
    if not is_known:
        raise Refused(Reason.SIGN_IN_WRONG, status=422)


@put("/me/language", opt=SIGNED_IN_AT_ALL, status_code=204, sync_to_thread=True, summary="Change my language", tags=["people"])
def put_language(services: Given, caller: Known, data: JSONBody[LanguageBody]) -> None:
    """Kept with the person; every answer follows Accept-Language all the same."""
    with services.database.transaction() as tx:
        tx.execute(queries.set_language, {"id": _person(caller), "language": data.language})


@get("/me/sessions", opt=SIGNED_IN_AT_ALL, sync_to_thread=True, summary="List my sessions", tags=["people"])
def get_sessions(services: Given, caller: Known) -> list[SessionView]:
    """Where I am signed in, newest first."""
    with services.database.transaction() as tx:
        return as_views(SessionView, tx.execute(queries.list_sessions, {"person_id": _person(caller), "quiet_s": QUIET_S}))


@delete("/me/sessions", opt=SIGNED_IN_AT_ALL, status_code=204, sync_to_thread=True, summary="End my other sessions", tags=["people"])
def delete_sessions(services: Given, caller: Known) -> None:
    """Every session of mine but this one."""
    with services.database.transaction() as tx:
        end_sessions(tx, _person(caller), but=caller.session_id)


@delete(
    "/me/sessions/{session_id:int}", opt=SIGNED_IN_AT_ALL, status_code=204, sync_to_thread=True, summary="End one of my sessions", tags=["people"]
)
def delete_session(services: Given, caller: Known, session_id: RecordId) -> None:
    """Sign out there."""
    with services.database.transaction() as tx:
        if not end_sessions(tx, _person(caller), only=session_id):
            raise Refused(Reason.NOT_FOUND)


ROUTER = Router("/", route_handlers=[sign_in, sign_out, get_me, put_password, put_language, get_sessions, delete_sessions, delete_session])
