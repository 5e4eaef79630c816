"""API keys believed for a moment: where thousands of requests a second show the same key, the database is not asked for each."""

import time
from collections.abc import Callable
from typing import Final

from paidan.entrypoints.api.people.caller import Caller

KEEP_S: Final = 2.0  # so long a revoked key may still post orders at another process; reads and commands always ask
KEYS_MAX: Final = 1024


class KnownKeys:
    """Callers by the digest of their key. Threads may share it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[bytes, tuple[float, Caller]] = {}

    def get(self, digest: bytes) -> Caller | None:
        """The caller, if the key was looked up within the last moments."""
        found = self._known.get(digest)
        return found[1] if found is not None and self._monotonic() < found[0] else None

    def put(self, digest: bytes, caller: Caller) -> None:
        """The database has just told whose key this is."""
        if len(self._known) >= KEYS_MAX:
            self._known.clear()
        self._known[digest] = (self._monotonic() + KEEP_S, caller)

    def forget(self) -> None:
        """A key was revoked: believe nothing any more."""
        self._known.clear()
