"""Calling a warehouse: sign, send, and say which of three kinds of failure it was."""

from datetime import datetime
from typing import Final
from urllib.parse import quote_plus

from msgspec import Struct

from paidan.counterparts.china_time import china_text
from paidan.counterparts.qimen.answers import parse_answer
from paidan.counterparts.qimen.reports import QimenAnswer
from paidan.counterparts.qimen.sign import METHOD_PREFIX, read_query, sign
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import Caller, CallRecord, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence, post

HEADERS: Final = {"content-type": "text/xml; charset=utf-8"}
RETRY_CODES: Final = frozenset({"TOP1", "TOP15"})


class QimenConnection(Struct, frozen=True, kw_only=True):
    """How to reach one warehouse system, through the gateway (`method_prefix` as it is) or directly (empty prefix). Its repr hides the secret.

    `retry_codes` are the failure codes that mean "later"; a business code of one warehouse may be added.
    """

    url: str
    app_key: str
    secret: str
    customer_id: str
    owner_code: str = ""
    version: str = "2.0"
    sign_method: str = "md5"
    method_prefix: str = METHOD_PREFIX
    target_app_key: str = ""
    retry_codes: frozenset[str] = RETRY_CODES

    def __repr__(self) -> str:
        return f"QimenConnection(url={self.url!r}, app_key={self.app_key!r}, customer_id={self.customer_id!r})"


class Called(Struct, frozen=True, kw_only=True):
    """A successful call: the answer and the bytes of both sides."""

    answer: QimenAnswer
    record: CallRecord


class QimenClient:
    """Calls warehouses through one HTTP port. Keeps nothing between calls; safe for threads if the port is."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def call(self, connection: QimenConnection, method: str, body: bytes, now: datetime, timeout_s: float = 10.0) -> Called:
        """Send a rendered body (`method` in its short spelling) and return a successful answer.

        Every failure carries the record of the call: RecordedDelay (try again), RecordedRefusal (`code` is the warehouse's),
        RecordedSilence (time-out, 5xx, unreadable answer, or a gateway that timed out on the far side: the effect is unknown).
        """
        url, query = signed_query(connection, method, body, now)
        record = post(self._caller, url, method=method, query=query, body=body, headers=HEADERS, timeout_s=timeout_s)
        try:
            answer = parse_answer(record.answer)
        except BadInput as error:
            raise RecordedSilence(f"{method}: the answer is unreadable ({error})", record=record) from error
        if not answer.is_success:
            raise _failure(connection, answer, record)
        return Called(answer=answer, record=record)


def signed_query(connection: QimenConnection, method: str, body: bytes, now: datetime) -> tuple[str, str]:
    """The URL without query, and the signed query string. Parameters that the URL brings along are signed too."""
    url, _, own = connection.url.partition("?")
    parameters = _parameters(connection, method, now) | (read_query(own) if own else {})
    parameters["sign"] = sign(connection.secret, parameters, body)
    return url, "&".join([f"{_quoted(key)}={_quoted(text)}" for key, text in parameters.items()])


def _quoted(text: str) -> str:
    return text if text.isascii() and text.isalnum() else quote_plus(text)  # most need none, and asking is 10 times cheaper


def _parameters(connection: QimenConnection, method: str, now: datetime) -> dict[str, str]:
    parameters = {
        "method": connection.method_prefix + method,
        "timestamp": china_text(now),
        "format": "xml",
        "app_key": connection.app_key,
        "v": connection.version,
        "sign_method": connection.sign_method,
        "customerId": connection.customer_id,
    }
    return parameters | _target(connection)


def _target(connection: QimenConnection) -> dict[str, str]:
    return {"target_app_key": connection.target_app_key} if connection.target_app_key else {}


def _failure(connection: QimenConnection, answer: QimenAnswer, record: CallRecord) -> RecordedFailure:
    """The gateway's TOP15 covers "not reached" and "no answer in time"; only the first is surely without effect."""
    kind: type[RecordedFailure] = RecordedRefusal
    if answer.code in connection.retry_codes:
        kind = RecordedSilence if "timeout" in answer.sub_code else RecordedDelay
    return kind(f"{record.method}: failure, code {answer.code[:40]}", record=record, code=answer.code, said=answer.message)
