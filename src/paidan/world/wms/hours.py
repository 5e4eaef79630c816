"""The warehouse calendar as arithmetic: working time is a line of seconds on which the nights do not exist."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from paidan.world.carrier.chinatime import CHINA

_ORIGIN = datetime(2000, 1, 1, tzinfo=CHINA)
_DAY_S = 86_400


class Hours(Struct, frozen=True, kw_only=True):
    """Open every day from `opens_h` to `closes_h`, China time."""

    opens_h: int
    closes_h: int

    def work_s(self, at: datetime) -> int:
        """Give the working seconds passed until `at`; a moment of the night counts as the next opening."""
        day, second = divmod(int((at - _ORIGIN).total_seconds()), _DAY_S)
        return day * self._length_s + min(max(second - self.opens_h * 3600, 0), self._length_s)

    def instant(self, work_s: int) -> datetime:
        """Give the instant of a working second; the inverse of `work_s` inside opening hours."""
        day, rest = divmod(work_s, self._length_s)
        return (_ORIGIN + timedelta(days=day, seconds=self.opens_h * 3600 + rest)).astimezone(UTC)

    @property
    def _length_s(self) -> int:
        return (self.closes_h - self.opens_h) * 3600
