"""Named points where a test kills the process, beside every commit, send and acknowledgement (reliability.md 4).

`PAIDAN_CRASH_AT=outbox.sent` dies at the first hit of that point, `outbox.sent:3` at the third: without clean-up, as kill -9 does.
"""

import os
from collections import Counter
from threading import Lock
from typing import Final

VARIABLE = "PAIDAN_CRASH_AT"
# The closed list, so that a test can kill at each. A point is added here first.
CRASH_POINTS: Final = frozenset(
    {
        "pass.before_commit",
        "pass.after_commit",
        "outbox.claimed",
        "outbox.sent",
        "outbox.settled",
        "intake.kept",
        "intake.answered",
        "pull.page_landed",
        "pull.cursor_moved",
        "push.planned",
        "push.sent",
        "push.settled",
    },
)
KILLED: Final = 137  # 128 + SIGKILL, as a shell would tell

_hits: Counter[str] = Counter()
_lock = Lock()


def crash_point(name: str) -> None:
    """Die here if the environment says so. Raises KeyError for a name that is not in the list."""
    if name not in CRASH_POINTS:
        raise KeyError(name)
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    point, _, count = wanted.partition(":")
    if point != name:
        return
    with _lock:
        _hits[name] += 1
        if _hits[name] == int(count or 1):
            os._exit(KILLED)
