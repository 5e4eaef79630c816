"""What people ask for: a feed to be read now, and why a difference of stock was accepted."""

from paidan.runtime.migrations import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add it."""
    run_file("0008_wanted_reads.sql")
