"""Idempotency keys: a POST sent twice under one key has one effect, and the second gets the first answer.

Key, effect and answer are written in one transaction, so there is no moment in which the effect is there and the answer is not. Only successes
are kept: a refused request may be corrected and sent again under the same key only with the same body, so it is simply judged anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, SkipValidation
from litestar.types import Scope
from msgspec import Struct

from paidan.entrypoints.api.guard import caller_of
from paidan.entrypoints.api.people.caller import Caller
from paidan.entrypoints.api.problems import Refused, invalid
from paidan.entrypoints.api.services import HandlerContext
from paidan.kernel import expected
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.entrypoints.api", "idempotency.sql")

KEY_MAX: Final = 200
REPLAYED: Final = {"idempotency-replayed": "true"}

T = TypeVar("T")


class OnceKey(Struct, frozen=True, kw_only=True):
    """A caller's key for one request; `digest` stands for everything that was asked."""

    caller: str
    key: str
    digest: bytes


class FirstAnswer(Struct, frozen=True, kw_only=True):
    """What was answered under a key: status, entity tag, body."""

    status: int
    body: bytes
    version: int | None = None


Claim = FirstAnswer | Reason | None
"""An earlier answer; a refusal; or None: nobody has used the key, and it is ours until the transaction ends."""


def claim(tx: Tx, sealer: Sealer, keys: Sequence[OnceKey]) -> list[Claim]:
    """Take keys, one result each, in order. Two statements. Two equal keys in one call: the second is in flight."""
    parameters = {"callers": [key.caller for key in keys], "keys": [key.key for key in keys]}
    is_free: dict[int, bool] = dict(tx.execute(queries.try_keys, parameters).fetchall())
    before = {n: (digest, status, answer) for n, digest, status, answer in tx.execute(queries.first_answers, parameters)}
    seen: set[tuple[str, str]] = set()
    claims: list[Claim] = []
    for n, key in enumerate(keys, 1):
        name = (key.caller, key.key)
        in_flight = not is_free[n] or (name in seen and n not in before)
        seen.add(name)
        claims.append(Reason.IDEMPOTENCY_IN_FLIGHT if in_flight else _earlier(sealer, key, before.get(n)))
    return claims


def _earlier(sealer: Sealer, key: OnceKey, row: tuple[bytes, int, bytes] | None) -> Claim:
    if row is None:
        return None
    if row[0] != key.digest:
        return Reason.IDEMPOTENCY_CONFLICT
    return msgspec.msgpack.decode(sealer.unseal(row[2], bound_to=_bond(key)), type=FirstAnswer)


def keep(tx: Tx, sealer: Sealer, answers: Sequence[tuple[OnceKey, FirstAnswer]], now: datetime) -> None:
    """Keep answers of claimed keys. One statement."""
    if answers:
        names = ("caller", "key", "request_digest", "status", "answer")
        rows = [
            (key.caller, key.key, key.digest, given.status, sealer.seal(msgspec.msgpack.encode(given), bound_to=_bond(key))) for key, given in answers
        ]
        tx.execute(queries.keep_answers, {**columns(names, rows), "now": now})


def _bond(key: OnceKey) -> str:
    return f"idempotency_key.answer:{key.caller}/{key.key}"


class Once:
    """Carries a POST out once. Handlers ask for it as `once: Post` and give `answer` their work."""

    def __init__(self, services: HandlerContext, key: OnceKey | None, now: datetime) -> None:
        self.services = services
        self.key = key
        self.now = now

    def answer(self, work: Callable[[Tx], T], *, status: int = 200, version: Callable[[T], int] | None = None) -> Response[T]:
        """Run `work` in a transaction of its own and answer with what it gives; or give the first answer again. Raises Refused."""
        with self.services.database.transaction() as tx:
            if self.key is None:
                done = work(tx)
                return respond(FirstAnswer(status=status, body=msgspec.json.encode(done), version=version(done) if version else None))
            [found] = claim(tx, self.services.sealer, [self.key])
            if isinstance(found, Reason):
                raise Refused(found)
            if found is not None:
                return respond(found, REPLAYED)
            done = work(tx)
            given = FirstAnswer(status=status, body=msgspec.json.encode(done), version=version(done) if version else None)
            keep(tx, self.services.sealer, [(self.key, given)], self.now)
        return respond(given)


def respond(given: FirstAnswer, headers: dict[str, str] | None = None) -> Response[Any]:
    """The answer as a response."""
    tag = {"etag": f'"v{given.version}"'} if given.version is not None else {}
    return Response(content=given.body, status_code=given.status, media_type="application/json", headers={**tag, **(headers or {})})


async def provide_once(request: Request[Any, Any, Any]) -> Once:
    """The dependency `once`: the caller's key, if there is one, and a digest of path, query, If-Match and body."""
    services: HandlerContext = request.app.state.services
    name = request.headers.get("idempotency-key", "")
    if not name:
        return Once(services, None, services.clock.now())
    if len(name) > KEY_MAX or not name.isprintable():
        raise invalid("Idempotency-Key", expected=expected.text(1, KEY_MAX))
    key = once_key(services.sealer, caller_of(request.scope), name, request.scope, request.headers.get("if-match", ""), await request.body())
    return Once(services, key, services.clock.now())


def once_key(sealer: Sealer, caller: Caller, name: str, scope: Scope, if_match: str, body: bytes) -> OnceKey:
    """The caller's key with a keyed digest of everything that was asked: whoever reads the table can't try out which phone was sent."""
    asked = (scope["path"], scope["query_string"].decode("latin-1"), if_match, body.decode("latin-1"))
    return OnceKey(caller=caller.owner, key=name, digest=sealer.digest("idempotency", "\n".join(asked)))


Post = NamedDependency[SkipValidation[Once]]
IdempotencyKey = Annotated[
    str, HeaderParameter(name="Idempotency-Key", max_length=KEY_MAX, description="Sent twice, a request with one key has one effect; kept for a day")
]
