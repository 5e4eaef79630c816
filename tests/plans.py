"""Plans of statements, as EXPLAIN (ANALYZE, FORMAT JSON) tells them."""

from typing import Any


def rows_read(plan: dict[str, Any]) -> float:
    """Rows that left the leaves of a plan or were thrown away there."""
    below = plan.get("Plans", [])
    own = 0 if below else plan["Actual Rows"] * plan["Actual Loops"]
    return float(own + plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"] + sum(map(rows_read, below)))
