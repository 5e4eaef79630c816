"""The way of an order: start reading here.

    platforms ─▶ channels ─▶ intake ─▶ shaping ─▶ audit ─▶ sourcing ─▶ settle + apply ─▶ (merge window) ─▶ release ─▶ fulfilment ─▶ feedback

`run_pass` carries one Batch through the stages and applies it once, in one transaction. Each stage is load (a fixed number of statements) and
decide (pure); the owners of the records write. What has no merge window to wait for is released in the same pass. What follows the pass (the
other releases, the outbox, words of warehouses and carriers, the stock push) is put together in `entrypoints/mill.py`:
steps and deliveries, each with its own guard.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from paidan.audit import cancellation
from paidan.audit.decide import Audit
from paidan.audit.decide import decide as audit_orders
from paidan.audit.fields import ORDER as AUDIT_CATALOGUE
from paidan.audit.rules import DEFAULT_POLICY as AUDIT_DEFAULT
from paidan.audit.rules import AuditAction
from paidan.catalog.load import SkuCache, cache_versions
from paidan.catalog.store import insert_listings
from paidan.fulfilment.recall import ask_back
from paidan.intake.decide import decide as take_in
from paidan.intake.load import Codec, load, map_again, parse
from paidan.kernel.reasons import Reason
from paidan.kernel.states import FulfilmentState
from paidan.network.load import Network, NetworkCache
from paidan.orders.batch import Batch, Order
from paidan.orders.conclude import conclude
from paidan.orders.load import due_order_ids
from paidan.orders.store import fresh_fulfilments, fresh_versions, set_aside, take_keys, write_orders
from paidan.parties.store import give_receiver_ids, write_receivers
from paidan.release.step import calls, release_at_once
from paidan.rules.policies import CompiledPolicy, compiled
from paidan.rules.store import read_effective
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import MessageState
from paidan.runtime.numbers import NumberSource
from paidan.runtime.outbox import put
from paidan.runtime.passes import PassReport
from paidan.runtime.rows import copied_together
from paidan.runtime.sealing import Sealer
from paidan.runtime.waiting import AtHand, read_waiting, settle_messages, waiting_ids
from paidan.shaping.decide import decide as shape
from paidan.sourcing.apart import Apart
from paidan.sourcing.decide import Sourcing, Supply, given_back, promise, unplan_new
from paidan.sourcing.decide import decide as source
from paidan.sourcing.lanes import Lanes
from paidan.sourcing.policy import SourcingPolicy
from paidan.sourcing.store import read_policy
from paidan.sourcing.ways import FreeStock
from paidan.stock.moves import GiveBack, Reserve, StockMoves
from paidan.stock.settle import settle
from paidan.stock.store import apply, demands, demands_by_shop, free_stock, lock

ORDER_NUMBER_PATTERN = "SO{yymmdd}{gene:2}{seq:6}{check}"
GO_ROUND_S = 1  # an order whose stock was taken meanwhile looks again after this


class Passed(Struct, frozen=True, kw_only=True):
    """What one pass did: messages read, orders made and written, fulfilments planned and calls to warehouses left, orders sent round again.

    `orders`: those written and those that needed nothing, as they stand now.
    """

    orders: Sequence[Order] = ()
    messages: int = 0
    unreadable: int = 0
    orders_new: int = 0
    orders_written: int = 0
    planned: int = 0
    released: int = 0
    again: int = 0

    def counts(self) -> dict[str, int]:
        """What is counted, without noughts."""
        return {name: count for name, count in structs.asdict(self).items() if isinstance(count, int) and count}


class Stages:
    """What the stages keep between passes: caches compared by version inside each transaction, sources of ids and numbers, the seal."""

    def __init__(self, *, ids: IdSource, numbers: NumberSource, sealer: Sealer, codecs: Mapping[str, Codec]) -> None:
        self.ids = ids
        self.numbers = numbers
        self.sealer = sealer
        self.codecs = codecs
        self.skus = SkuCache()
        self.network = NetworkCache()
        self._sourcing_policy: tuple[int, SourcingPolicy] | None = None
        self._lanes: Lanes | None = None
        self._audit_policy: tuple[int, datetime, CompiledPolicy[AuditAction]] | None = None

    def lanes(self, network: Network) -> Lanes:
        """The lanes of this version of the network."""
        if self._lanes is None or self._lanes.network is not network:
            self._lanes = Lanes(network)
        return self._lanes

    def audit_policy(self, tx: Tx, version: int, now: datetime) -> CompiledPolicy[AuditAction]:
        """The audit policy in force; read again when a policy was published or a minute has passed (a version may have come into force)."""
        if self._audit_policy is None or self._audit_policy[0] != version or now - self._audit_policy[1] >= timedelta(minutes=1):
            policy = read_effective(tx, AUDIT_DEFAULT, AuditAction, now)
            self._audit_policy = (version, now, compiled(policy, AUDIT_CATALOGUE))
        return self._audit_policy[2]

    def sourcing_policy(self, tx: Tx, version: int) -> SourcingPolicy:
        """The merchant's way of sourcing; read again when rules have changed."""
        if self._sourcing_policy is None or self._sourcing_policy[0] != version:
            self._sourcing_policy = (version, read_policy(tx))
        return self._sourcing_policy[1]


Item = tuple[str, int]  # ("message", id) or ("order", id)
Outcome = tuple[int, MessageState, str]  # of a message: id, state, reason


class OrderPass:
    """The pass as a step of a worker: messages and due orders of the buckets it holds."""

    name = "orders"

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def claim(self, tx: Tx, buckets: Sequence[int], limit: int, now: datetime) -> list[Item]:
        """Due orders first (they have waited), then messages, oldest first."""
        due = due_order_ids(tx, buckets, limit, now)
        messages = waiting_ids(tx, buckets, limit - len(due)) if len(due) < limit else []
        return [*(("order", order_id) for order_id in due), *(("message", message_id) for message_id in messages)]

    def run(self, tx: Tx, items: list[Item], now: datetime) -> PassReport:
        """One pass over these items."""
        message_ids = [item_id for kind, item_id in items if kind == "message"]
        order_ids = [item_id for kind, item_id in items if kind == "order"]
        passed = run_pass(tx, self._stages, message_ids=message_ids, order_ids=order_ids, now=now)
        return PassReport(outcomes=passed.counts())

    def set_aside(self, tx: Tx, item: Item, error: BaseException, now: datetime) -> None:
        """A poison message stays whole and replayable; a poison order waits for people."""
        del error, now
        kind, item_id = item
        if kind == "message":
            settle_messages(tx, [(item_id, MessageState.SET_ASIDE, Reason.POISON)])
        else:
            set_aside(tx, item_id)


def run_pass(
    tx: Tx, stages: Stages, *, message_ids: Sequence[int] = (), at_hand: AtHand | None = None, order_ids: Sequence[int], now: datetime
) -> Passed:
    """Carry these messages and due orders through all stages and write the outcome once. The caller commits.

    `at_hand`: messages that are not kept yet, instead of `message_ids`.
    """
    versions = cache_versions(tx)
    network = stages.network.load(tx, versions["network"])

    # intake: messages become orders
    messages = at_hand.read() if at_hand else read_waiting(tx, stages.sealer, message_ids)
    parsed, unreadable = parse(messages, network, stages.codecs)
    known, loaded = load(tx, parsed, order_ids)
    due = set(order_ids)
    batch = Batch(now=now, orders=[order for order in loaded if order.id in due], outcomes=unreadable)
    take_in(batch, parsed, known, ids=stages.ids.take, digest=stages.sealer.digest)
    map_again(tx, batch.orders)
    _number(batch, stages)
    skus = stages.skus.load(tx, _sku_ids(batch), versions["catalog"])

    # cancellation, shaping, audit: what is to be shipped, and may it go on?
    for order in batch.orders:
        cancellation.decide(order, now)
    shape(batch, skus)
    policy = stages.audit_policy(tx, versions["rules"], now)
    ready = audit_orders(batch.orders, Audit(network=network, skus=skus, bans=stages.skus.bans, policy=policy, now=now))

    # sourcing: who sends it
    supply = Supply(*_stock_seen(tx, ready, now, network))
    choosing = {order.id for order in ready}
    for order in batch.orders:
        if order.fulfilments:
            supply.let_go(given_back(order))
        if order.id not in choosing:
            supply.wait(order)
    context = Sourcing(lanes=stages.lanes(network), network=network, skus=skus, policy=stages.sourcing_policy(tx, versions["rules"]), now=now)
    source(ready, supply, context, stages.ids.take)

    with copied_together(tx):
        passed, outcomes = _apply(tx, stages, batch, ready, network)
        if at_hand:
            at_hand.keep(tx, stages.sealer, outcomes)
        else:
            settle_messages(tx, outcomes)
    taken_up = {order.id for order in batch.orders}
    return structs.replace(passed, orders=[*passed.orders, *(order for order in loaded if order.id not in taken_up)])


def _number(batch: Batch, stages: Stages) -> None:
    new = [order for order in batch.orders if order.is_new]
    if new:
        numbers = stages.numbers.take(ORDER_NUMBER_PATTERN, len(new), batch.now.date(), [order.bucket for order in new])
        for order, number in zip(new, numbers, strict=True):
            order.order_no = number


def _sku_ids(batch: Batch) -> set[int]:
    return {line.sku_id for order in batch.orders for line in order.lines if line.sku_id is not None}


def _stock_seen(tx: Tx, ready: Sequence[Order], now: datetime, network: Network) -> tuple[FreeStock, dict[int, tuple[int, int]], Apart | None]:
    sku_ids = sorted({line.sku_id for order in ready for line in order.lines if line.sku_id is not None and line.waiting})
    if not sku_ids:
        return {}, {}, None
    apart = Apart(network, demands_by_shop(tx, sku_ids)) if network.has_bound_shops else None
    return free_stock(tx, sku_ids, now), demands(tx, sku_ids), apart


def _apply(tx: Tx, stages: Stages, batch: Batch, ready: Sequence[Order], network: Network) -> tuple[Passed, list[Outcome]]:
    """Lock what was chosen, settle, release what need not wait, write each record once. Gives what became of the messages, too."""
    orders = list(batch.orders)  # all of them: when to look again is always decided anew
    for order in orders:
        order.is_changed = True
    ours = fresh_versions(tx, orders) | take_keys(tx, orders)
    touched = [f for order in orders for f in order.fulfilments if f.is_changed and not f.is_new]
    if touched:
        still = fresh_fulfilments(tx, touched)
        ours -= {order.id for order in orders if any(f.is_changed and not f.is_new and f.id not in still for f in order.fulfilments)}
    lost = {order.id for order in orders if order.id not in ours}
    orders = [order for order in orders if order.id in ours]

    reserves = {order.id: _reserves(order) for order in orders}
    moves = _moves(orders, reserves)
    free = lock(tx, moves, batch.now)
    in_priority = sorted([order for order in ready if order.id in ours], key=promise)
    dropped = settle([(order.id, reserves[order.id]) for order in in_priority], free)
    for order in orders:
        if order.id in dropped:
            unplan_new(order)
            order.due_at = batch.now + timedelta(seconds=GO_ROUND_S)
    leaders = release_at_once(tx, orders, network=network, now=batch.now)
    for order in orders:
        conclude(order)
    stands_for = insert_listings(tx, batch.new_listings)
    _name_listings(orders, stands_for)
    if dropped or stands_for:
        moves = _moves(orders, {order_id: wanted for order_id, wanted in reserves.items() if order_id not in dropped})

    give_receiver_ids(orders, stages.ids)
    write_receivers(tx, orders, stages.sealer)
    write_orders(tx, orders, sealer=stages.sealer, ids=stages.ids, now=batch.now)
    apply(tx, moves, ids=stages.ids, now=batch.now)
    put(tx, stages.ids, calls(leaders, network, batch.now))
    ask_back(tx, stages.ids, orders, batch.now)
    settled = [outcome for outcome in batch.outcomes if outcome.order_id not in lost]
    passed = Passed(
        orders=orders,
        messages=len(settled),
        unreadable=sum(outcome.reason is not None for outcome in settled),
        orders_new=sum(order.is_new for order in orders),
        orders_written=len(orders),
        planned=sum(f.is_new for order in orders for f in order.fulfilments),
        released=len(leaders),
        again=len(lost) + len(dropped),
    )
    return passed, [(o.message_id, MessageState.SET_ASIDE if o.reason else MessageState.DONE, str(o.reason or "")) for o in settled]


def _name_listings(orders: Sequence[Order], stands_for: Mapping[int, int]) -> None:
    """Another worker met the same listings a moment before: ours are called as theirs."""
    if not stands_for:
        return
    for order in orders:
        for line in order.lines:
            line.listing_id = stands_for.get(line.listing_id or 0, line.listing_id)
        order.sold_by_listing = {stands_for.get(listing_id, listing_id): units for listing_id, units in order.sold_by_listing.items()}


def _reserves(order: Order) -> list[Reserve]:
    return [
        Reserve(fulfilment_id=f.id, line_no=line.line_no, sku_id=line.sku_id, warehouse_id=f.warehouse_id, quantity=line.quantity)
        for f in order.fulfilments
        if f.is_new
        for line in f.lines
    ]


def _moves(orders: Sequence[Order], reserves: Mapping[int, Sequence[Reserve]]) -> StockMoves:
    """What the orders of a pass ask of the stock; `reserves` by the order's id."""
    moves = StockMoves()
    for order in orders:
        moves.reserve += reserves.get(order.id, ())
        for f in order.fulfilments:
            if f.state == FulfilmentState.CANCELLED and f.is_changed:
                moves.give_back += [
                    GiveBack(fulfilment_id=f.id, line_no=line.line_no, sku_id=line.sku_id, warehouse_id=f.warehouse_id, quantity=line.let_go)
                    for line in f.lines
                    if line.let_go
                ]
        if (after := order.waiting_units()) or order.units_before:
            for sku_id in order.units_before.keys() | after.keys():
                before, now = order.units_before.get(sku_id, (0, 0)), after.get(sku_id, (0, 0))
                moves.add_demand(sku_id, now[0] - before[0], now[1] - before[1])
        moves.add_sold(order.sold_by_listing.items())
    return moves
