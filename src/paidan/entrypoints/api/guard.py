"""Who may call what: deny by default. A handler names its scope in `opt`; one without is closed to everybody."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import SkipValidation

from paidan.entrypoints.api.keys import Caller, Scope, find_caller
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Services
from paidan.kernel.reasons import Reason

OPEN: Final = {"open": True}
READ: Final = {"scope": Scope.READ}
WRITE: Final = {"scope": Scope.WRITE}
ADMIN: Final = {"scope": Scope.ADMIN}
AUTHORIZATION_MAX: Final = 200


def require_key(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find the caller and compare its scopes with what the handler asks for. Runs in a thread: it reads the database."""
    if handler.opt.get("open"):
        return
    services: Services = connection.app.state.services
    scheme, _, key = connection.headers.get("authorization", "")[:AUTHORIZATION_MAX].partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Refused(Reason.NOT_SIGNED_IN)
    with services.database.transaction() as tx:
        caller = find_caller(tx, services.sealer, key.strip(), services.clock.now())
    if caller is None:
        raise Refused(Reason.NOT_SIGNED_IN)
    scope = handler.opt.get("scope")
    if not isinstance(scope, Scope) or not caller.may(scope):
        raise Refused(Reason.NOT_ALLOWED)
    connection.scope["state"]["caller"] = caller


def caller_of(scope: Any) -> Caller:
    """The caller found by the guard."""
    caller: Caller = scope["state"]["caller"]
    return caller


Known = NamedDependency[SkipValidation[Caller]]
"""How a handler asks who calls: `caller: Known`."""
