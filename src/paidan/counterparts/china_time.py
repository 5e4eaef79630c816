"""China local time on the wire (`2026-01-01 12:00:00`, no zone) and UTC instants inside.

The offset is fixed: China has kept UTC+8 without summer time since 1992.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: 00:00:00)?")


def china_text(at: datetime) -> str:
    """Write an aware instant as China local text, whole seconds. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(CHINA).isoformat(" ", "seconds")[:19]


@lru_cache(maxsize=8192)  # each push of a track tells all its scans again; what is no instant is not kept
def china_instant(text: str) -> datetime:
    """Read China local text as a UTC instant; fractions of a second are dropped. Raises ValueError when it is none."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise ValueError("not a date and time")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}+08:00").astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the calendar") from error


def plain_date(text: str) -> date:
    """Read `YYYY-MM-DD` (a midnight after it is allowed). Raises ValueError when it is none."""
    if _DATE.fullmatch(text) is None:
        raise ValueError("not a date")
    return date.fromisoformat(text[:10])
