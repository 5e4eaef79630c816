"""A track as kuaidi100 tells it, read into frozen values. Both the push and the answer to a query carry the same shape."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from paidan.counterparts.china_time import china_instant
from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.runtime.strict_json import objects_of, text_of

CODE_MAX = 200


class TrackingEvent(Struct, frozen=True, kw_only=True):
    """One scan. `code` is kuaidi100's status code, empty when it gave none; `text` may name couriers: its repr shows none of it."""

    at: datetime
    code: str = ""
    text: str = ""
    location: str = ""

    def __repr__(self) -> str:
        return f"TrackingEvent(at={self.at.isoformat()!r}, code={self.code!r})"


class TrackingUpdate(Struct, frozen=True, kw_only=True):
    """The track of one waybill, oldest event first; it may repeat the whole history.

    `is_finished`: kuaidi100 will push no more (signed); `is_aborted`: it gave up, `abort_text` says why. `code` is the newest status.
    """

    company: str
    number: str
    code: str
    events: tuple[TrackingEvent, ...]
    is_signed: bool = False
    is_finished: bool = False
    is_aborted: bool = False
    abort_text: str = ""


def event_key(company: str, number: str, event: TrackingEvent) -> str:
    """The same scan gives the same key in every push: carrier, waybill, time, and the code or (without one) a hash of the text."""
    what = event.code or hashlib.sha256(event.text.encode()).hexdigest()[:16]
    return f"{company}|{number}|{event.at:%Y%m%dT%H%M%S}|{what}"


def read_track(result: Mapping[str, Any]) -> TrackingUpdate:
    """`lastResult` of a push, or the answer to a query. BadInput when company, number or a time is missing or wrong."""
    company, number = _code(result, "com"), _code(result, "nu")
    if not company or not number:
        raise BadInput(Reason.FIELD_MISSING, "nu" if company else "com")
    events = sorted((_event(row) for row in objects_of(result, "data")), key=_order)
    return TrackingUpdate(
        company=company,
        number=number,
        code=_code(result, "state"),
        events=tuple(events),
        is_signed=text_of(result, "ischeck") == "1",
    )


def _order(event: TrackingEvent) -> tuple[datetime, str, str]:
    return event.at, event.code, event.text


def _event(row: Mapping[str, Any]) -> TrackingEvent:
    try:
        at = china_instant(text_of(row, "ftime") or text_of(row, "time"))
    except ValueError:
        raise BadInput(Reason.FIELD_INVALID, "data/time") from None  # the error may quote the value
    return TrackingEvent(
        at=at,
        code=_code(row, "statusCode"),
        text=text_of(row, "context"),
        location=text_of(row, "areaName") or text_of(row, "location"),
    )


def _code(found: Mapping[str, Any], key: str) -> str:
    text = text_of(found, key).strip()
    if len(text) > CODE_MAX:
        raise BadInput(Reason.FIELD_INVALID, key)
    return text
