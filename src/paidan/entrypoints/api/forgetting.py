"""Answers kept under idempotency keys are forgotten after a day. Apart from `idempotency.py`, so that workers need no web framework for it."""

from datetime import datetime, timedelta
from typing import Final

from paidan.runtime.database import Tx
from paidan.runtime.queries import load_queries

queries = load_queries("paidan.entrypoints.api", "forgetting.sql")

KEPT_FOR: Final = timedelta(days=1)


def forget(tx: Tx, now: datetime) -> int:
    """Remove answers older than a day, at most a thousand; gives how many."""
    return tx.execute(queries.forget_answers, {"before": now - KEPT_FOR}).rowcount
