"""Which stretch of time to ask for next, and in which order to read its pages. Pure."""

from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct


class Window(Struct, frozen=True, kw_only=True):
    """A stretch of platform time, both ends included, whole seconds."""

    start_at: datetime
    end_at: datetime


class WindowRules(Struct, frozen=True, kw_only=True):
    """The platform recommends windows of 30 minutes and takes none longer than a day; each reaches back over the cursor and stops short of now.

    `widest_s`: so long may a window get where little happens (`following_length_s`).
    """

    length_s: int = 1800
    widest_s: int = 43_200
    overlap_s: int = 300
    lag_s: int = 5
    page_size: int = 50

    def __post_init__(self) -> None:
        if not 0 <= self.overlap_s < self.length_s <= 86400:  # noqa: PLR2004 - a day is the platform's limit
            raise ValueError("the overlap must be shorter than the window, the window at most a day")
        if not self.length_s <= self.widest_s <= 86400:  # noqa: PLR2004 - as above
            raise ValueError("the widest window is at least as long as the first, and at most a day")


def next_window(cursor: datetime, now: datetime, rules: WindowRules, length_s: int | None = None) -> Window | None:
    """The window after the cursor; its end is the next cursor. None: nothing new to ask for. `length_s` None: as the rules begin."""
    start = cursor - timedelta(seconds=rules.overlap_s)
    end = min(start + timedelta(seconds=length_s or rules.length_s), now - timedelta(seconds=rules.lag_s)).replace(microsecond=0)
    return Window(start_at=start.replace(microsecond=0), end_at=end) if end > cursor else None


def following_length_s(length_s: int, pages: int, rules: WindowRules) -> int:
    """How long the window after one of `length_s` is: twice as long when that one stood on a page, as recommended again when it did not.

    So a shop that was asleep, or a night without sales, is caught up with in a few calls; what of a busy hour it may take in, `is_too_wide` tells.
    """
    return min(2 * length_s, rules.widest_s) if pages <= 1 else rules.length_s


def is_too_wide(window: Window, total: int, rules: WindowRules) -> bool:
    """Whether a window is to be left unread and its stretch asked for again as recommended: it has grown, and takes more than a page.

    A window is read whole or again, so one that grew over a quiet day would take in all of the sale at its end at once. The price is one call.
    """
    return total > rules.page_size and window.end_at - window.start_at > timedelta(seconds=rules.length_s)


def pages_to_read(total: int, page_size: int) -> range:
    """Page numbers from the last to the first.

    The list is sorted newest first, and an order that changes meanwhile leaves the window: those behind it move one place towards page 1.
    Read backwards they are met twice at worst; read forwards they would be missed.
    """
    return range(ceil(total / page_size), 0, -1)
