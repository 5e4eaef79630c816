"""Records: catalog, network, parties, orders, fulfilments, stock; legal moves; invariants."""

from paidan.runtime.migrations import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    run_file("0002_records.sql")
