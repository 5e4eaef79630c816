"""What a client of a platform, warehouse or carrier needs and leaves behind: the port it calls through, records of calls, errors that carry them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from msgspec import Struct

from paidan.kernel.errors import AnswerUnknown, CallLater, CallRefused, CounterpartError

HTTP_OK = 200
HTTP_REDIRECT = 300
HTTP_TIMEOUT = 408
HTTP_TOO_MANY = 429
HTTP_SERVER = 500
_DIGITS_MAX = 6


class Reply(Protocol):
    """An HTTP answer as the runtime gives it; header names are lower case."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Header values by lower-case name."""
        ...

    @property
    def body(self) -> bytes:
        """The whole body."""
        ...


class Caller(Protocol):
    """The HTTP port. Raises CallLater when surely nothing was sent, AnswerUnknown when no whole answer came."""

    def call(self, verb: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 10.0) -> Reply:
        """Send one request and wait for the whole answer."""
        ...


class CallRecord(Struct, frozen=True, kw_only=True):
    """Both sides of one call, kept whole for the message log (sealed there: a request holds the access token). `status` 0: no answer."""

    method: str
    query: str = ""
    request: bytes
    status: int = 0
    answer: bytes = b""

    def __repr__(self) -> str:
        return f"CallRecord(method={self.method!r}, status={self.status}, {len(self.request)} bytes out, {len(self.answer)} bytes in)"


class RecordedFailure(CounterpartError):
    """A failed call with its record, the last of `records`; the ones before it succeeded.

    `said` is the other side's own text: it may name people, so it never enters the message.
    """

    def __init__(self, message: str, *, record: CallRecord, code: str = "", said: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, code=code, body=record.answer, retry_after_s=retry_after_s)
        self.records: tuple[CallRecord, ...] = (record,)
        self.said = said

    @property
    def record(self) -> CallRecord:
        """The call that failed."""
        return self.records[-1]


class RecordedRefusal(RecordedFailure, CallRefused):
    """CallRefused with the record of the call."""


class RecordedDelay(RecordedFailure, CallLater):
    """CallLater with the record of the call."""


class RecordedSilence(RecordedFailure, AnswerUnknown):
    """AnswerUnknown with the record of the call."""


@contextmanager
def after(records: Sequence[CallRecord]) -> Iterator[None]:
    """A failure inside also carries the records of the calls that went before."""
    try:
        yield
    except RecordedFailure as failure:
        failure.records = (*records, *failure.records)
        raise


def post(caller: Caller, url: str, *, method: str, query: str = "", body: bytes, headers: dict[str, str], timeout_s: float) -> CallRecord:
    """POST and return the record of an answer worth parsing (2xx). Everything else raises a RecordedFailure.

    429 and errors of the port keep their meaning; 5xx and 408 leave the effect unknown; other statuses are refusals.
    """
    try:
        reply = caller.call("POST", f"{url}?{query}" if query else url, headers=headers, body=body, timeout_s=timeout_s)
    except CounterpartError as error:
        raise _with_record(error, CallRecord(method=method, query=query, request=body)) from error
    record = CallRecord(method=method, query=query, request=body, status=reply.status, answer=reply.body)
    if not HTTP_OK <= reply.status < HTTP_REDIRECT:
        raise _by_status(record, reply.headers)
    return record


def _with_record(error: CounterpartError, record: CallRecord) -> RecordedFailure:
    kind = RecordedRefusal if isinstance(error, CallRefused) else RecordedDelay if isinstance(error, CallLater) else RecordedSilence
    return kind(str(error), record=record, code=error.code, retry_after_s=error.retry_after_s)


def _by_status(record: CallRecord, headers: Mapping[str, str]) -> RecordedFailure:
    message, code = f"{record.method}: HTTP status {record.status}", f"http_{record.status}"
    if record.status == HTTP_TOO_MANY:
        return RecordedDelay(message, record=record, code=code, retry_after_s=_seconds(headers.get("retry-after", "")))
    if record.status >= HTTP_SERVER or record.status == HTTP_TIMEOUT:
        return RecordedSilence(message, record=record, code=code)
    return RecordedRefusal(message, record=record, code=code)


def _seconds(text: str) -> float | None:
    """Shopify sends `2.0`, others `2`; a date is not read."""
    whole, _, part = text.partition(".")
    return float(text) if whole.isascii() and whole.isdigit() and len(text) <= _DIGITS_MAX and (not part or part.isdigit()) else None
