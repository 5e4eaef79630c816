"""The group committer: orders posted at the same time are kept as messages in one transaction, and answered after its commit.

Those who want their stock held before they are answered (`is_reserving`) get it in the same transaction: a pass takes their messages up at once.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from paidan.channels.facts import PlatformOrder
from paidan.entrypoints.api.gathering import Gathering
from paidan.entrypoints.api.idempotency import FirstAnswer, OnceKey, claim, keep
from paidan.entrypoints.api.problems import Refused
from paidan.entrypoints.api.services import HandlerContext
from paidan.intake.landing import ORDERS, bucket_of
from paidan.intake.load import SHOP
from paidan.kernel.reasons import Reason
from paidan.kernel.states import OrderState
from paidan.orders.batch import Order
from paidan.pipeline import run_pass
from paidan.runtime.database import Tx
from paidan.runtime.messages import InboundMessage, keep_inbound
from paidan.runtime.plans import PlanWatch
from paidan.runtime.queries import load_queries
from paidan.runtime.waiting import AtHand

queries = load_queries("paidan.entrypoints.api", "orders.sql")

CREATED: Final = 201
ACCEPTED: Final = 202
PLATFORM: Final = "direct"
VIA: Final = "api"
LOOKS: Final = 3  # what others took meanwhile is looked for again so many times in all; then the order goes round as any other
FEW: Final = 32  # so many at most are decided anew for the sake of one: in a rush of hundreds the one goes round


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


class MovedMeanwhile(Exception):
    """Another pass took stock that this one had chosen, or had one of its orders, in the same moment."""


def keep_posts(tx: Tx, services: HandlerContext, posts: Sequence[Post], *, may_look_again: bool = False) -> list[FirstAnswer | Reason]:
    """Keep orders as messages, and hold the stock of those that ask for it; one answer or refusal each, in order.

    A fixed number of statements, however many posts: four, and those of a pass. `may_look_again`: raises MovedMeanwhile instead of letting orders go
    round that would perhaps find their stock elsewhere.
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
    rows = {
        n: InboundMessage(
            counterpart=SHOP + posts[n].shop_code,
            kind=ORDERS.kind,
            body=posts[n].body,
            at=now,
            business_key=posts[n].order_no,
            bucket=bucket_of(shops[posts[n].shop_code], posts[n].order_no),
            meta={"via": VIA},
        )
        for n in fresh
    }
    plain, reserving = [n for n in fresh if not posts[n].is_reserving], [n for n in fresh if posts[n].is_reserving]
    messages = dict(zip(plain, keep_inbound(tx, services.ids, services.sealer, [rows[n] for n in plain]), strict=True))
    at_hand = AtHand(services.ids, [rows[n] for n in reserving])
    held = _hold_stock(tx, services, shops, [posts[n] for n in reserving], at_hand, now, may_look_again=may_look_again)
    told = dict(zip(reserving, held, strict=True))
    messages |= zip(reserving, at_hand.ids, strict=True)
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


def _hold_stock(
    tx: Tx, services: HandlerContext, shops: Mapping[str, int], posts: Sequence[Post], at_hand: AtHand, now: datetime, *, may_look_again: bool
) -> list[_Found | None]:
    """Keep the messages of these posts by the pass that takes them up; their orders as they stand then, None where another pass has them."""
    if not posts:
        return []
    services.bodies_read.facts_by_body = {post.body: post.facts for post in posts if post.facts is not None}
    passed = run_pass(tx, services.stages, at_hand=at_hand, order_ids=[], now=now)
    services.bodies_read.facts_by_body = {}
    if passed.again and may_look_again and len(posts) <= FEW:
        raise MovedMeanwhile
    found = {(order.shop_id, order.platform_order_no): _standing(order) for order in passed.orders}
    return [found.get((shops[post.shop_code], post.order_no)) for post in posts]


def _standing(order: Order) -> _Found:
    """Where an order stands that has just been written; held: all its units are, or have gone out."""
    is_held = OrderState.SOURCED <= order.state <= OrderState.DELIVERED and not any(line.open + line.short for line in order.lines)
    return str(order.id), order.order_no, order.state, order.waits_for, is_held


def _answer(taken: Taken, found: _Found | None) -> FirstAnswer:
    """202: kept. 201: the order is there and its stock held."""
    if found is None:
        return FirstAnswer(status=ACCEPTED, body=msgspec.json.encode(taken))
    order_id, order_no, state, reason, is_held = found
    word = OrderState(state).name.lower()
    told = msgspec.structs.replace(taken, order_id=order_id, order_no=order_no, state=word, is_held=is_held, reason="" if is_held else reason)
    return FirstAnswer(status=CREATED if is_held else ACCEPTED, body=msgspec.json.encode(told))


def committer(services: HandlerContext) -> Gathering[Post, FirstAnswer]:
    """Keeps the orders that many requests post. When a pass fails over an order, it is kept without its pass: the worker sets it aside."""
    database = services.front_database
    plans = PlanWatch(database)

    def keep_all(posts: Sequence[Post]) -> list[FirstAnswer | Exception]:
        plans.look()
        for looks_left in reversed(range(LOOKS)):
            with suppress(MovedMeanwhile), database.transaction() as tx:
                results = keep_posts(tx, services, posts, may_look_again=looks_left > 0)
                break
        return [Refused(result) if isinstance(result, Reason) else result for result in results]

    def without_pass(post: Post) -> Post | None:
        return msgspec.structs.replace(post, is_reserving=False) if post.is_reserving else None

    return Gathering("committer", keep_all, simpler=without_pass)
