"""Plans of statements, as EXPLAIN (ANALYZE, FORMAT JSON) tells them."""

import re
from collections.abc import Mapping
from typing import Any, Final, LiteralString

from psycopg import sql

from paidan.runtime.database import Tx

MODES: Final = ("force_custom_plan", "force_generic_plan")


def plan_kept(tx: Tx, statement: LiteralString, named: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """The plan by which the server runs a prepared statement: made for these values, or (`force_generic_plan`) the one kept for all.

    EXPLAIN of the statement itself would not do: there the server knows the values, whatever the mode.
    """
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    body = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%").rstrip().rstrip(";")
    given = sql.SQL(", ").join(sql.Literal(named[name]) for name in names)
    tx.execute("SELECT set_config('plan_cache_mode', %s, true)", (mode,))
    tx.execute(b"PREPARE explained AS " + body.encode(), prepare=False)
    try:
        [(plan,)] = tx.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained ({})").format(given), prepare=False).fetchall()
    finally:
        tx.execute("DEALLOCATE explained", prepare=False)
    return plan[0]["Plan"]  # type: ignore[no-any-return]


def rows_read(plan: dict[str, Any]) -> float:
    """Rows that left the leaves of a plan or were thrown away there."""
    below = plan.get("Plans", [])
    own = 0 if below else plan["Actual Rows"] * plan["Actual Loops"]
    return float(own + plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"] + sum(map(rows_read, below)))
