"""The tree of operating trouble. Refusals are not here: they are values, see `reasons.py`.

PaidanError
├── ConservationError      units or money went missing in our own arithmetic: stop the batch
├── BadInput               what came from outside can't be read; carries a Reason
├── CounterpartError       a call to a platform, warehouse or carrier did not succeed
│   ├── CallRefused        the counterpart said no: asking again the same way is useless
│   ├── CallLater          the counterpart said later, or never got it: ask again
│   └── AnswerUnknown      sent, but no answer that tells: ask what happened before sending again
├── LeaseLost              another worker took over: drop the work, nothing was written
└── SetupError             configuration or environment; the text says the next step
"""

from paidan.kernel.reasons import Reason


class PaidanError(Exception):
    """The root of all errors that Paidan raises on purpose."""


class ConservationError(PaidanError):
    """Units or money would be lost or invented."""


class BadInput(PaidanError):
    """Something from outside cannot be read; `reason` is from the closed list, `detail` names the place without personal data."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class CounterpartError(PaidanError):
    """A call to a counterpart did not succeed; `code` is the counterpart's own, `body` the raw answer if any."""

    def __init__(self, message: str, *, code: str = "", body: bytes = b"", retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.body = body
        self.retry_after_s = retry_after_s


class CallRefused(CounterpartError):
    """The counterpart refused; the same call will be refused again."""


class CallLater(CounterpartError):
    """Surely without effect: connection refused, rate limit, 'try later'."""


class AnswerUnknown(CounterpartError):
    """The effect is unknown: time-out after sending, broken answer, 5xx."""


class LeaseLost(PaidanError):
    """The fencing token is no longer ours."""


class SetupError(PaidanError):
    """The environment is not ready; the message says what to do next."""
