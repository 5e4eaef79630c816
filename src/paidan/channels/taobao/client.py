"""Calling the Taobao gateway: signed forms, their answers, and which kind of failure each was. Source: developer.alibaba.com.

Several calls of one shop go together through the batch gateway (批量调用): `/router/batch` instead of `/router/rest`, the common parameters in the
query, the calls in the body, each a form of its own, and one signature over both; the answers come in the same order. Source: class
`BatchTaobaoClient` of the platform's own Java SDK. That 20 calls may go together is what its users do; the platform's limit is not verified.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, structs

from paidan.channels.china_time import china_text
from paidan.channels.decoding import decode
from paidan.channels.taobao.sign import sign
from paidan.kernel.clock import Clock
from paidan.kernel.errors import BadInput
from paidan.runtime.calling import Caller, CallRecord, RecordedDelay, RecordedFailure, RecordedRefusal, RecordedSilence, post
from paidan.runtime.forms import write_pairs

HEADERS: Final = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "accept": "application/json"}
BATCH_HEADERS: Final = {"content-type": "text/plain;charset=utf-8", "accept": "application/json"}
SINGLE_DOOR: Final = "/router/rest"
BATCH_DOOR: Final = "/router/batch"
SEPARATOR: Final = b"\r\n-S-\r\n"  # neither a form nor JSON holds these bytes
CALLS_MAX: Final = 20
CALL_LIMITED: Final = 7
UNAVAILABLE: Final = 10
REMOTE_ERROR: Final = 15  # look at sub_code
# "isp." is the platform's side. Only these say that the call never reached the service; the others may have had their effect.
WITHOUT_EFFECT: Final = ("isp.top-remote-service-unavailable", "isp.call-limited", "accesscontrol.")
_BAN = re.compile(r"([0-9]{1,6}) more second")
_ANSWER: Final = msgspec.json.Decoder(dict[str, Raw])
_T = TypeVar("_T")


class TopAccess(Struct, frozen=True, kw_only=True):
    """How to reach one Taobao shop. Its repr hides the secrets."""

    url: str = "https://eco.taobao.com/router/rest"
    app_key: str
    app_secret: str
    session: str
    sign_method: str = "hmac-sha256"
    message_group: str = ""  # of the message service; empty is the default group
    timeout_s: float = 10.0
    calls_at_once: Annotated[int, Meta(ge=1, le=CALLS_MAX)] = CALLS_MAX  # 1: no batch gateway; nor at a URL that doesn't end in /router/rest

    def __repr__(self) -> str:
        return f"TopAccess(url={self.url!r}, app_key={self.app_key!r})"


class ErrorAnswer(Struct):
    """The body of `error_response`."""

    code: int | str = ""
    sub_code: str = ""
    msg: str = ""
    sub_msg: str = ""
    request_id: str = ""


class TopAnswer(Struct, frozen=True, kw_only=True):
    """A successful call: its record and the JSON inside the `…_response` envelope."""

    record: CallRecord
    result: bytes

    def read(self, decoder: msgspec.json.Decoder[_T]) -> _T:
        """The typed result. An answer that can't be read leaves the effect unknown: RecordedSilence."""
        try:
            return decode(decoder, self.result)
        except BadInput as error:
            raise RecordedSilence(f"{self.record.method}: the answer is unreadable ({error})", record=self.record) from error


class TopCall(Struct, frozen=True, kw_only=True):
    """A call to be made."""

    method: str
    parameters: Mapping[str, str]


Answered: TypeAlias = TopAnswer | RecordedFailure  # what became of one call of several


class TopClient:
    """Signed calls for one shop through one HTTP port. Keeps nothing between calls; safe for threads if the port is."""

    def __init__(self, access: TopAccess, caller: Caller, clock: Clock) -> None:
        self.access = access
        self._caller = caller
        self._clock = clock

    def call(self, method: str, parameters: Mapping[str, str]) -> TopAnswer:
        """Call a method. Raises RecordedRefusal (isv., parameters, permissions), RecordedDelay (limits), RecordedSilence (effect unknown)."""
        body = write_pairs(self._signed(method, parameters))
        record = post(self._caller, self.access.url, method=method, body=body, headers=dict(HEADERS), timeout_s=self.access.timeout_s)
        return TopAnswer(record=record, result=_inside(record))

    def call_all(self, calls: Sequence[TopCall]) -> list[Answered]:
        """Make the calls, in their order, as many together as the gateway takes; none waits for what became of another."""
        size = self.access.calls_at_once if self.access.url.endswith(SINGLE_DOOR) else 1
        answers: list[Answered] = []
        for at in range(0, len(calls), size):
            group = calls[at : at + size]
            answers += self._batch(group) if len(group) > 1 else [self._single(call) for call in group]
        return answers

    def _single(self, call: TopCall) -> Answered:
        try:
            return self.call(call.method, call.parameters)
        except RecordedFailure as failure:
            return failure

    def _batch(self, calls: Sequence[TopCall]) -> list[Answered]:
        """One request for all; what befalls it as a whole befalls each call.

        Each has a record, as if it had been made alone: the common parameters, signed for the batch, and its own.
        """
        access = self.access
        forms = [write_pairs({"method": call.method, **call.parameters}) for call in calls]
        body = SEPARATOR.join(forms)
        common = self._common()
        query = write_pairs(common | {"sign": sign(access.app_secret, common, body)}).decode()
        asked = [CallRecord(method=call.method, request=query.encode() + b"&" + form) for call, form in zip(calls, forms, strict=True)]
        url = f"{access.url.removesuffix(SINGLE_DOOR)}{BATCH_DOOR}?{query}"
        try:
            whole = post(self._caller, url, method=BATCH_DOOR, body=body, headers=dict(BATCH_HEADERS), timeout_s=access.timeout_s)
        except RecordedFailure as failure:
            return [_shared(failure, one) for one in asked]
        answers = whole.answer.split(SEPARATOR)
        if len(answers) != len(asked):
            return [_cut(structs.replace(one, status=whole.status, answer=whole.answer)) for one in asked]
        return [_answered(structs.replace(one, status=whole.status, answer=answer)) for one, answer in zip(asked, answers, strict=True)]

    def _signed(self, method: str, parameters: Mapping[str, str]) -> dict[str, str]:
        signed = {"method": method} | self._common() | dict(parameters)
        return signed | {"sign": sign(self.access.app_secret, signed)}

    def _common(self) -> dict[str, str]:
        access = self.access
        return {
            "app_key": access.app_key,
            "session": access.session,
            "timestamp": china_text(self._clock.now()),
            "format": "json",
            "v": "2.0",
            "sign_method": access.sign_method,
        }


def envelope_of(method: str) -> str:
    """`taobao.trade.fullinfo.get` → `trade_fullinfo_get_response`."""
    return method.removeprefix("taobao.").replace(".", "_") + "_response"


def _inside(record: CallRecord) -> bytes:
    try:
        answer = decode(_ANSWER, record.answer)
        if "error_response" in answer:
            raise failure_of(record, msgspec.json.decode(answer["error_response"], type=ErrorAnswer))
        return bytes(answer[envelope_of(record.method)])
    except (BadInput, msgspec.MsgspecError, KeyError):
        raise RecordedSilence(f"{record.method}: the answer is unreadable", record=record) from None  # the error may quote it


def _answered(record: CallRecord) -> Answered:
    try:
        return TopAnswer(record=record, result=_inside(record))
    except RecordedFailure as failure:
        return failure


def _cut(record: CallRecord) -> RecordedFailure:
    """A batch was answered as a whole: refused at the gate, with one error for all its calls; anything else tells nothing of any of them."""
    answered = _answered(record)
    if isinstance(answered, RecordedFailure):
        return answered
    return RecordedSilence(f"{record.method}: there are not as many answers as calls", record=record)


def _shared(failure: RecordedFailure, record: CallRecord) -> RecordedFailure:
    """What befell the whole batch, as of one of its calls."""
    last = failure.records[-1]
    kept = structs.replace(record, status=last.status, answer=last.answer)
    words = str(failure).replace(BATCH_DOOR, record.method)
    return type(failure)(words, record=kept, code=failure.code, said=failure.said, retry_after_s=failure.retry_after_s)


def failure_of(record: CallRecord, error: ErrorAnswer) -> RecordedFailure:
    """Which kind of failure an error answer is: refused, later (surely without effect) or unknown."""
    code = int(error.code) if str(error.code).isdecimal() and len(str(error.code)) < 9 else 0  # noqa: PLR2004 - no code has 9 digits
    kind: type[RecordedFailure] = RecordedRefusal
    if code in {CALL_LIMITED, UNAVAILABLE} or error.sub_code.startswith(WITHOUT_EFFECT):
        kind = RecordedDelay
    elif error.sub_code.startswith("isp.") or (code in {0, REMOTE_ERROR} and not error.sub_code):
        kind = RecordedSilence
    name = (error.sub_code or str(error.code))[:80]
    ban = _BAN.search(error.sub_msg) if code == CALL_LIMITED else None
    return kind(
        f"{record.method}: {name or 'no code'}",
        record=record,
        code=name,
        said=error.sub_msg or error.msg,
        retry_after_s=float(ban[1]) if ban else None,
    )
