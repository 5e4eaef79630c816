"""Whether anything was heard of a listing since its last push was planned."""

from paidan.runtime.migrations import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add it."""
    run_file("0007_push_news.sql")
