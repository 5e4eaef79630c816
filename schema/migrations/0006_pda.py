"""People who pack and receive with a phone: what they have sent, and what they have packed."""

from paidan.runtime.migrations import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make them."""
    run_file("0006_pda.sql")
