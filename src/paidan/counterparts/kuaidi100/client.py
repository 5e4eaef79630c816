"""Calling kuaidi100: subscribe to a waybill, ask for a track, and say which kind of failure it was. Source: vendor SDK samples."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from paidan.counterparts.kuaidi100.sign import query_sign
from paidan.counterparts.kuaidi100.tracking import TrackingUpdate, read_track
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import Caller, CallRecord, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence, post
from paidan.runtime.forms import write_pairs
from paidan.runtime.strict_json import read_object, text_of

HEADERS: Final = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
OK: Final = "200"
ALREADY_SUBSCRIBED: Final = "501"  # of the subscription; of the query it is a server error
SUBSCRIBE_LATER: Final = frozenset({"500", "502"})
QUERY_LATER: Final = frozenset({"501", "502"})


class Kuaidi100Connection(Struct, frozen=True, kw_only=True):
    """An account. `salt` signs their pushes to `callback_url`. Its repr hides the secrets."""

    subscribe_url: str = "https://poll.kuaidi100.com/poll"
    query_url: str = "https://poll.kuaidi100.com/poll/query.do"
    customer: str
    key: str
    salt: str
    callback_url: str

    def __repr__(self) -> str:
        return f"Kuaidi100Connection(subscribe_url={self.subscribe_url!r}, customer={self.customer!r})"


class Parcel(Struct, frozen=True, kw_only=True):
    """What to track: kuaidi100's name of the carrier, the waybill number, and the phone's last four digits if the carrier wants them (not shown)."""

    company: str
    number: str
    phone_tail: str = ""
    origin: str = ""
    destination: str = ""

    def __repr__(self) -> str:
        return f"Parcel(company={self.company!r}, number={self.number!r})"


class Tracked(Struct, frozen=True, kw_only=True):
    """The answer to a query and the bytes of both sides."""

    update: TrackingUpdate
    record: CallRecord


class Kuaidi100Client:
    """Calls kuaidi100 through one HTTP port. Keeps nothing between calls; safe for threads if the port is.

    Failures carry the record of the call: RecordedDelay, RecordedRefusal (`code` is the returnCode), RecordedSilence.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def subscribe(self, connection: Kuaidi100Connection, parcel: Parcel, timeout_s: float = 10.0) -> CallRecord:
        """Ask for pushes about a parcel; a parcel subscribed before counts as success."""
        body = subscribe_body(connection, parcel)
        record = self._post(connection.subscribe_url, "poll", body, timeout_s)
        answer, code = _read(record)
        if code not in {OK, ALREADY_SUBSCRIBED}:
            raise _failure(record, answer, code, later=code in SUBSCRIBE_LATER)
        return record

    def query(self, connection: Kuaidi100Connection, parcel: Parcel, timeout_s: float = 10.0) -> Tracked:
        """The track of a parcel now; "no result yet" is a refusal with code 500."""
        record = self._post(connection.query_url, "query", query_body(connection, parcel), timeout_s)
        answer, code = _read(record)
        if code != OK:
            raise _failure(record, answer, code, later=code in QUERY_LATER)
        try:
            return Tracked(update=read_track(answer), record=record)
        except BadInput as error:
            raise RecordedSilence(f"query: the answer is unreadable ({error})", record=record) from error

    def _post(self, url: str, method: str, body: bytes, timeout_s: float) -> CallRecord:
        return post(self._caller, url, method=method, body=body, headers=HEADERS, timeout_s=timeout_s)


def subscribe_body(connection: Kuaidi100Connection, parcel: Parcel) -> bytes:
    """The form of a subscription."""
    parameters = {"callbackurl": connection.callback_url, "salt": connection.salt, "resultv2": "4", "autoCom": "0", "interCom": "0"}
    param = {
        "company": parcel.company,
        "number": parcel.number,
        "from": parcel.origin,
        "to": parcel.destination,
        "key": connection.key,
        "parameters": parameters | ({"phone": parcel.phone_tail} if parcel.phone_tail else {}),
    }
    return write_pairs({"schema": "json", "param": msgspec.json.encode(param)})


def query_body(connection: Kuaidi100Connection, parcel: Parcel) -> bytes:
    """The signed form of a query."""
    param = msgspec.json.encode(
        {
            "com": parcel.company,
            "num": parcel.number,
            "phone": parcel.phone_tail,
            "from": parcel.origin,
            "to": parcel.destination,
            "resultv2": "4",
            "show": "0",
            "order": "desc",
        },
    ).decode()
    return write_pairs({"customer": connection.customer, "sign": query_sign(param, connection.key, connection.customer), "param": param})


def _read(record: CallRecord) -> tuple[dict[str, Any], str]:
    """The answer and its code: `returnCode`, or `status` of a track."""
    try:
        answer = read_object(record.answer.decode("utf-8"))
        return answer, text_of(answer, "returnCode") or text_of(answer, "status")
    except (BadInput, UnicodeDecodeError):
        raise RecordedSilence(f"{record.method}: the answer is unreadable", record=record) from None  # the error may quote it


def _failure(record: CallRecord, answer: dict[str, Any], code: str, *, later: bool) -> RecordedFailure:
    """Without any code the answer says nothing about what happened."""
    kind: type[RecordedFailure] = RecordedDelay if later else RecordedRefusal if code else RecordedSilence
    return kind(f"{record.method}: failure, code {code[:40]}", record=record, code=code, said=str(answer.get("message", "")))
