"""What the API has kept long enough: answers under idempotency keys, bulk jobs, failed sign-ins. Workers need no web framework for it."""

from datetime import datetime, timedelta
from typing import Final

from paidan.runtime.chores import CHUNK
from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "forgetting.sql")

KEPT_FOR: Final = timedelta(days=1)


def forget(tx: Tx, now: datetime) -> int:
    """Remove answers older than a day, at most a thousand; gives how many."""
    return tx.execute(queries.forget_answers, {"before": now - KEPT_FOR}).rowcount


def forget_jobs(tx: Tx, before: datetime) -> int:
    """Remove bulk jobs that ended before an instant, their rows first, at most CHUNK of both; gives how many."""
    rows = tx.execute(queries.forget_job_rows, {"before": before, "limit": CHUNK}).rowcount
    if rows == CHUNK:
        return rows
    return rows + tx.execute(queries.forget_jobs, {"before": before, "limit": CHUNK - rows}).rowcount


def forget_failures(tx: Tx) -> int:
    """Remove failed sign-ins that count no more, at most CHUNK; gives how many."""
    return tx.execute(queries.forget_failures, {"limit": CHUNK}).rowcount
