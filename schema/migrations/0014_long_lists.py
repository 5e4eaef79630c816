"""Indexes of lists that have grown long."""

from paidan.runtime.migrations import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add them."""
    run_file("0014_long_lists.sql")
