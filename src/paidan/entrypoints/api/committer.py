"""The group committer: orders posted at the same time are kept as messages in one transaction, and answered after its commit.

While one batch commits, the next one gathers: nobody waits for company, and one commit serves all who came meanwhile.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Final

import msgspec
from msgspec import Struct

from paidan.entrypoints.api.idempotency import FirstAnswer, OnceKey, claim, keep
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import Services
from paidan.intake.landing import ORDERS, bucket_of
from paidan.intake.load import SHOP
from paidan.kernel.reasons import Reason
from paidan.runtime.database import Tx
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "orders.sql")

BATCH: Final = 500
ACCEPTED: Final = 202
PLATFORM: Final = "direct"
VIA: Final = "api"


class Post(Struct, frozen=True, kw_only=True):
    """One order posted to one shop; `body` is kept as it came."""

    shop_code: str
    order_no: str
    body: bytes
    key: OnceKey | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """The order is kept for ever; a pass takes it up next. What became of it is told by the message and, soon, by the order."""

    message_id: str
    shop_code: str
    platform_order_no: str


def keep_posts(tx: Tx, services: Services, posts: Sequence[Post]) -> list[FirstAnswer | Reason]:
    """Keep orders as messages; one answer or refusal each, in order. Five statements at most, however many."""
    codes = sorted({post.shop_code for post in posts})
    shops: dict[str, int] = dict(tx.execute(queries.direct_shops, {"codes": codes, "platform": PLATFORM}).fetchall())
    results: dict[int, FirstAnswer | Reason] = {n: Reason.UNKNOWN_SHOP for n, post in enumerate(posts) if post.shop_code not in shops}
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
    for n, message_id in zip(fresh, keep_inbound(tx, services.ids, services.sealer, rows), strict=True):
        taken = Taken(message_id=str(message_id), shop_code=posts[n].shop_code, platform_order_no=posts[n].order_no)
        results[n] = FirstAnswer(status=ACCEPTED, body=msgspec.json.encode(taken))
    given = [(key, found) for n, key in keyed if n in set(fresh) and isinstance(found := results[n], FirstAnswer)]
    keep(tx, services.sealer, given, now)
    return [results[n] for n in range(len(posts))]


class Committer:
    """One thread that keeps what many requests bring. `start` before, `stop` after; a stopped one finishes what was submitted."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: SimpleQueue[tuple[Post, Future[FirstAnswer]] | None] = SimpleQueue()
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

    def submit(self, post: Post) -> Future[FirstAnswer]:
        """The answer, once the order is committed; the future raises Refused, or the database's error."""
        future: Future[FirstAnswer] = Future()
        self._waiting.put((post, future))
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
            self._keep(batch)
            if is_last:
                return

    def _keep(self, batch: Sequence[tuple[Post, Future[FirstAnswer]]]) -> None:
        try:
            with self._services.database.transaction() as tx:
                results = keep_posts(tx, self._services, [post for post, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for an answer
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for one in batch:
                self._keep([one])
            return
        for (_, future), result in zip(batch, results, strict=True):
            if isinstance(result, Reason):
                future.set_exception(Refused(result))
            else:
                future.set_result(result)
