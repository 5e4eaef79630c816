"""The relay sends outbox rows: claim and load in one transaction, send outside any, settle in another.

A relay that dies between the two leaves rows that may have been sent: their lease runs out and they go round as unknown.
A relay that was paused past its lease finds it gone and writes nothing (LeaseLost).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Event, Thread
from typing import Any, assert_never

import psycopg
import structlog
from msgspec import Struct
from msgspec.structs import replace

from paidan.kernel.clock import Clock
from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused, CounterpartError, LeaseLost
from paidan.kernel.reasons import Reason
from paidan.runtime import outbox
from paidan.runtime.crash import crash_point
from paidan.runtime.database import Database, Tx, trouble
from paidan.runtime.ids import IdSource
from paidan.runtime.messages import keep_exchanges
from paidan.runtime.outbox import Delivery, OutboxRow, OutboxState, Outcome, Verdict
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import array
from paidan.runtime.sealing import Sealer
from paidan.runtime.slots import Slots
from paidan.runtime.telemetry import OUTBOX_ROWS, OUTBOX_SEND_SECONDS, told

queries = load_queries("paidan.runtime")
log = structlog.get_logger(__name__)

JITTER = 0.2  # share of a back-off by which it may be shorter or longer
SETTLE_TRIES = 6


class RelayRules(Struct, frozen=True, kw_only=True):
    """How patient a relay is. Leases in real seconds, everything else in business time."""

    lease_s: float = 60.0  # longer than the slowest call; renewed while sending
    slots: int = 2  # batches of one lane under way at once, for lanes without a row of their own
    attempts_max: int = 20
    backoff_first_s: float = 5.0
    backoff_max_s: float = 3600.0
    breaker_after: int = 5  # batches in a row without any answer
    breaker_open_s: float = 30.0
    hands: int = 1  # lanes served side by side, so that a slow counterpart holds up its own lane only


class RelayReport(Struct, kw_only=True):
    """Rows by what became of them; `lost` were taken over by another relay."""

    claimed: int = 0
    done: int = 0
    refused: int = 0
    later: int = 0
    unknown: int = 0
    gave_up: int = 0
    lost: int = 0

    def count(self, kind: str, outcomes: Sequence[Outcome]) -> None:
        """Add the outcomes of a settled batch."""
        for verdict, n in Counter(outcome.verdict.value for outcome in outcomes).items():
            setattr(self, verdict, getattr(self, verdict) + n)
            OUTBOX_ROWS.labels(kind, verdict).inc(n)

    def add(self, more: "RelayReport") -> None:
        """Both together."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(more, name))


class _Batch(Struct, frozen=True, kw_only=True):
    """Rows under one lease. `had_failures`: the lane's breaker wants to hear of an answer."""

    token: int
    lane: str
    rows: list[OutboxRow]
    loaded: Any
    had_failures: bool
    claimed_at_s: float  # monotonic


class _Part(Struct, frozen=True, kw_only=True):
    """Rows of a batch that are settled together; the last part gives the lease back. `silent`: the whole batch heard nothing."""

    batch: _Batch
    rows: list[OutboxRow]
    outcomes: list[Outcome]
    is_last: bool
    silent: bool

    def halves(self) -> "tuple[_Part, _Part]":
        """The first and the second half, in order."""
        middle = len(self.rows) // 2
        first = replace(self, rows=self.rows[:middle], outcomes=self.outcomes[:middle], is_last=False)
        return first, replace(self, rows=self.rows[middle:], outcomes=self.outcomes[middle:])


class _LoadFailed(Exception):
    """Loading met a row it can't digest; the claim was rolled back."""

    def __init__(self, rows: list[OutboxRow]) -> None:
        super().__init__()
        self.rows = rows


class Relay:
    """Sends what is due. Threads and processes may run relays side by side: rows are claimed, lanes have slots."""

    def __init__(
        self,
        database: Database,
        deliveries: Sequence[Delivery],
        *,
        clock: Clock,
        ids: IdSource,
        sealer: Sealer,
        rules: RelayRules | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._deliveries = {delivery.kind: delivery for delivery in deliveries}
        self._clock = clock
        self._ids = ids
        self._sealer = sealer
        self._rules = rules or RelayRules()
        self._sleep = sleep
        self._hands = Slots(self._rules.hands)

    def once(self, limit: int = 1000) -> RelayReport:
        """Send at most one batch of each lane and kind that has rows due, `limit` rows of each lane.

        Raises psycopg errors when the database is away.
        """
        with self._database.transaction() as tx:
            now = self._clock.now()
            tx.execute(queries.free_expired_batches, {"now": now})
            queues = tx.execute(queries.due_queues, {"now": now}).fetchall()
        by_lane: dict[str, list[Delivery]] = {}
        for lane, kind in queues:
            if kind in self._deliveries:
                by_lane.setdefault(lane, []).append(self._deliveries[kind])
        report = RelayReport()
        for part in self._hands.map(lambda lane: self._relay_lane(lane, by_lane[lane], limit), list(by_lane)):
            report.add(part)
        return report

    def _relay_lane(self, lane: str, deliveries: Sequence[Delivery], limit: int) -> RelayReport:
        report = RelayReport()
        for delivery in deliveries:
            if report.claimed < limit:
                self._relay_batch(delivery, lane, min(delivery.batch, limit - report.claimed), report)
        return report

    def _relay_batch(self, delivery: Delivery, lane: str, limit: int, report: RelayReport) -> None:
        try:
            batch = self._claim(delivery, lane, limit)
        except _LoadFailed as failed:
            log.error("outbox load failed", kind=delivery.kind, rows=len(failed.rows), **told(failed.__cause__ or failed))  # noqa: TRY400 - an error\'s own text may hold personal data
            self._suspect(failed.rows)
            return
        if batch is None:
            return
        report.claimed += len(batch.rows)
        crash_point("outbox.claimed")
        try:
            outcomes = self._send(delivery, batch)
            crash_point("outbox.sent")
            report.count(delivery.kind, self._settle(delivery, batch, outcomes))
        except LeaseLost:
            log.warning("outbox lease lost", kind=delivery.kind, lane=lane, rows=len(batch.rows))
            report.lost += len(batch.rows)
        crash_point("outbox.settled")

    def _claim(self, delivery: Delivery, lane: str, limit: int) -> _Batch | None:
        """Claim rows and load what they need; None when the lane has no room, an open breaker, or nothing due."""
        rules, now, claimed_at_s = self._rules, self._clock.now(), time.monotonic()
        with self._database.transaction() as tx:
            if tx.execute(queries.lock_lane, {"lane": lane}).fetchone() != (True,):
                return None
            room, failures, is_open, token = _one(tx, queries.lane_room, {"lane": lane, "slots": rules.slots, "now": now})
            if room <= 0 or is_open:
                return None
            # After the breaker's pause one row alone tries the way.
            wanted = 1 if failures >= rules.breaker_after else limit
            claim = {"lane": lane, "kind": delivery.kind, "now": now, "limit": wanted, "token": token, "lease_s": rules.lease_s}
            rows = _rows(tx.execute(queries.claim_outbox, claim).fetchall())
            if not rows:
                return None
            loaded = _loaded(delivery, tx, rows)
        return _Batch(token=token, lane=lane, rows=rows, loaded=loaded, had_failures=failures > 0, claimed_at_s=claimed_at_s)

    def _suspect(self, rows: Sequence[OutboxRow]) -> None:
        """After a failed load each row is tried alone later, so that the guilty one dies alone."""
        now = self._clock.now()
        due_ats = [now + timedelta(seconds=backoff_s(row, self._rules)) for row in rows]
        parameters = {"now": now, "attempts_max": self._rules.attempts_max, "ids": [row.id for row in rows], "due_ats": due_ats}
        with self._database.transaction() as tx:
            tx.execute(queries.suspect_outbox, parameters)

    def _send(self, delivery: Delivery, batch: _Batch) -> list[Outcome]:
        """Send outside any transaction, renewing the lease. Raises LeaseLost when we were paused past it before sending."""
        if time.monotonic() - batch.claimed_at_s > self._rules.lease_s:
            raise LeaseLost(f"paused before sending batch {batch.token}")
        with self._renewed(batch.token), OUTBOX_SEND_SECONDS.labels(delivery.kind).time():
            outcomes = _outcomes(delivery, batch)
        return [_limited(row, outcome, self._rules) for row, outcome in zip(batch.rows, outcomes, strict=True)]

    @contextmanager
    def _renewed(self, token: int) -> Iterator[None]:
        """Keep the lease while the body runs. A lease that is lost meanwhile shows when settling."""
        over = Event()

        def renew() -> None:
            while not over.wait(self._rules.lease_s / 3):
                try:
                    with self._database.transaction(aside=True) as tx:
                        tx.execute(queries.renew_outbox_lease, {"token": token, "lease_s": self._rules.lease_s})
                except psycopg.Error as error:
                    log.warning("outbox lease not renewed", sqlstate=error.sqlstate)

        thread = Thread(target=renew, name=f"lease-{token}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _settle(self, delivery: Delivery, batch: _Batch, outcomes: list[Outcome]) -> list[Outcome]:
        """Write what became of the rows; returns the outcomes as written. Raises LeaseLost when the batch was taken over."""
        silent = all(outcome.unreachable for outcome in outcomes)
        return self._settle_part(delivery, _Part(batch=batch, rows=batch.rows, outcomes=outcomes, is_last=True, silent=silent))

    def _settle_part(self, delivery: Delivery, part: _Part) -> list[Outcome]:
        """Settle in one transaction; when `apply` meets a row it can't digest, halve until that row is alone, and set it aside as dead."""
        try:
            self._retrying(lambda: self._settle_once(delivery, part))
        except Exception as error:
            if trouble(error) != "poison":
                raise
            if len(part.rows) > 1:
                return [outcome for half in part.halves() for outcome in self._settle_part(delivery, half)]
            log.error("outbox apply failed", kind=delivery.kind, row_id=part.rows[0].id, **told(error))  # noqa: TRY400 - as above
            dead = replace(part, outcomes=[replace(part.outcomes[0], verdict=Verdict.GAVE_UP, reason=Reason.POISON.value)])
            self._retrying(lambda: self._settle_once(None, dead))
            return dead.outcomes
        return part.outcomes

    def _settle_once(self, delivery: Delivery | None, part: _Part) -> None:
        now, token = self._clock.now(), part.batch.token
        with self._database.transaction() as tx:
            if tx.execute(queries.lock_outbox_lease, {"token": token}).fetchone() is None:
                raise LeaseLost(f"batch {token} was taken over")
            settled = tx.execute(queries.settle_outbox, _settled(token, now, part.rows, part.outcomes, self._rules))
            if settled.rowcount != len(part.rows):
                raise LeaseLost(f"batch {token}: {settled.rowcount} of {len(part.rows)} rows are still ours")
            keep_exchanges(tx, self._ids, self._sealer, [exchange for outcome in part.outcomes for exchange in outcome.exchanges])
            if delivery is not None:
                delivery.apply(tx, part.rows, part.outcomes)
            if part.is_last:
                self._tell_breaker(tx, part, now)
                tx.execute(queries.end_outbox_lease, {"token": token})

    def _retrying(self, act: Callable[[], None]) -> None:
        """The counterpart has acted: don't lose its answer to a deadlock or a restart of the database."""
        for attempt in range(SETTLE_TRIES):
            try:
                return act()
            except psycopg.Error as error:
                if trouble(error) != "retry" or attempt == SETTLE_TRIES - 1:
                    raise
                self._sleep(min(0.05 * 4**attempt, 5.0))
        raise AssertionError("the last try returns or raises")

    def _tell_breaker(self, tx: Tx, part: _Part, now: datetime) -> None:
        rules, lane = self._rules, part.batch.lane
        if part.silent:
            open_until = now + timedelta(seconds=rules.breaker_open_s)
            tx.execute(queries.lane_failed, {"lane": lane, "slots": rules.slots, "breaker_after": rules.breaker_after, "open_until": open_until})
        elif part.batch.had_failures:
            tx.execute(queries.lane_answered, {"lane": lane})


def relay_once(
    database: Database,
    deliveries: Sequence[Delivery],
    clock: Clock,
    ids: IdSource,
    sealer: Sealer,
    limit: int = 1000,
    rules: RelayRules | None = None,
) -> RelayReport:
    """One round of a relay; see Relay.once."""
    return Relay(database, deliveries, clock=clock, ids=ids, sealer=sealer, rules=rules).once(limit)


def backoff_s(row: OutboxRow, rules: RelayRules) -> float:
    """Seconds until the next attempt: doubling, capped, with jitter drawn from row and attempt, so that a seed repeats it."""
    drawn = int.from_bytes(blake2b(f"{row.id}/{row.attempts}".encode(), digest_size=8).digest(), "big") / 2**64
    full = min(rules.backoff_first_s * 2.0 ** min(max(row.attempts - 1, 0), 60), rules.backoff_max_s)
    return float(full * (1 - JITTER + 2 * JITTER * drawn))


def _loaded(delivery: Delivery, tx: Tx, rows: list[OutboxRow]) -> Any:
    try:
        return delivery.load(tx, rows)
    except Exception as error:
        if trouble(error) == "poison":
            raise _LoadFailed(rows) from error
        raise


def _outcomes(delivery: Delivery, batch: _Batch) -> list[Outcome]:
    """Send; an error for the whole batch becomes an outcome of each row. An error of ours means: nobody knows what was sent."""
    try:
        outcomes = delivery.send(batch.rows, batch.loaded)
    except CounterpartError as error:
        return [_of_error(error)] * len(batch.rows)
    except Exception as error:  # noqa: BLE001 - whatever it is, the rows may have been sent: that must be written down
        log.error("outbox send failed", kind=delivery.kind, rows=len(batch.rows), **told(error))  # noqa: TRY400 - as above
        return [outbox.unknown(Reason.INTERNAL, unreachable=False)] * len(batch.rows)
    if len(outcomes) != len(batch.rows):
        log.error("outbox outcomes missing", kind=delivery.kind, rows=len(batch.rows), outcomes=len(outcomes))
        return [outbox.unknown(Reason.INTERNAL, unreachable=False)] * len(batch.rows)
    return outcomes


def _of_error(error: CounterpartError) -> Outcome:
    if isinstance(error, CallRefused):
        return outbox.refused()
    if isinstance(error, CallLater):
        return outbox.later(error.retry_after_s, unreachable=not error.code and not error.body)
    if isinstance(error, AnswerUnknown):
        return outbox.unknown()
    return outbox.unknown(unreachable=False)


def _limited(row: OutboxRow, outcome: Outcome, rules: RelayRules) -> Outcome:
    """After too many attempts a row that would go round again dies instead."""
    if outcome.verdict in {Verdict.LATER, Verdict.UNKNOWN} and row.attempts >= rules.attempts_max:
        return replace(outcome, verdict=Verdict.GAVE_UP)
    return outcome


def _state(row: OutboxRow, outcome: Outcome) -> OutboxState:
    match outcome.verdict:
        case Verdict.DONE:
            return OutboxState.DONE
        case Verdict.REFUSED | Verdict.GAVE_UP:
            return OutboxState.DEAD
        case Verdict.UNKNOWN:
            return OutboxState.UNKNOWN
        case Verdict.LATER:
            return OutboxState.UNKNOWN if row.was_unknown else OutboxState.PENDING
        case _:
            assert_never(outcome.verdict)


def _due_at(row: OutboxRow, outcome: Outcome, now: datetime, rules: RelayRules) -> datetime:
    if outcome.verdict not in {Verdict.LATER, Verdict.UNKNOWN}:
        return row.due_at
    return now + timedelta(seconds=backoff_s(row, rules) if outcome.delay_s is None else outcome.delay_s)


def _settled(token: int, now: datetime, rows: Sequence[OutboxRow], outcomes: Sequence[Outcome], rules: RelayRules) -> dict[str, Any]:
    pairs = list(zip(rows, outcomes, strict=True))
    return {
        "token": token,
        "now": now,
        "ids": array([row.id for row in rows]),
        "states": array([int(_state(row, outcome)) for row, outcome in pairs]),
        "reasons": array([str(outcome.reason) for outcome in outcomes]),
        "due_ats": array([_due_at(row, outcome, now, rules) for row, outcome in pairs]),
    }


def _rows(found: Sequence[tuple[Any, ...]]) -> list[OutboxRow]:
    """Claimed rows, in the order of their writing."""
    return [
        OutboxRow(
            id=row_id,
            lane=lane,
            kind=kind,
            ref_id=ref_id,
            business_key=business_key,
            args=args,
            due_at=due_at,
            created_at=created_at,
            attempts=attempts,
            was_unknown=was_unknown,
        )
        for row_id, _, lane, kind, ref_id, business_key, args, due_at, created_at, attempts, was_unknown in sorted(found, key=lambda row: row[1])
    ]


def _one(tx: Tx, statement: Any, parameters: dict[str, Any]) -> tuple[Any, ...]:
    row = tx.execute(statement, parameters).fetchone()
    if row is None:
        raise LookupError("a query that always has one row had none")
    return row
