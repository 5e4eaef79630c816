"""The group committer: orders posted at the same time are kept as messages in one transaction, and answered after its commit.

While one batch commits, the next one gathers: nobody waits for company, and one commit serves all who came meanwhile. Those who want their stock
held before they are answered (`is_reserving`) get it in the same transaction: a pass takes their messages up at once.
"""

import time
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Mapping, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

import msgspec
import psycopg
from msgspec import Struct

from paidan.channels.facts import PlatformOrder
from paidan.entrypoints.api.idempotency import FirstAnswer, OnceKey, claim, keep
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import HandlerContext
from paidan.intake.landing import ORDERS, bucket_of
from paidan.intake.load import SHOP
from paidan.kernel.reasons import Reason
from paidan.kernel.states import OrderState
from paidan.pipeline import run_pass
from paidan.runtime.database import Tx, trouble
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "orders.sql")

BATCH: Final = 500
CREATED: Final = 201
ACCEPTED: Final = 202
RETRIES: Final = 5
RETRY_S: Final = 0.02
PLATFORM: Final = "direct"
VIA: Final = "api"


class Post(Struct, frozen=True, kw_only=True):
    """One order posted to one shop; `body` is kept as it came. `is_reserving`: answered when its stock is held, or is known to be missing."""

    shop_code: str
    order_no: str
    body: bytes
    facts: PlatformOrder | None = None  # the body, read
    key: OnceKey | None = None
    is_reserving: bool = False
    shops_seen: tuple[int, ...] | None = None  # of the caller; None: all


class Taken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The order is kept for ever; a pass takes it up next. What became of it is told by the message and, soon, by the order.

    With `reserve=1` the pass has been: the rest tells where the order stands. `is_held`: all its stock is held for it; if not, `reason` says what
    it waits for (empty: the next pass tells).
    """

    message_id: str
    shop_code: str
    platform_order_no: str
    order_id: str | None = None
    order_no: str | None = None
    state: str | None = None
    is_held: bool | None = None
    reason: str | None = None


def keep_posts(tx: Tx, services: HandlerContext, posts: Sequence[Post]) -> list[FirstAnswer | Reason]:
    """Keep orders as messages, and hold the stock of those that ask for it; one answer or refusal each, in order.

    A fixed number of statements, however many posts: five, and those of a pass.
    """
    codes = sorted({post.shop_code for post in posts})
    shops: dict[str, int] = dict(tx.execute(queries.direct_shops, {"codes": codes, "platform": PLATFORM}).fetchall())
    results: dict[int, FirstAnswer | Reason] = {n: Reason.UNKNOWN_SHOP for n, post in enumerate(posts) if not _is_open(post, shops)}
    keyed = [(n, post.key) for n, post in enumerate(posts) if post.key is not None and n not in results]
    if keyed:
        claims = claim(tx, services.sealer, [key for _, key in keyed])
        results |= {n: found for (n, _), found in zip(keyed, claims, strict=True) if found is not None}
    now = services.clock.now()
    fresh = [n for n in range(len(posts)) if n not in results]
    rows = [
        InboundMessage(
            counterpart=SHOP + posts[n].shop_code,
            kind=ORDERS.kind,
            body=posts[n].body,
            at=now,
            business_key=posts[n].order_no,
            bucket=bucket_of(shops[posts[n].shop_code], posts[n].order_no),
            meta={"via": VIA},
        )
        for n in fresh
    ]
    messages = dict(zip(fresh, keep_inbound(tx, services.ids, services.sealer, rows), strict=True))
    reserving = [n for n in fresh if posts[n].is_reserving]
    orders = _hold_stock(tx, services, shops, [posts[n] for n in reserving], [messages[n] for n in reserving])
    told = dict(zip(reserving, orders, strict=True))
    for n, message_id in messages.items():
        results[n] = _answer(Taken(message_id=str(message_id), shop_code=posts[n].shop_code, platform_order_no=posts[n].order_no), told.get(n))
    given = [(key, found) for n, key in keyed if n in set(fresh) and isinstance(found := results[n], FirstAnswer)]
    keep(tx, services.sealer, given, now)
    return [results[n] for n in range(len(posts))]


def _is_open(post: Post, shops: Mapping[str, int]) -> bool:
    """Whether the shop takes posted orders, and the caller sees it."""
    shop_id = shops.get(post.shop_code)
    return shop_id is not None and (post.shops_seen is None or shop_id in post.shops_seen)


_Found = tuple[str, str, int, str, bool]  # order id, order number, state, what it waits for, whether all its stock is held


def _hold_stock(tx: Tx, services: HandlerContext, shops: Mapping[str, int], posts: Sequence[Post], message_ids: Sequence[int]) -> list[_Found | None]:
    """Take the messages of these posts up by a pass in this transaction; their orders as they stand then, None where there is none yet."""
    if not posts:
        return []
    services.bodies_read.facts_by_body = {post.body: post.facts for post in posts if post.facts is not None}
    run_pass(tx, services.stages, message_ids=message_ids, order_ids=[], now=services.clock.now())
    services.bodies_read.facts_by_body = {}
    parameters = {"shops": [shops[post.shop_code] for post in posts], "numbers": [post.order_no for post in posts]}
    found: dict[int, Any] = {n: tuple(row) for n, *row in tx.execute(queries.orders_as_they_stand, parameters)}
    return [found.get(n) for n in range(1, len(posts) + 1)]


def _answer(taken: Taken, found: _Found | None) -> FirstAnswer:
    """202: kept. 201: the order is there and its stock held."""
    if found is None:
        return FirstAnswer(status=ACCEPTED, body=msgspec.json.encode(taken))
    order_id, order_no, state, reason, is_held = found
    word = OrderState(state).name.lower()
    told = msgspec.structs.replace(taken, order_id=order_id, order_no=order_no, state=word, is_held=is_held, reason="" if is_held else reason)
    return FirstAnswer(status=CREATED if is_held else ACCEPTED, body=msgspec.json.encode(told))


class _Waiting(Struct, frozen=True, kw_only=True):
    """A post, and where its answer goes."""

    post: Post
    loop: AbstractEventLoop
    future: "Future[FirstAnswer]"


_Told = tuple["Future[FirstAnswer]", FirstAnswer | Exception]


class Committer:
    """One thread that keeps what many requests bring. `start` before, `stop` after; a stopped one finishes what was submitted."""

    def __init__(self, services: HandlerContext) -> None:
        self._services = services
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to keep."""
        self._thread = Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Keep what is waiting, then end."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def submit(self, post: Post) -> "Future[FirstAnswer]":
        """The answer, once the order is committed; the future raises Refused, or the database's error. To be called in an event loop."""
        loop = get_running_loop()
        future: Future[FirstAnswer] = loop.create_future()
        self._waiting.put(_Waiting(post=post, loop=loop, future=future))
        return future

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, is_last = [first], False
            while len(batch) < BATCH and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    is_last = True
                    break
                batch.append(following)
            _tell(batch, self._keep([waiting.post for waiting in batch]))
            if is_last:
                return

    def _keep(self, posts: Sequence[Post]) -> list[FirstAnswer | Exception]:
        """Keep them together; when that fails, each by itself; when a pass fails over one, without its pass: the worker sets it aside."""
        try:
            results = self._retrying(posts)
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for an answer
            if trouble(error) == "retry":
                return [error] * len(posts)
            if len(posts) > 1:
                return [answer for post in posts for answer in self._keep([post])]
            return self._keep([msgspec.structs.replace(posts[0], is_reserving=False)]) if posts[0].is_reserving else [error]
        return [Refused(result) if isinstance(result, Reason) else result for result in results]

    def _retrying(self, posts: Sequence[Post]) -> list[FirstAnswer | Reason]:
        """Deadlocks, serialisation failures and lost connections are nobody's fault: do it again, a few times."""
        for attempt in range(RETRIES):
            try:
                with self._services.database.transaction() as tx:
                    return keep_posts(tx, self._services, posts)
            except psycopg.Error as error:
                if trouble(error) != "retry" or attempt == RETRIES - 1:
                    raise
                time.sleep(RETRY_S * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _tell(batch: Sequence[_Waiting], answers: Sequence[FirstAnswer | Exception]) -> None:
    """One call into each event loop for all who wait in it."""
    by_loop: dict[AbstractEventLoop, list[_Told]] = {}
    for waiting, answer in zip(batch, answers, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting.future, answer))
    for loop, told in by_loop.items():
        loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[_Told]) -> None:
    for future, answer in told:
        if future.done():
            continue  # the caller has gone; what he posted is kept
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
