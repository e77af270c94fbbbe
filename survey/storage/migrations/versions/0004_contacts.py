"""Telephone numbers for a call-back, and withdrawals per point and day."""

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    """Apply."""
