"""Indexes of the order list, for millions of orders."""

from paidan.runtime.migrations import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add them."""
    run_file("0015_lists_of_millions.sql")
