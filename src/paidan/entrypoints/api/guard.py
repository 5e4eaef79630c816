"""Who may call what: deny by default. A handler names the right it needs in `opt`; one that names nothing is closed to everybody.

A caller shows an API key (`Authorization: Bearer`) or the cookie of a session; with a cookie, whatever changes something needs the header X-CSRF too.
"""

import hmac
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import SkipValidation

from paidan.entrypoints.api.keys import find_caller
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.people.sessions import COOKIE, find_person
from paidan.entrypoints.api.people.store import signs_in_by_password
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.reasons import Reason

OPEN: Final = {"open": True}
SIGNED_IN: Final = {"signed_in": True}
SIGNED_IN_AT_ALL: Final = {"signed_in": True, "at_all": True}
"""Also for somebody who must change his password first: who he is, where he is signed in, and the change itself."""
AUTHORIZATION_MAX: Final = 200
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER: Final = "x-csrf"


def needs(right: Right, *, everywhere: bool = False) -> dict[str, Any]:
    """What a handler asks for. `everywhere`: it speaks of things that belong to no shop or warehouse, so nobody with a limited view may call it."""
    return {"right": right, "everywhere": everywhere}


SEE: Final = needs(Right.SEE)


def require_right(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find the caller and compare his rights with what the handler asks for. Runs in a thread: it reads the database."""
    if handler.opt.get("open"):
        return
    caller = _caller(connection)
    if caller is None:
        raise Refused(Reason.NOT_SIGNED_IN)
    if not handler.opt.get("at_all") and is_to_change_password(connection.app.state.services, caller):
        raise Refused(Reason.PASSWORD_NOT_OWN)
    if not handler.opt.get("signed_in"):
        right = handler.opt.get("right")
        if not isinstance(right, Right) or not caller.may(right) or (handler.opt.get("everywhere") and not caller.sees_all):
            raise Refused(Reason.NOT_ALLOWED)
    connection.scope["state"]["caller"] = caller


def is_to_change_password(services: HandlerContext, caller: Caller) -> bool:
    """Whether he came by a password that somebody else knows: an administrator, or a terminal. Not where nobody signs in by one."""
    is_asked = caller.must_change_password and caller.has_password
    return is_asked and signs_in_by_password(caller.name, is_for_all=services.settings.password_sign_in)


def _caller(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller | None:
    services: HandlerContext = connection.app.state.services
    authorization = connection.headers.get("authorization", "")[:AUTHORIZATION_MAX]
    if authorization:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            return None
        with services.database.transaction() as tx:
            return find_caller(tx, services.sealer, key.strip(), services.clock.now())
    token = connection.cookies.get(COOKIE, "")
    if not token:
        return None
    with services.database.transaction() as tx:
        caller = find_person(tx, services.sealer, token)
    if caller is not None and connection.scope.get("method") not in SAFE:
        shown = connection.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(shown.encode(), caller.csrf.encode()):
            raise Refused(Reason.CSRF_WRONG)
    return caller


def caller_of(scope: Any) -> Caller:
    """The caller found by the guard."""
    caller: Caller = scope["state"]["caller"]
    return caller


Known = NamedDependency[SkipValidation[Caller]]
"""How a handler asks who calls: `caller: Known`."""
