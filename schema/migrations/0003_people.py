"""People of the console: who may do what and see what, sessions, reveals; saved views, jobs, claims, prints."""

from paidan.runtime.migrations import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    run_file("0003_people.sql")
