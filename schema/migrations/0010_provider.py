"""People whom a provider vouches for (OpenID Connect)."""

from paidan.runtime.migrations import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add them."""
    run_file("0010_provider.sql")
