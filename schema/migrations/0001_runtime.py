"""Runtime tables: messages, inbox, outbox, leases, numbers, keys, settings."""

from paidan.runtime.migrations import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    run_file("0001_runtime.sql")
