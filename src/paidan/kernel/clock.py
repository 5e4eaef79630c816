"""Two clocks (architecture.md 5): this is the business clock, a port. The database clock orders leases and never leaves SQL."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells business time: windows, deadlines, cut-offs, expiry. Virtual in the demo and the tests."""

    def now(self) -> datetime:
        """The current business instant, UTC-aware."""
        ...
