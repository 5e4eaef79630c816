"""By which way a session was opened."""

from paidan.runtime.migrations import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add it."""
    run_file("0013_session_way.sql")
