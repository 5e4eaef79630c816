"""Plans of prepared statements: one for all parameters, as soon as the planner knows how large the tables are.

PostgreSQL plans a prepared statement anew at each execution while it believes a plan for just these parameters cheaper. Of our statements, which
find a few rows by their keys, it often believes so by a hair, and planning then costs more than executing (docs/performance.md). One plan for all
(`plan_cache_mode`, PostgreSQL manual 20.7.4) is as good once the tables have grown and been analysed. Made over empty tables it would read them
from end to end until somebody analyses them: so we wait for that.
"""

import time
from collections.abc import Callable
from typing import Final

from paidan.runtime.database import Database
from paidan.runtime.queries import load_queries

GROWN_ROWS: Final = 1000
LOOK_S: Final = 20.0
# What grows with orders. The others may stay small for ever, and small ones are well read from end to end.
TABLES: Final = ("sales_order", "order_line", "fulfilment", "fulfilment_line", "reservation", "receiver", "message", "timeline", "inbox")

queries = load_queries("paidan.runtime")


class PlanWatch:
    """Looks now and then until the tables have grown, and then has `database` keep its plans. Of one thread."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._looked_at_s = monotonic()

    def look(self) -> None:
        """Cheap when the plans are kept already, or the last look was just now."""
        if self._database.keeps_plans or self._monotonic() - self._looked_at_s < LOOK_S:
            return
        self._looked_at_s = self._monotonic()
        with self._database.transaction() as tx:
            row = tx.execute(queries.fewest_rows, {"tables": list(TABLES)}).fetchone()
        if row and row[0] is not None and row[0] >= GROWN_ROWS:
            self._database.keep_plans()
