"""One call to a warehouse system, whatever comes of it, with the exchange for the message log."""

from datetime import datetime

from msgspec import Struct

from paidan.counterparts.qimen.client import QimenClient
from paidan.counterparts.qimen.messages import Sendable
from paidan.counterparts.qimen.render import render
from paidan.counterparts.qimen.reports import QimenAnswer
from paidan.fulfilment.links import WmsLink, is_gateway
from paidan.kernel.clock import Clock
from paidan.kernel.reasons import Reason
from paidan.runtime.calling import CallRecord, RecordedDelay, RecordedFailure, RecordedRefusal
from paidan.runtime.messages import Exchange
from paidan.runtime.outbox import Outcome, later, unknown

GATEWAY_DELAY_S = 300.0  # wrong settings are put right by people: no need to hurry


class Reply(Struct, frozen=True, kw_only=True):
    """What came of one call: an answer, or the failure. `body` is the raw answer, empty when none came."""

    exchange: Exchange
    body: bytes = b""
    answer: QimenAnswer | None = None
    failure: RecordedFailure | None = None

    @property
    def refusal(self) -> RecordedFailure | None:
        """The refusal by the warehouse itself: about the document, not about our settings."""
        failure = self.failure
        return failure if isinstance(failure, RecordedRefusal) and not is_gateway(failure.code) else None

    @property
    def is_silent(self) -> bool:
        """Nothing was heard at all."""
        return self.failure is not None and self.failure.record.status == 0

    def try_again(self, *more: Exchange) -> Outcome:
        """The outcome of a call that was neither answered nor refused by the warehouse: later when surely without effect, else unknown."""
        exchanges = (*more, self.exchange)
        if isinstance(self.failure, RecordedDelay):
            return later(self.failure.retry_after_s, exchanges=exchanges, unreachable=self.is_silent)
        if isinstance(self.failure, RecordedRefusal):
            return later(GATEWAY_DELAY_S, Reason.COUNTERPART_REFUSED, exchanges)
        return unknown(exchanges=exchanges)


class WmsCaller:
    """Renders, signs and sends; never raises for what a counterpart does."""

    def __init__(self, client: QimenClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def call(self, link: WmsLink, message: Sendable, number: str) -> Reply:
        """Send one message about the document of this number."""
        method, body = render(message)
        now = self._clock.now()
        try:
            called = self._client.call(link.qimen, method, body, now)
        except RecordedFailure as failure:
            exchange = exchange_of(link.counterpart, failure.record, number, now, failure.code)
            return Reply(exchange=exchange, body=failure.record.answer, failure=failure)
        exchange = exchange_of(link.counterpart, called.record, number, now, "")
        return Reply(exchange=exchange, body=called.record.answer, answer=called.answer)


def exchange_of(counterpart: str, record: CallRecord, number: str, at: datetime, reason: str) -> Exchange:
    """Both sides of a call for the message log; `reason` is the counterpart's code of refusal."""
    return Exchange(
        counterpart=counterpart,
        kind=record.method,
        request=record.request,
        at=at,
        business_key=number,
        answer=record.answer or None,
        http_status=record.status or None,
        reason=reason[:100],
    )
