"""A switch per shop for the telling of stock."""

from paidan.runtime.migrations import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add it."""
    run_file("0011_stock_push_switch.sql")
