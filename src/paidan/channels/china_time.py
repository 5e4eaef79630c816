"""China local time on the wire (`2026-01-01 12:00:00`, no zone) and UTC instants inside. China has kept UTC+8 without summer time since 1992."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason

CHINA: Final = timezone(timedelta(hours=8))
_AHEAD: Final = timedelta(hours=8)
_LENGTH: Final = 19
_DATE_LENGTH: Final = 10


def china_text(at: datetime) -> str:
    """Write an aware instant as China local text, whole seconds."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(CHINA).isoformat(" ", "seconds")[:_LENGTH]


def china_instant(text: str, field: str) -> datetime:
    """Read China local text as a UTC instant. Raises BadInput."""
    at = _read(text) if len(text) == _LENGTH else None
    if at is None:
        raise BadInput(Reason.FIELD_INVALID, field)
    return at


@lru_cache(maxsize=8192)  # at a peak thousands of orders tell of the same second
def _read(text: str) -> datetime | None:
    if text[10] == " " and text.isascii():
        try:
            return datetime.fromisoformat(text + "+00:00") - _AHEAD
        except (ValueError, OverflowError):
            pass
    return None


def china_deadline(text: str | None) -> datetime | None:
    """A deadline that may be an instant, a date (its last second is meant) or free words such as `7天内` (None)."""
    if not text or len(text) not in {_LENGTH, _DATE_LENGTH}:
        return None
    return _read(text if len(text) == _LENGTH else text + " 23:59:59")


def from_naive(at: datetime) -> datetime:
    """A naive China local time, as databases of platforms hold it, as a UTC instant."""
    return at.replace(tzinfo=UTC) - _AHEAD
