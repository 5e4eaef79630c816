"""Printing: what was printed, by whom, how often; where a warehouse keeps a SKU."""

from paidan.runtime.migrations import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    run_file("0005_printing.sql")
