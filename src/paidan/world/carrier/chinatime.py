"""Instants as Chinese counterparts write them: local time of China, without zone."""

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
_LENGTH = len("2026-01-01 12:00:00")


def write_time(at: datetime) -> str:
    """Write an instant as `2026-01-01 12:00:00`, China time."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def read_time(text: str) -> datetime | None:
    """Read `2026-01-01 12:00:00`, China time; None when the text is anything else."""
    if len(text) != _LENGTH or text[10] != " ":
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        return None
