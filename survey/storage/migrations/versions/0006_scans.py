"""Scans per code and day, revoked codes, printed packs."""

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Apply."""
