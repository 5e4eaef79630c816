"""The short way for what comes thousands a second, without the framework's layers: posted orders, calls of warehouses, pushes of tracking services.

Of orders it answers what is plain and good: a key known a moment ago, JSON of our format, an order that can be kept. Whatever is not (a cookie, a
strange header, a body that cannot be read, a refusal) goes the long way, to the same operation in `orders.py` or `doors.py`, with its body as it
came: there is one place that says no, and it says it in the caller's language. Counterparts are answered in their own protocol either way.
"""

import asyncio
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from paidan.channels.direct.orders import parse
from paidan.entrypoints.api.committer import Post
from paidan.entrypoints.api.doors import CODE_MAX, MEDIA_TYPES, SIZE_MAX, submitted
from paidan.entrypoints.api.gathering import Gathering
from paidan.entrypoints.api.idempotency import KEY_MAX, FirstAnswer, once_key
from paidan.entrypoints.api.keys import find_caller
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.people.rights import Right
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel.errors import BadInput

PATH: Final = "/api/v1/orders"
BODY_MAX: Final = 1024 * 1024
BEARER: Final = "Bearer "
JSON: Final = b"application/json"
READ: Final = frozenset({b"authorization", b"content-type", b"idempotency-key", b"if-match"})
STRANGE: Final = frozenset({b"cookie", b"content-encoding", b"expect"})
DOORS: Final = {door: media_type.encode() for door, media_type in MEDIA_TYPES.items()}
YES: Final = {"1": True, "true": True, "0": False, "false": False}


class Asked(Struct, frozen=True):
    """What the query says: which shop, and whether stock shall be held before the answer."""

    shop: str
    is_reserving: bool


class FrontDoor(Litestar):
    """The application, with the short way before it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request (ASGI 3)."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await super().__call__(scope, receive, send)
        elif scope["path"] == PATH:
            await _take(self, scope, receive, send, super().__call__)
        elif door := _door(scope["path"]):
            await _hear(self, scope, receive, send, door, super().__call__)
        else:
            await super().__call__(scope, receive, send)


def _door(path: str) -> str:
    """Which counterpart's door it is; empty: none of those with a short way."""
    _, *parts = path.split("/")
    is_door = len(parts) == 3 and parts[0] == "doors" and 0 < len(parts[2]) <= CODE_MAX  # noqa: PLR2004 - doors, kind, code
    return parts[1] if is_door and parts[1] in DOORS else ""


async def _hear(app: Litestar, scope: Scope, receive: Receive, send: Send, door: str, long_way: ASGIApp) -> None:
    """Keep a counterpart's call with those that came at the same time, and answer it."""
    if any(name in STRANGE for name, _ in scope["headers"]):
        await long_way(scope, receive, send)
        return
    body, messages = await _body(receive, SIZE_MAX)
    answer: bytes | None = None
    if body is not None:
        try:
            answer = await submitted(app.state.gatherings, door, scope["query_string"], body)
        except Exception:  # noqa: BLE001 - the long way meets it again, and has the words
            answer = None
    if answer is None:
        await long_way(scope, _again(messages, receive), send)
        return
    await _answer(send, 200, DOORS[door], answer)


async def _take(app: Litestar, scope: Scope, receive: Receive, send: Send, long_way: ASGIApp) -> None:
    """Answer it here if it is plain and good; if not, the long way, from the beginning."""
    told = _headers(scope)
    asked = _asked(scope["query_string"])
    if told is None or asked is None:
        await long_way(scope, receive, send)
        return
    body, messages = await _body(receive, BODY_MAX)
    answer = await _keep(app, scope, told, asked, body) if body is not None else None
    if answer is None:
        await long_way(scope, _again(messages, receive), send)
        return
    await _answer(send, answer.status, JSON, answer.body)


async def _answer(send: Send, status: int, media_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _keep(app: Litestar, scope: Scope, told: dict[bytes, bytes], asked: Asked, body: bytes) -> FirstAnswer | None:
    """The answer to an order that is kept; None when it is not."""
    services: HandlerContext = app.state.services
    caller = await _caller(services, told)
    if caller is None or not caller.may(Right.IMPORT):
        return None
    name = told.get(b"idempotency-key", b"").decode("latin-1")
    if len(name) > KEY_MAX or not name.isprintable():
        return None
    key = once_key(services.sealer, caller, name, scope, told.get(b"if-match", b"").decode("latin-1"), body) if name else None
    try:
        facts = parse(body)
        posted = Post(
            shop_code=asked.shop,
            order_no=facts.platform_order_no,
            body=body,
            facts=facts,
            key=key,
            is_reserving=asked.is_reserving,
            shops_seen=caller.shops,
        )
        committer: Gathering[Post, FirstAnswer] = app.state.committer
        return await committer.submit(posted)
    except (BadInput, Refused):
        return None  # nothing was kept: the long way finds the same, and has the words


async def _caller(services: HandlerContext, told: dict[bytes, bytes]) -> Caller | None:
    """Whose key it is, from memory if it was asked a moment ago."""
    key = told[b"authorization"].decode("latin-1").removeprefix(BEARER)
    digest = services.sealer.pepper_digest(key)
    caller = services.known_keys.get(digest)
    if caller is None:
        caller = await asyncio.to_thread(_look_up, services, key)
        if caller is not None:
            services.known_keys.put(digest, caller)
    return caller


def _look_up(services: HandlerContext, key: str) -> Caller | None:
    with services.database.transaction() as tx:
        return find_caller(tx, services.sealer, key, services.clock.now())


def _headers(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers that are read here, each given once; None when there is anything that only the long way understands."""
    told: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in READ:
            if name in told:
                return None
            told[name] = value
        elif name in STRANGE:
            return None
    is_plain = told.get(b"authorization", b"").startswith(BEARER.encode()) and told.get(b"content-type") == JSON
    return told if is_plain else None


@lru_cache(maxsize=1024)
def _asked(query: bytes) -> Asked | None:
    """What the query asks for; None for a query that is not plain."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    words = dict(pairs)
    reserve = YES.get(words.get("reserve", "0"))
    is_plain = len(words) == len(pairs) and words.keys() <= {"shop", "reserve"} and words.get("shop", "").isascii()
    return Asked(words["shop"], reserve) if is_plain and words.get("shop") and reserve is not None else None


async def _body(receive: Receive, most: int) -> tuple[bytes | None, list[Any]]:
    """The whole body, None when it is too large or the caller is gone; and the messages it came in."""
    messages: list[Any] = []
    parts, size = [], 0
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return None, messages
        parts.append(message["body"])
        size += len(message["body"])
        if size > most:
            return None, messages
        if not message["more_body"]:
            return b"".join(parts), messages


def _again(messages: list[Any], receive: Receive) -> Receive:
    """A `receive` that tells these messages first."""
    left = iter(messages)

    async def told() -> Any:
        return next(left, None) or await receive()

    return told
