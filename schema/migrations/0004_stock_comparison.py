"""What warehouses say they have, against what we say: comparisons and their differences."""

from paidan.runtime.migrations import run_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    run_file("0004_stock_comparison.sql")
