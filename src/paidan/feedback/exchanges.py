"""Calls to platforms as rows of the message log, and their failures as words. Pure."""

from collections.abc import Iterable
from datetime import datetime

from paidan.kernel.errors import CallLater, CallRefused
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import CallRecord, RecordedFailure
from paidan.runtime.messages import Exchange
from paidan.runtime.outbox import Outcome, later, refused, unknown


def exchanges_of(
    records: Iterable[CallRecord], *, counterpart: str, at: datetime, business_key: str, attempts: int = 1, reason: str = ""
) -> tuple[Exchange, ...]:
    """Both sides of each call; `reason` belongs to the last one, for the ones before it succeeded."""
    kept = list(records)
    return tuple(
        Exchange(
            counterpart=counterpart,
            kind=record.method,
            request=record.request,
            answer=record.answer if record.status else None,
            http_status=record.status or None,
            at=at,
            business_key=business_key,
            attempts=attempts,
            reason=reason if place == len(kept) else "",
        )
        for place, record in enumerate(kept, 1)
    )


def reason_of(failure: RecordedFailure) -> Reason:
    """The failure in our words: refused, later, or nobody knows."""
    if isinstance(failure, CallRefused):
        return Reason.COUNTERPART_REFUSED
    return Reason.TOO_MANY_REQUESTS if isinstance(failure, CallLater) else Reason.ANSWER_UNKNOWN


def outcome_of(failure: RecordedFailure, exchanges: tuple[Exchange, ...]) -> Outcome:
    """What becomes of an outbox row whose call failed so."""
    if isinstance(failure, CallRefused):
        return refused(answer={"code": failure.code}, exchanges=exchanges)
    if isinstance(failure, CallLater):
        return later(failure.retry_after_s, exchanges=exchanges, unreachable=not failure.code and not failure.body)
    return unknown(exchanges=exchanges, unreachable=not failure.body)
