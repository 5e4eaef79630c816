"""What each listing was raised by last, kept beside what the platform answered."""

from paidan.runtime.migrations import run_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add it."""
    run_file("0016_increase_taken.sql")
