"""Everybody's own default view of a list."""

from paidan.runtime.migrations import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add it, and bring over what owners had made the default."""
    run_file("0012_default_view.sql")
