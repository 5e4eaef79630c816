"""How somebody reaches us: from which address, over which of our own, and the cookie that he gets when he has signed in."""

from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie

from paidan.entrypoints.api.people.sessions import AGE_S, COOKIE

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1", "testserver.local"})


def address_of(request: Request[Any, Any, Any]) -> str:
    """From where it came, as the connection tells; headers can be made up."""
    return request.client.host if request.client else ""


def is_on_this_machine(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that it reached us by a loopback name."""
    return (request.base_url.hostname or "") in LOOPBACK


def session_cookie(request: Request[Any, Any, Any], token: str) -> Cookie:
    """The cookie of a session, over TLS only but on this machine; an empty token removes it."""
    secure = not is_on_this_machine(request)
    return Cookie(key=COOKIE, value=token, path="/", httponly=True, samesite="lax", secure=secure, max_age=AGE_S if token else 0)
