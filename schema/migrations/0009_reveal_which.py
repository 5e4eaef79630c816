"""Which receiver of an order was seen."""

from paidan.runtime.migrations import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add it."""
    run_file("0009_reveal_which.sql")
